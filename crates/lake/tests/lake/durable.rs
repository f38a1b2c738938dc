//! Killed processes, full disks and many hands at once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{Selection, Source, SourceError};
use kizashi_domain::time::{DAY_US, Time, Zone};
use kizashi_lake::{IdHash, Lake, LakeError, Options, id_hash};

fn batch(ids: std::ops::Range<u64>) -> EventBatch {
    let mut batch = EventBatch::default();
    for i in ids {
        let at = Time(1_700_000_000_000_000 + (i as i64 % 40) * DAY_US);
        batch.push(EventRef {
            id: &i.to_string(),
            customer: &format!("c{}", i % 13),
            user: "u",
            name: "login",
            occurred_at: at,
            received_at: at,
            assumed: false,
            value: None,
            properties: "",
            says: Says::Once,
        });
    }
    batch
}

fn open(dir: &Path) -> Lake {
    let mut options = Options::default();
    options.buckets = 2;
    // Another test of this process may be starting a child just now, which holds every open file until it becomes its own program.
    let mut opened = Lake::open(dir, Zone::UTC, options.clone());
    for _ in 0..200 {
        if !matches!(opened, Err(LakeError::InUse(_))) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        opened = Lake::open(dir, Zone::UTC, options.clone());
    }
    opened.unwrap()
}

fn stored(lake: &Lake) -> BTreeSet<IdHash> {
    let mut all = BTreeSet::new();
    lake.export(&mut |e| {
        assert!(all.insert(e.id), "an event is there twice");
        true
    })
    .unwrap();
    all
}

const CHILD: &str = "KIZASHI_LAKE_CHILD";

/// Not a test of its own: what the killed process does. Appends, folds and compacts, and prints what was acknowledged.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let (dir, from) = dir.rsplit_once('#').unwrap();
    let lake = open(Path::new(dir));
    let next = AtomicU64::new(from.parse().unwrap());
    std::thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| {
                loop {
                    let i = next.fetch_add(7, Ordering::SeqCst);
                    lake.append("s", &batch(i..i + 7)).unwrap();
                    println!("acknowledged {i}");
                }
            });
        }
        s.spawn(|| {
            loop {
                lake.fold().unwrap();
                lake.compact().unwrap();
            }
        });
    });
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut tried = 0;
    for round in 0..12_u64 {
        let from = round * 1_000_000;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["durable::child_that_appends_until_it_is_killed", "--exact", "--nocapture"])
            .env(CHILD, format!("{}#{from}", dir.path().display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        while seen < 5 + round * 3 {
            let line = lines.next().expect("the child ended by itself").unwrap();
            seen += take(&line, &mut acknowledged);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok) {
            seen += take(&line, &mut acknowledged);
        }
        tried += seen;
        let lake = open(dir.path());
        let stored = stored(&lake);
        assert!(
            acknowledged.is_subset(&stored),
            "round {round}: {} acknowledged, {} there",
            acknowledged.len(),
            stored.len()
        );
        assert_eq!(lake.audit().unwrap().findings, []);
    }
    assert!(tried > 100);
}

/// A line may begin with what the test harness prints.
fn take(line: &str, acknowledged: &mut BTreeSet<IdHash>) -> u64 {
    let Some(i) = line.rsplit_once("acknowledged ").and_then(|(_, i)| i.parse::<u64>().ok()) else { return 0 };
    acknowledged.extend((i..i + 7).map(|i| id_hash("s", &i.to_string())));
    1
}

/// A small file system that really runs full; `None` where mounting is not allowed.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|s| s.success()).then(|| Self(dir))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_everything_and_spoils_nothing() {
    // The log has a test of its own with a disk that is made to fail; here the machine does it, for folds and loads too.
    let Some(disk) = Mounted::new() else {
        eprintln!("not allowed to mount: left out");
        return;
    };
    let dir = disk.0.path().join("lake");
    let lake = open(&dir);
    let mut kept = BTreeSet::new();
    let mut next = 0;
    let append = |kept: &mut BTreeSet<IdHash>, next: &mut u64| {
        let result = lake.append("s", &batch(*next..*next + 200));
        if result.is_ok() {
            kept.extend((*next..*next + 200).map(|i| id_hash("s", &i.to_string())));
        }
        *next += 200;
        result
    };
    for round in 0..3 {
        for _ in 0..5 {
            append(&mut kept, &mut next).unwrap();
        }
        lake.fold().unwrap();
        append(&mut kept, &mut next).unwrap();
        let filler = disk.0.path().join("filler");
        let free = || std::fs::write(&filler, "");
        // Fill what is left to the last block.
        let mut size = 4 << 20;
        let mut fill = std::fs::File::create(&filler).unwrap();
        while size > 0 {
            if std::io::Write::write_all(&mut fill, &vec![1; size]).is_err() {
                size /= 2;
            }
        }
        let mut refused = 0;
        for _ in 0..100 {
            match append(&mut kept, &mut next) {
                Ok(_) => {}
                Err(SourceError::NoSpace) => refused += 1,
                Err(e) => panic!("{e}"),
            }
        }
        assert!(refused > 50, "round {round}: {refused}");
        assert!(matches!(lake.fold(), Err(SourceError::NoSpace)));
        let load = lake.begin_load("s", Time(0)).unwrap();
        load.add(&batch(1_000_000..1_003_000)).unwrap();
        assert!(matches!(load.commit(), Err(SourceError::NoSpace)));
        assert_eq!(stored(&lake), kept);
        free().unwrap();
        assert_eq!(stored(&lake), kept);
        append(&mut kept, &mut next).unwrap();
        lake.fold().unwrap();
        assert_eq!(lake.audit().unwrap().findings, []);
        lake.compact().unwrap();
    }
    assert_eq!(stored(&lake), kept);
    drop(lake);
    assert_eq!(stored(&open(&dir)), kept);
}

