//! Work that is with somebody who has left.

use std::collections::HashSet;

use kizashi_db::{ToValue, args, sql};
use kizashi_domain::id::{Id, Workspace};
use uuid::Uuid;

use super::RunRow;
use crate::{App, Result};

/// Which of some runs are with somebody who has left.
pub async fn find_former(app: &App, ws: Id<Workspace>, runs: &[RunRow]) -> Result<HashSet<Uuid>> {
    let statement = sql!(
        "SELECT r.id FROM play_run r JOIN staff o ON o.id = r.owner_id WHERE r.workspace_id = $1 AND o.left_at IS NOT NULL AND r.id IN ($2)"
    );
    let rows: Vec<(Uuid,)> =
        app.db.list_in(statement, args![ws], runs.iter().map(|r| r.id.to_value()).collect()).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
