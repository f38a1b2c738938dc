//! From one entry a day to one windowed figure a day.

use super::daily::is_counted;
use super::facts::WorkDays;
use super::plan::{Core, CoreKind, Facet};
use super::scratch::{Daily, Exact, Scratch};
use super::source::CustomerEvents;
use crate::time::Day;

/// Where a core's figures lie: the first day, how many, and the place of the first in the daily arrays.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub first: i32,
    pub days: usize,
    pub skip: usize,
}

/// Fills `out` with one figure for every day of the span.
pub(super) fn fill_core(
    core: &Core,
    facet: &Facet,
    span: Span,
    events: &CustomerEvents<'_>,
    workdays: &WorkDays,
    scratch: &mut Scratch,
    out: &mut Vec<f64>,
) {
    out.clear();
    let daily = scratch.take_daily(core.facet);
    match core.kind {
        CoreKind::Count => fill_counts(core, span, &daily, |n| n, daily.early.count, scratch, out),
        CoreKind::Days => fill_counts(core, span, &daily, |n| u32::from(n > 0), daily.early.days, scratch, out),
        CoreKind::Sum => fill_sums(core, span, &daily, false, scratch, out),
        CoreKind::Mean => fill_sums(core, span, &daily, true, scratch, out),
        CoreKind::Min => fill_extremes(core, span, &daily.lows, daily.early.low, f64::min, out),
        CoreKind::Max => fill_extremes(core, span, &daily.highs, daily.early.high, f64::max, out),
        CoreKind::Last | CoreKind::LastDay => fill_latest(core, facet, span, &daily, events, workdays, scratch, out),
        CoreKind::Users => {
            let keys = events.users;
            fill_distinct(core, facet, span, events, workdays, keys, events.user_count as usize, scratch, out);
        }
        CoreKind::Events => {
            let keys = events.names;
            let most = keys.iter().max().map_or(0, |m| *m as usize + 1);
            fill_distinct(core, facet, span, events, workdays, keys, most, scratch, out);
        }
    }
    scratch.keep_daily(core.facet, daily);
}

/// The first place of the daily arrays that the core looks at.
fn start(core: &Core, span: Span) -> usize {
    let width = core.window.map_or(usize::MAX, |w| usize::try_from(w).unwrap_or(0));
    (span.skip + 1).saturating_sub(width)
}

/// The window that ends on day `i` of the span: `(from, to)` in the prefix arrays, which begin at [`start`].
fn window(core: &Core, span: Span, i: usize) -> (usize, usize) {
    let to = span.skip + i + 1 - start(core, span);
    let width = core.window.map_or(usize::MAX, |w| usize::try_from(w).unwrap_or(0));
    (to.saturating_sub(width), to)
}

/// How many windows of the span begin before the prefix arrays.
fn outside(core: &Core, span: Span) -> usize {
    let width = core.window.map_or(usize::MAX, |w| usize::try_from(w).unwrap_or(0));
    width.saturating_sub(window(core, span, 0).1).min(span.days)
}

fn fill_counts(
    core: &Core,
    span: Span,
    daily: &Daily,
    weigh: impl Fn(u32) -> u32,
    early: u32,
    scratch: &mut Scratch,
    out: &mut Vec<f64>,
) {
    if span.days == 1 {
        let early = if core.window.is_none() { early } else { 0 };
        let window = daily.counts.get(start(core, span)..=span.skip).unwrap_or(&[]);
        out.push(f64::from(window.iter().fold(early, |sum, n| sum.wrapping_add(weigh(*n)))));
        return;
    }
    let before = &mut scratch.counts_before;
    before.clear();
    // For the whole past the early facts lie before every window; `from` is then 0 and must not take them away.
    let mut sum = if core.window.is_none() { early } else { 0 };
    before.push(0);
    for n in daily.counts.iter().skip(start(core, span)) {
        sum = sum.wrapping_add(weigh(*n));
        before.push(sum);
    }
    let outside = outside(core, span);
    let ends = before.get(window(core, span, 0).1..).unwrap_or(&[]).iter().take(span.days);
    // Where a window begins before the arrays, nothing is taken away.
    let starts = std::iter::repeat_n(&0, outside).chain(before.iter());
    if outside == 0 {
        out.extend(ends.zip(before.iter()).map(|(b, a)| f64::from(b.wrapping_sub(*a))));
    } else {
        out.extend(ends.zip(starts).map(|(b, a)| f64::from(b.wrapping_sub(*a))));
    }
}

