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
