//! Connections to databases and mailboxes of others: where they are, what is asked of them, how it goes.

mod download;
mod forms;
mod http;
mod list;
mod mailbox;
mod pull;
mod query;

pub(crate) use download::download_pulls;
pub(crate) use http::{
    change_connection, drop_connection, edit_connection, keep_connection, new_connection, open_connections,
};
pub(crate) use mailbox::{change_mailbox, edit_mailbox, keep_folders, keep_mailbox, new_mailbox, open_folders};
pub(crate) use pull::{drop_pull, open_pull, restart_pull, start_pull};
pub(crate) use query::{change_query, edit_query, keep_query, new_query};
