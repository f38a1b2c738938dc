//! Pages of cards: one statement for each kind of list, so that each walks along an index of its own.

use kizashi_db::{Statement, ToValue, Value, args, sql};
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::time::Day;

use super::lists::with_causes;
use super::{Fields, kind_word};
use crate::plays::read::{CardList, CardQuery, CardState};
use crate::{App, Result};

/// What a list and its count share (the count asks for a priority, which all have, so that it walks along the same index): $1 workspace, $2 kind, $3 state, $4 today, $5 whose.
macro_rules! listing {
    ($of:expr, $rest:expr) => {
        Listing {
            rows: select_cards!(
                "WHERE k.workspace_id = $1 ",
                $rest,
                $of,
                "AND ($2 = '' OR k.kind = $2) ",
                "AND k.priority <= $6 AND (k.priority < $6 OR k.id > $7) ORDER BY k.priority DESC, k.id LIMIT $8"
            ),
            count: sql!(
                "SELECT count(*) FROM card k WHERE k.workspace_id = $1 ",
                $rest,
                $of,
                "AND k.priority >= 0 AND ($2 = '' OR k.kind = $2)"
            ),
        }
    };
}

/// The same for cards that somebody has begun. They are few among all that are open: they are found by when they were begun and put in
/// order then, which the signs before the columns say (they take the index of that order away).
macro_rules! begun {
    ($of:expr) => {
        Listing {
            rows: select_cards!(
                "WHERE k.workspace_id = $1 ",
                is_begun!(),
                $of,
                "AND ($2 = '' OR k.kind = $2) ",
                "AND +k.priority <= $6 AND (+k.priority < $6 OR k.id > $7) ORDER BY +k.priority DESC, k.id LIMIT $8"
            ),
            count: sql!(
                "SELECT count(*) FROM card k WHERE k.workspace_id = $1 ",
                is_begun!(),
                $of,
                "AND ($2 = '' OR k.kind = $2)"
            ),
        }
    };
}

macro_rules! closed {
    ($of:expr) => {
        Listing {
            rows: select_cards!(
                "WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND $3 <> '-' AND $4 > 0 ",
                $of,
                "AND ($2 = '' OR k.kind = $2) ",
                "AND k.closed_at <= $6 AND (k.closed_at < $6 OR k.id > $7) ORDER BY k.closed_at DESC, k.id LIMIT $8"
            ),
            count: sql!(
                "SELECT count(*) FROM card k WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND $3 <> '-' AND $4 > 0 ",
                $of,
                "AND ($2 = '' OR k.kind = $2)"
            ),
        }
    };
}

/// Open and not put off.
macro_rules! awake {
    () => {
        "AND k.closed_at IS NULL AND $3 <> '-' AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) "
    };
}

/// Open and put off.
macro_rules! asleep {
    () => {
        "AND k.closed_at IS NULL AND $3 <> '-' AND k.snoozed_until > $4 "
    };
}

/// Open, not put off, and nobody has begun.
macro_rules! new {
    () => {
        "AND k.closed_at IS NULL AND $3 <> '-' AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) AND k.taken_at IS NULL "
    };
}

/// Open, not put off, begun; and whether the next move is the customer's.
macro_rules! is_begun {
    () => {
        "AND k.closed_at IS NULL AND k.taken_at IS NOT NULL AND k.taken_at >= 0 AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) AND (($3 = 'waiting' AND k.waiting_at IS NOT NULL) OR ($3 = 'taken' AND k.waiting_at IS NULL)) "
    };
}

macro_rules! all {
    () => {
        "AND $5 = '' "
    };
}

/// Of one kind: an index holds them in their order.
macro_rules! of_kind {
    () => {
        "AND $5 = '' AND k.kind = $2 "
    };
}

macro_rules! owned {
    () => {
        "AND k.owner_id = $5 "
    };
}

macro_rules! helped {
    () => {
        "AND k.id IN (SELECT card_id FROM card_associate WHERE workspace_id = $1 AND staff_id = $5) "
    };
}

macro_rules! nobodys {
    () => {
        "AND $5 = '' AND (k.owner_id IS NULL OR k.owner_id IN (SELECT id FROM staff WHERE workspace_id = $1 AND left_at IS NOT NULL)) "
    };
}

pub(super) struct Listing {
    pub rows: &'static Statement,
    pub count: &'static Statement,
}

