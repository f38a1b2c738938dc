//! One customer on a page: the answer with its reasons, computed from the facts as they are now.

use kizashi_db::{args, row, sql};
use kizashi_domain::health::explain;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{Kind, Metric, Scratch, Series};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};

use super::read::{ContactView, ContractView, CustomerPage, HistoryPoint, HunchView, Relative, UsageSeries};
use super::store;
use crate::health::{self, Days, parse_band};
use crate::measure::{Run, Which, load_subjects, read_series, visit_subjects};
use crate::pipeline::Span;
use crate::{App, Refused, Result};

const HISTORY_DAYS: i32 = 540;
const USAGE_DAYS: i32 = 180;
const USAGE_CHARTS_MAX: usize = 6;
const PEOPLE_MAX: i64 = 200;

/// What is computed from the events of the customer.
struct Computed {
    verdict: Option<kizashi_domain::health::Verdict>,
    change: Option<kizashi_domain::health::Change>,
    sentence: Text,
    usage: Vec<UsageSeries>,
}

/// The page of one customer.
pub async fn open_customer(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<CustomerPage> {
    let Some(row) = store::find_row(app, workspace, customer).await? else { return Err(Refused::NotFound.into()) };
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let run = Run::prepare(app, workspace, today).await?;
    let ids = [row.external_id.clone()];
    let mut subjects = load_subjects(app, workspace, Which::Only(&ids)).await?;
    let span = Span::of_page(&run, today);
    let since = span.since;
    let profile = subjects.values().next().map(|s| s.profile.clone()).unwrap_or_default();
    let parent_id = subjects.values().next().and_then(|s| s.parent_id);
    let computed = app
        .blocking(move |history| {
            let out = std::sync::Mutex::new(None);
            visit_subjects(history, &subjects, false, &|subject, events| {
                let computed = compute(&run, &span, subject, &events);
                if let Ok(mut out) = out.lock() {
                    *out = Some(computed);
                }
            })?;
            subjects.clear();
            Ok(out.into_inner().unwrap_or_default())
        })
        .await?;
    let facts = find_facts(app, workspace, customer).await?;
    let computed =
        computed.unwrap_or(Computed { verdict: None, change: None, sentence: Text::default(), usage: Vec::new() });
    Ok(CustomerPage {
        industry: facts.industry,
        employees: profile.employees,
        goal: facts.goal,
        since_day: profile.since,
        churned_on: profile.churned_on,
        day: today,
        verdict: computed.verdict,
        change_since: since,
        change: computed.change,
        sentence: computed.sentence,
        history: list_history(app, workspace, customer, today.plus(-HISTORY_DAYS)).await?,
        usage: computed.usage,
        contacts: list_contacts(app, workspace, customer).await?,
        contracts: list_contracts(app, workspace, customer, today).await?,
        cards: crate::plays::list_cards_of(app, workspace, customer).await?,
        hunches: list_hunches(app, workspace, customer).await?,
        parent: match parent_id {
            Some(parent) => list_relatives(app, workspace, parent, true).await?.pop(),
            None => None,
        },
        children: list_relatives(app, workspace, customer, false).await?,
        scored_at: facts.scored_at,
        row,
    })
}

fn compute(
    run: &Run,
    span: &Span,
    subject: &crate::measure::Subject,
    events: &kizashi_domain::measure::CustomerEvents<'_>,
) -> Computed {
    let mut days = Days::new(run, span, subject, events);
    let verdict = days.view(span.today).verdict.clone().filter(|_| !subject.profile.has_left(span.today));
    let known_before = subject.profile.since.is_none_or(|s| s <= span.since);
    let before = days.view(span.since).verdict.clone().filter(|_| known_before);
    let change = verdict.as_ref().map(|v| explain(before.as_ref().unwrap_or(v), v, None));
    let sentence = match (&verdict, &change) {
        (Some(v), Some(c)) => health::sentence(run, v, c, true),
        _ => Text::default(),
    };
    let usage = draw_usage(run, span, subject, events, verdict.as_ref());
    Computed { verdict, change, sentence, usage }
}

/// Whether a metric makes a line worth drawing.
fn is_drawn(metric: &Metric) -> bool {
    matches!(
        metric.kind,
        Kind::Count | Kind::Sum | Kind::DistinctUsers | Kind::DistinctDays | Kind::DistinctEvents | Kind::Ratio
    ) && metric.offset_days == 0
}

fn draw_usage(
    run: &Run,
    span: &Span,
    subject: &crate::measure::Subject,
    events: &kizashi_domain::measure::CustomerEvents<'_>,
    verdict: Option<&kizashi_domain::health::Verdict>,
) -> Vec<UsageSeries> {
    let metrics = &run.settings.pack.metrics;
    let (from, to) = (span.today.plus(1 - USAGE_DAYS), span.today);
    let mut series = Series::default();
    read_series(run, subject, events, (from, to), &mut Scratch::default(), &mut series);
    let feeds = span.feeds(to);
    let alive = feeds.map(|f| kizashi_domain::measure::alive_through(metrics, f, to)).unwrap_or_default();
    let judged: Vec<&str> = verdict.map(|v| v.measures().map(|l| l.metric.as_str()).collect()).unwrap_or_default();
    let mut out = Vec::new();
    for (i, metric) in metrics.iter().enumerate() {
        if out.len() == USAGE_CHARTS_MAX || !is_drawn(metric) || !judged.contains(&metric.id.as_str()) {
            continue;
        }
        let last = alive.get(i).copied().unwrap_or(to);
        let first = subject.profile.since.unwrap_or(Day(i32::MIN));
        let points: Vec<(Day, Option<f64>)> = (from.0..=to.0)
            .map(|d| (Day(d), series.value(i, Day(d)).filter(|_| Day(d) <= last && Day(d) >= first)))
            .collect();
        if points.iter().any(|(_, v)| v.is_some_and(|v| v != 0.0)) {
            out.push(UsageSeries {
                metric: metric.id.clone(),
                title: metric.title.clone(),
                unit: metric.unit.clone(),
                points,
            });
        }
    }
    out
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

row! {
    struct HistoryRow { day: Day, points: Option<i64>, band: String, low: i64, high: i64 }
}

async fn list_history(app: &App, ws: Id<Workspace>, customer: Id<Customer>, from: Day) -> Result<Vec<HistoryPoint>> {
    let statement = sql!(
        "SELECT day, points, band, low, high FROM score WHERE workspace_id = $1 AND customer_id = $2 AND day > $3 ORDER BY day LIMIT 1000"
    );
    let rows: Vec<HistoryRow> = app.db.list(statement, args![ws, customer, from]).await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(HistoryPoint { day: r.day, points: r.points, band: parse_band(&r.band)?, range: (r.low, r.high) })
        })
        .collect())
}

