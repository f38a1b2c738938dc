//! Customers: the list, one customer, search.

mod answer;
mod facts;
mod http;
pub mod list;
pub mod page;
pub mod query;
pub mod search;
pub mod table;
pub mod timeline;

pub(crate) use http::{
    download_list, drop_view, keep_note, keep_view, note_hunch, open_customer, open_list, open_search,
};
