//! The dossier of a matter: whether it is complete, and all of it as one PDF.

use documents::paper::{Part, Printed, ScanFormat};
use domain::ids::MatterCode;
use domain::label::FIRST_LOCALE;
use domain::matter::{Matter, Refusal, Refused, Rule};
use domain::paper::{Item, gaps, item_of, item_of_file};
use serde_json::{Value as Json, json};
use store::Conn;
use store::papers::{PaperRow, by_code, files};

use super::print::{ReadingState, full, stored};
use crate::files::opened_name;
use crate::matters::{Look, log_reading, look};
use crate::{Credential, Error, Service};

/// The cover of a dossier, as its template names it.
pub type Cover = Json;

/// Everything that a dossier is bound of.
#[derive(Debug, Clone)]
pub struct Bound {
    state: ReadingState,
    cover: Cover,
    papers: Vec<PaperRow>,
    scans: Vec<Scan>,
}

#[derive(Debug, Clone)]
struct Scan {
    item: String,
    title: String,
    format: ScanFormat,
    digest: store::chain::Hash,
}

/// The items that the dossier of a matter lacks; none where its kind has no dossier.
///
/// # Errors
/// Where the kind is no longer known.
pub fn dossier_gaps(look: &Look) -> Result<Option<Vec<&Item>>, Error> {
    let items = &look.desk.state.catalogue.dossier;
    Ok(look.kind()?.dossier.then(|| gaps(items, &look.matter)))
}

/// Gathers a dossier for somebody who sees the matter; the log holds the reading first, so this runs
/// as a write.
///
/// # Errors
/// [`Error::Missing`], a refusal that names every item it lacks, failures of the store.
pub fn dossier(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
) -> Result<Bound, Error> {
    let look = look(conn, service, credential, code)?;
    match dossier_gaps(&look)? {
        None => return Err(Rule::NoDossier.into()),
        Some(lacking) if !lacking.is_empty() => {
            let gap = |item: &&Item| {
                Refusal::of(Rule::DossierGap, &item.id).with("label", item.label.get(FIRST_LOCALE))
            };
            return Err(Error::Refused(Refused(lacking.iter().map(gap).collect())));
        }
        Some(_) => {}
    }
    let county = look.desk.who.county;
    let (items, matter) = (&look.desk.state.catalogue.dossier, &look.matter);
    let mut papers = Vec::new();
    for paper in matter.papers.iter().filter(|p| p.revoked_at.is_none()) {
        if item_of(items, &paper.document).is_some() {
            papers.push(by_code(conn, county, paper.code)?.ok_or(Error::Missing)?);
        }
    }
    let mut scans = Vec::new();
    let rows = files(conn, county, matter.id())?;
    for file in matter.files.iter().filter(|f| f.withdrawn_at.is_none()) {
        let row = rows.iter().find(|row| row.no == file.no);
        let (Some(item), Some(format), Some(row)) =
            (item_of_file(items, file, matter), format(&file.media), row)
        else {
            continue;
        };
        let title = opened_name(&look.desk.state, matter.id(), row)?;
        scans.push(Scan { item: item.id.clone(), title, format, digest: row.digest });
    }
    log_reading(conn, &look.reader("dossier", ""))?;
    let state = ReadingState(look.desk.state.clone());
    Ok(Bound { state, cover: cover(&look)?, papers, scans })
}

fn format(media: &str) -> Option<ScanFormat> {
    Some(match media {
        "image/png" => ScanFormat::Png,
        "image/jpeg" => ScanFormat::Jpeg,
        "application/pdf" => ScanFormat::Pdf,
        _ => return None,
    })
}

/// What stands on the cover.
fn cover(look: &Look) -> Result<Cover, Error> {
    let (desk, m) = (&look.desk, &look.matter);
    let name = |id: &domain::ids::PersonId| desk.roster.names.get(id).cloned().unwrap_or_default();
    let place = desk.roster.org.unit(m.holder).map_or("", |u| u.place.as_str());
    let sheets = &desk.state.catalogue.papers;
    let offices = m.papers.iter().rev().filter_map(|p| sheets.get(&p.document)?.office.as_ref());
    let unit = desk.roster.org.unit(m.holder).map_or("", |u| u.name.as_str());
    let unit = offices.map(|o| o.replace("{place}", place)).next().unwrap_or(unit.to_owned());
    let mediators: Vec<String> = m.handler.iter().chain(&m.assistants).map(name).collect();
    let day = |at: domain::time::Instant| at.day().to_string();
    Ok(json!({
        "unit": unit,
        "title": m.registration.title,
        "number": m.number.clone().unwrap_or_default(),
        "mediators": mediators,
        "from": day(m.accepted_at.unwrap_or(m.registered_at)),
        "to": m.closed_at.map(day).unwrap_or_default(),
        "filer": name(&desk.who.person),
        "filed": day(desk.now),
        "retention": retention(m, look)?,
    }))
}

fn retention(m: &Matter, look: &Look) -> Result<String, Error> {
    let kind = look.kind()?;
    let outcome = m.outcome.as_ref().and_then(|o| kind.outcomes.get(o));
    Ok(match outcome.map(|o| o.retain) {
        Some(Some(length)) => format!("{}年", length.count / 12),
        Some(None) => "永久".to_owned(),
        None => String::new(),
    })
}

impl Bound {
    /// Binds it. This takes a while and belongs on no thread of the database or of the server.
    ///
    /// # Errors
    /// No font; a scan that cannot be read or is gone from the disk.
    pub fn print(&self, service: &Service) -> Result<Printed, Error> {
        let state = &self.state.0;
        let mut parts = Vec::new();
        for row in &self.papers {
            let value = full(service, state, row)?;
            parts.push(Part::Paper { template: row.document.clone(), value });
        }
        for scan in &self.scans {
            parts.push(Part::Scan {
                item: scan.item.clone(),
                title: scan.title.clone(),
                format: scan.format,
                files: vec![stored(service, state, &scan.digest)?],
            });
        }
        Ok(state.printery.press(service)?.dossier(&self.cover, &parts)?)
    }
}
