//! Every SQL text of the product is understood by both engines, on the tables that the migrations make.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end here")]

// Links the crate, and with it the statements that it registers.
use kizashi_app as _;
use kizashi_db::{Db, statements};
use kizashi_domain::time::Time;
use kizashi_testkit::postgres::fresh_database;

/// Fewer would mean that the statements were not linked and the test looked at nothing.
const STATEMENTS_MIN: usize = 40;

async fn assert_all_prepare(db: &Db) {
    db.migrate(Time(0)).await.expect("the migrations run");
    assert_eq!(db.migrate(Time(0)).await.expect("and run again"), 0, "a second time there is nothing to do");
    let mut faults = Vec::new();
    for statement in statements() {
        if let Err(error) = db.prepare(statement.text).await {
            faults.push(format!(
                "{}:{}: {:?} refuses it: {error}\n    {}",
                statement.file,
                statement.line,
                db.engine(),
                statement.text
            ));
        }
    }
    assert!(faults.is_empty(), "\n\n{}\n", faults.join("\n"));
    let count = statements().count();
    assert!(count >= STATEMENTS_MIN, "only {count} statements are linked");
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(&folder.path().join("kizashi.db")).await.unwrap();
    assert_all_prepare(&db).await;
    assert_eq!(db.check().await.unwrap(), Vec::<String>::new(), "the empty database is sound");
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    let db = Db::open_postgres(&fresh_database()).await.unwrap();
    assert_all_prepare(&db).await;
}
