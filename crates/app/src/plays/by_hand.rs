//! Cards that a person makes for a customer, with a due day and an owner: work of its own, or a risk or an opportunity that no rule looks
//! for.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;

use super::days::{check_due, due_day, look_of};
use super::store::{self, Due, NewCard, Step, Subject};
use super::talk::tell_made;
use super::{Said, change_in, kind_word, limits};
use crate::access::{Grant, list_workers};
use crate::settings::{Settings, open_settings};
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Refused, Result};

/// Kinds that a person makes; the others come from signs alone.
pub const BY_HAND_KINDS: [CardKind; 4] = [CardKind::Activity, CardKind::Goal, CardKind::Risk, CardKind::Opportunity];
/// What is to be done, on one line.
const WHAT_CHARS_MAX: usize = 300;
/// How much a card made by hand presses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Press {
    /// Like a grave sign.
    High,
    /// Like a sign of middling gravity.
    #[default]
    Middle,
    /// When there is time.
    Low,
}

impl Press {
    /// All of them, with their words in forms.
    pub const ALL: [(&str, Self); 3] = [("high", Self::High), ("middle", Self::Middle), ("low", Self::Low)];

    const fn priority(self) -> f64 {
        match self {
            Self::High => 800.0,
            Self::Middle => 500.0,
            Self::Low => 200.0,
        }
    }
}

/// Where what a person wanted done is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a card of its own.
    New(Id<Card>),
    /// On the card of the same kind that is open for the customer: there is one such risk, and one such opportunity.
    Joined(Id<Card>),
}

impl Place {
    /// The card.
    pub const fn card(self) -> Id<Card> {
        match self {
            Self::New(card) | Self::Joined(card) => card,
        }
    }
}

/// What a person wanted done, as it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// Where it is.
    pub place: Place,
    /// The day on which it is due, where the chosen one is no business day.
    pub day: Option<Day>,
    /// Whether that lies after the notice deadline.
    pub is_past: bool,
}

impl Added {
    /// The card.
    pub const fn card(self) -> Id<Card> {
        self.place.card()
    }
}

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
    /// How much it presses.
    pub press: Press,
}

/// Refuses what cannot be meant; the business day on which it is due, and whether that lies after the notice deadline.
async fn check(app: &App, settings: &Settings, grant: &Grant, new: &NewByHand) -> Result<(Day, bool)> {
    let (ws, today) = (grant.workspace(), settings.day_of(app.now()));
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
    check_due(today, new.due)?;
    if let Some(owner) = new.owner
        && !list_workers(app, ws).await?.iter().any(|s| s.id == owner)
    {
        return Err(Refused::Field { field: "owner", reason: "may-not-work" }.into());
    }
    if crate::intake::find_code(app, ws, new.customer).await?.is_none() {
        return Err(Refused::NotFound.into());
    }
    let due = due_day(&settings.calendar, today, new.due);
    Ok((due, look_of(app, settings, new.customer, due).await?))
}

/// Makes a card; a risk or an opportunity goes to the open one of the customer, where there is one.
pub async fn add_card(app: &App, grant: &Grant, new: &NewByHand) -> Result<Added> {
    let settings = open_settings(app, grant.workspace()).await?;
    let (day, is_past) = check(app, &settings, grant, new).await?;
    let (ws, what) = (grant.workspace(), new.what.trim());
    let id: Id<Card> = App::new_id();
    let (now, both) = (app.now(), Text { ja: what.to_owned(), en: what.to_owned() });
    // What people plan has a subject of its own: there may be several at a time. What signs open too has that of the customer.
    let is_single = matches!(new.kind, CardKind::Risk | CardKind::Opportunity);
    let key = if is_single { new.customer.to_string() } else { format!("hand:{id}") };
    let subject = Subject { key, customer: Some(new.customer), owner: new.owner.or(grant.staff()) };
    let card = NewCard { kind: new.kind, title: both.clone(), what: both, play: String::new() };
    let priority = new.press.priority();
    let (answer_due_at, close_due_at) = limits::begin(app, &settings, (new.kind, priority));
    let due = Due { opened_at: now, day, priority, answer_due_at, close_due_at };
    let added = |place| Added { place, day: (day != new.due).then_some(day), is_past };
    let mut tx = app.db.write().await?;
    if !store::insert_card(&mut tx, ws, id, (&subject, &card, &due), grant.staff()).await? {
        let open = store::find_open(&mut tx, ws, &subject.key, new.kind).await?.ok_or(Refused::Changed)?;
        join(&mut tx, app, grant, open, &NewByHand { due: day, ..new.clone() }).await?;
        tx.commit().await?;
        return Ok(added(Place::Joined(open)));
    }
    store::insert_step(&mut tx, ws, id, Step { staff: grant.staff(), ..Step::of("made", now) }).await?;
    let data = serde_json::json!({
        "id": id, "customer_id": new.customer, "kind": kind_word(new.kind), "title": card.title, "what": card.what,
        "due_on": day.to_string(),
    });
    tell(&mut tx, app, ws, &[Happened::new(Occurrence::CardOpened, now, &data)]).await?;
    if let Some(owner) = new.owner {
        tell_made(&mut tx, app, grant, id, owner).await?;
    }
    tx.commit().await?;
    Ok(added(Place::New(id)))
}

/// What a person wants done goes to a card that is open: its history says it, it is no later than they want it, and it sleeps no longer.
async fn join(tx: &mut Tx, app: &App, grant: &Grant, card: Id<Card>, new: &NewByHand) -> Result<()> {
    let now = app.now();
    change_in(tx, app, grant, card, Said { step: "added", note: new.what.trim() }, |life| {
        life.touch(now);
        life.due_day = life.due_day.min(new.due);
        (life.snoozed_until, life.snooze_reason, life.waiting_at) = (None, None, None);
        life.forget_health();
        Ok(())
    })
    .await?;
    Ok(())
}
