//! Opening a workbook and reading its sheets.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, Xlsx, XlsxError,
};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::limits::{COLUMNS_MAX, SHEETS_MAX, WORKBOOK_BYTES_MAX};

use super::grid::{Grid, GridBuilder, Merged, TooMuch};
use super::guard::{Unsafe, check_archive};
use super::headings::{HEADING_ROWS_MAX, find_headings};
use crate::error::Error;
use crate::map::Map;

type Source = BufReader<File>;

enum Inner {
    Xlsx(Box<Xlsx<Source>>),
    Xlsb(Box<Xlsb<Source>>),
    Xls(Box<Xls<Source>>),
    Ods(Box<Ods<Source>>),
}

/// An open workbook.
pub struct Workbook {
    inner: Inner,
    name: String,
}

const ARCHIVE: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

/// Whether a file begins like a workbook: an archive, or the older form of Excel.
pub fn is_workbook(path: &Path) -> bool {
    let mut head = [0; 4];
    File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && (head == *ARCHIVE || head == *COMPOUND)
}

impl Workbook {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let fail = |error| Error::Io { name: name.clone(), error };
        let mut file = File::open(path).map_err(fail)?;
        let bytes = file.metadata().map_err(fail)?.len();
        if bytes > WORKBOOK_BYTES_MAX {
            return Err(Error::TooLarge { name, limit: format!("{} MB", WORKBOOK_BYTES_MAX / 1024 / 1024) });
        }
        let mut head = [0; 4];
        file.read_exact(&mut head).map_err(fail)?;
        if head == *ARCHIVE {
            match check_archive(&mut file) {
                Ok(()) => {}
                Err(Unsafe::Swells | Unsafe::Parts) => return Err(Error::BombBook { name }),
                Err(Unsafe::Broken) => return Err(broken(&name, "the archive is not whole")),
            }
        }
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let inner = guard(&name, || open_any(&name, file, head == *COMPOUND))?;
        Ok(Self { inner, name })
    }

    /// The file's name as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the sheets that can be seen and hold cells, in their order.
    pub fn sheets(&self) -> Vec<String> {
        let sheets = match &self.inner {
            Inner::Xlsx(book) => book.sheets_metadata(),
            Inner::Xlsb(book) => book.sheets_metadata(),
            Inner::Xls(book) => book.sheets_metadata(),
            Inner::Ods(book) => book.sheets_metadata(),
        };
        let seen = sheets.iter().filter(|s| s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet);
        seen.take(SHEETS_MAX).map(|s| s.name.clone()).collect()
    }

    /// What a sheet holds, by its headings; else what they lack.
    pub fn guess(&mut self, sheet: &str, kind: Option<RecordKind>, map: Option<&Map>) -> Result<RecordKind, Error> {
        let skip = map.map_or(0, |m| usize::try_from(m.skip_rows).unwrap_or(usize::MAX));
        let grid = self.read(sheet, Some(HEADING_ROWS_MAX.saturating_add(skip).saturating_add(1)))?;
        let headed = find_headings(&grid, kind.or_else(|| map.and_then(|m| m.kind)), map);
        let name = format!("{} [{sheet}]", self.name);
        headed.map(|h| h.kind).map_err(|message| Error::Columns { name, message })
    }

    /// Reads a sheet, or only its first rows with any text.
    pub fn read(&mut self, sheet: &str, rows_max: Option<usize>) -> Result<Grid, Error> {
        let name = format!("{} [{sheet}]", self.name);
        let rows_max = rows_max.unwrap_or(usize::MAX);
        let inner = &mut self.inner;
        guard(&name, || {
            let read = match inner {
                Inner::Xlsx(book) => read_xlsx(book, sheet, rows_max),
                Inner::Xls(book) => {
                    let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
                    let range = book.worksheet_range(sheet).map_err(|e| Unread::Broken(e.to_string()));
                    range.and_then(|range| read_range(&range, merged_of(&merged), rows_max))
                }
                Inner::Xlsb(book) => {
                    let range = book.worksheet_range(sheet).map_err(|e| Unread::Broken(e.to_string()));
                    range.and_then(|range| read_range(&range, Vec::new(), rows_max))
                }
                Inner::Ods(book) => {
                    let range = book.worksheet_range(sheet).map_err(|e| Unread::Broken(e.to_string()));
                    range.and_then(|range| read_range(&range, Vec::new(), rows_max))
                }
            };
            read.map_err(|unread| unread.explain(&name))
        })
    }
}

/// Hostile files make the reader stumble; that is their fault and ends nothing but their own reading.
fn guard<T>(name: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken(name, "it does not hold what it says it does")))
}

fn broken(name: &str, detail: &str) -> Error {
    Error::BrokenBook { name: name.to_owned(), detail: detail.to_owned() }
}

