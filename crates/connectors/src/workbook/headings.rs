//! Where the headings of a sheet are: below titles and dates of issue, in one row or in two.

use kizashi_domain::intake::RecordKind;

use super::grid::Grid;
use crate::map::{Layout, Map, PARTS, guess_kind};

/// Rows with any text that are looked at for headings.
pub const HEADING_ROWS_MAX: usize = 15;

/// The headings of a sheet.
#[derive(Debug)]
pub struct Headed {
    /// Place of the first row of headings among the rows with any text.
    pub at: usize,
    /// One row or two.
    pub height: usize,
    /// Titles of the columns.
    pub titles: Vec<String>,
    /// What the sheet holds.
    pub kind: RecordKind,
}

/// Finds the headings that name the most fields; of equals the upper one, in one row rather than in two. When none can be bound,
/// what the likeliest row lacks is told.
pub fn find_headings(grid: &Grid, kind: Option<RecordKind>, map: Option<&Map>) -> Result<Headed, String> {
    let skip = map.map_or(0, |m| usize::try_from(m.skip_rows).unwrap_or(usize::MAX));
    let first = (0..grid.len()).find(|row| grid.number(*row).is_some_and(|n| n > skip as u64)).unwrap_or(grid.len());
    let mut best: Option<(usize, Headed)> = None;
    for at in first..grid.len().min(first + HEADING_ROWS_MAX) {
        for height in 1..=2 {
            if at + height > grid.len() || height == 2 && !is_group_row(grid, at) {
                break;
            }
            let titles = join_titles(grid, at, height);
            let Some(kind) = kind.or_else(|| guess_kind(&titles)) else { continue };
            let Ok(layout) = Layout::bind(kind, map, &titles) else { continue };
            let score = layout.bound.len() + layout.figures.len();
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, Headed { at, height, titles, kind }));
            }
        }
    }
    if let Some((_, headed)) = best {
        return Ok(headed);
    }
    if grid.len() <= first {
        return Err("the sheet is empty; a row must name the columns".to_owned());
    }
    let (at, height) = guess_heading_row(grid);
    let titles = join_titles(grid, at, height);
    match kind {
        Some(kind) => Err(Layout::bind(kind, map, &titles).err().unwrap_or_default()),
        None => Err(format!(
            "what the sheet holds cannot be told from its columns ({}); say it with --as",
            titles.iter().filter(|t| !t.is_empty()).take(40).cloned().collect::<Vec<_>>().join(", ")
        )),
    }
}

/// Whether a row may be the upper one of two rows of headings: the next follows at once, and it is no lone title or remark.
fn is_group_row(grid: &Grid, at: usize) -> bool {
    let filled = (0..grid.columns()).filter(|c| !grid.cell(at, *c).is_empty()).count();
    filled > 1 && grid.number(at).map(|n| n + 1) == grid.number(at + 1)
}

/// The row that looks most like headings when none can be bound: the first of the upper ones that is nearly as wide as the
/// widest of them and holds no figures.
pub fn guess_heading_row(grid: &Grid) -> (usize, usize) {
    let upper = grid.len().min(HEADING_ROWS_MAX);
    let filled = |row: usize| (0..grid.columns()).filter(|c| !grid.cell(row, *c).is_empty()).count();
    let widest = (0..upper).map(filled).max().unwrap_or(0);
    let is_words = |row: usize| (0..grid.columns()).all(|c| grid.cell(row, c).parse::<f64>().is_err());
    let found = (0..upper).find(|row| filled(*row) * 4 >= widest * 3 && is_words(*row));
    (found.or_else(|| (0..upper).find(|row| filled(*row) == widest)).unwrap_or(0), 1)
}

/// The titles of a row of headings, or of two: what stands above and what stands below, joined.
pub fn join_titles(grid: &Grid, at: usize, height: usize) -> Vec<String> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut titles: Vec<String> = (0..grid.columns())
        .map(|column| {
            if height == 1 {
                return plain(grid.cell(at, column));
            }
            let (above, below) = (plain(grid.spread(at, column)), plain(grid.cell(at + 1, column)));
            match (above.is_empty(), below.is_empty()) {
                (_, true) => above,
                (true, _) => below,
                _ if above == below => above,
                _ => format!("{above}{PARTS}{below}"),
            }
        })
        .collect();
    while titles.last().is_some_and(String::is_empty) && titles.len() > 1 {
        // Cells without a title may still hold notes; those behind the last title are nobody's.
        titles.pop();
    }
    titles
}
