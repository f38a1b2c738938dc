//! Onboarding by the month in which it began: who went through, how long it took, and how each milestone went.

use std::collections::BTreeMap;

use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::plays::{Doing, End, Play, Start};
use kizashi_domain::time::Day;

use super::lists::{PastRun, list_past};
use super::read::{Cohort, MilestoneRow, Onboarding};
use crate::{App, Result};

/// How far back the report looks.
const MONTHS_BACK_DAYS: i32 = 400;
/// Runs that one report reads.
const RUNS_MAX: i64 = 20_000;

/// How a play with milestones went.
pub async fn open_onboarding(app: &App, workspace: Id<Workspace>, play: &str) -> Result<Onboarding> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let has_milestones = |p: &&Play| p.steps.iter().any(|s| matches!(s.doing, Doing::Milestone { .. }));
    let plays: Vec<&Play> = settings.pack.plays.iter().filter(has_milestones).collect();
    let starts = |p: &&&Play| matches!(&p.start, Some(Start::Stage(stage)) if stage == "onboarding");
    let shown = plays.iter().find(|p| p.id == play).or_else(|| plays.iter().find(starts)).or_else(|| plays.first());
    let Some(shown) = shown else { return Ok(Onboarding::default()) };
    let runs = list_past(app, workspace, &shown.id, today.plus(-MONTHS_BACK_DAYS), RUNS_MAX).await?;
    let value = value_of(shown);
    Ok(Onboarding {
        plays: plays.iter().map(|p| (p.id.clone(), p.title.clone())).collect(),
        play: shown.id.clone(),
        value: shown.steps.iter().find(|s| Some(&s.id) == value.as_ref()).map(|s| s.title.clone()),
        cohorts: cohorts(&runs, value.as_deref()),
        milestones: milestones(shown, &runs, today, &settings.calendar),
    })
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
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
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
        let expected = |from: Day, days: u32| calendar.add_business_days(from, i32::try_from(days).unwrap_or(i32::MAX));
        let late = of_step(&step.id).filter(|(from, m)| m.is_open && today > expected(*from, m.expected)).count();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        // The title of the newest version; runs of older ones count with it.
        out.push(MilestoneRow {
            title: of_step(&step.id).next().map_or_else(|| step.title.clone(), |(_, m)| m.title.clone()),
            expected: i64::from(expected_business_days),
            reached: count(took.len()),
            actual: middle(took),
            late: count(late),
            of: count(of_step(&step.id).count()),
        });
    }
    out
}
