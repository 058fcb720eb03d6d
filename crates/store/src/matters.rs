//! Matters and their events: an act is [`append`] for its event and [`settle`] for the matter's rows,
//! both inside the caller's transaction.

use domain::ids::{County, MatterCode, MatterId, PersonId, UnitId};
use domain::kind::Kind;
use domain::matter::{Event, Matter, deltas, rows};
use domain::org::Org;
use domain::time::Instant;

use crate::chain::{Hash, START, from_blob, link};
use crate::outbox::{self, Notice};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError, search, tallies, worklist};

statements! {
    INSERT_EVENT = "insert into event (county, matter, seq, recorded_at, hash, body) values (?1, ?2, ?3, ?4, ?5, ?6)";
    INSERT = "insert into matter (county, id, code, kind, kind_version, state, phase, holder, handler, place, \
              category, title, sealed, registered_at, due_at, warn_at, closed_at, fire_at, estimated, version, \
              head, body) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
              ?18, ?19, ?20, ?21, ?22)";
    UPDATE = "update matter set state = ?3, phase = ?4, holder = ?5, handler = ?6, category = ?7, sealed = ?8, \
              due_at = ?9, warn_at = ?10, closed_at = ?11, fire_at = ?12, estimated = ?13, version = ?14, \
              head = ?15, body = ?16 where county = ?1 and id = ?2 and version = ?17";
    BY_CODE = "select id, head, body from matter where county = ?1 and code = ?2";
    ID_OF = "select id from matter where county = ?1 and code = ?2";
    BY_ID = "select id, head, body from matter where county = ?1 and id = ?2";
    ROW = "select code, kind, state, phase, holder, handler, place, category, title, sealed, registered_at, due_at, \
           warn_at, closed_at, version from matter where county = ?1 and id = ?2";
    TIMING = "select fire_at, estimated, kind_version from matter where county = ?1 and id = ?2";
    EVENTS = "select seq, recorded_at, hash, body from event where county = ?1 and matter = ?2 and seq > ?3 order by seq limit ?4";
    DUE = "select id, fire_at from matter where county = ?1 and fire_at <= ?2 order by fire_at, id limit ?3";
    ESTIMATED = "select id from matter where county = ?1 and estimated = 1 and id > ?2 order by id limit ?3";
    IDS = "select id from matter where county = ?1 and id > ?2 order by id limit ?3";
    NUMBER = "insert into number (county, kind, unit, year, last) values (?1, ?2, ?3, ?4, 1) \
              on conflict (county, kind, unit, year) do update set last = number.last + 1 returning last";
    COUNT_KIND = "select 1 from matter where county = ?1 and kind = ?2 and kind_version = ?3 limit 1";
}

type Answer<T> = Result<T, StoreError>;

/// A matter with the head of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The matter.
    pub matter: Matter,
    /// The hash of its last event.
    pub head: Hash,
}

/// One event on its way into the store.
pub struct Entry<'a> {
    /// The county.
    pub county: County,
    /// The matter before; none for the first event.
    pub before: Option<&'a Stored>,
    /// The event, its personal values sealed.
    pub event: &'a Event,
    /// The matter after it.
    pub after: &'a Matter,
    /// Its kind, for the tallies.
    pub kind: &'a Kind,
    /// When it is written down. An act may be older: work imported, or done without a network.
    pub recorded_at: Instant,
}

/// Appends an event to its chain, with what it adds to the tallies and the notice to followers.
/// Answers with the new head. The matter's own rows follow by [`settle`], in the same transaction.
///
/// # Errors
/// [`StoreError::Changed`] where the matter has moved on since it was read.
pub fn append(conn: &mut Conn, entry: &Entry<'_>) -> Answer<Hash> {
    let (county, event, after) = (entry.county, entry.event, entry.after);
    let id = after.id();
    let body = serde_json::to_string(event).map_err(|e| StoreError::corrupt("event", e))?;
    let before_head = entry.before.map_or(START, |s| s.head);
    let head = link(&before_head, county, id, event.seq, entry.recorded_at, &body);
    conn.execute(&INSERT_EVENT, params![county, id, event.seq, entry.recorded_at, &head, body])
        .map_err(|e| match e {
            StoreError::Taken => changed(conn),
            other => other,
        })?;
    let before = entry.before.map(|s| &s.matter);
    tallies::add(conn, county, id, event.seq, &deltas(before, after, event, entry.kind))?;
    let notice =
        Notice { at: entry.recorded_at, matter: id, seq: event.seq, action: event.action.clone() };
    outbox::insert(conn, county, &notice)?;
    Ok(head)
}

/// The rows of a matter, brought from one state to another.
pub struct Settlement<'a> {
    /// The county.
    pub county: County,
    /// As the rows have it; none for a new matter.
    pub before: Option<&'a Stored>,
    /// As it is.
    pub after: &'a Stored,
    /// The county's units, for the lists.
    pub org: &'a Org,
    /// The search entry, where what can be found, or by whom, has changed.
    pub tokens: Option<&'a str>,
}

