//! What a newcomer does first, from everything that is open.

use kizashi_domain::handover::{Next, NextKind, choose_next};
use kizashi_domain::lang::Text;
use kizashi_domain::time::Day;

use super::{NextItem, OpenTicket, RunningPlay};
use crate::customers::read::CustomerPage;
use crate::rooms::{Decision, OpenAction, RoomRow};
use crate::settings::Settings;

/// So many things a newcomer does first.
const NEXT_COUNT: usize = 3;
/// Dates of the contract, the goal and decisions that are further away are no next action, and neither are those of a goal or a decision
/// that nobody has looked at for so long since.
const AHEAD_DAYS: i32 = 180;
const BEHIND_DAYS: i32 = 90;
/// Whoever asked waits for an answer until the next business day.
const ANSWER_BUSINESS_DAYS: i32 = 1;

/// What is open beside cards, deals and dates, which the page itself has.
pub(super) struct Open<'a> {
    pub tickets: &'a [OpenTicket],
    pub plays: &'a [RunningPlay],
    pub actions: &'a [OpenAction],
    pub decisions: &'a [Decision],
}

/// The first things to do, each with its day.
pub(super) fn find_next(
    page: &CustomerPage,
    room: Option<&RoomRow>,
    open: &Open<'_>,
    (settings, today): (&Settings, Day),
) -> Vec<Next<NextItem>> {
    let same = |text: &str| Text::new(text, text);
    let id = page.row.id;
    let mut found = Vec::new();
    let mut add =
        |kind, due, text: Text, address: String| found.push(Next { kind, due, item: NextItem { text, address } });
    for card in &page.cards {
        // What was put off until later than its day is asked for again on the later one.
        let due = card.snoozed_until.map_or(card.due_day, |until| until.max(card.due_day));
        add(NextKind::Card, Some(due), card.what.clone(), format!("/cards/{}", card.id));
    }
    let near = |day: &Day| (today.plus(-BEHIND_DAYS)..=today.plus(AHEAD_DAYS)).contains(day);
    let coming = page.contracts.iter().filter(|c| c.in_force).map(|c| c.notice_on).filter(|day| *day >= today);
    for day in coming.filter(near) {
        add(NextKind::Notice, Some(day), Text::default(), format!("/customers/{id}"));
    }
    for deal in page.deals.iter().filter(|d| d.is_open() && !d.next_step.is_empty()) {
        add(NextKind::Deal, deal.next_on, same(&deal.next_step), format!("/deals/{}", deal.id));
    }
    for task in open.plays.iter().flat_map(|play| &play.tasks) {
        let address = format!("/plays/runs/{}#step-{}", task.run, task.task);
        add(NextKind::Task, Some(task.due_day), task.title.clone(), address);
    }
    for ticket in open.tickets {
        let came = settings.day_of(ticket.opened_at);
        let due = settings.calendar.add_business_days(came, ANSWER_BUSINESS_DAYS);
        let due = ticket.answered_at.is_none().then_some(due);
        add(NextKind::Ticket, due, same(&ticket.subject), format!("/customers/{id}/history?kind=ticket"));
    }
    if let Some(room) = room {
        for action in open.actions {
            add(NextKind::Action, Some(action.due), same(&action.what), format!("/rooms/{}", room.id));
        }
        for day in room.meets_on.iter().filter(|day| **day >= today) {
            add(NextKind::Meeting, Some(*day), same(&room.agenda), format!("/rooms/{}", room.id));
        }
    }
    for (decision, day) in open.decisions.iter().filter_map(|d| Some((d, d.review_on?))).filter(|(_, day)| near(day)) {
        add(NextKind::Review, Some(day), same(&decision.what), format!("/customers/{id}#review"));
    }
    let is_decided = page.aims.get("goal_state").is_some_and(|state| state != "open");
    let goal_on = page.aims.get("goal_on").and_then(|day| day.parse::<Day>().ok()).filter(near);
    if let (Some(day), false, false) = (goal_on, is_decided, page.goal.is_empty()) {
        add(NextKind::Goal, Some(day), same(&page.goal), format!("/customers/{id}"));
    }
    choose_next(found, NEXT_COUNT)
}
