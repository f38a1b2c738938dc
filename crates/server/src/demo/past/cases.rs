//! Which firings of the past became cards, and how each of them ended.

use std::collections::{BTreeMap, HashMap};

use kizashi_app::plays::Outcome;
use kizashi_app::signals::PastFiring;
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{ARRIVAL_DAYS, CardKind, Rule};
use kizashi_domain::time::{Day, Time};

use super::super::dialogue::fill;
use super::super::paperwork::person;
use super::super::profile::Profile;
use super::super::rng::Rng;
use super::super::usage::{HOUR_US, MINUTE_US};
use super::super::words::{self, Tale};
use super::super::{Company, cast, planted};
use super::errands::{self, Errand};
use super::presence;

/// A sign that stands for less than this makes a card of today; see the first look of the rules.
const NEWS_DAYS: i32 = 30;
/// A sign that went away this soon was dealt with.
const DEALT_WITH_DAYS: i32 = 40;
/// When the night's look is over, in minutes of a day.
const LOOKED_MINUTES: i64 = 5 * 60 + 40;

/// A card of the past.
pub(super) struct Case {
    /// Place of the customer.
    pub(super) index: usize,
    /// What opened it.
    pub(super) firings: Vec<PastFiring>,
    /// What it joined later, a day each.
    pub(super) joined: Vec<Vec<PastFiring>>,
    pub(super) opened_at: Time,
    pub(super) taken_at: Time,
    pub(super) waiting_at: Option<Time>,
    pub(super) closed_at: Time,
    pub(super) outcome: Outcome,
    pub(super) false_reason: &'static str,
    pub(super) note: String,
    /// What was done for it.
    pub(super) errands: Vec<Errand>,
    /// Whether its play began with it.
    pub(super) is_played: bool,
    /// Whether what the play waits for is cut short, so that it comes to its end.
    pub(super) goes_through: bool,
}

/// Signs for which a card is open today: one customer, one kind.
pub(super) struct Standing {
    /// Place of the customer.
    pub(super) index: usize,
    /// What was noticed, a day each.
    pub(super) days: Vec<Vec<PastFiring>>,
    /// The day of the first.
    pub(super) since: Day,
}

