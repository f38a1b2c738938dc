//! What people say and where a customer stands among others, as figures; and pages that never wait for the queue.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{
    LearnedKind, ListQuery, Moment, NewHunch, change_field, list_customers, list_fields, note_hunch, open_customer,
    open_head,
};
use kizashi_app::dictionary::open_census;
use kizashi_app::health::compute_scores;
use kizashi_app::intake::{Received, count_waiting, keep_records};
use kizashi_app::measure::{Ask, Computation, KnownBy};
use kizashi_app::schedule::{score_all, score_dirty};
use kizashi_domain::intake::{ContactRow, ContractRow, CustomerRow, Record};
use kizashi_domain::time::Day;
use kizashi_testkit::{On, Stage};

use crate::{BOTH, SAAS};

const RANKED: &str = r#"
[pack]
id = "ranked"
title = { ja = "順位", en = "Ranked" }
time_zone = "Asia/Tokyo"

[[metric]]
id = "spend"
title = { ja = "利用額", en = "Spend" }
kind = "attribute"
attribute = "spend"

[[metric]]
id = "place"
title = { ja = "利用額の位置", en = "Place by spend" }
kind = "percentile"
of = ["spend"]

[[metric]]
id = "hunch"
title = { ja = "勘", en = "Hunch" }
kind = "attribute"
attribute = "hunch"

[[model]]
id = "place"
title = { ja = "位置", en = "Place" }
[[model.group]]
id = "use"
title = { ja = "利用", en = "Use" }
[[model.group.measure]]
metric = "place"
weight = 1
curve = [[0, 0], [100, 100]]
"#;

