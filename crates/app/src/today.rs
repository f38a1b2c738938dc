//! 今日: what changed since the last business day and why, the cards that matter, deadlines, data gone quiet.

use kizashi_db::{args, row, sql};
use kizashi_domain::health::{Change, OVERRIDE_REMIND_DAYS};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::Metric;
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::Day;

use crate::access::{Role, Viewer};
use crate::health::{CHANGE_SHOWN_MIN, OverrideView, list_ending_overrides, parse_band, parse_spark};
pub use crate::plays::QuietCard;
use crate::plays::{self, CardRow, Nobodys, TaskRow};
use crate::settings::Settings;
use crate::{App, Result};

/// A customer whose score changed.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// Points before and now; `None` = 判定不能.
    pub points: (Option<i64>, Option<i64>),
    /// The change, split into customer, data, override and settings.
    pub change: Change,
    /// One sentence.
    pub sentence: Text,
    /// MRR.
    pub mrr: Option<Money>,
}

/// A customer whose score is another one than a week ago, on the same scale.
#[derive(Clone, Debug)]
pub struct WeekRow {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// Points then and now.
    pub points: (i64, i64),
    /// The day of the week on which it moved most that way, and by how much; `None` = not on one day more than on others.
    pub most: Option<(Day, i64)>,
}

/// A deadline that comes near.
#[derive(Clone, Debug)]
pub struct DeadlineRow {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// 解約通知期限.
    pub notice_on: Day,
    /// Days from today.
    pub days_left: i64,
    /// Last day of the contract.
    pub end_day: Option<Day>,
    /// MRR.
    pub mrr: Option<Money>,
    /// Points.
    pub points: Option<i64>,
    /// Band.
    pub band: Option<kizashi_domain::health::Band>,
}

/// A source from which nothing comes any more.
#[derive(Clone, Debug)]
pub struct QuietSource {
    /// Source.
    pub source: String,
    /// The last day with data.
    pub last_day: Day,
    /// Business days of silence.
    pub quiet_days: i64,
    /// Titles of the metrics that depend on it.
    pub metrics: Vec<Text>,
    /// How many customers have data from it.
    pub customers: i64,
}

/// The Monday page.
#[derive(Clone, Debug)]
pub struct Today {
    /// Today.
    pub day: Day,
    /// The last business day before it; changes count from its end.
    pub since: Day,
    /// Customers with a card opened since then.
    pub new_signs: i64,
    /// Cards within the day's capacity, most urgent first.
    pub cards: Vec<CardRow>,
    /// Steps of plays that are the viewer's and due by today.
    pub tasks: Vec<TaskRow>,
    /// How many of these there are in all, and how many are past their day.
    pub tasks_due: (i64, i64),
    /// How many cards a day the viewer takes.
    pub capacity: i64,
    /// The first cards kept quiet, each with its reason; `/cards/quiet` has all.
    pub quiet: Vec<QuietCard>,
    /// How many were kept quiet in all.
    pub quiet_total: i64,
    /// Largest changes first, falls before rises.
    pub changes: Vec<ChangeRow>,
    /// How many customers changed in all.
    pub changes_total: i64,
    /// The largest changes within a week, when nothing changed since the last business day.
    pub week: Vec<WeekRow>,
    /// From when that week counts.
    pub week_from: Day,
    /// Notice deadlines of the next 60 days, nearest first: the first of them.
    pub deadlines: Vec<DeadlineRow>,
    /// How many there are within three weeks.
    pub deadlines_near: i64,
    /// Overrides that end in the next days, the first to end first.
    pub ending_overrides: Vec<OverrideView>,
    /// Notes in which the viewer is meant and that they have not seen.
    pub mentions: Vec<crate::customers::MentionRow>,
    /// Words on cards in which the viewer is meant and that they have not seen.
    pub card_mentions: Vec<plays::CardMention>,
    /// For those who lead: open cards that belong to nobody, but for those among [`Today::cards`].
    pub nobodys: Nobodys,
    /// Open red account rooms that the viewer owns or belongs to.
    pub rooms: Vec<crate::rooms::RoomRow>,
    /// Customers that the viewer has taken over and not read about yet.
    pub taken_over: i64,
    /// Those who have left and with whom something is open; for whoever may hand it over.
    pub left_behind: Vec<crate::handover::Due>,
    /// Colleagues who have stopped using the product, or do much less; for those who lead.
    pub drifted: Vec<crate::presence::Drifted>,
    /// Sources gone quiet.
    pub quiet_sources: Vec<QuietSource>,
    /// How many customers there are.
    pub customers: i64,
    /// Whether anything was ever scored.
    pub scored: bool,
}