fn fill_sums(core: &Core, span: Span, daily: &Daily, mean: bool, scratch: &mut Scratch, out: &mut Vec<f64>) {
    let (sums, valued) = (&mut scratch.sums_before, &mut scratch.counts_before);
    sums.clear();
    valued.clear();
    sums.push(Default::default());
    valued.push(0);
    let (mut sum, mut n) =
        if core.window.is_none() { (daily.early.sum, daily.early.valued) } else { Default::default() };
    for (s, v) in daily.sums.iter().zip(&daily.valued).skip(start(core, span)) {
        sum.add_exact(*s);
        n = n.wrapping_add(*v);
        sums.push(sum);
        valued.push(n);
    }
    let outside = outside(core, span);
    let first = window(core, span, 0).1;
    let ends = sums.iter().zip(valued.iter()).skip(first).take(span.days);
    let nothing = (Exact::default(), 0);
    let starts = std::iter::repeat_n((&nothing.0, &nothing.1), outside).chain(sums.iter().zip(valued.iter()));
    out.extend(ends.zip(starts).map(|((b, n), (a, m))| {
        let count = n.wrapping_sub(*m);
        match (mean, count) {
            (true, 0) => f64::NAN,
            (true, _) => b.minus(*a) / f64::from(count),
            // Nothing summed is exactly zero, whatever rounding lies before the window.
            (false, 0) => 0.0,
            (false, _) => b.minus(*a),
        }
    }));
}

fn fill_extremes(core: &Core, span: Span, daily: &[f64], early: f64, pick: fn(f64, f64) -> f64, out: &mut Vec<f64>) {
    let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
    if core.window.is_none() {
        let mut best = daily.iter().take(span.skip).copied().fold(early, pick);
        out.extend(daily.iter().skip(span.skip).take(span.days).map(|v| {
            best = pick(best, *v);
            finite(best)
        }));
        return;
    }
    out.extend((0..span.days).map(|i| {
        let (from, to) = window(core, span, i);
        let skip = start(core, span);
        daily.get(skip + from..skip + to).and_then(|w| w.iter().copied().reduce(pick)).map_or(f64::NAN, finite)
    }));
}

/// The latest value, or the day of the latest fact.
#[allow(clippy::too_many_arguments)]
fn fill_latest(
    core: &Core,
    facet: &Facet,
    span: Span,
    daily: &Daily,
    events: &CustomerEvents<'_>,
    workdays: &WorkDays,
    scratch: &Scratch,
    out: &mut Vec<f64>,
) {
    let wants_day = core.kind == CoreKind::LastDay;
    // Only when the window reaches back before the daily range can an early fact be the latest.
    let mut latest: Option<(i32, f64)> = None;
    if core.window.is_none() {
        latest = (0..scratch.early).rev().find_map(|i| {
            let (day, name, value) = (*events.days.get(i)?, *events.names.get(i)?, *events.values.get(i)?);
            let counted = is_counted(facet, workdays, day, name) && (wants_day || value.is_finite());
            counted.then_some((day, value))
        });
    }
    // The latest before the span is looked for from its end.
    let skipped = start(core, span)..span.skip;
    let before = if wants_day {
        daily.counts.get(skipped.clone()).and_then(|counts| counts.iter().rposition(|n| *n > 0))
    } else {
        daily.lasts.get(skipped.clone()).and_then(|lasts| lasts.iter().rposition(|v| !v.is_nan()))
    };
    if let Some(at) = before.map(|at| at + skipped.start) {
        let day = scratch.first.saturating_add(i32::try_from(at).unwrap_or(i32::MAX));
        latest = Some((day, if wants_day { 0.0 } else { daily.lasts.get(at).copied().unwrap_or(f64::NAN) }));
    }
    for place in span.skip.max(skipped.start)..span.skip + span.days {
        let day = scratch.first.saturating_add(i32::try_from(place).unwrap_or(i32::MAX));
        if wants_day {
            if daily.counts.get(place).is_some_and(|n| *n > 0) {
                latest = Some((day, 0.0));
            }
        } else if let Some(value) = daily.lasts.get(place).copied().filter(|v| !v.is_nan()) {
            latest = Some((day, value));
        }
        let inside = latest.filter(|(d, _)| core.window.is_none_or(|w| *d > day.saturating_sub(w)));
        out.push(inside.map_or(f64::NAN, |(d, v)| if wants_day { f64::from(d) } else { v }));
    }
}

