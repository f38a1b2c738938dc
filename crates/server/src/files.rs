//! The port to files: what `connectors` and `lake` understand, and the folder for files that a browser brings.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kizashi_connectors::{Error, OpenTable, Options, Reader, RejectedWriter, list_fields, look, map_of};
use kizashi_domain::intake::{
    Fault, FieldLook, FileRows, Files, Known, Look, Parsed, RecordKind, Refused, Rejects, TableDamaged, TableRows,
    Unreadable, Wish,
};
use kizashi_domain::time::Zone;
use kizashi_lake::{Table, is_table};

/// Folder in a data folder where files wait that a browser brought.
const UPLOADS: &str = "imports";

/// Files of a data folder.
pub struct Uploads {
    folder: PathBuf,
    zone: Zone,
}

impl Uploads {
    pub fn new(data: &Path, zone: Zone) -> Self {
        Self { folder: data.join(UPLOADS), zone }
    }

    fn options(&self, wish: &Wish, known: &Known) -> Options {
        Options {
            kind: wish.kind,
            map: map_of(wish),
            groups: known.groups.iter().cloned().collect(),
            names: Arc::clone(&known.names),
            sheet: wish.sheet.clone(),
            ..Options::new(self.zone.clone())
        }
    }
}

/// Why a file cannot be read, in a word and in English. The name of our own copy is nobody's business.
fn told(error: &Error, path: &Path) -> Unreadable {
    let fault = match error {
        Error::Io { .. } => Fault::Gone,
        Error::Damaged { .. } | Error::DamagedTable { .. } => Fault::Damaged,
        Error::Bomb { .. } | Error::BombBook { .. } => Fault::Bomb,
        Error::Unsupported { .. } => Fault::Unsupported,
        Error::Locked { .. } => Fault::Locked,
        Error::BrokenBook { .. } => Fault::Broken,
        Error::TooLarge { .. } | Error::TooManyRowsWithoutId { .. } | Error::TooManyLetters { .. } => Fault::TooLarge,
        Error::Map { .. } | Error::Columns { .. } | Error::NoSheet { .. } => Fault::Columns,
    };
    let said = error.to_string().replace(&path.display().to_string(), "the file");
    Unreadable { fault, said }
}

fn open_parquet(path: &Path) -> Result<OpenTable, Unreadable> {
    let broken = |said: String| Unreadable { fault: Fault::Broken, said };
    let table = Table::open(path).map_err(broken)?;
    let (titles, left_out, rows) = (table.titles().to_vec(), table.left_out().to_vec(), table.rows());
    Ok(OpenTable { name: "the file".to_owned(), titles, left_out, rows, batches: Box::new(table) })
}

impl Files for Uploads {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn fields(&self, kind: RecordKind) -> Vec<FieldLook> {
        list_fields(kind)
    }

    fn look(&self, path: &Path, wish: &Wish) -> Result<Look, Unreadable> {
        if is_table(path) {
            let table = open_parquet(path)?;
            return Ok(kizashi_connectors::look_at_titles(table.titles, wish));
        }
        look(path, wish).map_err(|e| told(&e, path))
    }

    fn open(&self, path: &Path, wish: &Wish, known: &Known) -> Result<Box<dyn FileRows>, Unreadable> {
        let options = self.options(wish, known);
        let opened =
            if is_table(path) { Reader::open_table(open_parquet(path)?, options) } else { Reader::open(path, options) };
        let reader = opened.map_err(|e| told(&e, path))?;
        Ok(Box::new(Rows { reader, path: path.to_owned() }))
    }

    fn look_at_rows(&self, titles: Vec<String>, rows: &[Vec<String>], wish: &Wish) -> Look {
        kizashi_connectors::look_at_rows(titles, rows, wish)
    }

    fn open_rows(
        &self,
        titles: Vec<String>,
        batches: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
        wish: &Wish,
        known: &Known,
    ) -> Result<Box<dyn FileRows>, Unreadable> {
        let path = Path::new("the query");
        let table = OpenTable { name: path.display().to_string(), titles, left_out: Vec::new(), rows: 0, batches };
        let reader = Reader::open_table(table, self.options(wish, known)).map_err(|e| told(&e, path))?;
        Ok(Box::new(Rows { reader, path: path.to_owned() }))
    }

    fn read_map(&self, text: &str) -> Result<Wish, String> {
        kizashi_connectors::wish_of(text)
    }

    fn reject(&self, path: &Path, titles: &[String]) -> io::Result<Box<dyn Rejects>> {
        Ok(Box::new(Rejected(RejectedWriter::new(BufWriter::new(File::create(path)?), titles)?)))
    }
}

struct Rows {
    reader: Reader,
    path: PathBuf,
}

impl FileRows for Rows {
    fn next_batch(&mut self) -> Option<Result<Parsed, Unreadable>> {
        let next = self.reader.next()?;
        Some(next.map_err(|e| told(&e, &self.path)))
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let progress = self.reader.progress();
        (progress.bytes, progress.bytes_total)
    }

    fn kind(&self) -> RecordKind {
        self.reader.kind()
    }

    fn titles(&self) -> &[String] {
        self.reader.titles()
    }
}

struct Rejected(RejectedWriter<BufWriter<File>>);

impl Rejects for Rejected {
    fn write(&mut self, refused: &Refused, reason: &str) -> io::Result<()> {
        self.0.write(refused, reason)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.0.finish()?.flush()
    }
}
