//! Everything that happened with one customer, newest first.

use std::collections::BTreeMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::measure::{Events, Kind, Metric, is_record_event, short_title};
use kizashi_domain::pack::Pack;
use kizashi_domain::time::{DAY_US, Day, Time};

use super::read::{Timeline, TimelineKind, TimelineRow};
use super::{store, written};
use crate::{App, Refused, Result};

const ROWS: usize = 40;
/// Usage events looked at for one page; they are shown as one line a day.
const USAGE_EVENTS: usize = 2_000;
const USAGE_NAMES: usize = 3;

row! {
    struct Line { at: Time, what: String, title: String, text: String, who: Option<String>, figure: Option<f64>, learned_at: Time }
}

/// A page of the timeline: all kinds or one, before an instant, counting what was known by the end of a day.
pub async fn open_timeline(
    app: &App,
    workspace: Id<Workspace>,
    customer: Id<Customer>,
    kind: Option<TimelineKind>,
    before: Option<Time>,
    as_of: Option<Day>,
) -> Result<Timeline> {
    list_moments(app, workspace, customer, (kind, before, as_of), ROWS).await
}

/// The same with pages of about so many moments. What happened at one instant is never torn apart.
pub async fn list_moments(
    app: &App,
    workspace: Id<Workspace>,
    customer: Id<Customer>,
    (kind, before, as_of): (Option<TimelineKind>, Option<Time>, Option<Day>),
    rows_max: usize,
) -> Result<Timeline> {
    let Some(external_id) = store::find_external_id(app, workspace, customer).await? else {
        return Err(Refused::NotFound.into());
    };
    let settings = crate::settings::open_settings(app, workspace).await?;
    let known = as_of.map_or(Time(i64::MAX), |day| settings.zone.end_of(day));
    let last = app.now().plus_us(1).min(known);
    let end = before.unwrap_or(last).min(last);
    let limit = rows_max + 1;
    let wants = |k: TimelineKind| kind.is_none_or(|only| only == k);
    let mut moments = Moments::default();
    for (k, statement) in statements() {
        if wants(k) {
            let bound = args![workspace, customer, end, known, i64::try_from(limit).unwrap_or(i64::MAX)];
            let lines: Vec<Line> = app.db.list(statement, bound).await?;
            moments.add(lines.into_iter().map(|l| row_of(k, l)).collect(), limit);
        }
    }
    if wants(TimelineKind::Activity) {
        let known = as_of.map(|_| known);
        moments.add(written::list_activities(app, workspace, customer, (end, known), limit).await?, limit);
    }
    if wants(TimelineKind::Contract) {
        moments.rows.extend(list_contracts(app, workspace, customer, end, &settings).await?);
    }
    if wants(TimelineKind::Usage) {
        let (rows, is_cut) = list_usage(app, external_id, (end, last), &settings).await?;
        let limit = if is_cut { rows.len() } else { usize::MAX };
        moments.add(rows, limit);
    }
    Ok(moments.page(rows_max))
}

/// Moments of several kinds, each read up to a limit of its own.
#[derive(Default)]
struct Moments {
    rows: Vec<TimelineRow>,
    /// At this instant and before it, a kind may have more than was read.
    cut_at: Option<Time>,
}

impl Moments {
    fn add(&mut self, rows: Vec<TimelineRow>, limit: usize) {
        if rows.len() >= limit {
            self.cut_at = self.cut_at.max(rows.iter().map(|r| r.at).min());
        }
        self.rows.extend(rows);
    }

