//! The plan of a red account room is changed, with its days looked at, and the room's history says so.

use kizashi_app::access::{Action, Role, Viewer, permit};
use kizashi_app::customers::{ListQuery, list_customers};
use kizashi_app::rooms::{
    DAYS_AHEAD_MAX, Frame, Left, NewAction, NewDecision, NewRoom, add_action, add_member, change_action, change_frame,
    decide, finish_action, open_room, permit_finishing, remove_member, start_room, take_back_decision,
};
use kizashi_app::schedule::score_all;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Customer, Id, Room};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_testkit::{On, Stage};

use crate::notices::keep;
use crate::{BOTH, SAAS};

struct Set {
    stage: Stage,
    lead: Viewer,
    customer: Id<Customer>,
    room: Id<Room>,
}

async fn set(on: On) -> Set {
    let stage = Stage::set(on, SAAS, "2026-11-20").await;
    let lead = stage.staff("sato", Role::Csm).await.viewer;
    let record = Record::Customer(CustomerRow {
        external_id: "a".into(),
        owner: Some("sato@shiken.example".into()),
        ..CustomerRow::default()
    });
    keep(&stage, record).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 10, ..ListQuery::default() };
    let customer = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    let grant = permit(&lead, Action::Work).unwrap();
    let new = NewRoom { customer, card: None, owner: None, goal: "12月末までに戻す".into() };
    let room = start_room(&stage.app, &grant, &new).await.unwrap();
    Set { stage, lead, customer, room }
}

fn why<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, &'static str) {
    match result {
        Err(Error::Refused(Refused::Field { field, reason })) => (field, reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_action_is_changed_in_place_and_the_days_of_a_room_lie_ahead() {
    for on in BOTH {
        let Set { stage, lead, customer, room } = set(on).await;
        let (app, ws, today) = (&stage.app, stage.workspace, stage.today());
        let grant = permit(&lead, Action::Work).unwrap();
        let helper = stage.staff("hoshi", Role::Csm).await.viewer.staff;
        let action = |what: &str, owner, due| NewAction { what: what.into(), owner, due };
        let far = today.plus(DAYS_AHEAD_MAX + 1);
        assert_eq!(
            why(add_action(app, &grant, room, &action("x", None, today.plus(-1))).await),
            ("due", "in-the-past")
        );
        assert_eq!(why(add_action(app, &grant, room, &action("x", None, far)).await), ("due", "too-far-ahead"));
        add_action(app, &grant, room, &action("電話する", Some(lead.staff), today)).await.unwrap();
        let id = open_room(app, ws, room).await.unwrap().actions[0].id;
        change_action(app, &grant, id, &action("訪問する", Some(helper), today.plus(7))).await.unwrap();
        let page = open_room(app, ws, room).await.unwrap();
        let now = &page.actions[0];
        assert_eq!((now.what.as_str(), now.owner, now.due), ("訪問する", Some(helper), today.plus(7)), "{on:?}");
        assert_eq!(page.steps[0].step, "changed", "{on:?}");
        assert_eq!(page.steps[0].note, "電話する → 訪問する · sato → hoshi · 2026-11-20 → 2026-11-27", "{on:?}");
        let steps = page.steps.len();
        change_action(app, &grant, id, &action("訪問する", Some(helper), today.plus(7))).await.unwrap();
        assert_eq!(open_room(app, ws, room).await.unwrap().steps.len(), steps, "{on:?}: nothing changed");
        let back = change_action(app, &grant, id, &action("訪問する", Some(helper), today.plus(-1))).await;
        assert_eq!(why(back), ("due", "in-the-past"), "{on:?}");
        // A day that has passed meanwhile may stay while the words change.
        stage.go_to("2026-12-01");
        change_action(app, &grant, id, &action("訪問する（2名で）", Some(helper), today.plus(7))).await.unwrap();
        finish_action(app, &grant, id, true).await.unwrap();
        assert!(
            change_action(app, &grant, id, &action("x", None, today.plus(30))).await.is_err(),
            "{on:?}: it is done"
        );

        let frame =
            |day| Frame { goal: "戻す".into(), owner: lead.staff, meets_on: Some(day), agenda: String::new() };
        assert_eq!(why(change_frame(app, &grant, room, &frame(today)).await), ("meets_on", "in-the-past"), "{on:?}");
        let meets = stage.today();
        change_frame(app, &grant, room, &frame(meets)).await.unwrap();
        stage.go_to("2026-12-02");
        change_frame(app, &grant, room, &frame(meets)).await.unwrap();
        let decision =
            |review_on| NewDecision { what: "値引きはしない".into(), by: String::new(), on: None, review_on };
        let late = decide(app, &grant, customer, &decision(Some(today))).await;
        assert_eq!(why(late), ("review_on", "in-the-past"), "{on:?}");
        let made = decide(app, &grant, customer, &decision(None)).await.unwrap();
        take_back_decision(app, &grant, made, true).await.unwrap();
        take_back_decision(app, &grant, made, false).await.unwrap();
        let steps = open_room(app, ws, room).await.unwrap().steps;
        let told: Vec<_> = steps.iter().take(3).map(|s| (s.step.as_str(), s.note.as_str())).collect();
        let said = "値引きはしない";
        assert_eq!(told, [("decided-again", said), ("undecided", said), ("decided", said)], "{on:?}");
    }
}

#[tokio::test]
async fn who_goes_out_of_a_team_leaves_no_action_unsaid_and_who_has_one_may_finish_it() {
    for on in BOTH {
        let Set { stage, lead, room, .. } = set(on).await;
        let (app, ws, today) = (&stage.app, stage.workspace, stage.today());
        let grant = permit(&lead, Action::Work).unwrap();
        let helper = stage.staff("hoshi", Role::Csm).await.viewer.staff;
        let other = stage.staff("kaihatsu", Role::Other).await.viewer;
        for staff in [helper, other.staff] {
            add_member(app, &grant, room, staff, "").await.unwrap();
        }
        let action = |what: &str, owner| NewAction { what: what.into(), owner: Some(owner), due: today.plus(3) };
        add_action(app, &grant, room, &action("電話する", helper)).await.unwrap();
        let unsaid = remove_member(app, &grant, room, helper, Left::Unsaid).await;
        assert_eq!(why(unsaid), ("to", "room-member-has-actions"), "{on:?}");
        remove_member(app, &grant, room, helper, Left::To(other.staff)).await.unwrap();
        let page = open_room(app, ws, room).await.unwrap();
        assert_eq!(page.actions[0].owner, Some(other.staff), "{on:?}");
        assert!(page.members.iter().all(|m| m.staff != helper), "{on:?}");
        assert_eq!(page.steps[0].note, "電話する: hoshi → kaihatsu", "{on:?}");

        // Whoever has to do it says that it is done, though they do not work with cards; nobody else of their role.
        let stranger = stage.staff("eigyou", Role::Other).await.viewer;
        let id = page.actions[0].id;
        assert!(permit(&other, Action::Work).is_err() && permit_finishing(app, &stranger, id).await.is_err());
        let own = permit_finishing(app, &other, id).await.unwrap();
        finish_action(app, &own, id, true).await.unwrap();
        assert!(open_room(app, ws, room).await.unwrap().actions[0].done_at.is_some(), "{on:?}");
    }
}
