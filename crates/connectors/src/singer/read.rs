//! The messages of a tap, a line each.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kizashi_domain::intake::Reason;
use kizashi_domain::limits::{LINE_BYTES_MAX, READ_ROWS_MAX};
use kizashi_domain::time::Zone;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map as Object, Value};

use super::maps::StreamMaps;
use super::schema::Schema;
use super::stream::{End, Stream};
use crate::error::Error;
use crate::input::{Input, open_file};
use crate::parsed::{Fault, Parsed};
use crate::segment::describe;

/// Names of streams and of messages that are remembered, so that each is spoken of once.
const NAMES_MAX: usize = 1_000;
/// Messages of one piece, in bytes.
const PIECE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Some records of a tap, in the order in which they came, and how far it was then.
#[derive(Debug, Default)]
pub struct Piece {
    /// What was read. Line numbers are those of the messages.
    pub parsed: Parsed,
    /// The value of the `STATE` message that stood behind these records, as it was.
    pub state: Option<String>,
    /// What whoever runs the tap should know.
    pub notes: Vec<String>,
    /// Bytes of the messages.
    pub bytes: usize,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    stream: Cow<'a, str>,
    #[serde(borrow)]
    record: Option<&'a RawValue>,
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
    key_properties: Option<Value>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// The messages of a tap under reading: an iterator of pieces. Memory is bounded whatever comes. After an error nothing more comes.
pub struct SingerReader {
    bytes: Box<dyn BufRead + Send>,
    taken: Arc<AtomicU64>,
    name: String,
    maps: StreamMaps,
    zone: Zone,
    streams: HashMap<String, Stream>,
    /// Streams whose schema came and which nobody wants, and messages of other kinds.
    unknown: BTreeMap<String, u64>,
    left_out: BTreeMap<String, u64>,
    gone: BTreeMap<String, u64>,
    line: u64,
    ended: bool,
}

impl SingerReader {
    /// Opens standard input (`-`) or a file of messages. Times that bring no zone are of `zone`, unless the map names one.
    pub fn open(path: &Path, maps: StreamMaps, zone: Zone) -> Result<Self, Error> {
        Ok(Self::of_input(open_file(path)?, maps, zone))
    }

    /// Opens a stream of messages.
    pub fn open_stream(bytes: Box<dyn BufRead + Send>, maps: StreamMaps, zone: Zone) -> Self {
        Self::of_input(Input { bytes, taken: Arc::default(), total: None, name: "-".to_owned() }, maps, zone)
    }

    fn of_input(input: Input, maps: StreamMaps, zone: Zone) -> Self {
        Self {
            bytes: input.bytes,
            taken: input.taken,
            name: input.name,
            zone: maps.zone.clone().unwrap_or(zone),
            maps,
            streams: HashMap::new(),
            unknown: BTreeMap::new(),
            left_out: BTreeMap::new(),
            gone: BTreeMap::new(),
            line: 0,
            ended: false,
        }
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn read_piece(&mut self) -> Result<Option<Piece>, Error> {
        let mut piece = Piece::default();
        let mut line = Vec::new();
        while piece.parsed.rows < READ_ROWS_MAX as u64 && piece.bytes < PIECE_BYTES_MAX {
            let there = read_line(&mut self.bytes, &mut line)
                .map_err(|error| Input::explain(&self.name, &self.taken, self.line, error))?;
            match there {
                Line::End => {
                    self.ended = true;
                    self.say_counts(&mut piece.notes);
                    break;
                }
                Line::TooLong => {
                    self.line += 1;
                    piece.parsed.rows += 1;
                    let fault = Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX });
                    piece.parsed.refused.push(fault.at(self.line, Vec::new()));
                }
                Line::Whole => {
                    self.line += 1;
                    piece.bytes += line.len();
                    self.read_message(&line, &mut piece)?;
                    if piece.state.is_some() {
                        break;
                    }
                }
            }
        }
        let is_empty = piece.parsed.is_empty() && piece.state.is_none() && piece.notes.is_empty();
        Ok((!is_empty).then_some(piece))
    }

