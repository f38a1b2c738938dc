//! One search over customers, people, notes, inquiries and deals.
//!
//! The index names candidates; the record itself decides, so that what was changed or taken away since is never shown.

mod rebuild;
mod store;

use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::text::{Needle, Searchable, fold, fold_company};
use kizashi_domain::time::Time;

use crate::{App, Result};

pub use rebuild::{index_when_empty, rebuild_index};

/// The longest query; what stands behind is not looked for.
pub const QUERY_CHARS_MAX: usize = 100;
/// Hits shown of each kind.
const CUSTOMERS_MAX: usize = 8;
const PEOPLE_MAX: usize = 5;
const TEXTS_MAX: usize = 6;
/// Candidates of each kind that are looked at, in so many steps.
const CANDIDATES_STEP: i64 = 100;
const CANDIDATE_STEPS_MAX: usize = 6;
/// Characters of a snippet before and behind the hit.
const BEFORE_CHARS: usize = 18;
const BEHIND_CHARS: usize = 46;

/// A customer that was found.
#[derive(Clone, Debug)]
pub struct CustomerHit {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// Reading.
    pub reading: String,
    /// Band.
    pub band: Option<Band>,
    /// Points.
    pub points: Option<i64>,
    /// The name of one that went into it, when that was found.
    pub was: Option<String>,
}

/// A person who was found.
#[derive(Clone, Debug)]
pub struct PersonHit {
    /// The customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub customer_name: String,
    /// The person's name.
    pub name: String,
    /// Title; may be empty.
    pub title: String,
}

/// A note, inquiry or deal that was found.
#[derive(Clone, Debug)]
pub struct TextHit {
    /// Its id.
    pub id: uuid::Uuid,
    /// The customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub customer_name: String,
    /// Kind of activity, channel of an inquiry, or stage of a deal; may be empty.
    pub what: String,
    /// Subject; may be empty.
    pub subject: String,
    /// What stands before the hit, the hit itself, and what stands behind.
    pub snippet: (String, String, String),
    /// When.
    pub at: Time,
}

/// What was found, by kind.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Customers: those that begin with the query first.
    pub customers: Vec<CustomerHit>,
    /// People.
    pub people: Vec<PersonHit>,
    /// Notes and activities, newest first.
    pub notes: Vec<TextHit>,
    /// Inquiries, newest first.
    pub tickets: Vec<TextHit>,
    /// Deals, those last changed first.
    pub deals: Vec<TextHit>,
    /// What customers are after and work with.
    pub aims: Vec<TextHit>,
}

impl Found {
    /// Nothing was found.
    pub const fn is_empty(&self) -> bool {
        self.customers.is_empty()
            && self.people.is_empty()
            && self.notes.is_empty()
            && self.tickets.is_empty()
            && self.deals.is_empty()
            && self.aims.is_empty()
    }
}

/// Looks for a text, in any spelling. Any text is a query; none is an error.
pub async fn search(app: &App, workspace: Id<Workspace>, text: &str) -> Result<Found> {
    let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
    let needle = Needle::read(&text);
    if needle.is_empty() {
        return Ok(Found::default());
    }
    let (customers, people, notes, tickets, deals, aims) = tokio::try_join!(
        find_customers(app, workspace, &needle),
        find_people(app, workspace, &needle),
        find_texts(app, workspace, &needle, Searchable::Activity),
        find_texts(app, workspace, &needle, Searchable::Ticket),
        find_texts(app, workspace, &needle, Searchable::Deal),
        find_texts(app, workspace, &needle, Searchable::Aim),
    )?;
    Ok(Found { customers, people, notes, tickets, deals, aims })
}

/// Candidates by their tokens, the newest first, step by step.
struct Candidates {
    kind: Searchable,
    tokens: Option<Vec<String>>,
    before: i64,
    steps: usize,
}

impl Candidates {
    const fn new(kind: Searchable, tokens: Option<Vec<String>>) -> Self {
        Self { kind, tokens, before: i64::MAX, steps: 0 }
    }

    /// The next ones; none when there are no more, or when enough were looked at.
    async fn next(&mut self, app: &App, workspace: Id<Workspace>) -> Result<Vec<uuid::Uuid>> {
        let Some(tokens) = self.tokens.as_ref().filter(|_| self.steps < CANDIDATE_STEPS_MAX) else {
            return Ok(Vec::new());
        };
        let found = app.db.find_texts(workspace, self.kind, tokens, self.before, CANDIDATES_STEP).await?;
        let is_full = i64::try_from(found.len()).unwrap_or(0) >= CANDIDATES_STEP;
        self.steps = if is_full { self.steps + 1 } else { CANDIDATE_STEPS_MAX };
        self.before = found.last().map_or(i64::MIN, |(place, _)| *place);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }
}

/// How well a name fits: begins with the query, then holds it whole, then the rest.
fn rank(name: &str, reading: &str, code: &str, first: &str) -> u8 {
    let bare = fold_company(first);
    let begins = |t: &str| t.starts_with(first) || t.starts_with(&bare);
    let (folded, plain) = (fold(name), fold_company(name));
    if plain == bare || folded == first {
        0
    } else if begins(&plain) || begins(&folded) || begins(&fold(reading)) || begins(&fold(code)) {
        1
    } else if folded.contains(first) || plain.contains(&bare) {
        2
    } else {
        3
    }
}

