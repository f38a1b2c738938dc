//! Reading the tables customer_merge, not_double; what two customers have.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Merge, Staff, Workspace};
use kizashi_domain::time::Time;

use super::MergeRow;
use crate::access::Grant;
use crate::{App, Result};

const ROWS_MAX: i64 = 200;

row! {
    pub(super) struct Kept {
        pub gone_id: Id<Customer>, pub gone_code: String, pub into_code: String, pub gone: String, pub merged_at: Time,
        pub undone_at: Option<Time>,
    }
}

pub(super) async fn find_merge(app: &App, ws: Id<Workspace>, id: Id<Merge>) -> Result<Option<Kept>> {
    let statement = sql!(
        "SELECT gone_id, gone_code, into_code, gone, merged_at, undone_at FROM customer_merge WHERE workspace_id = $1 AND id = $2"
    );
    Ok(app.db.find(statement, args![ws, id]).await?)
}

pub(super) async fn find_owner(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<Id<Staff>>> {
    let statement = sql!("SELECT owner_id FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(tx.find::<(Option<Id<Staff>>,)>(statement, args![ws, customer]).await?.and_then(|(owner,)| owner))
}

pub(super) async fn find_gone_code(app: &App, ws: Id<Workspace>, gone: Id<Customer>) -> Result<Option<String>> {
    let statement =
        sql!("SELECT gone_code FROM customer_merge WHERE workspace_id = $1 AND gone_id = $2 AND undone_at IS NULL");
    Ok(app.db.find::<(String,)>(statement, args![ws, gone]).await?.map(|(code,)| code))
}

pub(super) async fn find_customer(app: &App, ws: Id<Workspace>, code: &str) -> Result<Option<Id<Customer>>> {
    let statement = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");
    Ok(app.db.find::<(Id<Customer>,)>(statement, args![ws, code]).await?.map(|(id,)| id))
}

row! {
    struct Line {
        id: Id<Merge>, into: Option<Id<Customer>>, name: Option<String>, into_code: String, gone_code: String, gone_name: String, at: Time,
        who: Option<String>, undone_at: Option<Time>,
    }
}

pub(super) async fn list_merges(app: &App, ws: Id<Workspace>, into: Option<Id<Customer>>) -> Result<Vec<MergeRow>> {
    let statement = sql!(
        "SELECT m.id, c.id, c.name, m.into_code, m.gone_code, m.gone_name, m.merged_at, o.name, m.undone_at FROM customer_merge m ",
        "LEFT JOIN customer c ON c.workspace_id = m.workspace_id AND c.external_id = m.into_code LEFT JOIN staff o ON o.id = m.staff_id ",
        "WHERE m.workspace_id = $1 AND (c.id = $2 OR $3 = 1) ORDER BY m.merged_at DESC, m.id DESC LIMIT $4"
    );
    // Without a customer any id will do: the other half of the condition lets everything through.
    let of = into.unwrap_or_else(|| Id::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<Line> = app.db.list(statement, args![ws, of, i64::from(into.is_none()), ROWS_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|r| MergeRow {
            id: r.id,
            into: r.into.zip(r.name),
            into_code: r.into_code,
            gone_code: r.gone_code,
            gone_name: r.gone_name,
            at: r.at,
            who: r.who,
            undone_at: r.undone_at,
        })
        .collect())
}

row! {
    #[derive(Clone, Debug)]
    pub(super) struct Known {
        pub id: Id<Customer>, pub code: String, pub name: String, pub reading: String, pub domain: String, pub parent: Option<Id<Customer>>,
        pub owner: Option<String>,
    }
}

/// Every customer, by id, a page at a time.
pub(super) async fn list_known(app: &App, ws: Id<Workspace>, after: Id<Customer>, rows: i64) -> Result<Vec<Known>> {
    let statement = sql!(
        "SELECT c.id, c.external_id, c.name, c.reading, c.domain, c.parent_id, o.name FROM customer c LEFT JOIN staff o ON o.id = c.owner_id ",
        "WHERE c.workspace_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, after, rows]).await?)
}

/// Mail addresses that people of several customers have, with those customers.
pub(super) async fn list_shared_mails(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, Id<Customer>)>> {
    let statement = sql!(
        "SELECT DISTINCT lower(p.email) AS mail, p.customer_id FROM contact p WHERE p.workspace_id = $1 AND p.email <> '' AND lower(p.email) IN ",
        "(SELECT lower(email) FROM contact WHERE workspace_id = $1 AND email <> '' GROUP BY lower(email) HAVING count(DISTINCT customer_id) > 1) ",
        "ORDER BY mail, p.customer_id LIMIT 20000"
    );
    Ok(app.db.list(statement, args![ws]).await?)
}

/// Pairs that somebody said are not one.
pub(super) async fn list_apart(app: &App, ws: Id<Workspace>) -> Result<Vec<(Id<Customer>, Id<Customer>)>> {
    let statement =
        sql!("SELECT one_id, other_id FROM not_double WHERE workspace_id = $1 ORDER BY one_id, other_id LIMIT 100000");
    Ok(app.db.list(statement, args![ws]).await?)
}

pub(super) async fn insert_apart(app: &App, grant: &Grant, (one, other): (Id<Customer>, Id<Customer>)) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO not_double (workspace_id, one_id, other_id, said_at, staff_id) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (workspace_id, one_id, other_id) DO NOTHING"
    );
    tx.run(statement, args![grant.workspace(), one, other, app.now(), grant.staff()]).await?;
    Ok(tx.commit().await?)
}

/// How much hangs on a customer: kind, how many.
pub(super) async fn count_records(app: &App, ws: Id<Workspace>, id: Id<Customer>) -> Result<Vec<(&'static str, i64)>> {
    let kinds = [
        ("contacts", sql!("SELECT count(*) FROM contact WHERE workspace_id = $1 AND customer_id = $2")),
        ("contracts", sql!("SELECT count(*) FROM contract WHERE workspace_id = $1 AND customer_id = $2")),
        ("deals", sql!("SELECT count(*) FROM deal WHERE workspace_id = $1 AND customer_id = $2")),
        ("activities", sql!("SELECT count(*) FROM activity WHERE workspace_id = $1 AND customer_id = $2")),
        ("tickets", sql!("SELECT count(*) FROM ticket WHERE workspace_id = $1 AND customer_id = $2")),
        ("responses", sql!("SELECT count(*) FROM response WHERE workspace_id = $1 AND customer_id = $2")),
        ("cards", sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND customer_id = $2")),
        ("files", sql!("SELECT count(*) FROM file WHERE workspace_id = $1 AND customer_id = $2")),
    ];
    let mut counts = Vec::new();
    for (kind, statement) in kinds {
        counts.push((kind, app.db.find::<(i64,)>(statement, args![ws, id]).await?.map_or(0, |(n,)| n)));
    }
    Ok(counts)
}

/// Code, name, and who looks after a customer, by id.
pub(super) async fn find_side(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Customer>,
) -> Result<Option<(String, String, Option<Id<kizashi_domain::id::Staff>>)>> {
    let statement = sql!("SELECT external_id, name, owner_id FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find(statement, args![ws, id]).await?)
}
