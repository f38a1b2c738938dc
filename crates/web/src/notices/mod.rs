//! What people are told: the list of notices, how each person wants to be told, how things go out, letters to customers, answers by links,
//! and notices as mail and chats show them.

mod answer;
mod calendar;
mod draw;
mod http;
mod letter_pages;
mod letters;
mod pages;
#[cfg(test)]
mod tests;
mod ways;
mod ways_pages;
mod wish;

pub(crate) use answer::{answer, ask_to_be_spared, open_answer, open_spare, undo_answer};
pub(crate) use calendar::send_calendar;
pub use draw::{Drawn, DrawnPart, draw_letter, draw_notice};
pub(crate) use http::{ask_digest, open_notice, open_notices, see_all, send_again};
pub(crate) use letters::{end_sparing, keep_text, open_letters, restore, spare, withdraw};
pub(crate) use ways::{add_place, drop_place, drop_server, keep_rules, keep_server, open_ways, test_way};
pub(crate) use wish::{end_calendar, keep_wish, make_calendar, open_wish};
