//! The people and the contracts of a customer, as they are known now or as they were known at an instant.

use std::collections::HashMap;

use kizashi_db::{FromRow, Row, ToValue, args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time};

use super::read::{ContactView, ContractView};
use crate::intake::{Person, StoredTerm, Versioned, list_versions};
use crate::{App, Result};

const PEOPLE_MAX: i64 = 200;
const TERMS_MAX: i64 = 50;
const END_OF_TIME: Time = Time(i64::MAX);

row! {
    struct LastContact { external_id: String, at: Option<Time> }
}

/// The people of a customer, those who are still there first, then by role. `until` = count only what was known before.
pub(super) async fn list_contacts(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    day: Day,
    until: Option<Time>,
) -> Result<Vec<ContactView>> {
    let before = until.unwrap_or(END_OF_TIME);
    let statement = sql!(
        "SELECT id, customer_id, external_id, name, reading, title, role, email, phone, left_on FROM contact ",
        "WHERE workspace_id = $1 AND customer_id = $2 AND (recorded_at < $3 OR assumed = 1) ORDER BY name LIMIT $4"
    );
    let mut people: Vec<Person> = app.db.list(statement, args![ws, customer, before, PEOPLE_MAX]).await?;
    if let Some(until) = until {
        people.extend(list_versions::<Person>(app, ws, customer, Versioned::Contact, until.plus_us(-1)).await?);
    }
    let contacted = sql!(
        "SELECT contact_external_id, max(happened_at) FROM activity WHERE workspace_id = $1 AND customer_id = $2 AND happened_at < $3 ",
        "AND contact_external_id <> '' GROUP BY contact_external_id LIMIT 1000"
    );
    let last: Vec<LastContact> = app.db.list(contacted, args![ws, customer, before]).await?;
    let last: HashMap<String, Option<Time>> = last.into_iter().map(|l| (l.external_id, l.at)).collect();
    Ok(told(people, day, |person| last.get(&person.external_id).copied().flatten()))
}

/// People as pages name them: those who are there first, then by role and name.
fn told(mut people: Vec<Person>, day: Day, met: impl Fn(&Person) -> Option<Time>) -> Vec<ContactView> {
    let rank = |role: &str| ["champion", "key_person", "admin"].iter().position(|r| *r == role).unwrap_or(3);
    let gone = |p: &Person| p.left_on.filter(|left| *left <= day);
    people.sort_by(|a, b| {
        let key = |p: &Person| (gone(p).is_some(), rank(&p.role));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    people
        .into_iter()
        .map(|p| ContactView {
            left_on: gone(&p),
            contact_at: met(&p),
            name: p.name,
            reading: p.reading,
            title: p.title,
            role: p.role,
            email: p.email,
            phone: p.phone,
        })
        .collect()
}

/// The people of these customers as they are now, of each in the order of [`list_contacts`].
pub(super) async fn list_contacts_of_many(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
    day: Day,
) -> Result<HashMap<Id<Customer>, Vec<ContactView>>> {
    let keys = || customers.iter().map(ToValue::to_value).collect();
    let statement = sql!(
        "SELECT id, customer_id, external_id, name, reading, title, role, email, phone, left_on FROM contact ",
        "WHERE workspace_id = $1 AND customer_id IN ($2)"
    );
    let contacted = sql!(
        "SELECT customer_id, contact_external_id, max(happened_at) FROM activity WHERE workspace_id = $1 AND customer_id IN ($2) ",
        "AND contact_external_id <> '' GROUP BY customer_id, contact_external_id"
    );
    let last: Vec<(Id<Customer>, String, Time)> = app.db.list_in(contacted, args![ws], keys()).await?;
    let last: HashMap<(Id<Customer>, String), Time> = last.into_iter().map(|(c, id, at)| ((c, id), at)).collect();
    let mut people: HashMap<Id<Customer>, Vec<Person>> = HashMap::new();
    for person in app.db.list_in::<Person>(statement, args![ws], keys()).await? {
        people.entry(person.customer_id).or_default().push(person);
    }
    let met = |p: &Person| last.get(&(p.customer_id, p.external_id.clone())).copied();
    Ok(people.into_iter().map(|(customer, own)| (customer, told(own, day, met))).collect())
}

/// The terms of a customer's contracts, the newest first. `until` = count only what was known before.
pub(super) async fn list_contracts(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    today: Day,
    until: Option<Time>,
) -> Result<Vec<ContractView>> {
    let statement = sql!(
        "SELECT id, plan, seats, amount_minor, currency, months, start_day, end_day, auto_renew, notice_days, notice_on FROM contract ",
        "WHERE workspace_id = $1 AND customer_id = $2 AND (recorded_at < $3 OR assumed = 1) ORDER BY start_day DESC LIMIT $4"
    );
    let before = until.unwrap_or(END_OF_TIME);
    let mut terms: Vec<StoredTerm> = app.db.list(statement, args![ws, customer, before, TERMS_MAX]).await?;
    if let Some(until) = until {
        terms.extend(list_versions::<StoredTerm>(app, ws, customer, Versioned::Contract, until.plus_us(-1)).await?);
    }
    terms.sort_by_key(|t| std::cmp::Reverse(t.start_day));
    Ok(terms.into_iter().map(|t| term(t, today)).collect())
}

fn term(t: StoredTerm, today: Day) -> ContractView {
    ContractView {
        mrr: t.amount_minor.map(|minor| {
            Money { minor, currency: Currency::parse(&t.currency).unwrap_or(Currency::JPY) }.per_month(t.months)
        }),
        plan: t.plan,
        seats: t.seats,
        start_day: t.start_day,
        end_day: t.end_day,
        months: t.months,
        auto_renew: t.auto_renew,
        notice_on: t.notice_on,
        in_force: t.start_day <= today && today <= t.end_day,
    }
}

/// A term, and whose it is.
struct Owned {
    term: StoredTerm,
    customer: Id<Customer>,
}

impl FromRow for Owned {
    fn from_row(row: &Row) -> kizashi_db::Result<Self> {
        const AFTER_TERM: usize = 11;
        Ok(Self { term: StoredTerm::from_row(row)?, customer: row.get(AFTER_TERM)? })
    }
}

/// The terms of these customers that are in force on a day, as they are known now.
pub(super) async fn list_terms_in_force(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
    today: Day,
) -> Result<HashMap<Id<Customer>, Vec<ContractView>>> {
    let statement = sql!(
        "SELECT id, plan, seats, amount_minor, currency, months, start_day, end_day, auto_renew, notice_days, notice_on, customer_id FROM contract ",
        "WHERE workspace_id = $1 AND start_day <= $2 AND end_day >= $2 AND customer_id IN ($3) ORDER BY start_day DESC"
    );
    let keys = customers.iter().map(ToValue::to_value).collect();
    let rows: Vec<Owned> = app.db.list_in(statement, args![ws, today], keys).await?;
    let mut found: HashMap<Id<Customer>, Vec<ContractView>> = HashMap::new();
    for Owned { term: stored, customer } in rows {
        found.entry(customer).or_default().push(term(stored, today));
    }
    Ok(found)
}
