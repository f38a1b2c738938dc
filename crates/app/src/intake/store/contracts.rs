//! Contracts and the figures that follow from their terms.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::calendar::notice_deadline;
use kizashi_domain::id::{Contract, Customer, Id, Import, Staff, Workspace};
use kizashi_domain::intake::ContractRow;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};

use super::End;
use super::customers::find_or_insert_customer;
use super::fields::{keep_figures, list_figures};
use super::merges::note_home;
use super::taken_back::{ROWS_MAX, TakenBack};
use super::versions::{Versioned, keep_version};
use crate::intake::keep::Keeping;
use crate::intake::terms::{Term, figures};
use crate::settings::Settings;
use crate::{App, Result};

row! {
    /// A term of a contract as the table has it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) struct StoredTerm {
        pub id: Id<Contract>, pub plan: String, pub seats: Option<i64>, pub amount_minor: Option<i64>, pub currency: String, pub months: i64,
        pub start_day: Day, pub end_day: Day, pub auto_renew: bool, pub notice_days: i64, pub notice_on: Day,
    }
}

/// The columns of [`StoredTerm`].
macro_rules! term_columns {
    () => {
        "id, plan, seats, amount_minor, currency, months, start_day, end_day, auto_renew, notice_days, notice_on"
    };
}

impl StoredTerm {
    fn term(&self) -> Term {
        let currency = Currency::parse(&self.currency).unwrap_or(Currency::JPY);
        Term {
            amount: self.amount_minor.map(|minor| Money { minor, currency }),
            months: self.months,
            seats: self.seats,
            start: self.start_day,
            end: self.end_day,
            notice_on: self.notice_on,
        }
    }
}

pub(in crate::intake) async fn keep_contract(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    settings: &Settings,
    row: &ContractRow,
) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let start = row.start.unwrap_or_else(|| settings.day_of(k.received_at));
    let find = sql!(
        "SELECT ",
        term_columns!(),
        " FROM contract ",
        "WHERE workspace_id = $1 AND source = $2 AND external_id = $3 AND start_day = $4"
    );
    let before: Option<StoredTerm> = tx.find(find, args![k.workspace, k.source, row.external_id, start]).await?;
    let b = before.as_ref();
    let months = row.months.or_else(|| b.map(|t| t.months)).unwrap_or(12).max(1);
    let end_day = row.end.or_else(|| b.map(|t| t.end_day)).unwrap_or_else(|| end_of_term(start, months));
    let notice_days = row.notice_days.or_else(|| b.map(|t| t.notice_days)).unwrap_or(0).max(0);
    let after = StoredTerm {
        id: b.map_or_else(App::new_id, |t| t.id),
        plan: row.plan.clone().or_else(|| b.map(|t| t.plan.clone())).unwrap_or_default(),
        seats: row.seats.or_else(|| b.and_then(|t| t.seats)),
        amount_minor: row.amount.map(|a| a.minor).or_else(|| b.and_then(|t| t.amount_minor)),
        currency: row
            .amount
            .map(|a| a.currency.code().to_owned())
            .or_else(|| b.map(|t| t.currency.clone()))
            .unwrap_or_else(|| "JPY".to_owned()),
        months,
        start_day: start,
        end_day,
        auto_renew: row.auto_renew.or_else(|| b.map(|t| t.auto_renew)).unwrap_or(false),
        notice_days,
        notice_on: notice_deadline(end_day, notice_days, &settings.calendar),
    };
    if before.as_ref() == Some(&after) {
        return Ok(End::Same);
    }
    if let Some(before) = &before {
        keep_version(tx, k, Versioned::Contract, before.id, before).await?;
    }
    insert_term(tx, k, (customer, &row.external_id), &after, before.is_none()).await?;
    if before.is_none() {
        note_home(tx, k, &row.customer, "contract", after.id).await?;
    }
    k.terms_of.insert(customer);
    Ok(if before.is_some() { End::Changed } else { End::Added })
}

async fn insert_term(
    tx: &mut Tx,
    k: &Keeping<'_>,
    (customer, external_id): (Id<Customer>, &str),
    after: &StoredTerm,
    is_new: bool,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO contract (id, workspace_id, customer_id, source, external_id, plan, seats, amount_minor, currency, months, start_day, ",
        "end_day, auto_renew, notice_days, notice_on, recorded_at, assumed, run_id, author_id) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ",
        "ON CONFLICT (workspace_id, source, external_id, start_day) DO UPDATE SET plan = excluded.plan, seats = excluded.seats, ",
        "amount_minor = excluded.amount_minor, currency = excluded.currency, months = excluded.months, end_day = excluded.end_day, ",
        "auto_renew = excluded.auto_renew, notice_days = excluded.notice_days, notice_on = excluded.notice_on, recorded_at = excluded.recorded_at, ",
        "assumed = excluded.assumed, run_id = excluded.run_id, author_id = excluded.author_id"
    );
    let values = args![
        after.id,
        k.workspace,
        customer,
        k.source,
        external_id,
        after.plan,
        after.seats,
        after.amount_minor,
        after.currency,
        after.months,
        after.start_day,
        after.end_day,
        after.auto_renew,
        after.notice_days,
        after.notice_on,
        k.received_at,
        i64::from(k.assumed && is_new),
        k.run,
        k.author
    ];
    tx.run(statement, values).await?;
    Ok(())
}

