//! Reading of one file, on a thread of its own: while its rows are made ready, those before them are put away.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use std::sync::Arc;

use kizashi_connectors::{
    Error, Groups, Map, OpenTable, Options, Parsed, Progress, Reader, Refused, RejectedWriter, Workbook, is_workbook,
};
use kizashi_domain::intake::{CustomerNames, RecordKind};
use kizashi_lake::{Table, is_table};

use super::super::{Exit, Output};
use super::kind_of;
use crate::args::{Import, Kind};
use crate::home::Home;

/// Batches that may wait between reading and putting away.
const WAITING_MAX: usize = 4;
/// Refused rows that are shown; all of them are in the file.
const SHOWN_MAX: u64 = 10;

/// What is the same for all files of one import.
pub struct Reading {
    pub source: String,
    map: Option<Map>,
    groups: Groups,
    /// Customers by name; those that come in with this import are added.
    pub names: Arc<CustomerNames>,
}

/// A file, or one sheet of a workbook.
pub struct Part {
    pub file: PathBuf,
    pub sheet: Option<String>,
    /// Refused rows of this part go to a file with the sheet's name in it.
    pub is_one_of_several: bool,
    /// What a sheet holds; of a file that is found when it is opened.
    pub kind: Option<RecordKind>,
}

impl Part {
    /// As it is shown.
    pub fn label(&self) -> String {
        match &self.sheet {
            Some(sheet) => format!("{} [{sheet}]", self.file.display()),
            None => self.file.display().to_string(),
        }
    }
}

impl Reading {
    pub async fn prepare(
        home: &Home,
        workspace: kizashi_domain::id::Id<kizashi_domain::id::Workspace>,
        args: &Import,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        let map = match &args.map {
            Some(path) => {
                let path = output.path(path);
                let text =
                    std::fs::read_to_string(&path).map_err(|e| Exit::usage(format!("{}: {e}", path.display())))?;
                Some(Map::read(&text, args.kind.and_then(kind_of)).map_err(Exit::usage)?)
            }
            None => None,
        };
        let source = args
            .source
            .clone()
            .or_else(|| map.as_ref().and_then(|m| m.source.clone()))
            .unwrap_or_else(|| if args.kind == Some(Kind::Mail) { "mail" } else { "import" }.to_owned());
        let groups =
            kizashi_app::intake::list_groups(&home.app, workspace, &source).await?.into_iter().collect::<Groups>();
        let names = Arc::new(kizashi_app::intake::list_customer_names(&home.app, workspace).await?);
        Ok(Self { source, map, groups, names })
    }

    /// What a file consists of: a workbook, of the sheets that are asked for, else of those whose headings are understood, in the
    /// order in which records are best brought in. What is skipped is named.
    pub fn list_parts(&self, args: &Import, file: &Path, output: &mut Output) -> Result<Vec<Part>, Exit> {
        let path = output.path(file);
        let whole = || vec![Part { file: file.to_owned(), sheet: None, is_one_of_several: false, kind: None }];
        if file == Path::new("-") || !is_workbook(&path) {
            return Ok(whole());
        }
        let mut workbook = Workbook::open(&path).map_err(told)?;
        let there = workbook.sheets();
        if let Some(sheet) = args.sheets.iter().find(|s| !there.contains(s)) {
            return Err(told(Error::NoSheet {
                name: path.display().to_string(),
                sheet: sheet.clone(),
                there: there.join(", "),
            }));
        }
        let mut found: Vec<(RecordKind, String)> = Vec::new();
        let mut first_fault = None;
        for sheet in there {
            let is_asked = args.sheets.contains(&sheet);
            if !is_asked && !args.sheets.is_empty() {
                continue;
            }
            match workbook.guess(&sheet, args.kind.and_then(kind_of), self.map.as_ref()) {
                Ok(kind) => found.push((kind, sheet)),
                Err(error) if is_asked => return Err(told(error)),
                Err(error) => {
                    output.say(&format!("skipped: {error}"));
                    first_fault = first_fault.or(Some(error));
                }
            }
        }
        if let (true, Some(error)) = (found.is_empty(), first_fault) {
            return Err(told(error));
        }
        let order = |kind: RecordKind| RecordKind::ALL.iter().position(|k| *k == kind);
        found.sort_by_key(|(kind, _)| order(*kind));
        let is_one_of_several = found.len() > 1;
        let part =
            |(kind, sheet)| Part { file: file.to_owned(), sheet: Some(sheet), is_one_of_several, kind: Some(kind) };
        Ok(found.into_iter().map(part).collect())
    }

