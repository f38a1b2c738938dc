//! Connections: where another system is, tried before it is kept.

use kizashi_db::{Foreign, ForeignAddress, ForeignTls};
use kizashi_domain::id::{Connection, Id, Workspace};

use super::{ConnectionRow, DatabaseAddress, Failed, Leads, Tls, store};
use crate::access::Grant;
use crate::secrets::{Purpose, Secret, find_secret};
use crate::{App, Refused, Result};

const NAME_CHARS_MAX: usize = 60;
const PART_CHARS_MAX: usize = 255;
const AUTHORITY_CHARS_MAX: usize = 20_000;

/// The connections of a workspace.
pub async fn list_connections(app: &App, workspace: Id<Workspace>) -> Result<Vec<ConnectionRow>> {
    store::list_connections(app, workspace).await
}

/// A connection.
pub async fn open_connection(app: &App, workspace: Id<Workspace>, id: Id<Connection>) -> Result<ConnectionRow> {
    store::find_connection(app, workspace, id).await?.ok_or_else(|| Refused::NotFound.into())
}

/// The password that is kept for a connection.
async fn kept_password(app: &App, workspace: Id<Workspace>, id: Option<Id<Connection>>) -> Result<Option<Secret>> {
    match id {
        Some(id) => find_secret(app, workspace, Purpose::Database, id.uuid()).await,
        None => Ok(None),
    }
}

/// Connects, as it would be with this address and password; without a password with the one that is kept.
pub async fn try_connection(
    app: &App,
    grant: &Grant,
    id: Option<Id<Connection>>,
    address: &DatabaseAddress,
    password: Option<&Secret>,
) -> std::result::Result<(), Failed> {
    let kept = if password.is_some() { None } else { kept_password(app, grant.workspace(), id).await? };
    let foreign = connect(address, password.or(kept.as_ref())).await?;
    foreign.close().await;
    Ok(())
}

/// Keeps a connection that answers. Without a password the one that is there stays. The error is that of [`try_connection`].
pub async fn keep_connection(
    app: &App,
    grant: &Grant,
    id: Option<Id<Connection>>,
    name: &str,
    address: &DatabaseAddress,
    password: Option<&Secret>,
) -> std::result::Result<Id<Connection>, Failed> {
    check_name(name)?;
    let parts = [("host", &address.host), ("database", &address.database), ("user", &address.user)];
    check_parts(&parts, address.port, &address.authority)?;
    if let Some(id) = id {
        let before = open_connection(app, grant.workspace(), id).await?;
        let Leads::Database(was) = &before.leads else { return Err(Refused::NotFound.into()) };
        let leads_elsewhere = was.host != address.host || was.port != address.port;
        // What one server was trusted with is not told another one.
        if leads_elsewhere && password.is_none() && kept_password(app, grant.workspace(), Some(id)).await?.is_some() {
            return Err(Refused::Field { field: "password", reason: "password-again" }.into());
        }
        if before.name != name {
            return Err(Refused::Field { field: "name", reason: "connection-name" }.into());
        }
    }
    try_connection(app, grant, id, address, password).await?;
    let id = id.unwrap_or_else(App::new_id);
    store::keep_connection(app, grant, id, name, &Leads::Database(address.clone()), password).await?;
    Ok(id)
}

/// Takes a connection away, with its password and its queries. What they brought stays.
pub async fn drop_connection(app: &App, grant: &Grant, id: Id<Connection>) -> Result<()> {
    match store::drop_connection(app, grant, id).await? {
        0 => Err(Refused::NotFound.into()),
        _ => Ok(()),
    }
}

fn is_text(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

pub(super) fn check_name(name: &str) -> Result<()> {
    if !is_text(name, NAME_CHARS_MAX) || name == crate::intake::OWN_SOURCE {
        return Err(Refused::Field { field: "name", reason: "source-name" }.into());
    }
    Ok(())
}

/// Checks what an address consists of.
pub(super) fn check_parts(parts: &[(&'static str, &String)], port: u16, authority: &str) -> Result<()> {
    if let Some((field, _)) = parts.iter().find(|(_, text)| !is_text(text, PART_CHARS_MAX)) {
        return Err(Refused::Field { field, reason: "required" }.into());
    }
    if port == 0 {
        return Err(Refused::Field { field: "port", reason: "required" }.into());
    }
    if authority.len() > AUTHORITY_CHARS_MAX {
        return Err(Refused::Field { field: "authority", reason: "too-long" }.into());
    }
    Ok(())
}

/// Opens what a connection leads to.
pub(super) async fn connect(
    address: &DatabaseAddress,
    password: Option<&Secret>,
) -> std::result::Result<Foreign, Failed> {
    let authority = address.authority.trim();
    let foreign = ForeignAddress {
        host: &address.host,
        port: address.port,
        database: &address.database,
        user: &address.user,
        password: password.map(Secret::expose),
        tls: match address.tls {
            Tls::Verified => ForeignTls::Verified,
            Tls::Encrypted => ForeignTls::Encrypted,
            Tls::Plain => ForeignTls::Plain,
        },
        authority: (!authority.is_empty()).then_some(authority),
    };
    Ok(Foreign::open(&foreign).await?)
}

/// Opens a connection that is kept.
pub(super) async fn open_foreign(
    app: &App,
    workspace: Id<Workspace>,
    id: Id<Connection>,
) -> std::result::Result<Foreign, Failed> {
    let row = open_connection(app, workspace, id).await?;
    let Leads::Database(address) = &row.leads else { return Err(Refused::NotFound.into()) };
    let password = kept_password(app, workspace, Some(id)).await?;
    connect(address, password.as_ref()).await
}
