//! A real customer to preview letters with.

use std::collections::HashMap;

use kizashi_domain::plays::{Doing, Filling, Play, Step};

use super::store;
use crate::settings::Settings;
use crate::{App, Result};

/// A customer whose name stands in a preview of a letter.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Name of the customer, its score, and who looks after it.
    pub filling: Filling,
    /// The person for each role that was asked for.
    pub people: HashMap<String, String>,
}

/// A real customer to preview letters with: one that has a person with the role of the first letter.
pub async fn find_sample(app: &App, settings: &Settings, play: &Play) -> Result<Option<Sample>> {
    let role = |step: &Step| if let Doing::Mail { to, .. } = &step.doing { Some(to.clone()) } else { None };
    let roles: Vec<String> = play.steps.iter().filter_map(role).collect();
    let Some(role) = roles.first() else { return Ok(None) };
    let Some(found) = store::find_customer_with(app, settings.workspace, role).await? else { return Ok(None) };
    let mut people = HashMap::new();
    for role in roles {
        if let Some((person, _)) = store::find_person(app, settings.workspace, found.id, &role).await? {
            people.insert(role, person);
        }
    }
    let filling = Filling {
        customer: found.name,
        person: String::new(),
        owner: found.owner.unwrap_or_default(),
        score: found.points.map(|p| p.to_string()).unwrap_or_default(),
        date: settings.day_of(app.now()).to_string(),
    };
    Ok(Some(Sample { filling, people }))
}
