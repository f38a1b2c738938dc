//! The fields of a customer with where each value came from, and changing one in place.

use std::collections::HashMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::intake::shape::{Shape, fields};
use kizashi_domain::intake::{CustomerRow, GOAL_STATES, RecordKind};
use kizashi_domain::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::{Day, Time};

use super::{keep_own, store};
use crate::access::{Grant, list_staff};
use crate::intake::{FELT, HUNCH, OWN_SOURCE, OWNABLE, list_field_owners, mark_dirty};
use crate::{App, Refused, Result};

/// Fields that people change, in the order of the page: those that may have an owner, and the first day.
pub fn list_changeable() -> impl Iterator<Item = &'static str> {
    OWNABLE.into_iter().chain(["since"])
}

const VERSIONS_MAX: i64 = 3_000;
/// Figures that are made here, or have a place of their own where they are noted.
pub const MADE_FIGURES: [&str; 6] = ["mrr", "notice_deadline", "contract_end", "open_deals", FELT, HUNCH];
const FIGURE_MAX: f64 = 1e15;

/// What a field said from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldVersion {
    /// Words as people read them; empty = nothing.
    pub value: String,
    /// The day from which it holds.
    pub from: Day,
    /// When it was learned.
    pub at: Time,
    /// Where it came from.
    pub source: String,
    /// The person who wrote it.
    pub who: Option<String>,
    /// Brought in bulk, and so taken as known when it became true.
    pub assumed: bool,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldView {
    /// Its name, as in [`kizashi_domain::intake::shape`], or that of a figure of one's own.
    pub name: String,
    /// What it says now.
    pub value: String,
    /// Which of the versions holds now.
    pub now: Option<usize>,
    /// Whether people can change it here.
    pub is_open: bool,
    /// The source that alone may write it.
    pub owner: Option<String>,
    /// What it said, the newest first.
    pub versions: Vec<FieldVersion>,
}

row! {
    struct VersionRow {
        name: String, figure: Option<f64>, words: Option<String>, valid_from: Day, recorded_at: Time, source: String, who: Option<String>,
        assumed: bool,
    }
}

/// Every field of a customer: those that people change, then figures of one's own by name. As of an earlier day: what was known
/// at its end.
pub async fn list_fields(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    as_of: Option<Day>,
) -> Result<Vec<FieldView>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let known = as_of.map_or(Time(i64::MAX), |day| settings.zone.end_of(day));
    let statement = sql!(
        "SELECT a.name, a.figure, a.words, a.valid_from, a.recorded_at, a.source, o.name, a.assumed FROM attribute a ",
        "LEFT JOIN staff o ON o.id = a.author_id WHERE a.workspace_id = $1 AND a.customer_id = $2 ",
        "AND (a.assumed = 1 OR a.recorded_at < $4) ORDER BY a.valid_from DESC, a.recorded_at DESC LIMIT $3"
    );
    let rows: Vec<VersionRow> = app.db.list(statement, args![ws, customer, VERSIONS_MAX, known]).await?;
    let staff: HashMap<String, String> =
        list_staff(app, ws).await?.into_iter().map(|s| (s.id.to_string(), s.name)).collect();
    let mut found: HashMap<String, Vec<FieldVersion>> = HashMap::new();
    for row in rows {
        let value = match (row.name.as_str(), &row.words, row.figure) {
            ("owner", Some(id), _) => staff.get(id).cloned().unwrap_or_default(),
            ("parent", ..) => continue,
            (_, Some(words), _) => words.clone(),
            #[allow(clippy::cast_possible_truncation)]
            ("since" | "notice_deadline" | "contract_end", None, Some(day)) => Day(day as i32).to_string(),
            (_, None, Some(figure)) => figure.to_string(),
            (_, None, None) => String::new(),
        };
        let (from, at, source, who, assumed) = (row.valid_from, row.recorded_at, row.source, row.who, row.assumed);
        found.entry(row.name).or_default().push(FieldVersion { value, from, at, source, who, assumed });
    }
    let today = as_of.unwrap_or_else(|| settings.day_of(app.now()));
    let mut view = |name: &str, is_open: bool| {
        let mut versions = found.remove(name).unwrap_or_default();
        versions.retain(|v| as_of.is_none_or(|day| v.from <= day));
        if name == "since" {
            // The first day is a constant: what was said last holds, whichever day it names.
            versions.sort_by_key(|v| std::cmp::Reverse(v.at));
        }
        let first = || (as_of.is_none() && !versions.is_empty()).then_some(0);
        let now = versions.iter().position(|v| v.from <= today).or_else(first);
        view_of(name.to_owned(), is_open && as_of.is_none(), now, versions)
    };
    let mut out: Vec<FieldView> = list_changeable().map(|name| view(name, true)).collect();
    out.push(view("churned_on", true));
    let mut figures: Vec<String> = found.keys().cloned().collect();
    figures.sort();
    for name in figures {
        let mut versions = found.remove(&name).unwrap_or_default();
        versions.retain(|v| as_of.is_none_or(|day| v.from <= day));
        let now = versions.iter().position(|v| v.from <= today);
        let is_open = as_of.is_none() && !MADE_FIGURES.contains(&name.as_str());
        out.push(view_of(name, is_open, now, versions));
    }
    let owners = list_field_owners(app, ws).await?;
    for field in &mut out {
        field.owner = owners.get(&field.name).cloned();
        field.is_open &= field.owner.as_ref().is_none_or(|owner| owner == OWN_SOURCE);
    }
    Ok(out)
}

