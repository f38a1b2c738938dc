//! Objects of any form, a line each, by a map file or by the names of their keys: records, and events that are not in the
//! Segment form.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use kizashi_domain::intake::{Reason, RecordKind};
use kizashi_domain::limits::{COLUMNS_MAX, LINE_BYTES_MAX};
use kizashi_domain::time::Zone;
use serde_json::{Map as Object, Value};

use super::cutter::{Cutter, Piece, Stream};
use crate::build::{Cells, EventColumns, Row, Stop, build_record, write_joined};
use crate::error::Error;
use crate::ids::{EqualRows, hash_row, write_id};
use crate::input::Input;
use crate::map::{Layout, Map, find_lacking};
use crate::parsed::{Fault, Parsed};
use crate::segment::describe;

/// Reads objects, one at a time.
pub struct ObjectParser {
    kind: RecordKind,
    map: Option<Map>,
    zone: Zone,
    /// Keys met so far (or named by the map), and what they are bound to.
    titles: Vec<String>,
    layout: Option<Layout>,
    events: Option<EventColumns>,
}

impl ObjectParser {
    /// With a map that names columns these are the keys; without, keys are guessed as they come. The error says what the
    /// map lacks.
    pub fn new(kind: RecordKind, map: Option<Map>, zone: Zone) -> Result<Self, String> {
        let map = map.filter(|m| !m.columns.is_empty());
        let mut titles: Vec<String> = Vec::new();
        if let Some(map) = &map {
            let columns = map.columns.iter().chain(&map.figures);
            let named = columns.flat_map(|(_, c)| [c.name.as_ref(), c.with.as_ref()].into_iter().flatten());
            for title in named.chain(&map.properties) {
                if !titles.contains(title) {
                    titles.push(title.clone());
                }
            }
        }
        let mut parser = Self { kind, map, zone, titles, layout: None, events: None };
        if parser.map.is_some() {
            parser.bind()?;
        }
        Ok(parser)
    }

    /// Which key is what, as far as it is known.
    pub const fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn bind(&mut self) -> Result<(), String> {
        let layout = Layout::bind(self.kind, self.map.as_ref(), &self.titles)?;
        self.events = if self.kind == RecordKind::Events { EventColumns::new(&layout) } else { None };
        self.layout = Some(layout);
        Ok(())
    }

    /// Reads an object.
    pub fn parse_line(
        &mut self,
        text: &str,
        line: u64,
        equal: &mut EqualRows,
        parsed: &mut Parsed,
    ) -> Result<(), Error> {
        parsed.rows += 1;
        let object: Object<String, Value> = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let fault = Fault::of_row(Reason::NotJson { detail: describe(&error) });
                parsed.refused.push(fault.at(line, vec![text.to_owned()]));
                return Ok(());
            }
        };
        let built = match self.learn_keys(&object) {
            Ok(()) => self.build(&object, text, equal, parsed)?,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = built {
            parsed.refused.push(fault.at(line, vec![text.to_owned()]));
        }
        Ok(())
    }

    /// Without a map, binds again when keys show that were not met before.
    fn learn_keys(&mut self, object: &Object<String, Value>) -> Result<(), Fault> {
        if self.map.is_none() {
            let before = self.titles.len();
            for key in object.keys() {
                if self.titles.len() < COLUMNS_MAX && !self.titles.contains(key) {
                    self.titles.push(key.clone());
                }
            }
            if self.titles.len() > before || self.layout.is_none() {
                // Which key is missing is said by name.
                self.bind().map_err(|_| {
                    let missing = find_lacking(self.kind, |_| false).first().map_or("", |f| f.name);
                    Fault::new(missing, "", Reason::Required)
                })?;
            }
        }
        Ok(())
    }

    /// Builds the object; the outer error ends the reading, the inner one refuses the line.
    fn build(
        &mut self,
        object: &Object<String, Value>,
        text: &str,
        equal: &mut EqualRows,
        parsed: &mut Parsed,
    ) -> Result<Result<(), Fault>, Error> {
        self.build_from(
            &mut |title, into| find(object, title).map_or((), |v| write_value(v, into)),
            text,
            equal,
            parsed,
        )
    }

    /// Builds an event or a record; `write` gives the text of a key. `text` is the whole, for an id when there is none.
    pub fn build_from(
        &mut self,
        write: &mut dyn FnMut(&str, &mut String),
        text: &str,
        equal: &mut EqualRows,
        parsed: &mut Parsed,
    ) -> Result<Result<(), Fault>, Error> {
        let Some(layout) = &self.layout else { return Ok(Ok(())) };
        let (mut fields, mut ends) = (String::new(), Vec::with_capacity(self.titles.len()));
        for title in &self.titles {
            write(title, &mut fields);
            ends.push(fields.len());
        }
        write_joined(&layout.joins, &mut fields, &mut ends);
        let row = Row { text: &fields, ends: &ends };
        let hash = hash_row(text.as_bytes());
        let mut id = String::new();
        if let Some(events) = &mut self.events {
            id.push_str(events.id(row));
            if id.is_empty() {
                write_id(hash, equal.number(hash)?, &mut id);
            }
            return Ok(events.build(row, &id, &self.zone, &mut parsed.events));
        }
        let cells = Cells { layout, row, zone: &self.zone, names: None };
        let built = build_record(&cells, &mut || {
            write_id(hash, equal.number(hash)?, &mut id);
            Ok(id.clone())
        });
        match built {
            Ok(record) => {
                parsed.records.push(record);
                Ok(Ok(()))
            }
            Err(Stop::Fault(fault)) => Ok(Err(fault)),
            Err(Stop::Error(error)) => Err(error),
        }
    }
}

