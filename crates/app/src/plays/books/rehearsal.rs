//! 直近90日なら: whom a play would have met in the last 90 days, and what it would have asked and sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::plays::{Doing, Filling, Play, Refusal, Standing, Step, fill, say_day};
use kizashi_domain::time::Day;

use super::calls::list_calls;
use super::past::{self, Foretold, Subjects};
use super::{Book, figures, store};
use crate::measure::{Subject, Which, load_subjects};
use crate::settings::Settings;
use crate::{App, Result};

/// Days of a rehearsal.
const RECENT_DAYS: i32 = 90;
/// Customers, and letters, that a rehearsal shows.
const SHOWN_MAX: usize = 12;
const LETTERS_MAX: usize = 3;

/// Who looks after a customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Name.
    pub name: String,
    /// Has left since.
    pub has_left: bool,
}

/// A customer that the play would have met.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub name: String,
    /// When.
    pub day: Day,
    /// Who would have had the work.
    pub owner: Option<Owner>,
    /// When the last step would have been done.
    pub until: Option<Day>,
    /// Whether the play has really begun for it since then.
    pub has_run: bool,
}

/// A letter that would have gone, or that somebody would have had to send.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Customer.
    pub name: String,
    /// Whom.
    pub person: String,
    /// When.
    pub day: Day,
    /// Subject line.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// What of the letters would not have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Letters for which no person with the role is known.
    pub without_person: usize,
    /// Letters to a person of whom there is no address.
    pub without_address: usize,
    /// Letters beyond what one person may get.
    pub by_pressure: usize,
}

/// The work that one colleague would have had.
#[derive(Clone, Debug)]
pub struct Load {
    /// Who; `None` = customers that nobody looks after.
    pub owner: Option<Owner>,
    /// Tasks in all.
    pub tasks: usize,
    /// The fullest week by its Monday, and its tasks.
    pub fullest: (Day, usize),
}

/// What a play would have done in the last quarter.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// First and last day looked at.
    pub span: (Day, Day),
    /// Customers met, the latest first; the first few.
    pub met: Vec<Meeting>,
    /// How many in all.
    pub meetings: usize,
    /// Different customers.
    pub customers: usize,
    /// Those for whom the play has really begun since then.
    pub running: usize,
    /// Those that were left out, by the reason.
    pub left_out: Vec<(&'static str, usize)>,
    /// Tasks that people would have had.
    pub tasks: usize,
    /// Letters in all.
    pub letters: usize,
    /// The most letters to one person.
    pub letters_per_person_max: usize,
    /// Letters that would not have gone.
    pub held: Held,
    /// A few of them.
    pub examples: Vec<Letter>,
    /// The language that they are in: that in which customers are written to.
    pub letters_in: kizashi_domain::lang::Lang,
    /// Work of each colleague, the most first.
    pub loads: Vec<Load>,
    /// Starts a week: its Monday and how many.
    pub weeks: Vec<(Day, usize)>,
    /// Starts and tasks of the version in force in the same days, when it is another one.
    pub in_force: Option<(usize, usize)>,
}

const fn reason(why: Refusal) -> &'static str {
    match why {
        Refusal::UnderWay => "under-way",
        Refusal::NotMeant => "not-meant",
        Refusal::Left => "left",
        Refusal::Paused => "paused",
        Refusal::Once => "once",
        Refusal::Until(_) => "until",
    }
}

fn monday(day: Day) -> Day {
    day.plus(-(day.weekday() as i32))
}

/// Rehearses a play over the last quarter.
pub async fn rehearse(app: &App, settings: &Settings, book: &Book, limit: MailLimit) -> Result<Rehearsal> {
    Cast::load(app, settings.workspace).await?.rehearse(app, (settings, settings), book, limit).await
}

/// At most so many letters to one person in so many days.
pub type MailLimit = Option<(u32, u32)>;

/// Whom plays are rehearsed with.
pub(super) struct Cast {
    subjects: Subjects,
    staff: HashMap<Id<Staff>, Owner>,
}

