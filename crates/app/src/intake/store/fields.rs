//! Table attribute: what fields and figures of customers said from which day on, and since when that was known.

use std::collections::HashMap;

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Staff, Workspace};
use kizashi_domain::intake::Owned;
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};

use super::customers::{Fields, update_customer};
use super::taken_back::RunCustomer;
use super::versions::keep_taken_fields;
use crate::Result;
use crate::intake::keep::Keeping;
use crate::intake::{FELT, HUNCH};

pub(super) const INSERT_ATTRIBUTE: &kizashi_db::Statement = sql!(
    "INSERT INTO attribute (workspace_id, customer_id, name, valid_from, recorded_at, source, figure, words, assumed, run_id, author_id) ",
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, name, valid_from, recorded_at) DO UPDATE SET ",
    "figure = excluded.figure, words = excluded.words, source = excluded.source, assumed = excluded.assumed, ",
    "run_id = excluded.run_id, author_id = excluded.author_id"
);

/// A version of each field of words that changed.
pub(super) async fn keep_words(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: Id<Customer>,
    from: Day,
    before: &Fields,
    after: &Fields,
) -> Result<()> {
    let owner = |f: &Fields| f.owner_id.map_or_else(String::new, |o| o.to_string());
    let parent = |f: &Fields| f.parent_id.map_or_else(String::new, |o| o.to_string());
    let churned = |f: &Fields| f.churned_on.map_or_else(String::new, |d| d.to_string());
    let fields = [
        ("name", before.name.clone(), after.name.clone()),
        ("reading", before.reading.clone(), after.reading.clone()),
        ("segment", before.segment.clone(), after.segment.clone()),
        ("stage", before.stage.clone(), after.stage.clone()),
        ("region", before.region.clone(), after.region.clone()),
        ("industry", before.industry.clone(), after.industry.clone()),
        ("goal", before.goal.clone(), after.goal.clone()),
        ("domain", before.domain.clone(), after.domain.clone()),
        ("owner", owner(before), owner(after)),
        ("parent", parent(before), parent(after)),
        ("churned_on", churned(before), churned(after)),
    ];
    let rows = fields
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| {
            // A field that had words before was something else until now, as far as anybody knew.
            let assumed = i64::from(k.assumed && old.is_empty());
            args![k.workspace, id, name, from, k.received_at, k.source, None::<f64>, new, assumed, k.run, k.author]
        })
        .collect();
    tx.run_many(INSERT_ATTRIBUTE, rows).await?;
    Ok(())
}

/// Versions of figures that are new; whether there were any.
pub(super) async fn keep_figures(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: Id<Customer>,
    news: &[(&str, Day, f64)],
) -> Result<bool> {
    if news.is_empty() {
        return Ok(false);
    }
    let stored = list_figures(tx, k, id).await?;
    let rows: Vec<_> = news
        .iter()
        .filter(|(name, from, value)| {
            let at = stored.iter().filter(|(n, f, _)| n == name && f <= from).max_by_key(|(_, f, _)| *f);
            // A rating given again is news: it is as fresh as its last day.
            let renews = (*name == FELT || *name == HUNCH) && at.is_some_and(|(_, f, _)| f < from);
            // Infinity is the end of a figure.
            !value.is_nan() && (renews || at.is_none_or(|(_, _, v)| v != value))
        })
        .map(|(name, from, value)| {
            let corrects = stored.iter().any(|(n, f, _)| n == name && f == from);
            let assumed = i64::from(k.assumed && !corrects);
            let words = None::<String>;
            let (at, source) = (k.received_at, k.source);
            let figure = Some(*value).filter(|v| v.is_finite());
            args![k.workspace, id, *name, *from, at, source, figure, words, assumed, k.run, k.author]
        })
        .collect();
    let any = !rows.is_empty();
    tx.run_many(INSERT_ATTRIBUTE, rows).await?;
    Ok(any)
}

/// The newest version of each (figure, first day); infinity = it ended.
pub(super) async fn list_figures(tx: &mut Tx, k: &Keeping<'_>, id: Id<Customer>) -> Result<Vec<(String, Day, f64)>> {
    let statement = sql!(
        "SELECT name, valid_from, figure FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND words IS NULL ",
        "ORDER BY recorded_at LIMIT 100000"
    );
    let rows: Vec<(String, Day, Option<f64>)> = tx.list(statement, args![k.workspace, id]).await?;
    let newest: HashMap<(String, Day), f64> =
        rows.into_iter().map(|(name, from, value)| ((name, from), value.unwrap_or(f64::INFINITY))).collect();
    Ok(newest.into_iter().map(|((name, from), value)| (name, from, value)).collect())
}

