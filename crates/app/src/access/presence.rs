//! Tables presence and presence_rest: on which days somebody had the product open, and about whom nothing is said for a while. Never what
//! they looked at.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::time::Day;

use super::{Grant, find_colleague};
use crate::{App, Refused, Result};

/// Days are kept for so long.
const KEPT_DAYS: i32 = 400;
/// Nothing is said for at most so many days.
const REST_DAYS_MAX: i32 = 366;
/// What those who lead know is known for so many days, unless they say until when.
const REST_DAYS: i32 = 7;
/// Rows of one question: a thousand people over three months.
const ROWS_MAX: i64 = 100_000;

/// Somebody has the product open: the day is kept, once.
pub async fn keep_presence(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<()> {
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let known = sql!("SELECT day FROM presence WHERE workspace_id = $1 AND staff_id = $2 AND day = $3 LIMIT 1");
    if app.db.find::<(Day,)>(known, args![ws, staff, today]).await?.is_some() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    let keep = sql!("INSERT INTO presence (workspace_id, staff_id, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
    tx.run(keep, args![ws, staff, today]).await?;
    let prune = sql!("DELETE FROM presence WHERE workspace_id = $1 AND staff_id = $2 AND day < $3");
    tx.run(prune, args![ws, staff, today.plus(-KEPT_DAYS)]).await?;
    Ok(tx.commit().await?)
}

/// The days since one, of everybody.
pub(crate) async fn list_presence(app: &App, ws: Id<Workspace>, since: Day) -> Result<Vec<(Id<Staff>, Day)>> {
    let statement = sql!(
        "SELECT staff_id, day FROM presence WHERE workspace_id = $1 AND day >= $2 ORDER BY staff_id, day LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, since, ROWS_MAX]).await?)
}

/// The first day that is known of anybody: nothing was kept before.
pub(crate) async fn find_first_presence(app: &App, ws: Id<Workspace>) -> Result<Option<Day>> {
    let statement = sql!("SELECT min(day) FROM presence WHERE workspace_id = $1");
    Ok(app.db.find::<(Option<Day>,)>(statement, args![ws]).await?.and_then(|(day,)| day))
}

row! {
    /// Why nothing is said of a colleague, and until when.
    #[derive(Clone, Debug)]
    pub struct Rest {
        /// Colleague.
        pub staff: Id<Staff>,
        /// The last day.
        pub until: Day,
        /// Whether they are away, as somebody who leads knows; else only seen.
        pub is_absence: bool,
    }
}

/// About whom nothing is said today.
pub(crate) async fn list_rests(app: &App, ws: Id<Workspace>, today: Day) -> Result<Vec<Rest>> {
    let statement = sql!(
        "SELECT staff_id, until_day, is_absence FROM presence_rest WHERE workspace_id = $1 AND until_day >= $2 ORDER BY staff_id LIMIT 1000"
    );
    Ok(app.db.list(statement, args![ws, today]).await?)
}

/// Nothing is said of a colleague for a week, or until the day until which they are away.
///
/// # Errors
/// Refused for strangers, and for days that are over or too far away.
pub async fn keep_rest(app: &App, grant: &Grant, staff: Id<Staff>, away_until: Option<Day>) -> Result<()> {
    let ws = grant.workspace();
    find_colleague(app, ws, staff).await?.ok_or(Refused::NotFound)?;
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let until = away_until.unwrap_or(today.plus(REST_DAYS));
    if until < today {
        return Err(Refused::Field { field: "until", reason: "snooze-past" }.into());
    }
    if until > today.plus(REST_DAYS_MAX) {
        return Err(Refused::Field { field: "until", reason: "snooze-too-far" }.into());
    }
    let statement = sql!(
        "INSERT INTO presence_rest (workspace_id, staff_id, until_day, is_absence, kept_by, kept_at) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, staff_id) DO UPDATE SET until_day = excluded.until_day, is_absence = excluded.is_absence, ",
        "kept_by = excluded.kept_by, kept_at = excluded.kept_at"
    );
    let mut tx = app.db.write().await?;
    let values = args![ws, staff, until, i64::from(away_until.is_some()), grant.staff(), app.now()];
    tx.run(statement, values).await?;
    Ok(tx.commit().await?)
}

/// It is said again.
pub async fn drop_rest(app: &App, grant: &Grant, staff: Id<Staff>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("DELETE FROM presence_rest WHERE workspace_id = $1 AND staff_id = $2");
    tx.run(statement, args![grant.workspace(), staff]).await?;
    Ok(tx.commit().await?)
}
