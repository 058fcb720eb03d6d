//! What goes out of the house: each message with its tries. A message waits until it is sent or given up;
//! whoever sends it claims it first by moving its next try, so that of several servers one sends it,
//! and one that dies on the way has it sent again.

use domain::ids::{County, MatterId, PersonId};
use domain::notice::Channel;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    PUT = "insert into delivery (county, id, channel, template, matter, person, party, address, subject, body, urgent, \
           state, tries, next_at, created_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'waiting', 0, ?12, ?13)";
    DUE = "select id, channel, template, matter, person, party, address, subject, body, urgent, state, tries, next_at, \
           created_at, ended_at from delivery where county = ?1 and state = 'waiting' and next_at <= ?2 \
           order by next_at, id limit ?3";
    ONE = "select id, channel, template, matter, person, party, address, subject, body, urgent, state, tries, next_at, \
           created_at, ended_at from delivery where county = ?1 and id = ?2";
    PAGE = "select id, channel, template, matter, person, party, address, subject, body, urgent, state, tries, next_at, \
            created_at, ended_at from delivery where county = ?1 and state = ?2 and channel = ?3 \
            and (created_at, id) < (?4, ?5) order by created_at desc, id desc limit ?6";
    CLAIM = "update delivery set tries = tries + ?5, next_at = ?4 \
             where county = ?1 and id = ?2 and next_at = ?3 and state = 'waiting'";
    END = "update delivery set state = ?3, address = case when ?3 = 'sent' then '' else address end, ended_at = ?4 \
           where county = ?1 and id = ?2 and state = 'waiting'";
    WAIT = "update delivery set next_at = ?3 where county = ?1 and id = ?2 and state = 'waiting'";
    AGAIN = "update delivery set state = 'waiting', tries = 0, next_at = ?3, created_at = ?3, ended_at = null \
             where county = ?1 and id = ?2 and state = 'failed'";
    LAST_TRY = "select no from delivery_try where county = ?1 and delivery = ?2 order by no desc limit 1";
    TRIED = "insert into delivery_try (county, delivery, no, at, failure) values (?1, ?2, ?3, ?4, ?5)";
    TRIES = "select no, at, failure from delivery_try where county = ?1 and delivery = ?2 order by no desc limit ?3";
    COUNT = "select count(*) from (select 1 from delivery where county = ?1 and state = ?2 and channel = ?3 limit ?4) n";
    DROP_TRIES = "delete from delivery_try where county = ?1 and at < ?2";
    DROP_OLD = "delete from delivery where county = ?1 and created_at < ?2";
}

type Answer<T> = Result<T, StoreError>;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It goes out, or is tried again, when its time comes.
    Waiting,
    /// The server took it.
    Sent,
    /// It was given up.
    Failed,
}

impl Standing {
    /// Every standing with its word.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("waiting", Self::Waiting), ("sent", Self::Sent), ("failed", Self::Failed)];

    /// Its word in the store and in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, s)| *s == self).map_or("", |(n, _)| n)
    }

    /// The standing of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, s)| *s)
    }
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// By which way.
    pub channel: Channel,
    /// The declared notice.
    pub template: String,
    /// The matter.
    pub matter: MatterId,
    /// To which member of staff.
    pub person: Option<PersonId>,
    /// To which party of the matter.
    pub party: Option<i64>,
    /// Where to, sealed; empty once it is sent.
    pub address: String,
    /// The subject of an e-mail.
    pub subject: String,
    /// Its words.
    pub body: String,
    /// Whether it goes out in quiet hours too.
    pub urgent: bool,
    /// How it stands.
    pub standing: Standing,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next.
    pub next_at: Instant,
    /// When it came into being.
    pub created_at: Instant,
    /// When it was sent or given up.
    pub ended_at: Option<Instant>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// Its number, from 1.
    pub no: i64,
    /// When.
    pub at: Instant,
    /// What stood against it: a class, with the server's number after a colon where it gave one. None
    /// where it went out.
    pub failure: Option<String>,
}

/// Puts a message on its way.
///
/// # Errors
/// Failures of the store.
pub fn put(conn: &mut Conn, county: County, d: &Delivery) -> Answer<()> {
    let params = params![
        county,
        d.id,
        d.channel.name(),
        &d.template,
        d.matter,
        d.person,
        d.party,
        &d.address,
        &d.subject,
        &d.body,
        d.urgent,
        d.next_at,
        d.created_at,
    ];
    conn.execute(&PUT, params).map(drop)
}

