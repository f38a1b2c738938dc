//! Prints how long the night takes: everybody scored for a new day, every rule looked at, cards opened, plays moved on.
//!
//! ```text
//! cargo run --release -p kizashi-server --example nightly -- [CUSTOMERS] [FOLDER]
//! ```
//!
//! The pack is `saas` with its signals and plays copied, under other names and with limits of their own, until there are fifty signals and twenty plays. The folder stays, so that pages
//! can be measured on it (`bench/pages.mjs`); asked again for a folder that is there, it goes on with two more nights.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use kizashi_app::access::{Grant, NewStaff, Role, add_staff};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::Schedule;
use kizashi_app::settings::{init_workspace, keep_pack, open_settings};
use kizashi_app::{App, FixedClock};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{ContractRow, CustomerRow, EventBatch, EventRef, Record, Says};
use kizashi_domain::lang::Lang;
use kizashi_domain::measure::Source;
use kizashi_domain::money::Money;
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::Trigger;
use kizashi_domain::time::{Day, Time, Zone};
use kizashi_lake::{Lake, Options};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SAAS: &str = include_str!("../../../packs/saas.toml");
const FIRST_NIGHT: &str = "2026-10-29";
const HISTORY_DAYS: i32 = 100;
const SIGNALS: usize = 50;
const PLAYS: usize = 20;
const STAFF: usize = 40;
const HOUR_US: i64 = 3_600_000_000;
const NAMES: [&str; 6] = ["login", "report_export", "report_view", "faq_view", "api_call", "login"];

/// Random enough for made-up events (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// The pack `saas` with fifty signals and twenty plays.
fn widen(text: &str) -> String {
    let mut pack = Pack::parse(text).unwrap();
    let (signals, plays) = (pack.signals.clone(), pack.plays.clone());
    for n in 0..PLAYS.saturating_sub(plays.len()) {
        let mut play = plays[n % plays.len()].clone();
        play.id = format!("{}_{n}", play.id);
        pack.plays.push(play);
    }
    let ids: Vec<String> = pack.plays.iter().map(|p| p.id.clone()).collect();
    let about_customers: Vec<_> = signals.iter().filter(|r| r.when != Trigger::FeedSilent).collect();
    for n in 0..SIGNALS.saturating_sub(signals.len()) {
        let mut rule = about_customers[n % about_customers.len()].clone();
        rule.id = format!("{}_{n}", rule.id);
        rule.dwell_days += 1;
        rule.play = Some(ids[n % ids.len()].clone());
        pack.signals.push(rule);
    }
    pack.to_toml()
}

async fn add_customers(app: &App, ws: Id<Workspace>, count: usize, at: Time, today: Day) {
    let mut dice = Dice(11);
    let mut records = Vec::new();
    for n in 0..count {
        let stage = if n % 20 == 0 { "onboarding" } else { "adoption" };
        let customer = CustomerRow {
            external_id: format!("k{n}"),
            name: Some(format!("顧客{n}")),
            segment: Some(["大手", "中堅", "小規模"][n % 3].to_owned()),
            stage: Some(stage.to_owned()),
            owner: Some(format!("csm{}@bench.example", n % STAFF)),
            since: Some(today.plus(-i32::try_from(40 + dice.below(700)).unwrap())),
            ..CustomerRow::default()
        };
        let start = today.plus(-i32::try_from(dice.below(365)).unwrap());
        let contract = ContractRow {
            external_id: format!("c{n}"),
            customer: format!("k{n}"),
            seats: Some(10 + i64::try_from(dice.below(40)).unwrap()),
            amount: Some(Money::yen(12 * (10_000 + i64::try_from(dice.below(400_000)).unwrap()))),
            months: Some(12),
            start: Some(start),
            end: Some(start.plus(364)),
            auto_renew: Some(true),
            notice_days: Some(30),
            ..ContractRow::default()
        };
        for record in [Record::Customer(customer), Record::Contract(contract)] {
            records.push(Received { assumed: true, at, record });
        }
        if records.len() >= 5_000 || n + 1 == count {
            keep_records(app, ws, "crm", &std::mem::take(&mut records), false).await.unwrap();
        }
    }
}

/// Usage of so many days: most customers go on, one of fifteen fades.
fn add_events(lake: &Lake, zone: &Zone, count: usize, days: std::ops::Range<i32>, now: Time) -> u64 {
    let mut dice = Dice(7 + u64::try_from(days.start).unwrap_or(0));
    let load = lake.begin_load("product", now).unwrap();
    let last = days.end;
    let mut made = 0;
    for n in 0..count {
        let mut batch = EventBatch::default();
        let fades = n % 15 == 0;
        let users = 1 + dice.below(8);
        for day in days.clone() {
            let weekend = (day + 3).rem_euclid(7) >= 5;
            if weekend || (fades && day > last - 25) || dice.below(4) == 0 {
                continue;
            }
            let at = zone.start_of(Day(day)).plus_us(9 * HOUR_US);
            for turn in 0..1 + dice.below(2) {
                let (customer, user) = (format!("k{n}"), format!("k{n}-u{}", dice.below(users)));
                let name = NAMES[usize::try_from(dice.below(6)).unwrap()];
                let id = format!("{n}/{day}/{turn}");
                let at = at.plus_us(i64::try_from(dice.below(8 * 3_600)).unwrap() * 1_000_000);
                batch.push(EventRef {
                    id: &id,
                    customer: &customer,
                    user: &user,
                    name,
                    occurred_at: at,
                    received_at: at,
                    assumed: true,
                    value: None,
                    properties: "",
                    says: Says::Once,
                });
                made += 1;
            }
        }
        load.add(&batch).unwrap();
    }
    load.commit().unwrap();
    made
}

