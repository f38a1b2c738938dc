//! The morning digest: exactly the cards and tasks that the Monday page shows, once a business day for each person.

use kizashi_domain::health::Band;
use kizashi_domain::id::{Id, Notice, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::notices::find_digest_day;

use super::content::{Content, Digest, DigestCard, DigestDeadline, DigestMeeting, DigestSource, DigestTask};
use super::{NewNotice, list_ways, store, tell};
use crate::access::{Action, Viewer, find_colleague, permit};
use crate::plays::{CardRow, CardState};
use crate::today::{Today, count_deadlines, open_today};
use crate::{App, Result, rooms};

/// A deadline within so many days is told.
const DEADLINE_DAYS: i32 = 30;
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
    let is_empty = digest.is_empty();
    // Whoever has nothing to do finds it in the product; nothing is sent after them.
    if !is_empty {
        let (wish, _) = store::setting::find_wish(app, ws, viewer.staff).await?;
        let there = list_ways(app, ws).await?;
        ways = there.into_iter().filter(|way| wish.digest.contains(way)).collect();
    }
    let content = Content::Digest(digest);
    let new = NewNotice { staff: viewer.staff, key, card: None, customer: None, page: PAGE, content: &content };
    let mut tx = app.db.write().await?;
    let id = tell(&mut tx, app, ws, &new, (&ways, app.now())).await?;
    tx.commit().await?;
    if is_empty && permit(viewer, Action::Work).is_err() {
        // Nor does it wait to be seen by whoever comes now and then.
        store::notice::keep_seen(app, ws, viewer.staff, id).await?;
    }
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
    let deadlines_total = count_deadlines(app, viewer, today.day, DEADLINE_DAYS).await?;
    let whole = Digest {
        deadlines_total,
        actions_total: count(actions.len()),
        actions_late: count(actions.iter().filter(|a| a.due < today.day).count()),
        actions: actions.iter().take(TASKS_MAX).map(tell_action).collect(),
        meetings: meetings.collect(),
        ..draw_up_today(viewer, today)
    };
    // Whoever does not work with customers is told what is theirs alone.
    Ok(if permit(viewer, Action::Work).is_ok() { whole } else { whole.without_customers() })
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

/// How far a card is, where somebody has begun.
const fn tell_state(state: CardState) -> &'static str {
    match state {
        CardState::Taken => "taken",
        CardState::Waiting => "waiting",
        CardState::New | CardState::Closed => "",
    }
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
        state: tell_state(row.state).to_owned(),
    });
    let tasks = today.tasks.iter().take(TASKS_MAX).map(|task| DigestTask {
        subject: task.customer.clone(),
        what: task.title.clone(),
        due: task.due_day,
        page: format!("/plays/runs/{}#step-{}", task.run, task.task),
    });
    let near = today.deadlines.iter().filter(|d| d.days_left <= i64::from(DEADLINE_DAYS)).take(DEADLINES_MAX);
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
