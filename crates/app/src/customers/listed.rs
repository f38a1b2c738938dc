//! The list of customers: what it is asked, and what it answers.

use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Id, Staff};
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Points, lowest first (判定不能 last).
    #[default]
    Points,
    /// Change of points since the last business day, largest fall first.
    Change,
    /// MRR, largest first.
    Mrr,
    /// Notice deadline, nearest first.
    Notice,
    /// Name by its reading.
    Name,
    /// Last contact, oldest first.
    Contact,
}

impl Sort {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Points, Self::Change, Self::Mrr, Self::Notice, Self::Name, Self::Contact];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Change => "change",
            Self::Mrr => "mrr",
            Self::Notice => "notice",
            Self::Name => "name",
            Self::Contact => "contact",
        }
    }

    /// Reads [`Sort::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// Which customers, in which order. Empty texts and `None` filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Part of a name, reading, code or domain, in any spelling; folded here.
    pub search: String,
    /// Only this band.
    pub band: Option<Band>,
    /// Only this stage.
    pub stage: String,
    /// Only this segment.
    pub segment: String,
    /// Only customers of this owner.
    pub owner: Option<Id<Staff>>,
    /// Only those that were heard from neither in a talk nor by an inquiry for so many days.
    pub silent_days: Option<i32>,
    /// Also those that have left.
    pub with_churned: bool,
    /// Order.
    pub sort: Sort,
    /// The other way round.
    pub reverse: bool,
    /// Where the page starts: [`ListPage::next`] of the page before.
    pub after: Option<String>,
    /// Rows of a page (at most `limits::PAGE_ROWS_MAX`).
    pub rows: i64,
}

/// One row of the list.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// Customer.
    pub id: Id<Customer>,
    /// Code in the source.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Reading; may be empty.
    pub reading: String,
    /// Stage; may be empty.
    pub stage: String,
    /// Segment; may be empty.
    pub segment: String,
    /// Region; may be empty.
    pub region: String,
    /// Name of the owner.
    pub owner: Option<String>,
    /// Whether that person has left.
    pub has_owner_left: bool,
    /// Points, when there is a verdict.
    pub points: Option<i64>,
    /// Band; `None` while never scored.
    pub band: Option<Band>,
    /// Coverage in percent.
    pub coverage: i64,
    /// Change of points since the last business day.
    pub change: i64,
    /// Points of up to 90 days, oldest first; `None` = no verdict that day.
    pub spark: Vec<Option<i64>>,
    /// MRR.
    pub mrr: Option<Money>,
    /// Plan; may be empty.
    pub plan: String,
    /// Notice deadline of the contract in force.
    pub notice_on: Option<Day>,
    /// Last day of the contract in force.
    pub end_day: Option<Day>,
    /// Last two-way contact.
    pub contact_at: Option<Time>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// Rows.
    pub rows: Vec<ListRow>,
    /// How many match in all.
    pub total: i64,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// What the filters offer.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Stages in use.
    pub stages: Vec<String>,
    /// Segments in use.
    pub segments: Vec<String>,
    /// Staff who own customers or may.
    pub owners: Vec<(Id<Staff>, String)>,
}

/// A saved view of the list.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// View.
    pub id: Id<kizashi_domain::id::View>,
    /// Name.
    pub name: String,
    /// Query string of the address.
    pub query: String,
    /// Everybody sees it.
    pub is_shared: bool,
    /// Who shares it, when that is somebody else.
    pub by: Option<String>,
}
