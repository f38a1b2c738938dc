//! Records: what is known about a customer besides events. A field that is `None` was not given and changes nothing.

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::time::{Day, Time};

/// What a file or message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum RecordKind {
    Events,
    Customers,
    Contacts,
    Contracts,
    Deals,
    Activities,
    Tickets,
    Responses,
}

impl RecordKind {
    /// All kinds, in the order in which they are best imported.
    pub const ALL: [Self; 8] = [
        Self::Customers,
        Self::Contacts,
        Self::Contracts,
        Self::Deals,
        Self::Activities,
        Self::Tickets,
        Self::Responses,
        Self::Events,
    ];

    /// The word on the command line and in map files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Customers => "customers",
            Self::Contacts => "contacts",
            Self::Contracts => "contracts",
            Self::Deals => "deals",
            Self::Activities => "activities",
            Self::Tickets => "tickets",
            Self::Responses => "responses",
        }
    }

    /// The field that says by its code which customer is meant.
    pub const fn customer_field(self) -> &'static str {
        match self {
            Self::Customers => "external_id",
            _ => "customer",
        }
    }

    /// Reads [`RecordKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// A record of any kind but events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Record {
    Customer(CustomerRow),
    Contact(ContactRow),
    Contract(ContractRow),
    Deal(DealRow),
    Activity(ActivityRow),
    Ticket(TicketRow),
    Response(ResponseRow),
}

impl Record {
    /// Its kind.
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Customer(_) => RecordKind::Customers,
            Self::Contact(_) => RecordKind::Contacts,
            Self::Contract(_) => RecordKind::Contracts,
            Self::Deal(_) => RecordKind::Deals,
            Self::Activity(_) => RecordKind::Activities,
            Self::Ticket(_) => RecordKind::Tickets,
            Self::Response(_) => RecordKind::Responses,
        }
    }

    /// Its own external id.
    pub fn code(&self) -> &str {
        match self {
            Self::Customer(r) => &r.external_id,
            Self::Contact(r) => &r.external_id,
            Self::Contract(r) => &r.external_id,
            Self::Deal(r) => &r.external_id,
            Self::Activity(r) => &r.external_id,
            Self::Ticket(r) => &r.external_id,
            Self::Response(r) => &r.external_id,
        }
    }

    /// Who of ours it names: by mail address or by name.
    pub fn colleague(&self) -> Option<&str> {
        match self {
            Self::Customer(r) => r.owner.as_deref(),
            Self::Deal(r) => r.owner.as_deref(),
            Self::Activity(r) => r.staff.as_deref(),
            _ => None,
        }
    }

    /// The external id of the customer it belongs to; empty for a call of somebody whom nobody knows.
    pub fn customer(&self) -> &str {
        match self {
            Self::Customer(r) => &r.external_id,
            Self::Contact(r) => &r.customer,
            Self::Contract(r) => &r.customer,
            Self::Deal(r) => &r.customer,
            Self::Activity(r) => &r.customer,
            Self::Ticket(r) => &r.customer,
            Self::Response(r) => &r.customer,
        }
    }
}

