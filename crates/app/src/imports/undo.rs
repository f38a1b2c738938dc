//! An import is taken back as a whole. What it added goes, what it changed says again what it said before, unless somebody changed
//! it since. The versions of records, and the rows of the history, stay where they are: it can be seen that they were there.

use std::collections::BTreeSet;

use kizashi_domain::id::{Customer, Id, Import};
use kizashi_domain::measure::{Withdrawal, Withdrawn};

use super::keep::receipt_of;
use super::{Report, State, Undone, open_import, store};
use crate::access::Grant;
use crate::intake::{self, Keeping, Origin, TakenBack};
use crate::{App, Error, Refused, Result, health, mail, plays, reactions, signals};

/// Names shown of what stays as it is.
const LEFT_NAMES_MAX: usize = 20;
/// Customers looked at in one go.
const CUSTOMERS_MAX: i64 = 500;

/// Takes an import back. Begun and not ended, it can be begun again.
pub async fn undo_import(app: &App, grant: &Grant, id: Id<Import>) -> Result<Undone> {
    let workspace = grant.workspace();
    let row = open_import(app, workspace, id).await?;
    if row.is_too_large_to_undo() {
        return Err(Refused::Field { field: "import", reason: "too-large-to-undo" }.into());
    }
    let from = [State::Done, State::Failed, State::Keeping, State::Undoing];
    if !store::move_on(app, workspace, id, &from, State::Undoing).await? {
        return Err(Refused::Changed.into());
    }
    // What follows from its records must be in the history before it can be taken out of it.
    reactions::deliver_outbox(app).await?;
    let mut undone = Undone::default();
    for (kind, names) in intake::list_changed_since(app, workspace, id).await? {
        undone.left += names.len() as u64;
        note_left(&mut undone, kind, names);
    }
    let mut work = Work {
        app,
        grant,
        id,
        source: &row.source,
        touched: BTreeSet::new(),
        terms_of: BTreeSet::new(),
        deals_of: BTreeSet::new(),
    };
    work.take_back_records(&mut undone).await?;
    mail::forget_run(app, workspace, id).await?;
    work.withdraw_load(&mut undone, row.report.pieces).await?;
    work.take_back_customers(&mut undone).await?;
    let touched: Vec<String> = work.touched.into_iter().collect();
    let there = intake::list_known(app, workspace, &touched).await?;
    intake::mark_dirty(app, workspace, there).await?;
    let report = Report { undone: Some(undone.clone()), ..row.report };
    store::keep_undone(app, grant, id, &report).await?;
    Ok(undone)
}

fn note_left(undone: &mut Undone, kind: &str, names: Vec<String>) {
    let room = LEFT_NAMES_MAX.saturating_sub(undone.left_names.len());
    undone.left_names.extend(names.into_iter().take(room).map(|name| (kind.to_owned(), name)));
}

struct Work<'a> {
    app: &'a App,
    grant: &'a Grant,
    id: Id<Import>,
    source: &'a str,
    /// External ids of customers to be scored again.
    touched: BTreeSet<String>,
    /// Customers whose contracts changed.
    terms_of: BTreeSet<Id<Customer>>,
    /// Customers whose deals changed.
    deals_of: BTreeSet<Id<Customer>>,
}

