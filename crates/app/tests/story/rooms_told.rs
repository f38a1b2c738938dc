//! Who has something to do in a room is told, finds the room among their own, and has it in the digest and the calendar.

use kizashi_app::access::{Action, Role, Viewer, permit};
use kizashi_app::customers::{ListQuery, list_customers};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::notices::{
    CalendarDue, Content, Digest, DueKind, Instant, list_notices, make_calendar, open_calendar, write_digests,
};
use kizashi_app::rooms::*;
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_domain::id::{Id, Room};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A room that sato leads and in which hoshi, who is not of the team, has two things to do.
async fn set(on: On) -> (Stage, Viewer, Viewer, Id<Room>) {
    let stage = Stage::set(on, SAAS, "2026-11-20").await;
    let lead = stage.staff("sato", Role::Csm).await.viewer;
    let helper = stage.staff("hoshi", Role::Csm).await.viewer;
    let record = Record::Customer(CustomerRow {
        external_id: "a".into(),
        name: Some("ミナト製作所".into()),
        owner: Some("sato@shiken.example".into()),
        ..CustomerRow::default()
    });
    let received = [Received { at: stage.app.now(), assumed: false, record }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 10, ..ListQuery::default() };
    let customer = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    let grant = permit(&lead, Action::Work).unwrap();
    let new = NewRoom { customer, card: None, owner: None, goal: "12月末までに戻す".into() };
    let room = start_room(&stage.app, &grant, &new).await.unwrap();
    for (what, owner, due) in [
        ("訪問する", helper.staff, "2026-11-24"),
        ("手順書を送る", helper.staff, "2026-11-30"),
        ("席を用意する", lead.staff, "2026-11-24"),
    ] {
        let action = NewAction { what: what.into(), owner: Some(owner), due: day(due) };
        add_action(&stage.app, &grant, room, &action).await.unwrap();
    }
    let meets_on = Some(day("2026-11-25"));
    let frame =
        Frame { goal: "12月末までに戻す".into(), owner: lead.staff, meets_on, agenda: "値引き".into() };
    change_frame(&stage.app, &grant, room, &frame).await.unwrap();
    Schedule::default().turn(&stage.app, stage.workspace).await.unwrap();
    (stage, lead, helper, room)
}

async fn instants(stage: &Stage, viewer: &Viewer) -> Vec<(String, Instant)> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    rows.into_iter()
        .filter_map(|row| match row.content {
            Content::Instant(instant) => Some((row.page, instant)),
            _ => None,
        })
        .collect()
}

async fn digest_of(stage: &Stage, viewer: &Viewer) -> Digest {
    write_digests(&stage.app, stage.workspace).await.unwrap();
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let digest = rows.into_iter().find_map(|row| match row.content {
        Content::Digest(digest) => Some(digest),
        _ => None,
    });
    digest.unwrap()
}

#[tokio::test]
async fn whoever_gets_an_action_is_told_and_has_the_room_among_their_own() {
    for on in BOTH {
        let (stage, lead, helper, room) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let mut told = instants(&stage, &helper).await;
        told.sort_by_key(|(_, instant)| instant.due);
        let read: Vec<_> = told.iter().map(|(_, i)| (i.what.ja.as_str(), i.due, i.owner.as_str())).collect();
        let wanted =
            [("訪問する", Some(day("2026-11-24")), "hoshi"), ("手順書を送る", Some(day("2026-11-30")), "hoshi")];
        assert_eq!(read, wanted, "{on:?}");
        assert!(
            told.iter().all(|(page, i)| page.starts_with(&format!("/rooms/{room}")) && i.subject == "ミナト製作所")
        );
        assert!(instants(&stage, &lead).await.is_empty(), "{on:?}: nobody is told what they took on themselves");

        let own = async || {
            let query = RoomQuery { closed: false, member: Some(helper.staff) };
            list_rooms(app, ws, &query).await.unwrap().len()
        };
        assert_eq!(own().await, 1, "{on:?}");
        let grant = permit(&lead, Action::Work).unwrap();
        for action in open_room(app, ws, room).await.unwrap().actions {
            finish_action(app, &grant, action.id, true).await.unwrap();
        }
        assert_eq!(own().await, 0, "{on:?}: nothing is left to do, and hoshi is not of the team");
    }
}

