//! How runs begin: with a card that names the play, when a customer enters a stage, around a date, by hand.

use std::collections::HashMap;

use kizashi_db::{ToValue as _, Tx, args, sql};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::plays::{CustomerDates, Dated, Play, Refusal, Start};
use kizashi_domain::signals::SCORE;
use kizashi_domain::time::Day;

use super::advance::{Scene, is_moved, look_at, measure_soon};
use super::begin::{Met, Wanted, Why, begin_all};
use super::dates::{dates_of, dates_on};
use super::load::{self, Run};
use super::reached::{Firsts, find_firsts};
use super::read::Cause;
use crate::access::Grant;
use crate::health::DayView;
use crate::measure::{Run as Measured, Subject, Which, load_subjects};
use crate::pipeline::{Assessed, Span};
use crate::plays::respond::Responded;
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// A stage entered longer ago begins nothing: who was in it already when the play was published stays alone.
const ENTERED_DAYS: i32 = 30;

/// Which measurements a look brings along for plays.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// Places of metrics and their ids.
    metrics: Vec<(usize, String)>,
}

/// The metrics that plays look at: of the settings in force, and all when a run follows another version.
pub(crate) async fn list_watched(app: &App, settings: &Settings) -> Result<Watched> {
    let pack = &settings.pack;
    let all = super::lists::watches_of_old(app, settings.workspace, settings.version).await?;
    let subjects: Vec<&str> = pack.plays.iter().flat_map(Play::subjects).collect();
    let metrics = pack.metrics.iter().enumerate().filter(|(_, m)| all || subjects.contains(&m.id.as_str()));
    Ok(Watched { metrics: metrics.map(|(at, m)| (at, m.id.clone())).collect() })
}

impl Watched {
    /// What is measured of a customer on a day.
    pub(crate) fn values(&self, view: &DayView) -> HashMap<String, f64> {
        let fresh = |(at, id): &(usize, String)| Some((id.clone(), view.readings.get(*at)?.fresh()?));
        let mut values: HashMap<String, f64> = self.metrics.iter().filter_map(fresh).collect();
        let score = view.verdict.as_ref().and_then(kizashi_domain::health::Verdict::shown);
        values.extend(score.map(|s| (SCORE.to_owned(), f64::from(s))));
        values
    }
}

/// The runs of a chunk of customers, as they stood before the look.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    /// Those that look at what is measured.
    runs: HashMap<Id<Customer>, Vec<Run>>,
    /// Plays that a stage or a date calls for, why, and since when; without those that are open, or began since then.
    called: HashMap<Id<Customer>, Vec<(String, Cause, Day)>>,
    /// Since when what its milestones ask for holds.
    firsts: Firsts,
}

/// Plays that begin by themselves.
struct Starting<'a> {
    calendar: &'a Calendar,
    today: Day,
    by_stage: Vec<(&'a Play, &'a str)>,
    by_date: Vec<(&'a Play, &'a Dated)>,
    /// Those of our own closing days that have called lately: the same for every customer.
    closed: Vec<(&'a Play, Day)>,
}

impl<'a> Starting<'a> {
    fn of(settings: &'a Settings, today: Day) -> Self {
        let calendar = &settings.calendar;
        let mut out = Self { calendar, today, by_stage: vec![], by_date: vec![], closed: vec![] };
        for play in &settings.pack.plays {
            match &play.start {
                None => {}
                Some(Start::Stage(stage)) => out.by_stage.push((play, stage)),
                Some(Start::Dated(dated)) if dated.date.is_closing() => {
                    let called = dated.called_lately(&CustomerDates::default(), today, calendar);
                    out.closed.extend(called.map(|day| (play, day)));
                }
                Some(Start::Dated(dated)) => out.by_date.push((play, dated)),
            }
        }
        out
    }

