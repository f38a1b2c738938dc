//! Tables card, card_cause, card_step.

use kizashi_db::row;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

use super::read::{CardRow, CardState, Outcome};
use crate::health::parse_band;
use crate::{Error, Result};

/// The columns of [`Fields`]; every list adds its own condition and order.
macro_rules! select_cards {
    ($($rest:expr),+) => {
        sql!(
            "SELECT k.id, k.customer_id, k.subject, k.kind, k.title, k.what, k.due_day, k.owner_id, o.name, c.name, k.opened_at, k.taken_at, ",
            "k.waiting_at, k.snoozed_until, k.closed_at, k.outcome, k.outcome_note, s.band, s.points, s.change_points, s.mrr_minor, ",
            "s.currency, s.notice_on, k.priority FROM card k LEFT JOIN staff o ON o.id = k.owner_id ",
            "LEFT JOIN customer c ON c.id = k.customer_id LEFT JOIN standing s ON s.customer_id = k.customer_id ",
            $($rest),+
        )
    };
}

mod keep;
mod lists;

pub(super) use keep::{
    close_doubled, find_admin, forget_customer, keep_card, keep_closed, keep_handed, keep_note, keep_released,
    keep_reopened, keep_snoozed, keep_taken, keep_waiting, move_cards, reopen_doubled,
};
pub use lists::count_open;
pub(crate) use lists::{count_new_signs, list_mine, list_snoozed};
pub(super) use lists::{find_card, find_play, list_cards, list_causes, list_of_customer, list_steps};

/// What a card is about.
pub(super) struct Subject {
    pub key: String,
    pub customer: Option<Id<Customer>>,
    pub owner: Option<Id<Staff>>,
}

/// What a new card says.
pub(super) struct NewCard {
    pub kind: CardKind,
    pub title: Text,
    pub what: Text,
    pub play: String,
}

/// By when, and how urgent.
pub(super) struct Due {
    pub opened_at: Time,
    pub day: Day,
    pub priority: f64,
}

const KINDS: [(CardKind, &str); 6] = [
    (CardKind::Risk, "risk"),
    (CardKind::Opportunity, "opportunity"),
    (CardKind::Milestone, "milestone"),
    (CardKind::Goal, "goal"),
    (CardKind::Activity, "activity"),
    (CardKind::Data, "data"),
];

pub(crate) fn kind_word(kind: CardKind) -> &'static str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or("activity", |(_, w)| w)
}

pub(super) fn parse_kind(word: &str) -> Option<CardKind> {
    KINDS.iter().find(|(_, w)| *w == word).map(|(k, _)| *k)
}

fn write_text(text: &Text) -> Result<String> {
    serde_json::to_string(text).map_err(|e| Error::failed("writing a text", e))
}

pub(crate) fn read_text(json: &str) -> Text {
    serde_json::from_str(json).unwrap_or_else(|_| Text { ja: json.to_owned(), en: json.to_owned() })
}

row! {
    struct Fields {
        id: Id<Card>, customer_id: Option<Id<Customer>>, subject: String, kind: String, title: String, what: String, due_day: Day,
        owner_id: Option<Id<Staff>>, owner: Option<String>, customer: Option<String>, opened_at: Time, taken_at: Option<Time>,
        waiting_at: Option<Time>, snoozed_until: Option<Day>, closed_at: Option<Time>, outcome: Option<String>, outcome_note: Option<String>,
        band: Option<String>, points: Option<i64>, change_points: Option<i64>, mrr_minor: Option<i64>, currency: Option<String>,
        notice_on: Option<Day>, priority: f64,
    }
}

fn read_row(f: Fields, why: Vec<Text>) -> CardRow {
    let state = match (&f.closed_at, &f.waiting_at, &f.taken_at) {
        (Some(_), _, _) => CardState::Closed,
        (None, Some(_), _) => CardState::Waiting,
        (None, None, Some(_)) => CardState::Taken,
        _ => CardState::New,
    };
    CardRow {
        id: f.id,
        customer_id: f.customer_id,
        subject: f.customer.unwrap_or_else(|| f.subject.strip_prefix("source:").unwrap_or(&f.subject).to_owned()),
        kind: parse_kind(&f.kind).unwrap_or(CardKind::Activity),
        state,
        title: read_text(&f.title),
        what: read_text(&f.what),
        why,
        due_day: f.due_day,
        owner: f.owner,
        owner_id: f.owner_id,
        band: f.band.as_deref().and_then(parse_band),
        points: f.points,
        change: f.change_points.unwrap_or(0),
        mrr: f.mrr_minor.filter(|m| *m > 0).map(|minor| Money {
            minor,
            currency: f.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::JPY),
        }),
        notice_on: f.notice_on,
        opened_at: f.opened_at,
        snoozed_until: f.snoozed_until,
        closed_at: f.closed_at,
        outcome: f.outcome.as_deref().and_then(Outcome::parse),
        outcome_note: f.outcome_note.unwrap_or_default(),
    }
}
