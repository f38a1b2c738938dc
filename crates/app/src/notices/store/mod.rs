//! The tables of notices, one file for those that belong together.

pub(super) mod ledger;
pub(super) mod notice;
pub(super) mod outgoing;
pub(super) mod posting;
pub(super) mod setting;