    fn read_message(&mut self, line: &[u8], piece: &mut Piece) -> Result<(), Error> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        let message: Message<'_> = match serde_json::from_slice(line) {
            Ok(message) => message,
            Err(error) => {
                piece.parsed.rows += 1;
                let fault = Fault::of_row(Reason::NotJson { detail: describe(&error) });
                piece.parsed.refused.push(fault.at(self.line, vec![String::from_utf8_lossy(line).into_owned()]));
                return Ok(());
            }
        };
        match message.kind.as_ref() {
            "RECORD" => self.read_record(&message, line, piece),
            "SCHEMA" => self.read_schema(&message, piece),
            "STATE" => {
                piece.state = Some(message.value.map_or("{}", RawValue::get).to_owned());
                Ok(())
            }
            // What it speaks of lies in files that only the tap's machine has: passing over it would lose records.
            "BATCH" => Err(Error::Columns {
                name: format!("{}, line {}", self.name, self.line),
                message: "the tap writes its records into files (BATCH); switch batches off in its configuration"
                    .to_owned(),
            }),
            "ACTIVATE_VERSION" => {
                self.note_once("ACTIVATE_VERSION", &mut piece.notes, || {
                    "ACTIVATE_VERSION: records that the source no longer has stay as they are".to_owned()
                });
                Ok(())
            }
            other => {
                let kind: String = other.chars().take(40).filter(|c| !c.is_control()).collect();
                self.note_once(&kind, &mut piece.notes, || format!("messages of the type {kind:?} are passed over"));
                Ok(())
            }
        }
    }

    fn note_once(&mut self, name: &str, notes: &mut Vec<String>, note: impl Fn() -> String) {
        if self.unknown.len() >= NAMES_MAX && !self.unknown.contains_key(name) {
            return;
        }
        let count = self.unknown.entry(name.to_owned()).or_insert(0);
        if *count == 0 {
            notes.push(note());
        }
        *count += 1;
    }

    fn read_schema(&mut self, message: &Message<'_>, piece: &mut Piece) -> Result<(), Error> {
        let name = message.stream.as_ref();
        let Some(map) = self.maps.find(name) else {
            let shown: String = name.chars().take(80).collect();
            self.note_once(name, &mut piece.notes, || format!("stream {shown:?} is not in the map and is left out"));
            return Ok(());
        };
        let schema = message.schema.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()).unwrap_or_default();
        let schema = Schema::read(&schema, message.key_properties.as_ref());
        // The same schema comes again and again; numbers of equal rows go on.
        if self.streams.get(name).is_none_or(|stream| !stream.is_of(&schema)) {
            let stream = Stream::new(map, schema, &self.zone, &mut piece.notes)?;
            self.streams.insert(name.to_owned(), stream);
        }
        Ok(())
    }

    fn read_record(&mut self, message: &Message<'_>, line: &[u8], piece: &mut Piece) -> Result<(), Error> {
        let name = message.stream.as_ref();
        let text = std::str::from_utf8(line).unwrap_or_default();
        let mut refuse = |reason| {
            piece.parsed.rows += 1;
            piece.parsed.refused.push(Fault::of_row(reason).at(self.line, vec![text.to_owned()]));
        };
        let Some(stream) = self.streams.get_mut(name) else {
            if self.maps.find(name).is_some() {
                refuse(Reason::NotJson { detail: "no SCHEMA message came before it".to_owned() });
            } else if self.left_out.len() < NAMES_MAX || self.left_out.contains_key(name) {
                *self.left_out.entry(name.to_owned()).or_insert(0) += 1;
            }
            return Ok(());
        };
        let own = message.record.map_or("", RawValue::get);
        let record: Object<String, Value> = match serde_json::from_str(own) {
            Ok(record) => record,
            Err(error) => {
                refuse(Reason::NotJson { detail: describe(&error) });
                return Ok(());
            }
        };
        match stream.read(&record, (text, own), self.line, &mut piece.parsed)? {
            End::Read => {}
            End::LeftOut => *self.left_out.entry(name.to_owned()).or_insert(0) += 1,
            End::Gone => *self.gone.entry(name.to_owned()).or_insert(0) += 1,
        }
        Ok(())
    }

    fn say_counts(&mut self, notes: &mut Vec<String>) {
        for (stream, count) in std::mem::take(&mut self.left_out) {
            notes.push(format!("stream {stream}: {count} records are left out, as the map says"));
        }
        for (stream, count) in std::mem::take(&mut self.gone) {
            notes.push(format!("stream {stream}: {count} records are gone at the source; here they stay as they were"));
        }
    }
}

impl Iterator for SingerReader {
    type Item = Result<Piece, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.read_piece();
        self.ended |= !matches!(piece, Ok(Some(_)));
        piece.transpose()
    }
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line without its end into `into`. Of one that is too long nothing is kept.
fn read_line(bytes: &mut Box<dyn BufRead + Send>, into: &mut Vec<u8>) -> std::io::Result<Line> {
    into.clear();
    let (mut is_too_long, mut is_begun) = (false, false);
    loop {
        let there = match bytes.fill_buf() {
            Ok(there) => there,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = memchr::memchr(b'\n', there);
        let piece = there.get(..end.unwrap_or(there.len())).unwrap_or_default();
        is_begun |= !there.is_empty();
        is_too_long |= into.len() + piece.len() > LINE_BYTES_MAX;
        if !is_too_long {
            into.extend_from_slice(piece);
        }
        let (taken, is_last) = (end.map_or(there.len(), |at| at + 1), there.is_empty());
        bytes.consume(taken);
        if end.is_some() || is_last {
            return Ok(match (is_begun, is_too_long) {
                (false, _) => Line::End,
                (_, true) => Line::TooLong,
                _ => Line::Whole,
            });
        }
    }
}
