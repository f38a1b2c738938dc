use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{CustomerPage, LearnedKind, ListQuery, Moment, list_customers, note_felt, open_customer};
use kizashi_app::health::{NewOverride, end_override, keep_override, list_overrides};
use kizashi_app::intake::{Received, append_events, keep_records};
use kizashi_app::measure::{Which, load_subjects};
use kizashi_app::schedule::{score_all, score_dirty};
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ContractRow, CustomerRow, EventBatch, Record};
use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, event, log_in, refused};

/// A customer of ten seats with `users` people at work every day until yesterday, scored.
async fn set(on: On, today: &str, users: usize) -> (Stage, Id<Customer>) {
    let stage = Stage::set(on, SAAS, today).await;
    let row = CustomerRow {
        external_id: "a".to_owned(),
        name: Some("青葉商事".to_owned()),
        stage: Some("adoption".to_owned()),
        since: Some("2025-04-01".parse().unwrap()),
        figures: vec![("seats".to_owned(), 10.0), ("felt".to_owned(), 4.0)],
        as_of: Some("2025-04-01".parse().unwrap()),
        ..CustomerRow::default()
    };
    let received = [Received { at: stage.app.now(), assumed: true, record: Record::Customer(row) }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    let now = stage.today().0;
    log_in(&stage, "a", now - 200..=now - 1, users).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let page =
        list_customers(&stage.app, stage.workspace, &ListQuery { rows: 5, ..ListQuery::default() }).await.unwrap();
    let id = page.rows[0].id;
    (stage, id)
}

async fn open(stage: &Stage, id: Id<Customer>, as_of: Option<Day>) -> CustomerPage {
    let moment = Moment { as_of, against: None };
    open_customer(&stage.app, stage.workspace, id, moment).await.unwrap()
}

fn points(page: &CustomerPage) -> Option<i32> {
    page.verdict.as_ref().and_then(kizashi_domain::health::Verdict::shown)
}

#[tokio::test]
async fn a_past_day_shows_what_was_known_then_and_says_what_was_learned_since() {
    for on in BOTH {
        let (stage, id) = set(on, "2026-10-30", 2).await;
        let then = stage.today();
        let seen = open(&stage, id, None).await;
        stage.go_to("2026-11-05");
        // Six more people were at work all the time; their feed was late.
        let mut late = EventBatch::default();
        for day in then.0 - 40..then.0 {
            let at = stage.zone.start_of(Day(day)).plus_us(36_000_000_000);
            for user in 2..8 {
                let (key, user) = (format!("late/{day}/{user}"), format!("u{user}"));
                let mut e = event(&key, "a", &user, "login", at);
                e.received_at = stage.app.now();
                late.push(e);
            }
        }
        append_events(&stage.app, stage.workspace, "product", late).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();

        let page = open(&stage, id, Some(then)).await;
        assert_eq!(points(&page), points(&seen), "{on:?}: what was said then is what was known then");
        let as_of = page.as_of.as_ref().unwrap();
        assert_eq!(as_of.stored.map(|s| s.points), Some(points(&seen).map(i64::from)));
        let again = as_of.again.as_ref().and_then(kizashi_domain::health::Verdict::shown);
        assert!(again > points(&seen), "{on:?}: {again:?} after {:?}", points(&seen));
        let change = as_of.relearned.as_ref().unwrap();
        assert_eq!(
            (change.customer, change.settings, change.overridden),
            (0, 0, 0),
            "the customer did not change on a past day"
        );
        assert_eq!(change.data, change.total);
        assert_eq!(Some(change.total), again.zip(points(&seen)).map(|(a, b)| a - b));
        let told: Vec<_> = as_of.learned.iter().map(|l| (l.kind, l.count)).collect();
        assert_eq!(told, [(LearnedKind::Usage, 240)]);
        // The history of now shows the day computed again beside what was known.
        let now = open(&stage, id, None).await;
        let kept = now.history.iter().find(|p| p.day == then).unwrap();
        assert_eq!((kept.points, kept.again), (points(&seen).map(i64::from), Some(again.map(i64::from))));
        assert!(now.as_of.is_none());
    }
}

#[tokio::test]
async fn a_customer_that_passes_to_the_next_model_is_not_told_as_a_change_of_settings() {
    for on in BOTH {
        // A Friday, three days before it has been a customer for 90 days.
        let (stage, id) = set(on, "2025-06-27", 5).await;
        let before = points(&open(&stage, id, None).await).unwrap();
        stage.go_to("2025-06-30");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let page = open(&stage, id, None).await;
        let change = page.change.as_ref().unwrap();
        assert_eq!(change.total, points(&page).unwrap() - before, "{on:?}");
        assert_eq!(change.settings, 0, "{on:?}: nobody set anything: {change:?}");
        assert_ne!(change.model, 0, "{on:?}: {change:?}");
        assert_eq!(change.customer + change.data + change.overridden + change.model, change.total);
        assert!(
            page.sentence.ja.contains("導入期のモデルから標準のモデルに移ったため"),
            "{on:?}: {}",
            page.sentence.ja
        );
        assert!(page.sentence.ja.contains("設定変更なし"), "{on:?}: {}", page.sentence.ja);
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let rows = open_today(&stage.app, &boss).await.unwrap().changes;
        assert_eq!(rows.first().map(|r| r.change.model), Some(change.model), "{on:?}: what today tells is the same");
    }
}

#[tokio::test]
async fn a_change_of_settings_is_told_apart_from_the_customer() {
    for on in BOTH {
        let (stage, id) = set(on, "2026-10-29", 5).await;
        let before = points(&open(&stage, id, None).await).unwrap();
        let yesterday = stage.today();
        stage.go_to("2026-10-30");
        let mut pack = open_settings(&stage.app, stage.workspace).await.unwrap().pack.clone();
        for measure in pack.models.iter_mut().flat_map(|m| &mut m.groups).flat_map(|g| &mut g.measures) {
            if measure.metric == "seat_use" {
                measure.curve = vec![(0.0, 0.0), (2.0, 100.0)];
            }
        }
        keep_pack(&stage.app, &stage.console(), 1, &pack, "席の使用率を厳しく").await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let page = open(&stage, id, None).await;
        let (change, now) = (page.change.as_ref().unwrap(), points(&page).unwrap());
        assert_eq!(change.total, now - before, "{on:?}: from the score that was shown");
        assert!(change.settings < 0, "{on:?}: {change:?}");
        assert_eq!(change.customer + change.data + change.overridden + change.settings, change.total);
        let old = page.under_old.as_ref().and_then(kizashi_domain::health::Verdict::shown).unwrap();
        assert_eq!(old + change.settings, now, "what it would be had nothing been set");
        // What the list keeps is the same split.
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let rows = open_today(&stage.app, &boss).await.unwrap().changes;
        assert_eq!(rows.first().map(|r| r.change.settings), Some(change.settings));
        // The past day is shown under its own settings.
        let past = open(&stage, id, Some(yesterday)).await;
        assert_eq!(points(&past), Some(before));
        let relearned = past.as_of.unwrap().relearned.unwrap();
        assert_eq!(relearned.settings, relearned.total, "{on:?}: no fact came late: {relearned:?}");
        assert!(relearned.settings < 0);
    }
}

#[tokio::test]
async fn a_persons_word_holds_for_a_while_over_the_computed_score() {
    for on in BOTH {
        let (stage, id) = set(on, "2026-10-30", 3).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let grant = permit(&boss, Action::Work).unwrap();
        let computed = points(&open(&stage, id, None).await).unwrap();
        let today = stage.today();
        let said = |points, days| NewOverride {
            points: Some(points),
            reason: "known_event".to_owned(),
            note: "担当交代で一時的".to_owned(),
            until: today.plus(days),
            ..NewOverride::default()
        };
        let field = |result| match refused(result) {
            Refused::Field { field, .. } => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(keep_override(&stage.app, &grant, id, said(120, 30)).await), "points");
        assert_eq!(field(keep_override(&stage.app, &grant, id, said(80, 91)).await), "until");
        let silent = NewOverride { note: " ".into(), ..said(80, 30) };
        assert_eq!(field(keep_override(&stage.app, &grant, id, silent).await), "note");
        keep_override(&stage.app, &grant, id, said(80, 10)).await.unwrap();
        assert_eq!(score_dirty(&stage.app, stage.workspace).await.unwrap(), 1);

        let page = open(&stage, id, None).await;
        let verdict = page.verdict.as_ref().unwrap();
        assert_eq!((verdict.points, verdict.computed, verdict.band), (80, computed, Band::Green), "{on:?}");
        assert_eq!(page.row.points, Some(80));
        assert_eq!(verdict.lines.iter().map(|l| l.points).sum::<i32>(), 80, "the lines still add up");
        let change = page.change.unwrap();
        assert_eq!(change.overridden, 80 - computed);
        assert!(open_today(&stage.app, &boss).await.unwrap().ending_overrides.is_empty(), "ten days are left");

        stage.go_to("2026-11-03");
        assert_eq!(open_today(&stage.app, &boss).await.unwrap().ending_overrides.len(), 1, "{on:?}: reminded");
        score_all(&stage.app, stage.workspace).await.unwrap();
        // A new word takes the place of the old one.
        keep_override(&stage.app, &grant, id, said(60, 10)).await.unwrap();
        assert_eq!(points(&open(&stage, id, None).await), Some(60));
        let all = list_overrides(&stage.app, stage.workspace, id).await.unwrap();
        assert_eq!(all.iter().map(|o| o.ended_at.is_some()).collect::<Vec<_>>(), [false, true]);
        assert_eq!(points(&open(&stage, id, Some(today)).await), Some(80), "what was said that day stays");

        end_override(&stage.app, &grant, all[0].id).await.unwrap();
        assert!(matches!(end_override(&stage.app, &grant, all[0].id).await, Err(Error::Refused(Refused::NotFound))));
        let after = open(&stage, id, None).await;
        assert!(after.verdict.unwrap().lines.iter().all(|l| l.kind != kizashi_domain::health::LineKind::Override));
    }
}

#[tokio::test]
async fn history_brought_in_bulk_counts_as_known_when_it_was_true_but_a_correction_does_not() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-20").await;
        let contract = |seats| {
            Record::Contract(ContractRow {
                external_id: "k1".into(),
                customer: "c1".into(),
                seats: Some(seats),
                amount: Some(Money::yen(1_200_000)),
                months: Some(12),
                start: Some("2026-04-01".parse().unwrap()),
                ..ContractRow::default()
            })
        };
        let keep = async |seats| {
            let received = [Received { at: stage.app.now(), assumed: true, record: contract(seats) }];
            keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
            load_subjects(&stage.app, stage.workspace, Which::All).await.unwrap().remove("c1").unwrap()
        };
        let june: Day = "2026-06-30".parse().unwrap();
        let seats = |s: &kizashi_app::measure::Subject, known: Option<Day>| {
            s.attributes.as_of("seats", june, known).map(|(v, _)| v)
        };
        let subject = keep(20).await;
        assert_eq!(seats(&subject, Some(june)), Some(20.0), "{on:?}");
        stage.go_to("2026-11-24");
        let corrected = keep(25).await;
        assert_eq!(seats(&corrected, None), Some(25.0));
        assert_eq!(seats(&corrected, Some(june)), Some(20.0), "{on:?}: nobody knew of the correction");
    }
}

