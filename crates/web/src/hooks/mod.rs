//! What others push to us, the contact forms that visitors fill in, and their pages.

mod download;
mod http;
mod list;
mod one;
mod receive;
mod visitor;

pub(crate) use download::{download_hooks, download_refused};
pub(crate) use http::{
    add_hook, change_hook, change_secret, end_turning, give_again, give_all_again, open_hook, open_hooks, open_new,
    set_aside, switch_hook,
};
pub(crate) use receive::{dress, origin_of, receive};
pub(crate) use visitor::{allow_visitor, open_form, take_form};
