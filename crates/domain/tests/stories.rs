//! The shipped SaaS pack on the calendar of Japan: what it notices in the stories that a CSM knows, and what not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use kizashi_domain::calendar::Calendar;
use kizashi_domain::customers::Profile;
use kizashi_domain::health::{Band, Verdict, choose, judge};
use kizashi_domain::measure::{
    Arrivals, Attributes, CustomerEvents, Dated, Facts, Feeds, Names, Plan, Providers, Reading, Row, Scratch, State,
    WorkDays, alive_through, read_states,
};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Firing, Happening, Occurrence, RuleState, View, notice};
use kizashi_domain::time::{Day, Time};

const NAMES: [&str; 12] = [
    "login",
    "invoice_create",
    "report_view",
    "report_export",
    "dashboard_view",
    "approval",
    "setup.account",
    "setup.environment",
    "activity.two_way",
    "mail_open",
    "response.nps",
    "faq_view",
];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

struct World {
    pack: Pack,
    calendar: Calendar,
    workdays: WorkDays,
    plan: Plan,
}

impl World {
    fn new() -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/saas.toml")).unwrap();
        let pack = Pack::parse(&text).unwrap();
        let calendar = Calendar::default();
        let workdays = WorkDays::new(day("2024-01-01"), day("2028-01-01"), &|d| calendar.is_business_day(d));
        let plan = Plan::compile(&pack.metrics, &Names(NAMES.iter().map(|n| (*n).to_owned()).collect()));
        Self { pack, calendar, workdays, plan }
    }
}

