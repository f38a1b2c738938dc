//! How much of what could be known of the customers is known.

use std::collections::{BTreeMap, HashMap};

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::AIMS;
use kizashi_domain::time::{Day, Time};

use crate::{App, Result};

/// Fields and figures looked at.
const FIELDS_MAX: i64 = 2_000;

/// How many customers have something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The field, as in [`kizashi_domain::intake::shape`], or the name of a figure of one's own.
    pub field: String,
    /// Customers that are served and have it.
    pub filled: i64,
    /// Where it came from, by how many values.
    pub sources: Vec<String>,
    /// When the last value was learned.
    pub last_at: Option<Time>,
}

/// What is known of how many customers.
#[derive(Clone, Debug, Default)]
pub struct Coverages {
    /// Customers that are served.
    pub customers: i64,
    /// Fields that every customer may have.
    pub fields: Vec<Coverage>,
    /// Figures of one's own, by name.
    pub figures: Vec<Coverage>,
    /// Of those, how many have a `contact`, a `contract`, an `activity`.
    pub records: Vec<(&'static str, i64)>,
}

row! {
    struct Filled {
        customers: i64, name: Option<i64>, reading: Option<i64>, stage: Option<i64>, segment: Option<i64>, region: Option<i64>,
        industry: Option<i64>, owner: Option<i64>, employees: Option<i64>, goal: Option<i64>, domain: Option<i64>, since: Option<i64>,
    }
}

row! {
    struct Arrived { name: String, source: String, times: i64, at: Option<Time> }
}

/// Counts it; looks at every customer that is served.
pub async fn list_coverage(app: &App, workspace: Id<Workspace>) -> Result<Coverages> {
    let today = crate::settings::open_settings(app, workspace).await?.day_of(app.now());
    let count = sql!(
        "SELECT count(*), CAST(sum(CASE WHEN name <> external_id THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN reading <> '' THEN 1 ELSE 0 END) AS BIGINT), ",
        "CAST(sum(CASE WHEN stage <> '' THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN segment <> '' THEN 1 ELSE 0 END) AS BIGINT), ",
        "CAST(sum(CASE WHEN region <> '' THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN industry <> '' THEN 1 ELSE 0 END) AS BIGINT), ",
        "CAST(count(owner_id) AS BIGINT), CAST(count(employees) AS BIGINT), CAST(sum(CASE WHEN goal <> '' THEN 1 ELSE 0 END) AS BIGINT), ",
        "CAST(sum(CASE WHEN domain <> '' THEN 1 ELSE 0 END) AS BIGINT), CAST(count(since_day) AS BIGINT) ",
        "FROM customer WHERE workspace_id = $1 AND (churned_on IS NULL OR churned_on >= $2)"
    );
    let Some(f): Option<Filled> = app.db.find(count, args![workspace, today]).await? else {
        return Ok(Coverages::default());
    };
    let mut arrived = list_arrived(app, workspace).await?;
    let filled = [
        ("name", f.name),
        ("reading", f.reading),
        ("stage", f.stage),
        ("segment", f.segment),
        ("region", f.region),
        ("industry", f.industry),
        ("owner", f.owner),
        ("employees", f.employees),
        ("goal", f.goal),
        ("domain", f.domain),
        ("since", f.since),
    ];
    let fields = filled.map(|(field, n)| of(field, n.unwrap_or(0), arrived.remove(field))).into();
    let mut fields: Vec<Coverage> = fields;
    let aims = sql!(
        "SELECT a.name, count(DISTINCT a.customer_id) FROM attribute a JOIN customer c ON c.id = a.customer_id WHERE a.workspace_id = $1 ",
        "AND a.name IN ('goal_target', 'goal_on', 'goal_state', 'purpose', 'challenges', 'environment') AND a.words <> '' ",
        "AND (c.churned_on IS NULL OR c.churned_on >= $2) AND NOT EXISTS (SELECT 1 FROM attribute e WHERE e.workspace_id = a.workspace_id ",
        "AND e.customer_id = a.customer_id AND e.name = a.name AND (e.valid_from > a.valid_from OR ",
        "(e.valid_from = a.valid_from AND e.recorded_at > a.recorded_at))) GROUP BY a.name LIMIT 10"
    );
    let counts: HashMap<String, i64> =
        app.db.list::<(String, i64)>(aims, args![workspace, today]).await?.into_iter().collect();
    let aim = |name: &str, arrived| of(name, counts.get(name).copied().unwrap_or(0), arrived);
    let aims: Vec<Coverage> = AIMS.into_iter().map(|name| aim(name, arrived.remove(name))).collect();
    let behind = fields.iter().position(|f| f.field == "domain").unwrap_or(fields.len());
    fields.splice(behind..behind, aims);
    let having = sql!(
        "SELECT a.name, count(DISTINCT a.customer_id) FROM attribute a JOIN customer c ON c.id = a.customer_id ",
        "WHERE a.workspace_id = $1 AND a.figure IS NOT NULL AND (c.churned_on IS NULL OR c.churned_on >= $2) AND NOT EXISTS (",
        "SELECT 1 FROM attribute e WHERE e.workspace_id = a.workspace_id AND e.customer_id = a.customer_id AND e.name = a.name AND e.figure IS NULL ",
        "AND e.words IS NULL AND e.valid_from <= $4 AND (e.valid_from > a.valid_from OR (e.valid_from = a.valid_from AND e.recorded_at > a.recorded_at))) GROUP BY a.name ORDER BY a.name LIMIT $3"
    );
    let rows: Vec<(String, i64)> = app.db.list(having, args![workspace, today, FIELDS_MAX, today]).await?;
    let is_own = |name: &str| filled.iter().any(|(field, _)| *field == name);
    let figures = rows
        .into_iter()
        .filter(|(name, _)| !is_own(name))
        .map(|(name, n)| of(&name, n, arrived.remove(&name)))
        .collect();
    Ok(Coverages { customers: f.customers, fields, figures, records: count_records(app, workspace, today).await? })
}

fn of(field: &str, filled: i64, arrived: Option<Vec<Arrived>>) -> Coverage {
    let arrived = arrived.unwrap_or_default();
    let last_at = arrived.iter().filter_map(|a| a.at).max();
    Coverage { field: field.to_owned(), filled, sources: arrived.into_iter().map(|a| a.source).collect(), last_at }
}

/// Where values came from, the most frequent source first.
async fn list_arrived(app: &App, ws: Id<Workspace>) -> Result<BTreeMap<String, Vec<Arrived>>> {
    let statement = sql!(
        "SELECT name, source, count(*), max(recorded_at) FROM attribute WHERE workspace_id = $1 GROUP BY name, source ORDER BY count(*) DESC, source LIMIT $2"
    );
    let rows: Vec<Arrived> = app.db.list(statement, args![ws, FIELDS_MAX]).await?;
    let mut found: BTreeMap<String, Vec<Arrived>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.times > 0) {
        found.entry(row.name.clone()).or_default().push(row);
    }
    Ok(found)
}