/// Different keys in the window: each day on which a key is seen carries it for a window's length; where two such
/// stretches overlap only the new part is added.
#[allow(clippy::too_many_arguments)]
fn fill_distinct(
    core: &Core,
    facet: &Facet,
    span: Span,
    events: &CustomerEvents<'_>,
    workdays: &WorkDays,
    keys: &[u32],
    most: usize,
    scratch: &mut Scratch,
    out: &mut Vec<f64>,
) {
    const NEVER: i32 = i32::MIN;
    let Scratch { seen, steps, runs, early, .. } = scratch;
    seen.clear();
    seen.resize(most, NEVER);
    steps.clear();
    steps.resize(span.days + 1, 0);
    let lo = span.first;
    let place = |day: i32| usize::try_from(i64::from(day) - i64::from(lo)).unwrap_or(0).min(span.days);
    if core.window.is_none() {
        let facts = events.days.iter().zip(events.names).zip(keys).take(*early);
        for ((day, _), key) in facts.filter(|((d, n), _)| is_counted(facet, workdays, **d, **n)) {
            if let Some(last) = seen.get_mut(*key as usize)
                && std::mem::replace(last, *day) == NEVER
                && let Some(step) = steps.first_mut()
            {
                *step += 1;
            }
        }
    }
    let oldest = core.window.map_or(i32::MIN, |w| lo.saturating_sub(w));
    let inside = runs.get(runs.partition_point(|r| r.day <= oldest)..).unwrap_or(&[]);
    let mut note = Noted { seen, steps, width: core.window };
    for run in inside.iter().filter(|r| !facet.business || workdays.is_regular(Day(r.day))) {
        let at = (run.day, place(run.day), place(run.day.saturating_add(core.window.unwrap_or(i32::MAX))));
        let keys = keys.get(run.start..run.end).unwrap_or(&[]);
        if facet.matches.is_all() {
            note.day(at, keys.iter().copied(), place);
        } else {
            let names = events.names.get(run.start..run.end).unwrap_or(&[]);
            let kept = names.iter().zip(keys).filter(|(n, _)| facet.matches.holds(**n));
            note.day(at, kept.map(|(_, key)| *key), place);
        }
    }
    let mut n = 0;
    out.extend(steps.iter().take(span.days).map(|step| {
        n += step;
        f64::from(n)
    }));
}

/// When each key was last seen, and where the number of keys in the window changes.
struct Noted<'a> {
    seen: &'a mut [i32],
    steps: &'a mut [i32],
    width: Option<i32>,
}

impl Noted<'_> {
    /// Notes the keys of a day: its number, its place, and the place where a window's length after it ends.
    #[inline]
    fn day(
        &mut self,
        (day, begin, end): (i32, usize, usize),
        keys: impl Iterator<Item = u32>,
        place: impl Fn(i32) -> usize,
    ) {
        // Without a window a key that was ever seen stays.
        let width = self.width.unwrap_or(i32::MAX);
        let (mut begun, mut ended) = (0, 0);
        for key in keys {
            let Some(last) = self.seen.get_mut(key as usize) else { continue };
            if *last == day {
                continue;
            }
            let free = last.saturating_add(width);
            let never = *last == i32::MIN;
            *last = day;
            if never || free <= day {
                begun += 1;
                ended += 1;
            } else if self.width.is_some() {
                ended += 1;
                if let Some(step) = self.steps.get_mut(place(free)) {
                    *step += 1;
                }
            }
        }
        if let Some(step) = self.steps.get_mut(begin) {
            *step += begun;
        }
        if let Some(step) = self.steps.get_mut(end) {
            *step -= ended;
        }
    }
}
