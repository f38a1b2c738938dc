//! Tables hunch, saved_view; reads customers for pages.

use kizashi_db::{Statement, ToValue, args, row, sql};
use kizashi_domain::id::{Customer, Hunch, Id, Staff, View, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time, Zone};

use super::NewHunch;
use super::list::pattern;
use super::listed::{Choices, ListQuery, ListRow, SavedView, Sort};
use crate::access::{Grant, Viewer};
use crate::health::{band_word, parse_band, parse_spark};
use crate::{App, Result};

row! {
    pub(super) struct Fields {
        id: Id<Customer>, external_id: String, name: String, reading: String, sort_name: String, stage: String, segment: String,
        region: String, owner: Option<String>, owner_left_at: Option<Time>, points: Option<i64>, sort_points: Option<i64>, band: Option<String>, coverage: Option<i64>,
        change: Option<i64>, spark: Option<String>, mrr_minor: Option<i64>, currency: Option<String>, plan: Option<String>,
        notice_on: Option<Day>, sort_notice: Option<i64>, end_day: Option<Day>, contact_at: Option<Time>, sort_contact: Option<i64>,
    }
}

macro_rules! columns {
    () => {
        "c.id, c.external_id, c.name, c.reading, c.sort_name, c.stage, c.segment, c.region, o.name, o.left_at, s.points, s.sort_points, s.band, \
         s.coverage, s.change_points, s.spark, s.mrr_minor, s.currency, s.plan, s.notice_on, s.sort_notice, s.end_day, s.contact_at, \
         s.sort_contact"
    };
}

/// Customers with what is known of them; those never scored too.
macro_rules! from_customers {
    () => {
        " FROM customer c LEFT JOIN standing s ON s.customer_id = c.id LEFT JOIN staff o ON o.id = c.owner_id "
    };
}

macro_rules! filters {
    () => {
        " ($2 = '' OR s.band = $2) AND ($3 = '' OR c.stage = $3) AND ($4 = '' OR c.segment = $4) AND ($5 = 1 OR c.owner_id = $6) \
         AND ($7 = 1 OR c.churned_on IS NULL OR c.churned_on >= $8) \
         AND ($10 = 0 OR (COALESCE(s.sort_contact, 0) < $10 AND (c.since_day IS NULL OR c.since_day <= $11) AND NOT EXISTS (SELECT 1 FROM ticket t \
         WHERE t.workspace_id = $1 AND t.customer_id = c.id AND t.opened_at >= $10 AND t.direction <> 'out'))) "
    };
}

/// One page of a list: from a key on, in its order, the customer's id between equals.
macro_rules! page_by {
    ($key:literal, $id:literal, $reach:literal, $beyond:literal, $direction:literal) => {
        concat!(
            "AND ",
            $key,
            " ",
            $reach,
            " $12 AND (",
            $key,
            " ",
            $beyond,
            " $12 OR ",
            $id,
            " ",
            $beyond,
            " $13) ",
            "ORDER BY ",
            $key,
            " ",
            $direction,
            ", ",
            $id,
            " ",
            $direction,
            " LIMIT $14"
        )
    };
}

/// The list sorted by a column of the standing, walked along its index; and, for a search, from the customers that match.
macro_rules! by_standing {
    ($key:literal, $reach:literal, $beyond:literal, $direction:literal) => {
        (
            sql!(
                "SELECT ",
                columns!(),
                " FROM standing s CROSS JOIN customer c LEFT JOIN staff o ON o.id = c.owner_id ",
                "WHERE s.workspace_id = $1 AND c.id = s.customer_id AND $9 <> '' AND",
                filters!(),
                page_by!($key, "s.customer_id", $reach, $beyond, $direction)
            ),
            sql!(
                "SELECT ",
                columns!(),
                " FROM customer c CROSS JOIN standing s LEFT JOIN staff o ON o.id = c.owner_id ",
                "WHERE c.workspace_id = $1 AND c.search LIKE $9 ESCAPE '\\' AND s.customer_id = c.id AND",
                filters!(),
                page_by!($key, "s.customer_id", $reach, $beyond, $direction)
            ),
        )
    };
}

