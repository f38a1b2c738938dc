//! Activities and answers: things that happened at an instant.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::id::{Activity, Customer, Id, Import, Response, Staff};
use kizashi_domain::intake::{ActivityRow, BY_HAND, ResponseRow};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::End;
use super::customers::find_or_insert_customer;
use super::merges::note_home;
use super::names::{find_contact, find_owner};
use super::taken_back::{ROWS_MAX, TakenBack};
use super::texts::{fold_parts, index_text};
use super::versions::{Versioned, keep_version};
use crate::intake::keep::Keeping;
use crate::{App, Result};

fn text(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}

row! {
    /// A visit, call, mail, meeting or note as the table has it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) struct StoredActivity {
        pub id: Id<Activity>, pub customer_id: Id<Customer>, pub external_id: String, pub contact_external_id: String, pub kind: String,
        pub direction: String, pub staff_id: Option<Id<Staff>>, pub subject: String, pub body: String, pub happened_at: Time,
    }
}

const FIND_ACTIVITY: &Statement = sql!(
    "SELECT id, customer_id, external_id, contact_external_id, kind, direction, staff_id, subject, body, happened_at FROM activity ",
    "WHERE workspace_id = $1 AND id = $2"
);

pub(in crate::intake) async fn keep_activity(tx: &mut Tx, k: &mut Keeping<'_>, row: &ActivityRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let staff = match &row.staff {
        Some(email) => find_owner(tx, k.workspace, email).await?,
        None => None,
    };
    // What people write in the pages has its id before it is kept, so that others can refer to it.
    let own = row.external_id.parse().ok().filter(|_| k.source == BY_HAND);
    let direction = row.direction.as_deref().unwrap_or(if row.kind == "mail" { "out" } else { "both" });
    let activity = StoredActivity {
        id: own.unwrap_or_else(App::new_id),
        customer_id: customer,
        external_id: row.external_id.clone(),
        contact_external_id: find_contact(tx, k.workspace, customer, text(row.contact.as_ref())).await?,
        kind: row.kind.clone(),
        direction: direction.to_owned(),
        staff_id: staff,
        subject: text(row.subject.as_ref()).to_owned(),
        body: text(row.body.as_ref()).to_owned(),
        happened_at: row.at,
    };
    if !insert_activity(tx, k, &activity, None).await? {
        return Ok(End::Same);
    }
    index_activity(tx, k, &activity, true).await?;
    echo_activity(k, &row.customer, &activity);
    note_home(tx, k, &row.customer, "activity", activity.id).await?;
    Ok(End::Added)
}

/// Whether it was new. `again_at` = when it was taken back after it had been removed.
async fn insert_activity(tx: &mut Tx, k: &Keeping<'_>, a: &StoredActivity, again_at: Option<Time>) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO activity (id, workspace_id, customer_id, source, external_id, contact_external_id, kind, direction, staff_id, ",
        "subject, body, happened_at, recorded_at, assumed, run_id, author_id, edited_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ",
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING"
    );
    let values = args![
        a.id,
        k.workspace,
        a.customer_id,
        k.source,
        a.external_id,
        a.contact_external_id,
        a.kind,
        a.direction,
        a.staff_id,
        a.subject,
        a.body,
        a.happened_at,
        k.received_at,
        i64::from(k.assumed),
        k.run,
        k.author,
        again_at
    ];
    Ok(tx.run(statement, values).await? > 0)
}

async fn index_activity(tx: &mut Tx, k: &Keeping<'_>, a: &StoredActivity, is_new: bool) -> Result<()> {
    let folded = fold_parts(&[&a.subject, &a.body]);
    index_text(tx, k.workspace, Searchable::Activity, (a.id, is_new), a.happened_at, &folded).await
}

/// What follows from an activity in the history of its customer: that it was, and that it went both ways.
fn echo_activity(k: &mut Keeping<'_>, customer: &str, a: &StoredActivity) {
    let (id, person) = (&a.external_id, a.contact_external_id.as_str());
    k.echo(format!("activity:{id}"), customer, person, format!("activity.{}", a.kind), a.happened_at, None);
    if a.kind != "note" && a.direction != "out" {
        let name = "activity.two_way".to_owned();
        k.echo(format!("two_way:{id}"), customer, person, name, a.happened_at, None);
    }
}

/// Ids of the events that follow from an activity.
pub(in crate::intake) fn events_of_activity(external_id: &str) -> [String; 2] {
    [format!("activity:{external_id}"), format!("two_way:{external_id}")]
}

