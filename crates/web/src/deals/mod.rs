//! Deals: the list by next step, one deal, adding one, and what a customer's page shows of them.

mod form;
mod http;
mod list;
mod of_customer;

use kizashi_domain::deals::Stage;

use crate::words::Words;

pub(crate) use http::{add_deal, change_deal, download_deals, open_deal, open_deals, open_new};
pub use of_customer::deals;

/// The title of a stage; a word of one's own is shown as it is.
fn stage_title(w: &Words, stages: &[Stage], id: &str) -> String {
    stages.iter().find(|s| s.id == id).map_or_else(|| id.to_owned(), |s| w.text(&s.title).to_owned())
}