#[tokio::test]
async fn a_felt_rating_alone_is_a_start_and_said_again_is_fresh_again() {
    for on in BOTH {
        let stage = Stage::set(on, include_str!("../../../../packs/start.toml"), "2026-06-01").await;
        let row = CustomerRow {
            external_id: "a".into(),
            since: Some("2026-01-05".parse().unwrap()),
            ..CustomerRow::default()
        };
        let received = [Received { at: stage.app.now(), assumed: false, record: Record::Customer(row) }];
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let id = list_customers(&stage.app, stage.workspace, &ListQuery { rows: 5, ..ListQuery::default() })
            .await
            .unwrap()
            .rows[0]
            .id;
        assert_eq!(points(&open(&stage, id, None).await), None, "{on:?}: nothing is known yet");
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        assert!(note_felt(&stage.app, &grant, id, 6).await.is_err());
        note_felt(&stage.app, &grant, id, 4).await.unwrap();
        assert_eq!(points(&open(&stage, id, None).await), Some(80), "{on:?}");
        stage.go_to("2026-07-25");
        note_felt(&stage.app, &grant, id, 4).await.unwrap();
        stage.go_to("2026-09-10");
        assert_eq!(points(&open(&stage, id, None).await), Some(80), "{on:?}: the same word, 47 days old and not 101");
        stage.go_to("2026-12-10");
        assert_eq!(points(&open(&stage, id, None).await), None, "{on:?}: an old feeling is no measurement");
    }
}

