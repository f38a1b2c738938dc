//! Presses on cards: each is taken back as a whole, only an answer is an answer, nobody takes over without a word, whoever gets a card is
//! told, and work is due on business days that lie before the notice deadline.

use kizashi_app::access::{Action, Grant, Role, Viewer, leave_staff, permit};
use kizashi_app::notices::{Content, list_notices};
use kizashi_app::plays::{
    self, Act, CardRow, CardState, Closing, Late, NewByHand, Outcome, Press, Pressed, Seen, press_card, undo_cards,
};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::attention::{risks, set, sign_until, work};
use crate::{BOTH, refused};

async fn see(stage: &Stage, card: Id<Card>) -> CardRow {
    plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row
}

/// All that a press can change, as pages show it.
fn told(row: &CardRow) -> impl PartialEq + std::fmt::Debug + use<> {
    let when = (row.due_day, row.snoozed_until, row.limit, row.late);
    (row.state, row.owner.clone(), when, row.closed_at, row.outcome, row.outcome_note.clone(), row.false_reason.clone())
}

async fn press(stage: &Stage, grant: &Grant, card: Id<Card>, act: &Act) -> Id<plays::Batch> {
    match press_card(&stage.app, grant, card, act, None).await.unwrap() {
        Pressed::Done { batch, .. } => batch.unwrap(),
        Pressed::Meanwhile(now) => panic!("{now:?}"),
    }
}

/// What somebody was told at once.
async fn notices(stage: &Stage, viewer: &Viewer) -> Vec<String> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let titles = rows.into_iter().filter_map(|r| match r.content {
        Content::Instant(instant) => Some(instant.title.ja),
        _ => None,
    });
    titles.collect()
}

