use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{Moment, open_customer};
use kizashi_app::dictionary::{open_census, open_dictionary, rehearse};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::Schedule;
use kizashi_app::settings::{keep_pack, keep_settings, list_versions, open_settings, open_version, restore_version};
use kizashi_app::{Error, Refused};
use kizashi_domain::calendar::{Closure, When};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ContractRow, CustomerRow, Record};
use kizashi_domain::pack::Pack;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in, refused};

const TODAY: &str = "2026-10-30";

/// Four customers; two of them use most of their seats, two few.
async fn set(on: On) -> Stage {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let at = stage.app.now();
    let today = stage.today().0;
    for (name, users) in [("a", 9), ("b", 8), ("c", 2), ("d", 1)] {
        let row = CustomerRow {
            external_id: name.to_owned(),
            name: Some(format!("{name}商事")),
            stage: Some("adoption".to_owned()),
            since: Some("2025-04-01".parse().unwrap()),
            figures: vec![("seats".to_owned(), 10.0), ("felt".to_owned(), 3.0)],
            ..CustomerRow::default()
        };
        let records = [Received { at, assumed: false, record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
        log_in(&stage, name, today - 200..=today - 1, users).await;
    }
    stage
}

/// The pack with another weight and another curve.
fn edited(pack: &Pack) -> Pack {
    let mut pack = pack.clone();
    let model = pack.models.iter_mut().find(|m| m.id == "standard").unwrap();
    model.groups[0].measures[0].weight = 5.0;
    model.bands.green_from = 45.0;
    pack
}

#[tokio::test]
async fn a_version_is_saved_with_its_reason_compared_in_words_and_restored() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, TODAY).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let grant = permit(&boss, Action::Configure).unwrap();
        let first = open_settings(&stage.app, stage.workspace).await.unwrap();
        let pack = edited(&first.pack);

        assert_eq!(
            refused(keep_pack(&stage.app, &grant, 1, &pack, "  ").await),
            Refused::Field { field: "comment", reason: "required" }
        );
        let said = keep_pack(&stage.app, &grant, 1, &pack, "席より気持ちを重く見る").await.unwrap();
        let lines: Vec<_> = said.iter().map(|d| d.text.ja.as_str()).collect();
        assert!(lines.contains(&"緑の始まり 70 → 45"), "{lines:?}");
        assert!(lines.iter().any(|l| l.starts_with("席の使用率：重み 20% → ")), "{lines:?}");
        let now = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!((now.version, &now.pack), (2, &pack), "{on:?}");

        // Somebody who started from the first version is told, and nothing is overwritten.
        let mut other = first.pack.clone();
        other.plays[0].due_business_days = 1;
        assert_eq!(refused(keep_pack(&stage.app, &grant, 1, &other, "x").await), Refused::Changed);
        assert_eq!(
            refused(keep_pack(&stage.app, &grant, 2, &pack, "x").await),
            Refused::Field { field: "document", reason: "nothing-changed" }
        );
        let mut moved = pack.clone();
        moved.time_zone = "UTC".into();
        assert_eq!(
            refused(keep_pack(&stage.app, &grant, 2, &moved, "x").await),
            Refused::Field { field: "document", reason: "time-zone-is-fixed" }
        );
        let broken = keep_settings(&stage.app, &grant, Some(2), "[pack]\nid = \"x\"\nid = 3", ("x", "")).await;
        assert!(matches!(broken, Err(Error::Refused(Refused::Settings(_)))), "{broken:?}");
        assert_eq!(open_settings(&stage.app, stage.workspace).await.unwrap().version, 2);

        restore_version(&stage.app, &grant, 2, 1, ("版1に戻す", "")).await.unwrap();
        let back = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!((back.version, &back.pack), (3, &first.pack), "{on:?}");
        assert_eq!(open_version(&stage.app, stage.workspace, 3).await.unwrap().document, SAAS, "with its remarks");
        let versions = list_versions(&stage.app, stage.workspace, None).await.unwrap();
        let told: Vec<_> = versions.iter().map(|v| (v.version, v.who.as_deref(), v.comment.as_str())).collect();
        assert_eq!(
            told,
            [(3, Some("boss"), "版1に戻す"), (2, Some("boss"), "席より気持ちを重く見る"), (1, None, "")],
            "{on:?}"
        );
        assert_eq!(refused(open_version(&stage.app, stage.workspace, 9).await), Refused::NotFound);
    }
}

