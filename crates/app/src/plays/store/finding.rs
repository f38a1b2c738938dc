//! Cards by a text in what they say or in their customers' names.
//!
//! No index holds the middle of a text: the cards that come first in their list are looked through. Names are looked for among all
//! customers, who are far fewer than cards; so a customer is found however little its card presses.

use std::collections::HashSet;

use kizashi_db::{ToValue, args, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::text::fold;
use kizashi_domain::time::Day;

use super::listings::{Asked, cut, place_of};
use super::lists::with_causes;
use super::{Fields, kind_word, read_text};
use crate::plays::read::{CardList, CardQuery, CardState};
use crate::{App, Result};

/// Cards that are looked through for a text.
const LOOKED_AT_MAX: i64 = 5_000;
/// Customers whose names hold the text, and cards of them.
const NAMES_MAX: i64 = 300;

/// The cards of a list that hold a text; a page of them.
pub(in crate::plays) async fn find_cards(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    query: &CardQuery,
    rows: i64,
) -> Result<CardList> {
    let text = fold(&query.search);
    let from_start = CardQuery { after: None, ..query.clone() };
    let mut found = Asked::of(ws, today, &from_start).list(app, &from_start, LOOKED_AT_MAX + 1).await?;
    let is_part = i64::try_from(found.len()).unwrap_or(i64::MAX) > LOOKED_AT_MAX;
    found.truncate(usize::try_from(LOOKED_AT_MAX).unwrap_or(0));
    found.retain(|f| holds(f, &text));
    // With whom somebody helps are few: all of them were looked through.
    if is_part && query.helping.is_none() {
        let known: HashSet<Id<Card>> = found.iter().map(|f| f.id).collect();
        let named = list_of_named(app, ws, &text, query.closed).await?;
        found.extend(named.into_iter().filter(|f| is_in(query, today, f) && holds(f, &text) && !known.contains(&f.id)));
    }
    found.sort_by(|a, b| place_of(query, b).total_cmp(&place_of(query, a)).then(a.id.cmp(&b.id)));
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    if let Some((at, id)) = Asked::of(ws, today, query).cursor {
        found.retain(|f| place_of(query, f) < at || (place_of(query, f) <= at && f.id > id));
    }
    let next = cut(query, &mut found, rows);
    let looked_at = is_part.then_some(LOOKED_AT_MAX);
    Ok(CardList { rows: with_causes(app, ws, found).await?, total, next, looked_at })
}

fn holds(f: &Fields, text: &str) -> bool {
    // A card that a person made has no title: what is to be done says it.
    let (title, what) = (read_text(&f.title), read_text(&f.what));
    let name = f.customer.as_deref().unwrap_or(&f.subject);
    [name, title.ja.as_str(), title.en.as_str(), what.ja.as_str(), what.en.as_str()]
        .iter()
        .any(|t| fold(t).contains(text))
}

/// The text anywhere; `%`, `_` and `\` mean themselves.
fn pattern(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// Open cards, or closed ones, of customers whose names hold a text.
async fn list_of_named(app: &App, ws: Id<Workspace>, text: &str, closed: bool) -> Result<Vec<Fields>> {
    let names =
        sql!("SELECT id FROM customer WHERE workspace_id = $1 AND search LIKE $2 ESCAPE '\\' ORDER BY id LIMIT $3");
    let customers: Vec<(Id<Customer>,)> = app.db.list(names, args![ws, pattern(text), NAMES_MAX]).await?;
    let keys = customers.iter().map(|(id,)| id.to_value()).collect();
    let statement = if closed {
        select_cards!("WHERE k.workspace_id = $1 AND k.closed_at IS NOT NULL AND k.customer_id IN ($2)")
    } else {
        select_cards!("WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND k.customer_id IN ($2)")
    };
    Ok(app.db.list_in(statement, args![ws], keys).await?)
}

/// Whether a card belongs to a list, as the statements of `listings` say it.
fn is_in(query: &CardQuery, today: Day, f: &Fields) -> bool {
    let is_asleep = f.snoozed_until.is_some_and(|until| until > today);
    let has_state = match query.state.filter(|_| !query.closed && !query.snoozed) {
        Some(CardState::New) => f.taken_at.is_none(),
        Some(CardState::Taken) => f.taken_at.is_some() && f.waiting_at.is_none(),
        Some(CardState::Waiting) => f.taken_at.is_some() && f.waiting_at.is_some(),
        Some(CardState::Closed) | None => true,
    };
    let is_theirs = match query.owner {
        _ if query.nobody => f.owner_id.is_none() || f.owner_left_at.is_some(),
        Some(owner) => f.owner_id == Some(owner),
        None => true,
    };
    let is_kind = query.kind.is_none_or(|kind| f.kind == kind_word(kind));
    let is_there =
        if query.closed { f.closed_at.is_some() } else { f.closed_at.is_none() && is_asleep == query.snoozed };
    is_there && has_state && is_theirs && is_kind
}
