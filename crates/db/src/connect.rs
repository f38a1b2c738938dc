//! Opening a database and reading from it.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Executor as _, SqlSafeStr as _};

use crate::many::{full_keys, repeat_keys};
use crate::row::Inner;
use crate::{DbError, FromRow, Result, Row, Statement, Tx, Value};

const READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
const BUSY_WAIT_MS: u64 = 10_000;
const ACQUIRE_WAIT_MS: u64 = 10_000;
/// Page cache of each SQLite connection that reads, in KiB (negative: KiB, positive: pages).
const SQLITE_CACHE: &str = "-32768";
/// The same of the one that writes: a night goes over the indexes of all customers again and again.
const SQLITE_WRITER_CACHE: &str = "-65536";

/// Pages of the write-ahead log after which they are moved into the file: 96 MiB. With the usual four, a large transaction waits for
/// the disk twice; and pages that are written again and again, such as those of indexes, are moved once.
const SQLITE_CHECKPOINT: &str = "24000";

/// Which engine, for messages to the person who runs it. Business code never branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// Texts that a connection which writes keeps planned: many rows are written by texts of some lengths.
const TEXTS_KEPT: usize = 400;

/// Takes the write lock at once instead of in the middle.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db(pub(crate) Pools);

impl Db {
    /// Opens or makes an SQLite database in a file: one writer, several readers, every commit flushed to disk.
    pub async fn open_sqlite(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(BUSY_WAIT_MS))
            .pragma("cache_size", SQLITE_CACHE)
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT)
            .disable_statement_logging();
        let wait = Duration::from_millis(ACQUIRE_WAIT_MS);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(wait)
            .connect_with(
                options.clone().pragma("cache_size", SQLITE_WRITER_CACHE).statement_cache_capacity(TEXTS_KEPT),
            )
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(wait)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self(Pools::Sqlite { writer, readers }))
    }

    /// Connects to PostgreSQL at a `postgres://` address.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        // The address holds a password: it never goes into the error.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| DbError::Other("DATABASE_URL is not a postgres:// address".to_owned()))?
            .statement_cache_capacity(TEXTS_KEPT)
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(Duration::from_millis(ACQUIRE_WAIT_MS))
            .connect_with(options)
            .await?;
        Ok(Self(Pools::Postgres(pool)))
    }

    /// Which engine.
    pub const fn engine(&self) -> Engine {
        match self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a query. Write a LIMIT.
    pub async fn list<T: FromRow>(&self, statement: &'static Statement, args: Vec<Value>) -> Result<Vec<T>> {
        self.rows(statement, args).await?.iter().map(T::from_row).collect()
    }

    /// The first row of a query.
    pub async fn find<T: FromRow>(&self, statement: &'static Statement, args: Vec<Value>) -> Result<Option<T>> {
        self.rows(statement, args).await?.first().map(T::from_row).transpose()
    }

    /// All rows of a query whose last argument stands in `IN ($n)`, for any number of keys: few round trips, one text.
    pub async fn list_in<T: FromRow>(
        &self,
        statement: &'static Statement,
        args: Vec<Value>,
        keys: Vec<Value>,
    ) -> Result<Vec<T>> {
        let (text, args) = (repeat_keys(statement, args.len() + 1)?, &args);
        let mut out = Vec::new();
        for keys in full_keys(keys) {
            for row in self.rows_of(text.clone(), args.iter().cloned().chain(keys).collect()).await? {
                out.push(T::from_row(&row)?);
            }
        }
        Ok(out)
    }

    async fn rows(&self, statement: &'static Statement, args: Vec<Value>) -> Result<Vec<Row>> {
        self.rows_of(statement.text.to_owned(), args).await
    }

    async fn rows_of(&self, text: String, args: Vec<Value>) -> Result<Vec<Row>> {
        match &self.0 {
            Pools::Sqlite { readers, .. } => {
                let rows = sqlx::query_with(ours(text), sqlite_args(args)?).fetch_all(readers).await?;
                Ok(rows.into_iter().map(|r| Row(Inner::Sqlite(r))).collect())
            }
            Pools::Postgres(pool) => {
                let rows = sqlx::query_with(ours(text), postgres_args(args)?).fetch_all(pool).await?;
                Ok(rows.into_iter().map(|r| Row(Inner::Postgres(r))).collect())
            }
        }
    }

    /// Starts a transaction that may write. On SQLite it holds the only writer, so keep it short.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match &self.0 {
            Pools::Sqlite { writer, .. } => match writer.begin_with(BEGIN).await {
                // On a full disk a rollback fails too, since SQLite did it already, and the driver goes on counting the
                // transaction as open. Nothing of it was kept: another connection begins anew.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    let _closed_with_what_it_held = writer.acquire().await?.close().await;
                    Tx::sqlite(writer.begin_with(BEGIN).await?)
                }
                begun => Tx::sqlite(begun?),
            },
            Pools::Postgres(pool) => Tx::postgres(pool.begin().await?),
        })
    }

    /// Asks the engine to parse and plan a statement without running it.
    pub async fn prepare(&self, text: &'static str) -> Result<()> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => writer.prepare(text.into_sql_str()).await.map(|_| ())?,
            Pools::Postgres(pool) => pool.prepare(text.into_sql_str()).await.map(|_| ())?,
        }
        Ok(())
    }

    /// How SQLite would find the rows of a statement, a line for each table, with as many keys as it is asked for at once: among several
    /// it chooses otherwise than for one. Nothing on PostgreSQL, whose plans depend on what tables hold.
    pub async fn explain(&self, statement: &'static Statement) -> Result<Vec<String>> {
        let Pools::Sqlite { writer, .. } = &self.0 else { return Ok(Vec::new()) };
        let keys = statement.text.split("IN ($").nth(1).and_then(|rest| rest.split(')').next()?.parse().ok());
        let text = match keys {
            Some(n) => repeat_keys(statement, n)?,
            None => statement.text.to_owned(),
        };
        let text = ours(format!("EXPLAIN QUERY PLAN {text}"));
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(text).fetch_all(writer).await?;
        Ok(rows.into_iter().map(|(_, _, _, line)| line).collect())
    }

    /// Checks the file's structure (SQLite) or that the server answers (PostgreSQL); the findings, none when sound.
    pub async fn check(&self) -> Result<Vec<String>> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => {
                let mut found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(writer).await?;
                found.retain(|(line,)| line != "ok");
                let broken: Vec<sqlx::sqlite::SqliteRow> =
                    sqlx::query("PRAGMA foreign_key_check").fetch_all(writer).await?;
                let mut lines: Vec<String> = found.into_iter().map(|(line,)| line).collect();
                if !broken.is_empty() {
                    lines.push(format!("{} rows point to rows that do not exist", broken.len()));
                }
                Ok(lines)
            }
            Pools::Postgres(pool) => {
                sqlx::query("SELECT 1").execute(pool).await?;
                Ok(Vec::new())
            }
        }
    }

    /// Closes all connections after their work.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

pub(crate) fn sqlite_args(args: Vec<Value>) -> Result<sqlx::sqlite::SqliteArguments> {
    let mut out = sqlx::sqlite::SqliteArguments::default();
    for arg in args {
        match arg {
            Value::Int(v) => out.add(v),
            Value::Real(v) => out.add(v),
            Value::Text(v) => out.add(v),
            Value::Bytes(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
        }
        .map_err(|e| DbError::Other(e.to_string()))?;
    }
    Ok(out)
}

pub(crate) fn postgres_args(args: Vec<Value>) -> Result<PgArguments> {
    let mut out = PgArguments::default();
    for arg in args {
        match arg {
            Value::Int(v) => out.add(v),
            Value::Real(v) => out.add(v),
            // PostgreSQL text cannot hold NUL; the intake refuses control characters, this is the last wall.
            Value::Text(v) => out.add(v.map(|t| t.replace('\0', ""))),
            Value::Bytes(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
        }
        .map_err(|e| DbError::Other(e.to_string()))?;
    }
    Ok(out)
}

/// A text built by this crate from registered statements or migrations, never from input.
pub(crate) fn ours(text: String) -> sqlx::SqlStr {
    AssertSqlSafe(text).into_sql_str()
}
