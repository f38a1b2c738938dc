//! Tables handover, handover_item; what is open with a person, read.

use std::collections::HashMap;

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Handover, Id, Staff, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::read::{Due, HandoverRow, Load, Received};
use crate::access::Grant;
use crate::health::parse_band;
use crate::{App, Refused, Result};

const ROWS_MAX: i64 = 1_000;
const ITEMS_MAX: i64 = 1_000_000;
/// Customers of one person.
const PORTFOLIO_MAX: i64 = 20_000;

/// What is moved: kind, which, to whom.
pub(super) type Item = (String, Uuid, Id<Staff>);

pub(super) async fn insert_handover(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (id, from): (Id<Handover>, Id<Staff>),
    note: &str,
    items: &[Item],
) -> Result<()> {
    let ws = grant.workspace();
    let statement = sql!(
        "INSERT INTO handover (id, workspace_id, from_id, note, staff_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    tx.run(statement, args![id, ws, from, note, grant.staff(), app.now()]).await?;
    let insert = sql!(
        "INSERT INTO handover_item (workspace_id, handover_id, kind, object_id, to_id) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (handover_id, kind, object_id) DO NOTHING"
    );
    tx.run_many(insert, items.iter().map(|(kind, object, to)| args![ws, id, kind, *object, *to]).collect()).await?;
    Ok(())
}

/// Marks a handover as undone; what it had moved, and from whom. Refused when it was undone already.
pub(super) async fn keep_undone(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    id: Id<Handover>,
) -> Result<(Id<Staff>, Vec<Item>)> {
    let ws = grant.workspace();
    let find = sql!("SELECT from_id FROM handover WHERE workspace_id = $1 AND id = $2");
    let (from,): (Id<Staff>,) = tx.find(find, args![ws, id]).await?.ok_or(Refused::NotFound)?;
    let mark = sql!(
        "UPDATE handover SET undone_at = $3, undone_by = $4 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL"
    );
    if tx.run(mark, args![ws, id, app.now(), grant.staff()]).await? == 0 {
        return Err(Refused::Changed.into());
    }
    let list = sql!(
        "SELECT kind, object_id, to_id FROM handover_item WHERE workspace_id = $1 AND handover_id = $2 ORDER BY kind, object_id LIMIT $3"
    );
    Ok((from, tx.list(list, args![ws, id, ITEMS_MAX]).await?))
}

/// The newcomer has read about a customer, or not after all.
pub(super) async fn keep_seen(
    app: &App,
    grant: &Grant,
    (handover, customer): (Id<Handover>, Id<Customer>),
    seen: Option<Time>,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE handover_item SET seen_at = $5 WHERE workspace_id = $1 AND handover_id = $2 AND kind = 'customer' AND object_id = $3 AND to_id = $4"
    );
    if tx.run(statement, args![grant.workspace(), handover, customer, grant.staff(), seen]).await? == 0 {
        return Err(Refused::NotFound.into());
    }
    Ok(tx.commit().await?)
}

row! {
    pub(super) struct Owned {
        pub id: Id<Customer>, pub name: String, pub segment: String, pub region: String, pub mrr_minor: Option<i64>, pub currency: Option<String>,
        pub points: Option<i64>, pub band: Option<String>, pub notice_on: Option<Day>, pub cards: i64, pub deals: i64, pub owner_source: Option<String>,
    }
}

/// The customers of a person that have not left, or one of them.
pub(super) async fn list_owned(
    app: &App,
    ws: Id<Workspace>,
    from: Id<Staff>,
    customer: Option<Id<Customer>>,
    today: Day,
) -> Result<Vec<Owned>> {
    let statement = sql!(
        "SELECT c.id, c.name, c.segment, c.region, s.mrr_minor, s.currency, s.points, s.band, s.notice_on, ",
        "(SELECT count(*) FROM card k WHERE k.workspace_id = $1 AND k.customer_id = c.id AND k.owner_id = $2 AND k.closed_at IS NULL), ",
        "(SELECT count(*) FROM deal d WHERE d.workspace_id = $1 AND d.customer_id = c.id AND d.owner_id = $2 AND d.stage <> 'won' AND d.stage <> 'lost'), ",
        "(SELECT a.source FROM attribute a WHERE a.workspace_id = $1 AND a.customer_id = c.id AND a.name = 'owner' ",
        "ORDER BY a.valid_from DESC, a.recorded_at DESC LIMIT 1) ",
        "FROM customer c LEFT JOIN standing s ON s.customer_id = c.id WHERE c.workspace_id = $1 AND ($3 = 1 OR c.id = $4) ",
        "AND c.owner_id = $2 AND (c.churned_on IS NULL OR c.churned_on >= $5) ORDER BY c.sort_name, c.id LIMIT $6"
    );
    let any = i64::from(customer.is_none());
    Ok(app.db.list(statement, args![ws, from, any, customer, today, PORTFOLIO_MAX]).await?)
}

