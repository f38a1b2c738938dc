//! Who is called what: customers for files that bring no codes, staff by their mail address.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};

use crate::{App, Result};

/// External id and name of every customer, those that changed last first when there are more than can be held.
pub(in crate::intake) async fn list_customer_names(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    let statement =
        sql!("SELECT external_id, name FROM customer WHERE workspace_id = $1 ORDER BY changed_at DESC LIMIT $2");
    let most = kizashi_domain::limits::CUSTOMER_NAMES_MAX;
    let mut names: Vec<(String, String)> = app.db.list(statement, args![ws, most]).await?;
    // A file may still call a customer by the name of one that went into it.
    let gone = sql!(
        "SELECT gone_code, gone_name FROM customer_merge WHERE workspace_id = $1 AND undone_at IS NULL ORDER BY merged_at LIMIT $2"
    );
    let joined = app.joined();
    let gone: Vec<(String, String)> = app.db.list(gone, args![ws, most]).await?;
    names.extend(gone.into_iter().map(|(code, name)| (joined.survivor(&code).to_owned(), name)));
    Ok(names)
}

/// The member of staff with a mail address.
pub(super) async fn find_owner(tx: &mut Tx, ws: Id<Workspace>, email: &str) -> Result<Option<Id<Staff>>> {
    let find = sql!("SELECT id FROM staff WHERE workspace_id = $1 AND email = $2");
    let found: Option<(Id<Staff>,)> = tx.find(find, args![ws, email.trim().to_lowercase()]).await?;
    Ok(found.map(|(id,)| id))
}

/// The code of a customer.
pub(in crate::intake) async fn find_code(app: &App, ws: Id<Workspace>, id: Id<Customer>) -> Result<Option<String>> {
    let find = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find::<(String,)>(find, args![ws, id]).await?.map(|(code,)| code))
}