#[tokio::test]
async fn after_a_new_version_everybody_is_scored_again_and_the_past_stays() {
    for on in BOTH {
        let stage = set(on).await;
        let mut schedule = Schedule::default();
        assert!(schedule.turn(&stage.app, stage.workspace).await.unwrap());
        assert!(!schedule.turn(&stage.app, stage.workspace).await.unwrap());
        let (before, past) = (list_scores(&stage).await, list_past(&stage).await);
        let pack = edited(&open_settings(&stage.app, stage.workspace).await.unwrap().pack);

        // What is foretold is what comes.
        let effect = rehearse(&stage.app, stage.workspace, &pack).await.unwrap();
        assert_eq!(effect.census.customers(), 4);
        keep_pack(&stage.app, &stage.console(), 1, &pack, "試す").await.unwrap();
        assert!(schedule.turn(&stage.app, stage.workspace).await.unwrap(), "{on:?}: the new version is due");
        assert!(!schedule.turn(&stage.app, stage.workspace).await.unwrap(), "and only once");
        let after = list_scores(&stage).await;
        let greens = |scores: &[(String, Option<Band>)]| scores.iter().filter(|s| s.1 == Some(Band::Green)).count();
        assert_eq!((greens(&before), greens(&after)), effect.bands[2], "{on:?}");
        assert_ne!(before, after, "{on:?}");
        assert_eq!(list_past(&stage).await, past, "{on:?}: what was known of past days stays");
    }
}

#[tokio::test]
async fn an_edit_of_how_a_metric_is_counted_is_foretold_with_the_values_that_come() {
    for on in BOTH {
        let stage = set(on).await;
        let mut schedule = Schedule::default();
        assert!(schedule.turn(&stage.app, stage.workspace).await.unwrap());
        let mut pack = open_settings(&stage.app, stage.workspace).await.unwrap().pack.clone();
        let users = pack.metrics.iter_mut().find(|m| m.id == "users_28d").unwrap();
        users.offset_days = 400;
        let effect = rehearse(&stage.app, stage.workspace, &pack).await.unwrap();
        let values = |census: &kizashi_app::dictionary::Census| census.values("users_28d", None);
        assert_ne!(values(&effect.census), values(&effect.edited), "{on:?}");
        assert_eq!(effect.edited.settings.pack, pack, "{on:?}");
        // Nothing of it is in force before it is saved, and then it is as it was foretold.
        assert_eq!(values(&open_census(&stage.app, stage.workspace).await.unwrap()), values(&effect.census), "{on:?}");
        keep_pack(&stage.app, &stage.console(), 1, &pack, "窓を短く").await.unwrap();
        assert_eq!(values(&open_census(&stage.app, stage.workspace).await.unwrap()), values(&effect.edited), "{on:?}");
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        let bands = list_scores(&stage).await;
        for (n, band) in [Band::Red, Band::Amber, Band::Green].into_iter().enumerate() {
            assert_eq!(bands.iter().filter(|s| s.1 == Some(band)).count(), effect.bands[n].1, "{on:?} {band:?}");
        }
    }
}

/// Points of every customer on every day but today.
async fn list_past(stage: &Stage) -> Vec<(String, Vec<Option<i64>>)> {
    let query = kizashi_app::customers::ListQuery { rows: 50, ..Default::default() };
    let list = kizashi_app::customers::list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    let past = |spark: &[Option<i64>]| spark.split_last().map(|(_, past)| past.to_vec()).unwrap_or_default();
    let mut rows: Vec<_> = list.rows.into_iter().map(|r| (r.name, past(&r.spark))).collect();
    rows.sort();
    rows
}

