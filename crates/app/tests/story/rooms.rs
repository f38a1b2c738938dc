//! Red account rooms and decisions.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{ListQuery, list_customers};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::merges::{merge, undo_merge};
use kizashi_app::plays::{self, CardQuery, Outcome};
use kizashi_app::rooms::*;
use kizashi_app::schedule::score_all;
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::rooms::{RoomOutcome, RoomState};
use kizashi_domain::signals::CardKind;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in};

async fn set(on: On) -> (Stage, Vec<Id<Customer>>) {
    set_with(on, SAAS).await
}

async fn set_with(on: On, pack: &str) -> (Stage, Vec<Id<Customer>>) {
    let stage = Stage::set(on, pack, "2026-10-30").await;
    stage.staff("sato", Role::Csm).await;
    let customer = |id: &str| Received {
        at: stage.app.now(),
        assumed: false,
        record: Record::Customer(CustomerRow {
            external_id: id.into(),
            segment: Some("中堅".into()),
            owner: Some("sato@shiken.example".into()),
            since: Some("2025-04-01".parse().unwrap()),
            ..CustomerRow::default()
        }),
    };
    let records = ["a", "b", "c"].map(customer);
    keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
    let today = stage.today().0;
    for id in ["a", "b"] {
        log_in(&stage, id, today - 150..=today - 22, 10).await;
        log_in(&stage, id, today - 21..=today - 1, 1).await;
    }
    log_in(&stage, "c", today - 150..=today - 1, 10).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 10, ..ListQuery::default() };
    let mut rows = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
    rows.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    (stage, rows.into_iter().map(|r| r.id).collect())
}

fn room(customer: Id<Customer>) -> NewRoom {
    NewRoom { customer, card: None, owner: None, goal: "12月末までに利用者10人に戻す".into() }
}

#[tokio::test]
async fn a_room_keeps_what_was_seen_who_does_what_and_what_was_learned() {
    for on in BOTH {
        let (stage, customers) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let lead = stage.staff("mori", Role::Manager).await.viewer;
        let member = stage.staff("hoshi", Role::Csm).await.viewer;
        let grant = permit(&lead, Action::Work).unwrap();
        let id = start_room(app, &grant, &room(customers[0])).await.unwrap();
        let twice = start_room(app, &grant, &room(customers[0])).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Field { field: "room", .. }))), "{twice:?}");
        let empty = start_room(app, &grant, &NewRoom { goal: " ".into(), ..room(customers[1]) }).await;
        assert!(matches!(empty, Err(Error::Refused(Refused::Field { field: "goal", .. }))), "{empty:?}");

        let page = open_room(app, ws, id).await.unwrap();
        assert_eq!((page.row.state, page.row.owner_name.as_deref()), (RoomState::Forming, Some("sato")), "{on:?}");
        let names: Vec<_> = page.members.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names.len(), 2, "{on:?}: the customer's owner leads it, and who opened it is in it: {names:?}");
        assert!(!page.row.then.is_empty() && page.row.then.len() <= 4, "{on:?}");
        assert_eq!(page.row.then, page.now, "{on:?}: nothing has changed yet");
        assert!(page.row.then.iter().any(|v| v.is_bad == Some(true)), "{on:?}: {:?}", page.row.then);

        add_member(app, &grant, id, member.staff, "技術の窓口").await.unwrap();
        let due = stage.today().plus(3);
        for what in ["訪問する", "手順書を送る"] {
            add_action(app, &grant, id, &NewAction { what: what.into(), owner: Some(member.staff), due })
                .await
                .unwrap();
        }
        move_room(app, &grant, id, RoomState::Working).await.unwrap();
        let new = NewDecision { what: "値引きはしない".into(), by: "森".into(), on: None, review_on: None };
        let decision = decide(app, &grant, customers[0], &new).await.unwrap();
        let actions = open_room(app, ws, id).await.unwrap().actions;
        finish_action(app, &grant, actions[0].id, true).await.unwrap();
        assert_eq!(open_today(app, &member).await.unwrap().rooms.len(), 1, "{on:?}: members see it in the morning");

        // Weeks later the customer is back: then and now stand side by side.
        stage.go_to("2026-11-20");
        let today = stage.today().0;
        log_in(&stage, "a", today - 21..=today - 1, 12).await;
        score_all(app, ws).await.unwrap();
        let page = open_room(app, ws, id).await.unwrap();
        assert_ne!(page.row.then, page.now, "{on:?}");
        assert_eq!((page.row.open_actions, page.row.late_actions), (1, 1), "{on:?}");
        assert_eq!(page.decisions.len(), 1);

        let silent = close_room(app, &grant, id, RoomOutcome::Recovered, "  ").await;
        let why = Refused::Field { field: "learned", reason: "room-needs-learned" };
        assert!(matches!(silent, Err(Error::Refused(ref r)) if *r == why), "{silent:?}");
        close_room(app, &grant, id, RoomOutcome::Recovered, "訪問が効いた").await.unwrap();
        assert!(list_rooms(app, ws, &RoomQuery::default()).await.unwrap().is_empty());
        let late = add_action(app, &grant, id, &NewAction { what: "x".into(), owner: None, due }).await;
        assert!(matches!(late, Err(Error::Refused(Refused::Changed))), "{late:?}");
        reopen_room(app, &grant, id).await.unwrap();
        take_back_decision(app, &grant, decision, true).await.unwrap();
        let page = open_room(app, ws, id).await.unwrap();
        assert!(page.decisions.is_empty() && page.row.learned == "訪問が効いた", "{on:?}");
        let steps: Vec<_> = page.steps.iter().rev().map(|s| s.step.as_str()).collect();
        let begun = ["opened", "member", "action", "action", "moved", "decided", "done"];
        assert_eq!(steps, [begun.as_slice(), &["closed", "reopened", "undecided"]].concat(), "{on:?}");
    }
}

