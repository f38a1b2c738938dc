//! People are told each morning what today shows, once; what cannot wait at once, once; they answer by links, once.

use kizashi_app::access::{Action, Role, Viewer, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::notices::{
    Answer, AnswerState, ChatKind, Content, Errand, Message, Smtp, To, Tried, Wish, add_address, answer_by_link,
    count_unseen, drop_address, find_wish, keep_rules, keep_smtp, keep_tried, keep_wish, list_addresses, list_lost,
    list_notices, make_calendar, open_answer, open_calendar, revoke_calendar, see_notices, send_again, send_test,
    take_errands, tell_causes, undo_by_link, write_digests,
};
use kizashi_app::plays::{self, CardState};
use kizashi_app::schedule::score_all;
use kizashi_app::secrets::Secret;
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::intake::{ContactRow, CustomerRow, Record, TicketRow};
use kizashi_testkit::{On, Stage};

use super::{BOTH, SAAS, log_in};

const HOUR_US: i64 = 3_600_000_000;
/// A Friday, before a weekend and a Monday that is a holiday.
const TODAY: &str = "2026-11-20";

/// A customer that falls, and its owner.
pub(crate) async fn falling(on: On) -> (Stage, Viewer) {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let viewer = stage.staff("sato", Role::Csm).await.viewer;
    let customer = CustomerRow {
        external_id: "falling".to_owned(),
        name: Some("減りゆく商事".to_owned()),
        stage: Some("adoption".to_owned()),
        since: Some("2025-04-01".parse().unwrap()),
        owner: Some("sato@shiken.example".to_owned()),
        ..CustomerRow::default()
    };
    keep(&stage, Record::Customer(customer)).await;
    let today = stage.today().0;
    log_in(&stage, "falling", today - 150..=today - 22, 10).await;
    log_in(&stage, "falling", today - 21..=today - 1, 1).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    (stage, viewer)
}

async fn set(on: On) -> (Stage, Viewer) {
    let (stage, viewer) = falling(on).await;
    // Who came after the hour of the digest gets the next one.
    assert_eq!(write_digests(&stage.app, stage.workspace).await.unwrap(), 0);
    (stage, viewer)
}

pub(crate) async fn keep(stage: &Stage, record: Record) {
    let received = [Received { at: stage.app.now(), assumed: false, record }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

async fn with_mail(stage: &Stage) {
    let smtp = Smtp {
        host: "smtp.shiken.example".into(),
        port: 587,
        guarded: Some(Guarded::StartTls),
        user: "kizashi".into(),
        from: "kizashi@shiken.example".into(),
        ..Smtp::default()
    };
    keep_smtp(&stage.app, &stage.console(), smtp, Some(&Secret::new("pass".into()))).await.unwrap();
}

async fn digests(stage: &Stage, viewer: &Viewer) -> Vec<kizashi_app::notices::Digest> {
    let (rows, _) = list_notices(&stage.app, viewer, None).await.unwrap();
    let digest = |content| match content {
        Content::Digest(digest) => Some(digest),
        _ => None,
    };
    rows.into_iter().filter_map(|r| digest(r.content)).collect()
}

#[tokio::test]
async fn every_business_morning_has_one_digest_with_exactly_the_cards_of_today() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let ws = stage.workspace;
        // Saturday, Sunday, and Monday, a holiday: nothing. Tuesday before eight: nothing yet.
        for day in ["2026-11-21", "2026-11-22", "2026-11-23"] {
            stage.go_to(day);
            assert_eq!(write_digests(&stage.app, ws).await.unwrap(), 0, "{on:?} {day}");
        }
        stage.go_to("2026-11-24");
        stage.clock.set(stage.app.now().plus_us(-3 * HOUR_US));
        assert_eq!(write_digests(&stage.app, ws).await.unwrap(), 0, "{on:?}");
        stage.go_to("2026-11-24");
        score_all(&stage.app, ws).await.unwrap();
        assert_eq!(write_digests(&stage.app, ws).await.unwrap(), 1, "{on:?}");
        assert_eq!(write_digests(&stage.app, ws).await.unwrap(), 0, "{on:?}: once a day");
        let all = digests(&stage, &viewer).await;
        assert_eq!(all.len(), 1);
        let shown = open_today(&stage.app, &viewer).await.unwrap();
        let ids = |d: &kizashi_app::notices::Digest| d.cards.iter().map(|c| c.id).collect::<Vec<_>>();
        assert_eq!(ids(&all[0]), shown.cards.iter().map(|c| c.id).collect::<Vec<_>>(), "{on:?}");
        assert!(!all[0].cards.is_empty() && all[0].cards[0].subject == "減りゆく商事");
        assert_eq!((all[0].day, all[0].since), (shown.day, "2026-11-20".parse().unwrap()), "it covers the weekend");
        assert_eq!(count_unseen(&stage.app, &viewer).await.unwrap(), 1);
        see_notices(&stage.app, &viewer, None).await.unwrap();
        assert_eq!(count_unseen(&stage.app, &viewer).await.unwrap(), 0);
        let other = stage.staff("ito", Role::Csm).await.viewer;
        assert!(list_notices(&stage.app, &other, None).await.unwrap().0.is_empty(), "others' notices are not theirs");
    }
}

#[tokio::test]
async fn a_digest_goes_out_on_the_chosen_ways_and_each_try_ends_once() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws, grant) = (&stage.app, stage.workspace, stage.console());
        with_mail(&stage).await;
        let address = "https://hooks.chat.example/secret/T1";
        let place = add_address(app, &grant, (ChatKind::Slack, "CS"), address, None, false).await.unwrap();
        let refused = add_address(app, &grant, (ChatKind::Slack, "CS"), address, None, false).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Taken))));
        let plain = add_address(app, &grant, (ChatKind::Slack, "x"), "http://a.example/", None, false).await;
        assert!(matches!(plain, Err(Error::Refused(Refused::Field { field: "address", .. }))));
        assert!(!format!("{:?}", list_addresses(app, ws).await.unwrap()).contains("T1"), "an address is a secret");
        let ways = vec!["mail".to_owned(), place.to_string(), "nothing".to_owned()];
        keep_wish(app, &viewer, Wish { digest: ways, instant: Vec::new(), any_hour: false }).await.unwrap();
        assert_eq!(find_wish(app, &viewer).await.unwrap().0.digest.len(), 2, "{on:?}");

        stage.go_to("2026-11-24");
        write_digests(app, ws).await.unwrap();
        let mut errands = take_errands(app, ws).await.unwrap();
        assert!(take_errands(app, ws).await.unwrap().is_empty(), "{on:?}: nobody else takes what is being sent");
        errands.sort_by_key(|e| matches!(e.to, To::Chat { .. }));
        let [mail, chat]: [Errand; 2] = errands.try_into().unwrap();
        let To::Mail { address, password, .. } = &mail.to else { panic!() };
        assert_eq!((address.as_str(), password.as_ref().unwrap().expose()), ("sato@shiken.example", "pass"));
        let id = mail.message_id("kizashi@shiken.example");
        assert!(id.ends_with("@shiken.example"));
        let Message::Notice(drawn) = &chat.message else { panic!() };
        let Content::Digest(digest) = &drawn.notice.content else { panic!() };
        assert!(!digest.cards.is_empty() && digest.cards.iter().all(|c| drawn.links.contains_key(&c.id)));

        keep_tried(app, ws, &mail, &Tried::Later("connect", None)).await.unwrap();
        keep_tried(app, ws, &chat, &Tried::Sent).await.unwrap();
        assert!(take_errands(app, ws).await.unwrap().is_empty(), "{on:?}: it waits");
        stage.clock.set(app.now().plus_us(HOUR_US));
        let second = take_errands(app, ws).await.unwrap().remove(0);
        assert_eq!(second.message_id("kizashi@shiken.example"), id, "{on:?}: the same letter");
        // The process is killed here.
        assert_eq!(list_lost(app, ws, true).await.unwrap(), 1);
        assert_eq!(list_lost(app, ws, true).await.unwrap(), 0);
        keep_tried(app, ws, &second, &Tried::Sent).await.unwrap();
        stage.clock.set(app.now().plus_us(HOUR_US));
        assert!(take_errands(app, ws).await.unwrap().is_empty(), "{on:?}: what is unclear is not sent again by itself");
        let (rows, _) = list_notices(app, &viewer, None).await.unwrap();
        let mut states: Vec<_> = rows[0].postings.iter().map(|p| (p.state.clone(), p.place.clone())).collect();
        states.sort();
        let wanted = [("sent".to_owned(), Some("CS".to_owned())), ("unclear".to_owned(), None)];
        assert_eq!(states, wanted, "{on:?}");
        let unclear = rows[0].postings.iter().find(|p| p.state == "unclear").unwrap().id;
        let work = permit(&viewer, Action::Work).unwrap();
        send_again(app, &work, unclear).await.unwrap();
        assert!(send_again(app, &work, unclear).await.is_err(), "once");
        let third = take_errands(app, ws).await.unwrap().remove(0);
        keep_tried(app, ws, &third, &Tried::Sent).await.unwrap();

        let admin = stage.staff("kanri", Role::Admin).await.viewer;
        let grant = permit(&admin, Action::Administer).unwrap();
        send_test(app, &grant, &place.to_string()).await.unwrap();
        drop_address(app, &grant, place).await.unwrap();
        assert!(take_errands(app, ws).await.unwrap().is_empty(), "{on:?}: a place that is gone gets nothing");
        assert!(send_test(app, &grant, &place.to_string()).await.is_err());
    }
}

