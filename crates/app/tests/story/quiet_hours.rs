//! What cannot wait says what, until when and who; it waits for working hours on its way out, and nobody's is told to those who lead.

use kizashi_app::access::{Action, Role, Viewer, leave_staff, permit};
use kizashi_app::notices::{
    Content, Errand, Instant, Message, NoticeRow, Smtp, To, Tried, Wish, keep_smtp, keep_tried, keep_wish,
    list_notices, take_errands, tell_causes, write_digests,
};
use kizashi_app::plays::{self, CardQuery};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::secrets::Secret;
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_domain::calendar::Hours;
use kizashi_domain::id::{Card, Id};
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::intake::{Record, TicketRow};
use kizashi_testkit::{On, Stage};

use crate::BOTH;
use crate::notices::{falling, keep};

const MINUTE_US: i64 = 60_000_000;

async fn set(on: On) -> (Stage, Viewer) {
    let (stage, viewer) = falling(on).await;
    let smtp = Smtp {
        host: "smtp.shiken.example".into(),
        port: 587,
        guarded: Some(Guarded::StartTls),
        from: "kizashi@shiken.example".into(),
        ..Smtp::default()
    };
    keep_smtp(&stage.app, &stage.console(), smtp, Some(&Secret::new("pass".into()))).await.unwrap();
    tell_causes(&stage.app, stage.workspace).await.unwrap();
    (stage, viewer)
}

/// The clock shows a time of a day.
fn go_to(stage: &Stage, at: &str) {
    stage.clock.set(stage.zone.instant(at.parse().unwrap()).unwrap());
}

async fn cancel(stage: &Stage, id: &str) {
    let ticket = TicketRow {
        external_id: id.into(),
        customer: "falling".into(),
        opened_at: stage.app.now(),
        subject: Some("解約の手続きについて".into()),
        body: Some("解約したいので、手続きを教えてください。".into()),
        ..TicketRow::default()
    };
    keep(stage, Record::Ticket(ticket)).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    stage.clock.set(stage.app.now().plus_us(1_000_000));
}

async fn instants(stage: &Stage, viewer: &Viewer) -> Vec<(NoticeRow, Instant)> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let read = |row: NoticeRow| match row.content.clone() {
        Content::Instant(instant) => Some((row, instant)),
        _ => None,
    };
    rows.into_iter().filter_map(read).collect()
}

/// Addresses to which something went, told that it arrived.
async fn send(stage: &Stage, tried: &Tried) -> Vec<String> {
    let mut went = Vec::new();
    for errand in take_errands(&stage.app, stage.workspace).await.unwrap() {
        let Errand { to: To::Mail { address, .. }, .. } = &errand else { panic!() };
        assert!(matches!(&errand.message, Message::Notice(_)));
        went.push(address.clone());
        keep_tried(&stage.app, stage.workspace, &errand, tried).await.unwrap();
    }
    went.sort();
    went
}

async fn card(stage: &Stage) -> Id<Card> {
    let query = CardQuery { rows: 50, ..CardQuery::default() };
    plays::list_cards(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id
}

async fn mean(stage: &Stage, who: &Viewer, text: &str) {
    let grant = permit(who, Action::Work).unwrap();
    plays::note_card(&stage.app, &grant, card(stage).await, text).await.unwrap();
    Schedule::default().turn(&stage.app, stage.workspace).await.unwrap();
}

#[tokio::test]
async fn what_is_told_at_once_says_what_until_when_and_by_whom() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        stage.clock.set(app.now().plus_us(30 * MINUTE_US));
        cancel(&stage, "T1").await;
        assert_eq!(tell_causes(app, ws).await.unwrap(), 1, "{on:?}");
        let (row, instant) = instants(&stage, &viewer).await.remove(0);
        let shown = plays::open_card(app, ws, row.card.unwrap()).await.unwrap().row;
        assert_eq!((instant.due, instant.owner.as_str()), (Some(shown.due_day), "sato"), "{on:?}");
        assert!(!instant.what.is_empty() && instant.what == shown.what, "{on:?}: {instant:?}");
        // A word on a card carries what the card asks for.
        let other = stage.staff("mori", Role::Manager).await.viewer;
        mean(&stage, &viewer, "@mori 見てください").await;
        let (_, meant) = instants(&stage, &other).await.remove(0);
        assert_eq!((meant.text.ja.as_str(), meant.owner.as_str()), ("@mori 見てください", "sato"), "{on:?}");
        assert!(meant.due.is_some() && !meant.what.is_empty(), "{on:?}");

        // Whoever sees everybody's cards reads whose each is.
        stage.go_to("2026-11-24");
        write_digests(app, ws).await.unwrap();
        for (who, owner) in [(&viewer, None), (&other, Some("sato"))] {
            let (rows, _) = list_notices(app, who, None).await.unwrap();
            let Content::Digest(digest) = &rows[0].content else { panic!() };
            assert_eq!(digest.cards[0].owner.as_deref(), owner, "{on:?}");
        }
    }
}

#[tokio::test]
async fn what_belongs_to_somebody_who_left_is_told_to_all_who_lead() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let admin = stage.staff("kanri", Role::Admin).await.viewer;
        let leads =
            [stage.staff("mori", Role::Manager).await.viewer, stage.staff("hayashi", Role::Manager).await.viewer];
        leave_staff(app, &stage.console(), viewer.staff).await.unwrap();
        stage.clock.set(app.now().plus_us(30 * MINUTE_US));
        cancel(&stage, "T1").await;
        assert_eq!(tell_causes(app, ws).await.unwrap(), 2, "{on:?}");
        assert_eq!(tell_causes(app, ws).await.unwrap(), 0, "{on:?}: once");
        for lead in &leads {
            let told = instants(&stage, lead).await;
            assert_eq!((told.len(), told[0].1.owner.as_str()), (1, ""), "{on:?}: it is nobody's now");
        }
        assert!(instants(&stage, &admin).await.is_empty(), "{on:?}: there are managers");
        assert_eq!(send(&stage, &Tried::Sent).await, ["hayashi@shiken.example", "mori@shiken.example"], "{on:?}");
    }
}

