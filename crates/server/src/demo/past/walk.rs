//! Going through a play day by day, as people who keep their dates do.

use kizashi_app::Result;
use kizashi_app::access::Grant;
use kizashi_app::plays::{look_back, open_run};
use kizashi_domain::plays::{Doing, Kind, Standing, Until};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::super::Company;
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::Stage;

/// Steps that one walk does at most.
const STEPS_MAX: usize = 20;

/// How far a walk goes.
pub(super) struct Walk<'a> {
    /// Nothing is done on or after this day.
    pub(super) until: Day,
    /// A step whose due day lies on or after this day stays undone.
    pub(super) leaves_from: Day,
    /// What is written down of a step, by its id.
    pub(super) note: &'a dyn Fn(&str) -> String,
}

impl Stage {
    /// Does the open steps of a run, each on its due day or the business day before, as long as the walk goes. When the last was done.
    pub(super) async fn walk(
        &self,
        (company, rng): (&Company, &mut Rng),
        grant: &Grant,
        run: Uuid,
        walk: &Walk<'_>,
    ) -> Result<Option<Time>> {
        let (calendar, mut last) = (&company.calendar, None);
        for _ in 0..STEPS_MAX {
            let page = open_run(&self.app, grant.workspace(), run).await?;
            let open = || page.steps.iter().filter(|v| v.state.standing == Standing::Open);
            let due = |day: Option<Day>| calendar.previous_business_day(day.unwrap_or(walk.until));
            let works = open().filter(|v| !v.step.kind().runs_itself() && v.step.kind() != Kind::Milestone);
            let Some(next) = works.min_by_key(|v| v.state.due_on) else {
                // A wait for a day ends by itself, on the morning of it; one for figures ends when somebody looks at them.
                let waits = open().filter(|v| matches!(v.step.doing, Doing::Wait(Until::Days(_))));
                let end = waits.filter_map(|v| v.state.due_on).min().map(|end| calendar.next_business_day(end));
                let Some(end) = end.filter(|end| *end < walk.until) else { break };
                let morning = company.at(end, 6 * 60 * MINUTE_US);
                if self.app.now() >= morning {
                    break;
                }
                self.clock.set(morning);
                self.advance().await?;
                continue;
            };
            let day = due(next.state.due_on);
            if day >= walk.leaves_from {
                break;
            }
            let early = calendar.add_business_days(day, -rng.between(0, 1));
            let day = next.state.ready_on.map_or(early, |ready| early.max(calendar.next_business_day(ready)));
            if day >= walk.until {
                break;
            }
            let at = company.at(day, i64::from(rng.between(10 * 60, 17 * 60 + 40)) * MINUTE_US);
            let at = last.map_or(at, |last: Time| at.max(last.plus_us(25 * MINUTE_US)));
            self.clock.set(at);
            self.answer(grant, next, &(walk.note)(&next.step.id)).await?;
            // Which way it goes on is decided on the day, by the figures of the day.
            look_back(&self.app, grant, run, &self.figures).await?;
            last = Some(at);
        }
        Ok(last)
    }
}
