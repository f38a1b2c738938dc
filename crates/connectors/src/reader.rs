//! Reading a file of any form, batch by batch.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kizashi_domain::intake::{CustomerNames, RecordKind};
use kizashi_domain::time::Zone;

use crate::csv::CsvReader;
use crate::error::Error;
use crate::input::{Decode, Input, find_encoding, open_file, open_reader, sniff};
use crate::mail::{MailReader, is_mail};
use crate::map::{Bound, Layout, Map, guess_kind};
use crate::ndjson::{LineParser, ObjectParser, ObjectReader, ParallelReader, Stream};
use crate::parsed::Parsed;
use crate::segment::Groups;
use crate::table::{OpenTable, TableReader};
use crate::workbook::{Workbook, is_workbook, open_sheet};

/// How a file is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the file holds, when the map does not say and it should not be guessed.
    pub kind: Option<RecordKind>,
    /// Which column is what.
    pub map: Option<Map>,
    /// The zone of times that bring none, unless the map names one: the workspace's.
    pub zone: Zone,
    /// Threads that parse NDJSON; 0 for as many as there are cores.
    pub workers: usize,
    /// Which customer each user is known to belong to.
    pub groups: Groups,
    /// Customers by name, for files that bring no code.
    pub names: Arc<CustomerNames>,
    /// The sheet of a workbook; the first one whose headings are understood when left out.
    pub sheet: Option<String>,
    /// It holds letters, whatever it looks like.
    pub is_mail: bool,
}

impl Options {
    /// Everything guessed, in this zone.
    pub fn new(zone: Zone) -> Self {
        Self {
            kind: None,
            map: None,
            zone,
            workers: 0,
            groups: Groups::default(),
            names: Arc::default(),
            sheet: None,
            is_mail: false,
        }
    }
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma, tab or semicolon separated.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// A table: Parquet, or a sheet of a workbook.
    Table,
    /// Letters.
    Mail,
}

/// What a file was taken for, to be shown to who gave it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The form.
    pub format: Format,
    /// What it holds.
    pub kind: RecordKind,
    /// The columns were guessed by their titles.
    pub guessed: bool,
    /// Field and the column it is read from (or its constant).
    pub columns: Vec<(String, String)>,
    /// Columns kept as properties of events.
    pub properties: Vec<String>,
    /// Columns that are not used.
    pub unused: Vec<String>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file taken so far; of a compressed file, compressed. Of a table, rows.
    pub bytes: u64,
    /// Bytes of the whole file (or rows of the table), when known.
    pub bytes_total: Option<u64>,
}

enum Inner {
    Csv(Box<CsvReader>),
    Lines(Box<ParallelReader>),
    Objects(Box<ObjectReader>),
    Table(Box<TableReader>),
    Mail(Box<MailReader>),
}

/// A file under reading: an iterator of batches. Memory is bounded whatever the file holds. After an error nothing more comes.
pub struct Reader {
    inner: Inner,
    kind: RecordKind,
    taken: Arc<AtomicU64>,
    total: Option<u64>,
    failed: bool,
    waiting: Option<Error>,
}