/// Brings a matter's row, its places in lists and its search entry to where its events have led it:
/// after each of them, or once after several of the same transaction.
///
/// # Errors
/// [`StoreError::Changed`] where the matter has moved on since it was read.
pub fn settle(conn: &mut Conn, settlement: &Settlement<'_>) -> Answer<()> {
    let (county, after) = (settlement.county, &settlement.after.matter);
    put(conn, settlement)?;
    let was = settlement.before.map(|s| rows(&s.matter, settlement.org)).unwrap_or_default();
    worklist::change(conn, county, after.id(), &was, &rows(after, settlement.org))?;
    match settlement.tokens {
        Some(tokens) => search::put(conn, county, after.id(), after.version, tokens),
        None => Ok(()),
    }
}

fn put(conn: &mut Conn, settlement: &Settlement<'_>) -> Answer<()> {
    let (county, Stored { matter: m, head }) = (settlement.county, settlement.after);
    let body = serde_json::to_string(m).map_err(|e| StoreError::corrupt("matter", e))?;
    let deadline = m.next_deadline();
    let (due, warn) = (deadline.map(|d| d.0), deadline.map(|d| d.1));
    let estimated = is_estimated(m);
    let phase = m.phase.name();
    let Some(before) = settlement.before else {
        let r = &m.registration;
        let params = params![
            county,
            r.id,
            r.code,
            &r.kind,
            r.kind_version,
            &m.state,
            phase,
            m.holder,
            m.handler,
            r.place,
            m.category.as_ref(),
            &r.title,
            m.sealed,
            m.registered_at,
            due,
            warn,
            m.closed_at,
            m.next_tick(),
            estimated,
            m.version,
            head,
            body,
        ];
        return conn.execute(&INSERT, params).map(drop);
    };
    let params = params![
        county,
        m.id(),
        &m.state,
        phase,
        m.holder,
        m.handler,
        m.category.as_ref(),
        m.sealed,
        due,
        warn,
        m.closed_at,
        m.next_tick(),
        estimated,
        m.version,
        head,
        body,
        before.matter.version,
    ];
    if conn.execute(&UPDATE, params)? == 0 { Err(changed(conn)) } else { Ok(()) }
}

/// Another act came between reading and writing: decided again on the matter as it stands now, this
/// one is carried out or refused for a reason that can be told.
fn changed(conn: &mut Conn) -> StoreError {
    conn.lost();
    StoreError::Changed
}

/// A matter by its code.
///
/// # Errors
/// Failures of the store, a row that does not decode.
pub fn by_code(conn: &mut Conn, county: County, code: MatterCode) -> Answer<Option<Stored>> {
    conn.first(&BY_CODE, params![county, code], stored)
}

/// A matter by its id.
///
/// # Errors
/// Failures of the store, a row that does not decode.
pub fn by_id(conn: &mut Conn, county: County, id: MatterId) -> Answer<Option<Stored>> {
    conn.first(&BY_ID, params![county, id], stored)
}

fn stored(row: &Row<'_>) -> Answer<Stored> {
    let matter = serde_json::from_str(row.str(2)?).map_err(|e| StoreError::corrupt("matter", e))?;
    Ok(Stored { matter, head: from_blob(&row.blob(1)?, "matter")? })
}

/// A matter as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: MatterId,
    /// Its code.
    pub code: MatterCode,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// Its phase.
    pub phase: String,
    /// Who holds it.
    pub holder: UnitId,
    /// Who handles it.
    pub handler: Option<PersonId>,
    /// Where it happened.
    pub place: UnitId,
    /// Its category.
    pub category: Option<String>,
    /// Its title.
    pub title: String,
    /// Whether it is sealed.
    pub sealed: bool,
    /// When it came in.
    pub registered_at: Instant,
    /// When it is due next.
    pub due_at: Option<Instant>,
    /// When its light turns yellow.
    pub warn_at: Option<Instant>,
    /// When it ended.
    pub closed_at: Option<Instant>,
    /// How many events it has.
    pub version: u32,
}

impl Summary {
    /// A matter as lists show it: what its row says.
    #[must_use]
    pub fn of(m: &Matter) -> Self {
        let (r, deadline) = (&m.registration, m.next_deadline());
        Self {
            id: r.id,
            code: r.code,
            kind: r.kind.clone(),
            state: m.state.clone(),
            phase: m.phase.name().to_owned(),
            holder: m.holder,
            handler: m.handler,
            place: r.place,
            category: m.category.clone(),
            title: r.title.clone(),
            sealed: m.sealed,
            registered_at: m.registered_at,
            due_at: deadline.map(|d| d.0),
            warn_at: deadline.map(|d| d.1),
            closed_at: m.closed_at,
            version: m.version,
        }
    }
}

