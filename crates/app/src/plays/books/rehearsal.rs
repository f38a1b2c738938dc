//! この四半期なら: whom a play would have met in the last quarter, and what it would have asked and sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::plays::{
    ContractDates, Doing, Entry, Filling, Known, Play, Refusal, RunState, Standing, Step, fill, foretell, judge_entry,
};
use kizashi_domain::signals::SCORE;
use kizashi_domain::time::Day;

use super::{Book, figures, store};
use crate::dictionary::Census;
use crate::measure::{Subject, Which, load_subjects};
use crate::plays::runs::dates_on;
use crate::settings::Settings;
use crate::{App, Result};

/// Days of a rehearsal.
const QUARTER_DAYS: i32 = 91;
/// Customers, and letters, that a rehearsal shows.
const SHOWN_MAX: usize = 12;
const LETTERS_MAX: usize = 3;

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
    pub owner: Option<String>,
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
    pub owner: Option<String>,
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
    /// Work of each colleague, the most first.
    pub loads: Vec<Load>,
    /// Starts a week: its Monday and how many.
    pub weeks: Vec<(Day, usize)>,
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

/// Rehearses a play over the last quarter. `limit` = at most so many letters to one person in so many days.
pub async fn rehearse(
    app: &App,
    settings: &Settings,
    census: &Census,
    book: &Book,
    (lang, limit): (Lang, Option<(u32, u32)>),
) -> Result<Rehearsal> {
    let today = settings.day_of(app.now());
    let span = (today.plus(-QUARTER_DAYS), today.plus(-1));
    let subjects = load_subjects(app, settings.workspace, Which::All).await?;
    let subjects: HashMap<Id<Customer>, Subject> = subjects.into_values().map(|s| (s.id, s)).collect();
    let staff: HashMap<Id<Staff>, String> = store::list_staff(app, settings.workspace).await?.into_iter().collect();
    let calls = list_calls(app, settings, book, &subjects, span).await?;
    let began = figures::list_began(app, settings.workspace, &book.play.id, span).await?;
    let wanted: HashSet<Id<Customer>> = calls.iter().map(|(customer, _)| *customer).collect();
    let values = Values::read(census, &book.play, &wanted);
    let mut stage =
        Stage { settings, values: &values, lang, limit, staff: &staff, subjects: &subjects, out: blank(span) };
    let mut last: HashMap<Id<Customer>, (Day, Option<Day>)> = HashMap::new();
    let mut starts = Vec::new();
    for (customer, day) in calls {
        let Some(subject) = subjects.get(&customer) else { continue };
        let profile = subject.profile_at(day, None);
        let before = last.get(&customer);
        let is_open = before.is_some_and(|(_, end)| end.is_none_or(|end| end >= day));
        let entry = Entry { profile: &profile, day, is_open, last: before.map(|(began, _)| *began) };
        match judge_entry(&book.play, &entry) {
            Err(why) => stage.leave_out(reason(why)),
            Ok(()) => {
                let known = Today { values: &values, subject, today };
                let run = foretell(&book.play, day, &settings.calendar, &known);
                let end = run.ended.map(|(_, end)| end);
                last.insert(customer, (day, end));
                starts.push((customer, day, run));
            }
        }
    }
    for (customer, day, run) in &starts {
        let has_run = began.iter().any(|(c, on)| c == customer && on >= day);
        stage.count(app, (*customer, *day), &book.play, run, has_run).await?;
    }
    Ok(stage.finish())
}

/// What the play looks at, of the customers concerned, as it is today.
struct Values(HashMap<String, HashMap<Id<Customer>, f64>>);

impl Values {
    fn read(census: &Census, play: &Play, wanted: &HashSet<Id<Customer>>) -> Self {
        let subjects: HashSet<&str> = play.subjects().into_iter().chain([SCORE]).collect();
        Self(subjects.into_iter().map(|of| (of.to_owned(), census.list_values(of, wanted))).collect())
    }

    fn find(&self, customer: Id<Customer>, of: &str) -> Option<f64> {
        self.0.get(of)?.get(&customer).copied()
    }
}

struct Today<'a> {
    values: &'a Values,
    subject: &'a Subject,
    today: Day,
}

impl Known for Today<'_> {
    fn value(&self, of: &str, _: Day) -> Option<f64> {
        self.values.find(self.subject.id, of)
    }
    fn dates(&self, day: Day) -> ContractDates {
        let day = day.min(self.today);
        dates_on(&self.subject.attributes, day, Some(day))
    }
    fn changes_after(&self, day: Day) -> bool {
        day < self.today
    }
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

