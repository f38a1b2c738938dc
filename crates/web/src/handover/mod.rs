//! Handing over: who has what, what would move, what moved, and the briefing of a customer.

mod briefing;
mod http;
mod list;
mod one;
mod pack;
mod plan;
mod sections;

pub(crate) use http::{
    hand_over, leave, open_briefing_page, open_handover, open_handovers, open_new, open_pack, read_about, return_back,
    undo,
};
pub use list::{banner, links};
