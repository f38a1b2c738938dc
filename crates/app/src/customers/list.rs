//! The list and the quick search.

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::{EXPORT_ROWS_MAX, PAGE_ROWS_MAX};
use kizashi_domain::text::fold;

use super::listed::{Choices, ListPage, ListQuery};
use super::store;
use crate::{App, Result};

/// How long what the filters offer is remembered.
const CHOICES_US: i64 = 60_000_000;

/// A part of a folded text as a LIKE pattern; `%`, `_` and `\` of the input mean themselves.
pub(super) fn pattern(search: &str, prefix: &str) -> String {
    let mut out = String::from(prefix);
    for c in fold(search).chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// A page of the list.
pub async fn list_customers(app: &App, workspace: Id<Workspace>, query: &ListQuery) -> Result<ListPage> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let day = (settings.day_of(app.now()), &settings.zone);
    // A download asks for everything at once.
    let rows = if query.rows > PAGE_ROWS_MAX { query.rows.min(EXPORT_ROWS_MAX) } else { query.rows.max(1) };
    let mut found = store::list_rows(app, workspace, day, query, rows + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > rows;
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|(_, cursor)| cursor.clone());
    Ok(ListPage {
        rows: found.into_iter().map(|(row, _)| row).collect(),
        total: store::count_rows(app, workspace, day, query).await?,
        next,
    })
}

/// What the filters offer.
pub async fn list_choices(app: &App, workspace: Id<Workspace>) -> Result<Choices> {
    // Looking through every customer for a few words that hardly change would cost more than the page.
    if let Ok(kept) = app.choices.lock()
        && let Some((_, choices)) = kept.as_ref().filter(|(at, _)| app.now().micros() - at.micros() < CHOICES_US)
    {
        return Ok(choices.clone());
    }
    let choices = store::list_choices(app, workspace).await?;
    if let Ok(mut kept) = app.choices.lock() {
        *kept = Some((app.now(), choices.clone()));
    }
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_the_pattern_language_mean_themselves() {
        assert_eq!(pattern("50%_a\\", "%"), "%50\\%\\_a\\\\%");
        assert_eq!(pattern("ﾐﾅﾄ", "%"), pattern("みなと", "%"));
    }
}
