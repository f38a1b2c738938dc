//! The dictionary: what every metric means, who uses it, and how many customers have it today.
//!
//! Everybody's readings are counted in one pass and remembered for a while ([`open_census`]); pages say when.

mod census;
mod rehearsal;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{Metric, define};
use kizashi_domain::pack::Pack;
use kizashi_domain::pack::titles::rule_title;

use crate::{App, Result};

pub(crate) use census::CensusCache;
pub use census::{Census, Spread, open_census};
pub use rehearsal::{Effect, Moved, count_rule, rehearse};

/// One metric as the dictionary tells it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its declaration.
    pub metric: Metric,
    /// The definition made from it.
    pub definition: Text,
    /// Who has it today.
    pub spread: Spread,
    /// Models that use it: id and title.
    pub models: Vec<(String, Text)>,
    /// Signals that look at it: id and title.
    pub signals: Vec<(String, Text)>,
    /// Metrics that are made of it: id and title.
    pub parts_of: Vec<(String, Text)>,
}

/// Every metric of the pack in force.
pub async fn open_dictionary(app: &App, workspace: Id<Workspace>) -> Result<(std::sync::Arc<Census>, Vec<Entry>)> {
    let census = open_census(app, workspace).await?;
    let pack = &census.settings.pack;
    let entries = pack.metrics.iter().map(|m| tell(pack, m, census.spread(&m.id))).collect();
    Ok((census, entries))
}

/// Who uses a metric, with its definition.
fn tell(pack: &Pack, metric: &Metric, spread: Spread) -> Entry {
    let id = metric.id.as_str();
    let models = pack.models.iter().filter(|m| m.measure(id).is_some());
    let looks =
        |r: &&kizashi_domain::signals::Rule| r.when.subjects().contains(&id) || r.also.iter().any(|a| a.of == id);
    let parts = pack.metrics.iter().filter(|m| m.of.iter().any(|of| of == id));
    Entry {
        metric: metric.clone(),
        definition: define(metric, &pack.metrics),
        spread,
        models: models.map(|m| (m.id.clone(), m.title.clone())).collect(),
        signals: pack.signals.iter().filter(looks).map(|r| (r.id.clone(), rule_title(r, &pack.metrics))).collect(),
        parts_of: parts.map(|m| (m.id.clone(), m.title.clone())).collect(),
    }
}