impl Work<'_> {
    fn keeping(&self) -> Keeping<'_> {
        let origin = Origin { source: self.source, run: None, author: self.grant.staff() };
        Keeping::new(self.app, self.grant.workspace(), origin)
    }

    /// People, contracts, activities, tickets and answers, with the events that follow from them.
    async fn take_back_records(&mut self, undone: &mut Undone) -> Result<()> {
        loop {
            let mut tx = self.app.db.write().await?;
            let mut k = self.keeping();
            let taken: Vec<TakenBack> = intake::take_back_records(&mut tx, &mut k, self.id).await?;
            let (terms_of, deals_of) = (std::mem::take(&mut k.terms_of), std::mem::take(&mut k.deals_of));
            if taken.is_empty() {
                return Ok(());
            }
            let mut events = Vec::new();
            for one in &taken {
                if one.is_restored {
                    undone.restored += 1;
                } else {
                    undone.removed += 1;
                }
                events.extend(one.events.iter().map(|event| (one.customer.clone(), event.clone())));
            }
            // First the events: a step that is done again finds its records still there.
            let source = self.source.to_owned();
            let withdrawn =
                self.app.blocking(move |history| Ok(history.withdraw(&source, Withdrawal::Events(&events))?)).await?;
            tx.commit().await?;
            self.note(withdrawn, &mut undone.events);
            self.touched.extend(taken.into_iter().map(|one| one.customer));
            self.terms_of.extend(terms_of);
            self.deals_of.extend(deals_of);
        }
    }

    fn note(&mut self, withdrawn: Withdrawn, events: &mut u64) {
        *events += withdrawn.events;
        self.touched.extend(withdrawn.touched);
    }

    /// The events that the file itself brought.
    async fn withdraw_load(&mut self, undone: &mut Undone, pieces: u32) -> Result<()> {
        // The last piece may have gone in when the program ended before it was written down.
        for piece in 0..=pieces {
            let (source, receipt) = (self.source.to_owned(), receipt_of(self.id, piece));
            let withdrawn =
                self.app.blocking(move |history| Ok(history.withdraw(&source, Withdrawal::Load(&receipt))?)).await?;
            self.note(withdrawn, &mut undone.events);
        }
        Ok(())
    }

    /// Fields and figures of customers, and customers that were made.
    async fn take_back_customers(&mut self, undone: &mut Undone) -> Result<()> {
        let mut after: Id<Customer> = Id::from_uuid(uuid::Uuid::nil());
        loop {
            let rows =
                intake::list_customers_of_run(self.app, self.grant.workspace(), self.id, after, CUSTOMERS_MAX).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                let mut tx = self.app.db.write().await?;
                let changed = intake::take_back_fields(&mut tx, &self.keeping(), self.id, row).await?;
                tx.commit().await?;
                self.touched.insert(row.external_id.clone());
                if !row.is_made {
                    undone.restored += u64::from(changed);
                } else if self.remove(row).await? {
                    undone.removed += 1;
                    self.terms_of.remove(&row.id);
                    self.deals_of.remove(&row.id);
                } else {
                    undone.left += 1;
                    note_left(undone, "customers", vec![row.name.clone()]);
                }
            }
        }
        for customer in std::mem::take(&mut self.terms_of) {
            let mut tx = self.app.db.write().await?;
            intake::refresh_terms(&mut tx, &self.keeping(), customer).await?;
            tx.commit().await?;
        }
        let settings = crate::settings::open_settings(self.app, self.grant.workspace()).await?;
        for customer in std::mem::take(&mut self.deals_of) {
            let mut tx = self.app.db.write().await?;
            intake::refresh_open_deals(&mut tx, &self.keeping(), &settings, customer).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Removes a customer that nobody else knows anything of; whether it is gone.
    async fn remove(&self, row: &intake::RunCustomer) -> Result<bool> {
        let workspace = self.grant.workspace();
        let code = row.external_id.clone();
        let has_events = self.app.blocking(move |history| Ok(!history.timeline(&code, None, 1)?.is_empty())).await?;
        if has_events || intake::is_known_otherwise(self.app, workspace, row.id).await? {
            return Ok(false);
        }
        let mut tx = self.app.db.write().await?;
        plays::forget_customer(&mut tx, workspace, row.id).await?;
        signals::forget_customer(&mut tx, workspace, row.id).await?;
        health::forget_customer(&mut tx, workspace, row.id).await?;
        // Something that came meanwhile holds on to the customer: then it stays.
        match intake::remove_customer(&mut tx, workspace, row.id).await {
            Ok(()) => {
                tx.commit().await?;
                Ok(true)
            }
            Err(Error::Again(why)) => Err(Error::Again(why)),
            Err(error) => {
                tracing::warn!(customer = %row.id, "a customer stays: {error}");
                Ok(false)
            }
        }
    }
}
