use kizashi_app::Refused;
use kizashi_app::access::{Action, Grant, Role, permit};
use kizashi_app::customers::note_activity;
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::books::{self, Hindrance, Origin};
use kizashi_app::plays::{self, CardQuery, Outcome};
use kizashi_app::schedule::score_all;
use kizashi_app::settings::{keep_settings, open_settings, restore_version, stamp_plays};
use kizashi_domain::intake::{ContactRow, CustomerRow, Record};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::Pack;
use kizashi_domain::plays::{Advice, Bound, Doing, Kind, Mode, OnTimeout, Purpose, Step, Until};
use kizashi_domain::signals::{CardKind, Side};
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in, refused};

const TODAY: &str = "2026-10-30";
const OTHERS: [&str; 4] = [
    include_str!("../../../../packs/start.toml"),
    include_str!("../../../../packs/bpo.toml"),
    include_str!("../../../../packs/callcenter.toml"),
    include_str!("../../../../packs/jichitai.toml"),
];

fn customer(id: &str, stage: &str, since: &str) -> Record {
    Record::Customer(CustomerRow {
        external_id: id.to_owned(),
        name: Some(format!("{id}商事")),
        stage: Some(stage.to_owned()),
        since: Some(since.parse().unwrap()),
        owner: Some("sato@shiken.example".to_owned()),
        ..CustomerRow::default()
    })
}

async fn keep(stage: &Stage, records: Vec<Record>) {
    let at = stage.app.now();
    let records: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
}

/// Some customers whose logins fell three weeks ago, and one that goes on.
async fn set(on: On, falling: &[&str]) -> (Stage, Grant, Grant) {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let csm = stage.staff("sato", Role::Csm).await.viewer;
    let boss = stage.staff("boss", Role::Manager).await.viewer;
    let grants = (permit(&csm, Action::Work).unwrap(), permit(&boss, Action::Configure).unwrap());
    let today = stage.today().0;
    for id in falling.iter().chain([&"steady"]) {
        keep(&stage, vec![customer(id, "adoption", "2025-04-01")]).await;
        let until = if *id == "steady" { 1 } else { 22 };
        log_in(&stage, id, today - 150..=today - until, 10).await;
        if until > 1 {
            log_in(&stage, id, today - 21..=today - 1, 1).await;
        }
    }
    (stage, grants.0, grants.1)
}

#[test]
fn the_plays_of_every_pack_hold_and_are_written_in_both_languages() {
    for text in OTHERS.iter().chain([&SAAS]) {
        let pack = Pack::parse(text).unwrap();
        assert!(pack.plays.len() >= 3, "{}", pack.id);
        assert!(pack.plays.iter().any(|p| p.start.is_some()), "{}: something begins with a stage", pack.id);
        for play in &pack.plays {
            assert!(play.steps.len() >= 3, "{} {}", pack.id, play.id);
            for text in play.steps.iter().map(|s| &s.title).chain([&play.title, &play.what]) {
                assert!(!text.ja.is_empty() && !text.en.is_empty(), "{} {}: {text:?}", pack.id, play.id);
            }
            // What ships is for people to do or to confirm: nothing is automatic before anybody has looked.
            assert!(play.steps.iter().all(|s| s.mode != Mode::Auto), "{} {}", pack.id, play.id);
        }
        assert_eq!(Pack::parse(&pack.to_toml()).unwrap(), pack, "{}", pack.id);
    }
}

