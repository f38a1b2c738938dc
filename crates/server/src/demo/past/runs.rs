//! Playbooks that were gone through: those that cards began, and the onboarding of customers that came in the last months.

use std::collections::HashMap;

use kizashi_app::Result;
use kizashi_app::access::Grant;
use kizashi_app::measure::Subject;
use kizashi_app::notices::keep_opt_out;
use kizashi_app::plays::{StepAnswer, StepView, answer_step, look_back, open_run, start_run, stop_run};
use kizashi_domain::plays::{Kind, Standing};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::super::paperwork::mail_of;
use super::super::profile::Profile;
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, cast, month_of, planted, words};
use super::Stage;
use super::followed::say;

/// The play that onboarding goes by.
const ONBOARDING: &str = "onboarding";
/// Customers whose onboarding began in so many days, until so many days ago.
const BEGAN_DAYS: (i32, i32) = (200, 40);
/// Of the customers of one month, so many.
const PER_MONTH: usize = 4;
/// Steps that one play has at most.
const STEPS_MAX: usize = 12;

impl Stage {
    /// Does the next steps of a run, at most so many; a wait is cut short when there is nothing else to do and nobody waits.
    pub(super) async fn go_on(&self, grant: &Grant, run: Option<Uuid>, (steps, waits): (usize, bool)) -> Result<()> {
        let Some(run) = run else { return Ok(()) };
        for _ in 0..steps {
            let page = open_run(&self.app, grant.workspace(), run).await?;
            let open = || page.steps.iter().filter(|v| v.state.standing == Standing::Open);
            if let Some(next) = open().find(|v| !v.step.kind().runs_itself()) {
                self.answer(grant, next, "").await?;
            } else if let Some(next) = open().find(|v| !waits && v.step.kind() == Kind::Wait) {
                answer_step(&self.app, grant, next.task, StepAnswer::Skipped, words::NOT_WAITED).await?;
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Answers a step: a letter with somebody to write to goes, all else was done.
    pub(super) async fn answer(&self, grant: &Grant, step: &StepView, note: &str) -> Result<()> {
        let goes = step.letter.as_ref().is_some_and(|letter| letter.contact.is_some());
        let how = if goes { StepAnswer::Confirm } else { StepAnswer::Done };
        answer_step(&self.app, grant, step.task, how, note).await?;
        if goes { self.post().await } else { Ok(()) }
    }

    /// Ends the run of a card that is about to be closed: through to its end where it comes there by what was measured on the day.
    pub(super) async fn finish(&self, grant: &Grant, run: Option<Uuid>, goes_through: bool) -> Result<()> {
        let Some(id) = run else { return Ok(()) };
        for waits in [true, !goes_through, !goes_through] {
            look_back(&self.app, grant, id, &self.figures).await?;
            self.go_on(grant, run, (STEPS_MAX, waits)).await?;
        }
        if open_run(&self.app, grant.workspace(), id).await?.row.ended.is_none() {
            stop_run(&self.app, grant, id, words::STOPPED).await?;
        }
        Ok(())
    }

    /// Goes through the onboarding of customers that came in the last months.
    pub(super) async fn play_onboarding(&self, company: &Company, subjects: &HashMap<String, Subject>) -> Result<()> {
        for p in &company.profiles {
            let Some(steps) = planted::steps_done(&company.calendar, p) else { continue };
            let Some(subject) = subjects.get(&p.code) else { continue };
            let Some(grant) = subject.owner_id.and_then(|id| self.grants.get(&id)) else { continue };
            let begun = company.calendar.next_business_day(p.since);
            self.follow((company, p), grant, subject, &Path { begun, steps, given_up: None }).await?;
        }
        let mut months: HashMap<i32, usize> = HashMap::new();
        for p in company.profiles.iter().skip(cast::CAST.len()) {
            let Some(path) = Path::of(company, p) else { continue };
            let Some(subject) = subjects.get(&p.code) else { continue };
            let Some(grant) = subject.owner_id.and_then(|id| self.grants.get(&id)) else { continue };
            let count = months.entry(month_of(p.since)).or_default();
            if *count < PER_MONTH {
                *count += 1;
                self.follow((company, p), grant, subject, &path).await?;
            }
        }
        Ok(())
    }

    async fn follow(
        &self,
        (company, p): (&Company, &Profile),
        grant: &Grant,
        subject: &Subject,
        path: &Path,
    ) -> Result<()> {
        let at = |day: Day, minutes: i64| company.at(day, minutes * MINUTE_US);
        self.clock.set(at(path.begun, 9 * 60 + 30));
        let run = start_run(&self.app, grant, subject.id, ONBOARDING).await?;
        // Who has meetings all day writes letters in the evening; they go in the morning.
        let writes_late = p.index.is_multiple_of(4);
        for (nth, (step, day)) in (0..).zip(&path.steps) {
            let is_late = writes_late && *step == "roadmap";
            self.clock.set(at(*day, if is_late { 18 * 60 + 25 } else { 10 * 60 + 37 * nth }));
            // What was waited for until then is over.
            self.advance().await?;
            let page = open_run(&self.app, grant.workspace(), run).await?;
            let Some(view) = page.steps.iter().find(|v| v.step.id == *step) else { continue };
            if p.index == planted::SPARED && *step == "roadmap" {
                keep_opt_out(&self.app, grant, &mail_of(company, p, 0)).await?;
            }
            let note = say(company, p, words::note_of(step), &mut Rng::of(company.seed, &[36, p.index as u64]));
            self.answer(grant, view, &note).await?;
        }
        if let Some(day) = path.given_up {
            self.clock.set(at(day, 17 * 60 + 10));
            stop_run(&self.app, grant, run, words::GIVEN_UP).await?;
        }
        Ok(())
    }
}

/// The way of one customer through its onboarding.
struct Path {
    begun: Day,
    /// Steps with the day on which each was done, in order.
    steps: Vec<(&'static str, Day)>,
    /// The day on which the rest was given up.
    given_up: Option<Day>,
}

impl Path {
    /// `None` for customers that came at another time, and for those that are not through.
    fn of(company: &Company, p: &Profile) -> Option<Self> {
        let today = company.today;
        let (from, until) = (today.plus(-BEGAN_DAYS.0), today.plus(-BEGAN_DAYS.1));
        let set_up = p.setup.last().copied().flatten()?;
        if p.since < from || p.since > until || p.churned_on.is_some() || planted::is_new(p.index) {
            return None;
        }
        let mut rng = Rng::of(company.seed, &[32, p.index as u64]);
        let calendar = &company.calendar;
        let mut after = |day: Day, low: i32, high: i32| calendar.add_business_days(day, rng.between(low, high));
        let begun = calendar.next_business_day(p.since);
        let kickoff = after(begun, 1, 5);
        let hearing = after(kickoff, 1, 3);
        let first_login = after(kickoff, 1, 4);
        let training = after(set_up.max(hearing), 1, 5);
        let first_value = after(training, 5, 16);
        let next_function = after(first_value, 2, 5);
        let mut steps = vec![
            ("prestudy", after(begun, 0, 1).min(kickoff)),
            ("kickoff", kickoff),
            ("hearing", hearing),
            ("roadmap", after(hearing, 0, 2)),
            ("first_login", first_login),
            ("setup_done", set_up.max(kickoff)),
            ("training", training),
            ("first_value", first_value),
            ("questions", after(first_value, 0, 1)),
            ("next_function", next_function),
            ("adopted", after(next_function, 0, 2)),
        ];
        let gives_up = rng.is(0.12);
        if gives_up {
            steps.truncate(6);
        }
        steps.sort_by_key(|(_, day)| *day);
        let last = steps.last().map(|(_, day)| *day)?;
        let given_up = gives_up.then(|| calendar.add_business_days(last, 6));
        (given_up.unwrap_or(last) < today.plus(-1)).then_some(Self { begun, steps, given_up })
    }
}
