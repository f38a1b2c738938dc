//! Cards as pages and jobs read them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::signals::Trigger;
use kizashi_domain::time::{Day, Time};

use super::cause::{ToldCause, list_causes_of};
use super::{Fields, read_row};
use crate::plays::read::{CardRow, CardState, MergedCard};
use crate::signals::{KeyAccounts, list_standing};
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

/// These cards, the most urgent first.
pub(in crate::plays) async fn list_chosen(app: &App, ws: Id<Workspace>, cards: &[Id<Card>]) -> Result<Vec<CardRow>> {
    let keys = cards.iter().map(ToValue::to_value).collect();
    let statement = select_cards!("WHERE COALESCE(k.workspace_id, k.id) = $1 AND k.id IN ($2)");
    let mut fields: Vec<Fields> = app.db.list_in(statement, args![ws], keys).await?;
    fields.sort_by(|a, b| b.priority.total_cmp(&a.priority).then(a.id.cmp(&b.id)));
    with_causes(app, ws, fields).await
}

/// The standard answer of a card, and why it was put off.
pub(in crate::plays) async fn find_play(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<(String, String)> {
    let statement = sql!("SELECT play, snooze_reason FROM card WHERE workspace_id = $1 AND id = $2");
    let found: Option<(String, Option<String>)> = app.db.find(statement, args![ws, card]).await?;
    Ok(found.map(|(play, reason)| (play, reason.unwrap_or_default())).unwrap_or_default())
}

/// Open cards of one customer, to end them.
pub(in crate::plays) async fn list_open_cards_of(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
) -> Result<Vec<Id<Card>>> {
    let statement =
        sql!("SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2 AND closed_at IS NULL LIMIT 100");
    let rows: Vec<(Id<Card>,)> = tx.list(statement, args![ws, customer]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
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

/// Open cards of these customers, the most urgent first.
pub(in crate::plays) async fn list_open_of_many(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<CardRow>> {
    let statement = select_cards!("WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND k.customer_id IN ($2)");
    let mut fields: Vec<Fields> =
        app.db.list_in(statement, args![ws], customers.iter().map(ToValue::to_value).collect()).await?;
    fields.sort_by(|a, b| b.priority.total_cmp(&a.priority).then(a.id.cmp(&b.id)));
    with_causes(app, ws, fields).await
}

/// Neither put off nor waiting for the customer.
macro_rules! is_awake {
    () => {
        "AND (k.snoozed_until IS NULL OR k.snoozed_until <= $2) AND (k.waiting_at IS NULL OR k.due_day <= $2) "
    };
}

/// Open cards that ask for something today, most urgent first: those of one owner, or of all.
pub(in crate::plays) async fn list_urgent(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    today: Day,
    limit: i64,
) -> Result<Vec<CardRow>> {
    let (all, own) = (
        select_cards!(
            "WHERE k.workspace_id = $1 AND k.closed_at IS NULL ",
            is_awake!(),
            "ORDER BY k.priority DESC, k.id LIMIT $3"
        ),
        select_cards!(
            "WHERE k.workspace_id = $1 AND k.closed_at IS NULL ",
            is_awake!(),
            "AND k.owner_id = $4 ORDER BY k.priority DESC, k.id LIMIT $3"
        ),
    );
    let fields: Vec<Fields> = match owner {
        None => app.db.list(all, args![ws, today, limit]).await?,
        Some(owner) => app.db.list(own, args![ws, today, limit, owner]).await?,
    };
    with_causes(app, ws, fields).await
}

/// Open cards that are put off or wait for the customer: those of one owner, or of all.
pub(in crate::plays) async fn list_asleep(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    today: Day,
    limit: i64,
) -> Result<Vec<CardRow>> {
    let any = i64::from(owner.is_none());
    let (snoozed, waiting) = (
        select_cards!(where_open!(), "AND k.snoozed_until > $4 ORDER BY k.snoozed_until, k.id LIMIT $5"),
        select_cards!(
            where_open!(),
            "AND k.taken_at IS NOT NULL AND k.waiting_at IS NOT NULL AND k.due_day > $4 ",
            "AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) ORDER BY k.due_day, k.id LIMIT $5"
        ),
    );
    let mut fields: Vec<Fields> = app.db.list(snoozed, args![ws, any, owner, today, limit]).await?;
    fields.extend(app.db.list::<Fields>(waiting, args![ws, any, owner, today, limit]).await?);
    with_causes(app, ws, fields).await
}

/// Customers looked at for [`list_of_key_accounts`], those with the nearest deadline first.
const KEY_ACCOUNTS_MAX: i64 = 2_000;

/// Open cards of customers of at least this MRR whose notice deadline lies between two days, the most urgent first. Such customers are
/// few: their cards are found by customer, not by going through all that are open.
pub(in crate::plays) async fn list_of_key_accounts(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    (from_minor, from, to): (i64, Day, Day),
    limit: usize,
) -> Result<Vec<CardRow>> {
    let near = sql!(
        "SELECT customer_id FROM standing WHERE workspace_id = $1 AND sort_notice >= $2 AND sort_notice <= $3 AND mrr_minor >= $4 ",
        "ORDER BY sort_notice, customer_id LIMIT $5"
    );
    let customers: Vec<(Id<Customer>,)> = app.db.list(near, args![ws, from, to, from_minor, KEY_ACCOUNTS_MAX]).await?;
    let any = i64::from(owner.is_none());
    let statement = select_cards!(where_open!(), "AND k.customer_id IN ($4)");
    let keys = customers.iter().map(|(id,)| id.to_value()).collect();
    let mut fields: Vec<Fields> = app.db.list_in(statement, args![ws, any, owner], keys).await?;
    fields.sort_by(|a, b| b.priority.total_cmp(&a.priority).then(a.id.cmp(&b.id)));
    fields.truncate(limit);
    with_causes(app, ws, fields).await
}

/// How many cards are open: those of one owner, or of all. All have a priority: asked for it, the index that holds open cards alone is taken.
pub async fn count_open(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>) -> Result<i64> {
    let (all, own) = (
        sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND priority >= 0"),
        sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND owner_id = $2"),
    );
    let found: Option<(i64,)> = match owner {
        None => app.db.find(all, args![ws]).await?,
        Some(owner) => app.db.find(own, args![ws, owner]).await?,
    };
    Ok(found.map_or(0, |(n,)| n))
}

/// Open cards that nobody looks after and that are not put off: without an owner, or of one who has left. Each is found by its owner.
pub(crate) async fn count_nobodys(app: &App, ws: Id<Workspace>, today: Day) -> Result<i64> {
    let (ownerless, left) = (
        sql!(
            "SELECT count(*) FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND owner_id IS NULL ",
            "AND (snoozed_until IS NULL OR snoozed_until <= $2)"
        ),
        sql!(
            "SELECT count(*) FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND owner_id IN ",
            "(SELECT id FROM staff WHERE workspace_id = $1 AND left_at IS NOT NULL) AND (snoozed_until IS NULL OR snoozed_until <= $2)"
        ),
    );
    let mut sum = 0;
    for statement in [ownerless, left] {
        sum += app.db.find::<(i64,)>(statement, args![ws, today]).await?.map_or(0, |(n,)| n);
    }
    Ok(sum)
}

/// So many customers with new signs are counted; whoever reads the number learns nothing from more.
pub const NEW_SIGNS_MAX: i64 = 1_000;

/// Customers with a card opened since an instant, at most [`NEW_SIGNS_MAX`].
pub(crate) async fn count_new_signs(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    since: Time,
) -> Result<i64> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT count(*) FROM (SELECT DISTINCT customer_id FROM card WHERE workspace_id = $1 AND opened_at >= $4 ",
        "AND customer_id IS NOT NULL AND ($2 = 1 OR owner_id = $3) LIMIT $5) s"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, any, owner, since, NEW_SIGNS_MAX]).await?.map_or(0, |(n,)| n))
}

/// Open cards behind which there is more than one rule, the most urgent first: those of one owner, or of all.
pub(in crate::plays) async fn list_merged(
    app: &App,
    ws: Id<Workspace>,
    owner: Option<Id<Staff>>,
    limit: i64,
) -> Result<Vec<MergedCard>> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT k.id, c.name FROM card k JOIN customer c ON c.id = k.customer_id ",
        where_open!(),
        "AND (SELECT count(DISTINCT x.rule) FROM card_cause x WHERE x.workspace_id = k.workspace_id AND x.card_id = k.id) > 1 ",
        "ORDER BY k.priority DESC, k.id LIMIT $4"
    );
    let rows: Vec<(Id<Card>, String)> = app.db.list(statement, args![ws, any, owner, limit]).await?;
    let ids: Vec<Id<Card>> = rows.iter().map(|(id, _)| *id).collect();
    let mut rules = super::list_rules_of(app, ws, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|(card, subject)| MergedCard { card, subject, rules: rules.remove(&card).unwrap_or_default() })
        .collect())
}

