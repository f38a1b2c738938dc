//! Cards: the list, the board, one card, the answers to it, many at once, what was kept quiet, and how right signals are.

mod board;
mod download;
mod http;
mod many;
mod new;
mod page;
mod pages;
mod precision;
mod press;
mod quiet;
mod talk;

pub(crate) use download::download_cards;
pub(crate) use http::{close, id, note, open_card, open_cards, snooze, take, undo, wait};
pub(crate) use many::{change_due, change_owner, keep_many, move_card, move_following, open_many, undo_many};
pub(crate) use new::{keep_new, open_new};
pub use page::{Tried, card};
pub use pages::{Asked, cards, replaced, said};
pub(crate) use precision::{open_precision, say_change, say_effect};
pub(crate) use quiet::{keep_daily_cards, open_quiet, reason};
pub(crate) use talk::{explain, join, part, see_mention};
