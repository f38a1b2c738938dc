//! Use of the product by those who work with it: in which weeks, how much, and where it dropped. For those who lead, and for everybody
//! about themselves. It says how often and how much, never what.

use std::collections::{HashMap, HashSet};

use kizashi_db::{args, row, sql};
use kizashi_domain::calendar::WorkClock;
use kizashi_domain::id::{Card, Id, Staff};
use kizashi_domain::presence::{Drift, judge};
use kizashi_domain::time::{Day, Time, Weekday};

use crate::access::{
    Action, Rest, Role, Viewer, find_colleague, find_first_presence, list_presence, list_rests, list_staff, permit,
};
use crate::settings::Settings;
use crate::{App, Result};

/// Weeks that the page shows.
const WEEKS: i32 = 8;
/// Days that a drop is judged by: thirty business days, with holidays between.
const JUDGED_DAYS: i32 = 75;
/// Rows of one question.
const ROWS_MAX: i64 = 50_000;

/// A week, from Monday on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub from: Day,
    /// Business days of it until today.
    pub business_days: i64,
}

/// What one person did in a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UseOfWeek {
    /// On so many days they had it open.
    pub days: i64,
    /// Cards that they answered.
    pub cards: i64,
    /// Steps of plays that they did.
    pub steps: i64,
    /// Their cards whose due day passed and that nobody had touched.
    pub lapsed: i64,
    /// From the opening of a card to its first answer by them, in minutes of business hours: the middle one.
    pub answer_minutes: Option<i64>,
}

