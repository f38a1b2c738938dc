//! Which stream of a tap is what: a table a stream, each like a map file; and the maps that ship.

use kizashi_domain::intake::RecordKind;
use kizashi_domain::time::Zone;
use toml::de::{DeTable, DeValue};

use crate::error::Error;
use crate::map::{Entry, Map, Reading, read_constant, read_names};

const TOP_KEYS: [&str; 3] = ["source", "time_zone", "streams"];
const STREAM_KEYS: [&str; 7] = ["as", "columns", "figures", "properties", "time_zone", "only", "needs"];
/// Streams that a map may name.
const STREAMS_MAX: usize = 200;

/// Maps for the streams of published taps: name and text.
pub const PRESETS: [(&str, &str); 4] = [
    ("salesforce", include_str!("../../presets/salesforce.toml")),
    ("hubspot", include_str!("../../presets/hubspot.toml")),
    ("zendesk", include_str!("../../presets/zendesk.toml")),
    ("stripe", include_str!("../../presets/stripe.toml")),
];

/// The text of a map that ships.
pub fn find_preset(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// What the records of one stream are.
#[derive(Clone, Debug)]
pub struct StreamMap {
    /// The stream's name.
    pub stream: String,
    /// What its records are.
    pub kind: RecordKind,
    /// Which key is what; guessed from the schema when it names none.
    pub map: Map,
    /// Only records that have one of these values under a key; the others are left out.
    pub only: Vec<(String, Vec<String>)>,
    /// Only records that have something under these keys.
    pub needs: Vec<String>,
}

/// What the streams of a tap are.
#[derive(Clone, Debug, Default)]
pub struct StreamMaps {
    /// Name of the source: ids are unique within it.
    pub source: Option<String>,
    /// The zone of times that bring none and of which the schema does not say that they are instants.
    pub zone: Option<Zone>,
    /// The streams that are taken; the others are left.
    pub streams: Vec<StreamMap>,
}

impl StreamMaps {
    /// Reads the text of a map file; the error names place and what is known.
    pub fn read(text: &str) -> Result<Self, Error> {
        let reading = Reading(text);
        let mut maps = Self::default();
        for (key, entry) in &reading.parse()? {
            match key.get_ref().as_ref() {
                "source" => maps.source = Some(reading.text(entry, "source")?),
                "time_zone" => {
                    let zone = Zone::named(&reading.text(entry, "time_zone")?);
                    maps.zone = Some(zone.or_else(|e| reading.fail(entry.span().start, e.to_string()))?);
                }
                "streams" => {
                    for (name, entry) in reading.table(entry, "streams")? {
                        let table = reading.table(entry, name.get_ref())?;
                        maps.streams.push(read_stream(&reading, name.get_ref(), table, name.span().start)?);
                    }
                }
                other => return reading.unknown(key.span().start, other, &TOP_KEYS),
            }
        }
        if maps.streams.is_empty() || maps.streams.len() > STREAMS_MAX {
            return reading.fail(0, format!("name 1 to {STREAMS_MAX} streams, each as a table [streams.NAME]"));
        }
        Ok(maps)
    }

    /// The map of a stream.
    pub fn find(&self, stream: &str) -> Option<&StreamMap> {
        self.streams.iter().find(|s| s.stream == stream)
    }
}

fn read_stream(reading: &Reading<'_>, name: &str, table: &DeTable<'_>, at: usize) -> Result<StreamMap, Error> {
    let (mut only, mut needs) = (Vec::new(), Vec::new());
    for (key, entry) in table {
        match key.get_ref().as_ref() {
            "only" => {
                for (key, entry) in reading.table(entry, "only")? {
                    only.push((key.get_ref().to_string(), read_values(reading, entry)?));
                }
            }
            "needs" => needs = read_names(reading, entry, "needs")?,
            _ => {}
        }
    }
    let map = Map::read_table(reading, table, None, &STREAM_KEYS)?;
    let Some(kind) = map.kind else {
        return reading.fail(at, format!("say with `as` what the records of {name} are"));
    };
    Ok(StreamMap { stream: name.to_owned(), kind, map, only, needs })
}

/// One value, or a list of them.
fn read_values(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Vec<String>, Error> {
    match entry.get_ref() {
        DeValue::Array(list) => list.iter().map(|e| read_constant(reading, e)).collect(),
        _ => Ok(vec![read_constant(reading, entry)?]),
    }
}
