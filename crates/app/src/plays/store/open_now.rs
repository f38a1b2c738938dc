//! Open cards of subjects as they are while new signs come to them. Writes nothing.

use std::collections::HashMap;

use kizashi_db::{Tx, Value, args, row, sql};
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

use super::opening::Drafted;
use super::{Due, kind_word};
use crate::Result;

row! {
    /// An open card, as it is when another draft of its subject and kind comes.
    pub(super) struct OpenNow {
        subject: String, kind: String, pub id: Id<Card>, pub priority: f64, pub due_day: Day, snoozed_until: Option<Day>,
        waiting_at: Option<Time>, pub answer_due_at: Option<Time>, pub close_due_at: Option<Time>,
    }
}

impl OpenNow {
    /// Whether it was put off, or waits for the customer.
    pub const fn is_asleep(&self) -> bool {
        self.snoozed_until.is_some() || self.waiting_at.is_some()
    }

    /// Whether something that presses so much says what presses now.
    pub fn gives_way(&self, due: &Due) -> bool {
        due.priority >= self.priority
    }
}

/// The open cards of some subjects.
pub(super) struct AllOpen(HashMap<String, Vec<OpenNow>>);

impl AllOpen {
    /// The open card of the subject and kind of a draft.
    pub fn find(&self, draft: &Drafted) -> Option<&OpenNow> {
        self.0.get(&draft.subject.key)?.iter().find(|card| card.kind == kind_word(draft.card.kind))
    }
}

/// The open card of a subject and kind.
pub(in crate::plays) async fn find_open(
    tx: &mut Tx,
    ws: Id<Workspace>,
    subject: &str,
    kind: CardKind,
) -> Result<Option<Id<Card>>> {
    let statement =
        sql!("SELECT id FROM card WHERE workspace_id = $1 AND subject = $2 AND kind = $3 AND closed_at IS NULL");
    Ok(tx.find::<(Id<Card>,)>(statement, args![ws, subject, kind_word(kind)]).await?.map(|(id,)| id))
}

/// The open cards of some subjects, seen from inside the transaction.
pub(super) async fn list_open_now(tx: &mut Tx, ws: Id<Workspace>, subjects: Vec<Value>) -> Result<AllOpen> {
    let statement = sql!(
        "SELECT subject, kind, id, priority, due_day, snoozed_until, waiting_at, answer_due_at, close_due_at FROM card ",
        "WHERE workspace_id = $1 AND closed_at IS NULL AND subject IN ($2)"
    );
    let mut out: HashMap<String, Vec<OpenNow>> = HashMap::new();
    for card in tx.list_in::<OpenNow>(statement, args![ws], subjects).await? {
        out.entry(card.subject.clone()).or_default().push(card);
    }
    Ok(AllOpen(out))
}
