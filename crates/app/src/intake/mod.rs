//! Facts come in: durable first, then marked for scoring. Nothing here computes a score.

mod colleagues;
mod coverage;
mod deadlines;
mod handing;
mod keep;
mod news;
mod notes;
mod ownership;
mod sources;
mod store;
mod taken_back;
mod terms;

use std::collections::BTreeSet;

use kizashi_domain::id::{Customer, Deal, Id, Workspace};
use kizashi_domain::intake::{Connector, CustomerNames, EventBatch, Message, Refusal};
use kizashi_domain::time::Time;

use crate::{App, Result};

pub(crate) use colleagues::find_strangers;
pub use coverage::{Coverage, Coverages, list_coverage};
pub(crate) use deadlines::refresh_deadlines;
pub(crate) use handing::Handing;
pub(crate) use keep::{Echo, batch_of};
pub(crate) use keep::{Keeping, try_records};
pub use keep::{Kept, Origin, Received, Sample, Samples, keep_records};
pub(crate) use notes::{change_note, events_of_note, remove_note, restore_note};
pub use ownership::{
    ConflictView, FieldOwners, OWNABLE, keep_field_owner, list_conflicts, list_field_owners, settle_conflict,
};
pub(crate) use sources::SourceCache;
pub use sources::{SourceView, add_write_key, list_sources, list_write_keys, revoke_write_key};
pub(crate) use store::{
    Gone, Person, RunCustomer, StoredActivity, StoredDeal, StoredTerm, TakenBack, Versioned, begin_merge, drop_dirty,
    end_merge, find_rows, fold_parts, list_dirty, list_dirty_of, list_versions, note_rows, undo_merge,
};
pub(crate) use taken_back::{
    is_known_otherwise, list_changed_since, list_customers_of_run, list_known, refresh_open_deals, refresh_terms,
    remove_customer, take_back_fields, take_back_records,
};

/// How many customers wait to be scored, for whoever watches the program.
pub async fn count_waiting(app: &App) -> Result<i64> {
    store::count_dirty(app).await
}

/// The source of what people write down in the pages themselves. It has no rhythm and never goes quiet.
pub const OWN_SOURCE: &str = kizashi_domain::intake::BY_HAND;

/// The figure of the last hunch, −2 to +2, as long as it is meant.
pub const HUNCH: &str = "hunch";

/// The figure in which a person rates a customer, 1 to 5.
pub const FELT: &str = "felt";

/// What became of a request.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// Events made durable.
    pub events: u64,
    /// Records kept.
    pub records: u64,
    /// What was refused; the rest was taken.
    pub refused: Vec<Refusal>,
}

/// Why a body was not taken at all.
#[derive(Debug)]
pub enum NotAccepted {
    /// The body is not understood.
    Body(Refusal),
    /// Everything else, unknown key and full disk included.
    Error(crate::Error),
}

impl<E: Into<crate::Error>> From<E> for NotAccepted {
    fn from(e: E) -> Self {
        Self::Error(e.into())
    }
}

/// Takes the body of an intake request. When it returns, everything accepted is on disk.
pub async fn accept(
    app: &App,
    connector: &dyn Connector,
    write_key: &str,
    kind: &str,
    body: &[u8],
) -> std::result::Result<Accepted, NotAccepted> {
    let now = app.now();
    let (workspace, source) = sources::find_by_key(app, write_key).await?;
    take(app, workspace, &source, |customer_of| connector.read_message(kind, body, now, customer_of)).await
}

/// Keeps what a message of a source says. `read` is told which customer a user, or a code of the source, belongs to.
pub(crate) async fn take(
    app: &App,
    workspace: Id<Workspace>,
    source: &str,
    read: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> std::result::Result<Message, Refusal> + Send,
) -> std::result::Result<Accepted, NotAccepted> {
    let now = app.now();
    let groups = sources::groups_of(app, workspace, source).await?;
    let message = read(&|user| groups.read().ok().and_then(|g| g.get(user).cloned())).map_err(NotAccepted::Body)?;
    if !message.groups.is_empty() {
        store::keep_groups(app, workspace, source, &message.groups).await?;
        if let Ok(mut map) = groups.write() {
            map.extend(message.groups.iter().cloned());
        }
    }
    if !message.records.is_empty() {
        let received: Vec<Received> =
            message.records.iter().map(|r| Received { at: now, assumed: false, record: r.clone() }).collect();
        keep_records(app, workspace, source, &received, false).await?;
    }
    let events = append_events(app, workspace, source, message.events).await?;
    note_refused(app, workspace, source, &message.refused).await?;
    Ok(Accepted { events, records: message.records.len() as u64, refused: message.refused })
}

/// Counts what a source sent and was not taken.
pub(crate) async fn note_refused(app: &App, workspace: Id<Workspace>, source: &str, refused: &[Refusal]) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let day = crate::settings::open_settings(app, workspace).await?.day_of(app.now());
    store::count_refused(app, workspace, source, day, refused).await
}

