//! The only crate that knows an SQL driver: SQLite and PostgreSQL behind one text.
//!
//! A statement is written once with [`sql!`], which registers it, so that one test prepares every
//! statement on both engines. Nothing outside this crate asks which engine it runs on.

mod connect;
mod error;
mod foreign;

mod many;
mod migrate;
mod row;
mod search;
mod statement;
mod tx;
mod value;

pub use connect::{Db, Engine};
pub use error::DbError;
pub use foreign::{
    Foreign, ForeignAddress, ForeignColumn, ForeignError, ForeignFault, ForeignRows, ReadFrom, Tls as ForeignTls,
};
pub use row::{Columns, FromRow, FromValue, Row};
pub use search::IndexText;
pub use statement::{Statement, statements};
pub use tx::Tx;
pub use value::{ToValue, Value};

#[doc(hidden)]
pub use inventory;

/// Result of every call of this crate.
pub type Result<T> = std::result::Result<T, DbError>;
