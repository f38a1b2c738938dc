//! Taps that others publish, as their users run them, speaking to the program.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use kizashi_testkit::postgres::{fresh_database, run_sql};
use serde_json::{Value, json};

use super::Workspace;

/// A tap's program; `None` where Python or its packages cannot be had, which `scripts/install-test-needs` says. In CI it must be there.
fn find_tap(environment: &str, program: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let folder = cache.join("kizashi/taps").join(environment);
    let path = folder.join("bin").join(program);
    if path.exists() && !folder.join("why-not").exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there: run scripts/install-test-needs", path.display());
    let why =
        std::fs::read_to_string(folder.join("why-not")).unwrap_or_else(|_| "run scripts/install-test-needs".into());
    eprintln!("not tried with {program}: {}", why.trim());
    None
}

/// Runs a tap to its end and gives what it wrote.
fn speak(tap: &Path, arguments: &[&Path]) -> Vec<u8> {
    let output =
        Command::new(tap).args(arguments).env_remove("SINGER_SDK_LOG_CONFIG").output().expect("the tap starts");
    assert!(output.status.success(), "{}: {}", tap.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// `kizashi import - --as singer`, with these messages on standard input.
fn import(workspace: &Workspace, map: &Path, messages: &[u8]) -> Output {
    let mut child: Child = workspace
        .command(&["import", "-", "--as", "singer", "--map", map.to_str().unwrap()])
        .current_dir(workspace.0.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().unwrap().write_all(messages).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The state that a user keeps: the last line.
fn last_state(output: &Output) -> Option<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().last().map(|line| serde_json::from_str(line).unwrap())
}

impl Workspace {
    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

const FIRMS: &str = "source = \"sheet\"\n[streams.firms]\nas = \"customers\"\n[streams.firms.columns]\ncustomer = \"code\"\nname = \"name\"\nemployees = \"staff\"\n";

#[test]
fn tap_spreadsheets_brings_a_table_of_an_office() {
    let Some(tap) = find_tap("spreadsheets", "tap-spreadsheets") else { return };
    let workspace = Workspace::new();
    workspace.file("firms.csv", "code,name,staff\nc1,株式会社ミナト,120\nc2,ソラ商事,many\n,名無し,1\n");
    let files = json!([{ "path": workspace.0.path().join("firms.csv"), "format": "csv", "table_name": "firms", "primary_keys": ["code"],
        "drop_empty": false }]);
    let config = workspace.file("config.json", json!({ "files": files }).to_string());
    let map = workspace.file("map.toml", FIRMS);
    let messages = speak(&tap, &["--config".as_ref(), &config]);
    let first = import(&workspace, &map, &messages);
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert!(said(&first).contains("3 records: 1 were added, 0 changed, 0 deleted, 0 the same as before, 2 refused"));
    assert!(last_state(&first).unwrap()["bookmarks"]["firms"].is_object());
    let rejected = std::fs::read_to_string(workspace.0.path().join("stdin.rejected.csv")).unwrap();
    assert!(rejected.contains(",code,,is required and empty") && rejected.contains(",staff,many,is not a number"));
    // The same again changes nothing.
    let again = import(&workspace, &map, &messages);
    assert!(said(&again).contains("3 records: 0 were added, 0 changed, 0 deleted, 1 the same"), "{}", said(&again));
}

const SHOP: &str = r#"
source = "shop"
[streams.public-firm]
as = "customers"
[streams.public-firm.columns]
customer = "code"
name = "name"
since = "since"
[streams.public-payment]
as = "events"
[streams.public-payment.columns]
customer = "firm"
occurred_at = "paid_at"
event = { value = "payment" }
value = "amount"
"#;

/// What the tap finds, with every stream selected, by `key` from where it was.
fn select_all(tap: &Path, config: &Path, keys: &[(&str, &str)]) -> String {
    let mut catalog: Value =
        serde_json::from_slice(&speak(tap, &["--config".as_ref(), config, "--discover".as_ref()])).unwrap();
    for stream in catalog["streams"].as_array_mut().unwrap() {
        let Some((_, key)) = keys.iter().find(|(name, _)| stream["tap_stream_id"] == *name) else { continue };
        stream["replication_method"] = json!("INCREMENTAL");
        stream["replication_key"] = json!(key);
        for entry in stream["metadata"].as_array_mut().unwrap() {
            entry["metadata"]["selected"] = json!(true);
            if entry["breadcrumb"].as_array().unwrap().is_empty() {
                entry["metadata"]["replication-method"] = json!("INCREMENTAL");
                entry["metadata"]["replication-key"] = json!(key);
            }
        }
    }
    catalog.to_string()
}

#[test]
fn tap_postgres_goes_on_from_its_state_through_a_running_server_too() {
    let Some(tap) = find_tap("postgres", "tap-postgres") else { return };
    let url = fresh_database();
    run_sql(
        &url,
        "CREATE TABLE firm (code TEXT PRIMARY KEY, name TEXT, since DATE, touched TIMESTAMPTZ NOT NULL);
         CREATE TABLE payment (no BIGINT PRIMARY KEY, firm TEXT, amount NUMERIC(14,2), paid_at TIMESTAMP, paid TIMESTAMPTZ NOT NULL);
         INSERT INTO firm VALUES ('c1', '株式会社ミナト', '2025-04-01', '2026-10-01 00:00:00+00'), ('c2', 'ソラ商事', NULL, '2026-10-01 00:00:00+00');
         INSERT INTO payment SELECT n, 'c' || (1 + n % 2), n * 1.25, TIMESTAMP '2026-10-01' + n * INTERVAL '1 minute',
           TIMESTAMPTZ '2026-10-01 00:00:00+00' + n * INTERVAL '1 minute' FROM generate_series(1, 2500) n;",
    );
    let workspace = Workspace::new();
    // The tap insists on a password; this server asks for none.
    let address = url.replace("postgres://kizashi@", "postgresql://kizashi:none@");
    let config =
        workspace.file("config.json", json!({ "sqlalchemy_url": address, "filter_schemas": ["public"] }).to_string());
    let keys = [("public-firm", "touched"), ("public-payment", "paid")];
    let catalog = workspace.file("catalog.json", select_all(&tap, &config, &keys));
    let map = workspace.file("map.toml", SHOP);
    let messages = speak(&tap, &["--config".as_ref(), &config, "--catalog".as_ref(), &catalog]);
    let first = import(&workspace, &map, &messages);
    assert!(first.status.success(), "{}", said(&first));
    assert!(said(&first).contains("2502 records: 2502 were added"), "{}", said(&first));
    let state = last_state(&first).unwrap();
    let state = workspace.file("state.json", state.to_string());

    // Only what is new comes, and goes in through a server that has the folder.
    run_sql(
        &url,
        "UPDATE firm SET name = 'ソラ商事株式会社', touched = '2026-11-01 00:00:00+00' WHERE code = 'c2';
         INSERT INTO payment VALUES (2501, 'c1', 99.5, '2026-11-01 10:00:00', '2026-11-01 01:00:00+00');",
    );
    let more = speak(&tap, &["--config".as_ref(), &config, "--catalog".as_ref(), &catalog, "--state".as_ref(), &state]);
    assert!(more.len() < messages.len() / 10, "the tap goes on from its state");
    let second = workspace.while_serving(|| import(&workspace, &map, &more));
    assert!(second.status.success(), "{}", said(&second));
    assert!(said(&second).contains("1 were added, 1 changed"), "{}", said(&second));
    assert!(last_state(&second).unwrap()["bookmarks"]["public-payment"].is_object());
    // All of it again changes nothing.
    let again = import(&workspace, &map, &more);
    assert!(said(&again).contains("0 were added, 0 changed"), "{}", said(&again));
}

#[test]
fn what_the_tap_says_of_itself_is_said_only_once_the_records_are_in() {
    let workspace = Workspace::new();
    let map = workspace.file("map.toml", FIRMS);
    let text = |code: &str| {
        json!({ "type": "RECORD", "stream": "firms", "record": { "code": code, "name": "A" } }).to_string()
    };
    let schema = json!({ "type": "SCHEMA", "stream": "firms", "key_properties": ["code"], "schema": { "properties": { "code": {}, "name": {} } } });
    let state = |n: i64| json!({ "type": "STATE", "value": { "n": n } }).to_string();
    // It breaks off behind a state: the records before that are in, and the state says so.
    let batch = json!({ "type": "BATCH", "stream": "firms", "manifest": [] });
    let messages = format!("{schema}\n{}\n{}\n{}\n{batch}\n", text("c1"), state(1), text("c2"));
    let broken = import(&workspace, &map, messages.as_bytes());
    assert_eq!(broken.status.code(), Some(3), "{}", said(&broken));
    let known = workspace.run(&["export", "--what", "customers", "--format", "csv"]);
    assert!(known.contains("c1"), "{known}");
    assert_eq!(last_state(&broken).unwrap(), json!({ "n": 1 }));
    // A trial keeps nothing and says no state.
    let trial = {
        let path = workspace.file("tap.jsonl", format!("{schema}\n{}\n{}\n", text("c9"), state(9)));
        workspace.run(&[
            "import",
            path.to_str().unwrap(),
            "--as",
            "singer",
            "--map",
            map.to_str().unwrap(),
            "--dry-run",
        ])
    };
    assert_eq!(trial, "");
    // What makes no sense with a tap is refused before anything is read.
    for wrong in [vec!["--json"], vec!["--strict"], vec!["--sheet", "x"]] {
        let mut arguments = vec!["import", "-", "--as", "singer", "--map", map.to_str().unwrap()];
        arguments.extend(wrong);
        let output = workspace.command(&arguments).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
    let output = workspace.command(&["import", "-", "--as", "singer"]).stdin(Stdio::null()).output().unwrap();
    assert!(said(&output).contains("salesforce, hubspot, zendesk, stripe"), "{}", said(&output));
}
