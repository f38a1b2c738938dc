//! Who is told what happens here: addresses, secrets, the log of what was sent.

mod download;
mod http;
mod pages;

pub(crate) use download::download_subscriptions;
pub(crate) use http::{
    add_subscription, change_secret, change_subscription, open_delivery, open_subscription, open_subscriptions,
    send_again, send_test, switch_subscription,
};