#[tokio::test]
async fn a_draft_is_written_by_several_published_with_its_reason_and_taken_back() {
    for on in BOTH {
        let (stage, csm, boss) = set(on, &[]).await;
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let title = Text::new("うちの立て直し", "");
        let id = books::begin_book(&stage.app, &csm, &Origin::Copy("usage_recovery".into(), title)).await.unwrap();
        let open = books::open_book(&stage.app, &settings, &id).await.unwrap();
        assert_eq!(open.book.play.title.en, "うちの立て直し", "one language serves for both at first");
        assert!(open.published.is_none() && open.book.signals.is_empty());

        // Unfinished work is kept; it only cannot be published.
        let mut book = open.book.clone();
        book.play.steps.push(Step::task("late", Text::default(), Text::default()));
        book.signals.push("logins_falling".into());
        let second = books::keep_book(&stage.app, &csm, &id, open.revision, &book).await.unwrap();
        assert_eq!(refused(books::keep_book(&stage.app, &boss, &id, open.revision, &book).await), Refused::Changed);
        let open = books::open_book(&stage.app, &settings, &id).await.unwrap();
        let hindrance = books::find_hindrance(&stage.app, &settings, &open).await.unwrap();
        assert!(matches!(hindrance, Some(Hindrance::Fault(f)) if f.key == "title"), "{on:?}");
        let early = books::publish_book(&stage.app, &boss, &id, (1, second), "早い").await;
        assert!(matches!(refused(early), Refused::Settings(_)));

        book.play.steps.pop();
        let third = books::keep_book(&stage.app, &csm, &id, second, &book).await.unwrap();
        let publish = async |of, comment: &str| books::publish_book(&stage.app, &boss, &id, of, comment).await;
        assert_eq!(refused(publish((1, second), "古い").await), Refused::Changed, "another one was rehearsed");
        assert_eq!(refused(publish((1, third), " ").await), Refused::Field { field: "comment", reason: "required" });
        let said = publish((1, third), "自社の進め方にする").await.unwrap();
        assert!(said.iter().any(|d| d.subject.ja.contains("ログインが減っています")), "{said:?}");
        let after = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(after.pack.rule("logins_falling").unwrap().play.as_deref(), Some(id.as_str()));
        assert_eq!(after.pack.rule("score_red").unwrap().play.as_deref(), Some("usage_recovery"), "others stay");
        let open = books::open_book(&stage.app, &after, &id).await.unwrap();
        assert!(open.draft.is_none() && open.published.is_some());
        assert_eq!(
            refused(publish((2, 0), "もう一度").await),
            Refused::Field { field: "document", reason: "nothing-changed" }
        );

        // A draft that says what is published is none.
        let kept = books::keep_book(&stage.app, &csm, &id, 0, &open.book).await.unwrap();
        assert_eq!(kept, 0);
        let stamp = stamp_plays(&after.pack, &settings.pack).unwrap_or_default();
        restore_version(&stage.app, &boss, 2, 1, ("版1に戻す", &stamp)).await.unwrap();
        let back = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(back.pack, settings.pack, "{on:?}");
        assert_eq!(refused(books::open_book(&stage.app, &back, &id).await.map(|_| ())), Refused::NotFound);
    }
}

#[tokio::test]
async fn what_nobody_has_tried_is_automated_only_when_somebody_says_that_they_looked() {
    for on in BOTH {
        let (stage, csm, boss) = set(on, &[]).await;
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut book = books::open_book(&stage.app, &settings, "next_champion").await.unwrap().book;
        let mail = book.play.steps.iter_mut().find(|s| s.kind() == Kind::Mail).unwrap();
        mail.mode = Mode::Auto;
        let step = mail.id.clone();
        let first = books::keep_book(&stage.app, &csm, "next_champion", 0, &book).await.unwrap();
        let early = books::publish_book(&stage.app, &boss, "next_champion", (1, first), "自動にする").await;
        assert_eq!(refused(early), Refused::Field { field: "mode", reason: "play-auto-too-soon" }, "{on:?}");
        book.looked_at.push(step);
        let second = books::keep_book(&stage.app, &csm, "next_champion", first, &book).await.unwrap();
        books::publish_book(&stage.app, &boss, "next_champion", (1, second), "確かめた").await.unwrap();
    }
}

