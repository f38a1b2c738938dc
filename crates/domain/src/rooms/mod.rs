//! Red account rooms: where one stands, how it ends, and what is seen of a customer from its four sides.

use serde::{Deserialize, Serialize};

use crate::health::{Band, Verdict};
use crate::lang::Text;
use crate::measure::Metric;
use crate::signals::{Facet, Side};

/// Sides from which a red account is looked at.
pub const VIEWS_MAX: usize = 4;

/// Where a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomState {
    /// 立ち上げ: the team comes together.
    Forming,
    /// 対応中.
    Working,
    /// 見守り: the plan is done, the customer is watched.
    Watching,
    /// 終了.
    Closed,
}

impl RoomState {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Forming, Self::Working, Self::Watching, Self::Closed];
    /// Those of an open room.
    pub const OPEN: [Self; 3] = [Self::Forming, Self::Working, Self::Watching];

    /// The word in the database, in forms and addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Forming => "forming",
            Self::Working => "working",
            Self::Watching => "watching",
            Self::Closed => "closed",
        }
    }

    /// Reads [`RoomState::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// How a room ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomOutcome {
    /// 立て直した.
    Recovered,
    /// 契約を小さくして続く.
    Reduced,
    /// 解約になった.
    Lost,
    /// 赤ではなかった.
    NotRed,
}

impl RoomOutcome {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Recovered, Self::Reduced, Self::Lost, Self::NotRed];

    /// The word in the database and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Reduced => "reduced",
            Self::Lost => "lost",
            Self::NotRed => "not_red",
        }
    }

    /// Reads [`RoomOutcome::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }
}

/// A customer seen from one side on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Id of a metric, or `score`.
    pub of: String,
    /// What it is called.
    pub title: Text,
    /// The figure; `None` = not measured.
    pub value: Option<f64>,
    /// From where on it is bad, and on which side of that, when a rule says so.
    pub limit: Option<(f64, Side)>,
    /// From where on it is good, on the other side, when a rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<f64>,
    /// Whether it is bad; `None` = cannot be told, or neither.
    pub is_bad: Option<bool>,
}

impl View {
    /// A side that a rule looks at.
    pub fn of_rule(facet: &Facet, title: Text, value: Option<f64>) -> Self {
        let is_bad = value.and_then(|v| facet.judge(v)).map(|good| !good);
        Self { of: facet.of.clone(), title, value, limit: Some((facet.bad, facet.side)), good: facet.good, is_bad }
    }

    /// The same side of a rule with another figure; `None` for one that no rule named.
    pub fn again(&self, value: Option<f64>) -> Option<Self> {
        let (bad, side) = self.limit?;
        let facet = Facet { title: self.title.clone(), of: self.of.clone(), side, bad, good: self.good };
        Some(Self::of_rule(&facet, self.title.clone(), value))
    }
}

/// Sides that rules looked at, each once, the bad ones first: as many as a room shows.
pub fn gather_views(views: Vec<View>) -> Vec<View> {
    let mut told: Vec<View> = Vec::with_capacity(VIEWS_MAX);
    for view in views {
        if !told.iter().any(|t| t.of == view.of) {
            told.push(view);
        }
    }
    told.sort_by_key(|v| v.is_bad != Some(true));
    told.truncate(VIEWS_MAX);
    told
}

/// The sides that weigh most in a verdict, when no rule names four: each is bad when it is in the red by itself.
pub fn find_views(verdict: &Verdict, metrics: &[Metric]) -> Vec<View> {
    let mut lines: Vec<_> = verdict.measures().collect();
    lines.sort_by(|a, b| b.points_possible.cmp(&a.points_possible).then_with(|| a.metric.cmp(&b.metric)));
    lines
        .into_iter()
        .take(VIEWS_MAX)
        .map(|line| {
            let title = metrics.iter().find(|m| m.id == line.metric).map(|m| m.title.clone());
            View {
                of: line.metric.clone(),
                title: title.unwrap_or_else(|| Text { ja: line.metric.clone(), en: line.metric.clone() }),
                value: line.value.filter(|_| line.score.is_some()),
                limit: None,
                good: None,
                is_bad: line.score.map(|score| verdict.bands.of(score) == Band::Red),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for state in RoomState::ALL {
            assert_eq!(RoomState::parse(state.word()), Some(state));
        }
        for outcome in RoomOutcome::ALL {
            assert_eq!(RoomOutcome::parse(outcome.word()), Some(outcome));
        }
        assert_eq!((RoomState::parse("red"), RoomOutcome::parse("")), (None, None));
    }

    #[test]
    fn a_limit_belongs_to_its_side_and_what_is_not_measured_is_not_judged() {
        let facet = |side, good| Facet { title: Text::default(), of: "m".into(), side, bad: 5.0, good };
        let view = |value, side| View::of_rule(&facet(side, None), Text::default(), value).is_bad;
        assert_eq!(view(Some(5.0), Side::Below), Some(true));
        assert_eq!(view(Some(5.1), Side::Below), Some(false));
        assert_eq!(view(Some(5.0), Side::Above), Some(true));
        assert_eq!(view(Some(4.9), Side::Above), Some(false));
        assert_eq!(view(None, Side::Below), None);
        let between = View::of_rule(&facet(Side::Below, Some(9.0)), Text::default(), Some(7.0));
        assert_eq!(between.is_bad, None, "neither");
        assert_eq!(between.again(Some(9.0)).unwrap().is_bad, Some(false));
        assert_eq!(between.again(Some(7.0)).unwrap(), between);
        assert!(View { limit: None, ..between }.again(Some(1.0)).is_none());
    }

    #[test]
    fn what_several_rules_saw_is_told_once_the_bad_first() {
        let view = |of: &str, value| {
            let facet = Facet { title: Text::default(), of: of.into(), side: Side::Below, bad: 5.0, good: None };
            View::of_rule(&facet, Text::default(), Some(value))
        };
        let all = [view("a", 9.0), view("b", 1.0), view("a", 1.0), view("c", 9.0), view("d", 2.0), view("e", 9.0)];
        let told: Vec<String> = gather_views(all.to_vec()).into_iter().map(|v| v.of).collect();
        assert_eq!(told, ["b", "d", "a", "c"]);
    }
}
