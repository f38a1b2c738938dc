//! Others are told what happens here: what is told is written in the transaction of what happened, and sent by a job until it is
//! acknowledged. `server` sends; here it is decided what, when and how often.

mod deliver;
mod occurrence;
mod store;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kizashi_domain::id::{Delivery as DeliveryId, Id, Subscription as SubscriptionId, Workspace};
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::time::Time;

use crate::access::{Grant, record_audit};
use crate::secrets::{Purpose, Secret, forget_secret, keep_secret, turn_secret};
use crate::{App, Error, Refused, Result};

pub use deliver::{Due, Tried, forget_old, keep_tried, take_due};
pub use occurrence::Occurrence;
pub(crate) use occurrence::{Happened, is_told, tell};

/// Subscriptions of a workspace.
pub(crate) const SUBSCRIPTIONS_MAX: i64 = 50;
/// The longest address.
const ADDRESS_CHARS_MAX: usize = 2_000;
/// How long is signed with the secret before, beside the new one.
const TURNING_US: i64 = 3 * 24 * 3_600 * 1_000_000;
const SECRET_BYTES: usize = 32;

/// Somebody who is told.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its id.
    pub id: Id<SubscriptionId>,
    /// Name.
    pub name: String,
    /// Where to.
    pub address: String,
    /// What of.
    pub occurrences: Vec<Occurrence>,
    /// Since when.
    pub created_at: Time,
    /// Switched off since.
    pub off_at: Option<Time>,
    /// Until when is signed with the secret before, too.
    pub turning_until: Option<Time>,
    /// Nothing was acknowledged since.
    pub failing_since: Option<Time>,
    /// Paused since, because nothing was acknowledged for days or the other side said that it is gone.
    pub paused_at: Option<Time>,
    /// Why: `failing` or `gone`.
    pub paused_why: String,
    /// When something was acknowledged last.
    pub told_at: Option<Time>,
    /// Not acknowledged yet.
    pub waiting: i64,
}

/// What was told, or is to be.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id; `msg_` and this is the id that the other side sees.
    pub id: Id<DeliveryId>,
    /// Whom.
    pub subscription: Id<SubscriptionId>,
    /// What happened.
    pub occurrence: String,
    /// `waiting`, `done` or `given_up`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it happened.
    pub created_at: Time,
    /// When it is tried next.
    pub due_at: Time,
    /// What is sent.
    pub body: String,
}

/// One try.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When.
    pub at: Time,
    /// The status that was answered.
    pub status: Option<i64>,
    /// Why there was no answer: `address`, `private`, `connect`, `timeout`, `tls`, `answer`; empty when there was one.
    pub fault: String,
    /// The beginning of the answer.
    pub answer: String,
    /// How long it took.
    pub duration_ms: i64,
}

fn field(field: &'static str, reason: &'static str) -> Error {
    Refused::Field { field, reason }.into()
}

/// Whether an address can be told. Where its name leads is looked at each time something is sent.
fn check_address(address: &str, may_http: bool) -> Result<String> {
    let address = address.trim();
    let rest = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if may_http => rest,
        _ => return Err(field("address", "https-address")),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = address.chars().all(|c| c.is_ascii_graphic()) && address.len() <= ADDRESS_CHARS_MAX;
    if host.is_empty() || host.contains('@') || !is_plain {
        return Err(field("address", "https-address"));
    }
    Ok(address.to_owned())
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

fn new_secret() -> Result<Secret> {
    let mut bytes = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|e| Error::failed("random numbers", e))?;
    Ok(Secret::new(format!("whsec_{}", STANDARD.encode(bytes))))
}

/// Subscriptions, the newest first.
pub async fn list_subscriptions(app: &App, ws: Id<Workspace>) -> Result<Vec<Subscription>> {
    store::list_subscriptions(app, ws).await
}

/// One of them.
pub async fn open_subscription(app: &App, ws: Id<Workspace>, id: Id<SubscriptionId>) -> Result<Subscription> {
    let all = store::list_subscriptions(app, ws).await?;
    all.into_iter().find(|s| s.id == id).ok_or_else(|| Refused::NotFound.into())
}

/// What was told of late.
pub async fn list_deliveries(app: &App, grant: &Grant, id: Id<SubscriptionId>) -> Result<Vec<Delivery>> {
    store::list_deliveries(app, grant.workspace(), id).await
}

