//! The heart: **measure → score → notice → respond**, for a batch of customers.
//!
//! Facts are loaded, everything is decided without the database, and the result is kept in one transaction a chunk.
//! Intake never runs this; the job in [`crate::schedule`] and the command line do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _};
use kizashi_db::ToValue;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::{Provision, alive_through};
use kizashi_domain::time::Day;

use crate::health::{self, Last, Scores};
use crate::measure::{self, Run, Subject, Which};
use crate::signals::{self, Firings, Look, States};
use crate::{App, Result, plays};

/// Scores written for customers that were never scored: as much history as fits.
const BACKFILL_ROWS_MAX: usize = 1_000_000;
const BACKFILL_DAYS_MAX: i32 = 540;
/// However many they are, as many days as rules about a moving score look back, up to a month: else each night reckons those days again until
/// so many are kept.
const BACKFILL_DAYS_OF_RULES_MAX: u32 = 31;
/// Customers kept in one transaction: few enough that whoever else writes waits for a moment only.
const CHUNK: usize = 100;
/// The same when everybody is looked at for the first time, each with a past.
const CHUNK_OF_FRESH: usize = 500;
/// The same when everybody is looked at again: what lists are sorted by lies all over its indexes, so that each transaction writes most of
/// their pages, however few customers it is about.
const CHUNK_OF_ALL: usize = 1_500;
/// Chunks that were decided and wait for being written.
const CHUNKS_AHEAD: usize = 1;
/// Chunks that are made ready or written at once; the database takes one after the other.
const KEPT_AT_ONCE: usize = 2;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Customers scored.
    pub customers: usize,
    /// Cards opened.
    pub cards: usize,
}

/// Everything decided about one customer.
pub(crate) struct Assessed {
    pub subject: Subject,
    pub health: health::Assessment,
    pub look: signals::Outlook,
    /// What is measured of it today, for plays under way.
    pub values: HashMap<String, f64>,
}

/// The days that a run covers, and the feeds on each.
pub(crate) struct Span {
    pub today: Day,
    /// The last business day before today: changes count from its end.
    pub since: Day,
    pub backfill_from: Day,
    first: Day,
    known: Option<Day>,
    /// For each day what each metric rests on.
    provisions: Vec<Vec<Option<Provision>>>,
    /// For each day, through which day the facts of each metric are whole.
    alive: Vec<Vec<Day>>,
}

impl Span {
    /// `fresh` customers were never scored; the others were on `scored_on` or later.
    fn new(run: &Run, today: Day, fresh: usize, scored_on: Option<Day>) -> Self {
        let days = match (fresh, scored_on) {
            (0, Some(day)) => today.0.saturating_sub(day.0).saturating_add(1).clamp(1, BACKFILL_DAYS_MAX),
            _ => {
                let back = signals::days_back(&run.settings.pack.signals, true).unwrap_or(0);
                let least = back.min(BACKFILL_DAYS_OF_RULES_MAX).saturating_add(1).cast_signed();
                i32::try_from(BACKFILL_ROWS_MAX / fresh.max(1)).unwrap_or(i32::MAX).clamp(least, BACKFILL_DAYS_MAX)
            }
        };
        let since = run.settings.calendar.previous_business_day(today.plus(-1));
        let backfill_from = today.plus(1 - days);
        Self::over(run, today, since, backfill_from, backfill_from.plus(-signals::LOOK_BACK_DAYS).min(since), None)
    }

    /// For looking at a day and the last business day before it, by what was known at the end of a day.
    pub fn of_page(run: &Run, today: Day, known: Option<Day>) -> Self {
        Self::between(run, run.settings.calendar.previous_business_day(today.plus(-1)), today, known)
    }

    /// For looking at two days, the earlier one first.
    pub fn between(run: &Run, since: Day, today: Day, known: Option<Day>) -> Self {
        Self::over(run, today, since, today, since, known)
    }

    /// The same days under other settings.
    pub fn like(&self, run: &Run) -> Self {
        self.knowing(run, self.known)
    }

    /// The same days by what was known at the end of a day; `None` = everything that is known.
    pub fn knowing(&self, run: &Run, known: Option<Day>) -> Self {
        Self::over(run, self.today, self.since, self.backfill_from, self.first, known)
    }

    fn over(run: &Run, today: Day, since: Day, backfill_from: Day, first: Day, known: Option<Day>) -> Self {
        let provisions: Vec<Vec<Option<Provision>>> =
            (first.0..=today.0).map(|d| run.provisions_on(Day(d), known)).collect();
        let alive = (first.0..).zip(&provisions).map(|(d, p)| alive_through(p, Day(d))).collect();
        Self { today, since, backfill_from, first, known, provisions, alive }
    }

    fn place(&self, day: Day) -> Option<usize> {
        usize::try_from(day.0.checked_sub(self.first.0)?).ok()
    }

