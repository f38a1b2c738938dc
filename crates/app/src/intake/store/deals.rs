//! Deals: each row of one id says more of it; what it said before stays beside it.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::deals::{LOST, WON, find_stage, is_decided};
use kizashi_domain::id::{Customer, Deal, Id, Import, Staff, Workspace};
use kizashi_domain::intake::{DealRow, Owned};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};

use super::End;
use super::customers::find_or_insert_customer;
use super::fields::{keep_figures, list_figures};
use super::merges::note_home;
use super::names::find_owner;
use super::taken_back::{ROWS_MAX, TakenBack};
use super::texts::{fold_parts, index_text};
use super::versions::{Versioned, keep_version};
use crate::intake::keep::Keeping;
use crate::settings::Settings;
use crate::{App, Result};

/// The figure of what a customer's open deals are worth together, in whole units of their currency.
const OPEN_DEALS: &str = "open_deals";

row! {
    /// A deal as the table has it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) struct StoredDeal {
        pub id: Id<Deal>, pub customer_id: Id<Customer>, pub title: String, pub kind: String, pub stage: String, pub amount_minor: Option<i64>,
        pub currency: String, pub probability: Option<i64>, pub opened_on: Option<Day>, pub closes_on: Option<Day>, pub closed_on: Option<Day>,
        pub owner_id: Option<Id<Staff>>, pub next_step: String, pub next_on: Option<Day>, pub origin: String, pub promise: String,
        pub lost_reason: String, pub former_owner_id: Option<Id<Staff>>,
    }
}

/// The columns of [`StoredDeal`].
macro_rules! deal_columns {
    () => {
        "id, customer_id, title, kind, stage, amount_minor, currency, probability, opened_on, closes_on, closed_on, owner_id, next_step, next_on, origin, promise, lost_reason, former_owner_id"
    };
}

impl StoredDeal {
    fn new(customer_id: Id<Customer>) -> Self {
        let none = String::new;
        Self {
            id: App::new_id(),
            customer_id,
            title: none(),
            kind: none(),
            stage: none(),
            amount_minor: None,
            currency: "JPY".to_owned(),
            probability: None,
            opened_on: None,
            closes_on: None,
            closed_on: None,
            owner_id: None,
            next_step: none(),
            next_on: None,
            origin: none(),
            promise: none(),
            lost_reason: none(),
            former_owner_id: None,
        }
    }

    /// What a row says on top of what is known. A field that it does not give stays.
    fn learn(&mut self, k: &Keeping<'_>, row: &DealRow, owner: Option<Id<Staff>>) {
        let set = |field: &mut String, given: &Option<String>| {
            if let Some(text) = given {
                text.trim().clone_into(field);
            }
        };
        set(&mut self.title, &row.title);
        set(&mut self.kind, &row.kind);
        set(&mut self.stage, &row.stage);
        set(&mut self.next_step, &row.next_step);
        set(&mut self.origin, &row.origin);
        set(&mut self.promise, &row.promise);
        set(&mut self.lost_reason, &row.lost_reason);
        if let Some(amount) = row.amount {
            self.amount_minor = Some(amount.minor);
            amount.currency.code().clone_into(&mut self.currency);
        }
        self.probability = row.probability.or(self.probability);
        self.opened_on = row.opened_on.or(self.opened_on);
        self.closes_on = row.closes_on.or(self.closes_on);
        self.closed_on = row.closed_on.or(self.closed_on);
        self.next_on = row.next_on.or(self.next_on);
        let clears = row.cleared.iter().any(|field| field == "owner");
        let owned = k.hear_owner((self.owner_id, self.former_owner_id), owner, clears);
        (self.owner_id, self.former_owner_id) = (owned.owner, owned.former);
        for field in &row.cleared {
            match field.as_str() {
                "amount" => self.amount_minor = None,
                "probability" => self.probability = None,
                "opened_on" => self.opened_on = None,
                "closes_on" => self.closes_on = None,
                "closed_on" => self.closed_on = None,
                "next_on" => self.next_on = None,
                _ => {}
            }
        }
    }

    fn said(&self) -> [&str; 4] {
        [&self.title, &self.next_step, &self.promise, &self.lost_reason]
    }
}

const FIND_DEAL: &Statement =
    sql!("SELECT ", deal_columns!(), " FROM deal WHERE workspace_id = $1 AND source = $2 AND external_id = $3");
const FIND_BY_ID: &Statement = sql!("SELECT ", deal_columns!(), " FROM deal WHERE workspace_id = $1 AND id = $2");

