//! What whoever takes customers over reads: a page a customer, drawn together from what every capability knows. It is read for many
//! customers at once, so that a portfolio takes about as many questions as one customer.

mod next;
mod read;

use std::collections::HashMap;

use kizashi_domain::handover::{HunchEnd, Next, Record, judge_hunch};
use kizashi_domain::id::{Customer, Id, Staff, Ticket, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::{Day, Time};

use super::listed::ListRow;
use super::page::find_row;
use super::read::{CustomerPage, HistoryPoint, HunchView};
use super::{people, reckon, store};
use crate::measure::{Subject, Which, load_subjects};
use crate::plays::{CardRow, CustomerPlays, RunRow, TaskRow};
use crate::rooms::{Briefed, Decision, RoomRow, Similar};
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// A score this many days old still says where a customer stood.
const SCORE_DAYS: i32 = 7;
/// Deals of one customer that are told.
const DEALS_MAX: usize = 50;

/// An inquiry that nobody has closed.
#[derive(Clone, Debug)]
pub struct OpenTicket {
    /// Which.
    pub id: Id<Ticket>,
    /// Subject.
    pub subject: String,
    /// Category.
    pub category: String,
    /// When it came.
    pub opened_at: Time,
    /// When it was answered first.
    pub answered_at: Option<Time>,
}

/// A hunch beside what came later.
#[derive(Clone, Debug)]
pub struct JudgedHunch {
    /// The hunch.
    pub hunch: HunchView,
    /// What became of it.
    pub end: HunchEnd,
    /// The score when it was felt, and at its end or now.
    pub points: (Option<i64>, Option<i64>),
}

/// A play under way, and what is to be done in it now.
#[derive(Clone, Debug)]
pub struct RunningPlay {
    /// The run.
    pub run: RunRow,
    /// Its open steps that are somebody's work, the first due first; none while it waits or stands still.
    pub tasks: Vec<TaskRow>,
}

/// One time that somebody was in touch with a customer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When.
    pub at: Time,
    /// `mail` `call` `meeting` `visit` `note` or one's own.
    pub kind: String,
    /// Who of ours; empty when nobody knows.
    pub staff: String,
    /// Who of theirs; empty when nobody knows.
    pub contact: String,
    /// Its subject; often empty.
    pub about: String,
    /// The beginning of its text.
    pub said: String,
}

/// What somebody promised in a talk, a letter or a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// When it was written down.
    pub at: Time,
    /// The sentence.
    pub words: String,
    /// Who of ours; empty when nobody knows.
    pub staff: String,
}

/// What support had to do with a customer in the last [`SUPPORT_DAYS`] days.
#[derive(Clone, Debug)]
pub struct SupportPast {
    /// Inquiries that came.
    pub count: i64,
    /// Subject of the last one.
    pub last: String,
    /// When the last one came.
    pub last_at: Time,
}

/// So many days of support are told.
pub const SUPPORT_DAYS: i32 = 90;

/// Something to do: what it says, and where it is.
#[derive(Clone, Debug)]
pub struct NextItem {
    /// What it says; empty when its kind says it.
    pub text: Text,
    /// The page that it leads to.
    pub address: String,
    /// Why it is proposed; `None` = it is open.
    pub why: Option<NextWhy>,
}

/// The fact for which something is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextWhy {
    /// It was taken over from somebody on a day.
    TakenOver(String, Day),
    /// A card asks for a room.
    RedAccount,
    /// Its points, and no card.
    NoCard(Option<i64>),
    /// Somebody has not been heard of since a day, or never.
    Silent(String, Option<Day>),
    /// Its notice deadline.
    Notice(Day),
    /// What it is after, and until when; empty = nobody has written that down.
    Goal(String, Option<Day>),
}

/// Everything that a new owner of a customer needs.
#[derive(Clone, Debug)]
pub struct Briefing {
    /// The customer; without what the briefing does not tell: use, files, relatives, and cards that are closed.
    pub page: CustomerPage,
    /// The last times that somebody was in touch, the newest first.
    pub exchanges: Vec<Exchange>,
    /// What was promised apart from deals, the newest first.
    pub promises: Vec<Promise>,
    /// What support had to do with it lately.
    pub support: Option<SupportPast>,
    /// Closed cards of others that began like its open risks.
    pub similar: Similar,
    /// Open inquiries, the oldest first.
    pub tickets: Vec<OpenTicket>,
    /// Plays under way, with their open tasks.
    pub plays: Vec<RunningPlay>,
    /// The open room.
    pub room: Option<RoomRow>,
    /// What was decided, the newest first.
    pub decisions: Vec<Decision>,
    /// Hunches about this customer, the newest first.
    pub hunches: Vec<JudgedHunch>,
    /// How right those who felt them were, over all customers.
    pub records: Vec<(String, Record)>,
    /// What to do first.
    pub next: Vec<Next<NextItem>>,
}