#[tokio::test]
async fn a_night_and_a_weekend_hold_what_goes_out_and_nothing_is_lost_or_comes_twice() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let wakeful = stage.staff("mori", Role::Manager).await.viewer;
        keep_wish(app, &wakeful, Wish { any_hour: true, ..Wish::default() }).await.unwrap();
        // In the last minute of Friday it goes, and the server does not answer until work is over.
        go_to(&stage, "2026-11-20T17:59");
        mean(&stage, &wakeful, "@sato 夕方").await;
        assert_eq!(send(&stage, &Tried::Later("connect", None)).await.len(), 1, "{on:?}");
        go_to(&stage, "2026-11-20T18:05");
        assert!(send(&stage, &Tried::Sent).await.is_empty(), "{on:?}: the next try is held too");

        // Three in the night: in the product at once, outside in the morning; whoever wishes so is told at once.
        go_to(&stage, "2026-11-21T03:00");
        cancel(&stage, "T1").await;
        assert_eq!(tell_causes(app, ws).await.unwrap(), 1, "{on:?}");
        mean(&stage, &viewer, "@mori 夜中").await;
        assert_eq!(instants(&stage, &viewer).await.len(), 2, "{on:?}: the product has it");
        assert_eq!(send(&stage, &Tried::Sent).await, ["mori@shiken.example"], "{on:?}");
        let opens = stage.zone.instant("2026-11-24T09:00".parse().unwrap()).unwrap();
        let held = |told: &[(NoticeRow, Instant)]| {
            told.iter().flat_map(|(row, _)| &row.postings).filter(|p| p.state == "waiting" && p.due_at == opens).count()
        };
        assert_eq!(held(&instants(&stage, &viewer).await), 2, "{on:?}: it is told when it will go");

        for at in ["2026-11-21T10:00", "2026-11-22T10:00", "2026-11-23T10:00", "2026-11-24T08:59"] {
            go_to(&stage, at);
            tell_causes(app, ws).await.unwrap();
            assert!(send(&stage, &Tried::Sent).await.is_empty(), "{on:?} {at}");
        }
        // The digest of the morning is not held.
        assert!(write_digests(app, ws).await.unwrap() >= 1, "{on:?}");
        assert!(send(&stage, &Tried::Sent).await.contains(&"sato@shiken.example".to_owned()), "{on:?}");
        go_to(&stage, "2026-11-24T09:00");
        tell_causes(app, ws).await.unwrap();
        assert_eq!(send(&stage, &Tried::Sent).await, ["sato@shiken.example"; 2], "{on:?}: both, in the morning");
        for at in ["2026-11-24T09:05", "2026-11-24T18:30", "2026-11-25T09:00"] {
            go_to(&stage, at);
            tell_causes(app, ws).await.unwrap();
            assert!(send(&stage, &Tried::Sent).await.is_empty(), "{on:?} {at}: once");
        }
    }
}

#[tokio::test]
async fn who_wants_it_at_any_hour_gets_what_was_held_and_who_leaves_over_the_weekend_loses_nothing() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let lead = stage.staff("mori", Role::Manager).await.viewer;
        go_to(&stage, "2026-11-21T03:00");
        mean(&stage, &lead, "@sato 一つ目").await;
        assert!(send(&stage, &Tried::Sent).await.is_empty(), "{on:?}");
        keep_wish(app, &viewer, Wish { any_hour: true, ..Wish::default() }).await.unwrap();
        assert_eq!(send(&stage, &Tried::Sent).await, ["sato@shiken.example"], "{on:?}: what was held goes");
        keep_wish(app, &viewer, Wish::default()).await.unwrap();
        mean(&stage, &lead, "@sato 二つ目").await;
        leave_staff(app, &stage.console(), viewer.staff).await.unwrap();
        go_to(&stage, "2026-11-24T09:00");
        for _ in 0..3 {
            send(&stage, &Tried::Sent).await;
        }
        let told = instants(&stage, &lead).await;
        assert_eq!(told.len(), 1, "{on:?}: {told:?}");
        assert_eq!(told[0].1.text.ja, "@sato 二つ目", "{on:?}: what had not reached them");
        assert!(told[0].0.postings.iter().all(|p| p.state == "sent"), "{on:?}");
        assert_eq!(tell_causes(app, ws).await.unwrap(), 0, "{on:?}");
    }
}

#[tokio::test]
async fn what_is_held_goes_as_soon_as_working_hours_say_so_also_when_these_were_changed_meanwhile() {
    for on in BOTH {
        let (stage, _) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let lead = stage.staff("mori", Role::Manager).await.viewer;
        go_to(&stage, "2026-11-24T07:00");
        mean(&stage, &lead, "@sato 早朝").await;
        assert!(send(&stage, &Tried::Sent).await.is_empty(), "{on:?}: work begins at nine");
        let settings = open_settings(app, ws).await.unwrap();
        let mut pack = settings.pack.clone();
        pack.calendar.hours = Hours::of(7 * 60, 16 * 60).unwrap();
        keep_pack(app, &stage.console(), settings.version, &pack, "早番").await.unwrap();
        go_to(&stage, "2026-11-24T07:05");
        assert_eq!(send(&stage, &Tried::Sent).await, ["sato@shiken.example"], "{on:?}");
    }
}
