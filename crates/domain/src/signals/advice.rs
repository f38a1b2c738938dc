//! What would make a noisy signal better: of the changes that its own closed cards speak for the one that keeps most false alarms away,
//! or why there is none.

use super::notice::Because;
use super::rule::{Rule, Side, Trigger};
use super::{ARRIVAL_DAYS, FalseReason};
use crate::time::Day;

/// What a change may lose of the real ones.
const LOST_SHARE_MAX: f64 = 0.2;
/// How many days longer a condition could have to last.
const DWELL_DAYS_MAX: u32 = 30;
/// The longest cooldown that is tried.
const COOLDOWN_DAYS_MAX: u32 = 90;
/// From how many days on as a customer a signal could be for.
const AGES_TRIED: [u32; 4] = [30, 60, 90, 180];
/// Fewer false alarms speak for no change, fewer that name a reason for no leaning.
pub const FALSE_MIN: u32 = 3;

/// A firing whose card was closed by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// Whom it is about.
    pub subject: String,
    /// When it fired.
    pub fired: Day,
    /// What the limit was compared with: see [`figure_of`].
    pub figure: Option<f64>,
    /// For how many days the condition held after it fired; `None` when it held until the card was closed.
    pub lasted_days: Option<u32>,
    /// Whether it was real.
    pub is_real: bool,
    /// Why it was not, where somebody said so.
    pub reason: Option<FalseReason>,
    /// Segment of the customer.
    pub segment: Option<String>,
    /// For how many days it had been a customer.
    pub age_days: Option<u32>,
}

/// A change of a rule that would have kept more of the false alarms away.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Another limit.
    Limit {
        /// The limit now.
        from: f64,
        /// The limit proposed.
        to: f64,
    },
    /// A longer dwell.
    Dwell {
        /// Days now.
        from: u32,
        /// Days proposed.
        to: u32,
    },
    /// A longer cooldown.
    Cooldown {
        /// Days now.
        from: u32,
        /// Days proposed.
        to: u32,
    },
    /// Not for one segment.
    Segments {
        /// The one that is left out.
        without: String,
        /// Those that stay.
        left: Vec<String>,
    },
    /// Only for who has been a customer for a while.
    Age {
        /// Days now; 0 = for all.
        from: u32,
        /// Days proposed.
        to: u32,
    },
}

impl Change {
    /// The rule with it.
    #[must_use]
    pub fn apply(&self, rule: &Rule) -> Rule {
        let mut rule = rule.clone();
        match self {
            Self::Limit { to, .. } => match &mut rule.when {
                Trigger::Threshold { fire, .. } => *fire = *to,
                Trigger::Change { by, .. } => *by = *to,
                _ => {}
            },
            Self::Dwell { to, .. } => rule.dwell_days = *to,
            Self::Cooldown { to, .. } => rule.cooldown_days = *to,
            Self::Segments { left, .. } => rule.audience.segments.clone_from(left),
            Self::Age { to, .. } => rule.audience.age_days_from = Some(*to),
        }
        rule
    }

    /// For each case whether it would not have come.
    pub fn drops(&self, rule: &Rule, cases: &[Answered]) -> Vec<bool> {
        match self {
            Self::Limit { to, .. } => {
                let below = limit_of(rule).is_some_and(|(_, below)| below);
                let is_beyond = |f: f64| if below { f <= *to } else { f >= *to };
                cases.iter().map(|a| a.figure.is_some_and(|f| !is_beyond(f))).collect()
            }
            Self::Dwell { to, .. } => {
                let from = rule.dwell_days.max(1);
                cases.iter().map(|a| a.lasted_days.is_some_and(|days| days + from < *to)).collect()
            }
            Self::Cooldown { to, .. } => drop_cooling(rule, *to, cases),
            // Who has no segment belongs to none of those that stay.
            Self::Segments { left, .. } => {
                cases.iter().map(|a| a.segment.as_ref().is_none_or(|s| !left.contains(s))).collect()
            }
            Self::Age { to, .. } => cases.iter().map(|a| a.age_days.is_none_or(|age| age < *to)).collect(),
        }
    }
}

/// What a cooldown keeps away: what came while it lasted and was over before it ended. The rest comes later all the same.
fn drop_cooling(rule: &Rule, cooldown: u32, cases: &[Answered]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|at| cases.get(*at).map(|a| (a.subject.as_str(), a.fired)));
    let mut dropped = vec![false; cases.len()];
    let mut last: Option<(&str, Day)> = None;
    for at in order {
        let (Some(a), Some(slot)) = (cases.get(at), dropped.get_mut(at)) else { continue };
        let quiet_until =
            last.filter(|(who, _)| *who == a.subject).map(|(_, fired)| i64::from(fired.0) + i64::from(cooldown));
        let lasted = match rule.when {
            Trigger::Arrival { .. } => Some(ARRIVAL_DAYS.unsigned_abs()),
            _ => a.lasted_days,
        };
        let is_over_before = |until: i64| lasted.is_some_and(|days| i64::from(a.fired.0) + i64::from(days) < until);
        *slot = quiet_until.is_some_and(is_over_before);
        if !*slot {
            last = Some((a.subject.as_str(), a.fired));
        }
    }
    dropped
}

