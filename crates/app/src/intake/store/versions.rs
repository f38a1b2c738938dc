//! Table version: what records said before they were changed.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Import, Workspace};
use kizashi_domain::time::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::intake::keep::Keeping;
use crate::{App, Error, Result};

/// A record with versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versioned {
    Contact,
    Contract,
    Ticket,
    Deal,
    Activity,
}

/// The columns of a version that come from the row of the record itself. The call of somebody whom nobody knows has no customer:
/// its own id stands there, which is no customer's.
macro_rules! insert_from {
    ($table:literal) => {
        sql!(
            "INSERT INTO version (id, workspace_id, kind, object_id, customer_id, source, recorded_at, replaced_at, assumed, run_id, ",
            "author_id, fields) SELECT $3, workspace_id, '",
            $table,
            "', id, COALESCE(customer_id, id), source, recorded_at, $4, assumed, run_id, author_id, $5 FROM ",
            $table,
            " WHERE workspace_id = $1 AND id = $2"
        )
    };
}

impl Versioned {
    const fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Contract => "contract",
            Self::Ticket => "ticket",
            Self::Deal => "deal",
            Self::Activity => "activity",
        }
    }

    fn insert(self) -> &'static Statement {
        match self {
            Self::Contact => insert_from!("contact"),
            Self::Contract => insert_from!("contract"),
            Self::Ticket => insert_from!("ticket"),
            Self::Deal => insert_from!("deal"),
            Self::Activity => insert_from!("activity"),
        }
    }
}

/// Keeps what a record says now, before it is changed. `fields` = its state as the table has it.
pub(crate) async fn keep_version<T>(
    tx: &mut Tx,
    k: &Keeping<'_>,
    kind: Versioned,
    id: Id<T>,
    fields: &impl Serialize,
) -> Result<()> {
    let fields = serde_json::to_string(fields).map_err(|e| Error::failed("a version of a record", e))?;
    let version: Id<Version> = App::new_id();
    tx.run(kind.insert(), args![k.workspace, id, version, k.received_at, fields]).await?;
    Ok(())
}

/// A version of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version;

row! {
    struct VersionRow { fields: String }
}

/// What records of a customer said at an instant that say something else now.
pub(crate) async fn list_versions<T: DeserializeOwned>(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    kind: Versioned,
    at: Time,
) -> Result<Vec<T>> {
    let statement = sql!(
        "SELECT fields FROM version WHERE workspace_id = $1 AND customer_id = $2 AND kind = $3 AND replaced_at > $4 ",
        "AND (recorded_at <= $4 OR assumed = 1) ORDER BY replaced_at LIMIT 1000"
    );
    let rows: Vec<VersionRow> = app.db.list(statement, args![ws, customer, kind.word(), at]).await?;
    rows.iter()
        .map(|r| serde_json::from_str(&r.fields).map_err(|e| Error::failed("a version of a record", e)))
        .collect()
}

/// Keeps fields and figures of a customer that an import had brought and that are taken back.
pub(super) async fn keep_taken_fields(
    tx: &mut Tx,
    k: &Keeping<'_>,
    (customer, run): (Id<Customer>, Id<Import>),
    recorded_at: Time,
    fields: &impl Serialize,
) -> Result<()> {
    let fields = serde_json::to_string(fields).map_err(|e| Error::failed("a version of a record", e))?;
    let version: Id<Version> = App::new_id();
    let statement = sql!(
        "INSERT INTO version (id, workspace_id, kind, object_id, customer_id, source, recorded_at, replaced_at, assumed, run_id, author_id, fields) ",
        "VALUES ($1, $2, 'fields', $3, $3, $4, $5, $6, 0, $7, $8, $9)"
    );
    let values = args![version, k.workspace, customer, k.source, recorded_at, k.received_at, run, k.author, fields];
    tx.run(statement, values).await?;
    Ok(())
}

/// Gives versions of records to another customer: all, or these. Which.
pub(super) async fn move_versions(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[uuid::Uuid]>,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!("SELECT id FROM version WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let give = sql!("UPDATE version SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    let moved = crate::moving::move_rows(tx, (find, give), ws, (from, to), only).await?;
    // A record that is taken back to what it said must not go back to a customer that is gone.
    let rename = sql!("UPDATE version SET fields = replace(fields, $3, $4) WHERE workspace_id = $1 AND id = $2");
    for id in &moved {
        tx.run(rename, args![ws, *id, from.to_string(), to.to_string()]).await?;
    }
    Ok(moved)
}
