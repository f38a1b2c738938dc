//! Tables of cards, a file each.

use kizashi_db::row;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::signals::{CardKind, CardRules};
use kizashi_domain::time::{Day, Time};

use super::read::{CardRow, CardState, Late, Outcome};
use crate::health::parse_band;
use crate::{Error, Result};

/// The columns of [`Fields`]; every list adds its own condition and order.
macro_rules! select_cards {
    ($($rest:expr),+) => {
        sql!(
            "SELECT k.id, k.customer_id, k.subject, k.kind, k.title, k.what, k.due_day, k.owner_id, o.name, c.name, k.opened_at, k.taken_at, ",
            "k.waiting_at, k.snoozed_until, k.closed_at, k.outcome, k.outcome_note, s.band, s.points, s.change_points, s.mrr_minor, ",
            "s.currency, s.notice_on, k.priority, o.left_at, k.answered_at, k.healthy_days, k.answer_due_at, k.close_due_at, k.false_reason, ",
            "k.made_by, c.churned_on FROM card k LEFT JOIN staff o ON o.id = k.owner_id ",
            "LEFT JOIN customer c ON c.id = k.customer_id LEFT JOIN standing s ON s.customer_id = k.customer_id ",
            $($rest),+
        )
    };
}

mod batch;
mod card;
mod cause;
mod finding;
mod late;
mod life;
mod listings;
mod lists;
mod open_now;
mod opening;
mod since;
mod step;
mod tallies;

pub(super) use batch::{
    Turned, count_batch, find_batch_of, forget_batch_rows, keep_batch, keep_batch_row, keep_undone, list_batch_rows,
    list_turned,
};
pub(super) use card::{
    close_doubled, find_life, forget_cards, has_successor, insert_card, keep_due_days, keep_handed, keep_healthy,
    keep_life, keep_limits, keep_priorities, keep_returned, move_cards, move_due_days, reopen_doubled, touch_card,
};
pub(super) use cause::{
    Cause, forget_causes, forget_quiet_signs, keep_quiet_signs, list_causes, list_lasting, list_quiet_signs,
    list_rules_of,
};
pub(super) use finding::find_cards;
pub(super) use late::{LateCard, find_rank, list_late, list_leaders};
pub(super) use life::Life;
pub(super) use listings::list_cards;
pub use lists::{NEW_SIGNS_MAX, count_open};
pub(super) use lists::{
    OpenCard, find_admin, find_card, find_customer, find_play, find_subject_name, list_asleep, list_chosen,
    list_merged, list_of_customer, list_of_key_accounts, list_open_cards_of, list_open_of, list_open_of_many,
    list_open_of_sources, list_urgent,
};
pub(crate) use lists::{count_new_signs, count_nobodys};
pub(super) use open_now::find_open;
pub(super) use opening::{Drafted, Joined, Kept, keep_cards};
pub(super) use since::{find_deadline, find_meanwhile, find_staff_name, list_deadlines, list_left};
pub(super) use step::{
    Step, drop_associate, forget_steps, insert_step, keep_associate, keep_mentions, keep_seen, list_associates,
    list_helpers, list_mentions, list_steps, move_associates, move_mention, move_mentions,
};
pub(super) use tallies::{list_answered, list_reasons, list_segments, list_tallies};

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
    pub answer_due_at: Option<Time>,
    pub close_due_at: Option<Time>,
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

pub(super) fn write_text(text: &Text) -> Result<String> {
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
        notice_on: Option<Day>, priority: f64, owner_left_at: Option<Time>, answered_at: Option<Time>, healthy_days: i64,
        answer_due_at: Option<Time>, close_due_at: Option<Time>, false_reason: String, made_by: Option<Id<Staff>>, churned_on: Option<Day>,
    }
}

/// Reads a row. `settled` = the present instant, and after how many healthy days a card is over.
fn read_row(f: Fields, (why, stumbling): (Vec<Text>, Vec<Option<Day>>), settled: (Time, &CardRules)) -> CardRow {
    let healthy_days = match f.customer_id {
        Some(_) => settled.1.healthy_days,
        None => settled.1.healthy_days_of_source(),
    };
    let state = match (&f.closed_at, &f.waiting_at, &f.taken_at) {
        (Some(_), _, _) => CardState::Closed,
        (None, Some(_), _) => CardState::Waiting,
        (None, None, Some(_)) => CardState::Taken,
        _ => CardState::New,
    };
    let is_open = state != CardState::Closed;
    let passed = |due: Option<Time>| is_open && due.is_some_and(|at| at < settled.0);
    let late = match (passed(f.close_due_at), passed(f.answer_due_at) && f.answered_at.is_none()) {
        (true, _) => Some(Late::Closing),
        (false, true) => Some(Late::Answer),
        _ => None,
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
        stumbling,
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
        priority: f.priority,
        has_owner_left: f.owner_left_at.is_some(),
        late,
        limit: match f.answered_at {
            None => f.answer_due_at.map(|at| (Late::Answer, at)),
            Some(_) => f.close_due_at.map(|at| (Late::Closing, at)),
        }
        .filter(|_| is_open),
        is_over: is_open && healthy_days > 0 && f.healthy_days >= i64::from(healthy_days),
        healthy_days: f.healthy_days,
        false_reason: f.false_reason,
        is_made_by_hand: f.made_by.is_some(),
        leaves_on: f.churned_on,
        is_never_quiet: false,
        asks_room: false,
    }
}
