//! Records are kept: each is new, changed or the same as before; nothing is overwritten without its old value staying in the history.

use std::collections::BTreeSet;
use std::sync::Arc;

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Import, Staff, Workspace};
use kizashi_domain::intake::mail::MailTally;
use kizashi_domain::intake::{EventBatch, EventRef, Joined, Owned, Record, Says};
use kizashi_domain::limits::BATCH_ROWS_MAX;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

use super::OWN_SOURCE;
use super::colleagues::Colleagues;
use super::news::News;
use super::ownership::{self, FieldOwners};
use super::store::{self, End};
use crate::{App, Result, reactions};

/// How many records ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// New ones.
    pub added: u64,
    /// Known ones with something new.
    pub changed: u64,
    /// Known ones that there are no more.
    pub deleted: u64,
    /// Nothing new.
    pub same: u64,
    /// Letters that are no record.
    pub mail: MailTally,
}

/// An event that follows from a record, on its way to the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Echo {
    pub id: String,
    pub customer: String,
    pub user: String,
    pub name: String,
    pub occurred_at: Time,
    pub received_at: Time,
    #[serde(default)]
    pub assumed: bool,
    pub value: Option<f64>,
}

/// A record with when we learned it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// When.
    pub at: Time,
    /// History brought in bulk: each fact counts as known when it became true, unless it corrects one that is there.
    pub assumed: bool,
    /// What.
    pub record: Record,
}

/// Where records come from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Source: records are told apart by source and external id.
    pub source: &'a str,
    /// The import that brings them.
    pub run: Option<Id<Import>>,
    /// The person who writes them.
    pub author: Option<Id<Staff>>,
}

impl<'a> From<&'a str> for Origin<'a> {
    fn from(source: &'a str) -> Self {
        Self { source, run: None, author: None }
    }
}

impl<'a> From<&'a String> for Origin<'a> {
    fn from(source: &'a String) -> Self {
        Self::from(source.as_str())
    }
}

/// What one transaction learns for later.
pub(crate) struct Keeping<'a> {
    pub workspace: Id<Workspace>,
    pub source: &'a str,
    pub run: Option<Id<Import>>,
    pub author: Option<Id<Staff>>,
    pub received_at: Time,
    pub assumed: bool,
    pub echoes: Vec<Echo>,
    /// Customers whose contracts changed.
    pub terms_of: BTreeSet<Id<Customer>>,
    /// Customers whose deals changed.
    pub deals_of: BTreeSet<Id<Customer>>,
    /// Which source may write which field of customers.
    pub owners: FieldOwners,
    /// Customers that are one.
    pub joined: Arc<Joined>,
}

impl Keeping<'_> {
    /// Whether a person says it, and not a file or a program.
    pub fn is_by_hand(&self) -> bool {
        self.source == OWN_SOURCE || (self.author.is_some() && self.run.is_none())
    }

    /// Who owns something after a row, and who had it before: `said` is whom the row names.
    pub fn hear_owner(
        &self,
        (owner, former): (Option<Id<Staff>>, Option<Id<Staff>>),
        said: Option<Id<Staff>>,
        clears: bool,
    ) -> Owned {
        let owned = Owned { owner, former };
        match said {
            Some(to) if !self.is_by_hand() => owned.said(to),
            Some(to) => owned.given(Some(to)),
            None if clears => owned.given(None),
            None => owned,
        }
    }
}

/// Samples of each outcome that a trial shows.
const SAMPLES_MAX: usize = 20;

/// The first records that would be new, changed, or the same as before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Samples {
    /// New ones, with what they say.
    pub added: Vec<Sample>,
    /// Changed ones, with what they said and what they would say.
    pub changed: Vec<Sample>,
    /// Unchanged ones, by their codes.
    pub same: Vec<String>,
}

