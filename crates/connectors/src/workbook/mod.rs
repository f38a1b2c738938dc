//! Excel workbooks (.xlsx .xlsm .xlsb .xls) and OpenDocument sheets (.ods), read as tables of text. Formulas count by their stored
//! values; macros, links and pictures are not looked at.

mod grid;
mod guard;
mod headings;
mod open;

use kizashi_domain::intake::{RecordKind, TableDamaged, TableRows};

pub use grid::Grid;
use headings::Headed;
pub use headings::{HEADING_ROWS_MAX, find_headings, guess_heading_row, join_titles};
pub use open::{Workbook, is_workbook};

use crate::error::Error;
use crate::map::Map;
use crate::table::OpenTable;

/// Reads a sheet and finds its headings. The error says what is missing, as of any file.
pub fn open_sheet(
    workbook: &mut Workbook,
    sheet: &str,
    kind: Option<RecordKind>,
    map: Option<&Map>,
) -> Result<OpenTable, Error> {
    let grid = workbook.read(sheet, None)?;
    let name = format!("{} [{sheet}]", workbook.name());
    let headed = find_headings(&grid, kind, map).map_err(|message| Error::Columns { name: name.clone(), message })?;
    Ok(table_of(name, grid, headed))
}

/// The rows below the headings.
fn table_of(name: String, grid: Grid, headed: Headed) -> OpenTable {
    let columns = headed.titles.len();
    let from = headed.at + headed.height;
    let rows = grid.len().saturating_sub(from) as u64;
    let batches = (0..).scan((grid, from), move |(grid, at), _: u32| {
        let batch = next_batch(grid, at, columns)?;
        Some(Ok::<TableRows, TableDamaged>(batch))
    });
    OpenTable { name, titles: headed.titles, left_out: Vec::new(), rows, batches: Box::new(batches) }
}

/// Rows that stand below each other without a gap; an empty row ends the batch, so that numbers stay those of the sheet.
fn next_batch(grid: &Grid, at: &mut usize, columns: usize) -> Option<TableRows> {
    let mut batch = TableRows { first_row: grid.number(*at)?, columns, ..TableRows::default() };
    while let Some(number) = grid.number(*at) {
        let next = batch.first_row + batch.len() as u64;
        if number != next || batch.len() >= kizashi_domain::limits::READ_ROWS_MAX {
            break;
        }
        let start = batch.text.len();
        for column in 0..columns {
            batch.text.push_str(grid.cell(*at, column));
            batch.ends.push(batch.text.len() - start);
        }
        *at += 1;
    }
    Some(batch)
}