#[tokio::test]
async fn a_digest_has_the_actions_that_are_due_and_the_meeting_of_the_next_day() {
    for on in BOTH {
        let (stage, lead, helper, room) = set(on).await;
        let app = &stage.app;
        // Tuesday after a holiday; they meet on Wednesday.
        stage.go_to("2026-11-24");
        let digest = digest_of(&stage, &helper).await;
        assert_eq!((digest.actions_total, digest.actions_late, digest.actions.len()), (1, 0, 1), "{on:?}");
        let action = &digest.actions[0];
        assert_eq!((action.subject.as_str(), action.what.ja.as_str()), ("ミナト製作所", "訪問する"), "{on:?}");
        assert!(action.page.starts_with(&format!("/rooms/{room}")) && !digest.is_empty(), "{on:?}");
        let of_lead = digest_of(&stage, &lead).await;
        assert_eq!((of_lead.actions.len(), of_lead.actions[0].what.ja.as_str()), (1, "席を用意する"), "{on:?}");
        let meetings: Vec<_> = of_lead.meetings.iter().map(|m| (m.day, m.agenda.as_str())).collect();
        assert_eq!(meetings, [(day("2026-11-25"), "値引き")], "{on:?}");
        let grant = permit(&lead, Action::Work).unwrap();
        let mine = open_room(app, stage.workspace, room).await.unwrap().actions;
        let mine = mine.iter().find(|a| a.owner == Some(lead.staff)).unwrap().id;
        finish_action(app, &grant, mine, true).await.unwrap();
        stage.go_to("2026-11-26");
        let later = digest_of(&stage, &lead).await;
        assert_eq!((later.actions_total, later.meetings.len()), (0, 0), "{on:?}: done, and they have met");
        let late = digest_of(&stage, &helper).await;
        assert_eq!((late.actions_total, late.actions_late), (1, 1), "{on:?}");
    }
}

#[tokio::test]
async fn a_calendar_has_the_actions_and_the_next_meeting_of_open_rooms() {
    for on in BOTH {
        let (stage, lead, helper, room) = set(on).await;
        let app = &stage.app;
        let secret = make_calendar(app, &helper).await.unwrap();
        let read = |dues: &[CalendarDue]| -> Vec<(DueKind, Day, String)> {
            dues.iter().map(|d| (d.kind, d.day, d.what.ja.clone())).collect()
        };
        let (_, dues) = open_calendar(app, &secret).await.unwrap();
        let wanted = [
            (DueKind::Action, day("2026-11-24"), "訪問する".to_owned()),
            (DueKind::Meeting, day("2026-11-25"), "値引き".to_owned()),
            (DueKind::Action, day("2026-11-30"), "手順書を送る".to_owned()),
        ];
        assert_eq!(read(&dues), wanted, "{on:?}");
        let grant = permit(&lead, Action::Work).unwrap();
        let frame =
            Frame {
                goal: "戻す".into(), owner: lead.staff, meets_on: Some(day("2026-12-01")), agenda: String::new()
            };
        change_frame(app, &grant, room, &frame).await.unwrap();
        let (_, moved) = open_calendar(app, &secret).await.unwrap();
        let meeting = |dues: &[CalendarDue]| dues.iter().find(|d| d.kind == DueKind::Meeting).unwrap().clone();
        assert_eq!(meeting(&moved).key, meeting(&dues).key, "{on:?}: a meeting that moves is the same one");
        assert_eq!(meeting(&moved).day, day("2026-12-01"), "{on:?}");
        close_room(app, &grant, room, kizashi_domain::rooms::RoomOutcome::Recovered, "訪問が効いた").await.unwrap();
        assert!(open_calendar(app, &secret).await.unwrap().1.is_empty(), "{on:?}: what is over is not due");
    }
}