/// Counts of one kind of open item with a person, in every customer or in one.
macro_rules! counts {
    ($($kind:literal: $text:expr),+ $(,)?) => {
        [$(($kind, sql!($text))),+]
    };
}

/// How much of each kind is open with a person: all of it, or that of one customer. Kinds of which nothing is open are left out.
pub(super) async fn count_open(
    app: &App,
    ws: Id<Workspace>,
    from: Id<Staff>,
    customer: Option<Id<Customer>>,
) -> Result<Vec<(&'static str, i64)>> {
    let statements = counts! {
        "card": "SELECT count(*) FROM card WHERE workspace_id = $1 AND owner_id = $2 AND closed_at IS NULL AND ($3 = 1 OR customer_id = $4)",
        "task": "SELECT count(*) FROM play_task WHERE workspace_id = $1 AND owner_id = $2 AND standing IN ('open', 'later') AND ($3 = 1 OR customer_id = $4)",
        "run": "SELECT count(*) FROM play_run WHERE workspace_id = $1 AND owner_id = $2 AND ended_at IS NULL AND ($3 = 1 OR customer_id = $4)",
        "help": "SELECT count(*) FROM card_associate m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND m.staff_id = $2 AND k.closed_at IS NULL AND ($3 = 1 OR k.customer_id = $4)",
        "told": "SELECT count(*) FROM card_mention m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND m.staff_id = $2 AND m.seen_at IS NULL AND ($3 = 1 OR k.customer_id = $4)",
        "deal": "SELECT count(*) FROM deal WHERE workspace_id = $1 AND owner_id = $2 AND stage <> 'won' AND stage <> 'lost' AND ($3 = 1 OR customer_id = $4)",
        "mention": "SELECT count(*) FROM mention m JOIN activity a ON a.id = m.activity_id WHERE m.workspace_id = $1 AND m.staff_id = $2 AND m.seen_at IS NULL AND ($3 = 1 OR a.customer_id = $4)",
        "room": "SELECT count(*) FROM room WHERE workspace_id = $1 AND owner_id = $2 AND closed_at IS NULL AND ($3 = 1 OR customer_id = $4)",
        "member": "SELECT count(*) FROM room_member m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND m.staff_id = $2 AND r.closed_at IS NULL AND ($3 = 1 OR r.customer_id = $4)",
        "action": "SELECT count(*) FROM room_action m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND m.owner_id = $2 AND m.done_at IS NULL AND m.removed_at IS NULL AND r.closed_at IS NULL AND ($3 = 1 OR r.customer_id = $4)",
    };
    let mut open = Vec::new();
    for (kind, statement) in statements {
        let found: Option<(i64,)> =
            app.db.find(statement, args![ws, from, i64::from(customer.is_none()), customer]).await?;
        open.extend(found.map(|(n,)| (kind, n)).filter(|(_, n)| *n > 0));
    }
    Ok(open)
}

