//! From events to one entry a day.

use super::facts::WorkDays;
use super::plan::{Facet, Match, TOGETHER_MAX, Together};
use super::scratch::{Daily, Early, Exact, Run, Scratch};
use super::source::CustomerEvents;
use crate::time::Day;

fn reset<T: Clone>(list: &mut Vec<T>, len: usize, value: T) {
    list.clear();
    list.resize(len, value);
}

/// Fills what the facet needs, from the day `oldest` on; its counts only when they are not `counted` already. `scratch` gives
/// the runs and the daily range.
pub(super) fn fill_daily(
    facet: &Facet,
    counted: bool,
    oldest: i32,
    events: &CustomerEvents<'_>,
    workdays: &WorkDays,
    scratch: &Scratch,
    daily: &mut Daily,
) {
    daily.early = Early::default();
    let runs = scratch.runs.get(scratch.runs.partition_point(|r| r.day < oldest)..).unwrap_or(&[]);
    let runs = Runs { runs, first: scratch.first, workdays: facet.business.then_some(workdays) };
    if facet.needs_counts && !counted {
        reset(&mut daily.counts, scratch.len, 0);
        fill_counts(&facet.matches, events.names, &runs, &mut daily.counts);
    }
    if facet.needs_sums {
        reset(&mut daily.sums, scratch.len, Default::default());
        reset(&mut daily.valued, scratch.len, 0);
    }
    if facet.needs_extremes {
        reset(&mut daily.lows, scratch.len, f64::INFINITY);
        reset(&mut daily.highs, scratch.len, f64::NEG_INFINITY);
    }
    if facet.needs_last {
        reset(&mut daily.lasts, scratch.len, f64::NAN);
    }
    if facet.needs_sums || facet.needs_extremes || facet.needs_last {
        fill_values(facet, events, &runs, daily);
    }
    if facet.whole_past {
        daily.early = fold_early(facet, events, workdays, scratch.early);
    }
}

/// The runs, with the days that do not count left out.
struct Runs<'a> {
    runs: &'a [Run],
    first: i32,
    workdays: Option<&'a WorkDays>,
}

impl Runs<'_> {
    fn each(&self, mut visit: impl FnMut(usize, usize, usize)) {
        for run in self.runs {
            if self.workdays.is_some_and(|w| !w.is_regular(Day(run.day))) {
                continue;
            }
            if let Ok(index) = usize::try_from(i64::from(run.day) - i64::from(self.first)) {
                visit(index, run.start, run.end);
            }
        }
    }
}

/// Counts the facets of single names together: every event is looked at once.
pub(super) fn count_together(together: &Together, oldest: i32, events: &CustomerEvents<'_>, scratch: &mut Scratch) {
    let Scratch { runs, first, len, daily, .. } = scratch;
    let counts: Vec<&mut Vec<u32>> = {
        // In the order of the list: facets are listed as they lie.
        let mut wanted = together.facets.iter().copied().peekable();
        let each = daily.iter_mut().enumerate();
        each.filter_map(|(place, d)| wanted.next_if_eq(&place).map(|_| &mut d.counts)).collect()
    };
    let mut counts = counts;
    for column in &mut counts {
        reset(column, *len, 0);
    }
    let inside = runs.get(runs.partition_point(|r| r.day < oldest)..).unwrap_or(&[]);
    for run in inside {
        let Ok(index) = usize::try_from(i64::from(run.day) - i64::from(*first)) else { continue };
        let mut found = [0_u32; TOGETHER_MAX + 1];
        for name in events.names.get(run.start..run.end).unwrap_or(&[]) {
            let slot = together.slots.get(*name as usize).copied().unwrap_or(0);
            if let Some(n) = found.get_mut(usize::from(slot) & TOGETHER_MAX) {
                *n += 1;
            }
        }
        for (column, n) in counts.iter_mut().zip(found.iter().skip(1)) {
            if let Some(slot) = column.get_mut(index) {
                *slot = *n;
            }
        }
    }
}

fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn fill_counts(matches: &Match, names: &[u32], runs: &Runs<'_>, counts: &mut [u32]) {
    runs.each(|index, start, end| {
        let names = names.get(start..end).unwrap_or(&[]);
        let n = match matches {
            Match::All => names.len(),
            Match::One(one) => names.iter().filter(|n| *n == one).count(),
            Match::Nothing => 0,
            table @ Match::Table(_) => names.iter().filter(|n| table.holds(**n)).count(),
        };
        if let Some(slot) = counts.get_mut(index) {
            *slot = length(n);
        }
    });
}

fn fill_values(facet: &Facet, events: &CustomerEvents<'_>, runs: &Runs<'_>, daily: &mut Daily) {
    runs.each(|index, start, end| {
        let names = events.names.get(start..end).unwrap_or(&[]);
        let values = events.values.get(start..end).unwrap_or(&[]);
        if facet.matches.is_all() {
            note_day(facet, index, values.iter().copied().filter(|v| v.is_finite()), daily);
        } else {
            let kept = names.iter().zip(values).filter(|(n, v)| facet.matches.holds(**n) && v.is_finite());
            note_day(facet, index, kept.map(|(_, v)| *v), daily);
        }
    });
}

/// One day's values, in their order.
fn note_day(facet: &Facet, index: usize, values: impl DoubleEndedIterator<Item = f64> + Clone, daily: &mut Daily) {
    if let (true, Some(last)) = (facet.needs_last, daily.lasts.get_mut(index)) {
        *last = values.clone().next_back().unwrap_or(f64::NAN);
    }
    if facet.needs_extremes
        && let (Some(low), Some(high)) = (daily.lows.get_mut(index), daily.highs.get_mut(index))
    {
        *low = values.clone().fold(f64::INFINITY, f64::min);
        *high = values.clone().fold(f64::NEG_INFINITY, f64::max);
    }
    if facet.needs_sums
        && let (Some(sum), Some(valued)) = (daily.sums.get_mut(index), daily.valued.get_mut(index))
    {
        (*sum, *valued) = Exact::of(values);
    }
}

/// Everything before the daily range, for windows without an end.
fn fold_early(facet: &Facet, events: &CustomerEvents<'_>, workdays: &WorkDays, early: usize) -> Early {
    let mut total = Early::default();
    let mut last_day = None;
    let facts = events.days.iter().zip(events.names).zip(events.values).take(early);
    for ((day, name), value) in facts {
        if !facet.matches.holds(*name) || (facet.business && !workdays.is_regular(Day(*day))) {
            continue;
        }
        total.count = total.count.saturating_add(1);
        total.days += u32::from(last_day != Some(*day));
        last_day = Some(*day);
        if value.is_finite() {
            total.sum.add(*value);
            total.valued = total.valued.saturating_add(1);
            total.low = total.low.min(*value);
            total.high = total.high.max(*value);
        }
    }
    total
}

/// Whether a fact belongs to the facet.
pub(super) fn is_counted(facet: &Facet, workdays: &WorkDays, day: i32, name: u32) -> bool {
    facet.matches.holds(name) && (!facet.business || workdays.is_regular(Day(day)))
}