/// A customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerRow {
    /// The customer's code in the source; the key.
    pub external_id: String,
    /// Name as shown.
    pub name: Option<String>,
    /// Reading in kana (フリガナ).
    pub reading: Option<String>,
    /// External id of the parent.
    pub parent: Option<String>,
    /// Segment.
    pub segment: Option<String>,
    /// Lifecycle stage: `onboarding`, `adoption`, `expansion`, `renewal`, `churned` or a word of one's own.
    pub stage: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Number of employees.
    pub employees: Option<i64>,
    /// E-mail address of the owner (a member of staff).
    pub owner: Option<String>,
    /// What the customer wants to reach with the product.
    pub goal: Option<String>,
    /// By what one sees that the goal is reached: a figure with its unit, in words.
    pub goal_target: Option<String>,
    /// The day by which the goal is to be reached.
    pub goal_on: Option<Day>,
    /// One of [`GOAL_STATES`], or empty.
    pub goal_state: Option<String>,
    /// 利用目的: what the customer uses the product for.
    pub purpose: Option<String>,
    /// 課題: what stands in the customer's way.
    pub challenges: Option<String>,
    /// 環境: what the customer works with, who does what, what must be minded.
    pub environment: Option<String>,
    /// Domain of the customer's mail addresses.
    pub domain: Option<String>,
    /// First day as a customer.
    pub since: Option<Day>,
    /// Last day as a customer, when it has left.
    pub churned_on: Option<Day>,
    /// Figures of one's own, dated by `as_of`: name and value (`nps`, `felt`, `seats` …).
    pub figures: Vec<(String, f64)>,
    /// The day from which `figures` and the other fields hold; the day of receipt when not given.
    pub as_of: Option<Day>,
    /// Names of numbers, days, figures and the owner that a person emptied; files and programs cannot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
}

/// Fields of a customer that say what it is after and what it works with. They have versions alone, no column of their own.
pub const AIMS: [&str; 6] = ["goal_target", "goal_on", "goal_state", "purpose", "challenges", "environment"];

/// How a goal stands.
pub const GOAL_STATES: [&str; 4] = ["open", "reached", "missed", "dropped"];

impl CustomerRow {
    /// What the row says of [`AIMS`]; an empty text ends one.
    pub fn aims(&self) -> Vec<(&'static str, String)> {
        let said = |name: &str| match name {
            "goal_target" => self.goal_target.clone(),
            "goal_on" => self.goal_on.map(|day| day.to_string()),
            "goal_state" => self.goal_state.clone(),
            "purpose" => self.purpose.clone(),
            "challenges" => self.challenges.clone(),
            _ => self.environment.clone(),
        };
        let or_cleared = |name: &str| said(name).or_else(|| self.clears(name).then(String::new));
        AIMS.into_iter().filter_map(|name| Some((name, or_cleared(name)?.trim().to_owned()))).collect()
    }

    /// Whether a person emptied a field.
    pub fn clears(&self, field: &str) -> bool {
        self.cleared.iter().any(|name| name == field)
    }

    /// The figures that hold from a day on; infinity = the end of one that was emptied.
    pub fn steps(&self, from: Day) -> Vec<(&str, Day, f64)> {
        let given = self.figures.iter().map(|(name, value)| (name.as_str(), from, *value));
        let is_figure = |name: &&String| !matches!(name.as_str(), "since" | "churned_on" | "owner" | "goal_on");
        given.chain(self.cleared.iter().filter(is_figure).map(|name| (name.as_str(), from, f64::INFINITY))).collect()
    }
}

/// A person inside a customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactRow {
    /// The person's id in the source; the key within the source.
    pub external_id: String,
    /// External id of the customer.
    pub customer: String,
    /// Name as shown.
    pub name: Option<String>,
    /// Reading in kana.
    pub reading: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// `admin` 管理者 · `key_person` キーパーソン · `champion` 推進役 · `user` 利用者.
    pub role: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// The day on which the person left.
    pub left_on: Option<Day>,
}

/// A version of a contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractRow {
    /// The contract's id in the source; rows with the same id are versions of one contract, told apart by `start`.
    pub external_id: String,
    /// External id of the customer.
    pub customer: String,
    /// Plan.
    pub plan: Option<String>,
    /// Seats.
    pub seats: Option<i64>,
    /// Amount of the whole term, tax excluded.
    pub amount: Option<Money>,
    /// Months of the term; MRR = amount ÷ months.
    pub months: Option<i64>,
    /// First day of the term.
    pub start: Option<Day>,
    /// Last day of the term.
    pub end: Option<Day>,
    /// 自動更新: renews by itself unless notice is given.
    pub auto_renew: Option<bool>,
    /// Days of notice before `end`; the notice deadline is the business day on or before `end - notice_days`.
    pub notice_days: Option<i64>,
}

