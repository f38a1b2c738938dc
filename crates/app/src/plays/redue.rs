//! A changed calendar reaches what is open: no day of work and no limit lies on a day on which nobody works.

use kizashi_db::{args, sql};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Card, Id};
use kizashi_domain::time::{DAY_US, Day, Time};

use super::runs::move_due_days_of_steps;
use super::store::{keep_due_days, keep_limits, move_due_days};
use crate::settings::Settings;
use crate::{App, Result};

const DAYS_MAX: i64 = 2_000;
const CARDS_MAX: i64 = 200_000;

/// Where work of a closed day goes: to the business day before, for what was promised by a day is done by it; or to the first one from
/// today on.
fn moved(calendar: &Calendar, day: Day, today: Day) -> Day {
    let before = calendar.previous_business_day(day);
    if before < today { calendar.next_business_day(today) } else { before }
}

/// A limit on a closed day goes to the same time of the next business day.
fn open_time(settings: &Settings, at: Option<Time>) -> Option<Time> {
    let day = settings.day_of(at?);
    let days = settings.calendar.next_business_day(day).0 - day.0;
    at.map(|at| at.plus_us(i64::from(days) * DAY_US))
}

/// Moves what is open by the calendar that is in force now; a card about a notice deadline is due on it at the latest.
pub(crate) async fn follow_calendar(app: &App, settings: &Settings) -> Result<()> {
    let (ws, now) = (settings.workspace, app.now());
    let (today, calendar) = (settings.day_of(now), &settings.calendar);
    let days = sql!(
        "SELECT DISTINCT due_day FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND priority >= 0 AND due_day >= $2 LIMIT $3"
    );
    let steps = sql!(
        "SELECT DISTINCT due_day FROM play_task WHERE workspace_id = $1 AND standing = 'open' AND due_day >= $2 LIMIT $3"
    );
    let limits = sql!(
        "SELECT id, answer_due_at, close_due_at FROM card WHERE workspace_id = $1 AND closed_at IS NULL AND priority >= 0 ",
        "AND (answer_due_at >= $2 OR close_due_at >= $2) LIMIT $3"
    );
    let deadlines = sql!(
        "SELECT k.id, s.notice_on FROM card k JOIN standing s ON s.customer_id = k.customer_id WHERE k.workspace_id = $1 ",
        "AND k.closed_at IS NULL AND k.priority >= 0 AND k.kind = 'milestone' AND s.notice_on >= $2 AND k.due_day > s.notice_on LIMIT $3"
    );
    let closed = |days: Vec<(Day,)>| -> Vec<(Day, Day)> {
        let days = days.into_iter().map(|(day,)| day).filter(|day| !calendar.is_business_day(*day));
        days.map(|day| (day, moved(calendar, day, today))).collect()
    };
    let of_cards = closed(app.db.list(days, args![ws, today, DAYS_MAX]).await?);
    let of_steps = closed(app.db.list(steps, args![ws, today, DAYS_MAX]).await?);
    let limits: Vec<(Id<Card>, Option<Time>, Option<Time>)> = app.db.list(limits, args![ws, now, CARDS_MAX]).await?;
    let limits = limits.into_iter().filter_map(|(card, answer, close)| {
        let open = (open_time(settings, answer), open_time(settings, close));
        (open != (answer, close)).then_some((card, open.0, open.1))
    });
    let limits: Vec<_> = limits.collect();
    let late: Vec<(Id<Card>, Day)> = app.db.list(deadlines, args![ws, today, CARDS_MAX]).await?;
    if of_cards.is_empty() && of_steps.is_empty() && limits.is_empty() && late.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    for (from, to) in of_cards {
        move_due_days(&mut tx, ws, from, to).await?;
    }
    for (from, to) in of_steps {
        move_due_days_of_steps(&mut tx, ws, from, to).await?;
    }
    keep_limits(&mut tx, ws, limits).await?;
    keep_due_days(&mut tx, ws, late).await?;
    Ok(tx.commit().await?)
}
