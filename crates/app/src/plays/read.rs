//! What the pages about cards show.

use kizashi_domain::health::Band;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::money::Money;
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardState {
    /// 新規.
    New,
    /// 対応中.
    Taken,
    /// 顧客待ち.
    Waiting,
    /// 完了.
    Closed,
}

/// How a card ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 解決.
    Solved,
    /// 未解決.
    Unsolved,
    /// 誤検知.
    FalseAlarm,
    /// 自然回復.
    Recovered,
}

impl Outcome {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Solved, Self::Unsolved, Self::FalseAlarm, Self::Recovered];

    /// The word in the database, in forms and addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Unsolved => "unsolved",
            Self::FalseAlarm => "false_alarm",
            Self::Recovered => "recovered",
        }
    }

    /// Reads [`Outcome::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }
}

/// One card in a list.
#[derive(Clone, Debug)]
pub struct CardRow {
    /// Card.
    pub id: Id<Card>,
    /// Its customer; `None` for a data card.
    pub customer_id: Option<Id<Customer>>,
    /// Name of the customer, or of the source.
    pub subject: String,
    /// Kind.
    pub kind: CardKind,
    /// State.
    pub state: CardState,
    /// Title.
    pub title: Text,
    /// 何を.
    pub what: Text,
    /// Why, one sentence a cause.
    pub why: Vec<Text>,
    /// いつまでに.
    pub due_day: Day,
    /// 誰が.
    pub owner: Option<String>,
    /// Owner's id.
    pub owner_id: Option<Id<Staff>>,
    /// The customer's band now.
    pub band: Option<Band>,
    /// The customer's points now.
    pub points: Option<i64>,
    /// Change of points since the last business day.
    pub change: i64,
    /// MRR.
    pub mrr: Option<Money>,
    /// Notice deadline of the contract in force.
    pub notice_on: Option<Day>,
    /// When it was opened.
    pub opened_at: Time,
    /// Put off until this day.
    pub snoozed_until: Option<Day>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What came of it.
    pub outcome_note: String,
}

/// A step in the life of a card.
#[derive(Clone, Debug)]
pub struct CardStep {
    /// `opened` `updated` `taken` `waiting` `snoozed` `woken` `closed` `reopened` `noted`.
    pub step: String,
    /// Words.
    pub note: String,
    /// Who; `None` = the product itself.
    pub staff: Option<String>,
    /// When.
    pub at: Time,
}

/// The page of one card.
#[derive(Clone, Debug)]
pub struct CardPage {
    /// The card.
    pub row: CardRow,
    /// The standard answer: title and steps.
    pub play: Option<(Text, Vec<Text>)>,
    /// Runs of it, the newest first.
    pub runs: Vec<super::RunRow>,
    /// Which rules fired, and on which day.
    pub causes: Vec<(String, Day, Text)>,
    /// Its life so far, newest first.
    pub steps: Vec<CardStep>,
}

/// Which cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardQuery {
    /// Only cards of this owner.
    pub owner: Option<Id<Staff>>,
    /// Only this kind.
    pub kind: Option<CardKind>,
    /// Closed ones instead of open ones.
    pub closed: bool,
    /// Only those put off (snoozed).
    pub snoozed: bool,
    /// Cursor: [`CardList::next`].
    pub after: Option<String>,
    /// Rows of a page.
    pub rows: i64,
}

/// A page of cards.
#[derive(Clone, Debug)]
pub struct CardList {
    /// Cards, most urgent first (closed: newest first).
    pub rows: Vec<CardRow>,
    /// How many match.
    pub total: i64,
    /// Cursor of the next page.
    pub next: Option<String>,
}
