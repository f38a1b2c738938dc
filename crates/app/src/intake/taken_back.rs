//! What undoing an import asks of records.

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Import, Workspace};

use super::keep::Keeping;
use super::store::{self, RunCustomer, TakenBack};
use crate::{App, Result};

/// Takes back some of an import's people, contracts, activities, tickets and answers; nothing when none is left.
pub(crate) async fn take_back_records(tx: &mut Tx, k: &mut Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    store::take_back_records(tx, k, run).await
}

/// Takes back fields and figures that an import brought of a customer; whether there were any.
pub(crate) async fn take_back_fields(tx: &mut Tx, k: &Keeping<'_>, run: Id<Import>, row: &RunCustomer) -> Result<bool> {
    store::take_back_fields(tx, k, run, row).await
}

/// Customers that an import made or changed, by id, those behind `after`.
pub(crate) async fn list_customers_of_run(
    app: &App,
    ws: Id<Workspace>,
    run: Id<Import>,
    after: Id<Customer>,
    rows: i64,
) -> Result<Vec<RunCustomer>> {
    store::list_customers_of_run(app, ws, run, after, rows).await
}

/// Whether anything is known of a customer that would be lost with it.
pub(crate) async fn is_known_otherwise(app: &App, ws: Id<Workspace>, id: Id<Customer>) -> Result<bool> {
    store::is_known_otherwise(app, ws, id).await
}

/// Names of records that an import changed and somebody else changed again since, by kind.
pub(crate) async fn list_changed_since(
    app: &App,
    ws: Id<Workspace>,
    run: Id<Import>,
) -> Result<Vec<(&'static str, Vec<String>)>> {
    store::list_changed_since(app, ws, run).await
}

/// Those of some customers that there are.
pub(crate) async fn list_known(app: &App, ws: Id<Workspace>, codes: &[String]) -> Result<Vec<String>> {
    store::list_known(app, ws, codes).await
}

/// Brings the figures that follow from a customer's contracts up to date.
pub(crate) async fn refresh_terms(tx: &mut Tx, k: &Keeping<'_>, customer: Id<Customer>) -> Result<()> {
    store::keep_terms(tx, k, customer).await
}

/// Brings the figure of a customer's open deals up to date.
pub(crate) async fn refresh_open_deals(
    tx: &mut Tx,
    k: &Keeping<'_>,
    settings: &crate::settings::Settings,
    customer: Id<Customer>,
) -> Result<()> {
    store::keep_open_deals(tx, k, settings, customer).await
}

/// Removes a customer of which nothing else is known.
pub(crate) async fn remove_customer(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<()> {
    store::remove_customer(tx, ws, id).await
}
