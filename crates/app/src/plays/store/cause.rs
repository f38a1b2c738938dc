//! Tables card_cause and quiet_sign: why a card is there, and what was seen and made none.

use std::collections::{HashMap, HashSet};

use kizashi_db::{ToValue, Tx, Value, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::signals::Because;
use kizashi_domain::time::{Day, Time};

use super::{read_text, write_text};
use crate::plays::read::{CauseRow, LastingSign, Outcome, QuietSign};
use crate::{App, Error, Result};

/// Causes of one card that its page shows.
const CAUSES_MAX: i64 = 50;
/// How long a sign that made no card is listed.
const QUIET_SIGN_DAYS: i32 = 30;

/// A firing as it is kept with a card.
pub(in crate::plays) struct Cause {
    pub rule: String,
    pub day: Day,
    pub why: Text,
    pub figures: Vec<Because>,
    /// The play that its rule names; not kept.
    pub play: String,
    /// Keys of the facts that it is about, one a line; empty for what lasts.
    pub fact: String,
}

/// What cards of one subject told of firings: rule, day and the keys of the facts.
#[derive(Default)]
pub(super) struct Told(Vec<(String, Day, String)>);

impl Told {
    /// Whether a cause was told, with all the facts that it is about.
    pub fn knows(&self, cause: &Cause) -> bool {
        let rows = || self.0.iter().filter(|(rule, day, _)| *rule == cause.rule && *day == cause.day);
        let knows_fact = |key: &str| rows().any(|(_, _, facts)| facts.lines().any(|known| known == key));
        rows().next().is_some() && cause.fact.lines().all(knows_fact)
    }
}

/// What cards of these subjects, open and closed ones, told of firings since a day, by subject. The cards come first: SQLite would go
/// through all causes there are.
pub(super) async fn list_told(
    tx: &mut Tx,
    ws: Id<Workspace>,
    subjects: Vec<Value>,
    since: Day,
) -> Result<HashMap<String, Told>> {
    let statement = sql!(
        "SELECT k.subject, x.rule, x.fired_day, x.fact FROM card k CROSS JOIN card_cause x WHERE k.workspace_id = $1 AND x.workspace_id = $1 ",
        "AND x.card_id = k.id AND x.fired_day >= $2 AND k.subject IN ($3)"
    );
    let mut out: HashMap<String, Told> = HashMap::new();
    let rows: Vec<(String, String, Day, String)> = tx.list_in(statement, args![ws, since], subjects).await?;
    for (subject, rule, day, facts) in rows {
        out.entry(subject).or_default().0.push((rule, day, facts));
    }
    Ok(out)
}

/// Keeps why cards are there. Of a day on which more of the same arrived, what is told is all of it.
pub(super) async fn keep_causes(
    tx: &mut Tx,
    ws: Id<Workspace>,
    causes: &[(Id<Card>, &Cause)],
    now: Time,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO card_cause (workspace_id, card_id, rule, fired_day, because, recorded_at, figures, fact) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, card_id, rule, fired_day) DO UPDATE SET ",
        "because = excluded.because, recorded_at = excluded.recorded_at, figures = excluded.figures, fact = excluded.fact"
    );
    let mut rows = Vec::new();
    for (card, cause) in causes {
        let figures = serde_json::to_string(&cause.figures).map_err(|e| Error::failed("writing figures", e))?;
        rows.push(args![ws, *card, cause.rule, cause.day, write_text(&cause.why)?, now, figures, cause.fact]);
    }
    tx.run_many(statement, rows).await?;
    Ok(())
}

row! {
    struct CauseFields { card: Id<Card>, rule: String, day: Day, why: String, figures: String, fact: String }
}

