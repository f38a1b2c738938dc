//! Table file.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Deal, File, Id, Workspace};
use kizashi_domain::time::Time;

use super::FileView;
use crate::access::Grant;
use crate::{App, Refused, Result};

/// Files that a page shows.
const SHOWN_MAX: i64 = 200;

row! {
    struct Fields {
        id: Id<File>, customer: Id<Customer>, deal: Option<Id<Deal>>, name: String, bytes: i64, hash: String, who: Option<String>, at: Time,
        code: String,
    }
}

impl Fields {
    fn view(self) -> FileView {
        let who = self.who.unwrap_or_default();
        let (id, customer, deal, name) = (self.id, self.customer, self.deal, self.name);
        FileView { id, customer, deal, name, bytes: self.bytes, hash: self.hash, who, at: self.at }
    }
}

/// The columns of [`Fields`].
macro_rules! select_files {
    () => {
        "SELECT f.id, f.customer_id, f.deal_id, f.name, f.bytes, f.hash, o.name, f.created_at, c.external_id FROM file f JOIN customer c ON c.id = f.customer_id LEFT JOIN staff o ON o.id = f.staff_id "
    };
}

/// Whether there is such a customer, and the deal is one of its own.
pub(super) async fn belongs(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    deal: Option<Id<Deal>>,
) -> Result<bool> {
    let found: Option<(i64,)> = match deal {
        Some(deal) => {
            let find = sql!("SELECT 1 FROM deal WHERE workspace_id = $1 AND customer_id = $2 AND id = $3");
            app.db.find(find, args![ws, customer, deal]).await?
        }
        None => {
            app.db.find(sql!("SELECT 1 FROM customer WHERE workspace_id = $1 AND id = $2"), args![ws, customer]).await?
        }
    };
    Ok(found.is_some())
}

pub(super) async fn count_files(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<i64> {
    let count = sql!("SELECT count(*) FROM file WHERE workspace_id = $1 AND customer_id = $2");
    Ok(app.db.find::<(i64,)>(count, args![ws, customer]).await?.map_or(0, |(n,)| n))
}

/// How many files have a content.
pub(super) async fn count_hash(app: &App, ws: Id<Workspace>, hash: &str) -> Result<i64> {
    let count = sql!("SELECT count(*) FROM file WHERE workspace_id = $1 AND hash = $2");
    Ok(app.db.find::<(i64,)>(count, args![ws, hash]).await?.map_or(0, |(n,)| n))
}

pub(super) async fn insert_file(
    app: &App,
    grant: &Grant,
    (id, customer, deal): (Id<File>, Id<Customer>, Option<Id<Deal>>),
    (name, bytes, hash): (&str, i64, &str),
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO file (id, workspace_id, customer_id, deal_id, name, bytes, hash, staff_id, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let values = args![id, grant.workspace(), customer, deal, name, bytes, hash, grant.staff(), app.now()];
    tx.run(statement, values).await?;
    Ok(tx.commit().await?)
}

/// Files there were at an instant; those of now at the end of time.
pub(super) async fn list_files(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    until: Time,
) -> Result<Vec<FileView>> {
    let statement = sql!(
        select_files!(),
        "WHERE f.workspace_id = $1 AND f.customer_id = $2 AND f.created_at < $3 AND (f.removed_at IS NULL OR f.removed_at >= $3) ",
        "ORDER BY f.created_at DESC, f.id DESC LIMIT $4"
    );
    let rows: Vec<Fields> = app.db.list(statement, args![ws, customer, until, SHOWN_MAX]).await?;
    Ok(rows.into_iter().map(Fields::view).collect())
}

/// Every file with its customer's code, by id.
pub(super) async fn list_all(
    app: &App,
    ws: Id<Workspace>,
    after: Id<File>,
    rows: i64,
) -> Result<Vec<(FileView, String)>> {
    let statement = sql!(
        select_files!(),
        "WHERE f.workspace_id = $1 AND f.removed_at IS NULL AND f.id > $2 ORDER BY f.id LIMIT $3"
    );
    let rows: Vec<Fields> = app.db.list(statement, args![ws, after, rows]).await?;
    Ok(rows
        .into_iter()
        .map(|f| {
            let code = f.code.clone();
            (f.view(), code)
        })
        .collect())
}

pub(super) async fn find_file(app: &App, ws: Id<Workspace>, id: Id<File>) -> Result<Option<FileView>> {
    let statement = sql!(select_files!(), "WHERE f.workspace_id = $1 AND f.id = $2 AND f.removed_at IS NULL");
    Ok(app.db.find::<Fields>(statement, args![ws, id]).await?.map(Fields::view))
}

/// Removes a file, or brings it back.
pub(super) async fn keep_removal(app: &App, grant: &Grant, id: Id<File>, at: Option<Time>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("UPDATE file SET removed_at = $3, removed_by = $4 WHERE workspace_id = $1 AND id = $2");
    let by = at.and_then(|_| grant.staff());
    if tx.run(statement, args![grant.workspace(), id, at, by]).await? == 0 {
        return Err(Refused::NotFound.into());
    }
    Ok(tx.commit().await?)
}

/// Gives files to another customer: all, or these. Which.
pub(crate) async fn move_files(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[uuid::Uuid]>,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!("SELECT id FROM file WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let statement = sql!("UPDATE file SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    crate::moving::move_rows(tx, (find, statement), ws, (from, to), only).await
}
