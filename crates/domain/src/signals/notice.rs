//! Noticing: a rule, its state and one day's view of a customer become the next state and perhaps a firing.

use serde::{Deserialize, Serialize};

use super::arrival::notice_arrival;
use super::expect::{Awaited, look_no_show};
use super::facets::{look_red, look_views};
use super::rule::{Also, Occurrence, Rule, SCORE, Side, Trigger};
use crate::customers::Profile;
use crate::health::Verdict;
use crate::measure::{Feed, Places, Reading};
use crate::time::Day;

/// So far a rule counts the days on which it saw what it may not tell yet, since another condition does not hold or since it is
/// cooling: a memory that would change every day for ever would be written every night. Whoever asks for more days in a
/// rule, up to these, loses none that were counted.
pub const SEEN_DAYS_MAX: u32 = 30;

/// What a rule remembers about one customer (or one feed). Kept between days as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleState {
    /// Whether it fired and has not cleared since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fired: bool,
    /// Days in a row (business days for stop-of-use) on which the condition was seen, while it has not fired; counted to
    /// [`SEEN_DAYS_MAX`], or as far as the rule asks.
    #[serde(skip_serializing_if = "is_none_seen")]
    pub seen_days: u32,
    /// The day of the last firing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fired_on: Option<Day>,
    /// The day of the last look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_on: Option<Day>,
    /// For arrivals: the keys of what was answered last, one a line, in the order of the reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_key: Option<String>,
    /// For arrivals: the keys of all that was answered and is still among what happened lately. Each is answered once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// For views: the bad ones on which the firing rested. They must be measured again before it can be over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<String>,
}

impl RuleState {
    /// Whether the rule fired so lately that it does not fire again.
    pub fn cools(&self, rule: &Rule, day: Day) -> bool {
        self.fired_on.is_some_and(|on| i64::from(day.0) - i64::from(on.0) < i64::from(rule.cooldown_days))
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_none_seen(days: &u32) -> bool {
    *days == 0
}

/// Something that happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub what: Occurrence,
    /// When.
    pub day: Day,
    /// What tells it from others, such as the id of the answer; each key fires once.
    pub key: String,
    /// A name or a figure to show: the person who left, the score given, the child's name.
    pub detail: String,
}

/// One customer as seen on one day.
pub struct View<'a> {
    /// The day.
    pub day: Day,
    /// Whether it is a business day.
    pub is_business_day: bool,
    /// The facts that conditions look at.
    pub profile: &'a Profile,
    /// Where each metric stands among the readings.
    pub places: &'a Places,
    /// The readings of all metrics.
    pub readings: &'a [Reading],
    /// The verdict of the day.
    pub verdict: Option<&'a Verdict>,
    /// The fresh value of a metric (or of `score`) on an earlier day; `None` when it was not measured.
    pub earlier: &'a dyn Fn(&str, Day) -> Option<f64>,
    /// What happened lately, oldest first.
    pub happenings: &'a [Happening],
    /// What is known of what should have been done, for rules of kind no-show.
    pub awaited: Option<Awaited>,
    /// Whether it may never be kept quiet, see [`super::is_never_quiet`]: no rule waits for its cooldown then.
    pub is_never_quiet: bool,
}

impl View<'_> {
    /// The reading of a metric.
    pub fn reading(&self, metric: &str) -> Option<&Reading> {
        self.readings.get(self.places.find(metric)?)
    }

    /// The fresh value of a metric or of the score: never a stale, missing or unjudged one.
    pub fn fresh(&self, of: &str) -> Option<f64> {
        if of == SCORE {
            return self.verdict.and_then(Verdict::shown).map(f64::from);
        }
        self.reading(of).and_then(Reading::fresh)
    }
}

/// A figure behind a firing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// Metric id, `score`, or empty.
    pub of: String,
    /// The value now.
    pub value: Option<f64>,
    /// The value before, when it is about a change.
    pub before: Option<f64>,
    /// The limit that was met.
    pub limit: Option<f64>,
    /// Days: of a change, of silence, until a date.
    pub days: Option<i32>,
    /// The date that it is about: a deadline, the day of what happened, the last day of a feed. A card is read on later
    /// days too, so that a date says more than a number of days.
    #[serde(default)]
    pub date: Option<Day>,
    /// A name or words.
    pub detail: String,
    /// For views: whether it is good; `None` = neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<bool>,
    /// Whether it is one of the views of the rule.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_view: bool,
}

