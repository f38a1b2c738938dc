//! Tables hook, hook_message.

use kizashi_db::{DbError, Tx, args, row, sql};
use kizashi_domain::id::{Hook as HookId, HookMessage, Id, Workspace};
use kizashi_domain::intake::{HookItem, HookKind, Refusal};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::Time;

use super::{HOOKS_MAX, Hook, MessageView, NewHook, Tally};
use crate::access::Grant;
use crate::{App, Error, Refused, Result};

/// Messages shown of a hook.
const SHOWN_MAX: i64 = 100;

row! {
    struct HookRow {
        id: Id<HookId>, workspace_id: Id<Workspace>, name: String, kind: String, map: String, origins: String, category: String,
        language: String, created_at: Time, off_at: Option<Time>, turning_until: Option<Time>, unproven: i64, unproven_why: String,
        unproven_at: Option<Time>,
    }
}

impl From<HookRow> for Hook {
    fn from(r: HookRow) -> Self {
        Self {
            id: r.id,
            workspace: r.workspace_id,
            name: r.name,
            kind: HookKind::parse(&r.kind).unwrap_or(HookKind::Standard),
            map: r.map,
            origins: r.origins.lines().map(str::to_owned).collect(),
            category: r.category,
            language: if r.language == "en" { Lang::En } else { Lang::Ja },
            created_at: r.created_at,
            off_at: r.off_at,
            turning_until: r.turning_until,
            unproven: (r.unproven, r.unproven_why, r.unproven_at),
        }
    }
}

pub(super) async fn list_hooks(app: &App, ws: Id<Workspace>) -> Result<Vec<Hook>> {
    let statement = sql!(
        "SELECT id, workspace_id, name, kind, map, origins, category, language, created_at, off_at, turning_until, unproven, unproven_why, ",
        "unproven_at FROM hook WHERE workspace_id = $1 ORDER BY created_at DESC, id LIMIT $2"
    );
    let rows: Vec<HookRow> = app.db.list(statement, args![ws, HOOKS_MAX]).await?;
    Ok(rows.into_iter().map(Hook::from).collect())
}

pub(super) async fn find_hook(app: &App, id: Id<HookId>) -> Result<Option<Hook>> {
    let statement = sql!(
        "SELECT id, workspace_id, name, kind, map, origins, category, language, created_at, off_at, turning_until, unproven, unproven_why, ",
        "unproven_at FROM hook WHERE id = $1"
    );
    let found: Option<HookRow> = app.db.find(statement, args![id]).await?;
    Ok(found.map(Hook::from))
}

pub(super) async fn count_hooks(app: &App, ws: Id<Workspace>) -> Result<i64> {
    let found: Option<(i64,)> =
        app.db.find(sql!("SELECT count(*) FROM hook WHERE workspace_id = $1"), args![ws]).await?;
    Ok(found.map_or(0, |(n,)| n))
}

const fn word(language: Lang) -> &'static str {
    match language {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

pub(super) async fn insert_hook(tx: &mut Tx, app: &App, grant: &Grant, id: Id<HookId>, new: &NewHook) -> Result<()> {
    let statement = sql!(
        "INSERT INTO hook (id, workspace_id, name, kind, map, origins, category, language, created_at, created_by) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let values = args![
        id,
        grant.workspace(),
        new.name,
        new.kind.word(),
        new.map,
        new.origins.join("\n"),
        new.category,
        word(new.language),
        app.now(),
        grant.staff()
    ];
    match tx.run(statement, values).await {
        Err(DbError::Conflict(_)) => Err(Refused::Taken.into()),
        other => Ok(other.map(|_| ())?),
    }
}

fn one(changed: u64) -> Result<()> {
    if changed == 0 { Err(Refused::NotFound.into()) } else { Ok(()) }
}

pub(super) async fn update_hook(tx: &mut Tx, grant: &Grant, id: Id<HookId>, change: &NewHook) -> Result<()> {
    let statement = sql!(
        "UPDATE hook SET map = $3, origins = $4, category = $5, language = $6 WHERE workspace_id = $1 AND id = $2"
    );
    let origins = change.origins.join("\n");
    let values = args![grant.workspace(), id, change.map, origins, change.category, word(change.language)];
    one(tx.run(statement, values).await?)
}

pub(super) async fn keep_turning(tx: &mut Tx, grant: &Grant, id: Id<HookId>, until: Option<Time>) -> Result<()> {
    let statement = sql!("UPDATE hook SET turning_until = $3 WHERE workspace_id = $1 AND id = $2");
    one(tx.run(statement, args![grant.workspace(), id, until]).await?)
}

pub(super) async fn keep_off(tx: &mut Tx, grant: &Grant, id: Id<HookId>, at: Option<Time>) -> Result<()> {
    let statement = sql!("UPDATE hook SET off_at = $3 WHERE workspace_id = $1 AND id = $2");
    one(tx.run(statement, args![grant.workspace(), id, at]).await?)
}

/// Notes a request that proved nothing, once a second at most: strangers must not make us write.
pub(super) async fn note_unproven(app: &App, id: Id<HookId>, why: &str) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE hook SET unproven = unproven + 1, unproven_why = $2, unproven_at = $3 ",
        "WHERE id = $1 AND (unproven_at IS NULL OR unproven_at < $4)"
    );
    tx.run(statement, args![id, why, now, now.plus_us(-1_000_000)]).await?;
    Ok(tx.commit().await?)
}