    /// What each metric rested on, as of a day.
    pub fn provisions(&self, day: Day) -> Option<&[Option<Provision>]> {
        self.provisions.get(self.place(day)?).map(Vec::as_slice)
    }

    /// Until when the feed of each metric was alive, as of a day.
    pub fn alive(&self, day: Day) -> Option<&[Day]> {
        self.alive.get(self.place(day)?).map(Vec::as_slice)
    }

    /// Until when the feed of each metric was alive on the days of one span of [`Span::runs`]: the same feeds are silent since
    /// the same day; those alive are alive on all of them.
    pub fn alive_over(&self, first: Day, last: Day) -> Vec<Day> {
        self.alive(first).unwrap_or_default().iter().map(|a| if *a < first { *a } else { last }).collect()
    }

    /// Splits `[from, to]` into spans of days on which the same feeds are silent since the same days.
    pub fn runs(&self, from: Day, to: Day) -> Vec<(Day, Day)> {
        let silent = |day: Day| -> Vec<Option<Day>> {
            self.alive(day).unwrap_or_default().iter().map(|a| (*a < day).then_some(*a)).collect()
        };
        let mut out: Vec<(Day, Day)> = Vec::new();
        let mut last = Vec::new();
        for d in from.0..=to.0 {
            let now = silent(Day(d));
            match out.last_mut() {
                Some(run) if now == last => run.1 = Day(d),
                _ => out.push((Day(d), Day(d))),
            }
            last = now;
        }
        out
    }
}

/// Runs the whole pipeline over customers for today.
pub async fn run(app: &App, workspace: Id<Workspace>, which: Which<'_>) -> Result<Done> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let run = Run::prepare(app, workspace, today).await?;
    let all = matches!(which, Which::All);
    let Loaded { subjects, last, terms, words, look } = match which {
        Which::All => load_everybody(app, &run, today).await?,
        Which::Only(_) => load_some(app, &run, which, today).await?,
    };
    let (subjects, terms) = (Arc::new(subjects), Arc::new(terms));
    let fresh = subjects.values().filter(|s| !last.contains_key(&s.id)).count();
    let span = Arc::new(Span::new(&run, today, fresh, last.values().map(|l| l.day).min()));
    let run = if all { measure::count_positions(app, run, &span, &subjects).await? } else { run };
    let base = health::load_base(app, &run, &span, span.since).await?;
    let watched = plays::list_watched(app, &run.settings).await?;
    let known = Known { last, look, words, base, watched };

    let size = match (all, fresh) {
        (false, _) => CHUNK,
        (true, 0) => CHUNK_OF_ALL,
        _ => CHUNK_OF_FRESH,
    };
    let (send, receive) = tokio::sync::mpsc::channel::<Vec<Assessed>>(CHUNKS_AHEAD);
    let deciding = {
        let (run, span) = (run.clone(), Arc::clone(&span));
        let app = app.clone();
        tokio::spawn(async move {
            app.blocking(move |history| {
                decide_all(history, &run, &span, &subjects, all, &known, &Chunks::new(size, send))
            })
            .await
        })
    };
    // While one chunk is written, the next is made ready.
    let chunks = futures_util::stream::unfold(receive, async |mut r| r.recv().await.map(|chunk| (chunk, r)));
    let done = chunks
        .map(|chunk| {
            let (app, run, span, terms) = (app.clone(), run.clone(), Arc::clone(&span), Arc::clone(&terms));
            aside(async move { keep(&app, &run, &span, &terms, chunk).await })
        })
        .buffered(KEPT_AT_ONCE)
        .try_fold(Done::default(), async |sum, one| {
            Ok(Done { customers: sum.customers + one.customers, cards: sum.cards + one.cards })
        })
        .await?;
    deciding.await.map_err(|e| crate::Error::failed("scoring", e))??;
    let cards = plays::respond_to_feeds(app, &run, &run.feeds_on(today), today).await?;
    Ok(Done { cards: done.cards + cards, ..done })
}

/// Facts of the customers of a run.
struct Loaded {
    subjects: HashMap<String, Subject>,
    last: HashMap<Id<Customer>, Last>,
    terms: health::AllTerms,
    words: health::AllWords,
    look: Look,
}

/// On a task of its own, so that it has a processor of its own.
async fn aside<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await.map_err(|e| crate::Error::failed("scoring", e))?
}

/// Everybody's: no question waits for the answer of another.
async fn load_everybody(app: &App, run: &Run, today: Day) -> Result<Loaded> {
    let ws = run.settings.workspace;
    let with = || (app.clone(), run.clone());
    let subjects = {
        let (app, _) = with();
        async move { measure::load_subjects(&app, ws, Which::All).await }
    };
    let last = {
        let (app, _) = with();
        async move { health::load_last(&app, ws, Which::All, &HashMap::new()).await }
    };
    let terms = {
        let (app, run) = with();
        async move { health::load_terms(&app, &run, Which::All, today, &HashMap::new()).await }
    };
    let words = {
        let (app, run) = with();
        async move { health::load_words(&app, &run.settings, Which::All, Vec::new()).await }
    };
    let look = {
        let (app, run) = with();
        async move { signals::load_look(&app, &run, Which::All, today, &HashMap::new()).await }
    };
    let (subjects, last, terms, words, look) =
        tokio::try_join!(aside(subjects), aside(last), aside(terms), aside(words), aside(look))?;
    Ok(Loaded { subjects, last, terms, words, look })
}

