//! Activities of a timeline: as they are, or as they were known at an instant; notes with what they said before.

use std::collections::HashMap;

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Activity, Customer, Id, Staff, Workspace};
use kizashi_domain::time::{DAY_US, Time};

use super::read::{TimelineKind, TimelineRow};
use crate::intake::{OWN_SOURCE, StoredActivity, Versioned, list_versions};
use crate::{App, Result};

/// Texts of one note that are shown.
const EARLIER_MAX: usize = 20;

/// What is needed to change a note.
#[derive(Clone, Debug)]
pub struct NoteRef {
    /// The note.
    pub id: Id<Activity>,
    /// Who wrote it: who may change it.
    pub author: Option<Id<Staff>>,
    /// What it said before, the newest first.
    pub earlier: Vec<String>,
}

row! {
    struct Line {
        id: Id<Activity>, at: Time, kind: String, subject: String, body: String, who: Option<String>, learned_at: Time, edited_at: Option<Time>,
        source: String, author: Option<Id<Staff>>,
    }
}

/// The activities of a customer before an instant, the newest first. `known` = as they were known before that.
pub(super) async fn list_activities(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    (end, known): (Time, Option<Time>),
    limit: usize,
) -> Result<Vec<TimelineRow>> {
    let statement = sql!(
        "SELECT a.id, a.happened_at, a.kind, a.subject, a.body, COALESCE(o.name, (SELECT max(p.name) FROM contact p WHERE p.workspace_id = a.workspace_id ",
        "AND p.customer_id = a.customer_id AND p.external_id = a.contact_external_id)), CASE WHEN a.assumed = 1 THEN a.happened_at ELSE a.recorded_at END, ",
        "a.edited_at, a.source, a.author_id ",
        "FROM activity a LEFT JOIN staff o ON o.id = a.staff_id ",
        "WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.happened_at < $3 AND (a.assumed = 1 OR a.recorded_at < $4) ORDER BY a.happened_at DESC LIMIT $5"
    );
    let until = known.unwrap_or(Time(i64::MAX));
    let lines: Vec<Line> =
        app.db.list(statement, args![ws, customer, end, until, i64::try_from(limit).unwrap_or(i64::MAX)]).await?;
    let edited: Vec<Id<Activity>> = lines.iter().filter(|l| l.edited_at.is_some()).map(|l| l.id).collect();
    let mut earlier = if known.is_none() { list_earlier(app, ws, &edited).await? } else { HashMap::new() };
    let mut rows: Vec<TimelineRow> = lines
        .into_iter()
        .map(|l| {
            let earlier = earlier.remove(&l.id.uuid()).unwrap_or_default();
            let note = NoteRef { id: l.id, author: l.author, earlier };
            let is_late = l.edited_at.is_none() && l.learned_at.micros() - l.at.micros() > DAY_US;
            TimelineRow {
                note: (l.source == OWN_SOURCE && known.is_none()).then_some(note),
                learned_at: is_late.then_some(l.learned_at),
                ..row_of(l.at, l.kind, l.subject, l.body, l.who)
            }
        })
        .collect();
    if let Some(known) = known {
        let staff = crate::access::list_staff(app, ws).await?;
        for a in list_versions::<StoredActivity>(app, ws, customer, Versioned::Activity, known.plus_us(-1)).await? {
            if a.happened_at < end {
                let who = a.staff_id.and_then(|id| staff.iter().find(|s| s.id == id)).map(|s| s.name.clone());
                rows.push(row_of(a.happened_at, a.kind, a.subject, a.body, who));
            }
        }
    }
    Ok(rows)
}

fn row_of(at: Time, what: String, title: String, text: String, who: Option<String>) -> TimelineRow {
    TimelineRow {
        at,
        kind: TimelineKind::Activity,
        what,
        title,
        text,
        who: who.unwrap_or_default(),
        figure: None,
        learned_at: None,
        note: None,
    }
}

/// What some notes said before, the newest first.
async fn list_earlier(
    app: &App,
    ws: Id<Workspace>,
    notes: &[Id<Activity>],
) -> Result<HashMap<uuid::Uuid, Vec<String>>> {
    let mut found: HashMap<uuid::Uuid, Vec<String>> = HashMap::new();
    if notes.is_empty() {
        return Ok(found);
    }
    let statement = sql!(
        "SELECT object_id, fields FROM version WHERE workspace_id = $1 AND kind = 'activity' AND object_id IN ($2) ORDER BY replaced_at DESC"
    );
    let keys = notes.iter().map(ToValue::to_value).collect();
    let rows: Vec<(uuid::Uuid, String)> = app.db.list_in(statement, args![ws], keys).await?;
    for (note, fields) in rows {
        let texts = found.entry(note).or_default();
        if let Some(stored) = serde_json::from_str::<StoredActivity>(&fields).ok().filter(|_| texts.len() < EARLIER_MAX)
        {
            // A note that was removed and came back says twice the same.
            if texts.last() != Some(&stored.body) {
                texts.push(stored.body);
            }
        }
    }
    Ok(found)
}
