//! What an import wrote, taken back: reading over all tables of records. Each table is written by its own file.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Workspace};

use super::{contacts, contracts, deals, happenings, tickets};
use crate::intake::keep::Keeping;
use crate::{App, Result};

/// A record that was taken back.
#[derive(Clone, Debug)]
pub(crate) struct TakenBack {
    /// External id of its customer.
    pub customer: String,
    /// It says again what it said before; else it is gone.
    pub is_restored: bool,
    /// Events of the history that follow from what is no longer so.
    pub events: Vec<String>,
}

/// Records of a kind taken back in one transaction.
pub(super) const ROWS_MAX: i64 = 300;

/// Takes back some of an import's people, contracts, deals, activities, tickets and answers; nothing when none is left.
pub(in crate::intake) async fn take_back_records(
    tx: &mut Tx,
    k: &mut Keeping<'_>,
    run: Id<Import>,
) -> Result<Vec<TakenBack>> {
    let mut taken = contacts::take_back_contacts(tx, k, run).await?;
    taken.extend(contracts::take_back_contracts(tx, k, run).await?);
    taken.extend(deals::take_back_deals(tx, k, run).await?);
    taken.extend(tickets::take_back_tickets(tx, k, run).await?);
    taken.extend(happenings::take_back_happenings(tx, k, run).await?);
    Ok(taken)
}

row! {
    /// A customer that an import made or changed.
    #[derive(Clone, Debug)]
    pub(crate) struct RunCustomer {
        pub id: Id<Customer>, pub external_id: String, pub name: String, pub is_made: bool,
    }
}

/// Customers that an import made, or whose fields or figures it brought, by id, those behind `after`.
pub(in crate::intake) async fn list_customers_of_run(
    app: &App,
    ws: Id<Workspace>,
    run: Id<Import>,
    after: Id<Customer>,
    rows: i64,
) -> Result<Vec<RunCustomer>> {
    let statement = sql!(
        "SELECT c.id, c.external_id, c.name, CASE WHEN c.run_id = $2 THEN 1 ELSE 0 END FROM customer c WHERE c.workspace_id = $1 AND c.id > $3 ",
        "AND (c.run_id = $2 OR EXISTS (SELECT 1 FROM attribute a WHERE a.workspace_id = $1 AND a.customer_id = c.id AND a.run_id = $2)) ",
        "ORDER BY c.id LIMIT $4"
    );
    Ok(app.db.list(statement, args![ws, run, after, rows]).await?)
}

/// Whether anything is known of a customer that would be lost with it.
pub(in crate::intake) async fn is_known_otherwise(app: &App, ws: Id<Workspace>, id: Id<Customer>) -> Result<bool> {
    let statement = sql!(
        "SELECT (SELECT count(*) FROM contact WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM contract WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM deal WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM activity WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM ticket WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM response WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM hunch WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM score_override WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM attribute WHERE workspace_id = $1 AND customer_id = $2) ",
        "+ (SELECT count(*) FROM customer WHERE workspace_id = $1 AND parent_id = $2) ",
        "+ (SELECT count(*) FROM card WHERE workspace_id = $1 AND customer_id = $2 AND (touched_at IS NOT NULL OR taken_at IS NOT NULL OR closed_by IS NOT NULL))"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, id]).await?.is_some_and(|(n,)| n > 0))
}

/// Names of records that an import changed and somebody else changed again since, by kind.
pub(in crate::intake) async fn list_changed_since(
    app: &App,
    ws: Id<Workspace>,
    run: Id<Import>,
) -> Result<Vec<(&'static str, Vec<String>)>> {
    let kinds: [(&str, &Statement); 3] = [
        (
            "contacts",
            sql!(
                "SELECT p.name FROM contact p WHERE p.workspace_id = $1 AND p.id IN ",
                "(SELECT v.object_id FROM version v WHERE v.workspace_id = $1 AND v.kind = 'contact' AND v.run_id = $2) ",
                "AND (p.run_id IS NULL OR p.run_id <> $2) ORDER BY p.name LIMIT 1000"
            ),
        ),
        (
            "contracts",
            sql!(
                "SELECT p.external_id FROM contract p WHERE p.workspace_id = $1 AND p.id IN ",
                "(SELECT v.object_id FROM version v WHERE v.workspace_id = $1 AND v.kind = 'contract' AND v.run_id = $2) ",
                "AND (p.run_id IS NULL OR p.run_id <> $2) ORDER BY p.external_id LIMIT 1000"
            ),
        ),
        (
            "deals",
            sql!(
                "SELECT p.title FROM deal p WHERE p.workspace_id = $1 AND p.id IN ",
                "(SELECT v.object_id FROM version v WHERE v.workspace_id = $1 AND v.kind = 'deal' AND v.run_id = $2) ",
                "AND (p.run_id IS NULL OR p.run_id <> $2) ORDER BY p.title LIMIT 1000"
            ),
        ),
    ];
    let mut found = Vec::new();
    for (kind, statement) in kinds {
        let names: Vec<(String,)> = app.db.list(statement, args![ws, run]).await?;
        found.push((kind, names.into_iter().map(|(name,)| name).collect()));
    }
    Ok(found)
}

/// Those of some customers that there are.
pub(in crate::intake) async fn list_known(app: &App, ws: Id<Workspace>, codes: &[String]) -> Result<Vec<String>> {
    let statement = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND external_id IN ($2)");
    let mut there = Vec::new();
    for chunk in codes.chunks(500) {
        let keys = chunk.iter().map(kizashi_db::ToValue::to_value).collect();
        let rows: Vec<(String,)> = app.db.list_in(statement, args![ws], keys).await?;
        there.extend(rows.into_iter().map(|(code,)| code));
    }
    Ok(there)
}
