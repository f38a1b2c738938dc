use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use kizashi_domain::calendar::notice_deadline;
use kizashi_domain::intake::{ContractRow, CustomerRow};

use super::*;

const MORNING_US: i64 = 8 * usage::HOUR_US;

fn company(seed: u64, customers: usize, today: &str) -> Company {
    let zone = Zone::named("Asia/Tokyo").unwrap();
    let now = zone.start_of(today.parse().unwrap()).plus_us(MORNING_US);
    Company::new(seed, customers, 18, now, zone)
}

/// Everything that a company gave, counted.
struct Facts {
    company: Company,
    /// (customer, event, day) → how often.
    counts: HashMap<(String, String, Day), u32>,
    /// (customer, user, day) of logins.
    logins: Vec<(String, String, Day)>,
    /// source → the last time that something of it was received.
    last: BTreeMap<&'static str, Time>,
    records: Vec<Arrival>,
}

fn facts(company: Company) -> Facts {
    let records: Vec<Arrival> = company.records().collect();
    let mut facts = Facts { counts: HashMap::new(), logins: Vec::new(), last: BTreeMap::new(), records, company };
    facts
        .company
        .events::<()>(|source, batch| {
            for e in batch.iter() {
                let day = facts.company.zone.day_of(e.occurred_at);
                *facts.counts.entry((e.customer.to_owned(), e.name.to_owned(), day)).or_default() += 1;
                if e.name == "login" {
                    facts.logins.push((e.customer.to_owned(), e.user.to_owned(), day));
                }
                let last = facts.last.entry(source).or_default();
                *last = (*last).max(e.received_at);
            }
            Ok(())
        })
        .unwrap();
    facts
}

impl Facts {
    fn count(&self, customer: &str, event: &str, from: Day, to: Day) -> u32 {
        let key = |d| (customer.to_owned(), event.to_owned(), Day(d));
        (from.0..=to.0).map(|d| self.counts.get(&key(d)).copied().unwrap_or(0)).sum()
    }

    /// Events against what the mood of the days lets expect: holidays do not count as a fall.
    fn pace(&self, customer: &str, event: &str, from: Day, to: Day) -> f64 {
        let expected: f64 = (from.0..=to.0).map(|d| rhythm::mood(&self.company.calendar, Day(d)).level).sum();
        f64::from(self.count(customer, event, from, to)) / expected
    }

    fn active(&self, customer: &str, from: Day, to: Day) -> usize {
        let in_window = |(c, _, day): &&(String, String, Day)| c == customer && (from..=to).contains(day);
        self.logins.iter().filter(in_window).map(|(_, user, _)| user).collect::<HashSet<_>>().len()
    }

    fn customer(&self, code: &str) -> CustomerRow {
        let row = self.records.iter().find_map(|a| match &a.record {
            Record::Customer(row) if row.external_id == code => Some(row.clone()),
            _ => None,
        });
        row.unwrap()
    }

    fn contracts(&self, code: &str) -> Vec<ContractRow> {
        let of = |a: &Arrival| match &a.record {
            Record::Contract(row) if row.customer == code => Some(row.clone()),
            _ => None,
        };
        self.records.iter().filter_map(of).collect()
    }
}

fn digest(company: &Company) -> u64 {
    let mut hasher = DefaultHasher::new();
    for arrival in company.records() {
        format!("{arrival:?}").hash(&mut hasher);
    }
    company
        .events::<()>(|source, batch| {
            source.hash(&mut hasher);
            for e in batch.iter() {
                format!("{e:?}").hash(&mut hasher);
            }
            Ok(())
        })
        .unwrap();
    hasher.finish()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let once = digest(&company(5, 24, "2026-11-24"));
    assert_eq!(once, digest(&company(5, 24, "2026-11-24")));
    assert_ne!(once, digest(&company(6, 24, "2026-11-24")));
    assert_ne!(once, digest(&company(5, 24, "2026-11-25")));
}

