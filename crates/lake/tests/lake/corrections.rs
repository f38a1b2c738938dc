//! Single corrections and deletions, and hostile ones.

use std::sync::Mutex;

use kizashi_domain::intake::{EventBatch, EventRef};
use kizashi_domain::measure::{Selection, Source, Withdrawal, Withdrawn};
use kizashi_domain::time::{DAY_US, Day, Time};
use kizashi_lake::{Lake, Loaded};

use crate::versions::{Statement, batch_of, load, one, open};

fn values(lake: &Lake) -> Vec<f64> {
    let mut values = Vec::new();
    lake.export(&mut |e| {
        values.extend(e.event.value);
        true
    })
    .unwrap();
    values
}

fn loaded(accepted: u64, corrected: u64, deleted: u64, duplicates: u64) -> Loaded {
    let mut loaded = Loaded::default();
    (loaded.accepted, loaded.corrected, loaded.deleted, loaded.duplicates) = (accepted, corrected, deleted, duplicates);
    loaded
}

/// Loads rows that do not say when they were received, learned at `now`.
fn load_assumed(lake: &Lake, rows: &[Statement], now: i64) -> Loaded {
    let mut batch = EventBatch::default();
    for e in batch_of(rows).iter() {
        batch.push(EventRef { assumed: true, received_at: e.occurred_at, ..e });
    }
    let load = lake.begin_load("s", Time(now)).unwrap();
    load.add(&batch).unwrap();
    let loaded = load.commit().unwrap();
    Loaded { new_customers: 0, touched: Vec::new(), ..loaded }
}

/// What the events count as, as known at the end of a day. Customers are visited in any order.
fn known(lake: &Lake, day: i32) -> Vec<f64> {
    let found = Mutex::new(Vec::new());
    lake.visit(Selection::All, &|e| {
        let known = |i: &usize| e.is_known(*i, Some(Day(day)));
        found.lock().unwrap().extend((0..e.days.len()).filter(known).map(|i| e.values[i]));
    })
    .unwrap();
    let mut found = found.into_inner().unwrap();
    found.sort_by(f64::total_cmp);
    found
}

#[test]
fn a_correction_without_a_time_of_receipt_is_learned_now() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let day = |n: i64| n * DAY_US;
    let (old, new) = (one(1, day(100), 5.0, 0), one(1, day(135), 6.0, 0));
    assert_eq!(load_assumed(&lake, std::slice::from_ref(&old), day(200)), loaded(1, 0, 0, 0));
    assert_eq!(load_assumed(&lake, std::slice::from_ref(&new), day(210)), loaded(0, 1, 0, 0));
    assert_eq!(values(&lake), [6.0]);
    assert_eq!((known(&lake, 99), known(&lake, 209), known(&lake, 210)), (vec![], vec![5.0], vec![6.0]));
    // The files again, in any order, change nothing.
    assert_eq!(load_assumed(&lake, std::slice::from_ref(&new), day(220)), loaded(0, 0, 0, 1));
    assert_eq!(load_assumed(&lake, &[old.clone(), new.clone()], day(221)), loaded(0, 0, 0, 2));
    let gone = Statement { deleted: true, ..new.clone() };
    assert_eq!(load_assumed(&lake, std::slice::from_ref(&gone), day(230)), loaded(0, 0, 1, 0));
    assert_eq!(load_assumed(&lake, &[gone, new.clone(), old], day(240)), loaded(0, 0, 0, 3));
    assert_eq!((values(&lake), known(&lake, 229)), (vec![], vec![6.0]));
    // One that says when it was received may take back what was said before.
    let back = Statement { received: day(250), ..new };
    assert_eq!(load(&lake, &[back]).corrected, 1);
    assert_eq!((values(&lake), known(&lake, 249)), (vec![6.0], vec![]));
    // Deleted before it came.
    let early = Statement { deleted: true, ..one(2, day(100), 1.0, 0) };
    assert_eq!(load_assumed(&lake, &[early.clone(), early], day(260)), loaded(0, 0, 1, 1));
    assert_eq!(load_assumed(&lake, &[one(2, day(100), 1.0, 0)], day(270)), loaded(1, 0, 0, 0));
    assert_eq!((values(&lake), known(&lake, 260), known(&lake, 259)), (vec![6.0], vec![6.0], vec![1.0, 6.0]));
    assert_eq!(lake.audit().unwrap().findings, []);
}

#[test]
fn one_id_thousands_of_times_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let n = 20_000;
    // All received in the same instant: the last row holds; and no time of receipt at all.
    let at_once: Vec<Statement> = (0..n).map(|i| one(1, i * 60_000_000, i as f64, 7)).collect();
    let touched = vec!["c1".to_owned()];
    assert_eq!(load(&lake, &at_once), Loaded { new_customers: 1, touched, ..loaded(1, n as u64 - 1, 0, 0) });
    assert_eq!(values(&lake), [n as f64 - 1.0]);
    assert_eq!(load(&lake, &at_once).duplicates, n as u64);
    let assumed: Vec<Statement> = (0..n).map(|i| Statement { id: 4, ..one(4, i * 60_000_000, i as f64, 0) }).collect();
    assert_eq!(load_assumed(&lake, &assumed, 9).corrected, n as u64 - 1);
    assert_eq!(load_assumed(&lake, &assumed, 10).duplicates, n as u64);
    // Each version of its own time.
    let later: Vec<Statement> = (0..n).map(|i| one(7, 5, i as f64, 1_000_000 * (n - i))).collect();
    assert_eq!(load(&lake, &later).corrected, n as u64 - 1);
    assert_eq!(values(&lake).last(), Some(&0.0));
    assert_eq!(lake.audit().unwrap().findings, []);
}

