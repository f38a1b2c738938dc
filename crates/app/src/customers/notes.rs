//! Notes: written down by hand, changed and removed by whoever wrote them, and seen by those who are meant in them.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Activity, Customer, Id, Staff, Workspace};
use kizashi_domain::intake::{ActivityRow, Record};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::measure::Withdrawal;
use kizashi_domain::mention::{Person, find_meant, title_of_mention};
use kizashi_domain::time::Time;

use super::store;
use crate::access::{Grant, Viewer, list_staff};
use crate::intake::{self, OWN_SOURCE, Origin, Received, StoredActivity, keep_records, mark_dirty};
use crate::reactions::{StaffNotice, announce_notice};
use crate::{App, Error, Refused, Result};

/// Kinds of activity that a person may write down.
const ACTIVITY_KINDS: [&str; 5] = ["note", "call", "mail", "meeting", "visit"];
/// Characters of a note with which somebody is told of it.
const TOLD_CHARS_MAX: usize = 300;
/// Mentions that a page shows.
const MENTIONS_MAX: i64 = 20;

/// Who is meant in a note that was just kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meant {
    /// How many people.
    pub people: usize,
    /// What stands behind an `@` and means nobody, or more than one.
    pub unclear: Vec<String>,
}

fn check(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::Field { field: "text", reason: "required" }.into());
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "text", reason: "too-long" }.into());
    }
    Ok(text)
}

/// Writes down what was said or done with a customer, now and by the person of the grant. Those who are meant by `@` find it on
/// their morning page.
pub async fn note_activity(app: &App, grant: &Grant, customer: Id<Customer>, kind: &str, text: &str) -> Result<Meant> {
    if !ACTIVITY_KINDS.contains(&kind) {
        return Err(Refused::Field { field: "kind", reason: "not-one-of" }.into());
    }
    let text = check(text)?;
    let Some(external_id) = store::find_external_id(app, grant.workspace(), customer).await? else {
        return Err(Refused::NotFound.into());
    };
    let (now, id) = (app.now(), App::new_id::<Activity>());
    // First who is meant: of a note that is not there nobody hears.
    let meant = keep_mentions(app, grant, (customer, id), text).await?;
    let row = ActivityRow {
        external_id: id.to_string(),
        customer: external_id.clone(),
        kind: kind.to_owned(),
        direction: (kind == "note").then(|| "out".to_owned()),
        at: now,
        staff: crate::access::find_email(app, grant).await?,
        body: Some(text.to_owned()),
        ..ActivityRow::default()
    };
    let received = [Received { at: now, assumed: false, record: Record::Activity(row) }];
    let origin = Origin { source: OWN_SOURCE, run: None, author: grant.staff() };
    keep_records(app, grant.workspace(), origin, &received, false).await?;
    mark_dirty(app, grant.workspace(), vec![external_id]).await?;
    Ok(meant)
}

/// Keeps who is meant in a note and has them told. Who has seen it stays; who is no longer meant and has not seen it will not.
async fn keep_mentions(
    app: &App,
    grant: &Grant,
    (customer, note): (Id<Customer>, Id<Activity>),
    text: &str,
) -> Result<Meant> {
    let ws = grant.workspace();
    let staff = list_staff(app, ws).await?;
    let people: Vec<Person<'_>> = staff.iter().map(|s| Person { name: &s.name, email: &s.email }).collect();
    let found = find_meant(text, &people);
    // Nobody needs to be told of what they wrote themselves.
    let meant: Vec<Id<Staff>> = found
        .people
        .iter()
        .filter_map(|i| staff.get(*i))
        .map(|s| s.id)
        .filter(|id| Some(*id) != grant.staff())
        .collect();
    let mut tx = app.db.write().await?;
    let forget = sql!("DELETE FROM mention WHERE workspace_id = $1 AND activity_id = $2 AND seen_at IS NULL");
    tx.run(forget, args![ws, note]).await?;
    let insert = sql!(
        "INSERT INTO mention (workspace_id, activity_id, staff_id, created_at) VALUES ($1, $2, $3, $4) ",
        "ON CONFLICT (activity_id, staff_id) DO NOTHING"
    );
    tx.run_many(insert, meant.iter().map(|id| args![ws, note, *id, app.now()]).collect()).await?;
    let author = staff.iter().find(|s| Some(s.id) == grant.staff()).map_or("", |s| s.name.as_str());
    let short: String = text.chars().take(TOLD_CHARS_MAX).collect();
    for id in &meant {
        let notice = StaffNotice {
            key: format!("mention:{note}"),
            staff: *id,
            card: None,
            customer: Some(customer),
            title: title_of_mention(author),
            text: Text::new(&short, &short),
            page: format!("/customers/{customer}/history?kind=activity"),
            work: None,
        };
        announce_notice(&mut tx, app, ws, &notice).await?;
    }
    tx.commit().await?;
    Ok(Meant { people: meant.len(), unclear: found.unclear })
}

