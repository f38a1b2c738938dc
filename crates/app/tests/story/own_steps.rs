//! Steps of one's own in a run: for what has no precedent.

use kizashi_app::access::Role;
use kizashi_app::plays::{self, RunPage, RunQuery, RunTab, StepAnswer};
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_app::{Error, Refused};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::Standing;
use kizashi_testkit::Stage;

use crate::{BOTH, playbooks, refused};

async fn page(stage: &Stage, run: uuid::Uuid) -> RunPage {
    plays::open_run(&stage.app, stage.workspace, run).await.unwrap()
}

async fn first_run(stage: &Stage) -> uuid::Uuid {
    let query = RunQuery { tab: RunTab::Open, play: "story".into(), rows: 5, ..RunQuery::default() };
    plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id
}

#[tokio::test]
async fn a_step_of_ones_own_is_work_like_the_others_and_stays_through_a_new_version() {
    for on in BOTH {
        let stage = playbooks::set(on).await;
        let grant = stage.console();
        let run = first_run(&stage).await;
        let before = page(&stage, run).await;
        let due = stage.today().plus(5);
        plays::add_step(&stage.app, &grant, run, " 社長と会食する ", due).await.unwrap();

        let found = page(&stage, run).await;
        assert_eq!(found.steps.len(), before.steps.len() + 1, "{on:?}");
        let own = found.steps.last().unwrap();
        assert_eq!((own.step.title.ja.as_str(), own.state.standing), ("社長と会食する", Standing::Open), "{on:?}");
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(own.state.due_on, Some(settings.calendar.next_business_day(due)), "{on:?}");
        assert_eq!(own.owner, before.row.owner, "{on:?}: whoever has the run");
        assert_eq!(found.newer, None, "{on:?}: nothing was published");
        let states = |page: &RunPage| page.steps.iter().map(|v| v.state).collect::<Vec<_>>();
        assert_eq!(&states(&found)[..before.steps.len()], &states(&before)[..], "{on:?}: the others stay");
        let tasks = plays::list_open_tasks(&stage.app, stage.workspace, None, due.plus(9), 50).await.unwrap();
        assert!(tasks.iter().any(|t| t.title.ja == "社長と会食する"), "{on:?}: it stands in the list of work");

        // Another version of the play: it comes along, where it was.
        let mut pack = settings.pack.clone();
        let published = pack.plays.iter_mut().find(|p| p.id == "story").unwrap();
        published.steps.iter_mut().find(|s| s.id == "ok").unwrap().title = Text::new("合意", "agreed");
        keep_pack(&stage.app, &grant, settings.version, &pack, "直す").await.unwrap();
        assert!(page(&stage, run).await.newer.is_some(), "{on:?}");
        plays::move_run(&stage.app, &grant, run).await.unwrap();
        let moved = page(&stage, run).await;
        let own = moved.steps.last().unwrap();
        assert_eq!((own.step.title.ja.as_str(), own.state.standing), ("社長と会食する", Standing::Open), "{on:?}");
        assert_eq!(own.state.due_on, found.steps.last().unwrap().state.due_on, "{on:?}");
        assert_eq!(moved.newer, None, "{on:?}");

        // It is answered and taken back like any other, and the run does not end without it.
        plays::answer_step(&stage.app, &grant, own.task, StepAnswer::Done, "").await.unwrap();
        plays::answer_step(&stage.app, &grant, own.task, StepAnswer::Undone, "").await.unwrap();
        assert_eq!(page(&stage, run).await.steps.last().unwrap().state.standing, Standing::Open, "{on:?}");
    }
}

#[tokio::test]
async fn what_is_no_step_is_refused_and_nothing_changes() {
    for on in BOTH {
        let stage = playbooks::set(on).await;
        let (grant, today) = (stage.console(), stage.today());
        let run = first_run(&stage).await;
        for (title, due, reason) in [
            ("  ", today, "required"),
            ("電話", today.plus(-1), "step-due-out-of-range"),
            ("電話", today.plus(400), "step-due-out-of-range"),
            (&"長".repeat(201), today, "too-long"),
        ] {
            let found = refused(plays::add_step(&stage.app, &grant, run, title, due).await);
            assert!(matches!(found, Refused::Field { reason: r, .. } if r == reason), "{on:?}: {found:?}");
        }
        for n in 0..20 {
            plays::add_step(&stage.app, &grant, run, &format!("{n}"), today).await.unwrap();
        }
        let found = refused(plays::add_step(&stage.app, &grant, run, "もう一つ", today).await);
        assert!(matches!(found, Refused::Field { reason: "too-many-own-steps", .. }), "{on:?}: {found:?}");
        plays::stop_run(&stage.app, &grant, run, "やめる").await.unwrap();
        let ended = plays::add_step(&stage.app, &grant, run, "電話", today).await;
        assert!(matches!(ended, Err(Error::Refused(Refused::Changed))), "{on:?}: {ended:?}");
    }
}

#[tokio::test]
async fn one_step_goes_to_another_day_and_person_and_back() {
    for on in BOTH {
        let stage = playbooks::set(on).await;
        let (grant, today) = (stage.console(), stage.today());
        let other = stage.staff("suzuki", Role::Csm).await;
        let run = first_run(&stage).await;
        let before = page(&stage, run).await;
        let at = before.steps.iter().position(|v| v.state.standing == Standing::Open && v.state.asks).unwrap();
        let task = before.steps[at].task;

        let (found, moved) =
            plays::shift_step(&stage.app, &grant, task, Some(today.plus(20)), Some(other.viewer.staff)).await.unwrap();
        assert_eq!(found, run, "{on:?}");
        let after = page(&stage, run).await;
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(after.steps[at].state.due_on, Some(settings.calendar.next_business_day(today.plus(20))), "{on:?}");
        assert_eq!(after.steps[at].owner.as_deref(), Some("suzuki"), "{on:?}");
        assert_eq!(after.row.owner, before.row.owner, "{on:?}: the run stays with whoever has it");
        for (n, (was, is)) in before.steps.iter().zip(&after.steps).enumerate().filter(|(n, _)| *n != at) {
            assert_eq!(was.state, is.state, "{on:?}: step {n} stays");
        }
        assert_eq!(plays::undo_shift(&stage.app, &grant, moved.shift).await.unwrap().steps, 1, "{on:?}");
        let back = page(&stage, run).await;
        assert_eq!((back.steps[at].state, &back.steps[at].owner), (before.steps[at].state, &before.steps[at].owner));

        for day in [today.plus(-1), today.plus(400)] {
            let found = refused(plays::shift_step(&stage.app, &grant, task, Some(day), None).await);
            assert!(matches!(found, Refused::Field { reason: "step-due-out-of-range", .. }), "{on:?}: {found:?}");
        }
        plays::answer_step(&stage.app, &grant, task, StepAnswer::Done, "").await.unwrap();
        let over = refused(plays::shift_step(&stage.app, &grant, task, Some(today), None).await);
        assert_eq!(over, Refused::Changed, "{on:?}");
    }
}