fn view_of(name: String, is_open: bool, now: Option<usize>, versions: Vec<FieldVersion>) -> FieldView {
    let value = now.and_then(|at| versions.get(at)).map_or_else(String::new, |v| v.value.clone());
    FieldView { name, value, now, is_open, owner: None, versions }
}

/// Changes a field; the value before stays in its history. An owner is given by id.
pub async fn change_field(app: &App, grant: &Grant, customer: Id<Customer>, name: &str, value: &str) -> Result<()> {
    let Some(external_id) = store::find_external_id(app, grant.workspace(), customer).await? else {
        return Err(Refused::NotFound.into());
    };
    let row = CustomerRow { external_id: external_id.clone(), ..field_row(app, grant, name, value).await? };
    let is_figure = !row.figures.is_empty() || row.cleared.iter().any(|f| f == name && !is_column(name));
    if is_figure && !store::has_figure(app, grant.workspace(), customer, name).await? {
        return Err(Refused::NotFound.into());
    }
    keep_own(app, grant, row).await?;
    mark_dirty(app, grant.workspace(), vec![external_id]).await
}

fn is_column(name: &str) -> bool {
    list_changeable().any(|field| field == name) || name == "churned_on"
}

/// What a person says of a field, as a row that still lacks its customer. An owner is given by id.
pub(crate) async fn field_row(app: &App, grant: &Grant, name: &str, value: &str) -> Result<CustomerRow> {
    let value = value.trim();
    let Some(field) = list_changeable().chain(["churned_on"]).find(|f| *f == name) else {
        return figure_row(name, value);
    };
    check(field, value)?;
    if list_field_owners(app, grant.workspace()).await?.get(field).is_some_and(|owner| owner != OWN_SOURCE) {
        return Err(Refused::Field { field, reason: "owned-elsewhere" }.into());
    }
    let mut row = CustomerRow::default();
    if value.is_empty() && matches!(field, "employees" | "since" | "churned_on" | "owner" | "goal_on") {
        row.cleared.push(field.to_owned());
        return Ok(row);
    }
    let words = || Some(value.to_owned());
    match field {
        "name" => row.name = words(),
        "reading" => row.reading = words(),
        "stage" => row.stage = words(),
        "segment" => row.segment = words(),
        "region" => row.region = words(),
        "industry" => row.industry = words(),
        "goal" => row.goal = words(),
        "goal_target" => row.goal_target = words(),
        "goal_on" => row.goal_on = Some(value.parse().map_err(|_| Refused::Field { field, reason: "not-a-day" })?),
        "goal_state" if value.is_empty() || GOAL_STATES.contains(&value) => row.goal_state = words(),
        "goal_state" => return Err(Refused::Field { field, reason: "not-one-of" }.into()),
        "purpose" => row.purpose = words(),
        "challenges" => row.challenges = words(),
        "environment" => row.environment = words(),
        "domain" => row.domain = words(),
        "employees" => {
            let number = value.replace(',', "").parse().ok().filter(|n| (0..=1_000_000_000).contains(n));
            row.employees = Some(number.ok_or(Refused::Field { field, reason: "not-a-number" })?);
        }
        "since" => row.since = Some(value.parse().map_err(|_| Refused::Field { field, reason: "not-a-day" })?),
        "churned_on" => {
            row.churned_on = Some(value.parse().map_err(|_| Refused::Field { field, reason: "not-a-day" })?)
        }
        _ => row.owner = Some(find_owner(app, grant, value).await?),
    }
    Ok(row)
}

/// What a person says of a figure of one's own; nothing ends it from today.
fn figure_row(name: &str, value: &str) -> Result<CustomerRow> {
    let is_plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_plain || name.is_empty() || MADE_FIGURES.contains(&name) {
        return Err(Refused::NotFound.into());
    }
    let mut row = CustomerRow::default();
    if value.is_empty() {
        row.cleared.push(name.to_owned());
        return Ok(row);
    }
    let figure = value.replace(',', "").parse().ok().filter(|f: &f64| f.abs() <= FIGURE_MAX);
    let figure = figure.ok_or(Refused::Field { field: "figure", reason: "not-a-number" })?;
    row.figures.push((name.to_owned(), figure));
    Ok(row)
}

fn check(field: &'static str, value: &str) -> Result<()> {
    let shape = fields(RecordKind::Customers).iter().find(|f| f.name == field).map(|f| f.shape);
    let chars_max = if shape == Some(Shape::Text) { TEXT_CHARS_MAX } else { NAME_CHARS_MAX };
    if value.chars().count() > chars_max {
        return Err(Refused::Field { field, reason: "too-long" }.into());
    }
    if value.chars().any(|c| c.is_control() && !(shape == Some(Shape::Text) && (c == '\n' || c == '\r'))) {
        return Err(Refused::Field { field, reason: "control-character" }.into());
    }
    if value.is_empty() && field == "name" {
        return Err(Refused::Field { field, reason: "required" }.into());
    }
    Ok(())
}

async fn find_owner(app: &App, grant: &Grant, id: &str) -> Result<String> {
    let staff = list_staff(app, grant.workspace()).await?;
    let found = id.parse::<Id<Staff>>().ok().and_then(|id| staff.into_iter().find(|s| s.id == id));
    Ok(found.ok_or(Refused::Field { field: "owner", reason: "not-one-of" })?.email)
}