async fn links(stage: &Stage, viewer: &Viewer) -> Vec<(Answer, String)> {
    stage.go_to("2026-11-24");
    write_digests(&stage.app, stage.workspace).await.unwrap();
    let errands = take_errands(&stage.app, stage.workspace).await.unwrap();
    let Message::Notice(mail) = &errands[0].message else { panic!() };
    assert!(errands.len() == 1 && !viewer.name.is_empty());
    mail.links.values().next().unwrap().0.to_vec()
}

#[tokio::test]
async fn a_link_answers_once_can_be_taken_back_and_ends() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        with_mail(&stage).await;
        let app = &stage.app;
        let all = links(&stage, &viewer).await;
        let of = |answer: Answer| all.iter().find(|(a, _)| *a == answer).unwrap().1.clone();
        let card = open_answer(app, &of(Answer::Take)).await.unwrap().card.id;
        let state = async || plays::open_card(app, stage.workspace, card).await.unwrap().row;
        for link in all.iter().map(|(_, link)| link) {
            open_answer(app, link).await.unwrap();
        }
        assert_eq!(state().await.state, CardState::New, "{on:?}: following a link changes nothing");

        let later = stage.today().plus(3);
        answer_by_link(app, &of(Answer::Later), (Some(later), "")).await.unwrap();
        assert_eq!(state().await.snoozed_until, Some(later), "{on:?}");
        let twice = answer_by_link(app, &of(Answer::Later), (Some(later.plus(9)), "")).await.unwrap();
        assert_eq!((twice.state, state().await.snoozed_until), (AnswerState::Answered, Some(later)), "{on:?}");
        let undone = undo_by_link(app, &of(Answer::Later)).await.unwrap();
        assert_eq!((undone.state, state().await.snoozed_until), (AnswerState::Undone, None), "{on:?}");
        let replayed = answer_by_link(app, &of(Answer::Later), (Some(later), "")).await.unwrap();
        assert_eq!(
            (replayed.state, state().await.snoozed_until),
            (AnswerState::Undone, None),
            "{on:?}: a replay does nothing"
        );

        answer_by_link(app, &of(Answer::Take), (None, "")).await.unwrap();
        assert_eq!((state().await.state, state().await.owner.as_deref()), (CardState::Taken, Some("sato")));
        plays::note_card(app, &permit(&viewer, Action::Work).unwrap(), card, "電話した").await.unwrap();
        let changed = undo_by_link(app, &of(Answer::Take)).await;
        assert!(
            matches!(changed, Err(Error::Refused(Refused::Field { reason: "changed-since", .. }))),
            "{on:?}: it went on since: {changed:?}"
        );
        let unsaid = answer_by_link(app, &of(Answer::FalseAlarm), (None, "")).await;
        assert!(
            matches!(unsaid, Err(Error::Refused(Refused::Field { field: "came_of_it", .. }))),
            "{on:?}: {unsaid:?}"
        );
        answer_by_link(app, &of(Answer::FalseAlarm), (None, "known")).await.unwrap();
        assert_eq!(state().await.state, CardState::Closed, "{on:?}");
        undo_by_link(app, &of(Answer::FalseAlarm)).await.unwrap();
        assert_eq!(state().await.state, CardState::Taken, "{on:?}");

        let good = of(Answer::Take);
        let mut forged = good.clone();
        forged.replace_range(3..4, if &good[3..4] == "A" { "B" } else { "A" });
        for bad in ["", "x", "日本", &good[1..], &forged, &format!("{good}A")] {
            let found = open_answer(app, bad).await;
            assert!(matches!(found, Err(Error::Refused(Refused::NotFound))), "{on:?}: {bad}");
        }
    }
}

