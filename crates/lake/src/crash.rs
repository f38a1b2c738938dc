//! What a crash, a full disk or a flipped bit leaves behind. In the crate, because it looks between steps and lets files fail.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{Selection, Source, SourceError};
use kizashi_domain::time::{DAY_US, Time, Zone};

use crate::log::disk::Disk;
use crate::{IdHash, Lake, LakeError, OnDamage, Options, id_hash};

fn batch(ids: std::ops::Range<u64>) -> EventBatch {
    let mut batch = EventBatch::default();
    for i in ids {
        let at = Time(1_700_000_000_000_000 + (i as i64 % 70) * DAY_US);
        batch.push(EventRef {
            id: &i.to_string(),
            customer: &format!("c{}", i % 11),
            user: &format!("u{}", i % 5),
            name: "login",
            occurred_at: at,
            received_at: at.plus_us(1_000),
            assumed: false,
            value: Some(i as f64),
            properties: "",
            says: Says::Once,
        });
    }
    batch
}

fn ids(range: std::ops::Range<u64>) -> BTreeSet<IdHash> {
    range.map(|i| id_hash("s", &i.to_string())).collect()
}

fn options() -> Options {
    Options { buckets: 2, load_bytes_max: 1, ..Options::default() }
}

fn open(dir: &Path) -> Result<Lake, LakeError> {
    Lake::open(dir, Zone::named("Asia/Tokyo").unwrap(), options())
}

/// All stored ids; fails on one that is there twice.
fn stored(lake: &Lake) -> BTreeSet<IdHash> {
    let mut all = BTreeSet::new();
    lake.export(&mut |e| {
        assert!(all.insert(e.id), "an event is there twice");
        true
    })
    .unwrap();
    all
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    crate::tidy::list_files(dir).unwrap()
}

#[test]
fn a_crash_between_any_two_steps_leaves_the_state_before_or_after() {
    let dir = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let (home, shots) = (dir.path().to_owned(), copies.path().to_owned());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let (count, before) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let hook = {
        let (taken, count, before) = (Arc::clone(&taken), Arc::clone(&count), Arc::clone(&before));
        move |step: &'static str| {
            let n = count.fetch_add(1, Ordering::SeqCst);
            let shot = shots.join(format!("{n:04}"));
            copy(&home, &shot);
            taken.lock().unwrap().push((step, shot, before.load(Ordering::SeqCst)));
        }
    };
    let options = Options { at_step: Arc::new(hook), threads: 1, ..options() };
    let lake = Lake::open(dir.path(), Zone::UTC, options).unwrap();
    let mut facts = 0;
    for round in 0..4_u64 {
        before.store(facts, Ordering::SeqCst);
        lake.append("s", &batch(facts..facts + 40)).unwrap();
        facts += 40;
        before.store(facts, Ordering::SeqCst);
        lake.fold().unwrap();
        let load = lake.begin_load("s", Time(0)).unwrap();
        // Half of it is there already.
        load.add(&batch(facts - 300.min(facts)..facts + 1_200)).unwrap();
        load.commit().unwrap();
        facts += 1_200;
        before.store(facts, Ordering::SeqCst);
        if round % 2 == 1 {
            lake.compact().unwrap();
        }
    }
    drop(lake);
    let taken = taken.lock().unwrap();
    let steps: BTreeSet<&str> = taken.iter().map(|t| t.0).collect();
    assert_eq!(steps.len(), 8, "{steps:?}");
    for (step, shot, facts) in taken.iter() {
        for lose_cells in [false, true] {
            if lose_cells {
                // Cells are not flushed: a power failure may take them.
                files(shot)
                    .iter()
                    .filter(|f| f.extension().is_some_and(|e| e == "cells"))
                    .for_each(|f| fs::write(f, "").unwrap());
            }
            let lake = open(shot).unwrap();
            let stored = stored(&lake);
            let (old, new) = (ids(0..*facts), ids(0..*facts + 1_200));
            assert!(stored == old || stored == new, "{step}: {} of {facts} events", stored.len());
            let audit = lake.audit().unwrap();
            assert!(audit.findings.is_empty() || lose_cells, "{step}: {audit:?}");
            assert!(!shot.join("spill").exists());
        }
    }
}

/// Says something else about some events, and deletes others.
fn corrections(ids: std::ops::Range<u64>, round: u64) -> EventBatch {
    let mut corrected = EventBatch::default();
    for (i, e) in ids.clone().zip(batch(ids).iter()) {
        let says = if i % 5 == 4 { Says::Deleted } else { Says::Version };
        let (occurred_at, received_at) = (e.occurred_at.plus_us(round as i64), e.received_at.plus_us(DAY_US));
        corrected.push(EventRef { value: Some(-(round as f64)), occurred_at, received_at, says, ..e });
    }
    corrected
}

/// What there is to see: what counts, and what counted when.
type Seen = (BTreeSet<(IdHash, i64, u64)>, BTreeSet<(String, Vec<i32>, Vec<u64>, Vec<i32>)>);

