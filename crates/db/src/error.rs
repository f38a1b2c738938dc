//! What can go wrong, by what a caller would do differently.

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique or foreign key stands against it; the name of the constraint where the engine tells it.
    #[error("conflict with what is stored ({0})")]
    Conflict(String),
    /// The disk is full: nothing was written; ask again when there is room.
    #[error("no space left for the database")]
    NoSpace,
    /// Busy or out of connections: ask again.
    #[error("the database is busy")]
    Busy,
    /// The database was made by a newer version of Kizashi.
    #[error("the database is at migration {found}, this program knows {known}: use the newer program")]
    TooNew {
        /// Version of the database.
        found: i64,
        /// Newest migration of this program.
        known: i64,
    },
    /// A column was missing or of another type: a mistake in our code.
    #[error("column {column} of a result: {detail}")]
    Shape {
        /// Position from 0.
        column: usize,
        /// What was found.
        detail: String,
    },
    /// Anything else.
    #[error("database: {0}")]
    Other(String),
}

const SQLITE_BUSY: &[&str] = &["5", "6", "261", "517"];
const SQLITE_FULL: &str = "13";
const PG_DISK_FULL: &str = "53100";

impl From<sqlx::Error> for DbError {
    fn from(e: sqlx::Error) -> Self {
        match e {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(d) => {
                let code = d.code().unwrap_or_default().into_owned();
                if d.is_unique_violation() || d.is_foreign_key_violation() {
                    Self::Conflict(d.constraint().unwrap_or("unique or foreign key").to_owned())
                } else if code == SQLITE_FULL || code == PG_DISK_FULL || d.message().contains("disk is full") {
                    Self::NoSpace
                } else if SQLITE_BUSY.contains(&code.as_str()) {
                    Self::Busy
                } else {
                    // The message of the engine names columns, never the values that were bound.
                    Self::Other(format!("{} ({code})", d.message()))
                }
            }
            other => Self::Other(other.to_string()),
        }
    }
}