/// What cards are made from.
pub(super) struct Desk<'a> {
    pub(super) company: &'a Company,
    pub(super) pack: &'a Pack,
    /// Since when today's cards of a customer and kind stand.
    fresh: HashMap<(String, CardKind), Day>,
    /// Since when a risk stands with a customer until today.
    standing: HashMap<String, Day>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Desk<'a> {
    /// `firings` = everything that rules found until today.
    pub(super) fn new(company: &'a Company, pack: &'a Pack, firings: &[PastFiring]) -> Self {
        let (mut fresh, mut standing) = (HashMap::new(), HashMap::new());
        for past in firings {
            let Some(rule) = pack.rule(&past.firing.rule) else { continue };
            if rule.card == CardKind::Risk && !rule.when.is_arrival() && past.over_on.is_none() {
                standing.entry(past.subject.external_id.clone()).or_insert(past.firing.day);
            }
            if !is_news(rule, past, company.today) {
                continue;
            }
            let day = fresh.entry((past.subject.external_id.clone(), rule.card)).or_insert(past.firing.day);
            *day = (*day).min(past.firing.day);
        }
        let places = company.profiles.iter().map(|p| (p.code.as_str(), p.index)).collect();
        Self { company, pack, fresh, standing, places }
    }

    /// The cards of the past, in the order in which they were opened.
    pub(super) fn list(&self, firings: Vec<PastFiring>) -> Vec<Case> {
        let mut groups: BTreeMap<(Day, String, CardKind), Vec<PastFiring>> = BTreeMap::new();
        for past in firings {
            let Some(rule) = self.pack.rule(&past.firing.rule) else { continue };
            let key = (past.firing.day, past.subject.external_id.clone(), rule.card);
            groups.entry(key).or_default().push(past);
        }
        let mut cases: Vec<Case> = Vec::new();
        let mut latest: HashMap<(String, CardKind), usize> = HashMap::new();
        for ((day, code, kind), group) in groups {
            let looked = self.company.at(day, LOOKED_MINUTES * MINUTE_US);
            let open = latest.get(&(code.clone(), kind)).and_then(|at| cases.get_mut(*at));
            match open.filter(|case| case.closed_at >= looked) {
                Some(case) => case.joined.push(group),
                None => {
                    if let Some(case) = self.make(day, &code, kind, group) {
                        latest.insert((code, kind), cases.len());
                        cases.push(case);
                    }
                }
            }
        }
        cases
    }

    /// What stands today with customers of the background and makes a card of today, the oldest first.
    pub(super) fn list_standing(&self, firings: &[PastFiring]) -> Vec<Standing> {
        let mut groups: BTreeMap<(String, CardKind), BTreeMap<Day, Vec<PastFiring>>> = BTreeMap::new();
        for past in firings {
            let Some(rule) = self.pack.rule(&past.firing.rule) else { continue };
            if is_news(rule, past, self.company.today) {
                let key = (past.subject.external_id.clone(), rule.card);
                groups.entry(key).or_default().entry(past.firing.day).or_default().push(past.clone());
            }
        }
        let index = |code: &str| self.places.get(code).copied().filter(|at| *at >= cast::CAST.len());
        let mut out: Vec<Standing> = groups
            .into_iter()
            .filter_map(|((code, _), days)| {
                let (index, since) = (index(&code)?, *days.keys().next()?);
                Some(Standing { index, since, days: days.into_values().collect() })
            })
            .collect();
        out.sort_by_key(|standing| (standing.since, standing.index));
        out
    }

    fn make(&self, day: Day, code: &str, kind: CardKind, firings: Vec<PastFiring>) -> Option<Case> {
        let index = *self.places.get(code).filter(|at| **at >= cast::CAST.len() && **at != planted::FOLLOWED)?;
        let p = self.company.profiles.get(index)?;
        let severity = |f: &PastFiring| self.pack.rule(&f.firing.rule).map_or(0.0, |r| r.severity);
        let lead = firings.iter().max_by(|a, b| severity(a).total_cmp(&severity(b)))?;
        let rule = self.pack.rule(&lead.firing.rule)?;
        let tale = words::tale(&rule.id);
        #[expect(clippy::cast_sign_loss, reason = "days after 1970")]
        let mut rng = Rng::of(self.company.seed, &[30, index as u64, kind as u64, day.0 as u64]);
        if rng.between(0, 99) >= tale.kept_percent || lead.subject.owner_id.is_none() {
            return None;
        }
        let mut outcome = judge(p, rule, lead, &tale, &mut rng);
        // Nobody says of a customer in danger that it is over.
        let in_danger = self.standing.get(code).is_some_and(|since| day > since.plus(-DEALT_WITH_DAYS));
        if kind == CardKind::Risk && in_danger && matches!(outcome, Outcome::Solved | Outcome::Recovered) {
            outcome = Outcome::Unsolved;
        }
        let (opened_at, taken_at, closed_at) = self.times(day, rule, lead, outcome, &mut rng);
        let over = self.fresh.get(&(code.to_owned(), kind)).map_or(self.company.today, |day| *day);
        let rests =
            presence::stopped_on(self.company, p.owner).is_some_and(|on| closed_at >= self.company.start_of(on));
        if rests || closed_at >= self.company.start_of(over) {
            return None;
        }
        let who = format!("{}様", person(self.company, p, p.met(0, day)).surname.0);
        let (false_reason, note) = say(p, &tale, outcome, &mut rng);
        let note = fill(note, &who, p, &mut rng);
        let is_long = closed_at.micros() - taken_at.micros() > 72 * HOUR_US;
        let wait = (taken_at.micros() + closed_at.micros()) / 2;
        let waiting_at = (outcome != Outcome::FalseAlarm && is_long && rng.is(0.3)).then_some(Time(wait));
        let is_played = outcome != Outcome::FalseAlarm && p.churned_on.is_none() && rng.is(0.55);
        let goes_through = outcome == Outcome::Solved || (outcome == Outcome::Unsolved && index.is_multiple_of(2));
        let errands = errands::list(self.company, p, (taken_at, closed_at, outcome), &tale, &mut rng);
        let joined = Vec::new();
        Some(Case {
            index,
            firings,
            joined,
            opened_at,
            taken_at,
            waiting_at,
            closed_at,
            outcome,
            false_reason,
            note,
            errands,
            is_played,
            goes_through,
        })
    }

    /// When it was opened, taken and closed.
    fn times(&self, day: Day, rule: &Rule, lead: &PastFiring, outcome: Outcome, rng: &mut Rng) -> (Time, Time, Time) {
        let calendar = &self.company.calendar;
        let first = calendar.next_business_day(day);
        // Most are answered on the same day, some on the next, a few when there is time.
        let late = [0, 1, 3].get(rng.weighted(&[64.0, 28.0, 8.0])).copied().unwrap_or(0);
        let taken = calendar.add_business_days(first, late);
        let due = i32::try_from(rule.due_business_days).unwrap_or(3);
        let took = match outcome {
            Outcome::FalseAlarm => rng.between(0, 2),
            Outcome::Solved => rng.between(2, 4 + due),
            Outcome::Recovered => rng.between(2, 5),
            Outcome::Unsolved => rng.between(5, 9 + due),
        };
        let mut closed = calendar.add_business_days(taken, took);
        if let Some(over) = lead.over_on.filter(|_| matches!(outcome, Outcome::Solved | Outcome::Recovered)) {
            // Nobody calls it solved before the figures do.
            closed = closed.max(calendar.add_business_days(over, rng.between(0, 2)));
        }
        let morning = i64::from(rng.between(9 * 60 + 5, 11 * 60 + 50));
        let evening = i64::from(rng.between(13 * 60 + 10, 18 * 60 + 20));
        let at = |day, minutes: i64| self.company.at(day, minutes * MINUTE_US);
        (at(day, LOOKED_MINUTES), at(taken, morning), at(closed, evening))
    }
}

