//! Letters that wait for somebody to say whose they are: given to a customer, left out, or found by what was learned since.

use std::collections::{BTreeSet, HashMap};

use kizashi_domain::id::{Id, Letter as LetterId, Workspace};
use kizashi_domain::intake::mail::{Directory, Letter, Party, Verdict, is_anybodys, judge, list_domains};
use kizashi_domain::intake::{ContactRow, CustomerNames, CustomerRow, Named, Record};
use kizashi_domain::limits::PAGE_ROWS_MAX;
use kizashi_domain::time::Time;

use super::sort::{activities, look_up};
use super::store::{self, Stored};
use crate::access::{Grant, record_audit};
use crate::intake::{OWN_SOURCE, Origin, Received, keep_records};
use crate::{App, Refused, Result};

/// Letters looked at in one go.
const PIECE: i64 = 500;
/// How often those that wait are gone through: an answer to an answer is found by the second look.
const LOOKS_MAX: usize = 4;
/// Characters shown of what a letter says.
const SHOWN_CHARS: usize = 280;
/// Customers offered for one letter.
const CANDIDATES_MAX: usize = 5;

/// A letter that waits.
#[derive(Clone, Debug)]
pub struct WaitingLetter {
    /// Its id here.
    pub id: Id<LetterId>,
    /// What brought it.
    pub source: String,
    /// `unknown` or `several`.
    pub why: String,
    /// When it was written.
    pub at: Time,
    /// It came from one of us; else to us.
    pub is_ours: bool,
    /// The other side: name and address.
    pub other: (String, String),
    /// Its domain tells whose it is: not one at which anybody has an address.
    pub can_remember_domain: bool,
    /// Subject.
    pub subject: String,
    /// The beginning of its text.
    pub text: String,
    /// Customers whose it may be: code and name.
    pub candidates: Vec<(String, String)>,
}

/// Some letters that wait.
#[derive(Clone, Debug, Default)]
pub struct WaitingPage {
    /// The newest first.
    pub letters: Vec<WaitingLetter>,
    /// How many there are.
    pub all: i64,
    /// From where the next page goes on.
    pub next: Option<(Time, Id<LetterId>)>,
}

/// What is remembered of a letter that somebody gave to a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remember {
    /// This letter alone.
    #[default]
    Nothing,
    /// The address belongs to a person of the customer.
    Person,
    /// The domain belongs to the customer.
    Domain,
}

impl Remember {
    /// Reads the word of a form.
    pub fn parse(word: &str) -> Self {
        match word {
            "person" => Self::Person,
            "domain" => Self::Domain,
            _ => Self::Nothing,
        }
    }
}

/// How many letters wait.
pub async fn count_waiting(app: &App, ws: Id<Workspace>) -> Result<i64> {
    store::count_waiting(app, ws).await
}

fn read(stored: &Stored) -> Option<Letter> {
    serde_json::from_str(&stored.content).ok()
}

/// The other side of a letter.
fn other_of<'a>(letter: &'a Letter, known: &Directory) -> (&'a Party, bool) {
    let is_ours = known.house.is_own(&letter.from);
    let to = letter.to.iter().find(|p| is_ours && !known.house.is_own(p));
    (to.unwrap_or(&letter.from), is_ours)
}

/// Letters that wait, the newest first.
pub async fn list_waiting(app: &App, grant: &Grant, before: Option<(Time, Id<LetterId>)>) -> Result<WaitingPage> {
    let ws = grant.workspace();
    let before = before.unwrap_or((Time(i64::MAX), Id::from_uuid(uuid::Uuid::max())));
    let rows = store::list_waiting(app, ws, before, PAGE_ROWS_MAX).await?;
    let read_rows: Vec<Letter> = rows.iter().filter_map(read).collect();
    let known = look_up(app, ws, store::open_house(app, ws).await?, &read_rows.iter().collect::<Vec<_>>()).await?;
    let codes: BTreeSet<&str> = known.people.values().flatten().map(|p| p.customer.as_str()).collect();
    let of_domains = known.domains.values().flatten().map(String::as_str);
    let names = store::list_names(app, ws, &codes.into_iter().chain(of_domains).collect()).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == PAGE_ROWS_MAX).map(|r| (r.happened_at, r.id));
    let letters = rows.into_iter().filter_map(|row| {
        let letter = read(&row)?;
        let (other, is_ours) = other_of(&letter, &known);
        Some(WaitingLetter {
            is_ours,
            can_remember_domain: !other.domain().is_empty() && !is_anybodys(other.domain()),
            other: (other.name.clone(), other.address.clone()),
            subject: letter.subject.clone(),
            text: letter.text.chars().take(SHOWN_CHARS).collect(),
            candidates: candidates(other, &known, &names),
            id: row.id,
            source: row.source,
            why: row.why,
            at: row.happened_at,
        })
    });
    Ok(WaitingPage { letters: letters.collect(), all: store::count_waiting(app, ws).await?, next })
}

