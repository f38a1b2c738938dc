//! What is open with somebody: every column that names a person, and what it means.

use std::collections::BTreeMap;

use kizashi_db::{Statement, args, sql};
use kizashi_domain::id::{Id, Staff};
use kizashi_testkit::Stage;
use uuid::Uuid;

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// Columns that name a person, and what they mean: open work, listed as (its id, whose), or why it is none.
pub(super) enum Means {
    Open(&'static Statement),
    No(&'static str),
}

pub(super) fn columns() -> Vec<(&'static str, Means)> {
    use Means::{No, Open};
    let did = || No("who did it");
    vec![
        (
            "customer.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM customer WHERE workspace_id = $1 AND churned_on IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "card.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM card WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "deal.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM deal WHERE workspace_id = $1 AND stage <> 'won' AND stage <> 'lost' ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "mention.staff_id",
            Open(sql!(
                "SELECT activity_id, staff_id FROM mention WHERE workspace_id = $1 AND seen_at IS NULL ORDER BY activity_id, staff_id LIMIT 10000"
            )),
        ),
        (
            "room.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM room WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "room_member.staff_id",
            Open(sql!(
                "SELECT m.room_id, m.staff_id FROM room_member m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND r.closed_at IS NULL ORDER BY m.room_id, m.staff_id LIMIT 10000"
            )),
        ),
        (
            "room_action.owner_id",
            Open(sql!(
                "SELECT m.id, m.owner_id FROM room_action m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND r.closed_at IS NULL AND m.done_at IS NULL AND m.removed_at IS NULL ORDER BY m.id LIMIT 10000"
            )),
        ),
        (
            "card_associate.staff_id",
            Open(sql!(
                "SELECT m.card_id, m.staff_id FROM card_associate m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND k.closed_at IS NULL ORDER BY m.card_id, m.staff_id LIMIT 10000"
            )),
        ),
        (
            "card_mention.staff_id",
            Open(sql!(
                "SELECT step_id, staff_id FROM card_mention WHERE workspace_id = $1 AND seen_at IS NULL ORDER BY step_id, staff_id LIMIT 10000"
            )),
        ),
        (
            "play_task.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM play_task WHERE workspace_id = $1 AND standing IN ('open', 'later') ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "play_run.owner_id",
            Open(sql!(
                "SELECT id, owner_id FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        ("card_batch.staff_id", did()),
        ("play_shift.staff_id", did()),
        ("notice.staff_id", No("what somebody was told")),
        ("notice_answer.staff_id", did()),
        ("notice_wish.staff_id", No("how one wants to be told")),
        ("outgoing.staff_id", No("who wrote it")),
        ("play_draft.staff_id", No("who writes it; anybody may go on")),
        ("activity.staff_id", did()),
        ("audit.staff_id", did()),
        ("card_step.staff_id", did()),
        ("connection.staff_id", did()),
        ("customer_merge.staff_id", did()),
        ("decision.staff_id", did()),
        ("file.staff_id", did()),
        ("handover.from_id", did()),
        ("handover.staff_id", did()),
        ("handover_item.to_id", did()),
        ("import_run.staff_id", did()),
        ("not_double.staff_id", did()),
        ("room_step.staff_id", did()),
        ("setting.staff_id", did()),
        ("hunch.staff_id", No("who felt it")),
        ("score_override.staff_id", No("who said it")),
        ("saved_view.staff_id", No("one's own view")),
        ("session.staff_id", No("who is signed in")),
        ("presence.staff_id", No("who had the product open")),
        ("presence_rest.staff_id", No("of whom nothing is said for a while")),
        ("secret.owner_id", No("what a secret belongs to; no person")),
    ]
}

/// Every column of the migrations that may name a person: `table.column`.
fn list_columns() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(MIGRATIONS).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut table = String::new();
        for line in text.lines() {
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split([' ', '(']).next().unwrap().to_owned();
            }
            let (of, column) = match line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "))
            {
                Some((of, column)) => (of.to_owned(), column),
                None => (table.clone(), line),
            };
            let mut words = column.split_whitespace();
            let (Some(name), Some("UUID" | "UUID,")) = (words.next(), words.next()) else { continue };
            let is_person = ["owner_id", "staff_id", "assignee_id", "manager_id"].iter().any(|end| name.ends_with(end));
            if is_person || column.contains("REFERENCES staff") {
                found.push(format!("{of}.{name}"));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_column_that_names_a_person_is_known_to_handovers() {
    let known: Vec<&str> = columns().into_iter().map(|(name, _)| name).collect();
    let forgotten: Vec<String> = list_columns().into_iter().filter(|c| !known.contains(&c.as_str())).collect();
    assert!(
        forgotten.is_empty(),
        "{forgotten:?}: is it open work? Then its owner gives it away (hand_…), `app::handover` calls that, and it is listed here; if not, say why"
    );
    assert!(known.len() > 20);
    for (name, means) in columns() {
        if let Means::No(why) = means {
            assert!(!why.is_empty(), "{name}");
        }
    }
}

/// Everything open, by column: (its id, whose).
pub(super) async fn list_open(stage: &Stage) -> BTreeMap<&'static str, Vec<(Uuid, Option<Uuid>)>> {
    let mut all = BTreeMap::new();
    for (name, means) in columns() {
        if let Means::Open(statement) = means {
            all.insert(name, stage.db.list(statement, args![stage.workspace]).await.unwrap());
        }
    }
    all
}

/// What is open with somebody.
pub(super) fn of(
    open: &BTreeMap<&'static str, Vec<(Uuid, Option<Uuid>)>>,
    staff: Id<Staff>,
) -> Vec<(&'static str, Uuid)> {
    let own = |(name, rows): (&&'static str, &Vec<(Uuid, Option<Uuid>)>)| {
        let name = *name;
        rows.iter().filter(|(_, owner)| *owner == Some(staff.uuid())).map(|(id, _)| (name, *id)).collect::<Vec<_>>()
    };
    open.iter().flat_map(own).collect()
}
