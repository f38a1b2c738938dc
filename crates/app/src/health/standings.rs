//! Table standing: where each customer stands, in one row for the lists.

use std::collections::HashMap;

use kizashi_db::{ToValue, Tx, Value, args, row, sql};
use kizashi_domain::health::Verdict;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::{Day, Time};

use super::terms::{AllTerms, Terms};
use super::{Last, Scale, band_word};
use crate::measure::Run;
use crate::pipeline::{Assessed, Span};
use crate::{App, Error, Result};

const CUSTOMERS_PER_PAGE: i64 = 50_000;

pub(crate) fn parse_spark(text: &str) -> Vec<Option<i64>> {
    if text.is_empty() { Vec::new() } else { text.split(',').map(|p| p.parse().ok()).collect() }
}

fn write_spark(spark: &[Option<i64>]) -> String {
    spark.iter().map(|p| p.map_or_else(String::new, |n| n.to_string())).collect::<Vec<_>>().join(",")
}

row! {
    /// What a list of customers is sorted by; each has an index of its own.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Sorted {
        pub points: i64, pub change: i64, pub weight: i64, pub mrr: i64, pub notice: i64, pub contact: i64,
    }
}

row! {
    struct LastRow {
        customer: Id<Customer>, day: Day, spark: String, points: i64, change: i64, weight: i64, mrr: i64, notice: i64, contact: i64,
        scale: i64, scale_from: Day,
    }
}

impl Sorted {
    /// What follows from the score as in another, what follows from contracts and contacts as it is.
    const fn with_scores_of(self, other: Self) -> Self {
        Self { mrr: self.mrr, notice: self.notice, contact: self.contact, ..other }
    }
}

impl LastRow {
    fn read(self) -> (Id<Customer>, Last) {
        let Self { points, change, weight, mrr, notice, contact, .. } = self;
        let sorted = Sorted { points, change, weight, mrr, notice, contact };
        let scale = Scale { mark: self.scale, from: self.scale_from };
        (self.customer, Last { day: self.day, spark: parse_spark(&self.spark), scale, sorted })
    }
}

pub(super) async fn list_last(app: &App, ws: Id<Workspace>) -> Result<HashMap<Id<Customer>, Last>> {
    let statement = sql!(
        "SELECT customer_id, day, spark, sort_points, change_points, weight, mrr_minor, sort_notice, sort_contact, ",
        "scale, scale_from FROM standing ",
        "WHERE workspace_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3"
    );
    let mut out = HashMap::new();
    let mut after: Id<Customer> = Id::from_uuid(uuid::Uuid::nil());
    loop {
        let rows: Vec<LastRow> = app.db.list(statement, args![ws, after, CUSTOMERS_PER_PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(out) };
        after = last.customer;
        out.extend(rows.into_iter().map(LastRow::read));
    }
}

pub(super) async fn find_last(
    app: &App,
    ws: Id<Workspace>,
    ids: impl Iterator<Item = Id<Customer>>,
) -> Result<HashMap<Id<Customer>, Last>> {
    let statement = sql!(
        "SELECT customer_id, day, spark, sort_points, change_points, weight, mrr_minor, sort_notice, sort_contact, ",
        "scale, scale_from FROM standing ",
        "WHERE COALESCE(workspace_id, customer_id) = $1 AND customer_id IN ($2)"
    );
    let rows: Vec<LastRow> = app.db.list_in(statement, args![ws], ids.map(|id| id.to_value()).collect()).await?;
    Ok(rows.into_iter().map(LastRow::read).collect())
}

/// A standing as it is written first, and what it takes over each time; what is sorted by follows where it changed.
macro_rules! keep_standing {
    ($($sorted:literal),*) => {
        sql!(
            "INSERT INTO standing (customer_id, workspace_id, day, points, sort_points, band, low, high, coverage, model, settings_version, ",
            "since_day, change_points, change, sentence_ja, sentence_en, weight, spark, mrr_minor, currency, plan, seats, end_day, notice_on, ",
            "sort_notice, contact_at, sort_contact, scored_at, axes, scale, scale_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, ",
            "$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31) ON CONFLICT (customer_id) DO UPDATE SET ",
            $($sorted,)*
            "day = excluded.day, points = excluded.points, band = excluded.band, low = excluded.low, high = excluded.high, ",
            "coverage = excluded.coverage, model = excluded.model, settings_version = excluded.settings_version, ",
            "since_day = excluded.since_day, change = excluded.change, sentence_ja = excluded.sentence_ja, ",
            "sentence_en = excluded.sentence_en, spark = excluded.spark, currency = excluded.currency, plan = excluded.plan, ",
            "seats = excluded.seats, end_day = excluded.end_day, notice_on = excluded.notice_on, contact_at = excluded.contact_at, ",
            "scored_at = excluded.scored_at, axes = excluded.axes, scale = excluded.scale, scale_from = excluded.scale_from"
        )
    };
}

/// Standings by what of their order changed: SQLite writes the indexes of every column that a statement sets, also where the value
/// stays, which is six pages a customer and night for nothing.
#[derive(Debug, Default)]
pub(super) struct Standings {
    same: Vec<Vec<Value>>,
    by_score: Vec<Vec<Value>>,
    all: Vec<Vec<Value>>,
}

impl Standings {
    pub fn of(run: &Run, span: &Span, terms: &AllTerms, chunk: &[Assessed], now: Time) -> Result<Self> {
        let none = Terms::default();
        let mut out = Self::default();
        for a in chunk {
            let terms = terms.get(&a.subject.id).unwrap_or(&none);
            let sorted = sorted_of(a, terms);
            let rows = match a.health.sorted_before {
                Some(before) if before == sorted => &mut out.same,
                Some(before) if before.with_scores_of(sorted) == sorted => &mut out.by_score,
                _ => &mut out.all,
            };
            rows.push(standing(a, run, span, now, (terms, sorted))?);
        }
        Ok(out)
    }

    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        tx.run_many(keep_standing!(), self.same).await?;
        let by_score = keep_standing!(
            "sort_points = excluded.sort_points, change_points = excluded.change_points, weight = excluded.weight, "
        );
        tx.run_many(by_score, self.by_score).await?;
        let all = keep_standing!(
            "sort_points = excluded.sort_points, change_points = excluded.change_points, weight = excluded.weight, ",
            "mrr_minor = excluded.mrr_minor, sort_notice = excluded.sort_notice, sort_contact = excluded.sort_contact, "
        );
        tx.run_many(all, self.all).await?;
        Ok(())
    }
}

