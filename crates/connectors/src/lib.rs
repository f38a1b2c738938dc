//! Reading of what neighbours send: CSV and NDJSON files, Excel workbooks, rows of tables, Segment calls, and mail.
//!
//! [`Reader`] reads a file of any size, or a table that somebody else has opened, in bounded memory and hands over [`Parsed`] batches;
//! [`segment::parse_body`] reads the body of an intake request; [`singer::SingerReader`] the messages of a tap. All give the same [`Parsed`].

mod build;
pub mod chat;
mod csv;
mod error;
pub mod hooks;
mod ids;
pub mod imap;
mod input;
mod look;
pub mod mail;
pub mod map;
mod ndjson;
mod parsed;
pub mod post;
mod reader;
mod rejected;
pub mod segment;
pub mod singer;
pub mod smtp;
mod table;
mod workbook;

pub use error::Error;
pub use kizashi_domain::intake::{Parsed, Refused};
pub use look::{list_fields, look, look_at_rows, look_at_titles, map_of, wish_of};
pub use map::Map;
pub use reader::{Format, Options, Plan, Progress, Reader};
pub use rejected::{RejectedWriter, protect, unprotect};
pub use segment::Groups;
pub use table::OpenTable;
pub use workbook::{Workbook, is_workbook};
