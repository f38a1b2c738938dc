//! Tables source, source_user, customer, attribute, contact, contract, activity, ticket, response, dirty, import_run, refused_event.
//! Only intake writes facts; every other capability reads them.

mod contracts;
mod customers;
mod feeds;
mod happenings;

pub(super) use contracts::{keep_contract, keep_deadline, keep_terms, list_deadlines};
pub(super) use customers::{insert_unknown_customers, keep_contact, keep_customer};
pub(super) use feeds::{
    count_facts, count_refused, find_source_by_key, insert_dirty, insert_dirty_in, insert_import, insert_source,
    keep_groups, keep_key, keep_source, list_groups, list_import_runs, list_refused, list_sources,
};
pub(crate) use feeds::{drop_dirty, list_dirty};
pub(super) use happenings::{keep_activity, keep_response, keep_ticket};

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Added,
    Changed,
    Same,
}
