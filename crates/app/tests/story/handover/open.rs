//! What is open with somebody: every column that names a person, and what it means.

use std::collections::BTreeMap;

use kizashi_db::{Statement, args, sql};
use kizashi_domain::id::{Id, Staff};
use kizashi_testkit::Stage;
use uuid::Uuid;

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// What a column that names a person means.
pub(super) enum Means {
    /// Open work, listed as (its id, whose): after a handover none of it is with whoever gave it.
    Moves(&'static Statement),
    /// What holds on and stays with the person, because it is what they said: the word under which a handover lists it beforehand.
    Stays(&'static str),
    /// What is no open item, and why.
    Past(&'static str),
}

/// Who did something once: it stays written there for ever, and asks for nothing.
const DID: &[&str] = &[
    "activity.author_id",
    "activity.staff_id",
    "attribute.author_id",
    "audit.staff_id",
    "card.closed_by",
    "card.made_by",
    "card.taken_by",
    "card_associate.added_by",
    "card_batch.staff_id",
    "card_step.staff_id",
    "connection.staff_id",
    "contact.author_id",
    "contract.author_id",
    "customer_merge.staff_id",
    "customer_merge.undone_by",
    "deal.author_id",
    "customer.former_owner_id",
    "deal.former_owner_id",
    "decision.decided_by",
    "decision.staff_id",
    "field_conflict.settled_by",
    "field_owner.set_by",
    "file.removed_by",
    "file.staff_id",
    "handover.from_id",
    "handover.staff_id",
    "handover.undone_by",
    "handover_item.to_id",
    "hook.created_by",
    "import_run.staff_id",
    "import_run.undone_by",
    "not_double.staff_id",
    "notice_address.created_by",
    "notice_answer.staff_id",
    "opt_out.by_staff",
    "play_run.ended_by",
    "play_run.paused_by",
    "play_run.started_by",
    "play_shift.staff_id",
    "play_task.finished_by",
    "presence_rest.kept_by",
    "response.author_id",
    "room.closed_by",
    "room.opened_by",
    "room_action.done_by",
    "room_step.staff_id",
    "score_override.ended_by",
    "setting.staff_id",
    "subscription.created_by",
    "ticket.author_id",
    "version.author_id",
];

/// Ids of other things than people, by the name of the column.
const THINGS: &[&str] = &[
    "id",
    "workspace_id",
    "activity_id",
    "address_id",
    "batch_id",
    "card_id",
    "connection_id",
    "contact_id",
    "customer_id",
    "deal_id",
    "delivery_id",
    "gone_id",
    "handover_id",
    "hook_id",
    "merge_id",
    "notice_id",
    "object_id",
    "one_id",
    "other_id",
    "outgoing_id",
    "parent_id",
    "room_id",
    "run_id",
    "shift_id",
    "step_id",
    "subscription_id",
    "task_id",
    "token_id",
];

pub(super) fn columns() -> Vec<(&'static str, Means)> {
    use Means::{Moves, Past, Stays};
    let mut all = vec![
        (
            "customer.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM customer WHERE workspace_id = $1 AND churned_on IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "card.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM card WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "deal.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM deal WHERE workspace_id = $1 AND stage <> 'won' AND stage <> 'lost' ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "mention.staff_id",
            Moves(sql!(
                "SELECT activity_id, staff_id FROM mention WHERE workspace_id = $1 AND seen_at IS NULL ORDER BY activity_id, staff_id LIMIT 10000"
            )),
        ),
        (
            "room.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM room WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "room_member.staff_id",
            Moves(sql!(
                "SELECT m.room_id, m.staff_id FROM room_member m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND r.closed_at IS NULL ORDER BY m.room_id, m.staff_id LIMIT 10000"
            )),
        ),
        (
            "room_action.owner_id",
            Moves(sql!(
                "SELECT m.id, m.owner_id FROM room_action m JOIN room r ON r.id = m.room_id WHERE m.workspace_id = $1 AND r.closed_at IS NULL AND m.done_at IS NULL AND m.removed_at IS NULL ORDER BY m.id LIMIT 10000"
            )),
        ),
        (
            "card_associate.staff_id",
            Moves(sql!(
                "SELECT m.card_id, m.staff_id FROM card_associate m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND k.closed_at IS NULL ORDER BY m.card_id, m.staff_id LIMIT 10000"
            )),
        ),
        (
            "card_mention.staff_id",
            Moves(sql!(
                "SELECT step_id, staff_id FROM card_mention WHERE workspace_id = $1 AND seen_at IS NULL ORDER BY step_id, staff_id LIMIT 10000"
            )),
        ),
        (
            "play_task.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM play_task WHERE workspace_id = $1 AND standing IN ('open', 'later') ORDER BY id LIMIT 10000"
            )),
        ),
        (
            "play_run.owner_id",
            Moves(sql!(
                "SELECT id, owner_id FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL ORDER BY id LIMIT 10000"
            )),
        ),
        ("hunch.staff_id", Stays("hunch")),
        ("outgoing.staff_id", Stays("letter")),
        ("saved_view.staff_id", Stays("view")),
        ("score_override.staff_id", Stays("override")),
        ("notice.staff_id", Past("what somebody was told")),
        ("notice_wish.staff_id", Past("how one wants to be told, and one's own calendar: it ends with the person")),
        ("play_draft.staff_id", Past("who wrote last; anybody goes on")),
        ("presence.staff_id", Past("who had the product open; it ends with the person")),
        ("presence_rest.staff_id", Past("of whom nothing is said for a while")),
        ("session.staff_id", Past("who is signed in; it ends with the person")),
        ("secret.owner_id", Past("what a secret belongs to; no person")),
    ];
    all.extend(DID.iter().map(|name| (*name, Past("who did it"))));
    all
}

/// Every column of the schema that may name a person, `table.column`: an id that is not known to be of another thing, or a name that ends
/// in who did it.
fn list_columns() -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(MIGRATIONS).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut table = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split([' ', '(']).next().unwrap().to_owned();
            } else if line.starts_with(')') {
                table.clear();
            }
            // A table that was made anew under another name keeps its columns.
            if let Some((was, is)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" RENAME TO ")) {
                let (was, is) = (format!("{was}."), format!("{}.", is.trim_end_matches(';')));
                found.retain(|name: &String| !name.starts_with(&is));
                found.iter_mut().for_each(|name| *name = name.replacen(&was, &is, 1));
            }
            let (of, column) = match line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "))
            {
                Some((of, column)) => (of, column),
                None => (table.as_str(), line),
            };
            let mut words = column.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
            let is_id = kind.trim_end_matches([',', ';']) == "UUID" && !THINGS.contains(&name);
            let says_who = name.ends_with("_by") || name.starts_with("by_") || column.contains("REFERENCES staff");
            if !of.is_empty() && (is_id || says_who) {
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
    let schema = list_columns();
    let forgotten: Vec<&String> = schema.iter().filter(|c| !known.contains(&c.as_str())).collect();
    assert!(
        forgotten.is_empty(),
        "{forgotten:?}: does it name a person? Open work moves: its owner gives it away (hand_…), `app::handover` calls that, and it is listed here with what is open. What one said stays and is listed by `count_staying`. What is past is said to be past. If it is the id of another thing, its name belongs to THINGS"
    );
    let gone: Vec<&&str> = known.iter().filter(|name| !schema.iter().any(|c| c == *name)).collect();
    assert!(gone.is_empty(), "{gone:?}: no such column");
    let unique: std::collections::BTreeSet<&&str> = known.iter().collect();
    assert_eq!(unique.len(), known.len(), "a column means one thing");
    for (name, means) in columns() {
        if let Means::Past(why) = means {
            assert!(!why.is_empty(), "{name}");
        }
    }
}

/// The columns whose open items move.
pub(super) fn moved_columns() -> Vec<&'static str> {
    columns().into_iter().filter(|(_, means)| matches!(means, Means::Moves(_))).map(|(name, _)| name).collect()
}

/// The words under which a handover lists what stays.
pub(super) fn staying() -> Vec<&'static str> {
    let word = |means| if let Means::Stays(word) = means { Some(word) } else { None };
    columns().into_iter().filter_map(|(_, means)| word(means)).collect()
}

/// Everything open, by column: (its id, whose).
pub(super) async fn list_open(stage: &Stage) -> BTreeMap<&'static str, Vec<(Uuid, Option<Uuid>)>> {
    let mut all = BTreeMap::new();
    for (name, means) in columns() {
        if let Means::Moves(statement) = means {
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
