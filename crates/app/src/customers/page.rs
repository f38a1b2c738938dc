//! One customer on a page: the answer with its reasons, computed from the facts as they are now.

use std::collections::HashMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};

use super::as_of::{AsOf, say_terms_then, say_then};
use super::listed::ListRow;
use super::read::{CustomerPage, HistoryPoint, HunchView, Relative};
use super::{learned, people, reckon, store};
use crate::health::parse_band;
use crate::measure::{Which, load_subjects};
use crate::{App, Refused, Result};

const HISTORY_DAYS: i32 = 540;

/// Which moment a page shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// As of the end of this day, with what was known then and the settings of that day; `None` = now.
    pub as_of: Option<Day>,
    /// Compared with this earlier day; `None` = the last business day before.
    pub against: Option<Day>,
}

/// The page of one customer.
pub async fn open_customer(
    app: &App,
    workspace: Id<Workspace>,
    customer: Id<Customer>,
    moment: Moment,
) -> Result<CustomerPage> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let as_of = moment.as_of.filter(|d| *d < today);
    let day = as_of.unwrap_or(today);
    let mut row = find_row(app, workspace, customer, as_of.is_none()).await?;
    let subject = load_subjects(app, workspace, Which::Only(&[row.external_id.clone()])).await?.into_values().next();
    let Some(subject) = subject else { return Err(Refused::NotFound.into()) };
    let (profile, parent_id) = (subject.profile_at(day, as_of), subject.parent_id);
    let reckoned = reckon::reckon(app, &settings, subject, moment, day, as_of).await?;
    let (mut facts, until) = (find_facts(app, workspace, customer).await?, as_of.map(|d| settings.zone.end_of(d)));
    let contracts = people::list_contracts(app, workspace, customer, day, until).await?;
    // The page says what its facts say now, also in the moment before the list does.
    if as_of.is_some() || reckoned.verdict.is_some() {
        row.points = reckoned.verdict.as_ref().and_then(|v| v.shown()).map(i64::from);
        row.band = reckoned.verdict.as_ref().map(|v| v.band);
    }
    let as_of = match as_of {
        Some(day) => {
            (facts.industry, facts.goal) = say_then(app, workspace, &mut row, &profile, day).await?;
            say_terms_then(&mut row, &contracts);
            row.contact_at = find_contact(app, workspace, customer, settings.zone.end_of(day)).await?;
            Some(look_back(app, &settings, customer, &row.external_id, day, &reckoned).await?)
        }
        None => None,
    };
    let mut cards = crate::plays::list_cards_of(app, workspace, customer).await?;
    cards.retain(|c| until.is_none_or(|end| c.opened_at < end));
    let mut hunches = list_hunches(app, workspace, customer).await?;
    hunches.retain(|h| until.is_none_or(|end| h.at < end));
    let mut history = list_history(app, workspace, customer, day.plus(-HISTORY_DAYS)).await?;
    history.retain(|p| p.day <= day);
    reckon::lay_again(&mut history, &reckoned.recomputed);
    Ok(CustomerPage {
        industry: facts.industry,
        employees: profile.employees,
        goal: facts.goal,
        aims: list_aims(app, workspace, customer, day, until).await?,
        since_day: profile.since,
        churned_on: profile.churned_on,
        day,
        verdict: reckoned.verdict,
        change_since: reckoned.since,
        change: reckoned.change,
        under_old: reckoned.under_old,
        sentence: reckoned.sentence,
        history,
        usage: reckoned.usage,
        contacts: people::list_contacts(app, workspace, customer, day, until).await?,
        contracts,
        deals: crate::deals::list_deals_of(app, workspace, customer, until).await?,
        files: crate::files::list_files(app, workspace, customer, until).await?,
        cards,
        hunches,
        overrides: crate::health::list_overrides(app, workspace, customer).await?,
        parent: match parent_id {
            Some(parent) => list_relatives(app, workspace, parent, true).await?.pop(),
            None => None,
        },
        children: list_relatives(app, workspace, customer, false).await?,
        scored_at: facts.scored_at,
        as_of,
        row,
    })
}

/// The customer's row of the list; with what its facts say `now` when some are waiting to be scored.
pub(super) async fn find_row(app: &App, ws: Id<Workspace>, customer: Id<Customer>, now: bool) -> Result<ListRow> {
    let Some(row) = store::find_row(app, ws, customer).await? else { return Err(Refused::NotFound.into()) };
    if now && crate::schedule::score_now(app, ws, &[customer]).await? {
        return store::find_row(app, ws, customer).await?.ok_or_else(|| Refused::NotFound.into());
    }
    Ok(row)
}

/// What the page of an earlier day says beside itself.
async fn look_back(
    app: &App,
    settings: &crate::settings::Settings,
    customer: Id<Customer>,
    external_id: &str,
    day: Day,
    reckoned: &reckon::Reckoned,
) -> Result<AsOf> {
    let (ws, end) = (settings.workspace, settings.zone.end_of(day));
    Ok(AsOf {
        day,
        stored: list_history(app, ws, customer, day.plus(-1)).await?.into_iter().find(|p| p.day == day),
        again: reckoned.again.clone(),
        relearned: reckoned.relearned.clone(),
        learned: learned::list_learned(app, ws, customer, external_id, end).await?,
    })
}