macro_rules! by_name {
    ($reach:literal, $beyond:literal, $direction:literal) => {
        (
            sql!(
                "SELECT ",
                columns!(),
                from_customers!(),
                "WHERE c.workspace_id = $1 AND $9 <> '' AND",
                filters!(),
                page_by!("c.sort_name", "c.id", $reach, $beyond, $direction)
            ),
            sql!(
                "SELECT ",
                columns!(),
                from_customers!(),
                "WHERE c.workspace_id = $1 AND c.search LIKE $9 ESCAPE '\\' AND",
                filters!(),
                page_by!("c.sort_name", "c.id", $reach, $beyond, $direction)
            ),
        )
    };
}

/// The statements of an order: (without, with a search), and whether it goes down.
fn statements(sort: Sort, reverse: bool) -> ((&'static Statement, &'static Statement), bool) {
    match (sort, reverse) {
        (Sort::Points, false) => (by_standing!("s.sort_points", ">=", ">", "ASC"), false),
        (Sort::Points, true) => (by_standing!("s.sort_points", "<=", "<", "DESC"), true),
        (Sort::Change, false) => (by_standing!("s.change_points", ">=", ">", "ASC"), false),
        (Sort::Change, true) => (by_standing!("s.change_points", "<=", "<", "DESC"), true),
        (Sort::Mrr, false) => (by_standing!("s.mrr_minor", "<=", "<", "DESC"), true),
        (Sort::Mrr, true) => (by_standing!("s.mrr_minor", ">=", ">", "ASC"), false),
        (Sort::Notice, false) => (by_standing!("s.sort_notice", ">=", ">", "ASC"), false),
        (Sort::Notice, true) => (by_standing!("s.sort_notice", "<=", "<", "DESC"), true),
        (Sort::Contact, false) => (by_standing!("s.sort_contact", ">=", ">", "ASC"), false),
        (Sort::Contact, true) => (by_standing!("s.sort_contact", "<=", "<", "DESC"), true),
        (Sort::Name, false) => (by_name!(">=", ">", "ASC"), false),
        (Sort::Name, true) => (by_name!("<=", "<", "DESC"), true),
    }
}

fn key_of(f: &Fields, sort: Sort) -> String {
    let number = match sort {
        Sort::Points => f.sort_points,
        Sort::Change => f.change,
        Sort::Mrr => f.mrr_minor,
        Sort::Notice => f.sort_notice,
        Sort::Contact => f.sort_contact,
        Sort::Name => return f.sort_name.clone(),
    };
    number.unwrap_or(0).to_string()
}

pub(super) async fn list_rows(
    app: &App,
    ws: Id<Workspace>,
    day: (Day, &Zone),
    q: &ListQuery,
    rows: i64,
) -> Result<Vec<(ListRow, String)>> {
    let ((plain, searching), down) = statements(q.sort, q.reverse);
    let statement = if q.search.trim().is_empty() { plain } else { searching };
    let (lowest, highest) = (uuid::Uuid::nil(), uuid::Uuid::max());
    let cursor = q.after.as_deref().and_then(|c| {
        let (id, key) = c.split_once('_')?;
        Some((key.to_owned(), uuid::Uuid::parse_str(id).ok()?))
    });
    let start = match (&cursor, q.sort) {
        (Some((key, _)), Sort::Name) => kizashi_db::ToValue::to_value(key),
        (None, Sort::Name) => kizashi_db::ToValue::to_value(if down { "\u{10FFFF}" } else { "" }),
        (Some((key, _)), _) => kizashi_db::ToValue::to_value(&key.parse::<i64>().unwrap_or(0)),
        (None, _) => kizashi_db::ToValue::to_value(&if down { i64::MAX } else { i64::MIN }),
    };
    let id = cursor.map_or(if down { highest } else { lowest }, |(_, id)| id);
    let mut values = filter_values(ws, day, q);
    values.extend([start, kizashi_db::ToValue::to_value(&id), kizashi_db::ToValue::to_value(&rows)]);
    let found: Vec<Fields> = app.db.list(statement, values).await?;
    Ok(found
        .into_iter()
        .map(|f| {
            let cursor = format!("{}_{}", f.id, key_of(&f, q.sort));
            (list_row(f), cursor)
        })
        .collect())
}