row! {
    struct Note { customer: Id<Customer>, code: String, external_id: String, source: String, author: Option<Id<Staff>> }
}

/// A note that the person of the grant wrote; others' notes, and what came in from elsewhere, are not theirs to change.
async fn find_own(app: &App, grant: &Grant, id: Id<Activity>) -> Result<Note> {
    let statement = sql!(
        "SELECT c.id, c.external_id, a.external_id, a.source, a.author_id FROM activity a JOIN customer c ON c.id = a.customer_id ",
        "WHERE a.workspace_id = $1 AND a.id = $2"
    );
    let found: Option<Note> = app.db.find(statement, args![grant.workspace(), id]).await?;
    let note = found.ok_or(Refused::NotFound)?;
    if note.source != OWN_SOURCE || note.author != grant.staff() {
        return Err(Refused::NotAllowed.into());
    }
    Ok(note)
}

/// Gives a note another text. What it said before stays to be seen. Returns its customer.
pub async fn change_note(app: &App, grant: &Grant, id: Id<Activity>, text: &str) -> Result<(Id<Customer>, Meant)> {
    let text = check(text)?;
    let note = find_own(app, grant, id).await?;
    intake::change_note(app, grant, id, text).await?;
    let meant = keep_mentions(app, grant, (note.customer, id), text).await?;
    Ok((note.customer, meant))
}

/// Removes a note; [`restore_note`] brings it back. Returns its customer.
pub async fn remove_note(app: &App, grant: &Grant, id: Id<Activity>) -> Result<Id<Customer>> {
    let note = find_own(app, grant, id).await?;
    // What follows from it must be in the history before it can be taken out.
    crate::reactions::deliver_outbox(app).await?;
    let mut tx = app.db.write().await?;
    intake::remove_note(&mut tx, app, grant, id).await?;
    // First the events: a step that is done again finds the note still there.
    let events: Vec<(String, String)> =
        intake::events_of_note(&note.external_id).into_iter().map(|event| (note.code.clone(), event)).collect();
    app.blocking(move |history| Ok(history.withdraw(OWN_SOURCE, Withdrawal::Events(&events))?)).await?;
    tx.commit().await?;
    mark_dirty(app, grant.workspace(), vec![note.code]).await?;
    Ok(note.customer)
}

row! {
    struct Removed { fields: String, author: Option<Id<Staff>>, source: String }
}

/// Brings a note back as it was before it was removed. Returns its customer.
pub async fn restore_note(app: &App, grant: &Grant, id: Id<Activity>) -> Result<Id<Customer>> {
    let ws = grant.workspace();
    let statement = sql!(
        "SELECT fields, author_id, source FROM version WHERE workspace_id = $1 AND kind = 'activity' AND object_id = $2 ",
        "ORDER BY replaced_at DESC LIMIT 1"
    );
    let found: Option<Removed> = app.db.find(statement, args![ws, id]).await?;
    let removed = found.ok_or(Refused::NotFound)?;
    if removed.source != OWN_SOURCE || removed.author != grant.staff() {
        return Err(Refused::NotAllowed.into());
    }
    let note: StoredActivity =
        serde_json::from_str(&removed.fields).map_err(|e| Error::failed("a note that was removed", e))?;
    let code = intake::find_code(app, ws, note.customer_id).await?.ok_or(Refused::NotFound)?;
    intake::restore_note(app, grant, &code, &note).await?;
    Ok(note.customer_id)
}