row! {
    struct ContactFields {
        name: String, reading: String, title: String, role: String, email: String, phone: String, left_on: Option<Day>, contact_at: Option<Time>,
    }
}

async fn list_contacts(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<ContactView>> {
    let statement = sql!(
        "SELECT p.name, p.reading, p.title, p.role, p.email, p.phone, p.left_on, ",
        "(SELECT max(a.happened_at) FROM activity a WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.contact_external_id = p.external_id) ",
        "FROM contact p WHERE p.workspace_id = $1 AND p.customer_id = $2 ",
        "ORDER BY CASE WHEN p.left_on IS NULL THEN 0 ELSE 1 END, ",
        "CASE p.role WHEN 'champion' THEN 0 WHEN 'key_person' THEN 1 WHEN 'admin' THEN 2 ELSE 3 END, p.name LIMIT $3"
    );
    let rows: Vec<ContactFields> = app.db.list(statement, args![ws, customer, PEOPLE_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|r| ContactView {
            name: r.name,
            reading: r.reading,
            title: r.title,
            role: r.role,
            email: r.email,
            phone: r.phone,
            left_on: r.left_on,
            contact_at: r.contact_at,
        })
        .collect())
}

row! {
    struct ContractFields {
        plan: String, seats: Option<i64>, amount_minor: Option<i64>, currency: String, months: i64, start_day: Day, end_day: Day,
        auto_renew: bool, notice_on: Day,
    }
}

async fn list_contracts(app: &App, ws: Id<Workspace>, customer: Id<Customer>, today: Day) -> Result<Vec<ContractView>> {
    let statement = sql!(
        "SELECT plan, seats, amount_minor, currency, months, start_day, end_day, auto_renew, notice_on FROM contract ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY start_day DESC LIMIT 50"
    );
    let rows: Vec<ContractFields> = app.db.list(statement, args![ws, customer]).await?;
    Ok(rows
        .into_iter()
        .map(|r| ContractView {
            mrr: r.amount_minor.map(|minor| {
                Money { minor, currency: Currency::parse(&r.currency).unwrap_or(Currency::JPY) }.per_month(r.months)
            }),
            plan: r.plan,
            seats: r.seats,
            start_day: r.start_day,
            end_day: r.end_day,
            months: r.months,
            auto_renew: r.auto_renew,
            notice_on: r.notice_on,
            in_force: r.start_day <= today && today <= r.end_day,
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