/// What stays with the one who goes, because it is what they said or did: hunches and overrides that still hold, customers that have
/// left, views that they share, letters in their name that wait to go.
pub(super) async fn count_staying(
    app: &App,
    ws: Id<Workspace>,
    from: Id<Staff>,
    customer: Option<Id<Customer>>,
    today: Day,
) -> Result<Vec<(&'static str, i64)>> {
    let statements = counts! {
        "hunch": "SELECT count(*) FROM hunch WHERE workspace_id = $1 AND staff_id = $2 AND until_day >= $5 AND ($3 = 1 OR customer_id = $4)",
        "override": "SELECT count(*) FROM score_override WHERE workspace_id = $1 AND staff_id = $2 AND until_day >= $5 AND ended_at IS NULL AND ($3 = 1 OR customer_id = $4)",
        "letter": "SELECT count(*) FROM outgoing WHERE workspace_id = $1 AND staff_id = $2 AND state IN ('waiting', 'going') AND $5 > 0 AND ($3 = 1 OR customer_id = $4)",
        "left": "SELECT count(*) FROM customer WHERE workspace_id = $1 AND owner_id = $2 AND churned_on < $5 AND ($3 = 1 OR id = $4)",
        "view": "SELECT count(*) FROM saved_view WHERE workspace_id = $1 AND staff_id = $2 AND is_shared = 1 AND $3 = 1 AND $5 > 0 AND ($3 = 1 OR id = $4)",
    };
    let mut staying = Vec::new();
    for (kind, statement) in statements {
        let found: Option<(i64,)> =
            app.db.find(statement, args![ws, from, i64::from(customer.is_none()), customer, today]).await?;
        staying.extend(found.map(|(n,)| (kind, n)).filter(|(_, n)| *n > 0));
    }
    Ok(staying)
}

row! {
    pub(super) struct Person { pub id: Id<Staff>, pub name: String, pub role: String, pub left_at: Option<Time> }
}

