//! Units, people and posts.

use domain::ids::{County, PersonId, PostId, UnitId};
use domain::org::{Org, Post, Unit};
use domain::time::{Day, Instant};

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT_UNIT = "insert into unit (county, id, parent, level, office, name, place, holds, code_system, since, until) \
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
                   on conflict (county, id) do update set parent = ?3, level = ?4, office = ?5, name = ?6, \
                   place = ?7, holds = ?8, code_system = ?9, until = ?11";
    UNITS = "select id, parent, level, office, name, place, holds, code_system, since, until from unit \
             where county = ?1 order by id";
    INSERT_PERSON = "insert into person (county, id, name, phone, created_at) values (?1, ?2, ?3, ?4, ?5)";
    PERSON = "select name from person where county = ?1 and id = ?2";
    PEOPLE = "select id, name from person where county = ?1 order by id";
    INSERT_POST = "insert into post (county, id, person, role, unit, since, until) \
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    END_POST = "update post set until = ?3 where county = ?1 and id = ?2 and (until is null or until > ?3)";
    POSTS = "select id, person, role, unit, since, until from post where county = ?1 order by person, id";
}

type Answer<T> = Result<T, StoreError>;

/// Adds a unit, or changes what may change of it.
///
/// # Errors
/// Failures of the store.
pub fn put_unit(conn: &mut Conn, county: County, unit: &Unit) -> Answer<()> {
    let params = params![
        county,
        unit.id,
        unit.parent,
        &unit.level,
        unit.office.as_ref(),
        &unit.name,
        &unit.place,
        unit.holds,
        &unit.code_system,
        unit.since,
        unit.until,
    ];
    conn.execute(&INSERT_UNIT, params).map(drop)
}

/// The org tree of a county with its posts.
///
/// # Errors
/// Failures of the store.
pub fn load(conn: &mut Conn, county: County) -> Answer<Org> {
    let units = conn.query(&UNITS, params![county], |row| {
        Ok(Unit {
            id: UnitId(row.int(0)?),
            parent: row.opt_int(1)?.map(UnitId),
            level: row.text(2)?,
            office: row.opt_text(3)?,
            name: row.text(4)?,
            place: row.text(5)?,
            holds: row.int(6)? != 0,
            code_system: row.text(7)?,
            since: day(row, 8)?.unwrap_or(Day(0)),
            until: day(row, 9)?,
        })
    })?;
    let posts = conn.query(&POSTS, params![county], |row| {
        Ok(Post {
            id: PostId(row.int(0)?),
            person: PersonId(row.int(1)?),
            role: row.text(2)?,
            unit: UnitId(row.int(3)?),
            since: day(row, 4)?.unwrap_or(Day(0)),
            until: day(row, 5)?,
        })
    })?;
    Ok(Org::new(units, posts))
}

fn day(row: &Row<'_>, at: usize) -> Answer<Option<Day>> {
    let number = row.opt_int(at)?;
    number
        .map(|n| i32::try_from(n).map(Day).map_err(|e| StoreError::corrupt("a day", e)))
        .transpose()
}

/// Adds a person.
///
/// # Errors
/// Failures of the store.
pub fn insert_person(
    conn: &mut Conn,
    county: County,
    id: PersonId,
    name: &str,
    phone: Option<&str>,
    now: Instant,
) -> Answer<()> {
    conn.execute(&INSERT_PERSON, params![county, id, name, phone, now]).map(drop)
}

/// The name of a person.
///
/// # Errors
/// Failures of the store.
pub fn person(conn: &mut Conn, county: County, id: PersonId) -> Answer<Option<String>> {
    conn.first(&PERSON, params![county, id], |row| row.text(0))
}

/// Everybody who holds or held a post.
///
/// # Errors
/// Failures of the store.
pub fn people(conn: &mut Conn, county: County) -> Answer<Vec<(PersonId, String)>> {
    conn.query(&PEOPLE, params![county], |row| Ok((PersonId(row.int(0)?), row.text(1)?)))
}

/// Gives a post.
///
/// # Errors
/// Failures of the store.
pub fn insert_post(conn: &mut Conn, county: County, post: &Post) -> Answer<()> {
    let params =
        params![county, post.id, post.person, &post.role, post.unit, post.since, post.until];
    conn.execute(&INSERT_POST, params).map(drop)
}

/// Ends a post from a day on. Answers whether it was held.
///
/// # Errors
/// Failures of the store.
pub fn end_post(conn: &mut Conn, county: County, post: PostId, until: Day) -> Answer<bool> {
    Ok(conn.execute(&END_POST, params![county, post, until])? > 0)
}
