//! 似た事例: how cards with the same signs ended, and what was done.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::time::Time;

use crate::plays::Outcome;
use crate::{App, Result};

/// Cases that are read.
const CASES_MAX: i64 = 300;
/// Cases that a page shows.
const SHOWN: usize = 6;
/// With fewer cases no more is said than that they are few.
pub const CASES_MIN: usize = 5;

/// A card that was closed.
#[derive(Clone, Debug)]
pub struct Case {
    /// The card.
    pub card: Id<Card>,
    /// Its customer.
    pub customer: Id<Customer>,
    /// The customer's name.
    pub customer_name: String,
    /// Of the same segment.
    pub is_alike: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// What came of it.
    pub note: String,
    /// Id of the play that answered it.
    pub play: String,
    /// When it was closed.
    pub closed_at: Time,
    /// Days from opening to closing.
    pub days: i64,
    /// Points of the customer now.
    pub points: Option<i64>,
}

/// Cases that began like this one.
#[derive(Clone, Debug, Default)]
pub struct Similar {
    /// How many ended how, in the order of [`Outcome::ALL`].
    pub ends: [usize; 4],
    /// The most telling ones: solved before the others, of the same segment before others, the newest first.
    pub cases: Vec<Case>,
}

impl Similar {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.ends.iter().sum()
    }

    /// Whether they are enough to say something.
    pub fn is_telling(&self) -> bool {
        self.count() >= CASES_MIN
    }
}

row! {
    struct Fields {
        card: Id<Card>, customer: Id<Customer>, customer_name: String, is_alike: i64, outcome: String, note: Option<String>, play: String,
        opened_at: Time, closed_at: Time, points: Option<i64>,
    }
}

/// Closed cards of other customers that the same rules opened as those of a customer's open risks.
pub async fn list_similar(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Similar> {
    let statement = sql!(
        "SELECT k.id, c.id, c.name, CASE WHEN c.segment = (SELECT m.segment FROM customer m WHERE m.id = $2) THEN 1 ELSE 0 END, k.outcome, ",
        "k.outcome_note, k.play, k.opened_at, k.closed_at, s.points FROM card k JOIN customer c ON c.id = k.customer_id ",
        "LEFT JOIN standing s ON s.customer_id = k.customer_id WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND k.customer_id <> $2 ",
        "AND k.outcome IN ('solved', 'unsolved', 'false_alarm', 'recovered') AND EXISTS (SELECT 1 FROM card_cause x ",
        "WHERE x.workspace_id = $1 AND x.card_id = k.id AND x.rule IN (SELECT y.rule FROM card_cause y WHERE y.workspace_id = $1 AND y.card_id IN ",
        "(SELECT o.id FROM card o WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.kind = 'risk' AND o.closed_at IS NULL))) ",
        "ORDER BY k.closed_at DESC, k.id LIMIT $3"
    );
    let rows: Vec<Fields> = app.db.list(statement, args![ws, customer, CASES_MAX]).await?;
    let mut similar = Similar::default();
    for row in rows {
        let Some(outcome) = Outcome::parse(&row.outcome) else { continue };
        let place = Outcome::ALL.iter().position(|o| *o == outcome);
        if let Some(count) = place.and_then(|place| similar.ends.get_mut(place)) {
            *count += 1;
        }
        const DAY_US: i64 = kizashi_domain::time::DAY_US;
        similar.cases.push(Case {
            card: row.card,
            customer: row.customer,
            customer_name: row.customer_name,
            is_alike: row.is_alike == 1,
            outcome,
            note: row.note.unwrap_or_default(),
            play: row.play,
            days: (row.closed_at.micros() - row.opened_at.micros()).max(0) / DAY_US,
            closed_at: row.closed_at,
            points: row.points,
        });
    }
    similar.cases.sort_by_key(|case| (case.outcome != Outcome::Solved, !case.is_alike, case.note.is_empty()));
    similar.cases.truncate(SHOWN);
    Ok(similar)
}
