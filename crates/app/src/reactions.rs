//! Everything that flows back against the order of the capabilities, in one list. A row of the outbox is written in the
//! transaction of its cause and done at least once; each reaction is idempotent.
//!
//! | topic | cause | reaction |
//! |---|---|---|
//! | `echo` | a record was kept (activity, ticket, answer, person left) | its event is appended to the usage history |
//! | `notice` | a member of staff must be told of something at once | `notices` tells them, once for each key |
//! | `letter` | a letter of ours is to go to a person of a customer | `notices` sends it or says why it was held back, once for each key |
//!
//! What others are told ([`crate::subscriptions`]) has an outbox of its own, the table `delivery`, with one row for each who is told.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Card, Contact, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use kizashi_domain::plays::Purpose;

use crate::intake::{Echo, batch_of};
use crate::{App, Error, Result};

const ECHO: &str = "echo";
const NOTICE: &str = "notice";
const LETTER: &str = "letter";
const ROWS_MAX: i64 = 100;

/// Announces the events that follow from records.
pub(crate) async fn announce_echoes(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    source: &str,
    echoes: &[Echo],
) -> Result<Option<Uuid>> {
    if echoes.is_empty() {
        return Ok(None);
    }
    let id = App::new_id::<Echo>().uuid();
    let payload = serde_json::to_string(&(source, echoes)).map_err(|e| Error::failed("outbox", e))?;
    let statement =
        sql!("INSERT INTO outbox (id, workspace_id, topic, payload, created_at) VALUES ($1, $2, $3, $4, $5)");
    tx.run(statement, args![id, ws, ECHO, payload, app.now()]).await?;
    Ok(Some(id))
}

/// Something that a member of staff is told at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StaffNotice {
    /// What tells it from others, such as `card:{id}:escalated`: each key is told once.
    pub key: String,
    /// Who is told.
    pub staff: Id<Staff>,
    /// The card that it is about; it can be answered from the notice.
    pub card: Option<Id<Card>>,
    /// Customer.
    pub customer: Option<Id<Customer>>,
    /// One line that says what it is.
    pub title: Text,
    /// Why, and what to do; may be empty.
    pub text: Text,
    /// The page that it leads to, such as `/cards/…`.
    pub page: String,
}

/// A letter of ours to a person of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CustomerLetter {
    /// What tells it from others, such as `task:{id}`: each key is sent once.
    pub key: String,
    /// Customer.
    pub customer: Id<Customer>,
    /// Whom.
    pub contact: Id<Contact>,
    /// Why.
    pub purpose: Purpose,
    /// Subject line.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Who sends it; `None` = the product itself.
    pub by: Option<Id<Staff>>,
}

async fn announce(tx: &mut Tx, app: &App, ws: Id<Workspace>, topic: &str, payload: &impl Serialize) -> Result<()> {
    let id = App::new_id::<Echo>().uuid();
    let payload = serde_json::to_string(payload).map_err(|e| Error::failed("outbox", e))?;
    let statement =
        sql!("INSERT INTO outbox (id, workspace_id, topic, payload, created_at) VALUES ($1, $2, $3, $4, $5)");
    tx.run(statement, args![id, ws, topic, payload, app.now()]).await?;
    Ok(())
}

/// Announces that somebody is to be told.
#[allow(dead_code)]
pub(crate) async fn announce_notice(tx: &mut Tx, app: &App, ws: Id<Workspace>, notice: &StaffNotice) -> Result<()> {
    announce(tx, app, ws, NOTICE, notice).await
}

/// Announces a letter to a person of a customer.
#[allow(dead_code)]
pub(crate) async fn announce_letter(tx: &mut Tx, app: &App, ws: Id<Workspace>, letter: &CustomerLetter) -> Result<()> {
    announce(tx, app, ws, LETTER, letter).await
}

/// Appends announced events to the history and takes them off the outbox.
pub(crate) async fn deliver_echoes(app: &App, outbox: Uuid, source: &str, echoes: Vec<Echo>) -> Result<()> {
    let source = source.to_owned();
    app.blocking(move |history| Ok(history.append(&source, &batch_of(&echoes))?)).await?;
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM outbox WHERE id = $1"), args![outbox]).await?;
    Ok(tx.commit().await?)
}

/// Delivers what a killed process left behind; how many rows.
pub async fn deliver_outbox(app: &App) -> Result<usize> {
    let statement = sql!("SELECT id, topic, payload FROM outbox ORDER BY id LIMIT $1");
    let rows: Vec<(Uuid, String, String)> = app.db.list(statement, args![ROWS_MAX]).await?;
    let count = rows.len();
    for (id, topic, payload) in rows {
        if topic == ECHO {
            let (source, echoes): (String, Vec<Echo>) =
                serde_json::from_str(&payload).map_err(|e| Error::failed("outbox", e))?;
            deliver_echoes(app, id, &source, echoes).await?;
        } else if topic == NOTICE || topic == LETTER {
            let mut tx = app.db.write().await?;
            tx.run(sql!("DELETE FROM outbox WHERE id = $1"), args![id]).await?;
            tx.commit().await?;
        }
    }
    Ok(count)
}