fn seen(lake: &Lake) -> Seen {
    let mut now = BTreeSet::new();
    lake.export(&mut |e| {
        let value = e.event.value.unwrap_or_default().to_bits();
        assert!(now.insert((e.id, e.event.occurred_at.micros(), value)), "an event is there twice");
        true
    })
    .unwrap();
    let ever = Mutex::new(BTreeSet::new());
    lake.visit(Selection::All, &|e| {
        let values = e.values.iter().map(|v| v.to_bits()).collect();
        let retracted = e.retracted_days.unwrap_or_default().to_vec();
        ever.lock().unwrap().insert((e.customer.to_owned(), e.days.to_vec(), values, retracted));
    })
    .unwrap();
    (now, ever.into_inner().unwrap())
}

#[test]
fn a_crash_while_correcting_leaves_the_state_before_or_after() {
    let dir = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let (home, shots) = (dir.path().to_owned(), copies.path().to_owned());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let done = Arc::new(AtomicU64::new(0));
    let hook = {
        let (taken, done) = (Arc::clone(&taken), Arc::clone(&done));
        move |step: &'static str| {
            let mut taken = taken.lock().unwrap();
            let shot = shots.join(format!("{:04}", taken.len()));
            copy(&home, &shot);
            taken.push((step, shot, done.load(Ordering::SeqCst)));
        }
    };
    let options = Options { at_step: Arc::new(hook), threads: 1, load_bytes_max: 64 << 20, ..options() };
    let lake = Lake::open(dir.path(), Zone::UTC, options).unwrap();
    let mut states = vec![seen(&lake)];
    for round in 0..5_u64 {
        lake.append("s", &batch(round * 60..round * 60 + 60)).unwrap();
        lake.fold().unwrap();
        states.push(seen(&lake));
        done.fetch_add(1, Ordering::SeqCst);
        let load = lake.begin_load("s", Time(0)).unwrap();
        load.add(&corrections(round * 30..round * 30 + 60, round + 1)).unwrap();
        let loaded = load.commit().unwrap();
        assert!(loaded.corrected > 20 && loaded.deleted > 5, "{loaded:?}");
        states.push(seen(&lake));
        done.fetch_add(1, Ordering::SeqCst);
    }
    assert!(lake.compact().unwrap().merged > 0);
    // Doubles of days are gone, and nothing else: what is seen is the same.
    assert_eq!(seen(&lake), *states.last().unwrap());
    drop(lake);
    let taken = taken.lock().unwrap();
    assert!(["retractions written", "catalog replaced", "merged"].iter().all(|s| taken.iter().any(|t| t.0 == *s)));
    for (step, shot, done) in taken.iter() {
        let lake = Lake::open(shot, Zone::UTC, self::options()).unwrap();
        let (found, done) = (seen(&lake), *done as usize);
        let (old, new) = (states.get(done), states.get(done + 1));
        assert!(Some(&found) == old || Some(&found) == new, "{step} after {done}");
        let left: Vec<_> =
            files(shot).into_iter().filter(|f| f.extension().is_some_and(|e| e == "retracted")).collect();
        let audit = lake.audit().unwrap();
        assert_eq!(audit.findings, [], "{step}: {left:?}");
        drop(lake);
        let named = fs::read_to_string(shot.join("catalog")).unwrap().matches("retracted").count();
        assert_eq!(left.len(), named, "{step}: what a crash left over is gone");
    }
}

#[test]
fn a_log_cut_at_any_byte_keeps_every_whole_append() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).unwrap();
    let log = dir.path().join("log/0000000001.log");
    let mut ends = vec![0];
    for i in 0..5 {
        lake.append("s", &batch(i * 3..i * 3 + 3)).unwrap();
        ends.push(fs::metadata(&log).unwrap().len());
    }
    let whole = fs::read(&log).unwrap();
    let copied = tempfile::tempdir().unwrap();
    copy(dir.path(), copied.path());
    let log = copied.path().join("log/0000000001.log");
    for cut in 0..=whole.len() {
        fs::write(&log, whole.get(..cut).unwrap()).unwrap();
        let appends = ends.iter().skip(1).filter(|e| **e <= cut as u64).count() as u64;
        let lake = open(copied.path()).unwrap();
        assert_eq!(stored(&lake), ids(0..appends * 3), "cut at {cut}");
        if cut % 29 == 0 {
            lake.append("s", &batch(100..103)).unwrap();
            drop(lake);
            assert_eq!(stored(&open(copied.path()).unwrap()).len() as u64, appends * 3 + 3);
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).unwrap();
    lake.append("s", &batch(0..500)).unwrap();
    lake.fold().unwrap();
    let load = lake.begin_load("s", Time(0)).unwrap();
    let mut corrected = EventBatch::default();
    batch(0..8).iter().for_each(|e| corrected.push(EventRef { value: None, says: Says::Version, ..e }));
    load.add(&corrected).unwrap();
    assert_eq!(load.commit().unwrap().corrected, 8);
    lake.append("s", &batch(500..520)).unwrap();
    assert_eq!(lake.audit().unwrap().findings, []);
    drop(lake);
    let all = files(dir.path());
    let mut tried = 0;
    for file in all.iter().filter(|f| fs::metadata(f).unwrap().len() > 0) {
        let name = file.strip_prefix(dir.path()).unwrap();
        let good = fs::read(file).unwrap();
        for at in (0..good.len()).step_by(good.len() / 23 + 1) {
            let copied = tempfile::tempdir().unwrap();
            copy(dir.path(), copied.path());
            let mut bad = good.clone();
            if let Some(byte) = bad.get_mut(at) {
                *byte ^= 0x10;
            }
            fs::write(copied.path().join(name), &bad).unwrap();
            tried += 1;
            match open(copied.path()) {
                // The catalog or the log: it does not even open.
                Err(e) => {
                    assert!(matches!(e, LakeError::Source(SourceError::Damaged(_)) | LakeError::Newer { .. }), "{e}")
                }
                Ok(lake) => {
                    let found = lake.audit().unwrap().findings;
                    // A seal at the end of the log that is cut off again takes nothing with it.
                    let sealed = name.starts_with("log") && stored(&lake) == ids(0..520);
                    assert!(
                        sealed || found.iter().any(|f| f.file.ends_with(name)),
                        "{} at {at}: {found:?}",
                        name.display()
                    );
                }
            }
        }
    }
    assert!(tried > 100);
}

