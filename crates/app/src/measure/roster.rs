//! Who is in a table of metrics: all customers, with nothing but what the kernel asks about them.

use std::collections::HashMap;
use std::ops::Range;

use kizashi_db::{args, row, sql};
use kizashi_domain::measure::{Attributes, Dated, segment_figure};
use kizashi_domain::time::{Day, Time};

use super::store::first_segment;
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
    struct StayRow { external_id: String, segment: String, since_day: Option<Day>, churned_on: Option<Day> }
}
row! {
    struct SegmentRow { external_id: String, valid_from: Day, recorded_at: Time, assumed: bool, words: Option<String> }
}
row! {
    struct FigureRow { external_id: String, name: String, valid_from: Day, recorded_at: Time, assumed: bool, figure: Option<f64> }
}

/// All customers of a workspace, and their dated figures if they were asked for.
pub(super) struct Roster {
    ids: Vec<String>,
    places: HashMap<String, usize>,
    figures: HashMap<String, Attributes>,
    none: Attributes,
    /// For positions: from when until when each was a customer.
    stays: HashMap<String, (Option<Day>, Option<Day>)>,
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

    /// Whether somebody was a customer on a day; for rosters read with positions.
    pub fn is_customer(&self, external_id: &str, day: Day) -> bool {
        self.stays
            .get(external_id)
            .is_some_and(|(since, left)| since.is_none_or(|s| s <= day) && left.is_none_or(|left| day < left))
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
    ranks: bool,
    known_at: Option<Time>,
) -> Result<Roster> {
    let ids = sql!(
        "SELECT string_agg(external_id, $4) AS ids, max(external_id) AS last FROM (SELECT external_id FROM customer ",
        "WHERE workspace_id = $1 AND external_id > $2 ORDER BY external_id LIMIT $3) AS page"
    );
    let mut roster = Roster {
        ids: Vec::new(),
        places: HashMap::new(),
        figures: HashMap::new(),
        none: Attributes::default(),
        stays: HashMap::new(),
    };
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
        let mut figures = list_figures(app, settings, known_at).await?;
        if ranks {
            roster.stays = list_stays(app, settings, &mut figures).await?;
        }
        roster.figures = figures.into_iter().map(|(id, figures)| (id, Attributes::new(figures))).collect();
    }
    Ok(roster)
}

/// Adds in which segment everybody was when, and tells from when until when each was a customer.
async fn list_stays(
    app: &App,
    settings: &Settings,
    figures: &mut HashMap<String, Vec<Dated>>,
) -> Result<HashMap<String, (Option<Day>, Option<Day>)>> {
    let segments = sql!(
        "SELECT c.external_id, a.valid_from, a.recorded_at, a.assumed, a.words FROM customer c JOIN attribute a ",
        "ON a.workspace_id = c.workspace_id AND a.customer_id = c.id WHERE c.workspace_id = $1 AND a.name = 'segment'"
    );
    let stays = sql!("SELECT external_id, segment, since_day, churned_on FROM customer WHERE workspace_id = $1");
    let rows: Vec<SegmentRow> = app.db.list(segments, args![settings.workspace]).await?;
    for s in rows {
        let recorded = settings.day_of(s.recorded_at);
        let known = if s.assumed { recorded.min(s.valid_from) } else { recorded };
        let figure = segment_figure(&s.words.unwrap_or_default(), s.valid_from, known);
        figures.entry(s.external_id).or_default().push(figure);
    }
    let rows: Vec<StayRow> = app.db.list(stays, args![settings.workspace]).await?;
    let mut out = HashMap::with_capacity(rows.len());
    for row in rows {
        let own = figures.entry(row.external_id.clone()).or_default();
        let now = Some(row.segment.as_str()).filter(|s| !s.is_empty());
        own.extend(first_segment(own, now));
        out.insert(row.external_id, (row.since_day, row.churned_on));
    }
    Ok(out)
}

async fn list_figures(app: &App, settings: &Settings, known_at: Option<Time>) -> Result<HashMap<String, Vec<Dated>>> {
    let figures = sql!(
        "SELECT c.external_id, a.name, a.valid_from, a.recorded_at, a.assumed, a.figure FROM customer c JOIN attribute a ",
        "ON a.workspace_id = c.workspace_id AND a.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND a.words IS NULL"
    );
    let rows: Vec<FigureRow> = app.db.list(figures, args![settings.workspace]).await?;
    let mut by_customer: HashMap<String, Vec<Dated>> = HashMap::new();
    for f in rows {
        let day = settings.day_of(f.recorded_at);
        let after = known_at.is_some_and(|at| f.recorded_at > at && day == settings.day_of(at));
        let recorded = day.plus(i32::from(after));
        let known = if f.assumed { recorded.min(f.valid_from) } else { recorded };
        // Without a figure it has ended.
        let value = f.figure.unwrap_or(f64::INFINITY);
        let dated = Dated { name: f.name, from: f.valid_from, known, value };
        by_customer.entry(f.external_id).or_default().push(dated);
    }
    Ok(by_customer)
}