const QUIET_MAX: i64 = 20;
const NOBODYS_MAX: i64 = 3;
const TASKS_MAX: i64 = 20;
const CHANGES_MAX: i64 = 12;
const WEEK_MAX: i64 = 3;
const WEEK_DAYS: i32 = 7;
/// Among so many customers at most a week is looked through for whoever sees everybody's: among more, something moved since yesterday.
const WEEK_CUSTOMERS_MAX: i64 = 5_000;
const DEADLINES_MAX: i64 = 12;
const DEADLINE_DAYS: i32 = 60;
/// A deadline within so many days is near.
const NEAR_DAYS: i32 = 21;

/// Whose cards and customers a viewer sees first: a CSM the own ones, everyone else all.
fn owner_of(viewer: &Viewer) -> Option<Id<Staff>> {
    (viewer.role == Role::Csm).then_some(viewer.staff)
}

/// Whether cards of nobody stand in a place of their own: for those who can give them to somebody.
pub fn sees_nobodys(viewer: &Viewer) -> bool {
    matches!(viewer.role, Role::Manager | Role::Admin)
}

/// Whose cards a viewer sees first.
pub fn whose_cards(viewer: &Viewer) -> Option<Id<Staff>> {
    owner_of(viewer)
}

/// Opens the Monday page.
pub async fn open_today(app: &App, viewer: &Viewer) -> Result<Today> {
    let ws = viewer.workspace;
    let settings = crate::settings::open_settings(app, ws).await?;
    let now = app.now();
    let day = settings.day_of(now);
    let since = settings.calendar.previous_business_day(day.plus(-1));
    let owner = owner_of(viewer);
    let mut budget = plays::open_budget(app, ws, owner, viewer.daily_cards, QUIET_MAX).await?;
    let mut nobodys = Nobodys::default();
    if sees_nobodys(viewer) {
        nobodys = plays::part_nobodys(app, ws, &mut budget, NOBODYS_MAX).await?;
        crate::rooms::settle_proposals(app, ws, &mut nobodys.cards).await?;
    }
    if owner.is_none() {
        plays::ask_owners(app, ws, &mut budget.quiet).await?;
    }
    crate::rooms::settle_proposals(app, ws, &mut budget.shown).await?;
    let customers = crate::customers::count_customers(app, ws).await?;
    let changes = list_changes(app, ws, owner).await?;
    let week = if changes.is_empty() { list_week(app, ws, owner, day).await? } else { Vec::new() };
    Ok(Today {
        day,
        since,
        new_signs: plays::count_new_signs(app, ws, owner, settings.zone.end_of(since)).await?,
        quiet_total: budget.quiet_total,
        cards: budget.shown,
        tasks: plays::list_open_tasks(app, ws, Some(viewer.staff), day, TASKS_MAX).await?,
        tasks_due: plays::count_open_tasks(app, ws, viewer.staff, day).await?,
        capacity: viewer.daily_cards,
        quiet: budget.quiet,
        changes,
        week,
        week_from: day.plus(-WEEK_DAYS),
        changes_total: count_changes(app, ws, owner).await?,
        deadlines: list_deadlines(app, ws, owner, day).await?,
        deadlines_near: count_deadlines(app, viewer, day, NEAR_DAYS).await?,
        ending_overrides: list_ending_overrides(app, ws, day, day.plus(OVERRIDE_REMIND_DAYS)).await?,
        mentions: crate::customers::list_mentions(app, ws, viewer.staff).await?,
        card_mentions: plays::list_card_mentions(app, ws, viewer.staff).await?,
        nobodys,
        rooms: list_own_rooms(app, viewer).await?,
        taken_over: count_taken_over(app, viewer).await?,
        left_behind: match viewer.role {
            Role::Admin | Role::Manager => crate::handover::list_due(app, ws).await?,
            _ => Vec::new(),
        },
        drifted: crate::presence::list_drifted(app, &settings, viewer).await?,
        quiet_sources: list_quiet_sources(app, &settings, day, customers).await?,
        customers,
        scored: is_scored(app, ws).await?,
    })
}

