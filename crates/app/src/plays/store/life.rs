//! What people and time change on a card, and how.

use kizashi_db::row;
use kizashi_domain::id::{Id, Staff};
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};

use crate::plays::read::CardState;
use crate::{Error, Result};

row! {
    /// What people and time change on a card.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(in crate::plays) struct Life {
        pub version: i64, pub owner_id: Option<Id<Staff>>, pub due_day: Day, pub taken_at: Option<Time>, pub taken_by: Option<Id<Staff>>,
        pub waiting_at: Option<Time>, pub snoozed_until: Option<Day>, pub snooze_reason: Option<String>, pub touched_at: Option<Time>,
        pub answered_at: Option<Time>, pub answer_due_at: Option<Time>, pub close_due_at: Option<Time>, pub healthy_days: i64, pub healthy_day: Option<Day>, pub healthy_from_day: Option<Day>, pub escalated: i64,
        pub closed_at: Option<Time>, pub closed_by: Option<Id<Staff>>, pub outcome: Option<String>, pub outcome_note: Option<String>,
        pub false_reason: String,
    }
}

impl Life {
    /// A person does something with the card.
    pub fn touch(&mut self, at: Time) {
        self.touched_at = self.touched_at.or(Some(at));
    }

    /// A person answers the card: its limit of answer is met.
    pub fn answer(&mut self, at: Time) {
        self.touch(at);
        self.answered_at = self.answered_at.or(Some(at));
    }

    /// Where the card stands.
    pub const fn state(&self) -> CardState {
        match (self.closed_at, self.waiting_at, self.taken_at) {
            (Some(_), _, _) => CardState::Closed,
            (None, Some(_), _) => CardState::Waiting,
            (None, None, Some(_)) => CardState::Taken,
            (None, None, None) => CardState::New,
        }
    }

    /// The life that was written down before this one; what was not written down then is as it is now.
    pub fn as_before(&self, before: &str) -> Result<Self> {
        let failed = |e| Error::failed("a card as it was", e);
        let mut life = serde_json::to_value(self).map_err(failed)?;
        let before: serde_json::Map<String, serde_json::Value> = serde_json::from_str(before).map_err(failed)?;
        if let Some(fields) = life.as_object_mut() {
            fields.extend(before);
        }
        serde_json::from_value(life).map_err(failed)
    }

    /// The card is closed.
    pub fn close(&mut self, by: (Time, Option<Id<Staff>>), outcome: &str, note: &str) {
        (self.closed_at, self.closed_by) = (Some(by.0), by.1);
        (self.outcome, self.outcome_note) = (Some(outcome.to_owned()), Some(note.to_owned()));
        (self.snoozed_until, self.snooze_reason) = (None, None);
    }

    /// The card is open again, and its limits are those of one that begins now: of answer and of closing.
    pub fn reopen(&mut self, limits: (Option<Time>, Option<Time>)) {
        (self.closed_at, self.closed_by, self.outcome, self.outcome_note) = (None, None, None, None);
        self.false_reason.clear();
        (self.answer_due_at, self.close_due_at) = limits;
        // With whom it is under way, it is answered.
        self.answered_at = self.answered_at.filter(|_| self.taken_at.is_some());
        self.escalated = 0;
        self.forget_health();
    }

    /// Healthy days begin anew.
    pub fn forget_health(&mut self) {
        (self.healthy_days, self.healthy_from_day) = (0, None);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_not_written_down_before_is_as_it_is_now() {
        let text = r#"{"version":3,"owner_id":null,"due_day":20000,"taken_at":null,"taken_by":null,"waiting_at":null,
            "snoozed_until":null,"snooze_reason":null,"touched_at":null,"healthy_days":0,"healthy_day":null,
            "healthy_from_day":null,"escalated":0,"closed_at":null,"closed_by":null,"outcome":null,"outcome_note":null,
            "false_reason":""}"#;
        let before: Life = serde_json::from_str(text).unwrap();
        let now = Life { close_due_at: Some(Time(9)), taken_at: Some(Time(5)), owner_id: None, ..before.clone() };
        assert_eq!(now.as_before(text).unwrap(), Life { close_due_at: Some(Time(9)), ..before.clone() });
        // What is written down now says all of it.
        let whole = serde_json::to_string(&before).unwrap();
        assert_eq!(now.as_before(&whole).unwrap(), before);
    }
}
