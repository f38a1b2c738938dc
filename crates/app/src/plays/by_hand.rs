//! Cards that a person makes: an activity or a goal, for a customer, with a due day and an owner.

use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;

use super::kind_word;
use super::store::{self, Due, NewCard, Step, Subject};
use crate::access::{Grant, list_staff};
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Refused, Result};

/// Kinds that a person makes; the others come from signs.
pub const BY_HAND_KINDS: [CardKind; 2] = [CardKind::Activity, CardKind::Goal];
/// What is to be done, on one line.
const WHAT_CHARS_MAX: usize = 300;
const AHEAD_DAYS_MAX: i32 = 730;
/// How much a card made by hand presses: like a sign of middling gravity.
const PRIORITY: f64 = 500.0;

/// A card to make.
#[derive(Clone, Debug)]
pub struct NewByHand {
    /// For whom.
    pub customer: Id<Customer>,
    /// Kind; one of [`BY_HAND_KINDS`].
    pub kind: CardKind,
    /// 何を.
    pub what: String,
    /// いつまでに.
    pub due: Day,
    /// 誰が; `None` = whoever makes it.
    pub owner: Option<Id<Staff>>,
}

/// Makes a card.
pub async fn add_card(app: &App, grant: &Grant, new: &NewByHand) -> Result<Id<Card>> {
    let ws = grant.workspace();
    let what = new.what.trim();
    if what.is_empty() {
        return Err(Refused::Field { field: "what", reason: "required" }.into());
    }
    if what.chars().count() > WHAT_CHARS_MAX {
        return Err(Refused::Field { field: "what", reason: "too-long" }.into());
    }
    if !BY_HAND_KINDS.contains(&new.kind) {
        return Err(Refused::Field { field: "kind", reason: "not-one-of" }.into());
    }
    let today = super::today(app, ws).await?;
    if new.due < today || new.due > today.plus(AHEAD_DAYS_MAX) {
        return Err(Refused::Field { field: "due", reason: "due-day" }.into());
    }
    if let Some(owner) = new.owner
        && !list_staff(app, ws).await?.iter().any(|s| s.id == owner)
    {
        return Err(Refused::Field { field: "owner", reason: "not-one-of" }.into());
    }
    if crate::intake::find_code(app, ws, new.customer).await?.is_none() {
        return Err(Refused::NotFound.into());
    }
    let id: Id<Card> = App::new_id();
    let (now, both) = (app.now(), Text { ja: what.to_owned(), en: what.to_owned() });
    // Its own subject: of what people plan there may be several at a time.
    let subject =
        Subject { key: format!("hand:{id}"), customer: Some(new.customer), owner: new.owner.or(grant.staff()) };
    let card = NewCard { kind: new.kind, title: both.clone(), what: both, play: String::new() };
    let due = Due { opened_at: now, day: new.due, priority: PRIORITY, answer_due_at: None, close_due_at: None };
    let mut tx = app.db.write().await?;
    store::insert_card(&mut tx, ws, id, (&subject, &card, &due), grant.staff()).await?;
    store::insert_step(&mut tx, ws, id, Step { staff: grant.staff(), ..Step::of("made", now) }).await?;
    let data = serde_json::json!({
        "id": id, "customer_id": new.customer, "kind": kind_word(new.kind), "title": card.title, "what": card.what,
        "due_on": new.due.to_string(),
    });
    tell(&mut tx, app, ws, &[Happened::new(Occurrence::CardOpened, now, &data)]).await?;
    tx.commit().await?;
    Ok(id)
}