/// A record of a trial.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Its code.
    pub code: String,
    /// Its customer's code.
    pub customer: String,
    /// Field, what it says now, what it would say.
    pub fields: Vec<(String, String, String)>,
}

impl Samples {
    fn add(&mut self, end: End, record: &Record, before: &[(String, String)], after: &[(String, String)]) {
        let mut sample =
            Sample { code: record.code().to_owned(), customer: record.customer().to_owned(), fields: Vec::new() };
        for (field, new) in after {
            let old = before.iter().find(|(name, _)| name == field).map_or("", |(_, old)| old.as_str());
            if old != new {
                sample.fields.push((field.clone(), old.to_owned(), new.clone()));
            }
        }
        match end {
            End::Added => self.added.push(sample),
            End::Changed => self.changed.push(sample),
            End::Same => self.same.push(sample.code),
        }
    }

    const fn room(&self, end: End) -> bool {
        let so_far = match end {
            End::Added => self.added.len(),
            End::Changed => self.changed.len(),
            End::Same => self.same.len(),
        };
        so_far < SAMPLES_MAX
    }
}

/// Keeps records of one source. Idempotent: the same record twice changes nothing. All of a batch of
/// [`BATCH_ROWS_MAX`] records, or nothing of it. A trial keeps nothing and tells what would happen.
pub async fn keep_records(
    app: &App,
    workspace: Id<Workspace>,
    origin: impl Into<Origin<'_>>,
    records: &[Received],
    trial: bool,
) -> Result<Kept> {
    if trial {
        return try_records(app, workspace, origin.into(), records, &mut Samples::default()).await;
    }
    let Origin { source, run, author } = origin.into();
    let settings = crate::settings::open_settings(app, workspace).await?;
    let colleagues = Colleagues::open(app, workspace).await?;
    let mut kept = Kept::default();
    for chunk in records.chunks(BATCH_ROWS_MAX) {
        let joined = app.joined();
        let customers: Vec<String> =
            super::customers_of(chunk).iter().map(|code| joined.survivor(code).to_owned()).collect();
        let mut news = News::begin(app, workspace, source, &customers).await?;
        let mut tx = app.db.write().await?;
        store::insert_source(&mut tx, app, workspace, source).await?;
        let mut keeping = Keeping::new(app, workspace, Origin { source, run, author });
        keeping.owners = ownership::find_owners(&mut tx, workspace).await?;
        for received in chunk {
            (keeping.received_at, keeping.assumed) = (received.at, received.assumed);
            let record = colleagues.resolve(&received.record);
            let end = keep_one(&mut tx, &mut keeping, &settings, &record).await?;
            news.note(end, &received.record);
            kept.count(end);
        }
        for customer in std::mem::take(&mut keeping.terms_of) {
            store::keep_terms(&mut tx, &keeping, customer).await?;
        }
        for customer in std::mem::take(&mut keeping.deals_of) {
            store::keep_open_deals(&mut tx, &keeping, &settings, customer).await?;
        }
        store::insert_dirty_in(&mut tx, app, workspace, &customers).await?;
        news.tell(&mut tx, app, workspace).await?;
        let echoes = std::mem::take(&mut keeping.echoes);
        let outbox = reactions::announce_echoes(&mut tx, app, workspace, source, &echoes).await?;
        tx.commit().await?;
        if let Some(outbox) = outbox {
            reactions::deliver_echoes(app, outbox, source, echoes).await?;
        }
    }
    Ok(kept)
}

