//! A request comes in: proved, kept, read, settled.

use kizashi_domain::id::{Hook as HookId, HookMessage, Id, Workspace};
use kizashi_domain::intake::{CustomerNames, HookCall, HookGround, HookItem, HookKind, Hooks, Refusal, Unproven};

use super::store::{self, Stored};
use super::{Hook, form};
use crate::access::Grant;
use crate::intake::{NotAccepted, note_refused, take};
use crate::secrets::{Purpose, find_secret};
use crate::{App, Refused, Result};

/// A message that was not kept at once is read again after this time.
const RETRY_AFTER_US: i64 = 30 * 1_000_000;
/// Messages read again in one go.
const RETRY_ROWS_MAX: i64 = 200;
/// How long it is remembered that a message came. Signed messages are stale after minutes; senders repeat for days.
const REMEMBERED_US: i64 = 60 * 24 * 3_600 * 1_000_000;

/// How the messages of a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Kept.
    pub accepted: usize,
    /// Came before.
    pub duplicates: usize,
    /// Refused, and listed with the reason.
    pub refused: usize,
}

/// Why a request was not taken.
#[derive(Debug)]
pub enum NotReceived {
    /// Not proved.
    Unproven(Unproven),
    /// No such hook, a full disk …
    Error(crate::Error),
}

impl<E: Into<crate::Error>> From<E> for NotReceived {
    fn from(e: E) -> Self {
        Self::Error(e.into())
    }
}

/// Takes a request of a signed hook. When it returns, everything that the request said is kept, or listed as refused.
///
/// # Errors
/// Not proved; no such hook; or nothing is promised and the sender is to come again.
pub async fn receive(
    app: &App,
    hooks: &dyn Hooks,
    id: Id<HookId>,
    call: &HookCall<'_>,
) -> std::result::Result<Settled, NotReceived> {
    let hook = store::find_hook(app, id).await?;
    let hook = hook.filter(|h| h.kind != HookKind::Form && h.off_at.is_none()).ok_or(Refused::NotFound)?;
    let mut secrets = Vec::new();
    secrets.extend(find_secret(app, hook.workspace, Purpose::HookIn, id.uuid()).await?);
    if hook.turning_until.is_some_and(|until| until > app.now()) {
        secrets.extend(find_secret(app, hook.workspace, Purpose::HookInBefore, id.uuid()).await?);
    }
    let plain: Vec<&str> = secrets.iter().map(|s| s.expose()).collect();
    if let Err(why) = hooks.prove(hook.kind, &plain, call, app.now()) {
        store::note_unproven(app, id, why.word()).await?;
        return Err(NotReceived::Unproven(why));
    }
    let items = hooks.split(hook.kind, call);
    Ok(take_items(app, hooks, &hook, &items).await?)
}

/// Keeps messages and reads those that are new.
pub(super) async fn take_items(app: &App, hooks: &dyn Hooks, hook: &Hook, items: &[HookItem]) -> Result<Settled> {
    let fresh = store::keep_items(app, hook, items).await?;
    let mut settled = Settled { duplicates: items.len() - fresh.len().min(items.len()), ..Settled::default() };
    for message in &fresh {
        if read_message(app, hooks, hook, message).await? {
            settled.accepted += 1;
        } else {
            settled.refused += 1;
        }
    }
    Ok(settled)
}

/// Reads a message and writes down how it ended; whether it was kept. Idempotent: what was kept already stays the same.
async fn read_message(app: &App, hooks: &dyn Hooks, hook: &Hook, message: &Stored) -> Result<bool> {
    let item = HookItem { id: message.message_id.clone(), body: message.body.clone() };
    let (ws, source) = (hook.workspace, hook.name.as_str());
    let taken = if hook.kind == HookKind::Form {
        form::keep_submission(app, hook, message).await
    } else {
        let mut names = CustomerNames::default();
        for name in hooks.names_in(hook.kind, &item.body) {
            for (code, known) in crate::search::list_namesakes(app, ws, &name).await? {
                names.add(&code, &known);
            }
        }
        let map = Some(hook.map.as_str()).filter(|m| !m.is_empty());
        take(app, ws, source, |customer_of| {
            let ground = HookGround { received_at: message.received_at, names: &names, customer_of };
            hooks.read_item(hook.kind, map, &item, &ground)
        })
        .await
    };
    let refusals: Vec<Refusal> = match taken {
        Ok(accepted) => accepted.refused,
        Err(NotAccepted::Body(refusal)) => {
            note_refused(app, ws, source, std::slice::from_ref(&refusal)).await?;
            vec![refusal]
        }
        Err(NotAccepted::Error(error)) => return Err(error),
    };
    store::settle(app, ws, message.id, &refusals).await?;
    Ok(refusals.is_empty())
}

/// Reads again what was received and not kept: a full disk, a killed process. Forgets what came long ago. How many were read.
pub async fn retry_waiting(app: &App, hooks: &dyn Hooks, ws: Id<Workspace>) -> Result<usize> {
    let rows = store::list_waiting(app, ws, app.now().plus_us(-RETRY_AFTER_US), RETRY_ROWS_MAX).await?;
    for message in &rows {
        if let Some(hook) = store::find_hook(app, message.hook_id).await? {
            read_message(app, hooks, &hook, message).await?;
        }
    }
    if rows.is_empty() {
        store::forget_settled(app, ws, app.now().plus_us(-REMEMBERED_US)).await?;
    }
    Ok(rows.len())
}

async fn open(app: &App, grant: &Grant, id: Id<HookMessage>) -> Result<(Hook, Stored)> {
    let message = store::find_message(app, grant.workspace(), id).await?;
    let message = message.filter(|m| matches!(m.state.as_str(), "refused" | "waiting")).ok_or(Refused::NotFound)?;
    let hook = store::find_hook(app, message.hook_id).await?.ok_or(Refused::NotFound)?;
    Ok((hook, message))
}

/// Reads a refused message again: the map, or what is known of the customer, may have changed. Whether it was kept.
pub async fn give_again(app: &App, hooks: &dyn Hooks, grant: &Grant, id: Id<HookMessage>) -> Result<bool> {
    let (hook, message) = open(app, grant, id).await?;
    read_message(app, hooks, &hook, &message).await
}

/// Reads all refused messages of a hook again; how many were kept.
pub async fn give_all_again(app: &App, hooks: &dyn Hooks, grant: &Grant, hook: Id<HookId>) -> Result<usize> {
    let found = store::find_hook(app, hook).await?.filter(|h| h.workspace == grant.workspace());
    let hook = found.ok_or(Refused::NotFound)?;
    let mut after = Id::from_uuid(uuid::Uuid::nil());
    let mut kept = 0;
    loop {
        let rows = store::list_refused(app, grant.workspace(), hook.id, after, RETRY_ROWS_MAX).await?;
        let Some(last) = rows.last() else { return Ok(kept) };
        after = last.id;
        for message in &rows {
            kept += usize::from(read_message(app, hooks, &hook, message).await?);
        }
    }
}

/// Sets a refused message aside: nobody wants it.
pub async fn set_aside(app: &App, grant: &Grant, id: Id<HookMessage>) -> Result<Id<HookId>> {
    let (hook, _) = open(app, grant, id).await?;
    store::set_aside(app, grant.workspace(), id).await?;
    Ok(hook.id)
}

/// Which hook a message belongs to.
pub async fn find_hook_of(app: &App, grant: &Grant, id: Id<HookMessage>) -> Result<Id<HookId>> {
    Ok(store::find_message(app, grant.workspace(), id).await?.ok_or(Refused::NotFound)?.hook_id)
}