impl Reader {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let path = path.as_ref();
        if is_workbook(path) {
            return Self::open_workbook(&mut Workbook::open(path)?, options);
        }
        Self::read(open_file(path)?, options)
    }

    /// Reads a sheet of a workbook: the one that the options name, else the first whose headings are understood.
    pub fn open_workbook(workbook: &mut Workbook, options: Options) -> Result<Self, Error> {
        let kind = options.kind.or_else(|| options.map.as_ref().and_then(|m| m.kind));
        let sheets = workbook.sheets();
        let wanted: Vec<&String> = sheets.iter().filter(|s| options.sheet.as_ref().is_none_or(|w| w == *s)).collect();
        let mut told = None;
        for sheet in wanted {
            match open_sheet(workbook, sheet, kind, options.map.as_ref()) {
                Ok(table) => return Self::open_table(table, options),
                Err(error) => told = told.or(Some(error)),
            }
        }
        Err(told.unwrap_or_else(|| Error::NoSheet {
            name: workbook.name().to_owned(),
            sheet: options.sheet.unwrap_or_default(),
            there: sheets.join(", "),
        }))
    }

    /// Opens any stream; `name` is used in errors, and its ending tells the form.
    pub fn open_stream(stream: Box<dyn Read + Send>, name: &str, options: Options) -> Result<Self, Error> {
        Self::read(open_reader(stream, name, None)?, options)
    }

    /// Reads the rows of an open table.
    pub fn open_table(table: OpenTable, options: Options) -> Result<Self, Error> {
        let Options { kind, map, zone, names, .. } = options;
        let zone = map.as_ref().and_then(|m| m.zone.clone()).unwrap_or(zone);
        let kind = kind.or_else(|| map.as_ref().and_then(|m| m.kind));
        let (taken, total) = (Arc::new(AtomicU64::new(0)), Some(table.rows));
        let reader = TableReader::open(table, kind, map.as_ref(), zone, names, Arc::clone(&taken))?;
        let kind = reader.layout().kind;
        Ok(Self { inner: Inner::Table(Box::new(reader)), kind, taken, total, failed: false, waiting: None })
    }

    fn read(mut input: Input, options: Options) -> Result<Self, Error> {
        let Options { kind, map, zone, workers, groups, names, is_mail: is_forced, .. } = options;
        let zone = map.as_ref().and_then(|m| m.zone.clone()).unwrap_or(zone);
        let kind = kind.or_else(|| map.as_ref().and_then(|m| m.kind));
        let head = sniff(&mut input.bytes).map_err(|error| Input::explain(&input.name, &input.taken, 1, error))?;
        let (taken, total) = (Arc::clone(&input.taken), input.total);
        if is_forced || is_mail(&input.name, &head) {
            let inner = Inner::Mail(Box::new(MailReader::open(input, &head)));
            return Ok(Self { inner, kind: RecordKind::Activities, taken, total, failed: false, waiting: None });
        }
        let lines = LineParser::new(zone.clone(), groups);
        let form = find_form(&input.name, &head);
        let (inner, kind) = if form == Form::Ndjson {
            let Input { bytes, taken, name, .. } = input;
            let encoding = map.as_ref().and_then(|m| m.encoding.as_deref()).and_then(find_encoding);
            let is_utf_16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
            let stream = if encoding.is_some() || is_utf_16 {
                Stream::Decoded(Box::new(Decode::new(bytes, encoding)))
            } else {
                Stream::Plain(bytes)
            };
            let kind = kind.or_else(|| guess_kind_of_objects(&head)).unwrap_or(RecordKind::Events);
            let is_mapped = map.as_ref().is_some_and(|m| !m.columns.is_empty());
            if kind == RecordKind::Events && !is_mapped {
                let workers = if workers == 0 { count_cores() } else { workers };
                let reader = ParallelReader::start(stream, taken, name, workers, lines, &zone);
                (Inner::Lines(Box::new(reader)), kind)
            } else {
                let objects = ObjectParser::new(kind, map, zone)
                    .map_err(|message| Error::Columns { name: name.clone(), message })?;
                let reader = ObjectReader::new(stream, taken, name, objects);
                (Inner::Objects(Box::new(reader)), kind)
            }
        } else {
            let reader = CsvReader::open(input, kind, map.as_ref(), form == Form::Tabs, zone, names, lines)?;
            let kind = reader.layout().kind;
            (Inner::Csv(Box::new(reader)), kind)
        };
        Ok(Self { inner, kind, taken, total, failed: false, waiting: None })
    }

    /// What the file holds.
    pub const fn kind(&self) -> RecordKind {
        self.kind
    }

    /// What the file was taken for. Of NDJSON without a map, what was met so far.
    pub fn plan(&self) -> Plan {
        let (format, layout) = match &self.inner {
            Inner::Csv(csv) => (Format::Csv, Some(csv.layout())),
            Inner::Lines(_) => (Format::Ndjson, None),
            Inner::Objects(objects) => (Format::Ndjson, objects.layout()),
            Inner::Table(table) => (Format::Table, Some(table.layout())),
            Inner::Mail(_) => (Format::Mail, None),
        };
        let name = |b: &Bound| b.field.map_or("", |f| f.name).to_owned();
        let shown = |b: &Bound| match (&b.column.value, &b.column.with) {
            (Some(value), _) => format!("= {value}"),
            (None, Some(behind)) => format!("{} + {behind}", b.title()),
            (None, None) => b.title().to_owned(),
        };
        let bound = |l: &Layout| {
            let figures = l.figures.iter().map(|(n, b)| (n.clone(), shown(b)));
            l.bound.iter().map(|b| (name(b), shown(b))).chain(figures).collect()
        };
        Plan {
            format,
            kind: self.kind,
            guessed: layout.is_some_and(|l| l.guessed),
            columns: layout.map(bound).unwrap_or_default(),
            properties: layout.map(|l| l.properties.iter().map(|(n, _)| n.clone()).collect()).unwrap_or_default(),
            unused: layout.map(|l| l.unused.clone()).unwrap_or_default(),
        }
    }

    /// Titles of a CSV file's or a table's columns, for [`crate::RejectedWriter`]; empty for NDJSON.
    pub fn titles(&self) -> &[String] {
        match &self.inner {
            Inner::Csv(csv) => csv.titles(),
            Inner::Table(table) => table.titles(),
            _ => &[],
        }
    }

    /// The encoding, as far as it is known by now.
    pub fn encoding(&self) -> &'static str {
        match &self.inner {
            Inner::Csv(csv) => csv.encoding(),
            _ => "UTF-8",
        }
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        Progress { bytes: self.taken.load(Ordering::Relaxed), bytes_total: self.total }
    }

    fn read_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        match &mut self.inner {
            Inner::Csv(csv) => csv.next_batch(parsed),
            Inner::Lines(lines) => lines.next_batch(parsed),
            Inner::Objects(objects) => objects.next_batch(parsed),
            Inner::Table(table) => table.next_batch(parsed),
            Inner::Mail(mail) => mail.next_batch(parsed),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Parsed, Error>;

    /// The next batch. Rows read before an error come as a batch of their own before it.
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.waiting.take() {
            return Some(Err(error));
        }
        if self.failed {
            return None;
        }
        let mut parsed = Parsed::default();
        if let Err(error) = self.read_batch(&mut parsed) {
            self.failed = true;
            if parsed.is_empty() {
                return Some(Err(error));
            }
            self.waiting = Some(error);
            return Some(Ok(parsed));
        }
        (!parsed.is_empty()).then_some(Ok(parsed))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Commas,
    Tabs,
    Ndjson,
}

/// Whether a file holds a JSON object a line.
pub(crate) fn is_of_objects(name: &str, head: &[u8]) -> bool {
    find_form(name, head) == Form::Ndjson
}

/// By the file's ending, else by its first character.
fn find_form(name: &str, head: &[u8]) -> Form {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match PathBuf::from(name).extension().and_then(|e| e.to_str()) {
        Some("tsv" | "tab") => return Form::Tabs,
        Some("csv") => return Form::Commas,
        Some("ndjson" | "jsonl") => return Form::Ndjson,
        _ => {}
    }
    let first = head.iter().find(|b| !b.is_ascii_whitespace() && !matches!(b, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff));
    if first == Some(&b'{') { Form::Ndjson } else { Form::Commas }
}

/// What objects are that are neither Segment calls nor plain events, by the keys of the first one.
fn guess_kind_of_objects(head: &[u8]) -> Option<RecordKind> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let line = head.split(|b| *b == b'\n').next()?;
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).ok()?;
    if ["type", "event", "batch"].iter().any(|key| object.contains_key(*key)) {
        return None;
    }
    guess_kind(&object.keys().cloned().collect::<Vec<_>>())
}

fn count_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get).min(8)
}
