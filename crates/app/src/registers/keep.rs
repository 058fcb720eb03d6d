//! Somebody keeps a register: enters, changes, ends a record, lets it stand again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{RecordId, UnitId};
use domain::matter::{Refusal, Rule, Value, clean};
use domain::register::{Author, Deed, Draft, Drafted, Known, Stage, complete, readable};
use domain::time::Day;
use serde_json::{Map, Value as Json};
use store::records::tallies::{self, Sums};
use store::records::{self, Stored};
use store::{Conn, StoreError};

use super::pen::{Before, RecordPen};
use super::{AtRegister, opened};
use crate::matters::{Answered, Keyed, before as answered_before, keep as keep_answer};
use crate::{Credential, Error, Service};

/// The longest reason, in characters.
const REASON_CHARS: usize = 500;

/// What somebody wants of a record.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The owner; none to leave it.
    pub unit: Option<String>,
    /// The fields that are to change; null takes one away.
    pub fields: Map<String, Json>,
    /// The version that they saw.
    pub seen: Option<u32>,
}

/// Enters a record.
///
/// # Errors
/// [`Error::Missing`] for a register out of reach; every rule that stands against it; failures of the
/// store.
pub fn enter(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    register: &str,
    change: &Change,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    let who = (at.desk.who.county, at.desk.who.person);
    if let Some(answered) = answered_before(conn, who.0, who.1, keyed)? {
        return Ok(answered);
    }
    if at.writes.is_empty() {
        return Err(Refusal::new(Rule::NoPostMay).into());
    }
    let drafted = read(conn, &at, change)?;
    let unit = drafted.unit.ok_or_else(|| Refusal::of(Rule::Required, "unit"))?;
    let author = author(&at, unit)?;
    let fields = complete(&at.register, drafted.set, at.desk.now.day())?;
    let id = RecordId(service.db().ids().next(conn, who.0)?);
    let deed = Deed::Entered { register: at.register.id.text.clone(), unit, fields };
    let stored = write(conn, &at, &author, id, None, deed)?;
    let answered = answer(201, &stored);
    keep_answer(conn, who, keyed, &answered, at.desk.now)?;
    Ok(answered)
}

/// Changes a record that stands.
///
/// # Errors
/// As [`enter`]; [`Rule::StaleVersion`] where somebody else was faster.
pub fn change(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (register, id): (&str, RecordId),
    change: &Change,
) -> Result<Answered, Error> {
    let (at, stored) = kept(conn, service, credential, (register, id), change.seen)?;
    if stored.record.ended.is_some() {
        return Err(Refusal::new(Rule::RecordOver).into());
    }
    let author = author(&at, stored.record.unit)?;
    let drafted = read(conn, &at, change)?;
    let open = opened(&at.desk.state, &stored.record)?;
    let unit = drafted.unit.filter(|unit| *unit != open.unit);
    if let Some(unit) = unit {
        author_of(&at, unit)?;
    }
    let mut fields = open.fields.clone();
    fields.retain(|field, _| !drafted.unset.contains(field));
    fields.extend(drafted.set);
    let fields = complete(&at.register, fields, at.desk.now.day())?;
    let set: BTreeMap<String, Value> = fields
        .iter()
        .filter(|(field, value)| open.fields.get(*field) != Some(value))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    let gone = open.fields.keys().filter(|field| !fields.contains_key(*field));
    let unset: BTreeSet<String> = gone.cloned().collect();
    if unit.is_none() && set.is_empty() && unset.is_empty() {
        return Err(Refusal::new(Rule::NothingNew).into());
    }
    let deed = Deed::Changed { unit, set, unset };
    let stored = write(conn, &at, &author, id, Some(Before { stored, open }), deed)?;
    Ok(answer(200, &stored))
}

/// Ends a record. It is kept, and its history with it.
///
/// # Errors
/// As [`change`].
pub fn end(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (register, id): (&str, RecordId),
    (on, reason): (Option<Day>, &str),
    seen: Option<u32>,
) -> Result<Answered, Error> {
    let (at, stored) = kept(conn, service, credential, (register, id), seen)?;
    if stored.record.ended.is_some() {
        return Err(Refusal::new(Rule::RecordOver).into());
    }
    let today = at.desk.now.day();
    let on = on.unwrap_or(today);
    if on > today {
        return Err(Refusal::of(Rule::InFuture, "on").into());
    }
    let deed = Deed::Ended { on, reason: said(reason)? };
    by_deed(conn, &at, stored, deed)
}

/// Lets a record that was ended stand again.
///
/// # Errors
/// As [`change`]; [`Rule::ThereAlready`] where another has taken its place.
pub fn resume(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (register, id): (&str, RecordId),
    reason: &str,
    seen: Option<u32>,
) -> Result<Answered, Error> {
    let (at, stored) = kept(conn, service, credential, (register, id), seen)?;
    if stored.record.ended.is_none() {
        return Err(Refusal::new(Rule::RecordStands).into());
    }
    let deed = Deed::Resumed { reason: said(reason)? };
    by_deed(conn, &at, stored, deed)
}