#[tokio::test]
async fn a_link_ends_after_a_week_and_with_its_card() {
    let (stage, viewer) = set(BOTH[0]).await;
    with_mail(&stage).await;
    let app = &stage.app;
    let all = links(&stage, &viewer).await;
    let grant = permit(&viewer, Action::Work).unwrap();
    let opened = open_answer(app, &all[0].1).await.unwrap();
    plays::close_card(app, &grant, opened.card.id, plays::Outcome::Solved, "様子を見た").await.unwrap();
    let late = answer_by_link(app, &all[2].1, (None, "")).await.unwrap();
    assert_eq!((late.state, late.card.outcome), (AnswerState::Closed, Some(plays::Outcome::Solved)));
    plays::reopen_card(app, &grant, opened.card.id).await.unwrap();
    stage.clock.set(app.now().plus_us(8 * 24 * HOUR_US));
    let over = answer_by_link(app, &all[2].1, (None, "")).await.unwrap();
    assert_eq!((over.state, over.card.state), (AnswerState::Expired, CardState::New));
}

#[tokio::test]
async fn a_fresh_sign_of_the_short_list_is_told_at_once_and_once() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        assert_eq!(tell_causes(app, ws).await.unwrap(), 0, "{on:?}: what was there before is in the digest");
        stage.clock.set(app.now().plus_us(HOUR_US / 2));
        let ticket = TicketRow {
            external_id: "T1".into(),
            customer: "falling".into(),
            opened_at: app.now(),
            subject: Some("解約の手続きについて".into()),
            body: Some("解約したいので、手続きを教えてください。".into()),
            ..TicketRow::default()
        };
        keep(&stage, Record::Ticket(ticket)).await;
        score_all(app, ws).await.unwrap();
        stage.clock.set(app.now().plus_us(1_000_000));
        assert_eq!(tell_causes(app, ws).await.unwrap(), 1, "{on:?}");
        for _ in 0..3 {
            stage.clock.set(app.now().plus_us(HOUR_US / 10));
            assert_eq!(tell_causes(app, ws).await.unwrap(), 0, "{on:?}");
        }
        let (rows, _) = list_notices(app, &viewer, None).await.unwrap();
        let told: Vec<_> = rows.iter().filter(|r| matches!(r.content, Content::Instant(_))).collect();
        assert_eq!(told.len(), 1, "{on:?}");
        let Content::Instant(instant) = &told[0].content else { panic!() };
        assert_eq!(instant.subject, "減りゆく商事");
        assert!(told[0].card.is_some() && told[0].page.starts_with("/cards/"));
    }
}