row! {
    struct TallyRow { hook_id: Id<HookId>, state: String, count: i64, again: i64, last_at: Option<Time> }
}

pub(super) async fn list_tallies(app: &App, ws: Id<Workspace>) -> Result<Vec<(Id<HookId>, Tally)>> {
    let statement = sql!(
        "SELECT hook_id, state, count(*), CAST(sum(again) AS BIGINT), max(received_at) FROM hook_message WHERE workspace_id = $1 ",
        "GROUP BY hook_id, state ORDER BY hook_id LIMIT 1000"
    );
    let rows: Vec<TallyRow> = app.db.list(statement, args![ws]).await?;
    let mut out: Vec<(Id<HookId>, Tally)> = Vec::new();
    for row in rows {
        if out.last().is_none_or(|(id, _)| *id != row.hook_id) {
            out.push((row.hook_id, Tally::default()));
        }
        let Some((_, tally)) = out.last_mut() else { continue };
        match row.state.as_str() {
            "accepted" => tally.accepted = row.count,
            "refused" => tally.refused = row.count,
            "waiting" => tally.waiting = row.count,
            _ => {}
        }
        tally.duplicates += row.again;
        tally.last_at = tally.last_at.max(row.last_at);
    }
    Ok(out)
}

row! {
    struct MessageRow {
        id: Id<HookMessage>, message_id: String, state: String, body: String, refusals: String, again: i64, received_at: Time,
    }
}

impl From<MessageRow> for MessageView {
    fn from(r: MessageRow) -> Self {
        Self {
            id: r.id,
            message_id: r.message_id,
            state: r.state,
            body: r.body,
            refusals: serde_json::from_str(&r.refusals).unwrap_or_default(),
            again: r.again,
            received_at: r.received_at,
        }
    }
}

pub(super) async fn list_messages(
    app: &App,
    ws: Id<Workspace>,
    hook: Id<HookId>,
    refused_only: bool,
) -> Result<Vec<MessageView>> {
    let refused = sql!(
        "SELECT id, message_id, state, body, refusals, again, received_at FROM hook_message WHERE workspace_id = $1 AND hook_id = $2 ",
        "AND state = 'refused' ORDER BY received_at DESC, id LIMIT $3"
    );
    let all = sql!(
        "SELECT id, message_id, state, body, refusals, again, received_at FROM hook_message WHERE workspace_id = $1 AND hook_id = $2 ",
        "ORDER BY received_at DESC, id LIMIT $3"
    );
    let rows: Vec<MessageRow> =
        app.db.list(if refused_only { refused } else { all }, args![ws, hook, SHOWN_MAX]).await?;
    Ok(rows.into_iter().map(MessageView::from).collect())
}

row! {
    /// A message with what it takes to read it.
    pub(super) struct Stored {
        pub id: Id<HookMessage>, pub hook_id: Id<HookId>, pub message_id: String, pub state: String, pub body: String, pub received_at: Time,
    }
}

pub(super) async fn find_message(app: &App, ws: Id<Workspace>, id: Id<HookMessage>) -> Result<Option<Stored>> {
    let statement = sql!(
        "SELECT id, hook_id, message_id, state, body, received_at FROM hook_message WHERE workspace_id = $1 AND id = $2"
    );
    Ok(app.db.find(statement, args![ws, id]).await?)
}

