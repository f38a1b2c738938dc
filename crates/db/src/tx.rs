//! A transaction: all of it or nothing.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::connect::{ours, postgres_args, sqlite_args};
use crate::many::{full_keys, lot_of, repeat_keys, repeat_statement, repeat_values};
use crate::row::Inner;
use crate::{DbError, FromRow, Result, Row, Statement, Value};

/// Arguments of one statement that both engines take.
const ARGS_MAX: usize = 30_000;
/// Rows of one statement; more gain nothing and cost planning.
const ROWS_MAX: usize = 500;
/// Statements of one text.
const STATEMENTS_MAX: usize = 64;

/// A transaction. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx(Kind);

#[derive(Debug)]
enum Kind {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Kind::Sqlite(tx))
    }

    pub(crate) fn postgres(tx: Transaction<'static, Postgres>) -> Self {
        Self(Kind::Postgres(tx))
    }

    /// Runs a statement; how many rows it changed.
    pub async fn run(&mut self, statement: &'static Statement, args: Vec<Value>) -> Result<u64> {
        self.run_text(statement.text.to_owned(), args, true).await
    }

    /// Runs a statement once for each list of arguments, in order; how many rows all of them changed.
    pub async fn run_each(&mut self, statement: &'static Statement, all: Vec<Vec<Value>>) -> Result<u64> {
        let width = all.first().map_or(0, Vec::len);
        let mut all = all.into_iter();
        let mut changed = 0;
        while all.len() > 0 {
            let count = if self.is_sqlite() { lot_of(all.len(), STATEMENTS_MAX) } else { 1 };
            let args: Vec<Value> = all.by_ref().take(count).flatten().collect();
            if args.len() != width * count {
                return Err(DbError::Other(format!(
                    "rows of different width in {}:{}",
                    statement.file, statement.line
                )));
            }
            changed += self.run_text(repeat_statement(statement, width, count), args, true).await?;
        }
        Ok(changed)
    }

    /// Whether the engine keeps texts in tables of their own.
    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.0, Kind::Sqlite(_))
    }

    pub(crate) async fn run_text(&mut self, text: String, args: Vec<Value>, keep: bool) -> Result<u64> {
        Ok(match &mut self.0 {
            Kind::Sqlite(tx) => sqlx::query_with(ours(text), sqlite_args(args)?)
                .persistent(keep)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Kind::Postgres(tx) => sqlx::query_with(ours(text), postgres_args(args)?)
                .persistent(keep)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Runs a text of a migration.
    pub(crate) async fn raw(&mut self, text: &str) -> Result<()> {
        self.run_text(text.to_owned(), Vec::new(), false).await.map(|_| ())
    }

    /// Lets one program at a time migrate. SQLite's write lock does it already.
    pub(crate) async fn lock_migrations(&mut self) -> Result<()> {
        if let Kind::Postgres(tx) = &mut self.0 {
            sqlx::query("SELECT pg_advisory_xact_lock(7261951)").execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Runs an `INSERT … VALUES ($1, …, $k) …` for many rows with few round trips. Placeholders must occur once each, in order,
    /// and only inside VALUES.
    pub async fn run_many(&mut self, statement: &'static Statement, rows: Vec<Vec<Value>>) -> Result<u64> {
        let Some(width) = rows.first().map(Vec::len).filter(|w| *w > 0) else { return Ok(0) };
        let chunk = (ARGS_MAX / width).clamp(1, ROWS_MAX);
        let numbered = matches!(self.0, Kind::Postgres(_));
        let mut changed = 0;
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = lot_of(rows.len(), chunk);
            let mut args = Vec::with_capacity(count * width);
            for row in rows.by_ref().take(count) {
                if row.len() != width {
                    return Err(DbError::Other(format!(
                        "rows of different width in {}:{}",
                        statement.file, statement.line
                    )));
                }
                args.extend(row);
            }
            changed += self.run_text(repeat_values(statement, width, count, numbered)?, args, true).await?;
        }
        Ok(changed)
    }

    /// Runs a statement whose last argument stands in `IN ($n)`, for any number of keys; how many rows it changed.
    pub async fn run_in(&mut self, statement: &'static Statement, args: Vec<Value>, keys: Vec<Value>) -> Result<u64> {
        let (text, args) = (repeat_keys(statement, args.len() + 1)?, &args);
        let mut changed = 0;
        for keys in full_keys(keys) {
            changed += self.run_text(text.clone(), args.iter().cloned().chain(keys).collect(), true).await?;
        }
        Ok(changed)
    }

    /// All rows of a query, seen from inside the transaction.
    pub async fn list<T: FromRow>(&mut self, statement: &'static Statement, args: Vec<Value>) -> Result<Vec<T>> {
        self.list_text(statement.text.to_owned(), args).await
    }

    /// All rows of a query whose last argument stands in `IN ($n)`, for any number of keys.
    pub async fn list_in<T: FromRow>(
        &mut self,
        statement: &'static Statement,
        args: Vec<Value>,
        keys: Vec<Value>,
    ) -> Result<Vec<T>> {
        let (text, args) = (repeat_keys(statement, args.len() + 1)?, &args);
        let mut out = Vec::new();
        for keys in full_keys(keys) {
            out.extend(self.list_text::<T>(text.clone(), args.iter().cloned().chain(keys).collect()).await?);
        }
        Ok(out)
    }

    async fn list_text<T: FromRow>(&mut self, text: String, args: Vec<Value>) -> Result<Vec<T>> {
        let rows: Vec<Row> = match &mut self.0 {
            Kind::Sqlite(tx) => sqlx::query_with(ours(text), sqlite_args(args)?)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(|r| Row(Inner::Sqlite(r)))
                .collect(),
            Kind::Postgres(tx) => sqlx::query_with(ours(text), postgres_args(args)?)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(|r| Row(Inner::Postgres(r)))
                .collect(),
        };
        rows.iter().map(T::from_row).collect()
    }

    /// The first row of a query, seen from inside the transaction.
    pub async fn find<T: FromRow>(&mut self, statement: &'static Statement, args: Vec<Value>) -> Result<Option<T>> {
        Ok(self.list(statement, args).await?.into_iter().next())
    }

    /// Makes it all durable.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Kind::Sqlite(tx) => tx.commit().await?,
            Kind::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
