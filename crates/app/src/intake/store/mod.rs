//! Tables source, source_user, customer, customer_merge, customer_merge_row, attribute, contact, contract, deal, activity, ticket, response, version, dirty, refused_event.
//! Only intake writes facts; every other capability reads them.

mod aims;
mod contacts;
mod contracts;
mod customers;
mod deals;
mod feeds;
mod fields;
mod happenings;
mod merges;
mod names;
mod snapshots;
mod taken_back;
mod texts;
mod tickets;
mod versions;

pub(super) use aims::{keep_aims, list_aims};
pub(crate) use contacts::Person;
pub(super) use contacts::keep_contact;
pub(crate) use contracts::StoredTerm;
pub(super) use contracts::{keep_contract, keep_deadline, keep_terms, list_deadlines};
pub(super) use customers::{hand_customer, insert_unknown_customers, keep_customer, remove_customer};
pub(crate) use deals::StoredDeal;
pub(super) use deals::{find_deal, hand_deal, hand_deals, keep_deal, keep_open_deals};
pub(super) use feeds::{
    count_dirty, count_facts, count_refused, find_source_by_key, insert_dirty, insert_dirty_in, insert_source,
    keep_groups, keep_key, keep_source, list_groups, list_import_runs, list_refused, list_sources,
};
pub(crate) use feeds::{drop_dirty, list_dirty, list_dirty_of};
pub(super) use fields::take_back_fields;
pub(crate) use happenings::StoredActivity;
pub(super) use happenings::{
    change_activity, events_of_activity, keep_activity, keep_response, remove_activity, restore_activity,
};
pub(super) use merges::list_merged;
pub(crate) use merges::{Gone, begin_merge, end_merge, find_rows, note_rows, undo_merge};
pub(super) use names::{find_code, list_customer_names, list_staff_names};
pub(super) use snapshots::snapshot;
pub(crate) use taken_back::{RunCustomer, TakenBack};
pub(super) use taken_back::{
    is_known_otherwise, list_changed_since, list_customers_of_run, list_known, take_back_records,
};
pub(crate) use texts::fold_parts;
pub(super) use tickets::keep_ticket;
pub(crate) use versions::{Versioned, list_versions};

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Added,
    Changed,
    Same,
}