#[tokio::test]
async fn a_red_account_proposes_a_room_and_the_room_sees_what_fired() {
    // Red accounts of any size, as these customers pay nothing yet; one feature is all that they ever used.
    let pack =
        SAAS.replace("for = { mrr_from_minor = 150000 }\n", "").replace("bad = 1, good = 3 }", "bad = 0, good = 3 }");
    let of_the_rule = ["login_trend", "invoice_trend", "features_28d", "power_user_change"];
    for on in BOTH {
        let (stage, customers) = set_with(on, &pack).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let viewer = stage.staff("mori", Role::Manager).await.viewer;
        let grant = permit(&viewer, Action::Work).unwrap();
        let shown = async |customer| {
            let cards = open_today(app, &viewer).await.unwrap().cards;
            cards.into_iter().find(|c| c.kind == CardKind::Risk && c.customer_id == Some(customer)).unwrap()
        };
        let card = shown(customers[0]).await;
        assert!(card.asks_room, "{on:?}: {:?}", card.why);
        let reason = find_reason(app, ws, customers[0], card.id).await.unwrap();
        assert!(reason.bad.iter().any(|title| title.ja == "利用状況"), "{on:?}: {:?}", reason.bad);
        assert_eq!(reason.why.len(), 1, "{on:?}");

        // By hand: the sides that weigh most, as ever.
        let by_hand = start_room(app, &grant, &room(customers[1])).await.unwrap();
        let heavy = open_room(app, ws, by_hand).await.unwrap().row.then;
        assert!(!heavy.is_empty() && heavy.iter().all(|v| v.limit.is_none()), "{on:?}: {heavy:?}");

        let foreign = start_room(app, &grant, &NewRoom { card: Some(card.id), ..room(customers[2]) }).await;
        assert!(matches!(foreign, Err(Error::Refused(Refused::NotFound))), "{on:?}: {foreign:?}");
        let from_card = NewRoom { card: Some(card.id), ..room(customers[0]) };
        let id = start_room(app, &grant, &from_card).await.unwrap();
        let page = open_room(app, ws, id).await.unwrap();
        let (then, now) = (&page.row.then, &page.now);
        assert_eq!(then, now, "{on:?}: nothing has changed yet");
        assert!(then.iter().all(|v| v.limit.is_some() && of_the_rule.contains(&v.of.as_str())), "{on:?}: {then:?}");
        assert_eq!((then.len(), then[0].is_bad), (4, Some(true)), "{on:?}: all of its sides, the bad ones first");
        let use_of_it = then.iter().find(|v| v.of == "login_trend").unwrap();
        assert!(
            use_of_it.title.ja.starts_with("利用状況：") && use_of_it.is_bad == Some(true),
            "{on:?}: {use_of_it:?}"
        );
        assert!(!shown(customers[0]).await.asks_room, "{on:?}: one is open");
        assert!(!shown(customers[1]).await.asks_room, "{on:?}: one is open there too");

        // The customer is back: the same sides are seen again, by the limits of then.
        stage.go_to("2026-12-04");
        let today = stage.today().0;
        log_in(&stage, "a", today - 35..=today - 1, 12).await;
        score_all(app, ws).await.unwrap();
        let page = open_room(app, ws, id).await.unwrap();
        let again = page.now.iter().find(|v| v.of == "login_trend").unwrap();
        assert_eq!(again.is_bad, Some(false), "{on:?}: {again:?}");
        assert_eq!(page.now.len(), page.row.then.len());
    }
}

