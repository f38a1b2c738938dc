//! Prints how quickly a lake takes in and hands out usage events like a SaaS's: accounts of very different size, a weekly rhythm,
//! customers that fade.
//!
//! ```text
//! cargo run --release -p kizashi-lake --example rates -- [EVENTS] [ACCOUNTS] [DAYS] [FOLDER] [ids]
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{Selection, Source};
use kizashi_domain::time::{DAY_US, Time, Zone};
use kizashi_lake::{Lake, Loaded, Options};
use parquet::file::reader::{FileReader, SerializedFileReader};

const NAMES: [(&str, f64); 20] = [
    ("login", 10.0),
    ("page_view", 30.0),
    ("report_view", 8.0),
    ("report_export", 2.0),
    ("search", 6.0),
    ("invite_user", 0.5),
    ("create_project", 1.0),
    ("edit_project", 9.0),
    ("comment", 4.0),
    ("upload", 3.0),
    ("api_call", 15.0),
    ("dashboard_view", 6.0),
    ("integration_sync", 4.0),
    ("settings_change", 0.5),
    ("error", 1.2),
    ("help_view", 1.0),
    ("billing_view", 0.3),
    ("mobile_open", 3.0),
    ("share", 1.5),
    ("automation_run", 4.0),
];
/// 2026-11-01T00:00:00Z.
const END: i64 = 1_793_491_200_000_000;

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

    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

struct World {
    dice: Dice,
    accounts: Vec<f64>,
    users: Vec<u32>,
    fades: Vec<bool>,
    names: Vec<f64>,
    days: i64,
    events: u64,
    made: u64,
    /// What the rows of a load say: `Once` as those without an id of their own, `Version` as those with one.
    says: Says,
}

impl World {
    fn new(events: u64, accounts: usize, days: i64) -> Self {
        let mut dice = Dice(7);
        let sizes: Vec<f64> = (0..accounts).map(|_| dice.unit().powf(-1.0 / 0.3).floor().min(5_000.0)).collect();
        let total: f64 = sizes.iter().sum();
        let mut sum = 0.0;
        let mut cdf = Vec::new();
        let mut users = Vec::new();
        for s in &sizes {
            sum += s / total;
            cdf.push(sum);
            users.push(((s / total * accounts as f64 * 4.0) as u32 + 2).clamp(2, 500));
        }
        let fades = (0..accounts).map(|_| dice.unit() < 0.06).collect();
        let weight: f64 = NAMES.iter().map(|n| n.1).sum();
        let mut at = 0.0;
        let names = NAMES.iter().map(|n| {
            at += n.1 / weight;
            at
        });
        Self { dice, accounts: cdf, users, fades, names: names.collect(), days, events, made: 0, says: Says::Once }
    }

    /// The events of one day in batches, in order of time.
    fn day(&mut self, day: i64, batch_rows: usize, sink: &mut dyn FnMut(&EventBatch)) {
        let weekend = (END / DAY_US - self.days + day + 3).rem_euclid(7) >= 5;
        let weights: f64 = (0..self.days)
            .map(|d| if (END / DAY_US - self.days + d + 3).rem_euclid(7) >= 5 { 0.25 } else { 1.0 })
            .sum();
        let n = (self.events as f64 * if weekend { 0.25 } else { 1.0 } / weights) as u64;
        let start = END - (self.days - day) * DAY_US;
        let mut batch = EventBatch::with_capacity(batch_rows);
        for i in 0..n {
            let roll = self.dice.unit();
            let account = self.accounts.partition_point(|c| *c < roll).min(self.accounts.len() - 1);
            if self.fades[account] && self.dice.unit() < (day as f64 / self.days as f64 - 0.66).max(0.0) * 3.0 {
                continue;
            }
            let roll = self.dice.unit();
            let user = (roll * roll * f64::from(self.users[account])) as u32;
            let roll = self.dice.unit();
            let name = NAMES[self.names.partition_point(|c| *c < roll).min(NAMES.len() - 1)].0;
            let value = (-10.0 * (self.dice.unit() * self.dice.unit()).ln() * 100.0).round() / 100.0;
            let at = Time(start + (i as i64 * DAY_US) / n as i64 + (self.dice.next() % 1_000) as i64);
            self.made += 1;
            let customer = format!("acct-{account:07}");
            batch.push(EventRef {
                id: &format!("m{}", self.made),
                customer: &customer,
                user: &format!("{customer}/u{user}"),
                name,
                occurred_at: at,
                received_at: at,
                assumed: true,
                value: Some(value),
                properties: "",
                says: self.says,
            });
            if batch.len() == batch_rows {
                sink(&batch);
                batch.clear();
            }
        }
        if !batch.is_empty() {
            sink(&batch);
        }
    }
}

/// Time on the wall and on the processors, which a busy machine does not change as much.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

struct Watch(Instant, Duration);

impl Watch {
    fn start() -> Self {
        Self(Instant::now(), cpu())
    }

    fn took(&self) -> Took {
        Took { wall: self.0.elapsed(), cpu: cpu().saturating_sub(self.1) }
    }
}

impl std::ops::AddAssign for Took {
    fn add_assign(&mut self, more: Self) {
        self.wall += more.wall;
        self.cpu += more.cpu;
    }
}

/// Processor time of this process so far, to a hundredth of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

fn timed<T>(what: &str, events: u64, work: impl FnOnce() -> T) -> T {
    let watch = Watch::start();
    let result = work();
    tell(what, events, watch.took());
    result
}

