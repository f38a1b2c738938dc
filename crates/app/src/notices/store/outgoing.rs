//! Tables outgoing, outgoing_hold, opt_out: the ledger of letters to people of customers.

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Contact, Id, Outgoing, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::notices::OptOut;
use crate::reactions::CustomerLetter;
use crate::{App, Result};

/// Letters of one person that are decided at once.
const OF_PERSON_MAX: i64 = 500;
/// People who asked to be spared that are shown.
const OPT_OUTS_MAX: i64 = 1_000;
const MAIL: &str = "mail";

/// Takes a letter into the ledger; whether its key is new.
pub async fn insert(tx: &mut Tx, app: &App, ws: Id<Workspace>, letter: &CustomerLetter) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO outgoing (id, workspace_id, key, customer_id, contact_id, purpose, channel, subject, body, staff_id, state, why, person, ",
        "look_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', '', '', $11, $11) ",
        "ON CONFLICT (workspace_id, key) DO NOTHING"
    );
    let values = args![
        App::new_id::<Outgoing>(),
        ws,
        letter.key,
        letter.customer,
        letter.contact,
        letter.purpose.word(),
        MAIL,
        letter.subject,
        letter.body,
        letter.by,
        app.now()
    ];
    Ok(tx.run(statement, values).await? == 1)
}

