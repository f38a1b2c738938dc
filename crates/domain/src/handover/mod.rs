//! Handing work over: who gets which customer, what is next, and how right the hunches of the one who goes were.

mod hunches;
mod next;
mod split;

pub use hunches::{HUNCHES_MIN, HunchEnd, Record, judge_hunch};
pub use next::{Next, NextKind, Quiet, SILENT_DAYS, choose_next, propose, reading_key};
pub use split::{Portion, Rule, split};

use crate::lang::Text;

/// What a new owner is told.
pub fn tell_new_owner(from: &str, customers: usize, items: usize) -> Text {
    Text {
        ja: format!("{from}さんから{customers}社を引き継ぎました（開いている仕事{items}件）。"),
        en: format!("You have taken over {customers} customers from {from} ({items} open items)."),
    }
}

/// What a new owner is told beside it: letters of the one who goes that wait to be sent. Empty where there are none.
pub fn tell_letters(from: &str, letters: usize) -> Text {
    if letters == 0 {
        return Text::default();
    }
    Text {
        ja: format!(
            "送信を待っているメールが{letters}件あり、あなたの名前で送られます。文面に{from}さんの名前があるものは、送らずに確認を待ちます。"
        ),
        en: format!(
            "{letters} letters wait to be sent and will go in your name. Those whose text names {from} are held until you have looked at them."
        ),
    }
}

/// What those who had taken over are told when a handover is taken back.
pub fn tell_taken_back(from: &str, customers: usize, items: usize) -> Text {
    Text {
        ja: format!(
            "{from}さんからの引き継ぎ（{customers}社・開いている仕事{items}件）が取り消され、{from}さんに戻りました。"
        ),
        en: format!(
            "The handover from {from} ({customers} customers, {items} open items) was taken back; they are with {from} again."
        ),
    }
}
