//! Rows of a foreign table on their way from its file to whoever makes facts of them.

/// Stands where a text held bytes that are no text; a character that no text may hold.
pub const BROKEN: char = '\u{FDD1}';

/// Some rows of a table as text, one behind the other; an empty field is a missing value.
#[derive(Clone, Debug, Default)]
pub struct TableRows {
    /// Number of the first row in the file, from 1.
    pub first_row: u64,
    /// Fields of a row; never 0.
    pub columns: usize,
    /// The text of all fields, row by row.
    pub text: String,
    /// Where each field ends, counted from the beginning of its row.
    pub ends: Vec<usize>,
}

impl TableRows {
    /// Rows that are there as fields; `first_row` is the number of the first one.
    pub fn of_rows(first_row: u64, columns: usize, rows: &[Vec<String>]) -> Self {
        let mut table =
            Self { first_row, columns, text: String::new(), ends: Vec::with_capacity(rows.len() * columns) };
        for row in rows {
            let begin = table.text.len();
            for at in 0..columns {
                table.text.push_str(row.get(at).map_or("", String::as_str));
                table.ends.push(table.text.len() - begin);
            }
        }
        table
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ends.len() / self.columns.max(1)
    }

    /// No rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows: the text of each, and where its fields end in it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[usize])> {
        let mut from = 0;
        self.ends.chunks_exact(self.columns.max(1)).map(move |ends| {
            let to = from + ends.last().copied().unwrap_or(0);
            let text = self.text.get(from..to).unwrap_or_default();
            from = to;
            (text, ends)
        })
    }
}

/// A table whose file does not hold what it should. The rows given before stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TableDamaged {
    /// How many rows were read before.
    pub rows: u64,
    /// Where it is and what is wrong.
    pub detail: String,
}