/// Makes events durable, makes sure their customers exist and marks them for scoring.
pub async fn append_events(app: &App, workspace: Id<Workspace>, source: &str, batch: EventBatch) -> Result<u64> {
    if batch.is_empty() {
        return Ok(0);
    }
    let customers: BTreeSet<String> = batch.iter().map(|e| e.customer.to_owned()).collect();
    let name = source.to_owned();
    let appended = app.blocking(move |history| Ok(history.append(&name, &batch)?)).await?;
    mark_dirty(app, workspace, customers.into_iter().collect()).await?;
    Ok(appended.durable)
}

/// Marks customers whose facts changed. Those that do not exist yet are made by the pipeline when it meets them.
pub async fn mark_dirty(app: &App, workspace: Id<Workspace>, customers: Vec<String>) -> Result<()> {
    let joined = app.joined();
    let customers = customers.into_iter().map(|code| joined.survivor(&code).to_owned()).collect();
    // Under load the same customers come again and again: only what is not marked yet costs a write.
    let fresh = app.dirty.add(customers);
    if fresh.is_empty() {
        return Ok(());
    }
    let written = store::insert_dirty(app, workspace, &fresh).await;
    if written.is_err() {
        app.dirty.remove(&fresh);
    }
    written
}

/// When files of each source were imported, lately.
pub(crate) async fn list_import_runs(app: &App, workspace: Id<Workspace>) -> Result<Vec<(String, Time)>> {
    store::list_import_runs(app, workspace).await
}

/// Makes rows for customers that are known only from events: their name is their code until somebody says more.
pub async fn keep_unknown_customers(
    app: &App,
    workspace: Id<Workspace>,
    source: &str,
    external_ids: &[String],
) -> Result<u64> {
    store::insert_unknown_customers(app, workspace, (source, None), external_ids).await
}

/// [`keep_unknown_customers`] for the events of an import.
pub(crate) async fn keep_new_customers(
    app: &App,
    workspace: Id<Workspace>,
    origin: Origin<'_>,
    external_ids: &[String],
) -> Result<u64> {
    store::insert_unknown_customers(app, workspace, (origin.source, origin.run), external_ids).await
}

/// Which customer each user of a source belongs to, as group calls said.
pub async fn list_groups(app: &App, workspace: Id<Workspace>, source: &str) -> Result<Vec<(String, String)>> {
    store::list_groups(app, workspace, source).await
}

/// Keeps what group calls of a file said.
pub async fn keep_groups(app: &App, workspace: Id<Workspace>, source: &str, groups: &[(String, String)]) -> Result<()> {
    store::keep_groups(app, workspace, source, groups).await
}

/// Customers by their names, for files that bring no codes.
pub async fn list_customer_names(app: &App, workspace: Id<Workspace>) -> Result<CustomerNames> {
    let mut names = CustomerNames::default();
    for (external_id, name) in store::list_customer_names(app, workspace).await? {
        names.add(&external_id, &name);
    }
    Ok(names)
}

/// Who went into whom: code that is gone, code that stands for it.
pub(crate) async fn list_merged(app: &App, workspace: Id<Workspace>) -> Result<Vec<(String, String)>> {
    store::list_merged(app, workspace).await
}

/// The code of a customer.
pub(crate) async fn find_code(app: &App, workspace: Id<Workspace>, id: Id<Customer>) -> Result<Option<String>> {
    store::find_code(app, workspace, id).await
}

/// The deal of a source with an id.
pub(crate) async fn find_deal(app: &App, ws: Id<Workspace>, source: &str, code: &str) -> Result<Option<Id<Deal>>> {
    store::find_deal(app, ws, source, code).await
}

/// Counts what was refused today, for the page of sources.
pub(crate) async fn count_refused(
    app: &App,
    workspace: Id<Workspace>,
    source: &str,
    refused: &[Refusal],
) -> Result<()> {
    let day = crate::settings::open_settings(app, workspace).await?.day_of(app.now());
    store::count_refused(app, workspace, source, day, refused).await
}

/// Sets up a source, so that it is known before its first fact.
pub async fn keep_source(app: &App, workspace: Id<Workspace>, source: &str) -> Result<()> {
    store::keep_source(app, workspace, source).await
}

/// The customers that a batch of records is about. A call of somebody whom nobody knows is about none.
pub(crate) fn customers_of(records: &[Received]) -> Vec<String> {
    let named = records.iter().map(|r| r.record.customer()).filter(|customer| !customer.is_empty());
    named.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What a check of the records found.
#[derive(Clone, Debug, Default)]
pub struct FactCheck {
    /// Customers.
    pub customers: i64,
    /// Customers waiting to be scored.
    pub waiting: i64,
    /// What is wrong; empty when all is well.
    pub findings: Vec<String>,
}

/// Checks the records against each other.
pub async fn check_facts(app: &App, workspace: Id<Workspace>) -> Result<FactCheck> {
    let [customers, waiting, lost, doubled] = store::count_facts(app, workspace).await?;
    let mut findings = Vec::new();
    if lost > 0 {
        findings.push(format!("{lost} standings belong to no customer"));
    }
    if doubled > 0 {
        findings.push(format!("{doubled} cards are open twice"));
    }
    Ok(FactCheck { customers, waiting, findings })
}
