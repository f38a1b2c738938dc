//! Mail as it is sent in Japan: ISO-2022-JP and Shift_JIS, encoded words, wrapped lines, HTML alone, with or without a charset.
//!
//! `letter` reads one letter · `head` what its head says of it · `decode` text whose charset is missing or wrong · `html` HTML to plain
//! text · `flowed` lines that were wrapped on the way · `mbox` a file of many letters.

mod decode;
mod flowed;
mod head;
mod html;
mod letter;
mod mbox;

pub use letter::read_letter;
pub(crate) use mbox::{MailReader, is_mail};
