//! Learning from how it ended: what closed cards say about a signal, what points did after a play, what came of a card, and work that no
//! signal called for.

use kizashi_app::Refused;
use kizashi_app::access::{Action, Grant, Role, Viewer, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::books::{Effect, Measured, Side, open_effect};
use kizashi_app::plays::{
    self, Act, CardQuery, CardState, Closing, NewByHand, Outcome, Place, Press, RunTab, StepAnswer,
};
use kizashi_app::schedule::score_all;
use kizashi_app::settings::{keep_edit, open_settings, stamp_plays};
use kizashi_db::{args, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Advice, CardKind, Change, FalseReason};
use kizashi_testkit::{On, Stage};

use crate::attention::{risks, set, work};
use crate::playbooks::{page, runs};
use crate::{BOTH, SAAS, log_in, refused};

/// Gives customers a segment.
async fn sort(stage: &Stage, of: &[(&str, &str)]) {
    for (name, segment) in of {
        let row = CustomerRow {
            external_id: (*name).to_owned(),
            segment: Some((*segment).to_owned()),
            ..CustomerRow::default()
        };
        let received = [Received { assumed: false, at: stage.app.now(), record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    }
}

async fn judge(stage: &Stage, grant: &Grant, subject: &str, closing: Closing) {
    let card = risks(stage).await.into_iter().find(|c| c.subject == subject).unwrap().id;
    plays::close_explained(&stage.app, grant, card, &closing).await.unwrap();
}

fn false_alarm(reason: &str) -> Closing {
    Closing { false_reason: reason.to_owned(), ..Closing::with(Outcome::FalseAlarm, "") }
}

#[tokio::test]
async fn what_people_said_of_false_alarms_becomes_a_filled_rule_or_says_why_not() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b", "c", "d", "e", "f"]).await;
        let shops = [("a", "shop"), ("b", "shop"), ("c", "shop"), ("d", "shop"), ("e", "city"), ("f", "city")];
        sort(&stage, &shops).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let first = risks(&stage).await.remove(0).id;
        let rule = plays::open_card(&stage.app, stage.workspace, first).await.unwrap().causes[0].rule.clone();
        for (subject, reason) in [("a", "known"), ("b", "known"), ("c", "other"), ("d", "wrong_data")] {
            judge(&stage, &grant, subject, false_alarm(reason)).await;
        }
        for subject in ["e", "f"] {
            judge(&stage, &grant, subject, Closing::with(Outcome::Solved, "戻った")).await;
        }
        let of = async || {
            let all = plays::open_precision(&stage.app, stage.workspace).await.unwrap();
            all.signals.into_iter().find(|s| s.rule == rule).unwrap()
        };
        let signal = of().await;
        let counts = [(FalseReason::Known, 2), (FalseReason::Other, 1), (FalseReason::WrongData, 1)];
        assert_eq!(signal.reasons, counts, "{on:?}");
        let Some(Advice::Change(proposal)) = signal.advice else { panic!("{on:?}: {:?}", signal.advice) };
        let shop = Change::Segments { without: "shop".into(), left: vec!["city".into()] };
        assert_eq!((&proposal.change, proposal.dropped, proposal.lost), (&shop, 4, 0), "{on:?}");

        let proposed = plays::open_proposal(&stage.app, stage.workspace, &rule).await.unwrap().unwrap();
        assert_eq!(proposed.rule.audience.segments, ["city"], "{on:?}: the form is filled with it");
        let mut gone: Vec<_> = proposed.gone.iter().map(|m| m.customer.clone().unwrap().1).collect();
        gone.sort();
        assert_eq!(gone, ["a", "b", "c", "d"], "{on:?}: and says which would not have come");

        // Most say that the data were wrong: the rule is not to blame.
        for subject in ["a", "b", "c"] {
            let query = CardQuery { closed: true, search: subject.into(), rows: 50, ..CardQuery::default() };
            let closed = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows;
            let card = closed.iter().find(|c| c.subject == subject && c.kind == CardKind::Risk).unwrap().id;
            plays::explain_false_alarm(&stage.app, &grant, card, "wrong_data").await.unwrap();
        }
        assert_eq!(of().await.advice, Some(Advice::MendData), "{on:?}");
        assert!(plays::open_proposal(&stage.app, stage.workspace, &rule).await.unwrap().is_none());
    }
}

/// Ready settings in which bringing use back has two steps.
fn short() -> String {
    let mut pack = Pack::parse(SAAS).unwrap();
    pack.plays.iter_mut().find(|p| p.id == "usage_recovery").unwrap().steps.truncate(2);
    // Logins alone are enough for points.
    pack.models.iter_mut().for_each(|m| m.minimum_coverage = 0.0);
    pack.to_toml()
}

async fn set_short(on: On, names: &[String]) -> (Stage, Viewer) {
    let stage = Stage::set(on, &short(), "2026-10-30").await;
    let viewer = stage.staff("sato", Role::Manager).await.viewer;
    let today = stage.today().0;
    for name in names {
        let row = CustomerRow {
            external_id: name.clone(),
            name: Some(name.clone()),
            stage: Some("adoption".to_owned()),
            since: Some("2025-04-01".parse().unwrap()),
            owner: Some("sato@shiken.example".to_owned()),
            ..CustomerRow::default()
        };
        let received = [Received { assumed: false, at: stage.app.now(), record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        log_in(&stage, name, today - 150..=today - 22, 5).await;
        log_in(&stage, name, today - 21..=today - 1, 1).await;
    }
    (stage, viewer)
}

fn counts(side: &Side) -> (usize, usize, usize) {
    (side.cases, side.with_end, side.with_after)
}

fn of<'a>(effect: &'a Effect, metric: &str) -> &'a Measured {
    let found = effect.measured.iter().find(|m| m.metric == metric);
    found.unwrap_or_else(|| panic!("{:?}", effect.measured))
}

#[tokio::test]
async fn points_before_and_after_a_play_stand_beside_those_without_it() {
    for on in BOTH {
        let ran: Vec<String> = (0..6).map(|n| format!("ran{n}")).collect();
        let left: Vec<String> = (0..6).map(|n| format!("left{n}")).collect();
        let (stage, viewer) = set_short(on, &[ran.clone(), left.clone()].concat()).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let begun = runs(&stage, RunTab::Open, "usage_recovery").await;
        assert_eq!(begun.len(), 12, "{on:?}");
        let today = stage.today().0;
        for name in &ran {
            log_in(&stage, name, today..=today + 43, 6).await;
        }
        stage.go_to("2026-11-10");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let effect = async || {
            let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
            open_effect(&stage.app, &settings, "usage_recovery").await.unwrap()
        };
        let nothing = effect().await;
        assert_eq!((counts(&nothing.ran), nothing.measured.len()), ((0, 0, 0), 0), "{on:?}: nothing has ended");
        for (n, run) in begun.iter().enumerate() {
            let view = page(&stage, run.id).await;
            let (card, steps) = (view.card.unwrap(), view.steps);
            let came = if run.customer.starts_with("ran") {
                let how = if n % 2 == 0 { StepAnswer::Done } else { StepAnswer::Skipped };
                plays::answer_step(&stage.app, &grant, steps[0].task, how, "済み").await.unwrap();
                let second = page(&stage, run.id).await.steps[1].task;
                plays::answer_step(&stage.app, &grant, second, StepAnswer::Done, "").await.unwrap();
                assert!(page(&stage, run.id).await.row.ended.is_some(), "{on:?}");
                Closing::with(Outcome::Solved, "利用が戻った")
            } else {
                plays::stop_run(&stage.app, &grant, run.id, "後任がいない").await.unwrap();
                Closing::with(Outcome::Unsolved, "返事がない")
            };
            plays::close_explained(&stage.app, &grant, card, &came).await.unwrap();
        }
        let seen = effect().await;
        assert_eq!((counts(&seen.ran), counts(&seen.others)), ((6, 6, 0), (6, 6, 0)), "{on:?}: no day after has come");
        assert_eq!(seen.ran.until_after, None);
        let (with, without) = (seen.ran.until_end.unwrap(), seen.others.until_end.unwrap());
        assert!(with.median > without.median && with.is_sure(), "{on:?}: {with:?} {without:?}");
        assert_eq!(seen.ran.start.unwrap().median, seen.others.start.unwrap().median, "{on:?}: they began alike");
        let first = seen.steps.iter().find(|s| s.step == "find").unwrap();
        assert_eq!((first.done.0 + first.left.0, first.done.1 + first.left.1), (6, 6), "{on:?}: {first:?}");
        assert!(first.left.1 > 0 && first.done.1 > 0, "{on:?}");
        let logins = of(&seen, "login_trend");
        assert_eq!((counts(&logins.ran), counts(&logins.others)), ((6, 6, 0), (6, 6, 0)), "{on:?}");
        assert_eq!(logins.ran.start.unwrap().median, logins.others.start.unwrap().median, "{on:?}: they began alike");
        // It joined cards that the score had opened before: it begins on its own day, when it was bad.
        assert!(logins.ran.start.unwrap().median < -0.35, "{on:?}: {logins:?}");
        let (with, without) = (logins.ran.until_end.unwrap(), logins.others.until_end.unwrap());
        assert!(with.median > without.median && with.is_sure(), "{on:?}: {with:?} {without:?}");
        assert!(
            seen.measured.iter().all(|m| m.metric != "score") && !seen.is_cut,
            "{on:?}: the score has a place of its own"
        );
        assert_eq!(seen.ends, ([6, 0, 0, 0], [0, 6, 0, 0]), "{on:?}");

        stage.go_to("2026-12-11");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let later = effect().await;
        assert_eq!((later.ran.with_after, later.others.with_after), (6, 6), "{on:?}");
        assert!(later.ran.until_after.unwrap().is_sure(), "{on:?}: {:?}", later.ran);
        let logins = of(&later, "login_trend");
        assert_eq!((logins.ran.with_after, logins.others.with_after), (6, 6), "{on:?}");

        // What comes late changes what is measured of past days, not the points that were kept of them; of who left nothing is measured.
        for name in &left {
            log_in(&stage, name, today..=today + 43, 9).await;
        }
        let row = CustomerRow {
            external_id: left[0].clone(),
            churned_on: Some("2026-11-20".parse().unwrap()),
            stage: Some("churned".to_owned()),
            ..CustomerRow::default()
        };
        let received = [Received { assumed: false, at: stage.app.now(), record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        let corrected = effect().await;
        let known_now = of(&corrected, "login_trend");
        assert_eq!(corrected.others.until_after, later.others.until_after, "{on:?}: kept as it was known");
        assert!(known_now.others.until_end.unwrap().median > logins.others.until_end.unwrap().median, "{on:?}");
        assert_eq!((known_now.others.with_end, known_now.others.with_after), (6, 5), "{on:?}: {known_now:?}");
    }
}

#[tokio::test]
async fn what_came_of_a_card_is_said_by_whoever_closes_it() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let grant = work(&viewer);
        let cards: Vec<_> = risks(&stage).await.into_iter().map(|c| c.id).collect();
        let unsaid = Refused::Field { field: "came_of_it", reason: "came-of-it" };
        for outcome in Outcome::ALL {
            let closed = plays::close_card(&stage.app, &grant, cards[0], outcome, " \n").await;
            assert_eq!(refused(closed), unsaid, "{on:?}: {outcome:?}");
        }
        let many =
            plays::change_cards(&stage.app, &grant, &cards, &Act::Close(Closing::with(Outcome::Solved, ""))).await;
        assert_eq!(refused(many), unsaid, "{on:?}: one note for all is demanded");
        // A reason stands for it where there was nothing.
        let changed =
            plays::change_cards(&stage.app, &grant, &cards, &Act::Close(false_alarm("season"))).await.unwrap();
        let said = plays::count_changed(&stage.app, stage.workspace, changed.batch).await.unwrap();
        assert_eq!(said, Some(("closed".to_owned(), 2)), "{on:?}");
        let row = plays::open_card(&stage.app, stage.workspace, cards[0]).await.unwrap().row;
        assert_eq!((row.state, row.false_reason.as_str()), (CardState::Closed, "season"), "{on:?}");
        plays::undo_cards(&stage.app, &grant, changed.batch).await.unwrap();
        let reason = Closing { false_reason: "season".into(), ..Closing::with(Outcome::Solved, "") };
        assert_eq!(refused(plays::close_explained(&stage.app, &grant, cards[0], &reason).await), unsaid, "{on:?}");
    }
}

#[tokio::test]
async fn a_risk_by_hand_is_one_with_what_signs_open() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["a", "b"]).await;
        let grant = work(&viewer);
        let today = stage.today();
        let by_code = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");
        let (b,): (Id<Customer>,) = stage.db.find(by_code, args![stage.workspace, "b"]).await.unwrap().unwrap();
        let new = NewByHand {
            customer: b,
            kind: CardKind::Risk,
            what: "株主が変わると聞いた。意向を確かめる".into(),
            due: today.plus(3),
            owner: None,
            press: Press::High,
        };
        let Place::New(made) = plays::add_card(&stage.app, &grant, &new).await.unwrap().place else { panic!("{on:?}") };
        let row = plays::open_card(&stage.app, stage.workspace, made).await.unwrap().row;
        assert_eq!((row.kind, row.is_made_by_hand, row.due_day), (CardKind::Risk, true, today.plus(3)), "{on:?}");
        // A sign of the same kind joins it.
        score_all(&stage.app, stage.workspace).await.unwrap();
        let of_b: Vec<_> = risks(&stage).await.into_iter().filter(|c| c.subject == "b").collect();
        assert_eq!(of_b.iter().map(|c| c.id).collect::<Vec<_>>(), [made], "{on:?}: never doubled");
        let page = plays::open_card(&stage.app, stage.workspace, made).await.unwrap();
        assert!(!page.causes.is_empty() && page.row.due_day == today.plus(3), "{on:?}: {:?}", page.row);

        // And what a person wants joins a card that a sign opened, and wakes it.
        let opened = risks(&stage).await.into_iter().find(|c| c.subject == "a").unwrap();
        plays::snooze_card(&stage.app, &grant, opened.id, today.plus(9), "").await.unwrap();
        let more = NewByHand { customer: opened.customer_id.unwrap(), ..new.clone() };
        assert_eq!(plays::add_card(&stage.app, &grant, &more).await.unwrap().place, Place::Joined(opened.id), "{on:?}");
        let page = plays::open_card(&stage.app, stage.workspace, opened.id).await.unwrap();
        assert_eq!((page.row.due_day, page.row.snoozed_until), (today.plus(3), None), "{on:?}");
        assert!(page.steps.iter().any(|s| s.step == "added" && s.note == more.what), "{on:?}: {:?}", page.steps);
        // Once that one is closed, the next is a card of its own.
        plays::close_card(&stage.app, &grant, opened.id, Outcome::Solved, "面談した").await.unwrap();
        assert!(matches!(plays::add_card(&stage.app, &grant, &more).await.unwrap().place, Place::New(_)), "{on:?}");
        let milestone = NewByHand { kind: CardKind::Milestone, ..more };
        assert!(matches!(refused(plays::add_card(&stage.app, &grant, &milestone).await), Refused::Field { .. }));
    }
}

