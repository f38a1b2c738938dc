//! The people of customers.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Contact, Customer, Id, Import, Staff};
use kizashi_domain::intake::ContactRow;
use kizashi_domain::text::{Searchable, fold};
use kizashi_domain::time::{DAY_US, Day, Time};
use serde::{Deserialize, Serialize};

use super::End;
use super::customers::find_or_insert_customer;
use super::merges::note_home;
use super::taken_back::{ROWS_MAX, TakenBack};
use super::texts::index_text;
use super::versions::{Versioned, keep_version};
use crate::intake::keep::Keeping;
use crate::settings::Settings;
use crate::{App, Result};

row! {
    /// A person as the table has it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(crate) struct Person {
        pub id: Id<Contact>, pub customer_id: Id<Customer>, pub external_id: String, pub name: String, pub reading: String, pub title: String, pub role: String, pub email: String, pub phone: String, pub left_on: Option<Day>,
    }
}

pub(in crate::intake) async fn keep_contact(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    settings: &Settings,
    row: &ContactRow,
) -> Result<End> {
    let customer = find_or_insert_customer(tx, k, &row.customer).await?;
    let find = sql!(
        "SELECT id, customer_id, external_id, name, reading, title, role, email, phone, left_on FROM contact ",
        "WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let before: Option<Person> = tx.find(find, args![k.workspace, k.source, row.external_id]).await?;
    let given = |new: &Option<String>, old: Option<&String>| new.clone().or_else(|| old.cloned()).unwrap_or_default();
    let b = before.as_ref();
    let after = Person {
        id: b.map_or_else(App::new_id, |p| p.id),
        customer_id: customer,
        external_id: row.external_id.clone(),
        name: given(&row.name, b.map(|p| &p.name)),
        reading: given(&row.reading, b.map(|p| &p.reading)),
        title: given(&row.title, b.map(|p| &p.title)),
        role: given(&row.role, b.map(|p| &p.role)),
        email: given(&row.email, b.map(|p| &p.email)),
        phone: given(&row.phone, b.map(|p| &p.phone)),
        left_on: row.left_on.or_else(|| b.and_then(|p| p.left_on)),
    };
    if before.as_ref() == Some(&after) {
        return Ok(End::Same);
    }
    if let Some(before) = &before {
        keep_version(tx, k, Versioned::Contact, before.id, before).await?;
    }
    insert_person(tx, k, &after, before.is_none()).await?;
    if before.is_none() {
        note_home(tx, k, &row.customer, "contact", after.id).await?;
    }
    // Somebody who leaves is a fact of the history: a champion who leaves is a sign.
    if let Some(day) = after.left_on.filter(|_| before.as_ref().and_then(|p| p.left_on).is_none()) {
        let at = settings.zone.start_of(day).plus_us(DAY_US / 2);
        let name = match after.role.as_str() {
            "champion" | "key_person" | "admin" => format!("contact.left.{}", after.role),
            _ => "contact.left".to_owned(),
        };
        k.echo(format!("left:{}", row.external_id), &row.customer, &row.external_id, name, at, None);
    }
    Ok(if before.is_some() { End::Changed } else { End::Added })
}

async fn insert_person(tx: &mut Tx, k: &Keeping<'_>, after: &Person, is_new: bool) -> Result<()> {
    let statement = sql!(
        "INSERT INTO contact (id, workspace_id, customer_id, source, external_id, name, reading, search, title, role, email, phone, left_on, ",
        "recorded_at, assumed, run_id, author_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ",
        "ON CONFLICT (workspace_id, source, external_id) DO UPDATE SET customer_id = excluded.customer_id, name = excluded.name, ",
        "reading = excluded.reading, search = excluded.search, title = excluded.title, role = excluded.role, email = excluded.email, ",
        "phone = excluded.phone, left_on = excluded.left_on, recorded_at = excluded.recorded_at, ",
        "assumed = excluded.assumed, run_id = excluded.run_id, author_id = excluded.author_id"
    );
    let search = format!("{} {} {}", fold(&after.name), fold(&after.reading), fold(&after.email));
    let values = args![
        after.id,
        k.workspace,
        after.customer_id,
        k.source,
        after.external_id,
        after.name,
        after.reading,
        search.clone(),
        after.title,
        after.role,
        after.email,
        after.phone,
        after.left_on,
        k.received_at,
        i64::from(k.assumed && is_new),
        k.run,
        k.author
    ];
    tx.run(statement, values).await?;
    index_text(tx, k.workspace, Searchable::Contact, (after.id, is_new), Time(0), &search).await
}

row! {
    struct PersonOfRun { customer: String, fields: Option<String>, run: Option<Id<Import>>, author: Option<Id<Staff>>, person: Id<Contact>, external_id: String, left_on: Option<Day> }
}

/// Takes back some of what an import wrote: those that it added go, those that it changed say again what they said before.
pub(super) async fn take_back_contacts(tx: &mut Tx, k: &mut Keeping<'_>, run: Id<Import>) -> Result<Vec<TakenBack>> {
    let find = sql!(
        "SELECT c.external_id, v.fields, v.run_id, v.author_id, p.id, p.external_id, p.left_on FROM contact p JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN version v ON v.id = (SELECT w.id FROM version w LEFT JOIN import_run r ON r.id = w.run_id WHERE w.workspace_id = $1 ",
        "AND w.kind = 'contact' AND w.object_id = p.id AND (w.run_id IS NULL OR (w.run_id <> $2 AND r.undone_at IS NULL)) ",
        "ORDER BY w.replaced_at DESC LIMIT 1) WHERE p.workspace_id = $1 AND p.run_id = $2 ORDER BY p.id LIMIT $3"
    );
    let rows: Vec<PersonOfRun> = tx.list(find, args![k.workspace, run, ROWS_MAX]).await?;
    let mut taken = Vec::new();
    for row in rows {
        let current = sql!(
            "SELECT id, customer_id, external_id, name, reading, title, role, email, phone, left_on FROM contact WHERE workspace_id = $1 AND id = $2"
        );
        let Some(now): Option<Person> = tx.find(current, args![k.workspace, row.person]).await? else { continue };
        keep_version(tx, k, Versioned::Contact, now.id, &now).await?;
        let before: Option<Person> = row.fields.as_deref().and_then(|f| serde_json::from_str(f).ok());
        match &before {
            None => {
                let drop = sql!("DELETE FROM contact WHERE workspace_id = $1 AND id = $2");
                tx.run(drop, args![k.workspace, row.person]).await?;
            }
            Some(b) => {
                let put = sql!(
                    "UPDATE contact SET customer_id = $3, name = $4, reading = $5, search = $6, title = $7, role = $8, email = $9, phone = $10, ",
                    "left_on = $11, recorded_at = $12, assumed = 0, run_id = $13, author_id = $14 WHERE workspace_id = $1 AND id = $2"
                );
                let search = format!("{} {} {}", fold(&b.name), fold(&b.reading), fold(&b.email));
                let values = args![
                    k.workspace,
                    row.person,
                    b.customer_id,
                    b.name,
                    b.reading,
                    search.clone(),
                    b.title,
                    b.role,
                    b.email,
                    b.phone,
                    b.left_on,
                    k.received_at,
                    row.run,
                    row.author
                ];
                tx.run(put, values).await?;
                index_text(tx, k.workspace, Searchable::Contact, (b.id, false), Time(0), &search).await?;
            }
        }
        let still_left = before.as_ref().is_some_and(|b| b.left_on.is_some());
        let events = (row.left_on.is_some() && !still_left).then(|| format!("left:{}", row.external_id));
        let events = events.into_iter().collect();
        taken.push(TakenBack { customer: row.customer, is_restored: before.is_some(), events });
    }
    Ok(taken)
}