/// One telling with its tries.
pub async fn open_delivery(app: &App, ws: Id<Workspace>, id: Id<DeliveryId>) -> Result<(Delivery, Vec<Attempt>)> {
    let delivery = store::find_delivery(app, ws, id).await?.ok_or(Refused::NotFound)?;
    Ok((delivery, store::list_attempts(app, ws, id).await?))
}

/// Makes a subscription; its secret is shown this once.
///
/// # Errors
/// [`Refused::Field`] names the field; [`Refused::Taken`]. Plain http only when `may_http`.
pub async fn add_subscription(
    app: &App,
    grant: &Grant,
    name: &str,
    address: &str,
    occurrences: &[Occurrence],
    may_http: bool,
) -> Result<(Id<SubscriptionId>, Secret)> {
    let (name, address) = (check_name(name)?, check_address(address, may_http)?);
    if occurrences.is_empty() {
        return Err(field("occurrences", "required"));
    }
    if i64::try_from(store::list_subscriptions(app, grant.workspace()).await?.len()).unwrap_or(i64::MAX)
        >= SUBSCRIPTIONS_MAX
    {
        return Err(field("name", "too-many"));
    }
    let (id, secret) = (App::new_id(), new_secret()?);
    let mut tx = app.db.write().await?;
    store::insert_subscription(&mut tx, app, grant, id, (&name, &address), occurrences).await?;
    keep_secret(&mut tx, app, grant, Purpose::HookOut, id.uuid(), &secret).await?;
    record_audit(&mut tx, app, grant, "subscription_add", &id.to_string()).await?;
    tx.commit().await?;
    Ok((id, secret))
}

/// Changes where to and what of.
pub async fn change_subscription(
    app: &App,
    grant: &Grant,
    id: Id<SubscriptionId>,
    address: &str,
    occurrences: &[Occurrence],
    may_http: bool,
) -> Result<()> {
    let address = check_address(address, may_http)?;
    if occurrences.is_empty() {
        return Err(field("occurrences", "required"));
    }
    let mut tx = app.db.write().await?;
    store::update_subscription(&mut tx, grant, id, &address, occurrences).await?;
    record_audit(&mut tx, app, grant, "subscription_change", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Makes a new secret, shown this once; is signed with both for three more days.
pub async fn change_secret(app: &App, grant: &Grant, id: Id<SubscriptionId>) -> Result<Secret> {
    let secret = new_secret()?;
    let mut tx = app.db.write().await?;
    store::keep_turning(&mut tx, grant, id, Some(app.now().plus_us(TURNING_US))).await?;
    forget_secret(&mut tx, grant.workspace(), Purpose::HookOutBefore, id.uuid()).await?;
    turn_secret(&mut tx, app, grant, (Purpose::HookOut, Purpose::HookOutBefore), id.uuid()).await?;
    keep_secret(&mut tx, app, grant, Purpose::HookOut, id.uuid(), &secret).await?;
    record_audit(&mut tx, app, grant, "subscription_secret", &id.to_string()).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Switches on or off. On also ends a pause: what waited is sent.
pub async fn switch_subscription(app: &App, grant: &Grant, id: Id<SubscriptionId>, is_on: bool) -> Result<()> {
    let mut tx = app.db.write().await?;
    if is_on {
        store::wake(&mut tx, app, grant, id).await?;
    } else {
        store::keep_off(&mut tx, app, grant, id).await?;
    }
    record_audit(&mut tx, app, grant, if is_on { "subscription_on" } else { "subscription_off" }, &id.to_string())
        .await?;
    Ok(tx.commit().await?)
}

/// Sends a word that only says that it works.
pub async fn send_test(app: &App, grant: &Grant, id: Id<SubscriptionId>) -> Result<Id<DeliveryId>> {
    open_subscription(app, grant.workspace(), id).await?;
    let happened = Happened::test(app.now());
    let mut tx = app.db.write().await?;
    let delivery = store::insert_delivery(&mut tx, app, grant.workspace(), id, &happened).await?;
    tx.commit().await?;
    Ok(delivery)
}

/// Sends something again, now; its id stays, so that the other side can tell.
pub async fn send_again(app: &App, grant: &Grant, id: Id<DeliveryId>) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::give_back(&mut tx, app, grant, id).await?;
    record_audit(&mut tx, app, grant, "delivery_again", &id.to_string()).await?;
    Ok(tx.commit().await?)
}