#[test]
fn a_damaged_log_is_refused_or_set_aside_as_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).unwrap();
    for i in 0..3 {
        lake.append("s", &batch(i * 10..i * 10 + 10)).unwrap();
    }
    drop(lake);
    let log = dir.path().join("log/0000000001.log");
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    fs::write(&log, &bytes).unwrap();
    assert!(matches!(open(dir.path()), Err(LakeError::Source(SourceError::Damaged(what))) if what.contains("log")));
    let options = Options { on_damage: OnDamage::SetAside, ..options() };
    let lake = Lake::open(dir.path(), Zone::UTC, options).unwrap();
    assert_eq!(stored(&lake).len(), 20);
    assert_eq!(fs::read(dir.path().join("damaged/0000000001.log")).unwrap(), bytes);
}

/// A disk with room for so many bytes, whose flushes fail when told to.
struct Small {
    file: File,
    room: Arc<AtomicI64>,
    sick: Arc<AtomicBool>,
}

impl Disk for Small {
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let room = usize::try_from(self.room.load(Ordering::SeqCst)).unwrap_or(0);
        let part = bytes.get(..room.min(bytes.len())).unwrap();
        self.room.fetch_sub(part.len() as i64, Ordering::SeqCst);
        self.file.write(part, at)?;
        if part.len() < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn flush(&self) -> io::Result<()> {
        if self.sick.load(Ordering::SeqCst) { Err(io::Error::other("the disk is sick")) } else { self.file.flush() }
    }

    fn cut(&self, len: u64) -> io::Result<()> {
        self.file.cut(len)
    }
}

#[test]
fn a_full_or_sick_disk_refuses_and_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (room, sick) = (Arc::new(AtomicI64::new(2_000)), Arc::new(AtomicBool::new(false)));
    let disk = {
        let (room, sick) = (Arc::clone(&room), Arc::clone(&sick));
        Arc::new(move |path: &Path| {
            let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
            Ok(Arc::new(Small { file, room: Arc::clone(&room), sick: Arc::clone(&sick) }) as Arc<dyn Disk>)
        })
    };
    let lake = Lake::open(dir.path(), Zone::UTC, Options { disk, ..options() }).unwrap();
    let mut kept = BTreeSet::new();
    let mut refused = 0;
    for i in 0..300_u64 {
        match i {
            i if i % 50 == 49 => room.store(3_000, Ordering::SeqCst),
            i if i % 37 == 36 => sick.store(true, Ordering::SeqCst),
            i if i % 37 == 3 => sick.store(false, Ordering::SeqCst),
            _ => {}
        }
        match lake.append("s", &batch(i * 5..i * 5 + 5)) {
            Ok(done) => {
                assert_eq!(done.durable, 5);
                kept.extend(ids(i * 5..i * 5 + 5));
            }
            Err(e) => {
                assert!(matches!(e, SourceError::NoSpace | SourceError::Io(_)), "{e}");
                refused += 1;
            }
        }
        if i % 10 == 0 {
            assert_eq!(stored(&lake), kept);
            let copied = tempfile::tempdir().unwrap();
            copy(dir.path(), copied.path());
            assert_eq!(stored(&open(copied.path()).unwrap()), kept, "after {i}");
        }
    }
    assert!(refused > 20 && kept.len() > 100, "{refused} refused, {} kept", kept.len());
    room.store(i64::MAX / 2, Ordering::SeqCst);
    sick.store(false, Ordering::SeqCst);
    lake.append("s", &batch(10_000..10_010)).unwrap();
    kept.extend(ids(10_000..10_010));
    lake.fold().unwrap();
    drop(lake);
    assert_eq!(stored(&open(dir.path()).unwrap()), kept);
}
