//! What stops the reading of a whole file.

use std::io;

/// Why a file cannot be read, or not to its end. Rows handed over before the error are whole and right.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("cannot read {name}: {error}")]
    Io {
        /// The file's name as given.
        name: String,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The file ends too early or its compression is broken: what was read before stands.
    #[error("{name} is damaged after byte {at_bytes} (about line {line}): {detail}; the rows before that were read")]
    Damaged {
        /// The file's name as given.
        name: String,
        /// How far the compressed file was read.
        at_bytes: u64,
        /// The last line begun.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// A table whose file is broken: the rows before the place stand.
    #[error("{name} is damaged after row {rows}: {detail}; the rows before that were read")]
    DamagedTable {
        /// The file's name as given.
        name: String,
        /// Rows read before.
        rows: u64,
        /// Where it is and what is wrong.
        detail: String,
    },
    /// A small compressed file that would inflate without end.
    #[error("{name} inflates to more than {ratio_max} times its size; give it uncompressed if that is meant")]
    Bomb {
        /// The file's name as given.
        name: String,
        /// The limit.
        ratio_max: u64,
    },
    /// A kind of file that is not understood.
    #[error("{name} is {what}; {advice}")]
    Unsupported {
        /// The file's name as given.
        name: String,
        /// What it seems to be.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A workbook that is encrypted.
    #[error("{name} is encrypted; open it in Excel, take the password off, save it and give that")]
    Locked {
        /// The file's name as given.
        name: String,
    },
    /// A workbook that would swell without end.
    #[error("{name} inflates to more than any workbook holds; give its sheets as CSV if that is meant")]
    BombBook {
        /// The file's name as given.
        name: String,
    },
    /// A workbook that is not whole, or an archive that is none.
    #[error(
        "{name} cannot be read as a workbook ({detail}); open it in Excel, save it again, or give its sheets as CSV"
    )]
    BrokenBook {
        /// The file's name as given.
        name: String,
        /// What is wrong.
        detail: String,
    },
    /// More than is read at once.
    #[error("{name} holds more than {limit}; give it as CSV, which may be of any size")]
    TooLarge {
        /// The file's name as given, and the sheet's.
        name: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// A workbook has no sheet of this name.
    #[error("{name} has no sheet {sheet:?}; there are {there}")]
    NoSheet {
        /// The file's name as given.
        name: String,
        /// The name that was asked for.
        sheet: String,
        /// The sheets that are there.
        there: String,
    },
    /// A map file that says something wrong.
    #[error("map file, {place}: {message}")]
    Map {
        /// Line and column.
        place: String,
        /// What is wrong, and what is known.
        message: String,
    },
    /// The file has no row of headings, or names no column that is needed.
    #[error("{name}: {message}")]
    Columns {
        /// The file's name as given.
        name: String,
        /// Which fields were not found, which columns there are, and what to do.
        message: String,
    },
    /// More rows without ids than equal rows can be told apart for.
    #[error("more than {max} rows without an id column; name one in the map file or split the file")]
    TooManyRowsWithoutId {
        /// The limit.
        max: u64,
    },
    /// More letters than are held at once.
    #[error("{name} holds more than {limit}; split it into several files")]
    TooManyLetters {
        /// The file's name as given.
        name: String,
        /// The limit, with its unit.
        limit: String,
    },
}