async fn load_some(app: &App, run: &Run, which: Which<'_>, today: Day) -> Result<Loaded> {
    let ws = run.settings.workspace;
    let subjects = measure::load_subjects(app, ws, which).await?;
    let ids = subjects.values().map(|s| s.id.to_value()).collect();
    let (last, terms, words, look) = tokio::try_join!(
        health::load_last(app, ws, which, &subjects),
        health::load_terms(app, run, which, today, &subjects),
        health::load_words(app, &run.settings, which, ids),
        signals::load_look(app, run, which, today, &subjects),
    )?;
    Ok(Loaded { subjects, last, terms, words, look })
}

/// What is known of the customers of a run before it begins.
struct Known {
    last: HashMap<Id<Customer>, Last>,
    look: Look,
    words: health::AllWords,
    base: Option<health::Base>,
    watched: plays::Watched,
}

fn decide_all(
    history: &dyn kizashi_domain::measure::Source,
    run: &Run,
    span: &Span,
    subjects: &HashMap<String, Subject>,
    all: bool,
    known: &Known,
    chunks: &Chunks,
) -> Result<()> {
    measure::visit_subjects(history, subjects, all, &|subject, events| {
        // measure and score
        let words = known.words.get(&subject.id).map(Vec::as_slice).unwrap_or_default();
        let last = known.last.get(&subject.id);
        let mut days = health::Days::new(run, span, subject, &events).with_words(words).with_kept(last);
        if last.is_some() {
            signals::read_ahead(&mut days, span.today);
        }
        let Some(health) = health::assess(&mut days, known.base.as_ref(), last) else { return };
        // notice
        let look = signals::notice_all(&mut days, &known.look, &health, last.map(|l| l.day));
        let values = known.watched.values(&days.view(span.today));
        chunks.add(Assessed { subject: subject.clone(), health, look, values });
    })?;
    chunks.send_rest();
    Ok(())
}

/// Gathers what several threads decide, and hands it on in chunks: waking whoever writes once a customer costs as much as deciding.
struct Chunks {
    size: usize,
    open: Mutex<Vec<Assessed>>,
    send: tokio::sync::mpsc::Sender<Vec<Assessed>>,
}

impl Chunks {
    const fn new(size: usize, send: tokio::sync::mpsc::Sender<Vec<Assessed>>) -> Self {
        Self { size, open: Mutex::new(Vec::new()), send }
    }

    fn add(&self, assessed: Assessed) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push(assessed);
        if open.len() >= self.size {
            let full = std::mem::replace(&mut *open, Vec::with_capacity(self.size));
            drop(open);
            self.send(full);
        }
    }

    fn send_rest(&self) {
        let rest = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        if !rest.is_empty() {
            self.send(rest);
        }
    }

    /// Waits while whoever writes is behind. It is gone when writing failed: it says why.
    fn send(&self, chunk: Vec<Assessed>) {
        let _writer_is_gone = self.send.blocking_send(chunk);
    }
}

/// Keeps scores and standings, states of rules, and responds with cards: one transaction.
async fn keep(app: &App, run: &Run, span: &Span, terms: &health::AllTerms, mut chunk: Vec<Assessed>) -> Result<Done> {
    // In one order: two processes that score at once then wait for each other's rows in turn.
    chunk.sort_by_key(|a| a.subject.id);
    let ws = run.settings.workspace;
    let (bands, watching, open) = tokio::try_join!(
        health::load_bands(app, ws, &chunk),
        plays::list_watching(app, run, span, &chunk),
        plays::list_open(app, run, &chunk),
    )?;
    let scores = Scores::of(app, run, span, terms, &chunk)?;
    let states = States::of(app, run, &chunk)?;
    let firings = Firings::of(app, run, span.today, &chunk)?;
    let drafts = plays::draft(app, run, span, &chunk);
    let mut tx = app.db.write().await?;
    scores.keep(&mut tx).await?;
    bands.tell(&mut tx, app, ws, &chunk).await?;
    states.keep(&mut tx).await?;
    firings.keep(&mut tx).await?;
    let responded = plays::respond(&mut tx, app, run, &drafts).await?;
    plays::heal(&mut tx, app, run, span, (&chunk, &open)).await?;
    plays::follow(&mut tx, app, run, span, (&chunk, &watching), &responded).await?;
    tx.commit().await?;
    Ok(Done { customers: chunk.len(), cards: responded.cards })
}
