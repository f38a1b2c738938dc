//! What lists and looks ask of a run, told from its state.

use kizashi_domain::calendar::Calendar;
use kizashi_domain::plays::{Standing, next_look};
use kizashi_domain::time::Day;

use super::load::{NEVER, Run};

/// What lists and looks ask of a run.
pub(super) struct Marks {
    pub next_due: Day,
    pub look_on: Option<Day>,
    pub ending: Option<&'static str>,
    pub ended_on: Option<Day>,
}

impl Marks {
    pub fn of(run: &Run, (today, calendar): (Day, &Calendar)) -> Self {
        // Nobody is late with a wait.
        let steps = run.play.steps();
        let open = steps.iter().zip(&run.state.steps).filter(|(_, state)| state.standing == Standing::Open);
        let next_due = open.filter(|(step, _)| !step.kind().runs_itself()).filter_map(|(_, state)| state.due_on).min();
        let (ending, ended_on) = run.state.ended.map(|(end, on)| (end.word(), on)).unzip();
        let look_on = next_look(&run.play, &run.state, today, calendar);
        Self { next_due: next_due.unwrap_or(NEVER), look_on, ending, ended_on }
    }
}