/// What [`keep_records`] would do, and the first of each kind. Nothing is kept.
pub(crate) async fn try_records(
    app: &App,
    workspace: Id<Workspace>,
    origin: Origin<'_>,
    records: &[Received],
    samples: &mut Samples,
) -> Result<Kept> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let colleagues = Colleagues::open(app, workspace).await?;
    let mut kept = Kept::default();
    for chunk in records.chunks(BATCH_ROWS_MAX) {
        // Never committed.
        let mut tx = app.db.write().await?;
        store::insert_source(&mut tx, app, workspace, origin.source).await?;
        let mut k = Keeping::new(app, workspace, origin);
        k.owners = ownership::find_owners(&mut tx, workspace).await?;
        for received in chunk {
            (k.received_at, k.assumed) = (received.at, received.assumed);
            let is_wanted = samples.room(End::Changed);
            let before = if is_wanted { store::snapshot(&mut tx, &k, &received.record).await? } else { Vec::new() };
            let record = colleagues.resolve(&received.record);
            let end = keep_one(&mut tx, &mut k, &settings, &record).await?;
            kept.count(end);
            if samples.room(end) {
                let after = match end {
                    End::Same => Vec::new(),
                    _ => store::snapshot(&mut tx, &k, &received.record).await?,
                };
                samples.add(end, &received.record, &before, &after);
            }
        }
    }
    Ok(kept)
}

impl Kept {
    /// Adds what became of others.
    pub const fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.deleted += other.deleted;
        self.same += other.same;
        self.mail.add(other.mail);
    }

    fn count(&mut self, end: End) {
        match end {
            End::Added => self.added += 1,
            End::Changed => self.changed += 1,
            End::Same => self.same += 1,
        }
    }
}

async fn keep_one(
    tx: &mut Tx,
    keeping: &mut Keeping<'_>,
    settings: &crate::settings::Settings,
    record: &Record,
) -> Result<End> {
    match record {
        Record::Customer(row) => {
            let part = match keeping.owners.is_empty() {
                true => None,
                false => ownership::keep_to_owners(tx, keeping, row).await?,
            };
            let row = part.as_ref().unwrap_or(row);
            let end = store::keep_customer(tx, keeping, settings, row).await?;
            store::keep_aims(tx, keeping, settings, row, end).await
        }
        Record::Contact(row) => store::keep_contact(tx, keeping, settings, row).await,
        Record::Contract(row) => store::keep_contract(tx, keeping, settings, row).await,
        Record::Deal(row) => store::keep_deal(tx, keeping, settings, row).await,
        Record::Activity(row) => store::keep_activity(tx, keeping, row).await,
        Record::Ticket(row) => store::keep_ticket(tx, keeping, row).await,
        Record::Response(row) => store::keep_response(tx, keeping, row).await,
    }
}

impl<'a> Keeping<'a> {
    /// What is learned now from an origin; nobody owns a field.
    pub fn new(app: &App, workspace: Id<Workspace>, origin: Origin<'a>) -> Self {
        Self {
            workspace,
            source: origin.source,
            run: origin.run,
            author: origin.author,
            received_at: app.now(),
            assumed: false,
            echoes: Vec::new(),
            terms_of: BTreeSet::new(),
            deals_of: BTreeSet::new(),
            owners: FieldOwners::new(),
            joined: app.joined(),
        }
    }

    /// Notes an event that follows from a record.
    pub fn echo(
        &mut self,
        id: String,
        customer: &str,
        user: &str,
        name: String,
        occurred_at: Time,
        value: Option<f64>,
    ) {
        self.echoes.push(Echo {
            id,
            customer: customer.to_owned(),
            user: user.to_owned(),
            name,
            occurred_at,
            received_at: if self.assumed { occurred_at } else { self.received_at.max(occurred_at) },
            assumed: self.assumed,
            value,
        });
    }
}

/// The echoes as a batch for the history.
pub(crate) fn batch_of(echoes: &[Echo]) -> EventBatch {
    let mut batch = EventBatch::with_capacity(echoes.len());
    for e in echoes {
        batch.push(EventRef {
            id: &e.id,
            customer: &e.customer,
            user: &e.user,
            name: &e.name,
            occurred_at: e.occurred_at,
            received_at: e.received_at,
            assumed: e.assumed,
            value: e.value,
            properties: "",
            says: Says::Once,
        });
    }
    batch
}
