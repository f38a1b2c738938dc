//! Notice deadlines follow the company's calendar: when it is edited, contracts that are in already move along.

use kizashi_domain::calendar::notice_deadline;
use kizashi_domain::id::{Contract, Id, Workspace};

use super::keep::Keeping;
use super::store;
use crate::{App, Result};

/// Contracts looked at in one transaction.
const ROWS_MAX: i64 = 500;

/// Moves the notice deadlines of all contracts to what the calendar in force says; of how many. What was known of them before
/// stays in the history of the customers' figures.
pub(crate) async fn refresh_deadlines(app: &App, workspace: Id<Workspace>) -> Result<u64> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let mut moved = 0;
    let mut after: Id<Contract> = Id::from_uuid(uuid::Uuid::nil());
    loop {
        let rows = store::list_deadlines(app, workspace, after, ROWS_MAX).await?;
        let Some(last) = rows.last() else { return Ok(moved) };
        after = last.id;
        let due = rows.iter().filter_map(|r| {
            let right = notice_deadline(r.end_day, r.notice_days, &settings.calendar);
            (right != r.notice_on).then_some((r, right))
        });
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            continue;
        }
        let mut tx = app.db.write().await?;
        let mut k = Keeping::new(app, workspace, super::OWN_SOURCE.into());
        for (row, right) in due {
            store::keep_deadline(&mut tx, workspace, row.id, right).await?;
            k.terms_of.insert(row.customer_id);
            moved += 1;
        }
        for customer in std::mem::take(&mut k.terms_of) {
            store::keep_terms(&mut tx, &k, customer).await?;
        }
        tx.commit().await?;
    }
}
