//! The briefings of a handover: read together, each the same as alone, with what a newcomer has to know.

use kizashi_app::Refused;
use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{ListQuery, change_field, list_customers, open_briefing};
use kizashi_app::handover::{hand_over, open_pack, plan_handover};
use kizashi_app::health::{NewOverride, keep_override};
use kizashi_app::rooms::{NewDecision, decide};
use kizashi_domain::handover::NextKind;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ActivityRow, ContactRow, ContractRow, CustomerRow, Record, TicketRow};
use kizashi_domain::limits::BRIEFINGS_MAX;
use kizashi_domain::time::{DAY_US, Day};
use kizashi_testkit::{On, Stage};

use super::{ask, card, keep, set};
use crate::{BOTH, SAAS, refused};

fn owned(code: &str, owner: &str) -> Record {
    Record::Customer(CustomerRow {
        external_id: code.into(),
        name: Some(format!("会社{code}")),
        owner: Some(format!("{owner}@shiken.example")),
        since: Some("2025-01-01".parse().unwrap()),
        ..CustomerRow::default()
    })
}

pub(super) async fn find(stage: &Stage, code: &str) -> Id<Customer> {
    let query = ListQuery { rows: 100, ..ListQuery::default() };
    let rows = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
    rows.into_iter().find(|row| row.external_id == code).unwrap().id
}

#[tokio::test]
async fn a_portfolio_is_read_at_once_and_says_of_each_customer_what_its_own_page_says() {
    for on in BOTH {
        let world = set(on, 0).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let wish = ask(aoki, &[baba, chiba]);
        let seen = plan_handover(app, &world.manager, &wish).await.unwrap().rows.len();
        assert!(seen > 1, "{on:?}");
        let id = hand_over(app, &world.manager, &wish, seen).await.unwrap();
        kizashi_app::schedule::score_all(app, ws).await.unwrap();
        let pack = open_pack(app, ws, id, (None, 1)).await.unwrap();
        assert_eq!((pack.customers, pack.pages, pack.briefings.len()), (seen, 1, seen), "{on:?}");
        let order: Vec<_> = pack.cover.customers.iter().flat_map(|(_, _, own)| own).map(|r| r.customer).collect();
        assert_eq!(pack.briefings.iter().map(|(_, b)| b.page.row.id).collect::<Vec<_>>(), order, "{on:?}");
        for (received, together) in &pack.briefings {
            let alone = open_briefing(app, ws, received.customer).await.unwrap();
            assert_eq!(format!("{together:?}"), format!("{alone:?}"), "{on:?}");
            assert!(!together.next.is_empty() && !together.plays.is_empty(), "{on:?}: each has a play under way");
        }
        let mine = open_pack(app, ws, id, (Some(baba), 1)).await.unwrap();
        assert!(mine.briefings.iter().all(|(received, _)| received.to == baba) && mine.customers < seen, "{on:?}");
        let nobody = open_pack(app, ws, id, (Some(aoki), 1)).await;
        assert!(matches!(refused(nobody), Refused::NotFound), "{on:?}");
    }
}

