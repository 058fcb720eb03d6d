//! Checking a paper: anybody may, and learns only what stands on its first line.

use domain::ids::County;
use domain::label::Label;
use domain::paper::PaperCode;
use domain::time::Instant;
use store::papers::by_code;
use store::{Conn, matters};

use crate::{Error, Service};

/// The fewest signs of a digest that are compared: as many as stand on a paper.
const DIGEST_SIGNS: usize = 16;

/// What anybody learns of a paper. Nothing in it belongs to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its code.
    pub code: PaperCode,
    /// What it is called.
    pub title: Label,
    /// Its number.
    pub number: String,
    /// The unit that issued it.
    pub unit: String,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// The digest of what it says.
    pub digest: String,
    /// Whether the digest that was given is this one; none where none was given.
    pub fits: Option<bool>,
}

/// Checks a paper by its code, and the digest that stands on it where one is given.
///
/// # Errors
/// [`Error::Missing`] where no paper has this code; failures of the store.
pub fn prove(
    conn: &mut Conn,
    service: &Service,
    county: County,
    code: PaperCode,
    digest: Option<&str>,
) -> Result<Proof, Error> {
    let state = service.county(county)?;
    let row = by_code(conn, county, code)?.ok_or(Error::Missing)?;
    // A row beside the matter is not enough: what counts stands in its chain.
    let matter = matters::by_id(conn, county, row.matter)?.ok_or(Error::Missing)?.matter;
    let paper = matter.paper(code).cloned().ok_or(Error::Missing)?;
    let unit = state.roster(conn)?.org.unit(paper.unit).map_or(String::new(), |u| u.name.clone());
    let own = paper.digest;
    let given = digest.map(|given| {
        let plain = given.chars().filter(|c| !c.is_whitespace() && *c != '-');
        plain.flat_map(char::to_lowercase).collect::<String>()
    });
    let fits =
        given.filter(|g| !g.is_empty()).map(|g| g.len() >= DIGEST_SIGNS && own.starts_with(&g));
    let sheet = state.catalogue.papers.get(&paper.document);
    Ok(Proof {
        code,
        title: sheet.map(|s| s.label.clone()).unwrap_or_default(),
        number: paper.number,
        unit,
        issued_at: paper.at,
        revoked_at: paper.revoked_at,
        digest: own,
        fits,
    })
}
