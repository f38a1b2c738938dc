//! Everything that flows back against the order of the capabilities, in one list. A row of the outbox is written in the
//! transaction of its cause and done at least once; each reaction is idempotent.
//!
//! | topic | cause | reaction |
//! |---|---|---|
//! | `echo` | a record was kept (activity, ticket, answer, person left) | its event is appended to the usage history |
//! | `notice` | a member of staff must be told of something at once | `notices` tells them, once for each key |
//! | `field` | a step of a play writes a field of a customer | it is kept as if whoever confirmed it had written it |
//! | `letter` | a letter of ours is to go to a person of a customer | `notices` sends it or says why it was held back, once for each key |
//! | `recall` | what a letter was written for is over, or is not over after all | `notices` lets letters that still wait not go, or go |
//!
//! What others are told ([`crate::subscriptions`]) has an outbox of its own, the table `delivery`, with one row for each who is told.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Card, Contact, Customer, Id, Staff, Workspace};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::lang::Text;
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use kizashi_domain::plays::Purpose;

use crate::intake::{Echo, OWN_SOURCE, Origin, Received, batch_of, keep_records, mark_dirty};
use crate::{App, Error, Result, notices};

const ECHO: &str = "echo";
const NOTICE: &str = "notice";
const LETTER: &str = "letter";
const FIELD: &str = "field";
const RECALL: &str = "recall";
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
    /// What is to be done, until when and by whom; `None` = what its card says, if it has one.
    #[serde(default)]
    pub work: Option<Work>,
}

/// 何を・いつまでに・誰が.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// What.
    pub what: Text,
    /// Until when.
    pub due: Day,
    /// Who; `None` = nobody yet.
    pub owner: Option<Id<Staff>>,
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

/// Letters that were announced and are not to go, or are to go after all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LetterRecall {
    /// Their keys.
    pub keys: Vec<String>,
    /// Whether they go.
    pub go: bool,
}

/// A field of a customer that is to say something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FieldChange {
    /// Code of the customer.
    pub code: String,
    /// `stage`, `segment` or `region`.
    pub field: String,
    /// What it is to say.
    pub value: String,
    /// Who confirmed it; `None` = the product itself.
    pub by: Option<Id<Staff>>,
}

/// Announces that a field is to be written.
pub(crate) async fn announce_field(tx: &mut Tx, app: &App, ws: Id<Workspace>, change: &FieldChange) -> Result<()> {
    announce(tx, app, ws, FIELD, change).await
}

/// Writes an announced field; the same again changes nothing.
async fn deliver_field(app: &App, outbox: Uuid, ws: Id<Workspace>, change: FieldChange) -> Result<()> {
    let mut row = CustomerRow { external_id: change.code.clone(), ..CustomerRow::default() };
    let value = Some(change.value);
    match change.field.as_str() {
        "stage" => row.stage = value,
        "segment" => row.segment = value,
        "region" => row.region = value,
        _ => {}
    }
    let received = Received { at: app.now(), assumed: false, record: Record::Customer(row) };
    let origin = Origin { source: OWN_SOURCE, run: None, author: change.by };
    keep_records(app, ws, origin, &[received], false).await?;
    mark_dirty(app, ws, vec![change.code]).await?;
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM outbox WHERE id = $1"), args![outbox]).await?;
    Ok(tx.commit().await?)
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
pub(crate) async fn announce_notice(tx: &mut Tx, app: &App, ws: Id<Workspace>, notice: &StaffNotice) -> Result<()> {
    announce(tx, app, ws, NOTICE, notice).await
}

/// Announces a letter to a person of a customer.
pub(crate) async fn announce_letter(tx: &mut Tx, app: &App, ws: Id<Workspace>, letter: &CustomerLetter) -> Result<()> {
    announce(tx, app, ws, LETTER, letter).await
}

/// Announces that letters are not to go, or are to go after all: after their own announcement, which may still be on its way.
pub(crate) async fn announce_recall(tx: &mut Tx, app: &App, ws: Id<Workspace>, recall: &LetterRecall) -> Result<()> {
    if recall.keys.is_empty() {
        return Ok(());
    }
    announce(tx, app, ws, RECALL, recall).await
}

/// Appends announced events to the history and takes them off the outbox.
pub(crate) async fn deliver_echoes(app: &App, outbox: Uuid, source: &str, echoes: Vec<Echo>) -> Result<()> {
    let source = source.to_owned();
    app.blocking(move |history| Ok(history.append(&source, &batch_of(&echoes))?)).await?;
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM outbox WHERE id = $1"), args![outbox]).await?;
    Ok(tx.commit().await?)
}

/// A row of the outbox: id, workspace, topic, payload.
type Announced = (Uuid, Id<Workspace>, String, String);

fn is_word(row: &Announced) -> bool {
    [NOTICE, LETTER, RECALL].contains(&row.2.as_str())
}

fn read<T: for<'a> Deserialize<'a>>(payload: &str) -> Result<T> {
    serde_json::from_str(payload).map_err(|e| Error::failed("outbox", e))
}

/// Hands announcements over and takes them off the outbox, in one transaction: each is there once.
async fn deliver_words(app: &App, words: &[Announced]) -> Result<()> {
    let mut tx = app.db.write().await?;
    for (id, ws, topic, payload) in words {
        if tx.run(sql!("DELETE FROM outbox WHERE id = $1"), args![id]).await? == 0 {
            continue;
        }
        match topic.as_str() {
            NOTICE => notices::keep_notice(&mut tx, app, *ws, &read::<StaffNotice>(payload)?).await?,
            RECALL => notices::keep_recall(&mut tx, app, *ws, &read::<LetterRecall>(payload)?).await?,
            _ => notices::keep_letter(&mut tx, app, *ws, &read::<CustomerLetter>(payload)?).await?,
        }
    }
    Ok(tx.commit().await?)
}

/// Delivers what a killed process left behind; how many rows. In the order in which they were announced.
pub async fn deliver_outbox(app: &App) -> Result<usize> {
    let statement = sql!("SELECT id, workspace_id, topic, payload FROM outbox ORDER BY id LIMIT $1");
    let rows: Vec<Announced> = app.db.list(statement, args![ROWS_MAX]).await?;
    for lot in rows.chunk_by(|a, b| is_word(a) && is_word(b)) {
        match lot {
            [(id, _, topic, payload)] if topic == ECHO => {
                let (source, echoes): (String, Vec<Echo>) =
                    serde_json::from_str(payload).map_err(|e| Error::failed("outbox", e))?;
                deliver_echoes(app, *id, &source, echoes).await?;
            }
            [(id, _, topic, payload)] if topic == FIELD => {
                let change = serde_json::from_str(payload).map_err(|e| Error::failed("outbox", e))?;
                if let Some(ws) = app.workspace().await? {
                    deliver_field(app, *id, ws, change).await?;
                }
            }
            [first, ..] if is_word(first) => deliver_words(app, lot).await?,
            _ => {}
        }
    }
    Ok(rows.len())
}
