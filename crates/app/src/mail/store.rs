//! Tables letter and mail_domain, and what is looked up about the people in letters.

use std::collections::{BTreeSet, HashMap};

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Id, Import, Letter as LetterId, Workspace};
use kizashi_domain::intake::mail::{House, MailboxAddress};
use kizashi_domain::limits::{MAIL_WAITING_DAYS, MAIL_WAITING_MAX};
use kizashi_domain::time::{DAY_US, Time};

use crate::{App, Result};

pub(super) const KEPT: &str = "kept";
pub(super) const WAITING: &str = "waiting";
const ASIDE: &str = "aside";
/// Members of staff, and mailboxes, whose addresses are ours.
const OWN_MAX: i64 = 2_000;

/// A letter to write down.
#[derive(Debug)]
pub(super) struct NewLetter {
    pub message_id: String,
    pub state: &'static str,
    /// Codes of its customers.
    pub customers: Vec<String>,
    pub why: &'static str,
    /// All of it, as long as it waits.
    pub content: String,
    pub happened_at: Time,
    pub recorded_at: Time,
    pub assumed: bool,
}

row! {
    /// A letter that waits.
    pub(super) struct Stored {
        pub id: Id<LetterId>, pub source: String, pub run: Option<Id<Import>>, pub why: String, pub content: String, pub happened_at: Time,
        pub recorded_at: Time, pub assumed: i64,
    }
}

macro_rules! waiting_columns {
    () => {
        "SELECT id, source, run_id, why, content, happened_at, recorded_at, assumed FROM letter "
    };
}

/// Customers of a letter as the table has them.
pub(super) fn codes_of(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

fn text_of(codes: &[String]) -> String {
    if codes.is_empty() { String::new() } else { serde_json::to_string(codes).unwrap_or_default() }
}

/// Our own addresses and domains.
pub(super) async fn open_house(app: &App, ws: Id<Workspace>) -> Result<House> {
    let mut house = House::default();
    let staff = sql!("SELECT email FROM staff WHERE workspace_id = $1 ORDER BY id LIMIT $2");
    let rows: Vec<(String,)> = app.db.list(staff, args![ws, OWN_MAX]).await?;
    rows.iter().for_each(|(email,)| house.add_address(email));
    let boxes = sql!("SELECT config FROM connection WHERE workspace_id = $1 AND kind = 'mailbox' ORDER BY id LIMIT $2");
    let rows: Vec<(String,)> = app.db.list(boxes, args![ws, OWN_MAX]).await?;
    let users = rows.iter().filter_map(|(config,)| serde_json::from_str::<MailboxAddress>(config).ok());
    users.filter(|a| a.user.contains('@')).for_each(|a| house.add_address(&a.user));
    house.domains.extend(list_domains(app, ws).await?);
    Ok(house)
}

pub(super) async fn list_domains(app: &App, ws: Id<Workspace>) -> Result<Vec<String>> {
    let statement = sql!("SELECT domain FROM mail_domain WHERE workspace_id = $1 ORDER BY domain LIMIT 1000");
    Ok(app.db.list::<(String,)>(statement, args![ws]).await?.into_iter().map(|(d,)| d).collect())
}

pub(super) async fn keep_domains(tx: &mut Tx, ws: Id<Workspace>, domains: &[String]) -> Result<()> {
    tx.run(sql!("DELETE FROM mail_domain WHERE workspace_id = $1"), args![ws]).await?;
    for domain in domains {
        tx.run(sql!("INSERT INTO mail_domain (workspace_id, domain) VALUES ($1, $2)"), args![ws, domain]).await?;
    }
    Ok(())
}

/// People by their addresses: address, customer, person.
pub(super) async fn list_people(
    app: &App,
    ws: Id<Workspace>,
    addresses: &BTreeSet<&str>,
) -> Result<Vec<(String, String, String)>> {
    let statement = sql!(
        "SELECT lower(p.email), c.external_id, p.external_id FROM contact p JOIN customer c ON c.id = p.customer_id ",
        "WHERE p.workspace_id = $1 AND lower(p.email) IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], addresses.iter().map(ToValue::to_value).collect()).await?)
}

/// Customers by their mail domains: domain, customer.
pub(super) async fn list_customers(
    app: &App,
    ws: Id<Workspace>,
    domains: &BTreeSet<&str>,
) -> Result<Vec<(String, String)>> {
    let statement =
        sql!("SELECT lower(domain), external_id FROM customer WHERE workspace_id = $1 AND lower(domain) IN ($2)");
    Ok(app.db.list_in(statement, args![ws], domains.iter().map(ToValue::to_value).collect()).await?)
}

/// Letters that are there: id, customers.
pub(super) async fn list_letters(
    app: &App,
    ws: Id<Workspace>,
    ids: &BTreeSet<&str>,
) -> Result<Vec<(String, Vec<String>)>> {
    let statement = sql!("SELECT message_id, customers FROM letter WHERE workspace_id = $1 AND message_id IN ($2)");
    let rows: Vec<(String, String)> =
        app.db.list_in(statement, args![ws], ids.iter().map(ToValue::to_value).collect()).await?;
    Ok(rows.into_iter().map(|(id, codes)| (id, codes_of(&codes))).collect())
}

pub(super) async fn insert_letters(
    app: &App,
    ws: Id<Workspace>,
    (source, run): (&str, Option<Id<Import>>),
    letters: &[NewLetter],
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO letter (id, workspace_id, message_id, source, run_id, state, customers, why, content, happened_at, recorded_at, assumed) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (workspace_id, message_id) DO NOTHING"
    );
    let mut tx = app.db.write().await?;
    for l in letters {
        let values = args![
            App::new_id::<LetterId>(),
            ws,
            l.message_id,
            source,
            run,
            l.state,
            text_of(&l.customers),
            l.why,
            l.content,
            l.happened_at,
            l.recorded_at,
            i64::from(l.assumed)
        ];
        tx.run(statement, values).await?;
    }
    Ok(tx.commit().await?)
}

/// Letters that wait, the newest first, those before an instant and id.
pub(super) async fn list_waiting(
    app: &App,
    ws: Id<Workspace>,
    before: (Time, Id<LetterId>),
    rows: i64,
) -> Result<Vec<Stored>> {
    let statement = sql!(
        waiting_columns!(),
        "WHERE workspace_id = $1 AND state = 'waiting' AND (happened_at < $2 OR (happened_at = $2 AND id < $3)) ",
        "ORDER BY happened_at DESC, id DESC LIMIT $4"
    );
    Ok(app.db.list(statement, args![ws, before.0, before.1, rows]).await?)
}

pub(super) async fn find_waiting(app: &App, ws: Id<Workspace>, id: Id<LetterId>) -> Result<Option<Stored>> {
    let statement = sql!(waiting_columns!(), "WHERE workspace_id = $1 AND state = 'waiting' AND id = $2");
    Ok(app.db.find(statement, args![ws, id]).await?)
}

pub(super) async fn count_waiting(app: &App, ws: Id<Workspace>) -> Result<i64> {
    let statement = sql!("SELECT count(*) FROM letter WHERE workspace_id = $1 AND state = 'waiting'");
    Ok(app.db.find::<(i64,)>(statement, args![ws]).await?.map_or(0, |(n,)| n))
}

/// A letter that waited is whose it is.
pub(super) async fn keep_customers(app: &App, ws: Id<Workspace>, id: Id<LetterId>, customers: &[String]) -> Result<()> {
    let statement = sql!(
        "UPDATE letter SET state = $3, customers = $4, why = '', content = '' WHERE workspace_id = $1 AND id = $2"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, KEPT, text_of(customers)]).await?;
    Ok(tx.commit().await?)
}

