//! The schema grows by numbered migrations that are never edited. A program refuses a database
//! that is newer than itself.

use sm3::{Digest, Sm3};

use crate::dialect::Dialect;
use crate::sql::Sql;
use crate::value::params;
use crate::{Conn, StoreError};

struct Migration {
    version: i64,
    common: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A migration: its number and what both engines run, then what each runs beside it.
macro_rules! migration {
    ($version:literal, $common:literal) => {
        Migration { version: $version, common: text!($common), sqlite: "", postgres: "" }
    };
    ($version:literal, $common:literal, $sqlite:literal, $postgres:literal) => {
        Migration {
            version: $version,
            common: text!($common),
            sqlite: text!($sqlite),
            postgres: text!($postgres),
        }
    };
}
macro_rules! text {
    ($file:literal) => {
        include_str!(concat!("../migrations/", $file))
    };
}

/// Every migration in order.
const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_core.sql", "0001_core.sqlite.sql", "0001_core.pg.sql"),
    migration!(2, "0002_papers.sql"),
    migration!(3, "0003_notices.sql"),
    migration!(4, "0004_meetings.sql"),
    migration!(5, "0005_saved_lists.sql"),
    migration!(6, "0006_registers.sql", "0006_registers.sqlite.sql", "0006_registers.pg.sql"),
    migration!(7, "0007_counted.sql"),
    migration!(8, "0008_tallies_by_kind.sql"),
    migration!(9, "0009_folding.sql"),
];

const CREATE: &str = "create table if not exists schema_migration (version bigint not null primary key, \
                      digest varchar(64) not null)";
const DONE: Sql = Sql {
    name: "migrate::DONE",
    text: "select version, digest from schema_migration order by version",
    only: None,
};
const RECORD: Sql = Sql {
    name: "migrate::RECORD",
    text: "insert into schema_migration (version, digest) values (?1, ?2)",
    only: None,
};

/// Brings the schema to this program's version, each migration in a transaction.
///
/// # Errors
/// [`StoreError::Schema`] where the database is newer, or a migration was changed after it ran.
pub fn migrate(conn: &mut Conn) -> Result<(), StoreError> {
    let dialect = conn.dialect();
    // Two servers may start at once: whoever comes second finds the table there.
    match conn.batch(CREATE) {
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error),
    }
    conn.batch(if dialect == Dialect::Sqlite { "begin immediate" } else { "begin" })?;
    let migrated = all(conn, dialect);
    conn.batch(if migrated.is_ok() { "commit" } else { "rollback" })?;
    migrated
}

fn all(conn: &mut Conn, dialect: Dialect) -> Result<(), StoreError> {
    if dialect == Dialect::Postgres {
        conn.batch("lock table schema_migration in exclusive mode")?;
    }
    let done = conn.query(&DONE, &[], |row| Ok((row.int(0)?, row.text(1)?)))?;
    for (version, digest) in &done {
        let Some(known) = MIGRATIONS.iter().find(|m| m.version == *version) else {
            let why = format!("the database is at version {version}, made by a newer program");
            return Err(StoreError::Schema(why));
        };
        if known.digest() != *digest {
            return Err(StoreError::Schema(format!(
                "migration {version} was changed after it ran"
            )));
        }
    }
    for migration in MIGRATIONS.iter().filter(|m| !done.iter().any(|(v, _)| *v == m.version)) {
        conn.batch(&dialect.schema(migration.common))?;
        let own = if dialect == Dialect::Sqlite { migration.sqlite } else { migration.postgres };
        conn.batch(&dialect.schema(own))?;
        conn.execute(&RECORD, params![migration.version, migration.digest()])?;
    }
    Ok(())
}

impl Migration {
    fn digest(&self) -> String {
        let mut hash = Sm3::new();
        for text in [self.common, self.sqlite, self.postgres] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}