#[tokio::test]
async fn what_waits_to_be_scored_is_scored_before_a_pack_is_read() {
    for on in BOTH {
        let world = set(on, 0).await;
        let (app, ws) = (&world.stage.app, world.stage.workspace);
        let [aoki, baba, chiba] = [0, 1, 2].map(|i| world.people[i].staff);
        let wish = ask(aoki, &[baba, chiba]);
        let seen = plan_handover(app, &world.manager, &wish).await.unwrap().rows.len();
        let id = hand_over(app, &world.manager, &wish, seen).await.unwrap();
        kizashi_app::schedule::score_all(app, ws).await.unwrap();
        let before = open_pack(app, ws, id, (None, 1)).await.unwrap();
        let grant = permit(&world.manager, Action::Work).unwrap();
        let mut said = std::collections::BTreeMap::new();
        for (points, (received, _)) in (11_i64..).zip(&before.briefings) {
            let word = NewOverride {
                points: Some(points),
                reason: "known_event".into(),
                note: "担当交代".into(),
                until: world.stage.today().plus(10),
                ..NewOverride::default()
            };
            keep_override(app, &grant, received.customer, word).await.unwrap();
            said.insert(received.customer, Some(points));
        }
        let pack = open_pack(app, ws, id, (None, 1)).await.unwrap();
        let covered = pack.cover.customers.iter().flat_map(|(_, _, own)| own).map(|r| (r.customer, r.points));
        assert_eq!(covered.collect::<std::collections::BTreeMap<_, _>>(), said, "{on:?}: the cover");
        for (received, briefing) in &pack.briefings {
            assert_eq!(
                (briefing.page.row.points, received.points),
                (said[&received.customer], said[&received.customer])
            );
        }
        assert_eq!(kizashi_app::schedule::score_dirty(app, ws).await.unwrap(), 0, "{on:?}: nothing waits any more");
    }
}

#[tokio::test]
async fn a_large_portfolio_comes_in_pages() {
    let stage = Stage::set(On::Sqlite, SAAS, "2026-11-24").await;
    let from = stage.staff("aoki", Role::Csm).await.viewer;
    let to = stage.staff("baba", Role::Csm).await.viewer;
    keep(&stage, (0..BRIEFINGS_MAX + 5).map(|i| owned(&format!("c{i}"), "aoki")).collect()).await;
    kizashi_app::schedule::score_all(&stage.app, stage.workspace).await.unwrap();
    let id = hand_over(&stage.app, &from, &ask(from.staff, &[to.staff]), BRIEFINGS_MAX + 5).await.unwrap();
    let mut read = std::collections::BTreeSet::new();
    for (page, count) in [(1, BRIEFINGS_MAX), (2, 5)] {
        let pack = open_pack(&stage.app, stage.workspace, id, (None, page)).await.unwrap();
        assert_eq!((pack.page, pack.pages, pack.customers, pack.briefings.len()), (page, 2, BRIEFINGS_MAX + 5, count));
        read.extend(pack.briefings.iter().map(|(_, b)| b.page.row.id));
    }
    assert_eq!(read.len(), BRIEFINGS_MAX + 5, "each of them once");
    assert_eq!(open_pack(&stage.app, stage.workspace, id, (None, 99)).await.unwrap().page, 2, "the last one");
}