/// A workspace with its people, customers and what they did before the first night.
async fn found(app: &App, lake: &Lake, zone: &Zone, count: usize, pack: &str, today: Day) {
    let ws = init_workspace(app, "計測商事", pack).await.unwrap();
    let console = Grant::of_console(ws);
    for n in 0..STAFF {
        let (email, name) = (format!("csm{n}@bench.example"), format!("担当{n}"));
        let role = if n == 0 { Role::Admin } else { Role::Csm };
        let password = Some("correct horse battery".to_owned());
        add_staff(app, &console, NewStaff { email, name, role, language: Lang::Ja, password }).await.unwrap();
    }
    let start = Instant::now();
    add_customers(app, ws, count, app.now(), today).await;
    let made = add_events(lake, zone, count, today.0 - HISTORY_DAYS..today.0, app.now());
    println!("{count} customers, {made} events: {:.1} s", start.elapsed().as_secs_f64());
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let count: usize = args.next().map_or(100_000, |n| n.parse().expect("CUSTOMERS is a number"));
    let folder = args.next().map_or_else(|| std::env::temp_dir().join("kizashi-nightly"), PathBuf::from);
    let nights = folder.join("nights");
    let past: Option<i32> = std::fs::read_to_string(&nights).ok().and_then(|n| n.parse().ok());
    if past.is_none() {
        let _ = std::fs::remove_dir_all(&folder);
    }
    std::fs::create_dir_all(&folder).unwrap();
    let zone = Zone::named("Asia/Tokyo").unwrap();
    let first: Day = FIRST_NIGHT.parse().unwrap();
    let clock = Arc::new(FixedClock::at(zone.start_of(first.plus(past.unwrap_or(0))).plus_us(2 * HOUR_US)));
    let lake = Lake::open(&folder.join("history"), zone.clone(), Options::default()).unwrap();
    let source: Arc<dyn Source> = Arc::new(lake.clone());
    let app = App::open(&folder, None, None, source, clock.clone()).await.unwrap();
    let pack = widen(SAAS);
    if past.is_none() {
        found(&app, &lake, &zone, count, &pack, first).await;
    }
    let ws = app.workspace().await.unwrap().unwrap();
    let console = Grant::of_console(ws);

    let mut schedule = Schedule::default();
    let night = async |schedule: &mut Schedule, number: i32, what: &str| {
        let day = first.plus(number);
        clock.set(zone.start_of(day).plus_us(2 * HOUR_US));
        if number > 0 {
            add_events(&lake, &zone, count, day.0 - 1..day.0, app.now());
        }
        std::fs::write(&nights, number.to_string()).unwrap();
        let start = Instant::now();
        schedule.turn(&app, ws).await.unwrap();
        let took_s = start.elapsed().as_secs_f64();
        println!("{what:<64} {took_s:>8.2} s");
        // Plays whose day has come, limits that have passed: lots of a hundred, between which everybody else is served.
        while schedule.turn(&app, ws).await.unwrap() {}
        println!("{:<64} {:>8.2} s", "  and what follows from it", start.elapsed().as_secs_f64() - took_s);
        took_s
    };
    let next = if let Some(past) = past {
        while schedule.turn(&app, ws).await.unwrap() {}
        past + 1
    } else {
        night(&mut schedule, 0, "first scores, with as many days behind them as fit").await;
        night(&mut schedule, 1, "the night after").await;
        2
    };
    let whole = night(&mut schedule, next, &format!("a night with {SIGNALS} signals and {PLAYS} plays")).await;
    let mut plain = Pack::parse(&pack).unwrap();
    plain.signals.clear();
    plain.plays.clear();
    let version = open_settings(&app, ws).await.unwrap().version;
    keep_pack(&app, &console, version, &plain, "without signals and plays").await.unwrap();
    while schedule.turn(&app, ws).await.unwrap() {}
    let scores = night(&mut schedule, next + 1, "a night of scores alone").await;
    println!("{:<64} {:>8.2} s", "signals and plays alone, the difference", whole - scores);
    keep_pack(&app, &console, version + 1, &Pack::parse(&pack).unwrap(), "with signals and plays").await.unwrap();
    app.close().await;
    println!("folder: {}", folder.display());
}