#[tokio::test]
async fn every_press_is_taken_back_as_if_it_had_not_been() {
    for on in BOTH {
        let (stage, sato) = set(on, &["a"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let card = risks(&stage).await.remove(0).id;
        let (of_sato, of_tanaka) = (work(&sato), work(&tanaka));
        let day: Day = "2026-11-05".parse().unwrap();
        let asleep = Act::Snooze(day, "出張".into());
        // From new, from under way, from waiting, and from waiting and put off.
        let before = [None, Some(Act::Take), Some(Act::Wait), Some(asleep.clone())];
        let acts = [
            Act::Take,
            Act::Wait,
            Act::Snooze("2026-11-06".parse().unwrap(), "返事待ち".into()),
            Act::Hand(Some(tanaka.staff)),
            Act::Hand(None),
            Act::Move("2026-11-10".parse().unwrap()),
            Act::Close(Closing::with(Outcome::Solved, "話せた")),
            Act::Close(Closing { false_reason: "known".into(), ..Closing::with(Outcome::FalseAlarm, "") }),
        ];
        for first in before {
            if let Some(first) = &first {
                press(&stage, &of_sato, card, first).await;
            }
            let was = told(&see(&stage, card).await);
            for act in &acts {
                let is_so = matches!((act, see(&stage, card).await.state), (Act::Wait, CardState::Waiting));
                if is_so {
                    continue;
                }
                let batch = press(&stage, &of_tanaka, card, act).await;
                assert_ne!(told(&see(&stage, card).await), was, "{on:?} {first:?} {act:?}");
                assert_eq!(
                    undo_cards(&stage.app, &of_tanaka, batch).await.unwrap(),
                    (1, 0),
                    "{on:?} {first:?} {act:?}"
                );
                assert_eq!(told(&see(&stage, card).await), was, "{on:?} {first:?} {act:?}");
            }
        }
        // What somebody did since stays, and it is said.
        let batch = press(&stage, &of_tanaka, card, &Act::Take).await;
        plays::note_card(&stage.app, &of_sato, card, "ひとこと").await.unwrap();
        assert_eq!(undo_cards(&stage.app, &of_tanaka, batch).await.unwrap(), (0, 1), "{on:?}");
        assert_eq!(see(&stage, card).await.owner.as_deref(), Some("tanaka"), "{on:?}");
    }
}

#[tokio::test]
async fn only_an_answer_meets_the_limit_of_answer() {
    for on in BOTH {
        let names = ["a", "b", "c", "d", "e"];
        let (stage, sato) = set(on, &names).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let second = stage.staff("second", Role::Manager).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards = risks(&stage).await;
        let (grant, app) = (work(&sato), &stage.app);
        let id = |name: &str| cards.iter().find(|c| c.subject == name).unwrap().id;
        press(&stage, &grant, id("a"), &Act::Hand(Some(tanaka.staff))).await;
        press(&stage, &grant, id("b"), &Act::Move("2026-11-20".parse().unwrap())).await;
        plays::note_card(app, &grant, id("c"), "様子を見ます").await.unwrap();
        plays::join_card(app, &grant, id("d"), tanaka.staff).await.unwrap();
        press(&stage, &grant, id("e"), &Act::Take).await;
        stage.go_to("2026-11-06");
        let mut schedule = Schedule::default();
        for _ in 0..3 {
            schedule.turn(app, stage.workspace).await.unwrap();
        }
        for name in ["a", "b", "c", "d"] {
            assert_eq!(see(&stage, id(name)).await.late, Some(Late::Answer), "{on:?}: {name} was not answered");
        }
        assert_eq!(see(&stage, id("e")).await.late, None, "{on:?}: it was");
        // All who lead are told, once each.
        for leader in [&boss, &second] {
            let told = notices(&stage, leader).await;
            let late = told.iter().filter(|title| title.contains("まだ返答が")).count();
            assert_eq!(late, 4, "{on:?}: {told:?}");
        }
        assert!(notices(&stage, &tanaka).await.iter().all(|t| !t.contains("まだ返答")), "{on:?}");
    }
}

#[tokio::test]
async fn a_limit_waits_no_longer_than_the_card_is_put_off_and_never_for_a_key_account() {
    for on in BOTH {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "key", "small"];
        let (stage, sato) = set(on, &names).await;
        for name in names {
            sign_until(&stage, name, if name == "key" { 900_000 } else { 1_000 }, "2026-12-31").await;
        }
        stage.staff("boss", Role::Manager).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards = risks(&stage).await;
        let id = |name: &str| cards.iter().find(|c| c.subject == name).unwrap().id;
        let until: Day = "2026-11-18".parse().unwrap();
        let grant = work(&sato);
        for name in ["key", "small"] {
            press(&stage, &grant, id(name), &Act::Snooze(until, "来月".into())).await;
        }
        let turn = async |day: &str| {
            stage.go_to(day);
            let mut schedule = Schedule::default();
            for _ in 0..3 {
                schedule.turn(&stage.app, stage.workspace).await.unwrap();
            }
        };
        let told = async |name: &str| {
            let page = plays::open_card(&stage.app, stage.workspace, id(name)).await.unwrap();
            (page.row.late, page.steps.iter().filter(|s| s.step == "late_answer").count())
        };
        turn("2026-11-06").await;
        assert_eq!(told("key").await, (Some(Late::Answer), 1), "{on:?}: a key account does not wait");
        assert_eq!(told("small").await, (None, 0), "{on:?}: it is put off");
        let limit = see(&stage, id("small")).await.limit.unwrap();
        assert_eq!((limit.0, stage.zone.day_of(limit.1)), (Late::Answer, until), "{on:?}: when it is back");
        turn("2026-11-18").await;
        assert_eq!(told("small").await, (Some(Late::Answer), 1), "{on:?}: it is back");
        assert_eq!(told("key").await.1, 1, "{on:?}: once");
    }
}

#[tokio::test]
async fn nobody_takes_over_without_a_word_and_the_same_press_twice_is_one() {
    for on in BOTH {
        let (stage, sato) = set(on, &["a"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let row = risks(&stage).await.remove(0);
        let (app, card) = (&stage.app, row.id);
        let (of_sato, of_tanaka) = (work(&sato), work(&tanaka));
        let seen = Some(Seen { state: row.state, owner: row.owner_id });
        let first = press_card(app, &of_tanaka, card, &Act::Take, seen).await.unwrap();
        let again = press_card(app, &of_tanaka, card, &Act::Take, seen).await.unwrap();
        let (Pressed::Done { batch: one, is_new: true, .. }, Pressed::Done { batch: two, is_new: false, .. }) =
            (first, again)
        else {
            panic!("{on:?}: the same press twice is harmless")
        };
        assert!(one.is_some() && one == two, "{on:?}: and the same way takes it back");
        let steps = plays::open_card(app, stage.workspace, card).await.unwrap().steps;
        assert_eq!(steps.iter().filter(|s| s.step == "taken").count(), 1, "{on:?}");

        let stale = press_card(app, &of_sato, card, &Act::Take, seen).await.unwrap();
        let Pressed::Meanwhile(now) = stale else { panic!("{on:?}: a colleague was first") };
        assert_eq!((now.state, now.who.as_deref(), now.at), (CardState::Taken, Some("tanaka"), Some(app.now())));
        assert_eq!(see(&stage, card).await.owner.as_deref(), Some("tanaka"), "{on:?}: nothing changed");
        // Whoever saw it, or says so, takes it over.
        let row = see(&stage, card).await;
        let seen = Some(Seen { state: row.state, owner: row.owner_id });
        press_card(app, &of_sato, card, &Act::Take, seen).await.unwrap();
        assert_eq!(see(&stage, card).await.owner.as_deref(), Some("sato"), "{on:?}");

        let close = Act::Close(Closing::with(Outcome::Solved, "話せた"));
        press_card(app, &of_sato, card, &close, None).await.unwrap();
        let twice = press_card(app, &of_sato, card, &close, None).await.unwrap();
        assert!(matches!(twice, Pressed::Done { is_new: false, batch: Some(_), .. }), "{on:?}: {twice:?}");
        let Pressed::Meanwhile(now) = press_card(app, &of_tanaka, card, &Act::Wait, None).await.unwrap() else {
            panic!("{on:?}: it is closed")
        };
        assert_eq!(
            (now.state, now.who.as_deref(), now.outcome),
            (CardState::Closed, Some("sato"), Some(Outcome::Solved))
        );

        plays::reopen_card(app, &of_sato, card).await.unwrap();
        plays::join_card(app, &of_sato, card, tanaka.staff).await.unwrap();
        plays::part_card(app, &of_sato, card, tanaka.staff).await.unwrap();
        plays::part_card(app, &of_sato, card, tanaka.staff).await.unwrap();
        let steps = plays::open_card(app, stage.workspace, card).await.unwrap().steps;
        assert_eq!(steps.iter().filter(|s| s.step == "parted").count(), 1, "{on:?}");
    }
}

#[tokio::test]
async fn whoever_is_given_cards_is_told_and_only_who_may_work_gets_them() {
    for on in BOTH {
        let (stage, sato) = set(on, &["a", "b", "c"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        let other = stage.staff("other", Role::Other).await.viewer;
        let audit = stage.staff("audit", Role::Audit).await.viewer;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let (app, grant) = (&stage.app, work(&sato));
        let ids: Vec<_> = risks(&stage).await.into_iter().map(|c| c.id).collect();
        let mut schedule = Schedule::default();
        press(&stage, &grant, ids[0], &Act::Hand(Some(tanaka.staff))).await;
        plays::change_cards(app, &grant, &ids[1..], &Act::Hand(Some(tanaka.staff))).await.unwrap();
        // One's own deeds are no news.
        press(&stage, &work(&tanaka), ids[0], &Act::Hand(Some(sato.staff))).await;
        press(&stage, &work(&tanaka), ids[0], &Act::Hand(Some(tanaka.staff))).await;
        schedule.turn(app, stage.workspace).await.unwrap();
        let mut told = notices(&stage, &tanaka).await;
        told.sort();
        assert_eq!(told.len(), 2, "{on:?}: one for one, and one for two: {told:?}");
        assert!(told.iter().any(|t| t.contains("2枚")) && told.iter().all(|t| t.contains("sato")), "{on:?}: {told:?}");

        let unfit = Refused::Field { field: "owner", reason: "may-not-work" };
        for who in [&other, &audit] {
            let to = Act::Hand(Some(who.staff));
            assert_eq!(refused(press_card(app, &grant, ids[0], &to, None).await), unfit, "{on:?}");
            assert_eq!(refused(plays::change_cards(app, &grant, &ids, &to).await), unfit, "{on:?}");
            let helper = plays::join_card(app, &grant, ids[0], who.staff).await;
            assert_eq!(refused(helper), Refused::Field { field: "staff", reason: "may-not-work" }, "{on:?}");
        }
        // Other departments read and comment.
        let word = permit(&other, Action::Comment).unwrap();
        plays::note_card(app, &word, ids[0], "経理から: 請求は止めています").await.unwrap();
        assert!(matches!(permit(&audit, Action::Comment), Err(Error::Refused(Refused::NotAllowed))));

        leave_staff(app, &stage.console(), other.staff).await.unwrap();
        let meant = plays::note_card(app, &grant, ids[0], "@other @だれか 見てください").await.unwrap();
        assert_eq!((meant.left.as_slice(), meant.unclear.len()), (["other".to_owned()].as_slice(), 1), "{on:?}");
    }
}

#[tokio::test]
async fn cards_made_by_hand_and_opened_again_have_limits_of_their_own() {
    for on in BOTH {
        let (stage, sato) = set(on, &["a"]).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer;
        let (app, grant) = (&stage.app, work(&sato));
        score_all(app, stage.workspace).await.unwrap();
        let risk = risks(&stage).await.remove(0);
        press(&stage, &grant, risk.id, &Act::Close(Closing::with(Outcome::Solved, "話せた"))).await;
        let new = NewByHand {
            customer: risk.customer_id.unwrap(),
            kind: CardKind::Risk,
            what: "担当者の異動を確かめる".into(),
            due: "2026-11-03".parse().unwrap(),
            owner: Some(tanaka.staff),
            press: Press::High,
        };
        let made = plays::add_card(app, &grant, &new).await.unwrap();
        let doubled = plays::reopen_card(app, &grant, risk.id).await;
        assert_eq!(refused(doubled), Refused::Field { field: "card", reason: "has-successor" }, "{on:?}");
        // 3 November is a holiday: the business day before.
        let row = see(&stage, made.card()).await;
        assert_eq!((made.day, row.due_day), (Some(row.due_day), "2026-11-02".parse().unwrap()), "{on:?}");
        assert_eq!(row.limit.map(|(limit, _)| limit), Some(Late::Answer), "{on:?}: like any risk");
        Schedule::default().turn(app, stage.workspace).await.unwrap();
        assert_eq!(notices(&stage, &tanaka).await.len(), 1, "{on:?}: whoever gets it is told");
        press(&stage, &work(&tanaka), made.card(), &Act::Take).await;
        let close = Act::Close(Closing::with(Outcome::Unsolved, "返事なし"));
        press(&stage, &work(&tanaka), made.card(), &close).await;
        stage.go_to("2027-03-01");
        plays::reopen_card(app, &grant, made.card()).await.unwrap();
        let row = see(&stage, made.card()).await;
        let (limit, at) = row.limit.unwrap();
        assert!(row.late.is_none() && limit == Late::Closing && at > app.now(), "{on:?}: it begins now: {limit:?}");
    }
}

#[tokio::test]
async fn days_are_business_days_before_the_notice_deadline_of_a_key_account() {
    for on in BOTH {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "key"];
        let (stage, sato) = set(on, &names).await;
        for name in names {
            sign_until(&stage, name, if name == "key" { 900_000 } else { 1_000 }, "2026-12-31").await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let (app, grant) = (&stage.app, work(&sato));
        let cards = risks(&stage).await;
        let id = |name: &str| cards.iter().find(|c| c.subject == name).unwrap().id;
        let deadline = cards[0].notice_on.unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();

        // A Saturday: due on Friday; put off until Sunday: back on Monday.
        let moved = press_card(app, &grant, id("a"), &Act::Move(day("2026-11-07")), None).await.unwrap();
        assert!(
            matches!(moved, Pressed::Done { day: Some(d), is_past: false, .. } if d == day("2026-11-06")),
            "{moved:?}"
        );
        assert_eq!(see(&stage, id("a")).await.due_day, day("2026-11-06"), "{on:?}");
        let off = Act::Snooze(day("2026-11-08"), String::new());
        let put = press_card(app, &grant, id("a"), &off, None).await.unwrap();
        assert!(matches!(put, Pressed::Done { day: Some(d), .. } if d == day("2026-11-09")), "{put:?}");
        assert_eq!(see(&stage, id("a")).await.snoozed_until, Some(day("2026-11-09")), "{on:?}");

        let after = deadline.plus(7);
        let late = press_card(app, &grant, id("key"), &Act::Move(after), None).await;
        assert_eq!(refused(late), Refused::Field { field: "due", reason: "due-deadline" }, "{on:?}");
        let warned = press_card(app, &grant, id("b"), &Act::Move(after), None).await.unwrap();
        assert!(matches!(warned, Pressed::Done { is_past: true, .. }), "{on:?}: {warned:?}");
        let new = NewByHand {
            customer: cards.iter().find(|c| c.subject == "key").unwrap().customer_id.unwrap(),
            kind: CardKind::Activity,
            what: "面談する".into(),
            due: after,
            owner: None,
            press: Press::Middle,
        };
        let made = plays::add_card(app, &grant, &new).await;
        assert_eq!(refused(made), Refused::Field { field: "due", reason: "due-deadline" }, "{on:?}");

        // Of many, the others are done, and who was left out is told.
        let ids = [id("b"), id("c"), id("key")];
        for act in [Act::Snooze(after, String::new()), Act::Move(after.plus(7))] {
            let changed = plays::change_cards(app, &grant, &ids, &act).await.unwrap();
            assert_eq!(
                (changed.cards, changed.left, changed.held.as_slice()),
                (2, 0, [id("key")].as_slice()),
                "{on:?}"
            );
            assert_eq!(changed.past, 2, "{on:?}");
            assert_eq!(plays::list_subjects(app, stage.workspace, &changed.held).await.unwrap(), ["key"], "{on:?}");
            // Once more is the same, and the same way takes it back.
            let twice = plays::change_cards(app, &grant, &ids, &act).await.unwrap();
            assert_eq!(twice.batch, changed.batch, "{on:?}");
        }
        let only = plays::change_cards(app, &grant, &[id("key")], &Act::Move(after)).await;
        assert_eq!(refused(only), Refused::Field { field: "due", reason: "due-deadline" }, "{on:?}");
    }
}
