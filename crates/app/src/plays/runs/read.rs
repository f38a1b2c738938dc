//! What the pages about runs show.

use kizashi_domain::id::{Card, Contact, Customer, Id, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::{Dating, End, Kind, Play, Step, StepState};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::onboarding::{Behind, OnboardingRow};

/// Why a run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A card named the play.
    Card,
    /// The customer entered a stage.
    Stage,
    /// A date called for it.
    Date,
    /// A person began it.
    Hand,
}

impl Cause {
    /// The word in the database and in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Stage => "stage",
            Self::Date => "date",
            Self::Hand => "hand",
        }
    }

    /// Reads [`Cause::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Card, Self::Stage, Self::Date, Self::Hand].into_iter().find(|c| c.word() == word)
    }
}

/// Which runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunTab {
    /// Under way.
    #[default]
    Open,
    /// Under way, with a step past its day.
    Late,
    /// Standing still.
    Paused,
    /// Over.
    Ended,
}

impl RunTab {
    /// All, in their order on the page.
    pub const ALL: [Self; 4] = [Self::Open, Self::Late, Self::Paused, Self::Ended];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Late => "late",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

/// Which runs a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunQuery {
    /// State.
    pub tab: RunTab,
    /// Id of a play; empty = all.
    pub play: String,
    /// Only those of this owner.
    pub owner: Option<Id<Staff>>,
    /// Cursor: [`RunList::next`].
    pub after: Option<String>,
    /// Rows of a page.
    pub rows: i64,
}

/// A run in a list.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// Its id.
    pub id: Uuid,
    /// Customer.
    pub customer_id: Id<Customer>,
    /// Its name.
    pub customer: String,
    /// Id of the play.
    pub play: String,
    /// Title of the play.
    pub title: Text,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Whether that person has left.
    pub has_owner_left: bool,
    /// When it began.
    pub started_on: Day,
    /// By when all of it is to be done.
    pub due_day: Day,
    /// When the next open step is due.
    pub next_due: Option<Day>,
    /// Since when it stands still.
    pub paused_on: Option<Day>,
    /// How and when it ended.
    pub ended: Option<(End, Day)>,
    /// How many steps are over.
    pub done: i64,
    /// How many steps there are, without those that a branch left; all of them once it ended early.
    pub steps: i64,
    /// Titles of the open steps.
    pub now: Vec<Text>,
}

impl RunRow {
    /// Whether a step is past its day. What stands still or is over is not late.
    pub fn is_late(&self, today: Day) -> bool {
        self.ended.is_none() && self.paused_on.is_none() && self.next_due.is_some_and(|due| due < today)
    }
}

/// A page of runs.
#[derive(Clone, Debug, Default)]
pub struct RunList {
    /// Late ones first; ended ones newest first.
    pub rows: Vec<RunRow>,
    /// How many match.
    pub total: i64,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Plays of which there are runs: id and title.
    pub plays: Vec<(String, Text)>,
    /// Of one play: how many of its runs under way follow an older version of it.
    pub behind: i64,
}

/// A letter as it would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// To whom; `None` = nobody with an address has this role.
    pub to: Option<String>,
    /// Id of that person.
    pub contact: Option<Id<Contact>>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// The words of a letter as a person sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Whom the person saw above the letter; it goes to nobody else.
    pub to: Option<Id<Contact>>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// A letter that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// To whom.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Whether a person changed the words that the play had ready.
    pub is_reworded: bool,
}

/// A step on the page of a run.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Id of its row.
    pub task: Uuid,
    /// What the play says.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// How its due day came about, when it is dated back from a date of the contract.
    pub dating: Option<Dating>,
    /// Who does it.
    pub owner: Option<String>,
    /// Whether that person has left.
    pub has_owner_left: bool,
    /// Who answered.
    pub finished_by: Option<String>,
    /// When.
    pub finished_at: Option<Time>,
    /// Whether the product did it.
    pub performed: bool,
    /// What was said to it.
    pub note: String,
    /// Titles of the steps that it waits for.
    pub waits_for: Vec<Text>,
    /// Milestones that it begins for when they are not reached in time.
    pub begins_if_missed: Vec<Text>,
    /// The condition that it looks at, in words.
    pub condition: Option<Text>,
    /// What a branch saw of it, in words; `None` = nothing was measured.
    pub seen: Option<Text>,
    /// The letter that it writes, while it is open.
    pub letter: Option<Letter>,
    /// The letter that it wrote.
    pub sent: Option<Sent>,
    /// Whether the answer can be taken back.
    pub can_undo: bool,
}

