//! Handing work over: who gets which customer, what is next, and how right the hunches of the one who goes were.

mod hunches;
mod next;
mod split;

pub use hunches::{HUNCHES_MIN, HunchEnd, Record, judge_hunch};
pub use next::{Next, NextKind, choose_next, reading_key};
pub use split::{Portion, Rule, split};

use crate::lang::Text;

/// What a new owner is told.
pub fn tell_new_owner(from: &str, customers: usize, items: usize) -> Text {
    Text {
        ja: format!("{from}さんから{customers}社を引き継ぎました（開いている仕事{items}件）。"),
        en: format!("You have taken over {customers} customers from {from} ({items} open items)."),
    }
}
