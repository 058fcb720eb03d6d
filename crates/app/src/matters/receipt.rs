//! What a command is answered with: enough to go on, little enough to keep for ever.

use domain::clock::Light;
use domain::ids::{County, PersonId};
use domain::matter::Matter;
use domain::time::Instant;
use serde::Serialize;
use store::Conn;
use store::replies::{self, Reply};

use crate::Error;

/// The answer to a command on a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct Receipt {
    /// The matter's code, twelve digits.
    pub code: String,
    /// How many events it has now; the next command names this version.
    pub version: u32,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// `open`, `closed` or `archived`.
    pub phase: &'static str,
    /// The unit that holds it.
    pub holder: String,
    /// Who handles it.
    pub handler: Option<String>,
    /// Its official number.
    pub number: Option<String>,
    /// When it is due next, RFC 3339.
    pub due_at: Option<String>,
    /// `green`, `yellow`, `red` or `off`.
    pub light: Light,
}

impl Receipt {
    /// The receipt of a matter as it stands.
    #[must_use]
    pub fn of(matter: &Matter, now: Instant) -> Self {
        Self {
            code: matter.code().to_string(),
            version: matter.version,
            kind: matter.kind().to_owned(),
            state: matter.state.clone(),
            phase: matter.phase.name(),
            holder: matter.holder.to_string(),
            handler: matter.handler.map(|h| h.to_string()),
            number: matter.number.clone(),
            due_at: matter.next_deadline().map(|(due, _)| due.to_string()),
            light: matter.light(now),
        }
    }

    /// The receipt as it goes over the wire.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The key that a client gave its command, and what the command is.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// The client's own key, unique among that person's commands.
    pub key: String,
    /// SM3 over what is asked.
    pub digest: [u8; 32],
}

/// An answered command: the status and the text that is sent, the first time and every time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The receipt as JSON.
    pub body: String,
}

/// The first answer under the key, if the command was answered before.
pub(crate) fn before(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    keyed: Option<&Keyed>,
) -> Result<Option<Answered>, Error> {
    let Some(keyed) = keyed else { return Ok(None) };
    let Some(reply) = replies::get(conn, county, person, &keyed.key)? else { return Ok(None) };
    if reply.digest != keyed.digest {
        return Err(Error::KeyReused);
    }
    Ok(Some(Answered { status: reply.status, body: reply.answer }))
}

/// Keeps the answer in the transaction of what it answers.
pub(crate) fn keep(
    conn: &mut Conn,
    (county, person): (County, PersonId),
    keyed: Option<&Keyed>,
    answered: &Answered,
    now: Instant,
) -> Result<(), Error> {
    let Some(keyed) = keyed else { return Ok(()) };
    let reply = Reply {
        digest: keyed.digest.to_vec(),
        status: answered.status,
        answer: answered.body.clone(),
    };
    Ok(replies::insert(conn, county, person, &keyed.key, &reply, now)?)
}