/// The last two-way contact before an instant.
async fn find_contact(app: &App, ws: Id<Workspace>, customer: Id<Customer>, before: Time) -> Result<Option<Time>> {
    let statement = sql!(
        "SELECT max(happened_at) FROM activity WHERE workspace_id = $1 AND customer_id = $2 AND happened_at < $3 ",
        "AND direction <> 'out' AND kind <> 'note'"
    );
    let found: Option<(Option<Time>,)> = app.db.find(statement, args![ws, customer, before]).await?;
    Ok(found.and_then(|(at,)| at))
}

row! {
    struct Facts { industry: String, goal: String, scored_at: Option<Time> }
}

async fn find_facts(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Facts> {
    let statement = sql!(
        "SELECT c.industry, c.goal, s.scored_at FROM customer c LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.id = $2"
    );
    app.db.find(statement, args![ws, customer]).await?.ok_or_else(|| Refused::NotFound.into())
}

/// What a customer is after and works with on a day, by name. `until` = as it was known before that.
async fn list_aims(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    day: Day,
    until: Option<Time>,
) -> Result<HashMap<String, String>> {
    let statement = sql!(
        "SELECT name, words FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND valid_from <= $3 AND words IS NOT NULL ",
        "AND (assumed = 1 OR recorded_at < $4) AND name IN ('goal_target', 'goal_on', 'goal_state', 'purpose', 'challenges', 'environment') ",
        "ORDER BY valid_from, recorded_at LIMIT 5000"
    );
    let until = until.unwrap_or(Time(i64::MAX));
    let rows: Vec<(String, String)> = app.db.list(statement, args![ws, customer, day, until]).await?;
    let mut aims: HashMap<String, String> = rows.into_iter().collect();
    // What was emptied holds no more.
    aims.retain(|_, words| !words.is_empty());
    Ok(aims)
}

row! {
    struct HistoryRow { day: Day, points: Option<i64>, band: String, low: i64, high: i64, settings_version: i64 }
}

pub(super) async fn list_history(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    from: Day,
) -> Result<Vec<HistoryPoint>> {
    let statement = sql!(
        "SELECT day, points, band, low, high, settings_version FROM score WHERE workspace_id = $1 AND customer_id = $2 AND day > $3 ORDER BY day LIMIT 1000"
    );
    let rows: Vec<HistoryRow> = app.db.list(statement, args![ws, customer, from]).await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(HistoryPoint {
                day: r.day,
                points: r.points,
                band: parse_band(&r.band)?,
                range: (r.low, r.high),
                settings_version: r.settings_version,
                again: None,
            })
        })
        .collect())
}

row! {
    struct HunchFields { staff: String, feeling: i64, confidence: i64, until_day: Day, note: String, created_at: Time }
}

async fn list_hunches(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<HunchView>> {
    let statement = sql!(
        "SELECT o.name, h.feeling, h.confidence, h.until_day, h.note, h.created_at FROM hunch h JOIN staff o ON o.id = h.staff_id ",
        "WHERE h.workspace_id = $1 AND h.customer_id = $2 ORDER BY h.created_at DESC LIMIT 20"
    );
    let rows: Vec<HunchFields> = app.db.list(statement, args![ws, customer]).await?;
    Ok(rows
        .into_iter()
        .map(|h| HunchView {
            staff: h.staff,
            feeling: h.feeling,
            confidence: h.confidence,
            until_day: h.until_day,
            note: h.note,
            at: h.created_at,
        })
        .collect())
}

row! {
    struct RelativeFields { id: Id<Customer>, name: String, band: Option<String>, points: Option<i64>, mrr_minor: Option<i64>, currency: Option<String> }
}

/// The customer itself (as a parent), or its children, worst first.
async fn list_relatives(app: &App, ws: Id<Workspace>, customer: Id<Customer>, itself: bool) -> Result<Vec<Relative>> {
    let own = sql!(
        "SELECT c.id, c.name, s.band, s.points, s.mrr_minor, s.currency FROM customer c LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.id = $2"
    );
    let children = sql!(
        "SELECT c.id, c.name, s.band, s.points, s.mrr_minor, s.currency FROM customer c LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.parent_id = $2 ORDER BY COALESCE(s.sort_points, 1000), c.sort_name LIMIT 100"
    );
    let rows: Vec<RelativeFields> = app.db.list(if itself { own } else { children }, args![ws, customer]).await?;
    Ok(rows
        .into_iter()
        .map(|r| Relative {
            id: r.id,
            name: r.name,
            band: r.band.as_deref().and_then(parse_band),
            points: r.points,
            mrr: r.mrr_minor.filter(|m| *m > 0).map(|minor| Money {
                minor,
                currency: r.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::JPY),
            }),
        })
        .collect())
}
