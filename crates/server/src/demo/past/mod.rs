//! What people at the demo company did in the months before today: cards that its rules opened and how they ended, playbooks that were
//! gone through. Written by the use cases of the pages, with a clock that goes through the past.

mod cases;
mod errands;
mod felt;
mod followed;
mod handed;
mod letters;
mod presence;
mod runs;
#[cfg(test)]
mod tests;
mod under_way;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_app::access::{Action, Grant, Role, StaffRow, Viewer, list_staff, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::measure::{Subject, Which, load_subjects};
use kizashi_app::plays::{
    Closing, PastFigures, Recalled, close_explained, list_runs_of_card, read_past_figures, recall_card, take_card,
    wait_for_customer,
};
use kizashi_app::settings::open_settings;
use kizashi_app::signals::{PastFiring, Window, replay};
use kizashi_app::{App, FixedClock, Result};
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::{DAY_US, Day, Time};
use uuid::Uuid;

use super::usage::MINUTE_US;
use super::{CRM, Company, words};
use cases::{Case, Desk};
use handed::Moved;

/// Days of the past.
const DAYS: i32 = 125;
/// Rules look at so many days before, so that what stood already does not seem to begin.
const LEAD_DAYS: i32 = 30;
/// The history must be so old before anything is said of it.
const KNOWN_DAYS: i32 = 120;
/// Customers that are looked at, the first ones: a huge company must not take long to found.
const CUSTOMERS_MAX: usize = 300;

/// Of what stands, plays are gone through for so many days.
const STANDING_DAYS: i32 = 40;

/// Plays the past.
pub async fn play(app: &App, workspace: Id<Workspace>, company: &Company) -> Result<()> {
    let codes: Vec<String> = company.profiles.iter().take(CUSTOMERS_MAX).map(|p| p.code.clone()).collect();
    let today = company.today;
    let from = today.plus(-DAYS).max(company.first.plus(KNOWN_DAYS));
    let window = Window { first: from.plus(-LEAD_DAYS), from, to: today };
    let mut firings = replay(app, workspace, (&codes, &words::TOLD), window).await?;
    let staff = list_staff(app, workspace).await?;
    let moved = Moved::of(company, &staff);
    moved.pass_on(company, &mut firings);
    let followed = followed::take(company, &mut firings);
    let settings = open_settings(app, workspace).await?;
    let desk = Desk::new(company, &settings.pack, &firings);
    let standing = desk.list_standing(&firings);
    let cases = desk.list(firings);
    keep_records(app, workspace, CRM, &list_errands(company, &cases), false).await?;
    let subjects = load_subjects(app, workspace, Which::Only(&codes)).await?;
    let figures = read_past_figures(app, workspace, list_looks(company, &cases, &standing)).await?;
    let clock = Arc::new(FixedClock::at(company.start_of(from)));
    let grants = list_grants(workspace, &staff);
    let (app_then, now) = (app.by_clock(Arc::clone(&clock) as Arc<_>), company.now);
    let stage = Stage { app: app_then, workspace, clock, now, staff, grants, moved, figures };
    let typical_mrr_minor = typical_mrr(subjects.values());
    stage.open_post().await?;
    stage.play_cases(company, &cases, typical_mrr_minor).await?;
    let subjects = load_subjects(app, workspace, Which::Only(&codes)).await?;
    stage.play_followed(company, &followed, typical_mrr_minor).await?;
    stage.play_onboarding(company, &subjects).await?;
    stage.play_standing(company, &standing, typical_mrr_minor).await?;
    stage.play_plans(company, &subjects).await?;
    stage.play_felt(company, &subjects).await?;
    stage.close_post(company).await?;
    stage.play_presence(company).await
}

/// The days on which plays are gone through, which may part by what was measured then: those on which cards are closed, and those
/// since what stands was found.
fn list_looks(company: &Company, cases: &[Case], standing: &[cases::Standing]) -> HashMap<String, Vec<Day>> {
    let mut days: HashMap<String, Vec<Day>> = HashMap::new();
    for case in cases.iter().filter(|case| case.is_played) {
        let Some(p) = company.profiles.get(case.index) else { continue };
        days.entry(p.code.clone()).or_default().push(company.zone.day_of(case.closed_at));
    }
    for sign in standing {
        let Some(p) = company.profiles.get(sign.index) else { continue };
        let since = sign.since.max(company.today.plus(-STANDING_DAYS));
        days.entry(p.code.clone()).or_default().extend((since.0..company.today.0).map(Day));
    }
    days
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
fn list_grants(workspace: Id<Workspace>, staff: &[StaffRow]) -> HashMap<Id<Staff>, Grant> {
    staff.iter().filter_map(|s| Some((s.id, permit(&viewer_of(workspace, s), Action::Work).ok()?))).collect()
}

/// A member of staff who looks at the product.
fn viewer_of(workspace: Id<Workspace>, staff: &StaffRow) -> Viewer {
    Viewer {
        workspace,
        staff: staff.id,
        name: staff.name.clone(),
        role: Role::parse(&staff.role).unwrap_or(Role::Other),
        language: Lang::Ja,
        csrf: String::new(),
        daily_cards: 0,
    }
}

/// Something that happens to a card.
enum Act<'a> {
    /// What is open with a colleague goes to others.
    HandOver,
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
    /// When the past ends.
    now: Time,
    staff: Vec<StaffRow>,
    grants: HashMap<Id<Staff>, Grant>,
    moved: Moved,
    figures: PastFigures,
}

/// A card under way.
#[derive(Default)]
struct Way {
    card: Option<Id<Card>>,
    run: Option<Uuid>,
}

impl Stage {
    async fn play_cases(&self, company: &Company, cases: &[Case], typical_mrr_minor: i64) -> Result<()> {
        let mut acts: Vec<(Time, usize, Act<'_>)> = cases
            .iter()
            .enumerate()
            .flat_map(|(at, case)| acts_of(case).map(move |(time, act)| (time, at, act)))
            .collect();
        acts.push((self.moved.at, 0, Act::HandOver));
        acts.sort_by_key(|(time, at, _)| (*time, *at));
        let mut ways: HashMap<usize, Way> = HashMap::new();
        for (time, at, act) in &acts {
            if matches!(act, Act::HandOver) {
                self.play_handover(company).await?;
                continue;
            }
            let Some(case) = cases.get(*at) else { continue };
            self.clock.set(*time);
            self.act(case, ways.entry(*at).or_default(), act, typical_mrr_minor).await?;
        }
        Ok(())
    }

    /// Who works on a case now.
    fn owner_of(&self, case: &Case) -> Option<&Grant> {
        let moved = self.moved.to.get(&case.index).filter(|_| self.app.now() >= self.moved.at);
        let owner = moved.copied().or_else(|| case.firings.first()?.subject.owner_id)?;
        self.grants.get(&owner)
    }

    async fn act(&self, case: &Case, way: &mut Way, act: &Act<'_>, typical_mrr_minor: i64) -> Result<()> {
        let Some(grant) = self.owner_of(case) else { return Ok(()) };
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
                close_explained(&self.app, grant, card, &closing).await?;
                self.post().await
            }
            Act::Step => self.go_on(grant, way.run, (1, true)).await,
            Act::Finish => self.finish(grant, way.run, case.goes_through).await,
            Act::Fire(_) | Act::HandOver => Ok(()),
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