    /// The plays that the stage of a customer, or a date, calls for, why, and since when.
    fn list_called(&self, subject: &Subject) -> Vec<(&'a Play, Cause, Day)> {
        let (today, profile) = (self.today, &subject.profile);
        let mut out = Vec::new();
        if self.by_stage.iter().any(|(_, stage)| profile.stage.as_deref() == Some(stage)) {
            let since = subject.past.stage_began(today).filter(|on| *on > today.plus(-ENTERED_DAYS));
            let entered = self.by_stage.iter().filter(|(_, stage)| profile.stage.as_deref() == Some(stage));
            out.extend(
                since.into_iter().flat_map(|day| entered.clone().map(move |(play, _)| (*play, Cause::Stage, day))),
            );
        }
        if !self.by_date.is_empty() {
            let dates = dates_of(subject, today, None);
            let called = |dated: &Dated| dated.called_lately(&dates, today, self.calendar);
            out.extend(self.by_date.iter().filter_map(|(play, dated)| Some((*play, Cause::Date, called(dated)?))));
        }
        // Whoever came after a closing day has nothing to do with it.
        let was_there = |day: &Day| profile.since.is_none_or(|since| since <= *day);
        out.extend(self.closed.iter().filter(|(_, day)| was_there(day)).map(|(play, day)| (*play, Cause::Date, *day)));
        out
    }
}

/// Finds the runs that a chunk of customers may move.
pub(crate) async fn list_watching(app: &App, run: &Measured, span: &Span, chunk: &[Assessed]) -> Result<Watching> {
    let ws = run.settings.workspace;
    let ids: Vec<Id<Customer>> = chunk.iter().map(|a| a.subject.id).collect();
    let mut out = Watching::default();
    for run in load::list_watching(app, ws, &ids).await? {
        out.runs.entry(run.customer).or_default().push(run);
    }
    let of = |a: &Assessed| out.runs.get(&a.subject.id).map_or(&[][..], Vec::as_slice);
    out.firsts = find_firsts(app, run, span.today, chunk.iter().map(|a| (a, of(a)))).await?;
    let starting = Starting::of(&run.settings, span.today);
    let called = |a: &Assessed| (a.subject.id, starting.list_called(&a.subject));
    let called: Vec<_> = chunk.iter().map(called).filter(|(_, plays)| !plays.is_empty()).collect();
    let known = load::list_earlier(app, ws, &called.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    for (customer, plays) in called {
        let has_begun = |play: &Play, since: Day| {
            let runs = known.get(&(customer, play.id.clone()));
            runs.is_some_and(|runs| runs.iter().any(|(on, is_open)| *is_open || *on >= since))
        };
        let new = plays.into_iter().filter(|(play, _, since)| !has_begun(play, *since));
        out.called.insert(customer, new.map(|(play, cause, since)| (play.id.clone(), cause, since)).collect());
    }
    Ok(out)
}

/// After cards were opened: goes on with runs that look at what is measured, and begins those that a card or a stage calls for. In the
/// transaction of the cards.
pub(crate) async fn follow(
    tx: &mut Tx,
    app: &App,
    run: &Measured,
    span: &Span,
    (chunk, watching): (&[Assessed], &Watching),
    responded: &Responded,
) -> Result<()> {
    let settings = &run.settings;
    let fired = chunk.iter().filter(|a| !a.look.firings.is_empty()).map(|a| a.subject.id);
    let mut named = list_named(tx, settings, fired).await?;
    for joined in &responded.joined {
        let Some(play) = settings.pack.play(&joined.play) else { continue };
        let of_customer = named.entry(joined.customer).or_default();
        if !of_customer.iter().any(|(card, known)| *card == joined.card && known.id == play.id) {
            of_customer.push((joined.card, play));
        }
    }
    let mut wanted = Vec::new();
    for a in chunk {
        let scene = Scene { app, settings, today: span.today, values: Some(&a.values), firsts: Some(&watching.firsts) };
        // Most of them stay as they are: only what moves is read again under the lock.
        for run in watching.runs.get(&a.subject.id).into_iter().flatten() {
            if is_moved(&scene, run, &a.subject) {
                look_at(tx, &scene, run.id).await?;
            }
        }
        let met = Met { customer: a.subject.id, owner: a.subject.owner_id, profile: &a.subject.profile };
        let (named, called) = (named.remove(&a.subject.id), watching.called.get(&a.subject.id));
        if named.is_none() && called.is_none_or(Vec::is_empty) {
            continue;
        }
        let dates = Some(dates_on(&a.subject.attributes, span.today, None));
        let of_cards = named.into_iter().flatten().map(|(card, play)| (play, Why::of_card(card)));
        let of_themselves = called.into_iter().flatten().filter_map(|(play, cause, since)| {
            Some((settings.pack.play(play)?, Why { cause: *cause, card: None, by: None, since: Some(*since) }))
        });
        wanted.extend(of_cards.chain(of_themselves).map(|(play, why)| Wanted { scene, play, met, why, dates }));
    }
    begin_all(tx, &wanted).await?;
    Ok(())
}

/// Begins what a card that was just opened names, without measurements.
pub(in crate::plays) async fn begin_named(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    (card, met): (Id<Card>, &Met<'_>),
) -> Result<()> {
    let scene = Scene::now(app, settings);
    let mut named = list_named(tx, settings, std::iter::once(met.customer)).await?;
    let named = named.remove(&met.customer).unwrap_or_default().into_iter().filter(|(id, _)| *id == card);
    let want = |(card, play)| Wanted { scene, play, met: *met, why: Why::of_card(card), dates: None };
    begin_all(tx, &named.map(want).collect::<Vec<_>>()).await?;
    Ok(())
}

/// Cards and the plays that they name, by customer.
type Named<'a> = HashMap<Id<Customer>, Vec<(Id<Card>, &'a Play)>>;

/// Open cards of customers whose play has not begun for them, the oldest first.
async fn list_named<'a>(
    tx: &mut Tx,
    settings: &'a Settings,
    customers: impl Iterator<Item = Id<Customer>>,
) -> Result<Named<'a>> {
    let statement = sql!(
        "SELECT k.customer_id, k.id, k.play FROM card k WHERE k.workspace_id = $1 AND k.closed_at IS NULL AND k.play <> '' AND NOT EXISTS ",
        "(SELECT 1 FROM play_run r WHERE r.workspace_id = $1 AND r.card_id = k.id AND r.play = k.play) AND k.customer_id IN ($2)"
    );
    let keys = customers.map(|id| id.to_value()).collect();
    let rows: Vec<(Id<Customer>, Id<Card>, String)> = tx.list_in(statement, args![settings.workspace], keys).await?;
    let mut out = Named::new();
    for (customer, card, play) in rows {
        let Some(play) = settings.pack.play(&play) else { continue };
        out.entry(customer).or_default().push((card, play));
    }
    for cards in out.values_mut() {
        cards.sort_unstable_by_key(|(card, _)| *card);
    }
    Ok(out)
}

