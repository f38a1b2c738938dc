//! What whoever takes a customer over reads: one page, drawn together from what every capability knows.

use kizashi_db::{args, row, sql};
use kizashi_domain::handover::{HunchEnd, Next, NextKind, Record, choose_next, judge_hunch};
use kizashi_domain::id::{Customer, Id, Staff, Ticket, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::{Day, Time};

use super::page::{Moment, open_customer};
use super::read::{CustomerPage, HunchView};
use crate::plays::{CustomerPlays, RunRow, TaskRow, open_plays_of};
use crate::rooms::{Decision, RoomRow};
use crate::{App, Result};

/// What a newcomer does first.
const NEXT_COUNT: usize = 3;
const TICKETS_MAX: i64 = 20;
const HUNCHES_MAX: i64 = 1_000;
/// A notice deadline further away is no next action.
const NOTICE_DAYS: i32 = 180;
/// A score this many days old still says where a customer stood.
const SCORE_DAYS: i32 = 7;

/// An inquiry that nobody has closed.
#[derive(Clone, Debug)]
pub struct OpenTicket {
    /// Which.
    pub id: Id<Ticket>,
    /// Subject.
    pub subject: String,
    /// Category.
    pub category: String,
    /// When it came.
    pub opened_at: Time,
    /// When it was answered first.
    pub answered_at: Option<Time>,
}

/// A hunch beside what came later.
#[derive(Clone, Debug)]
pub struct JudgedHunch {
    /// The hunch.
    pub hunch: HunchView,
    /// What became of it.
    pub end: HunchEnd,
    /// The score when it was felt, and at its end or now.
    pub points: (Option<i64>, Option<i64>),
}

/// A play under way, and what is to be done in it now.
#[derive(Clone, Debug)]
pub struct RunningPlay {
    /// The run.
    pub run: RunRow,
    /// Its open steps that are somebody's work, the first due first; none while it waits or stands still.
    pub tasks: Vec<TaskRow>,
}

/// Something to do: what it says, and where it is.
#[derive(Clone, Debug)]
pub struct NextItem {
    /// What it says; empty when its kind says it.
    pub text: Text,
    /// The page that it leads to.
    pub address: String,
}

/// Everything that a new owner of a customer needs.
#[derive(Clone, Debug)]
pub struct Briefing {
    /// The customer.
    pub page: CustomerPage,
    /// Open inquiries, the oldest first.
    pub tickets: Vec<OpenTicket>,
    /// Plays under way, with their open tasks.
    pub plays: Vec<RunningPlay>,
    /// Rooms, the open one first.
    pub rooms: Vec<RoomRow>,
    /// What was decided, the newest first.
    pub decisions: Vec<Decision>,
    /// Hunches about this customer, the newest first.
    pub hunches: Vec<JudgedHunch>,
    /// How right those who felt them were, over all customers.
    pub records: Vec<(String, Record)>,
    /// What to do first.
    pub next: Vec<Next<NextItem>>,
}

/// Opens the briefing of a customer.
pub async fn open_briefing(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Briefing> {
    let page = open_customer(app, ws, customer, Moment::default()).await?;
    let settings = crate::settings::open_settings(app, ws).await?;
    let today = settings.day_of(app.now());
    let tickets = list_tickets(app, ws, customer).await?;
    let rooms = crate::rooms::list_rooms_of(app, ws, customer).await?;
    let plays = running(open_plays_of(app, ws, customer).await?);
    let judged = page.hunches.iter().map(|hunch| {
        let from = settings.day_of(hunch.at);
        let points = (points_on(&page, from), points_on(&page, hunch.until_day.min(today)));
        let end = judge_hunch(hunch.feeling, (from, hunch.until_day, today), points, page.churned_on);
        JudgedHunch { hunch: hunch.clone(), end, points }
    });
    Ok(Briefing {
        hunches: judged.collect(),
        records: list_records(app, ws, customer, &settings).await?,
        decisions: crate::rooms::list_decisions_of(app, ws, customer).await?,
        next: find_next(app, ws, (&page, &tickets, &plays, &rooms), today).await?,
        tickets,
        plays,
        rooms,
        page,
    })
}

/// Runs that are not over, each with its tasks.
fn running(plays: CustomerPlays) -> Vec<RunningPlay> {
    let CustomerPlays { runs, tasks } = plays;
    let own = |run: &RunRow| tasks.iter().filter(|task| task.run == run.id).cloned().collect();
    runs.into_iter().filter(|run| run.ended.is_none()).map(|run| RunningPlay { tasks: own(&run), run }).collect()
}

/// The score of a day, or of one shortly before it.
fn points_on(page: &CustomerPage, day: Day) -> Option<i64> {
    let known = page.history.iter().rev().find(|point| point.day <= day && point.points.is_some())?;
    known.points.filter(|_| known.day > day.plus(-SCORE_DAYS))
}

row! {
    struct TicketFields { id: Id<Ticket>, subject: String, category: String, opened_at: Time, answered_at: Option<Time> }
}

async fn list_tickets(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<OpenTicket>> {
    let statement = sql!(
        "SELECT id, subject, category, opened_at, answered_at FROM ticket WHERE workspace_id = $1 AND customer_id = $2 ",
        "AND closed_at IS NULL AND (abandoned IS NULL OR abandoned = 0) ORDER BY opened_at LIMIT $3"
    );
    let rows: Vec<TicketFields> = app.db.list(statement, args![ws, customer, TICKETS_MAX]).await?;
    let ticket = |t: TicketFields| OpenTicket {
        id: t.id,
        subject: t.subject,
        category: t.category,
        opened_at: t.opened_at,
        answered_at: t.answered_at,
    };
    Ok(rows.into_iter().map(ticket).collect())
}

row! {
    struct HunchFields {
        staff: Id<Staff>, name: String, feeling: i64, created_at: Time, until_day: Day, left_on: Option<Day>, before: Option<i64>,
        after: Option<i64>,
    }
}

/// How right those were who felt something about a customer, over all of theirs.
async fn list_records(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    settings: &crate::settings::Settings,
) -> Result<Vec<(String, Record)>> {
    let statement = sql!(
        "SELECT o.id, o.name, h.feeling, h.created_at, h.until_day, c.churned_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = h.customer_id AND s.day <= h.created_at / 86400000000 ",
        "ORDER BY s.day DESC LIMIT 1), (SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = h.customer_id ",
        "AND s.day <= h.until_day ORDER BY s.day DESC LIMIT 1) FROM hunch h JOIN staff o ON o.id = h.staff_id ",
        "JOIN customer c ON c.id = h.customer_id WHERE h.workspace_id = $1 AND h.staff_id IN (SELECT x.staff_id FROM hunch x ",
        "WHERE x.workspace_id = $1 AND x.customer_id = $2) ORDER BY h.created_at DESC LIMIT $3"
    );
    let rows: Vec<HunchFields> = app.db.list(statement, args![ws, customer, HUNCHES_MAX]).await?;
    let today = settings.day_of(app.now());
    let mut ends: Vec<(Id<Staff>, String, Vec<HunchEnd>)> = Vec::new();
    for row in rows {
        let days = (settings.day_of(row.created_at), row.until_day, today);
        let end = judge_hunch(row.feeling, days, (row.before, row.after), row.left_on);
        match ends.iter_mut().find(|(staff, ..)| *staff == row.staff) {
            Some((_, _, own)) => own.push(end),
            None => ends.push((row.staff, row.name, vec![end])),
        }
    }
    Ok(ends.into_iter().map(|(_, name, own)| (name, Record::of(own))).collect())
}

/// The first things to do, from everything that is open.
async fn find_next(
    app: &App,
    ws: Id<Workspace>,
    (page, tickets, plays, rooms): (&CustomerPage, &[OpenTicket], &[RunningPlay], &[RoomRow]),
    today: Day,
) -> Result<Vec<Next<NextItem>>> {
    let same = |text: &str| Text::new(text, text);
    let id = page.row.id;
    let mut open = Vec::new();
    let mut add =
        |kind, due, text: Text, address: String| open.push(Next { kind, due, item: NextItem { text, address } });
    for card in page.cards.iter().filter(|c| c.closed_at.is_none()) {
        add(NextKind::Card, Some(card.due_day), card.what.clone(), format!("/cards/{}", card.id));
    }
    let near = page.contracts.iter().filter(|c| c.in_force).map(|c| c.notice_on);
    for day in near.filter(|day| (today..=today.plus(NOTICE_DAYS)).contains(day)) {
        add(NextKind::Notice, Some(day), Text::default(), format!("/customers/{id}"));
    }
    for deal in page.deals.iter().filter(|d| d.is_open() && !d.next_step.is_empty()) {
        add(NextKind::Deal, deal.next_on, same(&deal.next_step), format!("/deals/{}", deal.id));
    }
    for task in plays.iter().flat_map(|play| &play.tasks) {
        let address = format!("/plays/runs/{}#step-{}", task.run, task.task);
        add(NextKind::Task, Some(task.due_day), task.title.clone(), address);
    }
    for ticket in tickets {
        add(NextKind::Ticket, None, same(&ticket.subject), format!("/customers/{id}/history?kind=ticket"));
    }
    for room in rooms.iter().filter(|r| r.closed_at.is_none()) {
        for action in crate::rooms::list_actions(app, ws, room.id).await?.into_iter().filter(|a| a.done_at.is_none()) {
            add(NextKind::Action, Some(action.due), same(&action.what), format!("/rooms/{}", room.id));
        }
    }
    Ok(choose_next(open, NEXT_COUNT))
}
