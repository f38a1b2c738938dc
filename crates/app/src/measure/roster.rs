//! Who is in a table of metrics: all customers, with nothing but what the kernel asks about them.

use std::collections::HashMap;
use std::ops::Range;

use kizashi_db::{args, row, sql};
use kizashi_domain::measure::{Attributes, Dated};
use kizashi_domain::time::{Day, Time};

use crate::settings::Settings;
use crate::{App, Result};

/// Customers whose ids come as one text. A row each would cost more than all metrics of it.
const IDS_PER_TEXT: i64 = 20_000;
/// Stands between ids: no id holds a control character.
const BETWEEN: char = '\u{1f}';

row! {
    struct IdsRow { ids: Option<String>, last: Option<String> }
}
row! {
    struct FigureRow { external_id: String, name: String, valid_from: Day, recorded_at: Time, assumed: bool, figure: f64 }
}

/// All customers of a workspace, and their dated figures if they were asked for.
pub(super) struct Roster {
    ids: Vec<String>,
    places: HashMap<String, usize>,
    figures: HashMap<String, Attributes>,
    none: Attributes,
}

impl Roster {
    /// How many customers.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The external ids of a range of customers, sorted.
    pub fn ids(&self, range: Range<usize>) -> &[String] {
        self.ids.get(range).unwrap_or_default()
    }

    /// The place of a customer, and its figures.
    pub fn find(&self, external_id: &str) -> Option<(usize, &Attributes)> {
        let place = *self.places.get(external_id)?;
        Some((place, self.figures.get(external_id).unwrap_or(&self.none)))
    }

    /// All customers, by external id: place, external id, figures.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &str, &Attributes)> {
        self.ids.iter().enumerate().map(|(place, id)| (place, id.as_str(), self.figures.get(id).unwrap_or(&self.none)))
    }
}

/// Reads the customers, with their figures if these are `wanted`. What was learned on the day of `known_at` but after it
/// counts as learned on the day after.
pub(super) async fn list_roster(
    app: &App,
    settings: &Settings,
    wanted: bool,
    known_at: Option<Time>,
) -> Result<Roster> {
    let ids = sql!(
        "SELECT string_agg(external_id, $4) AS ids, max(external_id) AS last FROM (SELECT external_id FROM customer ",
        "WHERE workspace_id = $1 AND external_id > $2 ORDER BY external_id LIMIT $3) AS page"
    );
    let mut roster =
        Roster { ids: Vec::new(), places: HashMap::new(), figures: HashMap::new(), none: Attributes::default() };
    let mut after = String::new();
    loop {
        let page: Option<IdsRow> =
            app.db.find(ids, args![settings.workspace, after, IDS_PER_TEXT, BETWEEN.to_string()]).await?;
        let Some(IdsRow { ids: Some(ids), last: Some(last) }) = page else { break };
        roster.ids.extend(ids.split(BETWEEN).map(str::to_owned));
        after = last;
    }
    roster.ids.sort_unstable();
    roster.places = roster.ids.iter().enumerate().map(|(place, id)| (id.clone(), place)).collect();
    if wanted {
        roster.figures = list_figures(app, settings, known_at).await?;
    }
    Ok(roster)
}

async fn list_figures(app: &App, settings: &Settings, known_at: Option<Time>) -> Result<HashMap<String, Attributes>> {
    let figures = sql!(
        "SELECT c.external_id, a.name, a.valid_from, a.recorded_at, a.assumed, a.figure FROM customer c JOIN attribute a ",
        "ON a.workspace_id = c.workspace_id AND a.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND a.figure IS NOT NULL"
    );
    let rows: Vec<FigureRow> = app.db.list(figures, args![settings.workspace]).await?;
    let mut by_customer: HashMap<String, Vec<Dated>> = HashMap::new();
    for f in rows {
        let day = settings.day_of(f.recorded_at);
        let after = known_at.is_some_and(|at| f.recorded_at > at && day == settings.day_of(at));
        let recorded = day.plus(i32::from(after));
        let known = if f.assumed { recorded.min(f.valid_from) } else { recorded };
        let dated = Dated { name: f.name, from: f.valid_from, known, value: f.figure };
        by_customer.entry(f.external_id).or_default().push(dated);
    }
    Ok(by_customer.into_iter().map(|(id, figures)| (id, Attributes::new(figures))).collect())
}
