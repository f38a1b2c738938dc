//! Messages that other systems push to us, and contact forms. Each message is kept before it is answered and ends accepted,
//! as a duplicate, or refused with its reasons; a refused one stays until somebody gives it again or sets it aside.

mod form;
mod receive;
mod store;

use kizashi_domain::id::{Hook as HookId, HookMessage, Id, Workspace};
use kizashi_domain::intake::{HookKind, Hooks, Refusal};
use kizashi_domain::lang::Lang;
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::time::Time;

use crate::access::{Grant, record_audit};
use crate::secrets::{Purpose, Secret, forget_secret, keep_secret, turn_secret};
use crate::{App, Refused, Result};

pub use form::{FORM_TEXT_CHARS_MAX, Submission, submit};
pub use receive::{NotReceived, Settled, find_hook_of, give_again, give_all_again, receive, retry_waiting, set_aside};

/// Hooks and forms of a workspace.
const HOOKS_MAX: i64 = 200;
/// The longest map.
const MAP_BYTES_MAX: usize = 32 * 1024;
/// Origins of one form.
const ORIGINS_MAX: usize = 20;
/// How long the secret before is accepted beside a new one.
const TURNING_US: i64 = 3 * 24 * 3_600 * 1_000_000;

/// A hook or form.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its id, which is its address.
    pub id: Id<HookId>,
    /// Workspace.
    pub workspace: Id<Workspace>,
    /// Its name: the source of what it brings.
    pub name: String,
    /// Who pushes.
    pub kind: HookKind,
    /// The map; empty when messages are read as usual for the kind.
    pub map: String,
    /// Origins whose pages may send to a form.
    pub origins: Vec<String>,
    /// Category of a form's inquiries.
    pub category: String,
    /// Language of a form's page.
    pub language: Lang,
    /// Since when.
    pub created_at: Time,
    /// Switched off since.
    pub off_at: Option<Time>,
    /// Until when the secret before is accepted too.
    pub turning_until: Option<Time>,
    /// Requests whose signature did not prove anything: how many, why the last one, when.
    pub unproven: (i64, String, Option<Time>),
}

/// How many messages of a hook ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kept.
    pub accepted: i64,
    /// Came again.
    pub duplicates: i64,
    /// Refused and waiting for somebody.
    pub refused: i64,
    /// Received and not kept yet.
    pub waiting: i64,
    /// When the last one came.
    pub last_at: Option<Time>,
}

/// A message as it is listed.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Its id here.
    pub id: Id<HookMessage>,
    /// Its id at the sender.
    pub message_id: String,
    /// `waiting`, `accepted`, `refused` or `aside`.
    pub state: String,
    /// Its text; empty once it was kept.
    pub body: String,
    /// Why it was refused.
    pub refusals: Vec<Refusal>,
    /// How often it came again.
    pub again: i64,
    /// When it came first.
    pub received_at: Time,
}

/// A hook to make.
#[derive(Clone, Debug)]
pub struct NewHook {
    /// Name.
    pub name: String,
    /// Who pushes.
    pub kind: HookKind,
    /// The secret of a signed hook.
    pub secret: Option<Secret>,
    /// The map; empty for the usual reading.
    pub map: String,
    /// Origins of a form.
    pub origins: Vec<String>,
    /// Category of a form's inquiries.
    pub category: String,
    /// Language of a form's page.
    pub language: Lang,
}

/// Hooks and forms with their tallies, the newest first.
pub async fn list_hooks(app: &App, ws: Id<Workspace>) -> Result<Vec<(Hook, Tally)>> {
    let tallies = store::list_tallies(app, ws).await?;
    let hooks = store::list_hooks(app, ws).await?;
    let tally = |id: Id<HookId>| tallies.iter().find(|(of, _)| *of == id).map(|(_, t)| *t).unwrap_or_default();
    Ok(hooks.into_iter().map(|hook| (tally(hook.id), hook)).map(|(t, h)| (h, t)).collect())
}

/// Refused messages of all hooks that wait for somebody, by hook.
pub async fn list_refused_counts(app: &App, ws: Id<Workspace>) -> Result<Vec<(Id<HookId>, String, i64)>> {
    let hooks = list_hooks(app, ws).await?;
    Ok(hooks.into_iter().filter(|(_, t)| t.refused > 0).map(|(h, t)| (h.id, h.name, t.refused)).collect())
}

/// One hook or form with its tally.
pub async fn open_hook(app: &App, ws: Id<Workspace>, id: Id<HookId>) -> Result<(Hook, Tally)> {
    let hook = store::find_hook(app, id).await?.filter(|h| h.workspace == ws).ok_or(Refused::NotFound)?;
    let tallies = store::list_tallies(app, ws).await?;
    let tally = tallies.into_iter().find(|(of, _)| *of == id).map(|(_, t)| t).unwrap_or_default();
    Ok((hook, tally))
}

/// A form that is switched on, for whoever opens its page.
pub async fn find_form(app: &App, id: Id<HookId>) -> Result<Hook> {
    let hook = store::find_hook(app, id).await?;
    hook.filter(|h| h.kind == HookKind::Form && h.off_at.is_none()).ok_or_else(|| Refused::NotFound.into())
}