#[test]
fn times_at_the_end_of_the_calendar_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let far = [i64::MIN, -1, 0, 253_402_300_799_999_999, i64::MAX - 1, i64::MAX];
    let mut lake = open(dir.path());
    for (i, received) in far.iter().enumerate() {
        let id = i as u8 * 3;
        load(&lake, &[one(id, 1_000, 1.0, 5_000), Statement { deleted: true, ..one(id, 1_000, 2.0, *received) }]);
        load(&lake, &[Statement { serial: 1, ..one(id, i64::MAX, 3.0, received.saturating_sub(1)) }]);
    }
    drop(lake);
    lake = open(dir.path());
    known(&lake, i32::MAX);
    known(&lake, i32::MIN);
    values(&lake);
    assert!(lake.timeline("c0", None, 100).unwrap().len() <= 2 * far.len());
    assert_eq!(lake.audit().unwrap().findings, []);
}

#[test]
fn a_live_message_is_one_message_however_often_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let (first, again) = (one(1, 1_000, 1.0, 2_000), Statement { serial: 1, ..one(1, 1_003, 1.0, 9_000) });
    lake.append("s", &batch_of(std::slice::from_ref(&first))).unwrap();
    lake.append("s", &batch_of(&[again.clone(), Statement { deleted: true, ..again.clone() }])).unwrap();
    lake.fold().unwrap();
    assert_eq!(lake.timeline("c1", None, 9).unwrap()[0].occurred_at, Time(1_000));
    // A file may correct it; the message once more does not take that back.
    assert_eq!(load(&lake, &[again]).corrected, 1);
    lake.append("s", &batch_of(&[first])).unwrap();
    assert_eq!(lake.timeline("c1", None, 9).unwrap().len(), 1);
    lake.fold().unwrap();
    assert_eq!(lake.timeline("c1", None, 9).unwrap()[0].occurred_at, Time(1_003));
}

/// Loads rows with a receipt.
fn load_noting(lake: &Lake, rows: &[Statement], receipt: &str) -> Loaded {
    let load = lake.begin_load("s", Time(0)).unwrap();
    load.add(&batch_of(rows)).unwrap();
    let loaded = load.commit_noting(Some(receipt)).unwrap();
    Loaded { new_customers: 0, touched: Vec::new(), ..loaded }
}

fn sorted(lake: &Lake) -> Vec<f64> {
    let mut values = values(lake);
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn a_load_is_taken_back_whole_and_may_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let day = |n: i64| n * DAY_US;
    let deleted = |s: Statement| Statement { deleted: true, ..s };
    let first = [one(1, day(10), 5.0, day(20)), one(2, day(11), 1.0, day(20)), one(3, day(12), 2.0, day(20))];
    // A correction, a deletion, a repetition, and a new one in another month.
    let second = [
        one(1, day(10), 6.0, day(30)),
        deleted(one(2, day(11), 1.0, day(30))),
        one(3, day(12), 2.0, day(20)),
        one(4, day(50), 7.0, day(60)),
    ];
    assert_eq!(load_noting(&lake, &first, "a"), loaded(3, 0, 0, 0));
    let kept = load_noting(&lake, &second, "b");
    assert_eq!((kept, sorted(&lake)), (loaded(1, 1, 1, 1), vec![2.0, 6.0, 7.0]));

    let back = lake.withdraw("s", Withdrawal::Load("b")).unwrap();
    assert_eq!((back.events, sorted(&lake)), (3, vec![1.0, 2.0, 5.0]), "as before the load");
    assert_eq!(known(&lake, 40), known(&lake, 25), "what was withdrawn counts at no time");
    assert_eq!(lake.withdraw("s", Withdrawal::Load("b")).unwrap().events, 0, "once is enough");
    assert_eq!(lake.withdraw("s", Withdrawal::Load("never")).unwrap(), Withdrawn::default());
    assert!(lake.withdraw("s", Withdrawal::Load("../catalog")).is_err());
    assert!(lake.audit().unwrap().findings.is_empty());

    assert_eq!((load_noting(&lake, &second, "c"), sorted(&lake)), (loaded(1, 1, 1, 1), vec![2.0, 6.0, 7.0]));
    lake.fold().unwrap();
    lake.compact().unwrap();
    drop(lake);
    let lake = open(dir.path());
    assert_eq!(sorted(&lake), [2.0, 6.0, 7.0]);
    assert_eq!(lake.withdraw("s", Withdrawal::Load("a")).unwrap().events, 3);
    assert_eq!(sorted(&lake), [6.0, 7.0], "what a later load said of an event stays");
    assert!(lake.audit().unwrap().findings.is_empty());
}

#[test]
fn single_events_are_taken_back_and_may_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path());
    let mut batch = EventBatch::default();
    for e in batch_of(&[one(1, DAY_US, 5.0, DAY_US), one(2, DAY_US, 6.0, DAY_US)]).iter() {
        batch.push(EventRef { says: kizashi_domain::intake::Says::Once, ..e });
    }
    let customer = batch.iter().next().unwrap().customer.to_owned();
    lake.append("s", &batch).unwrap();
    let which = [(customer.clone(), "1".to_owned()), (customer, "9".to_owned())];
    assert_eq!(lake.withdraw("other", Withdrawal::Events(&which)).unwrap().events, 0, "ids belong to their source");
    assert_eq!(lake.withdraw("s", Withdrawal::Events(&which)).unwrap().events, 1);
    assert_eq!(sorted(&lake), [6.0]);
    lake.append("s", &batch).unwrap();
    lake.fold().unwrap();
    assert_eq!(sorted(&lake), [5.0, 6.0], "the one that was there already is no double");
}
