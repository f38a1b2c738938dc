//! Cards: the list, one card.

mod pages;

pub use pages::{Cards, Past, card, cards, replaced};