#[tokio::test]
async fn a_champion_who_left_is_told_at_once_of_a_key_account_alone_unless_the_company_wants_all() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let person = |id: &str, left_on| {
            Record::Contact(ContactRow {
                external_id: format!("{id}-p"),
                customer: id.to_owned(),
                name: Some(format!("{id}の推進役")),
                role: Some("champion".into()),
                left_on,
                ..ContactRow::default()
            })
        };
        // The tenth with the most of two is the larger one.
        for (id, mrr) in [("large", 900_000.0), ("small", 30_000.0)] {
            let customer = CustomerRow {
                external_id: id.into(),
                name: Some(id.into()),
                stage: Some("adoption".into()),
                since: Some("2025-04-01".parse().unwrap()),
                owner: Some("sato@shiken.example".into()),
                figures: vec![("mrr".to_owned(), mrr)],
                ..CustomerRow::default()
            };
            keep(&stage, Record::Customer(customer)).await;
            keep(&stage, person(id, None)).await;
        }
        score_all(app, ws).await.unwrap();
        assert_eq!(tell_causes(app, ws).await.unwrap(), 0, "{on:?}: what was there before is in the digest");
        stage.clock.set(app.now().plus_us(HOUR_US / 2));
        for id in ["large", "small"] {
            keep(&stage, person(id, Some(stage.today()))).await;
        }
        score_all(app, ws).await.unwrap();
        stage.clock.set(app.now().plus_us(1_000_000));
        let told = async || -> Vec<String> {
            tell_causes(app, ws).await.unwrap();
            let (rows, _) = list_notices(app, &viewer, None).await.unwrap();
            let subject = |content| match content {
                Content::Instant(instant) => Some(instant.subject),
                _ => None,
            };
            rows.into_iter().filter_map(|r| subject(r.content)).collect()
        };
        assert_eq!(told().await, ["large"], "{on:?}");
        assert_eq!(told().await, ["large"], "{on:?}: once, and the other one not later either");
        let all = (vec!["champion_left".to_owned()], Vec::new());
        keep_rules(app, &stage.console(), 480, all, None).await.unwrap();
        let mut both = told().await;
        both.sort();
        assert_eq!(both, ["large", "small"], "{on:?}: the company wants to be told of all");
        // What waits is in the digest.
        stage.go_to("2026-11-24");
        score_all(app, ws).await.unwrap();
        write_digests(app, ws).await.unwrap();
        let digest = digests(&stage, &viewer).await.remove(0);
        assert!(digest.cards.iter().any(|c| c.subject == "small"), "{on:?}: {:?}", digest.cards);
    }
}

#[tokio::test]
async fn a_calendar_address_shows_what_is_due_until_it_is_revoked() {
    for on in BOTH {
        let (stage, viewer) = set(on).await;
        let app = &stage.app;
        let first = make_calendar(app, &viewer).await.unwrap();
        let (who, dues) = open_calendar(app, &first).await.unwrap();
        assert_eq!(who.staff, viewer.staff, "{on:?}");
        assert!(!dues.is_empty() && dues.iter().all(|d| d.subject == "減りゆく商事"), "{on:?}: {dues:?}");
        let second = make_calendar(app, &viewer).await.unwrap();
        assert!(open_calendar(app, &first).await.is_err(), "{on:?}: a new address ends the old one");
        keep_wish(app, &viewer, Wish::default()).await.unwrap();
        assert!(open_calendar(app, &second).await.is_ok());
        revoke_calendar(app, &viewer).await.unwrap();
        assert!(open_calendar(app, &second).await.is_err() && open_calendar(app, "").await.is_err());
    }
}
