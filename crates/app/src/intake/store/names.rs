//! Who is called what: customers for files that bring no codes, staff by their mail address.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::intake::PeopleNames;

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

/// Mail address and name of every member of staff.
pub(in crate::intake) async fn list_staff_names(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    let list = sql!("SELECT email, name FROM staff WHERE workspace_id = $1 ORDER BY email LIMIT $2");
    Ok(app.db.list(list, args![ws, kizashi_domain::limits::STAFF_NAMED_MAX]).await?)
}

/// The external id of a customer's contact who is meant by it or by a name; else the text as it is.
pub(super) async fn find_contact(tx: &mut Tx, ws: Id<Workspace>, of: Id<Customer>, text: &str) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let list = sql!(
        "SELECT external_id, name FROM contact WHERE workspace_id = $1 AND customer_id = $2 ORDER BY external_id LIMIT $3"
    );
    let most = kizashi_domain::limits::CONTACTS_NAMED_MAX;
    let people: Vec<(String, String)> = tx.list(list, args![ws, of, most]).await?;
    if people.iter().any(|(id, _)| id == text) {
        return Ok(text.to_owned());
    }
    let mut names = PeopleNames::default();
    for (n, (_, name)) in people.iter().enumerate() {
        names.add(n, name);
    }
    let found = names.find(text).and_then(|n| people.get(n));
    Ok(found.map_or(text, |(id, _)| id.as_str()).to_owned())
}

/// The code of a customer.
pub(in crate::intake) async fn find_code(app: &App, ws: Id<Workspace>, id: Id<Customer>) -> Result<Option<String>> {
    let find = sql!("SELECT external_id FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find::<(String,)>(find, args![ws, id]).await?.map(|(code,)| code))
}