/// Smaller changes are noise on the Monday page.
pub(crate) const CHANGE_SHOWN_MIN: i32 = 3;
/// Sorts customers without a verdict behind all others.
const UNKNOWN_SORTS_AS: i64 = 1_000;
/// Sorts customers without a deadline behind all others.
const NO_DEADLINE_SORTS_AS: i64 = 10_000_000;

/// The axes of a verdict that nothing keeps from being judged, one a line.
fn write_axes(v: &Verdict) -> String {
    let axes = v.groups.iter().filter_map(|(id, _)| Some(format!("{id}={:.2}", v.axis(id)?)));
    axes.collect::<Vec<_>>().join("\n")
}

fn sorted_of(a: &Assessed, terms: &Terms) -> Sorted {
    let change = &a.health.change;
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
    Sorted {
        points: a.health.verdict.shown().map_or(UNKNOWN_SORTS_AS, i64::from),
        change: i64::from(change.total),
        weight,
        mrr,
        notice: terms.notice_on.map_or(NO_DEADLINE_SORTS_AS, |d| i64::from(d.0)),
        contact: terms.contact_at.unwrap_or(0),
    }
}

fn standing(a: &Assessed, run: &Run, span: &Span, now: Time, (terms, sorted): (&Terms, Sorted)) -> Result<Vec<Value>> {
    let v = &a.health.verdict;
    let change = &a.health.change;
    let text = if change.lines.is_empty() {
        String::new()
    } else {
        serde_json::to_string(change).map_err(|e| Error::failed("writing a change", e))?
    };
    #[allow(clippy::cast_possible_truncation)]
    let coverage = (v.coverage * 100.0).round() as i64;
    Ok(args![
        a.subject.id,
        run.settings.workspace,
        span.today,
        v.shown().map(i64::from),
        sorted.points,
        band_word(v.band),
        i64::from(v.range.0),
        i64::from(v.range.1),
        coverage,
        v.model,
        run.settings.version,
        span.since,
        sorted.change,
        text,
        a.health.sentence.ja,
        a.health.sentence.en,
        sorted.weight,
        write_spark(&a.health.spark),
        sorted.mrr,
        a.subject.currency.code(),
        terms.plan,
        terms.seats,
        terms.end_day,
        terms.notice_on,
        sorted.notice,
        terms.contact_at,
        sorted.contact,
        now,
        write_axes(v),
        a.health.scale.mark,
        a.health.scale.from
    ])
}

/// Forgets where a customer stands; the next turn says it anew.
pub(super) async fn forget_standing(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM standing WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    Ok(())
}