row! {
    #[derive(Clone, Serialize)]
    struct Brought { name: String, valid_from: Day, recorded_at: Time, source: String, figure: Option<f64>, words: Option<String>, assumed: bool, of_run: bool }
}

/// Takes back the fields and figures that an import brought of a customer; whether there were any. They are kept as a version.
pub(in crate::intake) async fn take_back_fields(
    tx: &mut Tx,
    k: &Keeping<'_>,
    run: Id<Import>,
    row: &RunCustomer,
) -> Result<bool> {
    let all = sql!(
        "SELECT name, valid_from, recorded_at, source, figure, words, assumed, CASE WHEN run_id = $3 THEN 1 ELSE 0 END FROM attribute ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY recorded_at, valid_from LIMIT 100000"
    );
    let all: Vec<Brought> = tx.list(all, args![k.workspace, row.id, run]).await?;
    let (brought, rest): (Vec<Brought>, Vec<Brought>) = all.into_iter().partition(|r| r.of_run);
    let Some(first) = brought.first() else { return Ok(false) };
    keep_taken_fields(tx, k, (row.id, run), first.recorded_at, &brought).await?;
    let drop = sql!("DELETE FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND run_id = $3");
    tx.run(drop, args![k.workspace, row.id, run]).await?;
    let read = sql!(
        "SELECT name, reading, parent_id, segment, stage, region, industry, employees, owner_id, goal, domain, since_day, churned_on, ",
        "former_owner_id FROM customer WHERE workspace_id = $1 AND id = $2"
    );
    let Some(mut fields): Option<Fields> = tx.find(read, args![k.workspace, row.id]).await? else { return Ok(true) };
    for gone in &brought {
        let last = rest.iter().rfind(|r| r.name == gone.name);
        let words = last.and_then(|r| r.words.as_deref()).unwrap_or_default();
        #[allow(clippy::cast_possible_truncation)]
        let figure = last.and_then(|r| r.figure).map(|f| f as i64);
        match gone.name.as_str() {
            "name" => words.clone_into(&mut fields.name),
            "reading" => words.clone_into(&mut fields.reading),
            "segment" => words.clone_into(&mut fields.segment),
            "stage" => words.clone_into(&mut fields.stage),
            "region" => words.clone_into(&mut fields.region),
            "industry" => words.clone_into(&mut fields.industry),
            "goal" => words.clone_into(&mut fields.goal),
            "domain" => words.clone_into(&mut fields.domain),
            "owner" => {
                let owned = Owned { owner: fields.owner_id, former: fields.former_owner_id };
                let owned = owned.taken_back_to(words.parse().ok());
                (fields.owner_id, fields.former_owner_id) = (owned.owner, owned.former);
            }
            "parent" => fields.parent_id = words.parse().ok(),
            "churned_on" => fields.churned_on = words.parse().ok(),
            "employees" => fields.employees = figure,
            "since" => fields.since_day = figure.and_then(|f| i32::try_from(f).ok()).map(Day),
            _ => {}
        }
    }
    if fields.name.is_empty() {
        fields.name.clone_from(&row.external_id);
    }
    update_customer(tx, k, row.id, &row.external_id, &fields).await?;
    Ok(true)
}

/// Forgets everything that a customer's fields ever said.
pub(super) async fn drop_fields(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM attribute WHERE workspace_id = $1 AND customer_id = $2"), args![ws, id]).await?;
    Ok(())
}

row! {
    /// A version of a field of a customer that went into another.
    #[derive(Serialize, Deserialize)]
    pub(crate) struct GoneField {
        name: String, valid_from: Day, recorded_at: Time, source: String, figure: Option<f64>, words: Option<String>, assumed: i64,
        run_id: Option<Id<Import>>, author_id: Option<Id<Staff>>,
    }
}

/// All versions of the fields of a customer that is to go.
pub(super) async fn read_gone_fields(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<Vec<GoneField>> {
    let fields = sql!(
        "SELECT name, valid_from, recorded_at, source, figure, words, assumed, run_id, author_id FROM attribute ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY recorded_at, valid_from, name LIMIT 1000000"
    );
    Ok(tx.list(fields, args![ws, id]).await?)
}

/// Puts them back.
pub(super) async fn put_gone_fields(
    tx: &mut Tx,
    ws: Id<Workspace>,
    id: Id<Customer>,
    fields: &[GoneField],
) -> Result<()> {
    let each = |f: &GoneField| {
        args![
            ws,
            id,
            f.name,
            f.valid_from,
            f.recorded_at,
            f.source,
            f.figure,
            f.words,
            f.assumed,
            f.run_id,
            f.author_id
        ]
    };
    tx.run_many(INSERT_ATTRIBUTE, fields.iter().map(each).collect()).await?;
    Ok(())
}
