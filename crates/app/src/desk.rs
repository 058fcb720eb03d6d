//! Somebody at work: who, at which posts, with what is waiting.

use std::sync::Arc;

use domain::access::{reach, sees};
use domain::ids::UnitId;
use domain::kind::{Kind, Phase};
use domain::matter::{Lane, Matter, Offer, Setting, intake_offer};
use domain::org::Post;
use domain::time::{DAY_MS, Instant};
use store::Conn;
use store::matters::Summary;
use store::worklist::{Cursor, count_due, page};

use crate::{CountyState, Credential, Error, Roster, Service, Who};

/// How many matters of each list the workbench shows.
const ROWS: i64 = 8;
/// Counts beyond this are shown as "more than".
pub const COUNT_MAX: i64 = 99;
/// The most notices that the bell counts.
pub const UNREAD_MAX: i64 = 99;
/// What is due within this time is due soon, ms.
const SOON_MS: i64 = 3 * DAY_MS;

/// Somebody at work, as one reading of the store found them.
#[derive(Clone)]
pub struct Desk {
    /// The county.
    pub state: Arc<CountyState>,
    /// Its units and people.
    pub roster: Arc<Roster>,
    /// Who.
    pub who: Who,
    /// What forms of the session repeat; empty for a token.
    pub csrf: String,
    /// How many notices are not read, at most one more than [`UNREAD_MAX`]; for a token, which has no
    /// page to show it on, none.
    pub unread: i64,
    /// Now.
    pub now: Instant,
}

impl Desk {
    /// Finds out who asks and what the county is.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::BadCsrf`], failures of the store.
    pub fn open(
        conn: &mut Conn,
        service: &Service,
        credential: &Credential,
    ) -> Result<Self, Error> {
        let now = service.now();
        let (who, csrf) = credential.identify(conn, now)?;
        let state = service.county(who.county)?;
        let roster = state.roster(conn)?;
        let unread = match credential {
            Credential::Session { .. } => {
                store::notices::unread(conn, who.county, who.person, UNREAD_MAX + 1)?
            }
            _ => 0,
        };
        Ok(Self { state, roster, who, csrf, unread, now })
    }

    /// The posts held today.
    #[must_use]
    pub fn posts(&self) -> Vec<&Post> {
        self.roster.posts(self.who.person, self.now)
    }

    /// Whether a matter may be seen from here.
    #[must_use]
    pub fn sees(&self, matter: &Matter) -> bool {
        sees(&self.posts(), matter, &self.roster.org, &self.state.catalogue)
    }

    /// The setting in which what is done here is decided.
    #[must_use]
    pub fn setting(&self) -> Setting<'_> {
        self.roster.setting(&self.state)
    }

    /// The doors that the posts open, in the catalogue's order of kinds.
    #[must_use]
    pub fn doors(&self) -> Vec<(&Kind, Offer<'_>)> {
        let posts = self.posts();
        let kinds = self.state.catalogue.kinds.values();
        kinds.filter_map(|kind| Some((&**kind, intake_offer(kind, &posts)?))).collect()
    }
}

/// A list on the workbench.
pub struct Waiting {
    /// Why the matters stand in it.
    pub lane: Lane,
    /// The unit whose list it is; none for a person's own.
    pub unit: Option<UnitId>,
    /// The first of them with their places, those due first on top.
    pub rows: Vec<(Cursor, Summary)>,
    /// How many are late, at most one more than [`COUNT_MAX`].
    pub late: i64,
    /// How many are due within three days and not late, counted as far.
    pub soon: i64,
    /// How many there are, counted as far.
    pub all: i64,
}

/// What is waiting at somebody's desks, lists without anything left out.
///
/// # Errors
/// As [`Desk::open`].
pub fn workbench(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
) -> Result<(Desk, Vec<Waiting>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let county = desk.who.county;
    let open = Phase::Open.name();
    let mut lists = Vec::new();
    let mut places = reach(&desk.posts(), &desk.state.catalogue);
    places.retain(|(_, lane)| lane.is_sorted());
    places.sort_by_key(|(desk, lane)| (rank(*lane), *desk));
    for (at, lane) in places {
        let place = (at, lane, open);
        let instants = (desk.now.0, desk.now.plus_ms(SOON_MS).0);
        let due = count_due(conn, county, place, instants, COUNT_MAX + 1)?;
        if due.all == 0 {
            continue;
        }
        let (all, late, soon) = (due.all, due.first, due.second - due.first);
        let rows = page(conn, county, place, Cursor::START, ROWS)?;
        let unit = (!lane.is_personal()).then_some(UnitId(at));
        lists.push(Waiting { lane, unit, rows, late, soon, all });
    }
    Ok((desk, lists))
}

/// The order of lists on the workbench: what is mine first.
fn rank(lane: Lane) -> u8 {
    match lane {
        Lane::Mine => 0,
        Lane::Held => 1,
        Lane::Called => 2,
        Lane::Back => 3,
        Lane::Calling => 4,
        Lane::Supervised => 5,
        Lane::Sealed => 6,
        _ => 7,
    }
}
