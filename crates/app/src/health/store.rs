//! Tables score, standing.

use std::collections::HashMap;

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::health::Verdict;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::terms::{AllTerms, Terms};
use super::{Last, band_word};
use crate::measure::Run;
use crate::pipeline::{Assessed, Span};
use crate::subscriptions::{Happened, Occurrence, is_told, tell};
use crate::{App, Error, Result};

const CUSTOMERS_PER_PAGE: i64 = 50_000;

pub(crate) fn parse_spark(text: &str) -> Vec<Option<i64>> {
    if text.is_empty() { Vec::new() } else { text.split(',').map(|p| p.parse().ok()).collect() }
}

fn write_spark(spark: &[Option<i64>]) -> String {
    spark.iter().map(|p| p.map_or_else(String::new, |n| n.to_string())).collect::<Vec<_>>().join(",")
}

pub(super) async fn list_last(app: &App, ws: Id<Workspace>) -> Result<HashMap<Id<Customer>, Last>> {
    let statement = sql!(
        "SELECT customer_id, day, spark FROM standing WHERE workspace_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3"
    );
    let mut out = HashMap::new();
    let mut after: Id<Customer> = Id::from_uuid(uuid::Uuid::nil());
    loop {
        let rows: Vec<(Id<Customer>, Day, String)> =
            app.db.list(statement, args![ws, after, CUSTOMERS_PER_PAGE]).await?;
        let Some((last, _, _)) = rows.last() else { return Ok(out) };
        after = *last;
        out.extend(rows.into_iter().map(|(id, day, spark)| (id, Last { day, spark: parse_spark(&spark) })));
    }
}

pub(super) async fn find_last(
    app: &App,
    ws: Id<Workspace>,
    ids: impl Iterator<Item = Id<Customer>>,
) -> Result<HashMap<Id<Customer>, Last>> {
    let statement =
        sql!("SELECT customer_id, day, spark FROM standing WHERE workspace_id = $1 AND customer_id IN ($2)");
    let rows: Vec<(Id<Customer>, Day, String)> =
        app.db.list_in(statement, args![ws], ids.map(|id| id.to_value()).collect()).await?;
    Ok(rows.into_iter().map(|(id, day, spark)| (id, Last { day, spark: parse_spark(&spark) })).collect())
}

/// The bands of customers before they are scored anew; `None` when nobody wants to be told.
pub(crate) async fn load_bands(app: &App, ws: Id<Workspace>, chunk: &[Assessed]) -> Result<Bands> {
    if !is_told(app, ws, &[Occurrence::BandChanged]).await? {
        return Ok(Bands::default());
    }
    let find = sql!("SELECT customer_id, band FROM standing WHERE workspace_id = $1 AND customer_id IN ($2)");
    let ids = chunk.iter().map(|a| a.subject.id.to_value()).collect();
    let before: Vec<(Id<Customer>, String)> = app.db.list_in(find, args![ws], ids).await?;
    Ok(Bands(before.into_iter().collect()))
}

/// Bands as they were.
#[derive(Debug, Default)]
pub(crate) struct Bands(HashMap<Id<Customer>, String>);

impl Bands {
    /// Tells whose band is another than it was.
    pub async fn tell(&self, tx: &mut Tx, app: &App, ws: Id<Workspace>, chunk: &[Assessed]) -> Result<()> {
        let mut happened = Vec::new();
        for a in chunk {
            let band = band_word(a.health.verdict.band);
            let Some(was) = self.0.get(&a.subject.id).filter(|was| was.as_str() != band) else { continue };
            let data = json!({
                "customer": { "id": a.subject.id, "external_id": a.subject.external_id, "name": a.subject.name },
                "from": was, "to": band, "points": a.health.verdict.shown(), "sentence": a.health.sentence,
            });
            happened.push(Happened::new(Occurrence::BandChanged, app.now(), &data));
        }
        tell(tx, app, ws, &happened).await
    }
}

pub(crate) async fn keep_scores(
    tx: &mut Tx,
    app: &App,
    run: &Run,
    span: &Span,
    terms: &AllTerms,
    chunk: &[Assessed],
) -> Result<()> {
    let now = app.now();
    let ws = run.settings.workspace;
    let version = run.settings.version;
    let mut past = Vec::new();
    let mut today = Vec::new();
    for a in chunk {
        for d in &a.health.days {
            #[allow(clippy::cast_possible_truncation)]
            let row = args![
                ws,
                a.subject.id,
                d.day,
                d.points,
                band_word(d.band),
                i64::from(d.range.0),
                i64::from(d.range.1),
                (d.coverage * 100.0).round() as i64,
                d.model,
                version,
                now
            ];
            if d.day == span.today { today.push(row) } else { past.push(row) }
        }
    }
    // What we knew of a past day stays; today is not over yet.
    let keep_past = sql!(
        "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, day) DO NOTHING"
    );
    let keep_today = sql!(
        "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, customer_id, day) DO UPDATE SET ",
        "points = excluded.points, band = excluded.band, low = excluded.low, high = excluded.high, coverage = excluded.coverage, ",
        "model = excluded.model, settings_version = excluded.settings_version, recorded_at = excluded.recorded_at"
    );
    tx.run_many(keep_past, past).await?;
    tx.run_many(keep_today, today).await?;
    keep_standings(tx, run, span, terms, chunk, now).await
}

