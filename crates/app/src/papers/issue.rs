//! Issuing and revoking a paper, a transaction each.

use documents::paper::frozen;
use domain::ids::MatterCode;
use domain::matter::{Actor, Command, Filing, Paper, Want, decide};
use domain::paper::{PaperCode, number};
use domain::person::Personal;
use serde_json::json;
use store::Conn;
use store::matters::{by_code, next_number};
use store::papers::{self as rows, PaperRow};

use super::draft::{Asked, drafted, post, wanted};
use crate::matters::{Answered, Keyed, Pen, before, keep, log_reading, look};
use crate::vault::random;
use crate::{CountyState, Credential, Desk, Error, Service};

/// A paper that is to be issued.
#[derive(Debug, Clone)]
pub struct Issuing {
    /// Which, with what was typed.
    pub asked: Asked,
    /// The version of the matter that was seen.
    pub seen: Option<u32>,
}

/// Issues a paper: freezes it, gives it code and number, and puts it into the matter's chain. It is
/// printed afterwards.
///
/// # Errors
/// As [`super::draft`]; every required field that is blank; failures of the store.
pub fn issue(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    issuing: &Issuing,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let asked = &issuing.asked;
    let look = look(conn, service, credential, asked.code)?;
    let (county, person, now) = (look.desk.who.county, look.desk.who.person, look.desk.now);
    if let Some(answered) = before(conn, county, person, keyed)? {
        return Ok(answered);
    }
    let (state, roster) = (look.desk.state.clone(), look.desk.roster.clone());
    let unit = {
        let (document, _) = wanted(&look, asked)?;
        post(&look, &look.desk.posts(), document)?.unit
    };
    let numbered = {
        let (_, sheet) = wanted(&look, asked)?;
        match &sheet.number {
            Some(pattern) => {
                let (year, series) = (now.day().year(), format!("paper/{}", asked.document));
                let seq = next_number(conn, county, &series, unit, year)?;
                let place = roster.org.unit(unit).map_or("", |u| u.place.as_str());
                number(pattern, place, year, seq)
            }
            None => look.matter.number.clone().unwrap_or_default(),
        }
    };
    let draft =
        drafted(conn, look, asked, Some(&numbered).filter(|n| !n.is_empty()).map(|n| n.as_str()))?;
    if let Some(refused) = draft.refusal() {
        return Err(refused);
    }
    let frozen = frozen(&asked.document, &draft.value)?;
    let code = free_code(conn, &state)?;
    let paper = Paper {
        code,
        document: asked.document.clone(),
        due: asked.due,
        number: numbered.clone(),
        digest: frozen.digest.clone(),
        unit,
        at: now.max(draft.look.matter.changed_at),
        revoked_at: None,
    };
    let matter = draft.look.matter.id();
    let sealed = state.vault.seal(matter, &field(code), &Personal::plain(&frozen.text))?;
    let row = PaperRow {
        code,
        matter,
        document: asked.document.clone(),
        number: numbered,
        unit,
        value: sealed.token().unwrap_or_default().to_owned(),
        digest: digest(&frozen.digest)?,
        edition: state.printery.edition(&asked.document),
        print: None,
        issued_at: paper.at,
        issued_by: person,
    };
    let shown = json!({ "code": code, "document": paper.document, "number": paper.number,
        "digest": paper.digest, "issued_at": paper.at.to_string() });
    let filing = Filing::Issue(Box::new(paper));
    file(conn, service, &draft.look.desk, asked.code, issuing.seen, filing)?;
    rows::insert(conn, county, &row)?;
    log_reading(conn, &draft.look.reader("paper", &asked.document))?;
    let answered = Answered { status: 201, body: shown.to_string() };
    keep(conn, (county, person), keyed, &answered, now)?;
    Ok(answered)
}

/// A paper that shall no longer stand.
#[derive(Debug, Clone)]
pub struct Revoking {
    /// The matter.
    pub code: MatterCode,
    /// The paper.
    pub paper: PaperCode,
    /// Why.
    pub reason: String,
}

/// Revokes a paper. It stays where it is, and whoever checks it is told.
///
/// # Errors
/// [`Error::Missing`], every rule that stands against it, failures of the store.
pub fn revoke(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    revoking: &Revoking,
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let filing = Filing::Revoke { paper: revoking.paper, reason: revoking.reason.clone() };
    file(conn, service, &desk, revoking.code, None, filing)
}

/// Decides a filing and writes its event.
pub(crate) fn file(
    conn: &mut Conn,
    service: &Service,
    desk: &Desk,
    code: MatterCode,
    seen: Option<u32>,
    filing: Filing,
) -> Result<(), Error> {
    let stored = by_code(conn, desk.who.county, code)?.ok_or(Error::Missing)?;
    if !desk.sees(&stored.matter) {
        return Err(Error::Missing);
    }
    let posts = desk.posts();
    let command = Command {
        actor: Actor::Posts(&posts),
        want: Want::File(filing),
        seen,
        next_number: None,
        other: None,
    };
    // A clock that was set back must not put an act before the one it follows.
    let now = desk.now.max(stored.matter.changed_at);
    let decision = decide(desk.setting(), Some(&stored.matter), &command, now)?;
    let event = decision.events.into_iter().next().ok_or(Error::Missing)?;
    let pen = Pen::new(service, &desk.state, &desk.roster);
    pen.write(conn, Some(&stored), event, service.now()).map(drop)
}

/// A code that no paper of the county has.
fn free_code(conn: &mut Conn, state: &CountyState) -> Result<PaperCode, Error> {
    loop {
        let code = PaperCode::new(u64::from_le_bytes(random()?));
        if rows::by_code(conn, state.county, code)?.is_none() {
            return Ok(code);
        }
    }
}

/// The name under which a paper's frozen value is sealed.
pub(crate) fn field(code: PaperCode) -> String {
    format!("paper/{code}")
}

/// A digest as bytes.
pub(crate) fn digest(hex: &str) -> Result<store::chain::Hash, Error> {
    let byte = |at: usize| hex.get(at..at + 2).and_then(|b| u8::from_str_radix(b, 16).ok());
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    bytes.and_then(|b| b.try_into().ok()).ok_or(Error::Missing)
}