async fn list_scores(stage: &Stage) -> Vec<(String, Option<Band>)> {
    let query = kizashi_app::customers::ListQuery { rows: 50, ..Default::default() };
    let list = kizashi_app::customers::list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    let mut rows: Vec<_> = list.rows.into_iter().map(|r| (r.name, r.band)).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

#[tokio::test]
async fn the_dictionary_counts_everybody_once_and_says_when() {
    for on in BOTH {
        let stage = set(on).await;
        let (census, entries) = open_dictionary(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(census.counted_at, stage.app.now());
        let find = |id: &str| entries.iter().find(|e| e.metric.id == id).unwrap();
        let seats = find("seat_use");
        assert_eq!((seats.spread.measured, seats.spread.values), (4, Some((0.1, 0.8, 0.9))), "{on:?}");
        assert!(seats.definition.ja.contains("「利用者数（28日）」 ÷ 「契約席数」"), "{}", seats.definition.ja);
        assert_eq!(seats.models.len(), 2);
        assert!(seats.signals.iter().any(|(id, _)| id == "seat_limit"));
        assert!(find("users_28d").parts_of.iter().any(|(id, _)| id == "seat_use"));
        assert_eq!(find("nps").spread.missing, 4);
        // Remembered for a while, and counted anew when it is old or the settings are others.
        stage.clock.set(stage.app.now().plus_us(60_000_000));
        assert_eq!(open_census(&stage.app, stage.workspace).await.unwrap().counted_at, census.counted_at);
        stage.clock.set(stage.app.now().plus_us(700_000_000));
        assert_eq!(open_census(&stage.app, stage.workspace).await.unwrap().counted_at, stage.app.now());
        let pack = edited(&census.settings.pack);
        keep_pack(&stage.app, &stage.console(), 1, &pack, "試す").await.unwrap();
        assert_eq!(open_census(&stage.app, stage.workspace).await.unwrap().settings.version, 2);
    }
}

#[tokio::test]
async fn a_company_holiday_moves_deadlines_along_and_back() {
    for on in BOTH {
        let stage = set(on).await;
        let at = stage.app.now();
        // Notice until Friday 2026-11-20.
        let row = ContractRow {
            customer: "a".into(),
            external_id: "k1".into(),
            start: Some("2025-12-21".parse().unwrap()),
            end: Some("2026-12-20".parse().unwrap()),
            notice_days: Some(30),
            ..ContractRow::default()
        };
        let records = [Received { at, assumed: false, record: Record::Contract(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        let deadline = async || {
            let (id, now) = (find(&stage, "a商事").await, Moment::default());
            let page = open_customer(&stage.app, stage.workspace, id, now).await.unwrap();
            page.contracts[0].notice_on.to_string()
        };
        assert_eq!(deadline().await, "2026-11-20", "{on:?}");
        let first = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut pack = first.pack.clone();
        let day = "2026-11-20".parse().unwrap();
        let when = When::Range { from: day, to: day };
        pack.calendar.closures.push(Closure { ja: "創立記念日".into(), en: "Anniversary".into(), when });
        keep_pack(&stage.app, &stage.console(), 1, &pack, "創立記念日は休む").await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(deadline().await, "2026-11-19", "{on:?}: the business day before");
        stage.clock.set(stage.app.now().plus_us(1_000_000));
        restore_version(&stage.app, &stage.console(), 2, 1, ("戻す", "")).await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(deadline().await, "2026-11-20", "{on:?}");
    }
}

async fn find(stage: &Stage, name: &str) -> Id<Customer> {
    let query = kizashi_app::customers::ListQuery { rows: 50, ..Default::default() };
    let list = kizashi_app::customers::list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    list.rows.iter().find(|r| r.name == name).unwrap().id
}