/// Opens the briefing of a customer.
pub async fn open_briefing(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Briefing> {
    // What waits to be scored is scored first, as on the page of the customer.
    find_row(app, ws, customer, true).await?;
    list_briefings(app, ws, &[customer]).await?.pop().ok_or_else(|| Refused::NotFound.into())
}

/// The briefings of these customers, in this order; customers that are not there are left out.
pub async fn list_briefings(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Vec<Briefing>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let mut known = Known::load(app, &settings, customers).await?;
    let mut briefings = Vec::with_capacity(customers.len());
    for customer in customers {
        briefings.extend(known.brief(&settings, *customer));
    }
    Ok(briefings)
}

/// Everything that is told of some customers.
struct Known {
    today: Day,
    rows: HashMap<Id<Customer>, ListRow>,
    subjects: HashMap<Id<Customer>, Subject>,
    judged: HashMap<Id<Customer>, reckon::Judged>,
    facts: HashMap<Id<Customer>, read::Facts>,
    aims: HashMap<Id<Customer>, HashMap<String, String>>,
    history: HashMap<Id<Customer>, Vec<HistoryPoint>>,
    contacts: HashMap<Id<Customer>, Vec<super::ContactView>>,
    terms: HashMap<Id<Customer>, Vec<super::ContractView>>,
    deals: HashMap<Id<Customer>, Vec<crate::deals::DealView>>,
    cards: HashMap<Id<Customer>, Vec<CardRow>>,
    overrides: HashMap<Id<Customer>, Vec<crate::health::OverrideView>>,
    hunches: HashMap<Id<Customer>, Vec<(Id<Staff>, HunchView)>>,
    records: HashMap<Id<Staff>, Record>,
    tickets: HashMap<Id<Customer>, Vec<OpenTicket>>,
    support: HashMap<Id<Customer>, SupportPast>,
    exchanges: HashMap<Id<Customer>, Vec<Exchange>>,
    promises: HashMap<Id<Customer>, Vec<Promise>>,
    similar: HashMap<Id<Customer>, Similar>,
    plays: HashMap<Id<Customer>, Vec<RunningPlay>>,
    rooms: HashMap<Id<Customer>, Briefed>,
    handed: HashMap<Id<Customer>, (String, Time)>,
}

impl Known {
    async fn load(app: &App, settings: &Settings, ids: &[Id<Customer>]) -> Result<Self> {
        let (ws, today) = (settings.workspace, settings.day_of(app.now()));
        let rows: HashMap<_, _> =
            store::list_rows_of(app, ws, ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let codes: Vec<String> = rows.values().map(|row| row.external_id.clone()).collect();
        let subjects = load_subjects(app, ws, Which::Only(&codes)).await?;
        let hunches = read::list_hunches(app, ws, ids).await?;
        let records = read::list_records(app, settings, hunches.values().flatten().map(|(staff, _)| *staff)).await?;
        let keys = read::keys(ids);
        Ok(Self {
            today,
            judged: reckon::judge_now(app, settings, subjects.clone(), today).await?,
            subjects: subjects.into_values().map(|subject| (subject.id, subject)).collect(),
            facts: read::list_facts(app, ws, ids).await?,
            aims: read::list_aims(app, ws, ids, today).await?,
            history: read::list_history(app, ws, ids, today).await?,
            contacts: people::list_contacts_of_many(app, ws, ids, today).await?,
            terms: people::list_terms_in_force(app, ws, ids, today).await?,
            deals: by(crate::deals::list_deals_of_many(app, ws, ids).await?, |deal| Some(deal.customer)),
            cards: by(crate::plays::list_open_cards_of(app, ws, ids).await?, |card| card.customer_id),
            overrides: by(crate::health::list_overrides_in_force(app, ws, keys, today).await?, |o| Some(o.customer)),
            tickets: read::list_tickets(app, ws, ids).await?,
            support: read::list_support(app, ws, ids, settings.zone.start_of(today.plus(1 - SUPPORT_DAYS))).await?,
            exchanges: read::list_exchanges(app, ws, ids).await?,
            promises: read::list_promises(app, ws, ids).await?,
            similar: crate::rooms::list_similar_of(app, ws, ids).await?,
            plays: by(running(crate::plays::open_plays_of_many(app, ws, ids).await?), |play| {
                Some(play.run.customer_id)
            }),
            rooms: crate::rooms::list_briefed(app, ws, today, ids).await?,
            handed: read::list_handed(app, ws, ids).await?,
            rows,
            hunches,
            records,
        })
    }

    /// What is told of one customer.
    fn brief(&mut self, settings: &Settings, id: Id<Customer>) -> Option<Briefing> {
        let page = self.page(id)?;
        let (tickets, plays) = (take(&mut self.tickets, id), take(&mut self.plays, id));
        let Briefed { room, actions, decisions } = take(&mut self.rooms, id);
        let felt = take(&mut self.hunches, id);
        let judge = |hunch: HunchView| {
            let from = settings.day_of(hunch.at);
            let points = (points_on(&page, from), points_on(&page, hunch.until_day.min(self.today)));
            let end = judge_hunch(hunch.feeling, (from, hunch.until_day, self.today), points, page.churned_on);
            JudgedHunch { hunch, end, points }
        };
        let mut records: Vec<(Id<Staff>, String, Record)> = Vec::new();
        for (staff, hunch) in &felt {
            if records.iter().all(|(known, ..)| known != staff) {
                let record = self.records.get(staff).copied().unwrap_or_default();
                records.push((*staff, hunch.staff.clone(), record));
            }
        }
        let (exchanges, handed) = (take(&mut self.exchanges, id), self.handed.remove(&id));
        let open = next::Open {
            tickets: &tickets,
            plays: &plays,
            actions: &actions,
            decisions: &decisions,
            exchanges: &exchanges,
            handed: handed.as_ref(),
        };
        Some(Briefing {
            next: next::find_next(&page, room.as_ref(), &open, (settings, self.today)),
            hunches: felt.into_iter().map(|(_, hunch)| judge(hunch)).collect(),
            records: records.into_iter().map(|(_, name, record)| (name, record)).collect(),
            exchanges,
            promises: take(&mut self.promises, id),
            support: self.support.remove(&id),
            similar: take(&mut self.similar, id),
            tickets,
            plays,
            room,
            decisions,
            page,
        })
    }

    fn page(&mut self, id: Id<Customer>) -> Option<CustomerPage> {
        let (mut row, subject) = (self.rows.remove(&id)?, self.subjects.remove(&id)?);
        let (profile, facts) = (subject.profile_at(self.today, None), self.facts.remove(&id)?);
        let judged = self.judged.remove(&id);
        if let Some(judged) = &judged {
            (row.points, row.band) = (judged.verdict.shown().map(i64::from), Some(judged.verdict.band));
        }
        let (mut verdict, mut change, mut sentence, mut since) = (None, None, Text::default(), self.today);
        if let Some(judged) = judged {
            (verdict, change) = (Some(judged.verdict), Some(judged.change));
            (sentence, since) = (judged.sentence, judged.since);
        }
        let mut deals = take(&mut self.deals, id);
        deals.truncate(DEALS_MAX);
        Some(CustomerPage {
            industry: facts.industry,
            employees: profile.employees,
            goal: facts.goal,
            aims: take(&mut self.aims, id),
            since_day: profile.since,
            churned_on: profile.churned_on,
            day: self.today,
            verdict,
            change_since: since,
            change,
            under_old: None,
            sentence,
            history: take(&mut self.history, id),
            usage: Vec::new(),
            contacts: take(&mut self.contacts, id),
            contracts: take(&mut self.terms, id),
            deals,
            files: Vec::new(),
            cards: take(&mut self.cards, id),
            hunches: Vec::new(),
            overrides: take(&mut self.overrides, id),
            parent: None,
            children: Vec::new(),
            scored_at: facts.scored_at,
            as_of: None,
            row,
        })
    }
}

fn take<T: Default>(of: &mut HashMap<Id<Customer>, T>, id: Id<Customer>) -> T {
    of.remove(&id).unwrap_or_default()
}

/// Rows by their customer, in the order in which they are.
fn by<T>(rows: Vec<T>, customer: impl Fn(&T) -> Option<Id<Customer>>) -> HashMap<Id<Customer>, Vec<T>> {
    let mut found: HashMap<Id<Customer>, Vec<T>> = HashMap::new();
    for row in rows {
        if let Some(customer) = customer(&row) {
            found.entry(customer).or_default().push(row);
        }
    }
    found
}

/// Runs, each with its tasks.
fn running(plays: CustomerPlays) -> Vec<RunningPlay> {
    let CustomerPlays { runs, tasks } = plays;
    let own = |run: &RunRow| tasks.iter().filter(|task| task.run == run.id).cloned().collect();
    runs.into_iter().map(|run| RunningPlay { tasks: own(&run), run }).collect()
}

/// The score of a day, or of one shortly before it.
fn points_on(page: &CustomerPage, day: Day) -> Option<i64> {
    let known = page.history.iter().rev().find(|point| point.day <= day && point.points.is_some())?;
    known.points.filter(|_| known.day > day.plus(-SCORE_DAYS))
}
