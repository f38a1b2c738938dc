//! Values as people and programs write them: dates, times, figures, yes and no.
//!
//! Everything here is pure, takes any text and never panics.

mod date;
mod duration;
mod number;
mod term;
mod time;
mod typed;
mod wall;
mod word;

pub use date::read_day;
pub use duration::read_duration;
pub use number::{Decimal, read_decimal, read_integer, read_number};
pub use term::{Lead, read_lead, read_months};
pub use time::{read_rfc3339, read_serial, read_time};
pub use typed::{plain_day, plain_time};
pub use word::read_bool;

/// The ASCII form of a full-width character, and plain marks for the many dashes and spaces; others as they are.
fn plain(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '￥' => '¥',
        '−' | '‐' | '‑' | '–' | '—' | '―' => '-',
        '、' => ',',
        _ => c,
    }
}

/// [`plain`] over a whole text, trimmed; `None` when it is longer than any date or figure.
fn plain_text(text: &str) -> Option<String> {
    const LONGEST_BYTES: usize = 160;
    (text.len() <= LONGEST_BYTES).then(|| text.chars().map(plain).collect::<String>().trim().to_owned())
}
