//! The pack's own rules look at the demo company and must find what is planted in it, and nothing in what is not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kizashi_domain::calendar::notice_deadline;
use kizashi_domain::customers::Profile;
use kizashi_domain::health::{self, Verdict};
use kizashi_domain::measure::{
    Arrivals, Attributes, CustomerEvents, Dated, Facts, Feeds, Names, Plan, Providers, Reading, Row, Scratch, WorkDays,
    alive_through, read_states,
};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{
    Awaited, Deed, Doer, Happening, Occurrence, Rule, RuleState, SCORE, Trigger, View, notice,
};

use super::*;

const PACK: &str = include_str!("../../../../packs/saas.toml");
/// Rules look at so many days, as when a workspace starts.
const REPLAYED_DAYS: i32 = 45;
/// How far back they may ask.
const KNOWN_DAYS: i32 = 120;

/// One customer as the product knows it.
#[derive(Default)]
struct Known {
    /// (day, code of the name, user, value), unsorted.
    events: Vec<(Day, u32, u32, f64)>,
    figures: Vec<Dated>,
    profile: Profile,
    stages: Vec<(Day, String)>,
    happenings: Vec<Happening>,
    parent: Option<String>,
    has_chief: bool,
}

/// All that the product knows.
#[derive(Default)]
struct Knowledge {
    names: Names,
    codes: HashMap<String, u32>,
    customers: BTreeMap<String, Known>,
    heard: BTreeMap<&'static str, Heard>,
}

/// What came from one source.
#[derive(Default)]
struct Heard {
    per_day: BTreeMap<Day, u64>,
    received: BTreeSet<Day>,
    names: BTreeSet<u32>,
}

impl Knowledge {
    fn of(company: &Company) -> Self {
        let mut all = Self::default();
        let mut tickets = HashMap::new();
        for arrival in company.records() {
            let (kind, at) = match &arrival.record {
                Record::Activity(row) => ("activity.two_way", row.at),
                Record::Ticket(row) => ("ticket.opened", row.opened_at),
                Record::Response(row) => ("response.nps", row.at),
                _ => ("", arrival.received_at),
            };
            if !kind.is_empty() {
                all.hear(company, arrival.source, kind, at, arrival.received_at);
            }
            if let Record::Ticket(row) = arrival.record {
                tickets.insert(row.external_id.clone(), row);
            } else {
                all.learn(company, arrival.record);
            }
        }
        // Who is behind a call that nobody answered is not known.
        for ticket in tickets.into_values().filter(|t| !t.customer.is_empty()) {
            let day = company.zone.day_of(ticket.opened_at);
            if ticket.subject.as_ref().is_some_and(|s| s.contains("解約")) {
                all.happened(&ticket.customer, Occurrence::CancelWords, day);
            }
            #[expect(clippy::cast_precision_loss, reason = "1 to 5")]
            let satisfaction = ticket.satisfaction.map_or(f64::NAN, |s| s as f64);
            all.event(&ticket.customer, day, "ticket.opened", u32::MAX, satisfaction);
        }
        company
            .events::<()>(|source, batch| {
                for e in batch.iter() {
                    let day = company.zone.day_of(e.occurred_at);
                    all.hear(company, source, e.name, e.occurred_at, e.received_at);
                    let user = e.user.rsplit_once("-u").map_or(u32::MAX, |(_, n)| n.parse().unwrap());
                    all.event(e.customer, day, e.name, user, e.value.unwrap_or(f64::NAN));
                }
                Ok(())
            })
            .unwrap();
        all
    }

    fn code(&mut self, name: &str) -> u32 {
        *self.codes.entry(name.to_owned()).or_insert_with(|| {
            self.names.0.push(name.to_owned());
            u32::try_from(self.names.0.len() - 1).unwrap()
        })
    }

    fn hear(&mut self, company: &Company, source: &'static str, name: &str, occurred_at: Time, received_at: Time) {
        let code = self.code(name);
        let heard = self.heard.entry(source).or_default();
        *heard.per_day.entry(company.zone.day_of(occurred_at)).or_default() += 1;
        heard.received.insert(company.zone.day_of(received_at));
        heard.names.insert(code);
    }

    fn event(&mut self, customer: &str, day: Day, name: &str, user: u32, value: f64) {
        let code = self.code(name);
        self.customers.get_mut(customer).unwrap().events.push((day, code, user, value));
    }

