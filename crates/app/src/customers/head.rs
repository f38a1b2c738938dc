//! What stands above every page of a customer.

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Day;

use super::as_of::{Learned, say_then};
use super::learned::list_learned;
use super::listed::ListRow;
use super::page::{find_row, list_history};
use super::people;
use super::read::{ContactView, ContractView, CustomerPage};
use crate::measure::{Which, load_subjects};
use crate::{App, Refused, Result};

/// A customer as every page of it names it.
#[derive(Clone, Debug)]
pub struct Head {
    /// Name, standing, stage and the rest; of an earlier day, as they were known then.
    pub row: ListRow,
    /// The day it left.
    pub churned_on: Option<Day>,
    /// The day shown.
    pub day: Day,
    /// That day, when it is an earlier one.
    pub as_of: Option<Day>,
    /// What was learned since about that day and those before, the newest first.
    pub learned: Vec<Learned>,
}

impl CustomerPage {
    /// What stands above this page.
    pub fn head(&self) -> Head {
        let as_of = self.as_of.as_ref().map(|then| then.day);
        let learned = self.as_of.as_ref().map(|then| then.learned.clone()).unwrap_or_default();
        Head { row: self.row.clone(), churned_on: self.churned_on, day: self.day, as_of, learned }
    }
}

/// The head of a customer's pages, today or as of the end of an earlier day: the score is the one that was shown then.
pub async fn open_head(
    app: &App,
    workspace: Id<Workspace>,
    customer: Id<Customer>,
    as_of: Option<Day>,
) -> Result<Head> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let as_of = as_of.filter(|day| *day < today);
    let day = as_of.unwrap_or(today);
    let mut row = find_row(app, workspace, customer, as_of.is_none()).await?;
    let ids = [row.external_id.clone()];
    let subject = load_subjects(app, workspace, Which::Only(&ids)).await?.into_values().next();
    let profile = subject.ok_or(Refused::NotFound)?.profile_at(day, as_of);
    if as_of.is_some() {
        let shown = list_history(app, workspace, customer, day.plus(-1)).await?.into_iter().find(|p| p.day == day);
        row.points = shown.and_then(|kept| kept.points);
        row.band = shown.map(|kept| kept.band);
        say_then(app, workspace, &mut row, &profile, day).await?;
    }
    let learned = match as_of {
        Some(day) => list_learned(app, workspace, customer, &row.external_id, settings.zone.end_of(day)).await?,
        None => Vec::new(),
    };
    Ok(Head { row, churned_on: profile.churned_on, day, as_of, learned })
}

/// The people and the contracts of a customer, all of them.
#[derive(Clone, Debug)]
pub struct Relations {
    /// What stands above.
    pub head: Head,
    /// Those who are there first, then by role; who left comes last.
    pub contacts: Vec<ContactView>,
    /// The newest first.
    pub contracts: Vec<ContractView>,
}

/// People and contracts as known now, or as known at the end of an earlier day.
pub async fn open_relations(
    app: &App,
    workspace: Id<Workspace>,
    customer: Id<Customer>,
    as_of: Option<Day>,
) -> Result<Relations> {
    let head = open_head(app, workspace, customer, as_of).await?;
    let settings = crate::settings::open_settings(app, workspace).await?;
    let until = head.as_of.map(|day| settings.zone.end_of(day));
    Ok(Relations {
        contacts: people::list_contacts(app, workspace, customer, head.day, until).await?,
        contracts: people::list_contracts(app, workspace, customer, head.day, until).await?,
        head,
    })
}