fn by_deed(
    conn: &mut Conn,
    at: &AtRegister,
    stored: Stored,
    deed: Deed,
) -> Result<Answered, Error> {
    let author = author(at, stored.record.unit)?;
    let open = opened(&at.desk.state, &stored.record)?;
    let id = stored.record.id;
    let stored = write(conn, at, &author, id, Some(Before { stored, open }), deed)?;
    Ok(answer(200, &stored))
}

fn said(reason: &str) -> Result<String, Error> {
    let reason = clean(reason, true);
    if reason.is_empty() {
        return Err(Refusal::of(Rule::Required, "reason").into());
    }
    if reason.chars().count() > REASON_CHARS {
        return Err(Refusal::of(Rule::TooLong, "reason").with("max", REASON_CHARS).into());
    }
    Ok(reason)
}

/// A record that somebody reads and, as far as its version goes, may write.
fn kept(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (register, id): (&str, RecordId),
    seen: Option<u32>,
) -> Result<(AtRegister, Stored), Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    let stored = records::get(conn, at.desk.who.county, id)?.ok_or(Error::Missing)?;
    if stored.record.register != register || !at.may_read(stored.record.unit) {
        return Err(Error::Missing);
    }
    if seen.is_some_and(|seen| seen != stored.record.version) {
        return Err(Refusal::new(Rule::StaleVersion).into());
    }
    Ok((at, stored))
}

/// What somebody typed, each value checked.
fn read(conn: &mut Conn, at: &AtRegister, change: &Change) -> Result<Drafted, Error> {
    let (county, desk) = (at.desk.who.county, &at.desk);
    let (conn, failed) = (RefCell::new(conn), RefCell::new(None::<StoreError>));
    let posts = desk.posts();
    // What somebody may not read cannot be pointed to either.
    let reads = |register: &str, unit: UnitId| {
        let of = desk.state.catalogue.registers.get(register);
        of.is_some_and(|of| readable(&posts, of, &desk.roster.org).iter().any(|t| t.holds(unit)))
    };
    let has = |register: &str, id: RecordId| match records::row(&mut conn.borrow_mut(), county, id)
    {
        Ok(row) => row.is_some_and(|row| {
            row.register == register
                && row.stage == Stage::Standing.name()
                && reads(register, row.unit)
        }),
        Err(error) => {
            *failed.borrow_mut() = Some(error);
            false
        }
    };
    let (catalogue, org, now) = (&*desk.state.catalogue, &desk.roster.org, desk.now);
    let known = Known { catalogue, org, now, has: &has };
    let draft = Draft { unit: change.unit.clone(), fields: change.fields.clone() };
    let drafted = draft.read(&at.register, known);
    match failed.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(drafted?),
    }
}

/// As whom somebody writes about a unit.
fn author(at: &AtRegister, unit: UnitId) -> Result<Author, Error> {
    author_of(at, unit)
}

fn author_of(at: &AtRegister, unit: UnitId) -> Result<Author, Error> {
    if !at.may_write(unit) {
        return Err(Refusal::of(Rule::NoPostMay, "unit").into());
    }
    let posts = at.desk.posts();
    let org = &at.desk.roster.org;
    let writes = |post: &&&domain::org::Post| {
        let own = domain::register::writable(&[**post], &at.register, org);
        own.iter().any(|t| t.holds(unit))
    };
    let post = posts.iter().find(writes).ok_or_else(|| Refusal::new(Rule::NoPostMay))?;
    let (role, person) = (post.role.clone(), Some(at.desk.who.person));
    Ok(Author { person, role, unit: Some(post.unit), file: None })
}

fn write(
    conn: &mut Conn,
    at: &AtRegister,
    author: &Author,
    id: RecordId,
    before: Option<Before>,
    deed: Deed,
) -> Result<Stored, Error> {
    let (state, now) = (&*at.desk.state, at.desk.now);
    let pen = RecordPen { state, register: &at.register, author, now };
    let mut sums = Sums::new();
    let stored = pen.write(conn, id, before.as_ref(), deed, &mut sums)?;
    tallies::add(conn, at.desk.who.county, &sums)?;
    Ok(stored)
}

fn answer(status: u16, stored: &Stored) -> Answered {
    let record = &stored.record;
    let stage = match record.stage() {
        Stage::Standing => "standing",
        Stage::Ended => "ended",
    };
    let body = serde_json::json!({
        "id": record.id, "register": record.register, "unit": record.unit,
        "version": record.version, "stage": stage,
    });
    Answered { status, body: body.to_string() }
}