/// Customers of the address, else of its domain, with their names.
fn candidates(other: &Party, known: &Directory, names: &HashMap<String, String>) -> Vec<(String, String)> {
    let people = known.people.get(&other.address).into_iter().flatten().map(|p| &p.customer);
    let codes: BTreeSet<&String> = people.collect();
    let of_domain = || list_domains(other.domain()).find_map(|d| known.domains.get(d)).into_iter().flatten().collect();
    let codes: BTreeSet<&String> = if codes.is_empty() { of_domain() } else { codes };
    let named = codes.into_iter().map(|code| (code.clone(), names.get(code).unwrap_or(code).clone()));
    named.take(CANDIDATES_MAX).collect()
}

/// The code of the customer whom somebody means: a code, or the name of only one.
///
/// # Errors
/// [`Refused::Field`] when there is none, or several are called that.
pub async fn find_meant_customer(app: &App, ws: Id<Workspace>, text: &str) -> Result<String> {
    let text = text.trim();
    if store::find_customer(app, ws, text).await?.is_some() {
        return Ok(text.to_owned());
    }
    let mut names = CustomerNames::default();
    for (code, name) in crate::search::list_namesakes(app, ws, text).await? {
        names.add(&code, &name);
    }
    let wrong = |reason| Refused::Field { field: "customer", reason };
    match names.find(text) {
        Named::One(code) => Ok(code.to_owned()),
        Named::Several(_) => Err(wrong("mail-customer-several").into()),
        Named::Nobody => Err(wrong("mail-customer").into()),
    }
}

/// Gives a letter to a customer, as one of its activities, and remembers what is asked; then looks again at the others that wait.
/// How many of those were found with it.
///
/// # Errors
/// [`Refused::Changed`] when it waits no more; [`Refused::Field`] when there is no such customer, or its domain is another one.
pub async fn assign_letter(
    app: &App,
    grant: &Grant,
    id: Id<LetterId>,
    customer: &str,
    remember: Remember,
) -> Result<u64> {
    let ws = grant.workspace();
    let Some(stored) = store::find_waiting(app, ws, id).await? else { return Err(Refused::Changed.into()) };
    let Some(letter) = read(&stored) else { return Err(Refused::Changed.into()) };
    let Some((_, domain)) = store::find_customer(app, ws, customer).await? else {
        return Err(Refused::Field { field: "customer", reason: "mail-customer" }.into());
    };
    let house = store::open_house(app, ws).await?;
    let known = Directory { house, ..Directory::default() };
    let (other, _) = other_of(&letter, &known);
    let learned = match remember {
        Remember::Nothing => None,
        Remember::Person => Some(Record::Contact(ContactRow {
            external_id: format!("{customer}/{}", other.address),
            customer: customer.to_owned(),
            name: Some(if other.name.is_empty() { other.address.clone() } else { other.name.clone() }),
            email: Some(other.address.clone()),
            ..ContactRow::default()
        })),
        Remember::Domain if other.domain().is_empty() || is_anybodys(other.domain()) => {
            return Err(Refused::Field { field: "remember", reason: "mail-domain-anybodys" }.into());
        }
        Remember::Domain if !domain.is_empty() && !domain.eq_ignore_ascii_case(other.domain()) => {
            return Err(Refused::Field { field: "remember", reason: "mail-domain-other" }.into());
        }
        Remember::Domain => Some(Record::Customer(CustomerRow {
            external_id: customer.to_owned(),
            domain: Some(other.domain().to_owned()),
            ..CustomerRow::default()
        })),
    };
    if let Some(record) = learned {
        let origin = Origin { source: OWN_SOURCE, run: None, author: grant.staff() };
        keep_records(app, ws, origin, &[Received { at: app.now(), assumed: false, record }], false).await?;
    }
    keep_as(app, grant, &stored, &letter, customer).await?;
    sort_waiting(app, ws).await
}