impl Cast {
    pub async fn load(app: &App, ws: Id<Workspace>) -> Result<Self> {
        let subjects = load_subjects(app, ws, Which::All).await?;
        let staff = store::list_staff(app, ws).await?;
        let owner = |name, left: Option<_>| Owner { name, has_left: left.is_some() };
        Ok(Self {
            subjects: subjects.into_values().map(|s| (s.id, s)).collect(),
            staff: staff.into_iter().map(|(id, name, left)| (id, owner(name, left))).collect(),
        })
    }

    /// Rehearses a play under settings that may be other ones than those in force.
    pub async fn rehearse(
        &self,
        app: &App,
        (now, settings): (&Settings, &Settings),
        book: &Book,
        limit: MailLimit,
    ) -> Result<Rehearsal> {
        let today = now.day_of(app.now());
        let span = (today.plus(-RECENT_DAYS), today.plus(-1));
        let Self { subjects, staff } = self;
        let calls = list_calls(app, settings, book, subjects, span).await?;
        let began = figures::list_began(app, settings.workspace, &book.play.id, span).await?;
        let outcome = past::foretell_calls(app, settings, &book.play, (subjects, &calls.list), (span.0, today)).await?;
        let mut stage = Stage { settings, limit, staff, subjects, out: blank(span) };
        for why in outcome.left_out {
            *stage.out.left_out.entry(reason(why)).or_default() += 1;
        }
        if calls.merged > 0 {
            stage.out.left_out.insert("merged", calls.merged);
        }
        for told in &outcome.runs {
            let has_run = began.iter().any(|(c, on)| *c == told.customer && *on >= told.day);
            stage.count(app, &book.play, told, has_run).await?;
        }
        let mut found = stage.finish();
        if let Some(own) = super::published(&now.pack, &book.play.id)
            && (own.play != book.play || own.signals != book.signals)
        {
            found.in_force = Some(count_in_force(app, now, &own, subjects, span).await?);
        }
        Ok(found)
    }
}

/// Starts and tasks of a play as it is published.
async fn count_in_force(
    app: &App,
    settings: &Settings,
    own: &Book,
    subjects: &Subjects,
    span: (Day, Day),
) -> Result<(usize, usize)> {
    let calls = list_calls(app, settings, own, subjects, span).await?;
    let told =
        past::foretell_calls(app, settings, &own.play, (subjects, &calls.list), (span.0, span.1.plus(1))).await?;
    let steps = own.play.steps();
    let tasks = told.runs.iter().map(|one| {
        let states = steps.iter().zip(&one.run.steps);
        states.filter(|(step, state)| step.is_work() && state.standing == Standing::Done).count()
    });
    Ok((told.runs.len(), tasks.sum()))
}

fn blank(span: (Day, Day)) -> Counting {
    let mut weeks = BTreeMap::new();
    let mut week = monday(span.0);
    while week <= span.1 {
        weeks.insert(week, 0);
        week = week.plus(7);
    }
    Counting { span, weeks, ..Counting::default() }
}

#[derive(Default)]
struct Counting {
    span: (Day, Day),
    weeks: BTreeMap<Day, usize>,
    met: Vec<Meeting>,
    left_out: BTreeMap<&'static str, usize>,
    tasks: BTreeMap<Option<Owner>, BTreeMap<Day, usize>>,
    letters: usize,
    held: Held,
    examples: Vec<Letter>,
    to_person: HashMap<(Id<Customer>, String), Vec<Day>>,
}

struct Stage<'a> {
    settings: &'a Settings,
    limit: Option<(u32, u32)>,
    staff: &'a HashMap<Id<Staff>, Owner>,
    subjects: &'a Subjects,
    out: Counting,
}