/// Messages received before an instant and not kept yet, or refused ones of a hook.
pub(super) async fn list_waiting(app: &App, ws: Id<Workspace>, before: Time, rows: i64) -> Result<Vec<Stored>> {
    let statement = sql!(
        "SELECT id, hook_id, message_id, state, body, received_at FROM hook_message WHERE workspace_id = $1 AND state = 'waiting' ",
        "AND received_at < $2 ORDER BY received_at, id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, before, rows]).await?)
}

pub(super) async fn list_refused(
    app: &App,
    ws: Id<Workspace>,
    hook: Id<HookId>,
    after: Id<HookMessage>,
    rows: i64,
) -> Result<Vec<Stored>> {
    let statement = sql!(
        "SELECT id, hook_id, message_id, state, body, received_at FROM hook_message WHERE workspace_id = $1 AND hook_id = $2 ",
        "AND state = 'refused' AND id > $3 ORDER BY id LIMIT $4"
    );
    Ok(app.db.list(statement, args![ws, hook, after, rows]).await?)
}

/// Keeps messages as they came; those that are to be read now. One that came before counts as come again, unless it was never
/// kept: then it is read now.
pub(super) async fn keep_items(app: &App, hook: &Hook, items: &[HookItem]) -> Result<Vec<Stored>> {
    let now = app.now();
    let mut tx = app.db.write().await?;
    let insert = sql!(
        "INSERT INTO hook_message (id, workspace_id, hook_id, message_id, state, body, refusals, again, received_at) ",
        "VALUES ($1, $2, $3, $4, 'waiting', $5, '', 0, $6) ON CONFLICT (hook_id, message_id) DO NOTHING"
    );
    let again = sql!("UPDATE hook_message SET again = again + 1 WHERE hook_id = $1 AND message_id = $2");
    let find = sql!(
        "SELECT id, hook_id, message_id, state, body, received_at FROM hook_message WHERE hook_id = $1 AND message_id = $2"
    );
    let mut fresh = Vec::new();
    for item in items {
        let values = args![App::new_id::<HookMessage>(), hook.workspace, hook.id, item.id, item.body, now];
        if tx.run(insert, values).await? == 0 {
            tx.run(again, args![hook.id, item.id]).await?;
        }
        let found: Option<Stored> = tx.find(find, args![hook.id, item.id]).await?;
        fresh.extend(found.filter(|m| m.state == "waiting"));
    }
    tx.commit().await?;
    Ok(fresh)
}

/// Writes down how a message ended. What was kept needs no text any more.
pub(super) async fn settle(app: &App, ws: Id<Workspace>, id: Id<HookMessage>, refusals: &[Refusal]) -> Result<()> {
    let text = serde_json::to_string(refusals).map_err(|e| Error::failed("refusals", e))?;
    let accepted = sql!(
        "UPDATE hook_message SET state = 'accepted', body = '', refusals = '', settled_at = $3 WHERE workspace_id = $1 AND id = $2"
    );
    let refused = sql!(
        "UPDATE hook_message SET state = 'refused', refusals = $3, settled_at = $4 WHERE workspace_id = $1 AND id = $2"
    );
    let mut tx = app.db.write().await?;
    if refusals.is_empty() {
        tx.run(accepted, args![ws, id, app.now()]).await?;
    } else {
        tx.run(refused, args![ws, id, text, app.now()]).await?;
    }
    Ok(tx.commit().await?)
}

/// A refused message that nobody wants; its text goes.
pub(super) async fn set_aside(app: &App, ws: Id<Workspace>, id: Id<HookMessage>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE hook_message SET state = 'aside', body = '', settled_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'refused'"
    );
    one(tx.run(statement, args![ws, id, app.now()]).await?)?;
    Ok(tx.commit().await?)
}

/// Messages of a form since an instant.
pub(super) async fn count_since(app: &App, hook: Id<HookId>, since: Time) -> Result<i64> {
    let statement = sql!("SELECT count(*) FROM hook_message WHERE hook_id = $1 AND received_at > $2");
    let found: Option<(i64,)> = app.db.find(statement, args![hook, since]).await?;
    Ok(found.map_or(0, |(n,)| n))
}

/// Forgets that messages came which were settled before an instant. Refused ones stay.
pub(super) async fn forget_settled(app: &App, ws: Id<Workspace>, before: Time) -> Result<u64> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "DELETE FROM hook_message WHERE workspace_id = $1 AND state IN ('accepted', 'aside') AND received_at < $2"
    );
    let gone = tx.run(statement, args![ws, before]).await?;
    tx.commit().await?;
    Ok(gone)
}