/// Keeps a letter as that of a customer, whatever is known of its addresses.
async fn keep_as(app: &App, grant: &Grant, stored: &Stored, letter: &Letter, customer: &str) -> Result<()> {
    const GIVEN: &str = "given";
    let ws = grant.workspace();
    let house = store::open_house(app, ws).await?;
    let of_people = look_up(app, ws, house.clone(), &[letter]).await?.people;
    let mut given = Directory { house, ..Directory::default() };
    given.letters.insert(GIVEN.to_owned(), vec![customer.to_owned()]);
    let (other, _) = other_of(letter, &given);
    let person = of_people.get(&other.address).into_iter().flatten().find(|p| p.customer == customer);
    let as_answer = Letter { answers: vec![GIVEN.to_owned()], ..letter.clone() };
    let Verdict::Keep { direction, mut customers, staff } = judge(&as_answer, &given) else {
        return Err(Refused::Changed.into());
    };
    customers.iter_mut().for_each(|a| a.contact = person.map(|p| p.contact.clone()));
    let rows = activities(letter, direction, customers, staff.as_ref(), stored.happened_at);
    keep_stored(app, ws, stored, rows, &[customer.to_owned()]).await?;
    let mut tx = app.db.write().await?;
    record_audit(&mut tx, app, grant, "letter_given", &stored.id.to_string()).await?;
    Ok(tx.commit().await?)
}

async fn keep_stored(
    app: &App,
    ws: Id<Workspace>,
    stored: &Stored,
    rows: Vec<Record>,
    customers: &[String],
) -> Result<()> {
    let (at, assumed) = (stored.recorded_at, stored.assumed != 0);
    let received: Vec<Received> = rows.into_iter().map(|record| Received { at, assumed, record }).collect();
    let origin = Origin { source: &stored.source, run: stored.run, author: None };
    keep_records(app, ws, origin, &received, false).await?;
    store::keep_customers(app, ws, stored.id, customers).await
}

/// Leaves a letter out: nobody's. What it says is forgotten; the same letter does not come again.
pub async fn leave_letter_out(app: &App, grant: &Grant, id: Id<LetterId>) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !store::put_aside(&mut tx, grant.workspace(), id).await? {
        return Err(Refused::Changed.into());
    }
    record_audit(&mut tx, app, grant, "letter_left_out", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Looks again at the letters that wait: people, domains and letters may be known by now. How many were found.
pub(crate) async fn sort_waiting(app: &App, ws: Id<Workspace>) -> Result<u64> {
    let mut all = 0;
    for _ in 0..LOOKS_MAX {
        let found = look_again(app, ws).await?;
        all += found;
        if found == 0 {
            break;
        }
    }
    Ok(all)
}

async fn look_again(app: &App, ws: Id<Workspace>) -> Result<u64> {
    let mut before = (Time(i64::MAX), Id::from_uuid(uuid::Uuid::max()));
    let mut found = 0;
    loop {
        let rows = store::list_waiting(app, ws, before, PIECE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = (last.happened_at, last.id);
        let read: Vec<(&Stored, Letter)> = rows.iter().filter_map(|row| Some((row, read(row)?))).collect();
        let letters: Vec<&Letter> = read.iter().map(|(_, letter)| letter).collect();
        let known = look_up(app, ws, store::open_house(app, ws).await?, &letters).await?;
        for (stored, letter) in &read {
            match judge(letter, &known) {
                Verdict::Wait(_) => {}
                Verdict::Leave(_) => {
                    let mut tx = app.db.write().await?;
                    found += u64::from(store::put_aside(&mut tx, ws, stored.id).await?);
                    tx.commit().await?;
                }
                Verdict::Keep { direction, customers, staff } => {
                    let codes: Vec<String> = customers.iter().map(|a| a.customer.clone()).collect();
                    let rows = activities(letter, direction, customers, staff.as_ref(), stored.happened_at);
                    keep_stored(app, ws, stored, rows, &codes).await?;
                    found += 1;
                }
            }
        }
    }
}
