//! How a use case ends when it does not end well.

use kizashi_db::DbError;
use kizashi_domain::measure::SourceError;

/// Result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// `Refused` is said to the person; `Failed` is logged once, at the edge, and the person sees a number.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be done, and the person can be told why.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Overload, a full disk: the same request may work later.
    #[error("try again later: {0}")]
    Again(&'static str),
    /// Our machine or our mistake.
    #[error("{what}: {detail}")]
    Failed {
        /// What was being done.
        what: &'static str,
        /// What the layer below said; no personal data.
        detail: String,
    },
}

impl Error {
    /// A failure with what the layer below said.
    pub fn failed(what: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Failed { what, detail: detail.to_string() }
    }
}

/// Why a request is refused. Each has a text in both languages (`refused-…` in the locale files).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is none, or it is not yours to see.
    #[error("there is no such thing")]
    NotFound,
    /// Not signed in.
    #[error("sign in first")]
    SignIn,
    /// Wrong mail address or password.
    #[error("wrong mail address or password")]
    WrongPassword,
    /// Too many attempts; wait.
    #[error("too many attempts; wait {wait_s} seconds")]
    TooManyAttempts {
        /// How long to wait.
        wait_s: i64,
    },
    /// The role may not.
    #[error("your role may not do this")]
    NotAllowed,
    /// A field's value does not do.
    #[error("{field}: {reason}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong, as a key of the locale files.
        reason: &'static str,
    },
    /// The card is closed or changed by someone else meanwhile.
    #[error("someone else changed it meanwhile")]
    Changed,
    /// A name is taken.
    #[error("the name is taken")]
    Taken,
    /// A settings document is wrong.
    #[error("settings: {0}")]
    Settings(String),
    /// No workspace yet.
    #[error("there is no workspace in this data folder yet: run kizashi init")]
    NoWorkspace,
    /// A write key that is not known.
    #[error("unknown write key")]
    UnknownKey,
    /// The key that opens secrets is `missing`, `damaged` or `wrong` (another one than they were sealed with).
    #[error(
        "the key of secrets (secret.key in the data folder, or KIZASHI_SECRET_KEY) is {0}: put back the one they were kept with"
    )]
    SecretKey(&'static str),
}

impl From<DbError> for Error {
    fn from(e: DbError) -> Self {
        match e {
            DbError::NoSpace => Self::Again("no space left for the database"),
            DbError::Busy => Self::Again("the database is busy"),
            other => Self::failed("database", other),
        }
    }
}

impl From<SourceError> for Error {
    fn from(e: SourceError) -> Self {
        match e {
            SourceError::NoSpace => Self::Again("no space left for usage history"),
            other => Self::failed("usage history", other),
        }
    }
}