/// When each customer would have called for the play, oldest first.
async fn list_calls(
    app: &App,
    settings: &Settings,
    book: &Book,
    subjects: &HashMap<Id<Customer>, Subject>,
    span: (Day, Day),
) -> Result<Vec<(Id<Customer>, Day)>> {
    let ws: Id<Workspace> = settings.workspace;
    let mut calls: HashSet<(Id<Customer>, Day)> = HashSet::new();
    for rule in &book.signals {
        calls.extend(store::list_fired(app, ws, rule, span).await?);
    }
    if let Some(start) = &book.play.start {
        let instants = (settings.zone.start_of(span.0), settings.zone.end_of(span.1));
        let set = store::list_entered(app, ws, &start.stage, instants).await?;
        let set = set.into_iter().map(|(customer, at)| (customer, settings.day_of(at)));
        let new = subjects
            .values()
            .filter_map(|s| Some((s.id, s.profile.since?)))
            .filter(|(_, d)| span.0 <= *d && *d <= span.1);
        for (customer, day) in set.chain(new) {
            let Some(subject) = subjects.get(&customer) else { continue };
            let stage_on = |day| subject.profile_at(day, None).stage;
            let is_new = subject.profile.since.is_some_and(|since| since >= day);
            let was_other = is_new || stage_on(day.plus(-1)).as_deref() != Some(start.stage.as_str());
            if was_other && stage_on(day).as_deref() == Some(start.stage.as_str()) {
                calls.insert((customer, day));
            }
        }
    }
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.sort_by_key(|(customer, day)| (*day, *customer));
    Ok(calls)
}

#[derive(Default)]
struct Counting {
    span: (Day, Day),
    weeks: BTreeMap<Day, usize>,
    met: Vec<Meeting>,
    left_out: BTreeMap<&'static str, usize>,
    tasks: BTreeMap<Option<String>, BTreeMap<Day, usize>>,
    letters: usize,
    held: Held,
    examples: Vec<Letter>,
    to_person: HashMap<(Id<Customer>, String), Vec<Day>>,
}

struct Stage<'a> {
    settings: &'a Settings,
    values: &'a Values,
    lang: Lang,
    limit: Option<(u32, u32)>,
    staff: &'a HashMap<Id<Staff>, String>,
    subjects: &'a HashMap<Id<Customer>, Subject>,
    out: Counting,
}

impl Stage<'_> {
    fn leave_out(&mut self, why: &'static str) {
        *self.out.left_out.entry(why).or_default() += 1;
    }

    async fn count(
        &mut self,
        app: &App,
        (customer, day): (Id<Customer>, Day),
        play: &Play,
        run: &RunState,
        has_run: bool,
    ) -> Result<()> {
        let Some(subject) = self.subjects.get(&customer) else { return Ok(()) };
        let owner = subject.owner_id.and_then(|id| self.staff.get(&id).cloned());
        *self.out.weeks.entry(monday(day)).or_default() += 1;
        for (step, state) in play.steps().iter().zip(&run.steps) {
            let is_done = state.standing == Standing::Done;
            let Some(on) = state.finished_on.filter(|_| is_done) else { continue };
            if step.is_work() {
                let weeks = self.out.tasks.entry(owner.clone()).or_default();
                *weeks.entry(monday(state.due_on.unwrap_or(on))).or_default() += 1;
            }
            if let Doing::Mail { .. } = &step.doing {
                self.count_letter(app, subject, step, on, owner.as_deref()).await?;
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
        day: Day,
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
            let score = self.values.find(subject.id, SCORE);
            let filling = Filling {
                customer: subject.name.clone(),
                person: person.clone(),
                owner: owner.unwrap_or_default().to_owned(),
                score: score.map(|s| format!("{s:.0}")).unwrap_or_default(),
                date: day.to_string(),
            };
            let text = |t: &kizashi_domain::lang::Text| fill(t.get(self.lang), &filling);
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
        let load = |(owner, weeks): (Option<String>, BTreeMap<Day, usize>)| {
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
            loads,
            weeks: weeks.into_iter().collect(),
        }
    }
}

/// A customer whose name stands in a preview of a letter.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Name of the customer, its score, and who looks after it.
    pub filling: Filling,
    /// The person for each role that was asked for.
    pub people: HashMap<String, String>,
}

/// A real customer to preview letters with: one that has a person with the role of the first letter.
pub async fn find_sample(app: &App, settings: &Settings, play: &Play) -> Result<Option<Sample>> {
    let role = |step: &Step| if let Doing::Mail { to, .. } = &step.doing { Some(to.clone()) } else { None };
    let roles: Vec<String> = play.steps.iter().filter_map(role).collect();
    let Some(role) = roles.first() else { return Ok(None) };
    let Some(found) = store::find_customer_with(app, settings.workspace, role).await? else { return Ok(None) };
    let mut people = HashMap::new();
    for role in roles {
        if let Some((person, _)) = store::find_person(app, settings.workspace, found.id, &role).await? {
            people.insert(role, person);
        }
    }
    let filling = Filling {
        customer: found.name,
        person: String::new(),
        owner: found.owner.unwrap_or_default(),
        score: found.points.map(|p| p.to_string()).unwrap_or_default(),
        date: settings.day_of(app.now()).to_string(),
    };
    Ok(Some(Sample { filling, people }))
}
