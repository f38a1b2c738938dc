//! Verdicts of customers over days, kept with their history.

mod axes;
mod days;
mod overrides;
mod standings;
mod store;
mod terms;

use std::collections::HashMap;

use kizashi_domain::health::{Band, Between, Change, Glossary, Verdict, explain};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::time::Day;

use crate::measure::{Run, Subject, Which, count_missing_positions};
use crate::pipeline::Span;
use crate::{App, Result};

pub use axes::{AxisRow, AxisTable, GroupBy, Mean, compare_axes};
pub use overrides::{NewOverride, OverrideView, end_override, keep_override, list_overrides};

pub(crate) use days::{DayView, Days};
pub(crate) use overrides::{
    AllWords, Word, list_ending_overrides, list_overrides_in_force, load_words, load_words_of, move_overrides,
};
pub(crate) use standings::{CHANGE_SHOWN_MIN, parse_spark};
pub(crate) use store::{GoneScore, Scores, load_bands};
pub(crate) use terms::{AllTerms, load_terms};

/// Points of how many days the list shows.
const SPARK_DAYS: usize = 90;

/// What is stored of a customer's last scoring.
#[derive(Clone, Debug)]
pub(crate) struct Last {
    pub day: Day,
    pub spark: Vec<Option<i64>>,
    pub scale: Scale,
    pub sorted: standings::Sorted,
}

impl Last {
    /// The points as they were kept on a day, when they can be compared with those that are reckoned by `mark`.
    fn points(&self, day: Day, mark: i64) -> Option<Option<i64>> {
        let back = usize::try_from(self.day.0.checked_sub(day.0)?).ok()?;
        let is_same = self.scale.mark == mark && self.scale.from <= day;
        self.spark.iter().rev().nth(back).copied().filter(|_| is_same)
    }
}

/// What the newest points were reckoned by, and since which day without a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    pub mark: i64,
    pub from: Day,
}

/// The newest scoring of each customer.
pub(crate) async fn load_last(
    app: &App,
    workspace: Id<Workspace>,
    which: Which<'_>,
    subjects: &HashMap<String, Subject>,
) -> Result<HashMap<Id<Customer>, Last>> {
    match which {
        Which::All => standings::list_last(app, workspace).await,
        Which::Only(_) => standings::find_last(app, workspace, subjects.values().map(|s| s.id)).await,
    }
}

/// A day's score.
#[derive(Clone, Debug)]
pub(crate) struct DayScore {
    pub day: Day,
    pub points: Option<i64>,
    pub band: Band,
    pub range: (i32, i32),
    pub coverage: f64,
    pub model: String,
}

impl DayScore {
    fn of(day: Day, v: &Verdict) -> Self {
        Self {
            day,
            points: v.shown().map(i64::from),
            band: v.band,
            range: v.range,
            coverage: v.coverage,
            model: v.model.clone(),
        }
    }
}

/// The health of one customer today, and the days that were not scored yet.
#[derive(Clone, Debug)]
pub(crate) struct Assessment {
    /// Ends with today.
    pub days: Vec<DayScore>,
    pub verdict: Verdict,
    pub change: Change,
    pub sentence: Text,
    pub spark: Vec<Option<i64>>,
    pub scale: Scale,
    /// What it was sorted by before; none at its first scoring.
    pub sorted_before: Option<standings::Sorted>,
}

impl Assessment {
    /// Whether this customer is scored for the first time.
    pub const fn is_first(&self) -> bool {
        self.sorted_before.is_none()
    }
}

/// Why the score of one day differs from that of an earlier one. `base` holds the settings of the earlier day when they
/// were others: its verdict is the one that was shown, and today's facts under its settings tell what is 設定変更.
pub(crate) fn compare(days: &mut Days<'_>, base: Option<&Base>, before: Day, after: Day) -> Option<Compared> {
    let verdict = days.view(after).verdict.clone()?;
    let known_before = days.subject.profile.since.is_none_or(|s| s <= before);
    let judge_old = |old: &mut Days<'_>| {
        let earlier = old.view(before).verdict.clone().filter(|_| known_before);
        // A move from one model to the next is parted from what the customer did meanwhile.
        let moved = earlier.as_ref().filter(|e| old.view(after).verdict.as_ref().is_some_and(|v| v.model != e.model));
        let kept = moved.and_then(|e| old.judge_by(&e.model, after));
        (earlier, kept)
    };
    let (earlier, kept, middle) = match base {
        Some(base) => {
            let mut old = days.under(&base.run, &base.span);
            let (earlier, kept) = judge_old(&mut old);
            (earlier, kept, old.view(after).verdict.clone())
        }
        None => {
            let (earlier, kept) = judge_old(days);
            (earlier, kept, None)
        }
    };
    let between = Between { old_model: kept.as_ref(), old_settings: middle.as_ref() };
    let change = match earlier {
        Some(earlier) => explain(&earlier, &verdict, between),
        None => explain(&verdict, &verdict, Between::default()),
    };
    Some(Compared { verdict, change, under_old: middle })
}

