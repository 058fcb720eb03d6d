//! Looking at a record. What belongs to persons is masked; where there is any, the look is logged before it
//! is answered.

use std::collections::BTreeMap;

use domain::ids::{County, MatterId, RecordId};
use domain::matter::{Refusal, Rule, Value, clean};
use domain::register::{
    Demand, Record, RecordEvent, Register, Remark, apply, member_remark, remarks,
};
use store::logs::{self, Reading};
use store::{Conn, records};

use super::{AtRegister, masked, reveal};
use crate::vault::random;
use crate::{Credential, Error, Service};

/// The shortest and longest purpose, in characters.
const PURPOSE_CHARS: (usize, usize) = (4, 200);
/// The most events of a record that are shown.
const EVENTS_MAX: i64 = 1_000;

/// A record as one person sees it.
pub struct Looked {
    /// Who looks, and at which register.
    pub at: AtRegister,
    /// The record; personal values stay sealed in it.
    pub record: Record,
    /// Its personal fields, masked.
    pub masked: BTreeMap<String, String>,
    /// The titles of the records that it points to.
    pub pointed: BTreeMap<RecordId, String>,
    /// The records that point to it, by the duty that counts them: title and id.
    pub members: Vec<(String, Vec<Record>)>,
}

impl Looked {
    /// Whether the person may change it.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.at.may_write(self.record.unit)
    }

    /// Everything that it lacks today.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark<'_>> {
        let (register, today) = (&*self.at.register, self.at.desk.now.day());
        let mut all = remarks(register, &self.record, today);
        for duty in register.duties.values() {
            let Demand::Members { of, .. } = &duty.demand else { continue };
            let Some(other) = self.at.desk.state.catalogue.registers.get(&of.text) else {
                continue;
            };
            let none = Vec::new();
            let members =
                self.members.iter().find(|(id, _)| *id == of.text).map_or(&none, |m| &m.1);
            all.extend(member_remark(duty, &self.record, members, (other, today)));
        }
        all
    }
}

/// Looks at a record, masked.
///
/// # Errors
/// [`Error::Missing`] where the person does not see it; failures of the store.
pub fn look(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (register, id): (&str, RecordId),
) -> Result<Looked, Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    let county = at.desk.who.county;
    let record = records::get(conn, county, id)?.ok_or(Error::Missing)?.record;
    if record.register != register || !at.may_read(record.unit) {
        return Err(Error::Missing);
    }
    let masked = masked(&at.desk.state, &record)?;
    let mut pointed = BTreeMap::new();
    for value in record.fields.values() {
        if let Value::Record(target) = value
            && let Some(row) = records::row(conn, county, *target)?
        {
            pointed.insert(*target, row.title);
        }
    }
    let members = members(conn, &at, &at.register, id)?;
    Ok(Looked { at, record, masked, pointed, members })
}

/// The records that point to one and are counted by its duties. Of registers that the person does not read
/// nothing is told but how many there are.
fn members(
    conn: &mut Conn,
    at: &AtRegister,
    register: &Register,
    id: RecordId,
) -> Result<Vec<(String, Vec<Record>)>, Error> {
    let county = at.desk.who.county;
    let mut all: Vec<(String, Vec<Record>)> = Vec::new();
    for duty in register.duties.values() {
        let Demand::Members { of, by, .. } = &duty.demand else { continue };
        if all.iter().any(|(known, _)| *known == of.text) {
            continue;
        }
        let mut found = Vec::new();
        for id in records::linked(conn, county, id, (of.as_str(), by.as_str()))? {
            found.extend(records::get(conn, county, id)?.map(|s| s.record));
        }
        all.push((of.text.clone(), found));
    }
    Ok(all)
}

/// Opens the personal values of a record for a purpose. This runs as a write: without the log there is no
/// showing.
///
/// # Errors
/// As [`look`]; a purpose that says nothing.
pub fn look_openly(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    which: (&str, RecordId),
    purpose: &str,
) -> Result<(Looked, BTreeMap<String, String>), Error> {
    let sent = purpose.chars().count();
    let purpose = clean(purpose, false);
    if purpose.chars().count() < PURPOSE_CHARS.0 {
        return Err(Refusal::of(Rule::Required, "purpose").into());
    }
    if sent > PURPOSE_CHARS.1 {
        return Err(Refusal::of(Rule::TooLong, "purpose").with("max", PURPOSE_CHARS.1).into());
    }
    let looked = look(conn, service, credential, which)?;
    let mut open = BTreeMap::new();
    for (field, value) in &looked.record.fields {
        if let Value::Personal(personal) = value {
            let text = reveal(&looked.at.desk.state, looked.record.id, field, personal)?;
            open.insert(field.clone(), text);
        }
    }
    log_looking(conn, &looked.reader("personal", &purpose))?;
    Ok((looked, open))
}

/// A look on its way into the log.
#[derive(Debug, Clone)]
pub struct Looking {
    county: County,
    record: RecordId,
    reading: Reading,
}

impl Looked {
    /// What the log must hold before this is shown; none where nothing of it is personal.
    #[must_use]
    pub fn looking(&self) -> Option<Looking> {
        (!self.masked.is_empty()).then(|| self.reader("masked", ""))
    }

    fn reader(&self, fields: &str, purpose: &str) -> Looking {
        let desk = &self.at.desk;
        let posts = desk.posts();
        let post = posts.first();
        let reading = Reading {
            at: desk.now,
            person: desk.who.person,
            unit: post.map_or(self.record.unit, |p| p.unit),
            role: post.map_or(String::new(), |p| p.role.clone()),
            fields: fields.to_owned(),
            purpose: purpose.to_owned(),
        };
        Looking { county: desk.who.county, record: self.record.id, reading }
    }
}

/// Logs a look. The log knows a record by its number, which no matter has.
///
/// # Errors
/// Failures of the store.
pub fn log_looking(conn: &mut Conn, looking: &Looking) -> Result<(), Error> {
    let nonce = i64::from_le_bytes(random()?) & i64::MAX;
    let Looking { county, record, reading } = looking;
    Ok(logs::read(conn, *county, nonce, MatterId(record.0), reading)?)
}

/// Something that was done to a record, with the record before and after it. Personal values are sealed.
pub struct Past {
    /// What was done, and by whom.
    pub event: RecordEvent,
    /// Before it; none for the first.
    pub before: Option<Record>,
    /// After it.
    pub after: Record,
}

/// Everything that was done to a record, the first first.
///
/// # Errors
/// As [`look`].
pub fn history(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    which: (&str, RecordId),
) -> Result<(Looked, Vec<Past>), Error> {
    let looked = look(conn, service, credential, which)?;
    let county = looked.at.desk.who.county;
    let mut all = Vec::new();
    let mut before: Option<Record> = None;
    for row in records::events(conn, county, looked.record.id, 0, EVENTS_MAX)? {
        let event = row.event()?;
        let after = apply(looked.record.id, before.clone(), &event);
        let after =
            after.ok_or_else(|| store::StoreError::corrupt("record_event", "no such step"))?;
        all.push(Past { event, before, after: after.clone() });
        before = Some(after);
    }
    Ok((looked, all))
}
