//! A database of others is read by a query that goes on where it was, whatever happens to it meanwhile.

use std::sync::Arc;

use kizashi_app::customers::{ListQuery, list_customers};
use kizashi_app::imports::Report;
use kizashi_app::pulls::{
    DatabaseAddress, Failed, PullRow, Query, Tls, keep_connection, keep_query, list_pulls, look_at_query, open_pull,
    restart_pull, run_due, run_now, try_connection, try_query,
};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Connection, Id, Pull};
use kizashi_domain::intake::{Binding, Files, RecordKind, Use, Wish};
use kizashi_testkit::{On, OwnPostgres, RowFiles, Stage};

use crate::{BOTH, SAAS};

/// Everything that has a meaning somewhere: in addresses, in SQL, in shells.
const ODD_PASSWORD: &str = "p@ss:/?#[]%20 'quote' \"double\" \\ ＄é";

struct House {
    stage: Stage,
    own: OwnPostgres,
    files: Arc<dyn Files>,
    connection: Id<Connection>,
}

fn address(own: &OwnPostgres) -> DatabaseAddress {
    DatabaseAddress {
        host: own.host.clone(),
        port: 5432,
        database: "postgres".into(),
        user: "owner".into(),
        tls: Tls::Plain,
        authority: String::new(),
    }
}

fn wish(kind: RecordKind, columns: &[(&str, &str)]) -> Wish {
    let binding = |(field, column): &(&str, &str)| Binding {
        used: Use::Field((*field).to_owned()),
        column: Some((*column).to_owned()),
        value: None,
        unit: None,
    };
    Wish { kind: Some(kind), source: "crm".into(), bindings: columns.iter().map(binding).collect(), ..Wish::default() }
}

fn firms() -> Query {
    Query {
        text: "SELECT code, name, staff, touched FROM firm -- all of them\n;".into(),
        cursor: "touched".into(),
        wish: wish(RecordKind::Customers, &[("external_id", "code"), ("name", "name"), ("employees", "staff")]),
    }
}

const FIRMS: &str = "CREATE TABLE firm (code TEXT, name TEXT, staff TEXT, touched TIMESTAMPTZ);
    INSERT INTO firm SELECT 'c' || n, 'Firm ' || n, n::text, '2026-10-01 00:00:00+00' FROM generate_series(1, 1200) n;";

async fn set(on: On) -> House {
    let own = OwnPostgres::start(ODD_PASSWORD);
    own.run_sql(FIRMS);
    let stage = Stage::set(on, SAAS, "2026-11-02").await;
    let files: Arc<dyn Files> = Arc::new(RowFiles(stage.zone.clone()));
    let password = Secret::new(ODD_PASSWORD.into());
    let connection = keep_connection(&stage.app, &stage.console(), None, "crm", &address(&own), Some(&password)).await;
    House { connection: connection.unwrap(), stage, own, files }
}

impl House {
    async fn keep(&self, query: &Query) -> Id<Pull> {
        let ids = (None, self.connection);
        keep_query(&self.stage.app, &self.stage.console(), ids, "firms", query, 300).await.unwrap()
    }

    async fn run(&self, id: Id<Pull>) -> Result<Report, Failed> {
        run_now(&self.stage.app, &self.files, self.stage.workspace, id).await
    }

    async fn row(&self, id: Id<Pull>) -> PullRow {
        open_pull(&self.stage.app, self.stage.workspace, id).await.unwrap()
    }

    async fn customers(&self) -> i64 {
        let list = list_customers(&self.stage.app, self.stage.workspace, &ListQuery::default()).await.unwrap();
        list.total
    }
}

fn counts(report: &Report) -> [u64; 4] {
    [report.added, report.changed, report.same, report.refused]
}