/// The page of a run.
#[derive(Clone, Debug)]
pub struct RunPage {
    /// The run.
    pub row: RunRow,
    /// The play as it was published.
    pub play: Play,
    /// The version of the settings that it follows.
    pub version: i64,
    /// The version that it could move to: the play reads otherwise there.
    pub newer: Option<i64>,
    /// Its steps.
    pub steps: Vec<StepView>,
    /// The card that it answers.
    pub card: Option<Id<Card>>,
    /// Why it began.
    pub cause: Option<Cause>,
    /// Who began it.
    pub started_by: Option<String>,
    /// Why it stands still.
    pub paused_why: String,
    /// Why it was ended.
    pub ended_why: String,
}

/// An open step in somebody's list of work.
#[derive(Clone, Debug)]
pub struct TaskRow {
    /// Its id.
    pub task: Uuid,
    /// Its run.
    pub run: Uuid,
    /// Customer.
    pub customer_id: Id<Customer>,
    /// Its name.
    pub customer: String,
    /// What is to be done.
    pub title: Text,
    /// Of which play.
    pub play: Text,
    /// Kind of the step.
    pub kind: Kind,
    /// By when.
    pub due_day: Day,
    /// Who.
    pub owner: Option<String>,
    /// Whether that person has left.
    pub has_owner_left: bool,
}

/// Plays of one customer.
#[derive(Clone, Debug, Default)]
pub struct CustomerPlays {
    /// Runs, open ones first.
    pub runs: Vec<RunRow>,
    /// Open steps of them that are somebody's work, the first due first.
    pub tasks: Vec<TaskRow>,
}

/// How a stage of onboarding went, by the month in which it began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cohort {
    /// First day of the month.
    pub month: Day,
    /// Runs that began.
    pub started: i64,
    /// Those that went through to the end.
    pub completed: i64,
    /// Those that ended otherwise.
    pub ended: i64,
    /// Days from the start to the last milestone, of those that went through: the middle one.
    pub days_to_complete: Option<i64>,
    /// Days from the start to the first milestone of value, of those that reached it: the middle one.
    pub days_to_value: Option<i64>,
}

/// A milestone over all runs of a play.
#[derive(Clone, Debug, PartialEq)]
pub struct MilestoneRow {
    /// Title.
    pub title: Text,
    /// Business days from the start, as the play expects.
    pub expected: i64,
    /// Business days that it took, the middle one.
    pub actual: Option<i64>,
    /// How many reached it.
    pub reached: i64,
    /// How many have not, and are past the expected day.
    pub late: i64,
    /// How many runs have it.
    pub of: i64,
    /// Id of its step.
    pub step: String,
}

/// The page about onboarding.
#[derive(Clone, Debug, Default)]
pub struct Onboarding {
    /// Plays with milestones: id and title.
    pub plays: Vec<(String, Text)>,
    /// The one that is shown.
    pub play: String,
    /// The milestone that stands for first value.
    pub value: Option<Text>,
    /// By month, newest first.
    pub cohorts: Vec<Cohort>,
    /// Its milestones in order.
    pub milestones: Vec<MilestoneRow>,
    /// Customers that are going through it now: late ones first, the latest first, then by the day of the next milestone.
    pub under_way: Vec<OnboardingRow>,
    /// How many of these there are in all.
    pub under_way_total: i64,
    /// The runs behind a figure that was asked for, the newest first, and how many there are in all.
    pub behind: Option<(Behind, Vec<OnboardingRow>, i64)>,
}
