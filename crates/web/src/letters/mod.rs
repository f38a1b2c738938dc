//! Letters of which nobody knows whose they are: given to a customer, or left out.

mod download;
mod http;
mod page;

pub(crate) use download::download_letters;
pub(crate) use http::{give_letter, keep_domains, leave_letter, open_letters};