/// The columns of a [`Summary`], from `at` on, in the order of `ROW`.
pub(crate) fn summary(row: &Row<'_>, id: MatterId, at: usize) -> Answer<Summary> {
    Ok(Summary {
        id,
        code: MatterCode(row.int(at)?),
        kind: row.text(at + 1)?,
        state: row.text(at + 2)?,
        phase: row.text(at + 3)?,
        holder: UnitId(row.int(at + 4)?),
        handler: row.opt_int(at + 5)?.map(PersonId),
        place: UnitId(row.int(at + 6)?),
        category: row.opt_text(at + 7)?,
        title: row.text(at + 8)?,
        sealed: row.int(at + 9)? != 0,
        registered_at: Instant(row.int(at + 10)?),
        due_at: row.opt_int(at + 11)?.map(Instant),
        warn_at: row.opt_int(at + 12)?.map(Instant),
        closed_at: row.opt_int(at + 13)?.map(Instant),
        version: u32::try_from(row.int(at + 14)?).map_err(|e| StoreError::corrupt("matter", e))?,
    })
}

/// A matter as lists show it.
///
/// # Errors
/// Failures of the store.
pub fn row(conn: &mut Conn, county: County, id: MatterId) -> Answer<Option<Summary>> {
    conn.first(&ROW, params![county, id], |row| summary(row, id, 0))
}

/// What the background work finds a matter by: when time has something to do, and whether a deadline
/// is an estimate; with the version of its kind. For the check of everything.
///
/// # Errors
/// Failures of the store.
pub fn timing(
    conn: &mut Conn,
    county: County,
    id: MatterId,
) -> Answer<Option<(Option<Instant>, bool, i64)>> {
    conn.first(&TIMING, params![county, id], |row| {
        Ok((row.opt_int(0)?.map(Instant), row.int(1)? != 0, row.int(2)?))
    })
}

/// Whether a deadline of a matter is an estimate, beyond the loaded calendars.
#[must_use]
pub fn is_estimated(m: &Matter) -> bool {
    m.clocks.iter().any(|c| c.is_running() && c.deadline.as_ref().is_some_and(|d| d.estimated))
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number.
    pub seq: u32,
    /// When it was written down.
    pub recorded_at: Instant,
    /// Its hash.
    pub hash: Hash,
    /// Its body, byte for byte as it was hashed.
    pub body: String,
}

impl StoredEvent {
    /// The event.
    ///
    /// # Errors
    /// A body that does not decode.
    pub fn event(&self) -> Answer<Event> {
        serde_json::from_str(&self.body).map_err(|e| StoreError::corrupt("event", e))
    }
}

/// The events of a matter after a number, in order.
///
/// # Errors
/// Failures of the store.
pub fn events(
    conn: &mut Conn,
    county: County,
    id: MatterId,
    after: u32,
    limit: i64,
) -> Answer<Vec<StoredEvent>> {
    conn.query(&EVENTS, params![county, id, after, limit], |row| {
        let seq = u32::try_from(row.int(0)?).map_err(|e| StoreError::corrupt("event", e))?;
        let hash = from_blob(&row.blob(2)?, "event")?;
        Ok(StoredEvent { seq, recorded_at: Instant(row.int(1)?), hash, body: row.text(3)? })
    })
}

/// Matters on which time has something to do, the longest waiting first.
///
/// # Errors
/// Failures of the store.
pub fn due(conn: &mut Conn, county: County, now: Instant, limit: i64) -> Answer<Vec<MatterId>> {
    conn.query(&DUE, params![county, now, limit], |row| Ok(MatterId(row.int(0)?)))
}

/// Matters with a deadline that is an estimate, after an id.
///
/// # Errors
/// Failures of the store.
pub fn estimated(
    conn: &mut Conn,
    county: County,
    after: MatterId,
    limit: i64,
) -> Answer<Vec<MatterId>> {
    conn.query(&ESTIMATED, params![county, after, limit], |row| Ok(MatterId(row.int(0)?)))
}

/// Ids of matters after an id.
///
/// # Errors
/// Failures of the store.
pub fn ids(conn: &mut Conn, county: County, after: MatterId, limit: i64) -> Answer<Vec<MatterId>> {
    conn.query(&IDS, params![county, after, limit], |row| Ok(MatterId(row.int(0)?)))
}

/// The next official number of a kind at a unit in a year.
///
/// # Errors
/// Failures of the store.
pub fn next_number(
    conn: &mut Conn,
    county: County,
    kind: &str,
    unit: UnitId,
    year: i16,
) -> Answer<u32> {
    let next =
        conn.first(&NUMBER, params![county, kind, unit, i64::from(year)], |row| row.int(0))?;
    u32::try_from(next.unwrap_or_default()).map_err(|e| StoreError::corrupt("number", e))
}

/// Whether any matter runs under a version of a kind.
///
/// # Errors
/// Failures of the store.
pub fn any_under(conn: &mut Conn, county: County, kind: &str, version: u32) -> Answer<bool> {
    Ok(conn.first(&COUNT_KIND, params![county, kind, version], |_| Ok(()))?.is_some())
}

/// The id behind a code.
///
/// # Errors
/// Failures of the store.
pub fn id_of(conn: &mut Conn, county: County, code: MatterCode) -> Answer<Option<MatterId>> {
    conn.first(&ID_OF, params![county, code], |row| Ok(MatterId(row.int(0)?)))
}
