//! The index made anew from the records.

use kizashi_db::IndexText;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::BATCH_ROWS_MAX;
use kizashi_domain::text::{Searchable, index_tokens};
use kizashi_domain::time::{DAY_US, Day};

use super::store;
use crate::intake::fold_parts;
use crate::{App, Result};

/// Makes the index of texts anew; how many there are. While it runs, searches find what is in it so far.
pub async fn rebuild_index(app: &App, workspace: Id<Workspace>) -> Result<u64> {
    let mut tx = app.db.write().await?;
    tx.clear_texts().await?;
    tx.commit().await?;
    let mut count = 0;
    for kind in Searchable::ALL {
        let mut after = uuid::Uuid::nil();
        loop {
            let rows = i64::try_from(BATCH_ROWS_MAX).unwrap_or(1_000);
            let page = store::list_sources(app, workspace, kind, after, rows).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let texts: Vec<IndexText> = page
                .iter()
                .filter(|row| kind != Searchable::Aim || !format!("{}{}", row.first, row.second).trim().is_empty())
                .map(|row| {
                    let folded = if kind.is_name() {
                        row.first.clone()
                    } else {
                        fold_parts(&[&row.first, &row.second, &row.third])
                    };
                    let day = Day(i32::try_from(row.at.micros().div_euclid(DAY_US)).unwrap_or(0));
                    IndexText { kind, object: row.id, day, tokens: index_tokens(&folded, kind), is_new: false }
                })
                .collect();
            count += texts.len() as u64;
            // A record that was changed meanwhile is in the index already, and newer than this page.
            let mut tx = app.db.write().await?;
            tx.index_texts(workspace, &texts).await?;
            tx.commit().await?;
        }
    }
    Ok(count)
}

/// Makes the index when there are records and none of them is in it: of a workspace from before there was a search of texts.
pub async fn index_when_empty(app: &App, workspace: Id<Workspace>) -> Result<()> {
    let has_customers =
        !store::list_sources(app, workspace, Searchable::Customer, uuid::Uuid::nil(), 1).await?.is_empty();
    if has_customers && !app.db.has_texts().await? {
        let count = rebuild_index(app, workspace).await?;
        tracing::info!(count, "search: texts were put into the index");
    }
    Ok(())
}