    /// The newest ones of which nothing is missing. An instant with more moments than the limit is shown as far as it was read.
    fn page(mut self, rows_max: usize) -> Timeline {
        self.rows.sort_by_key(|r| std::cmp::Reverse(r.at));
        let count = |is_in: &dyn Fn(Time) -> bool| self.rows.iter().take_while(|r| is_in(r.at)).count();
        let whole = match self.cut_at {
            None => self.rows.len(),
            Some(cut) => Some(count(&|at| at > cut)).filter(|n| *n > 0).unwrap_or_else(|| count(&|at| at >= cut)),
        };
        let last = self.rows.get(..whole.min(rows_max)).and_then(<[TimelineRow]>::last).map(|r| r.at);
        let kept = last.map_or(0, |last| count(&|at| at >= last).min(whole));
        let more = kept < self.rows.len() || self.cut_at.is_some();
        self.rows.truncate(kept);
        Timeline { next_before: last.filter(|_| more), rows: self.rows }
    }
}

fn row_of(kind: TimelineKind, l: Line) -> TimelineRow {
    TimelineRow {
        at: l.at,
        kind,
        what: l.what,
        title: l.title,
        text: l.text,
        who: l.who.unwrap_or_default(),
        figure: l.figure,
        learned_at: Some(l.learned_at).filter(|t| t.micros() - l.at.micros() > DAY_US && kind != TimelineKind::Card),
        note: None,
    }
}

