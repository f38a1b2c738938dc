//! A PostgreSQL of others, read and never written: a query wrapped so that it can only read, in one read-only snapshot, piece by
//! piece through a cursor of the server. Every value comes as text.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, PgSslMode};
use sqlx::{Column as _, ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _};

use crate::connect::ours;

/// How long a connection may take to come about.
const CONNECT_MS_MAX: u64 = 10_000;
/// How long one step of a query may take on the server.
const STATEMENT_MS_MAX: u64 = 60_000;
/// Rows of one piece.
const PIECE_ROWS: usize = 500;
/// Characters of one value; longer ones are refused by whoever reads them, and need not come whole.
const VALUE_CHARS_MAX: usize = 21_000;
/// Columns of a query.
const COLUMNS_MAX: usize = 500;
/// Whole numbers below the cursor that are read again: those of transactions that ended late.
const OVERLAP_NUMBERS: i64 = 1_000;

/// Whether the way to the server is encrypted, and who the server must prove to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Encrypted, and the certificate must be that of the host.
    Verified,
    /// Encrypted, whoever it is.
    Encrypted,
    /// In plain, for a server on the same machine or in a network of one's own.
    Plain,
}

/// Where the other database is, and who we are there.
#[derive(Clone, Debug)]
pub struct ForeignAddress<'a> {
    /// Host name or address; a path is the folder of a socket.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// Name of the database.
    pub database: &'a str,
    /// User.
    pub user: &'a str,
    /// Password, if it asks for one.
    pub password: Option<&'a str>,
    /// Encryption.
    pub tls: Tls,
    /// A certificate authority of one's own, as PEM; those that browsers know when there is none.
    pub authority: Option<&'a str>,
}

/// Why it cannot be read, told apart by what a person would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignFault {
    /// It does not answer, or went away.
    Unreachable,
    /// The encryption does not come about, or the server is not who it should be.
    Tls,
    /// User or password are wrong.
    SignIn,
    /// There is no such database.
    NoDatabase,
    /// The user may not read this.
    NoRight,
    /// The query would write.
    Writes,
    /// The query is not understood there.
    Query,
    /// The query takes too long.
    Slow,
}

impl ForeignFault {
    /// Its word in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::SignIn => "sign-in",
            Self::NoDatabase => "no-database",
            Self::NoRight => "no-right",
            Self::Writes => "writes",
            Self::Query => "query",
            Self::Slow => "slow",
        }
    }
}

/// What went wrong, with what the server said. That may quote data: it is shown to whoever keeps the connection and never logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fault.word())]
pub struct ForeignError {
    /// Why.
    pub fault: ForeignFault,
    /// What the server said.
    pub said: String,
}

impl ForeignError {
    fn new(fault: ForeignFault, said: impl Into<String>) -> Self {
        Self { fault, said: said.into() }
    }
}

impl From<sqlx::Error> for ForeignError {
    fn from(e: sqlx::Error) -> Self {
        use ForeignFault as F;
        match e {
            sqlx::Error::Database(d) => {
                let fault = match d.code().as_deref().unwrap_or_default() {
                    "28P01" | "28000" => F::SignIn,
                    "3D000" => F::NoDatabase,
                    "42501" => F::NoRight,
                    "25006" | "0A000" => F::Writes,
                    "57014" => F::Slow,
                    code if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
                        F::Unreachable
                    }
                    _ => F::Query,
                };
                Self::new(fault, d.message())
            }
            sqlx::Error::Tls(e) => Self::new(F::Tls, e.to_string()),
            // What the other side shows in the handshake is not believed.
            sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidData => Self::new(F::Tls, e.to_string()),
            sqlx::Error::Io(e) => Self::new(F::Unreachable, e.to_string()),
            other => Self::new(F::Unreachable, other.to_string()),
        }
    }
}

/// A column of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignColumn {
    /// Its name.
    pub name: String,
    /// The server's name of its type, such as `TIMESTAMPTZ`.
    pub kind: String,
}

impl ForeignColumn {
    fn is_instant(&self) -> bool {
        matches!(self.kind.as_str(), "TIMESTAMPTZ" | "TIMESTAMP" | "DATE")
    }

    fn is_whole(&self) -> bool {
        matches!(self.kind.as_str(), "INT2" | "INT4" | "INT8")
    }

