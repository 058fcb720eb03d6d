//! Looking at a matter. What belongs to persons is masked; every look is logged before it is
//! answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{County, MatterCode, MatterId};
use domain::kind::Kind;
use domain::matter::{Event, Matter, Offer, Relative, Value, kind_of, offers};
use domain::person::{Party, PartySort, mask};
use store::logs::{self, Reading};
use store::{Conn, matters};

use crate::vault::random;
use crate::{CountyState, Credential, Desk, Error, Service};

/// A matter as one person sees it.
pub struct Look {
    /// Who looks.
    pub desk: Desk,
    /// The matter; personal values stay sealed in it.
    pub matter: Matter,
    /// Its parties with what may be shown.
    pub parties: Vec<ShownParty>,
    /// Its personal fields, masked.
    pub masked: BTreeMap<String, String>,
    /// Those matters it is tied to that the person sees as well.
    pub relatives: Vec<Relative>,
}

/// A party as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownParty {
    /// Its number.
    pub no: u16,
    /// Its role.
    pub role: String,
    /// Person or organisation.
    pub sort: PartySort,
    /// What is shown of it.
    pub details: BTreeMap<String, String>,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// Whether it agreed.
    pub consent: Option<bool>,
}

impl Look {
    /// What the person may do now.
    ///
    /// # Errors
    /// Where the kind is no longer known.
    pub fn offers(&self) -> Result<Vec<Offer<'_>>, Error> {
        Ok(offers(self.desk.setting(), &self.matter, &self.desk.posts())?)
    }

    /// What the log must hold before this is shown: what was shown, and what for.
    #[must_use]
    pub fn reader(&self, fields: &str, purpose: &str) -> Reader {
        let (who, posts) = (self.desk.who, self.desk.posts());
        let post = posts.first();
        let reading = Reading {
            at: self.desk.now,
            person: who.person,
            unit: post.map_or(self.matter.holder, |p| p.unit),
            role: post.map_or(String::new(), |p| p.role.clone()),
            fields: fields.to_owned(),
            purpose: purpose.to_owned(),
        };
        Reader { county: who.county, matter: self.matter.id(), reading }
    }

    /// What happened to the matter, after an event's number.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn timeline(&self, conn: &mut Conn, after: u32, limit: i64) -> Result<Vec<Event>, Error> {
        let stored = matters::events(conn, self.desk.who.county, self.matter.id(), after, limit)?;
        let events: Result<Vec<Event>, _> =
            stored.iter().map(matters::StoredEvent::event).collect();
        let mut events = events?;
        let known = |value: &Value| match value {
            Value::Matter(code) => self.relatives.iter().any(|r| r.matter == *code),
            _ => true,
        };
        // What is out of sight is not named by what was done to what is seen.
        events.iter_mut().for_each(|event| event.data.retain(|_, value| known(value)));
        Ok(events)
    }

    /// The kind under the version the matter runs under.
    ///
    /// # Errors
    /// Where it is no longer known.
    pub fn kind(&self) -> Result<&Arc<Kind>, Error> {
        Ok(kind_of(self.desk.setting(), &self.matter)?)
    }
}

/// Looks at a matter, masked.
///
/// # Errors
/// [`Error::Missing`] where the person does not see it; failures of the store.
pub fn look(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
) -> Result<Look, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, state) = (desk.who.county, &desk.state);
    let matter = matters::by_code(conn, county, code)?.ok_or(Error::Missing)?.matter;
    if !desk.sees(&matter) {
        return Err(Error::Missing);
    }
    let parties = masked_parties(state, &matter)?;
    let masked = masked_fields(state, &matter)?;
    let mut relatives = Vec::new();
    for relative in &matter.relatives {
        let other = matters::by_code(conn, county, relative.matter)?;
        if other.is_some_and(|s| desk.sees(&s.matter)) {
            relatives.push(relative.clone());
        }
    }
    Ok(Look { desk, matter, parties, masked, relatives })
}

fn masked_parties(state: &CountyState, matter: &Matter) -> Result<Vec<ShownParty>, Error> {
    let shown = |party: &Party| {
        let mut details = BTreeMap::new();
        for (name, value) in &party.details {
            let text = state.vault.reveal(matter.id(), name, value)?;
            // The name of an organisation is not a secret of a person.
            let open = party.sort == PartySort::Organisation && name == "name";
            details.insert(name.clone(), if open { text } else { mask(name, &text) });
        }
        Ok(ShownParty {
            no: party.no,
            role: party.role.clone(),
            sort: party.sort,
            details,
            interpreter: party.interpreter,
            consent: party.consent,
        })
    };
    matter.parties.iter().map(shown).collect()
}

fn masked_fields(state: &CountyState, matter: &Matter) -> Result<BTreeMap<String, String>, Error> {
    let mut masked = BTreeMap::new();
    for (name, value) in &matter.fields {
        if let Value::Personal(personal) = value {
            let text = state.vault.reveal(matter.id(), name, personal)?;
            masked.insert(name.clone(), mask(name, &text));
        }
    }
    Ok(masked)
}

/// A reading on its way into the log.
#[derive(Debug, Clone)]
pub struct Reader {
    county: County,
    matter: MatterId,
    reading: Reading,
}

/// Logs that a person looked at a matter; the look is answered after this is durable.
///
/// # Errors
/// Failures of the store.
pub fn log_reading(conn: &mut Conn, reader: &Reader) -> Result<(), Error> {
    let nonce = i64::from_le_bytes(random()?) & i64::MAX;
    Ok(logs::read(conn, reader.county, nonce, reader.matter, &reader.reading)?)
}