async fn find_customers(app: &App, ws: Id<Workspace>, needle: &Needle) -> Result<Vec<CustomerHit>> {
    let kind = Searchable::Customer;
    let mut rows: Vec<store::CustomerRow> = Vec::new();
    for tokens in [needle.tokens_at_start(kind), needle.tokens(kind)] {
        let had = rows.len();
        let mut candidates = Candidates::new(kind, tokens);
        while rows.len() < had + 4 * CUSTOMERS_MAX {
            let ids = candidates.next(app, ws).await?;
            if ids.is_empty() {
                break;
            }
            let read = store::list_customers(app, ws, &ids).await?;
            for row in read.into_iter().filter(|row| needle.is_in(&row.search, kind)) {
                if !rows.iter().any(|known| known.id == row.id) {
                    rows.push(row);
                }
            }
        }
        if rows.len() >= CUSTOMERS_MAX {
            break;
        }
    }
    let first = needle.words().next().unwrap_or_default().to_owned();
    rows.sort_by_cached_key(|r| (rank(&r.name, &r.reading, &r.external_id, &first), r.sort_name.clone(), r.id));
    let mut hits: Vec<CustomerHit> = rows.into_iter().map(|row| row.hit(None)).collect();
    hits.truncate(CUSTOMERS_MAX);
    if hits.len() < CUSTOMERS_MAX {
        add_gone(app, ws, needle, &mut hits).await?;
    }
    Ok(hits)
}

/// Adds those into which one went that is called so: who calls may still say its name.
async fn add_gone(app: &App, ws: Id<Workspace>, needle: &Needle, hits: &mut Vec<CustomerHit>) -> Result<()> {
    let kind = Searchable::Customer;
    let joined = app.joined();
    for (code, name) in store::list_gone(app, ws).await? {
        let text = format!("{} {} {}", fold(&code), fold(&name), fold_company(&name));
        if !needle.is_in(&text, kind) {
            continue;
        }
        let Some(row) = store::find_by_code(app, ws, joined.survivor(&code)).await? else { continue };
        if hits.len() < CUSTOMERS_MAX && !hits.iter().any(|hit| hit.id == row.id) {
            hits.push(row.hit(Some(name)));
        }
    }
    Ok(())
}

/// Code and name of customers whose name may be this one, however it is written; who compares decides.
pub(crate) async fn list_namesakes(app: &App, ws: Id<Workspace>, name: &str) -> Result<Vec<(String, String)>> {
    let name: String = fold_company(name).chars().take(QUERY_CHARS_MAX).collect();
    let (needle, kind) = (Needle::read(&name), Searchable::Customer);
    let mut found = Vec::new();
    if needle.is_empty() {
        return Ok(found);
    }
    let mut candidates = Candidates::new(kind, needle.tokens(kind));
    loop {
        let ids = candidates.next(app, ws).await?;
        if ids.is_empty() {
            return Ok(found);
        }
        let rows = store::list_customers(app, ws, &ids).await?;
        found.extend(rows.into_iter().map(|row| (row.external_id, row.name)));
    }
}

async fn find_people(app: &App, ws: Id<Workspace>, needle: &Needle) -> Result<Vec<PersonHit>> {
    let kind = Searchable::Contact;
    let mut rows: Vec<store::PersonRow> = Vec::new();
    let mut candidates = Candidates::new(kind, needle.tokens(kind));
    while rows.len() < 4 * PEOPLE_MAX {
        let ids = candidates.next(app, ws).await?;
        if ids.is_empty() {
            break;
        }
        let read = store::list_people(app, ws, &ids).await?;
        rows.extend(read.into_iter().filter(|row| needle.is_in(&row.search, kind)));
    }
    let first = needle.words().next().unwrap_or_default().to_owned();
    rows.sort_by_cached_key(|r| (rank(&r.name, &r.reading, "", &first), r.name.clone(), r.id));
    rows.truncate(PEOPLE_MAX);
    Ok(rows
        .into_iter()
        .map(|r| PersonHit { customer: r.customer, customer_name: r.customer_name, name: r.name, title: r.title })
        .collect())
}

async fn find_texts(app: &App, ws: Id<Workspace>, needle: &Needle, kind: Searchable) -> Result<Vec<TextHit>> {
    let mut rows: Vec<store::TextRow> = Vec::new();
    let mut candidates = Candidates::new(kind, needle.tokens(kind));
    while rows.len() < TEXTS_MAX {
        let ids = candidates.next(app, ws).await?;
        if ids.is_empty() {
            break;
        }
        let read = store::list_texts(app, ws, kind, &ids).await?;
        rows.extend(read.into_iter().filter(|row| needle.is_in(&row.folded(), kind)));
    }
    rows.sort_by_key(|row| (std::cmp::Reverse(row.at), row.id));
    rows.truncate(TEXTS_MAX);
    Ok(rows
        .into_iter()
        .map(|row| TextHit {
            id: row.id,
            snippet: cut_snippet(needle, &row),
            customer: row.customer,
            customer_name: row.customer_name,
            what: row.what,
            subject: row.subject,
            at: row.at,
        })
        .collect())
}

/// A few words around the hit; the beginning of the text when only its head holds the hit.
fn cut_snippet(needle: &Needle, row: &store::TextRow) -> (String, String, String) {
    let text = row.body.replace(['\r', '\n', '\t'], " ");
    let head = |text: &str, n: usize| text.chars().take(n).collect::<String>();
    let Some((from, to)) = needle.find_in(&text) else {
        return (String::new(), String::new(), head(&text, BEFORE_CHARS + BEHIND_CHARS));
    };
    let (front, back) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
    let skipped = front.chars().count().saturating_sub(BEFORE_CHARS);
    let before: String = front.chars().skip(skipped).collect();
    let dots = if skipped > 0 { "…" } else { "" };
    let behind = head(back, BEHIND_CHARS);
    let rest = if behind.len() < back.len() { "…" } else { "" };
    (format!("{dots}{before}"), text.get(from..to).unwrap_or_default().to_owned(), format!("{behind}{rest}"))
}
