//! The row of headings: where it is and what its columns are.

use std::io;

use kizashi_domain::intake::RecordKind;
use kizashi_domain::limits::COLUMNS_MAX;

use super::records::{Found, Records};
use crate::input::BROKEN;
use crate::map::{Layout, Map, guess_kind};

/// The title of the column that holds the JSON text of a refused line.
pub const JSON_TITLE: &str = "_json";
/// Rows looked at for headings: offices put a title and a date above them.
const HEADING_ROWS_MAX: usize = 10;

/// The headings of a file.
pub struct Headings {
    pub titles: Vec<String>,
    pub layout: Layout,
    /// The column with the JSON text of refused lines, in a file of such.
    pub json: Option<usize>,
}

/// Why no headings were found.
pub enum NoHeadings {
    Io(io::Error),
    Columns(String),
}

impl From<io::Error> for NoHeadings {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Finds the first of the upper rows whose titles can be bound. When none can, what the first one lacks is told.
pub fn find_headings(
    records: &mut Records,
    kind: Option<RecordKind>,
    map: Option<&Map>,
    tabs: bool,
) -> Result<Headings, NoHeadings> {
    records.skip_lines(map.map_or(0, |m| m.skip_rows))?;
    let delimiter = match map.and_then(|m| m.delimiter) {
        Some(delimiter) => delimiter,
        None if tabs => b'\t',
        None => guess_delimiter(records.peek()?),
    };
    records.set_delimiter(delimiter);
    let mut told = None;
    for _ in 0..HEADING_ROWS_MAX {
        let found = match records.find() {
            Ok(found) => found,
            // A broken file says so, unless its first row said more.
            Err(error) if told.is_none() => return Err(error.into()),
            Err(_) => break,
        };
        let bound = match found {
            Found::End => break,
            Found::TooLong | Found::Unclosed => Err("the first row is no row of headings".to_owned()),
            Found::Row => bind(records, kind, map),
        };
        match bound {
            Ok(headings) => return Ok(headings),
            // What the widest row lacks is told: above it may stand a title and a date of issue.
            Err(message) => {
                let width =
                    records.row().map_or(0, |row| (0..row.ends.len()).filter(|i| !row.get(*i).is_empty()).count());
                if told.as_ref().is_none_or(|(most, _)| width > *most) {
                    told = Some((width, message));
                }
            }
        }
    }
    let empty = || "the file is empty; the first row must name the columns".to_owned();
    Err(NoHeadings::Columns(told.map_or_else(empty, |(_, message)| message)))
}

fn bind(records: &Records, kind: Option<RecordKind>, map: Option<&Map>) -> Result<Headings, String> {
    let titles = records.row().map(|row| row.to_fields()).unwrap_or_default();
    let titles: Vec<String> = titles.iter().map(|t| t.trim().to_owned()).collect();
    if titles.len() > COLUMNS_MAX {
        return Err(format!("{} columns; at most {COLUMNS_MAX} are read", titles.len()));
    }
    if titles.iter().any(|t| t.contains(BROKEN)) {
        return Err(format!("the headings hold bytes that are not {}", records.encoding()));
    }
    let json = titles.iter().position(|t| t == JSON_TITLE);
    if json.is_some() {
        return Ok(Headings { titles, layout: Layout::empty(kind.unwrap_or(RecordKind::Events)), json });
    }
    let Some(kind) = kind.or_else(|| guess_kind(&titles)) else {
        return Err(format!(
            "what the file holds cannot be told from its columns ({}); say it with --as",
            titles.join(", ")
        ));
    };
    let layout = Layout::bind(kind, map, &titles)?;
    Ok(Headings { titles, layout, json })
}

/// The character that the first line with any has most of, outside quotation marks.
pub(super) fn guess_delimiter(text: &[u8]) -> u8 {
    let (mut tabs, mut commas, mut semicolons, mut quoted) = (0, 0, 0, false);
    for b in text {
        match b {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\t' => tabs += 1,
            b',' => commas += 1,
            b';' => semicolons += 1,
            b'\n' | b'\r' if tabs + commas + semicolons > 0 => break,
            _ => {}
        }
    }
    if tabs > commas && tabs >= semicolons {
        b'\t'
    } else if semicolons > commas {
        b';'
    } else {
        b','
    }
}