/// What cards are looked at, and of whom.
pub(super) fn listing_of(query: &CardQuery) -> Listing {
    #[derive(Clone, Copy)]
    enum Of {
        All,
        Kind,
        Owner,
        Helper,
        Nobody,
    }
    let of = match query {
        CardQuery { nobody: true, .. } => Of::Nobody,
        CardQuery { helping: Some(_), .. } => Of::Helper,
        CardQuery { owner: Some(_), .. } => Of::Owner,
        CardQuery { kind: Some(_), .. } => Of::Kind,
        _ => Of::All,
    };
    let is_begun = matches!(query.state, Some(CardState::Taken | CardState::Waiting));
    let is_new = query.state == Some(CardState::New);
    match (of, query.closed, query.snoozed, is_begun, is_new) {
        (Of::All | Of::Kind, true, ..) => closed!(all!()),
        (Of::Owner, true, ..) => closed!(owned!()),
        (Of::Helper, true, ..) => closed!(helped!()),
        (Of::Nobody, true, ..) => closed!(nobodys!()),
        (Of::All | Of::Kind, _, true, ..) => listing!(all!(), asleep!()),
        (Of::Owner, _, true, ..) => listing!(owned!(), asleep!()),
        (Of::Helper, _, true, ..) => listing!(helped!(), asleep!()),
        (Of::Nobody, _, true, ..) => listing!(nobodys!(), asleep!()),
        (Of::All | Of::Kind, _, _, true, _) => begun!(all!()),
        (Of::Owner, _, _, true, _) => begun!(owned!()),
        (Of::Helper, _, _, true, _) => begun!(helped!()),
        (Of::Nobody, _, _, true, _) => begun!(nobodys!()),
        (Of::All, _, _, _, true) => listing!(all!(), new!()),
        (Of::Kind, _, _, _, true) => listing!(of_kind!(), new!()),
        (Of::Owner, _, _, _, true) => listing!(owned!(), new!()),
        (Of::Helper, _, _, _, true) => listing!(helped!(), new!()),
        (Of::Nobody, _, _, _, true) => listing!(nobodys!(), new!()),
        (Of::All, ..) => listing!(all!(), awake!()),
        (Of::Kind, ..) => listing!(of_kind!(), awake!()),
        (Of::Owner, ..) => listing!(owned!(), awake!()),
        (Of::Helper, ..) => listing!(helped!(), awake!()),
        (Of::Nobody, ..) => listing!(nobodys!(), awake!()),
    }
}

const fn state_word(state: Option<CardState>) -> &'static str {
    match state {
        Some(CardState::New) => "new",
        Some(CardState::Taken) => "taken",
        Some(CardState::Waiting) => "waiting",
        Some(CardState::Closed) | None => "",
    }
}

/// A page of a list, by its cursor.
pub(super) struct Asked {
    /// What rows and count ask for alike.
    pub shared: Vec<Value>,
    /// The place after which the page begins.
    pub cursor: Option<(f64, Id<Card>)>,
}

impl Asked {
    pub fn of(ws: Id<Workspace>, today: Day, query: &CardQuery) -> Self {
        let whose: Value = match (query.nobody, query.helping.or(query.owner)) {
            (false, Some(staff)) => staff.to_value(),
            _ => "".to_value(),
        };
        let kind = query.kind.map_or("", kind_word);
        let shared = [args![ws, kind, state_word(query.state), today], vec![whose]].concat();
        Self { shared, cursor: query.after.as_deref().and_then(parse_cursor) }
    }

    /// At most so many rows after the cursor.
    pub async fn list(&self, app: &App, query: &CardQuery, rows: i64) -> Result<Vec<Fields>> {
        let (at, id) = self.cursor.unwrap_or((f64::MAX, Id::from_uuid(uuid::Uuid::nil())));
        #[allow(clippy::cast_possible_truncation)]
        let start = match (query.closed, self.cursor) {
            (true, Some(_)) => (at as i64).to_value(),
            (true, None) => i64::MAX.to_value(),
            (false, _) => at.to_value(),
        };
        let all = [self.shared.clone(), vec![start], args![id, rows]].concat();
        Ok(app.db.list(listing_of(query).rows, all).await?)
    }

    pub async fn count(&self, app: &App, query: &CardQuery) -> Result<i64> {
        let total: Option<(i64,)> = app.db.find(listing_of(query).count, self.shared.clone()).await?;
        Ok(total.map_or(0, |(n,)| n))
    }
}

/// Where a row stands in the order of its list.
pub(super) fn place_of(query: &CardQuery, f: &Fields) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    if query.closed { f.closed_at.map_or(0.0, |t| t.micros() as f64) } else { f.priority }
}

/// Cuts a list at its page, and the cursor of the next one.
pub(super) fn cut(query: &CardQuery, fields: &mut Vec<Fields>, rows: i64) -> Option<String> {
    let more = i64::try_from(fields.len()).unwrap_or(i64::MAX) > rows;
    fields.truncate(usize::try_from(rows).unwrap_or(0));
    fields.last().filter(|_| more).map(|f| format!("{}_{}", place_of(query, f), f.id))
}

pub(in crate::plays) async fn list_cards(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    query: &CardQuery,
    rows: i64,
) -> Result<CardList> {
    let asked = Asked::of(ws, today, query);
    let mut fields = asked.list(app, query, rows + 1).await?;
    let next = cut(query, &mut fields, rows);
    let total = asked.count(app, query).await?;
    Ok(CardList { rows: with_causes(app, ws, fields).await?, total, next, looked_at: None })
}

fn parse_cursor(text: &str) -> Option<(f64, Id<Card>)> {
    let (at, id) = text.split_once('_')?;
    Some((at.parse().ok().filter(|a: &f64| a.is_finite())?, id.parse().ok()?))
}