/// The causes of one card, the newest first.
pub(in crate::plays) async fn list_causes(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<CauseRow>> {
    let statement = sql!(
        "SELECT card_id, rule, fired_day, because, figures, fact FROM card_cause WHERE workspace_id = $1 AND card_id = $2 ",
        "ORDER BY recorded_at DESC, fired_day DESC LIMIT $3"
    );
    let rows: Vec<CauseFields> = app.db.list(statement, args![ws, card, CAUSES_MAX]).await?;
    let read = |f: CauseFields| CauseRow {
        rule: f.rule,
        day: f.day,
        why: read_text(&f.why),
        figures: serde_json::from_str(&f.figures).unwrap_or_default(),
        fact: f.fact,
    };
    Ok(rows.into_iter().map(read).collect())
}

row! {
    struct ToldFields { card: Id<Card>, rule: String, day: Day, why: String, recorded_at: Time, figures: String }
}

/// A cause as a list tells it.
pub(super) struct ToldCause {
    pub rule: String,
    pub day: Day,
    pub why: Text,
    figures: String,
}

impl ToldCause {
    /// The date that it is about.
    pub fn date(&self) -> Option<Day> {
        let figures: Vec<Because> = serde_json::from_str(&self.figures).ok()?;
        figures.first()?.date
    }
}

/// The causes of several cards in one question, the newest first.
pub(super) async fn list_causes_of(
    app: &App,
    ws: Id<Workspace>,
    cards: &[Id<Card>],
) -> Result<HashMap<Id<Card>, Vec<ToldCause>>> {
    let statement = sql!(
        "SELECT card_id, rule, fired_day, because, recorded_at, figures FROM card_cause WHERE workspace_id = $1 AND card_id IN ($2)"
    );
    let keys = cards.iter().map(ToValue::to_value).collect();
    let mut rows: Vec<ToldFields> = app.db.list_in(statement, args![ws], keys).await?;
    rows.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.day)));
    let mut out: HashMap<Id<Card>, Vec<ToldCause>> = HashMap::new();
    for row in rows {
        let cause = ToldCause { rule: row.rule, day: row.day, why: read_text(&row.why), figures: row.figures };
        out.entry(row.card).or_default().push(cause);
    }
    Ok(out)
}

/// Cards and the rules behind them, seen from inside the transaction.
pub(super) async fn list_rules_now(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: impl Iterator<Item = Id<Card>>,
) -> Result<HashSet<(Id<Card>, String)>> {
    let statement = sql!("SELECT card_id, rule FROM card_cause WHERE workspace_id = $1 AND card_id IN ($2)");
    let rows: Vec<(Id<Card>, String)> =
        tx.list_in(statement, args![ws], cards.map(|id| id.to_value()).collect()).await?;
    Ok(rows.into_iter().collect())
}

/// The rules behind several cards.
pub(in crate::plays) async fn list_rules_of(
    app: &App,
    ws: Id<Workspace>,
    cards: &[Id<Card>],
) -> Result<HashMap<Id<Card>, Vec<String>>> {
    let statement = sql!("SELECT card_id, rule FROM card_cause WHERE workspace_id = $1 AND card_id IN ($2)");
    let keys = cards.iter().map(ToValue::to_value).collect();
    let rows: Vec<(Id<Card>, String)> = app.db.list_in(statement, args![ws], keys).await?;
    let mut out: HashMap<Id<Card>, Vec<String>> = HashMap::new();
    for (card, rule) in rows {
        let rules = out.entry(card).or_default();
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Ok(out)
}

/// Signs that made no card today, because their rules are still cooling down: customer, rule, and the day on which it fired.
pub(in crate::plays) async fn keep_quiet_signs<'a>(
    tx: &mut Tx,
    ws: Id<Workspace>,
    today: Day,
    signs: impl Iterator<Item = (Id<Customer>, &'a str, Day)>,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO quiet_sign (workspace_id, customer_id, rule, from_day, last_day, fired_day) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, customer_id, rule) DO UPDATE SET last_day = excluded.last_day, fired_day = excluded.fired_day"
    );
    let rows = signs.map(|(customer, rule, fired)| args![ws, customer, rule, today, today, fired]).collect();
    tx.run_many(statement, rows).await?;
    Ok(())
}