/// Begins a play for a customer by hand.
pub async fn start_run(app: &App, grant: &Grant, customer: Id<Customer>, play: &str) -> Result<uuid::Uuid> {
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let Some(play) = settings.pack.play(play) else { return Err(Refused::NotFound.into()) };
    let Some(code) = crate::intake::find_code(app, ws, customer).await? else { return Err(Refused::NotFound.into()) };
    let subject = load_subjects(app, ws, Which::Only(&[code])).await?.into_values().next();
    let Some(subject) = subject else { return Err(Refused::NotFound.into()) };
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    // Whoever begins it has it, where the customer's owner is not here any more.
    let owner = match subject.owner_id {
        Some(owner) if is_here(&mut tx, ws, owner).await? => Some(owner),
        owner => grant.staff().or(owner),
    };
    let met = Met { customer, owner, profile: &subject.profile };
    let why = Why { cause: Cause::Hand, card: None, by: grant.staff(), since: None };
    let begun = begin_all(&mut tx, &[Wanted { scene, play, met, why, dates: None }]).await?;
    let run = match begun.into_iter().next() {
        Some(Ok(run)) => run,
        Some(Err(refusal)) => return Err(Refused::Field { field: "play", reason: reason_of(refusal) }.into()),
        None => return Err(Refused::NotFound.into()),
    };
    tx.commit().await?;
    if run.state.watches_figures(&run.play) {
        measure_soon(app, ws, &[customer]).await?;
    }
    Ok(run.id)
}

async fn is_here(tx: &mut Tx, ws: Id<Workspace>, staff: Id<Staff>) -> Result<bool> {
    let find = sql!("SELECT id FROM staff WHERE workspace_id = $1 AND id = $2 AND left_at IS NULL");
    Ok(tx.find::<(Id<Staff>,)>(find, args![ws, staff]).await?.is_some())
}

const fn reason_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnderWay => "play-under-way",
        Refusal::NotMeant => "play-not-meant",
        Refusal::Left => "play-left",
        Refusal::Paused => "play-paused",
        Refusal::Once => "play-once",
        Refusal::Until(_) => "play-again-later",
    }
}
