//! What is said beside what was done with cards: a day that had to move, a notice deadline that lies before it, and what was left as it
//! is. Addresses carry days, numbers and ids; never a name.

use kizashi_app::App;
use kizashi_app::plays::{Changed, list_subjects};
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::time::Day;

use crate::problem::Problem;
use crate::words::Words;

/// Customers that are named; of the others how many.
const NAMES_MAX: usize = 5;

/// What is said beside what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The business day that holds instead of the chosen day.
    pub day: Option<Day>,
    /// Cards whose day lies after the notice deadline.
    pub past: usize,
    /// Cards of key accounts that are as they were.
    pub held: Vec<Id<Card>>,
}

impl Beside {
    /// Beside a change of many.
    pub fn of(changed: &Changed) -> Self {
        Self { day: changed.day, past: changed.past, held: changed.held.clone() }
    }

    /// In an address; empty when there is nothing to say.
    pub fn word(&self) -> String {
        let mut parts: Vec<String> = self.day.iter().map(|day| format!("day.{day}")).collect();
        if self.past > 0 {
            parts.push(format!("past.{}", self.past));
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
                "past" => beside.past = value.parse().unwrap_or(0),
                "held" => beside.held.extend(value.parse::<Id<Card>>().ok()),
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
        match self.past {
            0 => {}
            1 => said.push_str(&w.t("beside-past")),
            n => said.push_str(&w.with("beside-past-n", &[("n", n.into())])),
        }
        if !self.held.is_empty() {
            let names = list_subjects(app, ws, &self.held).await?;
            let more = names.len().saturating_sub(NAMES_MAX);
            let named = names.into_iter().take(NAMES_MAX).collect::<Vec<_>>().join(&w.t("between-items"));
            let key = if more > 0 { "beside-held-more" } else { "beside-held" };
            said.push_str(&w.with(key, &[("names", named.into()), ("n", more.into())]));
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
        let beside = Beside { day: Some("2026-12-04".parse().unwrap()), past: 2, held: vec![card] };
        assert_eq!(Beside::parse(&beside.word()), beside);
        assert_eq!(Beside::default().word(), "");
        assert_eq!(Beside::parse("held.x,past.-1,day.tomorrow,,."), Beside::default());
    }
}
