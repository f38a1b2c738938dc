//! The dates of a customer that plays and their steps are counted from.

use kizashi_db::{Statement, Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::measure::{Attributes, Dated};
use kizashi_domain::plays::{Anchor, CustomerDates, Play};
use kizashi_domain::time::{Day, Time};

use crate::Result;
use crate::measure::Subject;
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

/// Whether a step of a play is dated back from the contract.
pub(super) fn is_dated(play: &Play) -> bool {
    play.steps.iter().any(|s| s.dated_back().is_some_and(|before| !before.date.is_closing()))
}

/// What is known today of the dates of a customer's contract that work is dated back from.
pub(super) async fn find_dates(
    tx: &mut Tx,
    settings: &Settings,
    customer: Id<Customer>,
    today: Day,
) -> Result<CustomerDates> {
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
pub(in crate::plays) fn dates_on(figures: &Attributes, day: Day, known: Option<Day>) -> CustomerDates {
    let version = |date: Anchor| figures.as_of(date.word(), day, known);
    #[allow(clippy::cast_possible_truncation)]
    let find = |date: Anchor| version(date).map(|(value, _)| Day(value as i32));
    CustomerDates {
        since: None,
        // The end of a term holds from its first day on.
        contract_start: version(Anchor::ContractEnd).map(|(_, from)| from),
        notice_deadline: find(Anchor::NoticeDeadline),
        contract_end: find(Anchor::ContractEnd),
    }
}

/// All dates of a customer as of a day, by what was known at the end of another.
pub(in crate::plays) fn dates_of(subject: &Subject, day: Day, known: Option<Day>) -> CustomerDates {
    CustomerDates { since: subject.profile.since, ..dates_on(&subject.attributes, day, known) }
}
