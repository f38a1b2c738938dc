//! Two customers that turned out to be one, and then again not.

use kizashi_app::Refused;
use kizashi_app::customers::{ListQuery, Moment, list_customers, list_fields, open_customer, open_timeline};
use kizashi_app::intake::{Received, keep_records, list_customer_names};
use kizashi_app::measure::{Ask, Computation};
use kizashi_app::merges::{
    Reason, find_survivor, keep_apart, list_merges, list_suspects, merge, plan_merge, undo_merge,
};
use kizashi_app::schedule::{score_all, score_dirty};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ActivityRow, ContactRow, ContractRow, CustomerRow, Joined, Named, Record, TicketRow};
use kizashi_domain::measure::Source;
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS, log_in, refused};

async fn keep(stage: &Stage, records: Vec<Record>) -> kizashi_app::intake::Kept {
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: stage.app.now(), assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap()
}

fn company(code: &str, name: &str) -> CustomerRow {
    CustomerRow {
        external_id: code.into(),
        name: Some(name.into()),
        since: Some("2026-01-01".parse().unwrap()),
        ..CustomerRow::default()
    }
}

fn person(customer: &str, name: &str) -> Record {
    let (external_id, customer) = (format!("p-{name}"), customer.to_owned());
    Record::Contact(ContactRow { external_id, customer, name: Some(name.into()), ..ContactRow::default() })
}

fn term(customer: &str, seats: i64) -> Record {
    Record::Contract(ContractRow {
        external_id: format!("k-{customer}"),
        customer: customer.into(),
        seats: Some(seats),
        start: Some("2026-04-01".parse().unwrap()),
        months: Some(12),
        ..ContractRow::default()
    })
}

fn ticket(customer: &str, id: &str, stage: &Stage) -> Record {
    Record::Ticket(TicketRow {
        external_id: id.into(),
        customer: customer.into(),
        subject: Some(format!("件名{id}")),
        opened_at: stage.app.now(),
        ..TicketRow::default()
    })
}

fn call(customer: &str, id: &str, stage: &Stage) -> Record {
    Record::Activity(ActivityRow {
        external_id: id.into(),
        customer: customer.into(),
        kind: "call".into(),
        at: stage.app.now(),
        ..ActivityRow::default()
    })
}

async fn find(stage: &Stage, code: &str) -> Option<Id<Customer>> {
    let query = ListQuery { rows: 50, ..ListQuery::default() };
    let list = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    list.rows.into_iter().find(|r| r.external_id == code).map(|r| r.id)
}

/// A metric of every customer today.
async fn measured(stage: &Stage, metric: &str) -> Vec<(String, Option<f64>)> {
    let day = stage.today();
    let made = Computation::prepare(&stage.app, stage.workspace, Ask::day(day, None)).await.unwrap();
    let place = made.metrics().iter().position(|m| m == metric).unwrap();
    let each = move |rows: &mut Vec<_>, customer: &str, series: &kizashi_domain::measure::Series| {
        rows.push((customer.to_owned(), series.value(place, day)));
    };
    let join = |mut a: Vec<_>, b: Vec<_>| {
        a.extend(b);
        a
    };
    let mut rows = made.run(&stage.app, None, each, join).await.unwrap();
    rows.sort_by(|a: &(String, Option<f64>), b| a.0.cmp(&b.0));
    rows
}

/// What the pages of a customer say.
#[derive(Debug, PartialEq)]
struct Told {
    fields: Vec<(String, String)>,
    people: Vec<String>,
    seats: Vec<Option<i64>>,
    points: Option<i64>,
    parent: Option<Id<Customer>>,
    cards: usize,
    happened: usize,
}

async fn tell(stage: &Stage, id: Id<Customer>) -> Told {
    let page = open_customer(&stage.app, stage.workspace, id, Moment::default()).await.unwrap();
    let fields = list_fields(&stage.app, stage.workspace, id, None).await.unwrap();
    let timeline = open_timeline(&stage.app, stage.workspace, id, None, None, None).await.unwrap();
    let mut people: Vec<String> = page.contacts.into_iter().map(|c| c.name).collect();
    people.sort();
    Told {
        fields: fields.into_iter().map(|f| (f.name, f.value)).collect(),
        people,
        seats: page.contracts.iter().map(|c| c.seats).collect(),
        points: page.row.points,
        parent: page.parent.map(|p| p.id),
        cards: page.cards.iter().filter(|c| c.closed_at.is_none()).count(),
        happened: timeline.rows.len(),
    }
}

