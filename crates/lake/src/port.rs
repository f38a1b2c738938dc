//! The lake as the port that the product knows.

use std::sync::{Arc, PoisonError};

use kizashi_domain::intake::{EventBatch, Joined, Says};
use kizashi_domain::measure::{
    Appended, Arrivals, Bulk, CustomerEvents, HistoryEvent, Names, Selection, Source, SourceError, View, Withdrawal,
    Withdrawn,
};
use kizashi_domain::time::Time;

use crate::lake::Lake;
use crate::rows::Rows;

impl Source for Lake {
    fn begin_load(&self, source: &str, now: Time) -> Result<Box<dyn Bulk>, SourceError> {
        Ok(Box::new(Self::begin_load(self, source, now)?))
    }

    fn withdraw(&self, source: &str, what: Withdrawal<'_>) -> Result<Withdrawn, SourceError> {
        match what {
            Withdrawal::Events(events) => {
                let events = self.inner.joined().spread(events);
                Self::withdraw(self, source, Withdrawal::Events(&events))
            }
            Withdrawal::Load(_) => Self::withdraw(self, source, what),
        }
    }

    fn user_key(&self, user: &str) -> Option<u64> {
        Some(crate::ids::user_hash(user))
    }

    fn join(&self, joined: Joined) {
        *self.inner.joined.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(joined);
    }

    fn append(&self, source: &str, batch: &EventBatch) -> Result<Appended, SourceError> {
        if batch.is_empty() {
            return Ok(Appended { durable: 0 });
        }
        let mut rows = Rows::of_batch(source, batch);
        // A message that comes again is the same one, sent twice.
        rows.says.fill(Says::Once);
        self.inner.log.append(rows, &|chunks| self.inner.land(chunks))?;
        if self.inner.is_tail_long()
            && let Err(e) = self.inner.fold_if_long()
        {
            // The events are durable; the next fold tries again.
            tracing::error!(error = %e, "the log of usage history could not be folded");
        }
        Ok(Appended { durable: batch.len() as u64 })
    }

    fn names(&self) -> Result<Names, SourceError> {
        Ok(Names(self.inner.names.list()))
    }

    fn visit(&self, selection: Selection<'_>, each: &(dyn Fn(CustomerEvents<'_>) + Sync)) -> Result<(), SourceError> {
        crate::visit::visit(&self.inner, selection, View::default(), each)
    }

    fn visit_as(
        &self,
        selection: Selection<'_>,
        view: View,
        each: &(dyn Fn(CustomerEvents<'_>) + Sync),
    ) -> Result<(), SourceError> {
        crate::visit::visit(&self.inner, selection, view, each)
    }

    fn timeline(&self, customer: &str, before: Option<Time>, limit: usize) -> Result<Vec<HistoryEvent>, SourceError> {
        let joined = self.inner.joined();
        let members = joined.members(customer);
        if members.is_empty() {
            return crate::timeline::timeline(&self.inner, customer, before, limit);
        }
        let mut found = Vec::new();
        for member in members {
            found.extend(crate::timeline::timeline(&self.inner, member, before, limit)?);
        }
        found.sort_by_key(|e| std::cmp::Reverse(e.occurred_at));
        found.truncate(limit);
        Ok(found)
    }

    fn customers(&self) -> Result<Vec<String>, SourceError> {
        let joined = self.inner.joined();
        let mut all = crate::summaries::customers(&self.inner)?;
        if !joined.is_empty() {
            all = all.iter().map(|code| joined.survivor(code).to_owned()).collect();
            all.sort_unstable();
            all.dedup();
        }
        Ok(all)
    }

    fn arrivals(&self) -> Result<Vec<Arrivals>, SourceError> {
        crate::summaries::arrivals(&self.inner)
    }
}
