//! Customers, their people and dated figures.

use std::collections::HashMap;

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Staff, Workspace};
use kizashi_domain::intake::CustomerRow;
use kizashi_domain::text::{Searchable, fold, fold_company};
use kizashi_domain::time::{Day, Time};
use serde::Serialize;

use super::End;
use super::names::find_owner;
use super::taken_back::RunCustomer;
use super::texts::index_text;
use super::versions::keep_taken_fields;
use crate::intake::keep::Keeping;
use crate::intake::{FELT, HUNCH};
use crate::settings::Settings;
use crate::{App, Result};

row! {
    #[derive(Clone, Default, PartialEq)]
    struct Fields {
        name: String, reading: String, parent_id: Option<Id<Customer>>, segment: String, stage: String, region: String, industry: String,
        employees: Option<i64>, owner_id: Option<Id<Staff>>, goal: String, domain: String, since_day: Option<Day>, churned_on: Option<Day>,
    }
}

/// What a quick search looks through: code, name with and without its legal form, reading, domain.
fn search_text(external_id: &str, f: &Fields) -> String {
    format!(
        "{} {} {} {} {}",
        fold(external_id),
        fold(&f.name),
        fold_company(&f.name),
        fold(&f.reading),
        fold(&f.domain)
    )
}

/// What the list sorts names by: the reading where there is one.
fn sort_name(f: &Fields) -> String {
    if f.reading.is_empty() { fold_company(&f.name) } else { fold(&f.reading) }
}

const FIND_CUSTOMER: &kizashi_db::Statement =
    sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");

/// The customer of an external id; made when it is not known yet.
pub(super) async fn find_or_insert_customer(tx: &mut Tx, k: &Keeping<'_>, external_id: &str) -> Result<Id<Customer>> {
    if let Some((id,)) = tx.find(FIND_CUSTOMER, args![k.workspace, external_id]).await? {
        return Ok(id);
    }
    let id = App::new_id();
    let fields = Fields { name: external_id.to_owned(), ..Fields::default() };
    tx.run(INSERT_CUSTOMER, customer_values(k.workspace, id, external_id, &fields, (k.received_at, k.run))).await?;
    index_customer(tx, k.workspace, (id, true), &search_text(external_id, &fields)).await?;
    Ok(id)
}

async fn index_customer(tx: &mut Tx, ws: Id<Workspace>, which: (Id<Customer>, bool), search: &str) -> Result<()> {
    index_text(tx, ws, Searchable::Customer, which, Time(0), search).await
}

const INSERT_CUSTOMER: &kizashi_db::Statement = sql!(
    "INSERT INTO customer (id, workspace_id, external_id, name, reading, search, sort_name, parent_id, segment, stage, region, industry, ",
    "employees, owner_id, goal, domain, since_day, churned_on, created_at, changed_at, run_id) ",
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ",
    "ON CONFLICT (workspace_id, external_id) DO NOTHING"
);

fn customer_values(
    ws: Id<Workspace>,
    id: Id<Customer>,
    external_id: &str,
    f: &Fields,
    (at, run): (Time, Option<Id<Import>>),
) -> Vec<kizashi_db::Value> {
    args![
        id,
        ws,
        external_id,
        f.name,
        f.reading,
        search_text(external_id, f),
        sort_name(f),
        f.parent_id,
        f.segment,
        f.stage,
        f.region,
        f.industry,
        f.employees,
        f.owner_id,
        f.goal,
        f.domain,
        f.since_day,
        f.churned_on,
        at,
        at,
        run
    ]
}

/// Customers known only from events.
pub(in crate::intake) async fn insert_unknown_customers(
    app: &App,
    ws: Id<Workspace>,
    (source, run): (&str, Option<Id<Import>>),
    external_ids: &[String],
) -> Result<u64> {
    let mut made = 0;
    for chunk in external_ids.chunks(kizashi_domain::limits::BATCH_ROWS_MAX) {
        let mut tx = app.db.write().await?;
        if !source.is_empty() {
            super::insert_source(&mut tx, app, ws, source).await?;
        }
        let at = app.now();
        let ids: Vec<Id<Customer>> = chunk.iter().map(|_| App::new_id()).collect();
        let rows = chunk
            .iter()
            .zip(&ids)
            .map(|(code, id)| {
                let fields = Fields { name: code.clone(), ..Fields::default() };
                customer_values(ws, *id, code, &fields, (at, run))
            })
            .collect();
        let made_now = tx.run_many(INSERT_CUSTOMER, rows).await?;
        if made_now > 0 {
            for (code, made_id) in chunk.iter().zip(&ids) {
                let found: Option<(Id<Customer>,)> = tx.find(FIND_CUSTOMER, args![ws, code]).await?;
                if found.is_some_and(|(id,)| id == *made_id) {
                    let fields = Fields { name: code.clone(), ..Fields::default() };
                    index_customer(&mut tx, ws, (*made_id, true), &search_text(code, &fields)).await?;
                }
            }
        }
        made += made_now;
        tx.commit().await?;
    }
    Ok(made)
}