/// Two of one company and a branch below the second.
async fn set(on: On) -> (Stage, Id<Customer>, Id<Customer>, Id<Customer>) {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    let today = stage.today().0;
    let second = CustomerRow {
        domain: Some("minato.example".into()),
        region: Some("関東".into()),
        figures: vec![("stores".into(), 7.0)],
        ..company("b", "みなと(株)")
    };
    let branch = CustomerRow { parent: Some("b".into()), ..company("c", "みなと支店") };
    let customers = [company("a", "株式会社みなと"), second, branch].map(Record::Customer);
    keep(&stage, customers.to_vec()).await;
    keep(&stage, vec![person("a", "森"), person("b", "林"), term("a", 10), term("b", 5)]).await;
    keep(&stage, vec![ticket("b", "t1", &stage), call("b", "c1", &stage), call("a", "c2", &stage)]).await;
    log_in(&stage, "a", today - 30..=today - 1, 3).await;
    log_in(&stage, "b", today - 60..=today - 1, 5).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let [a, b, c] = [find(&stage, "a").await, find(&stage, "b").await, find(&stage, "c").await].map(Option::unwrap);
    (stage, a, b, c)
}

#[tokio::test]
async fn what_was_two_is_one_and_can_be_two_again() {
    for on in BOTH {
        let (stage, a, b, c) = set(on).await;
        let (today, grant) = (stage.today().0, stage.console());
        let (before_a, before_b) = (tell(&stage, a).await, tell(&stage, b).await);
        let users = |rows: &[(String, Option<f64>)]| {
            rows.iter().map(|(c, v)| (c.clone(), v.unwrap_or(0.0))).collect::<Vec<_>>()
        };
        let own = |list: &[(&str, f64)]| list.iter().map(|(c, v)| ((*c).to_owned(), *v)).collect::<Vec<_>>();
        assert_eq!(users(&measured(&stage, "users_28d").await), own(&[("a", 3.0), ("b", 5.0), ("c", 0.0)]), "{on:?}");

        let plan = plan_merge(&stage.app, stage.workspace, a, b).await.unwrap();
        let taken: Vec<&str> = plan.filled.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(taken, ["region", "domain", "stores"], "{on:?}: the rest it says itself");
        let id = merge(&stage.app, &grant, a, b).await.unwrap();
        score_dirty(&stage.app, stage.workspace).await.unwrap();

        // One customer, with what both had; a person who used both counts once.
        assert_eq!(users(&measured(&stage, "users_28d").await), own(&[("a", 5.0), ("c", 0.0)]), "{on:?}");
        let one = tell(&stage, a).await;
        assert_eq!(one.people, ["林", "森"], "{on:?}");
        assert_eq!(one.seats.len(), 2, "{on:?}");
        let says = |name: &str| one.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap();
        let said = ["name", "region", "domain", "stores", "seats"].map(says);
        assert_eq!(said, ["株式会社みなと", "関東", "minato.example", "7", "15"], "{on:?}");
        assert_eq!(tell(&stage, c).await.parent, Some(a), "{on:?}");
        assert_eq!(find(&stage, "b").await, None, "{on:?}");
        assert_eq!(find_survivor(&stage.app, stage.workspace, b).await.unwrap(), Some(a), "{on:?}");
        assert_eq!(refused(open_customer(&stage.app, stage.workspace, b, Moment::default()).await), Refused::NotFound);

        // What still comes under the old code, or the old name, goes to the one.
        log_in(&stage, "b", today..=today, 9).await;
        let kept =
            keep(&stage, vec![ticket("b", "t2", &stage), person("b", "原"), Record::Customer(company("b", "別名"))])
                .await;
        assert_eq!((kept.added, kept.changed, kept.same), (2, 0, 1), "{on:?}");
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(users(&measured(&stage, "users_28d").await)[0], ("a".to_owned(), 9.0), "{on:?}");
        assert_eq!(tell(&stage, a).await.people, ["原", "林", "森"], "{on:?}");
        assert_eq!(find(&stage, "b").await, None, "{on:?}: nobody made it anew");
        let names = list_customer_names(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(names.find("みなと(株)"), Named::One("a"), "{on:?}");

        // Parted again, each has what came from it or for it.
        assert_eq!(undo_merge(&stage.app, &grant, id).await.unwrap(), b);
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(users(&measured(&stage, "users_28d").await), own(&[("a", 3.0), ("b", 9.0), ("c", 0.0)]), "{on:?}");
        assert_eq!(tell(&stage, a).await, before_a, "{on:?}");
        let after_b = tell(&stage, b).await;
        assert_eq!(after_b.people, ["原", "林"], "{on:?}");
        assert_eq!((&after_b.fields, &after_b.seats), (&before_b.fields, &before_b.seats), "{on:?}");
        assert_eq!(tell(&stage, c).await.parent, Some(b), "{on:?}");
        assert_eq!(refused(undo_merge(&stage.app, &grant, id).await), Refused::Changed);
        let told = list_merges(&stage.app, stage.workspace, Some(a)).await.unwrap();
        assert!(told.len() == 1 && told[0].undone_at.is_some() && told[0].gone_name == "みなと(株)", "{on:?}");
    }
}

#[tokio::test]
async fn a_merge_into_one_that_goes_on_is_undone_from_the_end() {
    for on in BOTH {
        let (stage, a, b, c) = set(on).await;
        let grant = stage.console();
        let same = Refused::Field { field: "merge", reason: "same-customer" };
        assert_eq!(refused(merge(&stage.app, &grant, a, a).await), same);
        let nobody = Id::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(refused(merge(&stage.app, &grant, a, nobody).await), Refused::NotFound);
        assert_eq!(find(&stage, "b").await, Some(b), "{on:?}: what was refused changed nothing");

        // The branch goes into its own head office, and that into another.
        let first = merge(&stage.app, &grant, b, c).await.unwrap();
        let second = merge(&stage.app, &grant, a, b).await.unwrap();
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(tell(&stage, a).await.parent, None, "{on:?}");
        log_in(&stage, "c", stage.today().0..=stage.today().0, 8).await;
        assert_eq!(measured(&stage, "users_28d").await, [("a".to_owned(), Some(8.0))], "{on:?}");
        assert_eq!(find_survivor(&stage.app, stage.workspace, c).await.unwrap(), Some(a), "{on:?}");
        let further = Refused::Field { field: "merge", reason: "merged-further" };
        assert_eq!(refused(undo_merge(&stage.app, &grant, first).await), further);
        undo_merge(&stage.app, &grant, second).await.unwrap();
        undo_merge(&stage.app, &grant, first).await.unwrap();
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        let codes: Vec<_> = measured(&stage, "users_28d").await;
        let expected = [("a", 3.0), ("b", 5.0), ("c", 8.0)].map(|(c, v)| (c.to_owned(), Some(v)));
        assert_eq!(codes, expected, "{on:?}");
        assert_eq!(tell(&stage, c).await.parent, Some(b), "{on:?}");
    }
}

#[tokio::test]
async fn doubles_are_suspected_until_somebody_says_that_they_are_two() {
    for on in BOTH {
        let (stage, a, b, _) = set(on).await;
        let found = list_suspects(&stage.app, stage.workspace).await.unwrap();
        let told: Vec<_> =
            found.pairs.iter().map(|(x, y, why)| (x.code.as_str(), y.code.as_str(), why.clone())).collect();
        assert_eq!(told, [("a", "b", vec![Reason::Name])], "{on:?}");
        keep_apart(&stage.app, &stage.console(), b, a).await.unwrap();
        assert_eq!(list_suspects(&stage.app, stage.workspace).await.unwrap().all, 0, "{on:?}");
    }
}

#[tokio::test]
async fn who_is_one_is_still_one_after_a_restart() {
    let (stage, a, b, _) = set(On::Sqlite).await;
    merge(&stage.app, &stage.console(), a, b).await.unwrap();
    Source::join(stage.history.as_ref(), Joined::default());
    let db = kizashi_db::Db::open_sqlite(&stage.folder.path().join("kizashi.db")).await.unwrap();
    let app = kizashi_app::App::with(db, stage.history.clone(), stage.clock.clone()).await.unwrap();
    let day: Day = stage.today();
    let made = Computation::prepare(&app, stage.workspace, Ask::day(day, None)).await.unwrap();
    assert_eq!(made.customers(), 2);
    let events = Source::timeline(stage.history.as_ref(), "a", None, 10_000).unwrap();
    assert!(events.len() > 300, "{}", events.len());
}
