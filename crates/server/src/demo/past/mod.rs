//! What people at the demo company did in the months before today: cards that its rules opened and how they ended, playbooks that were
//! gone through. Written by the use cases of the pages, with a clock that goes through the past.

mod cases;
mod errands;
mod followed;
mod presence;
mod runs;
#[cfg(test)]
mod tests;
mod under_way;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_app::access::{Action, Grant, Role, Viewer, list_staff, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::measure::{Subject, Which, load_subjects};
use kizashi_app::plays::{
    Closing, Outcome, Recalled, close_explained, list_runs_of_card, recall_card, take_card, wait_for_customer,
};
use kizashi_app::settings::open_settings;
use kizashi_app::signals::{PastFiring, Window, replay};
use kizashi_app::{App, FixedClock, Result};
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::{DAY_US, Time};
use uuid::Uuid;

use super::usage::MINUTE_US;
use super::{CRM, Company, words};
use cases::{Case, Desk};

/// Days of the past.
const DAYS: i32 = 125;
/// Rules look at so many days before, so that what stood already does not seem to begin.
const LEAD_DAYS: i32 = 30;
/// The history must be so old before anything is said of it.
const KNOWN_DAYS: i32 = 120;
/// Customers that are looked at, the first ones: a huge company must not take long to found.
const CUSTOMERS_MAX: usize = 300;

/// Plays the past.
pub async fn play(app: &App, workspace: Id<Workspace>, company: &Company) -> Result<()> {
    let codes: Vec<String> = company.profiles.iter().take(CUSTOMERS_MAX).map(|p| p.code.clone()).collect();
    let today = company.today;
    let from = today.plus(-DAYS).max(company.first.plus(KNOWN_DAYS));
    let window = Window { first: from.plus(-LEAD_DAYS), from, to: today };
    let mut firings = replay(app, workspace, (&codes, &words::TOLD), window).await?;
    let followed = followed::take(company, &mut firings);
    let settings = open_settings(app, workspace).await?;
    let desk = Desk::new(company, &settings.pack, &firings);
    let standing = desk.list_standing(&firings);
    let cases = desk.list(firings);
    keep_records(app, workspace, CRM, &list_errands(company, &cases), false).await?;
    let subjects = load_subjects(app, workspace, Which::Only(&codes)).await?;
    let clock = Arc::new(FixedClock::at(company.now));
    let grants = list_grants(app, workspace).await?;
    let stage = Stage { app: app.by_clock(Arc::clone(&clock) as Arc<_>), workspace, clock, grants };
    let typical_mrr_minor = typical_mrr(subjects.values());
    stage.play_cases(&cases, typical_mrr_minor).await?;
    stage.play_followed(company, &followed, typical_mrr_minor).await?;
    stage.play_onboarding(company, &subjects).await?;
    stage.play_standing(company, &standing, typical_mrr_minor).await?;
    stage.play_plans(company, &subjects).await?;
    stage.play_presence(company).await
}

/// What was done for the cards, as the CRM sends it.
fn list_errands(company: &Company, cases: &[Case]) -> Vec<Received> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut out = Vec::new();
    for case in cases {
        let Some(p) = company.profiles.get(case.index) else { continue };
        for errand in &case.errands {
            let n = counts.entry(case.index).or_default();
            out.push(errands::record(company, p, errand, *n));
            *n += 1;
        }
    }
    out.sort_by_key(|received| received.at);
    out
}

fn typical_mrr<'a>(subjects: impl Iterator<Item = &'a Subject>) -> i64 {
    let mut all: Vec<i64> = subjects.filter_map(|s| s.profile.mrr_minor).filter(|m| *m > 0).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(1)
}

/// What everybody may do, by their ids.
async fn list_grants(app: &App, workspace: Id<Workspace>) -> Result<HashMap<Id<Staff>, Grant>> {
    let mut grants = HashMap::new();
    for staff in list_staff(app, workspace).await? {
        let role = Role::parse(&staff.role).unwrap_or(Role::Other);
        let (name, csrf) = (staff.name, String::new());
        let viewer = Viewer { workspace, staff: staff.id, name, role, language: Lang::Ja, csrf, daily_cards: 0 };
        if let Ok(grant) = permit(&viewer, Action::Work) {
            grants.insert(staff.id, grant);
        }
    }
    Ok(grants)
}