    fn happened(&mut self, customer: &str, what: Occurrence, day: Day) {
        let happening = Happening { what, day, key: format!("{customer} {}", day.0), detail: String::new() };
        self.customers.get_mut(customer).unwrap().happenings.push(happening);
    }

    #[expect(clippy::cast_precision_loss, reason = "yen of one customer")]
    fn learn(&mut self, company: &Company, record: Record) {
        let code = record.customer().to_owned();
        let known = self.customers.entry(code.clone()).or_default();
        let figure = |name: &str, from, value| Dated { name: name.to_owned(), from, known: from, value };
        match record {
            Record::Customer(row) => {
                let day = row.as_of.unwrap();
                known.profile.since = row.since.or(known.profile.since);
                known.parent = row.parent.or(known.parent.take());
                known.stages.extend(row.stage.map(|s| (day, s)));
                known.figures.extend(row.figures.into_iter().map(|(name, value)| figure(&name, day, value)));
            }
            Record::Contract(row) => {
                let (from, end) = (row.start.unwrap(), row.end.unwrap());
                let deadline = notice_deadline(end, row.notice_days.unwrap(), &company.calendar);
                let mrr = row.amount.unwrap().per_month(row.months.unwrap()).minor as f64;
                known.figures.push(figure("seats", from, row.seats.unwrap() as f64));
                known.figures.push(figure("mrr", from, mrr));
                known.figures.push(figure("contract_end", from, f64::from(end.0)));
                known.figures.push(figure("notice_deadline", from, f64::from(deadline.0)));
            }
            Record::Contact(row) => {
                known.has_chief |= row.role.as_deref() == Some("key_person");
                if let Some(day) = row.left_on {
                    self.happened(&code, Occurrence::ChampionLeft, day);
                }
            }
            Record::Activity(row) if row.direction.as_deref() == Some("both") => {
                self.event(&code, company.zone.day_of(row.at), "activity.two_way", u32::MAX, f64::NAN);
            }
            Record::Response(row) => {
                let (day, score) = (company.zone.day_of(row.at), row.score.unwrap());
                self.event(&code, day, "response.nps", u32::MAX, score);
                if score <= 6.0 {
                    self.happened(&code, Occurrence::Detractor, day);
                }
            }
            Record::Activity(_) | Record::Ticket(_) | Record::Deal(_) => {}
        }
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        self.heard
            .iter()
            .map(|(source, heard)| Arrivals {
                source: (*source).to_owned(),
                last_received_at: Time(0),
                last_occurred_at: Time(0),
                per_day: heard.per_day.iter().map(|(day, n)| (*day, *n)).collect(),
                received: heard.received.iter().copied().collect(),
                names: Some(heard.names.iter().copied().collect()),
            })
            .collect()
    }
}

/// What the product sees of a customer on one day.
type Seen = (Vec<Reading>, Option<Verdict>, Profile);

/// What is known of what should have been done.
type Awaits<'a> = &'a dyn Fn(&Profile, Day) -> Option<Awaited>;

