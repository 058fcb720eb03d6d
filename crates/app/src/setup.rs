//! Bringing a county into service: its catalogue, its keys, its units.

use std::sync::Arc;

use domain::catalogue::{Catalogue, Finding, Source, load};
use domain::ids::County;
use sm3::{Digest, Sm3};
use store::catalogues::{self, KindVersion};
use store::{Conn, counties, keys};

use crate::papers::Printery;
use crate::{CountyState, Error, Service, Suite, Vault};

/// Adds a county to the database with its first data key.
///
/// # Errors
/// [`store::StoreError::Taken`] if it is there.
pub fn add_county(
    conn: &mut Conn,
    service: &Service,
    county: County,
    name: &str,
    suite: Suite,
) -> Result<(), Error> {
    let now = service.now();
    counties::insert(conn, county, name, now)?;
    let key = service.master().wrap_new(county, 1, suite)?;
    Ok(keys::insert(conn, county, &key, now)?)
}

/// Loads a county's catalogue against the kinds its matters run under, opens its keys, and serves
/// it. New versions of kinds are kept for ever. Answers whether the calendar is another than before.
///
/// # Errors
/// Every finding; a key that does not open; failures of the store.
pub fn serve_county(
    conn: &mut Conn,
    service: &Service,
    county: County,
    source: &Source,
) -> Result<(Arc<CountyState>, bool), Error> {
    let row = counties::get(conn, county)?.ok_or(Error::Missing)?;
    let kept = catalogues::kinds(conn, county)?;
    let catalogue = checked(source, &kept)?;
    for fresh in fresh_kinds(source, &catalogue, &kept)? {
        catalogues::insert_kind(conn, county, &fresh)?;
    }
    let vault = Vault::open(service.master(), county, &keys::keys(conn, county)?)?;
    let calendar = catalogue.calendar.version.clone();
    counties::started(conn, county, &catalogue.digest, &calendar)?;
    let state =
        service.serve(CountyState::new(county, Arc::new(catalogue), vault, Printery::new(source)));
    Ok((state, row.calendar != calendar && !row.calendar.is_empty()))
}

/// Loads the catalogue with every earlier version of a kind.
fn checked(source: &Source, kept: &[KindVersion]) -> Result<Catalogue, Error> {
    let earlier: Vec<String> = kept.iter().map(|k| k.body.clone()).collect();
    load(source, &earlier).map_err(Error::Catalogue)
}

/// The kinds that are new or of a new version. A kind that has changed under an old version is a
/// finding: matters that run under it must not change with it.
fn fresh_kinds(
    source: &Source,
    catalogue: &Catalogue,
    kept: &[KindVersion],
) -> Result<Vec<KindVersion>, Error> {
    let (mut fresh, mut findings) = (Vec::new(), Vec::new());
    for kind in catalogue.kinds.values() {
        let Some((file, body)) = file_of(source, &kind.id.text) else { continue };
        let digest = store::chain::hex(&Sm3::digest(body.as_bytes()));
        match kept.iter().find(|k| k.kind == kind.id.text && k.version == kind.version) {
            Some(old) if old.digest != digest => findings.push(Finding {
                file: file.clone(),
                line: 1,
                rule: "kind-changed",
                args: vec![("name", kind.id.text.clone()), ("version", kind.version.to_string())],
            }),
            Some(_) => {}
            None => fresh.push(KindVersion {
                kind: kind.id.text.clone(),
                version: kind.version,
                digest,
                body: body.clone(),
            }),
        }
    }
    if findings.is_empty() { Ok(fresh) } else { Err(Error::Catalogue(findings)) }
}

/// The file that declares a kind.
fn file_of<'s>(source: &'s Source, kind: &str) -> Option<(&'s String, &'s String)> {
    let declares = |text: &str| {
        text.lines().any(|line| {
            let Some(value) = line.trim_start().strip_prefix("kind") else { return false };
            let value = value.trim_start().strip_prefix('=').map(str::trim).unwrap_or_default();
            value.split('"').nth(1) == Some(kind)
        })
    };
    source.0.iter().find(|(path, text)| path.starts_with("kinds/") && declares(text))
}
