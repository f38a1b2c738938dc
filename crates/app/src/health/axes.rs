//! Axes of groups of customers side by side: in which region is use high but touch low. Reads; writes nothing.

use std::collections::BTreeMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::Text;

use super::parse_band;
use crate::{App, Result};

const CUSTOMERS_PER_PAGE: i64 = 20_000;
/// Groups shown; the largest ones.
const GROUPS_MAX: usize = 60;

/// What customers are put together by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// 地域.
    #[default]
    Region,
    /// 担当.
    Owner,
    /// セグメント.
    Segment,
    /// 業種.
    Industry,
    /// ステージ.
    Stage,
}

impl GroupBy {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Region, Self::Owner, Self::Segment, Self::Industry, Self::Stage];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Owner => "owner",
            Self::Segment => "segment",
            Self::Industry => "industry",
            Self::Stage => "stage",
        }
    }

    /// Reads [`GroupBy::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|b| b.word() == word)
    }
}

/// A mean over customers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// Sum of the points.
    pub sum: f64,
    /// How many customers have them.
    pub n: u32,
}

impl Mean {
    fn add(&mut self, points: f64) {
        self.sum += points;
        self.n += 1;
    }

    /// The mean; `None` when nobody has any.
    pub fn value(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / f64::from(self.n))
    }
}

/// One group of customers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisRow {
    /// What they have in common; empty = it is not known of them.
    pub group: String,
    /// How many customers.
    pub customers: u32,
    /// How many of them are red, amber, green and not judged.
    pub bands: [u32; 4],
    /// Their MRR together, in minor units of the first currency.
    pub mrr_minor: i64,
    /// Score.
    pub score: Mean,
    /// Each axis, in the order of [`AxisTable::axes`].
    pub axes: Vec<Mean>,
}

/// Groups of customers side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisTable {
    /// Ids and titles of the axes, as the models have them.
    pub axes: Vec<(String, Text)>,
    /// The groups, the largest first.
    pub rows: Vec<AxisRow>,
    /// All customers together.
    pub total: AxisRow,
}

row! {
    struct Standing {
        id: Id<Customer>, region: String, owner: Option<String>, segment: String, industry: String, stage: String, band: String,
        points: Option<i64>, mrr_minor: i64, axes: String,
    }
}

impl Standing {
    fn group(&self, by: GroupBy) -> &str {
        match by {
            GroupBy::Region => &self.region,
            GroupBy::Owner => self.owner.as_deref().unwrap_or_default(),
            GroupBy::Segment => &self.segment,
            GroupBy::Industry => &self.industry,
            GroupBy::Stage => &self.stage,
        }
    }
}

impl AxisRow {
    fn add(&mut self, s: &Standing, axes: &[(String, Text)]) {
        self.customers += 1;
        self.mrr_minor += s.mrr_minor;
        let place = match parse_band(&s.band) {
            Some(Band::Red) => 0,
            Some(Band::Amber) => 1,
            Some(Band::Green) => 2,
            _ => 3,
        };
        if let Some(n) = self.bands.get_mut(place) {
            *n += 1;
        }
        #[allow(clippy::cast_precision_loss)]
        if let Some(points) = s.points {
            self.score.add(points as f64);
        }
        self.axes.resize(axes.len(), Mean::default());
        for line in s.axes.lines() {
            let Some((id, points)) = line.split_once('=') else { continue };
            let place = axes.iter().position(|(a, _)| a == id);
            if let (Some(mean), Ok(points)) = (place.and_then(|i| self.axes.get_mut(i)), points.parse()) {
                mean.add(points);
            }
        }
    }
}

/// Means of score and axes by group, of customers that have not left.
pub async fn compare_axes(app: &App, ws: Id<Workspace>, by: GroupBy) -> Result<AxisTable> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let mut table = AxisTable::default();
    for group in settings.pack.models.iter().flat_map(|m| &m.groups) {
        if !table.axes.iter().any(|(id, _)| *id == group.id) {
            table.axes.push((group.id.clone(), group.title.clone()));
        }
    }
    let statement = sql!(
        "SELECT s.customer_id, c.region, o.name, c.segment, c.industry, c.stage, s.band, s.points, s.mrr_minor, s.axes FROM standing s ",
        "JOIN customer c ON c.id = s.customer_id LEFT JOIN staff o ON o.id = c.owner_id ",
        "WHERE s.workspace_id = $1 AND s.customer_id > $2 AND c.churned_on IS NULL ORDER BY s.customer_id LIMIT $3"
    );
    let mut groups: BTreeMap<String, AxisRow> = BTreeMap::new();
    let mut after: Id<Customer> = Id::from_uuid(uuid::Uuid::nil());
    loop {
        let page: Vec<Standing> = app.db.list(statement, args![ws, after, CUSTOMERS_PER_PAGE]).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for standing in &page {
            table.total.add(standing, &table.axes);
            let group = standing.group(by);
            if !groups.contains_key(group) {
                groups.insert(group.to_owned(), AxisRow { group: group.to_owned(), ..AxisRow::default() });
            }
            if let Some(row) = groups.get_mut(group) {
                row.add(standing, &table.axes);
            }
        }
    }
    table.total.axes.resize(table.axes.len(), Mean::default());
    table.rows = groups.into_values().collect();
    table.rows.sort_by(|a, b| b.customers.cmp(&a.customers).then_with(|| a.group.cmp(&b.group)));
    table.rows.truncate(GROUPS_MAX);
    Ok(table)
}