pub(in crate::intake) async fn keep_deal(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    settings: &Settings,
    row: &DealRow,
) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let before: Option<StoredDeal> = tx.find(FIND_DEAL, args![k.workspace, k.source, row.external_id]).await?;
    let owner = match &row.owner {
        Some(email) => find_owner(tx, k.workspace, email).await?,
        None => None,
    };
    let stages = settings.pack.stages();
    let mut after = before.clone().unwrap_or_else(|| StoredDeal::new(customer));
    after.customer_id = customer;
    after.learn(k, row, owner);
    if after.title.is_empty() {
        after.title.clone_from(&row.external_id);
    }
    after.stage = match find_stage(&stages, &after.stage) {
        "" => stages.first().map(|s| s.id.clone()).unwrap_or_default(),
        found => found.to_owned(),
    };
    let was_open = before.as_ref().is_some_and(|b| !is_decided(&b.stage));
    if !is_decided(&after.stage) {
        after.closed_on = None;
    } else if after.closed_on.is_none() && was_open {
        after.closed_on = Some(settings.day_of(k.received_at));
    }
    if before.as_ref() == Some(&after) {
        return Ok(End::Same);
    }
    match &before {
        Some(before) => update_deal(tx, k, before, &after).await?,
        None => {
            insert_deal(tx, k, &row.external_id, &after).await?;
            note_home(tx, k, &row.customer, "deal", after.id).await?;
        }
    }
    if before.as_ref().is_none_or(|b| b.said() != after.said()) {
        index_deal(tx, k, &after, before.is_none()).await?;
    }
    k.deals_of.insert(customer);
    k.deals_of.extend(before.iter().map(|b| b.customer_id));
    Ok(if before.is_some() { End::Changed } else { End::Added })
}

/// The deal of a source with an id.
pub(in crate::intake) async fn find_deal(
    app: &App,
    ws: Id<Workspace>,
    source: &str,
    external_id: &str,
) -> Result<Option<Id<Deal>>> {
    let statement = sql!("SELECT id FROM deal WHERE workspace_id = $1 AND source = $2 AND external_id = $3");
    Ok(app.db.find::<(Id<Deal>,)>(statement, args![ws, source, external_id]).await?.map(|(id,)| id))
}

async fn index_deal(tx: &mut Tx, k: &Keeping<'_>, deal: &StoredDeal, is_new: bool) -> Result<()> {
    index_text(tx, k.workspace, Searchable::Deal, (deal.id, is_new), k.received_at, &fold_parts(&deal.said())).await
}

async fn insert_deal(tx: &mut Tx, k: &Keeping<'_>, external_id: &str, d: &StoredDeal) -> Result<()> {
    let statement = sql!(
        "INSERT INTO deal (",
        deal_columns!(),
        ", workspace_id, source, external_id, recorded_at, assumed, run_id, author_id) VALUES ",
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
    );
    let mut values = values_of(d);
    values.extend(args![k.workspace, k.source, external_id, k.received_at, i64::from(k.assumed), k.run, k.author]);
    tx.run(statement, values).await?;
    Ok(())
}

fn values_of(d: &StoredDeal) -> Vec<kizashi_db::Value> {
    args![
        d.id,
        d.customer_id,
        d.title,
        d.kind,
        d.stage,
        d.amount_minor,
        d.currency,
        d.probability,
        d.opened_on,
        d.closes_on,
        d.closed_on,
        d.owner_id,
        d.next_step,
        d.next_on,
        d.origin,
        d.promise,
        d.lost_reason,
        d.former_owner_id
    ]
}

/// Keeps what is new about a known deal, and what it said before.
async fn update_deal(tx: &mut Tx, k: &Keeping<'_>, before: &StoredDeal, after: &StoredDeal) -> Result<()> {
    keep_version(tx, k, Versioned::Deal, before.id, before).await?;
    let statement = sql!(
        "UPDATE deal SET customer_id = $2, title = $3, kind = $4, stage = $5, amount_minor = $6, currency = $7, probability = $8, ",
        "opened_on = $9, closes_on = $10, closed_on = $11, owner_id = $12, next_step = $13, next_on = $14, origin = $15, promise = $16, ",
        "lost_reason = $17, former_owner_id = $18, recorded_at = $20, assumed = 0, run_id = $21, author_id = $22 WHERE id = $1 ",
        "AND workspace_id = $19"
    );
    let mut values = values_of(after);
    values.extend(args![k.workspace, k.received_at, k.run, k.author]);
    tx.run(statement, values).await?;
    Ok(())
}

