//! What became of firings: the card that each opened or joined, and how that card stands. Writes nothing.

use std::collections::HashMap;

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::limits::PAGE_ROWS_MAX;
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Rule, phrase};
use kizashi_domain::time::{Day, Time};

use super::read::{CardState, Outcome};
use crate::signals::{FiringQuery, FiringRow, Tally, count_firings, list_firings};
use crate::{App, Error, Refused, Result};

/// Firings of this many days are counted on the page of a signal.
pub const COUNTED_DAYS: i32 = 90;

row! {
    struct FateRow {
        subject: String, day: Day, card: Id<Card>, recorded_at: Time, first_at: Time, taken_at: Option<Time>, waiting_at: Option<Time>,
        closed_at: Option<Time>, outcome: Option<String>,
    }
}

/// The card that a firing led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The card.
    pub card: Id<Card>,
    /// Whether it was opened by this firing; else the firing was added to it.
    pub opened: bool,
    /// Its state today.
    pub state: CardState,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// A firing as it is told.
#[derive(Clone, Debug)]
pub struct FiringView {
    /// The firing.
    pub row: FiringRow,
    /// The rule as it was when it fired; as it is now when that version no longer has it.
    pub rule: Option<Rule>,
    /// What the card said.
    pub title: Text,
    /// Why it fired.
    pub why: Text,
    /// What became of it; none when it led to no card.
    pub fate: Option<Fate>,
}

/// A signal with its firings.
#[derive(Clone, Debug)]
pub struct SignalPage {
    /// The rule as it is now; none when it was taken out of the settings.
    pub rule: Option<Rule>,
    /// How often it fired in the last [`COUNTED_DAYS`] days.
    pub tally: Tally,
    /// Firings, newest first.
    pub rows: Vec<FiringView>,
    /// Where the next page begins.
    pub next: Option<(Day, String)>,
}

/// A signal and its firings: of everybody or of one customer.
pub async fn open_signal(app: &App, ws: Id<Workspace>, query: &FiringQuery) -> Result<SignalPage> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let rule = settings.pack.rule(&query.rule).cloned();
    let (rows, next) = list_firings(app, ws, query).await?;
    if rule.is_none() && rows.is_empty() {
        return Err(Refused::NotFound.into());
    }
    let mut packs: HashMap<i64, Option<Pack>> = HashMap::new();
    for version in rows.iter().map(|r| r.settings_version).filter(|v| *v != settings.version) {
        if let std::collections::hash_map::Entry::Vacant(place) = packs.entry(version) {
            let pack = match crate::settings::open_version(app, ws, version).await {
                Ok(found) => Some(found.pack),
                Err(Error::Refused(_)) => None,
                Err(other) => return Err(other),
            };
            place.insert(pack);
        }
    }
    let mut fates = list_fates(app, ws, &query.rule, &rows).await?;
    let tell = |row: FiringRow| {
        let then = packs.get(&row.settings_version).and_then(Option::as_ref).unwrap_or(&settings.pack);
        let of_then = then.rule(&query.rule).or(rule.as_ref()).cloned();
        let (mut title, mut why) = (Text::default(), Text::default());
        if let Some(rule) = &of_then {
            let [ja, en] = [Lang::Ja, Lang::En].map(|lang| phrase(rule, &row.firing, &then.metrics, lang));
            title = Text { ja: ja.title, en: en.title };
            why = Text { ja: ja.why, en: en.why };
        }
        let fate = fates.remove(&(subject_of(&row), row.firing.day));
        FiringView { rule: of_then, title, why, fate, row }
    };
    let rows = rows.into_iter().map(tell).collect();
    let since = settings.day_of(app.now()).plus(-COUNTED_DAYS);
    let tally = count_firings(app, ws, &query.rule, since).await?;
    Ok(SignalPage { rule, tally, rows, next })
}

fn subject_of(row: &FiringRow) -> String {
    row.customer.map_or_else(|| format!("source:{}", row.name), |id: Id<Customer>| id.to_string())
}

/// The cards that firings of a rule led to, by subject and day.
async fn list_fates(
    app: &App,
    ws: Id<Workspace>,
    rule: &str,
    rows: &[FiringRow],
) -> Result<HashMap<(String, Day), Fate>> {
    let (Some(first), Some(last)) = (rows.iter().map(|r| r.firing.day).min(), rows.iter().map(|r| r.firing.day).max())
    else {
        return Ok(HashMap::new());
    };
    debug_assert!(i64::try_from(rows.len()).is_ok_and(|n| n <= PAGE_ROWS_MAX), "a page");
    let statement = sql!(
        "SELECT k.subject, c.fired_day, k.id, c.recorded_at, ",
        "(SELECT min(o.recorded_at) FROM card_cause o WHERE o.workspace_id = $1 AND o.card_id = k.id), ",
        "k.taken_at, k.waiting_at, k.closed_at, k.outcome FROM card_cause c JOIN card k ON k.id = c.card_id ",
        "WHERE c.workspace_id = $1 AND c.rule = $2 AND c.fired_day >= $3 AND c.fired_day <= $4 AND k.subject IN ($5)"
    );
    let mut subjects: Vec<String> = rows.iter().map(subject_of).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let keys = subjects.iter().map(ToValue::to_value).collect();
    let found: Vec<FateRow> = app.db.list_in(statement, args![ws, rule, first, last], keys).await?;
    let read = |r: FateRow| {
        let state = match (r.closed_at, r.waiting_at, r.taken_at) {
            (Some(_), _, _) => CardState::Closed,
            (None, Some(_), _) => CardState::Waiting,
            (None, None, Some(_)) => CardState::Taken,
            _ => CardState::New,
        };
        let outcome = r.outcome.as_deref().and_then(Outcome::parse);
        ((r.subject, r.day), Fate { card: r.card, opened: r.recorded_at == r.first_at, state, outcome })
    };
    Ok(found.into_iter().map(read).collect())
}
