//! Inquiries: each row of one id says more of it; what it said before stays beside it.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Ticket};
use kizashi_domain::intake::TicketRow;
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

use super::End;
use super::customers::find_or_insert_customer;
use super::merges::note_home;
use super::taken_back::{ROWS_MAX, TakenBack};
use super::texts::{fold_parts, index_text};
use super::versions::{Versioned, keep_version};
use crate::intake::keep::Keeping;
use crate::{App, Result};

row! {
    #[derive(Clone, PartialEq, Serialize, Deserialize)]
    struct Fields {
        id: Id<Ticket>, customer_id: Option<Id<Customer>>, category: String, channel: String, direction: String, priority: String,
        status: String, operator: String, subject: String, body: String, opened_at: Time, answered_at: Option<Time>,
        closed_at: Option<Time>, talk_s: Option<i64>, wrap_up_s: Option<i64>, handling_s: Option<i64>, abandoned: Option<bool>,
        satisfaction: Option<i64>,
    }
}

impl Fields {
    fn new(opened_at: Time) -> Self {
        let none = String::new;
        Self {
            id: App::new_id(),
            customer_id: None,
            category: none(),
            channel: none(),
            direction: "in".to_owned(),
            priority: none(),
            status: none(),
            operator: none(),
            subject: none(),
            body: none(),
            opened_at,
            answered_at: None,
            closed_at: None,
            talk_s: None,
            wrap_up_s: None,
            handling_s: None,
            abandoned: None,
            satisfaction: None,
        }
    }

    /// What a row says on top of what is known. A field that it does not give stays.
    fn learn(&mut self, row: &TicketRow, customer: Option<Id<Customer>>) {
        let set = |field: &mut String, given: &Option<String>| {
            if let Some(text) = given {
                field.clone_from(text);
            }
        };
        set(&mut self.category, &row.category);
        set(&mut self.channel, &row.channel);
        set(&mut self.direction, &row.direction);
        set(&mut self.priority, &row.priority);
        set(&mut self.status, &row.status);
        set(&mut self.operator, &row.operator);
        set(&mut self.subject, &row.subject);
        set(&mut self.body, &row.body);
        self.customer_id = customer.or(self.customer_id);
        self.opened_at = row.opened_at;
        self.answered_at = row.answered_at.or(self.answered_at);
        self.closed_at = row.closed_at.or(self.closed_at);
        self.talk_s = row.talk_s.or(self.talk_s);
        self.wrap_up_s = row.wrap_up_s.or(self.wrap_up_s);
        self.handling_s = row.handling_s.or(self.handling_s);
        self.abandoned = row.abandoned.or(self.abandoned);
        self.satisfaction = row.satisfaction.or(self.satisfaction);
    }
}

const INSERT_TICKET: &kizashi_db::Statement = sql!(
    "INSERT INTO ticket (id, workspace_id, customer_id, source, external_id, category, channel, direction, priority, status, operator, ",
    "subject, body, opened_at, answered_at, closed_at, talk_s, wrap_up_s, handling_s, abandoned, satisfaction, recorded_at, assumed, ",
    "run_id, author_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
);

