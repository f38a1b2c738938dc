//! The port to usage history at rest. `lake` implements it; `app` uses it.

use crate::intake::{EventBatch, Joined};
use crate::time::{Day, Time};

/// Event names of the history, by code.
#[derive(Clone, Debug, Default)]
pub struct Names(pub Vec<String>);

impl Names {
    /// The code of a name, if it ever occurred.
    pub fn code(&self, name: &str) -> Option<u32> {
        self.0.iter().position(|n| n == name).and_then(|i| u32::try_from(i).ok())
    }
}

/// The events of one customer, sorted by (occurred_at, arrival), each fact once. All slices have one length.
#[derive(Clone, Copy, Debug)]
pub struct CustomerEvents<'a> {
    /// External id of the customer.
    pub customer: &'a str,
    /// Business-zone day of each event.
    pub days: &'a [i32],
    /// Code of the event's name ([`Names`]).
    pub names: &'a [u32],
    /// Code of the user, dense within this customer from 0; `u32::MAX` when no user is known.
    pub users: &'a [u32],
    /// How many different users occur: codes are below it.
    pub user_count: u32,
    /// What stands for each user ([`Source::user_key`]), in ascending order: the place is the code. Empty when the history does
    /// not say.
    pub user_keys: &'a [u64],
    /// Value carried; NaN when none.
    pub values: &'a [f64],
    /// Business-zone day on which we learned of each event; `None` when every event is counted as known when it happened.
    pub received_days: Option<&'a [i32]>,
    /// Business-zone day from which on each event no longer counts, because it was corrected or deleted; `i32::MAX` = it still
    /// does. `None` when all of them do.
    pub retracted_days: Option<&'a [i32]>,
}

impl CustomerEvents<'_> {
    /// The code of a user by its key; `None` when that user never did anything here.
    pub fn user_code(&self, key: u64) -> Option<u32> {
        self.user_keys.binary_search(&key).ok().and_then(|place| u32::try_from(place).ok())
    }

    /// Whether the event at a place counts with what was known by the end of a day; `None` = with everything known.
    pub fn is_known(&self, place: usize, known: Option<Day>) -> bool {
        let at = |days: &[i32]| days.get(place).copied();
        let retracted = self.retracted_days.and_then(at).unwrap_or(i32::MAX);
        match known {
            None => retracted == i32::MAX,
            Some(known) => {
                let received = at(self.received_days.unwrap_or(self.days)).unwrap_or(i32::MAX);
                received <= known.0 && known.0 < retracted
            }
        }
    }
}

/// Which customers to visit.
#[derive(Clone, Debug)]
pub enum Selection<'a> {
    /// All that have events.
    All,
    /// These external ids, sorted or not.
    Only(&'a [String]),
}

/// How much of each customer's history is asked for: every event of the day `since` and later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The first day of which every event is needed.
    pub since: Day,
    /// Of the time before that day, the last day of each event name; else nothing of it.
    pub last_of_names: bool,
}

/// How a history is looked at. By default whole, as it is known today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Only so much of it; `None` = all. More may come than is asked for.
    pub reach: Option<Reach>,
    /// What was received on the day of this instant but after it counts as received on the day after, so that a day is
    /// enough to tell what was known.
    pub known_at: Option<Time>,
}

/// One event of a timeline, owned.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// Source it came from.
    pub source: String,
    /// User, if known.
    pub user: Option<String>,
    /// Name of the event.
    pub name: String,
    /// When it happened.
    pub occurred_at: Time,
    /// When we learned of it.
    pub received_at: Time,
    /// Whether `received_at` is assumed.
    pub assumed: bool,
    /// Value carried.
    pub value: Option<f64>,
    /// JSON object, empty when none.
    pub properties: String,
}

/// What became of an appended batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Appended {
    /// Events made durable by this call. Duplicates are told apart later, when the log is folded in.
    pub durable: u64,
}

/// How a source's events arrived: the base of feed liveness.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// Name of the source.
    pub source: String,
    /// When its last event was received.
    pub last_received_at: Time,
    /// When its last event happened.
    pub last_occurred_at: Time,
    /// Events a day, by the day they happened, sorted by day.
    pub per_day: Vec<(Day, u64)>,
    /// Days on which something was received, sorted, each once. Assumed receipts are left out: nobody knows when they came.
    pub received: Vec<Day>,
    /// Codes of the event names that it brought ([`Names`]), sorted; `None` when that was not written down.
    pub names: Option<Vec<u32>>,
}

