//! Tables field_owner and field_conflict: which source may write a field of customers, and what others said instead.
//!
//! A field without an owner follows whoever spoke last. A field with one is filled by anybody while it says nothing; after that only its
//! owner changes it, and what another source says instead is listed, for a person to take over or to leave.

use std::collections::HashMap;

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Conflict, Customer, Id, Workspace};
use kizashi_domain::intake::{AIMS, CustomerRow, Record};
use kizashi_domain::time::{Day, Time};

use super::keep::{Keeping, Received, keep_records};
use super::store::list_aims;
use super::{OWN_SOURCE, Origin, mark_dirty};
use crate::access::{Grant, record_audit};
use crate::{App, Refused, Result};

/// Fields of customers that may have an owner.
pub const OWNABLE: [&str; 16] = [
    "name",
    "reading",
    "stage",
    "segment",
    "region",
    "industry",
    "owner",
    "employees",
    "goal",
    "goal_target",
    "goal_on",
    "goal_state",
    "purpose",
    "challenges",
    "environment",
    "domain",
];
/// Conflicts of one page.
const CONFLICTS_SHOWN_MAX: i64 = 100;

/// Source by field.
pub type FieldOwners = HashMap<String, String>;

const LIST_OWNERS: &kizashi_db::Statement =
    sql!("SELECT field, source FROM field_owner WHERE workspace_id = $1 LIMIT 100");

/// Which source may write which field.
pub async fn list_field_owners(app: &App, workspace: Id<Workspace>) -> Result<FieldOwners> {
    let rows: Vec<(String, String)> = app.db.list(LIST_OWNERS, args![workspace]).await?;
    Ok(rows.into_iter().collect())
}

/// The same inside a transaction.
pub(super) async fn find_owners(tx: &mut Tx, workspace: Id<Workspace>) -> Result<FieldOwners> {
    let rows: Vec<(String, String)> = tx.list(LIST_OWNERS, args![workspace]).await?;
    Ok(rows.into_iter().collect())
}

/// Names the source that alone may write a field; an empty one = whoever spoke last.
pub async fn keep_field_owner(app: &App, grant: &Grant, field: &str, source: &str) -> Result<()> {
    let field = OWNABLE.into_iter().find(|f| *f == field).ok_or(Refused::NotFound)?;
    let workspace = grant.workspace();
    let mut tx = app.db.write().await?;
    if source.is_empty() {
        let drop = sql!("DELETE FROM field_owner WHERE workspace_id = $1 AND field = $2");
        tx.run(drop, args![workspace, field]).await?;
    } else {
        let known = sql!("SELECT 1 FROM source WHERE workspace_id = $1 AND name = $2");
        let is_known = tx.find::<(i64,)>(known, args![workspace, source]).await?.is_some();
        if !is_known && source != OWN_SOURCE {
            return Err(Refused::Field { field: "source", reason: "not-one-of" }.into());
        }
        let keep = sql!(
            "INSERT INTO field_owner (workspace_id, field, source, set_at, set_by) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (workspace_id, field) DO UPDATE SET source = excluded.source, set_at = excluded.set_at, set_by = excluded.set_by"
        );
        tx.run(keep, args![workspace, field, source, app.now(), grant.staff()]).await?;
    }
    record_audit(&mut tx, app, grant, "field_owner", &format!("{field} {source}")).await?;
    Ok(tx.commit().await?)
}

row! {
    struct Now {
        id: Id<Customer>, name: String, reading: String, segment: String, stage: String, region: String, industry: String,
        employees: Option<i64>, owner: Option<String>, goal: String, domain: String,
    }
}

impl Now {
    /// What a field says; empty = nothing that anybody said.
    fn says(&self, field: &str, code: &str) -> String {
        let text = match field {
            "name" if self.name == code => "",
            "name" => &self.name,
            "reading" => &self.reading,
            "segment" => &self.segment,
            "stage" => &self.stage,
            "region" => &self.region,
            "industry" => &self.industry,
            "employees" => return self.employees.map_or_else(String::new, |n| n.to_string()),
            "owner" => self.owner.as_deref().unwrap_or_default(),
            "goal" => &self.goal,
            _ => &self.domain,
        };
        text.to_owned()
    }
}

/// The place of a field of words in a row.
fn words<'a>(row: &'a mut CustomerRow, field: &str) -> Option<&'a mut Option<String>> {
    Some(match field {
        "name" => &mut row.name,
        "reading" => &mut row.reading,
        "segment" => &mut row.segment,
        "stage" => &mut row.stage,
        "region" => &mut row.region,
        "industry" => &mut row.industry,
        "owner" => &mut row.owner,
        "goal" => &mut row.goal,
        "goal_target" => &mut row.goal_target,
        "goal_state" => &mut row.goal_state,
        "purpose" => &mut row.purpose,
        "challenges" => &mut row.challenges,
        "environment" => &mut row.environment,
        "domain" => &mut row.domain,
        _ => return None,
    })
}

/// Takes what a row says of a field out of it.
fn take(row: &mut CustomerRow, field: &str) -> Option<String> {
    match field {
        "employees" => return row.employees.take().map(|n| n.to_string()),
        "goal_on" => return row.goal_on.take().map(|day| day.to_string()),
        _ => {}
    }
    words(row, field)?.take().map(|text| text.trim().to_owned())
}

/// Puts it back.
fn put(row: &mut CustomerRow, field: &str, value: String) {
    if field == "employees" {
        row.employees = value.parse().ok();
    } else if field == "goal_on" {
        row.goal_on = value.parse().ok();
    } else if let Some(place) = words(row, field) {
        *place = Some(value);
    }
}