/// $1 … $11 of every list. Who has said nothing since a time also asked nothing since, and was here by then.
fn filter_values(ws: Id<Workspace>, (today, zone): (Day, &Zone), q: &ListQuery) -> Vec<kizashi_db::Value> {
    let quiet_from = q.silent_days.map(|days| today.plus(-days));
    args![
        ws,
        q.band.map_or("", band_word),
        q.stage,
        q.segment,
        i64::from(q.owner.is_none()),
        q.owner,
        i64::from(q.with_churned),
        today,
        pattern(&q.search, "%"),
        quiet_from.map_or(0, |day| zone.start_of(day).micros()),
        quiet_from.unwrap_or(today)
    ]
}

pub(super) async fn count_rows(app: &App, ws: Id<Workspace>, day: (Day, &Zone), q: &ListQuery) -> Result<i64> {
    // Without a colour or a silence nothing of the standing is asked, and one index answers.
    let mut values = filter_values(ws, day, q);
    let is_plain = q.band.is_none() && q.silent_days.is_none();
    let statement = if is_plain {
        values.truncate(9);
        sql!(
            "SELECT count(*) FROM customer c WHERE c.workspace_id = $1 AND $2 = '' AND ($3 = '' OR c.stage = $3) ",
            "AND ($4 = '' OR c.segment = $4) AND ($5 = 1 OR c.owner_id = $6) ",
            "AND ($7 = 1 OR c.churned_on IS NULL OR c.churned_on >= $8) AND c.search LIKE $9 ESCAPE '\\'"
        )
    } else {
        sql!(
            "SELECT count(*) FROM customer c JOIN standing s ON s.customer_id = c.id WHERE c.workspace_id = $1 AND",
            filters!(),
            "AND c.search LIKE $9 ESCAPE '\\'"
        )
    };
    Ok(app.db.find::<(i64,)>(statement, values).await?.map_or(0, |(n,)| n))
}

