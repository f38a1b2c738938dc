//! Runs that follow an older version of their play move together.

use kizashi_app::intake::keep_records;
use kizashi_app::plays::{self, RunQuery, RunTab, StepAnswer};
use kizashi_app::schedule::score_all;
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::Standing;
use kizashi_testkit::Stage;

use crate::BOTH;
use crate::playbooks::{customer, find, page, set, step};

async fn behind(stage: &Stage, play: &str) -> i64 {
    let query = RunQuery { tab: RunTab::Open, play: play.into(), rows: 5, ..RunQuery::default() };
    plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap().behind
}

#[tokio::test]
async fn all_runs_of_an_older_version_move_at_once_but_those_that_stand_still_or_are_over() {
    for on in BOTH {
        let stage = set(on).await;
        let grant = stage.console();
        let names = ["moves", "answered", "own", "paused", "over"];
        let records: Vec<_> = names.iter().map(|name| customer(&stage, name, |_| {})).collect();
        keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let mut runs = Vec::new();
        for name in names {
            let of = find(&stage, name).await;
            runs.push(plays::start_run(&stage.app, &grant, of, "story").await.unwrap());
        }
        let [moves, answered, own, paused, over] = runs[..] else { unreachable!() };
        let call = step(&page(&stage, answered).await, "ring");
        plays::answer_step(&stage.app, &grant, call, StepAnswer::Done, "").await.unwrap();
        plays::add_step(&stage.app, &grant, own, "社長と会食する", stage.today().plus(5)).await.unwrap();
        plays::pause_run(&stage.app, &grant, paused, "担当の方が休み").await.unwrap();
        plays::stop_run(&stage.app, &grant, over, "別の進め方にする").await.unwrap();
        assert_eq!(behind(&stage, "story").await, 0, "{on:?}: nothing was published");

        // Something else is published: no run of this play is behind.
        let publish = async |change: &dyn Fn(&mut kizashi_domain::pack::Pack)| {
            let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
            let mut pack = settings.pack.clone();
            change(&mut pack);
            keep_pack(&stage.app, &grant, settings.version, &pack, "直す").await.unwrap();
        };
        let title = |pack: &mut kizashi_domain::pack::Pack, play: &str, step: &str| {
            let play = pack.plays.iter_mut().find(|p| p.id == play).unwrap();
            let at = play.steps.iter().position(|s| s.id == step).unwrap_or(0);
            play.steps[at].title = Text::new("合意", "agreed");
        };
        publish(&|pack| title(pack, "welcome", "")).await;
        assert_eq!((behind(&stage, "story").await, behind(&stage, "gone").await), (0, 0), "{on:?}");
        assert_eq!(plays::move_runs(&stage.app, &grant, "story").await.unwrap(), 0, "{on:?}: they read the same");

        publish(&|pack| title(pack, "story", "ok")).await;
        let of_set: i64 = behind(&stage, "story").await - 3;
        assert_eq!(of_set, 1, "{on:?}: with the one that a card began");
        assert_eq!(plays::move_runs(&stage.app, &grant, "story").await.unwrap(), 4, "{on:?}");
        assert_eq!(behind(&stage, "story").await, 0, "{on:?}");
        assert_eq!(plays::move_runs(&stage.app, &grant, "story").await.unwrap(), 0, "{on:?}: once");
        for (run, expected) in [(moves, true), (answered, true), (own, true), (paused, false), (over, false)] {
            let found = page(&stage, run).await;
            let ok = found.steps.iter().find(|s| s.step.id == "ok").unwrap();
            assert_eq!(ok.step.title.ja == "合意", expected, "{on:?}");
        }
        let ring = |view: &plays::RunPage| view.steps.iter().find(|s| s.step.id == "ring").unwrap().state.standing;
        assert_eq!(ring(&page(&stage, answered).await), Standing::Done, "{on:?}: what is done stays done");
        assert_eq!(ring(&page(&stage, moves).await), Standing::Open, "{on:?}");
        let last = page(&stage, own).await.steps.pop().unwrap();
        assert_eq!(last.step.title.ja, "社長と会食する", "{on:?}: a step of one's own comes along");
        assert!(page(&stage, paused).await.newer.is_some(), "{on:?}: it can move when it goes on");
    }
}

#[tokio::test]
async fn what_was_done_stays_with_its_hand_and_its_words_even_where_the_new_version_has_no_such_step() {
    for on in BOTH {
        let stage = set(on).await;
        let sato = stage.staff("tanaka", kizashi_app::access::Role::Csm).await;
        let grant = kizashi_app::access::permit(&sato.viewer, kizashi_app::access::Action::Work).unwrap();
        let of = find(&stage, "steady").await;
        let run = plays::start_run(&stage.app, &grant, of, "story").await.unwrap();
        let call = step(&page(&stage, run).await, "ring");
        plays::answer_step(&stage.app, &grant, call, StepAnswer::Done, "席替えがあったと伺った").await.unwrap();
        let told = async |id: &str| {
            let steps = page(&stage, run).await.steps;
            let found = steps.iter().find(|s| s.step.id == id).unwrap();
            (found.task, found.finished_by.clone(), found.finished_at, found.note.clone(), found.state.finished_on)
        };
        let before = told("ring").await;
        assert_eq!((before.1.as_deref(), before.3.as_str()), (Some("tanaka"), "席替えがあったと伺った"), "{on:?}");
        let publish = async |change: &dyn Fn(&mut kizashi_domain::plays::Play)| {
            let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
            let mut pack = settings.pack.clone();
            change(pack.plays.iter_mut().find(|p| p.id == "story").unwrap());
            keep_pack(&stage.app, &stage.console(), settings.version, &pack, "直す").await.unwrap();
            stage.go_to(&stage.today().plus(1).to_string());
            plays::move_run(&stage.app, &grant, run).await.unwrap();
        };

        publish(&|play| play.steps.iter_mut().find(|s| s.id == "ok").unwrap().title = Text::new("合意", "agreed"))
            .await;
        assert_eq!(told("ring").await, before, "{on:?}: a day later, by a move");

        publish(&|play| {
            play.steps.retain(|s| s.id != "ring");
            for one in &mut play.steps {
                if one.after.as_ref().is_some_and(|after| after.iter().any(|id| id == "ring")) {
                    one.after = Some(Vec::new());
                }
            }
        })
        .await;
        assert_eq!(told("+1").await, before, "{on:?}: the step is gone from the play, not from the run");
        assert_eq!(page(&stage, run).await.newer, None, "{on:?}");
        plays::add_step(&stage.app, &grant, run, "もう一度伺う", stage.today().plus(3)).await.unwrap();
        assert_eq!(told("+1").await, before, "{on:?}");

        // The step comes back into the play: it is to be done, and what was done stays beside it.
        let first = pack_step(&stage, "ok").await;
        publish(&|play| play.steps.insert(0, kizashi_domain::plays::Step { id: "ring".into(), ..first.clone() })).await;
        assert_eq!(told("+1").await, before, "{on:?}");
        assert_ne!(told("ring").await.0, before.0, "{on:?}");
    }
}

async fn pack_step(stage: &Stage, id: &str) -> kizashi_domain::plays::Step {
    let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
    let play = settings.pack.play("story").unwrap();
    play.steps().into_iter().find(|s| s.id == id).unwrap()
}