/// People for whom letters are to be decided now.
pub async fn list_contacts_due(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<Id<Contact>>> {
    let statement = sql!(
        "SELECT DISTINCT contact_id FROM outgoing WHERE workspace_id = $1 AND state = 'waiting' AND look_at <= $2 ORDER BY contact_id LIMIT $3"
    );
    let found: Vec<(Id<Contact>,)> = app.db.list(statement, args![ws, app.now(), rows]).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Mail address of a person, in lower case, and whether they have left.
pub async fn find_person(app: &App, ws: Id<Workspace>, contact: Id<Contact>) -> Result<Option<(String, bool)>> {
    let statement = sql!("SELECT lower(email), left_on FROM contact WHERE workspace_id = $1 AND id = $2");
    let found: Option<(String, Option<i64>)> = app.db.find(statement, args![ws, contact]).await?;
    Ok(found.map(|(email, left)| (email.trim().to_owned(), left.is_some())))
}

row! {
    /// A letter that waits.
    pub struct WaitingLetter { pub id: Id<Outgoing>, pub purpose: String, pub why: String, pub created_at: Time }
}

/// Letters that wait for people with this address.
pub async fn list_waiting(app: &App, ws: Id<Workspace>, person: &str) -> Result<Vec<WaitingLetter>> {
    let statement = sql!(
        "SELECT o.id, o.purpose, o.why, o.created_at FROM outgoing o JOIN contact p ON p.id = o.contact_id ",
        "WHERE o.workspace_id = $1 AND o.state = 'waiting' AND p.workspace_id = $1 AND lower(p.email) = $2 ORDER BY o.created_at, o.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, person, OF_PERSON_MAX]).await?)
}

/// Letters that wait for one record of a person.
pub async fn list_waiting_of(app: &App, ws: Id<Workspace>, contact: Id<Contact>) -> Result<Vec<WaitingLetter>> {
    let statement = sql!(
        "SELECT id, purpose, why, created_at FROM outgoing WHERE workspace_id = $1 AND state = 'waiting' AND contact_id = $2 ",
        "ORDER BY created_at, id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, contact, OF_PERSON_MAX]).await?)
}

/// When letters went to somebody since an instant.
pub async fn list_went(app: &App, ws: Id<Workspace>, person: &str, since: Time) -> Result<Vec<Time>> {
    let statement = sql!(
        "SELECT went_at FROM outgoing WHERE workspace_id = $1 AND person = $2 AND went_at > $3 AND went_at <= $5 AND state <> 'failed' ",
        "ORDER BY went_at LIMIT $4"
    );
    let found: Vec<(Time,)> = app.db.list(statement, args![ws, person, since, OF_PERSON_MAX * 4, app.now()]).await?;
    Ok(found.into_iter().map(|(at,)| at).collect())
}

/// When people of ours wrote to somebody by themselves since an instant, as the CRM or a mailbox knows: it weighs on the person as a
/// letter of the product does; what is dated ahead weighs on its day. The product's own are in the ledger already.
pub async fn list_written(app: &App, ws: Id<Workspace>, person: &str, since: Time) -> Result<Vec<Time>> {
    let statement = sql!(
        "SELECT a.happened_at FROM contact p JOIN activity a ON a.workspace_id = p.workspace_id AND a.customer_id = p.customer_id ",
        "AND a.contact_external_id = p.external_id WHERE p.workspace_id = $1 AND lower(p.email) = $2 AND a.kind = 'mail' ",
        "AND a.direction = 'out' AND a.happened_at > $3 AND a.happened_at <= $5 AND a.external_id NOT LIKE 'kizashi-letter-%' ",
        "ORDER BY a.happened_at DESC LIMIT $4"
    );
    let found: Vec<(Time,)> = app.db.list(statement, args![ws, person, since, OF_PERSON_MAX * 4, app.now()]).await?;
    Ok(found.into_iter().map(|(at,)| at).collect())
}

row! {
    /// A letter whose writer has left, or handed its customer over since: who that is, and who has the customer now.
    pub struct Orphan {
        pub subject: String, pub body: String, pub writer_name: String, pub writer_email: String, pub owner: Option<Id<Staff>>,
    }
}

/// Whether a letter is of somebody who is not there any more for its customer; none where its writer writes on.
pub async fn find_orphan(app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<Option<Orphan>> {
    let statement = sql!(
        "SELECT o.subject, o.body, s.name, s.email, n.id FROM outgoing o JOIN staff s ON s.id = o.staff_id ",
        "JOIN contact p ON p.id = o.contact_id JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN staff n ON n.id = c.owner_id AND n.left_at IS NULL WHERE o.workspace_id = $1 AND o.id = $2 ",
        "AND (s.left_at IS NOT NULL OR (c.owner_id <> o.staff_id AND (c.former_owner_id = o.staff_id OR EXISTS (SELECT 1 FROM handover h ",
        "JOIN handover_item i ON i.handover_id = h.id WHERE h.workspace_id = $1 AND h.from_id = o.staff_id AND h.undone_at IS NULL ",
        "AND h.created_at >= o.created_at AND i.kind = 'customer' AND i.object_id = c.id))))"
    );
    Ok(app.db.find(statement, args![ws, id]).await?)
}

/// A letter that waits goes in somebody's name.
pub async fn keep_writer(tx: &mut Tx, ws: Id<Workspace>, id: Id<Outgoing>, writer: Id<Staff>) -> Result<()> {
    let statement =
        sql!("UPDATE outgoing SET staff_id = $3 WHERE workspace_id = $1 AND id = $2 AND state IN ('waiting', 'going')");
    tx.run(statement, args![ws, id, writer]).await?;
    Ok(())
}

/// Somebody has looked at the text of a letter that was held for it: it goes in this name, and says this. Whether it still waited.
pub async fn keep_text(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Outgoing>,
    (writer, subject, body): (Id<Staff>, &str, &str),
) -> Result<bool> {
    let statement = sql!(
        "UPDATE outgoing SET staff_id = $3, subject = $4, body = $5, why = '', look_at = $6 WHERE workspace_id = $1 AND id = $2 ",
        "AND state = 'waiting' AND why IN ('former-owner', 'no-sender')"
    );
    Ok(tx.run(statement, args![ws, id, writer, subject, body, app.now()]).await? == 1)
}

/// A letter that was about to go waits after all.
pub async fn keep_back(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Outgoing>,
    (why, until): (&str, Time),
) -> Result<()> {
    let statement = sql!(
        "UPDATE outgoing SET state = 'waiting', went_at = NULL, why = $3, look_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'going'"
    );
    tx.run(statement, args![ws, id, why, until]).await?;
    insert_hold(tx, app, ws, id, (why, Some(until))).await
}

/// Whom a letter went to.
pub async fn find_receiver(app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<Option<String>> {
    let statement = sql!("SELECT person FROM outgoing WHERE workspace_id = $1 AND id = $2 AND person <> ''");
    Ok(app.db.find::<(String,)>(statement, args![ws, id]).await?.map(|(person,)| person))
}

pub async fn keep_going(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<Outgoing>, person: &str) -> Result<bool> {
    let statement = sql!(
        "UPDATE outgoing SET state = 'going', why = '', person = $3, went_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'"
    );
    Ok(tx.run(statement, args![ws, id, person, app.now()]).await? == 1)
}

/// A letter waits: why, and when it is looked at again.
pub async fn keep_held(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    letter: &WaitingLetter,
    (why, until): (&str, Time),
) -> Result<()> {
    let statement =
        sql!("UPDATE outgoing SET why = $3, look_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    tx.run(statement, args![ws, letter.id, why, until]).await?;
    if letter.why != why {
        insert_hold(tx, app, ws, letter.id, (why, Some(until))).await?;
    }
    Ok(())
}

async fn insert_hold(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Outgoing>,
    (why, until): (&str, Option<Time>),
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO outgoing_hold (id, workspace_id, outgoing_id, why, until_at, at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    tx.run(statement, args![App::new_id::<Outgoing>(), ws, id, why, until, app.now()]).await?;
    Ok(())
}

/// A letter does not go at all, and why. Whether it still waited.
pub async fn keep_declined(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<Outgoing>, why: &str) -> Result<bool> {
    let statement = sql!(
        "UPDATE outgoing SET state = 'declined', why = $3, ended_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'"
    );
    if tx.run(statement, args![ws, id, why, app.now()]).await? == 0 {
        return Ok(false);
    }
    insert_hold(tx, app, ws, id, (why, None)).await?;
    Ok(true)
}

/// Letters with these keys that still wait do not go, and why.
pub async fn keep_declined_of(tx: &mut Tx, app: &App, ws: Id<Workspace>, keys: &[String], why: &str) -> Result<()> {
    let find = sql!("SELECT id FROM outgoing WHERE workspace_id = $1 AND state = 'waiting' AND key IN ($2)");
    let keys = keys.iter().map(ToValue::to_value).collect();
    for (id,) in tx.list_in::<(Id<Outgoing>,)>(find, args![ws], keys).await? {
        keep_declined(tx, app, ws, id, why).await?;
    }
    Ok(())
}

/// Letters with these keys that did not go for this reason wait again.
pub async fn keep_called_back(tx: &mut Tx, app: &App, ws: Id<Workspace>, keys: &[String], why: &str) -> Result<()> {
    let wait = sql!(
        "UPDATE outgoing SET state = 'waiting', why = '', look_at = $3, ended_at = NULL ",
        "WHERE workspace_id = $1 AND key = $2 AND state = 'declined' AND why = $4"
    );
    for key in keys {
        tx.run(wait, args![ws, key.as_str(), app.now(), why]).await?;
    }
    Ok(())
}

/// A letter that was withdrawn waits again.
pub async fn keep_restored(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<bool> {
    let statement = sql!(
        "UPDATE outgoing SET state = 'waiting', why = '', look_at = $3, ended_at = NULL WHERE workspace_id = $1 AND id = $2 AND state = 'declined' ",
        "AND why IN ('withdrawn', 'card-closed')"
    );
    Ok(tx.run(statement, args![ws, id, app.now()]).await? == 1)
}

/// How sending ended.
pub async fn keep_state(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Outgoing>,
    state: &str,
    why: &str,
) -> Result<()> {
    let ended = (state != "going").then(|| app.now());
    let statement = sql!("UPDATE outgoing SET state = $3, why = $4, ended_at = $5 WHERE workspace_id = $1 AND id = $2");
    tx.run(statement, args![ws, id, state, why, ended]).await?;
    Ok(())
}

row! {
    /// A letter as it is sent.
    pub struct Ready {
        pub id: Id<Outgoing>, pub purpose: String, pub subject: String, pub body: String, pub person: String, pub contact_name: String,
        pub contact_code: String, pub customer_code: String, pub staff_id: Option<Id<Staff>>, pub staff_name: Option<String>,
        pub staff_email: Option<String>, pub ended_at: Option<Time>,
    }
}

macro_rules! ready {
    ($($rest:expr),+) => {
        sql!(
            "SELECT o.id, o.purpose, o.subject, o.body, o.person, p.name, p.external_id, c.external_id, o.staff_id, s.name, s.email, o.ended_at ",
            "FROM outgoing o JOIN contact p ON p.id = o.contact_id JOIN customer c ON c.id = p.customer_id ",
            "LEFT JOIN staff s ON s.id = o.staff_id ",
            $($rest),+
        )
    };
}

pub async fn find_ready(app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<Option<Ready>> {
    Ok(app.db.find(ready!("WHERE o.workspace_id = $1 AND o.id = $2"), args![ws, id]).await?)
}

/// Letters that were sent and do not stand in the customer's history yet.
pub async fn list_unrecorded(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<Ready>> {
    let statement = ready!(
        "WHERE o.workspace_id = $1 AND o.state IN ('sent', 'unclear') AND o.recorded_at IS NULL ORDER BY o.id LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, rows]).await?)
}

pub async fn keep_recorded(app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<()> {
    let statement = sql!("UPDATE outgoing SET recorded_at = $3 WHERE workspace_id = $1 AND id = $2");
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, app.now()]).await?;
    Ok(tx.commit().await?)
}

pub async fn is_opted_out(app: &App, ws: Id<Workspace>, person: &str) -> Result<bool> {
    let statement = sql!("SELECT CAST(1 AS BIGINT) FROM opt_out WHERE workspace_id = $1 AND person = $2");
    Ok(app.db.find::<(i64,)>(statement, args![ws, person]).await?.is_some())
}

pub async fn insert_opt_out(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    person: &str,
    by: Option<Id<Staff>>,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO opt_out (workspace_id, person, at, by_staff) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, person) DO NOTHING"
    );
    tx.run(statement, args![ws, person, app.now(), by]).await?;
    Ok(())
}

pub async fn drop_opt_out(tx: &mut Tx, ws: Id<Workspace>, person: &str) -> Result<bool> {
    let statement = sql!("DELETE FROM opt_out WHERE workspace_id = $1 AND person = $2");
    Ok(tx.run(statement, args![ws, person]).await? == 1)
}

pub async fn list_opt_outs(app: &App, ws: Id<Workspace>) -> Result<Vec<OptOut>> {
    let statement = sql!(
        "SELECT u.person, u.at, s.name FROM opt_out u LEFT JOIN staff s ON s.id = u.by_staff WHERE u.workspace_id = $1 ORDER BY u.at DESC LIMIT $2"
    );
    let found: Vec<(String, Time, Option<String>)> = app.db.list(statement, args![ws, OPT_OUTS_MAX]).await?;
    Ok(found.into_iter().map(|(person, at, staff)| OptOut { person, at, staff }).collect())
}
