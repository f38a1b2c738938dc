//! Rows read as the program reads them, and nothing else of files.

use std::io;
use std::path::Path;

use kizashi_connectors::{OpenTable, Options, Reader, list_fields, look_at_rows, map_of};
use kizashi_domain::intake::{
    Fault, FieldLook, FileRows, Files, Known, Look, Parsed, RecordKind, Rejects, TableDamaged, TableRows, Unreadable,
    Wish,
};
use kizashi_domain::time::Zone;

/// Reads rows that do not come in a file.
#[derive(Debug)]
pub struct RowFiles(pub Zone);

fn no_file() -> Unreadable {
    Unreadable { fault: Fault::Gone, said: "there are no files here".to_owned() }
}

impl Files for RowFiles {
    fn folder(&self) -> &Path {
        Path::new("/nowhere")
    }
    fn fields(&self, kind: RecordKind) -> Vec<FieldLook> {
        list_fields(kind)
    }
    fn look(&self, _: &Path, _: &Wish) -> Result<Look, Unreadable> {
        Err(no_file())
    }
    fn open(&self, _: &Path, _: &Wish, _: &Known) -> Result<Box<dyn FileRows>, Unreadable> {
        Err(no_file())
    }
    fn look_at_rows(&self, titles: Vec<String>, rows: &[Vec<String>], wish: &Wish) -> Look {
        look_at_rows(titles, rows, wish)
    }
    fn open_rows(
        &self,
        titles: Vec<String>,
        batches: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
        wish: &Wish,
        known: &Known,
    ) -> Result<Box<dyn FileRows>, Unreadable> {
        let options =
            Options { kind: wish.kind, map: map_of(wish), names: known.names.clone(), ..Options::new(self.0.clone()) };
        let table = OpenTable { name: "rows".to_owned(), titles, left_out: Vec::new(), rows: 0, batches };
        let opened = Reader::open_table(table, options);
        let reader = opened.map_err(|e| Unreadable { fault: Fault::Columns, said: e.to_string() })?;
        Ok(Box::new(Rows(reader)))
    }
    fn reject(&self, _: &Path, _: &[String]) -> io::Result<Box<dyn Rejects>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

struct Rows(Reader);

impl FileRows for Rows {
    fn next_batch(&mut self) -> Option<Result<Parsed, Unreadable>> {
        let next = self.0.next()?;
        Some(next.map_err(|e| Unreadable { fault: Fault::Damaged, said: e.to_string() }))
    }
    fn progress(&self) -> (u64, Option<u64>) {
        (0, None)
    }
    fn kind(&self) -> RecordKind {
        self.0.kind()
    }
    fn titles(&self) -> &[String] {
        self.0.titles()
    }
}