pub(in crate::intake) async fn keep_customer(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    settings: &Settings,
    row: &CustomerRow,
) -> Result<End> {
    let found: Option<(Id<Customer>,)> = tx.find(FIND_CUSTOMER, args![k.workspace, row.external_id]).await?;
    let read = sql!(
        "SELECT name, reading, parent_id, segment, stage, region, industry, employees, owner_id, goal, domain, since_day, churned_on ",
        "FROM customer WHERE workspace_id = $1 AND external_id = $2"
    );
    let before: Option<Fields> = tx.find(read, args![k.workspace, row.external_id]).await?;
    let mut after = before.clone().unwrap_or_else(|| Fields { name: row.external_id.clone(), ..Fields::default() });
    merge(tx, k, row, &mut after).await?;
    let id = found.map_or_else(App::new_id, |(id,)| id);
    let from = row.as_of.unwrap_or_else(|| settings.day_of(k.received_at));
    let mut end = End::Same;
    if before.is_none() {
        tx.run(INSERT_CUSTOMER, customer_values(k.workspace, id, &row.external_id, &after, (k.received_at, k.run)))
            .await?;
        index_customer(tx, k.workspace, (id, true), &search_text(&row.external_id, &after)).await?;
        end = End::Added;
    } else if before.as_ref() != Some(&after) {
        update_customer(tx, k, id, &row.external_id, &after).await?;
        end = End::Changed;
    }
    if end != End::Same {
        keep_words(tx, k, id, from, &before.unwrap_or_default(), &after).await?;
    }
    let mut news: Vec<(&str, Day, f64)> =
        row.figures.iter().map(|(name, value)| (name.as_str(), from, *value)).collect();
    if let Some(since) = after.since_day {
        news.push(("since", since, f64::from(since.0)));
    }
    if let Some(n) = after.employees {
        #[allow(clippy::cast_precision_loss)]
        news.push(("employees", from, n as f64));
    }
    if keep_figures(tx, k, id, &news).await? && end == End::Same {
        end = End::Changed;
    }
    Ok(end)
}

async fn merge(tx: &mut Tx, k: &Keeping<'_>, row: &CustomerRow, f: &mut Fields) -> Result<()> {
    let set = |field: &mut String, given: &Option<String>| {
        if let Some(text) = given {
            text.trim().clone_into(field);
        }
    };
    set(&mut f.name, &row.name);
    if f.name.is_empty() {
        f.name.clone_from(&row.external_id);
    }
    set(&mut f.reading, &row.reading);
    set(&mut f.segment, &row.segment);
    set(&mut f.stage, &row.stage);
    set(&mut f.region, &row.region);
    set(&mut f.industry, &row.industry);
    set(&mut f.goal, &row.goal);
    set(&mut f.domain, &row.domain);
    f.employees = row.employees.or(f.employees);
    f.since_day = row.since.or(f.since_day);
    f.churned_on = row.churned_on.or(f.churned_on);
    if let Some(parent) = row.parent.as_deref().filter(|p| !p.is_empty() && *p != row.external_id) {
        f.parent_id = Some(find_or_insert_customer(tx, k, parent).await?);
    }
    if let Some(email) = &row.owner {
        f.owner_id = find_owner(tx, k.workspace, email).await?.or(f.owner_id);
    }
    Ok(())
}

async fn update_customer(tx: &mut Tx, k: &Keeping<'_>, id: Id<Customer>, external_id: &str, f: &Fields) -> Result<()> {
    let statement = sql!(
        "UPDATE customer SET name = $3, reading = $4, search = $5, parent_id = $6, segment = $7, stage = $8, region = $9, industry = $10, ",
        "employees = $11, owner_id = $12, goal = $13, domain = $14, since_day = $15, churned_on = $16, changed_at = $17, sort_name = $18 ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    let values = args![
        k.workspace,
        id,
        f.name,
        f.reading,
        search_text(external_id, f),
        f.parent_id,
        f.segment,
        f.stage,
        f.region,
        f.industry,
        f.employees,
        f.owner_id,
        f.goal,
        f.domain,
        f.since_day,
        f.churned_on,
        k.received_at,
        sort_name(f)
    ];
    tx.run(statement, values).await?;
    index_customer(tx, k.workspace, (id, false), &search_text(external_id, f)).await
}

const INSERT_ATTRIBUTE: &kizashi_db::Statement = sql!(
    "INSERT INTO attribute (workspace_id, customer_id, name, valid_from, recorded_at, source, figure, words, assumed, run_id, author_id) ",
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, name, valid_from, recorded_at) DO UPDATE SET ",
    "figure = excluded.figure, words = excluded.words, source = excluded.source, assumed = excluded.assumed, ",
    "run_id = excluded.run_id, author_id = excluded.author_id"
);

/// A version of each field of words that changed.
async fn keep_words(
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

/// The newest version of each (figure, first day).
pub(super) async fn list_figures(tx: &mut Tx, k: &Keeping<'_>, id: Id<Customer>) -> Result<Vec<(String, Day, f64)>> {
    let statement = sql!(
        "SELECT name, valid_from, figure FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND figure IS NOT NULL ",
        "ORDER BY recorded_at LIMIT 100000"
    );
    let rows: Vec<(String, Day, f64)> = tx.list(statement, args![k.workspace, id]).await?;
    let newest: HashMap<(String, Day), f64> =
        rows.into_iter().map(|(name, from, value)| ((name, from), value)).collect();
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
        "SELECT name, reading, parent_id, segment, stage, region, industry, employees, owner_id, goal, domain, since_day, churned_on ",
        "FROM customer WHERE workspace_id = $1 AND id = $2"
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
            "owner" => fields.owner_id = words.parse().ok(),
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

/// Removes a customer of which nothing else is known.
pub(in crate::intake) async fn remove_customer(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM attribute WHERE workspace_id = $1 AND customer_id = $2"), args![ws, id]).await?;
    tx.run(sql!("DELETE FROM customer WHERE workspace_id = $1 AND id = $2"), args![ws, id]).await?;
    Ok(())
}
