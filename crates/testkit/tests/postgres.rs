//! The throw-away PostgreSQL: each test has a database of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end here"
)]

use std::process::Command;

use kizashi_testkit::postgres::fresh_database;

fn run_sql(url: &str, sql: &str) -> Result<String, String> {
    let output = Command::new("psql").args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url]).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    if output.status.success() { Ok(text.trim().to_owned()) } else { Err(text.trim().to_owned()) }
}

#[test]
fn what_one_test_writes_another_does_not_see() {
    let (mine, yours) = (fresh_database(), fresh_database());
    run_sql(&mine, "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('兆し')").unwrap();
    assert_eq!(run_sql(&mine, "SELECT text FROM note").unwrap(), "兆し");
    assert!(run_sql(&yours, "SELECT text FROM note").unwrap_err().contains("does not exist"));
}
