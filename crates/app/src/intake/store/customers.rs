//! Table customer: who they are, as it is known now.

use std::collections::HashSet;

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Staff, Workspace};
use kizashi_domain::intake::{CustomerRow, Owned};
use kizashi_domain::text::{Searchable, fold, fold_company};
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};

use super::End;
use super::fields::{drop_fields, keep_figures, keep_words};
use super::names::find_owner;
use super::texts::index_text;
use crate::intake::keep::Keeping;
use crate::settings::Settings;
use crate::{App, Result};

row! {
    #[derive(Clone, Default, PartialEq)]
    pub(super) struct Fields {
        pub name: String, pub reading: String, pub parent_id: Option<Id<Customer>>, pub segment: String, pub stage: String,
        pub region: String, pub industry: String, pub employees: Option<i64>, pub owner_id: Option<Id<Staff>>, pub goal: String,
        pub domain: String, pub since_day: Option<Day>, pub churned_on: Option<Day>, pub former_owner_id: Option<Id<Staff>>,
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
    let external_id = k.joined.survivor(external_id);
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
    let joined = app.joined();
    if !source.is_empty() {
        super::keep_source(app, ws, source).await?;
    }
    // Nearly all are there already, and finding that out takes nobody's turn to write.
    let find = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND external_id IN ($2)");
    let asked = external_ids.iter().map(ToValue::to_value).collect();
    let known: HashSet<String> =
        app.db.list_in::<(String,)>(find, args![ws], asked).await?.into_iter().map(|(code,)| code).collect();
    let is_new = |code: &&String| !joined.is_gone(code) && !known.contains(*code);
    let mut new: Vec<String> = external_ids.iter().filter(is_new).cloned().collect();
    // In one order: two that make the same customers wait for each other's rows in turn.
    new.sort_unstable();
    new.dedup();
    for chunk in new.chunks(kizashi_domain::limits::BATCH_ROWS_MAX) {
        let mut tx = app.db.write().await?;
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
    // What went into another customer says nothing of its own any more: two rows of one file would overwrite each other for ever.
    if k.joined.is_gone(&row.external_id) {
        return Ok(End::Same);
    }
    let found: Option<(Id<Customer>,)> = tx.find(FIND_CUSTOMER, args![k.workspace, row.external_id]).await?;
    let read = sql!(
        "SELECT name, reading, parent_id, segment, stage, region, industry, employees, owner_id, goal, domain, since_day, churned_on, ",
        "former_owner_id FROM customer WHERE workspace_id = $1 AND external_id = $2"
    );
    let before: Option<Fields> = tx.find(read, args![k.workspace, row.external_id]).await?;
    let mut after = before.clone().unwrap_or_else(|| Fields { name: row.external_id.clone(), ..Fields::default() });
    merge(tx, k, row, &mut after).await?;
    let id = found.map_or_else(App::new_id, |(id,)| id);
    let from = row.as_of.unwrap_or_else(|| settings.day_of(k.received_at));
    let (mut end, had_since) = (End::Same, before.as_ref().and_then(|b| b.since_day));
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
    let mut news = row.steps(from);
    // The first day is a constant: emptied, it is corrected to nothing where it began.
    if let Some(since) = after.since_day.or(had_since) {
        news.push(("since", since, after.since_day.map_or(f64::INFINITY, |day| f64::from(day.0))));
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
    f.employees = row.employees.or(f.employees.filter(|_| !row.clears("employees")));
    f.since_day = row.since.or(f.since_day.filter(|_| !row.clears("since")));
    f.churned_on = row.churned_on.or(f.churned_on.filter(|_| !row.clears("churned_on")));
    let parent = row.parent.as_deref().map(|code| k.joined.survivor(code));
    if let Some(parent) = parent.filter(|p| !p.is_empty() && *p != row.external_id) {
        f.parent_id = Some(find_or_insert_customer(tx, k, parent).await?);
    }
    let said = match &row.owner {
        Some(email) => find_owner(tx, k.workspace, email).await?,
        None => None,
    };
    let owned = k.hear_owner((f.owner_id, f.former_owner_id), said, row.clears("owner"));
    (f.owner_id, f.former_owner_id) = (owned.owner, owned.former);
    Ok(())
}

pub(super) async fn update_customer(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: Id<Customer>,
    external_id: &str,
    f: &Fields,
) -> Result<()> {
    let statement = sql!(
        "UPDATE customer SET name = $3, reading = $4, search = $5, parent_id = $6, segment = $7, stage = $8, region = $9, industry = $10, ",
        "employees = $11, owner_id = $12, goal = $13, domain = $14, since_day = $15, churned_on = $16, changed_at = $17, sort_name = $18, ",
        "former_owner_id = $19 ",
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
        sort_name(f),
        f.former_owner_id
    ];
    tx.run(statement, values).await?;
    index_customer(tx, k.workspace, (id, false), &search_text(external_id, f)).await
}

/// Gives a customer from one owner to another, from a day on; its code, unless somebody else owns it by now.
pub(in crate::intake) async fn hand_customer(
    tx: &mut Tx,
    k: &Keeping<'_>,
    (id, day): (Id<Customer>, Day),
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<Option<String>> {
    let find =
        sql!("SELECT external_id, former_owner_id FROM customer WHERE workspace_id = $1 AND id = $2 AND owner_id = $3");
    let found: Option<(String, Option<Id<Staff>>)> = tx.find(find, args![k.workspace, id, from]).await?;
    let Some((code, former)) = found else { return Ok(None) };
    let owned = Owned { owner: Some(from), former }.given(Some(to));
    let give = sql!(
        "UPDATE customer SET owner_id = $3, former_owner_id = $4, changed_at = $5 WHERE workspace_id = $1 AND id = $2"
    );
    tx.run(give, args![k.workspace, id, owned.owner, owned.former, k.received_at]).await?;
    let of = |owner| Fields { owner_id: Some(owner), ..Fields::default() };
    keep_words(tx, k, id, day, &of(from), &of(to)).await?;
    Ok(Some(code))
}

/// Removes a customer of which nothing else is known.
pub(in crate::intake) async fn remove_customer(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<()> {
    drop_fields(tx, ws, id).await?;
    tx.run(sql!("DELETE FROM customer WHERE workspace_id = $1 AND id = $2"), args![ws, id]).await?;
    Ok(())
}

row! {
    /// A customer that went into another, as it was.
    #[derive(Serialize, Deserialize)]
    pub(crate) struct GoneCustomer {
        pub external_id: String, pub name: String, reading: String, pub search: String, sort_name: String, pub parent_id: Option<Id<Customer>>,
        segment: String, stage: String, region: String, industry: String, employees: Option<i64>, owner_id: Option<Id<Staff>>,
        goal: String, domain: String, since_day: Option<Day>, churned_on: Option<Day>, created_at: Time, changed_at: Time,
        run_id: Option<Id<Import>>,
    }
}

/// Reads a customer that is to go.
pub(super) async fn read_gone(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>) -> Result<Option<GoneCustomer>> {
    let customer = sql!(
        "SELECT external_id, name, reading, search, sort_name, parent_id, segment, stage, region, industry, employees, owner_id, goal, ",
        "domain, since_day, churned_on, created_at, changed_at, run_id FROM customer WHERE workspace_id = $1 AND id = $2"
    );
    Ok(tx.find(customer, args![ws, id]).await?)
}

/// Whoever was below the customer that goes is below the other; that one below whatever was above the one that goes.
pub(super) async fn adopt(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (gone, into): (Id<Customer>, Id<Customer>),
    above: Option<Id<Customer>>,
) -> Result<()> {
    let own = sql!("UPDATE customer SET parent_id = $3 WHERE workspace_id = $1 AND id = $2 AND parent_id = $4");
    tx.run(own, args![ws, into, above.filter(|id| *id != into), gone]).await?;
    let others = sql!("UPDATE customer SET parent_id = $3 WHERE workspace_id = $1 AND parent_id = $2");
    tx.run(others, args![ws, gone, into]).await?;
    Ok(())
}

/// Puts these customers below another again.
pub(super) async fn give_back_children(
    tx: &mut Tx,
    ws: Id<Workspace>,
    parent: Id<Customer>,
    children: &[uuid::Uuid],
) -> Result<()> {
    let statement = sql!("UPDATE customer SET parent_id = $3 WHERE workspace_id = $1 AND id = $2 AND id <> $3");
    for child in children {
        tx.run(statement, args![ws, *child, parent]).await?;
    }
    Ok(())
}

/// Puts a customer back as it was.
pub(super) async fn put_gone(tx: &mut Tx, ws: Id<Workspace>, id: Id<Customer>, c: &GoneCustomer) -> Result<()> {
    let parent = match c.parent_id {
        // Its parent may itself be gone by now.
        Some(parent) => {
            let find = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND id = $2");
            tx.find::<(Id<Customer>,)>(find, args![ws, parent]).await?.map(|(id,)| id)
        }
        None => None,
    };
    let values = args![
        id,
        ws,
        c.external_id,
        c.name,
        c.reading,
        c.search,
        c.sort_name,
        parent,
        c.segment,
        c.stage,
        c.region,
        c.industry,
        c.employees,
        c.owner_id,
        c.goal,
        c.domain,
        c.since_day,
        c.churned_on,
        c.created_at,
        c.changed_at,
        c.run_id
    ];
    tx.run(INSERT_CUSTOMER, values).await?;
    index_customer(tx, ws, (id, false), &c.search).await
}