/// A verdict beside an earlier one.
pub(crate) struct Compared {
    pub verdict: Verdict,
    pub change: Change,
    /// The same facts under the settings of the earlier day, when they were others.
    pub under_old: Option<Verdict>,
}

/// The settings of an earlier day, made ready.
pub(crate) struct Base {
    pub run: Run,
    pub span: Span,
}

/// The settings that were in force at the end of a day, when they are not those of `run`.
pub(crate) async fn load_base(app: &App, run: &Run, span: &Span, day: Day) -> Result<Option<Base>> {
    let Some(old) = crate::settings::open_settings_of(app, &run.settings, day).await? else { return Ok(None) };
    if old.pack.models == run.settings.pack.models && old.pack.metrics == run.settings.pack.metrics {
        return Ok(None);
    }
    let run = Run::prepare_under(app, old).await?;
    let run = count_missing_positions(app, run, &[span.since]).await?;
    let span = span.like(&run);
    Ok(Some(Base { run, span }))
}

/// Judges today and every day not scored yet. `None` for a customer without a model, or that has left.
pub(crate) fn assess(days: &mut Days<'_>, base: Option<&Base>, last: Option<&Last>) -> Option<Assessment> {
    let (today, since_day) = (days.span.today, days.span.since);
    let profile = &days.subject.profile;
    if profile.has_left(today) || profile.since.is_some_and(|s| s > today) {
        return None;
    }
    let mut from = last.map_or(days.span.backfill_from, |l| l.day.plus(1)).min(today);
    if let Some(first) = profile.since.or_else(|| days.first_event()) {
        from = from.max(first).min(today);
    }
    if from < today {
        days.fill(from, today);
    }
    let mut scores = Vec::new();
    for d in from.0..=today.0 {
        if let Some(v) = &days.view(Day(d)).verdict {
            scores.push(DayScore::of(Day(d), v));
        }
    }
    let Compared { verdict, change, .. } = compare(days, base, since_day, today)?;
    let sentence = sentence(days.run, &verdict, &change, false);
    let mut spark = last.map(|l| keep_until(&l.spark, l.day, from)).unwrap_or_default();
    let mark = days.run.settings.scale;
    let scale = match last {
        Some(last) if last.scale.mark == mark => last.scale,
        _ => Scale { mark, from },
    };
    let mut scored = scores.iter().peekable();
    for d in from.0..=today.0 {
        spark.push(scored.next_if(|s| s.day == Day(d)).and_then(|s| s.points));
    }
    let extra = spark.len().saturating_sub(SPARK_DAYS);
    spark.drain(..extra);
    Some(Assessment { days: scores, verdict, change, sentence, spark, scale, sorted_before: last.map(|l| l.sorted) })
}

/// Points up to the day before `from`, of a row that ends with `last`, one place a day: what is scored anew goes, and a day on which
/// nobody was there has none.
fn keep_until(points: &[Option<i64>], last: Day, from: Day) -> Vec<Option<i64>> {
    let more = i64::from(from.0) - 1 - i64::from(last.0);
    let places = i64::try_from(points.len()).unwrap_or(0).saturating_add(more).clamp(0, i64::from(i32::MAX));
    let mut kept = points.to_vec();
    kept.resize(usize::try_from(places).unwrap_or(0), None);
    kept
}

/// The generated sentence in both languages, long for the page of the customer or short for lists.
pub(crate) fn sentence(run: &Run, verdict: &Verdict, change: &Change, long: bool) -> Text {
    let words = Glossary { metrics: &run.settings.pack.metrics, models: &run.settings.pack.models };
    let say = |lang| {
        if long {
            kizashi_domain::health::sentence(verdict, Some(change), &words, lang)
        } else {
            kizashi_domain::health::short_sentence(verdict, Some(change), &words, lang)
        }
    };
    Text { ja: say(Lang::Ja), en: say(Lang::En) }
}

