//! Reads deals; writes nothing.

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::deals::{LOST, Stage, WON, likelihood};
use kizashi_domain::id::{Customer, Deal, Id, Staff, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};

use super::{DealQuery, DealView};
use crate::intake::StoredDeal;
use crate::{App, Error, Result};

/// The day behind which deals without a next step stand.
const NO_DAY: i64 = 9_999_999;

row! {
    pub(super) struct Row {
        pub id: Id<Deal>, pub customer: Id<Customer>, pub customer_name: String, pub title: String, pub kind: String, pub stage: String,
        pub amount_minor: Option<i64>, pub currency: String, pub probability: Option<i64>, pub opened_on: Option<Day>, pub closes_on: Option<Day>,
        pub closed_on: Option<Day>, pub owner: Option<Id<Staff>>, pub owner_name: Option<String>, pub next_step: String, pub next_on: Option<Day>,
        pub origin: String, pub promise: String, pub lost_reason: String, pub source: String, pub recorded_at: Time, pub assumed: bool,
    }
}

impl Row {
    /// What the list sorts by.
    pub(super) fn sort_key(&self) -> i64 {
        self.next_on.map_or(NO_DAY, |d| i64::from(d.0))
    }

    pub(super) fn view(self, stages: &[Stage]) -> DealView {
        let currency = Currency::parse(&self.currency).unwrap_or(Currency::JPY);
        DealView {
            id: self.id,
            customer: self.customer,
            customer_name: self.customer_name,
            likelihood: likelihood(stages, &self.stage, self.probability),
            title: self.title,
            kind: self.kind,
            stage: self.stage,
            amount: self.amount_minor.map(|minor| Money { minor, currency }),
            probability: self.probability,
            opened_on: self.opened_on,
            closes_on: self.closes_on,
            closed_on: self.closed_on,
            owner: self.owner,
            owner_name: self.owner_name.unwrap_or_default(),
            next_step: self.next_step,
            next_on: self.next_on,
            origin: self.origin,
            promise: self.promise,
            lost_reason: self.lost_reason,
            source: self.source,
            changed_at: self.recorded_at,
        }
    }
}

/// The columns of [`Row`].
macro_rules! select_deals {
    () => {
        "SELECT d.id, c.id, c.name, d.title, d.kind, d.stage, d.amount_minor, d.currency, d.probability, d.opened_on, d.closes_on, d.closed_on, o.id, o.name, d.next_step, d.next_on, d.origin, d.promise, d.lost_reason, d.source, d.recorded_at, d.assumed FROM deal d JOIN customer c ON c.id = d.customer_id LEFT JOIN staff o ON o.id = d.owner_id "
    };
}

/// Deals of one owner or of all, in one stage or in every one that is open: `$2` any owner, `$3` owner, `$4` stage.
macro_rules! where_asked {
    () => {
        "WHERE d.workspace_id = $1 AND ($2 = 1 OR d.owner_id = $3) AND (d.stage = $4 OR ($4 = '' AND d.stage <> $5 AND d.stage <> $6)) "
    };
}

fn asked(ws: Id<Workspace>, query: &DealQuery) -> Vec<kizashi_db::Value> {
    let owner = query.owner.unwrap_or_else(|| Id::from_uuid(uuid::Uuid::nil()));
    args![ws, i64::from(query.owner.is_none()), owner, query.stage, WON, LOST]
}

/// A page, by the day of the next step.
pub(super) async fn list_deals(app: &App, ws: Id<Workspace>, query: &DealQuery, rows: i64) -> Result<Vec<Row>> {
    let statement = sql!(
        select_deals!(),
        where_asked!(),
        "AND (COALESCE(d.next_on, 9999999) > $7 OR (COALESCE(d.next_on, 9999999) = $7 AND d.id > $8)) ",
        "ORDER BY COALESCE(d.next_on, 9999999), d.id LIMIT $9"
    );
    let (day, id) = query.after.unwrap_or((i64::MIN, Id::from_uuid(uuid::Uuid::nil())));
    let mut values = asked(ws, query);
    values.extend(args![day, id, rows]);
    Ok(app.db.list(statement, values).await?)
}

row! {
    pub(super) struct Sum { pub stage: String, pub currency: String, pub probability: Option<i64>, pub count: i64, pub minor: Option<i64>, pub late: i64 }
}

/// What all deals that were asked for are worth, by what weighs them; how many have a next step before `today`.
pub(super) async fn list_sums(app: &App, ws: Id<Workspace>, query: &DealQuery, today: Day) -> Result<Vec<Sum>> {
    let statement = sql!(
        "SELECT d.stage, d.currency, d.probability, count(*), CAST(SUM(d.amount_minor) AS BIGINT), ",
        "CAST(SUM(CASE WHEN d.next_on < $7 THEN 1 ELSE 0 END) AS BIGINT) FROM deal d ",
        where_asked!(),
        "GROUP BY d.stage, d.currency, d.probability ORDER BY d.stage, d.currency, d.probability LIMIT 10000"
    );
    let mut values = asked(ws, query);
    values.extend(args![today]);
    Ok(app.db.list(statement, values).await?)
}

pub(super) async fn find_deal(app: &App, ws: Id<Workspace>, id: Id<Deal>) -> Result<Option<Row>> {
    let statement = sql!(select_deals!(), "WHERE d.workspace_id = $1 AND d.id = $2");
    Ok(app.db.find(statement, args![ws, id]).await?)
}

pub(super) async fn list_of_customer(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<Row>> {
    let statement =
        sql!(select_deals!(), "WHERE d.workspace_id = $1 AND d.customer_id = $2 ORDER BY d.recorded_at DESC LIMIT 200");
    Ok(app.db.list(statement, args![ws, customer]).await?)
}

/// Deals of these customers, in no order.
pub(super) async fn list_of_customers(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Vec<Row>> {
    let statement = sql!(select_deals!(), "WHERE d.workspace_id = $1 AND d.customer_id IN ($2)");
    Ok(app.db.list_in(statement, args![ws], customers.iter().map(ToValue::to_value).collect()).await?)
}

/// The key by which a deal is told apart in its source: source, id, customer's code.
pub(super) async fn find_key(app: &App, ws: Id<Workspace>, id: Id<Deal>) -> Result<Option<(String, String, String)>> {
    let statement = sql!(
        "SELECT d.source, d.external_id, c.external_id FROM deal d JOIN customer c ON c.id = d.customer_id WHERE d.workspace_id = $1 AND d.id = $2"
    );
    Ok(app.db.find(statement, args![ws, id]).await?)
}

row! {
    struct Earlier { fields: String, recorded_at: Time, replaced_at: Time, who: Option<String> }
}

/// What a deal said before, the newest first: its state, from when, until when, and who wrote it.
pub(super) async fn list_earlier(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Deal>,
) -> Result<Vec<(StoredDeal, Time, Time, Option<String>)>> {
    let statement = sql!(
        "SELECT v.fields, v.recorded_at, v.replaced_at, o.name FROM version v LEFT JOIN staff o ON o.id = v.author_id ",
        "WHERE v.workspace_id = $1 AND v.kind = 'deal' AND v.object_id = $2 ORDER BY v.replaced_at DESC LIMIT 100"
    );
    let rows: Vec<Earlier> = app.db.list(statement, args![ws, id]).await?;
    let read = |r: Earlier| {
        let stored = serde_json::from_str(&r.fields).map_err(|e| Error::failed("a version of a deal", e))?;
        Ok((stored, r.recorded_at, r.replaced_at, r.who))
    };
    rows.into_iter().map(read).collect()
}
