//! What is said beside what was done with cards: a day that had to move, a notice deadline that lies before it, and what was left as it
//! is. Addresses carry days, numbers and ids; never a name.

use kizashi_app::App;
use kizashi_app::plays::{Changed, list_subjects};
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::time::Day;

use crate::problem::Problem;
use crate::words::Words;

/// Cards whose customers are named; of the others how many.
const NAMES_MAX: usize = 5;

/// What is said beside what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The business day that holds instead of the chosen day.
    pub day: Option<Day>,
    /// Whether the day of the one card lies after the notice deadline.
    pub is_past: bool,
    /// Of many cards, how many of whose days do.
    pub past: usize,
    /// Cards of key accounts that are as they were: some, which are named.
    pub held: Vec<Id<Card>>,
    /// And how many more.
    pub more: usize,
}

impl Beside {
    /// Beside a change of many.
    pub fn of(changed: &Changed) -> Self {
        let held: Vec<Id<Card>> = changed.held.iter().take(NAMES_MAX).copied().collect();
        let more = changed.held.len() - held.len();
        Self { day: changed.day, is_past: false, past: changed.past, held, more }
    }

    /// Beside a press on one card.
    pub const fn of_one(day: Option<Day>, is_past: bool) -> Self {
        Self { day, is_past, past: 0, held: Vec::new(), more: 0 }
    }

    /// In an address; empty when there is nothing to say.
    pub fn word(&self) -> String {
        let mut parts: Vec<String> = self.day.iter().map(|day| format!("day.{day}")).collect();
        if self.is_past {
            parts.push("late.1".to_owned());
        }
        if self.past > 0 {
            parts.push(format!("past.{}", self.past));
        }
        if self.more > 0 {
            parts.push(format!("more.{}", self.more));
        }
        parts.extend(self.held.iter().map(|card| format!("held.{card}")));
        parts.join(",")
    }

    /// Reads [`Beside::word`].
    pub fn parse(word: &str) -> Self {
        let mut beside = Self::default();
        for (name, value) in word.split(',').filter_map(|part| part.split_once('.')) {
            match name {
                "day" => beside.day = value.parse().ok(),
                "late" => beside.is_past = true,
                "past" => beside.past = value.parse().unwrap_or(0),
                "more" => beside.more = value.parse().unwrap_or(0),
                "held" if beside.held.len() < NAMES_MAX => beside.held.extend(value.parse::<Id<Card>>().ok()),
                _ => {}
            }
        }
        beside
    }

    /// What was done, and this after it.
    pub async fn add_to(
        &self,
        mut said: String,
        (app, ws): (&App, Id<Workspace>),
        w: &Words,
        today: Day,
    ) -> Result<String, Problem> {
        if *self != Self::default() && !said.ends_with(['。', '.']) {
            said.push_str(&w.t("sentence-end"));
        }
        if let Some(day) = self.day {
            said.push_str(&w.with("beside-day", &[("day", w.day(day, today).into())]));
        }
        if self.is_past {
            said.push_str(&w.t("beside-past"));
        }
        if self.past > 0 {
            said.push_str(&w.with("beside-past-n", &[("n", self.past.into())]));
        }
        if !self.held.is_empty() {
            let names = list_subjects(app, ws, &self.held).await?.join(&w.t("between-items"));
            let key = if self.more > 0 { "beside-held-more" } else { "beside-held" };
            said.push_str(&w.with(key, &[("names", names.into()), ("n", self.more.into())]));
        }
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_carries_is_read_again() {
        let card = "0193a000-0000-7000-8000-000000000001".parse().unwrap();
        let beside =
            Beside { day: Some("2026-12-04".parse().unwrap()), is_past: true, past: 2, held: vec![card], more: 3 };
        assert_eq!(Beside::parse(&beside.word()), beside);
        assert_eq!(Beside::default().word(), "");
        assert_eq!(Beside::parse("held.x,past.-1,day.tomorrow,,."), Beside::default());
    }
}