/// A customer that is made day by day. The default one is steady and healthy.
struct Story {
    since: Day,
    today: Day,
    people: u32,
    seats: f64,
    stage: &'static str,
    /// Chance that a person signs in on a business day.
    level: fn(Day) -> f64,
    exports: fn(Day) -> bool,
    talks: fn(Day) -> bool,
    setup: Vec<(Day, &'static str)>,
    figures: Vec<(&'static str, Day, f64)>,
    happenings: Vec<Happening>,
    /// The last day on which the product's feed arrived, and whether it is judged by its rhythm.
    feed_ends: Option<Day>,
}

const TODAY: &str = "2026-05-20";

impl Default for Story {
    fn default() -> Self {
        Self {
            since: day("2024-10-01"),
            today: day(TODAY),
            people: 8,
            seats: 11.0,
            stage: "adoption",
            level: |_| 0.6,
            exports: |_| true,
            talks: |d| d.0 % 30 == 0,
            setup: Vec::new(),
            figures: Vec::new(),
            happenings: Vec::new(),
            feed_ends: None,
        }
    }
}

#[derive(Default)]
struct Columns {
    days: Vec<i32>,
    names: Vec<u32>,
    users: Vec<u32>,
    values: Vec<f64>,
}

impl Columns {
    fn push(&mut self, day: Day, name: &str, user: u32, value: f64) {
        self.days.push(day.0);
        self.names.push(NAMES.iter().position(|n| *n == name).unwrap() as u32);
        self.users.push(user);
        self.values.push(value);
    }
}

fn live(world: &World, story: &Story) -> Columns {
    let mut out = Columns::default();
    let mut state = 88_172_645_463_325_252_u64;
    let mut chance = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for d in story.since.max(story.today.plus(-400)).0..=story.today.0 {
        let d = Day(d);
        let arrived = story.feed_ends.is_none_or(|end| d <= end);
        if world.calendar.is_business_day(d) {
            for user in 0..story.people {
                let here = chance() < (story.level)(d);
                if here && arrived {
                    out.push(d, "login", user, f64::NAN);
                    for name in ["invoice_create", "report_view", "dashboard_view", "approval"] {
                        if chance() < 0.5 {
                            out.push(d, name, user, f64::NAN);
                        }
                    }
                    if (story.exports)(d) {
                        out.push(d, "report_export", user, 40.0);
                    }
                }
            }
        }
        for (on, name) in &story.setup {
            if *on == d {
                out.push(d, name, 1, f64::NAN);
            }
        }
        if (story.talks)(d) {
            out.push(d, "activity.two_way", u32::MAX, f64::NAN);
            out.push(d, "mail_open", 0, f64::NAN);
        }
    }
    out
}

/// The days on which each rule fired, and the last readings and verdict.
struct Outcome {
    fired: Vec<(String, Firing)>,
    readings: Vec<Reading>,
    verdict: Verdict,
}

impl Outcome {
    fn rules(&self) -> BTreeSet<&str> {
        self.fired.iter().map(|(id, _)| id.as_str()).collect()
    }
}

fn figures(story: &Story) -> Attributes {
    let mut all = vec![("seats", story.since, story.seats), ("mrr", story.since, 120_000.0)];
    all.extend(story.figures.iter().copied());
    let dated = |(name, from, value): (&str, Day, f64)| Dated { name: name.into(), from, known: from, value };
    Attributes::new(all.into_iter().map(dated).collect())
}

fn came(source: &str, days: impl Iterator<Item = Day>, names: std::ops::Range<u32>) -> Arrivals {
    let received: Vec<Day> = days.collect();
    Arrivals {
        source: source.to_owned(),
        last_received_at: Time(0),
        last_occurred_at: Time(0),
        per_day: received.iter().map(|d| (*d, 5)).collect(),
        received,
        names: Some(names.collect()),
    }
}

/// Of the product's feed, on business days until it ends, and of another, every day.
fn arrivals(world: &World, story: &Story) -> [Arrivals; 2] {
    let days = || (story.today.plus(-400).0..=story.today.0).map(Day);
    let arrived = |d: &Day| world.calendar.is_business_day(*d) && story.feed_ends.is_none_or(|end| *d <= end);
    [came("product", days().filter(arrived), 0..8), came("crm", days(), 8..12)]
}

fn play(story: &Story) -> Outcome {
    let world = World::new();
    let columns = live(&world, story);
    let events = CustomerEvents {
        customer: "c",
        days: &columns.days,
        names: &columns.names,
        users: &columns.users,
        user_count: story.people.max(2),
        user_keys: &[],
        values: &columns.values,
        received_days: None,
        retracted_days: None,
    };
    let attributes = figures(story);
    let profile = Profile { since: Some(story.since), stage: Some(story.stage.to_owned()), ..Profile::default() };
    let arrivals = arrivals(&world, story);
    let providers = Providers::find(&world.pack.metrics, &arrivals, &Names(NAMES.map(str::to_owned).to_vec()));
    let mut scratch = Scratch::default();
    let mut seen: Vec<(Vec<Reading>, Option<Verdict>)> = Vec::new();
    let first = story.since.max(story.today.plus(-150));
    let mut states = vec![RuleState::default(); world.pack.signals.len()];
    let mut fired = Vec::new();
    for d in first.0..=story.today.0 {
        let d = Day(d);
        let provisions = Feeds::judge(&arrivals, &world.workdays, d).provide(&providers, d);
        let alive = alive_through(&provisions, d);
        let facts = Facts {
            events: &events,
            attributes: &attributes,
            workdays: &world.workdays,
            known_day: Some(d),
            alive_through: &alive,
        };
        let mut row = Row::default();
        world.plan.at(d, &facts, &mut scratch, &mut row);
        let readings = read_states(&world.pack.metrics, &row, &provisions, Some(story.since), d);
        let model = choose(&world.pack.models, &profile, d).unwrap();
        let verdict = judge(model, &world.pack.metrics, &readings, profile.age_days(d));
        assert_eq!(verdict.lines.iter().map(|l| l.points).sum::<i32>(), verdict.points);
        seen.push((readings, Some(verdict)));
        let earlier = |of: &str, at: Day| {
            let (readings, verdict) = seen.get(usize::try_from(at.0 - first.0).ok()?)?;
            if of == "score" {
                return verdict.as_ref().and_then(Verdict::shown).map(f64::from);
            }
            readings.get(world.pack.metrics.iter().position(|m| m.id == of)?)?.fresh()
        };
        let (readings, verdict) = seen.last().unwrap();
        let view = View {
            day: d,
            is_business_day: world.calendar.is_business_day(d),
            profile: &profile,
            places: world.plan.places(),
            readings,
            verdict: verdict.as_ref(),
            earlier: &earlier,
            happenings: &story.happenings,
            awaited: None,
            is_never_quiet: false,
        };
        for (rule, state) in world.pack.signals.iter().zip(&mut states) {
            let (next, firing) = notice(rule, std::mem::take(state), &view);
            *state = next;
            fired.extend(firing.map(|f| (rule.id.clone(), f)));
        }
    }
    let (readings, verdict) = seen.pop().unwrap();
    Outcome { fired, readings, verdict: verdict.unwrap() }
}

#[test]
fn a_steady_customer_is_green_and_quiet() {
    let out = play(&Story::default());
    assert_eq!(out.rules(), BTreeSet::new());
    assert_eq!(out.verdict.band, Band::Green, "{} points", out.verdict.points);
}

#[test]
fn golden_week_is_no_sign() {
    // From 25 April to 10 May 2026 nobody works, bridging days included.
    let out = play(&Story {
        level: |d| if (day("2026-04-25")..=day("2026-05-10")).contains(&d) { 0.0 } else { 0.6 },
        ..Story::default()
    });
    assert_eq!(out.rules(), BTreeSet::new());
}

#[test]
fn new_year_is_no_sign() {
    let out = play(&Story {
        today: day("2026-01-20"),
        level: |d| if (day("2025-12-26")..=day("2026-01-05")).contains(&d) { 0.0 } else { 0.6 },
        ..Story::default()
    });
    assert_eq!(out.rules(), BTreeSet::new());
}

#[test]
fn falling_logins_are_noticed_once_and_early() {
    let out = play(&Story {
        level: |d| (0.6 - 0.006 * f64::from(d.0 - day("2026-02-01").0).max(0.0)).max(0.12),
        ..Story::default()
    });
    let fired: Vec<&Firing> = out.fired.iter().filter(|(id, _)| id == "logins_falling").map(|(_, f)| f).collect();
    assert_eq!(fired.len(), 1, "{:?}", out.rules());
    let value = fired[0].because[0].value.unwrap();
    assert!((-0.6..=-0.35).contains(&value), "{value}");
    assert!(fired[0].day < day("2026-04-15"), "noticed on {}", fired[0].day);
}

#[test]
fn a_broken_feed_is_nobodys_fall() {
    let out = play(&Story { feed_ends: Some(day("2026-05-08")), ..Story::default() });
    assert_eq!(out.rules(), BTreeSet::new());
    let world = World::new();
    let logins = world.plan.index("logins_28d").unwrap();
    assert_eq!(out.readings[logins].state, State::Stale { age_days: 10 });
    assert!(out.readings[logins].value.unwrap() > 20.0, "the last known figure, not a falling one");
    assert!(out.verdict.coverage < 0.6);
}

#[test]
fn an_onboarding_stuck_at_the_environment_is_noticed() {
    let out = play(&Story {
        since: day(TODAY).plus(-49),
        stage: "onboarding",
        people: 2,
        seats: 10.0,
        setup: vec![(day(TODAY).plus(-47), "setup.account")],
        ..Story::default()
    });
    assert!(out.rules().contains("onboarding_stuck"), "{:?}", out.rules());
    let (_, firing) = out.fired.iter().find(|(id, _)| id == "onboarding_stuck").unwrap();
    assert_eq!(firing.because[0].value, Some(1.0));
    assert_eq!(out.verdict.model, "onboarding");
    // One that has gone on is not.
    let fine = play(&Story {
        since: day(TODAY).plus(-49),
        stage: "onboarding",
        setup: vec![(day(TODAY).plus(-47), "setup.account"), (day(TODAY).plus(-40), "setup.environment")],
        ..Story::default()
    });
    assert!(!fine.rules().contains("onboarding_stuck"));
}

#[test]
fn a_full_house_is_a_chance() {
    let out = play(&Story { people: 14, seats: 14.0, ..Story::default() });
    assert_eq!(out.rules(), BTreeSet::from(["seat_limit"]));
}

#[test]
fn silence_before_the_deadline_is_a_risk() {
    let deadline = f64::from(day(TODAY).plus(40).0);
    let silent = |talks: fn(Day) -> bool| Story {
        talks,
        figures: vec![("notice_deadline", day("2025-10-01"), deadline)],
        ..Story::default()
    };
    let out = play(&silent(|d| d == day("2025-12-15")));
    assert!(out.rules().contains("silent_before_notice"), "{:?}", out.rules());
    let (_, firing) = out.fired.iter().find(|(id, _)| id == "silent_before_notice").unwrap();
    assert_eq!(firing.because[0].days, Some(60));
    assert!(!play(&silent(|d| d.0 % 30 == 0)).rules().contains("silent_before_notice"));
}

#[test]
fn a_feature_that_stops_is_noticed_after_a_week() {
    let stopped = day("2026-03-16");
    let out = play(&Story { exports: |d| d < day("2026-03-16"), ..Story::default() });
    let fired: Vec<Day> = out.fired.iter().filter(|(id, _)| id == "exports_stopped").map(|(_, f)| f.day).collect();
    assert_eq!(fired.len(), 1, "{:?}", out.rules());
    assert!((7..=18).contains(&(fired[0].0 - stopped.0)), "noticed on {}", fired[0]);
}

#[test]
fn seats_that_shrink_while_use_is_healthy_are_noticed() {
    let out =
        play(&Story { people: 9, seats: 24.0, figures: vec![("seats", day("2026-03-01"), 12.0)], ..Story::default() });
    assert!(out.rules().contains("contract_shrinking"), "{:?}", out.rules());
}

#[test]
fn a_champion_who_left_is_told_by_name() {
    let out = play(&Story {
        happenings: vec![Happening {
            what: Occurrence::ChampionLeft,
            day: day("2026-04-20"),
            key: "person-1".into(),
            detail: "高橋".into(),
        }],
        ..Story::default()
    });
    assert_eq!(out.rules(), BTreeSet::from(["champion_left"]));
    assert_eq!(out.fired.len(), 1);
    assert_eq!(out.fired[0].1.because[0].detail, "高橋");
}
