//! Plays under way are told: to whoever takes a customer over, and each morning to whoever has something to do in them.

use kizashi_app::access::{Viewer, sign_in};
use kizashi_app::customers::open_briefing;
use kizashi_app::notices::{Content, Digest, list_notices, write_digests};
use kizashi_app::plays::{self, StepAnswer};
use kizashi_app::today::open_today;
use kizashi_domain::handover::NextKind;
use kizashi_domain::time::Day;
use kizashi_testkit::{PASSWORD, Stage};

use crate::BOTH;
use crate::playbooks::{find, set};

async fn sato(stage: &Stage) -> Viewer {
    sign_in(&stage.app, "sato@shiken.example", PASSWORD).await.unwrap().viewer
}

#[tokio::test]
async fn a_briefing_names_the_plays_under_way_and_what_is_to_be_done_in_them() {
    for on in BOTH {
        let stage = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let customer = find(&stage, "falling").await;
        let briefing = open_briefing(app, ws, customer).await.unwrap();
        let [play] = briefing.plays.as_slice() else { panic!("{on:?}: {:?}", briefing.plays) };
        assert_eq!((play.run.title.ja.as_str(), play.run.started_on), ("立て直し", stage.today()), "{on:?}");
        assert!(!play.run.is_late(stage.today()), "{on:?}");
        let [task] = play.tasks.as_slice() else { panic!("{on:?}: {:?}", play.tasks) };
        let due: Day = "2026-11-04".parse().unwrap();
        assert_eq!(
            (task.title.ja.as_str(), task.due_day, task.owner.as_deref()),
            ("call", due, Some("sato")),
            "{on:?}"
        );
        let next = briefing.next.iter().find(|n| n.kind == NextKind::Task).expect("a task is a next action");
        assert_eq!((next.due, next.item.address.contains("/plays/runs/")), (Some(due), true), "{on:?}");

        stage.go_to("2026-11-06");
        let late = open_briefing(app, ws, customer).await.unwrap().plays;
        assert!(late[0].run.is_late(stage.today()), "{on:?}");
        plays::pause_run(app, &stage.console(), play.run.id, "出張中").await.unwrap();
        let still = open_briefing(app, ws, customer).await.unwrap();
        assert!(
            !still.plays[0].run.is_late(stage.today()) && still.plays[0].tasks.is_empty(),
            "{on:?}: it stands still"
        );
        assert!(still.next.iter().all(|n| n.kind != NextKind::Task), "{on:?}");
        plays::stop_run(app, &stage.console(), play.run.id, "不要").await.unwrap();
        assert!(open_briefing(app, ws, customer).await.unwrap().plays.is_empty(), "{on:?}: what is over is not told");
        assert!(open_briefing(app, ws, find(&stage, "steady").await).await.unwrap().plays.is_empty());
    }
}

async fn digest_of(stage: &Stage, viewer: &Viewer) -> Digest {
    write_digests(&stage.app, stage.workspace).await.unwrap();
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    match rows.into_iter().next().map(|row| row.content) {
        Some(Content::Digest(digest)) => digest,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_digest_tells_the_tasks_of_the_day_and_none_that_are_done_or_still_away() {
    for on in BOTH {
        let stage = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let viewer = sato(&stage).await;
        // The call is due on Wednesday, after the holiday.
        stage.go_to("2026-11-02");
        let early = digest_of(&stage, &viewer).await;
        assert_eq!((early.tasks_total, early.tasks.len()), (0, 0), "{on:?}");
        stage.go_to("2026-11-04");
        let due = digest_of(&stage, &viewer).await;
        assert_eq!((due.tasks_total, due.tasks_late), (1, 0), "{on:?}");
        let task = &due.tasks[0];
        assert_eq!((task.subject.as_str(), task.what.ja.as_str(), task.due), ("falling商事", "call", stage.today()));
        assert!(task.page.starts_with("/plays/runs/") && task.page.contains("#step-"), "{on:?}: {}", task.page);
        let shown = open_today(app, &viewer).await.unwrap();
        assert_eq!((shown.tasks.len(), shown.tasks_due), (1, (1, 0)), "{on:?}: the page of the day says the same");
        stage.go_to("2026-11-05");
        let late = digest_of(&stage, &viewer).await;
        assert_eq!((late.tasks_total, late.tasks_late), (1, 1), "{on:?}");

        let run = plays::open_plays_of(app, ws, find(&stage, "falling").await).await.unwrap().tasks.remove(0);
        plays::answer_step(app, &stage.console(), run.task, StepAnswer::Done, "").await.unwrap();
        stage.go_to("2026-11-06");
        assert_eq!(digest_of(&stage, &viewer).await.tasks_total, 0, "{on:?}: done");
        let boss = kizashi_app::access::Role::Manager;
        let other = stage.staff("mori", boss).await.viewer;
        assert_eq!(open_today(app, &other).await.unwrap().tasks_due, (0, 0), "{on:?}: others' tasks are not theirs");
    }
}
