//! Backup and restore of whole databases and single counties, and the making of search entries
//! afresh.

use std::io::{BufRead, Write};
use std::sync::Arc;

use domain::ids::{County, MatterId, RecordId};
use store::dump::{self, Content, DumpError, Dumped};
use store::keys::WrappedKey;
use store::{Conn, StoreError, matters};

use crate::search::entry;
use crate::{CountyState, Error, MasterKey, Service, VaultError};

/// How many search entries one transaction makes.
const REINDEX_STEP: i64 = 200;

/// A backup or restore that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file or the store.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// Something is there already: nothing is overwritten.
    #[error("the database holds data already: a restore fills an empty one only")]
    NotEmpty,
    /// The county is there already.
    #[error("county {0} is there already: nothing is overwritten")]
    CountyThere(County),
    /// The key does not open the backup's data.
    #[error(
        "the master key does not open this backup: give the key of the database it was made from with --key"
    )]
    OtherKey,
    /// The product failed.
    #[error(transparent)]
    App(#[from] Error),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Writes everything, or one county, as it stands at one moment, while the product goes on.
///
/// # Errors
/// The file or the store.
pub fn backup(
    service: &Service,
    out: &mut dyn Write,
    only: Option<County>,
    progress: impl FnMut(u64),
) -> Result<Dumped, BackupError> {
    let mut conn = service.db().own_connection()?;
    Ok(dump::dump(&mut conn, out, only, &service.premises().files, progress)?)
}

/// What a restore is told.
pub struct Restore<'a> {
    /// The master key of the database that the backup is of; none where it is this one's.
    pub key: Option<&'a MasterKey>,
    /// One county only, into a database that may hold others.
    pub only: Option<County>,
}

/// Checks a backup: every byte, and that the keys in it open.
///
/// # Errors
/// Damage, another key, or data that would be overwritten.
pub fn check(
    service: &Service,
    input: &mut dyn BufRead,
    options: &Restore<'_>,
) -> Result<(Content, Vec<(County, WrappedKey)>), BackupError> {
    let content = dump::check(input)?;
    let mut conn = service.db().own_connection()?;
    match options.only {
        None if dump::holds_anything(&mut conn)? => return Err(BackupError::NotEmpty),
        Some(county) if store::counties::get(&mut conn, county)?.is_some() => {
            return Err(BackupError::CountyThere(county));
        }
        _ => {}
    }
    let from = options.key.unwrap_or(service.master());
    let mut keys = Vec::new();
    for (county, key) in &content.keys {
        let fresh = service.master().rewrap(from, *county, key).map_err(|e| match e {
            VaultError::DoesNotOpen => BackupError::OtherKey,
            other => BackupError::App(other.into()),
        })?;
        keys.push((*county, fresh));
    }
    Ok((content, keys))
}

/// Fills the database from a backup that [`check`] has passed.
///
/// # Errors
/// The file or the store.
pub fn restore(
    service: &Service,
    input: &mut dyn BufRead,
    keys: &[(County, WrappedKey)],
    only: Option<County>,
    progress: impl FnMut(u64),
) -> Result<u64, BackupError> {
    let mut conn = service.db().own_connection()?;
    Ok(dump::restore(&mut conn, input, only, keys, &service.premises().files, progress)?)
}

/// Makes the search entries of a county afresh: after a restore, or when the form of tokens changes.
///
/// # Errors
/// Failures of the store; a key that does not open.
pub fn reindex(
    service: &Service,
    state: &Arc<CountyState>,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let (mut after, mut done) = (MatterId(0), 0);
    loop {
        let held = state.clone();
        let step = move |conn: &mut Conn| {
            let roster = held.roster(conn)?;
            let ids = matters::ids(conn, held.county, after, REINDEX_STEP)?;
            for id in &ids {
                if let Some(stored) = matters::by_id(conn, held.county, *id)? {
                    let tokens = entry(&held, &roster.org, &stored.matter)?;
                    store::search::put(conn, held.county, *id, stored.matter.version, &tokens)?;
                }
            }
            Ok::<_, Error>((ids.len() as u64, ids.last().copied()))
        };
        let (made, last) = service.db().write(step).wait()?;
        let Some(last) = last else { return reindex_records(service, state, done, progress) };
        (after, done) = (last, done + made);
        crate::jobs::fold(service, state)?;
        progress(done);
    }
}

/// The same for records.
fn reindex_records(
    service: &Service,
    state: &Arc<CountyState>,
    mut done: u64,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut after = RecordId(0);
    loop {
        let held = state.clone();
        let step = move |conn: &mut Conn| {
            let ids = store::records::ids(conn, held.county, after, REINDEX_STEP)?;
            for id in &ids {
                crate::registers::reindex(conn, &held, *id)?;
            }
            Ok::<_, Error>((ids.len() as u64, ids.last().copied()))
        };
        let (made, last) = service.db().write(step).wait()?;
        let Some(last) = last else { return Ok(done) };
        (after, done) = (last, done + made);
        progress(done);
    }
}