    /// As text that our readers of files understand.
    fn as_text(&self) -> String {
        let c = format!("q.{}", quote_name(&self.name));
        let text = match self.kind.as_str() {
            "TIMESTAMPTZ" => format!(
                "CASE WHEN isfinite({c}) THEN to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') END"
            ),
            "TIMESTAMP" => format!("CASE WHEN isfinite({c}) THEN to_char({c}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US') END"),
            "DATE" => format!("CASE WHEN isfinite({c}) THEN to_char({c}, 'YYYY-MM-DD') END"),
            "FLOAT4" | "FLOAT8" | "NUMERIC" => format!("NULLIF({c}::text, 'NaN')"),
            // Bytes are no text.
            "BYTEA" => "NULL::text".to_owned(),
            _ => format!("{c}::text"),
        };
        format!("left({text}, {VALUE_CHARS_MAX})")
    }
}

/// From where a query is read on.
#[derive(Clone, Debug)]
pub struct ReadFrom<'a> {
    /// The column by which rows are ordered.
    pub column: &'a str,
    /// Its last value that was read; the beginning when there is none.
    pub after: Option<&'a str>,
    /// How far before that is read again, in seconds, of a column of times: for transactions that ended late.
    pub overlap_s: i64,
}

/// Some rows of a query.
#[derive(Clone, Debug, Default)]
pub struct ForeignRows {
    /// The rows; a missing value is an empty text.
    pub rows: Vec<Vec<String>>,
    /// The last value of the cursor's column among them, exactly.
    pub last: Option<String>,
}

/// An open connection to a database of others, in a read-only transaction.
pub struct Foreign(PgConnection);

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Foreign")
    }
}

impl Foreign {
    /// Connects and begins a snapshot that can only be read.
    pub async fn open(address: &ForeignAddress<'_>) -> Result<Self, ForeignError> {
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(address.port)
            .database(address.database)
            .username(address.user)
            .password(address.password.unwrap_or_default())
            .application_name("kizashi")
            .statement_cache_capacity(1)
            .disable_statement_logging();
        options = match address.host.strip_prefix('/') {
            Some(_) => options.socket(address.host),
            None => options.host(address.host),
        };
        options = options.ssl_mode(match address.tls {
            Tls::Verified => PgSslMode::VerifyFull,
            Tls::Encrypted => PgSslMode::Require,
            Tls::Plain => PgSslMode::Disable,
        });
        if let (Tls::Verified, Some(pem)) = (address.tls, address.authority) {
            options = options.ssl_root_cert_from_pem(pem.as_bytes().to_vec());
        }
        let connecting = PgConnection::connect_with(&options);
        let connected = tokio::time::timeout(Duration::from_millis(CONNECT_MS_MAX), connecting).await;
        let mut connection = connected.map_err(|_| {
            ForeignError::new(ForeignFault::Unreachable, format!("no answer within {CONNECT_MS_MAX} ms"))
        })??;
        for text in [
            format!("SET statement_timeout = {STATEMENT_MS_MAX}"),
            "SET default_transaction_read_only = on".to_owned(),
            "SET TimeZone = 'UTC'".to_owned(),
            "SET DateStyle = 'ISO, YMD'".to_owned(),
            "SET standard_conforming_strings = on".to_owned(),
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
        ] {
            connection.execute(sqlx::query(ours(text)).persistent(false)).await?;
        }
        Ok(Self(connection))
    }

    /// The columns of a query. What is more than one statement, or would write, is refused.
    pub async fn describe(&mut self, query: &str) -> Result<Vec<ForeignColumn>, ForeignError> {
        let query = bare(query)?;
        // Alone first: what is wrong is said of the query as it was written.
        self.0.prepare(ours(query.to_owned())).await?;
        let statement = self.0.prepare(ours(format!("SELECT * FROM (\n{query}\n) AS q"))).await?;
        let columns = sqlx::Statement::columns(&statement).iter().take(COLUMNS_MAX);
        Ok(columns
            .map(|c| ForeignColumn { name: c.name().to_owned(), kind: c.type_info().name().to_owned() })
            .collect())
    }

