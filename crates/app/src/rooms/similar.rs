//! 似た事例: how cards with the same signs ended, and what was done.

use std::collections::{BTreeMap, HashMap};

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::time::Time;

use crate::plays::Outcome;
use crate::{App, Result};

/// Cases that are read.
const CASES_MAX: i64 = 300;
/// Cases that a page shows.
const SHOWN: usize = 30;
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
    /// Rules that opened both, the rarest first.
    pub shared: Vec<String>,
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
    /// The most telling ones: what shares the rarest signs first, then solved before the others, of the same segment before others, the
    /// newest first.
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
        card: Id<Card>, customer: Id<Customer>, customer_name: String, segment: String, outcome: String, note: Option<String>,
        play: String, opened_at: Time, closed_at: Time, points: Option<i64>,
    }
}

/// Closed cards of other customers that the same rules opened as those of a customer's open risks.
pub async fn list_similar(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Similar> {
    Ok(list_similar_of(app, ws, &[customer]).await?.remove(&customer).unwrap_or_default())
}

/// The same for many customers at once; those without such cards are left out.
pub(crate) async fn list_similar_of(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Similar>> {
    let risks = sql!(
        "SELECT DISTINCT k.customer_id, c.segment, x.rule FROM card k JOIN customer c ON c.id = k.customer_id ",
        "JOIN card_cause x ON x.workspace_id = $1 AND x.card_id = k.id ",
        "WHERE k.workspace_id = $1 AND k.kind = 'risk' AND k.closed_at IS NULL AND k.customer_id IN ($2)"
    );
    let keys = customers.iter().map(ToValue::to_value).collect();
    let risks: Vec<(Id<Customer>, String, String)> = app.db.list_in(risks, args![ws], keys).await?;
    let mut rules: Vec<&str> = risks.iter().map(|(_, _, rule)| rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut by_rule: HashMap<&str, Vec<Fields>> = HashMap::new();
    for rule in rules {
        by_rule.insert(rule, list_closed(app, ws, rule).await?);
    }
    let mut asked: BTreeMap<Id<Customer>, (&str, Vec<Shared<'_>>)> = BTreeMap::new();
    for (customer, segment, rule) in &risks {
        let all = by_rule.get(rule.as_str()).map_or(&[][..], Vec::as_slice);
        let of_rule = all.iter().filter(|f| f.customer != *customer).map(|case| Shared { case, rule, of: all.len() });
        asked.entry(*customer).or_insert((segment, Vec::new())).1.extend(of_rule);
    }
    Ok(asked.into_iter().map(|(customer, (segment, cases))| (customer, weigh(segment, cases))).collect())
}

/// Closed cards that a rule opened, the newest: found by when they were closed, so that a rule of many cards costs no more than one of few.
async fn list_closed(app: &App, ws: Id<Workspace>, rule: &str) -> Result<Vec<Fields>> {
    let statement = sql!(
        "SELECT k.id, c.id, c.name, c.segment, k.outcome, k.outcome_note, k.play, k.opened_at, k.closed_at, s.points FROM card k ",
        "JOIN customer c ON c.id = k.customer_id LEFT JOIN standing s ON s.customer_id = k.customer_id ",
        "WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND k.outcome IN ('solved', 'unsolved', 'false_alarm', 'recovered') ",
        "AND EXISTS (SELECT 1 FROM card_cause x WHERE x.workspace_id = $1 AND x.card_id = k.id AND x.rule = $2) ",
        "ORDER BY k.closed_at DESC, k.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, rule, CASES_MAX]).await?)
}

/// A closed card that a rule opened, among so many of that rule.
struct Shared<'a> {
    case: &'a Fields,
    rule: &'a str,
    of: usize,
}

/// How much two cards have in common: a sign that everybody shows says little, a rare one much.
#[allow(clippy::cast_precision_loss)] // a count of at most CASES_MAX
fn weight(shared: &[Shared<'_>]) -> f64 {
    shared.iter().map(|s| 1.0 / s.of.max(1) as f64).sum()
}

/// Counts how the newest cases ended, and keeps the most telling ones.
fn weigh(segment: &str, mut shared: Vec<Shared<'_>>) -> Similar {
    shared.sort_by_key(|s| (std::cmp::Reverse(s.case.closed_at), s.case.card, s.of));
    let mut similar = Similar::default();
    let mut weighed = Vec::new();
    for shared in shared.chunk_by(|a, b| a.case.card == b.case.card) {
        let Some(row) = shared.first().map(|s| s.case) else { continue };
        let Some(outcome) = Outcome::parse(&row.outcome) else { continue };
        let place = Outcome::ALL.iter().position(|o| *o == outcome);
        let count = place.and_then(|place| similar.ends.get_mut(place));
        if let Some(count) = count.filter(|_| weighed.len() < usize::try_from(CASES_MAX).unwrap_or(0)) {
            *count += 1;
        }
        const DAY_US: i64 = kizashi_domain::time::DAY_US;
        weighed.push((
            weight(shared),
            Case {
                card: row.card,
                customer: row.customer,
                customer_name: row.customer_name.clone(),
                shared: shared.iter().map(|s| s.rule.to_owned()).collect(),
                is_alike: row.segment == segment,
                outcome,
                note: row.note.clone().unwrap_or_default(),
                play: row.play.clone(),
                days: (row.closed_at.micros() - row.opened_at.micros()).max(0) / DAY_US,
                closed_at: row.closed_at,
                points: row.points,
            },
        ));
    }
    let rank = |case: &Case| (case.outcome != Outcome::Solved, !case.is_alike, case.note.is_empty());
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| rank(&a.1).cmp(&rank(&b.1))));
    similar.cases = weighed.into_iter().map(|(_, case)| case).take(SHOWN).collect();
    similar
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(n: i64, outcome: &str) -> Fields {
        Fields {
            card: App::new_id(),
            customer: App::new_id(),
            customer_name: format!("{n}"),
            segment: "mid".into(),
            outcome: outcome.into(),
            note: Some("聞いた".into()),
            play: String::new(),
            opened_at: Time(0),
            closed_at: Time(n * 86_400_000_000),
            points: None,
        }
    }

    #[test]
    fn the_one_case_of_a_rare_sign_stands_before_many_of_a_common_one_however_old_it_is() {
        let common: Vec<Fields> = (10..400).map(|n| closed(n, "solved")).collect();
        let (rare, both) = (closed(1, "unsolved"), closed(2, "false_alarm"));
        let of = |case, rule, of| Shared { case, rule, of };
        let mut all: Vec<Shared<'_>> = common.iter().map(|case| of(case, "falling", 391)).collect();
        all.extend([of(&rare, "champion", 2), of(&both, "champion", 2), of(&both, "falling", 391)]);
        let similar = weigh("mid", all);
        let names: Vec<&str> = similar.cases.iter().map(|c| c.customer_name.as_str()).collect();
        assert_eq!(names[..4], ["2", "1", "399", "398"]);
        assert_eq!(similar.cases[0].shared, ["champion", "falling"], "the rarest first");
        assert_eq!((similar.count(), similar.cases.len()), (300, SHOWN), "the newest are counted");
    }
}