/// Something that happens to a card.
enum Act<'a> {
    /// Rules find something: it is opened, or joined.
    Fire(&'a [PastFiring]),
    Take,
    Wait,
    /// The next step of its play is done.
    Step,
    /// What is left of its play is done or given up.
    Finish,
    Close,
}

/// The product with a clock that is moved through the past, and who works with it.
struct Stage {
    app: App,
    workspace: Id<Workspace>,
    clock: Arc<FixedClock>,
    grants: HashMap<Id<Staff>, Grant>,
}

/// A card under way.
#[derive(Default)]
struct Way {
    card: Option<Id<Card>>,
    run: Option<Uuid>,
}

impl Stage {
    async fn play_cases(&self, cases: &[Case], typical_mrr_minor: i64) -> Result<()> {
        let mut acts: Vec<(Time, usize, Act<'_>)> = cases
            .iter()
            .enumerate()
            .flat_map(|(at, case)| acts_of(case).map(move |(time, act)| (time, at, act)))
            .collect();
        acts.sort_by_key(|(time, at, _)| (*time, *at));
        let mut ways: HashMap<usize, Way> = HashMap::new();
        for (time, at, act) in &acts {
            let Some(case) = cases.get(*at) else { continue };
            self.clock.set(*time);
            self.act(case, ways.entry(*at).or_default(), act, typical_mrr_minor).await?;
        }
        Ok(())
    }

    async fn act(&self, case: &Case, way: &mut Way, act: &Act<'_>, typical_mrr_minor: i64) -> Result<()> {
        let Some(grant) = case.firings.first().and_then(|f| self.grants.get(&f.subject.owner_id?)) else {
            return Ok(());
        };
        if let Act::Fire(firings) = act {
            let begins_play = case.is_played && way.card.is_none();
            let recalled = Recalled { firings, typical_mrr_minor, begins_play };
            let opened = recall_card(&self.app, grant, &recalled).await?;
            way.card = way.card.or(opened);
            if let Some(card) = opened.filter(|_| begins_play) {
                way.run = list_runs_of_card(&self.app, grant.workspace(), card).await?.first().map(|run| run.id);
            }
            return Ok(());
        }
        let Some(card) = way.card else { return Ok(()) };
        match act {
            Act::Take => take_card(&self.app, grant, card).await,
            Act::Wait => wait_for_customer(&self.app, grant, card).await,
            Act::Close => {
                let closing =
                    Closing { false_reason: case.false_reason.to_owned(), ..Closing::with(case.outcome, &case.note) };
                close_explained(&self.app, grant, card, &closing).await
            }
            Act::Step => self.go_on(grant, way.run, (1, true)).await,
            Act::Finish => self.finish(grant, way.run, case.outcome == Outcome::Solved).await,
            Act::Fire(_) => Ok(()),
        }
    }
}

fn acts_of(case: &Case) -> impl Iterator<Item = (Time, Act<'_>)> {
    let mut acts = vec![(case.opened_at, Act::Fire(case.firings.as_slice())), (case.taken_at, Act::Take)];
    for group in &case.joined {
        let days = |all: &[PastFiring]| all.first().map_or(0, |f| i64::from(f.firing.day.0));
        let after = days(group) - days(&case.firings);
        acts.push((case.opened_at.plus_us(after * DAY_US), Act::Fire(group)));
    }
    acts.extend(case.waiting_at.map(|at| (at, Act::Wait)));
    if case.is_played {
        acts.extend(case.errands.iter().map(|errand| (errand.at.plus_us(15 * MINUTE_US), Act::Step)));
        acts.push((case.closed_at.plus_us(-2 * MINUTE_US), Act::Finish));
    }
    acts.push((case.closed_at, Act::Close));
    acts.into_iter()
}
