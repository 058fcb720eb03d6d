//! Files of a matter: adding, listing, opening, setting aside. A file is durable on the disk before
//! the matter's chain names it.

use std::sync::Arc;

use documents::media::{self, Media};
use domain::ids::{MatterCode, MatterId};
use domain::matter::{Actor, Command, File, Filing, Part, Refusal, Rule, Want, clean, decide};
use domain::paper::PaperCode;
use domain::person::Personal;
use store::papers::{self as rows, FileRow};
use store::{Conn, matters};

use crate::matters::{Answered, Keyed, Look, before, keep, log_reading, look};
use crate::papers::file as decide_file;
use crate::papers::{ReadingState, keep_file, stored};
use crate::{CountyState, Credential, Desk, Error, Service};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 20 << 20;
/// The longest name, in characters.
const MAX_NAME: usize = 120;

/// What somebody uploads.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it is called, as the browser said.
    pub name: String,
    /// What it is to the matter.
    pub part: Part,
    /// The paper it belongs to.
    pub paper: Option<PaperCode>,
    /// The item of the dossier it belongs to.
    pub item: Option<String>,
}

/// A file that lies on the disk and that no matter names yet.
#[derive(Debug, Clone)]
pub struct Laid {
    upload: Upload,
    media: Media,
    digest: store::chain::Hash,
    bytes: usize,
}

/// Whether somebody may add such a file to a matter at all: asked before anything is laid on the
/// disk.
///
/// # Errors
/// [`Error::Missing`], every rule that stands against it, failures of the store.
pub fn may_attach(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
    (part, paper): (Part, Option<PaperCode>),
) -> Result<Arc<CountyState>, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let stored = matters::by_code(conn, desk.who.county, code)?.ok_or(Error::Missing)?;
    let matter = Some(stored.matter).filter(|m| desk.sees(m)).ok_or(Error::Missing)?;
    let file = File {
        no: 0,
        part,
        digest: String::new(),
        bytes: 0,
        media: String::new(),
        paper,
        item: None,
        at: desk.now,
        withdrawn_at: None,
    };
    let posts = desk.posts();
    let command = Command {
        actor: Actor::Posts(&posts),
        want: Want::File(Filing::Attach(Box::new(file))),
        seen: None,
        next_number: None,
        other: None,
    };
    decide(desk.setting(), Some(&matter), &command, desk.now.max(matter.changed_at))?;
    Ok(desk.state.clone())
}

/// Checks what was uploaded, by its own bytes, and lays it on the disk. This takes a while and
/// belongs on no thread of the database or of the server.
///
/// # Errors
/// [`Error::Upload`] where it is too large, empty, of no sort that may be uploaded, or not what its
/// name says; a full disk.
pub fn lay(
    service: &Service,
    state: &CountyState,
    upload: Upload,
    bytes: &[u8],
) -> Result<Laid, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::Upload("too-large"));
    }
    let media = media::read(bytes).map_err(|fault| Error::Upload(fault.name()))?;
    let name = tidy(&upload.name, media);
    if !media.fits(&name) {
        return Err(Error::Upload("in-disguise"));
    }
    if upload.part == Part::Signature && !media.is_picture() {
        return Err(Error::Upload("no-picture"));
    }
    let digest = keep_file(service, state, bytes)?;
    Ok(Laid { upload: Upload { name, ..upload }, media, digest, bytes: bytes.len() })
}

/// A name without a path, without what turns the direction of text, and not too long.
fn tidy(name: &str, media: Media) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let last: String = clean(last, false).chars().filter(|c| !turns(*c)).collect();
    let (stem, ending) = last.rsplit_once('.').unwrap_or((&last, media.ending()));
    let stem: String = stem.trim_matches(['.', ' ']).chars().take(MAX_NAME).collect();
    let stem = if stem.is_empty() { "file".to_owned() } else { stem };
    format!("{stem}.{ending}")
}

