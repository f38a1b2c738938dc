//! Since when a milestone that shows itself is reached: the day on which it first held, not the day of the look.

use std::collections::HashMap;
use std::sync::Mutex;

use kizashi_domain::measure::{Scratch, Series};
use kizashi_domain::plays::{Bound, Doing, Standing};
use kizashi_domain::signals::SCORE;
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::load::Run as PlayRun;
use crate::measure::{Run, Subject, read_series, visit_subjects};
use crate::pipeline::Assessed;
use crate::{App, Result};

/// Days that are looked through; a run that lasts longer is reached on the day of the look.
const DAYS_MAX: i32 = 400;

/// Conditions of a run that hold today, and since when.
pub(super) type Firsts = HashMap<Uuid, Vec<(Bound, Day)>>;

/// The conditions of open milestones of a run that hold by these values. Scores are of their day anyway: nothing arrives late.
fn list_holding<'a>(run: &'a PlayRun, values: &'a HashMap<String, f64>) -> impl Iterator<Item = Bound> + 'a {
    // A play without steps has no milestone.
    let steps = run.play.steps.iter().zip(&run.state.steps);
    steps.filter(|(_, state)| state.standing == Standing::Open).filter_map(|(step, _)| match &step.doing {
        Doing::Milestone { evidence: Some(bound), .. } if bound.of != SCORE => {
            bound.holds(values.get(&bound.of).copied()).then(|| bound.clone())
        }
        _ => None,
    })
}

/// Finds since when the milestones that these customers reached hold.
pub(super) async fn find_firsts<'a>(
    app: &App,
    run: &Run,
    today: Day,
    looks: impl Iterator<Item = (&'a Assessed, &'a [PlayRun])>,
) -> Result<Firsts> {
    let mut asked: HashMap<String, Vec<(Uuid, Day, Bound)>> = HashMap::new();
    let mut subjects: HashMap<String, Subject> = HashMap::new();
    for (a, runs) in looks {
        for one in runs.iter().filter(|r| r.state.started_on < today && r.state.started_on > today.plus(-DAYS_MAX)) {
            for bound in list_holding(one, &a.values) {
                let code = a.subject.external_id.clone();
                asked.entry(code.clone()).or_default().push((one.id, one.state.started_on, bound));
                subjects.entry(code).or_insert_with(|| a.subject.clone());
            }
        }
    }
    if asked.is_empty() {
        return Ok(Firsts::new());
    }
    let run = run.clone();
    app.blocking(move |history| {
        let found: Mutex<Firsts> = Mutex::default();
        visit_subjects(history, &subjects, false, &|subject, events| {
            let Some(list) = asked.get(&subject.external_id) else { return };
            let Some(from) = list.iter().map(|(_, from, _)| *from).min() else { return };
            let (mut scratch, mut series) = (Scratch::default(), Series::default());
            read_series(&run, subject, &events, (from, today), &mut scratch, &mut series);
            for (id, from, bound) in list {
                let Some(place) = run.plan.index(&bound.of) else { continue };
                let mut days = (from.0..=today.0).map(Day);
                let first = days.find(|day| bound.holds(series.value(place, *day)));
                if let (Some(first), Ok(mut found)) = (first, found.lock()) {
                    found.entry(*id).or_default().push((bound.clone(), first));
                }
            }
        })?;
        Ok(found.into_inner().unwrap_or_default())
    })
    .await
}