/// A member of staff, also one who has left.
pub(super) async fn find_person(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Option<Person>> {
    let statement = sql!("SELECT id, name, role, left_at FROM staff WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find(statement, args![ws, staff]).await?)
}

pub(super) async fn find_owner(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<Id<Staff>>> {
    let statement = sql!("SELECT owner_id FROM customer WHERE workspace_id = $1 AND id = $2");
    let found: Option<(Option<Id<Staff>>,)> = app.db.find(statement, args![ws, customer]).await?;
    found.map(|(owner,)| owner).ok_or_else(|| Refused::NotFound.into())
}

/// Those who have left and with whom anything is open, the last to leave first.
pub(super) async fn list_due(app: &App, ws: Id<Workspace>) -> Result<Vec<Due>> {
    let statement = sql!(
        "SELECT o.id, o.name, o.left_at, (SELECT count(*) FROM customer c WHERE c.workspace_id = $1 AND c.owner_id = o.id AND c.churned_on IS NULL), ",
        "(SELECT count(*) FROM card k WHERE k.workspace_id = $1 AND k.owner_id = o.id AND k.closed_at IS NULL) ",
        "FROM staff o WHERE o.workspace_id = $1 AND o.left_at IS NOT NULL ORDER BY o.left_at DESC LIMIT $2"
    );
    let rows: Vec<DueFields> = app.db.list(statement, args![ws, ROWS_MAX]).await?;
    let others = count_left_behind(app, ws).await?;
    let due = |d: DueFields| Due {
        staff: d.id,
        name: d.name,
        left_at: d.left_at,
        customers: d.customers,
        cards: d.cards,
        others: others.get(&d.id).copied().unwrap_or(0),
    };
    Ok(rows.into_iter().map(due).filter(|d| d.customers + d.cards + d.others > 0).collect())
}

/// Those who are gone.
macro_rules! of_left {
    ($column:literal) => {
        concat!(
            "AND ",
            $column,
            " IN (SELECT id FROM staff WHERE workspace_id = $1 AND left_at IS NOT NULL) GROUP BY ",
            $column,
            " "
        )
    };
}

/// What is open with those who have left beside customers and cards: everything that a handover moves, each kind in one pass.
async fn count_left_behind(app: &App, ws: Id<Workspace>) -> Result<HashMap<Id<Staff>, i64>> {
    let statement = sql!(
        "SELECT n.who, CAST(SUM(n.many) AS BIGINT) FROM (",
        "SELECT owner_id AS who, count(*) AS many FROM play_task WHERE workspace_id = $1 AND standing = 'open' AND asks = 1 ",
        of_left!("owner_id"),
        "UNION ALL SELECT owner_id, count(*) FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL ",
        of_left!("owner_id"),
        "UNION ALL SELECT m.staff_id, count(*) FROM card_associate m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND k.closed_at IS NULL ",
        of_left!("m.staff_id"),
        "UNION ALL SELECT staff_id, count(*) FROM card_mention WHERE workspace_id = $1 AND seen_at IS NULL ",
        of_left!("staff_id"),
        "UNION ALL SELECT owner_id, count(*) FROM deal WHERE workspace_id = $1 AND stage <> 'won' AND stage <> 'lost' ",
        of_left!("owner_id"),
        "UNION ALL SELECT staff_id, count(*) FROM mention WHERE workspace_id = $1 AND seen_at IS NULL ",
        of_left!("staff_id"),
        "UNION ALL SELECT owner_id, count(*) FROM room WHERE workspace_id = $1 AND closed_at IS NULL ",
        of_left!("owner_id"),
        "UNION ALL SELECT m.staff_id, count(*) FROM room_member m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND r.closed_at IS NULL ",
        of_left!("m.staff_id"),
        "UNION ALL SELECT m.owner_id, count(*) FROM room_action m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND m.done_at IS NULL ",
        "AND m.removed_at IS NULL AND r.closed_at IS NULL ",
        of_left!("m.owner_id"),
        ") n GROUP BY n.who ORDER BY n.who LIMIT $2"
    );
    let rows: Vec<(Id<Staff>, i64)> = app.db.list(statement, args![ws, ROWS_MAX]).await?;
    Ok(rows.into_iter().collect())
}

row! {
    struct DueFields { id: Id<Staff>, name: String, left_at: Time, customers: i64, cards: i64 }
}

row! {
    struct LoadFields { id: Id<Staff>, name: String, role: String, customers: i64, cards: i64, mrr_minor: Option<i64>, currency: Option<String> }
}

/// How much everybody who is there has.
pub(super) async fn list_loads(app: &App, ws: Id<Workspace>) -> Result<Vec<Load>> {
    let statement = sql!(
        "SELECT o.id, o.name, o.role, (SELECT count(*) FROM customer c WHERE c.workspace_id = $1 AND c.owner_id = o.id AND c.churned_on IS NULL), ",
        "(SELECT count(*) FROM card k WHERE k.workspace_id = $1 AND k.owner_id = o.id AND k.closed_at IS NULL), ",
        "(SELECT CAST(SUM(s.mrr_minor) AS BIGINT) FROM standing s JOIN customer c ON c.id = s.customer_id WHERE s.workspace_id = $1 ",
        "AND c.owner_id = o.id AND c.churned_on IS NULL), (SELECT min(s.currency) FROM standing s WHERE s.workspace_id = $1) ",
        "FROM staff o WHERE o.workspace_id = $1 AND o.left_at IS NULL ORDER BY o.name LIMIT $2"
    );
    let rows: Vec<LoadFields> = app.db.list(statement, args![ws, ROWS_MAX]).await?;
    let load = |l: LoadFields| Load {
        staff: l.id,
        name: l.name,
        role: l.role,
        customers: l.customers,
        cards: l.cards,
        mrr: money(l.mrr_minor, l.currency.as_deref()),
    };
    Ok(rows.into_iter().map(load).collect())
}

/// An amount, when there is one.
pub(super) fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency = currency.and_then(Currency::parse).unwrap_or(Currency::JPY);
    minor.filter(|m| *m > 0).map(|minor| Money { minor, currency })
}

row! {
    struct HandoverFields {
        id: Id<Handover>, from: Id<Staff>, from_name: String, note: String, by: Option<String>, at: Time, undone_at: Option<Time>,
        customers: i64, items: i64,
    }
}

/// The columns of [`HandoverFields`].
macro_rules! select_handovers {
    ($rest:literal) => {
        sql!(
            "SELECT h.id, h.from_id, f.name, h.note, o.name, h.created_at, h.undone_at, ",
            "(SELECT count(*) FROM handover_item i WHERE i.handover_id = h.id AND i.kind = 'customer'), ",
            "(SELECT count(*) FROM handover_item i WHERE i.handover_id = h.id AND i.kind NOT IN ('customer', 'again', 'place', 'help_place')) ",
            "FROM handover h JOIN staff f ON f.id = h.from_id LEFT JOIN staff o ON o.id = h.staff_id WHERE h.workspace_id = $1 ",
            $rest
        )
    };
}

fn handover_row(h: HandoverFields) -> HandoverRow {
    HandoverRow {
        id: h.id,
        from: h.from,
        from_name: h.from_name,
        note: h.note,
        by: h.by,
        at: h.at,
        undone_at: h.undone_at,
        customers: h.customers,
        items: h.items,
    }
}

pub(super) async fn list_handovers(app: &App, ws: Id<Workspace>) -> Result<Vec<HandoverRow>> {
    let statement = select_handovers!("ORDER BY h.created_at DESC LIMIT 100");
    Ok(app.db.list::<HandoverFields>(statement, args![ws]).await?.into_iter().map(handover_row).collect())
}

pub(super) async fn find_handover(app: &App, ws: Id<Workspace>, id: Id<Handover>) -> Result<Option<HandoverRow>> {
    Ok(app.db.find::<HandoverFields>(select_handovers!("AND h.id = $2"), args![ws, id]).await?.map(handover_row))
}

row! {
    struct ReceivedFields {
        handover: Id<Handover>, customer: Id<Customer>, name: String, to: Id<Staff>, to_name: String, from_name: String, at: Time,
        seen_at: Option<Time>, points: Option<i64>, band: Option<String>, mrr_minor: Option<i64>, currency: Option<String>,
        notice_on: Option<Day>, sentence_ja: Option<String>, sentence_en: Option<String>,
    }
}

/// Customers that were handed over: in one handover, or to one person who owns them still.
pub(super) async fn list_received(
    app: &App,
    ws: Id<Workspace>,
    handover: Option<Id<Handover>>,
    to: Option<Id<Staff>>,
) -> Result<Vec<Received>> {
    let statement = sql!(
        "SELECT h.id, c.id, c.name, t.id, t.name, f.name, h.created_at, i.seen_at, s.points, s.band, s.mrr_minor, s.currency, s.notice_on, ",
        "s.sentence_ja, s.sentence_en FROM handover h JOIN handover_item i ON i.handover_id = h.id JOIN customer c ON c.id = i.object_id ",
        "JOIN staff t ON t.id = i.to_id JOIN staff f ON f.id = h.from_id LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE h.workspace_id = $1 AND i.kind = 'customer' AND ($2 = 0 OR h.id = $3) ",
        "AND ($4 = 0 OR (i.to_id = $5 AND h.undone_at IS NULL AND c.owner_id = $5)) ORDER BY h.created_at DESC, c.sort_name LIMIT $6"
    );
    let values = args![ws, i64::from(handover.is_some()), handover, i64::from(to.is_some()), to, PORTFOLIO_MAX];
    let rows: Vec<ReceivedFields> = app.db.list(statement, values).await?;
    let band = |word: &Option<String>| -> Option<Band> { word.as_deref().and_then(parse_band) };
    Ok(rows
        .into_iter()
        .map(|r| Received {
            band: band(&r.band),
            mrr: money(r.mrr_minor, r.currency.as_deref()),
            handover: r.handover,
            customer: r.customer,
            name: r.name,
            to: r.to,
            to_name: r.to_name,
            from_name: r.from_name,
            at: r.at,
            seen_at: r.seen_at,
            points: r.points,
            notice_on: r.notice_on,
            sentence: kizashi_domain::lang::Text {
                ja: r.sentence_ja.unwrap_or_default(),
                en: r.sentence_en.unwrap_or_default(),
            },
        })
        .collect())
}

/// Other things that a handover moved: to whom, which kind, how many.
pub(super) async fn count_items(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Handover>,
) -> Result<Vec<(Id<Staff>, String, String, i64)>> {
    let statement = sql!(
        "SELECT i.to_id, t.name, i.kind, count(*) FROM handover_item i JOIN staff t ON t.id = i.to_id WHERE i.workspace_id = $1 ",
        "AND i.handover_id = $2 AND i.kind NOT IN ('customer', 'again', 'place', 'help_place') GROUP BY i.to_id, t.name, i.kind ORDER BY t.name, i.kind LIMIT 1000"
    );
    Ok(app.db.list(statement, args![ws, id]).await?)
}