/// A note in which somebody is meant.
#[derive(Clone, Debug)]
pub struct MentionRow {
    /// The note.
    pub note: Id<Activity>,
    /// Its customer.
    pub customer: Id<Customer>,
    /// The customer's name.
    pub customer_name: String,
    /// Who wrote it.
    pub who: String,
    /// What it says.
    pub text: String,
    /// When it happened.
    pub at: Time,
}

row! {
    struct MentionFields { note: Id<Activity>, customer: Id<Customer>, customer_name: String, who: Option<String>, text: String, at: Time }
}

/// Notes in which a person is meant and that they have not seen, the oldest first.
pub async fn list_mentions(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Vec<MentionRow>> {
    let statement = sql!(
        "SELECT a.id, c.id, c.name, o.name, a.body, a.happened_at FROM mention m JOIN activity a ON a.id = m.activity_id ",
        "JOIN customer c ON c.id = a.customer_id LEFT JOIN staff o ON o.id = a.author_id ",
        "WHERE m.workspace_id = $1 AND m.staff_id = $2 AND m.seen_at IS NULL ORDER BY m.created_at LIMIT $3"
    );
    let rows: Vec<MentionFields> = app.db.list(statement, args![ws, staff, MENTIONS_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|m| MentionRow {
            note: m.note,
            customer: m.customer,
            customer_name: m.customer_name,
            who: m.who.unwrap_or_default(),
            text: m.text,
            at: m.at,
        })
        .collect())
}

/// The viewer has seen a note in which they are meant.
pub async fn note_seen(app: &App, viewer: &Viewer, note: Id<Activity>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE mention SET seen_at = $4 WHERE workspace_id = $1 AND activity_id = $2 AND staff_id = $3 AND seen_at IS NULL"
    );
    tx.run(statement, args![viewer.workspace, note, viewer.staff, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Gives notes in which one person is meant and that they have not seen to another: those of one customer, or all. Which.
pub(crate) async fn hand_mentions(
    tx: &mut kizashi_db::Tx,
    app: &App,
    ws: Id<Workspace>,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT m.activity_id FROM mention m JOIN activity a ON a.id = m.activity_id WHERE m.workspace_id = $1 AND m.staff_id = $2 ",
        "AND m.seen_at IS NULL AND ($3 = 1 OR a.customer_id = $4) ORDER BY m.activity_id LIMIT 1000000"
    );
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, of.0, i64::from(customer.is_none()), customer]).await?;
    let mut given = Vec::new();
    for (note,) in found {
        if hand_mention(tx, app, ws, note, of).await? {
            given.push(note);
        }
    }
    Ok(given)
}

/// Another person is meant instead of one; whether they were not before.
pub(crate) async fn hand_mention(
    tx: &mut kizashi_db::Tx,
    app: &App,
    ws: Id<Workspace>,
    note: uuid::Uuid,
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    let forget =
        sql!("DELETE FROM mention WHERE workspace_id = $1 AND activity_id = $2 AND staff_id = $3 AND seen_at IS NULL");
    if tx.run(forget, args![ws, note, from]).await? == 0 {
        return Ok(false);
    }
    let insert = sql!(
        "INSERT INTO mention (workspace_id, activity_id, staff_id, created_at) VALUES ($1, $2, $3, $4) ",
        "ON CONFLICT (activity_id, staff_id) DO NOTHING"
    );
    Ok(tx.run(insert, args![ws, note, to, app.now()]).await? > 0)
}
