use kizashi_app::access::{Action, Role, permit};
use kizashi_app::notices::list_letters;
use kizashi_app::plays::{self, RunTab, StepAnswer, Wording};
use kizashi_app::schedule::Schedule;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::Id;
use kizashi_domain::plays::Standing;
use kizashi_testkit::Stage;
use uuid::Uuid;

use crate::BOTH;
use crate::playbooks::{pack, page, runs, set_with, settle, step};

/// The run whose letter waits for somebody to confirm it, and that step.
async fn wait_for_letter(stage: &Stage, schedule: &mut Schedule) -> (Uuid, Uuid) {
    let run = runs(stage, RunTab::Open, "story").await[0].id;
    let call = step(&page(stage, run).await, "ring");
    plays::answer_step(&stage.app, &stage.console(), call, StepAnswer::Done, "").await.unwrap();
    stage.go_to("2026-11-04");
    settle(stage, schedule).await;
    let letter = step(&page(stage, run).await, "letter");
    (run, letter)
}

fn semi() -> String {
    pack().replace(
        "kind = \"mail\"\nmode = \"auto\"\ntitle = \"letter\"",
        "kind = \"mail\"\nmode = \"semi\"\ntitle = \"letter\"",
    )
}

fn reason(refused: Result<plays::Answered, Error>) -> (&'static str, &'static str) {
    match refused {
        Err(Error::Refused(Refused::Field { field, reason })) => (field, reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_letter_goes_in_the_words_of_whoever_sends_it_and_they_are_what_is_kept() {
    for on in BOTH {
        let stage = set_with(on, &semi()).await;
        let mut schedule = Schedule::default();
        let (run, letter) = wait_for_letter(&stage, &mut schedule).await;
        let suzuki = stage.staff("suzuki", Role::Csm).await.viewer;
        let grant = permit(&suzuki, Action::Work).unwrap();
        let shown = page(&stage, run).await;
        let drafted = shown.steps.iter().find(|s| s.task == letter).unwrap().letter.clone().unwrap();
        assert_eq!((drafted.subject.as_str(), drafted.to.as_deref()), ("falling商事さま", Some("高橋")), "{on:?}");
        let own =
            Wording {
                to: drafted.contact, subject: "ご様子\r\nうかがい".into(), body: "\r\n一行目\r\n二行目 ".into()
            };

        for (wrong, expected) in [
            (Wording { body: " \r\n".into(), ..own.clone() }, ("body", "letter-without-body")),
            (Wording { body: "あ".repeat(20_001), ..own.clone() }, ("body", "letter-body-too-long")),
            (Wording { subject: " ".into(), ..own.clone() }, ("subject", "letter-without-subject")),
            (Wording { subject: "あ".repeat(201), ..own.clone() }, ("subject", "letter-subject-too-long")),
            (Wording { to: Some(Id::from_uuid(Uuid::from_u128(7))), ..own.clone() }, ("to", "letter-to-another")),
        ] {
            assert_eq!(reason(plays::send_letter(&stage.app, &grant, letter, &wrong).await), expected, "{on:?}");
        }
        let still = page(&stage, run).await;
        assert_eq!(still.steps[4].state.standing, Standing::Open, "{on:?}: nothing went");
        assert_eq!(still.steps[4].sent, None);

        plays::send_letter(&stage.app, &grant, letter, &own).await.unwrap();
        let sent = page(&stage, run).await.steps[4].sent.clone().unwrap();
        assert_eq!((sent.subject.as_str(), sent.body.as_str()), ("ご様子 うかがい", "一行目\n二行目"), "{on:?}");
        assert_eq!((sent.to.as_str(), sent.is_reworded), ("高橋", true));
        let twice = plays::send_letter(&stage.app, &grant, letter, &Wording { body: "別の文".into(), ..own }).await;
        assert_eq!(reason(twice), ("answer", "play-answered"));
        settle(&stage, &mut schedule).await;
        let (ledger, _) = list_letters(&stage.app, stage.workspace, "waiting", None).await.unwrap();
        let kept: Vec<_> = ledger.iter().map(|l| (l.subject.as_str(), l.body.as_str(), l.staff.as_deref())).collect();
        assert_eq!(
            kept,
            [("ご様子 うかがい", "一行目\n二行目", Some("suzuki"))],
            "{on:?}: what goes is what was typed"
        );
    }
}

#[tokio::test]
async fn a_letter_whose_words_were_left_alone_is_the_plays() {
    for on in BOTH {
        let stage = set_with(on, &semi()).await;
        let mut schedule = Schedule::default();
        let (run, letter) = wait_for_letter(&stage, &mut schedule).await;
        let drafted = page(&stage, run).await.steps[4].letter.clone().unwrap();
        let same = Wording {
            to: drafted.contact,
            subject: drafted.subject.clone(),
            body: format!("{}\r\n", drafted.body.replace('\n', "\r\n")),
        };
        plays::send_letter(&stage.app, &stage.console(), letter, &same).await.unwrap();
        let sent = page(&stage, run).await.steps[4].sent.clone().unwrap();
        assert_eq!((sent.body, sent.is_reworded), (drafted.body, false), "{on:?}");
    }
}