/// The word of a band in the database and in addresses.
pub const fn band_word(band: Band) -> &'static str {
    match band {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
        Band::Unknown => "unknown",
    }
}

/// Reads [`band_word`].
pub fn parse_band(word: &str) -> Option<Band> {
    [Band::Red, Band::Amber, Band::Green, Band::Unknown].into_iter().find(|b| band_word(*b) == word)
}

/// A customer's score on a day, for the command line.
#[derive(Clone, Debug)]
pub struct ScoreRow {
    /// External id of the customer.
    pub customer: String,
    /// The verdict; `None` for one without a model, or that was no customer that day.
    pub verdict: Option<Verdict>,
    /// The generated sentence.
    pub sentence: Text,
}

/// Scores of all customers at the end of a day, by customer, counting what was known by the end of `known`. The settings
/// are those in force now; a word that a person said over a score counts.
pub async fn compute_scores(
    app: &App,
    workspace: Id<Workspace>,
    day: Day,
    known: Option<Day>,
) -> Result<Vec<ScoreRow>> {
    let run = Run::prepare(app, workspace, day).await?;
    let subjects = crate::measure::load_subjects(app, workspace, Which::All).await?;
    let words = load_words(app, &run.settings, Which::All, Vec::new()).await?;
    let span = Span::of_page(&run, day, known);
    let run = count_missing_positions(app, run, &[span.since, day]).await?;
    let base = load_base(app, &run, &span, span.since).await?;
    app.blocking(move |history| {
        let out = std::sync::Mutex::new(Vec::with_capacity(subjects.len()));
        crate::measure::visit_subjects(history, &subjects, true, &|subject, events| {
            let said = words.get(&subject.id).map(Vec::as_slice).unwrap_or_default();
            let mut days = Days::new(&run, &span, subject, &events).with_words(said).knowing(known);
            let there = !days.profile(day).has_left(day) && subject.profile.since.is_none_or(|s| s <= day);
            let compared = compare(&mut days, base.as_ref(), span.since, day).filter(|_| there);
            let sentence =
                compared.as_ref().map_or_else(Text::default, |c| sentence(&run, &c.verdict, &c.change, true));
            let verdict = compared.map(|c| c.verdict);
            if let Ok(mut out) = out.lock() {
                out.push(ScoreRow { customer: subject.external_id.clone(), verdict, sentence });
            }
        })?;
        let mut rows = out.into_inner().unwrap_or_default();
        rows.sort_unstable_by(|a, b| a.customer.cmp(&b.customer));
        Ok(rows)
    })
    .await
}

/// Forgets the scores of a customer that is going.
pub(crate) async fn forget_customer(tx: &mut kizashi_db::Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    store::forget_customer(tx, ws, customer).await
}

/// Takes the scores of a customer that goes into another.
pub(crate) async fn take_scores(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
) -> Result<Vec<GoneScore>> {
    store::take_scores(tx, ws, customer).await
}

/// Puts them back.
pub(crate) async fn put_scores(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    scores: &[GoneScore],
) -> Result<()> {
    store::put_scores(tx, ws, customer, scores).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_their_days() {
        let points = [Some(70), None, Some(72)];
        let kept = |last: i32, from: i32| keep_until(&points, Day(last), Day(from));
        assert_eq!(kept(10, 11), points, "the day after");
        assert_eq!(kept(10, 10), [Some(70), None], "the same day again");
        assert_eq!(kept(10, 13), [Some(70), None, Some(72), None, None], "two days on which it was no customer");
        assert_eq!(kept(10, 9), [Some(70)], "a clock that went back");
        assert_eq!(kept(10, 1), []);
    }

    #[test]
    fn kept_points_are_compared_on_one_scale_alone() {
        let sorted = standings::Sorted { points: 0, change: 0, weight: 0, mrr: 0, notice: 0, contact: 0 };
        let scale = Scale { mark: 5, from: Day(9) };
        let last = Last { day: Day(10), spark: vec![Some(70), None, Some(72)], scale, sorted };
        assert_eq!([10, 9].map(|day| last.points(Day(day), 5)), [Some(Some(72)), Some(None)]);
        assert_eq!([11, 8, 7].map(|day| last.points(Day(day), 5)), [None; 3], "later, on another scale, not kept");
        assert_eq!(last.points(Day(10), 6), None, "the scale of today is another");
    }
}
