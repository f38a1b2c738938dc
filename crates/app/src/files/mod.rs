//! Files of customers and deals: contracts as signed, minutes, drawings. Kept, sent back, removed and brought back.

mod folder;
mod name;
mod store;

use kizashi_domain::id::{Customer, Deal, File, Id, Workspace};
use kizashi_domain::limits::FILES_OF_CUSTOMER_MAX;
use kizashi_domain::time::Time;

use crate::access::Grant;
use crate::{App, Refused, Result};

pub(crate) use folder::Folder;
pub use folder::{Arriving, begin_file};
pub use name::clean_name;
pub(crate) use store::move_files;

/// A file.
#[derive(Clone, Debug)]
pub struct FileView {
    /// File.
    pub id: Id<File>,
    /// Its customer.
    pub customer: Id<Customer>,
    /// The deal that it belongs to.
    pub deal: Option<Id<Deal>>,
    /// Its name, as it can be shown and sent.
    pub name: String,
    /// Its length.
    pub bytes: i64,
    /// SHA-256 of its content.
    pub hash: String,
    /// Who brought it.
    pub who: String,
    /// When.
    pub at: Time,
}

/// Keeps a file that has come whole with a customer, and with a deal when given. When it cannot be kept, nothing of it stays.
pub async fn keep_file(
    app: &App,
    grant: &Grant,
    customer: Id<Customer>,
    deal: Option<Id<Deal>>,
    (name, arriving): (&str, Arriving),
) -> Result<Id<File>> {
    let ws = grant.workspace();
    if !store::belongs(app, ws, customer, deal).await? {
        return Err(Refused::NotFound.into());
    }
    if store::count_files(app, ws, customer).await? >= FILES_OF_CUSTOMER_MAX {
        return Err(Refused::Field { field: "file", reason: "too-many-files" }.into());
    }
    let (hash, bytes) = arriving.settle().await?;
    let id = App::new_id();
    let kept = store::insert_file(app, grant, (id, customer, deal), (&clean_name(name), bytes, &hash)).await;
    if let Err(error) = kept {
        if store::count_hash(app, ws, &hash).await.is_ok_and(|n| n == 0) {
            folder::drop_content(app, &hash).await;
        }
        return Err(error);
    }
    Ok(id)
}

/// The files of a customer, the newest first. `until` = as they were before an instant.
pub async fn list_files(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    until: Option<Time>,
) -> Result<Vec<FileView>> {
    store::list_files(app, ws, customer, until.unwrap_or(Time(i64::MAX))).await
}

/// Every file of the workspace by id, those behind `after`: for taking the list out.
pub async fn list_all_files(
    app: &App,
    ws: Id<Workspace>,
    after: Id<File>,
    rows: i64,
) -> Result<Vec<(FileView, String)>> {
    store::list_all(app, ws, after, rows).await
}

/// A file and its content.
pub async fn open_file(app: &App, ws: Id<Workspace>, id: Id<File>) -> Result<(FileView, tokio::fs::File)> {
    let file = store::find_file(app, ws, id).await?.ok_or(Refused::NotFound)?;
    let content = folder::open_content(app, &file.hash).await?;
    Ok((file, content))
}

/// Removes a file from its customer; its content stays, and [`restore_file`] brings it back. Returns its customer.
pub async fn remove_file(app: &App, grant: &Grant, id: Id<File>) -> Result<Id<Customer>> {
    let file = store::find_file(app, grant.workspace(), id).await?.ok_or(Refused::NotFound)?;
    store::keep_removal(app, grant, id, Some(app.now())).await?;
    Ok(file.customer)
}

/// Brings a removed file back. Returns its customer.
pub async fn restore_file(app: &App, grant: &Grant, id: Id<File>) -> Result<Id<Customer>> {
    store::keep_removal(app, grant, id, None).await?;
    let file = store::find_file(app, grant.workspace(), id).await?.ok_or(Refused::NotFound)?;
    Ok(file.customer)
}
