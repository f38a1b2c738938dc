//! Reads the records that the index names; writes nothing.
//!
//! The workspace is asked for as `COALESCE(workspace_id, id)`, which no index serves: without statistics an engine took the index of
//! the workspace and walked through all of its records instead of looking up a hundred ids.

use kizashi_db::{ToValue, Value, args, row, sql};
use kizashi_domain::id::{Contact, Customer, Id, Workspace};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::CustomerHit;
use crate::health::parse_band;
use crate::intake::fold_parts;
use crate::{App, Result};

row! {
    #[derive(Clone)]
    pub(super) struct CustomerRow {
        pub id: Id<Customer>, pub external_id: String, pub name: String, pub reading: String, pub search: String, pub sort_name: String,
        pub band: Option<String>, pub points: Option<i64>,
    }
}

impl CustomerRow {
    pub(super) fn hit(self, was: Option<String>) -> CustomerHit {
        let band = self.band.as_deref().and_then(parse_band);
        CustomerHit { id: self.id, name: self.name, reading: self.reading, band, points: self.points, was }
    }
}

row! {
    #[derive(Clone)]
    pub(super) struct PersonRow {
        pub id: Id<Contact>, pub customer: Id<Customer>, pub customer_name: String, pub name: String, pub reading: String, pub title: String,
        pub search: String,
    }
}

row! {
    #[derive(Clone)]
    pub(super) struct TextRow {
        pub id: Uuid, pub customer: Id<Customer>, pub customer_name: String, pub what: String, pub head: String, pub subject: String,
        pub body: String, pub at: Time,
    }
}

impl TextRow {
    /// The text as the index has it.
    pub(super) fn folded(&self) -> String {
        if self.head.is_empty() {
            fold_parts(&[&self.subject, &self.body])
        } else {
            fold_parts(&[&self.head, &self.subject, &self.body])
        }
    }
}

/// What holds of a customer that has versions alone.
macro_rules! aim {
    ($name:literal) => {
        concat!(
            "COALESCE((SELECT a.words FROM attribute a WHERE a.workspace_id = c.workspace_id AND a.customer_id = c.id AND a.name = '",
            $name,
            "' ORDER BY a.valid_from DESC, a.recorded_at DESC LIMIT 1), '')"
        )
    };
}

/// The same as one text, a blank between.
macro_rules! aims {
    () => {
        concat!(
            aim!("goal_target"),
            " || ' ' || ",
            aim!("purpose"),
            " || ' ' || ",
            aim!("challenges"),
            " || ' ' || ",
            aim!("environment")
        )
    };
}

fn keys(ids: &[Uuid]) -> Vec<Value> {
    ids.iter().map(ToValue::to_value).collect()
}

pub(super) async fn list_customers(app: &App, ws: Id<Workspace>, ids: &[Uuid]) -> Result<Vec<CustomerRow>> {
    let statement = sql!(
        "SELECT c.id, c.external_id, c.name, c.reading, c.search, c.sort_name, s.band, s.points FROM customer c ",
        "LEFT JOIN standing s ON s.customer_id = c.id WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], keys(ids)).await?)
}

/// Code and name of customers that went into others, those that went last first.
pub(super) async fn list_gone(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    let statement = sql!(
        "SELECT gone_code, gone_name FROM customer_merge WHERE workspace_id = $1 AND undone_at IS NULL ORDER BY merged_at DESC, id LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, kizashi_domain::limits::GONE_NAMES_MAX]).await?)
}

pub(super) async fn find_by_code(app: &App, ws: Id<Workspace>, code: &str) -> Result<Option<CustomerRow>> {
    let statement = sql!(
        "SELECT c.id, c.external_id, c.name, c.reading, c.search, c.sort_name, s.band, s.points FROM customer c ",
        "LEFT JOIN standing s ON s.customer_id = c.id WHERE c.workspace_id = $1 AND c.external_id = $2"
    );
    Ok(app.db.find(statement, args![ws, code]).await?)
}

pub(super) async fn list_people(app: &App, ws: Id<Workspace>, ids: &[Uuid]) -> Result<Vec<PersonRow>> {
    let statement = sql!(
        "SELECT p.id, c.id, c.name, p.name, p.reading, p.title, p.search FROM contact p JOIN customer c ON c.id = p.customer_id ",
        "WHERE COALESCE(p.workspace_id, p.id) = $1 AND p.left_on IS NULL AND p.id IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], keys(ids)).await?)
}

pub(super) async fn list_texts(app: &App, ws: Id<Workspace>, kind: Searchable, ids: &[Uuid]) -> Result<Vec<TextRow>> {
    let statement = if kind == Searchable::Ticket {
        sql!(
            "SELECT t.id, c.id, c.name, t.channel, t.category, t.subject, t.body, t.opened_at FROM ticket t ",
            "JOIN customer c ON c.id = t.customer_id WHERE COALESCE(t.workspace_id, t.id) = $1 AND t.id IN ($2)"
        )
    } else if kind == Searchable::Deal {
        sql!(
            "SELECT d.id, c.id, c.name, d.stage, d.next_step, d.title, d.promise || ' ' || d.lost_reason, d.recorded_at FROM deal d ",
            "JOIN customer c ON c.id = d.customer_id WHERE COALESCE(d.workspace_id, d.id) = $1 AND d.id IN ($2)"
        )
    } else if kind == Searchable::Aim {
        sql!(
            "SELECT c.id, c.id, c.name, '', '', c.goal, ",
            aims!(),
            ", c.changed_at FROM customer c WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)"
        )
    } else {
        sql!(
            "SELECT a.id, c.id, c.name, a.kind, '', a.subject, a.body, a.happened_at FROM activity a ",
            "JOIN customer c ON c.id = a.customer_id WHERE COALESCE(a.workspace_id, a.id) = $1 AND a.id IN ($2)"
        )
    };
    Ok(app.db.list_in(statement, args![ws], keys(ids)).await?)
}

row! {
    pub(super) struct Source { pub id: Uuid, pub at: Time, pub first: String, pub second: String, pub third: String }
}

/// A page of the records of a kind with their texts, by id.
pub(super) async fn list_sources(
    app: &App,
    ws: Id<Workspace>,
    kind: Searchable,
    after: Uuid,
    rows: i64,
) -> Result<Vec<Source>> {
    let statement = match kind {
        Searchable::Customer => sql!(
            "SELECT id, CAST(0 AS BIGINT), search, '', '' FROM customer WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        ),
        Searchable::Contact => sql!(
            "SELECT id, CAST(0 AS BIGINT), search, '', '' FROM contact WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        ),
        Searchable::Activity => sql!(
            "SELECT id, happened_at, subject, body, '' FROM activity WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        ),
        Searchable::Deal => sql!(
            "SELECT id, recorded_at, title, next_step, promise || ' ' || lost_reason FROM deal WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        ),
        Searchable::Aim => sql!(
            "SELECT c.id, CAST(0 AS BIGINT), c.goal, ",
            aims!(),
            ", '' FROM customer c WHERE c.workspace_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"
        ),
        Searchable::Ticket => sql!(
            "SELECT id, opened_at, category, subject, body FROM ticket WHERE workspace_id = $1 AND id > $2 AND customer_id IS NOT NULL ",
            "ORDER BY id LIMIT $3"
        ),
    };
    Ok(app.db.list(statement, args![ws, after, rows]).await?)
}