async fn list_own_rooms(app: &App, viewer: &Viewer) -> Result<Vec<crate::rooms::RoomRow>> {
    let query = crate::rooms::RoomQuery { closed: false, member: Some(viewer.staff) };
    crate::rooms::list_rooms(app, viewer.workspace, &query).await
}

async fn count_taken_over(app: &App, viewer: &Viewer) -> Result<i64> {
    let received = crate::handover::list_received(app, viewer.workspace, viewer.staff).await?;
    Ok(i64::try_from(received.iter().filter(|r| r.seen_at.is_none()).count()).unwrap_or(0))
}

row! {
    struct ChangeFields {
        id: Id<Customer>, name: String, points: Option<i64>, change_points: i64, change: String, sentence_ja: String, sentence_en: String,
        mrr_minor: i64, currency: String,
    }
}

fn money(minor: i64, currency: &str) -> Option<Money> {
    (minor > 0).then(|| Money { minor, currency: Currency::parse(currency).unwrap_or(Currency::JPY) })
}

async fn list_changes(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>) -> Result<Vec<ChangeRow>> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT c.id, c.name, s.points, s.change_points, s.change, s.sentence_ja, s.sentence_en, s.mrr_minor, s.currency ",
        "FROM standing s CROSS JOIN customer c WHERE s.workspace_id = $1 AND c.id = s.customer_id AND s.weight > 0 ",
        "AND ($2 = 1 OR c.owner_id = $3) ORDER BY s.weight DESC, s.customer_id LIMIT $4"
    );
    let rows: Vec<ChangeFields> = app.db.list(statement, args![ws, any, owner, CHANGES_MAX]).await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(ChangeRow {
                id: r.id,
                name: r.name,
                points: (r.points.map(|p| p - r.change_points), r.points),
                change: serde_json::from_str(&r.change).ok()?,
                sentence: Text { ja: r.sentence_ja, en: r.sentence_en },
                mrr: money(r.mrr_minor, &r.currency),
            })
        })
        .collect())
}

row! {
    struct WeekFields { id: Id<Customer>, name: String, day: Day, before: i64, now: i64, spark: String }
}

/// What moved within a week and can be compared: judged then and now, by the same settings.
async fn list_week(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>, day: Day) -> Result<Vec<WeekRow>> {
    let any = i64::from(owner.is_none());
    let beyond =
        sql!("SELECT 1 FROM standing WHERE workspace_id = $1 ORDER BY sort_points, customer_id LIMIT 1 OFFSET $2");
    if any == 1 && app.db.find::<(i64,)>(beyond, args![ws, WEEK_CUSTOMERS_MAX]).await?.is_some() {
        return Ok(Vec::new());
    }
    let statement = sql!(
        "SELECT c.id, c.name, s.day, o.points, s.points, s.spark FROM standing s JOIN customer c ON c.id = s.customer_id ",
        "JOIN score o ON o.workspace_id = s.workspace_id AND o.customer_id = s.customer_id AND o.day = $4 ",
        "WHERE s.workspace_id = $1 AND ($2 = 1 OR c.owner_id = $3) AND c.churned_on IS NULL AND s.scale_from <= $4 ",
        "AND ABS(s.points - o.points) >= $5 ",
        "ORDER BY CASE WHEN s.points < o.points THEN 2 ELSE 1 END * ABS(s.points - o.points) DESC, c.id LIMIT $6"
    );
    let then = day.plus(-WEEK_DAYS);
    let rows: Vec<WeekFields> =
        app.db.list(statement, args![ws, any, owner, then, i64::from(CHANGE_SHOWN_MIN), WEEK_MAX]).await?;
    let read = |r: WeekFields| WeekRow {
        most: find_most(&parse_spark(&r.spark), r.day, then, r.now - r.before),
        id: r.id,
        name: r.name,
        points: (r.before, r.now),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The day after `then` on which the kept points, whose last is of `last`, moved most in the direction of `total`.
fn find_most(points: &[Option<i64>], last: Day, then: Day, total: i64) -> Option<(Day, i64)> {
    let from = points.len().checked_sub(usize::try_from(last.0 - then.0).ok()? + 1)?;
    let days = points.get(from..)?.windows(2).zip(1..).filter_map(|(pair, at)| match pair {
        [Some(before), Some(after)] => Some((then.plus(at), after - before)),
        _ => None,
    });
    days.filter(|(_, moved)| moved.signum() == total.signum()).max_by_key(|(day, moved)| (moved.abs(), day.0))
}

async fn count_changes(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>) -> Result<i64> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT count(*) FROM standing s CROSS JOIN customer c WHERE s.workspace_id = $1 AND s.weight > 0 AND c.id = s.customer_id ",
        "AND ($2 = 1 OR c.owner_id = $3)"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, any, owner]).await?.map_or(0, |(n,)| n))
}

