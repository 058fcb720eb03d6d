//! Lists: one indexed read each, whatever the county's size.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use domain::ids::{County, MatterId};
use domain::matter::{Lane, Row as Place};

use crate::matters::{Summary, summary};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "insert into worklist (county, desk, lane, bucket, sort, matter) values (?1, ?2, ?3, ?4, ?5, ?6)";
    DELETE = "delete from worklist where county = ?1 and desk = ?2 and lane = ?3 and bucket = ?4 and sort = ?5 \
              and matter = ?6";
    PAGE = "select w.sort, w.matter, m.code, m.kind, m.state, m.phase, m.holder, m.handler, m.place, m.category, \
            m.title, m.sealed, m.registered_at, m.due_at, m.warn_at, m.closed_at, m.version \
            from worklist w join matter m on m.county = w.county and m.id = w.matter \
            where w.county = ?1 and w.desk = ?2 and w.lane = ?3 and w.bucket = ?4 and (w.sort, w.matter) > (?5, ?6) \
            order by w.sort, w.matter limit ?7";
    PAGE_BACK = "select w.sort, w.matter, m.code, m.kind, m.state, m.phase, m.holder, m.handler, m.place, m.category, \
                 m.title, m.sealed, m.registered_at, m.due_at, m.warn_at, m.closed_at, m.version \
                 from worklist w join matter m on m.county = w.county and m.id = w.matter \
                 where w.county = ?1 and w.desk = ?2 and w.lane = ?3 and w.bucket = ?4 and (w.sort, w.matter) < (?5, ?6) \
                 order by w.sort desc, w.matter desc limit ?7";
    OF_MATTER = "select 1 from worklist where county = ?1 and desk = ?2 and lane = ?3 and bucket = ?4 and sort = ?5 \
                 and matter = ?6";
    COUNTS = "select matter, count(*) from worklist where county = ?1 group by matter";
    COUNT_DUE = "select count(*), count(case when sort < ?5 then 1 end), count(case when sort < ?6 then 1 end) \
                from (select sort from worklist where county = ?1 and desk = ?2 and lane = ?3 and bucket = ?4 \
                order by sort limit ?7) n";
}

type Answer<T> = Result<T, StoreError>;

/// Brings a matter's places from what they were to what they are.
///
/// # Errors
/// Failures of the store.
pub fn change(
    conn: &mut Conn,
    county: County,
    matter: MatterId,
    was: &BTreeSet<Place>,
    is: &BTreeSet<Place>,
) -> Answer<()> {
    for place in was.difference(is) {
        put(conn, &DELETE, county, matter, place)?;
    }
    for place in is.difference(was) {
        put(conn, &INSERT, county, matter, place)?;
    }
    Ok(())
}

fn put(
    conn: &mut Conn,
    sql: &crate::Sql,
    county: County,
    matter: MatterId,
    place: &Place,
) -> Answer<usize> {
    let Place { desk, lane, bucket, sort } = place;
    conn.execute(sql, params![county, *desk, lane.name(), bucket, *sort, matter])
}

/// A place in the order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The value it is ordered by.
    pub sort: i64,
    /// The matter.
    pub matter: MatterId,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self { sort: i64::MIN, matter: MatterId(0) };
}

/// As it stands in an address: `SORT.MATTER`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sort, self.matter)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (sort, matter) = text.split_once('.').ok_or(())?;
        let whole = |part: &str| part.parse().map_err(|_| ());
        Ok(Self { sort: whole(sort)?, matter: MatterId(whole(matter)?) })
    }
}

/// A page of one list after a cursor.
///
/// # Errors
/// Failures of the store.
pub fn page(
    conn: &mut Conn,
    county: County,
    place: (i64, Lane, &str),
    after: Cursor,
    limit: i64,
) -> Answer<Vec<(Cursor, Summary)>> {
    rows(conn, &PAGE, county, place, after, limit)
}

/// What stands before a cursor in one list, the nearest first.
///
/// # Errors
/// Failures of the store.
pub fn page_back(
    conn: &mut Conn,
    county: County,
    place: (i64, Lane, &str),
    before: Cursor,
    limit: i64,
) -> Answer<Vec<(Cursor, Summary)>> {
    rows(conn, &PAGE_BACK, county, place, before, limit)
}

fn rows(
    conn: &mut Conn,
    sql: &crate::Sql,
    county: County,
    (desk, lane, bucket): (i64, Lane, &str),
    from: Cursor,
    limit: i64,
) -> Answer<Vec<(Cursor, Summary)>> {
    let params = params![county, desk, lane.name(), bucket, from.sort, from.matter, limit];
    conn.query(sql, params, |row| {
        let matter = MatterId(row.int(1)?);
        Ok((Cursor { sort: row.int(0)?, matter }, summary(row, matter, 2)?))
    })
}

/// Whether a matter stands in a place; for the check of everything.
///
/// # Errors
/// Failures of the store.
pub fn stands(conn: &mut Conn, county: County, matter: MatterId, place: &Place) -> Answer<bool> {
    let Place { desk, lane, bucket, sort } = place;
    let params = params![county, *desk, lane.name(), bucket, *sort, matter];
    Ok(conn.first(&OF_MATTER, params, |_| Ok(()))?.is_some())
}

/// How many places each matter has, in no order; for the check of everything.
///
/// # Errors
/// Failures of the store.
pub fn counts(conn: &mut Conn, county: County) -> Answer<Vec<(MatterId, i64)>> {
    conn.query(&COUNTS, params![county], |row| Ok((MatterId(row.int(0)?), row.int(1)?)))
}

/// How many matters of a list are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// All of them.
    pub all: i64,
    /// Those due before the first instant.
    pub first: i64,
    /// Those due before the second, the first among them.
    pub second: i64,
}

/// How many matters of a list are due before two instants and how many there are, each counted up to
/// a limit. One walk along the index: those due first stand first.
///
/// # Errors
/// Failures of the store.
pub fn count_due(
    conn: &mut Conn,
    county: County,
    (desk, lane, bucket): (i64, Lane, &str),
    before: (i64, i64),
    limit: i64,
) -> Answer<Due> {
    let params = params![county, desk, lane.name(), bucket, before.0, before.1, limit];
    let read =
        |row: &Row<'_>| Ok(Due { all: row.int(0)?, first: row.int(1)?, second: row.int(2)? });
    Ok(conn.first(&COUNT_DUE, params, read)?.unwrap_or_default())
}
