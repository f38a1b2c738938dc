//! Cards: the list, one card, the answers to it.

mod download;
mod http;
mod pages;

pub(crate) use download::download_cards;
pub(crate) use http::{close, id, note, open_card, open_cards, snooze, take, undo, wait};
pub use pages::{Asked, card, cards, replaced, said};
