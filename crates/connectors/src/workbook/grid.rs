//! The cells of one sheet as text, row by row; empty rows are left out.

use kizashi_domain::limits::{COLUMNS_MAX, MERGES_MAX, SHEET_TEXT_BYTES_MAX};

/// Cells that are shown as one: first row, first column, last row, last column.
pub type Merged = (u32, u32, u32, u32);

/// A sheet's cells. Cells joined down a column are filled with what the first of them says.
#[derive(Debug, Default)]
pub struct Grid {
    text: String,
    /// Where each cell's text ends.
    ends: Vec<usize>,
    rows: Vec<GridRow>,
    merged: Vec<Merged>,
    columns: usize,
}

#[derive(Clone, Copy, Debug)]
struct GridRow {
    /// Number in the sheet, from 1.
    number: u64,
    /// Place of its first cell in `ends`, and how many cells it has.
    first: usize,
    cells: usize,
}

/// Why a sheet is not read further.
#[derive(Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// More columns than are read.
    Columns,
    /// More text than is held.
    Text,
}

impl Grid {
    /// How many rows with any text.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The widest row.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The number in the sheet, from 1, of the row at a place.
    pub fn number(&self, row: usize) -> Option<u64> {
        self.rows.get(row).map(|r| r.number)
    }

    /// A cell's text; empty when there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let Some(found) = self.rows.get(row).filter(|r| column < r.cells) else { return "" };
        let at = found.first + column;
        let from = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.text.get(from..to).unwrap_or_default()
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> Vec<String> {
        (0..self.columns).map(|c| self.cell(row, c).to_owned()).collect()
    }

    /// The text that stands over a cell, with cells joined across a row counted as one: for headings.
    pub fn spread(&self, row: usize, column: usize) -> &str {
        let own = self.cell(row, column);
        if !own.is_empty() {
            return own;
        }
        let (Some(number), Ok(col)) = (self.number(row), u32::try_from(column)) else { return own };
        let over = self.merged.iter().find(|(r0, c0, r1, c1)| {
            (u64::from(*r0) + 1..=u64::from(*r1) + 1).contains(&number) && (*c0..=*c1).contains(&col)
        });
        over.map_or(own, |(_, c0, ..)| self.cell(row, *c0 as usize))
    }
}

/// Takes cells in the order of a sheet.
pub struct GridBuilder {
    grid: Grid,
    /// Joined cells that reach down, by their first row, and how far they were gone through.
    down: Vec<Merged>,
    next_down: usize,
    /// Those that reach into the row under work, with what their first cell says.
    open: Vec<(Merged, String)>,
    row: Option<u32>,
    cells: Vec<String>,
}

impl GridBuilder {
    pub fn new(mut merged: Vec<Merged>) -> Self {
        merged.truncate(MERGES_MAX);
        merged.sort_unstable();
        let down = merged.iter().copied().filter(|(r0, _, r1, _)| r1 > r0).collect();
        let grid = Grid { merged, ..Grid::default() };
        Self { grid, down, next_down: 0, open: Vec::new(), row: None, cells: Vec::new() }
    }

    /// Rows taken so far.
    pub const fn len(&self) -> usize {
        self.grid.len()
    }

    /// Adds a cell. Cells of a row that was left already are not looked at: no program writes them so.
    pub fn add(&mut self, row: u32, column: u32, text: String) -> Result<(), TooMuch> {
        if text.is_empty() {
            return Ok(());
        }
        let column = column as usize;
        if column >= COLUMNS_MAX {
            return Err(TooMuch::Columns);
        }
        match self.row {
            Some(at) if row < at => return Ok(()),
            Some(at) if row > at => self.end_row()?,
            _ => {}
        }
        self.row = Some(row);
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), TooMuch> {
        let Some(row) = self.row.take() else { return Ok(()) };
        self.fill_down(row);
        let grid = &mut self.grid;
        let first = grid.ends.len();
        for cell in self.cells.drain(..) {
            grid.text.push_str(&cell);
            grid.ends.push(grid.text.len());
        }
        let cells = grid.ends.len() - first;
        grid.columns = grid.columns.max(cells);
        grid.rows.push(GridRow { number: u64::from(row) + 1, first, cells });
        if grid.text.len() + grid.ends.len() * size_of::<usize>() > SHEET_TEXT_BYTES_MAX {
            return Err(TooMuch::Text);
        }
        Ok(())
    }

    /// A cell joined with those below it says the same in each of their rows.
    fn fill_down(&mut self, row: u32) {
        while let Some(merged) = self.down.get(self.next_down).copied().filter(|m| m.0 <= row) {
            self.next_down += 1;
            let text = self.cells.get(merged.1 as usize).cloned().unwrap_or_default();
            if merged.0 == row && !text.is_empty() {
                self.open.push((merged, text));
            }
        }
        self.open.retain(|((_, _, r1, _), _)| row <= *r1);
        for ((r0, c0, ..), text) in &self.open {
            let column = *c0 as usize;
            if *r0 == row || column >= COLUMNS_MAX {
                continue;
            }
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            if let Some(cell) = self.cells.get_mut(column).filter(|c| c.is_empty()) {
                cell.clone_from(text);
            }
        }
    }

    /// The sheet.
    pub fn finish(mut self) -> Result<Grid, TooMuch> {
        self.end_row()?;
        Ok(self.grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: &[(u32, u32, &str)], merged: &[Merged]) -> Grid {
        let mut builder = GridBuilder::new(merged.to_vec());
        for (row, column, text) in cells {
            builder.add(*row, *column, (*text).to_owned()).unwrap();
        }
        builder.finish().unwrap()
    }

    #[test]
    fn joined_cells_reach_down_and_headings_across() {
        let cells = [
            (0, 0, "会社"),
            (0, 1, "契約"),
            (1, 1, "開始"),
            (1, 2, "終了"),
            (3, 0, "ミナト"),
            (3, 1, "a"),
            (5, 1, "b"),
        ];
        let got = grid(&cells, &[(0, 1, 0, 2), (3, 0, 6, 0), (0, 0, 1, 0)]);
        assert_eq!((got.len(), got.columns(), got.number(2), got.number(3)), (4, 3, Some(4), Some(6)));
        assert_eq!(got.row(1), ["会社", "開始", "終了"]);
        assert_eq!((got.cell(0, 2), got.spread(0, 2)), ("", "契約"));
        assert_eq!(got.row(3), ["ミナト", "b", ""]);
        assert_eq!(got.cell(99, 99), "");
    }

    #[test]
    fn a_sheet_has_limits() {
        let mut builder = GridBuilder::new(Vec::new());
        let far = u32::try_from(COLUMNS_MAX).unwrap();
        assert_eq!(builder.add(0, far, "x".into()), Err(TooMuch::Columns));
        assert_eq!(builder.add(0, far, String::new()), Ok(()), "a cell that is only coloured");
        builder.add(4, 0, "x".into()).unwrap();
        builder.add(2, 0, "late".into()).unwrap();
        assert_eq!(builder.finish().unwrap().row(0), ["x"]);
    }
}
