//! Letters of whoever goes that wait to be sent.

use kizashi_db::{ToValue, args, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};

use crate::{App, Result};

/// Customers that letters wait for.
const CUSTOMERS_MAX: i64 = 20_000;

/// Letters of a person that wait to be sent, by their customers.
pub(super) async fn list_letters(app: &App, ws: Id<Workspace>, from: Id<Staff>) -> Result<Vec<(Id<Customer>, i64)>> {
    let statement = sql!(
        "SELECT customer_id, count(*) FROM outgoing WHERE workspace_id = $1 AND staff_id = $2 AND state IN ('waiting', 'going') ",
        "GROUP BY customer_id ORDER BY customer_id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, from, CUSTOMERS_MAX]).await?)
}

/// How many letters of a person to these customers wait, and how many of them until somebody has looked at their text.
pub(super) async fn count_letters(
    app: &App,
    ws: Id<Workspace>,
    from: Id<Staff>,
    customers: &[Id<Customer>],
) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT why FROM outgoing WHERE workspace_id = $1 AND staff_id = $2 AND state IN ('waiting', 'going') AND customer_id IN ($3)"
    );
    let keys = customers.iter().map(ToValue::to_value).collect();
    let rows: Vec<(String,)> = app.db.list_in(statement, args![ws, from], keys).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((count(rows.len()), count(rows.iter().filter(|(why,)| why == "former-owner").count())))
}
