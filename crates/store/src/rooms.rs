//! Rooms, and who is on duty.

use domain::ids::{County, PersonId, UnitId};
use domain::time::Day;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    PUT_ROOM = "insert into room (county, id, unit, name, holds) values (?1, ?2, ?3, ?4, ?5) \
                on conflict (county, id) do update set name = ?4, holds = ?5, ended_on = null";
    END_ROOM = "update room set ended_on = ?3 where county = ?1 and id = ?2 and ended_on is null";
    ROOMS = "select id, unit, name, holds, ended_on from room where county = ?1 order by id limit 2000";
    ROOM_NAMED = "select id from room where county = ?1 and unit = ?2 and name = ?3";
    PUT_DUTY = "insert into duty (county, id, person, role, unit, from_on, until_on) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                on conflict (county, person, role, unit, from_on) do update set until_on = ?7";
    END_DUTY = "delete from duty where county = ?1 and id = ?2";
    ON_DUTY = "select id, person, role, unit, from_on, until_on from duty \
               where county = ?1 and until_on > ?2 and from_on <= ?3 order by from_on, unit, person, id limit 5000";
}

type Answer<T> = Result<T, StoreError>;

/// A room in which meetings are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: i64,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// Its name there.
    pub name: String,
    /// How many people it holds.
    pub holds: i64,
    /// The first day on which it is no longer used.
    pub ended_on: Option<Day>,
}

/// Somebody on duty, from a day until another that no longer belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: i64,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// At which unit.
    pub unit: UnitId,
    /// The first day.
    pub from: Day,
    /// The first day no longer.
    pub until: Day,
}

/// Adds a room, or changes its name and size.
///
/// # Errors
/// [`StoreError::Taken`] where the unit has another of that name.
pub fn put_room(conn: &mut Conn, county: County, room: &Room) -> Answer<()> {
    let params = params![county, room.id, room.unit, &room.name, room.holds];
    conn.execute(&PUT_ROOM, params).map(drop)
}

/// Ends the use of a room. Answers whether it was used.
///
/// # Errors
/// Failures of the store.
pub fn end_room(conn: &mut Conn, county: County, id: i64, day: Day) -> Answer<bool> {
    Ok(conn.execute(&END_ROOM, params![county, id, day])? > 0)
}

/// The rooms of a county, those no longer used among them.
///
/// # Errors
/// Failures of the store.
pub fn rooms(conn: &mut Conn, county: County) -> Answer<Vec<Room>> {
    conn.query(&ROOMS, params![county], |row| {
        Ok(Room {
            id: row.int(0)?,
            unit: UnitId(row.int(1)?),
            name: row.text(2)?,
            holds: row.int(3)?,
            ended_on: row.opt_int(4)?.map(|_| day(row, 4)).transpose()?,
        })
    })
}

/// The room of a name at a unit.
///
/// # Errors
/// Failures of the store.
pub fn room_named(
    conn: &mut Conn,
    county: County,
    unit: UnitId,
    name: &str,
) -> Answer<Option<i64>> {
    conn.first(&ROOM_NAMED, params![county, unit, name], |row| row.int(0))
}

/// Puts somebody on duty; the same person, post and first day again changes only the end.
///
/// # Errors
/// Failures of the store.
pub fn put_duty(conn: &mut Conn, county: County, duty: &Duty) -> Answer<()> {
    let params =
        params![county, duty.id, duty.person, &duty.role, duty.unit, duty.from, duty.until];
    conn.execute(&PUT_DUTY, params).map(drop)
}

/// Takes an entry out of the roster. Answers whether it was there.
///
/// # Errors
/// Failures of the store.
pub fn end_duty(conn: &mut Conn, county: County, id: i64) -> Answer<bool> {
    Ok(conn.execute(&END_DUTY, params![county, id])? > 0)
}

/// Everybody on duty on some day from the first to the last of these.
///
/// # Errors
/// Failures of the store.
pub fn on_duty(conn: &mut Conn, county: County, first: Day, last: Day) -> Answer<Vec<Duty>> {
    conn.query(&ON_DUTY, params![county, first, last], |row| {
        Ok(Duty {
            id: row.int(0)?,
            person: PersonId(row.int(1)?),
            role: row.text(2)?,
            unit: UnitId(row.int(3)?),
            from: day(row, 4)?,
            until: day(row, 5)?,
        })
    })
}

fn day(row: &Row<'_>, at: usize) -> Answer<Day> {
    i32::try_from(row.int(at)?).map(Day).map_err(|e| StoreError::corrupt("a day", e))
}
