//! What notices say: data that every way draws in its own words.

use kizashi_domain::id::{Card, Customer, Id};
use kizashi_domain::lang::Text;
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// The morning's work.
    Digest(Digest),
    /// Something that cannot wait for the morning.
    Instant(Instant),
    /// Only says that the way works.
    Test,
}

/// Something that cannot wait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instant {
    /// One line that says what it is.
    pub title: Text,
    /// Why, and what to do; may be empty.
    pub text: Text,
    /// Name of the customer; may be empty.
    pub subject: String,
    /// 何を; may be empty.
    pub what: Text,
    /// いつまでに; `None` = nothing is due.
    pub due: Option<Day>,
    /// 誰が; empty = nobody yet.
    pub owner: String,
}

/// The morning's work of one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    /// The morning.
    pub day: Day,
    /// The business day before it.
    pub since: Day,
    /// Customers with a sign since then.
    pub new_signs: i64,
    /// The cards of the day, most urgent first.
    pub cards: Vec<DigestCard>,
    /// Steps of plays that are the person's and due by the morning: the first of them.
    pub tasks: Vec<DigestTask>,
    /// How many of these there are in all.
    pub tasks_total: i64,
    /// How many of these are past their day.
    pub tasks_late: i64,
    /// Actions of red account rooms that are the person's and due by the morning: the first of them.
    pub actions: Vec<DigestTask>,
    /// How many of these there are in all.
    pub actions_total: i64,
    /// How many of these are past their day.
    pub actions_late: i64,
    /// Meetings of the person's rooms until the next business day.
    pub meetings: Vec<DigestMeeting>,
    /// How many were kept quiet.
    pub quiet_total: i64,
    /// Notice deadlines that come near: the first of them.
    pub deadlines: Vec<DigestDeadline>,
    /// How many of these there are in all; 0 = as many as are named.
    pub deadlines_total: i64,
    /// Sources from which nothing comes.
    pub quiet_sources: Vec<DigestSource>,
    /// Notes in which the person is meant and that they have not seen.
    pub mentions: i64,
}

impl Digest {
    /// What is in it of the person's own: tasks, actions and meetings of rooms, words to them.
    #[must_use]
    pub fn without_customers(self) -> Self {
        Self {
            new_signs: 0,
            cards: Vec::new(),
            quiet_total: 0,
            deadlines: Vec::new(),
            deadlines_total: 0,
            quiet_sources: Vec::new(),
            ..self
        }
    }

    /// Whether there is nothing to do and nothing to know.
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty()
            && self.tasks_total == 0
            && self.actions_total == 0
            && self.meetings.is_empty()
            && self.deadlines.is_empty()
            && self.quiet_sources.is_empty()
            && self.mentions == 0
            && self.new_signs == 0
    }
}

/// A card of the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestCard {
    /// Card.
    pub id: Id<Card>,
    /// Customer; `None` = a source.
    pub customer: Option<Id<Customer>>,
    /// Whom it is about.
    pub subject: String,
    /// Band of the customer, as a word; empty for a source.
    pub band: String,
    /// Points of the customer.
    pub points: Option<i64>,
    /// 何を.
    pub what: Text,
    /// Why: the gravest cause.
    pub why: Text,
    /// いつまでに.
    pub due: Day,
    /// Notice deadline.
    pub notice_on: Option<Day>,
    /// 誰が, where that is not the reader; empty = nobody yet.
    #[serde(default)]
    pub owner: Option<String>,
    /// Whether somebody has begun: `taken`, or `waiting` for the customer; empty = nobody.
    #[serde(default)]
    pub state: String,
}

/// A step of a play, or an action of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestTask {
    /// Name of the customer.
    pub subject: String,
    /// What is to be done.
    pub what: Text,
    /// Until when.
    pub due: Day,
    /// The page that it leads to.
    pub page: String,
}

/// The next meeting of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestMeeting {
    /// Name of the customer.
    pub subject: String,
    /// The day.
    pub day: Day,
    /// What about; may be empty.
    pub agenda: String,
    /// The page of the room.
    pub page: String,
}

/// A notice deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestDeadline {
    /// Customer.
    pub customer: Id<Customer>,
    /// Name.
    pub name: String,
    /// The day.
    pub day: Day,
}

/// A source that is silent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestSource {
    /// Name.
    pub source: String,
    /// The last day with data.
    pub last_day: Day,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_that_were_kept_before_are_still_read() {
        let instant = r#"{"kind":"instant","title":{"ja":"解約の言葉","en":"Cancelling"},"text":{"ja":"面談を","en":"Meet"},"subject":"ミナト"}"#;
        let Content::Instant(instant) = serde_json::from_str(instant).unwrap() else { panic!() };
        assert_eq!((instant.text.ja.as_str(), instant.due, instant.owner.as_str()), ("面談を", None, ""));
        let digest = r#"{"kind":"digest","day":20777,"since":20776,"cards":[{"id":"00000000-0000-0000-0000-000000000000","customer":null,
            "subject":"ミナト","band":"red","points":41,"what":{"ja":"","en":""},"why":{"ja":"","en":""},"due":20778,"notice_on":null}]}"#;
        let Content::Digest(digest) = serde_json::from_str(digest).unwrap() else { panic!() };
        assert_eq!((digest.cards[0].owner.as_deref(), digest.actions_total, digest.meetings.len()), (None, 0, 0));
    }
}
