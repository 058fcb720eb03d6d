//! Values in and out of statements: whole numbers, texts and bytes. Nothing else is stored.

use std::borrow::Cow;

use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::StoreError;

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum V<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
}

/// A row of an answer.
pub enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r postgres::Row),
}

type Answer<T> = Result<T, StoreError>;

impl Row<'_> {
    /// A whole number that is not null.
    pub fn int(&self, at: usize) -> Answer<i64> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// A whole number or null.
    pub fn opt_int(&self, at: usize) -> Answer<Option<i64>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// A text that is not null.
    pub fn text(&self, at: usize) -> Answer<String> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// A text or null.
    pub fn opt_text(&self, at: usize) -> Answer<Option<String>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// A text, borrowed for the time of the closure.
    pub fn str(&self, at: usize) -> Answer<&str> {
        match self {
            Self::Sqlite(row) => {
                Ok(row.get_ref(at)?.as_str().map_err(|e| StoreError::Engine(e.to_string()))?)
            }
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// Bytes that are not null.
    pub fn blob(&self, at: usize) -> Answer<Vec<u8>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// Bytes or null.
    pub fn opt_blob(&self, at: usize) -> Answer<Option<Vec<u8>>> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// Whatever stands there, for dumps.
    pub fn any(&self, at: usize) -> Answer<V<'static>> {
        match self {
            Self::Sqlite(row) => Ok(match row.get_ref(at)? {
                rusqlite::types::ValueRef::Null => V::Null,
                rusqlite::types::ValueRef::Integer(n) => V::Int(n),
                rusqlite::types::ValueRef::Real(_) => {
                    return Err(StoreError::Engine("a real number".into()));
                }
                rusqlite::types::ValueRef::Text(t) => {
                    V::Text(String::from_utf8_lossy(t).into_owned().into())
                }
                rusqlite::types::ValueRef::Blob(b) => V::Blob(b.to_vec().into()),
            }),
            Self::Postgres(row) => Ok(match *row.columns()[at].type_() {
                Type::INT8 | Type::INT4 => {
                    row.try_get::<_, Option<i64>>(at)?.map_or(V::Null, V::Int)
                }
                Type::BYTEA => {
                    row.try_get::<_, Option<Vec<u8>>>(at)?.map_or(V::Null, |b| V::Blob(b.into()))
                }
                _ => row.try_get::<_, Option<String>>(at)?.map_or(V::Null, |t| V::Text(t.into())),
            }),
        }
    }
}

impl rusqlite::ToSql for V<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            V::Null => ValueRef::Null,
            V::Int(n) => ValueRef::Integer(*n),
            V::Text(t) => ValueRef::Text(t.as_bytes()),
            V::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

impl ToSql for V<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            V::Null => Ok(IsNull::Yes),
            V::Int(n) => n.to_sql(ty, out),
            V::Text(t) => t.as_ref().to_sql(ty, out),
            V::Blob(b) => b.as_ref().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::TEXT | Type::VARCHAR | Type::BYTEA | Type::NAME)
    }

    to_sql_checked!();
}

impl From<i64> for V<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<u32> for V<'_> {
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<bool> for V<'_> {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

impl<'a> From<&'a str> for V<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for V<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for V<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a [u8]> for V<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes.into())
    }
}

impl<'a> From<&'a [u8; 32]> for V<'a> {
    fn from(bytes: &'a [u8; 32]) -> Self {
        Self::Blob(bytes.as_slice().into())
    }
}

impl<'a, T: Into<V<'a>>> From<Option<T>> for V<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_number {
    ($($name:ty),*) => {$(
        impl From<$name> for V<'_> {
            fn from(id: $name) -> Self {
                Self::Int(id.0.into())
            }
        }
    )*};
}
from_number!(
    domain::ids::County,
    domain::ids::UnitId,
    domain::ids::PersonId,
    domain::ids::PostId,
    domain::ids::MatterId,
    domain::ids::MatterCode,
    domain::ids::RecordId,
    domain::time::Instant,
    domain::time::Day
);

/// Parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::V::from($value)),*] };
}
pub(crate) use params;
