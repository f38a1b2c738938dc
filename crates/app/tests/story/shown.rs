//! A score that falls is compared with the points that were shown, as long as they were reckoned by the same rules.

use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::score_all;
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_app::signals::{FiringQuery, FiringRow, list_firings};
use kizashi_db::{args, sql};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::pack::Pack;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS, log_in};

const TODAY: &str = "2026-10-30";

/// A customer of which one person comes every day, scored once.
async fn set(on: kizashi_testkit::On) -> Stage {
    // Little is known of it, and that is enough here.
    let mut pack = Pack::parse(SAAS).unwrap();
    pack.models.iter_mut().for_each(|model| model.minimum_coverage = 0.0);
    let stage = Stage::set(on, &pack.to_toml(), TODAY).await;
    let at = stage.app.now();
    let row = CustomerRow {
        external_id: "a".to_owned(),
        stage: Some("adoption".to_owned()),
        since: Some("2025-04-01".parse().unwrap()),
        ..CustomerRow::default()
    };
    let received = [Received { assumed: false, at, record: Record::Customer(row) }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    let today = stage.today().0;
    log_in(&stage, "a", today - 150..=today - 1, 1).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    stage
}

/// As though more had been shown on every day so far.
async fn show_more(stage: &Stage) -> Vec<Option<i64>> {
    let mut tx = stage.db.write().await.unwrap();
    let find = sql!("SELECT spark FROM standing WHERE workspace_id = $1");
    let (spark,): (String,) = tx.find(find, args![stage.workspace]).await.unwrap().unwrap();
    let was: Vec<Option<i64>> = spark.split(',').map(|p| p.parse().ok()).collect();
    let more = vec!["99"; was.len()].join(",");
    tx.run(sql!("UPDATE standing SET spark = $2 WHERE workspace_id = $1"), args![stage.workspace, more]).await.unwrap();
    tx.commit().await.unwrap();
    was
}

async fn falls(stage: &Stage) -> Vec<FiringRow> {
    let query = FiringQuery { rule: "score_dropped".to_owned(), rows: 10, ..FiringQuery::default() };
    list_firings(&stage.app, stage.workspace, &query).await.unwrap().0
}

#[tokio::test]
async fn a_fall_counts_from_what_was_shown() {
    for on in BOTH {
        let stage = set(on).await;
        assert!(falls(&stage).await.is_empty(), "{on:?}: nothing fell");
        let was = show_more(&stage).await;
        assert!(was.last().unwrap().is_some_and(|points| points <= 84), "{on:?}: {was:?}");
        for day in ["2026-10-31", "2026-11-01"] {
            stage.go_to(day);
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        let found = falls(&stage).await;
        assert_eq!(found.len(), 1, "{on:?}");
        assert_eq!(found[0].firing.because[0].before, Some(99.0), "{on:?}: {:?}", found[0].firing.because);
    }
}

#[tokio::test]
async fn what_other_settings_showed_is_reckoned_anew() {
    for on in BOTH {
        let stage = set(on).await;
        show_more(&stage).await;
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut pack = settings.pack.clone();
        for model in &mut pack.models {
            model.groups[0].measures[0].weight += 0.5;
        }
        keep_pack(&stage.app, &stage.console(), settings.version, &pack, "重みを変える").await.unwrap();
        for day in ["2026-10-31", "2026-11-01", "2026-11-02"] {
            stage.go_to(day);
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        assert!(falls(&stage).await.is_empty(), "{on:?}: a change of settings is no fall");
        // Days since then are by the new settings: they are compared as they were shown.
        show_more(&stage).await;
        for day in ["2026-11-03", "2026-11-04"] {
            stage.go_to(day);
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        assert_eq!(falls(&stage).await.len(), 1, "{on:?}");
    }
}
