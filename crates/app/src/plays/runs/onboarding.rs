//! Onboarding by the month in which it began: who went through, how long it took, and how each milestone went.

use std::collections::BTreeMap;

use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::{Doing, End, Play, Start};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::lists::{PastRun, Reached, list_past};
use super::read::{Cohort, MilestoneRow, Onboarding};
use crate::{App, Result};

/// How far back the report looks.
const MONTHS_BACK_DAYS: i32 = 400;
/// Runs that one report reads.
const RUNS_MAX: i64 = 20_000;

/// Rows of one list.
const ROWS_MAX: usize = 100;

/// A figure of the report that is made of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Runs that began in the month.
    Started,
    /// Those of them that went through to the end.
    Completed,
    /// Those of them that ended otherwise.
    Ended,
    /// Runs that reached the milestone.
    Reached,
    /// Runs that have not, and are past its expected day.
    Late,
}

impl Figure {
    /// The word in addresses and keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Ended => "ended",
            Self::Reached => "reached",
            Self::Late => "late",
        }
    }

    /// Reads [`Figure::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Started, Self::Completed, Self::Ended, Self::Reached, Self::Late].into_iter().find(|f| f.word() == word)
    }
}

/// A figure of the report whose runs are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Which.
    pub figure: Figure,
    /// Of those that began in this month: its first day.
    pub month: Option<Day>,
    /// Of this milestone: the id of its step.
    pub step: String,
}

/// A run as the report lists it.
#[derive(Clone, Debug)]
pub struct OnboardingRow {
    /// Its id.
    pub run: Uuid,
    /// Customer.
    pub customer_id: Id<Customer>,
    /// Its name.
    pub customer: String,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Whether that person has left.
    pub has_owner_left: bool,
    /// When it began.
    pub started_on: Day,
    /// Since when it stands still.
    pub paused_on: Option<Day>,
    /// How and when it ended.
    pub ended: Option<(End, Day)>,
    /// How many milestones were reached.
    pub reached: i64,
    /// How many it has.
    pub of: i64,
    /// The next milestone and its expected day, while it is under way.
    pub next: Option<(Text, Day)>,
    /// By how many business days the next milestone is late; what stands still is not.
    pub late_days: i64,
}

/// How a play with milestones went, who goes through it now, and the runs behind a figure.
pub async fn open_onboarding(
    app: &App,
    workspace: Id<Workspace>,
    play: &str,
    behind: Option<&Behind>,
) -> Result<Onboarding> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let has_milestones = |p: &&Play| p.steps.iter().any(|s| matches!(s.doing, Doing::Milestone { .. }));
    let plays: Vec<&Play> = settings.pack.plays.iter().filter(has_milestones).collect();
    let starts = |p: &&&Play| matches!(&p.start, Some(Start::Stage(stage)) if stage == "onboarding");
    let shown = plays.iter().find(|p| p.id == play).or_else(|| plays.iter().find(starts)).or_else(|| plays.first());
    let Some(shown) = shown else { return Ok(Onboarding::default()) };
    let runs = list_past(app, workspace, &shown.id, today.plus(-MONTHS_BACK_DAYS), RUNS_MAX).await?;
    let value = value_of(shown);
    let when = (today, &settings.calendar);
    let (under_way, under_way_total) = list_under_way(&runs, when);
    Ok(Onboarding {
        plays: plays.iter().map(|p| (p.id.clone(), p.title.clone())).collect(),
        play: shown.id.clone(),
        value: shown.steps.iter().find(|s| Some(&s.id) == value.as_ref()).map(|s| s.title.clone()),
        cohorts: cohorts(&runs, value.as_deref()),
        milestones: milestones(shown, &runs, today, &settings.calendar),
        under_way,
        under_way_total,
        behind: behind.map(|asked| {
            let (rows, total) = list_behind(&runs, asked, when);
            (asked.clone(), rows, total)
        }),
    })
}

/// When a milestone is expected.
fn expected_on(run: &PastRun, milestone: &Reached, calendar: &Calendar) -> Day {
    calendar.add_business_days(run.started_on, i32::try_from(milestone.expected).unwrap_or(i32::MAX))
}

