//! Papers as PDF: a preview, the one print that is kept, and reading it again.

use std::sync::Arc;

use documents::paper::digest as sm3_of;
use domain::ids::MatterCode;
use domain::matter::Paper;
use domain::paper::PaperCode;
use domain::person::Personal;
use serde_json::{Value as Json, json};
use store::Conn;
use store::papers::{self as rows, PaperRow};

use super::draft::Draft;
use super::issue::{digest, field};
use crate::matters::{Look, log_reading, look};
use crate::{CountyState, Credential, Error, Service};

/// Prints a draft with its mark across the page; nothing is kept. This takes a while and belongs on
/// no thread of the database or of the server.
///
/// # Errors
/// No font; a template that fails.
pub fn preview(service: &Service, draft: &Draft) -> Result<Vec<u8>, Error> {
    let state = &draft.look.desk.state;
    let mut value = draft.value.clone();
    value["draft"] = json!(true);
    let press = state.printery.press(service)?;
    Ok(press.print(&draft.document, &value)?.pdf)
}

/// A paper that somebody reads.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The paper.
    pub paper: Paper,
    /// What it is called.
    pub title: domain::label::Label,
    /// Its row.
    pub row: PaperRow,
    /// The county.
    pub state: ReadingState,
}

/// The county of a reading; prints no keys.
#[derive(Clone)]
pub struct ReadingState(pub Arc<CountyState>);

impl std::fmt::Debug for ReadingState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.county.fmt(f)
    }
}

/// Opens a paper for somebody who sees its matter. The log holds the reading before the paper is
/// shown, so this runs as a write.
///
/// # Errors
/// [`Error::Missing`], failures of the store.
pub fn read_again(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (matter, code): (MatterCode, PaperCode),
) -> Result<Reading, Error> {
    let look = look(conn, service, credential, matter)?;
    let reading = found(conn, &look, code)?;
    log_reading(conn, &look.reader("paper", &format!("{} {code}", reading.paper.document)))?;
    Ok(reading)
}

/// A paper that its maker has just issued, to be printed; nothing of it is shown.
///
/// # Errors
/// [`Error::Missing`], failures of the store.
pub fn just_issued(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (matter, code): (MatterCode, PaperCode),
) -> Result<Reading, Error> {
    let look = look(conn, service, credential, matter)?;
    found(conn, &look, code)
}

fn found(conn: &mut Conn, look: &Look, code: PaperCode) -> Result<Reading, Error> {
    let paper = look.matter.paper(code).cloned().ok_or(Error::Missing)?;
    let row = rows::by_code(conn, look.desk.who.county, code)?.ok_or(Error::Missing)?;
    let sheet = look.desk.state.catalogue.papers.get(&paper.document);
    let title = sheet.map(|s| s.label.clone()).unwrap_or_default();
    Ok(Reading { paper, title, row, state: ReadingState(look.desk.state.clone()) })
}

/// The PDF of a paper: as it was first printed, or printed now and kept. It waits for the database:
/// it belongs on no thread of the server.
///
/// # Errors
/// No font; a print that is gone from the disk or was changed; failures of the store.
pub fn pdf(service: &Service, reading: &Reading) -> Result<Vec<u8>, Error> {
    let state = &reading.state.0;
    if let Some(print) = &reading.row.print {
        return stored(service, state, print);
    }
    let value = full(service, state, &reading.row)?;
    let printed = state.printery.press(service)?.print(&reading.row.document, &value)?;
    let print = keep_file(service, state, &printed.pdf)?;
    let (county, code) = (state.county, reading.row.code);
    let write = move |conn: &mut Conn| {
        rows::printed(conn, county, code, &print)?;
        // Two may have printed it at once: the first print is the one that stands.
        rows::by_code(conn, county, code)?.and_then(|row| row.print).ok_or(Error::Missing)
    };
    let first = service.db().write::<_, Error, _>(write).wait()?;
    if first == print { Ok(printed.pdf) } else { stored(service, state, &first) }
}

/// What a paper says, with what anybody checks it by.
pub(super) fn full(service: &Service, state: &CountyState, row: &PaperRow) -> Result<Json, Error> {
    let sealed = Personal::sealed(&row.value);
    let text = state.vault.reveal(row.matter, &field(row.code), &sealed)?;
    let mut value: Json = serde_json::from_str(&text)
        .map_err(|e| store::StoreError::corrupt("paper", e.classify() as u8))?;
    let address = service.premises().address.trim_end_matches('/');
    value["verify"] = json!({
        "url": format!("{address}/verify/{}/{}", state.county, row.code),
        "code": row.code,
        "digest": store::chain::hex(&row.digest),
    });
    Ok(value)
}

/// Keeps bytes on the disk, sealed, under the digest of what they say; answered when durable.
pub(crate) fn keep_file(
    service: &Service,
    state: &CountyState,
    bytes: &[u8],
) -> Result<store::chain::Hash, Error> {
    let name = sm3_of(bytes);
    let hash = digest(&name)?;
    let files = &service.premises().files;
    files.put(state.county, &hash, &state.vault.seal_file(&name, bytes)?)?;
    Ok(hash)
}

/// The bytes under a digest, opened, and checked against it.
pub(crate) fn stored(
    service: &Service,
    state: &CountyState,
    hash: &store::chain::Hash,
) -> Result<Vec<u8>, Error> {
    let gone = || store::StoreError::corrupt("file", "a file is not on the disk");
    let sealed = service.premises().files.get(state.county, hash)?.ok_or_else(gone)?;
    let name = store::chain::hex(hash);
    let bytes = state.vault.open_file(&name, &sealed)?;
    if sm3_of(&bytes) != name {
        return Err(store::StoreError::corrupt("file", "a file was changed").into());
    }
    Ok(bytes)
}