/// A letter is nobody's; what it says is forgotten. Whether it waited.
pub(super) async fn put_aside(tx: &mut Tx, ws: Id<Workspace>, id: Id<LetterId>) -> Result<bool> {
    let statement =
        sql!("UPDATE letter SET state = $3, content = '' WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    Ok(tx.run(statement, args![ws, id, ASIDE]).await? > 0)
}

/// Forgets what letters say that have waited too long, and the oldest of too many; how many.
pub(super) async fn purge_waiting(app: &App, ws: Id<Workspace>) -> Result<u64> {
    let old = sql!(
        "UPDATE letter SET state = $3, content = '' WHERE workspace_id = $1 AND state = 'waiting' AND recorded_at < $2"
    );
    let beyond = sql!(
        "UPDATE letter SET state = $3, content = '' WHERE workspace_id = $1 AND state = 'waiting' AND id NOT IN ",
        "(SELECT id FROM letter WHERE workspace_id = $1 AND state = 'waiting' ORDER BY happened_at DESC, id DESC LIMIT $2)"
    );
    let before = app.now().plus_us(-MAIL_WAITING_DAYS * DAY_US);
    let mut tx = app.db.write().await?;
    let mut gone = tx.run(old, args![ws, before, ASIDE]).await?;
    gone += tx.run(beyond, args![ws, MAIL_WAITING_MAX, ASIDE]).await?;
    tx.commit().await?;
    Ok(gone)
}

pub(super) async fn drop_run(tx: &mut Tx, ws: Id<Workspace>, run: Id<Import>) -> Result<u64> {
    Ok(tx.run(sql!("DELETE FROM letter WHERE workspace_id = $1 AND run_id = $2"), args![ws, run]).await?)
}

/// Names of customers by their codes.
pub(super) async fn list_names(
    app: &App,
    ws: Id<Workspace>,
    codes: &BTreeSet<&str>,
) -> Result<HashMap<String, String>> {
    let statement = sql!("SELECT external_id, name FROM customer WHERE workspace_id = $1 AND external_id IN ($2)");
    let rows: Vec<(String, String)> =
        app.db.list_in(statement, args![ws], codes.iter().map(ToValue::to_value).collect()).await?;
    Ok(rows.into_iter().collect())
}

/// Name, and mail domain when it has one.
pub(super) async fn find_customer(app: &App, ws: Id<Workspace>, code: &str) -> Result<Option<(String, String)>> {
    let statement = sql!("SELECT name, domain FROM customer WHERE workspace_id = $1 AND external_id = $2");
    Ok(app.db.find(statement, args![ws, code]).await?)
}
