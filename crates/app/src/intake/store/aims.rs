//! What a customer is after and works with: versions in `attribute`, and the text that the search finds.

use std::collections::HashMap;

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::intake::{AIMS, CustomerRow};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::{Day, Time};

use super::End;
use super::fields::INSERT_ATTRIBUTE;
use super::texts::{fold_parts, index_text};
use crate::Result;
use crate::intake::keep::Keeping;
use crate::settings::Settings;

/// Versions of one customer that are looked at.
const VERSIONS_MAX: i64 = 5_000;

/// Keeps what a row says of [`AIMS`] as versions from its day on, and puts it into the index. `end` = how the rest of the row ended.
pub(in crate::intake) async fn keep_aims(
    tx: &mut Tx,
    k: &Keeping<'_>,
    settings: &Settings,
    row: &CustomerRow,
    end: End,
) -> Result<End> {
    let given = row.aims();
    if given.is_empty() && (row.goal.is_none() || end == End::Same) {
        return Ok(end);
    }
    let find = sql!("SELECT id, goal FROM customer WHERE workspace_id = $1 AND external_id = $2");
    let found: Option<(Id<Customer>, String)> = tx.find(find, args![k.workspace, row.external_id]).await?;
    let Some((id, goal)) = found else { return Ok(end) };
    let from = row.as_of.unwrap_or_else(|| settings.day_of(k.received_at));
    let before = list_aims(tx, k.workspace, id, from).await?;
    let news: Vec<_> = given
        .into_iter()
        .filter(|(name, words)| before.get(*name).map_or("", String::as_str) != words)
        .map(|(name, words)| {
            let assumed = i64::from(k.assumed && before.get(name).is_none_or(String::is_empty));
            args![k.workspace, id, name, from, k.received_at, k.source, None::<f64>, words, assumed, k.run, k.author]
        })
        .collect();
    let is_news = !news.is_empty();
    if is_news {
        tx.run_many(INSERT_ATTRIBUTE, news).await?;
    }
    if is_news || end != End::Same {
        let now = list_aims(tx, k.workspace, id, Day(i32::MAX)).await?;
        let mut parts = vec![goal.as_str()];
        parts.extend(AIMS.iter().filter_map(|name| now.get(*name).map(String::as_str)));
        index_text(tx, k.workspace, Searchable::Aim, (id, false), Time(0), &fold_parts(&parts)).await?;
    }
    Ok(if is_news && end == End::Same { End::Changed } else { end })
}

/// What holds on a day, by name.
pub(in crate::intake) async fn list_aims(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    day: Day,
) -> Result<HashMap<String, String>> {
    let statement = sql!(
        "SELECT name, words FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND valid_from <= $3 AND words IS NOT NULL ",
        "AND name IN ('goal_target', 'goal_on', 'goal_state', 'purpose', 'challenges', 'environment') ORDER BY valid_from, recorded_at LIMIT $4"
    );
    let rows: Vec<(String, String)> = tx.list(statement, args![ws, customer, day, VERSIONS_MAX]).await?;
    Ok(rows.into_iter().collect())
}