#[tokio::test]
async fn cases_that_began_alike_are_counted_and_few_of_them_say_nothing() {
    for on in BOTH {
        let (stage, customers) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let viewer = stage.staff("mori", Role::Manager).await.viewer;
        let grant = permit(&viewer, Action::Work).unwrap();
        let none = list_similar(app, ws, customers[0]).await.unwrap();
        assert_eq!(none.count(), 0, "{on:?}");
        let query = CardQuery { rows: 50, ..CardQuery::default() };
        let cards = plays::list_cards(app, ws, &query).await.unwrap().rows;
        let other = cards.iter().find(|c| c.kind == CardKind::Risk && c.customer_id == Some(customers[1])).unwrap();
        plays::close_card(app, &grant, other.id, Outcome::Solved, "面談して再教育した").await.unwrap();
        let similar = list_similar(app, ws, customers[0]).await.unwrap();
        assert_eq!((similar.ends, similar.is_telling()), ([1, 0, 0, 0], false), "{on:?}");
        let case = &similar.cases[0];
        assert_eq!(
            (case.customer, case.is_alike, case.note.as_str()),
            (customers[1], true, "面談して再教育した"),
            "{on:?}"
        );
        assert_eq!(list_similar(app, ws, customers[2]).await.unwrap().count(), 0, "{on:?}: no open risk, no cases");
    }
}

#[tokio::test]
async fn rooms_and_decisions_go_with_a_customer_that_goes_into_another_and_come_back() {
    for on in BOTH {
        let (stage, customers) = set(on).await;
        let (app, ws, grant) = (&stage.app, stage.workspace, stage.console());
        let stays = start_room(app, &grant, &room(customers[0])).await.unwrap();
        let goes = start_room(app, &grant, &room(customers[1])).await.unwrap();
        let new = NewDecision { what: "様子を見る".into(), by: String::new(), on: None, review_on: None };
        decide(app, &grant, customers[1], &new).await.unwrap();
        let id = merge(app, &grant, customers[0], customers[1]).await.unwrap();
        let rooms = list_rooms_of(app, ws, customers[0]).await.unwrap();
        let open: Vec<_> = rooms.iter().filter(|r| r.closed_at.is_none()).map(|r| r.id).collect();
        assert_eq!((open, rooms.len()), (vec![stays], 2), "{on:?}: one room of a customer is open");
        assert_eq!(list_decisions_of(app, ws, customers[0]).await.unwrap().len(), 1, "{on:?}");
        undo_merge(app, &grant, id).await.unwrap();
        let back = list_rooms_of(app, ws, customers[1]).await.unwrap();
        assert!(back.len() == 1 && back[0].id == goes && back[0].closed_at.is_none(), "{on:?}");
        assert_eq!(list_decisions_of(app, ws, customers[1]).await.unwrap().len(), 1, "{on:?}");
    }
}