fn row_of(run: &PastRun, (today, calendar): (Day, &Calendar)) -> OnboardingRow {
    let open = run.milestones.iter().filter(|m| m.is_open && run.ended.is_none());
    let next = open.map(|m| (m.title.clone(), expected_on(run, m, calendar))).min_by_key(|(_, on)| *on);
    let late = next.as_ref().filter(|(_, on)| run.paused_on.is_none() && *on < today);
    OnboardingRow {
        run: run.id,
        customer_id: run.customer_id,
        customer: run.customer.clone(),
        owner: run.owner.clone(),
        has_owner_left: run.has_owner_left,
        started_on: run.started_on,
        paused_on: run.paused_on,
        ended: run.ended,
        reached: count(run.milestones.iter().filter(|m| m.on.is_some()).count()),
        of: count(run.milestones.len()),
        late_days: late.map_or(0, |(_, on)| i64::from(calendar.business_days_between(*on, today))),
        next,
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Who goes through it now, the first of them, and how many there are.
fn list_under_way(runs: &[PastRun], when: (Day, &Calendar)) -> (Vec<OnboardingRow>, i64) {
    let mut rows: Vec<OnboardingRow> = runs.iter().filter(|r| r.ended.is_none()).map(|r| row_of(r, when)).collect();
    rows.sort_by_key(|r| (-r.late_days, r.next.as_ref().map_or(Day(i32::MAX), |(_, on)| *on), r.started_on));
    let total = count(rows.len());
    rows.truncate(ROWS_MAX);
    (rows, total)
}

/// The runs behind a figure, counted as the figure is.
fn list_behind(runs: &[PastRun], asked: &Behind, (today, calendar): (Day, &Calendar)) -> (Vec<OnboardingRow>, i64) {
    let is_finished = |r: &PastRun| matches!(r.ended, Some((End::Finished, _)));
    let of_step =
        |r: &PastRun, holds: &dyn Fn(&Reached) -> bool| r.milestones.iter().any(|m| m.step == asked.step && holds(m));
    let is_meant = |r: &&PastRun| {
        asked.month.is_none_or(|month| month_of(r.started_on) == month)
            && match asked.figure {
                Figure::Started => true,
                Figure::Completed => is_finished(r),
                Figure::Ended => r.ended.is_some() && !is_finished(r),
                Figure::Reached => of_step(r, &|m| m.on.is_some()),
                Figure::Late => of_step(r, &|m| m.is_open && today > expected_on(r, m, calendar)),
            }
    };
    let mut rows: Vec<OnboardingRow> = runs.iter().filter(is_meant).map(|r| row_of(r, (today, calendar))).collect();
    let total = count(rows.len());
    rows.truncate(ROWS_MAX);
    (rows, total)
}

/// The milestone that stands for first value: the one called so, else the last.
fn value_of(play: &Play) -> Option<String> {
    let all = || play.steps.iter().filter(|s| matches!(s.doing, Doing::Milestone { .. }));
    all().find(|s| s.id.contains("value")).or_else(|| all().next_back()).map(|s| s.id.clone())
}

fn month_of(day: Day) -> Day {
    let (year, month, _) = day.ymd();
    Day::from_ymd(year, month, 1).unwrap_or(day)
}

fn middle(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

fn cohorts(runs: &[PastRun], value: Option<&str>) -> Vec<Cohort> {
    let mut months: BTreeMap<Day, Vec<&PastRun>> = BTreeMap::new();
    for run in runs {
        months.entry(month_of(run.started_on)).or_default().push(run);
    }
    let days = |from: Day, to: Day| i64::from(to.0 - from.0).max(0);
    let mut out: Vec<Cohort> = months
        .into_iter()
        .map(|(month, runs)| {
            let through: Vec<&&PastRun> = runs.iter().filter(|r| matches!(r.ended, Some((End::Finished, _)))).collect();
            let reached = |r: &&PastRun| {
                let on = r.milestones.iter().find(|m| Some(m.step.as_str()) == value)?.on?;
                Some(days(r.started_on, on))
            };
            Cohort {
                month,
                started: count(runs.len()),
                completed: count(through.len()),
                ended: count(runs.iter().filter(|r| r.ended.is_some()).count() - through.len()),
                days_to_complete: middle(
                    through.iter().filter_map(|r| r.ended.map(|(_, on)| days(r.started_on, on))).collect(),
                ),
                days_to_value: middle(runs.iter().filter_map(reached).collect()),
            }
        })
        .collect();
    out.reverse();
    out
}

fn milestones(play: &Play, runs: &[PastRun], today: Day, calendar: &Calendar) -> Vec<MilestoneRow> {
    let of_step = |id: &str| {
        let id = id.to_owned();
        runs.iter().flat_map(move |r| {
            let id = id.clone();
            r.milestones.iter().filter(move |m| m.step == id).map(move |m| (r.started_on, m))
        })
    };
    let mut out = Vec::new();
    for step in &play.steps {
        let Doing::Milestone { expected_business_days, .. } = step.doing else { continue };
        let took = of_step(&step.id)
            .filter_map(|(from, m)| m.on.map(|on| i64::from(calendar.business_days_between(from, on))))
            .collect::<Vec<_>>();
        let is_late = |r: &&PastRun| {
            r.milestones.iter().any(|m| m.step == step.id && m.is_open && today > expected_on(r, m, calendar))
        };
        let late = runs.iter().filter(is_late).count();
        // The title of the newest version; runs of older ones count with it.
        out.push(MilestoneRow {
            title: of_step(&step.id).next().map_or_else(|| step.title.clone(), |(_, m)| m.title.clone()),
            expected: i64::from(expected_business_days),
            reached: count(took.len()),
            actual: middle(took),
            late: count(late),
            of: count(of_step(&step.id).count()),
            step: step.id.clone(),
        });
    }
    out
}