#[test]
fn names_and_ids_are_all_different_and_nothing_comes_from_the_future() {
    let company = company(1, 120, "2026-11-24");
    let mut names = HashSet::new();
    let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut known = HashSet::new();
    for a in company.records() {
        assert!(a.received_at <= company.now && a.received_at >= company.at(company.first, 0), "{a:?}");
        let (kind, id) = match &a.record {
            Record::Customer(r) => {
                if let Some(name) = &r.name {
                    assert!(names.insert(name.clone()), "{name} twice");
                    assert!(r.parent.as_ref().is_none_or(|p| known.contains(p)), "a child before its parent");
                }
                known.insert(r.external_id.clone());
                continue;
            }
            Record::Contact(r) if r.name.is_some() => ("contact", r.external_id.clone()),
            Record::Contact(_) => continue,
            Record::Contract(r) => ("contract", format!("{} {}", r.external_id, r.start.unwrap())),
            Record::Deal(r) => ("deal", r.external_id.clone()),
            Record::Activity(r) => ("activity", r.external_id.clone()),
            Record::Ticket(r) => ("ticket", format!("{} {}", r.external_id, r.closed_at.is_some())),
            Record::Response(r) => ("response", r.external_id.clone()),
        };
        assert!(known.contains(a.record.customer()) || a.record.customer().is_empty());
        assert!(keys.entry(kind).or_default().insert(id.clone()), "{kind} {id} twice");
    }
    assert_eq!((names.len(), known.len()), (120, 120));
    assert_eq!(keys.len(), 6, "every kind of record");

    let mut ids = HashSet::new();
    company
        .events::<()>(|source, batch| {
            assert!(!batch.is_empty() && batch.len() <= BATCH_EVENTS);
            for e in batch.iter() {
                assert!(ids.insert((source, e.id.to_owned())), "{source} {} twice", e.id);
                assert!(e.occurred_at < e.received_at && e.received_at <= company.now, "{e:?}");
                assert!(company.zone.day_of(e.occurred_at) >= company.first);
                assert!(known.contains(e.customer));
                assert!(e.properties.is_empty() || serde_json::from_str::<serde_json::Value>(e.properties).is_ok());
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_error_of_the_taker_stops_the_giving() {
    let mut calls = 0;
    let stopped = company(1, 60, "2026-11-24").events(|_, _| {
        calls += 1;
        Err("full")
    });
    assert_eq!((stopped, calls), (Err("full"), 1));
}

#[test]
fn work_follows_weekdays_holidays_and_the_end_of_the_month() {
    let facts = facts(company(2, 60, "2026-11-24"));
    let mut per_day: BTreeMap<Day, (u32, u32)> = BTreeMap::new();
    for ((_, event, day), n) in &facts.counts {
        let sums = per_day.entry(*day).or_default();
        sums.0 += if event == "login" { *n } else { 0 };
        sums.1 += if event == "invoice_create" { *n } else { 0 };
    }
    let mean = |days: &dyn Fn(Day) -> bool, what: &dyn Fn((u32, u32)) -> u32| {
        let picked: Vec<u32> = per_day.iter().filter(|(d, _)| days(**d)).map(|(_, n)| what(*n)).collect();
        f64::from(picked.iter().sum::<u32>()) / f64::from(u32::try_from(picked.len()).unwrap())
    };
    let calendar = &facts.company.calendar;
    let open = |d: Day| calendar.is_business_day(d);
    let logins = |n: (u32, u32)| n.0;
    let usual = mean(&open, &logins);
    assert!(mean(&|d| !open(d) && calendar.closure(d).is_none(), &logins) < 0.15 * usual, "weekends are quiet");
    assert!(mean(&|d| calendar.holiday(d).is_some(), &logins) < 0.15 * usual, "holidays are quiet");
    let golden_week = Day::from_ymd(2026, 4, 27).unwrap()..=Day::from_ymd(2026, 5, 8).unwrap();
    assert!(mean(&|d| golden_week.contains(&d), &logins) < 0.5 * usual, "Golden Week dips");
    let left = |d: Day| calendar.business_days_between(d, month_start(month_of(d) + 1).plus(-1));
    let bills = |n: (u32, u32)| n.1;
    let (closing, middle) = (mean(&|d| open(d) && left(d) <= 2, &bills), mean(&|d| open(d) && left(d) >= 6, &bills));
    assert!(closing > 1.6 * middle, "bills are written at the end of the month: {closing} {middle}");
}

#[test]
fn every_story_is_in_the_data_whatever_the_day() {
    // A Monday after a long weekend, Golden Week, the new year, the end of a month, a leap day.
    for today in ["2026-11-24", "2026-05-07", "2027-01-04", "2026-08-31", "2028-02-29"] {
        let facts = facts(company(3, cast::CAST.len(), today));
        let mut kinds = HashSet::new();
        for story in facts.company.stories() {
            assert!(kinds.insert(story.kind));
            assert!(story.since < facts.company.today, "{today} {story:?}");
            if let Some(code) = &story.customer {
                assert_eq!(facts.customer(code).name.as_deref(), Some(story.name.as_str()));
            }
            assert!(is_told(&facts, &story), "{today}: {story:?}");
        }
        assert_eq!(kinds.len(), 16);
    }
}

/// Whether the facts tell the story.
fn is_told(facts: &Facts, story: &Story) -> bool {
    let today = facts.company.today;
    let code = story.customer.as_deref().unwrap_or_default();
    let now = |event| facts.pace(code, event, today.plus(-28), today.plus(-1));
    let before = |event, day: Day| facts.pace(code, event, day.plus(-56), day.plus(-1));
    let seats = |row: Option<&ContractRow>| usize::try_from(row.unwrap().seats.unwrap()).unwrap();
    match story.kind {
        StoryKind::ChampionLeft => {
            let champion = format!("{code}-u01");
            let last = facts.logins.iter().filter(|(_, u, _)| *u == champion).map(|(.., d)| *d).max().unwrap();
            let gone = facts.records.iter().any(|a| match &a.record {
                Record::Contact(r) => {
                    r.external_id == champion && r.left_on.is_some_and(|left| left > story.since && left < today)
                }
                _ => false,
            });
            let late = facts.pace(code, "login", today.plus(-10), today.plus(-1));
            gone && last <= story.since && late < 0.5 * before("login", story.since)
        }
        StoryKind::LoginsFalling => {
            let (was, is) = (before("login", story.since), now("login"));
            let middle = facts.pace(code, "login", today.plus(-75), today.plus(-47));
            let amounts: Vec<i64> = facts.contracts(code).iter().map(|r| r.amount.unwrap().minor).collect();
            let rises = amounts[amounts.len() - 1] > amounts[amounts.len() - 2];
            middle > is && is < 0.65 * was && rises
        }
        StoryKind::HolidayDip => holiday_dip(facts, code),
        StoryKind::OnboardingStuck => {
            let step = |name| facts.count(code, name, facts.company.first, today);
            step("setup.account") == 1
                && step("setup.environment") == 0
                && step("faq_view") >= 10
                && today.0 - story.since.0 > 35
        }
        StoryKind::SeatLimit => {
            let seats = seats(facts.contracts(code).last());
            let active = facts.active(code, today.plus(-45), today);
            active <= seats && active * 20 >= seats * 19
        }
        StoryKind::SilentBeforeNotice => is_silent(facts, story, code),
        StoryKind::FeedBroken => {
            let broken = facts.company.broken_at;
            let records = facts.records.iter().filter(|a| a.source == ZENDESK).all(|a| a.received_at < broken);
            // Today's morning counts as the third day when it is one of work.
            let waiting = facts.company.calendar.business_days_between(story.since, today);
            let spoke = facts.last[ZENDESK] > facts.company.at(story.since, -7 * 24 * usage::HOUR_US);
            records && spoke && facts.last[ZENDESK] < broken && facts.last[PRODUCT] > broken && waiting == 3
        }
        StoryKind::ParentOfBadChild => {
            let children = ["MN00008", "MN00009", "MN00010", "MN00011"];
            let of = |c: &&str| facts.customer(c).parent.as_deref() == Some(code);
            let falls = |c: &&&str| {
                let pace = |from, to| facts.pace(c, "login", today.plus(from), today.plus(to));
                pace(-28, -1) < 0.6 * pace(-120, -60)
            };
            children.iter().all(of) && children.iter().filter(falls).copied().eq(["MN00010"])
        }
        StoryKind::BadChild => now("login") < 0.5 * before("login", story.since),
        StoryKind::ShrinkingContract => {
            let rows = facts.contracts(code);
            let (last, cut) = (seats(rows.last()), seats(rows.iter().rev().nth(1)) > seats(rows.last()));
            let ratio = now("login") / before("login", story.since);
            cut && ratio > 0.8 && facts.active(code, today.plus(-45), today) * 10 >= last * 8
        }
        StoryKind::City => facts.customer(code).segment.as_deref() == Some("自治体"),
        StoryKind::Bpo => facts.customer(code).segment.as_deref() == Some("BPO") && now("api_call") > 0.0,
        StoryKind::Detractor => facts.records.iter().any(|a| match &a.record {
            Record::Response(r) => {
                r.customer == code && r.score == Some(2.0) && facts.company.zone.day_of(r.at) == story.since
            }
            _ => false,
        }),
        StoryKind::FeatureStopped => {
            let export = |from, to| facts.count(code, "report_export", from, to);
            let steady = now("login") > 0.75 * before("login", story.since);
            export(story.since.plus(-28), story.since.plus(-1)) >= 20 && export(story.since, today) == 0 && steady
        }
        StoryKind::NewAndFine => {
            let steps = ["setup.account", "setup.environment", "setup.import", "setup.first_report"];
            let all = steps.iter().all(|s| facts.count(code, s, story.since, today) == 1);
            all && facts.active(code, today.plus(-28), today) >= 6
        }
        StoryKind::CancelWords => facts.records.iter().any(|a| match &a.record {
            Record::Ticket(r) => r.customer == code && r.subject.as_ref().is_some_and(|s| s.contains("解約")),
            _ => false,
        }),
    }
}

/// Each long holiday of the history: almost nothing, and then as before.
fn holiday_dip(facts: &Facts, code: &str) -> bool {
    let today = facts.company.today;
    let (year, ..) = today.ymd();
    let weeks = [(4, 29, 5, 8), (8, 8, 8, 16), (12, 29, 1, 7)];
    let mut seen = 0;
    for (y, (m1, d1, m2, d2)) in [year - 2, year - 1, year].into_iter().flat_map(|y| weeks.map(|w| (y, w))) {
        let from = Day::from_ymd(y, m1, d1).unwrap();
        let to = Day::from_ymd(if m2 < m1 { y + 1 } else { y }, m2, d2).unwrap();
        if from.plus(-30) < facts.company.first || to.plus(21) >= today {
            continue;
        }
        seen += 1;
        let (dip, after) = (facts.pace(code, "login", from, to), facts.pace(code, "login", to.plus(1), to.plus(20)));
        let before = facts.pace(code, "login", from.plus(-28), from.plus(-5));
        if dip > 0.25 * before || after < 0.7 * before {
            return false;
        }
    }
    seen >= 3
}

fn is_silent(facts: &Facts, story: &Story, code: &str) -> bool {
    let spoken = |a: &Arrival| match &a.record {
        Record::Activity(r) => Some(r.at),
        Record::Ticket(r) => Some(r.opened_at),
        Record::Response(r) => Some(r.at),
        _ => None,
    };
    let of = |a: &&Arrival| a.record.customer() == code;
    let last = facts.records.iter().filter(of).filter_map(spoken).max().unwrap();
    let contracts = facts.contracts(code);
    let term = contracts.last().unwrap();
    let today = facts.company.today;
    let deadline = notice_deadline(term.end.unwrap(), term.notice_days.unwrap(), &facts.company.calendar);
    facts.company.zone.day_of(last) < story.since
        && today.0 - story.since.0 >= 150
        && (36..=44).contains(&(deadline.0 - today.0))
        && facts.pace(code, "login", today.plus(-28), today.plus(-1)) > 0.0
}

#[test]
fn three_hundred_customers_are_believable() {
    let company = company(1, 300, "2026-11-24");
    let churned = company.profiles.iter().filter(|p| p.churned_on.is_some()).count();
    assert!((8..=45).contains(&churned), "{churned} left");
    let mut mrr: Vec<i64> = company.profiles.iter().filter_map(|p| p.terms.last()).map(|t| t.mrr).collect();
    mrr.sort_unstable();
    assert!(mrr[0] >= 30_000 && mrr[mrr.len() - 1] <= 900_000 && mrr.len() == 300);
    assert!(mrr[150] < 150_000 && mrr[280] > 200_000, "many small, few large");
    let renewals: BTreeSet<i8> =
        company.profiles.iter().filter_map(|p| p.terms.last()).map(|t| t.end.ymd().1).collect();
    assert_eq!(renewals.len(), 12, "renewals spread over the year");
    let owners: BTreeSet<usize> = company.profiles.iter().map(|p| p.owner).collect();
    assert_eq!(owners.len(), words::CSM_COUNT);
    assert!(company.profiles.iter().all(|p| company.staff()[p.owner].role == StaffRole::Csm));
    assert!(company.profiles.iter().filter(|p| p.parent.is_some()).count() >= 15);
    assert!(company.profiles.iter().all(|p| (2..=8).contains(&p.contacts)));
    let mails: HashSet<&str> = company.staff().iter().map(|s| s.mail).collect();
    assert!(mails.len() == company.staff().len() && mails.iter().all(|m| m.ends_with("@minamo.example")));
}

#[test]
fn a_huge_company_does_less_each() {
    let zone = Zone::named("Asia/Tokyo").unwrap();
    let now = zone.start_of("2026-11-24".parse().unwrap()).plus_us(MORNING_US);
    let events = |customers| {
        let mut n = 0;
        let company = Company::new(1, customers, 2, now, zone.clone());
        let counted = company.events::<()>(|_, batch| {
            n += batch.len();
            Ok(())
        });
        counted.unwrap();
        n
    };
    let (small, large) = (events(300), events(3_000));
    assert!(large > small && large < 5 * small, "{small} {large}");
}