/// The last day of a term of `months` months: 2026-04-01 and 12 months end on 2027-03-31.
fn end_of_term(start: Day, months: i64) -> Day {
    let span = jiff::Span::new().try_months(months).unwrap_or_default();
    start.civil().checked_add(span).map_or(start.plus(365), Day::from_civil).plus(-1)
}

const TERM_FIGURES: [&str; 4] = ["mrr", "seats", "notice_deadline", "contract_end"];

/// Brings the figures that follow from a customer's contracts up to date.
pub(in crate::intake) async fn keep_terms(tx: &mut Tx, k: &Keeping<'_>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!(
        "SELECT ",
        term_columns!(),
        " FROM contract ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY start_day LIMIT 1000"
    );
    let terms: Vec<StoredTerm> = tx.list(statement, args![k.workspace, customer]).await?;
    let terms: Vec<Term> = terms.iter().map(StoredTerm::term).collect();
    let mut news = figures(&terms);
    // A step that no longer exists (a term was prolonged) is corrected to what holds there now.
    for (name, from, _) in list_figures(tx, k, customer).await? {
        let Some(name) = TERM_FIGURES.into_iter().find(|n| *n == name) else { continue };
        // What no contract tells was given otherwise, such as seats with the customer, and stays.
        let told = news.iter().any(|(n, _, _)| *n == name);
        if !told || news.iter().any(|(n, f, _)| *n == name && *f == from) {
            continue;
        }
        let holds = news.iter().filter(|(n, f, _)| *n == name && *f < from).max_by_key(|(_, f, _)| *f);
        news.push((name, from, holds.map_or(0.0, |(_, _, v)| *v)));
    }
    keep_figures(tx, k, customer, &news).await.map(|_| ())
}

row! {
    /// A contract's deadline, and what it follows from.
    pub(in crate::intake) struct Deadline {
        pub id: Id<Contract>, pub customer_id: Id<Customer>, pub end_day: Day, pub notice_days: i64, pub notice_on: Day,
    }
}

/// Deadlines of contracts, by id, those behind `after`.
pub(in crate::intake) async fn list_deadlines(
    app: &App,
    ws: Id<Workspace>,
    after: Id<Contract>,
    rows: i64,
) -> Result<Vec<Deadline>> {
    let statement = sql!(
        "SELECT id, customer_id, end_day, notice_days, notice_on FROM contract WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, after, rows]).await?)
}

/// Moves a contract's deadline.
pub(in crate::intake) async fn keep_deadline(tx: &mut Tx, ws: Id<Workspace>, id: Id<Contract>, on: Day) -> Result<()> {
    tx.run(sql!("UPDATE contract SET notice_on = $3 WHERE workspace_id = $1 AND id = $2"), args![ws, id, on]).await?;
    Ok(())
}

row! {
    struct TermOfRun { customer: String, customer_id: Id<Customer>, fields: Option<String>, run: Option<Id<Import>>, author: Option<Id<Staff>>, term: Id<Contract> }
}

/// Takes back some of what an import wrote: terms that it added go, those that it changed say again what they said before.
pub(super) async fn take_back_contracts(tx: &mut Tx, k: &mut Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let find = sql!(
        "SELECT c.external_id, c.id, v.fields, v.run_id, v.author_id, p.id FROM contract p JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN version v ON v.id = (SELECT w.id FROM version w LEFT JOIN import_run r ON r.id = w.run_id WHERE w.workspace_id = $1 ",
        "AND w.kind = 'contract' AND w.object_id = p.id AND (w.run_id IS NULL OR (w.run_id <> $2 AND r.undone_at IS NULL)) ",
        "ORDER BY w.replaced_at DESC LIMIT 1) WHERE p.workspace_id = $1 AND p.run_id = $2 ORDER BY p.id LIMIT $3"
    );
    let rows: Vec<TermOfRun> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
    let mut taken = Vec::new();
    for row in rows {
        let current = sql!("SELECT ", term_columns!(), " FROM contract WHERE workspace_id = $1 AND id = $2");
        let Some(now): Option<StoredTerm> = tx.find(current, args![k.workspace, row.term]).await? else { continue };
        keep_version(tx, k, Versioned::Contract, now.id, &now).await?;
        let before: Option<StoredTerm> = row.fields.as_deref().and_then(|f| serde_json::from_str(f).ok());
        match &before {
            None => {
                let drop = sql!("DELETE FROM contract WHERE workspace_id = $1 AND id = $2");
                tx.run(drop, args![k.workspace, row.term]).await?;
            }
            Some(b) => {
                let put = sql!(
                    "UPDATE contract SET plan = $3, seats = $4, amount_minor = $5, currency = $6, months = $7, end_day = $8, auto_renew = $9, ",
                    "notice_days = $10, notice_on = $11, recorded_at = $12, assumed = 0, run_id = $13, author_id = $14 WHERE workspace_id = $1 AND id = $2"
                );
                let values = args![
                    k.workspace,
                    row.term,
                    b.plan,
                    b.seats,
                    b.amount_minor,
                    b.currency,
                    b.months,
                    b.end_day,
                    b.auto_renew,
                    b.notice_days,
                    b.notice_on,
                    k.received_at,
                    row.run,
                    row.author
                ];
                tx.run(put, values).await?;
            }
        }
        k.terms_of.insert(row.customer_id);
        taken.push(TakenBack { customer: row.customer, is_restored: before.is_some(), events: Vec::new() });
    }
    Ok(taken)
}