/// A proposed change and what it would have done to the cards that were closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The change.
    pub change: Change,
    /// False alarms that would not have come.
    pub dropped: u32,
    /// False alarms in all.
    pub false_alarms: u32,
    /// Real ones that would not have come either.
    pub lost: u32,
    /// Real ones in all.
    pub real: u32,
}

/// What is to be done about a noisy signal.
#[derive(Clone, Debug, PartialEq)]
pub enum Advice {
    /// A change of the rule.
    Change(Proposal),
    /// Most reasons say that the data were wrong: they are to be mended, no rule.
    MendData,
    /// Most reasons speak of a season or holidays: the calendar is to know of them.
    MendCalendar,
    /// Too few false alarms to learn from.
    Few,
    /// False and real ones are alike: every change would lose too many real ones.
    Alike,
}

/// How often people gave each reason for a false alarm, the commonest first; those that were not given are left out.
pub fn count_reasons(cases: &[Answered]) -> Vec<(FalseReason, u32)> {
    let given = |reason: FalseReason| {
        let n = cases.iter().filter(|a| !a.is_real && a.reason == Some(reason)).count();
        (reason, u32::try_from(n).unwrap_or(u32::MAX))
    };
    let mut counts: Vec<_> = FalseReason::ALL.into_iter().map(given).filter(|(_, n)| *n > 0).collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts
}

/// The reason that is given more often than all others together, and often enough.
fn find_leading(cases: &[Answered]) -> Option<FalseReason> {
    let counts = count_reasons(cases);
    let all: u32 = counts.iter().map(|(_, n)| n).sum();
    counts.first().filter(|(_, n)| *n >= FALSE_MIN && n * 2 > all).map(|(reason, _)| *reason)
}

/// The number that a rule's limit was compared with when it fired.
pub fn figure_of(rule: &Rule, because: &[Because]) -> Option<f64> {
    let main = because.first()?;
    match &rule.when {
        Trigger::Threshold { .. } => main.value,
        Trigger::Change { .. } => Some(main.value? - main.before?),
        _ => None,
    }
}

/// The limit of a rule, and whether lower figures are beyond it.
const fn limit_of(rule: &Rule) -> Option<(f64, bool)> {
    match &rule.when {
        Trigger::Threshold { side, fire, .. } => Some((*fire, matches!(side, Side::Below))),
        Trigger::Change { by, .. } => Some((*by, *by < 0.0)),
        _ => None,
    }
}

/// What would make a rule better. `segments` = all that customers have. Of all stricter limits, longer dwells and cooldowns and narrower
/// audiences the one that keeps most false alarms away for the real ones that it loses; the reasons that people gave lean it one way, and
/// say when it is not the rule that is to be changed.
pub fn advise(rule: &Rule, cases: &[Answered], segments: &[String]) -> Advice {
    let leading = find_leading(cases);
    match leading {
        Some(FalseReason::WrongData) => return Advice::MendData,
        Some(FalseReason::Season) => return Advice::MendCalendar,
        _ => {}
    }
    let mut found: Vec<Proposal> = [
        propose_limit(rule, cases),
        propose_dwell(rule, cases),
        propose_cooldown(rule, cases),
        propose_age(rule, cases),
    ]
    .into_iter()
    .chain([propose_segments(rule, cases, segments)])
    .flatten()
    .collect();
    // The first of equals stays first: the smallest change of what a rule means.
    found.sort_by_key(|p| std::cmp::Reverse(gain(p)));
    let most = found.first().map_or(0, |p| p.dropped);
    let is_meant = |p: &Proposal| match leading {
        Some(FalseReason::Known) => matches!(p.change, Change::Cooldown { .. }),
        Some(FalseReason::TooSensitive) => matches!(p.change, Change::Limit { .. } | Change::Dwell { .. }),
        _ => false,
    };
    // What people said outweighs what counts a little more.
    let at = found.iter().position(|p| is_meant(p) && p.dropped * 2 >= most).unwrap_or(0);
    if at < found.len() {
        return Advice::Change(found.swap_remove(at));
    }
    let false_alarms = cases.iter().filter(|a| !a.is_real).count();
    if u32::try_from(false_alarms).unwrap_or(u32::MAX) < FALSE_MIN { Advice::Few } else { Advice::Alike }
}

