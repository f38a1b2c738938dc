//! Rows with an id of their own are corrected and deleted by later rows; what was known before stays known.

use crate::{Workspace, counts};

const HEAD: &str = "id,customer,user,event,occurred_at,received_at,deleted\n";

fn row(id: &str, customer: &str, day: &str, received: &str, deleted: &str) -> String {
    format!("{id},{customer},u1,login,{day}T03:00:00Z,{received}T04:00:00Z,{deleted}\n")
}

/// A login on every day of September for two customers.
fn september() -> String {
    let mut text = HEAD.to_owned();
    for customer in ["c1", "c2"] {
        for day in 1..=30 {
            let day = format!("2024-09-{day:02}");
            text += &row(&format!("{customer}-{day}"), customer, &day, &day, "");
        }
    }
    text
}

#[test]
fn corrections_and_deletions_count_from_when_they_were_learned() {
    let workspace = Workspace::new();
    let september = september();
    assert_eq!(counts(&workspace.import("september.csv", &september)), [60, 0, 0, 0]);
    assert_eq!(workspace.metric("c1", "logins_28d", "2024-09-30", None), 28.0);
    workspace.score_all();
    // On 2 October: one login was really on 20 August, in another month; two never happened.
    let correction = [
        HEAD.to_owned(),
        row("c1-2024-09-20", "c1", "2024-08-20", "2024-10-02", ""),
        row("c1-2024-09-21", "c1", "2024-09-21", "2024-10-02", "1"),
        row("c1-2024-09-22", "c1", "2024-09-22", "2024-10-02", "はい"),
        // Says what is known.
        row("c1-2024-09-23", "c1", "2024-09-23", "2024-10-02", "0"),
    ]
    .concat();
    let dry = workspace.0.path().join("correction.csv");
    std::fs::write(&dry, &correction).unwrap();
    let dry = workspace.json(&[
        "import",
        dry.to_str().unwrap(),
        "--as",
        "events",
        "--source",
        "product",
        "--dry-run",
        "--json",
    ]);
    assert_eq!(counts(&dry), [0, 1, 2, 1]);
    assert_eq!(workspace.metric("c1", "logins_28d", "2024-09-30", None), 28.0);
    assert_eq!(counts(&workspace.import("correction.csv", &correction)), [0, 1, 2, 1]);
    // Only the customer concerned is scored again.
    assert_eq!(workspace.waiting(), 1);
    for _ in 0..2 {
        let logins = |known_at| workspace.metric("c1", "logins_28d", "2024-09-30", known_at);
        assert_eq!(logins(None), 25.0);
        assert_eq!(logins(Some("2024-10-02")), 25.0);
        assert_eq!(logins(Some("2024-10-01")), 28.0);
        assert_eq!(logins(Some("2024-09-25")), 23.0);
        assert_eq!(workspace.metric("c2", "logins_28d", "2024-09-30", None), 28.0);
        assert_eq!(workspace.metric("c1", "logins_28d", "2024-08-25", None), 1.0);
        // Once more, and the first file too: nothing changes.
        assert_eq!(counts(&workspace.import("again.csv", &correction)), [0, 0, 0, 4]);
        assert_eq!(counts(&workspace.import("again.csv", &september)), [0, 0, 0, 60]);
    }
    // The list shows what holds.
    let events = workspace.run(&["export", "--what", "events"]);
    assert_eq!(events.lines().count(), 1 + 58);
    assert!(events.contains("2024-08-20") && !events.contains("2024-09-20T03:00:00Z,2024-09-20T04:00:00Z,false,,c1"));
    let report = workspace.json(&["doctor", "--json"]);
    assert_eq!((&report["healthy"], &report["events"]), (&true.into(), &58.into()));
    // What says nothing about when it was received is learned today.
    let plain = "id,customer,event,occurred_at\nc2-2024-09-30,c2,login,2024-08-30T03:00:00Z\n";
    assert_eq!(counts(&workspace.import("plain.csv", plain)), [0, 1, 0, 0]);
    assert_eq!(counts(&workspace.import("plain.csv", plain)), [0, 0, 0, 1]);
    assert_eq!(workspace.metric("c2", "logins_28d", "2024-09-30", None), 27.0);
    assert_eq!(workspace.metric("c2", "logins_28d", "2024-09-30", Some("2024-10-03")), 28.0);
}

#[test]
fn what_came_in_any_order_is_known_the_same() {
    let in_order = Workspace::new();
    let otherwise = Workspace::new();
    let september = september();
    let late = [HEAD.to_owned(), row("c1-2024-09-20", "c1", "2024-09-19", "2024-10-05", "")].concat();
    let gone = [HEAD.to_owned(), row("c1-2024-09-20", "c1", "2024-09-20", "2024-10-08", "true")].concat();
    for file in [&september, &late, &gone] {
        in_order.import("file.csv", file);
    }
    for file in [&gone, &late, &september] {
        otherwise.import("file.csv", file);
    }
    for known_at in ["2024-09-15", "2024-10-04", "2024-10-05", "2024-10-07", "2024-10-08"] {
        let metrics = ["metrics", "--as-of", "2024-09-30", "--known-at", known_at];
        assert_eq!(in_order.run(&metrics), otherwise.run(&metrics), "as known on {known_at}");
    }
    let hashes = |w: &Workspace| {
        let text = w.run(&["export", "--what", "events"]);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(hashes(&in_order), hashes(&otherwise));
}

#[test]
fn lines_of_json_correct_and_delete_too() {
    let workspace = Workspace::new();
    let line = |id: &str, value: &str, received: &str, more: &str| {
        format!(
            "{{\"type\":\"track\",\"messageId\":\"{id}\",\"userId\":\"u\",\"event\":\"report_export\",\
             \"timestamp\":\"2024-09-10T00:00:00Z\",\"receivedAt\":\"{received}T00:00:00Z\",\
             \"context\":{{\"groupId\":\"c1\"}},\"properties\":{{\"value\":{value}}}{more}}}\n"
        )
    };
    let first = line("m1", "5", "2024-09-10", "") + &line("m2", "7", "2024-09-10", "");
    assert_eq!(counts(&workspace.import("a.ndjson", &first)), [2, 0, 0, 0]);
    let second = line("m1", "6", "2024-09-12", "") + &line("m2", "7", "2024-09-13", ",\"deleted\":true");
    assert_eq!(counts(&workspace.import("b.ndjson", &second)), [0, 1, 1, 0]);
    let events = workspace.run(&["export", "--what", "events", "--format", "json"]);
    let left: Vec<serde_json::Value> = events.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["value"], 6.0);
    // A deletion must say of what.
    let nameless = "{\"event\":\"login\",\"customer\":\"c1\",\"occurred_at\":\"2024-09-10\",\"deleted\":true}\n";
    let path = workspace.0.path().join("c.ndjson");
    std::fs::write(&path, nameless).unwrap();
    let output = workspace.command(&["import", path.to_str().unwrap(), "--as", "events"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("messageId"), "{output:?}");
}