/// Whether the first look of the rules makes a card of it.
fn is_news(rule: &Rule, past: &PastFiring, today: Day) -> bool {
    let day = past.firing.day;
    if rule.when.is_arrival() {
        return day > today.plus(-ARRIVAL_DAYS);
    }
    let stands = past.over_on.is_none() && (rule.when.is_no_show() || day > today.plus(-NEWS_DAYS));
    stands || day == today
}

/// How it ended: never otherwise than what is known of the customer says.
fn judge(p: &Profile, rule: &Rule, lead: &PastFiring, tale: &Tale, rng: &mut Rng) -> Outcome {
    if p.churned_on.is_some() {
        return Outcome::Unsolved;
    }
    if rng.between(0, 99) < idle_percent(rule, lead, tale) {
        return Outcome::FalseAlarm;
    }
    let passes = rule.when.is_arrival() || rule.id == "notice_deadline";
    let dealt = lead.over_on.is_some_and(|over| over.0 - lead.firing.day.0 <= DEALT_WITH_DAYS);
    if !passes && !dealt {
        return Outcome::Unsolved;
    }
    let ends = [Outcome::Solved, Outcome::Unsolved, Outcome::Recovered];
    let weights = [78.0, 12.0, if passes { 0.0 } else { 10.0 }];
    ends.get(rng.weighted(&weights)).copied().unwrap_or(Outcome::Solved)
}

/// Of a rule that speaks too early, most of what only just met its limit was for nothing.
fn idle_percent(rule: &Rule, lead: &PastFiring, tale: &Tale) -> i32 {
    let Some(main) = lead.firing.because.first().filter(|_| rule.id == words::NOISY) else { return tale.idle_percent };
    if main.value.is_some_and(|value| value > words::NOISY_UNTIL) { 92 } else { 8 }
}

fn say(p: &Profile, tale: &Tale, outcome: Outcome, rng: &mut Rng) -> (&'static str, &'static str) {
    match outcome {
        Outcome::FalseAlarm => rng.pick(tale.idle).copied().unwrap_or_default(),
        Outcome::Recovered => ("", rng.word(&words::RECOVERED)),
        Outcome::Unsolved if p.churned_on.is_some() => ("", rng.word(&words::LEAVING)),
        Outcome::Unsolved => ("", rng.word(tale.unsolved)),
        Outcome::Solved => ("", rng.word(tale.solved)),
    }
}
