//! How a play goes: runs, how long they take, where they stall, how the cards behind them ended.

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Day;

use crate::{App, Result};

/// A step on which runs stand.
#[derive(Clone, Debug)]
pub struct Stall {
    /// Its id.
    pub step: String,
    /// Open runs that wait there beyond the due day.
    pub late: i64,
    /// Median of the business days that it took.
    pub business_days: Option<u32>,
}

/// Figures of a play.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Runs that ever began.
    pub runs: i64,
}

/// The figures of a play.
pub async fn open_figures(_app: &App, _ws: Id<Workspace>, _play: &str) -> Result<Figures> {
    Ok(Figures::default())
}

pub(super) async fn count_by_hand(_app: &App, _ws: Id<Workspace>, _play: &str, _step: &str) -> Result<i64> {
    Ok(0)
}

pub(super) async fn list_began(
    _app: &App,
    _ws: Id<Workspace>,
    _play: &str,
    _span: (Day, Day),
) -> Result<Vec<(Id<Customer>, Day)>> {
    Ok(Vec::new())
}