impl Stage<'_> {
    async fn count(&mut self, app: &App, play: &Play, told: &Foretold, has_run: bool) -> Result<()> {
        let Foretold { customer, day, ref run, ref scores } = *told;
        let Some(subject) = self.subjects.get(&customer) else { return Ok(()) };
        let owner = subject.owner_id.and_then(|id| self.staff.get(&id).cloned());
        *self.out.weeks.entry(monday(day)).or_default() += 1;
        for ((step, state), score) in play.steps().iter().zip(&run.steps).zip(scores) {
            let is_done = state.standing == Standing::Done;
            let Some(on) = state.finished_on.filter(|_| is_done) else { continue };
            if step.is_work() {
                let weeks = self.out.tasks.entry(owner.clone()).or_default();
                *weeks.entry(monday(state.due_on.unwrap_or(on))).or_default() += 1;
            }
            if let Doing::Mail { .. } = &step.doing {
                self.count_letter(
                    app,
                    subject,
                    step,
                    (on, *score),
                    owner.as_ref().filter(|o| !o.has_left).map(|o| o.name.as_str()),
                )
                .await?;
            }
        }
        let until = run.ended.map(|(_, end)| end);
        self.out.met.push(Meeting { customer, name: subject.name.clone(), day, owner, until, has_run });
        Ok(())
    }

    async fn count_letter(
        &mut self,
        app: &App,
        subject: &Subject,
        step: &Step,
        (day, score): (Day, Option<f64>),
        owner: Option<&str>,
    ) -> Result<()> {
        let Doing::Mail { to, subject: head, body, .. } = &step.doing else { return Ok(()) };
        self.out.letters += 1;
        let Some((person, address)) = store::find_person(app, self.settings.workspace, subject.id, to).await? else {
            self.out.held.without_person += 1;
            return Ok(());
        };
        if address.is_empty() {
            self.out.held.without_address += 1;
            return Ok(());
        }
        let days = self.out.to_person.entry((subject.id, person.clone())).or_default();
        let within = |(_, span): (u32, u32)| {
            days.iter().filter(|d| day.0 - d.0 < i32::try_from(span).unwrap_or(i32::MAX)).count()
        };
        if self
            .limit
            .is_some_and(|limit| limit.0 > 0 && within(limit) >= usize::try_from(limit.0).unwrap_or(usize::MAX))
        {
            self.out.held.by_pressure += 1;
            return Ok(());
        }
        days.push(day);
        if self.out.examples.len() < LETTERS_MAX && self.out.examples.iter().all(|l| l.name != subject.name) {
            // As they would go out, whoever looks at the page.
            let lang = self.settings.pack.letters_in;
            let filling = Filling {
                customer: subject.name.clone(),
                person: person.clone(),
                owner: owner.unwrap_or_default().to_owned(),
                score: score.map(|s| format!("{s:.0}")).unwrap_or_default(),
                date: say_day(day, lang),
            };
            let text = |t: &kizashi_domain::lang::Text| fill(t.get(lang), &filling);
            self.out.examples.push(Letter {
                name: subject.name.clone(),
                person,
                day,
                subject: text(head),
                body: text(body),
            });
        }
        Ok(())
    }

    fn finish(self) -> Rehearsal {
        let Counting { span, weeks, mut met, left_out, tasks, letters, held, examples, to_person } = self.out;
        let customers: HashSet<_> = met.iter().map(|m| m.customer).collect();
        let running = met.iter().filter(|m| m.has_run).count();
        met.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.name.cmp(&b.name)));
        let meetings = met.len();
        met.truncate(SHOWN_MAX);
        let load = |(owner, weeks): (Option<Owner>, BTreeMap<Day, usize>)| {
            let fullest = weeks.iter().max_by_key(|(_, n)| **n).map_or((span.0, 0), |(day, n)| (*day, *n));
            Load { owner, tasks: weeks.values().sum(), fullest }
        };
        let mut loads: Vec<Load> = tasks.into_iter().map(load).collect();
        loads.sort_by(|a, b| b.tasks.cmp(&a.tasks).then_with(|| a.owner.cmp(&b.owner)));
        Rehearsal {
            span,
            meetings,
            customers: customers.len(),
            running,
            met,
            left_out: left_out.into_iter().collect(),
            tasks: loads.iter().map(|l| l.tasks).sum(),
            letters,
            letters_per_person_max: to_person.values().map(Vec::len).max().unwrap_or(0),
            held,
            examples,
            letters_in: self.settings.pack.letters_in,
            loads,
            weeks: weeks.into_iter().collect(),
            in_force: None,
        }
    }
}