row! {
    struct DeadlineFields {
        id: Id<Customer>, name: String, notice_on: Day, end_day: Option<Day>, mrr_minor: i64, currency: String, points: Option<i64>, band: String,
    }
}

async fn list_deadlines(app: &App, ws: Id<Workspace>, owner: Option<Id<Staff>>, day: Day) -> Result<Vec<DeadlineRow>> {
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT c.id, c.name, s.notice_on, s.end_day, s.mrr_minor, s.currency, s.points, s.band FROM standing s CROSS JOIN customer c ",
        "WHERE s.workspace_id = $1 AND s.sort_notice >= $4 AND s.sort_notice <= $5 AND s.notice_on IS NOT NULL AND c.id = s.customer_id ",
        "AND c.churned_on IS NULL AND ($2 = 1 OR c.owner_id = $3) ORDER BY s.sort_notice, s.customer_id LIMIT $6"
    );
    let rows: Vec<DeadlineFields> =
        app.db.list(statement, args![ws, any, owner, day, day.plus(DEADLINE_DAYS), DEADLINES_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|r| DeadlineRow {
            id: r.id,
            name: r.name,
            notice_on: r.notice_on,
            days_left: i64::from(r.notice_on.0 - day.0),
            end_day: r.end_day,
            mrr: money(r.mrr_minor, &r.currency),
            points: r.points,
            band: parse_band(&r.band),
        })
        .collect())
}

/// How many notice deadlines of the viewer's customers come within so many days.
pub async fn count_deadlines(app: &App, viewer: &Viewer, day: Day, days: i32) -> Result<i64> {
    let (ws, owner) = (viewer.workspace, owner_of(viewer));
    let any = i64::from(owner.is_none());
    let statement = sql!(
        "SELECT count(*) FROM standing s CROSS JOIN customer c WHERE s.workspace_id = $1 AND s.sort_notice >= $4 AND s.sort_notice <= $5 ",
        "AND s.notice_on IS NOT NULL AND c.id = s.customer_id AND c.churned_on IS NULL AND ($2 = 1 OR c.owner_id = $3)"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, any, owner, day, day.plus(days)]).await?.map_or(0, |(n,)| n))
}

async fn list_quiet_sources(app: &App, settings: &Settings, day: Day, customers: i64) -> Result<Vec<QuietSource>> {
    let (feeds, providers) = crate::measure::list_feeds(app, settings, day).await?;
    let metrics = &settings.pack.metrics;
    let mut out = Vec::new();
    for feed in feeds.list.iter().filter(|f| f.is_silent) {
        let rests_on_it = |(place, m): &(usize, &Metric)| m.kind.reads_events() && providers.has(*place, &feed.source);
        let affected = metrics.iter().enumerate().filter(rests_on_it).map(|(_, m)| m);
        out.push(QuietSource {
            source: feed.source.clone(),
            last_day: feed.last_arrival_day,
            quiet_days: i64::from(feed.gap_days),
            metrics: affected.map(|m| m.title.clone()).collect(),
            customers,
        });
    }
    Ok(out)
}

async fn is_scored(app: &App, ws: Id<Workspace>) -> Result<bool> {
    let found: Option<(i64,)> =
        app.db.find(sql!("SELECT day FROM standing WHERE workspace_id = $1 LIMIT 1"), args![ws]).await?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_that_moved_a_week_is_found_among_the_kept_points() {
        let points = |text: &str| parse_spark(text);
        let most = |text: &str, total| find_most(&points(text), Day(107), Day(100), total);
        // Days 98 to 107, of which 100 is a week ago.
        assert_eq!(most("90,80,70,71,71,60,60,65,58,58", -12), Some((Day(103), -11)), "not what was before");
        assert_eq!(most("50,50,50,52,52,60,55,55,58,58", 8), Some((Day(103), 8)), "not the fall of the day after");
        assert_eq!(most("50,50,50,,,60,60,60,60,60", 10), None, "between days that are not known");
        assert_eq!(most("50,60", 10), None, "not kept for so long");
    }
}