/// Messages of a hook: those that wait for somebody, or the last ones.
pub async fn list_messages(app: &App, grant: &Grant, hook: Id<HookId>, refused_only: bool) -> Result<Vec<MessageView>> {
    store::list_messages(app, grant.workspace(), hook, refused_only).await
}

fn field(field: &'static str, reason: &'static str) -> crate::Error {
    Refused::Field { field, reason }.into()
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(field("name", "required"));
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(field("name", "too-long"));
    }
    Ok(name.to_owned())
}

/// An origin as browsers write it: scheme and host, no path.
pub fn read_origin(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/').to_lowercase();
    let (scheme, host) = text.split_once("://")?;
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    (matches!(scheme, "https" | "http") && is_host).then_some(text)
}

fn check(hooks: &dyn Hooks, new: &mut NewHook) -> Result<()> {
    new.name = check_name(&new.name)?;
    new.map = new.map.trim().to_owned();
    if new.map.len() > MAP_BYTES_MAX {
        return Err(field("map", "too-long"));
    }
    match new.kind {
        HookKind::Form => {
            new.map.clear();
            if new.origins.len() > ORIGINS_MAX {
                return Err(field("origins", "too-long"));
            }
            let read: Option<Vec<String>> = new.origins.iter().map(|o| read_origin(o)).collect();
            new.origins = read.ok_or_else(|| field("origins", "origin"))?;
        }
        kind => {
            if kind == HookKind::Standard && new.map.is_empty() {
                return Err(field("map", "required"));
            }
            if !new.map.is_empty() {
                hooks.check_map(&new.map).map_err(Refused::Settings)?;
            }
            let secret = new.secret.as_ref().ok_or_else(|| field("secret", "required"))?;
            if !hooks.is_secret(kind, secret.expose()) {
                return Err(field("secret", "hook-secret"));
            }
        }
    }
    Ok(())
}

/// Makes a hook or form.
///
/// # Errors
/// [`Refused::Field`] names the field; [`Refused::Settings`] says what is wrong with the map; [`Refused::Taken`].
pub async fn add_hook(app: &App, hooks: &dyn Hooks, grant: &Grant, mut new: NewHook) -> Result<Id<HookId>> {
    check(hooks, &mut new)?;
    if store::count_hooks(app, grant.workspace()).await? >= HOOKS_MAX {
        return Err(field("name", "too-many"));
    }
    let id = App::new_id();
    let mut tx = app.db.write().await?;
    store::insert_hook(&mut tx, app, grant, id, &new).await?;
    if let Some(secret) = new.secret.as_ref().filter(|_| new.kind != HookKind::Form) {
        keep_secret(&mut tx, app, grant, Purpose::HookIn, id.uuid(), secret).await?;
    }
    record_audit(&mut tx, app, grant, "hook_add", &id.to_string()).await?;
    tx.commit().await?;
    crate::intake::keep_source(app, grant.workspace(), &new.name).await?;
    Ok(id)
}

/// Replaces the secret; the one before is accepted for three more days.
pub async fn change_secret(app: &App, hooks: &dyn Hooks, grant: &Grant, id: Id<HookId>, secret: &Secret) -> Result<()> {
    let (hook, _) = open_hook(app, grant.workspace(), id).await?;
    if !hooks.is_secret(hook.kind, secret.expose()) {
        return Err(field("secret", "hook-secret"));
    }
    let mut tx = app.db.write().await?;
    turn_secret(&mut tx, app, grant, (Purpose::HookIn, Purpose::HookInBefore), id.uuid()).await?;
    keep_secret(&mut tx, app, grant, Purpose::HookIn, id.uuid(), secret).await?;
    store::keep_turning(&mut tx, grant, id, Some(app.now().plus_us(TURNING_US))).await?;
    record_audit(&mut tx, app, grant, "hook_secret", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Accepts the new secret only, from now on.
pub async fn end_turning(app: &App, grant: &Grant, id: Id<HookId>) -> Result<()> {
    let mut tx = app.db.write().await?;
    forget_secret(&mut tx, grant.workspace(), Purpose::HookInBefore, id.uuid()).await?;
    store::keep_turning(&mut tx, grant, id, None).await?;
    record_audit(&mut tx, app, grant, "hook_secret_end", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Changes the map of a hook, or origins and category of a form.
pub async fn change_hook(
    app: &App,
    hooks: &dyn Hooks,
    grant: &Grant,
    id: Id<HookId>,
    mut change: NewHook,
) -> Result<()> {
    let (hook, _) = open_hook(app, grant.workspace(), id).await?;
    // What is checked beside the secret, which stays.
    change.kind = hook.kind;
    change.name.clone_from(&hook.name);
    change.secret = Some(Secret::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()));
    check(hooks, &mut change)?;
    let mut tx = app.db.write().await?;
    store::update_hook(&mut tx, grant, id, &change).await?;
    record_audit(&mut tx, app, grant, "hook_change", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Switches a hook or form on or off. Who calls one that is off is told that there is none.
pub async fn switch_hook(app: &App, grant: &Grant, id: Id<HookId>, is_on: bool) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::keep_off(&mut tx, grant, id, if is_on { None } else { Some(app.now()) }).await?;
    record_audit(&mut tx, app, grant, if is_on { "hook_on" } else { "hook_off" }, &id.to_string()).await?;
    Ok(tx.commit().await?)
}
