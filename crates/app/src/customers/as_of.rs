//! What a page says that shows an earlier day.

use kizashi_domain::customers::Profile;
use kizashi_domain::health::{Change, Verdict};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Day;

use super::fields::list_fields;
use super::listed::ListRow;
use super::read::{ContractView, HistoryPoint};
use crate::{App, Result};

/// Puts into a row what was known of an earlier day: name, owner and the rest may have been others. Industry and goal come back.
pub(super) async fn say_then(
    app: &App,
    ws: Id<Workspace>,
    row: &mut ListRow,
    profile: &Profile,
    day: Day,
) -> Result<(String, String)> {
    let fields = list_fields(app, ws, row.id, Some(day)).await?;
    let says = |name: &str| fields.iter().find(|f| f.name == name).map(|f| f.value.clone()).unwrap_or_default();
    // A customer that nobody had named yet goes by the name that it has.
    row.name = Some(says("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| row.name.clone());
    (row.reading, row.region) = (says("reading"), says("region"));
    row.owner = Some(says("owner")).filter(|owner| !owner.is_empty());
    row.stage = profile.stage.clone().unwrap_or_default();
    row.segment = profile.segment.clone().unwrap_or_default();
    Ok((says("industry"), says("goal")))
}

/// Puts into a row what the contract says that was in force on an earlier day.
pub(super) fn say_terms_then(row: &mut ListRow, contracts: &[ContractView]) {
    let term = contracts.iter().find(|term| term.in_force);
    row.plan = term.map(|t| t.plan.clone()).unwrap_or_default();
    row.mrr = term.and_then(|t| t.mrr);
    (row.notice_on, row.end_day) = (term.map(|t| t.notice_on), term.map(|t| t.end_day));
}

/// What a page as of an earlier day says beside it.
#[derive(Clone, Debug)]
pub struct AsOf {
    /// The day.
    pub day: Day,
    /// The score that was kept on that day.
    pub stored: Option<HistoryPoint>,
    /// The day once more with everything known now and the settings of now.
    pub again: Option<Verdict>,
    /// Why that differs from what was known: data that arrived, settings.
    pub relearned: Option<Change>,
    /// What was learned since, newest first.
    pub learned: Vec<Learned>,
}

/// What kind of fact was learned late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LearnedKind {
    Usage,
    /// Usage that was corrected or deleted.
    Retracted,
    Activity,
    Ticket,
    Response,
    Figure,
    Contact,
    Contract,
    Deal,
}

impl LearnedKind {
    /// The word in the language files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Retracted => "retracted",
            Self::Activity => "activity",
            Self::Ticket => "ticket",
            Self::Response => "response",
            Self::Figure => "figure",
            Self::Contact => "contact",
            Self::Contract => "contract",
            Self::Deal => "deal",
        }
    }
}

/// Something learned after the day it was true.
#[derive(Clone, Debug)]
pub struct Learned {
    /// What kind.
    pub kind: LearnedKind,
    /// Kind of activity, subject of a ticket, name of a survey, field or person, plan of a contract, title of a deal.
    pub what: String,
    /// When it was true; of several, the last; of a person, when we learned of them.
    pub day: Day,
    /// When we learned of it.
    pub learned_on: Day,
    /// The figure, where it is one.
    pub figure: Option<f64>,
    /// How many facts.
    pub count: u64,
}