/// The rules that fired for each customer in the days that a new workspace replays.
fn fired(company: &Company, pack: &Pack) -> BTreeMap<String, HashSet<String>> {
    let mut all = Knowledge::of(company);
    let today = company.today;
    let workdays = WorkDays::new(today.plus(-700), today.plus(1), &|d| company.calendar.is_business_day(d));
    let arrivals = all.arrivals();
    let providers = Providers::find(&pack.metrics, &arrivals, &all.names);
    let provisions = Feeds::judge(&arrivals, &workdays, today).provide(&providers, today);
    let alive = alive_through(&provisions, today);
    let plan = Plan::compile(&pack.metrics, &all.names);
    let mut scratch = Scratch::default();
    let mut out: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    let mut reds = Vec::new();
    for (code, known) in &mut all.customers {
        known.events.sort_by_key(|e| e.0);
        let days: Vec<i32> = known.events.iter().map(|e| e.0.0).collect();
        let names: Vec<u32> = known.events.iter().map(|e| e.1).collect();
        let users: Vec<u32> = known.events.iter().map(|e| e.2).collect();
        let values: Vec<f64> = known.events.iter().map(|e| e.3).collect();
        let events = CustomerEvents {
            customer: code,
            days: &days,
            names: &names,
            users: &users,
            user_count: 100,
            user_keys: &[],
            values: &values,
            received_days: None,
            retracted_days: None,
        };
        let attributes = Attributes::new(known.figures.clone());
        let facts = Facts {
            events: &events,
            attributes: &attributes,
            workdays: &workdays,
            known_day: None,
            alive_through: &alive,
        };
        let from = today.plus(-KNOWN_DAYS);
        let mut see = |day: Day| -> Seen {
            let mut row = Row::default();
            plan.at(day, &facts, &mut scratch, &mut row);
            let mut profile = known.profile.clone();
            #[expect(clippy::cast_possible_truncation, reason = "yen of one customer")]
            {
                profile.mrr_minor = attributes.as_of("mrr", day, None).map(|(v, _)| v as i64);
            }
            profile.stage = known.stages.iter().rev().find(|(from, _)| *from <= day).map(|(_, stage)| stage.clone());
            let readings = read_states(&pack.metrics, &row, &provisions, profile.since, day);
            let model = health::choose(&pack.models, &profile, day);
            let verdict = model.map(|m| health::judge(m, &pack.metrics, &readings, profile.age_days(day)));
            (readings, verdict, profile)
        };
        let seen: Vec<Seen> = (0..=KNOWN_DAYS).map(|i| see(from.plus(i))).collect();
        let red = seen.last().unwrap().1.as_ref().is_some_and(|v| v.band == health::Band::Red);
        reds.extend(known.parent.clone().filter(|_| red));
        for rule in pack.signals.iter().filter(|r| r.when != Trigger::FeedSilent) {
            let awaits = |profile: &Profile, day: Day| await_deed(company, known, &all.codes, rule, profile, day);
            if look(&plan, rule, &seen, (from, today), (&known.happenings, &awaits), &company.calendar) {
                out.entry(code.clone()).or_default().insert(rule.id.clone());
            }
        }
    }
    for parent in reds {
        out.entry(parent).or_default().insert("child_red".to_owned());
    }
    out
}

/// What is known of what a rule says should have been done.
fn await_deed(
    company: &Company,
    known: &Known,
    codes: &HashMap<String, u32>,
    rule: &Rule,
    profile: &Profile,
    day: Day,
) -> Option<Awaited> {
    let mut awaited = Awaited::of(&rule.when, profile, |_| None, &company.calendar)?;
    awaited.told_since = Some(company.first);
    if matches!(rule.when, Trigger::NoShow { who: Doer::KeyPerson, .. }) {
        awaited.key_person = looked_at_dashboard(known, codes, day);
    }
    Some(awaited)
}

/// Whether the chief (contact and user 3) ever looked at the dashboard; nobody knows of a customer without one.
fn looked_at_dashboard(known: &Known, codes: &HashMap<String, u32>, day: Day) -> Deed {
    let Some(name) = codes.get("dashboard_view").filter(|_| known.has_chief) else { return Deed::Unknown };
    let looked = known.events.iter().any(|(at, code, user, _)| *at <= day && code == name && *user == 3);
    if looked { Deed::Done } else { Deed::Never("chief".to_owned()) }
}

/// Whether a rule fires in the replayed days.
fn look(
    plan: &Plan,
    rule: &Rule,
    seen: &[Seen],
    (from, today): (Day, Day),
    (happenings, awaits): (&[Happening], Awaits<'_>),
    calendar: &Calendar,
) -> bool {
    let at = |day: Day| seen.get(usize::try_from(day.0 - from.0).ok()?);
    let ask = |of: &str, day: Day| match of {
        SCORE => at(day)?.1.as_ref()?.shown().map(f64::from),
        _ => at(day)?.0.get(plan.index(of)?)?.fresh(),
    };
    let mut state = RuleState::default();
    let mut fired = false;
    for day in (today.0 - REPLAYED_DAYS)..=today.0 {
        let day = Day(day);
        let Some((readings, verdict, profile)) = at(day).filter(|s| s.2.since.is_none_or(|since| since <= day)) else {
            continue;
        };
        let view = View {
            day,
            is_business_day: calendar.is_business_day(day),
            profile,
            places: plan.places(),
            readings,
            verdict: verdict.as_ref(),
            earlier: &ask,
            happenings,
            awaited: awaits(profile, day),
            is_never_quiet: false,
        };
        let (next, firing) = notice(rule, state, &view);
        state = next;
        fired |= firing.is_some();
    }
    fired
}

/// The rule that must find a story.
const fn finder(kind: StoryKind) -> Option<&'static str> {
    Some(match kind {
        StoryKind::ChampionLeft => "champion_left",
        StoryKind::LoginsFalling => "logins_falling",
        StoryKind::OnboardingStuck => "onboarding_stuck",
        StoryKind::SeatLimit => "seat_limit",
        StoryKind::SilentBeforeNotice => "silent_before_notice",
        StoryKind::ParentOfBadChild => "child_red",
        StoryKind::BadChild => "score_red",
        StoryKind::ShrinkingContract => "contract_shrinking",
        StoryKind::Detractor => "detractor",
        StoryKind::FeatureStopped => "exports_stopped",
        StoryKind::CancelWords => "cancel_words",
        StoryKind::HolidayDip | StoryKind::NewAndFine | StoryKind::City | StoryKind::Bpo | StoryKind::FeedBroken => {
            return None;
        }
    })
}

