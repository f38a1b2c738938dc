//! Sources that have not learned of a handover go on saying whose everything was.

use kizashi_app::access::{Role, Viewer};
use kizashi_app::handover::{hand_over, plan_handover, undo_handover};
use kizashi_app::intake::{Received, keep_records};
use kizashi_db::{args, sql};
use kizashi_domain::id::{Handover, Id, Staff};
use kizashi_domain::intake::{CustomerRow, DealRow, Record};
use kizashi_testkit::Stage;

use super::ask;
use crate::{BOTH, SAAS};

/// What a CRM delivers each night; `None` = without an owner.
async fn sync(stage: &Stage, owner: Option<&str>) {
    let owner = owner.map(|name| format!("{name}@shiken.example"));
    let customer = CustomerRow { external_id: "c1".into(), owner: owner.clone(), ..CustomerRow::default() };
    let deal = DealRow {
        external_id: "d1".into(),
        customer: "c1".into(),
        stage: Some("proposal".into()),
        owner,
        ..DealRow::default()
    };
    let records = [Record::Customer(customer), Record::Deal(deal)];
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: stage.app.now(), assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

async fn owners(stage: &Stage) -> [Option<Id<Staff>>; 2] {
    let customer = sql!("SELECT owner_id FROM customer WHERE workspace_id = $1");
    let deal = sql!("SELECT owner_id FROM deal WHERE workspace_id = $1");
    let mut found = [None; 2];
    for (slot, statement) in found.iter_mut().zip([customer, deal]) {
        let owner: Option<(Option<Id<Staff>>,)> = stage.db.find(statement, args![stage.workspace]).await.unwrap();
        *slot = owner.unwrap().0;
    }
    found
}

async fn hand(stage: &Stage, manager: &Viewer, from: &Viewer, to: &Viewer) -> Id<Handover> {
    let ask = ask(from.staff, &[to.staff]);
    let seen = plan_handover(&stage.app, manager, &ask).await.unwrap().rows.len();
    hand_over(&stage.app, manager, &ask, seen).await.unwrap()
}

#[tokio::test]
async fn a_sync_that_names_the_former_owner_undoes_no_handover() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let aoki = stage.staff("aoki", Role::Csm).await.viewer;
        let baba = stage.staff("baba", Role::Csm).await.viewer;
        let chiba = stage.staff("chiba", Role::Csm).await.viewer;
        let manager = stage.staff("mori", Role::Manager).await.viewer;
        let all_of = |viewer: &Viewer| [Some(viewer.staff); 2];
        sync(&stage, Some("aoki")).await;
        assert_eq!(owners(&stage).await, all_of(&aoki));

        let first = hand(&stage, &manager, &aoki, &baba).await;
        sync(&stage, Some("aoki")).await;
        sync(&stage, None).await;
        assert_eq!(owners(&stage).await, all_of(&baba), "the same again is nothing new");
        hand(&stage, &manager, &baba, &chiba).await;
        sync(&stage, Some("aoki")).await;
        assert_eq!(owners(&stage).await, all_of(&chiba), "nor after the second handover");

        sync(&stage, Some("baba")).await;
        assert_eq!(owners(&stage).await, all_of(&baba), "whoever says something new is believed");
        sync(&stage, Some("aoki")).await;
        assert_eq!(owners(&stage).await, all_of(&aoki));
        assert_eq!(undo_handover(&stage.app, &manager, first).await.unwrap(), 2, "somebody else moved both meanwhile");
        assert_eq!(owners(&stage).await, all_of(&aoki));
    }
}
