//! 上書き: a person's word over a computed score, for a while and with a reason.

use serde::{Deserialize, Serialize};

use super::model::{Band, Cap};
use super::verdict::{LineKind, Verdict, cap_line};
use crate::time::Day;

/// How long an override holds when nothing else is said.
pub const OVERRIDE_DAYS_DEFAULT: i32 = 30;
/// The longest that an override holds; whoever still means it says it again.
pub const OVERRIDE_DAYS_MAX: i32 = 90;
/// The author is reminded so many days before the end.
pub const OVERRIDE_REMIND_DAYS: i32 = 7;
/// Why a score is overridden: the data do not show what is so, something that is known and passes, people, a decision, else.
pub const OVERRIDE_REASONS: [&str; 5] = ["data_wrong", "known_event", "relationship", "decision", "other"];

/// A person's word over the computed score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// The points to show instead.
    pub points: Option<i32>,
    /// The band to show instead; when only points are given, theirs.
    pub band: Option<Band>,
    /// Reason code.
    pub reason: String,
    /// Who.
    pub author: String,
    /// The last day on which it holds.
    pub until: Day,
}

/// What is wrong with an override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideFault {
    /// Neither points nor a band, or a band that is none (判定不能 is not said by a person).
    Nothing,
    /// Points outside 0–100.
    Points,
    /// No such reason code.
    Reason,
    /// It ends before today, or later than [`OVERRIDE_DAYS_MAX`] days from now.
    Until,
}

impl Override {
    /// Whether it may be said on `today`.
    pub fn check(&self, today: Day) -> Result<(), OverrideFault> {
        if self.points.is_none() && self.band.is_none_or(|b| b == Band::Unknown) {
            return Err(OverrideFault::Nothing);
        }
        if self.points.is_some_and(|p| !(0..=100).contains(&p)) {
            return Err(OverrideFault::Points);
        }
        if !OVERRIDE_REASONS.contains(&self.reason.as_str()) {
            return Err(OverrideFault::Reason);
        }
        if self.until < today || self.until > today.plus(OVERRIDE_DAYS_MAX) {
            return Err(OverrideFault::Until);
        }
        Ok(())
    }
}

/// Lays a person's word over a verdict. The computed score stays underneath; the lines still add up.
pub fn lay_over(mut verdict: Verdict, word: &Override, day: Day) -> Verdict {
    if day > word.until {
        return verdict;
    }
    if let Some(points) = word.points {
        verdict.points = points.clamp(0, 100);
        verdict.band = verdict.bands.of(f64::from(verdict.points));
        let difference = verdict.points - verdict.computed;
        let mut line =
            cap_line(&Cap { metric: String::new(), at_most: f64::from(verdict.points) }, f64::from(difference));
        line.kind = LineKind::Override;
        line.points = difference;
        verdict.lines.push(line);
    }
    verdict.band = word.band.unwrap_or(verdict.band);
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_has_a_reason_and_an_end() {
        let today = Day(20_000);
        let good = Override {
            points: Some(80),
            band: None,
            reason: "known_event".into(),
            author: "a".into(),
            until: today.plus(OVERRIDE_DAYS_DEFAULT),
        };
        assert_eq!(good.check(today), Ok(()));
        let with = |change: &dyn Fn(&mut Override)| {
            let mut o = good.clone();
            change(&mut o);
            o.check(today)
        };
        assert_eq!(with(&|o| o.points = None), Err(OverrideFault::Nothing));
        assert_eq!(with(&|o| (o.points, o.band) = (None, Some(Band::Unknown))), Err(OverrideFault::Nothing));
        assert_eq!(with(&|o| (o.points, o.band) = (None, Some(Band::Red))), Ok(()));
        assert_eq!(with(&|o| o.points = Some(101)), Err(OverrideFault::Points));
        assert_eq!(with(&|o| o.reason = "because".into()), Err(OverrideFault::Reason));
        assert_eq!(with(&|o| o.until = today.plus(-1)), Err(OverrideFault::Until));
        assert_eq!(with(&|o| o.until = today.plus(OVERRIDE_DAYS_MAX + 1)), Err(OverrideFault::Until));
        assert_eq!(with(&|o| o.until = today.plus(OVERRIDE_DAYS_MAX)), Ok(()));
    }
}
