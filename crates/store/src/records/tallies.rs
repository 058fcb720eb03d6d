//! How many records each unit has. Counted with the act: two acts meet only where they are about the same
//! unit.

use std::collections::BTreeMap;

use domain::ids::{County, UnitId};
use domain::register::Territory;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    ADD = "insert into record_tally (county, register, measure, unit, n) values (?1, ?2, ?3, ?4, ?5) \
           on conflict (county, register, measure, unit) do update set n = record_tally.n + ?5";
    OF = "select unit, n from record_tally where county = ?1 and register = ?2 and measure = ?3 and unit >= ?4 \
          and unit <= ?5 order by unit";
    SUMS = "select measure, cast(sum(n) as bigint) from record_tally where county = ?1 and register = ?2 \
            and unit >= ?3 and unit <= ?4 group by measure order by measure";
    EVERY = "select register, measure, unit, n from record_tally where county = ?1 order by register, measure, unit";
}

type Answer<T> = Result<T, StoreError>;

/// What acts add to counts: register, measure, unit. In the order in which rows are written, so that two
/// acts never wait for each other.
pub type Sums = BTreeMap<(String, String, UnitId), i64>;

/// Adds to counts.
///
/// # Errors
/// Failures of the store.
pub fn add(conn: &mut Conn, county: County, sums: &Sums) -> Answer<()> {
    for ((register, measure, unit), n) in sums.iter().filter(|(_, n)| **n != 0) {
        conn.execute(&ADD, params![county, register, measure, *unit, *n])?;
    }
    Ok(())
}

/// A count of each unit of a territory.
///
/// # Errors
/// Failures of the store.
pub fn of(
    conn: &mut Conn,
    county: County,
    (register, measure): (&str, &str),
    territory: Territory,
) -> Answer<Vec<(UnitId, i64)>> {
    let params = params![county, register, measure, territory.first, territory.last];
    conn.query(&OF, params, |row| Ok((UnitId(row.int(0)?), row.int(1)?)))
}

/// Every count of a territory, by measure.
///
/// # Errors
/// Failures of the store.
pub fn sums(
    conn: &mut Conn,
    county: County,
    register: &str,
    territory: Territory,
) -> Answer<BTreeMap<String, i64>> {
    let params = params![county, register, territory.first, territory.last];
    Ok(conn.query(&SUMS, params, |row| Ok((row.text(0)?, row.int(1)?)))?.into_iter().collect())
}

/// Every count of a county that is not zero.
///
/// # Errors
/// Failures of the store.
pub fn all(conn: &mut Conn, county: County) -> Answer<Sums> {
    let rows = conn.query(&EVERY, params![county], |row| {
        Ok(((row.text(0)?, row.text(1)?, UnitId(row.int(2)?)), row.int(3)?))
    })?;
    Ok(rows.into_iter().filter(|(_, n)| *n != 0).collect())
}
