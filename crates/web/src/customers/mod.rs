//! Customers: the list, one customer, search.

pub mod list;
pub mod page;
pub mod query;
pub mod search;
pub mod timeline;
