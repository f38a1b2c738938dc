//! The form of a play.

use serde::{Deserialize, Serialize};

use super::start::Start;
use super::step::{Bound, Step};
use crate::customers::Audience;
use crate::lang::Text;

/// Whether a customer may go through a play again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reentry {
    /// Once only.
    Never,
    /// Whenever its sign is seen.
    #[default]
    EachTime,
    /// So many days after the last run began.
    AfterDays(u32),
}

impl Reentry {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// A standard answer: what is done, in which order and by when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Play {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// When and why, in a sentence; for a play without steps, what to do.
    pub what: Text,
    /// By when all of it is done, in business days from the start.
    pub due_business_days: u32,
    /// For whom.
    #[serde(default, rename = "for", skip_serializing_if = "Audience::is_everyone")]
    pub audience: Audience,
    /// Whether a customer may go through it again.
    #[serde(default, skip_serializing_if = "Reentry::is_plain")]
    pub reentry: Reentry,
    /// Whether customers that have left or pause are not left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub with_paused: bool,
    /// When it begins by itself; signals name it beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
    /// Its steps in the order of the page; none = one, what the play says.
    #[serde(default, rename = "step", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// One way from a step to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// Place of the step that comes first.
    pub from: usize,
    /// When it leads here.
    pub way: Way,
}

/// When a step leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// When it is over.
    After,
    /// When a branch says yes.
    Yes,
    /// When a branch says no.
    No,
    /// When a milestone is not reached in time.
    Missed,
}

impl Way {
    /// Whether this way is gone, by what a branch said.
    pub(super) fn is_taken(self, chose: Option<bool>) -> bool {
        match self {
            Self::After => true,
            Self::Yes => chose == Some(true),
            Self::No => chose == Some(false),
            // Once it is reached nothing was missed any more.
            Self::Missed => false,
        }
    }
}

impl Play {
    /// A play without steps, as packs had them: what is to be done, and by when.
    pub fn plain(id: &str, title: Text, what: Text, due_business_days: u32) -> Self {
        Self {
            id: id.to_owned(),
            title,
            what,
            due_business_days,
            audience: Audience::default(),
            reentry: Reentry::default(),
            with_paused: false,
            start: None,
            steps: Vec::new(),
        }
    }

    /// The steps that a run goes through: those of the play, or the one that a play without steps is.
    pub fn steps(&self) -> Vec<Step> {
        if self.steps.is_empty() {
            let mut only = Step::task("do", self.title.clone(), self.what.clone());
            only.due_business_days = Some(self.due_business_days);
            vec![only]
        } else {
            self.steps.clone()
        }
    }

    /// The metrics (or `score`) that its steps look at.
    pub fn subjects(&self) -> Vec<&str> {
        self.steps.iter().filter_map(|s| s.bound()).map(|b| b.of.as_str()).collect()
    }

    /// Every condition of its steps.
    pub fn bounds(&self) -> impl Iterator<Item = (&Step, &Bound)> {
        self.steps.iter().filter_map(|s| s.bound().map(|b| (s, b)))
    }

    /// The ids of the steps that come before each step, in the order of `steps`: what is written, what branches say, and else the
    /// step above; and when each leads there.
    pub fn ways(&self) -> Vec<Vec<(String, Way)>> {
        let steps = self.steps();
        let name = |e: &Edge| steps.get(e.from).map(|s| (s.id.clone(), e.way));
        edges(&steps).iter().map(|list| list.iter().filter_map(name).collect()).collect()
    }
}

/// What comes before each step.
pub(super) fn edges(steps: &[Step]) -> Vec<Vec<Edge>> {
    let place = |id: &str| steps.iter().position(|s| s.id == id);
    let mut all: Vec<Vec<Edge>> = steps
        .iter()
        .map(|step| {
            let written = step.after.iter().flatten().filter_map(|id| place(id));
            written.map(|from| Edge { from, way: Way::After }).collect()
        })
        .collect();
    let mut is_target = vec![false; steps.len()];
    for (from, step) in steps.iter().enumerate() {
        for (target, way) in step.doing.leads() {
            let Some(to) = place(target) else { continue };
            if let (Some(list), Some(flag)) = (all.get_mut(to), is_target.get_mut(to)) {
                list.retain(|e| e.from != from || e.way != Way::After);
                list.push(Edge { from, way });
                *flag = true;
            }
        }
    }
    for (at, step) in steps.iter().enumerate() {
        let target = is_target.get(at).copied().unwrap_or(false);
        if let (None, false, Some(from), Some(list)) = (&step.after, target, at.checked_sub(1), all.get_mut(at)) {
            list.push(Edge { from, way: Way::After });
        }
    }
    all
}