#[tokio::test]
async fn a_rehearsal_tells_whom_a_play_would_have_met_and_what_it_would_have_asked_and_sent() {
    for on in BOTH {
        let (stage, ..) = set(on, &["falling"]).await;
        let person = ContactRow {
            external_id: "p1".into(),
            customer: "falling".into(),
            name: Some("高橋".into()),
            role: Some("champion".into()),
            email: Some("takahashi@falling.example".into()),
            ..ContactRow::default()
        };
        keep(&stage, vec![Record::Contact(person)]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        stage.go_to("2026-11-02");
        keep(&stage, vec![customer("young", "onboarding", "2026-10-05"), customer("old", "onboarding", "2024-01-01")])
            .await;
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let rehearse =
            async |book: &books::Book| books::rehearse(&stage.app, &settings, book, Some((1, 30))).await.unwrap();
        let mut book = books::open_book(&stage.app, &settings, "usage_recovery").await.unwrap().book;
        let letter = Doing::Mail {
            to: "champion".into(),
            purpose: Purpose::Tips,
            subject: Text::new("{customer}様へ", "To {customer}"),
            body: Text::new("{person}様 {owner}です", "Dear {person}, {owner}"),
        };
        for id in ["mail_1", "mail_2"] {
            let mut step = Step::task(id, Text::new("送る", "Send"), Text::default());
            (step.doing, step.mode, step.due_business_days) = (letter.clone(), Mode::Semi, Some(1));
            book.play.steps.insert(1, step);
        }
        let found = rehearse(&book).await;
        assert_eq!((found.meetings, found.customers, found.running), (1, 1, 1), "{on:?}: {:?}", found.met);
        assert_eq!(found.met[0].name, "falling商事");
        assert_eq!(found.met[0].owner.as_ref().map(|o| (o.name.as_str(), o.has_left)), Some(("sato", false)));
        assert!(found.tasks >= 5 && found.loads[0].tasks == found.tasks, "{:?}", found.loads);
        assert_eq!((found.letters, found.held.by_pressure), (2, 1), "one of two within a month");
        assert_eq!(found.examples[0].subject, "falling商事様へ");
        assert_eq!(found.examples[0].body, "高橋様 satoです");
        assert_eq!(found.weeks.iter().map(|w| w.1).sum::<usize>(), 1);

        // For others only: nobody is met, and the reason is told.
        book.play.audience.stages = vec!["expansion".into()];
        let none = rehearse(&book).await;
        assert_eq!((none.meetings, none.tasks), (0, 0));
        assert_eq!(none.left_out.iter().map(|(why, _)| *why).collect::<Vec<_>>(), ["not-meant"]);

        // By a stage: who came to it within the quarter, not who has long been in it.
        let start = books::open_book(&stage.app, &settings, "onboarding").await.unwrap().book;
        let names: Vec<_> = rehearse(&start).await.met.into_iter().map(|m| (m.name, m.day.to_string())).collect();
        assert!(names.contains(&("young商事".to_owned(), "2026-10-05".to_owned())), "{on:?}: {names:?}");
        assert!(names.iter().all(|(name, _)| name != "old商事" && name != "falling商事"), "{on:?}: {names:?}");
    }
}

#[tokio::test]
async fn work_done_three_times_in_the_same_way_is_proposed_and_becomes_a_draft() {
    for on in BOTH {
        let (stage, csm, _) = set(on, &["f1", "f2", "f3"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = CardQuery { rows: 50, ..CardQuery::default() };
        let cards = plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows;
        let risks: Vec<_> = cards.iter().filter(|c| c.kind == CardKind::Risk).collect();
        assert_eq!(risks.len(), 3, "{on:?}");
        stage.go_to("2026-11-02");
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        assert!(books::list_proposals(&stage.app, &settings).await.unwrap().is_empty());
        for card in &risks {
            for kind in ["call", "meeting"] {
                note_activity(&stage.app, &csm, card.customer_id.unwrap(), kind, "理由を聞く").await.unwrap();
            }
            plays::close_card(&stage.app, &csm, card.id, Outcome::Solved, "勉強会で戻った").await.unwrap();
        }
        let list = books::list_proposals(&stage.app, &settings).await.unwrap();
        assert_eq!(list.len(), 1, "{on:?}: {list:?}");
        let one = &list[0].repeated;
        assert_eq!((one.times, one.of, one.complete, one.solved, one.advice), (3, 3, 3, 3, Advice::Ready));
        assert_eq!(one.did, ["call", "meeting"]);
        let origin = Origin::Repeated(one.rule.clone());
        let id = books::begin_book(&stage.app, &csm, &origin).await.unwrap();
        let open = books::open_book(&stage.app, &settings, &id).await.unwrap();
        let titles: Vec<_> = open.book.play.steps.iter().map(|s| s.title.ja.as_str()).collect();
        assert_eq!(titles, ["電話する", "面談する"], "{on:?}");
        let title = &open.book.play.title.ja;
        assert!(title.starts_with('「') && title.ends_with("」への対応"), "{on:?}: {title}");
        assert_eq!(books::find_hindrance(&stage.app, &settings, &open).await.unwrap(), None);

        // One card that went well, too; not an open one.
        let of_card = books::begin_book(&stage.app, &csm, &Origin::Card(risks[0].id)).await.unwrap();
        let open = books::open_book(&stage.app, &settings, &of_card).await.unwrap();
        let written = format!("{:?}", open.book);
        assert!(!written.contains("勉強会で戻った"), "{on:?}: the note is about one customer: {written}");
        assert_eq!(open.book.play.what, risks[0].what, "{on:?}");
        let reminder = books::find_reminder(&stage.app, stage.workspace, risks[0].id).await.unwrap().unwrap();
        assert_eq!((reminder.card, reminder.note.as_str()), (risks[0].id, "勉強会で戻った"), "{on:?}");
        assert_eq!(reminder.did.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["call", "meeting"]);
        plays::reopen_card(&stage.app, &csm, risks[0].id).await.unwrap();
        let none = books::find_reminder(&stage.app, stage.workspace, risks[0].id).await.unwrap();
        assert_eq!(none, None, "{on:?}: it is open");
        assert_eq!(refused(books::begin_book(&stage.app, &csm, &Origin::Card(risks[0].id)).await), Refused::NotFound);
        let rows = books::list_books(&stage.app, &settings).await.unwrap();
        assert_eq!(rows.iter().filter(|r| !r.is_published).count(), 2);
    }
}

#[tokio::test]
async fn a_rehearsal_judges_by_what_was_measured_on_the_day_and_known_by_its_end() {
    for on in BOTH {
        let (stage, ..) = set(on, &["falling"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        // One login a day for another week, and ten a day from the 6th on: today is nothing like the day on which the run would have asked.
        let from = |text: &str| text.parse::<Day>().unwrap().0;
        log_in(&stage, "falling", from("2026-10-30")..=from("2026-11-05"), 1).await;
        log_in(&stage, "falling", from("2026-11-06")..=from("2026-11-30"), 10).await;
        stage.go_to("2026-12-01");
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let mut book = books::open_book(&stage.app, &settings, "usage_recovery").await.unwrap().book;
        let step = |id: &str, doing: Doing| Step {
            doing,
            due_business_days: Some(1),
            ..Step::task(id, Text::new(id, id), Text::default())
        };
        let bound = || Bound { of: "logins_28d".into(), side: Side::Above, limit: 200.0 };
        book.play.steps = vec![
            step("call", Doing::Task),
            step("ask", Doing::Branch { when: bound(), yes: None, no: Some("team".into()) }),
            step("team", Doing::Task),
            step(
                "wait",
                Doing::Wait(Until::Holds { bound: bound(), timeout_business_days: 60, on_timeout: OnTimeout::GoOn }),
            ),
        ];
        let rehearse = async |book: &books::Book| books::rehearse(&stage.app, &settings, book, None).await.unwrap();
        let found = rehearse(&book).await;
        assert_eq!(found.meetings, 1, "{on:?}: {found:?}");
        let began = found.met[0].day;
        assert!(began < "2026-11-05".parse().unwrap(), "{on:?}: {began}");
        assert_eq!(found.tasks, 2, "{on:?}: then it was few, and the branch went to the team");
        // On the 24th there were 19 days of ten and 9 of one, on the 25th 20 and 8.
        assert_eq!(found.met[0].until.unwrap().to_string(), "2026-11-25", "{on:?}: {began}");

        // What came in late was not known then: the same days, told today, change nothing of what the run would have seen.
        let late = format!("{found:?}");
        let mut batch = kizashi_domain::intake::EventBatch::default();
        for n in 0..400 {
            let at = stage.zone.start_of(Day(from("2026-11-03"))).plus_us(n * 1_000_000);
            let id = format!("late/{n}");
            let event = crate::event(&id, "falling", "u0", "login", at);
            batch.push(kizashi_domain::intake::EventRef { received_at: stage.app.now(), ..event });
        }
        kizashi_app::intake::append_events(&stage.app, stage.workspace, "product", batch).await.unwrap();
        assert_eq!(format!("{:?}", rehearse(&book).await), late, "{on:?}");
    }
}

#[tokio::test]
async fn a_document_and_an_earlier_version_are_taken_when_somebody_saw_what_their_plays_would_have_done() {
    for on in BOTH {
        let (stage, _, boss) = set(on, &["falling"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let of = async |pack: &Pack| books::rehearse_changed(&stage.app, &settings, pack, None).await.unwrap();
        assert!(of(&settings.pack).await.is_empty(), "{on:?}: nothing about plays changed");
        let mut moved = settings.pack.clone();
        moved.metrics[0].title.ja.push('！');
        assert_eq!(stamp_plays(&settings.pack, &moved), None, "{on:?}: nothing is asked");

        // One play reads otherwise; nothing is computed of the others.
        let mut edited = settings.pack.clone();
        let play = edited.plays.iter_mut().find(|p| p.id == "usage_recovery").unwrap();
        play.due_business_days += 1;
        let told = of(&edited).await;
        let in_force = books::open_book(&stage.app, &settings, "usage_recovery").await.unwrap().book;
        let expected = books::rehearse(&stage.app, &settings, &in_force, None).await.unwrap();
        assert_eq!((told.len(), told[0].is_new), (1, false), "{on:?}");
        let seen = told[0].rehearsal.as_ref().unwrap();
        assert!(seen.customers > 0, "{on:?}: the customer that fell");
        assert_eq!(
            (seen.customers, seen.letters),
            (expected.customers, expected.letters),
            "{on:?}: as the editor says"
        );
        assert_eq!(seen.in_force.map(|(starts, _)| starts), Some(expected.meetings), "{on:?}");

        let document = edited.to_toml();
        let stamp = stamp_plays(&settings.pack, &edited).unwrap();
        let unseen = Refused::Field { field: "rehearsed", reason: "rehearse-first" };
        for wrong in ["", "1", "0123"] {
            let kept = keep_settings(&stage.app, &boss, Some(1), &document, ("期限を延ばす", wrong)).await;
            assert_eq!(refused(kept), unseen, "{on:?} {wrong}");
        }
        // What was seen is this change and no other.
        let mut other = edited.clone();
        other.plays.iter_mut().find(|p| p.id == "usage_recovery").unwrap().due_business_days += 5;
        let kept = keep_settings(&stage.app, &boss, Some(1), &other.to_toml(), ("期限を延ばす", &stamp)).await;
        assert_eq!(refused(kept), unseen, "{on:?}");
        keep_settings(&stage.app, &boss, Some(1), &document, ("期限を延ばす", &stamp)).await.unwrap();

        assert_eq!(refused(restore_version(&stage.app, &boss, 2, 1, ("版1に戻す", "")).await), unseen, "{on:?}");
        let stamp = stamp_plays(&edited, &settings.pack).unwrap();
        restore_version(&stage.app, &boss, 2, 1, ("版1に戻す", &stamp)).await.unwrap();
        assert_eq!(open_settings(&stage.app, stage.workspace).await.unwrap().pack, settings.pack, "{on:?}");
    }
}