/// Reads one object by a map, as a message that is no line of a file.
pub fn read_object(map: Map, text: &str, zone: Zone) -> Result<Parsed, String> {
    let kind = map.kind.ok_or("the map does not say what a message is: as = \"tickets\" or another kind")?;
    let zone = map.zone.clone().unwrap_or(zone);
    let mut parsed = Parsed::default();
    let mut parser = ObjectParser::new(kind, Some(map), zone)?;
    parser.parse_line(text, 0, &mut EqualRows::default(), &mut parsed).map_err(|e| e.to_string())?;
    Ok(parsed)
}

/// A file of objects under reading.
pub struct ObjectReader {
    name: String,
    taken: Arc<AtomicU64>,
    cutter: Cutter,
    objects: ObjectParser,
    equal: EqualRows,
    line: u64,
    ended: bool,
}

impl ObjectReader {
    pub fn new(stream: Stream, taken: Arc<AtomicU64>, name: String, objects: ObjectParser) -> Self {
        let cutter = Cutter::new(stream);
        Self { name, taken, cutter, objects, equal: EqualRows::default(), line: 1, ended: false }
    }

    /// Which key is what, as far as it is known.
    pub const fn layout(&self) -> Option<&Layout> {
        self.objects.layout()
    }

    /// The next batch; nothing is added at the end.
    pub fn next_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        while !self.ended && parsed.rows == 0 {
            let piece = match self.cutter.next_piece() {
                Ok(Some(piece)) => piece,
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    self.ended = true;
                    return Err(Input::explain(&self.name, &self.taken, self.line, error));
                }
            };
            let Piece::Lines(bytes) = piece else {
                parsed.rows += 1;
                let fault = Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX });
                parsed.refused.push(fault.at(self.line, Vec::new()));
                self.line += 1;
                continue;
            };
            let lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            for line in lines.split(|b| *b == b'\n') {
                self.read_line(line.trim_ascii(), parsed).inspect_err(|_| self.ended = true)?;
                self.line += 1;
            }
        }
        Ok(())
    }

    fn read_line(&mut self, bytes: &[u8], parsed: &mut Parsed) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            parsed.rows += 1;
            let lossy = String::from_utf8_lossy(bytes).into_owned();
            let fault = Fault::new("", &lossy, Reason::BadEncoding { encoding: "UTF-8".to_owned() });
            parsed.refused.push(fault.at(self.line, vec![lossy]));
            return Ok(());
        };
        self.objects.parse_line(text, self.line, &mut self.equal, parsed)
    }
}

/// The value under a key; `context.groupId` reaches inside when there is no key of that name, `results.0.id` into a list.
pub fn find<'v>(object: &'v Object<String, Value>, key: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(key) {
        return Some(value);
    }
    let (front, back) = key.split_once('.')?;
    find_in(object.get(front)?, back)
}

fn find_in<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => find(object, key),
        Value::Array(list) => match key.split_once('.') {
            Some((index, back)) => find_in(list.get(index.parse::<usize>().ok()?)?, back),
            None => list.get(key.parse::<usize>().ok()?),
        },
        _ => None,
    }
}

fn write_value(value: &Value, into: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => into.push_str(text),
        other => into.push_str(&other.to_string()),
    }
}