#[tokio::test]
async fn where_nothing_moved_since_the_last_business_day_today_tells_of_the_week() {
    for on in BOTH {
        let (stage, id) = set(on, "2026-10-30", 3).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let grant = permit(&boss, Action::Work).unwrap();
        let computed = i64::from(points(&open(&stage, id, None).await).unwrap());
        stage.go_to("2026-11-04");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let said = NewOverride {
            points: Some(computed - 20),
            reason: "known_event".to_owned(),
            note: "担当交代".to_owned(),
            until: stage.today().plus(30),
            ..NewOverride::default()
        };
        keep_override(&stage.app, &grant, id, said).await.unwrap();
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        let today = open_today(&stage.app, &boss).await.unwrap();
        assert_eq!((today.changes.len(), today.week.len()), (1, 0), "{on:?}: what is newer is told alone");

        stage.go_to("2026-11-06");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let today = open_today(&stage.app, &boss).await.unwrap();
        assert_eq!((today.changes.len(), today.week_from), (0, "2026-10-30".parse().unwrap()), "{on:?}");
        let told: Vec<_> = today.week.iter().map(|row| (row.id, row.points)).collect();
        assert_eq!(told, [(id, (computed, computed - 20))], "{on:?}");
        let (day, moved) = today.week[0].most.unwrap();
        assert_eq!((day, moved < 0), ("2026-11-04".parse().unwrap(), true), "{on:?}");
        let sato = stage.staff("sato", Role::Csm).await.viewer;
        assert!(open_today(&stage.app, &sato).await.unwrap().week.is_empty(), "{on:?}: of others' customers");

        stage.go_to("2026-11-12");
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert!(open_today(&stage.app, &boss).await.unwrap().week.is_empty(), "{on:?}: eight days ago");
    }
}
