//! Tasks that meetings gave: one owner, one day, done or not.

use domain::ids::{County, MatterId, PersonId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "insert into task (county, id, matter, meeting, desk, is_open, due_at, warn_at, body, set_by, set_at) \
              values (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10)";
    DONE = "update task set is_open = 0, done_at = ?3, done_by = ?4, note = ?5 \
            where county = ?1 and id = ?2 and is_open = 1";
    GET = "select id, matter, meeting, desk, due_at, warn_at, body, set_by, set_at, done_at, done_by, note from task \
           where county = ?1 and id = ?2";
    OF_DESK = "select id, matter, meeting, desk, due_at, warn_at, body, set_by, set_at, done_at, done_by, note from task \
               where county = ?1 and desk = ?2 and is_open = ?3 order by due_at, id limit ?4";
    OF_MEETING = "select id, matter, meeting, desk, due_at, warn_at, body, set_by, set_at, done_at, done_by, note \
                  from task where county = ?1 and meeting = ?2 order by id limit 200";
    OF_MATTER = "select id, matter, meeting, desk, due_at, warn_at, body, set_by, set_at, done_at, done_by, note \
                 from task where county = ?1 and matter = ?2 order by id limit 200";
}

type Answer<T> = Result<T, StoreError>;

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: i64,
    /// The matter it serves.
    pub matter: MatterId,
    /// The meeting that gave it.
    pub meeting: i64,
    /// Whose it is: a unit or a person.
    pub desk: i64,
    /// When it is due.
    pub due_at: Instant,
    /// When its light turns yellow.
    pub warn_at: Instant,
    /// What is to be done, sealed.
    pub body: String,
    /// Who gave it.
    pub set_by: PersonId,
    /// When.
    pub set_at: Instant,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// By whom.
    pub done_by: Option<PersonId>,
    /// What was done, sealed.
    pub note: Option<String>,
}

/// Gives a task.
///
/// # Errors
/// Failures of the store.
pub fn insert(conn: &mut Conn, county: County, t: &Task) -> Answer<()> {
    let params = params![
        county, t.id, t.matter, t.meeting, t.desk, t.due_at, t.warn_at, &t.body, t.set_by,
        t.set_at,
    ];
    conn.execute(&INSERT, params).map(drop)
}

/// A task is done. Answers whether it was open until now.
///
/// # Errors
/// Failures of the store.
pub fn done(
    conn: &mut Conn,
    county: County,
    id: i64,
    (at, by): (Instant, PersonId),
    note: &str,
) -> Answer<bool> {
    Ok(conn.execute(&DONE, params![county, id, at, by, note])? > 0)
}

/// A task.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, id: i64) -> Answer<Option<Task>> {
    Ok(conn.query(&GET, params![county, id], read)?.pop())
}

/// The tasks of a unit or a person, those due first on top.
///
/// # Errors
/// Failures of the store.
pub fn of_desk(
    conn: &mut Conn,
    county: County,
    desk: i64,
    open: bool,
    limit: i64,
) -> Answer<Vec<Task>> {
    conn.query(&OF_DESK, params![county, desk, open, limit], read)
}

/// The tasks that a meeting gave.
///
/// # Errors
/// Failures of the store.
pub fn of_meeting(conn: &mut Conn, county: County, meeting: i64) -> Answer<Vec<Task>> {
    conn.query(&OF_MEETING, params![county, meeting], read)
}

/// The tasks that serve a matter.
///
/// # Errors
/// Failures of the store.
pub fn of_matter(conn: &mut Conn, county: County, matter: MatterId) -> Answer<Vec<Task>> {
    conn.query(&OF_MATTER, params![county, matter], read)
}

fn read(row: &Row<'_>) -> Answer<Task> {
    Ok(Task {
        id: row.int(0)?,
        matter: MatterId(row.int(1)?),
        meeting: row.int(2)?,
        desk: row.int(3)?,
        due_at: Instant(row.int(4)?),
        warn_at: Instant(row.int(5)?),
        body: row.text(6)?,
        set_by: PersonId(row.int(7)?),
        set_at: Instant(row.int(8)?),
        done_at: row.opt_int(9)?.map(Instant),
        done_by: row.opt_int(10)?.map(PersonId),
        note: row.opt_text(11)?,
    })
}