/// A deal: something to be sold to a customer, before it is one or after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DealRow {
    /// The deal's id in the source; the key within the source.
    pub external_id: String,
    /// External id of the customer.
    pub customer: String,
    /// What it is about.
    pub title: Option<String>,
    /// `new` 新規 · `upsell` アップセル · `cross_sell` クロスセル · `renewal` 更新.
    pub kind: Option<String>,
    /// A stage of the pack, [`crate::deals::WON`], [`crate::deals::LOST`], or a word of one's own.
    pub stage: Option<String>,
    /// What it is worth, tax excluded.
    pub amount: Option<Money>,
    /// 確度: how likely it is won, in percent.
    pub probability: Option<i64>,
    /// The day on which it began: the first inquiry.
    pub opened_on: Option<Day>,
    /// The day on which it is expected to be decided.
    pub closes_on: Option<Day>,
    /// The day on which it was won or lost.
    pub closed_on: Option<Day>,
    /// E-mail address of the member of staff who sells.
    pub owner: Option<String>,
    /// What is to be done next.
    pub next_step: Option<String>,
    /// By when.
    pub next_on: Option<Day>,
    /// 最初の問い合わせ: how the customer first came to us.
    pub origin: Option<String>,
    /// What was promised while selling (営業が約束したこと).
    pub promise: Option<String>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// Names of fields that a person emptied; files and programs cannot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
}

/// A visit, call, mail, meeting or note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivityRow {
    /// The id in the source.
    pub external_id: String,
    /// External id of the customer.
    pub customer: String,
    /// External id of the person, when known.
    pub contact: Option<String>,
    /// `visit` · `call` · `mail` · `meeting` · `note`.
    pub kind: String,
    /// `in` (the customer came to us), `out` (we went to the customer) or `both` (two-way).
    pub direction: Option<String>,
    /// When.
    pub at: Time,
    /// Mail address of the member of staff.
    pub staff: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Text.
    pub body: Option<String>,
}

/// An inquiry: a call, a mail, a chat, a form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketRow {
    /// The id in the source.
    pub external_id: String,
    /// External id of the customer; empty for a caller whom nobody knows, of calls and of what was given up.
    pub customer: String,
    /// Category.
    pub category: Option<String>,
    /// `phone` · `mail` · `chat` · `form` …
    pub channel: Option<String>,
    /// `in` (the customer came to us) or `out` (we went to the customer); `in` when not given.
    pub direction: Option<String>,
    /// `high` · `normal` · `low` or a word of one's own.
    pub priority: Option<String>,
    /// `open` · `waiting` · `closed` or a word of one's own.
    pub status: Option<String>,
    /// Who answers: a name or mail address as the source has it.
    pub operator: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Text.
    pub body: Option<String>,
    /// When it was opened.
    pub opened_at: Time,
    /// When it was first answered.
    pub answered_at: Option<Time>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// 通話時間: seconds of conversation.
    pub talk_s: Option<i64>,
    /// 後処理時間 (ACW): seconds of work after the conversation.
    pub wrap_up_s: Option<i64>,
    /// 対応時間: seconds of work in all.
    pub handling_s: Option<i64>,
    /// 放棄: the caller hung up before anybody answered.
    pub abandoned: Option<bool>,
    /// Satisfaction, 1–5.
    pub satisfaction: Option<i64>,
}

/// An answer to a survey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseRow {
    /// The id in the source.
    pub external_id: String,
    /// External id of the customer.
    pub customer: String,
    /// External id of the person, when known.
    pub contact: Option<String>,
    /// `nps` (0–10), `csat` (1–5) or a name of one's own.
    pub survey: String,
    /// The rating.
    pub score: Option<f64>,
    /// Free text.
    pub comment: Option<String>,
    /// When.
    pub at: Time,
}