/// What a firing was noticed by: metrics, or `score`; of several views those that were bad. Not what only had to hold beside it.
pub fn noticed_by(because: &[Because]) -> Vec<&str> {
    let views = because.iter().filter(|b| b.is_view && b.good == Some(false));
    let main = because.first().filter(|b| !b.is_view);
    main.into_iter().chain(views).map(|b| b.of.as_str()).filter(|of| !of.is_empty()).collect()
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// Id of the rule.
    pub rule: String,
    /// The day.
    pub day: Day,
    /// Why, the main figure first.
    pub because: Vec<Because>,
}

/// What a condition says on a day.
pub(super) enum Seen {
    /// It holds, for these reasons, the main one first.
    Yes(Vec<Because>),
    /// It neither holds nor is it over: between the limits.
    Between,
    /// It is over.
    No,
    /// Nothing can be said: not measured.
    Unsaid,
}

impl Seen {
    fn yes(reason: Because) -> Self {
        Self::Yes(vec![reason])
    }
}

pub(super) fn because(of: &str, value: Option<f64>) -> Because {
    Because {
        of: of.to_owned(),
        value,
        before: None,
        limit: None,
        days: None,
        date: None,
        detail: String::new(),
        good: None,
        is_view: false,
    }
}

pub(super) const fn beyond(value: f64, side: Side, limit: f64) -> bool {
    match side {
        Side::Below => value <= limit,
        Side::Above => value >= limit,
    }
}

/// Takes one look at a customer. Looks of the same or an earlier day change nothing; a customer that has left and one
/// outside of the audience never fire. Rules about feeds are looked at by [`notice_feed`].
pub fn notice(rule: &Rule, state: RuleState, view: &View<'_>) -> (RuleState, Option<Firing>) {
    if state.looked_on.is_some_and(|last| view.day <= last) || rule.when == Trigger::FeedSilent {
        return (state, None);
    }
    let within = rule.audience.holds(view.profile, view.day) && !view.profile.has_left(view.day);
    if let Trigger::Arrival { what } = &rule.when {
        return notice_arrival(rule, state, *what, within, view);
    }
    let seen = if within { look(&rule.when, &state, view) } else { Seen::No };
    let step = if matches!(rule.when, Trigger::StopOfUse { .. }) { u32::from(view.is_business_day) } else { 1 };
    let also = also_holds(&rule.also, view);
    advance(rule, state, (seen, step), also, (view.day, view.is_never_quiet))
}

/// Takes one look at a feed, for rules of kind feed-silent.
pub fn notice_feed(rule: &Rule, state: RuleState, feed: &Feed, day: Day) -> (RuleState, Option<Firing>) {
    if state.looked_on.is_some_and(|last| day <= last) || rule.when != Trigger::FeedSilent {
        return (state, None);
    }
    let seen = if feed.is_silent {
        Seen::yes(Because {
            days: Some(day.0 - feed.last_arrival_day.0),
            date: Some(feed.last_arrival_day),
            limit: Some(f64::from(feed.usual_gap_days)),
            detail: feed.source.clone(),
            ..because("", None)
        })
    } else {
        Seen::No
    };
    advance(rule, state, (seen, 1), Some(Vec::new()), (day, false))
}

/// The reasons of the further conditions; `None` when one does not hold.
pub(super) fn also_holds(also: &[Also], view: &View<'_>) -> Option<Vec<Because>> {
    also.iter()
        .map(|a| {
            let value = view.fresh(&a.of).filter(|v| beyond(*v, a.side, a.limit))?;
            Some(Because { limit: Some(a.limit), ..because(&a.of, Some(value)) })
        })
        .collect()
}