row! {
    struct QuietFields { customer: Id<Customer>, name: String, rule: String, from_day: Day, last_day: Day, fired_day: Day }
}

/// Signs that made no card lately, the newest first: those of the customers of one owner, or of all.
pub(in crate::plays) async fn list_quiet_signs(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<kizashi_domain::id::Staff>>,
    today: Day,
    limit: i64,
) -> Result<Vec<QuietSign>> {
    let statement = sql!(
        "SELECT c.id, c.name, q.rule, q.from_day, q.last_day, q.fired_day FROM quiet_sign q JOIN customer c ON c.id = q.customer_id ",
        "WHERE q.workspace_id = $1 AND q.last_day >= $2 AND ($3 = 1 OR c.owner_id = $4) ORDER BY q.last_day DESC, c.name LIMIT $5"
    );
    let any = i64::from(owner.is_none());
    let rows: Vec<QuietFields> =
        app.db.list(statement, args![ws, today.plus(-QUIET_SIGN_DAYS), any, owner, limit]).await?;
    let read = |q: QuietFields| QuietSign {
        customer: q.customer,
        name: q.name,
        rule: q.rule,
        from_day: q.from_day,
        last_day: q.last_day,
        fired_day: q.fired_day,
    };
    Ok(rows.into_iter().map(read).collect())
}

row! {
    struct LastingFields { customer: Id<Customer>, name: String, rule: String, fired_day: Day, card: Id<Card>, closed_at: Time, outcome: String }
}

/// Signs that stand although their card was closed and none is open: those of the customers of one owner, or of all; what was closed last
/// comes first. What was called a false alarm is not asked for again.
pub(in crate::plays) async fn list_lasting(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<kizashi_domain::id::Staff>>,
    since: Time,
    limit: i64,
) -> Result<Vec<LastingSign>> {
    let statement = sql!(
        "SELECT c.id, c.name, x.rule, max(f.fired_day), k.id, k.closed_at, k.outcome FROM ",
        "(SELECT id, customer_id, subject, kind, closed_at, outcome FROM card WHERE workspace_id = $1 AND closed_at IS NOT NULL ",
        "AND closed_at >= $2 AND outcome IN ('solved', 'unsolved') AND customer_id IS NOT NULL ORDER BY closed_at DESC LIMIT 2000) k ",
        "JOIN customer c ON c.id = k.customer_id AND (c.churned_on IS NULL) AND ($3 = 1 OR c.owner_id = $4) ",
        "JOIN card_cause x ON x.workspace_id = $1 AND x.card_id = k.id ",
        "JOIN firing f ON f.workspace_id = $1 AND f.subject = k.subject AND f.rule = x.rule AND f.ended_day IS NULL ",
        "WHERE NOT EXISTS (SELECT 1 FROM card o WHERE o.workspace_id = $1 AND o.customer_id = k.customer_id AND o.kind = k.kind ",
        "AND (o.closed_at IS NULL OR o.closed_at > k.closed_at)) ",
        "GROUP BY c.id, c.name, x.rule, k.id, k.closed_at, k.outcome ORDER BY k.closed_at DESC, c.name, x.rule LIMIT $5"
    );
    let any = i64::from(owner.is_none());
    let rows: Vec<LastingFields> = app.db.list(statement, args![ws, since, any, owner, limit]).await?;
    let read = |f: LastingFields| LastingSign {
        customer: f.customer,
        name: f.name,
        rule: f.rule,
        fired_day: f.fired_day,
        card: f.card,
        closed_at: f.closed_at,
        outcome: Outcome::parse(&f.outcome).unwrap_or(Outcome::Unsolved),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Forgets why the cards of a customer are there.
pub(in crate::plays) async fn forget_causes(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!(
        "DELETE FROM card_cause WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
    );
    tx.run(statement, args![ws, customer]).await?;
    forget_quiet_signs(tx, ws, customer).await
}

/// Forgets what was seen of a customer and made no card.
pub(in crate::plays) async fn forget_quiet_signs(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM quiet_sign WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    Ok(())
}
