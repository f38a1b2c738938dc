//! What a batch of records says that others want to be told: new customers, changed ones, inquiries.

use std::collections::BTreeSet;

use kizashi_db::{ToValue, Tx, args, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::Record;
use kizashi_domain::time::Time;
use serde_json::json;

use super::store::End;
use crate::subscriptions::{Happened, Occurrence, is_told, tell};
use crate::{App, Result};

/// Collected while a batch is kept, written down with it.
pub(super) struct News<'a> {
    source: &'a str,
    at: Time,
    /// Customers that were not there before; `None` when nobody wants to know.
    fresh: Option<BTreeSet<&'a str>>,
    changed: BTreeSet<&'a str>,
    happened: Vec<Happened>,
}

impl<'a> News<'a> {
    /// Looks which customers are there before the batch is kept.
    pub async fn begin(app: &App, ws: Id<Workspace>, source: &'a str, customers: &'a [String]) -> Result<Self> {
        let mut fresh = None;
        if is_told(app, ws, &[Occurrence::CustomerCreated, Occurrence::CustomerChanged]).await? {
            let find = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND external_id IN ($2)");
            let codes = customers.iter().map(|c| c.to_value()).collect();
            let known: Vec<(String,)> = app.db.list_in(find, args![ws], codes).await?;
            let known: BTreeSet<&str> = known.iter().map(|(code,)| code.as_str()).collect();
            fresh = Some(customers.iter().map(String::as_str).filter(|c| !known.contains(c)).collect());
        }
        Ok(Self { source, at: app.now(), fresh, changed: BTreeSet::new(), happened: Vec::new() })
    }

    /// Notes how a record ended.
    pub fn note(&mut self, end: End, record: &'a Record) {
        match (record, end) {
            (Record::Customer(row), End::Changed) => {
                self.changed.insert(&row.external_id);
            }
            (Record::Ticket(row), End::Added) => {
                let data = json!({
                    "external_id": row.external_id, "source": self.source, "customer": row.customer, "category": row.category,
                    "channel": row.channel, "subject": row.subject, "opened_at": row.opened_at.rfc3339(),
                });
                self.happened.push(Happened::new(Occurrence::TicketCreated, self.at, &data));
            }
            _ => {}
        }
    }

    /// Writes it down for those who want to be told.
    pub async fn tell(mut self, tx: &mut Tx, app: &App, ws: Id<Workspace>) -> Result<()> {
        if let Some(fresh) = &self.fresh {
            let of = |occurrence, code: &str| {
                Happened::new(occurrence, self.at, &json!({ "external_id": code, "source": self.source }))
            };
            self.happened.extend(fresh.iter().map(|code| of(Occurrence::CustomerCreated, code)));
            let changed = self.changed.iter().filter(|code| !fresh.contains(*code));
            self.happened.extend(changed.map(|code| of(Occurrence::CustomerChanged, code)));
        }
        tell(tx, app, ws, &self.happened).await
    }
}