/// Customers that are served and have at least one of a kind of record.
async fn count_records(app: &App, ws: Id<Workspace>, today: Day) -> Result<Vec<(&'static str, i64)>> {
    let kinds = [
        (
            "contact",
            sql!(
                "SELECT count(DISTINCT c.id) FROM contact k JOIN customer c ON c.id = k.customer_id WHERE k.workspace_id = $1 ",
                "AND k.left_on IS NULL AND (c.churned_on IS NULL OR c.churned_on >= $2)"
            ),
        ),
        (
            "contract",
            sql!(
                "SELECT count(DISTINCT c.id) FROM contract k JOIN customer c ON c.id = k.customer_id WHERE k.workspace_id = $1 ",
                "AND (c.churned_on IS NULL OR c.churned_on >= $2)"
            ),
        ),
        (
            "activity",
            sql!(
                "SELECT count(DISTINCT c.id) FROM activity k JOIN customer c ON c.id = k.customer_id WHERE k.workspace_id = $1 ",
                "AND (c.churned_on IS NULL OR c.churned_on >= $2)"
            ),
        ),
    ];
    let mut counts = Vec::new();
    for (kind, statement) in kinds {
        counts.push((kind, app.db.find::<(i64,)>(statement, args![ws, today]).await?.map_or(0, |(n,)| n)));
    }
    Ok(counts)
}
