//! The matters behind a count. They are written where counts are folded, so that no act waits for them,
//! and read in the order of months and matters, the newest first.

use domain::ids::{County, MatterId, UnitId};
use domain::matter::{Delta, is_sum};

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    ADD = "insert into counted (county, kind, measure, month, matter, unit, n) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
           on conflict (county, kind, measure, month, matter, unit) do update set n = counted.n + ?7";
    PAGE = "select month, matter, unit, n from counted \
            where county = ?1 and kind = ?2 and measure = ?3 and month >= ?4 and month <= ?5 \
            and (month < ?5 or matter < ?6) and n > 0 \
            order by month desc, matter desc, unit desc limit ?7";
}

/// A place in a list: a month and a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The month such as 202611.
    pub month: i64,
    /// The matter.
    pub matter: MatterId,
}

/// One entry: a matter added to a count in a month, at a unit, so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub at: Mark,
    /// The unit that it counted for.
    pub unit: UnitId,
    /// How often.
    pub n: i64,
}

/// Notes that a matter added to a count. What is a sum or a stock has no matters behind it.
///
/// # Errors
/// Failures of the store.
pub fn add(conn: &mut Conn, county: County, matter: i64, delta: &Delta) -> Result<(), StoreError> {
    let Delta { unit, month, kind, measure, n } = delta;
    if *month == 0 || is_sum(measure) {
        return Ok(());
    }
    conn.execute(&ADD, params![county, kind, measure, *month, matter, *unit, *n]).map(drop)
}

/// Entries of a measure from a month to the place of a mark, which itself is left out.
///
/// # Errors
/// Failures of the store.
pub fn page(
    conn: &mut Conn,
    county: County,
    (kind, measure): (&str, &str),
    (from, before): (i64, Mark),
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let values = params![county, kind, measure, from, before.month, before.matter, limit];
    conn.query(&PAGE, values, |row| {
        let at = Mark { month: row.int(0)?, matter: MatterId(row.int(1)?) };
        Ok(Entry { at, unit: UnitId(row.int(2)?), n: row.int(3)? })
    })
}
