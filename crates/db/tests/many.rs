//! Many rows in few statements.

use kizashi_db::{Db, args, sql};
use kizashi_domain::time::Time;
use uuid::Uuid;

#[test]
fn every_value_of_many_rows_lands_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open_sqlite(&folder.path().join("a.db")).await.unwrap();
        db.migrate(Time(0)).await.unwrap();
        // More than one statement holds, so that a full one and a rest are tried; a row that stands there already is left.
        let rows = |from: u128, to: u128| {
            (from..to).map(|i| args![Uuid::from_u128(i), format!("name {i}"), format!("zone {i}"), i as i64]).collect()
        };
        let insert = sql!(
            "INSERT INTO workspace (id, name, time_zone, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING"
        );
        let mut tx = db.write().await.unwrap();
        assert_eq!(tx.run_many(insert, rows(0, 25_000)).await.unwrap(), 25_000);
        assert_eq!(tx.run_many(insert, rows(24_999, 25_001)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let read = sql!("SELECT name, time_zone, created_at FROM workspace ORDER BY created_at");
        let found: Vec<(String, String, i64)> = db.list(read, args![]).await.unwrap();
        assert_eq!(found.len(), 25_001);
        for (i, row) in (0_i64..).zip(&found) {
            assert_eq!(*row, (format!("name {i}"), format!("zone {i}"), i));
        }
    });
}

#[test]
fn a_statement_for_each_of_many_finds_its_own_arguments() {
    let folder = tempfile::tempdir().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open_sqlite(&folder.path().join("a.db")).await.unwrap();
        db.migrate(Time(0)).await.unwrap();
        let insert = sql!("INSERT INTO workspace (id, name, time_zone, created_at) VALUES ($1, $2, 'UTC', $3)");
        // An argument that occurs twice and one that comes before another of a lower number.
        let rename = sql!("UPDATE workspace SET name = $3 || '/' || $2 WHERE id = $1 AND name <> $3");
        let id = |i: i64| Uuid::from_u128(u128::try_from(i).unwrap());
        for count in [1_i64, 3, 4, 63, 64, 65, 341] {
            let mut tx = db.write().await.unwrap();
            tx.run(sql!("DELETE FROM workspace"), args![]).await.unwrap();
            let rows = (0..count).map(|i| args![id(i), format!("name {i}"), i]).collect();
            assert_eq!(tx.run_each(insert, rows).await.unwrap(), u64::try_from(count).unwrap());
            // One of them is called so already: it stays.
            let rows = (0..count).map(|i| {
                args![id(i), format!("old {i}"), if i == 0 { "name 0".to_owned() } else { format!("new {i}") }]
            });
            assert_eq!(tx.run_each(rename, rows.collect()).await.unwrap(), u64::try_from(count - 1).unwrap());
            let keys = (0..count).map(|i| kizashi_db::ToValue::to_value(&id(i))).collect();
            let read = sql!("SELECT name, created_at FROM workspace WHERE name <> $1 AND id IN ($2)");
            let mut found: Vec<(String, i64)> = tx.list_in(read, args!["nobody"], keys).await.unwrap();
            found.sort_by_key(|(_, i)| *i);
            tx.commit().await.unwrap();
            let named = |i: i64| if i == 0 { "name 0".to_owned() } else { format!("new {i}/old {i}") };
            assert_eq!(found, (0..count).map(|i| (named(i), i)).collect::<Vec<_>>());
        }
    });
}
