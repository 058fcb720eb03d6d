//! Opening what is masked: a purpose is given, and the log holds it before anything is shown.

use std::collections::BTreeMap;

use domain::ids::MatterCode;
use domain::matter::{Refusal, Rule, Value, clean};
use store::Conn;

use super::look::{log_reading, look};
use crate::{Credential, Error, Service};

/// The shortest and longest purpose, in characters.
const PURPOSE_CHARS: (usize, usize) = (4, 200);

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The parties' details by the party's number.
    pub parties: BTreeMap<u16, BTreeMap<String, String>>,
    /// The matter's personal fields.
    pub fields: BTreeMap<String, String>,
}

/// Opens the personal values of a matter for a purpose. This runs as a write: without the log there
/// is no showing.
///
/// # Errors
/// [`Error::Missing`] where the person does not see it; a purpose that says nothing; failures of
/// the store.
pub fn disclose(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
    purpose: &str,
) -> Result<Disclosure, Error> {
    let sent = purpose.chars().count();
    let purpose = &clean(purpose, false);
    if purpose.chars().count() < PURPOSE_CHARS.0 {
        return Err(Refusal::of(Rule::Required, "purpose").into());
    }
    if sent > PURPOSE_CHARS.1 {
        return Err(Refusal::of(Rule::TooLong, "purpose").with("max", PURPOSE_CHARS.1).into());
    }
    let look = look(conn, service, credential, code)?;
    let mut disclosure = Disclosure { parties: BTreeMap::new(), fields: BTreeMap::new() };
    for party in &look.matter.parties {
        let details = disclosure.parties.entry(party.no).or_default();
        for (name, value) in &party.details {
            details
                .insert(name.clone(), look.desk.state.vault.reveal(look.matter.id(), name, value)?);
        }
    }
    for (name, value) in &look.matter.fields {
        if let Value::Personal(personal) = value {
            let text = look.desk.state.vault.reveal(look.matter.id(), name, personal)?;
            disclosure.fields.insert(name.clone(), text);
        }
    }
    log_reading(conn, &look.reader("personal", purpose))?;
    Ok(disclosure)
}