/// Adds a file that was laid on the disk to a matter.
///
/// # Errors
/// [`Error::Missing`], every rule that stands against it, failures of the store.
pub fn attach(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
    laid: &Laid,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, person) = (desk.who.county, desk.who.person);
    if let Some(answered) = before(conn, county, person, keyed)? {
        return Ok(answered);
    }
    let matter = matters::by_code(conn, county, code)?.ok_or(Error::Missing)?.matter;
    let item = laid.upload.item.clone().filter(|item| !item.is_empty());
    let items = &desk.state.catalogue.dossier;
    if item.as_ref().is_some_and(|id| !items.iter().any(|i| i.id == *id && !i.back)) {
        return Err(Refusal::of(Rule::NotInList, "item").with("list", "dossier").into());
    }
    let no = u16::try_from(matter.files.len() + 1).unwrap_or(u16::MAX);
    let at = desk.now.max(matter.changed_at);
    let file = File {
        no,
        part: laid.upload.part,
        digest: store::chain::hex(&laid.digest),
        bytes: laid.bytes as u64,
        media: laid.media.name().to_owned(),
        paper: laid.upload.paper,
        item,
        at,
        withdrawn_at: None,
    };
    let body = serde_json::json!({ "no": no, "digest": file.digest, "media": file.media, "bytes": file.bytes });
    decide_file(conn, service, &desk, code, None, Filing::Attach(Box::new(file)))?;
    let name = Personal::plain(&laid.upload.name);
    let sealed = desk.state.vault.seal(matter.id(), &field(no), &name)?;
    let row = FileRow {
        no,
        digest: laid.digest,
        bytes: laid.bytes as i64,
        media: laid.media.name().to_owned(),
        name: sealed.token().unwrap_or_default().to_owned(),
        added_at: at,
        added_by: person,
    };
    rows::add_file(conn, county, matter.id(), &row)?;
    let answered = Answered { status: 201, body: body.to_string() };
    keep(conn, (county, person), keyed, &answered, desk.now)?;
    Ok(answered)
}

fn field(no: u16) -> String {
    format!("file/{no}")
}

/// What a file was called.
pub(crate) fn opened_name(
    state: &CountyState,
    matter: MatterId,
    row: &FileRow,
) -> Result<String, Error> {
    Ok(state.vault.reveal(matter, &field(row.no), &Personal::sealed(&row.name))?)
}

/// The names of a matter's files by their numbers.
///
/// # Errors
/// Failures of the store; a key that does not open.
pub fn names(conn: &mut Conn, look: &Look) -> Result<Vec<(u16, String)>, Error> {
    let (state, id) = (&look.desk.state, look.matter.id());
    let rows = rows::files(conn, look.desk.who.county, id)?;
    rows.iter().map(|row| Ok((row.no, opened_name(state, id, row)?))).collect()
}

/// A file that somebody opens.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media: String,
    digest: store::chain::Hash,
    state: ReadingState,
}

/// Opens a file for somebody who sees its matter. The log holds the reading before the file is
/// shown, so this runs as a write.
///
/// # Errors
/// [`Error::Missing`], failures of the store.
pub fn open(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (code, no): (MatterCode, u16),
) -> Result<Opening, Error> {
    let look = look(conn, service, credential, code)?;
    let rows = rows::files(conn, look.desk.who.county, look.matter.id())?;
    let row = rows.into_iter().find(|row| row.no == no).ok_or(Error::Missing)?;
    let name = opened_name(&look.desk.state, look.matter.id(), &row)?;
    log_reading(conn, &look.reader("file", &no.to_string()))?;
    let state = ReadingState(look.desk.state.clone());
    Ok(Opening { name, media: row.media, digest: row.digest, state })
}

impl Opening {
    /// The bytes.
    ///
    /// # Errors
    /// A file that is gone from the disk or was changed.
    pub fn bytes(&self, service: &Service) -> Result<Vec<u8>, Error> {
        stored(service, &self.state.0, &self.digest)
    }
}

/// Sets a file aside, with a reason. It stays where it is.
///
/// # Errors
/// [`Error::Missing`], every rule that stands against it, failures of the store.
pub fn withdraw(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (code, no): (MatterCode, u16),
    reason: &str,
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let filing = Filing::Withdraw { no, reason: reason.to_owned() };
    decide_file(conn, service, &desk, code, None, filing)
}