fn fault(ended: Result<Report, Failed>) -> (&'static str, String) {
    match ended {
        Err(Failed::There(fault, said)) => (fault, said),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_goes_on_by_its_cursor_and_equal_values_are_not_lost() {
    for on in BOTH {
        let house = set(on).await;
        let pull = house.keep(&firms()).await;
        // More rows of one cursor value than fit into one piece.
        assert_eq!(counts(&house.run(pull).await.unwrap()), [1_200, 0, 0, 0]);
        assert_eq!(house.customers().await, 1_200);
        let row = house.row(pull).await;
        assert_eq!(row.place, "2026-10-01 00:00:00+00");
        assert!(row.fault.is_none() && row.done_at.is_some() && row.next_at > house.stage.app.now());
        // A row with the same cursor value, and one whose transaction ended late, are found; the rest is the same.
        house.own.run_sql(
            "INSERT INTO firm VALUES ('late', 'Late', '1', '2026-09-30 23:58:00+00'), ('c9', 'Firm Nine', '9', '2026-10-01 00:00:00+00'),
               ('new', 'New', '3', '2026-10-05 12:00:00.123456+00');",
        );
        let again = house.run(pull).await.unwrap();
        assert_eq!(counts(&again), [2, 1, 1_200, 0], "{on:?}");
        assert_eq!(house.row(pull).await.place, "2026-10-05 12:00:00.123456+00");
        // Only what is near the cursor is read now, and nothing of it is new.
        assert_eq!(counts(&house.run(pull).await.unwrap()), [0, 0, 1, 0]);
        // What the last run with news brought stays to be seen.
        assert_eq!(house.row(pull).await.report.added, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_asked_again_later_and_nothing_is_lost() {
    let mut house = set(On::Sqlite).await;
    let pull = house.keep(&firms()).await;
    house.run(pull).await.unwrap();
    house.own.stop();
    assert_eq!(fault(house.run(pull).await).0, "unreachable");
    let row = house.row(pull).await;
    assert_eq!((row.failures, row.fault.as_ref().map(|f| f.0.as_str())), (1, Some("unreachable")));
    let wait_s = |row: &PullRow| (row.next_at.micros() - house.stage.app.now().micros()) / 1_000_000;
    assert_eq!(wait_s(&row), 60);
    house.run(pull).await.unwrap_err();
    assert_eq!(wait_s(&house.row(pull).await), 120);
    // It comes back with news; the job finds it when its time has come.
    house.own.resume();
    house.own.run_sql("INSERT INTO firm VALUES ('back', 'Back', '1', '2026-10-02 00:00:00+00')");
    assert_eq!(run_due(&house.stage.app, &house.files, house.stage.workspace).await.unwrap(), 0);
    house.stage.go_to("2026-11-03");
    assert_eq!(run_due(&house.stage.app, &house.files, house.stage.workspace).await.unwrap(), 1);
    let row = house.row(pull).await;
    assert_eq!((row.failures, row.fault, row.report.added), (0, None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_writes_is_refused_and_writes_nothing() {
    let house = set(On::Sqlite).await;
    house.own.run_sql(
        "CREATE FUNCTION grow() RETURNS TEXT LANGUAGE sql AS 'INSERT INTO firm VALUES (''x'') RETURNING code'",
    );
    let grant = house.stage.console();
    for (text, want) in [
        ("DELETE FROM firm", "writes"),
        ("WITH gone AS (DELETE FROM firm RETURNING *) SELECT * FROM gone", "writes"),
        ("SELECT grow() AS code", "writes"),
        ("SELECT 1; DROP TABLE firm", "query"),
        ("SELECT code FROM firm) AS q; DROP TABLE firm; --", "query"),
        ("SELECT code FROM frim", "query"),
        ("", "query"),
    ] {
        let query = Query { text: text.into(), ..firms() };
        let ended = look_at_query(&house.stage.app, &grant, house.files.as_ref(), house.connection, &query).await;
        let Err(Failed::There(fault, said)) = ended else { panic!("{text}: {ended:?}") };
        assert_eq!(fault, want, "{text}: {said}");
    }
    let look = look_at_query(&house.stage.app, &grant, house.files.as_ref(), house.connection, &firms()).await.unwrap();
    assert_eq!((look.rows.len(), look.titles.len()), (5, 4));
    let count = Query { text: "SELECT count(*) AS code FROM firm".into(), ..firms() };
    let look = look_at_query(&house.stage.app, &grant, house.files.as_ref(), house.connection, &count).await.unwrap();
    assert_eq!(look.rows, [["1200"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_rows_are_listed_and_a_column_that_goes_is_named() {
    let house = set(On::Postgres).await;
    house.own.run_sql(
        "TRUNCATE firm; INSERT INTO firm VALUES ('c1', 'Minato', '12', '2026-10-01'), ('c2', 'Sora', 'many', '2026-10-02'),
           (NULL, NULL, '3', '2026-10-03'), ('c4', 'Umi', NULL, 'infinity')",
    );
    let trial =
        try_query(&house.stage.app, &house.stage.console(), house.files.clone(), house.connection, &firms()).await;
    assert_eq!(counts(&trial.unwrap()), [2, 0, 0, 2]);
    assert_eq!(house.customers().await, 0);
    let pull = house.keep(&firms()).await;
    let report = house.run(pull).await.unwrap();
    assert_eq!(counts(&report), [2, 0, 0, 2]);
    let listed: Vec<(u64, &str)> = report.refusals.iter().map(|r| (r.line, r.field.as_str())).collect();
    assert_eq!(listed, [(2, "staff"), (3, "code")]);
    // Mended there, they are read again from the beginning.
    house.own.run_sql("UPDATE firm SET staff = '7' WHERE code = 'c2'");
    restart_pull(&house.stage.app, &house.stage.console(), pull).await.unwrap();
    assert_eq!(counts(&house.run(pull).await.unwrap()), [1, 0, 2, 1]);
    // A column of the query goes away; then one that the map names; then the one by which it goes on.
    house.own.run_sql("ALTER TABLE firm RENAME COLUMN staff TO people");
    let (word, said) = fault(house.run(pull).await);
    assert!(word == "query" && said.contains("staff"), "{word} {said}");
    for (text, want) in [
        ("SELECT code, name, touched FROM firm", "staff"),
        ("SELECT code, name, people AS staff FROM firm", "touched"),
        ("SELECT code, code, name FROM firm", "code"),
    ] {
        let query = Query { text: text.into(), ..firms() };
        let ids = (Some(pull), house.connection);
        keep_query(&house.stage.app, &house.stage.console(), ids, "firms", &query, 300).await.unwrap();
        let (_, said) = fault(house.run(pull).await);
        assert!(said.contains(want), "{text}: {said}");
    }
    assert_eq!(list_pulls(&house.stage.app, house.stage.workspace).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_once_and_are_known_when_they_came() {
    let house = set(On::Sqlite).await;
    house.own.run_sql(
        "CREATE TABLE pay (no BIGINT, firm TEXT, sum NUMERIC(12,2), at TIMESTAMPTZ);
         INSERT INTO pay SELECT n, 'c1', n * 1.5, TIMESTAMPTZ '2026-10-01 00:00:00+00' + n * INTERVAL '1 hour' FROM generate_series(1, 30) n",
    );
    let mut query = Query {
        text: "SELECT no, firm, sum, at, 'payment' AS what FROM pay".into(),
        cursor: "no".into(),
        wish: wish(
            RecordKind::Events,
            &[("id", "no"), ("customer", "firm"), ("value", "sum"), ("occurred_at", "at"), ("event", "what")],
        ),
    };
    let pull = house.keep(&query).await;
    assert_eq!(house.run(pull).await.unwrap().added, 30);
    house.own.run_sql("INSERT INTO pay VALUES (31, 'c1', 7, '2026-10-20 00:00:00+00')");
    // Numbers below the cursor are read again, and are the same.
    assert_eq!(counts(&house.run(pull).await.unwrap()), [1, 0, 30, 0]);
    // Without a cursor everything is read each time.
    query.cursor = String::new();
    let ids = (Some(pull), house.connection);
    keep_query(&house.stage.app, &house.stage.console(), ids, "firms", &query, 300).await.unwrap();
    assert_eq!(counts(&house.run(pull).await.unwrap()), [0, 0, 31, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_kept_where_it_was_given_and_told_nobody_else() {
    let house = set(On::Sqlite).await;
    let (app, grant) = (&house.stage.app, house.stage.console());
    let wrong = Secret::new("wrong".into());
    let ended = try_connection(app, &grant, Some(house.connection), &address(&house.own), Some(&wrong)).await;
    assert!(matches!(ended, Err(Failed::There("sign-in", _))), "{ended:?}");
    // Without one, the one that is kept opens it.
    try_connection(app, &grant, Some(house.connection), &address(&house.own), None).await.unwrap();
    let elsewhere = DatabaseAddress { host: "/tmp".into(), ..address(&house.own) };
    let ended = keep_connection(app, &grant, Some(house.connection), "crm", &elsewhere, None).await;
    let Err(Failed::Here(Error::Refused(Refused::Field { field, .. }))) = ended else { panic!("{ended:?}") };
    assert_eq!(field, "password");
    let right = Secret::new(ODD_PASSWORD.into());
    let other = keep_connection(app, &grant, None, "crm", &address(&house.own), Some(&right)).await;
    assert!(matches!(other, Err(Failed::Here(Error::Refused(Refused::Taken)))), "{other:?}");
    let missing = DatabaseAddress { database: "nowhere".into(), ..address(&house.own) };
    let ended = try_connection(app, &grant, Some(house.connection), &missing, None).await;
    assert!(matches!(ended, Err(Failed::There("no-database", _))), "{ended:?}");
}
