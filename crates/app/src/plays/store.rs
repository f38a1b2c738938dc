//! Tables card, card_cause, card_step.

use std::collections::HashMap;

use kizashi_db::{DbError, Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

use super::read::{CardList, CardQuery, CardRow, CardState, CardStep, Outcome};
use crate::access::Grant;
use crate::health::parse_band;
use crate::{App, Error, Refused, Result};

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

fn read_text(json: &str) -> Text {
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

/// Reads each card's causes and makes rows.
async fn with_causes(app: &App, ws: Id<Workspace>, fields: Vec<Fields>) -> Result<Vec<CardRow>> {
    let mut rows = Vec::with_capacity(fields.len());
    for f in fields {
        let causes = list_causes(app, ws, f.id).await?;
        let mut newest: HashMap<String, (Day, Text)> = HashMap::new();
        let mut order = Vec::new();
        for (rule, day, why) in causes {
            if !newest.contains_key(&rule) {
                order.push(rule.clone());
                newest.insert(rule, (day, why));
            }
        }
        let why = order.iter().filter_map(|r| newest.remove(r)).map(|(_, why)| why).collect();
        rows.push(read_row(f, why));
    }
    Ok(rows)
}

/// Opens a card or updates the open one of the same subject and kind; whether it is new.
pub(super) async fn keep_card(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    subject: &Subject,
    card: &NewCard,
    due: &Due,
    causes: &[(String, Day, Text)],
) -> Result<bool> {
    let now = app.now();
    let kind = kind_word(card.kind);
    let find = sql!(
        "SELECT id, priority, due_day FROM card WHERE workspace_id = $1 AND subject = $2 AND kind = $3 AND closed_at IS NULL"
    );
    let open: Option<(Id<Card>, f64, Day)> = tx.find(find, args![ws, subject.key, kind]).await?;
    // What was answered by a closed card is not asked again.
    let answered = sql!(
        "SELECT count(*) FROM card_cause x JOIN card k ON k.id = x.card_id WHERE x.workspace_id = $1 AND k.subject = $2 ",
        "AND x.rule = $3 AND x.fired_day = $4"
    );
    let mut news = Vec::new();
    for cause in causes {
        let known: Option<(i64,)> = tx.find(answered, args![ws, subject.key, cause.0, cause.1]).await?;
        if known.is_none_or(|(n,)| n == 0) {
            news.push(cause);
        }
    }
    if news.is_empty() {
        return Ok(false);
    }
    let (title, what) = (write_text(&card.title)?, write_text(&card.what)?);
    let id = if let Some((id, priority, due_day)) = open {
        let due_day = due.day.min(due_day);
        if due.priority >= priority {
            let statement = sql!(
                "UPDATE card SET title = $3, what = $4, play = $5, priority = $6, due_day = $7, changed_at = $8 ",
                "WHERE workspace_id = $1 AND id = $2"
            );
            tx.run(statement, args![ws, id, title, what, card.play, due.priority, due_day, now]).await?;
        } else {
            let statement = sql!("UPDATE card SET due_day = $3, changed_at = $4 WHERE workspace_id = $1 AND id = $2");
            tx.run(statement, args![ws, id, due_day, now]).await?;
        }
        insert_step(tx, ws, id, "updated", "", None, now).await?;
        id
    } else {
        let id = App::new_id();
        let statement = sql!(
            "INSERT INTO card (id, workspace_id, customer_id, subject, kind, title, what, play, owner_id, due_day, priority, opened_at, changed_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)"
        );
        let values = args![
            id,
            ws,
            subject.customer,
            subject.key,
            kind,
            title,
            what,
            card.play,
            subject.owner,
            due.day,
            due.priority,
            now
        ];
        tx.run(statement, values).await?;
        insert_step(tx, ws, id, "opened", "", None, now).await?;
        id
    };
    let statement = sql!(
        "INSERT INTO card_cause (workspace_id, card_id, rule, fired_day, because, recorded_at) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, card_id, rule, fired_day) DO NOTHING"
    );
    for (rule, day, why) in news {
        tx.run(statement, args![ws, id, rule, *day, write_text(why)?, now]).await?;
    }
    Ok(open.is_none())
}

async fn insert_step(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
    step: &str,
    note: &str,
    staff: Option<Id<Staff>>,
    at: Time,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO card_step (id, workspace_id, card_id, step, note, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    tx.run(statement, args![App::new_id::<CardStep>(), ws, card, step, note, staff, at]).await?;
    Ok(())
}

pub(super) async fn find_admin(tx: &mut Tx, ws: Id<Workspace>) -> Result<Option<Id<Staff>>> {
    let statement = sql!(
        "SELECT id FROM staff WHERE workspace_id = $1 AND role = 'admin' AND left_at IS NULL ORDER BY created_at LIMIT 1"
    );
    Ok(tx.find::<(Id<Staff>,)>(statement, args![ws]).await?.map(|(id,)| id))
}

/// Ends a change of one card: exactly one row changed, or somebody else was first.
async fn finish(
    mut tx: Tx,
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    changed: u64,
    step: &str,
    note: &str,
) -> Result<()> {
    if changed == 0 {
        let there: Option<(i64,)> = tx
            .find(sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND id = $2"), args![grant.workspace(), card])
            .await?;
        return Err(if there.is_some_and(|(n,)| n > 0) { Refused::Changed } else { Refused::NotFound }.into());
    }
    insert_step(&mut tx, grant.workspace(), card, step, note, grant.staff(), app.now()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep_taken(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET taken_at = $3, taken_by = $4, owner_id = COALESCE($4, owner_id), waiting_at = NULL, snoozed_until = NULL, ",
        "snooze_reason = NULL, changed_at = $3 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff()]).await?;
    finish(tx, app, grant, card, changed, "taken", "").await
}

pub(super) async fn keep_released(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET taken_at = NULL, taken_by = NULL, waiting_at = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now()]).await?;
    finish(tx, app, grant, card, changed, "released", "").await
}

pub(super) async fn keep_waiting(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET waiting_at = $3, taken_at = COALESCE(taken_at, $3), taken_by = COALESCE(taken_by, $4), changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff()]).await?;
    finish(tx, app, grant, card, changed, "waiting", "").await
}

pub(super) async fn keep_snoozed(
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    until: Option<Day>,
    reason: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET snoozed_until = $3, snooze_reason = $4, changed_at = $5 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, until, reason, app.now()]).await?;
    finish(tx, app, grant, card, changed, if until.is_some() { "snoozed" } else { "woken" }, reason).await
}

