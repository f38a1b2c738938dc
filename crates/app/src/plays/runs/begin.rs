//! Runs that begin together, such as those of a night: what is known of all their customers is asked once, and all are written at once.

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_db::Tx;
use kizashi_domain::customers::Profile;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::plays::{CustomerDates, Entry, Play, Refusal, judge_entry, start};
use kizashi_domain::time::Day;

use super::advance::{Scene, act, decide};
use super::dates::{find_dates, is_dated};
use super::load::{Run, Task, list_known};
use super::perform::People;
use super::read::Cause;
use super::store::{NewRun, insert_runs};
use crate::{App, Refused, Result};

/// Whom a run would be about.
#[derive(Clone, Copy)]
pub(in crate::plays) struct Met<'a> {
    pub customer: Id<Customer>,
    pub owner: Option<Id<Staff>>,
    pub profile: &'a Profile,
}

/// Why a run begins.
#[derive(Clone, Copy)]
pub(super) struct Why {
    pub cause: Cause,
    pub card: Option<Id<Card>>,
    pub by: Option<Id<Staff>>,
    /// Nothing begins when a run began on or after this day.
    pub since: Option<Day>,
}

impl Why {
    pub const fn of_card(card: Id<Card>) -> Self {
        Self { cause: Cause::Card, card: Some(card), by: None, since: None }
    }
}

/// A run that may begin.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub scene: Scene<'a>,
    pub play: &'a Play,
    pub met: Met<'a>,
    pub why: Why,
    /// The dates of the customer's contract, where they are known.
    pub dates: Option<CustomerDates>,
}

impl Wanted<'_> {
    /// Why the customer does not go through the play, from when its runs of the play began and which of them are open.
    fn refusal(&self, known: &[(Day, bool)]) -> Option<Refusal> {
        let latest = known.iter().max_by_key(|(on, is_open)| (*is_open, *on));
        let (is_open, last) = latest.map_or((false, None), |(on, is_open)| (*is_open, Some(*on)));
        let entry = Entry { profile: self.met.profile, day: self.scene.today, is_open, last };
        let has_begun = || self.why.since.is_some_and(|since| last.is_some_and(|last| last >= since));
        judge_entry(self.play, &entry).err().or_else(|| has_begun().then_some(Refusal::UnderWay))
    }

    /// The run on its first day, before anything was done.
    fn run(&self, play: Arc<Play>) -> Run {
        // Who entered a stage, or was called, some days ago began then: expected days count from there.
        let began_on = self.why.since.unwrap_or(self.scene.today);
        Run {
            id: App::new_id::<Run>().uuid(),
            customer: self.met.customer,
            card: self.why.card,
            owner: self.met.owner,
            play,
            settings_version: self.scene.settings.version,
            state: start(self.play, began_on, &self.scene.settings.calendar),
            tasks: self.play.steps().iter().map(|_| Task::new()).collect(),
            paused_on: None,
            revision: 1,
        }
    }
}

/// Begins runs, each as far as it goes; the refusal where the customer does not go through the play.
pub(super) async fn begin_all(tx: &mut Tx, wanted: &[Wanted<'_>]) -> Result<Vec<std::result::Result<Run, Refusal>>> {
    let Some(Scene { app, settings, today, .. }) = wanted.first().map(|w| w.scene) else { return Ok(Vec::new()) };
    let ws = settings.workspace;
    let mut known = list_known(tx, ws, wanted.iter().map(|w| w.met.customer)).await?;
    let mut begun = Vec::with_capacity(wanted.len());
    // Those of a night follow few plays.
    let mut plays: HashMap<&str, Arc<Play>> = HashMap::new();
    for one in wanted {
        let known = known.entry((one.met.customer, one.play.id.clone())).or_default();
        begun.push(match one.refusal(known) {
            Some(refusal) => Err(refusal),
            None => {
                let play = plays.entry(&one.play.id).or_insert_with(|| Arc::new(one.play.clone()));
                let run = one.run(Arc::clone(play));
                known.push((run.state.started_on, true));
                Ok(run)
            }
        });
    }
    let beginning = begun.iter().filter_map(|run| run.as_ref().ok());
    let people: HashMap<Id<Customer>, People> = People::load_all(tx, ws, beginning.map(|run| run.customer)).await?;
    let (mut new, mut deeds) = (Vec::new(), Vec::new());
    for (one, run) in wanted.iter().zip(&mut begun) {
        let Ok(run) = run else { continue };
        let people = people.get(&run.customer).ok_or(Refused::NotFound)?;
        let dates = match one.dates {
            Some(dates) => dates,
            None if is_dated(one.play) => find_dates(tx, settings, run.customer, today).await?,
            None => CustomerDates::default(),
        };
        let effects = decide(&one.scene, people, dates, run);
        if !effects.is_empty() {
            deeds.push((one.scene, run.clone(), effects, people));
        }
        new.push(NewRun { run, cause: one.why.cause, by: one.why.by });
    }
    insert_runs(tx, (ws, app.now()), &new, (today, &settings.calendar)).await?;
    for (scene, run, effects, people) in deeds {
        act(tx, &scene, &run, effects, people).await?;
    }
    Ok(begun)
}
