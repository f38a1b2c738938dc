//! Days that people choose for cards: work is due on business days, and what is decided by a notice deadline is due by then.

use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Card, Customer, Id};
use kizashi_domain::limits::SNOOZE_DAYS_MAX;
use kizashi_domain::time::Day;

use super::store;
use crate::settings::Settings;
use crate::signals::KeyAccounts;
use crate::{App, Refused, Result};

/// The furthest day on which a card may be due.
const AHEAD_DAYS_MAX: i32 = 730;

/// The business day on which something is due that was wanted by this day: the one before, or, where that is over, the one after.
pub(super) fn due_day(calendar: &Calendar, today: Day, asked: Day) -> Day {
    if calendar.is_business_day(asked) {
        return asked;
    }
    let before = calendar.previous_business_day(asked);
    if before >= today { before } else { calendar.next_business_day(asked) }
}

/// The business day on which what is put off until this day comes back.
pub(super) fn wake_day(calendar: &Calendar, asked: Day) -> Day {
    calendar.next_business_day(asked)
}

pub(super) fn check_due(today: Day, day: Day) -> Result<()> {
    if day < today || day > today.plus(AHEAD_DAYS_MAX) {
        return Err(Refused::Field { field: "due", reason: "due-day" }.into());
    }
    Ok(())
}

/// Until when a card may be put off: some months.
pub(super) fn check_until(today: Day, until: Day) -> Result<()> {
    if until <= today {
        return Err(Refused::Field { field: "until", reason: "snooze-past" }.into());
    }
    if until > today.plus(SNOOZE_DAYS_MAX) {
        return Err(Refused::Field { field: "until", reason: "snooze-too-far" }.into());
    }
    Ok(())
}

/// For which cards a day lies after the notice deadline.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// Of key accounts inside their lead time: that cannot be meant.
    pub held: Vec<Id<Card>>,
    /// Of others: they are told.
    pub past: Vec<Id<Card>>,
}

/// Which cards a day lies too late for.
pub(super) async fn look(app: &App, settings: &Settings, cards: &[Id<Card>], day: Day) -> Result<Reach> {
    let (ws, today) = (settings.workspace, settings.day_of(app.now()));
    let rows = store::list_deadlines(app, ws, cards).await?;
    let near: Vec<_> = rows.into_iter().filter(|(_, notice_on, _)| (today..day).contains(notice_on)).collect();
    let mut reach = Reach::default();
    if near.is_empty() {
        return Ok(reach);
    }
    let key = KeyAccounts::find(app, ws, &settings.pack.cards).await?;
    for (card, notice_on, mrr_minor) in near {
        let is_held = key.is_never_quiet(mrr_minor, Some(notice_on), today);
        if is_held { reach.held.push(card) } else { reach.past.push(card) }
    }
    Ok(reach)
}

/// Whether a day lies after the notice deadline of a customer. Refused for a key account inside its lead time.
pub(super) async fn look_of(app: &App, settings: &Settings, customer: Id<Customer>, day: Day) -> Result<bool> {
    let (ws, today) = (settings.workspace, settings.day_of(app.now()));
    let found = store::find_deadline(app, ws, customer).await?;
    let Some((notice_on, mrr_minor)) = found.filter(|(notice_on, _)| (today..day).contains(notice_on)) else {
        return Ok(false);
    };
    let key = KeyAccounts::find(app, ws, &settings.pack.cards).await?;
    if key.is_never_quiet(mrr_minor, Some(notice_on), today) {
        return Err(Refused::Field { field: "due", reason: "due-deadline" }.into());
    }
    Ok(true)
}
