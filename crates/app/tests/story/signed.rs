//! In whose name, and in which language, plays write to customers.

use kizashi_app::access::{Action, Role, leave_staff, list_staff, permit};
use kizashi_app::plays::{self, RunTab, StepAnswer};
use kizashi_app::schedule::Schedule;
use kizashi_domain::plays::Standing;

use crate::BOTH;
use crate::playbooks::{find, pack, runs, set_with, settle, step};

/// The story with a letter that its owner signs, in two languages.
fn signed(letters_in: &str) -> String {
    let body = r#"body = { ja = "{person}さま、{owner}です", en = "Dear {person}, {owner} here" }"#;
    let when = r#"of = "logins_28d", side = "above", limit = 100000"#;
    let pack = pack().replace(r#"body = "{person}さま、{date}""#, body);
    let pack = pack.replace(r#"of = "score", side = "above", limit = 101"#, when);
    assert!(pack.contains(body) && pack.contains(when));
    pack.replacen("[pack]\n", &format!("[pack]\nletters_in = \"{letters_in}\"\n"), 1)
}

#[tokio::test]
async fn nothing_goes_by_itself_in_the_name_of_somebody_who_left() {
    for on in BOTH {
        let stage = set_with(on, &signed("ja")).await;
        let suzuki = stage.staff("suzuki", Role::Csm).await.viewer;
        let grant = permit(&suzuki, Action::Work).unwrap();
        let sato =
            list_staff(&stage.app, stage.workspace).await.unwrap().into_iter().find(|s| s.name == "sato").unwrap();
        leave_staff(&stage.app, &stage.console(), sato.id).await.unwrap();
        // Whoever begins a play for a customer whose owner left has its work.
        let begun = plays::start_run(&stage.app, &grant, find(&stage, "steady").await, "story").await.unwrap();
        let own = plays::open_run(&stage.app, stage.workspace, begun).await.unwrap();
        assert_eq!(own.steps[0].owner.as_deref(), Some("suzuki"), "{on:?}");
        // The other run comes to a letter that would go by itself.
        let run =
            runs(&stage, RunTab::Open, "story").await.into_iter().find(|r| r.customer == "falling商事").unwrap().id;
        let page = async || plays::open_run_of(&stage.app, stage.workspace, run, Some(suzuki.staff)).await.unwrap();
        plays::answer_step(&stage.app, &grant, step(&page().await, "ring"), StepAnswer::Done, "").await.unwrap();
        let mut schedule = Schedule::default();
        for day in ["2026-11-04", "2026-11-05"] {
            stage.go_to(day);
            settle(&stage, &mut schedule).await;
        }
        let there = page().await;
        let letter = there.steps.iter().find(|s| s.step.id == "letter").unwrap();
        assert_eq!((letter.state.standing, letter.performed), (Standing::Open, false), "{on:?}: it waits for a person");
        assert_eq!(letter.letter.as_ref().unwrap().body, "高橋さま、suzukiです", "{on:?}: whoever sends it signs it");
        plays::answer_step(&stage.app, &grant, letter.task, StepAnswer::Confirm, "").await.unwrap();
        let sent = page().await.steps.into_iter().find(|s| s.step.id == "letter").unwrap();
        assert_eq!(sent.sent.unwrap().body, "高橋さま、suzukiです", "{on:?}");
    }
}

#[tokio::test]
async fn letters_go_in_the_language_that_was_chosen() {
    for on in BOTH {
        let stage = set_with(on, &signed("en")).await;
        let suzuki = stage.staff("suzuki", Role::Csm).await.viewer;
        let grant = permit(&suzuki, Action::Work).unwrap();
        let run = runs(&stage, RunTab::Open, "story").await.into_iter().next().unwrap().id;
        let page = async || plays::open_run(&stage.app, stage.workspace, run).await.unwrap();
        plays::answer_step(&stage.app, &grant, step(&page().await, "ring"), StepAnswer::Done, "").await.unwrap();
        let mut schedule = Schedule::default();
        for day in ["2026-11-04", "2026-11-05"] {
            stage.go_to(day);
            settle(&stage, &mut schedule).await;
        }
        let page = page().await;
        let branch = page.steps.iter().find(|s| s.step.id == "ask").unwrap();
        assert!(branch.state.chose == Some(false) && branch.seen.is_some(), "{on:?}: a branch says what it saw");
        let letter = page.steps.iter().find(|s| s.step.id == "letter").unwrap();
        let sent = letter.sent.as_ref().unwrap();
        assert_eq!(sent.body, "Dear 高橋, sato here", "{on:?}");
    }
}