/// Why the history could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The disk is full or over quota: nothing was acknowledged; ask again later.
    #[error("no space left for usage history")]
    NoSpace,
    /// A stored file does not hold what was written.
    #[error("usage history is damaged: {0}")]
    Damaged(String),
    /// Anything else that the machine reports.
    #[error("usage history: {0}")]
    Io(#[from] std::io::Error),
}

/// What became of a load.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Events that are new.
    pub accepted: u64,
    /// Rows that say something else of an event that was known: a new version each.
    pub corrected: u64,
    /// Rows that delete an event.
    pub deleted: u64,
    /// Rows that say nothing new: their id was there already, in the load or in the history.
    pub duplicates: u64,
    /// Customers that had no events before.
    pub new_customers: u64,
    /// Customers whose history changed, sorted.
    pub touched: Vec<String>,
}

impl Loaded {
    /// Rows that changed what is known.
    pub const fn kept(&self) -> u64 {
        self.accepted + self.corrected + self.deleted
    }
}

/// Many events of one source that become visible at once, or not at all. Dropped without a commit it leaves no trace.
pub trait Bulk: Send + Sync {
    /// Adds a batch.
    fn add(&self, batch: &EventBatch) -> Result<(), SourceError>;
    /// What a commit would say now. Writes nothing.
    fn count(&self) -> Result<Loaded, SourceError>;
    /// Makes all events visible at once, durably. With a receipt (letters, digits and `-`) the load can be withdrawn under that name.
    fn commit(self: Box<Self>, receipt: Option<&str>) -> Result<Loaded, SourceError>;
}

/// What is to be taken back.
#[derive(Clone, Copy, Debug)]
pub enum Withdrawal<'a> {
    /// The load with this receipt.
    Load(&'a str),
    /// These events: customer and external id.
    Events(&'a [(String, String)]),
}

/// What was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Withdrawn {
    /// Events that no longer count.
    pub events: u64,
    /// Customers whose history changed, sorted.
    pub touched: Vec<String>,
}

/// Usage history at rest. Calls block; run them where blocking is allowed.
pub trait Source: Send + Sync {
    /// Makes a batch durable (on disk, flushed) before it returns. Idempotent on (source, id).
    fn append(&self, source: &str, batch: &EventBatch) -> Result<Appended, SourceError>;

    /// Begins a load of one source. Rows that correct or delete without saying when that was learned count as learned `now`.
    fn begin_load(&self, source: &str, now: Time) -> Result<Box<dyn Bulk>, SourceError>;

    /// Takes back events of a source: they count at no time, and what they had corrected holds again. The same events may come again.
    fn withdraw(&self, source: &str, what: Withdrawal<'_>) -> Result<Withdrawn, SourceError>;

    /// From now on the events of codes that are gone count for those into whom they went, wherever customers are visited or
    /// listed. Replaces what was said before; is not kept.
    fn join(&self, joined: Joined);

    /// What stands for a user in [`CustomerEvents::user_keys`]; `None` when this history has no such thing.
    fn user_key(&self, user: &str) -> Option<u64> {
        let _ = user;
        None
    }

    /// Event names by code; grows, never changes.
    fn names(&self) -> Result<Names, SourceError>;

    /// Visits the events of each selected customer once, from several threads at a time.
    /// Sees everything that was appended before the call.
    fn visit(&self, selection: Selection<'_>, each: &(dyn Fn(CustomerEvents<'_>) + Sync)) -> Result<(), SourceError>;

    /// Like [`Source::visit`], but through a view. With a reach, events that stand for the last days of names carry neither
    /// user nor value, and a customer without any event that is asked for may be left out.
    fn visit_as(
        &self,
        selection: Selection<'_>,
        view: View,
        each: &(dyn Fn(CustomerEvents<'_>) + Sync),
    ) -> Result<(), SourceError> {
        match view.known_at {
            None => self.visit(selection, each),
            Some(_) => Err(SourceError::Io(std::io::ErrorKind::Unsupported.into())),
        }
    }

    /// The latest `limit` events of a customer that happened before `before`, newest first.
    fn timeline(&self, customer: &str, before: Option<Time>, limit: usize) -> Result<Vec<HistoryEvent>, SourceError>;

    /// External ids of all customers with events, sorted.
    fn customers(&self) -> Result<Vec<String>, SourceError>;

    /// Arrivals of each source.
    fn arrivals(&self) -> Result<Vec<Arrivals>, SourceError>;
}
