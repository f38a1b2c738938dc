use kizashi_db::Db;
use kizashi_domain::time::Time;

/// A statement that one engine does not understand fails here, with its place, and not on a customer's machine.
async fn prepare_all(db: &Db) {
    db.migrate(Time(0)).await.unwrap();
    assert_eq!(db.migrate(Time(0)).await.unwrap(), 0, "a second start migrates nothing");
    let mut count = 0;
    let mut faults = Vec::new();
    for statement in kizashi_db::statements() {
        count += 1;
        if let Err(e) = db.prepare(statement.text).await {
            faults.push(format!("{}:{}: {e}\n  {}", statement.file, statement.line, statement.text));
        }
    }
    assert!(count > 100, "statements are linked into this test: {count}");
    assert!(faults.is_empty(), "{:?}:\n{}", db.engine(), faults.join("\n"));
}

#[tokio::test]
async fn sqlite_understands_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    // Link the statements of the whole product.
    let _ = kizashi_app::today::open_today;
    prepare_all(&Db::open_sqlite(&folder.path().join("db")).await.unwrap()).await;
}

#[tokio::test]
async fn postgres_understands_every_statement() {
    prepare_all(&Db::open_postgres(&kizashi_testkit::postgres::fresh_database()).await.unwrap()).await;
}

#[tokio::test]
async fn a_newer_database_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(&folder.path().join("db")).await.unwrap();
    db.migrate(Time(0)).await.unwrap();
    let mut tx = db.write().await.unwrap();
    tx.run(kizashi_db::sql!("INSERT INTO migration (number, applied_at) VALUES ($1, 0)"), kizashi_db::args![9_999_i64])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(db.migrate(Time(0)).await, Err(kizashi_db::DbError::TooNew { found: 9_999, .. })));
}
