//! Which customers may never be kept quiet.

use kizashi_db::{args, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::signals::{CardRules, is_never_quiet};
use kizashi_domain::time::Day;

use crate::{App, Result};

/// The line of the workspace, and how long before its notice deadline a customer at or above it is never kept quiet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyAccounts {
    /// MRR from which a customer is a key account, in minor units; `None` = nobody is.
    pub line: Option<i64>,
    pub lead_days: i32,
}

impl KeyAccounts {
    pub(crate) async fn find(app: &App, ws: Id<Workspace>, rules: &CardRules) -> Result<Self> {
        let line = match rules.key_account_from_minor {
            Some(line) => Some(line),
            None => find_tenth(app, ws).await?,
        };
        Ok(Self { line, lead_days: i32::try_from(rules.lead_days).unwrap_or(i32::MAX) })
    }

    pub(crate) fn is_never_quiet(&self, mrr_minor: i64, notice_on: Option<Day>, today: Day) -> bool {
        self.line.is_some_and(|line| is_never_quiet(mrr_minor, line, notice_on, self.lead_days, today))
    }
}

/// The MRR from which a customer belongs to the tenth with the most.
async fn find_tenth(app: &App, ws: Id<Workspace>) -> Result<Option<i64>> {
    let count = sql!("SELECT count(*) FROM standing WHERE workspace_id = $1 AND mrr_minor > 0");
    let n = app.db.find::<(i64,)>(count, args![ws]).await?.map_or(0, |(n,)| n);
    if n == 0 {
        return Ok(None);
    }
    let statement = sql!(
        "SELECT mrr_minor FROM standing WHERE workspace_id = $1 AND mrr_minor > 0 ORDER BY mrr_minor DESC LIMIT 1 OFFSET $2"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, (n - 1) / 10]).await?.map(|(line,)| line))
}
