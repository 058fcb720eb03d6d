//! What the product does by itself: lets time act, folds counts and search entries, seals the day.
//! Each kind of work is claimed by lease, so that of several servers one does it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::ids::{County, MatterId};
use domain::time::{DAY_MS, Day, HOUR_MS, Instant};
use store::anchors::Anchor;
use store::{Conn, StoreError, anchors, leases, outbox, search, tallies};

use crate::vault::random;
use crate::who::IDLE_MS;
use crate::{CountyState, Error, Service, matters};

/// How long a lease lasts, ms; it is renewed long before.
const LEASE_MS: i64 = 30_000;
/// How often time is let act, in rounds of the runner.
const SWEEP_ROUNDS: u64 = 10;
/// How often the day is looked at, in rounds.
const DAY_ROUNDS: u64 = 600;
/// The length of a round, ms.
const ROUND_MS: u64 = 100;
/// How many rows are folded in one transaction: the most where nobody is served, many where nobody
/// waits, few while acts are waiting, and more of them the longer that lasts, so that what is not yet
/// folded stays bounded.
const FOLD_ALL: i64 = 10_000;
const FOLD_IDLE: i64 = 500;
const FOLD_BUSY: (i64, i64) = (16, 1_024);
/// How many matters time acts on in one transaction, and how many while acts are waiting.
const TICK_ROWS: i64 = 100;
const TICK_BUSY: i64 = 10;
/// When a day is over, ms after midnight: acts that began before it are durable by then.
const SETTLE_MS: i64 = 10 * 60_000;
/// How long notices to followers are kept, ms.
const NOTICE_MS: i64 = 30 * DAY_MS;