/// The further rules that must find a story: what was never done, views that disagree, a red account.
const fn finders(kind: StoryKind) -> &'static [&'static str] {
    match kind {
        StoryKind::OnboardingStuck => &["setup_stalled", "rights_not_given", "key_person_absent"],
        StoryKind::Detractor | StoryKind::ShrinkingContract => &["views_apart"],
        StoryKind::LoginsFalling => &["red_account"],
        _ => &[],
    }
}

#[test]
fn the_rules_of_the_pack_find_every_story_and_no_other() {
    let pack = Pack::parse(PACK).unwrap();
    let zone = Zone::named("Asia/Tokyo").unwrap();
    // Around Golden Week and the new year nobody who is merely on holiday may be taken for a customer in trouble.
    let cases = [
        (7, "2026-11-22", true),
        (1, "2026-11-24", true),
        (3, "2026-12-07", true),
        (42, "2026-10-05", true),
        (1, "2026-05-07", false),
        (2, "2027-01-05", false),
    ];
    for (seed, today, is_ordinary) in cases {
        let now = zone.start_of(today.parse().unwrap()).plus_us(8 * usage::HOUR_US);
        let company = Company::new(seed, 20, 18, now, zone.clone());
        let found = fired(&company, &pack);
        for story in company.stories() {
            let rules = story.customer.as_ref().and_then(|c| found.get(c)).cloned().unwrap_or_default();
            let finder = finder(story.kind);
            assert_eq!(finder.is_some(), story.kind.should_fire() && story.customer.is_some(), "{story:?}");
            if let Some(rule) = finder.filter(|_| is_ordinary) {
                assert!(rules.contains(rule), "{seed} {today}: {rule} misses {story:?}, found {rules:?}");
            }
            for rule in finders(story.kind).iter().filter(|_| is_ordinary) {
                assert!(rules.contains(*rule), "{seed} {today}: {rule} misses {story:?}, found {rules:?}");
            }
            if matches!(story.kind, StoryKind::HolidayDip | StoryKind::NewAndFine) {
                let quiet = ["setup_stalled", "rights_not_given", "key_person_absent", "red_account"];
                assert!(!quiet.iter().any(|a| rules.contains(*a)), "{today}: {story:?} found by {rules:?}");
                let alarms = ["logins_falling", "score_dropped", "score_red", "onboarding_stuck", "exports_stopped"];
                assert!(!alarms.iter().any(|a| rules.contains(*a)), "{today}: {story:?} found by {rules:?}");
            }
        }
    }
}

#[test]
fn only_the_broken_feed_is_silent() {
    let zone = Zone::named("Asia/Tokyo").unwrap();
    for today in ["2026-11-22", "2026-11-24", "2027-01-05"] {
        let now = zone.start_of(today.parse().unwrap()).plus_us(8 * usage::HOUR_US);
        let company = Company::new(1, 300, 4, now, zone.clone());
        let today = company.today;
        let workdays = WorkDays::new(today.plus(-300), today.plus(1), &|d| company.calendar.is_business_day(d));
        let feeds = Feeds::judge(&Knowledge::of(&company).arrivals(), &workdays, today);
        let silent: Vec<&str> = feeds.list.iter().filter(|f| f.is_silent).map(|f| f.source.as_str()).collect();
        assert_eq!(silent, [ZENDESK], "{today}");
    }
}