/// False alarms kept away, each real one lost counting double.
fn gain(p: &Proposal) -> i64 {
    i64::from(p.dropped) - 2 * i64::from(p.lost)
}

/// Of these changes the one with the most gain, if it keeps anything away and loses few.
fn best(rule: &Rule, cases: &[Answered], changes: impl Iterator<Item = Change>) -> Option<Proposal> {
    changes
        .map(|change| count(rule, cases, change))
        .filter(|p| p.dropped > 0 && f64::from(p.lost) <= LOST_SHARE_MAX * f64::from(p.real) && gain(p) > 0)
        .reduce(|a, b| if gain(&b) > gain(&a) { b } else { a })
}

fn count(rule: &Rule, cases: &[Answered], change: Change) -> Proposal {
    let drops = change.drops(rule, cases);
    let mut p = Proposal { change, dropped: 0, false_alarms: 0, lost: 0, real: 0 };
    for (a, drops) in cases.iter().zip(drops) {
        let gone = u32::from(drops);
        if a.is_real {
            p.real += 1;
            p.lost += gone;
        } else {
            p.false_alarms += 1;
            p.dropped += gone;
        }
    }
    p
}

fn propose_limit(rule: &Rule, cases: &[Answered]) -> Option<Proposal> {
    let (from, below) = limit_of(rule)?;
    // The limits worth trying are the figures themselves: between two of them nothing changes.
    let mut tried: Vec<f64> = cases.iter().filter_map(|a| a.figure).filter(|f| f.is_finite()).collect();
    tried.sort_by(|a, b| if below { b.total_cmp(a) } else { a.total_cmp(b) });
    tried.dedup();
    let found = best(rule, cases, tried.iter().map(|to| Change::Limit { from, to: *to }))?;
    let Change::Limit { to, .. } = found.change else { return Some(found) };
    let next = tried.iter().copied().take_while(|f| *f != to).last().unwrap_or(from);
    let round = count(rule, cases, Change::Limit { from, to: round_between(to, next) });
    // A limit that people would write does the same.
    Some(if (round.dropped, round.lost) == (found.dropped, found.lost) { round } else { found })
}

/// The roundest number from `to` on and before `next`.
fn round_between(to: f64, next: f64) -> f64 {
    let is_between = |v: &f64| if next > to { (to..next).contains(v) } else { *v <= to && *v > next };
    let rounded = |places: i32| {
        let scale = 10_f64.powi(places);
        let whole = to * scale;
        (if next > to { (whole - 1e-9).ceil() } else { (whole + 1e-9).floor() }) / scale
    };
    (-3..=6).map(rounded).find(is_between).unwrap_or(to)
}

fn propose_dwell(rule: &Rule, cases: &[Answered]) -> Option<Proposal> {
    // What happens once does not last, and a feed is looked at by itself.
    if rule.when.is_arrival() || matches!(rule.when, Trigger::FeedSilent) {
        return None;
    }
    let (now, from) = (rule.dwell_days.max(1), rule.dwell_days);
    best(rule, cases, (now + 1..=now + DWELL_DAYS_MAX).map(|to| Change::Dwell { from, to }))
}

fn propose_cooldown(rule: &Rule, cases: &[Answered]) -> Option<Proposal> {
    let from = rule.cooldown_days;
    best(rule, cases, (from + 1..=COOLDOWN_DAYS_MAX).map(|to| Change::Cooldown { from, to })).filter(is_most)
}

fn propose_age(rule: &Rule, cases: &[Answered]) -> Option<Proposal> {
    let from = rule.audience.age_days_from.unwrap_or(0);
    let tried = AGES_TRIED.into_iter().filter(|to| *to > from && rule.audience.age_days_below.is_none_or(|b| b > *to));
    best(rule, cases, tried.map(|to| Change::Age { from, to })).filter(is_most)
}

fn propose_segments(rule: &Rule, cases: &[Answered], known: &[String]) -> Option<Proposal> {
    let now = if rule.audience.segments.is_empty() { known } else { &rule.audience.segments };
    if now.len() < 2 {
        return None;
    }
    let without = |one: &String| Change::Segments {
        without: one.clone(),
        left: now.iter().filter(|s| *s != one).cloned().collect(),
    };
    best(rule, cases, now.iter().map(without)).filter(is_most)
}

/// Whom a signal is for is changed only where that takes most of the false alarms away, and not few.
fn is_most(p: &Proposal) -> bool {
    p.dropped >= FALSE_MIN && p.dropped * 2 >= p.false_alarms
}
