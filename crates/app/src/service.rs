//! The product with its database, ready to serve: catalogues, keys and org trees held in memory.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use documents::paper::{Fonts, PaperFault};
use domain::catalogue::Catalogue;
use domain::ids::{County, MatterCode, MatterId, PersonId};
use domain::matter::Setting;
use domain::org::{Org, Post};
use domain::time::Instant;
use store::disk::Files;
use store::{Conn, Db};

use crate::clock::Clock;
use crate::notices::Ways;
use crate::papers::Printery;
use crate::suggest::Untaught;
use crate::tallies::Kept;
use crate::vault::{Vault, random};
use crate::{Error, MasterKey};

/// The units, posts and names of a county at one version.
#[derive(Debug, Default)]
pub struct Roster {
    /// Units and posts.
    pub org: Org,
    /// The names of staff.
    pub names: HashMap<PersonId, String>,
}

/// Where the product is at home: its files, its fonts, its address.
#[derive(Debug, Clone)]
pub struct Premises {
    /// Files on the local disk.
    pub files: Files,
    /// A folder with fonts of the office's own.
    pub fonts: Option<PathBuf>,
    /// Where people reach the product, such as `https://shanzhi.example.gov.cn`; it stands in the
    /// codes of papers.
    pub address: String,
}

/// One county in service.
pub struct CountyState {
    /// The county.
    pub county: County,
    /// What it declares.
    pub catalogue: Arc<Catalogue>,
    /// Its keys.
    pub vault: Vault,
    pub(crate) untaught: Untaught,
    pub(crate) counts: Kept,
    /// Its papers.
    pub printery: Printery,
    roster: RwLock<(i64, Arc<Roster>)>,
}

impl CountyState {
    pub(crate) fn new(
        county: County,
        catalogue: Arc<Catalogue>,
        vault: Vault,
        printery: Printery,
    ) -> Self {
        let roster = RwLock::new((-1, Arc::default()));
        let (untaught, counts) = (Untaught::default(), Kept::default());
        Self { county, catalogue, vault, untaught, counts, printery, roster }
    }

    /// The county's units, posts and names, read again if they have changed.
    ///
    /// # Errors
    /// Failures of the store.
    pub fn roster(&self, conn: &mut Conn) -> Result<Arc<Roster>, Error> {
        let row = store::counties::get(conn, self.county)?.ok_or(Error::Missing)?;
        let (version, roster) = self.roster.read().unwrap_or_else(PoisonError::into_inner).clone();
        if version == row.org_version {
            return Ok(roster);
        }
        let org = store::org::load(conn, self.county)?;
        let names = store::org::people(conn, self.county)?.into_iter().collect();
        let fresh = Arc::new(Roster { org, names });
        *self.roster.write().unwrap_or_else(PoisonError::into_inner) =
            (row.org_version, fresh.clone());
        Ok(fresh)
    }
}

impl Roster {
    /// The setting in which commands of the county are decided.
    #[must_use]
    pub fn setting<'a>(&'a self, state: &'a CountyState) -> Setting<'a> {
        Setting { catalogue: &state.catalogue, org: &self.org }
    }

    /// The posts that a person holds now.
    #[must_use]
    pub fn posts(&self, person: PersonId, now: Instant) -> Vec<&Post> {
        let today = now.day();
        self.org.posts(person).iter().filter(|p| p.held_on(today)).collect()
    }
}

/// The product. Clones share everything.
#[derive(Clone)]
pub struct Service(Arc<Parts>);

struct Parts {
    db: Db,
    clock: Arc<dyn Clock>,
    master: MasterKey,
    premises: Premises,
    fonts: OnceLock<Result<Fonts, PaperFault>>,
    counties: RwLock<HashMap<County, Arc<CountyState>>>,
    ways: RwLock<Arc<Ways>>,
}

impl Service {
    /// A service over a database; counties are added by [`crate::setup`].
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, master: MasterKey, premises: Premises) -> Self {
        Self(Arc::new(Parts {
            db,
            clock,
            master,
            premises,
            fonts: OnceLock::new(),
            counties: RwLock::default(),
            ways: RwLock::default(),
        }))
    }

    /// Where the product is at home.
    #[must_use]
    pub fn premises(&self) -> &Premises {
        &self.0.premises
    }

    /// The fonts of papers, looked for when the first paper is printed.
    pub(crate) fn fonts(&self) -> Result<Fonts, PaperFault> {
        let found = self.0.fonts.get_or_init(|| Fonts::find(self.0.premises.fonts.as_deref()));
        found.clone()
    }

    /// The store.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// The master key.
    #[must_use]
    pub fn master(&self) -> &MasterKey {
        &self.0.master
    }

    /// The ways by which notices leave the house; none until [`Service::use_ways`].
    #[must_use]
    pub fn ways(&self) -> Arc<Ways> {
        self.0.ways.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets notices leave the house by these ways.
    pub fn use_ways(&self, ways: Ways) {
        *self.0.ways.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ways);
    }

    /// A county in service.
    ///
    /// # Errors
    /// [`Error::Missing`] if it is not served here.
    pub fn county(&self, county: County) -> Result<Arc<CountyState>, Error> {
        let counties = self.0.counties.read().unwrap_or_else(PoisonError::into_inner);
        counties.get(&county).cloned().ok_or(Error::Missing)
    }

    /// The counties in service, in order.
    #[must_use]
    pub fn counties(&self) -> Vec<Arc<CountyState>> {
        let counties = self.0.counties.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = counties.values().cloned().collect();
        all.sort_by_key(|c| c.county);
        all
    }

    pub(crate) fn serve(&self, state: CountyState) -> Arc<CountyState> {
        let state = Arc::new(state);
        let mut counties = self.0.counties.write().unwrap_or_else(PoisonError::into_inner);
        counties.insert(state.county, state.clone());
        state
    }

    /// The id and code of a new matter. Codes are drawn by chance, so that none tells of another.
    ///
    /// # Errors
    /// Failures of the store; no randomness.
    pub(crate) fn names(
        &self,
        conn: &mut Conn,
        county: County,
        now: Instant,
    ) -> Result<(MatterId, MatterCode), Error> {
        let id = MatterId(self.db().ids().next(conn, county)?);
        loop {
            let code = MatterCode::new(now.day().year(), u64::from_le_bytes(random()?));
            if store::matters::id_of(conn, county, code)?.is_none() {
                return Ok((id, code));
            }
        }
    }
}