async fn keep_standings(
    tx: &mut Tx,
    run: &Run,
    span: &Span,
    terms: &AllTerms,
    chunk: &[Assessed],
    now: Time,
) -> Result<()> {
    let none = Terms::default();
    let mut rows = Vec::with_capacity(chunk.len());
    for a in chunk {
        rows.push(standing(a, run, span, now, terms.get(&a.subject.id).unwrap_or(&none))?);
    }
    let statement = sql!(
        "INSERT INTO standing (customer_id, workspace_id, day, points, sort_points, band, low, high, coverage, model, settings_version, ",
        "since_day, change_points, change, sentence_ja, sentence_en, weight, spark, mrr_minor, currency, plan, seats, end_day, notice_on, ",
        "sort_notice, contact_at, sort_contact, scored_at, axes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, ",
        "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) ON CONFLICT (customer_id) DO UPDATE SET day = excluded.day, points = excluded.points, ",
        "sort_points = excluded.sort_points, band = excluded.band, low = excluded.low, high = excluded.high, coverage = excluded.coverage, ",
        "model = excluded.model, settings_version = excluded.settings_version, since_day = excluded.since_day, ",
        "change_points = excluded.change_points, change = excluded.change, sentence_ja = excluded.sentence_ja, ",
        "sentence_en = excluded.sentence_en, weight = excluded.weight, spark = excluded.spark, mrr_minor = excluded.mrr_minor, ",
        "currency = excluded.currency, plan = excluded.plan, seats = excluded.seats, end_day = excluded.end_day, ",
        "notice_on = excluded.notice_on, sort_notice = excluded.sort_notice, contact_at = excluded.contact_at, ",
        "sort_contact = excluded.sort_contact, scored_at = excluded.scored_at, axes = excluded.axes"
    );
    tx.run_many(statement, rows).await?;
    Ok(())
}

/// Smaller changes are noise on the Monday page.
const CHANGE_SHOWN_MIN: i32 = 3;
/// Sorts customers without a verdict behind all others.
const UNKNOWN_SORTS_AS: i64 = 1_000;
/// Sorts customers without a deadline behind all others.
const NO_DEADLINE_SORTS_AS: i64 = 10_000_000;

/// The axes of a verdict that nothing keeps from being judged, one a line.
fn write_axes(v: &Verdict) -> String {
    let axes = v.groups.iter().filter_map(|(id, _)| Some(format!("{id}={:.2}", v.axis(id)?)));
    axes.collect::<Vec<_>>().join("\n")
}

fn standing(a: &Assessed, run: &Run, span: &Span, now: Time, terms: &Terms) -> Result<Vec<kizashi_db::Value>> {
    let v = &a.health.verdict;
    let change = &a.health.change;
    let text = if change.lines.is_empty() {
        String::new()
    } else {
        serde_json::to_string(change).map_err(|e| Error::failed("writing a change", e))?
    };
    let mrr = a.subject.profile.mrr_minor.unwrap_or(0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let weight = {
        // Falls before rises; a larger customer before a smaller one, by the logarithm of its MRR.
        let size = 1.0 + (mrr.max(0) as f64 / 10_000.0 + 1.0).log2();
        let fall = if change.total < 0 { 2.0 } else { 1.0 };
        if change.total.abs() < CHANGE_SHOWN_MIN {
            0
        } else {
            (f64::from(change.total.abs()) * size * fall * 100.0).round() as i64
        }
    };
    let shown = v.shown().map(i64::from);
    #[allow(clippy::cast_possible_truncation)]
    let coverage = (v.coverage * 100.0).round() as i64;
    Ok(args![
        a.subject.id,
        run.settings.workspace,
        span.today,
        shown,
        shown.unwrap_or(UNKNOWN_SORTS_AS),
        band_word(v.band),
        i64::from(v.range.0),
        i64::from(v.range.1),
        coverage,
        v.model,
        run.settings.version,
        span.since,
        i64::from(change.total),
        text,
        a.health.sentence.ja,
        a.health.sentence.en,
        weight,
        write_spark(&a.health.spark),
        mrr,
        a.subject.currency.code(),
        terms.plan,
        terms.seats,
        terms.end_day,
        terms.notice_on,
        terms.notice_on.map_or(NO_DEADLINE_SORTS_AS, |d| i64::from(d.0)),
        terms.contact_at,
        terms.contact_at.unwrap_or(0),
        now,
        write_axes(v)
    ])
}

/// Forgets the scores of a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM score WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    tx.run(sql!("DELETE FROM standing WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    Ok(())
}

row! {
    /// A kept score of a customer that went into another.
    #[derive(Serialize, Deserialize)]
    pub(crate) struct GoneScore {
        day: Day, points: Option<i64>, band: String, low: i64, high: i64, coverage: i64, model: String, settings_version: i64,
        recorded_at: Time,
    }
}

/// Takes the scores of a customer that goes into another.
pub(super) async fn take_scores(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<GoneScore>> {
    let scores = sql!(
        "SELECT day, points, band, low, high, coverage, model, settings_version, recorded_at FROM score ",
        "WHERE workspace_id = $1 AND customer_id = $2 ORDER BY day LIMIT 100000"
    );
    let found = tx.list(scores, args![ws, customer]).await?;
    forget_customer(tx, ws, customer).await?;
    Ok(found)
}

/// Puts them back; where it stands is said by the next turn.
pub(super) async fn put_scores(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    scores: &[GoneScore],
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO score (workspace_id, customer_id, day, points, band, low, high, coverage, model, settings_version, recorded_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let each = |s: &GoneScore| {
        args![
            ws,
            customer,
            s.day,
            s.points,
            s.band,
            s.low,
            s.high,
            s.coverage,
            s.model,
            s.settings_version,
            s.recorded_at
        ]
    };
    tx.run_many(statement, scores.iter().map(each).collect()).await?;
    Ok(())
}
