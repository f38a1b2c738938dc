//! What the pages about cards show.

use kizashi_domain::health::Band;
use kizashi_domain::id::{Card, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::money::Money;
use kizashi_domain::signals::{Because, CardKind, FalseReason};
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
    /// For each of them the day since which it is a stumble, where it is one that goes on: the sentence counts to the day on which the
    /// rule fired.
    pub stumbling: Vec<Option<Day>>,
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
    /// How much it presses, 0 to 1000.
    pub priority: f64,
    /// Its owner has left: it belongs to nobody.
    pub has_owner_left: bool,
    /// Which limit has passed.
    pub late: Option<Late>,
    /// The limit that comes next, or has passed.
    pub limit: Option<(Late, Time)>,
    /// What it was opened for has been over for so long that it could be closed.
    pub is_over: bool,
    /// When the customer left or is going to leave.
    pub leaves_on: Option<Day>,
    /// For how many days it has been over.
    pub healthy_days: i64,
    /// Why it was a false alarm: a word of [`FALSE_REASONS`], or empty.
    pub false_reason: String,
    /// A person made it.
    pub is_made_by_hand: bool,
    /// A key account inside its lead time: never kept quiet. Known on the morning page and the card's own.
    pub is_never_quiet: bool,
    /// A red account made it, and it is open: it proposes a room, unless one of the customer is open.
    pub asks_room: bool,
}

/// A limit that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Late {
    /// Nobody has answered.
    Answer,
    /// It is not closed.
    Closing,
}

/// Why a card was a false alarm.
pub const FALSE_REASONS: [&str; 5] = [
    FalseReason::Known.word(),
    FalseReason::WrongData.word(),
    FalseReason::TooSensitive.word(),
    FalseReason::Season.word(),
    FalseReason::Other.word(),
];

/// A reason for a card: a firing of a rule.
#[derive(Clone, Debug)]
pub struct CauseRow {
    /// The rule's id.
    pub rule: String,
    /// The day on which it fired.
    pub day: Day,
    /// One sentence.
    pub why: Text,
    /// The figures that it saw.
    pub figures: Vec<Because>,
    /// Key of the fact that it is about; empty for what lasts.
    pub fact: String,
}

/// What goes on although its card was closed as solved or unsolved, while none is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastingSign {
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// Since when it stands.
    pub fired_day: Day,
    /// The card that was closed.
    pub card: Id<Card>,
    /// When.
    pub closed_at: Time,
    /// How it ended.
    pub outcome: Outcome,
}

/// What was seen and made no card, because its rule was cooling down.
#[derive(Clone, Debug)]
pub struct QuietSign {
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub name: String,
    /// The rule's id.
    pub rule: String,
    /// Seen since.
    pub from_day: Day,
    /// Seen last.
    pub last_day: Day,
    /// When the rule fired last.
    pub fired_day: Day,
}

/// Several signs that are one card.
#[derive(Clone, Debug)]
pub struct MergedCard {
    /// The card.
    pub card: Id<Card>,
    /// Name of the customer.
    pub subject: String,
    /// Ids of the rules behind it.
    pub rules: Vec<String>,
}

/// Words on a card in which somebody is meant.
#[derive(Clone, Debug)]
pub struct CardMention {
    /// The words.
    pub step: Id<CardStep>,
    /// The card.
    pub card: Id<Card>,
    /// Name of its customer.
    pub subject: String,
    /// Who wrote them.
    pub who: String,
    /// What they say.
    pub text: String,
    /// When.
    pub at: Time,
}

/// A step in the life of a card.
#[derive(Clone, Debug)]
pub struct CardStep {
    /// `opened` `updated` `taken` `released` `waiting` `snoozed` `woken` `closed` `reopened` `noted` `handed` `assigned` `moved`
    /// `undone` `joined` `parted` `recovered` `late_answer` `late_closing`.
    pub step: String,
    /// Words.
    pub note: String,
    /// Who; `None` = the product itself.
    pub staff: Option<String>,
    /// When.
    pub at: Time,
}

/// Who helps with a card.
#[derive(Clone, Debug)]
pub struct Helper {
    /// Who.
    pub id: Id<Staff>,
    /// Name.
    pub name: String,
    /// Whether they have left.
    pub has_left: bool,
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
    pub causes: Vec<CauseRow>,
    /// Titles of the rules that are still there, by id.
    pub rules: Vec<(String, Text)>,
    /// Who helps.
    pub associates: Vec<Helper>,
    /// Why it was put off.
    pub snooze_reason: String,
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
    /// Only those that belong to nobody: without an owner, or with one who has left.
    pub nobody: bool,
    /// Only those with which this person helps.
    pub helping: Option<Id<Staff>>,
    /// Only open ones in this state.
    pub state: Option<CardState>,
    /// Only those whose title, task or customer's name holds this text.
    pub search: String,
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
    /// When a text was looked for among more cards than are looked through: in how many of them, the most urgent.
    pub looked_at: Option<i64>,
}