fn advance(
    rule: &Rule,
    mut state: RuleState,
    (seen, step): (Seen, u32),
    also: Option<Vec<Because>>,
    (day, is_never_quiet): (Day, bool),
) -> (RuleState, Option<Firing>) {
    state.looked_on = Some(day);
    match seen {
        Seen::Unsaid => (state, None),
        Seen::No => {
            state.fired = false;
            state.seen_days = 0;
            state.rests_on.clear();
            (state, None)
        }
        Seen::Between => {
            // Inside the gap between the limits: what fired stays fired, what has not fired starts anew.
            state.seen_days = 0;
            (state, None)
        }
        Seen::Yes(mut reasons) => {
            if state.fired {
                return (state, None);
            }
            let wanted = rule.wanted_days();
            let counted = state.seen_days.saturating_add(step).min(wanted.max(SEEN_DAYS_MAX));
            state.seen_days = state.seen_days.max(counted);
            let cools = !is_never_quiet && state.cools(rule, day);
            let Some(also) = also.filter(|_| state.seen_days >= wanted && !cools) else {
                return (state, None);
            };
            state.fired = true;
            state.seen_days = 0;
            state.fired_on = Some(day);
            state.rests_on = reasons.iter().filter(|r| r.good == Some(false)).map(|r| r.of.clone()).collect();
            reasons.extend(also);
            (state, Some(Firing { rule: rule.id.clone(), day, because: reasons }))
        }
    }
}

fn look(trigger: &Trigger, state: &RuleState, view: &View<'_>) -> Seen {
    match trigger {
        Trigger::Threshold { of, side, fire, clear } => {
            let Some(value) = view.fresh(of) else { return Seen::Unsaid };
            let clear = clear.unwrap_or(*fire);
            let over = match side {
                Side::Below => value >= clear && value > *fire,
                Side::Above => value <= clear && value < *fire,
            };
            match (beyond(value, *side, *fire), over) {
                (true, _) => Seen::yes(Because { limit: Some(*fire), ..because(of, Some(value)) }),
                (_, true) => Seen::No,
                _ => Seen::Between,
            }
        }
        Trigger::Change { of, by, within_days } => look_change(of, *by, *within_days, view),
        Trigger::StopOfUse { of, past, at_least, .. } => {
            let Some(now) = view.fresh(of) else { return Seen::Unsaid };
            if now > 0.0 {
                return Seen::No;
            }
            match view.fresh(past) {
                Some(before) if before >= *at_least => {
                    Seen::yes(Because { before: Some(before), limit: Some(*at_least), ..because(of, Some(now)) })
                }
                _ => Seen::Between,
            }
        }
        Trigger::DateApproaching { of, within_days } => {
            let Some(left) = view.fresh(of) else { return Seen::Unsaid };
            if (0.0..=f64::from(*within_days)).contains(&left) {
                let days = left as i32;
                let date = Some(view.day.plus(days));
                Seen::yes(Because {
                    days: Some(days),
                    date,
                    limit: Some(f64::from(*within_days)),
                    ..because(of, Some(left))
                })
            } else {
                Seen::No
            }
        }
        Trigger::NoShow { of, at_least, who, .. } => look_no_show(of, *at_least, *who, view),
        Trigger::Disagreement { views } => look_views(views, state, view),
        Trigger::RedAccount { views } => look_red(views, state, view),
        Trigger::FeedSilent | Trigger::Arrival { .. } => Seen::Unsaid,
    }
}

fn look_change(of: &str, by: f64, within_days: u32, view: &View<'_>) -> Seen {
    let Some(value) = view.fresh(of) else { return Seen::Unsaid };
    let within = i32::try_from(within_days).unwrap_or(i32::MAX);
    let earlier = (1..=within).filter_map(|back| {
        let day = view.day.plus(-back);
        (view.earlier)(of, day).map(|v| (v, back))
    });
    let furthest =
        if by < 0.0 { earlier.max_by(|a, b| a.0.total_cmp(&b.0)) } else { earlier.min_by(|a, b| a.0.total_cmp(&b.0)) };
    let Some((before, days)) = furthest else { return Seen::Unsaid };
    let moved = value - before;
    let reaches = |limit: f64| if by < 0.0 { moved <= limit } else { moved >= limit };
    if !reaches(by) {
        return if reaches(by / 2.0) { Seen::Between } else { Seen::No };
    }
    Seen::yes(Because { before: Some(before), days: Some(days), limit: Some(by), ..because(of, Some(value)) })
}
