//! What was never done is noticed where it can be known, and every firing keeps why it fired and what became of it.

use kizashi_app::intake::{Received, append_events, keep_records};
use kizashi_app::plays::{SignalPage, open_signal};
use kizashi_app::schedule::{Schedule, score_all, score_dirty};
use kizashi_app::signals::{FiringQuery, Tally, count_firings};
use kizashi_domain::intake::{ContactRow, CustomerRow, EventBatch, Record};
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, event, log_in};

const SINCE: &str = "2026-09-01";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) async fn did(stage: &Stage, customer: &str, user: &str, name: &str, on: &str) {
    let mut batch = EventBatch::default();
    let at = stage.zone.start_of(day(on)).plus_us(10 * 3_600_000_000);
    let id = format!("{customer}/{user}/{name}/{on}");
    batch.push(event(&id, customer, user, name, at));
    append_events(&stage.app, stage.workspace, "product", batch).await.unwrap();
}

/// `done` did all that is expected, `stuck` did nothing but sign in, `strangers` is named in the product as nobody here knows.
pub(crate) async fn set(on: On) -> Stage {
    let stage = Stage::set(on, SAAS, "2026-10-30").await;
    let at = stage.app.now();
    let mut records = Vec::new();
    for (id, people) in
        [("old", ["o1", "o2"]), ("done", ["u0", "u1"]), ("stuck", ["u0", "chief"]), ("strangers", ["x", "y"])]
    {
        let since = if id == "old" { "2024-01-01" } else { SINCE };
        records.push(Record::Customer(CustomerRow {
            external_id: id.into(),
            name: Some(format!("{id}商事")),
            stage: Some("onboarding".into()),
            since: Some(day(since)),
            ..CustomerRow::default()
        }));
        for (code, role) in people.into_iter().zip(["champion", "key_person"]) {
            // Only within its customer is a code the same person: the contact's own code is unique in the source.
            let (external_id, email) = if code.starts_with('u') || code == "chief" {
                (format!("{id}-{code}"), code.to_owned())
            } else {
                (format!("{id}-{code}"), String::new())
            };
            records.push(Record::Contact(ContactRow {
                external_id,
                customer: id.into(),
                name: Some(code.to_owned()),
                role: Some(role.into()),
                email: Some(email),
                ..ContactRow::default()
            }));
        }
    }
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    let (from, today) = (day("2026-08-03").0, stage.today().0);
    log_in(&stage, "old", from..=today - 1, 3).await;
    for id in ["done", "stuck", "strangers"] {
        log_in(&stage, id, day(SINCE).0..=today - 1, 2).await;
    }
    for name in
        ["setup.account", "setup.environment", "setup.import", "setup.first_report", "role_granted", "dashboard_view"]
    {
        did(&stage, "done", "u1", name, "2026-09-08").await;
    }
    stage
}

async fn signal(stage: &Stage, rule: &str) -> SignalPage {
    let query = FiringQuery { rule: rule.into(), rows: 50, ..FiringQuery::default() };
    open_signal(&stage.app, stage.workspace, &query).await.unwrap()
}

async fn names(stage: &Stage, rule: &str) -> Vec<String> {
    let mut names: Vec<String> = signal(stage, rule).await.rows.into_iter().map(|f| f.row.name).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_done_is_noticed_kept_and_over_once_it_is_done() {
    for on in BOTH {
        let stage = set(on).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        // Nobody says of an old customer what it did before anybody wrote it down.
        assert_eq!(names(&stage, "setup_stalled").await, ["strangers商事", "stuck商事"], "{on:?}");
        assert_eq!(names(&stage, "rights_not_given").await, ["strangers商事", "stuck商事"], "{on:?}");
        // Of people whom the product does not name nobody says anything.
        assert_eq!(names(&stage, "key_person_absent").await, ["stuck商事"], "{on:?}");
        let absent = signal(&stage, "key_person_absent").await;
        assert!(absent.rows[0].why.ja.contains("chiefさん"), "{on:?} {:?}", absent.rows[0].why);

        let page = signal(&stage, "setup_stalled").await;
        let stuck = page.rows.iter().find(|f| f.row.name == "stuck商事").unwrap();
        let because = &stuck.row.firing.because[0];
        // Fifteen business days after 1 September, three holidays of which are left out.
        assert_eq!(
            (because.date, because.value, because.limit),
            (Some(day("2026-09-25")), Some(0.0), Some(1.0)),
            "{on:?}"
        );
        assert_eq!((stuck.row.settings_version, stuck.row.ended_day), (1, None));
        assert!(stuck.row.after.fired && !stuck.row.before.fired);
        let fate = stuck.fate.as_ref().unwrap();
        assert!(stuck.why.ja.contains("9月25日") && stuck.why.en.contains("25 Sep"), "{:?}", stuck.why);

        // Looked at again on the same day, nothing is doubled.
        did(&stage, "stuck", "u0", "faq_view", "2026-10-29").await;
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(names(&stage, "setup_stalled").await.len(), 2, "{on:?}");

        // Done late: over from the day on which that was seen; the card is there all the same.
        stage.go_to("2026-11-02");
        did(&stage, "stuck", "u0", "setup.environment", "2026-10-30").await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let page = signal(&stage, "setup_stalled").await;
        let stuck = page.rows.iter().find(|f| f.row.name == "stuck商事").unwrap();
        assert_eq!(stuck.row.ended_day, Some(stage.today()), "{on:?}");
        assert_eq!(stuck.fate.as_ref().unwrap().card, fate.card);
        let tally = count_firings(&stage.app, stage.workspace, "setup_stalled", day("2026-08-01")).await.unwrap();
        assert_eq!(tally, Tally { fired: 2, standing: 1 }, "{on:?}");
        let only = FiringQuery {
            rule: "setup_stalled".into(),
            customer: stuck.row.customer,
            rows: 1,
            ..FiringQuery::default()
        };
        let page = open_signal(&stage.app, stage.workspace, &only).await.unwrap();
        assert_eq!(page.rows.iter().map(|f| f.row.name.as_str()).collect::<Vec<_>>(), ["stuck商事"], "{on:?}");
        let after = FiringQuery { after: page.next, customer: None, ..only };
        assert!(open_signal(&stage.app, stage.workspace, &after).await.is_ok());
        let nothing = FiringQuery { rule: "no_such_rule".into(), rows: 5, ..FiringQuery::default() };
        assert!(open_signal(&stage.app, stage.workspace, &nothing).await.is_err(), "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_traces_go() {
    for on in BOTH {
        let stage = set(on).await;
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(names(&stage, "setup_stalled").await.len(), 2, "{on:?}");
        stage.go_to("2028-11-01");
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(names(&stage, "setup_stalled").await.len(), 0, "{on:?}");
    }
}