/// The runner of the work that nobody asks for.
pub struct Runner {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Runner {
    /// Starts it.
    ///
    /// # Errors
    /// Where the machine gives no thread.
    pub fn start(service: &Service) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let (halt, service) = (stop.clone(), service.clone());
        let owner = store::chain::hex(&random::<8>()?);
        let mut shift = Shift {
            owner,
            round: 0,
            busy_rounds: 0,
            sweeping: BTreeSet::new(),
            held: BTreeSet::new(),
        };
        let run = move || {
            while !halt.load(Ordering::Relaxed) {
                for state in service.counties() {
                    if let Err(error) = work(&service, &state, &mut shift) {
                        tracing::warn!(county = %state.county, %error, "background work will be tried again");
                    }
                }
                shift.round += 1;
                if shift.sweeping.is_empty() || service.db().waiting() > 0 {
                    thread::sleep(Duration::from_millis(ROUND_MS));
                }
            }
            shift.end(&service);
        };
        let thread = thread::Builder::new().name("jobs".into()).spawn(run);
        let thread = thread.map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the runner knows from round to round.
struct Shift {
    /// Its name in the leases.
    owner: String,
    round: u64,
    /// For how many rounds there was more to fold than was folded.
    busy_rounds: i64,
    /// The counties where there was more for time to act on than it did.
    sweeping: BTreeSet<County>,
    /// The counties whose work is this server's.
    held: BTreeSet<County>,
}

impl Shift {
    /// Gives the leases back, so that another server need not wait for their end.
    fn end(self, service: &Service) {
        for county in self.held {
            let owner = self.owner.clone();
            let release = move |conn: &mut Conn| leases::release(conn, county, "jobs", &owner);
            // One that is not given back ends by itself.
            let _ = service.db().write(release).wait();
        }
    }
}

fn work(service: &Service, state: &Arc<CountyState>, shift: &mut Shift) -> Result<(), Error> {
    let round = shift.round;
    if round.is_multiple_of(SWEEP_ROUNDS) {
        shift.held.remove(&state.county);
        if claim(service, state, &shift.owner)? {
            shift.held.insert(state.county);
        }
    }
    if !shift.held.contains(&state.county) {
        return Ok(());
    }
    // Many limits end at the same midnight. What time does is folded as it goes on, so that no reader
    // finds all of it waiting.
    if shift.sweeping.remove(&state.county) || round.is_multiple_of(SWEEP_ROUNDS) {
        let rows = if service.db().waiting() > 0 { TICK_BUSY } else { TICK_ROWS };
        if sweep_some(service, state, rows)? as i64 == rows {
            shift.sweeping.insert(state.county);
        }
    }
    fold_gently(service, state, &mut shift.busy_rounds)?;
    if round.is_multiple_of(DAY_ROUNDS) {
        close_days(service, state)?;
        tidy(service, state)?;
    }
    Ok(())
}

fn claim(service: &Service, state: &Arc<CountyState>, owner: &str) -> Result<bool, Error> {
    let (county, owner, now) = (state.county, owner.to_owned(), service.now());
    let claim = move |conn: &mut Conn| {
        leases::claim(conn, county, "jobs", &owner, now.plus_ms(LEASE_MS), now)
    };
    Ok(service.db().write(claim).wait()?)
}

/// Folds everything that was appended since.
///
/// # Errors
/// Failures of the store.
pub fn fold(service: &Service, state: &Arc<CountyState>) -> Result<(), Error> {
    while fold_some(service, state, FOLD_ALL)? {}
    Ok(())
}

/// Folds a number of rows; answers whether there may be more.
fn fold_some(service: &Service, state: &Arc<CountyState>, rows: i64) -> Result<bool, Error> {
    let held = state.clone();
    let fold = move |conn: &mut Conn| {
        let roster = held.roster(conn)?;
        let counted = tallies::fold(conn, held.county, &roster.org, rows)?;
        Ok::<_, Error>(counted.max(search::fold(conn, held.county, rows)?) as i64 == rows)
    };
    service.db().write(fold).wait()
}

/// Folds a little while acts are waiting, and everything once they are not.
fn fold_gently(
    service: &Service,
    state: &Arc<CountyState>,
    busy_rounds: &mut i64,
) -> Result<(), Error> {
    loop {
        let busy = service.db().waiting() > 0;
        let rows = if busy { (FOLD_BUSY.0 + *busy_rounds).min(FOLD_BUSY.1) } else { FOLD_IDLE };
        let more = fold_some(service, state, rows)?;
        match (more, busy) {
            (true, true) => {
                *busy_rounds += 1;
                return Ok(());
            }
            (true, false) => {}
            (false, _) => {
                *busy_rounds = 0;
                return Ok(());
            }
        }
    }
}

/// Lets time act on every matter on which it has something to do.
///
/// # Errors
/// Failures of the store.
pub fn sweep(service: &Service, state: &Arc<CountyState>) -> Result<usize, Error> {
    let mut all = 0;
    loop {
        let done = sweep_some(service, state, TICK_ROWS)?;
        all += done;
        if (done as i64) < TICK_ROWS {
            return Ok(all);
        }
    }
}

fn sweep_some(service: &Service, state: &Arc<CountyState>, rows: i64) -> Result<usize, Error> {
    let (of, held, now) = (service.clone(), state.clone(), service.now());
    service.db().write(move |conn: &mut Conn| matters::tick(conn, &of, &held, now, rows)).wait()
}

/// Computes the estimates again after a calendar was loaded.
///
/// # Errors
/// Failures of the store.
pub fn recompute_estimates(service: &Service, state: &Arc<CountyState>) -> Result<(), Error> {
    let mut after = MatterId(0);
    loop {
        let (of, held, now) = (service.clone(), state.clone(), service.now());
        let step =
            move |conn: &mut Conn| matters::recompute(conn, &of, &held, after, now, TICK_ROWS);
        match service.db().write(step).wait()? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Seals every day that is over and has no root yet.
///
/// # Errors
/// Failures of the store.
pub fn close_days(service: &Service, state: &Arc<CountyState>) -> Result<usize, Error> {
    let (county, now) = (state.county, service.now());
    let over = Instant(now.0 - SETTLE_MS).day();
    let mut sealed = 0;
    while let Some(anchor) = next_root(service, county, over)? {
        service
            .db()
            .write(move |conn: &mut Conn| anchors::insert(conn, county, &anchor, now))
            .wait()?;
        sealed += 1;
    }
    Ok(sealed)
}

/// The root of the first day before `over` that has none. It is computed on a connection of its own:
/// a day on which a great deal was imported takes long, and no act and no page waits for it.
fn next_root(service: &Service, county: County, over: Day) -> Result<Option<Anchor>, Error> {
    let mut conn = service.db().own_connection()?;
    conn.snapshot(|conn| {
        let last = anchors::last(conn, county)?;
        let first = match &last {
            Some(anchor) => Some(anchor.day.plus(1)),
            None => anchors::first_day(conn, county)?,
        };
        let first = first.filter(|day| *day < over);
        Ok(first.map(|day| anchors::compute(conn, county, day, last.as_ref())).transpose()?)
    })
}

/// Forgets what need not be kept: sessions that ended, notices that are old.
fn tidy(service: &Service, state: &Arc<CountyState>) -> Result<(), Error> {
    let (county, now) = (state.county, service.now());
    let old = now.plus_ms(-state.catalogue.delivery.keep_ms);
    let forget = move |conn: &mut Conn| {
        store::accounts::drop_old_sessions(conn, county, now, now.plus_ms(-IDLE_MS - HOUR_MS))?;
        outbox::drop_before(conn, county, now.plus_ms(-NOTICE_MS))?;
        store::notices::drop_before(conn, county, old)?;
        store::deliveries::drop_before(conn, county, old)?;
        Ok::<_, Error>(())
    };
    service.db().write(forget).wait()
}
