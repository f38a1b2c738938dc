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

/// What runs every night for every customer.
const NIGHTLY: [&str; 3] = ["/plays/", "/signals/", "/health/"];
/// Statements of these folders that may go through a whole workspace.
const WALKS: [&str; 7] = [
    // Staff are few; customers that have left are looked for once a day.
    "SELECT id FROM staff",
    "UPDATE play_run SET look_on = $2",
    // What points to a row that goes is looked for by that row alone; a customer is forgotten once.
    "DELETE FROM",
    // The number of a list, and what one person leaves to another.
    "SELECT count(*) FROM play_run r WHERE",
    "SELECT id FROM play_task WHERE workspace_id = $1 AND owner_id = $2",
    "SELECT id FROM play_run WHERE workspace_id = $1 AND owner_id = $2",
    "SELECT a.card_id FROM card_associate a JOIN card k",
];

/// SQLite keeps no statistics, and takes any index of the workspace for as good as one of the key alone: what is asked for every
/// customer would then go through all of them.
#[tokio::test]
async fn what_is_asked_of_one_customer_never_goes_through_all() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(&folder.path().join("kizashi.db")).await.unwrap();
    db.migrate(Time(0)).await.unwrap();
    let asks_for_a_key = |text: &str| {
        ["customer_id", "card_id", "run_id", "batch_id", "shift_id", "subject", ".id", " id"]
            .iter()
            .any(|key| text.contains(&format!("{key} = $")) || text.contains(&format!("{key} IN (")))
    };
    let (mut faults, mut looked) = (Vec::new(), 0);
    for statement in statements().filter(|s| NIGHTLY.iter().any(|folder| s.file.contains(folder))) {
        if !asks_for_a_key(statement.text) || WALKS.iter().any(|known| statement.text.starts_with(known)) {
            continue;
        }
        looked += 1;
        let plan = db.explain(statement).await.unwrap();
        for line in plan.iter().filter(|l| l.ends_with("(workspace_id=?)") || l.starts_with("SCAN ")) {
            faults.push(format!("{}:{}: {line}\n    {}", statement.file, statement.line, statement.text));
        }
    }
    assert!(faults.is_empty(), "\n\n{}\n", faults.join("\n"));
    assert!(looked > 50, "only {looked} statements were looked at");
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    let db = Db::open_postgres(&fresh_database()).await.unwrap();
    assert_all_prepare(&db).await;
}
