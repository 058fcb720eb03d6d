//! Opening what the command line names: the data folder, the master key, the database, its
//! counties.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use app::setup::serve_county;
use app::{CountyState, MasterKey, Premises, Service, SystemClock};
use domain::catalogue::Source;
use domain::ids::County;
use store::disk::Files;
use store::{Conn, Db, Place, StoreError};

use crate::cli::{CountyOption, Globals};
use crate::source;

/// An opened product.
pub struct Home {
    /// The product.
    pub service: Service,
    /// The catalogue.
    pub source: Source,
}

impl Home {
    /// Opens the database and the key, without serving counties.
    pub fn open(globals: &Globals) -> anyhow::Result<Self> {
        Self::open_with(globals, "full")
    }

    /// As [`Home::open`], with another `synchronous` setting of the embedded database.
    pub fn open_with(globals: &Globals, synchronous: &str) -> anyhow::Result<Self> {
        fs::create_dir_all(&globals.data)
            .with_context(|| format!("the folder {} cannot be made", globals.data.display()))?;
        let place = match &globals.database {
            Some(url) => Place::Url(url.clone()),
            None => Place::File(globals.data.join("shanzhi.db")),
        };
        let master = master_key(&globals.data)?;
        let db = Db::open_with(&place, synchronous).context("the database cannot be opened")?;
        let source = source::read(globals.catalogue.as_deref())?;
        let premises = Premises {
            files: Files::below(&globals.data.join("files")),
            fonts: globals.fonts.clone(),
            address: globals.address.clone(),
        };
        Ok(Self { service: Service::new(db, Arc::new(SystemClock), master, premises), source })
    }

    /// Holds the folder of the embedded database until the file is dropped or the process ends: two
    /// servers on it would both do the background work and keep each other waiting.
    pub fn hold(globals: &Globals) -> anyhow::Result<Option<File>> {
        if globals.database.is_some() {
            return Ok(None);
        }
        let folder = &globals.data;
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let path = folder.join("serve.lock");
        let file =
            File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => bail!(
                "another shanzhi serves the folder {}: stop it first, or give this one another --data",
                folder.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }

    /// Serves every county of the database; estimates are computed again where the calendar is new.
    pub fn serve_all(&self) -> anyhow::Result<Vec<Arc<CountyState>>> {
        let counties = self.service.db().read::<_, StoreError, _>(store::counties::list).wait()?;
        counties.into_iter().map(|(county, _)| self.serve(county)).collect()
    }

    /// Serves one county.
    pub fn serve(&self, county: County) -> anyhow::Result<Arc<CountyState>> {
        let (service, source) = (self.service.clone(), self.source.clone());
        let load = move |conn: &mut Conn| serve_county(conn, &service, county, &source);
        let (state, new_calendar) = self.service.db().write(load).wait()?;
        if new_calendar {
            app::jobs::recompute_estimates(&self.service, &state)?;
        }
        Ok(state)
    }

    /// The county that is meant: the one named, or the only one.
    pub fn county(&self, option: &CountyOption) -> anyhow::Result<Arc<CountyState>> {
        let all = self.serve_all()?;
        match &option.county {
            Some(code) => {
                let county: County = code.parse().context("--county")?;
                all.into_iter()
                    .find(|s| s.county == county)
                    .context("the database has no such county")
            }
            None if all.len() == 1 => Ok(all[0].clone()),
            None if all.is_empty() => {
                bail!("the database has no county yet: run `shanzhi demo` or `shanzhi import org`")
            }
            None => bail!("the database has several counties: say --county"),
        }
    }
}

/// Reads the master key, or makes it at the first start, readable by the owner only.
fn master_key(data: &Path) -> anyhow::Result<MasterKey> {
    let path = key_path(data);
    if path.exists() {
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        if path.metadata()?.permissions().mode() & 0o077 != 0 {
            tracing::warn!("the master key can be read by others: chmod 600 {}", path.display());
        }
        return MasterKey::read(&text).with_context(|| format!("{}", path.display()));
    }
    let key = MasterKey::generate()?;
    let folder = path.parent().unwrap_or(data);
    fs::create_dir_all(folder)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(key.text().as_bytes())?;
    file.sync_all()?;
    // A file is there after a power cut only if its folder says so.
    File::open(folder)?.sync_all()?;
    File::open(data)?.sync_all()?;
    Ok(key)
}

/// Where the master key is.
pub fn key_path(data: &Path) -> PathBuf {
    data.join("keys").join("master.key")
}
