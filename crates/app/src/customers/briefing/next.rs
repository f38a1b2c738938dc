//! What a newcomer does first, from everything that is open.

use kizashi_domain::handover::{Next, NextKind, Quiet, SILENT_DAYS, choose_next, propose};
use kizashi_domain::health::Band;
use kizashi_domain::lang::Text;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

use super::{Exchange, NextItem, NextWhy, OpenTicket, RunningPlay};
use crate::customers::read::{ContactView, CustomerPage};
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
    pub exchanges: &'a [Exchange],
    pub handed: Option<&'a (String, Time)>,
}

/// Whose silence is told, the first of them that there is.
const KEY_ROLES: [&str; 3] = ["key_person", "champion", "admin"];
/// Business days that what is proposed is given: where nothing waits, and where the customer is not well.
const PROPOSED_BUSINESS_DAYS: i32 = 10;
const SOON_BUSINESS_DAYS: i32 = 5;
/// So many days before the notice deadline one asks what the customer means to do.
const ASK_BEFORE_DAYS: i32 = 60;

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
    let mut add = |kind, due, text: Text, address: String| {
        found.push(Next { kind, due, item: NextItem { text, address, why: None } })
    };
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
    let goal_on = page.aims.get("goal_on").and_then(|day| day.parse::<Day>().ok());
    if let (Some(day), true) = (goal_on, is_goal_told(page, today)) {
        add(NextKind::Goal, Some(day), same(&page.goal), format!("/customers/{id}"));
    }
    let mut chosen = choose_next(found, NEXT_COUNT);
    if chosen.len() < NEXT_COUNT && page.churned_on.is_none_or(|day| day >= today) {
        let proposed = list_proposed(page, room, open, (settings, today));
        chosen.extend(proposed.into_iter().take(NEXT_COUNT - chosen.len()));
    }
    chosen
}

/// The person to speak to, and when they were heard of: the key person when nobody has heard of them for long, else the champion or the
/// administrator of whom that is so.
fn find_silent<'a>(page: &'a CustomerPage, settings: &Settings, today: Day) -> Option<(&'a ContactView, Option<Day>)> {
    let heard = |person: &ContactView| person.contact_at.map(|at| settings.day_of(at));
    let is_silent = |since: Option<Day>| since.is_none_or(|day| today.0 - day.0 > SILENT_DAYS);
    let there = |role: &str| page.contacts.iter().find(|c| c.left_on.is_none() && c.role == role);
    KEY_ROLES.iter().filter_map(|role| there(role)).map(|p| (p, heard(p))).find(|(_, since)| is_silent(*since))
}

/// What can be done beside what is open, each with the fact that it follows from.
fn list_proposed(
    page: &CustomerPage,
    room: Option<&RoomRow>,
    open: &Open<'_>,
    (settings, today): (&Settings, Day),
) -> Vec<Next<NextItem>> {
    let id = page.row.id;
    let risk = page.cards.iter().find(|card| card.kind == CardKind::Risk);
    let notice_on = page.contracts.iter().filter(|c| c.in_force).map(|c| c.notice_on).find(|day| *day >= today);
    let person = find_silent(page, settings, today);
    // Whoever wrote or spoke to them since is no stranger to them.
    let own = |e: &&Exchange, at: Time| e.at >= at && page.row.owner.as_deref() == Some(e.staff.as_str());
    let handed = open.handed.filter(|(_, at)| !open.exchanges.iter().any(|e| own(&e, *at)));
    let is_unwell = matches!(page.row.band, Some(Band::Red | Band::Amber));
    let known = Quiet {
        band: page.row.band,
        is_ungreeted: handed.is_some(),
        asks_room: room.is_none() && page.cards.iter().any(|card| card.asks_room),
        is_worked_on: risk.is_some() || room.is_some(),
        silent_days: person.map(|(_, since)| since.map_or(i32::MAX, |day| today.0 - day.0)),
        renews: notice_on.is_some_and(|day| day > today.plus(AHEAD_DAYS)),
    };
    let within = |days: i32| Some(settings.calendar.add_business_days(today, days));
    let usual = within(if is_unwell { SOON_BUSINESS_DAYS } else { PROPOSED_BUSINESS_DAYS });
    let tell = |kind: NextKind| {
        let (due, address, why) = match kind {
            NextKind::Greet => {
                let (from, day) = handed.map(|(from, at)| (from.clone(), settings.day_of(*at)))?;
                let due = settings.calendar.add_business_days(day, SOON_BUSINESS_DAYS);
                (Some(due), format!("/customers/{id}"), NextWhy::TakenOver(from, day))
            }
            NextKind::Room => (within(1), format!("/rooms/new?customer={id}"), NextWhy::RedAccount),
            NextKind::Start => {
                let address = format!("/cards/new?customer={}&kind=risk", page.row.external_id);
                (within(3), address, NextWhy::NoCard(page.row.points))
            }
            NextKind::Silent => {
                let (person, since) = person?;
                (usual, format!("/customers/{id}"), NextWhy::Silent(person.name.clone(), since))
            }
            NextKind::Renewal => {
                let day = notice_on?;
                let due = settings.calendar.previous_business_day(day.plus(-ASK_BEFORE_DAYS));
                (Some(due), format!("/customers/{id}"), NextWhy::Notice(day))
            }
            _ => {
                let is_open = page.aims.get("goal_state").is_none_or(|state| state == "open");
                let goal = Some(page.goal.clone()).filter(|_| is_open).unwrap_or_default();
                let on = page.aims.get("goal_on").filter(|_| !goal.is_empty()).and_then(|day| day.parse().ok());
                (usual, format!("/customers/{id}"), NextWhy::Goal(goal, on))
            }
        };
        Some(Next { kind, due, item: NextItem { text: Text::default(), address, why: Some(why) } })
    };
    let is_told = |kind: &NextKind| *kind == NextKind::Aim && is_goal_told(page, today);
    propose(known).into_iter().filter(|kind| !is_told(kind)).filter_map(tell).collect()
}

/// Whether the day of its goal stands among what is open already.
fn is_goal_told(page: &CustomerPage, today: Day) -> bool {
    let is_decided = page.aims.get("goal_state").is_some_and(|state| state != "open");
    let near = today.plus(-BEHIND_DAYS)..=today.plus(AHEAD_DAYS);
    let on = page.aims.get("goal_on").and_then(|day| day.parse::<Day>().ok());
    !is_decided && !page.goal.is_empty() && on.is_some_and(|day| near.contains(&day))
}
