//! What people do with a card, and whether it may be done: the same for one card and for many.

use kizashi_domain::id::{Card, Id, Staff};
use kizashi_domain::time::{Day, Time};

use super::checked_note;
use super::closing::Closing;
use super::days::{Reach, check_due, check_until, due_day, look, wake_day};
use super::store::Life;
use crate::access::{Grant, list_workers};
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// What is done with a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// 対応する.
    Take,
    /// New again.
    Release,
    /// 顧客待ち.
    Wait,
    /// 後で, until a day and why.
    Snooze(Day, String),
    /// Given to a colleague, or to nobody.
    Hand(Option<Id<Staff>>),
    /// Due on another day.
    Move(Day),
    /// 完了.
    Close(Closing),
}

impl Act {
    /// The step that each card remembers.
    pub(super) const fn step(&self) -> &'static str {
        match self {
            Self::Take => "taken",
            Self::Release => "released",
            Self::Wait => "waiting",
            Self::Snooze(..) => "snoozed",
            Self::Hand(_) => "assigned",
            Self::Move(_) => "moved",
            Self::Close(..) => "closed",
        }
    }

    /// Whether the card is so already: the same press twice is one.
    pub(super) fn is_done(&self, life: &Life, grant: &Grant) -> bool {
        let me = grant.staff();
        let is_asleep = life.snoozed_until.is_some();
        match self {
            Self::Take => {
                let is_mine = me.is_some() && life.taken_by == me && life.owner_id == me;
                is_mine && life.taken_at.is_some() && life.waiting_at.is_none() && !is_asleep
            }
            Self::Release => life.taken_at.is_none() && life.waiting_at.is_none(),
            Self::Wait => life.waiting_at.is_some(),
            Self::Snooze(until, reason) => {
                life.snoozed_until == Some(*until) && life.snooze_reason.as_deref() == Some(reason.trim())
            }
            Self::Hand(to) => life.owner_id == *to,
            Self::Move(day) => life.due_day == *day,
            Self::Close(closing) => closing.is_done(life, grant),
        }
    }

    pub(super) fn apply(&self, life: &mut Life, grant: &Grant, now: Time) {
        match self {
            Self::Take => {
                life.answer(now);
                (life.taken_at, life.taken_by) = (Some(now), grant.staff());
                life.owner_id = grant.staff().or(life.owner_id);
                (life.waiting_at, life.snoozed_until, life.snooze_reason) = (None, None, None);
            }
            // Nobody is on it: it waits for an answer again.
            Self::Release => {
                (life.taken_at, life.taken_by, life.waiting_at, life.answered_at) = (None, None, None, None)
            }
            Self::Wait => {
                life.answer(now);
                life.waiting_at = Some(now);
                life.taken_at = life.taken_at.or(Some(now));
                life.taken_by = life.taken_by.or(grant.staff());
            }
            Self::Snooze(until, reason) => {
                life.touch(now);
                (life.snoozed_until, life.snooze_reason) = (Some(*until), Some(reason.trim().to_owned()));
            }
            Self::Hand(to) => {
                life.touch(now);
                life.owner_id = *to;
            }
            Self::Move(day) => {
                life.touch(now);
                life.due_day = *day;
            }
            Self::Close(closing) => closing.apply(life, grant, now),
        }
    }
}

/// An act as it is meant: on a business day, with what each card remembers of it.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    pub act: Act,
    pub note: String,
    /// The day that holds, where the chosen one is no business day.
    pub day: Option<Day>,
    /// Which cards its day lies too late for.
    pub reach: Reach,
}

/// Refuses what cannot be meant before anything changes.
pub(super) async fn read(
    app: &App,
    settings: &Settings,
    grant: &Grant,
    cards: &[Id<Card>],
    act: &Act,
) -> Result<Meant> {
    let today = settings.day_of(app.now());
    let mut meant = Meant { act: act.clone(), note: String::new(), day: None, reach: Reach::default() };
    match act {
        Act::Snooze(asked, reason) => {
            checked_note(reason)?.clone_into(&mut meant.note);
            check_until(today, *asked)?;
            let until = wake_day(&settings.calendar, *asked);
            meant.act = Act::Snooze(until, meant.note.clone());
            meant.day = (until != *asked).then_some(until);
            meant.reach = look(app, settings, cards, until).await?;
        }
        Act::Hand(Some(to)) => {
            let found = list_workers(app, grant.workspace()).await?.into_iter().find(|s| s.id == *to);
            meant.note = found.ok_or(Refused::Field { field: "owner", reason: "may-not-work" })?.name;
        }
        Act::Move(asked) => {
            check_due(today, *asked)?;
            let day = due_day(&settings.calendar, today, *asked);
            meant.act = Act::Move(day);
            meant.note = day.to_string();
            meant.day = (day != *asked).then_some(day);
            meant.reach = look(app, settings, cards, day).await?;
        }
        Act::Close(closing) => {
            closing.check()?;
            closing.note.trim().clone_into(&mut meant.note);
        }
        Act::Take | Act::Release | Act::Wait | Act::Hand(None) => {}
    }
    Ok(meant)
}
