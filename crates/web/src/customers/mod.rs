//! Customers: the list, one customer, search.

mod answer;
mod downloads;
mod edit;
mod facts;
mod fields;
mod frame;
mod history;
mod http;
mod jot;
pub mod list;
mod notes;
pub mod page;
mod past;
pub mod query;
mod relations;
pub mod search;
pub mod table;
pub mod timeline;

pub(crate) use downloads::{
    download_contacts, download_contracts, download_days, download_fields, download_history, download_score,
};
pub(crate) use edit::{keep_edit, open_edit, undo_edit};
pub(crate) use fields::{
    is_used, keep_field, label as field_label, open_fields, shown as field_shown, stages, uses as field_uses,
};
pub(crate) use history::open_history;
pub(crate) use http::{
    download_list, drop_view, end_override, keep_felt, keep_override, keep_view, note_hunch, open_customer, open_list,
    open_search,
};
pub(crate) use jot::{find_meant, keep_new, list_mine, open_new};
pub(crate) use notes::{change_note, keep_note, remove_note, restore_note, see_note};
pub(crate) use relations::open_relations;