#[tokio::test]
async fn a_briefing_tells_the_last_exchanges_support_and_what_presses_most() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let (app, ws, now) = (&stage.app, stage.workspace, stage.app.now());
        let aoki = stage.staff("aoki", Role::Csm).await.viewer;
        keep(&stage, vec![owned("c0", "aoki"), owned("c1", "aoki")]).await;
        let person = ContactRow {
            external_id: "p".into(),
            customer: "c0".into(),
            name: Some("高橋".into()),
            role: Some("champion".into()),
            ..ContactRow::default()
        };
        let ago = |days: i64| now.plus_us(-days * DAY_US);
        let ticket = |id: &str, days: i64, answered: bool, closed: bool| {
            Record::Ticket(TicketRow {
                external_id: id.into(),
                customer: "c0".into(),
                subject: Some(format!("問い合わせ{id}")),
                opened_at: ago(days),
                answered_at: answered.then(|| ago(days - 1)),
                closed_at: closed.then(|| ago(days - 1)),
                ..TicketRow::default()
            })
        };
        let term = ContractRow {
            external_id: "k".into(),
            customer: "c0".into(),
            start: Some("2026-01-01".parse().unwrap()),
            end: Some("2026-12-31".parse().unwrap()),
            notice_days: Some(60),
            ..ContractRow::default()
        };
        let mut records = vec![Record::Contact(person), Record::Contract(term)];
        records.extend([ticket("a", 100, true, true), ticket("b", 80, true, true), ticket("d", 4, false, false)]);
        records.extend((0..7).map(|i| {
            Record::Activity(ActivityRow {
                external_id: format!("m{i}"),
                customer: "c0".into(),
                contact: Some("p".into()),
                kind: "mail".into(),
                direction: Some("in".into()),
                at: ago(10 + i),
                staff: Some("aoki@shiken.example".into()),
                subject: (i > 0).then(|| format!("件名{i}")),
                body: Some(
                    if i == 6 {
                        "費用の話。\n試算を送る約束をした。次は月末"
                    } else {
                        "最初の行\n次の行"
                    }
                    .into(),
                ),
            })
        }));
        keep(&stage, records).await;
        kizashi_app::schedule::score_all(app, ws).await.unwrap();
        let (id, grant) = (find(&stage, "c0").await, permit(&aoki, Action::Work).unwrap());
        card(&stage, Some(id), aoki.staff, false).await;
        let day = |text: &str| text.parse::<Day>().unwrap();
        let decided = |what: &str, review: &str| NewDecision {
            what: what.into(),
            by: "部長".into(),
            on: None,
            review_on: Some(day(review)),
        };
        decide(app, &grant, id, &decided("値引きしない", "2026-11-25")).await.unwrap();
        decide(app, &grant, id, &decided("遠い先", "2027-11-25")).await.unwrap();
        for (field, value) in [("goal", "全員が毎日使う"), ("goal_on", "2026-11-30")] {
            change_field(app, &grant, id, field, value).await.unwrap();
        }

        let b = open_briefing(app, ws, id).await.unwrap();
        let told: Vec<_> =
            b.exchanges.iter().map(|e| (e.about.as_str(), e.contact.as_str(), e.staff.as_str())).collect();
        assert_eq!(told.len(), 5, "{on:?}: {told:?}");
        assert_eq!(told[..2], [("", "高橋", "aoki"), ("件名1", "高橋", "aoki")], "{on:?}");
        assert!(b.exchanges.iter().all(|e| e.said == "最初の行 次の行"), "{on:?}: {:?}", b.exchanges);
        // Older than the exchanges that are told: what was promised stands by itself.
        let promised: Vec<_> = b.promises.iter().map(|p| (p.words.as_str(), p.staff.as_str())).collect();
        assert_eq!(promised, [("試算を送る約束をした。", "aoki")], "{on:?}");
        let support = b.support.as_ref().unwrap();
        assert_eq!((support.count, support.last.as_str()), (2, "問い合わせd"), "{on:?}: within ninety days");
        assert_eq!(b.tickets.iter().map(|t| t.subject.as_str()).collect::<Vec<_>>(), ["問い合わせd"], "{on:?}");
        // The answer that is owed since Friday, the decision of tomorrow, the card of the day after; the notice deadline has passed and
        // is nothing to do.
        let next: Vec<_> = b.next.iter().map(|n| (n.kind, n.due)).collect();
        let owed = (NextKind::Ticket, Some(day("2026-11-24")));
        assert_eq!(next[0].0, owed.0, "{on:?}: {next:?}");
        assert!(next[0].1.is_some_and(|due| due <= day("2026-11-24")), "{on:?}: {next:?}");
        let rest = [(NextKind::Review, Some(day("2026-11-25"))), (NextKind::Card, Some(day("2026-11-26")))];
        assert_eq!(next[1..], rest, "{on:?}");
        assert!(b.page.contracts.iter().all(|c| c.notice_on < stage.today()), "{on:?}");
        let quiet = open_briefing(app, ws, find(&stage, "c1").await).await.unwrap();
        assert!(quiet.exchanges.is_empty() && quiet.support.is_none(), "{on:?}");
        assert_eq!(
            quiet.next.iter().map(|n| n.kind).collect::<Vec<_>>(),
            [NextKind::Aim],
            "{on:?}: what is not known is asked"
        );
    }
}
