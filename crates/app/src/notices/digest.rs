//! The morning digest: exactly the cards and tasks that the Monday page shows, once a business day for each person.

use kizashi_domain::health::Band;
use kizashi_domain::id::{Id, Notice, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::notices::find_digest_day;

use super::content::{Content, Digest, DigestCard, DigestDeadline, DigestMeeting, DigestSource, DigestTask};
use super::{NewNotice, list_ways, store, tell};
use crate::access::{Viewer, find_colleague};
use crate::plays::CardRow;
use crate::today::{Today, open_today};
use crate::{App, Result, rooms};

/// A deadline within so many days is told.
const DEADLINE_DAYS: i64 = 30;
/// Deadlines that are told.
const DEADLINES_MAX: usize = 8;
/// Steps of plays that are told by name; the others are counted.
const TASKS_MAX: usize = 5;
const PAGE: &str = "/today";

/// Writes the digests that are due and puts them on their ways; how many. Each person is told once a day, however often this is called.
pub async fn write_digests(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let (sending, _) = store::setting::find(app, ws).await?;
    let due = find_digest_day(app.now(), &settings.zone, &settings.calendar, sending.digest_minute);
    let Some((day, since)) = due else { return Ok(0) };
    let key = format!("digest:{day}");
    let untold = store::notice::list_untold(app, ws, &key, since).await?;
    let mut written = 0;
    for staff in untold {
        let Some((viewer, _)) = find_colleague(app, ws, staff).await? else { continue };
        written += usize::from(write(app, &viewer, &key).await?.is_some());
    }
    Ok(written)
}

/// The digest of this moment, for whoever asks, on their ways.
pub async fn ask_digest(app: &App, viewer: &Viewer) -> Result<Option<Id<Notice>>> {
    write(app, viewer, &format!("digest:asked:{}", App::new_id::<Notice>())).await
}

async fn write(app: &App, viewer: &Viewer, key: &str) -> Result<Option<Id<Notice>>> {
    let ws = viewer.workspace;
    let digest = draw_up(app, viewer, &open_today(app, viewer).await?).await?;
    let mut ways = Vec::new();
    // Whoever has nothing to do finds it in the product; nothing is sent after them.
    if !digest.is_empty() {
        let (wish, _) = store::setting::find_wish(app, ws, viewer.staff).await?;
        let there = list_ways(app, ws).await?;
        ways = there.into_iter().filter(|way| wish.digest.contains(way)).collect();
    }
    let content = Content::Digest(digest);
    let new = NewNotice { staff: viewer.staff, key, card: None, customer: None, page: PAGE, content: &content };
    let mut tx = app.db.write().await?;
    let id = tell(&mut tx, app, ws, &new, (&ways, app.now())).await?;
    tx.commit().await?;
    Ok(id)
}

/// The cards, tasks and deadlines of the day, and what the person's rooms ask for: actions until today, meetings until the next
/// business day, so that there is a day to prepare them.
async fn draw_up(app: &App, viewer: &Viewer, today: &Today) -> Result<Digest> {
    let ws = viewer.workspace;
    let calendar = &crate::settings::open_settings(app, ws).await?.calendar;
    let tomorrow = calendar.next_business_day(today.day.plus(1));
    let actions = rooms::list_own_actions(app, ws, viewer.staff, today.day).await?;
    let meetings = today.rooms.iter().filter_map(|room| Some((room, room.meets_on?)));
    let meetings = meetings.filter(|(_, day)| (today.day..=tomorrow).contains(day)).map(|(room, day)| DigestMeeting {
        subject: room.customer_name.clone(),
        day,
        agenda: room.agenda.clone(),
        page: format!("/rooms/{}", room.id),
    });
    Ok(Digest {
        actions_total: count(actions.len()),
        actions_late: count(actions.iter().filter(|a| a.due < today.day).count()),
        actions: actions.iter().take(TASKS_MAX).map(tell_action).collect(),
        meetings: meetings.collect(),
        ..draw_up_today(viewer, today)
    })
}

fn tell_action(action: &rooms::OwnAction) -> DigestTask {
    DigestTask {
        subject: action.customer.clone(),
        what: Text::new(&action.what, &action.what),
        due: action.due,
        page: format!("/rooms/{}#plan", action.room),
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// 誰が, where that is not the reader.
fn tell_owner(row: &CardRow, reader: Id<Staff>) -> Option<String> {
    if row.owner_id == Some(reader) {
        return None;
    }
    Some(row.owner.clone().filter(|_| !row.has_owner_left).unwrap_or_default())
}

fn draw_up_today(viewer: &Viewer, today: &Today) -> Digest {
    let cards = today.cards.iter().map(|row| DigestCard {
        id: row.id,
        customer: row.customer_id,
        subject: row.subject.clone(),
        band: row.customer_id.and(row.band).map(band_word).unwrap_or_default().to_owned(),
        points: row.points,
        what: row.what.clone(),
        why: row.why.first().cloned().unwrap_or_default(),
        due: row.due_day,
        notice_on: row.notice_on.filter(|day| *day >= today.day),
        owner: tell_owner(row, viewer.staff),
    });
    let tasks = today.tasks.iter().take(TASKS_MAX).map(|task| DigestTask {
        subject: task.customer.clone(),
        what: task.title.clone(),
        due: task.due_day,
        page: format!("/plays/runs/{}#step-{}", task.run, task.task),
    });
    let near = today.deadlines.iter().filter(|d| d.days_left <= DEADLINE_DAYS).take(DEADLINES_MAX);
    Digest {
        day: today.day,
        since: today.since,
        new_signs: today.new_signs,
        cards: cards.collect(),
        tasks: tasks.collect(),
        tasks_total: today.tasks_due.0,
        tasks_late: today.tasks_due.1,
        quiet_total: today.quiet_total,
        deadlines: near.map(|d| DigestDeadline { customer: d.id, name: d.name.clone(), day: d.notice_on }).collect(),
        quiet_sources: today
            .quiet_sources
            .iter()
            .map(|s| DigestSource { source: s.source.clone(), last_day: s.last_day })
            .collect(),
        mentions: count(today.mentions.len()),
        ..Digest::default()
    }
}

const fn band_word(band: Band) -> &'static str {
    match band {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
        Band::Unknown => "unknown",
    }
}