#[test]
fn many_hands_at_once_see_what_was_there_before_they_looked() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let done = AtomicBool::new(false);
    let durable = AtomicU64::new(0);
    std::thread::scope(|s| {
        let hands: Vec<_> = (0..3_u64)
            .map(|hand| {
                let (lake, durable) = (&lake, &durable);
                s.spawn(move || {
                    for i in 0..40 {
                        let from = hand * 100_000 + i * 50;
                        lake.append("s", &batch(from..from + 50)).unwrap();
                        // Again: it changes nothing.
                        lake.append("s", &batch(from..from + 50)).unwrap();
                        durable.fetch_add(50, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        s.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                lake.fold().unwrap();
                lake.compact().unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        s.spawn(|| {
            for i in 0..4_u64 {
                let load = lake.begin_load("s", Time(0)).unwrap();
                load.add(&batch(500_000 + i * 1_000..501_000 + i * 1_000)).unwrap();
                load.add(&batch(0..50)).unwrap();
                load.commit().unwrap();
                durable.fetch_add(1_000, Ordering::SeqCst);
            }
        });
        s.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let before = durable.load(Ordering::SeqCst);
                let seen = AtomicU64::new(0);
                lake.visit(Selection::All, &|e| {
                    assert!(e.days.is_sorted());
                    seen.fetch_add(e.days.len() as u64, Ordering::SeqCst);
                })
                .unwrap();
                // 50 events of the first hand may have come with a load before that hand counted them.
                assert!(seen.load(Ordering::SeqCst) >= before);
                let timeline = lake.timeline("c3", None, 10).unwrap();
                assert!(timeline.is_sorted_by_key(|e| std::cmp::Reverse(e.occurred_at)));
                lake.arrivals().unwrap();
                lake.customers().unwrap();
            }
        });
        hands.into_iter().for_each(|h| h.join().unwrap());
        while durable.load(Ordering::SeqCst) < 10_000 {
            std::thread::sleep(Duration::from_millis(5));
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(stored(&lake).len(), 3 * 40 * 50 + 4_000);
    assert_eq!(lake.audit().unwrap().findings, []);
}

#[test]
fn what_comes_for_the_first_time_is_told_at_once_however_much_came_just_before() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    lake.append("s", &batch(0..8_000)).unwrap();
    let known = lake.arrivals().unwrap().remove(0).names.unwrap();
    let mut news = EventBatch::default();
    let at = Time(1_700_000_000_000_000);
    news.push(EventRef {
        id: "first alarm",
        customer: "c1",
        user: "u",
        name: "alarm",
        occurred_at: at,
        received_at: at,
        assumed: false,
        value: None,
        properties: "",
        says: Says::Once,
    });
    lake.append("other", &news).unwrap();
    let told = |lake: &Lake| lake.arrivals().unwrap().into_iter().find(|a| a.source == "other").unwrap();
    let before = told(&lake);
    let names = before.names.clone().unwrap();
    assert_eq!(names.len(), 1);
    assert!(!known.contains(&names[0]));
    assert_eq!(before.last_received_at, at);
    lake.fold().unwrap();
    assert_eq!(told(&lake), before);
    // What came twice is counted twice only until it is folded.
    lake.append("s", &batch(0..8_000)).unwrap();
    lake.append("s", &batch(8_000..8_100)).unwrap();
    drop(lake);
    let lake = open(dir.path());
    lake.fold().unwrap();
    let of_s = lake.arrivals().unwrap().into_iter().find(|a| a.source == "s").unwrap();
    assert_eq!(of_s.per_day.iter().map(|(_, n)| n).sum::<u64>(), 8_100);
}
