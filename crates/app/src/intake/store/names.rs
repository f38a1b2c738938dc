//! Who is called what, for files that bring no codes.

use kizashi_db::{args, sql};
use kizashi_domain::id::{Id, Workspace};

use crate::{App, Result};

/// External id and name of every customer, those that changed last first when there are more than can be held.
pub(in crate::intake) async fn list_customer_names(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    let statement =
        sql!("SELECT external_id, name FROM customer WHERE workspace_id = $1 ORDER BY changed_at DESC LIMIT $2");
    Ok(app.db.list(statement, args![ws, kizashi_domain::limits::CUSTOMER_NAMES_MAX]).await?)
}
