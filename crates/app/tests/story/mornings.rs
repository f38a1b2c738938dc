//! What the morning's digest says and to whom, and how one that is longer than its chat takes is delivered.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::note_activity;
use kizashi_app::notices::{
    ChatKind, Content, Digest, Errand, Tried, Wish, add_address, count_unseen, keep_tried, keep_wish, list_lost,
    list_notice_cards, list_notices, make_calendar, open_calendar, take_errands, write_digests,
};
use kizashi_app::plays::{self, CardState};
use kizashi_app::schedule::score_all;
use kizashi_domain::intake::{ContractRow, CustomerRow, Record};
use kizashi_testkit::Stage;

use super::BOTH;
use super::notices::{falling, keep};

const HOUR_US: i64 = 3_600_000_000;

async fn digest_of(stage: &Stage, viewer: &kizashi_app::access::Viewer) -> Vec<Digest> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let digest = |content| match content {
        Content::Digest(digest) => Some(digest),
        _ => None,
    };
    rows.into_iter().filter_map(|row| digest(row.content)).collect()
}

#[tokio::test]
async fn a_message_that_is_shared_out_goes_part_by_part_and_none_is_doubled_or_lost() {
    for on in BOTH {
        let (stage, viewer) = falling(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let address = "https://hooks.chat.example/secret/T1";
        let place =
            add_address(app, &stage.console(), (ChatKind::LineWorks, "CS"), address, None, false).await.unwrap();
        keep_wish(app, &viewer, Wish { digest: vec![place.to_string()], ..Wish::default() }).await.unwrap();
        stage.go_to("2026-11-24");
        write_digests(app, ws).await.unwrap();
        let one = async || -> Option<Errand> {
            let mut errands = take_errands(app, ws).await.unwrap();
            assert!(errands.len() < 2, "{on:?}: one part after the other");
            errands.pop()
        };
        let whole = one().await.unwrap();
        assert_eq!(whole.piece, None);
        keep_tried(app, ws, &whole, &Tried::Shared(vec![2, 3, 1])).await.unwrap();

        let first = one().await.unwrap();
        let piece = |e: &Errand| e.piece.clone().map(|p| (p.nth, p.of, p.parts));
        assert_eq!(piece(&first), Some((1, 3, 0..2)), "{on:?}");
        assert!(one().await.is_none(), "{on:?}: the second waits for the first");
        // The process is killed here: the first may have gone, the others go.
        assert_eq!(list_lost(app, ws, true).await.unwrap(), 1);
        let second = one().await.unwrap();
        assert_eq!(piece(&second), Some((2, 3, 2..5)), "{on:?}");
        keep_tried(app, ws, &second, &Tried::Later("connect", None)).await.unwrap();
        assert!(one().await.is_none(), "{on:?}: the third waits for the second");
        stage.clock.set(app.now().plus_us(HOUR_US));
        let again = one().await.unwrap();
        assert_eq!(piece(&again), Some((2, 3, 2..5)), "{on:?}");
        keep_tried(app, ws, &again, &Tried::Sent).await.unwrap();
        let third = one().await.unwrap();
        assert_eq!(piece(&third), Some((3, 3, 5..6)), "{on:?}");
        keep_tried(app, ws, &third, &Tried::Sent).await.unwrap();
        assert!(one().await.is_none(), "{on:?}");
        let (rows, _) = list_notices(app, &viewer, None).await.unwrap();
        let states: Vec<_> = rows[0].postings.iter().map(|p| (p.part, p.state.as_str())).collect();
        assert_eq!(states, [((1, 3), "unclear"), ((2, 3), "sent"), ((3, 3), "sent")], "{on:?}");
    }
}

#[tokio::test]
async fn a_digest_says_what_somebody_has_begun_with_and_its_page_shows_the_cards_as_they_are() {
    for on in BOTH {
        let (stage, viewer) = falling(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let grant = permit(&viewer, Action::Work).unwrap();
        stage.go_to("2026-11-24");
        write_digests(app, ws).await.unwrap();
        let (rows, _) = list_notices(app, &viewer, None).await.unwrap();
        let first = digest_of(&stage, &viewer).await.remove(0);
        assert_eq!((first.cards[0].state.as_str(), first.cards[0].owner.as_deref()), ("", None), "{on:?}");
        plays::take_card(app, &grant, first.cards[0].id).await.unwrap();
        let live = list_notice_cards(app, &viewer, &rows[0]).await.unwrap();
        assert_eq!((live[0].id, live[0].state), (first.cards[0].id, CardState::Taken), "{on:?}");
        let chief = stage.staff("buchou", Role::Manager).await.viewer;
        stage.go_to("2026-11-25");
        write_digests(app, ws).await.unwrap();
        let told = digest_of(&stage, &chief).await.remove(0);
        let card = told.cards.iter().find(|c| c.id == first.cards[0].id).unwrap();
        assert_eq!((card.state.as_str(), card.owner.as_deref()), ("taken", Some("sato")), "{on:?}");
    }
}

#[tokio::test]
async fn deadlines_are_counted_beyond_those_that_are_named() {
    for on in BOTH {
        let (stage, viewer) = falling(on).await;
        let today = stage.today();
        for n in 0..15 {
            let id = format!("soon-{n}");
            let customer = CustomerRow {
                external_id: id.clone(),
                name: Some(format!("{n}番商店")),
                stage: Some("adoption".into()),
                owner: Some("sato@shiken.example".into()),
                ..CustomerRow::default()
            };
            keep(&stage, Record::Customer(customer)).await;
            let contract = ContractRow {
                external_id: format!("{id}-c"),
                customer: id,
                start: Some(today.plus(-300)),
                end: Some(today.plus(14)),
                notice_days: Some(5),
                ..ContractRow::default()
            };
            keep(&stage, Record::Contract(contract)).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let shown = kizashi_app::today::open_today(&stage.app, &viewer).await.unwrap();
        assert_eq!((shown.deadlines.len(), shown.deadlines_near), (12, 15), "{on:?}");
        stage.go_to("2026-11-24");
        write_digests(&stage.app, stage.workspace).await.unwrap();
        let digest = digest_of(&stage, &viewer).await.remove(0);
        assert_eq!((digest.deadlines.len(), digest.deadlines_total), (8, 15), "{on:?}");
    }
}

#[tokio::test]
async fn whoever_does_not_work_with_customers_is_told_what_is_theirs_alone() {
    for on in BOTH {
        let (stage, viewer) = falling(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let other = stage.staff("kaihatsu", Role::Other).await.viewer;
        stage.go_to("2026-11-24");
        assert_eq!(write_digests(app, ws).await.unwrap(), 2, "{on:?}");
        let digest = digest_of(&stage, &other).await.remove(0);
        assert!(digest.is_empty(), "{on:?}: {digest:?}");
        assert_eq!(count_unseen(app, &other).await.unwrap(), 0, "{on:?}: nothing waits to be seen");
        let (rows, _) = list_notices(app, &other, None).await.unwrap();
        assert!(rows[0].postings.is_empty(), "{on:?}: an empty one is not sent");
        let customer = digest_of(&stage, &viewer).await[0].cards[0].customer.unwrap();
        let grant = permit(&viewer, Action::Work).unwrap();
        note_activity(app, &grant, customer, "meeting", "@kaihatsu 見てください").await.unwrap();
        stage.go_to("2026-11-25");
        write_digests(app, ws).await.unwrap();
        let digest = digest_of(&stage, &other).await.remove(0);
        assert_eq!((digest.mentions, digest.cards.len(), digest.is_empty()), (1, 0, false), "{on:?}");
    }
}

#[tokio::test]
async fn a_card_that_is_put_off_stands_in_the_calendar_on_the_day_it_comes_back() {
    for on in BOTH {
        let (stage, viewer) = falling(on).await;
        let app = &stage.app;
        let grant = permit(&viewer, Action::Work).unwrap();
        let secret = make_calendar(app, &viewer).await.unwrap();
        let (_, dues) = open_calendar(app, &secret).await.unwrap();
        let card = dues.iter().find(|d| d.key.starts_with("card-")).unwrap();
        let until = card.day.plus(5);
        plays::snooze_card(app, &grant, card.key.strip_prefix("card-").unwrap().parse().unwrap(), until, "")
            .await
            .unwrap();
        let (_, dues) = open_calendar(app, &secret).await.unwrap();
        assert_eq!(dues.iter().find(|d| d.key == card.key).map(|d| d.day), Some(until), "{on:?}: {dues:?}");
    }
}