    /// Opens a file of any form.
    pub fn open(&self, home: &Home, args: &Import, part: &Part, output: &Output) -> Result<Reader, Exit> {
        let file = part.file.as_path();
        let options = Options {
            kind: args.kind.and_then(kind_of),
            map: self.map.clone(),
            zone: home.zone.clone(),
            workers: 0,
            groups: self.groups.clone(),
            names: Arc::clone(&self.names),
            sheet: part.sheet.clone(),
            is_mail: args.kind == Some(Kind::Mail),
        };
        let path = if file == Path::new("-") { file.to_owned() } else { output.path(file) };
        let opened = if is_table(&path) {
            let name = path.display().to_string();
            let table = Table::open(&path)
                .map_err(|what| Exit::Failed(format!("{name} is a Parquet file that cannot be read: {what}")))?;
            let (titles, left_out) = (table.titles().to_vec(), table.left_out().to_vec());
            let rows = table.rows();
            Reader::open_table(OpenTable { name, titles, left_out, rows, batches: Box::new(table) }, options)
        } else {
            Reader::open(&path, options)
        };
        opened.map_err(told)
    }
}

fn told(error: Error) -> Exit {
    match error {
        Error::Io { .. } | Error::Columns { .. } | Error::NoSheet { .. } => Exit::usage(error),
        other => Exit::failed(other),
    }
}

/// Reads a whole file and hands over its batches. The damage of a file that breaks off is given back; what `take` says is
/// an error.
pub fn read_ahead(
    reader: Reader,
    take: &mut dyn FnMut(Parsed, Progress) -> Result<(), Exit>,
) -> Result<Option<Error>, Exit> {
    let (send, receive) = sync_channel::<(Result<Parsed, Error>, Progress)>(WAITING_MAX);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut reader = reader;
            while let Some(batch) = reader.next() {
                let progress = reader.progress();
                if send.send((batch, progress)).is_err() {
                    return;
                }
            }
        });
        for (batch, progress) in receive {
            match batch {
                Ok(parsed) => take(parsed, progress)?,
                Err(error) => return Ok(Some(error)),
            }
        }
        Ok(None)
    })
}

/// A value as a terminal can show it: what is no letter does nothing there.
fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// The refused rows of one file.
pub struct Rejects {
    /// The file as it was given, and the sheet.
    label: String,
    path: PathBuf,
    titles: Vec<String>,
    writer: Option<RejectedWriter<BufWriter<File>>>,
    pub refused: u64,
}

impl Rejects {
    pub fn new(part: &Part, output: &Output, titles: &[String]) -> Self {
        let file = part.file.as_path();
        let path = output.path(file);
        let mut name = if file == Path::new("-") { "stdin".into() } else { path.into_os_string() };
        if let (Some(sheet), true) = (&part.sheet, part.is_one_of_several) {
            name.push(format!(".{}", sheet.replace(['/', '\\', '\0'], "_")));
        }
        name.push(".rejected.csv");
        Self { label: part.label(), path: name.into(), titles: titles.to_vec(), writer: None, refused: 0 }
    }

    /// Shows the first ones, writes all.
    pub fn add(&mut self, refused: &Refused, output: &mut Output) -> Result<(), Exit> {
        self.refused += 1;
        let r = &refused.refusal;
        if self.refused <= SHOWN_MAX {
            let field = if r.field.is_empty() { "row".to_owned() } else { r.field.clone() };
            output.say(&format!("{}:{}: {field}: \"{}\" {}", self.label, r.line, plain(&r.value), r.reason));
        } else if self.refused == SHOWN_MAX + 1 {
            output.say(&format!("… all refused rows are in {}", self.path.display()));
        }
        if self.writer.is_none() {
            let file = File::create(&self.path)
                .map_err(|e| Exit::Failed(format!("{}: {e}; nothing was taken in", self.path.display())))?;
            self.writer = Some(RejectedWriter::new(BufWriter::new(file), &self.titles)?);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(refused, &r.reason.to_string())?;
        }
        Ok(())
    }

    /// Puts what was refused so far on the disk.
    pub fn flush(&mut self) -> Result<(), Exit> {
        Ok(self.writer.as_mut().map_or(Ok(()), RejectedWriter::flush)?)
    }

    /// Ends the file; its name if there is one.
    pub fn finish(self) -> Result<Option<String>, Exit> {
        use std::io::Write as _;
        match self.writer {
            Some(writer) => {
                writer.finish()?.flush()?;
                Ok(Some(self.path.display().to_string()))
            }
            None => Ok(None),
        }
    }
}