fn tell(what: &str, events: u64, took: Took) {
    let wall = took.wall.as_secs_f64();
    let rate = if events == 0 { String::new() } else { format!(" {:>12.0} events/s", events as f64 / wall) };
    println!("{what:<40}{wall:>9.3} s {:>8.2} s cpu{rate}", took.cpu.as_secs_f64());
}

/// Bytes an event of each column.
fn columns(dir: &Path, events: u64) {
    let mut sums = std::collections::BTreeMap::<String, i64>::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for path in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "parquet") {
                let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
                for column in reader.metadata().row_groups().iter().flat_map(|g| g.columns()) {
                    *sums.entry(column.column_path().string()).or_default() += column.compressed_size();
                }
            }
        }
    }
    for (column, bytes) in sums {
        println!("  {column:<14}{:>8.3} bytes an event", bytes as f64 / events as f64);
    }
}

fn load(lake: &Lake, events: u64, accounts: usize, days: i64, says: Says) {
    let mut world = World { says, ..World::new(events, accounts, days) };
    let load = lake.begin_load("web", Time(END)).unwrap();
    let mut adding = Took::default();
    for day in 0..days {
        world.day(day, 8_192, &mut |batch| {
            let watch = Watch::start();
            load.add(batch).unwrap();
            adding += watch.took();
        });
    }
    tell("add", world.made, adding);
    let watch = Watch::start();
    let loaded = load.commit().unwrap();
    let commit = watch.took();
    tell("commit", world.made, commit);
    adding += commit;
    tell("add and commit", world.made, adding);
    println!("{:?}", Loaded { touched: Vec::new(), ..loaded });
}

fn visit(lake: &Lake, what: &str) {
    for _ in 0..3 {
        let (events, sum) = (AtomicU64::new(0), AtomicU64::new(0));
        let watch = Watch::start();
        lake.visit(Selection::All, &|e| {
            events.fetch_add(e.days.len() as u64, Ordering::Relaxed);
            let s: u64 = e.users.iter().zip(e.names).map(|(u, n)| u64::from(u ^ n)).sum();
            sum.fetch_add(s + e.values.len() as u64, Ordering::Relaxed);
        })
        .unwrap();
        tell(what, events.into_inner(), watch.took());
    }
}

fn main() {
    let arg = |i: usize, or: u64| std::env::args().nth(i).and_then(|a| a.parse().ok()).unwrap_or(or);
    let (events, accounts, days) = (arg(1, 10_000_000), arg(2, 43_000) as usize, arg(3, 90) as i64);
    let folder = std::env::args().nth(4).unwrap_or_else(|| "target/rates".to_owned());
    let dir = Path::new(&folder);
    if dir.exists() {
        std::fs::remove_dir_all(dir).unwrap();
    }
    let zone = || Zone::named("Asia/Tokyo").unwrap();
    let lake = Lake::open(dir, zone(), Options::default()).unwrap();
    let says = if std::env::args().nth(5).is_some_and(|a| a == "ids") { Says::Version } else { Says::Once };
    load(&lake, events, accounts, days, says);
    let stats = lake.stats();
    let per = |bytes: u64| bytes as f64 / stats.events as f64;
    println!("{stats:?}");
    println!("bytes an event: {:.2} events + {:.2} cells", per(stats.event_bytes), per(stats.cell_bytes));
    columns(dir, stats.events);
    println!("peak memory: {}", peak());
    visit(&lake, "visit all");
    timed("load the same again", events, || load(&lake, events, accounts, days, says));
    drop(lake);
    let lake = timed("open", 0, || Lake::open(dir, zone(), Options::default()).unwrap());
    let customers = timed("customers, first", 0, || lake.customers().unwrap());
    timed("customers, again", 0, || lake.customers().unwrap());
    timed("arrivals", 0, || lake.arrivals().unwrap());
    for customer in [customers.first(), customers.get(customers.len() / 2), customers.last()].into_iter().flatten() {
        let events = timed("timeline of 50", 0, || lake.timeline(customer, None, 50).unwrap());
        timed("timeline, next 50", 0, || lake.timeline(customer, events.last().map(|e| e.occurred_at), 50).unwrap());
    }
    let many: Vec<&String> = customers.iter().step_by(customers.len() / 400 + 1).collect();
    timed("timelines of 50, for a few hundred customers", many.len() as u64, || {
        many.iter().for_each(|c| assert!(!lake.timeline(c, None, 50).unwrap().is_empty()));
    });
    let some: Vec<String> = customers.iter().step_by(customers.len() / 100 + 1).cloned().collect();
    timed("visit about 100 customers", 0, || lake.visit(Selection::Only(&some), &|_| {}).unwrap());
    live(&lake, accounts);
    visit(&lake, "visit all with a folded tail");
    timed("compact", 0, || lake.compact().unwrap());
    visit(&lake, "visit all after compaction");
    println!("peak memory: {}", peak());
}

/// Live intake: one day more in small batches from four callers.
fn live(lake: &Lake, accounts: usize) {
    let mut world = World::new(200_000, accounts, 2);
    world.made = 1 << 40;
    let mut batches = Vec::new();
    world.day(1, 100, &mut |b| batches.push(b.clone()));
    let rows: u64 = batches.iter().map(|b| b.len() as u64).sum();
    timed("append batches of 100, four callers", rows, || {
        std::thread::scope(|s| {
            for part in batches.chunks(batches.len() / 4 + 1) {
                s.spawn(move || {
                    for b in part {
                        lake.append("web", b).unwrap();
                    }
                });
            }
        });
    });
    visit(lake, "visit all with an unfolded tail");
    println!("{:?}", timed("fold", rows, || lake.fold().unwrap()));
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("unknown").to_owned()
}