async fn keep(stage: &Stage, assumed: bool, records: Vec<Record>) {
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: stage.app.now(), assumed, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

fn spender(code: &str, segment: &str, spend: f64) -> Record {
    Record::Customer(CustomerRow {
        external_id: code.to_owned(),
        segment: Some(segment.to_owned()),
        since: Some("2026-01-01".parse().unwrap()),
        figures: vec![("spend".to_owned(), spend)],
        as_of: Some("2026-01-01".parse().unwrap()),
        ..CustomerRow::default()
    })
}

/// External id → value of a metric at the end of a day, as `kizashi metrics` prints it.
async fn table(stage: &Stage, day: Day, metric: &'static str, known: Option<KnownBy>) -> Vec<(String, Option<f64>)> {
    let made = Computation::prepare(&stage.app, stage.workspace, Ask::day(day, known)).await.unwrap();
    let place = made.metrics().iter().position(|m| m == metric).unwrap();
    let each =
        move |rows: &mut Vec<(String, Option<f64>)>, customer: &str, series: &kizashi_domain::measure::Series| {
            rows.push((customer.to_owned(), series.value(place, day)));
        };
    let join = |mut a: Vec<_>, b: Vec<_>| {
        a.extend(b);
        a
    };
    let mut rows = made.run(&stage.app, None, each, join).await.unwrap();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

async fn points(stage: &Stage) -> Vec<(String, Option<i64>)> {
    let query = ListQuery { rows: 20, ..ListQuery::default() };
    let page = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    let mut rows: Vec<_> = page.rows.into_iter().map(|r| (r.external_id, r.points)).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn a_position_counts_in_scores_and_tables_and_keeps_what_it_was() {
    for on in BOTH {
        let stage = Stage::set(on, RANKED, "2026-11-24").await;
        let records = vec![
            spender("a1", "大手", 10.0),
            spender("a2", "大手", 20.0),
            spender("a3", "大手", 40.0),
            spender("b1", "中小", 1.0),
            spender("b2", "中小", 3.0),
            spender("c1", "個人", 5.0),
        ];
        keep(&stage, true, records).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let own = |p: Option<i64>, rows: &[&str]| rows.iter().map(|r| ((*r).to_owned(), p)).collect::<Vec<_>>();
        let expected = [own(Some(0), &["a1"]), own(Some(50), &["a2"]), own(Some(100), &["a3"]), own(Some(0), &["b1"])];
        let expected = [expected.concat(), own(Some(100), &["b2"]), own(None, &["c1"])].concat();
        assert_eq!(points(&stage).await, expected, "{on:?}: one alone in its segment has no position");

        // The table of all customers agrees, and the dictionary counts who has one.
        let shown = |rows: Vec<(String, Option<f64>)>| -> Vec<(String, Option<i64>)> {
            #[allow(clippy::cast_possible_truncation)]
            rows.into_iter().map(|(c, v)| (c, v.map(|v| v as i64))).collect()
        };
        assert_eq!(shown(table(&stage, stage.today(), "place", None).await), expected, "{on:?}");
        assert_eq!(open_census(&stage.app, stage.workspace).await.unwrap().spread("place").measured, 5);

        // The next day one overtakes; alone it is seen against the others as they were counted.
        let first = stage.today();
        stage.go_to("2026-11-25");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let news =
            CustomerRow { external_id: "a1".into(), figures: vec![("spend".into(), 30.0)], ..CustomerRow::default() };
        keep(&stage, false, vec![Record::Customer(news)]).await;
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        let now = points(&stage).await;
        assert_eq!((now[0].1, now[2].1), (Some(75), Some(100)), "{on:?}: {now:?}");
        // A past day stays what it was.
        let query = ListQuery { search: "a1".into(), rows: 5, ..ListQuery::default() };
        let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        let moment = Moment { as_of: Some(first), against: None };
        let page = open_customer(&stage.app, stage.workspace, id, moment).await.unwrap();
        assert_eq!(page.row.points, Some(0), "{on:?}");
        assert_eq!(shown(table(&stage, first, "place", Some(KnownBy::On(first))).await), expected, "{on:?}");
    }
}

#[tokio::test]
async fn a_position_of_a_day_that_nobody_counted_is_counted_when_it_is_asked_for() {
    for on in BOTH {
        let stage = Stage::set(on, RANKED, "2026-11-24").await;
        let records = vec![spender("a1", "大手", 10.0), spender("a2", "大手", 20.0), spender("a3", "大手", 40.0)];
        keep(&stage, true, records).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        // Long before the first scores; and something about that time that is learned only now.
        let day: Day = "2026-03-10".parse().unwrap();
        let late = CustomerRow {
            external_id: "a1".into(),
            figures: vec![("spend".into(), 30.0)],
            as_of: Some("2026-02-01".parse().unwrap()),
            ..CustomerRow::default()
        };
        keep(&stage, false, vec![Record::Customer(late)]).await;
        let expected = [("a1", Some(0)), ("a2", Some(50)), ("a3", Some(100))];
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let list = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
        for (code, points) in expected {
            let id = list.iter().find(|r| r.external_id == code).unwrap().id;
            let moment = Moment { as_of: Some(day), against: None };
            let page = open_customer(&stage.app, stage.workspace, id, moment).await.unwrap();
            assert_eq!(page.row.points, points, "{on:?} {code}");
        }
        let scores = compute_scores(&stage.app, stage.workspace, day, Some(day)).await.unwrap();
        let told =
            scores.iter().map(|s| (s.customer.as_str(), s.verdict.as_ref().and_then(|v| v.shown()).map(i64::from)));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{on:?}");
        // What happened since is told on every page of that day.
        let first = list.iter().find(|r| r.external_id == "a1").unwrap().id;
        let learned = open_head(&stage.app, stage.workspace, first, Some(day)).await.unwrap().learned;
        let told: Vec<_> = learned.iter().map(|l| (l.kind, l.what.as_str(), l.figure)).collect();
        assert_eq!(told, [(LearnedKind::Figure, "spend", Some(30.0))], "{on:?}");
    }
}

#[tokio::test]
async fn a_hunch_is_a_figure_for_as_long_as_it_is_meant() {
    for on in BOTH {
        let stage = Stage::set(on, RANKED, "2026-11-24").await;
        keep(&stage, true, vec![spender("a1", "大手", 10.0)]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        let hunch = |feeling, days| NewHunch { feeling, confidence: 2, days, note: String::new() };
        let grant = permit(&stage.staff("csm", Role::Csm).await.viewer, Action::Work).unwrap();
        note_hunch(&stage.app, &grant, id, hunch(1, 30)).await.unwrap();
        let first = stage.today();
        stage.go_to("2026-11-26");
        note_hunch(&stage.app, &grant, id, hunch(-2, 5)).await.unwrap();
        let mut seen = Vec::new();
        for offset in [0, 1, 2, 7, 8, 30, 31] {
            seen.push(table(&stage, first.plus(offset), "hunch", None).await[0].1);
        }
        assert_eq!(seen, [Some(1.0), Some(1.0), Some(-2.0), Some(-2.0), Some(1.0), Some(1.0), None], "{on:?}");
        let known = Some(KnownBy::On(first));
        assert_eq!(table(&stage, first.plus(2), "hunch", known).await[0].1, Some(1.0), "{on:?}: not said yet");
    }
}

#[tokio::test]
async fn people_and_contracts_of_a_past_day_are_those_that_were_known() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-10-01").await;
        let person = |name: &str, role: &str| {
            Record::Contact(ContactRow {
                external_id: name.to_owned(),
                customer: "a".into(),
                name: Some(name.to_owned()),
                role: Some(role.to_owned()),
                ..ContactRow::default()
            })
        };
        let term = |seats| {
            Record::Contract(ContractRow {
                external_id: "k".into(),
                customer: "a".into(),
                seats: Some(seats),
                start: Some("2026-04-01".parse().unwrap()),
                months: Some(12),
                ..ContractRow::default()
            })
        };
        keep(&stage, true, vec![person("高橋", "champion"), term(20)]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        stage.go_to("2026-11-02");
        keep(&stage, false, vec![person("高橋", "user"), person("森", "champion"), term(10)]).await;
        stage.go_to("2026-11-10");
        // In bulk again, the same facts: nothing is older for it.
        keep(&stage, true, vec![person("高橋", "user"), person("森", "champion"), term(10)]).await;

        let look = async |day: Option<&str>| {
            let moment = Moment { as_of: day.map(|d| d.parse().unwrap()), against: None };
            let page = open_customer(&stage.app, stage.workspace, id, moment).await.unwrap();
            let people: Vec<String> = page.contacts.iter().map(|p| format!("{} {}", p.name, p.role)).collect();
            (people.join(", "), page.contracts.iter().map(|c| c.seats).collect::<Vec<_>>())
        };
        assert_eq!(look(Some("2026-09-01")).await, ("高橋 champion".to_owned(), vec![Some(20)]), "{on:?}");
        assert_eq!(look(Some("2026-11-01")).await, ("高橋 champion".to_owned(), vec![Some(20)]), "{on:?}");
        assert_eq!(look(Some("2026-11-02")).await, ("森 champion, 高橋 user".to_owned(), vec![Some(10)]), "{on:?}");
        assert_eq!(look(None).await, ("森 champion, 高橋 user".to_owned(), vec![Some(10)]), "{on:?}");
    }
}

#[tokio::test]
async fn a_page_scores_its_customer_at_once() {
    let stage = Stage::set(On::Sqlite, RANKED, "2026-11-24").await;
    keep(&stage, true, vec![spender("a1", "大手", 10.0), spender("a2", "大手", 20.0)]).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { search: "a1".into(), rows: 5, ..ListQuery::default() };
    let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    let richer = ["a1", "a2"].map(|code| {
        let figures = vec![("spend".into(), 30.0)];
        Record::Customer(CustomerRow { external_id: code.into(), figures, ..CustomerRow::default() })
    });
    keep(&stage, false, richer.to_vec()).await;
    assert_eq!(count_waiting(&stage.app).await.unwrap(), 2);
    let pages: Vec<_> = (0..8)
        .map(|_| {
            let (app, workspace) = (stage.app.clone(), stage.workspace);
            tokio::spawn(async move { open_customer(&app, workspace, id, Moment::default()).await.unwrap().row.points })
        })
        .collect();
    for page in pages {
        assert_eq!(page.await.unwrap(), Some(100));
    }
    // A page does not wait for ever; what was begun ends behind it.
    while count_waiting(&stage.app).await.unwrap() > 1 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(count_waiting(&stage.app).await.unwrap(), 1, "the other one waits for the job");
    assert_eq!(points(&stage).await[0].1, Some(100), "and what was computed was kept");
}

#[tokio::test]
async fn a_field_is_changed_in_place_and_tells_where_each_value_came_from() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let row = CustomerRow {
            external_id: "a".into(),
            stage: Some("onboarding".into()),
            since: Some("2026-10-01".parse().unwrap()),
            figures: vec![("nps".into(), 8.0)],
            ..CustomerRow::default()
        };
        keep(&stage, true, vec![Record::Customer(row)]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        stage.go_to("2026-11-26");
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        change_field(&stage.app, &grant, id, "stage", "adoption").await.unwrap();
        change_field(&stage.app, &grant, id, "owner", &csm.staff.to_string()).await.unwrap();
        change_field(&stage.app, &grant, id, "employees", "1,200").await.unwrap();
        change_field(&stage.app, &grant, id, "industry", "物流").await.unwrap();
        let fields = list_fields(&stage.app, stage.workspace, id, None).await.unwrap();
        let of = |name: &str| fields.iter().find(|f| f.name == name).unwrap();
        let told: Vec<_> =
            of("stage").versions.iter().map(|v| (v.value.as_str(), v.source.as_str(), v.who.as_deref())).collect();
        assert_eq!(told, [("adoption", "kizashi", Some("csm")), ("onboarding", "crm", None)], "{on:?}");
        let values = ["stage", "owner", "employees", "since", "nps"].map(|name| of(name).value.as_str());
        assert_eq!(values, ["adoption", "csm", "1200", "2026-10-01", "8"], "{on:?}");
        // A past day still says what it was.
        let moment = Moment { as_of: Some("2026-11-25".parse().unwrap()), against: None };
        let page = open_customer(&stage.app, stage.workspace, id, moment).await.unwrap();
        assert_eq!(
            (page.row.stage.as_str(), page.row.owner, page.industry.as_str()),
            ("onboarding", None, ""),
            "{on:?}"
        );
        let now = open_customer(&stage.app, stage.workspace, id, Moment::default()).await.unwrap();
        assert_eq!((now.row.owner.as_deref(), now.industry.as_str()), (Some("csm"), "物流"), "{on:?}");
        assert_eq!(open_head(&stage.app, stage.workspace, id, moment.as_of).await.unwrap().row.stage, "onboarding");
        let then = list_fields(&stage.app, stage.workspace, id, moment.as_of).await.unwrap();
        let said: Vec<_> =
            then.iter().filter(|f| !f.value.is_empty()).map(|f| (f.name.as_str(), f.value.as_str())).collect();
        assert_eq!(said, [("name", "a"), ("stage", "onboarding"), ("since", "2026-10-01"), ("nps", "8")], "{on:?}");
        assert!(then.iter().all(|f| !f.is_open), "a past day is not written on");
        // Before the customer was known at all, nothing is said.
        let earlier = list_fields(&stage.app, stage.workspace, id, Some("2026-09-01".parse().unwrap())).await.unwrap();
        assert!(earlier.iter().all(|f| f.value.is_empty() && f.versions.is_empty()), "{on:?} {earlier:?}");
        for (field, value) in [
            ("name", " "),
            ("employees", "many"),
            ("since", "2026-02-30"),
            ("owner", "nobody"),
            ("stage", "a\u{7}b"),
            ("region", &"あ".repeat(300)),
            ("external_id", "b"),
            ("nps", "nine"),
            ("mrr", "9"),
        ] {
            assert!(change_field(&stage.app, &grant, id, field, value).await.is_err(), "{field}");
        }
        let after = list_fields(&stage.app, stage.workspace, id, None).await.unwrap();
        assert_eq!(after, fields, "{on:?}: what was refused changed nothing");
    }
}
