//! Signing in and out, the gate, language and theme.

mod colleagues;
mod http;
mod pages;
mod presence;

pub(crate) use colleagues::open_colleagues;
pub(crate) use http::{admit, keep_preferences, open_sign_in, sign_in, sign_out};
pub use pages::sign_in as sign_in_page;
pub(crate) use presence::{drifted, end_rest, keep_cards_of, open_presence, rest};
