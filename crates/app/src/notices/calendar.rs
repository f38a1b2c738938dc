//! The calendar of one person's dues, at an address that only they know. The database has its hash alone.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::Day;

use super::store;
use crate::access::{Viewer, find_colleague, hash_key, token};
use crate::{App, Refused, Result, plays, rooms};

/// Entries of each kind.
const ENTRIES_MAX: i64 = 500;
/// Notice deadlines of so many days are shown.
const DEADLINE_DAYS: i32 = 366;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueKind {
    /// A card.
    Card,
    /// A step of a play.
    Task,
    /// The last day on which a contract can be cancelled.
    Deadline,
    /// An action of a red account room.
    Action,
    /// The next meeting of a room.
    Meeting,
}

/// Something due on a day.
#[derive(Clone, Debug)]
pub struct CalendarDue {
    /// Tells it from others.
    pub key: String,
    /// What.
    pub kind: DueKind,
    /// When.
    pub day: Day,
    /// Whom it is about.
    pub subject: String,
    /// What to do, or what a meeting is about; empty for a deadline.
    pub what: Text,
    /// The page that it leads to.
    pub page: String,
}

/// Makes a new calendar address for the viewer; one that was there ends. What stands behind `/calendars/`, shown this once.
pub async fn make_calendar(app: &App, viewer: &Viewer) -> Result<String> {
    let secret = token()?;
    store::setting::keep_calendar(app, viewer.workspace, viewer.staff, &hash_key(&secret)).await?;
    Ok(secret)
}

/// Ends the viewer's calendar address.
pub async fn revoke_calendar(app: &App, viewer: &Viewer) -> Result<()> {
    store::setting::keep_calendar(app, viewer.workspace, viewer.staff, "").await
}

/// Whose calendar it is, and what is due.
///
/// # Errors
/// [`Refused::NotFound`] for an address that there is not, or not any more.
pub async fn open_calendar(app: &App, secret: &str) -> Result<(Viewer, Vec<CalendarDue>)> {
    let Some(ws) = app.workspace().await? else { return Err(Refused::NotFound.into()) };
    let staff = store::setting::find_calendar(app, ws, &hash_key(secret)).await?.ok_or(Refused::NotFound)?;
    let (viewer, _) = find_colleague(app, ws, staff).await?.ok_or(Refused::NotFound)?;
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let mut dues: Vec<CalendarDue> = plays::list_cards_owned(app, ws, staff, ENTRIES_MAX)
        .await?
        .into_iter()
        .map(|card| CalendarDue {
            key: format!("card-{}", card.id),
            kind: DueKind::Card,
            day: card.snoozed_until.filter(|until| *until > today).unwrap_or(card.due_day),
            page: format!("/cards/{}", card.id),
            subject: card.subject,
            what: card.what,
        })
        .collect();
    let tasks = plays::list_open_tasks(app, ws, Some(staff), today.plus(DEADLINE_DAYS), ENTRIES_MAX).await?;
    dues.extend(tasks.into_iter().map(|task| CalendarDue {
        key: format!("task-{}", task.task),
        kind: DueKind::Task,
        day: task.due_day,
        page: format!("/plays/runs/{}", task.run),
        subject: task.customer,
        what: task.title,
    }));
    dues.extend(list_deadlines(app, ws, staff, today).await?);
    dues.extend(list_of_rooms(app, ws, staff, today).await?);
    dues.sort_by(|a, b| (a.day, &a.key).cmp(&(b.day, &b.key)));
    Ok((viewer, dues))
}

row! {
    struct Fields { id: Id<Customer>, name: String, day: Day }
}

async fn list_deadlines(app: &App, ws: Id<Workspace>, staff: Id<Staff>, today: Day) -> Result<Vec<CalendarDue>> {
    let statement = sql!(
        "SELECT c.id, c.name, s.notice_on FROM standing s CROSS JOIN customer c WHERE s.workspace_id = $1 AND s.sort_notice >= $3 ",
        "AND s.sort_notice <= $4 AND s.notice_on IS NOT NULL AND c.id = s.customer_id AND c.churned_on IS NULL AND c.owner_id = $2 ",
        "ORDER BY s.sort_notice, s.customer_id LIMIT $5"
    );
    let until = today.plus(DEADLINE_DAYS);
    let rows: Vec<Fields> = app.db.list(statement, args![ws, staff, today, until, ENTRIES_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|f| CalendarDue {
            key: format!("notice-{}-{}", f.id, f.day),
            kind: DueKind::Deadline,
            day: f.day,
            subject: f.name,
            what: Text::default(),
            page: format!("/customers/{}", f.id),
        })
        .collect())
}

/// What somebody has to do in rooms, and the next meetings of those that they belong to.
async fn list_of_rooms(app: &App, ws: Id<Workspace>, staff: Id<Staff>, today: Day) -> Result<Vec<CalendarDue>> {
    let actions = rooms::list_own_actions(app, ws, staff, today.plus(DEADLINE_DAYS)).await?;
    let actions = actions.into_iter().map(|action| CalendarDue {
        key: format!("action-{}", action.id),
        kind: DueKind::Action,
        day: action.due,
        subject: action.customer,
        what: Text::new(&action.what, &action.what),
        page: format!("/rooms/{}#plan", action.room),
    });
    let query = rooms::RoomQuery { closed: false, member: Some(staff) };
    let own = rooms::list_rooms(app, ws, &query).await?;
    let meetings = own.into_iter().filter_map(|room| {
        Some(CalendarDue {
            key: format!("meeting-{}", room.id),
            kind: DueKind::Meeting,
            day: room.meets_on?,
            subject: room.customer_name,
            what: Text::new(&room.agenda, &room.agenda),
            page: format!("/rooms/{}", room.id),
        })
    });
    Ok(actions.chain(meetings).collect())
}