pub(super) async fn find_row(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<ListRow>> {
    let statement = sql!("SELECT ", columns!(), from_customers!(), "WHERE c.workspace_id = $1 AND c.id = $2");
    Ok(app.db.find::<Fields>(statement, args![ws, customer]).await?.map(list_row))
}

/// The rows of these customers, in no order.
pub(super) async fn list_rows_of(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Vec<ListRow>> {
    let statement =
        sql!("SELECT ", columns!(), from_customers!(), "WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)");
    let keys = customers.iter().map(ToValue::to_value).collect();
    Ok(app.db.list_in::<Fields>(statement, args![ws], keys).await?.into_iter().map(list_row).collect())
}

fn list_row(f: Fields) -> ListRow {
    let currency = f.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::JPY);
    ListRow {
        id: f.id,
        external_id: f.external_id,
        name: f.name,
        reading: f.reading,
        stage: f.stage,
        segment: f.segment,
        region: f.region,
        owner: f.owner,
        has_owner_left: f.owner_left_at.is_some(),
        points: f.points,
        band: f.band.as_deref().and_then(parse_band),
        coverage: f.coverage.unwrap_or(0),
        change: f.change.unwrap_or(0),
        spark: f.spark.as_deref().map(parse_spark).unwrap_or_default(),
        mrr: f.mrr_minor.filter(|m| *m > 0).map(|minor| Money { minor, currency }),
        plan: f.plan.unwrap_or_default(),
        notice_on: f.notice_on,
        end_day: f.end_day,
        contact_at: f.contact_at,
    }
}

pub(super) async fn list_choices(app: &App, ws: Id<Workspace>) -> Result<Choices> {
    let stages =
        sql!("SELECT DISTINCT stage FROM customer WHERE workspace_id = $1 AND stage <> '' ORDER BY stage LIMIT 50");
    let segments = sql!(
        "SELECT DISTINCT segment FROM customer WHERE workspace_id = $1 AND segment <> '' ORDER BY segment LIMIT 50"
    );
    let owners = sql!("SELECT id, name FROM staff WHERE workspace_id = $1 AND left_at IS NULL ORDER BY name LIMIT 500");
    let words = |rows: Vec<(String,)>| rows.into_iter().map(|(w,)| w).collect();
    Ok(Choices {
        stages: words(app.db.list(stages, args![ws]).await?),
        segments: words(app.db.list(segments, args![ws]).await?),
        owners: app.db.list(owners, args![ws]).await?,
    })
}

pub(super) async fn find_external_id(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<String>> {
    let found: Option<(String,)> = app
        .db
        .find(sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND id = $2"), args![ws, customer])
        .await?;
    Ok(found.map(|(e,)| e))
}

pub(super) async fn count_customers(app: &App, ws: Id<Workspace>) -> Result<i64> {
    Ok(app
        .db
        .find::<(i64,)>(sql!("SELECT count(*) FROM customer WHERE workspace_id = $1"), args![ws])
        .await?
        .map_or(0, |(n,)| n))
}

pub(super) async fn insert_hunch(app: &App, grant: &Grant, customer: Id<Customer>, new: &NewHunch) -> Result<()> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let until = settings.day_of(app.now()).plus(i32::try_from(new.days).unwrap_or(30));
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO hunch (id, workspace_id, customer_id, staff_id, feeling, confidence, until_day, note, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let values = args![
        App::new_id::<Hunch>(),
        grant.workspace(),
        customer,
        grant.staff(),
        new.feeling,
        new.confidence,
        until,
        new.note.trim(),
        app.now()
    ];
    tx.run(statement, values).await?;
    Ok(tx.commit().await?)
}

/// Hunches that are still meant on a day: last day and feeling, the newest first.
pub(super) async fn list_open_hunches(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    day: Day,
) -> Result<Vec<(Day, i64)>> {
    let statement = sql!(
        "SELECT until_day, feeling FROM hunch WHERE workspace_id = $1 AND customer_id = $2 AND until_day >= $3 ",
        "ORDER BY created_at DESC, id DESC LIMIT 100"
    );
    Ok(app.db.list(statement, args![ws, customer, day]).await?)
}

row! {
    struct ViewRow { id: Id<View>, name: String, query: String, is_shared: bool, staff_id: Id<Staff>, staff: String }
}

/// One's own views, then those that others share.
pub(super) async fn list_views(app: &App, viewer: &Viewer) -> Result<Vec<SavedView>> {
    let statement = sql!(
        "SELECT v.id, v.name, v.query, v.is_shared, v.staff_id, o.name FROM saved_view v JOIN staff o ON o.id = v.staff_id ",
        "WHERE v.workspace_id = $1 AND (v.staff_id = $2 OR v.is_shared = 1) ",
        "ORDER BY CASE WHEN v.staff_id = $2 THEN 0 ELSE 1 END, v.created_at LIMIT 50"
    );
    let rows: Vec<ViewRow> = app.db.list(statement, args![viewer.workspace, viewer.staff]).await?;
    let view = |r: ViewRow| {
        let by = (r.staff_id != viewer.staff).then_some(r.staff);
        SavedView { id: r.id, name: r.name, query: r.query, is_shared: r.is_shared, by }
    };
    Ok(rows.into_iter().map(view).collect())
}

pub(super) async fn keep_view(app: &App, grant: &Grant, name: &str, query: &str, is_shared: bool) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO saved_view (id, workspace_id, staff_id, name, query, created_at, is_shared) VALUES ($1, $2, $3, $4, $5, $6, $7) ",
        "ON CONFLICT (workspace_id, staff_id, name) DO UPDATE SET query = excluded.query, is_shared = excluded.is_shared"
    );
    let id = App::new_id::<View>();
    tx.run(statement, args![id, grant.workspace(), grant.staff(), name, query, app.now(), i64::from(is_shared)])
        .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn drop_view(app: &App, grant: &Grant, view: Id<View>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("DELETE FROM saved_view WHERE workspace_id = $1 AND staff_id = $2 AND id = $3");
    let changed = tx.run(statement, args![grant.workspace(), grant.staff(), view]).await?;
    if changed == 0 {
        return Err(crate::Refused::NotFound.into());
    }
    Ok(tx.commit().await?)
}

/// The name of a customer.
pub(super) async fn find_name(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<String>> {
    let find = sql!("SELECT name FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find::<(String,)>(find, args![ws, customer]).await?.map(|(name,)| name))
}

/// Gives hunches to another customer: all, or these. Which.
pub(crate) async fn move_hunches(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[uuid::Uuid]>,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!("SELECT id FROM hunch WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let statement = sql!("UPDATE hunch SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    crate::moving::move_rows(tx, (find, statement), ws, (from, to), only).await
}

/// Whether a customer ever had a figure.
pub(super) async fn has_figure(app: &App, ws: Id<Workspace>, customer: Id<Customer>, name: &str) -> Result<bool> {
    let find = sql!(
        "SELECT 1 FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND name = $3 AND figure IS NOT NULL LIMIT 1"
    );
    Ok(app.db.find::<(i64,)>(find, args![ws, customer, name]).await?.is_some())
}