/// What of a row its source may write: fields that another source owns and that say something are taken out of it; those that would
/// say something else are noted as conflicts.
pub(super) async fn keep_to_owners(tx: &mut Tx, k: &Keeping<'_>, row: &CustomerRow) -> Result<Option<CustomerRow>> {
    let mut part = row.clone();
    let mut offered = Vec::new();
    for (field, owner) in k.owners.iter().filter(|(_, owner)| *owner != k.source && k.source != OWN_SOURCE) {
        if let Some(value) = take(&mut part, field) {
            offered.push((field.as_str(), owner, value));
        }
    }
    if offered.is_empty() {
        return Ok(None);
    }
    let find = sql!(
        "SELECT c.id, c.name, c.reading, c.segment, c.stage, c.region, c.industry, c.employees, s.email, c.goal, c.domain FROM customer c ",
        "LEFT JOIN staff s ON s.id = c.owner_id WHERE c.workspace_id = $1 AND c.external_id = $2"
    );
    let now: Option<Now> = tx.find(find, args![k.workspace, row.external_id]).await?;
    let aims = match &now {
        Some(now) if offered.iter().any(|(field, ..)| AIMS.contains(field)) => {
            list_aims(tx, k.workspace, now.id, Day(i32::MAX)).await?
        }
        _ => HashMap::new(),
    };
    for (field, _, value) in offered {
        let says = |now: &Now| match AIMS.contains(&field) {
            true => aims.get(field).cloned().unwrap_or_default(),
            false => now.says(field, &row.external_id),
        };
        match now.as_ref().map(|now| (now, says(now))) {
            Some((now, says)) if !says.is_empty() => {
                if !value.is_empty() && value != says {
                    note_conflict(tx, k, now.id, (field, &value)).await?;
                }
            }
            _ => put(&mut part, field, value),
        }
    }
    Ok(Some(part))
}

async fn note_conflict(
    tx: &mut Tx,
    k: &Keeping<'_>,
    customer: Id<Customer>,
    (field, value): (&str, &str),
) -> Result<()> {
    // Said once more, it stays as a person left it; something else is a new question.
    let keep = sql!(
        "INSERT INTO field_conflict (id, workspace_id, customer_id, field, source, offered, noted_at, outcome) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT (workspace_id, customer_id, field, source) DO UPDATE SET ",
        "outcome = CASE WHEN field_conflict.offered = excluded.offered THEN field_conflict.outcome ELSE '' END, ",
        "noted_at = excluded.noted_at, offered = excluded.offered"
    );
    let id: Id<Conflict> = App::new_id();
    tx.run(keep, args![id, k.workspace, customer, field, k.source, value, k.received_at]).await?;
    Ok(())
}

row! {
    /// What a source says of a field that another one owns.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ConflictView {
        /// The conflict.
        pub id: Id<Conflict>,
        /// The customer.
        pub customer: Id<Customer>,
        /// Its name.
        pub name: String,
        /// The field.
        pub field: String,
        /// Who says something else.
        pub source: String,
        /// What.
        pub offered: String,
        /// When it was said last.
        pub noted_at: Time,
    }
}

/// Conflicts that wait for a person, the newest first.
pub async fn list_conflicts(app: &App, workspace: Id<Workspace>) -> Result<Vec<ConflictView>> {
    let statement = sql!(
        "SELECT f.id, f.customer_id, c.name, f.field, f.source, f.offered, f.noted_at FROM field_conflict f JOIN customer c ON c.id = f.customer_id ",
        "WHERE f.workspace_id = $1 AND f.outcome = '' ORDER BY f.noted_at DESC, f.id LIMIT $2"
    );
    Ok(app.db.list(statement, args![workspace, CONFLICTS_SHOWN_MAX]).await?)
}

/// Settles a conflict: the field says what was offered from now on, or stays as it is. Its owner's next word still counts.
pub async fn settle_conflict(app: &App, grant: &Grant, conflict: Id<Conflict>, is_taken: bool) -> Result<()> {
    let workspace = grant.workspace();
    let find = sql!(
        "SELECT c.external_id, f.field, f.offered FROM field_conflict f JOIN customer c ON c.id = f.customer_id ",
        "WHERE f.workspace_id = $1 AND f.id = $2 AND f.outcome = ''"
    );
    let found: Option<(String, String, String)> = app.db.find(find, args![workspace, conflict]).await?;
    let (code, field, offered) = found.ok_or(Refused::NotFound)?;
    if is_taken {
        let mut row = CustomerRow { external_id: code.clone(), ..CustomerRow::default() };
        put(&mut row, &field, offered);
        let received = [Received { at: app.now(), assumed: false, record: Record::Customer(row) }];
        let origin = Origin { source: OWN_SOURCE, run: None, author: grant.staff() };
        keep_records(app, workspace, origin, &received, false).await?;
        mark_dirty(app, workspace, vec![code]).await?;
    }
    let settle = sql!(
        "UPDATE field_conflict SET outcome = $3, settled_at = $4, settled_by = $5 WHERE workspace_id = $1 AND id = $2 AND outcome = ''"
    );
    let outcome = if is_taken { "taken" } else { "left" };
    let mut tx = app.db.write().await?;
    tx.run(settle, args![workspace, conflict, outcome, app.now(), grant.staff()]).await?;
    Ok(tx.commit().await?)
}

/// Forgets disagreements about a customer that is going.
pub(super) async fn forget_conflicts(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM field_conflict WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer])
        .await?;
    Ok(())
}