/// Gives an activity another text; the one before stays as a version.
pub(in crate::intake) async fn change_activity(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: Id<Activity>,
    body: &str,
) -> Result<bool> {
    let Some(now): Option<StoredActivity> = tx.find(FIND_ACTIVITY, args![k.workspace, id]).await? else {
        return Ok(false);
    };
    keep_version(tx, k, Versioned::Activity, id, &now).await?;
    let statement = sql!(
        "UPDATE activity SET body = $3, recorded_at = $4, edited_at = $4, assumed = 0, author_id = $5 WHERE workspace_id = $1 AND id = $2"
    );
    tx.run(statement, args![k.workspace, id, body, k.received_at, k.author]).await?;
    index_activity(tx, k, &StoredActivity { body: body.to_owned(), ..now }, false).await?;
    Ok(true)
}

/// Removes an activity; it stays as a version, from which it can come back.
pub(in crate::intake) async fn remove_activity(tx: &mut Tx, k: &Keeping<'_>, id: Id<Activity>) -> Result<bool> {
    let Some(now): Option<StoredActivity> = tx.find(FIND_ACTIVITY, args![k.workspace, id]).await? else {
        return Ok(false);
    };
    keep_version(tx, k, Versioned::Activity, id, &now).await?;
    tx.run(sql!("DELETE FROM activity WHERE workspace_id = $1 AND id = $2"), args![k.workspace, id]).await?;
    index_text(tx, k.workspace, Searchable::Activity, (id, false), now.happened_at, "").await?;
    Ok(true)
}

/// Brings an activity back as it was before it was removed.
pub(in crate::intake) async fn restore_activity(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    customer: &str,
    activity: &StoredActivity,
) -> Result<bool> {
    if !insert_activity(tx, k, activity, Some(k.received_at)).await? {
        return Ok(false);
    }
    index_activity(tx, k, activity, false).await?;
    echo_activity(k, customer, activity);
    Ok(true)
}

pub(in crate::intake) async fn keep_response(tx: &mut Tx, k: &mut Keeping<'_>, row: &ResponseRow) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let statement = sql!(
        "INSERT INTO response (id, workspace_id, customer_id, source, external_id, contact_external_id, survey, score, comment, ",
        "answered_at, recorded_at, assumed, run_id, author_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ",
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING"
    );
    let person = find_contact(tx, k.workspace, customer, text(row.contact.as_ref())).await?;
    let id: Id<Response> = App::new_id();
    let values = args![
        id,
        k.workspace,
        customer,
        k.source,
        row.external_id,
        person,
        row.survey,
        row.score,
        text(row.comment.as_ref()),
        row.at,
        k.received_at,
        i64::from(k.assumed),
        k.run,
        k.author
    ];
    if tx.run(statement, values).await? == 0 {
        return Ok(End::Same);
    }
    note_home(tx, k, &row.customer, "response", id).await?;
    k.echo(
        format!("response:{}", row.external_id),
        &row.customer,
        &person,
        format!("response.{}", row.survey),
        row.at,
        row.score,
    );
    Ok(End::Added)
}

type Happened = (Uuid, String, String);

/// Takes back some of what an import wrote: what it added goes.
pub(super) async fn take_back_happenings(tx: &mut Tx, k: &Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let mut taken = Vec::new();
    let kinds: [(&Statement, &Statement, &[&str]); 2] = [
        (
            sql!(
                "SELECT a.id, c.external_id, a.external_id FROM activity a JOIN customer c ON c.id = a.customer_id ",
                "WHERE a.workspace_id = $1 AND a.run_id = $2 ORDER BY a.id LIMIT $3"
            ),
            sql!("DELETE FROM activity WHERE workspace_id = $1 AND id = $2"),
            &["activity", "two_way"],
        ),
        (
            sql!(
                "SELECT a.id, c.external_id, a.external_id FROM response a JOIN customer c ON c.id = a.customer_id ",
                "WHERE a.workspace_id = $1 AND a.run_id = $2 ORDER BY a.id LIMIT $3"
            ),
            sql!("DELETE FROM response WHERE workspace_id = $1 AND id = $2"),
            &["response"],
        ),
    ];
    for (find, drop, events) in kinds {
        let rows: Vec<Happened> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
        for (id, customer, external_id) in rows {
            tx.run(drop, args![k.workspace, id]).await?;
            let events = events.iter().map(|event| format!("{event}:{external_id}")).collect();
            taken.push(TakenBack { customer, is_restored: false, events });
        }
    }
    Ok(taken)
}
