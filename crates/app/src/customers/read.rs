//! What the pages about customers show.
use std::collections::HashMap;

use kizashi_domain::health::{Band, Change, Verdict};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::lang::Text;
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};

use super::as_of::AsOf;
use super::listed::ListRow;
use super::written::NoteRef;
use crate::deals::DealView;
use crate::files::FileView;
use crate::health::OverrideView;
use crate::plays::CardRow;

/// A person inside the customer.
#[derive(Clone, Debug)]
pub struct ContactView {
    /// Name.
    pub name: String,
    /// Reading.
    pub reading: String,
    /// Title.
    pub title: String,
    /// `admin` `key_person` `champion` `user` or one's own.
    pub role: String,
    /// Mail address.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// When the person left.
    pub left_on: Option<Day>,
    /// Last contact with this person.
    pub contact_at: Option<Time>,
}

/// A term of a contract.
#[derive(Clone, Debug)]
pub struct ContractView {
    /// Plan.
    pub plan: String,
    /// Seats.
    pub seats: Option<i64>,
    /// MRR.
    pub mrr: Option<Money>,
    /// First day.
    pub start_day: Day,
    /// Last day.
    pub end_day: Day,
    /// Months of the term.
    pub months: i64,
    /// Renews by itself.
    pub auto_renew: bool,
    /// 解約通知期限.
    pub notice_on: Day,
    /// In force on the day of the page.
    pub in_force: bool,
}

/// A hunch.
#[derive(Clone, Debug)]
pub struct HunchView {
    /// Who.
    pub staff: String,
    /// −2 … +2.
    pub feeling: i64,
    /// 1 … 3.
    pub confidence: i64,
    /// Until when it is meant.
    pub until_day: Day,
    /// Words.
    pub note: String,
    /// When.
    pub at: Time,
}

/// A line of figures for a chart.
#[derive(Clone, Debug)]
pub struct UsageSeries {
    /// Id of the metric.
    pub metric: String,
    /// Title.
    pub title: Text,
    /// Unit word of the metric.
    pub unit: String,
    /// (day, value); `None` = not measured, to be drawn as a gap.
    pub points: Vec<(Day, Option<f64>)>,
}

/// A day of the score's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPoint {
    /// Day.
    pub day: Day,
    /// Points; `None` = 判定不能.
    pub points: Option<i64>,
    /// Band.
    pub band: Band,
    /// Least and greatest score possible that day.
    pub range: (i64, i64),
    /// Version of the settings.
    pub settings_version: i64,
    /// 再計算: the points with everything known now, when they are others under the same settings.
    pub again: Option<Option<i64>>,
}

/// A customer related by parentage.
#[derive(Clone, Debug)]
pub struct Relative {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// Band.
    pub band: Option<Band>,
    /// Points.
    pub points: Option<i64>,
    /// MRR.
    pub mrr: Option<Money>,
}

/// The page of one customer, but for its timeline.
#[derive(Clone, Debug)]
pub struct CustomerPage {
    /// The row of the list.
    pub row: ListRow,
    /// Industry.
    pub industry: String,
    /// Employees.
    pub employees: Option<i64>,
    /// What the customer wants to reach.
    pub goal: String,
    /// By what one sees that it is reached, until when, and how it stands; purpose, challenges, environment: by name.
    pub aims: HashMap<String, String>,
    /// First day as a customer.
    pub since_day: Option<Day>,
    /// Last day, when it has left.
    pub churned_on: Option<Day>,
    /// The day of the verdict.
    pub day: Day,
    /// The verdict with its lines; `None` while never scored.
    pub verdict: Option<Verdict>,
    /// Since when the change counts (the last business day).
    pub change_since: Day,
    /// The change, split.
    pub change: Option<Change>,
    /// The same facts under the settings of the earlier day, when those were others.
    pub under_old: Option<Verdict>,
    /// The generated sentence.
    pub sentence: Text,
    /// Score by day, oldest first.
    pub history: Vec<HistoryPoint>,
    /// Usage charts.
    pub usage: Vec<UsageSeries>,
    /// People; those who left last.
    pub contacts: Vec<ContactView>,
    /// Contracts, newest first.
    pub contracts: Vec<ContractView>,
    /// Deals: open ones by their next step, then those decided.
    pub deals: Vec<DealView>,
    /// Files, the newest first.
    pub files: Vec<FileView>,
    /// Open cards first, then the latest closed.
    pub cards: Vec<CardRow>,
    /// Hunches, newest first.
    pub hunches: Vec<HunchView>,
    /// What people said over the score, newest first.
    pub overrides: Vec<OverrideView>,
    /// Parent.
    pub parent: Option<Relative>,
    /// Children, worst first.
    pub children: Vec<Relative>,
    /// When it was scored.
    pub scored_at: Option<Time>,
    /// When the page shows an earlier day.
    pub as_of: Option<AsOf>,
}

/// What a line of the timeline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TimelineKind {
    Usage,
    Activity,
    Ticket,
    Response,
    Contract,
    Card,
    Hunch,
    Contact,
}

impl TimelineKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Activity,
        Self::Ticket,
        Self::Response,
        Self::Card,
        Self::Hunch,
        Self::Contract,
        Self::Contact,
        Self::Usage,
    ];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Activity => "activity",
            Self::Ticket => "ticket",
            Self::Response => "response",
            Self::Contract => "contract",
            Self::Card => "card",
            Self::Hunch => "hunch",
            Self::Contact => "contact",
        }
    }

    /// Reads [`TimelineKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// A line of the timeline.
#[derive(Clone, Debug)]
pub struct TimelineRow {
    /// When it happened.
    pub at: Time,
    /// What kind.
    pub kind: TimelineKind,
    /// A word of the record: kind of activity, channel of a ticket, name of an event, step of a card.
    pub what: String,
    /// Title or subject as written by people; may be empty.
    pub title: String,
    /// Text as written by people; may be empty.
    pub text: String,
    /// Who, when known.
    pub who: String,
    /// A figure: score of an answer, number of merged usage events.
    pub figure: Option<f64>,
    /// Learned of it more than a day later.
    pub learned_at: Option<Time>,
    /// What somebody wrote down here by hand.
    pub note: Option<NoteRef>,
}

/// A page of the timeline, newest first.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Lines.
    pub rows: Vec<TimelineRow>,
    /// Show what happened before this instant for the next page.
    pub next_before: Option<Time>,
}