pub(super) async fn keep_closed(app: &App, grant: &Grant, card: Id<Card>, outcome: Outcome, note: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET closed_at = $3, closed_by = $4, outcome = $5, outcome_note = $6, snoozed_until = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed =
        tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff(), outcome.word(), note]).await?;
    finish(tx, app, grant, card, changed, "closed", note).await
}

pub(super) async fn keep_reopened(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET closed_at = NULL, closed_by = NULL, outcome = NULL, outcome_note = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NOT NULL"
    );
    match tx.run(statement, args![grant.workspace(), card, app.now()]).await {
        // Meanwhile a new card stands for the same thing.
        Err(DbError::Conflict(_)) => Err(Refused::Changed.into()),
        Err(e) => Err(e.into()),
        Ok(changed) => finish(tx, app, grant, card, changed, "reopened", "").await,
    }
}

pub(super) async fn keep_note(app: &App, grant: &Grant, card: Id<Card>, note: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("UPDATE card SET changed_at = $3 WHERE workspace_id = $1 AND id = $2");
    let changed = tx.run(statement, args![grant.workspace(), card, app.now()]).await?;
    finish(tx, app, grant, card, changed, "noted", note).await
}

pub(super) async fn find_card(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<CardRow>> {
    let found: Option<Fields> =
        app.db.find(select_cards!("WHERE k.workspace_id = $1 AND k.id = $2"), args![ws, card]).await?;
    Ok(with_causes(app, ws, found.into_iter().collect()).await?.pop())
}

pub(super) async fn find_play(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<String> {
    let found: Option<(String,)> =
        app.db.find(sql!("SELECT play FROM card WHERE workspace_id = $1 AND id = $2"), args![ws, card]).await?;
    Ok(found.map(|(p,)| p).unwrap_or_default())
}

pub(super) async fn list_causes(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<(String, Day, Text)>> {
    let statement = sql!(
        "SELECT rule, fired_day, because FROM card_cause WHERE workspace_id = $1 AND card_id = $2 ORDER BY recorded_at DESC, fired_day DESC LIMIT 50"
    );
    let rows: Vec<(String, Day, String)> = app.db.list(statement, args![ws, card]).await?;
    Ok(rows.into_iter().map(|(rule, day, because)| (rule, day, read_text(&because))).collect())
}

pub(super) async fn list_steps(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<CardStep>> {
    let statement = sql!(
        "SELECT t.step, t.note, o.name, t.happened_at FROM card_step t LEFT JOIN staff o ON o.id = t.staff_id ",
        "WHERE t.workspace_id = $1 AND t.card_id = $2 ORDER BY t.happened_at DESC, t.id DESC LIMIT 200"
    );
    let rows: Vec<(String, String, Option<String>, Time)> = app.db.list(statement, args![ws, card]).await?;
    Ok(rows.into_iter().map(|(step, note, staff, at)| CardStep { step, note, staff, at }).collect())
}

pub(super) async fn list_of_customer(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<CardRow>> {
    let statement = select_cards!(
        "WHERE k.workspace_id = $1 AND k.customer_id = $2 ",
        "ORDER BY CASE WHEN k.closed_at IS NULL THEN 0 ELSE 1 END, k.closed_at DESC, k.priority DESC LIMIT 20"
    );
    let fields: Vec<Fields> = app.db.list(statement, args![ws, customer]).await?;
    with_causes(app, ws, fields).await
}

/// Open cards that are not put off, most urgent first: those of one owner, or of all.
pub(crate) async fn list_mine(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    today: Day,
    limit: i64,
) -> Result<Vec<CardRow>> {
    let any = i64::from(owner.is_none());
    let statement = select_cards!(
        "WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND ($2 = 1 OR k.owner_id = $3) ",
        "AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) ORDER BY k.priority DESC, k.id LIMIT $5"
    );
    let fields: Vec<Fields> = app.db.list(statement, args![ws, any, owner, today, limit]).await?;
    with_causes(app, ws, fields).await
}

/// Cards that are put off beyond today.
pub(crate) async fn list_snoozed(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    today: Day,
    limit: i64,
) -> Result<Vec<CardRow>> {
    let any = i64::from(owner.is_none());
    let statement = select_cards!(
        "WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND ($2 = 1 OR k.owner_id = $3) AND k.snoozed_until > $4 ",
        "ORDER BY k.snoozed_until, k.id LIMIT $5"
    );
    let fields: Vec<Fields> = app.db.list(statement, args![ws, any, owner, today, limit]).await?;
    with_causes(app, ws, fields).await
}

/// How many cards are open: those of one owner, or of all.
pub async fn count_open(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>) -> Result<i64> {
    let any = i64::from(owner.is_none());
    let statement =
        sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND ($2 = 1 OR owner_id = $3)");
    Ok(app.db.find::<(i64,)>(statement, args![ws, any, owner]).await?.map_or(0, |(n,)| n))
}

/// Customers with a card opened since an instant.
pub(crate) async fn count_new_signs(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    since: Time,
) -> Result<i64> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT count(DISTINCT customer_id) FROM card WHERE workspace_id = $1 AND opened_at >= $4 AND customer_id IS NOT NULL ",
        "AND ($2 = 1 OR owner_id = $3)"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, any, owner, since]).await?.map_or(0, |(n,)| n))
}

pub(super) async fn list_cards(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    query: &CardQuery,
    rows: i64,
) -> Result<CardList> {
    let any = i64::from(query.owner.is_none());
    let kind = query.kind.map_or("", kind_word);
    let snoozed = i64::from(query.snoozed);
    let cursor = query.after.as_deref().and_then(parse_cursor);
    let (at, id) = cursor.unwrap_or((f64::MAX, Id::from_uuid(uuid::Uuid::nil())));
    let (open, closed) = (
        select_cards!(
            "WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND ($2 = 1 OR k.owner_id = $3) AND ($4 = '' OR k.kind = $4) ",
            "AND ($5 = 1 OR k.snoozed_until IS NULL OR k.snoozed_until <= $6) AND ($5 = 0 OR k.snoozed_until > $6) ",
            "AND (k.priority < $7 OR (k.priority = $7 AND k.id > $8)) ORDER BY k.priority DESC, k.id LIMIT $9"
        ),
        select_cards!(
            "WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND ($2 = 1 OR k.owner_id = $3) AND ($4 = '' OR k.kind = $4) ",
            "AND $5 >= 0 AND $6 >= 0 AND (k.closed_at < $7 OR (k.closed_at = $7 AND k.id > $8)) ORDER BY k.closed_at DESC, k.id LIMIT $9"
        ),
    );
    let statement = if query.closed { closed } else { open };
    #[allow(clippy::cast_possible_truncation)]
    let start = if query.closed {
        kizashi_db::ToValue::to_value(&(if cursor.is_some() { at as i64 } else { i64::MAX }))
    } else {
        kizashi_db::ToValue::to_value(&at)
    };
    let mut fields: Vec<Fields> =
        app.db.list(statement, args![ws, any, query.owner, kind, snoozed, today, start, id, rows + 1]).await?;
    let more = i64::try_from(fields.len()).unwrap_or(i64::MAX) > rows;
    fields.truncate(usize::try_from(rows).unwrap_or(0));
    #[allow(clippy::cast_precision_loss)]
    let next = fields.last().filter(|_| more).map(|f| {
        let at = if query.closed { f.closed_at.map_or(0.0, |t| t.micros() as f64) } else { f.priority };
        format!("{at}_{}", f.id)
    });
    let count = sql!(
        "SELECT count(*) FROM card WHERE workspace_id = $1 AND ($2 = 1 OR owner_id = $3) AND ($4 = '' OR kind = $4) ",
        "AND (($5 = 1 AND closed_at IS NOT NULL) OR ($5 = 0 AND closed_at IS NULL ",
        "AND ($6 = 1 OR snoozed_until IS NULL OR snoozed_until <= $7) AND ($6 = 0 OR snoozed_until > $7)))"
    );
    let total: Option<(i64,)> =
        app.db.find(count, args![ws, any, query.owner, kind, i64::from(query.closed), snoozed, today]).await?;
    Ok(CardList { rows: with_causes(app, ws, fields).await?, total: total.map_or(0, |(n,)| n), next })
}

fn parse_cursor(text: &str) -> Option<(f64, Id<Card>)> {
    let (at, id) = text.split_once('_')?;
    Some((at.parse().ok().filter(|a: &f64| a.is_finite())?, id.parse().ok()?))
}
