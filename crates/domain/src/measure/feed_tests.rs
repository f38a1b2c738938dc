//! Feeds of many rhythms over years of the Japanese calendar.

use super::*;
use crate::calendar::Calendar;
use crate::intake::BY_HAND;
use crate::measure::feed::judge;
use crate::time::{Day, Weekday};

struct World {
    calendar: Calendar,
    workdays: WorkDays,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

const FIRST: &str = "2023-01-05";
const LAST: &str = "2027-12-24";

impl World {
    fn new() -> Self {
        let calendar = Calendar::default();
        let workdays = WorkDays::new(day(FIRST).plus(-400), day(LAST).plus(400), &|d| calendar.is_business_day(d));
        Self { calendar, workdays }
    }

    fn is_open(&self, day: Day) -> bool {
        self.calendar.is_business_day(day)
    }

    fn next_open(&self, mut day: Day) -> Day {
        while !self.is_open(day) {
            day = day.plus(1);
        }
        day
    }

    fn days(&self) -> impl Iterator<Item = Day> + use<> {
        (day(FIRST).0..=day(LAST).0).map(Day)
    }
}

/// A small generator of its own: the same seed, the same history.
struct Chance(u64);

impl Chance {
    fn of_hundred(&mut self, n: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % 100 < n
    }
}

/// Days on which something happened, each with the day on which it was sent.
type Sent = Vec<(Day, Day)>;

fn arrivals(sent: &Sent, known: Day) -> Arrivals {
    let mut facts: Vec<Day> = sent.iter().filter(|s| s.1 <= known).map(|s| s.0).collect();
    let mut received: Vec<Day> = sent.iter().filter(|s| s.1 <= known).map(|s| s.1).collect();
    for list in [&mut facts, &mut received] {
        list.sort_unstable();
        list.dedup();
    }
    Arrivals {
        source: "s".to_owned(),
        last_received_at: crate::time::Time(0),
        last_occurred_at: crate::time::Time(0),
        per_day: facts.into_iter().map(|d| (d, 3)).collect(),
        received,
        names: None,
    }
}

/// Every rhythm that a source may have, with how many days after a cut it has to be noticed.
fn rhythms(world: &World) -> Vec<(String, Sent, i32)> {
    let on = |keep: &dyn Fn(Day) -> bool| -> Sent { world.days().filter(|d| keep(*d)).map(|d| (d, d)).collect() };
    let open = |d: Day| world.is_open(d);
    let is_monday = |d: Day| d.weekday() == Weekday::Mon;
    let months = || world.days().filter(|d| d.ymd().2 == 1);
    let mut all = vec![
        ("on business days".to_owned(), on(&open), 8),
        ("on every day".to_owned(), on(&|_| true), 8),
        // Closed on single days between days off, and in holiday seasons.
        ("on steady business days".to_owned(), on(&|d| world.workdays.is_steady(d)), 12),
        ("the night after business days".to_owned(), on(&open).iter().map(|s| (s.0, s.0.plus(1))).collect(), 12),
        (
            "on Mondays, or the next business day".to_owned(),
            { world.days().filter(|d| is_monday(*d)).map(|d| (world.next_open(d), world.next_open(d))).collect() },
            30,
        ),
        (
            "on Mondays, a file of the week".to_owned(),
            {
                let week = |d: Day| (1..=7).map(move |back| d.plus(-back));
                let files = world.days().filter(|d| is_monday(*d)).map(|d| world.next_open(d));
                files.flat_map(|d| week(d).filter(|w| open(*w)).map(move |w| (w, d)).collect::<Vec<_>>()).collect()
            },
            30,
        ),
        (
            "on the first business day of the month".to_owned(),
            { months().map(|d| (world.next_open(d), world.next_open(d))).collect() },
            80,
        ),
        (
            "on the 25th, or the next business day".to_owned(),
            { months().map(|d| world.next_open(d.plus(24))).map(|d| (d, d)).collect() },
            80,
        ),
        (
            "a file of the month".to_owned(),
            {
                let month = |d: Day| (1..=28).map(move |back| d.plus(-back));
                let files = months().map(|d| world.next_open(d));
                files.flat_map(|d| month(d).filter(|w| open(*w)).map(move |w| (w, d)).collect::<Vec<_>>()).collect()
            },
            80,
        ),
        (
            "a file of the quarter".to_owned(),
            { months().filter(|d| d.ymd().1 % 3 == 1).map(|d| (world.next_open(d), world.next_open(d))).collect() },
            250,
        ),
    ];
    for seed in 1..=4 {
        for percent in [97, 90, 60, 30, 10] {
            let mut chance = Chance(seed * 1_000 + percent);
            let sent = world.days().filter(|d| open(*d) && chance.of_hundred(percent)).map(|d| (d, d)).collect();
            all.push((
                format!("by chance, {percent} of 100 business days, seed {seed}"),
                sent,
                10 + 2_200 / percent as i32,
            ));
        }
    }
    all
}

#[test]
fn no_rhythm_is_taken_for_silence_through_five_years_of_holidays() {
    let world = World::new();
    for (name, sent, _) in rhythms(&world) {
        let all = arrivals(&sent, day(LAST));
        let first = all.received[all.received.len().min(3) - 1];
        let last = *all.received.last().unwrap();
        let mut alarms = Vec::new();
        for d in first.0..=last.0 {
            let known =
                Arrivals { received: all.received.iter().copied().filter(|r| r.0 <= d).collect(), ..all.clone() };
            if judge(&known, &world.workdays, Day(d), None).unwrap().is_silent {
                alarms.push(Day(d).to_string());
            }
        }
        assert!(alarms.is_empty(), "{name}: {} days, {:?}", alarms.len(), &alarms[..alarms.len().min(5)]);
    }
}

#[test]
fn every_rhythm_that_breaks_off_is_noticed_and_stays_noticed() {
    let world = World::new();
    for cut in ["2026-02-10", "2026-04-27", "2026-08-10", "2026-12-21"].map(day) {
        for (name, sent, within) in rhythms(&world) {
            let left: Sent = sent.into_iter().filter(|s| s.1 < cut).collect();
            let all = arrivals(&left, day(LAST));
            let silent = |d: Day| judge(&all, &world.workdays, d, None).unwrap().is_silent;
            assert!(!silent(*all.received.last().unwrap()), "{name}: not on the day on which something came");
            // Holidays do not count, so that what breaks off before them is noticed after them.
            let from = (cut.0..).map(Day).filter(|d| world.workdays.is_steady(*d)).nth(2).unwrap().0 - cut.0;
            let noticed = (0..=from + within).find(|after| silent(cut.plus(*after)));
            assert!(noticed.is_some(), "{name}: cut on {cut}, not noticed within {within} days");
            assert!((noticed.unwrap()..300).all(|after| silent(cut.plus(after))), "{name}: and it stays so");
        }
    }
}

#[test]
fn silence_means_zero_only_until_something_was_due() {
    let world = World::new();
    let judged = |sent: &Sent, on: &str| judge(&arrivals(sent, day(on)), &world.workdays, day(on), None).unwrap();
    let through = |sent: &Sent, on: &str| {
        let feed = judged(sent, on);
        assert!(feed.whole_through <= feed.alive_through && feed.alive_through <= day(on), "{feed:?}");
        feed.alive_through
    };
    let until = |end: &str, keep: &dyn Fn(Day) -> bool| -> Sent {
        world.days().filter(|d| *d <= day(end) && keep(*d)).map(|d| (d, d)).collect()
    };
    // Business days: from Friday on the weekend is a zero, and Monday is not until something comes.
    let weekdays = until("2026-05-15", &|d| world.is_open(d));
    assert_eq!(through(&weekdays, "2026-05-17"), day("2026-05-17"));
    assert_eq!(through(&weekdays, "2026-05-18"), day("2026-05-17"));
    assert_eq!(through(&weekdays, "2026-05-27"), day("2026-05-17"));
    // What comes on every day is due on Saturday.
    assert_eq!(through(&until("2026-05-15", &|_| true), "2026-05-18"), day("2026-05-15"));
    // Golden Week and the days before and after it are nobody's fault: the first ordinary day is Monday the 11th.
    let before = until("2026-04-28", &|d| world.is_open(d));
    assert_eq!(through(&before, "2026-05-10"), day("2026-05-10"));
    assert_eq!(through(&before, "2026-05-12"), day("2026-05-10"));
    // But whether nobody came on a day between the holidays, or nothing arrived, is not known: no zero.
    assert_eq!(judged(&before, "2026-05-10").whole_through, day("2026-04-29"));
    assert!(!judged(&before, "2026-05-01").is_silent && !judged(&before, "2026-05-02").is_settled);
    assert!(judged(&before, "2026-04-30").is_settled, "a day that has only begun is not missing yet");
    // What comes on holidays is missed on holidays.
    let always = until("2026-05-02", &|_| true);
    assert_eq!(judged(&always, "2026-05-06").whole_through, day("2026-05-02"));
    // A file once a month, with facts of every day: the feed is well, but what happened since is unknown.
    let file: Sent = weekdays.iter().filter(|s| s.0 <= day("2026-04-30")).map(|s| (s.0, day("2026-05-01"))).collect();
    let before: Sent =
        file.iter().map(|s| (s.0, if s.0 < day("2026-04-01") { day("2026-04-01") } else { s.1 })).collect();
    let feed = judge(&arrivals(&before, day("2026-05-20")), &world.workdays, day("2026-05-20"), None).unwrap();
    assert_eq!((feed.is_silent, feed.last_arrival_day), (false, day("2026-05-01")));
    assert!(feed.alive_through < day("2026-05-12"), "{feed:?}");
}

#[test]
fn one_import_is_no_rhythm_and_notes_by_hand_have_none() {
    let world = World::new();
    let history: Sent = world.days().filter(|d| *d < day("2024-06-01")).map(|d| (d, day("2026-05-01"))).collect();
    let on = day("2026-09-01");
    let feed = judge(&arrivals(&history, on), &world.workdays, on, None).unwrap();
    assert!(!feed.is_silent && !feed.is_settled && feed.alive_through == day("2024-05-31"), "{feed:?}");
    let notes = Arrivals { source: BY_HAND.to_owned(), ..arrivals(&history, on) };
    let feed = judge(&notes, &world.workdays, on, None).unwrap();
    assert!(!feed.is_silent && feed.is_settled && feed.alive_through == on, "{feed:?}");
    assert_eq!(judge(&arrivals(&history, day("2022-01-01")), &world.workdays, on, None), None);
}

#[test]
fn metrics_rest_on_those_who_bring_their_events() {
    let world = World::new();
    let on = day("2026-05-20");
    let names = Names(["login", "activity.call", "ticket.opened", "page"].map(str::to_owned).to_vec());
    let source = |source: &str, since: i32, quiet: i32, codes: &[u32]| Arrivals {
        source: source.to_owned(),
        names: Some(codes.to_vec()),
        ..arrivals(&(quiet..=since).map(|back| (on.plus(-back), on.plus(-back))).collect(), on)
    };
    let by = |source: Option<&str>, event: &str| {
        let event = if event.is_empty() { Events::All } else { Events::One(event.into()) };
        Metric { provided_by: source.map(str::to_owned), event, ..Metric::new("m", Kind::Count) }
    };
    let alive = |list: &[Arrivals], metric: Metric| {
        let providers = Providers::find(&[metric], list, &names);
        Feeds::judge(list, &world.workdays, on).provide(&providers, on)[0].map(|p| on.0 - p.whole_through.0)
    };
    let list = [
        source("app", 300, 12, &[0]),
        source("crm", 300, 0, &[1]),
        source("desk", 300, 5, &[2, 3]),
        source(BY_HAND, 40, 20, &[1]),
    ];
    assert_eq!(alive(&list, by(None, "login")), Some(12), "another feed that is alive brings no logins");
    assert_eq!(alive(&list, by(Some("nobody"), "login")), Some(12), "whatever the pack calls the source");
    assert_eq!(alive(&list, by(Some("desk"), "login")), Some(5), "unless it names one that is there");
    assert_eq!(alive(&list, by(None, "")), Some(12), "usage comes from app and desk");
    assert_eq!(alive(&list, by(None, "activity.two_way")), Some(0), "records of one kind come together");
    assert_eq!(alive(&list, by(None, "response.nps")), None, "nobody ever brought an answer");
    assert_eq!(alive(&list, by(Some("desk"), "export")), None, "nor an export");
    assert_eq!(alive(&list[3..], by(None, "activity.two_way")), Some(0), "people write when they write");
    // Another source has taken the place of one that ended; one beside it has not.
    let moved = |since| [source("old", 300, 30, &[0]), source("new", since, 0, &[0])];
    assert_eq!(alive(&moved(31), by(None, "login")), Some(0));
    assert_eq!(alive(&moved(200), by(None, "login")), Some(30));
    assert_eq!(alive(&[source("old", 900, 400, &[0]), source("new", 450, 0, &[0])], by(None, "login")), Some(0));
}

#[test]
fn a_day_of_a_cut_is_seen_as_it_was_known_and_whole_when_its_facts_came() {
    let world = World::new();
    let (cut, late) = (day("2026-06-08"), day("2026-06-16"));
    let sent = world.days().filter(|d| world.is_open(*d) && *d < day("2026-07-01"));
    let sent: Sent = sent.map(|d| (d, if d >= cut && d < late { late } else { d })).collect();
    let all = arrivals(&sent, day(LAST));
    let on = day("2026-06-11");
    let then = judge(&all, &world.workdays, on, Some(on)).unwrap();
    assert_eq!((then.last_fact_day, then.whole_through), (day("2026-06-05"), day("2026-06-07")));
    assert!(then.is_silent && !then.is_settled, "{then:?}");
    let now = judge(&all, &world.workdays, on, None).unwrap();
    assert_eq!((now.last_fact_day, now.whole_through), (on, on));
    assert!(now.is_settled, "{now:?}");
    // Of history that was brought in nobody knows when it came: it was always known.
    let assumed = Arrivals { received: vec![day("2026-07-01")], ..all };
    assert_eq!(judge(&assumed, &world.workdays, on, Some(on)).unwrap().whole_through, on);
}