fn delivery(row: &Row<'_>) -> Answer<Delivery> {
    let corrupt = |what: &str| StoreError::corrupt("delivery", what);
    Ok(Delivery {
        id: row.int(0)?,
        channel: Channel::named(row.str(1)?).ok_or_else(|| corrupt("an unknown channel"))?,
        template: row.text(2)?,
        matter: MatterId(row.int(3)?),
        person: row.opt_int(4)?.map(PersonId),
        party: row.opt_int(5)?,
        address: row.text(6)?,
        subject: row.text(7)?,
        body: row.text(8)?,
        urgent: row.int(9)? != 0,
        standing: Standing::named(row.str(10)?).ok_or_else(|| corrupt("an unknown standing"))?,
        tries: row.int(11)?,
        next_at: Instant(row.int(12)?),
        created_at: Instant(row.int(13)?),
        ended_at: row.opt_int(14)?.map(Instant),
    })
}

/// The messages whose time has come, the longest waiting first.
///
/// # Errors
/// Failures of the store.
pub fn due(conn: &mut Conn, county: County, now: Instant, limit: i64) -> Answer<Vec<Delivery>> {
    conn.query(&DUE, params![county, now, limit], delivery)
}

/// A message.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, id: i64) -> Answer<Option<Delivery>> {
    conn.first(&ONE, params![county, id], delivery)
}

/// The messages of one standing and channel before a place, the newest first.
///
/// # Errors
/// Failures of the store.
pub fn page(
    conn: &mut Conn,
    county: County,
    (standing, channel): (Standing, Channel),
    before: (Instant, i64),
    limit: i64,
) -> Answer<Vec<Delivery>> {
    let params = params![county, standing.name(), channel.name(), before.0, before.1, limit];
    conn.query(&PAGE, params, delivery)
}

/// How many messages of one standing and channel there are, counted as far as `most`.
///
/// # Errors
/// Failures of the store.
pub fn count(
    conn: &mut Conn,
    county: County,
    (standing, channel): (Standing, Channel),
    most: i64,
) -> Answer<i64> {
    let params = params![county, standing.name(), channel.name(), most];
    Ok(conn.first(&COUNT, params, |row| row.int(0))?.unwrap_or(0))
}

/// Claims a message for one try, until an instant at which it is tried again if nothing was recorded.
/// Answers whether it was free.
///
/// # Errors
/// Failures of the store.
pub fn claim(conn: &mut Conn, county: County, d: &Delivery, until: Instant) -> Answer<bool> {
    Ok(conn.execute(&CLAIM, params![county, d.id, d.next_at, until, 1i64])? > 0)
}

/// Puts a message off without counting a try, if nobody claimed it.
///
/// # Errors
/// Failures of the store.
pub fn put_off(conn: &mut Conn, county: County, d: &Delivery, until: Instant) -> Answer<()> {
    conn.execute(&CLAIM, params![county, d.id, d.next_at, until, 0i64]).map(drop)
}

/// Gives a claimed message back: its try is not counted, and it waits until an instant.
///
/// # Errors
/// Failures of the store.
pub fn release(conn: &mut Conn, county: County, d: &Delivery, until: Instant) -> Answer<()> {
    conn.execute(&CLAIM, params![county, d.id, d.next_at, until, -1i64]).map(drop)
}

/// Records a try: none as failure means that the message went out. `then` is when it is tried again;
/// none ends it.
///
/// # Errors
/// Failures of the store.
pub fn tried(
    conn: &mut Conn,
    county: County,
    id: i64,
    failure: Option<&str>,
    then: Option<Instant>,
    now: Instant,
) -> Answer<()> {
    let last = conn.first(&LAST_TRY, params![county, id], |row| row.int(0))?.unwrap_or(0);
    conn.execute(&TRIED, params![county, id, last + 1, now, failure])?;
    let ended = if failure.is_none() { Standing::Sent } else { Standing::Failed };
    match then {
        Some(next) => conn.execute(&WAIT, params![county, id, next]),
        None => conn.execute(&END, params![county, id, ended.name(), now]),
    }
    .map(drop)
}

/// The tries of a message, the newest first.
///
/// # Errors
/// Failures of the store.
pub fn tries(conn: &mut Conn, county: County, id: i64, limit: i64) -> Answer<Vec<Try>> {
    conn.query(&TRIES, params![county, id, limit], |row| {
        Ok(Try { no: row.int(0)?, at: Instant(row.int(1)?), failure: row.opt_text(2)? })
    })
}

/// Lets a message that was given up be tried anew; whether there is one.
///
/// # Errors
/// Failures of the store.
pub fn again(conn: &mut Conn, county: County, id: i64, now: Instant) -> Answer<bool> {
    Ok(conn.execute(&AGAIN, params![county, id, now])? > 0)
}

/// Forgets messages and their tries before an instant.
///
/// # Errors
/// Failures of the store.
pub fn drop_before(conn: &mut Conn, county: County, before: Instant) -> Answer<usize> {
    conn.execute(&DROP_TRIES, params![county, before])?;
    conn.execute(&DROP_OLD, params![county, before])
}
