//! Cards as pages show them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use kizashi_db::{args, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::{Day, Time};

use super::{Fields, kind_word, read_row, read_text};
use crate::plays::read::{CardList, CardQuery, CardRow, CardStep};
use crate::{App, Result};

/// Cards nobody has closed: those of one owner, or of all.
macro_rules! where_open {
    () => {
        "WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND ($2 = 1 OR k.owner_id = $3) "
    };
}

pub(in crate::plays) async fn find_card(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<CardRow>> {
    let found: Option<Fields> =
        app.db.find(select_cards!("WHERE k.workspace_id = $1 AND k.id = $2"), args![ws, card]).await?;
    Ok(with_causes(app, ws, found.into_iter().collect()).await?.pop())
}

pub(in crate::plays) async fn find_play(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<String> {
    let found: Option<(String,)> =
        app.db.find(sql!("SELECT play FROM card WHERE workspace_id = $1 AND id = $2"), args![ws, card]).await?;
    Ok(found.map(|(p,)| p).unwrap_or_default())
}

pub(in crate::plays) async fn list_causes(
    app: &App,
    ws: Id<Workspace>,
    card: Id<Card>,
) -> Result<Vec<(String, Day, Text)>> {
    let statement = sql!(
        "SELECT rule, fired_day, because FROM card_cause WHERE workspace_id = $1 AND card_id = $2 ORDER BY recorded_at DESC, fired_day DESC LIMIT 50"
    );
    let rows: Vec<(String, Day, String)> = app.db.list(statement, args![ws, card]).await?;
    Ok(rows.into_iter().map(|(rule, day, because)| (rule, day, read_text(&because))).collect())
}

pub(in crate::plays) async fn list_steps(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<CardStep>> {
    let statement = sql!(
        "SELECT t.step, t.note, o.name, t.happened_at FROM card_step t LEFT JOIN staff o ON o.id = t.staff_id ",
        "WHERE t.workspace_id = $1 AND t.card_id = $2 ORDER BY t.happened_at DESC, t.id DESC LIMIT 200"
    );
    let rows: Vec<(String, String, Option<String>, Time)> = app.db.list(statement, args![ws, card]).await?;
    Ok(rows.into_iter().map(|(step, note, staff, at)| CardStep { step, note, staff, at }).collect())
}

pub(in crate::plays) async fn list_of_customer(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
) -> Result<Vec<CardRow>> {
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
        where_open!(),
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
    let statement = select_cards!(where_open!(), "AND k.snoozed_until > $4 ORDER BY k.snoozed_until, k.id LIMIT $5");
    let fields: Vec<Fields> = app.db.list(statement, args![ws, any, owner, today, limit]).await?;
    with_causes(app, ws, fields).await
}

/// How many cards are open: those of one owner, or of all.
pub async fn count_open(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>) -> Result<i64> {
    let any = i64::from(owner.is_none());
    let statement = sql!("SELECT count(*) FROM card k ", where_open!());
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

pub(in crate::plays) async fn list_cards(
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
            where_open!(),
            "AND ($4 = '' OR k.kind = $4) AND ($5 = 1 OR k.snoozed_until IS NULL OR k.snoozed_until <= $6) AND ($5 = 0 OR k.snoozed_until > $6) ",
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

/// Reads each card's causes and makes rows.
async fn with_causes(app: &App, ws: Id<Workspace>, fields: Vec<Fields>) -> Result<Vec<CardRow>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let severity = |rule: &str| settings.pack.rule(rule).map_or(0.0, |r| r.severity);
    let mut rows = Vec::with_capacity(fields.len());
    for f in fields {
        let causes = list_causes(app, ws, f.id).await?;
        let mut newest: HashMap<String, (Day, Text)> = HashMap::new();
        let mut order = Vec::new();
        for (rule, day, why) in causes {
            if let Entry::Vacant(slot) = newest.entry(rule) {
                order.push(slot.key().clone());
                slot.insert((day, why));
            }
        }
        // The gravest cause says most; a fallen score only sums the others up.
        order.sort_by(|a, b| severity(b).total_cmp(&severity(a)));
        let why = order.iter().filter_map(|r| newest.remove(r)).map(|(_, why)| why).collect();
        rows.push(read_row(f, why));
    }
    Ok(rows)
}