/// Gives open deals from one person to another: those of one customer, or all. Which.
pub(in crate::intake) async fn hand_deals(
    tx: &mut Tx,
    k: &Keeping<'_>,
    customer: Option<Id<Customer>>,
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT id FROM deal WHERE workspace_id = $1 AND owner_id = $2 AND stage <> $3 AND stage <> $4 AND ($5 = 1 OR customer_id = $6) ",
        "ORDER BY id LIMIT 1000000"
    );
    let any = i64::from(customer.is_none());
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![k.workspace, from, WON, LOST, any, customer]).await?;
    let mut given = Vec::new();
    for (id,) in found {
        if hand_deal(tx, k, id, (from, to)).await? {
            given.push(id);
        }
    }
    Ok(given)
}

/// Gives one deal from one person to another, unless somebody else has it by now.
pub(in crate::intake) async fn hand_deal(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: uuid::Uuid,
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    let found: Option<StoredDeal> = tx.find(FIND_BY_ID, args![k.workspace, id]).await?;
    let Some(before) = found.filter(|deal| deal.owner_id == Some(from)) else { return Ok(false) };
    let owned = Owned { owner: before.owner_id, former: before.former_owner_id }.given(Some(to));
    let after = StoredDeal { owner_id: owned.owner, former_owner_id: owned.former, ..before.clone() };
    update_deal(tx, k, &before, &after).await?;
    Ok(true)
}

/// Brings the figure of a customer's open deals up to date.
pub(in crate::intake) async fn keep_open_deals(
    tx: &mut Tx,
    k: &Keeping<'_>,
    settings: &Settings,
    customer: Id<Customer>,
) -> Result<()> {
    let statement = sql!(
        "SELECT amount_minor, currency FROM deal WHERE workspace_id = $1 AND customer_id = $2 AND stage <> $3 AND stage <> $4 ",
        "AND amount_minor IS NOT NULL LIMIT 1000"
    );
    let open: Vec<(i64, String)> = tx.list(statement, args![k.workspace, customer, WON, LOST]).await?;
    #[allow(clippy::cast_precision_loss)]
    let amount: f64 = open
        .iter()
        .map(|(minor, code)| {
            let decimals = kizashi_domain::money::Currency::parse(code).map_or(0, |c| c.decimals());
            *minor as f64 / 10_f64.powi(i32::try_from(decimals).unwrap_or(0))
        })
        .sum();
    let day = settings.day_of(k.received_at);
    // Nothing is not a figure where there never was one.
    if amount == 0.0 && !list_figures(tx, k, customer).await?.iter().any(|(name, _, _)| name == OPEN_DEALS) {
        return Ok(());
    }
    keep_figures(tx, k, customer, &[(OPEN_DEALS, day, amount)]).await.map(|_| ())
}

row! {
    struct DealOfRun { customer: String, fields: Option<String>, run: Option<Id<Import>>, author: Option<Id<Staff>>, deal: Id<Deal> }
}

/// Takes back some of what an import wrote: deals that it added go, those that it changed say again what they said before.
pub(super) async fn take_back_deals(tx: &mut Tx, k: &mut Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let find = sql!(
        "SELECT c.external_id, v.fields, v.run_id, v.author_id, p.id FROM deal p JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN version v ON v.id = (SELECT w.id FROM version w LEFT JOIN import_run r ON r.id = w.run_id WHERE w.workspace_id = $1 ",
        "AND w.kind = 'deal' AND w.object_id = p.id AND (w.run_id IS NULL OR (w.run_id <> $2 AND r.undone_at IS NULL)) ",
        "ORDER BY w.replaced_at DESC LIMIT 1) WHERE p.workspace_id = $1 AND p.run_id = $2 ORDER BY p.id LIMIT $3"
    );
    let rows: Vec<DealOfRun> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
    let mut taken = Vec::new();
    for row in rows {
        let Some(now): Option<StoredDeal> = tx.find(FIND_BY_ID, args![k.workspace, row.deal]).await? else { continue };
        let before: Option<StoredDeal> = row.fields.as_deref().and_then(|f| serde_json::from_str(f).ok());
        if let Some(before) = &before {
            let (own, author) = (std::mem::replace(&mut k.run, row.run), std::mem::replace(&mut k.author, row.author));
            update_deal(tx, k, &now, before).await?;
            index_deal(tx, k, before, false).await?;
            (k.run, k.author) = (own, author);
        } else {
            keep_version(tx, k, Versioned::Deal, now.id, &now).await?;
            let drop = sql!("DELETE FROM deal WHERE workspace_id = $1 AND id = $2");
            tx.run(drop, args![k.workspace, row.deal]).await?;
        }
        k.deals_of.insert(now.customer_id);
        taken.push(TakenBack { customer: row.customer, is_restored: before.is_some(), events: Vec::new() });
    }
    Ok(taken)
}
