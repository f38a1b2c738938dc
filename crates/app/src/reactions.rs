//! Everything that flows back against the order of the capabilities, in one list. A row of the outbox is written in the
//! transaction of its cause and done at least once; each reaction is idempotent.
//!
//! | topic | cause | reaction |
//! |---|---|---|
//! | `echo` | a record was kept (activity, ticket, answer, person left) | its event is appended to the usage history |
//!
//! What others are told ([`crate::subscriptions`]) has an outbox of its own, the table `delivery`, with one row for each who is told.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Id, Workspace};
use uuid::Uuid;

use crate::intake::{Echo, batch_of};
use crate::{App, Error, Result};

const ECHO: &str = "echo";
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
        }
    }
    Ok(count)
}
