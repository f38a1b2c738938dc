//! Long spans and hostile texts.

use std::sync::Mutex;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{Selection, Source};
use kizashi_domain::time::{DAY_US, Day, Time, Zone};
use kizashi_lake::{Lake, LakeError, Options};

fn event<'a>(id: &'a str, customer: &'a str, at: Time) -> EventRef<'a> {
    EventRef {
        id,
        customer,
        user: "",
        name: "login",
        occurred_at: at,
        received_at: at,
        assumed: true,
        value: None,
        properties: "",
        says: Says::Once,
    }
}

#[test]
fn two_years_with_a_leap_day_keep_every_day_at_its_border() {
    let tokyo = Zone::named("Asia/Tokyo").unwrap();
    let first = Day::from_ymd(2023, 3, 1).unwrap();
    let mut batch = EventBatch::default();
    for n in 0..731 {
        let day = first.plus(n);
        // The first and the last instant of the day in Tokyo.
        batch.push(event(&format!("{n}a"), "c", tokyo.start_of(day)));
        batch.push(event(&format!("{n}z"), "c", tokyo.end_of(day).plus_us(-1)));
    }
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(dir.path(), tokyo.clone(), Options::default()).unwrap();
    lake.append("s", &batch).unwrap();
    for folded in [false, true] {
        if folded {
            lake.fold().unwrap();
        }
        let seen = Mutex::new(Vec::new());
        lake.visit(Selection::All, &|e| {
            assert_eq!(e.received_days, None);
            seen.lock().unwrap().extend_from_slice(e.days);
        })
        .unwrap();
        let expected: Vec<i32> = (0..731).flat_map(|n| [first.0 + n; 2]).collect();
        assert_eq!(seen.into_inner().unwrap(), expected);
        let per_day = lake.arrivals().unwrap().remove(0).per_day;
        assert_eq!(per_day.len(), 731);
        assert!(per_day.iter().all(|(_, n)| *n == 2));
        let leap = Day::from_ymd(2024, 2, 29).unwrap();
        assert!(per_day.iter().any(|(d, _)| *d == leap));
    }
}

#[test]
fn hostile_texts_and_times_come_back_as_they_went_in() {
    let long = "長い".repeat(40_000);
    let texts =
        ["\0", "a\0b", "😀👩‍👩‍👧", "\u{202e}dlo", "../../etc/passwd", "'; DROP TABLE events; --", "\"\r\n,", &long, " "];
    let times = [i64::MIN, i64::MIN + 1, -1, 0, 253_402_207_200_000_000, i64::MAX];
    let mut batch = EventBatch::default();
    for (i, text) in texts.iter().enumerate() {
        for (j, at) in times.iter().enumerate() {
            batch.push(EventRef {
                user: text,
                name: text,
                properties: text,
                value: [None, Some(f64::MIN_POSITIVE), Some(f64::MAX), Some(f64::NAN)][(i + j) % 4],
                ..event(&format!("{text}{j}"), text, Time(*at))
            });
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let open = || Lake::open(dir.path(), Zone::named("Asia/Tokyo").unwrap(), Options::default());
    let lake = open().unwrap();
    lake.append("源\0", &batch).unwrap();
    assert!(matches!(open(), Err(LakeError::InUse(_))));
    let check = |lake: &Lake| {
        let mut sorted: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
        sorted.sort();
        assert_eq!(lake.customers().unwrap(), sorted);
        for (i, text) in texts.iter().enumerate() {
            let timeline = lake.timeline(text, None, 100).unwrap();
            assert_eq!(timeline.len(), times.len());
            for (j, e) in timeline.iter().rev().enumerate() {
                assert_eq!((e.source.as_str(), e.user.as_deref(), e.name.as_str()), ("源\0", Some(*text), *text));
                assert_eq!((e.occurred_at, e.properties.as_str()), (Time(times[j]), *text));
                assert_eq!(e.value, [None, Some(f64::MIN_POSITIVE), Some(f64::MAX), None][(i + j) % 4]);
            }
        }
        let all = Mutex::new(0);
        lake.visit(Selection::All, &|e| {
            assert_eq!((e.user_count, e.users.len()), (1, times.len()));
            *all.lock().unwrap() += e.days.len();
        })
        .unwrap();
        assert_eq!(all.into_inner().unwrap(), texts.len() * times.len());
    };
    check(&lake);
    drop(lake);
    let lake = open().unwrap();
    check(&lake);
    lake.fold().unwrap();
    check(&lake);
    assert_eq!(lake.audit().unwrap().findings, []);
}

#[test]
fn many_customers_and_users_of_one_month_stay_apart() {
    // Larger than a block of cells and than a page, with more users than a byte holds.
    let dir = tempfile::tempdir().unwrap();
    let options = || {
        let mut options = Options::default();
        options.buckets = 1;
        options
    };
    let lake = Lake::open(dir.path(), Zone::UTC, options()).unwrap();
    let load = lake.begin_load("s", Time(0)).unwrap();
    for part in 0..6_i64 {
        let mut batch = EventBatch::default();
        for i in part * 10_000..(part + 1) * 10_000 {
            let (customer, user) =
                (if i % 2 == 0 { "big".to_owned() } else { format!("c{}", i % 999) }, format!("u{}", i % 700));
            let at = Time(1_700_000_000_000_000 + i * 1_000_000);
            batch.push(EventRef { user: &user, value: Some(i as f64), ..event(&i.to_string(), &customer, at) });
        }
        load.add(&batch).unwrap();
    }
    assert_eq!(load.count().unwrap().accepted, 60_000);
    assert_eq!(lake.stats().events, 0);
    let loaded = load.commit().unwrap();
    assert_eq!((loaded.accepted, loaded.duplicates, loaded.new_customers), (60_000, 0, 1_000));
    let sums = Mutex::new((0, 0.0, 0));
    lake.visit(Selection::All, &|e| {
        let mut sums = sums.lock().unwrap();
        sums.0 += e.days.len();
        sums.1 += e.values.iter().sum::<f64>();
        if e.customer == "big" {
            assert_eq!(e.user_count, 350);
            assert!(e.values.is_sorted() && e.days.is_sorted());
            // The same user has the same code throughout.
            for (user, value) in e.users.iter().zip(e.values) {
                let first = e.values.iter().position(|v| v % 700.0 == value % 700.0).unwrap();
                assert_eq!(e.users[first], *user);
            }
            sums.2 += 1;
        }
    })
    .unwrap();
    assert_eq!(sums.into_inner().unwrap(), (60_000, 59_999.0 * 60_000.0 / 2.0, 1));
    let days = lake.timeline("big", Some(Time(1_700_000_000_000_000 + 40_000 * 1_000_000)), 3).unwrap();
    assert_eq!(days.iter().filter_map(|e| e.value).collect::<Vec<_>>(), [39_998.0, 39_996.0, 39_994.0]);
    assert!(lake.stats().event_bytes > 0 && DAY_US > 0);
}
