//! Rows on their way from the database.

use kizashi_domain::id::Id;
use kizashi_domain::time::{Day, Time};
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::{DbError, Result};

/// A row of a result, of either engine.
#[derive(Debug)]
pub struct Row(pub(crate) Inner);

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// Reads column `i`.
    fn read(row: &Row, i: usize) -> Result<Self>;
}

/// A struct that is read from a row, column by column; made by [`row!`](crate::row).
pub trait FromRow: Sized {
    /// Reads a row.
    fn from_row(row: &Row) -> Result<Self>;
}

/// Reads columns from left to right.
#[derive(Debug)]
pub struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl Columns<'_> {
    /// The next column.
    pub fn read<T: FromValue>(&mut self) -> Result<T> {
        let i = self.next;
        self.next += 1;
        T::read(self.row, i)
    }
}

impl Row {
    /// Column `i`, from 0.
    pub fn get<T: FromValue>(&self, i: usize) -> Result<T> {
        T::read(self, i)
    }

    /// All columns, from left to right.
    pub fn columns(&self) -> Columns<'_> {
        Columns { row: self, next: 0 }
    }
}

fn shape(column: usize, e: &sqlx::Error) -> DbError {
    DbError::Shape { column, detail: e.to_string() }
}

impl FromValue for Option<i64> {
    fn read(row: &Row, i: usize) -> Result<Self> {
        match &row.0 {
            Inner::Sqlite(r) => r.try_get_unchecked(i).map_err(|e| shape(i, &e)),
            Inner::Postgres(r) => {
                let raw = r.try_get_raw(i).map_err(|e| shape(i, &e))?;
                if raw.is_null() {
                    return Ok(None);
                }
                // Literals and some functions of PostgreSQL are narrower than our columns.
                match raw.type_info().name() {
                    "INT4" => r.try_get::<i32, _>(i).map(|v| Some(i64::from(v))),
                    "INT2" => r.try_get::<i16, _>(i).map(|v| Some(i64::from(v))),
                    "BOOL" => r.try_get::<bool, _>(i).map(|v| Some(i64::from(v))),
                    _ => r.try_get(i),
                }
                .map_err(|e| shape(i, &e))
            }
        }
    }
}

macro_rules! direct {
    ($($ty:ty),*) => {$(
        impl FromValue for Option<$ty> {
            fn read(row: &Row, i: usize) -> Result<Self> {
                match &row.0 {
                    Inner::Sqlite(r) => r.try_get_unchecked(i).map_err(|e| shape(i, &e)),
                    Inner::Postgres(r) => r.try_get(i).map_err(|e| shape(i, &e)),
                }
            }
        }
    )*};
}
direct!(f64, String, Vec<u8>, Uuid);

macro_rules! derived {
    ($($ty:ty, $from:ty, $convert:expr;)*) => {$(
        impl FromValue for Option<$ty> {
            fn read(row: &Row, i: usize) -> Result<Self> {
                Ok(<Option<$from>>::read(row, i)?.map($convert))
            }
        }
    )*};
}
derived! {
    Time, i64, Time;
    Day, i64, |v| Day(i32::try_from(v).unwrap_or(i32::MAX));
    bool, i64, |v| v != 0;
}

impl<T> FromValue for Option<Id<T>> {
    fn read(row: &Row, i: usize) -> Result<Self> {
        Ok(<Option<Uuid>>::read(row, i)?.map(Id::from_uuid))
    }
}

macro_rules! required {
    ($($ty:ty),*) => {$(
        impl FromValue for $ty {
            fn read(row: &Row, i: usize) -> Result<Self> {
                <Option<$ty>>::read(row, i)?.ok_or_else(|| DbError::Shape { column: i, detail: "is NULL".to_owned() })
            }
        }
    )*};
}
required!(i64, f64, String, Vec<u8>, Uuid, Time, Day, bool);

impl<T> FromValue for Id<T> {
    fn read(row: &Row, i: usize) -> Result<Self> {
        <Option<Self>>::read(row, i)?.ok_or_else(|| DbError::Shape { column: i, detail: "is NULL".to_owned() })
    }
}

impl<A: FromValue> FromRow for (A,) {
    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get(0)?,))
    }
}
impl<A: FromValue, B: FromValue> FromRow for (A, B) {
    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?))
    }
}
impl<A: FromValue, B: FromValue, C: FromValue> FromRow for (A, B, C) {
    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    }
}
impl<A: FromValue, B: FromValue, C: FromValue, D: FromValue> FromRow for (A, B, C, D) {
    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    }
}

/// Declares a struct and reads it from a row: the fields are the columns, in order.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])* $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),* }
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> $crate::Result<Self> {
                let mut columns = row.columns();
                Ok(Self { $($field: columns.read()?),* })
            }
        }
    };
}