row! {
    /// An open card of a customer, as the nightly look reads it.
    #[derive(Debug)]
    pub(in crate::plays) struct OpenCard {
        pub id: Id<Card>, pub customer: Id<Customer>, pub kind: String, pub priority: f64, pub touched_at: Option<Time>,
        pub healthy_days: i64, pub healthy_day: Option<Day>,
    }
}

/// The open cards of these customers that signs opened.
pub(in crate::plays) async fn list_open_of(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<OpenCard>> {
    let statement = sql!(
        "SELECT id, customer_id, kind, priority, touched_at, healthy_days, healthy_day FROM card ",
        "WHERE workspace_id = $1 AND closed_at IS NULL AND made_by IS NULL AND customer_id IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], customers.iter().map(ToValue::to_value).collect()).await?)
}

row! {
    /// An open card about a source.
    pub(in crate::plays) struct OpenSourceCard { pub id: Id<Card>, pub subject: String, pub healthy_days: i64, pub healthy_day: Option<Day> }
}

/// The open cards about sources that signs opened.
pub(in crate::plays) async fn list_open_of_sources(app: &App, ws: Id<Workspace>) -> Result<Vec<OpenSourceCard>> {
    const SOURCE_CARDS_MAX: i64 = 1_000;
    let statement = sql!(
        "SELECT id, subject, healthy_days, healthy_day FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND made_by IS NULL ",
        "AND customer_id IS NULL ORDER BY id LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, SOURCE_CARDS_MAX]).await?)
}

pub(in crate::plays) async fn find_admin(tx: &mut Tx, ws: Id<Workspace>) -> Result<Option<Id<Staff>>> {
    let statement = sql!(
        "SELECT id FROM staff WHERE workspace_id = $1 AND role = 'admin' AND left_at IS NULL ORDER BY created_at LIMIT 1"
    );
    Ok(tx.find::<(Id<Staff>,)>(statement, args![ws]).await?.map(|(id,)| id))
}

/// Name of the customer of a card, or of its source.
pub(in crate::plays) async fn find_subject_name(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
) -> Result<Option<String>> {
    let statement = sql!(
        "SELECT c.name, k.subject FROM card k LEFT JOIN customer c ON c.id = k.customer_id WHERE k.workspace_id = $1 AND k.id = $2"
    );
    let found: Option<(Option<String>, String)> = tx.find(statement, args![ws, card]).await?;
    Ok(found.map(|(name, subject)| name.unwrap_or(subject)))
}

/// Which customer a card is about, if it is about one.
pub(in crate::plays) async fn find_customer(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
) -> Result<Option<Id<Customer>>> {
    let statement = sql!("SELECT customer_id FROM card WHERE workspace_id = $1 AND id = $2");
    Ok(tx.find::<(Option<Id<Customer>>,)>(statement, args![ws, card]).await?.and_then(|(customer,)| customer))
}

/// Reads the causes of all cards at once and makes rows.
pub(super) async fn with_causes(app: &App, ws: Id<Workspace>, fields: Vec<Fields>) -> Result<Vec<CardRow>> {
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let settings = crate::settings::open_settings(app, ws).await?;
    let severity = |rule: &str| settings.pack.rule(rule).map_or(0.0, |r| r.severity);
    let ids: Vec<Id<Card>> = fields.iter().map(|f| f.id).collect();
    let mut causes = list_causes_of(app, ws, &ids).await?;
    let is_stumble = |rule: &str| settings.pack.rule(rule).is_some_and(|r| r.when.is_no_show());
    let stumbles = |f: &&Fields| {
        f.closed_at.is_none() && causes.get(&f.id).is_some_and(|of| of.iter().any(|c| is_stumble(&c.rule)))
    };
    let subjects: Vec<_> = fields.iter().filter(stumbles).map(|f| f.subject.to_value()).collect();
    let standing = if subjects.is_empty() { HashSet::new() } else { list_standing(app, ws, subjects).await? };
    let settled = (app.now(), &settings.pack.cards);
    let today = settings.day_of(app.now());
    let is_asleep = |until: Option<Day>| until.is_some_and(|until| until > today);
    // Only of what is put off does it matter whose limits go on.
    let key = if fields.iter().any(|f| f.closed_at.is_none() && is_asleep(f.snoozed_until) && f.notice_on.is_some()) {
        KeyAccounts::find(app, ws, &settings.pack.cards).await?
    } else {
        KeyAccounts::default()
    };
    let read = |f: Fields| {
        let mut newest: HashMap<String, ToldCause> = HashMap::new();
        let mut order = Vec::new();
        for cause in causes.remove(&f.id).unwrap_or_default() {
            if let Entry::Vacant(slot) = newest.entry(cause.rule.clone()) {
                order.push(slot.key().clone());
                slot.insert(cause);
            }
        }
        // The gravest cause says most; a fallen score only sums the others up.
        order.sort_by(|a, b| severity(b).total_cmp(&severity(a)));
        let is_red =
            |rule: &String| settings.pack.rule(rule).is_some_and(|r| matches!(r.when, Trigger::RedAccount { .. }));
        let is_red_account = order.iter().any(is_red);
        // A stumble lasts since the day on which it should have been done, until it is done.
        let since = |c: &ToldCause| {
            let goes_on = is_stumble(&c.rule) && standing.contains(&(f.subject.clone(), c.rule.clone(), c.day));
            c.date().filter(|_| goes_on)
        };
        let told = order.iter().filter_map(|r| newest.remove(r)).map(|cause| (since(&cause), cause.why));
        let (stumbling, why) = told.unzip();
        let mut row = read_row(f, (why, stumbling), settled);
        if let Some(until) = row.snoozed_until.filter(|_| is_asleep(row.snoozed_until))
            && !key.is_never_quiet(row.mrr.map_or(0, |m| m.minor), row.notice_on, today)
        {
            row.late = None;
            row.limit = row.limit.map(|(limit, at)| (limit, at.max(settings.zone.end_of(until.plus(-1)))));
        }
        row.asks_room = is_red_account && row.customer_id.is_some() && row.state != CardState::Closed && !row.is_over;
        row
    };
    Ok(fields.into_iter().map(read).collect())
}
