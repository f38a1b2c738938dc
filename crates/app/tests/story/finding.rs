//! Cards found by whose they are and by a text, put off until a day, and how long a stumble has lasted.

use kizashi_app::Refused;
use kizashi_app::access::{Action, Role, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::{self, Act, CardQuery, NewByHand};
use kizashi_app::schedule::score_all;
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::playbooks::find;
use crate::{BOTH, SAAS, firings, refused};

const TODAY: &str = "2026-10-30";

async fn customers(stage: &Stage, names: &[(&str, &str)], since: &str) {
    let at = stage.app.now();
    let row = |(id, name): &(&str, &str)| {
        let row = CustomerRow {
            external_id: (*id).to_owned(),
            name: Some((*name).to_owned()),
            stage: Some("adoption".to_owned()),
            since: Some(since.parse().unwrap()),
            owner: Some("sato@shiken.example".to_owned()),
            ..CustomerRow::default()
        };
        Received { assumed: false, at, record: Record::Customer(row) }
    };
    let rows: Vec<Received> = names.iter().map(row).collect();
    keep_records(&stage.app, stage.workspace, "crm", &rows, false).await.unwrap();
}

async fn subjects(stage: &Stage, query: CardQuery) -> Vec<String> {
    let query = CardQuery { rows: 50, ..query };
    let list = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap();
    assert_eq!(usize::try_from(list.total).unwrap(), list.rows.len());
    let mut names: Vec<String> = list.rows.into_iter().map(|c| c.subject).collect();
    names.sort();
    names
}

/// Three customers with a card each that somebody made.
async fn set(on: On) -> Stage {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let grant = permit(&stage.staff("sato", Role::Csm).await.viewer, Action::Work).unwrap();
    let suzuki = stage.staff("suzuki", Role::Csm).await.viewer.staff;
    customers(&stage, &[("a", "ガイド出版"), ("b", "青葉100%食品"), ("c", "みらい商事")], "2026-10-28").await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    for (code, what, owner) in
        [("a", "見積を送る", None), ("b", "訪問する", Some(suzuki)), ("c", "見積を直す", Some(suzuki))]
    {
        let customer = find(&stage, code).await;
        let due = stage.today().plus(7);
        let new = NewByHand {
            customer,
            kind: CardKind::Activity,
            what: what.into(),
            due,
            owner,
            press: plays::Press::Middle,
        };
        plays::add_card(&stage.app, &grant, &new).await.unwrap();
    }
    stage
}

#[tokio::test]
async fn cards_are_found_by_their_owner_and_by_what_they_and_their_customers_are_called() {
    for on in BOTH {
        let stage = set(on).await;
        let staff = kizashi_app::access::list_staff(&stage.app, stage.workspace).await.unwrap();
        let of = |name: &str| staff.iter().find(|s| s.name == name).map(|s| s.id);
        let search = |text: &str| CardQuery { search: text.into(), ..CardQuery::default() };
        assert_eq!(subjects(&stage, CardQuery::default()).await.len(), 3, "{on:?}");
        assert_eq!(subjects(&stage, search("がいど")).await, ["ガイド出版"], "{on:?}: however it is typed");
        assert_eq!(subjects(&stage, search("100%")).await, ["青葉100%食品"], "{on:?}: a sign means itself");
        assert!(subjects(&stage, search("1%食")).await.is_empty(), "{on:?}");
        assert_eq!(subjects(&stage, search("見積")).await, ["みらい商事", "ガイド出版"], "{on:?}: what is to be done");
        assert_eq!(subjects(&stage, search(" ")).await.len(), 3, "{on:?}: nothing is asked");
        let suzuki = CardQuery { owner: of("suzuki"), ..CardQuery::default() };
        assert_eq!(subjects(&stage, suzuki.clone()).await, ["みらい商事", "青葉100%食品"], "{on:?}");
        let both = CardQuery { search: "見積".into(), ..suzuki };
        assert_eq!(subjects(&stage, both.clone()).await, ["みらい商事"], "{on:?}");
        assert!(subjects(&stage, CardQuery { closed: true, ..both.clone() }).await.is_empty());
        assert!(subjects(&stage, CardQuery { snoozed: true, ..both.clone() }).await.is_empty());
        assert!(subjects(&stage, CardQuery { kind: Some(CardKind::Risk), ..both }).await.is_empty());

        // Page by page it is the same.
        let mut query = CardQuery { rows: 1, ..search("見積") };
        let first = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap();
        query.after = first.next.clone();
        let second = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap();
        assert_eq!((first.rows.len(), second.rows.len(), first.total, second.next), (1, 1, 2, None), "{on:?}");
        assert_ne!(first.rows[0].id, second.rows[0].id);
        let long = plays::list_cards(&stage.app, stage.workspace, &search(&"あ".repeat(257))).await;
        assert_eq!(refused(long), Refused::Field { field: "q", reason: "too-long" });
    }
}

#[tokio::test]
async fn a_card_is_put_off_until_any_day_within_a_year() {
    for on in BOTH {
        let stage = set(on).await;
        let grant = stage.console();
        let all = CardQuery { rows: 50, ..CardQuery::default() };
        let cards = plays::list_cards(&stage.app, stage.workspace, &all).await.unwrap();
        let ids: Vec<_> = cards.rows.iter().map(|c| c.id).collect();
        let today = stage.today();
        for (until, reason) in [
            (today.plus(-1), "snooze-past"),
            (today, "snooze-past"),
            (today.plus(366), "snooze-too-far"),
            (Day(i32::MAX), "snooze-too-far"),
        ] {
            let expected = Refused::Field { field: "until", reason };
            assert_eq!(refused(plays::snooze_card(&stage.app, &grant, ids[0], until, "").await), expected, "{on:?}");
            let many = plays::change_cards(&stage.app, &grant, &ids, &Act::Snooze(until, String::new())).await;
            assert_eq!(refused(many), expected, "{on:?}");
        }
        plays::snooze_card(&stage.app, &grant, ids[0], today.plus(365), "").await.unwrap();
        let until = Act::Snooze(today.plus(200), String::new());
        let changed = plays::change_cards(&stage.app, &grant, &ids[1..], &until).await.unwrap();
        assert_eq!(changed.cards, 2, "{on:?}");
        assert_eq!(subjects(&stage, CardQuery { snoozed: true, ..CardQuery::default() }).await.len(), 3, "{on:?}");
    }
}

#[tokio::test]
async fn a_card_says_since_when_a_stumble_goes_on_and_stops_when_it_is_done() {
    for on in BOTH {
        let stage = firings::set(on).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let since = async |subject: &str| {
            let query = CardQuery { search: subject.into(), rows: 50, ..CardQuery::default() };
            let cards = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows;
            assert!(cards.iter().all(|c| c.stumbling.len() == c.why.len()), "{on:?}");
            let mut days: Vec<Day> = cards.iter().flat_map(|c| c.stumbling.iter().flatten().copied()).collect();
            days.sort_unstable();
            days
        };
        // Fifteen business days after 1 September, and twenty.
        let setup: Day = "2026-09-25".parse().unwrap();
        let stuck = since("stuck").await;
        assert_eq!(stuck.first(), Some(&setup), "{on:?}: {stuck:?}");
        assert!(since("done").await.is_empty(), "{on:?}");
        // Done late: what else was never done goes on, and its day stays.
        stage.go_to("2026-11-02");
        firings::did(&stage, "stuck", "u0", "setup.environment", "2026-10-30").await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(since("stuck").await, stuck[1..], "{on:?}");
        assert_eq!(since("strangers").await.first(), Some(&setup), "{on:?}");
    }
}
