//! The dates of a customer's contract, which steps are dated back from.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::measure::{Attributes, Dated};
use kizashi_domain::plays::{ContractDate, ContractDates, Play};
use kizashi_domain::time::{Day, Time};

use crate::Result;
use crate::settings::Settings;

/// Versions of both dates that are looked at, the newest: a year has few.
const VERSIONS_MAX: i64 = 200;

row! {
    struct FigureFields { name: String, valid_from: Day, recorded_at: Time, assumed: bool, figure: Option<f64> }
}

fn list_figures() -> &'static Statement {
    sql!(
        "SELECT name, valid_from, recorded_at, assumed, figure FROM attribute WHERE workspace_id = $1 AND customer_id = $2 ",
        "AND name IN ('notice_deadline', 'contract_end') AND valid_from <= $3 AND (figure IS NOT NULL OR words IS NULL) ",
        "ORDER BY valid_from DESC, recorded_at DESC LIMIT $4"
    )
}

/// Whether a play is dated back from anything.
pub(super) fn is_dated(play: &Play) -> bool {
    play.steps.iter().any(|s| s.due_before.is_some())
}

/// What is known today of the dates of a customer's contract.
pub(super) async fn find_dates(
    tx: &mut Tx,
    settings: &Settings,
    customer: Id<Customer>,
    today: Day,
) -> Result<ContractDates> {
    let values = args![settings.workspace, customer, today, VERSIONS_MAX];
    let rows: Vec<FigureFields> = tx.list(list_figures(), values).await?;
    let dated = |f: FigureFields| {
        let recorded = settings.day_of(f.recorded_at);
        let known = if f.assumed { recorded.min(f.valid_from) } else { recorded };
        // A figure that was emptied has ended.
        Dated { name: f.name, from: f.valid_from, known, value: f.figure.unwrap_or(f64::INFINITY) }
    };
    Ok(dates_on(&Attributes::new(rows.into_iter().map(dated).collect()), today, None))
}

/// The dates of a contract among a customer's figures as of a day, by what was known at the end of another.
pub(in crate::plays) fn dates_on(figures: &Attributes, day: Day, known: Option<Day>) -> ContractDates {
    #[allow(clippy::cast_possible_truncation)]
    let find = |date: ContractDate| figures.as_of(date.word(), day, known).map(|(value, _)| Day(value as i32));
    ContractDates { notice_deadline: find(ContractDate::NoticeDeadline), contract_end: find(ContractDate::ContractEnd) }
}
