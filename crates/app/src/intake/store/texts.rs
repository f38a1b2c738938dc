//! What records are found by, put into the index in the transaction that keeps them.

use kizashi_db::{IndexText, Tx};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::text::{Searchable, fold, index_tokens};
use kizashi_domain::time::{DAY_US, Day, Time};

use crate::Result;

/// The parts of a text, folded, with blanks between, so that no word reaches from one into the next.
pub(crate) fn fold_parts(parts: &[&str]) -> String {
    parts.iter().map(|part| fold(part)).collect::<Vec<_>>().join(" ")
}

/// Puts a text into the index. `folded` has blanks between its parts; `at` sorts, the newest first.
pub(crate) async fn index_text<T>(
    tx: &mut Tx,
    ws: Id<Workspace>,
    kind: Searchable,
    (id, is_new): (Id<T>, bool),
    at: Time,
    folded: &str,
) -> Result<()> {
    let day = Day(i32::try_from(at.micros().div_euclid(DAY_US)).unwrap_or(0));
    let text = IndexText { kind, object: id.uuid(), day, tokens: index_tokens(folded, kind), is_new };
    Ok(tx.index_texts(ws, &[text]).await?)
}