fn statements() -> [(TimelineKind, &'static kizashi_db::Statement); 4] {
    [
        (
            TimelineKind::Ticket,
            sql!(
                "SELECT opened_at, channel, subject, body, category, CAST(satisfaction AS DOUBLE PRECISION), CASE WHEN assumed = 1 THEN opened_at ELSE recorded_at END FROM ticket ",
                "WHERE workspace_id = $1 AND customer_id = $2 AND opened_at < $3 AND (assumed = 1 OR recorded_at < $4) ORDER BY opened_at DESC LIMIT $5"
            ),
        ),
        (
            TimelineKind::Response,
            sql!(
                "SELECT r.answered_at, r.survey, '', r.comment, p.name, r.score, CASE WHEN r.assumed = 1 THEN r.answered_at ELSE r.recorded_at END FROM response r LEFT JOIN contact p ",
                "ON p.workspace_id = r.workspace_id AND p.external_id = r.contact_external_id AND p.customer_id = r.customer_id ",
                "WHERE r.workspace_id = $1 AND r.customer_id = $2 AND r.answered_at < $3 AND (r.assumed = 1 OR r.recorded_at < $4) ORDER BY r.answered_at DESC LIMIT $5"
            ),
        ),
        (
            TimelineKind::Card,
            sql!(
                "SELECT t.happened_at, t.step, k.title, t.note, o.name, CAST(NULL AS DOUBLE PRECISION), t.happened_at FROM card_step t ",
                "JOIN card k ON k.id = t.card_id LEFT JOIN staff o ON o.id = t.staff_id ",
                "WHERE t.workspace_id = $1 AND t.card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2) AND t.happened_at < $3 AND t.happened_at < $4 ORDER BY t.happened_at DESC LIMIT $5"
            ),
        ),
        (
            TimelineKind::Hunch,
            sql!(
                "SELECT h.created_at, 'hunch', '', h.note, o.name, CAST(h.feeling AS DOUBLE PRECISION), h.created_at FROM hunch h ",
                "JOIN staff o ON o.id = h.staff_id ",
                "WHERE h.workspace_id = $1 AND h.customer_id = $2 AND h.created_at < $3 AND h.created_at < $4 ORDER BY h.created_at DESC LIMIT $5"
            ),
        ),
    ]
}

async fn list_contracts(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    end: Time,
    settings: &crate::settings::Settings,
) -> Result<Vec<TimelineRow>> {
    let statement = sql!(
        "SELECT start_day, plan, seats FROM contract WHERE workspace_id = $1 AND customer_id = $2 ORDER BY start_day DESC LIMIT 50"
    );
    let rows: Vec<(Day, String, Option<i64>)> = app.db.list(statement, args![ws, customer]).await?;
    let left = sql!(
        "SELECT left_on, role, name FROM contact WHERE workspace_id = $1 AND customer_id = $2 AND left_on IS NOT NULL LIMIT 100"
    );
    let people: Vec<(Day, String, String)> = app.db.list(left, args![ws, customer]).await?;
    #[allow(clippy::cast_precision_loss)]
    let terms = rows.into_iter().map(|(day, plan, seats)| TimelineRow {
        at: settings.zone.start_of(day),
        kind: TimelineKind::Contract,
        what: "start".to_owned(),
        title: plan,
        text: String::new(),
        who: String::new(),
        figure: seats.map(|s| s as f64),
        learned_at: None,
        note: None,
    });
    let people = people.into_iter().map(|(day, role, name)| TimelineRow {
        at: settings.zone.start_of(day),
        kind: TimelineKind::Contact,
        what: format!("left.{role}"),
        title: name,
        text: String::new(),
        who: String::new(),
        figure: None,
        learned_at: None,
        note: None,
    });
    Ok(terms.chain(people).filter(|r| r.at < end).collect())
}

/// Usage as one line a day, which stands where the day's use begins: how many events, and the most frequent names. Whether there is more
/// before these days.
async fn list_usage(
    app: &App,
    external_id: String,
    (end, last): (Time, Time),
    settings: &crate::settings::Settings,
) -> Result<(Vec<TimelineRow>, bool)> {
    // A day is counted whole, wherever in it a page begins.
    let upto = settings.zone.end_of(settings.day_of(end.plus_us(-1))).min(last);
    let events = app.blocking(move |h| Ok(h.timeline(&external_id, Some(upto), USAGE_EVENTS)?)).await?;
    let full = events.len() == USAGE_EVENTS;
    let mut days: BTreeMap<Day, (Time, BTreeMap<String, u64>, Time)> = BTreeMap::new();
    for e in events.iter().filter(|e| !is_record_event(&e.name) && !e.name.starts_with("contact.")) {
        let day = days.entry(settings.day_of(e.occurred_at)).or_insert((e.occurred_at, BTreeMap::new(), e.received_at));
        *day.1.entry(e.name.clone()).or_default() += 1;
        (day.0, day.2) = (day.0.min(e.occurred_at), day.2.max(e.received_at));
    }
    // The oldest day may be cut off in the middle; the next page shows it whole.
    if full && days.len() > 1 {
        days.pop_first();
    }
    let rows = days.into_values().filter(|(at, ..)| *at < end).map(|day| usage_row(&settings.pack, day)).collect();
    Ok((rows, full))
}

/// What an event is called: as the metric that counts it alone, else by its own name.
fn name_event(pack: &Pack, id: &str, lang: Lang) -> String {
    let counts = |m: &&Metric| {
        m.kind == Kind::Count && m.offset_days == 0 && matches!(&m.event, Events::One(event) if event == id)
    };
    pack.metrics.iter().find(counts).map_or(id, |m| short_title(m, lang)).to_owned()
}

fn usage_row(pack: &Pack, (at, names, learned): (Time, BTreeMap<String, u64>, Time)) -> TimelineRow {
    let mut names: Vec<(String, u64)> = names.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all: u64 = names.iter().map(|(_, n)| n).sum();
    let say = |lang| {
        let told = names.iter().take(USAGE_NAMES).map(|(name, n)| format!("{} {n}", name_event(pack, name, lang)));
        told.collect::<Vec<_>>().join(" · ")
    };
    let title = Text { ja: say(Lang::Ja), en: say(Lang::En) };
    #[allow(clippy::cast_precision_loss)]
    TimelineRow {
        at,
        kind: TimelineKind::Usage,
        what: "usage".to_owned(),
        title: serde_json::to_string(&title).unwrap_or_default(),
        text: String::new(),
        who: String::new(),
        figure: Some(all as f64),
        learned_at: Some(learned).filter(|l| l.micros() - at.micros() > DAY_US),
        note: None,
    }
}