pub(in crate::intake) async fn keep_ticket(tx: &mut Tx, k: &mut Keeping<'_>, row: &TicketRow) -> Result<End> {
    let customer = match row.customer.as_str() {
        "" => None,
        known => Some(find_or_insert_customer(tx, k, known).await?),
    };
    let find = sql!(
        "SELECT id, customer_id, category, channel, direction, priority, status, operator, subject, body, opened_at, answered_at, closed_at, ",
        "talk_s, wrap_up_s, handling_s, abandoned, satisfaction FROM ticket WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let before: Option<Fields> = tx.find(find, args![k.workspace, k.source, row.external_id]).await?;
    let mut after = before.clone().unwrap_or_else(|| Fields::new(row.opened_at));
    after.learn(row, customer);
    let end = match &before {
        Some(before) if *before == after => return Ok(End::Same),
        Some(before) => {
            update_ticket(tx, k, before, &after).await?;
            End::Changed
        }
        None => {
            insert_ticket(tx, k, row, &after).await?;
            note_home(tx, k, &row.customer, "ticket", after.id).await?;
            End::Added
        }
    };
    let said = |f: &Fields| (f.category.clone(), f.subject.clone(), f.body.clone());
    if after.customer_id.is_some() && before.as_ref().is_none_or(|b| said(b) != said(&after) || b.customer_id.is_none())
    {
        let folded = fold_parts(&[&after.category, &after.subject, &after.body]);
        let is_new = before.is_none();
        index_text(tx, k.workspace, Searchable::Ticket, (after.id, is_new), after.opened_at, &folded).await?;
    }
    if !row.customer.is_empty() {
        echo(k, row, before.as_ref(), &after);
    }
    Ok(end)
}

/// What follows from an inquiry in the history of its customer: that it was opened, and that it was closed.
fn echo(k: &mut Keeping<'_>, row: &TicketRow, before: Option<&Fields>, after: &Fields) {
    if before.is_none_or(|b| b.customer_id.is_none()) {
        #[allow(clippy::cast_precision_loss)]
        let satisfaction = after.satisfaction.map(|s| s as f64);
        let id = format!("ticket:{}", row.external_id);
        k.echo(id, &row.customer, "", "ticket.opened".to_owned(), after.opened_at, satisfaction);
    }
    let was_closed = before.is_some_and(|b| b.closed_at.is_some() && b.customer_id.is_some());
    if let Some(at) = after.closed_at.filter(|_| !was_closed) {
        k.echo(format!("ticket_closed:{}", row.external_id), &row.customer, "", "ticket.closed".to_owned(), at, None);
    }
}

async fn insert_ticket(tx: &mut Tx, k: &Keeping<'_>, row: &TicketRow, f: &Fields) -> Result<()> {
    let values = args![
        f.id,
        k.workspace,
        f.customer_id,
        k.source,
        row.external_id,
        f.category,
        f.channel,
        f.direction,
        f.priority,
        f.status,
        f.operator,
        f.subject,
        f.body,
        f.opened_at,
        f.answered_at,
        f.closed_at,
        f.talk_s,
        f.wrap_up_s,
        f.handling_s,
        f.abandoned,
        f.satisfaction,
        k.received_at,
        i64::from(k.assumed),
        k.run,
        k.author
    ];
    tx.run(INSERT_TICKET, values).await?;
    Ok(())
}

/// Keeps what is new about a known inquiry, and what it said before.
async fn update_ticket(tx: &mut Tx, k: &Keeping<'_>, before: &Fields, after: &Fields) -> Result<()> {
    keep_version(tx, k, Versioned::Ticket, before.id, before).await?;
    let statement = sql!(
        "UPDATE ticket SET customer_id = $3, category = $4, channel = $5, direction = $6, priority = $7, status = $8, operator = $9, ",
        "subject = $10, body = $11, opened_at = $12, answered_at = $13, closed_at = $14, talk_s = $15, wrap_up_s = $16, handling_s = $17, ",
        "abandoned = $18, satisfaction = $19, run_id = $20, author_id = $21 WHERE workspace_id = $1 AND id = $2"
    );
    let values = args![
        k.workspace,
        after.id,
        after.customer_id,
        after.category,
        after.channel,
        after.direction,
        after.priority,
        after.status,
        after.operator,
        after.subject,
        after.body,
        after.opened_at,
        after.answered_at,
        after.closed_at,
        after.talk_s,
        after.wrap_up_s,
        after.handling_s,
        after.abandoned,
        after.satisfaction,
        k.run,
        k.author
    ];
    tx.run(statement, values).await?;
    Ok(())
}

row! {
    struct TicketOfRun { customer: String, fields: Option<String>, run: Option<Id<Import>>, ticket: Id<Ticket>, external_id: String }
}

/// Takes back some of what an import wrote: inquiries that it added go, those that it changed say again what they said before.
pub(super) async fn take_back_tickets(tx: &mut Tx, k: &mut Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let find = sql!(
        "SELECT COALESCE(c.external_id, ''), v.fields, v.run_id, p.id, p.external_id FROM ticket p LEFT JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN version v ON v.id = (SELECT w.id FROM version w LEFT JOIN import_run r ON r.id = w.run_id WHERE w.workspace_id = $1 ",
        "AND w.kind = 'ticket' AND w.object_id = p.id AND (w.run_id IS NULL OR (w.run_id <> $2 AND r.undone_at IS NULL)) ",
        "ORDER BY w.replaced_at DESC LIMIT 1) WHERE p.workspace_id = $1 AND p.run_id = $2 ORDER BY p.id LIMIT $3"
    );
    let current = sql!(
        "SELECT id, customer_id, category, channel, direction, priority, status, operator, subject, body, opened_at, answered_at, closed_at, ",
        "talk_s, wrap_up_s, handling_s, abandoned, satisfaction FROM ticket WHERE workspace_id = $1 AND id = $2"
    );
    let rows: Vec<TicketOfRun> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
    let mut taken = Vec::new();
    for row in rows {
        let Some(now): Option<Fields> = tx.find(current, args![k.workspace, row.ticket]).await? else { continue };
        let before: Option<Fields> = row.fields.as_deref().and_then(|f| serde_json::from_str(f).ok());
        if let Some(before) = &before {
            // It is again what another import, or nobody's, has said.
            let own = std::mem::replace(&mut k.run, row.run);
            update_ticket(tx, k, &now, before).await?;
            k.run = own;
        } else {
            keep_version(tx, k, Versioned::Ticket, now.id, &now).await?;
            let drop = sql!("DELETE FROM ticket WHERE workspace_id = $1 AND id = $2");
            tx.run(drop, args![k.workspace, row.ticket]).await?;
        }
        let b = before.as_ref().filter(|b| b.customer_id.is_some());
        let opened = b.is_none().then(|| format!("ticket:{}", row.external_id));
        let closed = b.is_none_or(|b| b.closed_at.is_none()).then(|| format!("ticket_closed:{}", row.external_id));
        let events = opened.into_iter().chain(closed).collect();
        taken.push(TakenBack { customer: row.customer, is_restored: before.is_some(), events });
    }
    Ok(taken)
}