#[tokio::test]
async fn a_signal_that_begins_another_play_leads_by_its_rehearsal() {
    for on in BOTH {
        let (stage, _) = set(on, &["a"]).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let grant = permit(&boss, Action::Configure).unwrap();
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let (pack, base) = (&settings.pack, settings.version);
        let edit = |change: &dyn Fn(&mut kizashi_domain::signals::Rule)| {
            let mut edited = pack.clone();
            let at = edited.signals.iter().position(|r| r.play.as_deref() == Some("usage_recovery")).unwrap();
            change(&mut edited.signals[at]);
            edited
        };
        let other = edit(&|rule| rule.play = Some("break_silence".into()));
        let unseen = keep_edit(&stage.app, &grant, base, &other, ("別の打ち手で", "")).await;
        assert_eq!(refused(unseen), Refused::Field { field: "rehearsed", reason: "rehearse-first" }, "{on:?}");
        let stamp = stamp_plays(pack, &other).unwrap();
        keep_edit(&stage.app, &grant, base, &other, ("別の打ち手で", &stamp)).await.unwrap();

        // Without a play, and with another limit, nothing begins that did not.
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut quiet = settings.pack.clone();
        let at = quiet.signals.iter().position(|r| r.play.as_deref() == Some("break_silence")).unwrap();
        quiet.signals[at].play = None;
        quiet.signals[at].cooldown_days += 7;
        keep_edit(&stage.app, &grant, base + 1, &quiet, ("静かに", "")).await.unwrap();
    }
}
