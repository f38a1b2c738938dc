//! Table play_letter: what the letters of a run really said.

use std::collections::HashMap;

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::limits::{LETTER_SUBJECT_CHARS_MAX, TEXT_CHARS_MAX};
use uuid::Uuid;

use super::read::{Letter, Sent, Wording};
use crate::{App, Refused, Result};

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

impl Wording {
    /// As it can go: something is said, in a length that mail servers and readers take.
    pub(super) fn checked(&self) -> Result<Self> {
        let refuse = |field, reason| Err(Refused::Field { field, reason }.into());
        // A subject is one line.
        let subject = self.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = plain(&self.body);
        if subject.is_empty() {
            return refuse("subject", "letter-without-subject");
        }
        if subject.chars().count() > LETTER_SUBJECT_CHARS_MAX {
            return refuse("subject", "letter-subject-too-long");
        }
        if body.is_empty() {
            return refuse("body", "letter-without-body");
        }
        if body.chars().count() > TEXT_CHARS_MAX {
            return refuse("body", "letter-body-too-long");
        }
        Ok(Self { to: self.to, subject, body })
    }

    /// Whether it says something else than what the play had ready.
    pub(super) fn differs_from(&self, letter: &Letter) -> bool {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        line(&self.subject) != line(&letter.subject) || self.body != plain(&letter.body)
    }
}

/// Keeps what a letter says, in the transaction in which it goes.
pub(super) async fn keep_sent(tx: &mut Tx, ws: Id<Workspace>, (run, task): (Uuid, Uuid), sent: &Sent) -> Result<()> {
    let statement = sql!(
        "INSERT INTO play_letter (task_id, workspace_id, run_id, to_name, subject, body, is_reworded) VALUES ($1, $2, $3, $4, $5, $6, $7) ",
        "ON CONFLICT (task_id) DO NOTHING"
    );
    tx.run(statement, args![task, ws, run, sent.to, sent.subject, sent.body, sent.is_reworded]).await?;
    Ok(())
}

row! {
    struct Fields { task: Uuid, to_name: String, subject: String, body: String, is_reworded: i64 }
}

/// The letters of a run that went, by their steps. Those of before this was kept are not among them.
pub(super) async fn list_sent(app: &App, ws: Id<Workspace>, run: Uuid) -> Result<HashMap<Uuid, Sent>> {
    let statement = sql!(
        "SELECT task_id, to_name, subject, body, is_reworded FROM play_letter WHERE workspace_id = $1 AND run_id = $2 ",
        "ORDER BY task_id LIMIT 1000"
    );
    let found: Vec<Fields> = app.db.list(statement, args![ws, run]).await?;
    let sent = |f: Fields| Sent { to: f.to_name, subject: f.subject, body: f.body, is_reworded: f.is_reworded != 0 };
    Ok(found.into_iter().map(|f| (f.task, sent(f))).collect())
}

/// Forgets the letters of a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!(
        "DELETE FROM play_letter WHERE workspace_id = $1 AND run_id IN (SELECT id FROM play_run WHERE workspace_id = $1 AND customer_id = $2)"
    );
    tx.run(statement, args![ws, customer]).await?;
    Ok(())
}