    /// Begins to read a query whose columns are known.
    pub async fn begin(
        &mut self,
        query: &str,
        columns: &[ForeignColumn],
        from: Option<&ReadFrom<'_>>,
    ) -> Result<(), ForeignError> {
        let query = bare(query)?;
        let mut texts: Vec<String> = columns.iter().map(ForeignColumn::as_text).collect();
        let mut rest = String::new();
        match from {
            Some(from) => {
                let Some(column) = columns.iter().find(|c| c.name == from.column) else {
                    let said = format!("the query has no column {:?} any more", from.column);
                    return Err(ForeignError::new(ForeignFault::Query, said));
                };
                let name = format!("q.{}", quote_name(&column.name));
                texts.push(format!("{name}::text"));
                if let Some(after) = from.after {
                    rest = format!(" WHERE {name} >= {}", before(column, after, from.overlap_s));
                }
                rest.push_str(&format!(" ORDER BY {name} NULLS LAST"));
            }
            None => texts.push("NULL::text".to_owned()),
        }
        let text = format!(
            "DECLARE kizashi_rows NO SCROLL CURSOR FOR SELECT {} FROM (\n{query}\n) AS q{rest}",
            texts.join(", ")
        );
        self.0.execute(sqlx::query(ours(text)).persistent(false)).await?;
        Ok(())
    }

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<ForeignRows, ForeignError> {
        let text = format!("FETCH FORWARD {PIECE_ROWS} FROM kizashi_rows");
        let found: Vec<PgRow> = sqlx::query(ours(text)).persistent(false).fetch_all(&mut self.0).await?;
        let mut rows = ForeignRows::default();
        for row in &found {
            let cells: Result<Vec<Option<String>>, sqlx::Error> = (0..row.len()).map(|at| row.try_get(at)).collect();
            let mut cells = cells?;
            rows.last = cells.pop().flatten().or(rows.last);
            rows.rows.push(cells.into_iter().map(Option::unwrap_or_default).collect());
        }
        Ok(rows)
    }

    /// Says goodbye.
    pub async fn close(self) {
        let _gone_already = self.0.close().await;
    }
}

/// The query without the semicolon at its end. Only what reads is let through; the server looks again.
fn bare(query: &str) -> Result<&str, ForeignError> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let mut rest = query;
    // Comments may stand first.
    while let Some(behind) = rest
        .strip_prefix("--")
        .map(|c| c.split_once('\n').map_or("", |(_, behind)| behind))
        .or_else(|| rest.strip_prefix("/*").map(|c| c.split_once("*/").map_or("", |(_, behind)| behind)))
    {
        rest = behind.trim_start();
    }
    let word: String =
        rest.trim_start_matches('(').trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "select" | "with" | "values" | "table" => Ok(query),
        "" => Err(ForeignError::new(ForeignFault::Query, "the query is empty")),
        _ => Err(ForeignError::new(ForeignFault::Writes, format!("a query begins with SELECT or WITH, not {word}"))),
    }
}

/// The value from which is read again, as an expression of the column's type.
fn before(column: &ForeignColumn, after: &str, overlap_s: i64) -> String {
    let value = format!("CAST({} AS {})", quote_text(after), column.kind);
    if column.is_instant() {
        format!("{value} - INTERVAL '{overlap_s} seconds'")
    } else if column.is_whole() {
        format!("{value} - {OVERLAP_NUMBERS}")
    } else if matches!(column.kind.as_str(), "TEXT" | "VARCHAR" | "NUMERIC" | "UUID") {
        value
    } else {
        quote_text(after)
    }
}

fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_reads_begins_as_a_query() {
        for (query, want) in [
            ("SELECT 1;", Some("SELECT 1")),
            ("  -- mine\n/* too */ with a as (select 1) select * from a ; ", None),
            ("(select 1) union (select 2)", Some("(select 1) union (select 2)")),
        ] {
            let found = bare(query).unwrap();
            assert!(want.is_none_or(|w| w == found), "{found}");
        }
        for query in [
            "",
            "-- nothing",
            "DELETE FROM a",
            "insert into a values (1)",
            "/* select */ drop table a",
            "copy a to '/x'",
        ] {
            assert!(bare(query).is_err(), "{query}");
        }
    }

    #[test]
    fn what_is_quoted_stays_inside_its_quotes() {
        assert_eq!(quote_name("a\"b"), "\"a\"\"b\"");
        assert_eq!(quote_text("it's\0"), "'it''s'");
    }
}
