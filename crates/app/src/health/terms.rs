//! What contracts and contacts say today of each customer, for the lists. Reads; writes nothing.

use std::collections::HashMap;

use kizashi_db::{ToValue, Value, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::time::Day;

use crate::measure::{Run, Subject, Which};
use crate::{App, Result};

const ROWS_PER_PAGE: i64 = 50_000;

/// The term in force and the last two-way contact.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub plan: String,
    pub seats: Option<i64>,
    pub end_day: Option<Day>,
    pub notice_on: Option<Day>,
    pub contact_at: Option<i64>,
}

pub(crate) type AllTerms = HashMap<Id<Customer>, Terms>;

row! {
    struct TermRow {
        customer_id: Id<Customer>, plan: String, seats: Option<i64>, end_day: Day, notice_on: Day, id: uuid::Uuid,
    }
}

/// Terms of the customers of a run, read by the page and not by the customer.
pub(crate) async fn load_terms(
    app: &App,
    run: &Run,
    which: Which<'_>,
    today: Day,
    subjects: &HashMap<String, Subject>,
) -> Result<AllTerms> {
    let (ws, now) = (run.settings.workspace, app.now());
    let mut out = AllTerms::new();
    match which {
        Which::All => {
            let terms = sql!(
                "SELECT customer_id, plan, seats, end_day, notice_on, id FROM contract WHERE workspace_id = $1 AND start_day <= $2 ",
                "AND end_day >= $2 AND id > $3 ORDER BY id LIMIT $4"
            );
            let mut after = uuid::Uuid::nil();
            loop {
                let rows: Vec<TermRow> = app.db.list(terms, args![ws, today, after, ROWS_PER_PAGE]).await?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                add_terms(&mut out, rows);
            }
            let contacts = sql!(
                "SELECT customer_id, max(happened_at) FROM activity WHERE workspace_id = $1 AND happened_at <= $2 AND customer_id > $3 ",
                "AND direction <> 'out' AND kind <> 'note' GROUP BY customer_id ORDER BY customer_id LIMIT $4"
            );
            let mut after: Id<Customer> = Id::from_uuid(uuid::Uuid::nil());
            loop {
                let rows: Vec<(Id<Customer>, i64)> =
                    app.db.list(contacts, args![ws, now, after, ROWS_PER_PAGE]).await?;
                let Some(last) = rows.last() else { break };
                after = last.0;
                add_contacts(&mut out, rows);
            }
        }
        Which::Only(_) => {
            let terms = sql!(
                "SELECT customer_id, plan, seats, end_day, notice_on, id FROM contract WHERE workspace_id = $1 AND start_day <= $2 ",
                "AND end_day >= $2 AND customer_id IN ($3)"
            );
            let contacts = sql!(
                "SELECT customer_id, max(happened_at) FROM activity WHERE workspace_id = $1 AND happened_at <= $2 ",
                "AND direction <> 'out' AND kind <> 'note' AND customer_id IN ($3) GROUP BY customer_id"
            );
            let keys: Vec<Value> = subjects.values().map(|s| s.id.to_value()).collect();
            add_terms(&mut out, app.db.list_in(terms, args![ws, today], keys.clone()).await?);
            add_contacts(&mut out, app.db.list_in(contacts, args![ws, now], keys).await?);
        }
    }
    Ok(out)
}

/// Of several terms in force the one that ends first counts.
fn add_terms(out: &mut AllTerms, rows: Vec<TermRow>) {
    for row in rows {
        let terms = out.entry(row.customer_id).or_default();
        if terms.end_day.is_none_or(|end| row.end_day < end) {
            (terms.plan, terms.seats) = (row.plan, row.seats);
            (terms.end_day, terms.notice_on) = (Some(row.end_day), Some(row.notice_on));
        }
    }
}

fn add_contacts(out: &mut AllTerms, rows: Vec<(Id<Customer>, i64)>) {
    for (customer, at) in rows {
        out.entry(customer).or_default().contact_at = Some(at);
    }
}