/// One person's use.
#[derive(Clone, Debug)]
pub struct UseRow {
    /// Who.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// Cards a day.
    pub capacity: i64,
    /// What was done, a week each, in the order of [`UsePage::weeks`].
    pub weeks: Vec<UseOfWeek>,
    /// The last day on which they had it open, as far as days are kept.
    pub last: Option<Day>,
    /// A drop.
    pub drift: Option<Drift>,
    /// Why today's page says nothing of it.
    pub rest: Option<Rest>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct UsePage {
    /// The last weeks, the oldest first; the last is this one.
    pub weeks: Vec<Week>,
    /// Those who work with cards, by name; of others only the reader.
    pub people: Vec<UseRow>,
    /// All of them together, a week each.
    pub team: Vec<UseOfWeek>,
    /// Whether the reader sees everybody.
    pub is_whole: bool,
    /// Since when days are kept; `None` = not at all yet.
    pub since: Option<Day>,
}

/// A colleague whose use dropped, for today's page.
#[derive(Clone, Debug)]
pub struct Drifted {
    /// Who.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// How.
    pub drift: Drift,
}

/// Opens the page: everybody for those who lead, the reader's own row for the others.
pub async fn open_use(app: &App, viewer: &Viewer) -> Result<UsePage> {
    let ws = viewer.workspace;
    let settings = crate::settings::open_settings(app, ws).await?;
    let today = settings.day_of(app.now());
    let is_whole = permit(viewer, Action::Configure).is_ok();
    let weeks = weeks_until(today, &settings);
    let from = weeks.first().map_or(today, |week| week.from);
    let found = Found::read(app, &settings, (from, today)).await?;
    let drifts = find_drifts(app, &settings, today).await?;
    let mut last: HashMap<Id<Staff>, Day> = HashMap::new();
    for (staff, day) in list_presence(app, ws, today.plus(-365)).await? {
        let known = last.entry(staff).or_insert(day);
        *known = (*known).max(day);
    }
    let rests = list_rests(app, ws, today).await?;
    let mut people = Vec::new();
    for person in list_staff(app, ws).await? {
        if !works(&person.role) || !(is_whole || person.id == viewer.staff) {
            continue;
        }
        let colleague = find_colleague(app, ws, person.id).await?;
        people.push(UseRow {
            staff: person.id,
            name: person.name,
            capacity: colleague.map_or(0, |(c, _)| c.daily_cards),
            weeks: weeks.iter().map(|week| found.sum(&[person.id], week.from, &settings)).collect(),
            last: last.get(&person.id).copied(),
            drift: drifts.get(&person.id).copied(),
            rest: rests.iter().find(|rest| rest.staff == person.id).cloned(),
        });
    }
    let ids: Vec<Id<Staff>> = people.iter().map(|row| row.staff).collect();
    let team = weeks.iter().map(|week| found.sum(&ids, week.from, &settings)).collect();
    Ok(UsePage { team, weeks, people, is_whole, since: find_first_presence(app, ws).await? })
}

/// Colleagues whose use dropped and of whom nobody said that they know, for those who lead.
pub(crate) async fn list_drifted(app: &App, settings: &Settings, viewer: &Viewer) -> Result<Vec<Drifted>> {
    if permit(viewer, Action::Configure).is_err() {
        return Ok(Vec::new());
    }
    let today = settings.day_of(app.now());
    let drifts = find_drifts(app, settings, today).await?;
    if drifts.is_empty() {
        return Ok(Vec::new());
    }
    let rests = list_rests(app, viewer.workspace, today).await?;
    let staff = list_staff(app, viewer.workspace).await?;
    let told = |id: Id<Staff>| id != viewer.staff && !rests.iter().any(|rest| rest.staff == id);
    let people = staff.into_iter().filter(|s| works(&s.role) && told(s.id));
    let row = |s: crate::access::StaffRow| Some(Drifted { staff: s.id, drift: *drifts.get(&s.id)?, name: s.name });
    Ok(people.filter_map(row).collect())
}

/// Who works with cards: of others nothing is counted.
fn works(role: &str) -> bool {
    matches!(Role::parse(role), Some(Role::Admin | Role::Manager | Role::Csm))
}

async fn find_drifts(app: &App, settings: &Settings, today: Day) -> Result<HashMap<Id<Staff>, Drift>> {
    let Some(since) = find_first_presence(app, settings.workspace).await? else { return Ok(HashMap::new()) };
    let mut days: HashMap<Id<Staff>, Vec<Day>> = HashMap::new();
    for (staff, day) in list_presence(app, settings.workspace, today.plus(-JUDGED_DAYS)).await? {
        days.entry(staff).or_default().push(day);
    }
    let drift = |(staff, days): (Id<Staff>, Vec<Day>)| Some((staff, judge(&days, since, today, &settings.calendar)?));
    Ok(days.into_iter().filter_map(drift).collect())
}

fn monday_of(day: Day) -> Day {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let place = days.iter().position(|d| *d == day.weekday()).unwrap_or(0);
    day.plus(-i32::try_from(place).unwrap_or(0))
}

fn weeks_until(today: Day, settings: &Settings) -> Vec<Week> {
    let this = monday_of(today);
    let week = |ago: i32| {
        let from = this.plus(-7 * ago);
        let days = (0..7).map(|n| from.plus(n)).filter(|d| *d <= today && settings.calendar.is_business_day(*d));
        Week { from, business_days: i64::try_from(days.count()).unwrap_or(0) }
    };
    (0..WEEKS).rev().map(week).collect()
}

row! {
    struct AnswerFields { card: Id<Card>, staff: Id<Staff>, at: Time, opened_at: Time }
}

row! {
    struct LapsedFields { owner: Id<Staff>, due: Day, touched_at: Option<Time>, closed_at: Option<Time> }
}

/// What was done since the first day of the page.
struct Found {
    presence: Vec<(Id<Staff>, Day)>,
    /// Who answered which card on which day.
    answers: Vec<(Id<Staff>, Id<Card>, Day)>,
    /// First answers of cards opened since: by whom, when, after how many minutes of business hours.
    first: Vec<(Id<Staff>, Day, i64)>,
    steps: Vec<(Id<Staff>, Day, i64)>,
    lapsed: Vec<(Id<Staff>, Day)>,
}

impl Found {
    async fn read(app: &App, settings: &Settings, (from, today): (Day, Day)) -> Result<Self> {
        let ws = settings.workspace;
        let since = settings.zone.start_of(from);
        let statement = sql!(
            "SELECT s.card_id, s.staff_id, s.happened_at, c.opened_at FROM card_step s JOIN card c ON c.id = s.card_id ",
            "WHERE s.workspace_id = $1 AND s.happened_at >= $2 AND s.staff_id IS NOT NULL ",
            "AND s.step IN ('taken', 'waiting', 'snoozed', 'closed') ORDER BY s.happened_at LIMIT $3"
        );
        let rows: Vec<AnswerFields> = app.db.list(statement, args![ws, since, ROWS_MAX]).await?;
        let clock = WorkClock { calendar: &settings.calendar, zone: &settings.zone };
        let (mut answers, mut first, mut known) = (Vec::new(), Vec::new(), HashSet::new());
        for row in rows {
            let day = settings.day_of(row.at);
            answers.push((row.staff, row.card, day));
            if known.insert(row.card) && row.opened_at >= since {
                first.push((row.staff, day, clock.seconds_between(row.opened_at, row.at) / 60));
            }
        }
        let statement = sql!(
            "SELECT finished_by, finished_day, count(*) FROM play_task WHERE workspace_id = $1 AND finished_by IS NOT NULL AND finished_day >= $2 ",
            "AND standing <> 'bypassed' GROUP BY finished_by, finished_day ORDER BY finished_day LIMIT $3"
        );
        let steps = app.db.list(statement, args![ws, from, ROWS_MAX]).await?;
        let statement = sql!(
            "SELECT owner_id, due_day, touched_at, closed_at FROM card WHERE workspace_id = $1 AND owner_id IS NOT NULL AND due_day >= $2 ",
            "AND due_day < $3 ORDER BY due_day LIMIT $4"
        );
        let rows: Vec<LapsedFields> = app.db.list(statement, args![ws, from, today, ROWS_MAX]).await?;
        let lapsed = |row: LapsedFields| {
            let end = settings.zone.end_of(row.due);
            let later = |at: Option<Time>| at.is_none_or(|at| at >= end);
            (later(row.touched_at) && later(row.closed_at)).then_some((row.owner, row.due))
        };
        Ok(Self {
            presence: list_presence(app, ws, from).await?,
            answers,
            first,
            steps,
            lapsed: rows.into_iter().filter_map(lapsed).collect(),
        })
    }

    /// What some people did in a week, all together.
    fn sum(&self, people: &[Id<Staff>], from: Day, settings: &Settings) -> UseOfWeek {
        let is_meant = |staff: &Id<Staff>, day: Day| people.contains(staff) && day >= from && day < from.plus(7);
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let cards: HashSet<Id<Card>> =
            self.answers.iter().filter(|(staff, _, day)| is_meant(staff, *day)).map(|(_, card, _)| *card).collect();
        let mut minutes: Vec<i64> =
            self.first.iter().filter(|(staff, day, _)| is_meant(staff, *day)).map(|(.., minutes)| *minutes).collect();
        minutes.sort_unstable();
        let days = self
            .presence
            .iter()
            .filter(|(staff, day)| is_meant(staff, *day) && settings.calendar.is_business_day(*day));
        UseOfWeek {
            days: count(days.count()),
            cards: count(cards.len()),
            steps: self.steps.iter().filter(|(staff, day, _)| is_meant(staff, *day)).map(|(.., n)| n).sum(),
            lapsed: count(self.lapsed.iter().filter(|(staff, day)| is_meant(staff, *day)).count()),
            answer_minutes: minutes.get(minutes.len() / 2).copied(),
        }
    }
}