fn open_any(name: &str, file: File, is_compound: bool) -> Result<Inner, Error> {
    let again = || file.try_clone().map(BufReader::new).map_err(|error| Error::Io { name: name.to_owned(), error });
    let rewound = || {
        let mut source = again()?;
        source.rewind().map_err(|error| Error::Io { name: name.to_owned(), error })?;
        Ok::<_, Error>(source)
    };
    let locked = || Err(Error::Locked { name: name.to_owned() });
    if is_compound {
        match Xls::new(rewound()?) {
            Ok(book) => return Ok(Inner::Xls(Box::new(book))),
            Err(XlsError::Password) => return locked(),
            Err(error) => {
                // An encrypted workbook of today stands in a file of the older form.
                return match Xlsx::new(rewound()?) {
                    Err(XlsxError::Password) => locked(),
                    _ => Err(broken(name, &error.to_string())),
                };
            }
        }
    }
    let error = match Xlsx::new(rewound()?) {
        Ok(book) => return Ok(Inner::Xlsx(Box::new(book))),
        Err(XlsxError::Password) => return locked(),
        Err(error) => error,
    };
    match Ods::new(rewound()?) {
        Ok(book) => return Ok(Inner::Ods(Box::new(book))),
        Err(OdsError::Password) => return locked(),
        Err(_) => {}
    }
    match Xlsb::new(rewound()?) {
        Ok(book) => Ok(Inner::Xlsb(Box::new(book))),
        Err(_) => Err(broken(name, &error.to_string())),
    }
}

enum Unread {
    Broken(String),
    TooMuch(TooMuch),
}

impl Unread {
    fn explain(self, name: &str) -> Error {
        match self {
            Self::Broken(detail) => broken(name, &detail),
            Self::TooMuch(TooMuch::Columns) => {
                Error::TooLarge { name: name.to_owned(), limit: format!("{COLUMNS_MAX} columns") }
            }
            Self::TooMuch(TooMuch::Text) => {
                let mb = kizashi_domain::limits::SHEET_TEXT_BYTES_MAX / 1024 / 1024;
                Error::TooLarge { name: name.to_owned(), limit: format!("{mb} MB of text in one sheet") }
            }
        }
    }
}

impl From<TooMuch> for Unread {
    fn from(much: TooMuch) -> Self {
        Self::TooMuch(much)
    }
}

fn merged_of(all: &[calamine::Dimensions]) -> Vec<Merged> {
    all.iter().map(|d| (d.start.0, d.start.1, d.end.0, d.end.1)).collect()
}

fn read_xlsx(book: &mut Xlsx<Source>, sheet: &str, rows_max: usize) -> Result<Grid, Unread> {
    let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| Unread::Broken(e.to_string()))?;
    let mut builder = GridBuilder::new(merged_of(&merged));
    while let Some(cell) = cells.next_cell().map_err(|e| Unread::Broken(e.to_string()))? {
        let (row, column) = cell.get_position();
        builder.add(row, column, text_of_ref(cell.get_value()))?;
        if builder.len() >= rows_max {
            break;
        }
    }
    Ok(builder.finish()?)
}

fn read_range(range: &calamine::Range<Data>, merged: Vec<Merged>, rows_max: usize) -> Result<Grid, Unread> {
    let (from_row, from_column) = range.start().unwrap_or_default();
    let mut builder = GridBuilder::new(merged);
    for (row, column, value) in range.used_cells() {
        let at = |from: u32, n: usize| u32::try_from(n).map_or(u32::MAX, |n| from.saturating_add(n));
        builder.add(at(from_row, row), at(from_column, column), text_of(value))?;
        if builder.len() >= rows_max {
            break;
        }
    }
    Ok(builder.finish()?)
}

fn text_of(value: &Data) -> String {
    match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => tidy(text),
        Data::Int(n) => n.to_string(),
        Data::Float(n) => text_of_number(*n),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(at) => text_of_time(at),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => tidy(text),
        DataRef::SharedString(text) => tidy(text),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => text_of_number(*n),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(at) => text_of_time(at),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn tidy(text: &str) -> String {
    text.trim().replace("_x000D_", "").replace('\r', "")
}

/// A float keeps noise behind the fifteenth digit that no person entered.
fn text_of_number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        return format!("{n:.0}");
    }
    let rounded = format!("{n:.14e}").parse::<f64>().unwrap_or(n);
    rounded.to_string()
}

/// A date as `2026-04-01`, with a time of day when there is one; a time alone as `9:30:00`.
fn text_of_time(at: &ExcelDateTime) -> String {
    let days = at.as_f64();
    if at.is_duration() || !(1.0..2_958_466.0).contains(&days) {
        if !(0.0..100_000.0).contains(&days) {
            return text_of_number(days);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = (days * 86_400.0).round() as u64;
        return format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_lose_their_noise_and_nothing_else() {
        for (n, want) in [(46_113.0, "46113"), (0.1 + 0.2, "0.3"), (1_234.5, "1234.5"), (-3.0, "-3"), (0.12, "0.12")] {
            assert_eq!(text_of_number(n), want);
        }
    }
}
