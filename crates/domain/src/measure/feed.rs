//! Whether a feed is alive, judged by its own rhythm, and what that means for the values that rest on it.

use super::facts::WorkDays;
use super::source::Arrivals;
use crate::time::Day;

/// How many days of arrivals a rhythm is learned from.
pub const RHYTHM_DAYS: i32 = 90;

/// A source on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Name of the source.
    pub source: String,
    /// The day of its first fact.
    pub since: Day,
    /// The day of its last fact.
    pub last_arrival_day: Day,
    /// The last day for which its silence means zero: today while it is alive, else the day of the last fact.
    pub alive_through: Day,
    /// Its usual longest gap in business days.
    pub usual_gap_days: u32,
    /// Business days since the last fact, today not counted.
    pub gap_days: u32,
}

impl Feed {
    /// Whether it has been quiet for clearly longer than it ever is.
    pub fn is_silent(&self, today: Day) -> bool {
        self.alive_through < today
    }
}

/// Judges a source by the days on which its facts happened. `None` when there are none up to `today`.
///
/// The usual gap is the 95th percentile of the gaps between days with facts in the last [`RHYTHM_DAYS`], in business
/// days and at least 1. The feed is silent when today's gap is longer than that by more than half, and by one day at
/// the least; today itself does not count, since it is not over.
pub fn judge(source: &str, per_day: &[(Day, u64)], workdays: &WorkDays, today: Day) -> Option<Feed> {
    let days: Vec<Day> = per_day.iter().filter(|(d, n)| *d <= today && *n > 0).map(|(d, _)| *d).collect();
    let (since, last) = (*days.iter().min()?, *days.iter().max()?);
    let mut recent: Vec<Day> = days.into_iter().filter(|d| d.0 > today.0.saturating_sub(RHYTHM_DAYS)).collect();
    recent.sort_unstable();
    let mut gaps: Vec<u32> = recent.windows(2).filter_map(|w| Some(workdays.count(*w.first()?, *w.last()?))).collect();
    gaps.sort_unstable();
    let rank = (gaps.len() * 95).div_ceil(100).saturating_sub(1);
    let usual = gaps.get(rank).copied().unwrap_or(1).max(1);
    let gap = workdays.count(last, today.plus(-1));
    let silent = gap > usual + (usual / 2).max(1) - 1;
    Some(Feed {
        source: source.to_owned(),
        since,
        last_arrival_day: last,
        alive_through: if silent { last } else { today },
        usual_gap_days: usual,
        gap_days: gap,
    })
}

/// All feeds of a workspace on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feeds {
    /// One a source.
    pub list: Vec<Feed>,
}

impl Feeds {
    /// Judges every source.
    pub fn judge(arrivals: &[Arrivals], workdays: &WorkDays, today: Day) -> Self {
        Self { list: arrivals.iter().filter_map(|a| judge(&a.source, &a.per_day, workdays, today)).collect() }
    }

    /// The feed of one source.
    pub fn find(&self, source: &str) -> Option<&Feed> {
        self.list.iter().find(|f| f.source == source)
    }

    /// (since, alive through) of what provides a metric: the named source, or all of them together, alive as long as
    /// one of them is. `None` when nothing ever arrived.
    pub fn alive(&self, provided_by: Option<&str>) -> Option<(Day, Day)> {
        match provided_by {
            Some(source) => self.find(source).map(|f| (f.since, f.alive_through)),
            None => Some((self.list.iter().map(|f| f.since).min()?, self.list.iter().map(|f| f.alive_through).max()?)),
        }
    }
}
