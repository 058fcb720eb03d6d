//! Counts by month and kind for a unit and everything below it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::access::has_right;
use domain::catalogue::Right;
use domain::ids::{MatterId, UnitId};
use store::Conn;
use store::counted::{Mark, page};
use store::matters::{Summary, by_id, row};
use store::tallies::{Asked, Count, Parts, add_waiting, of_unit, unfolded};

use crate::{Credential, Desk, Error, Roster, Service};

/// How many entries are read at a time, and how many at most for one page: a page may then be short and
/// go on.
const STEP: i64 = 400;
const ENTRIES_MAX: usize = 40_000;
/// How many measures are put together at most.
const MEASURES_MAX: usize = 32;

/// The counts of one unit.
#[derive(Debug, Clone)]
pub struct UnitCounts {
    /// The unit.
    pub unit: UnitId,
    /// The counts, by month, kind and measure.
    pub counts: Vec<Count>,
}

/// Counts that several readers may hold.
pub type Shared = Arc<Vec<UnitCounts>>;

/// The counts of a unit the person's posts cover, and where asked for those of each unit directly
/// below.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] for a unit that is not covered; failures of the store.
pub fn tallies(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    unit: Option<UnitId>,
    asked: &Asked,
    children: bool,
) -> Result<(Desk, Shared), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let unit = covered(&desk, unit)?;
    let counts = conn.as_at_one_moment(|conn| {
        let moment = Moment::of(conn, &desk, asked.kind.as_deref())?;
        moment.counts(conn, &desk, (unit, children), asked)
    });
    counts.map(|counts| (desk, counts))
}

/// How the counts of a county stand while they are read.
struct Moment {
    /// How often they were folded.
    times: i64,
    /// What is not yet folded.
    waiting: Vec<(UnitId, Count)>,
}

impl Moment {
    /// How they stand now, of one kind or of all.
    fn of(conn: &mut Conn, desk: &Desk, kind: Option<&str>) -> Result<Self, Error> {
        let county = desk.who.county;
        let times = store::tallies::folded(conn, county)?;
        Ok(Self { times, waiting: unfolded(conn, county, kind)? })
    }

    /// The counts of a unit, and where asked for of each directly below it that holds matters, in order.
    /// What is folded is kept until more is folded; what is not yet folded is added to a copy.
    fn counts(
        &self,
        conn: &mut Conn,
        desk: &Desk,
        (unit, children): (UnitId, bool),
        asked: &Asked,
    ) -> Result<Shared, Error> {
        let (kept, org) = (&desk.state.counts, &desk.roster.org);
        let view = (unit, children, asked.clone());
        let folded = match kept.get(self.times, &desk.roster, &view) {
            Some(counts) => counts,
            None => {
                let counts = read(conn, desk, (unit, children), asked)?;
                kept.keep(self.times, &desk.roster, view, Arc::new(counts))
            }
        };
        let here = |(of, count): &&(UnitId, Count)| asked.takes(count) && org.is_within(*of, unit);
        let waiting: Vec<_> = self.waiting.iter().filter(here).collect();
        if waiting.is_empty() {
            return Ok(folded);
        }
        let mut all = Vec::clone(&folded);
        for UnitCounts { unit, counts } in &mut all {
            let below = waiting.iter().filter(|(of, _)| org.is_within(*of, *unit));
            add_waiting(counts, below.map(|(_, count)| count), asked);
        }
        Ok(Arc::new(all))
    }
}

/// The folded counts of a unit and where asked for of those directly below it.
fn read(
    conn: &mut Conn,
    desk: &Desk,
    (unit, children): (UnitId, bool),
    asked: &Asked,
) -> Result<Vec<UnitCounts>, Error> {
    let mut units = vec![unit];
    if children {
        let below = desk.roster.org.units().filter(|u| u.parent == Some(unit) && u.holds);
        units.extend(below.map(|u| u.id));
        units[1..].sort_unstable();
    }
    let mut all = Vec::with_capacity(units.len());
    for unit in units {
        all.push(UnitCounts { unit, counts: of_unit(conn, desk.who.county, unit, asked)? });
    }
    Ok(all)
}

/// How many views of the counts are kept.
const VIEWS_MAX: usize = 256;

/// Which counts: of a unit, with those below it or not.
type View = (UnitId, bool, Asked);

/// What was read of the folded counts of a county since they were last folded, under its units of now.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Views>);

#[derive(Default)]
struct Views {
    times: i64,
    roster: Arc<Roster>,
    views: HashMap<View, Shared>,
}

impl Views {
    fn are_of(&self, times: i64, roster: &Arc<Roster>) -> bool {
        self.times == times && Arc::ptr_eq(&self.roster, roster)
    }
}

impl Kept {
    fn get(&self, times: i64, roster: &Arc<Roster>, view: &View) -> Option<Shared> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.are_of(times, roster) { kept.views.get(view).cloned() } else { None }
    }

    fn keep(&self, times: i64, roster: &Arc<Roster>, view: View, counts: Shared) -> Shared {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.are_of(times, roster) || kept.views.len() >= VIEWS_MAX {
            *kept = Views { times, roster: roster.clone(), views: HashMap::new() };
        }
        kept.views.insert(view, counts.clone());
        counts
    }
}

/// The figures of a unit: its flows, their parts, how things stand now, and the sums of the units below it.
pub struct Sums {
    /// Who reads them.
    pub desk: Desk,
    /// The flows of the unit by month.
    pub flows: Shared,
    /// The flows of the unit and their parts over all the months.
    pub parts: Shared,
    /// How things stand at the unit now.
    pub stocks: Shared,
    /// The unit and each directly below it.
    pub units: Shared,
}

/// The figures of a unit in some months, of one kind or of all; of the units below the sums, or their
/// parts as well.
///
/// # Errors
/// As [`tallies`].
pub fn sums(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    unit: Option<UnitId>,
    (months, of_units): ((i64, i64), Parts),
    kind: impl FnOnce(&Desk) -> Option<String>,
) -> Result<Sums, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let unit = covered(&desk, unit)?;
    let kind = kind(&desk);
    let of = |months, parts, together| Asked { months, parts, kind: kind.clone(), together };
    let read = conn.as_at_one_moment(|conn| -> Result<_, Error> {
        let moment = Moment::of(conn, &desk, kind.as_deref())?;
        let mut read =
            |children, asked: &Asked| moment.counts(conn, &desk, (unit, children), asked);
        let flows = read(false, &of(months, Parts::None, false))?;
        let parts = read(false, &of(months, Parts::All, true))?;
        let stocks = read(false, &of((0, 0), Parts::None, true))?;
        let units = read(true, &of(months, of_units, true))?;
        Ok((flows, parts, stocks, units))
    });
    let (flows, parts, stocks, units) = read?;
    Ok(Sums { desk, flows, parts, stocks, units })
}

/// The unit whose counts are read: one that the posts cover, or the first of them.
fn covered(desk: &Desk, unit: Option<UnitId>) -> Result<UnitId, Error> {
    let (posts, org) = (desk.posts(), &desk.roster.org);
    let able: Vec<_> = posts
        .iter()
        .filter(|p| has_right(&[**p], Right::ReadTallies, &desk.state.catalogue))
        .collect();
    let own = able.first().ok_or(Error::NoRight(Right::ReadTallies))?.unit;
    let unit = unit.unwrap_or(own);
    if able.iter().any(|p| org.is_within(unit, p.unit)) { Ok(unit) } else { Err(Error::Missing) }
}

/// Which matters are asked for: those that added to a count of a unit and everything below it.
#[derive(Debug, Clone)]
pub struct Behind {
    /// The unit; none for the first that the posts cover.
    pub unit: Option<UnitId>,
    /// The kind.
    pub kind: String,
    /// The measures, of which each matter needs one.
    pub measures: Vec<String>,
    /// From a month to a month, such as 202611.
    pub months: (i64, i64),
    /// Where the page begins.
    pub after: Option<Mark>,
    /// How many rows.
    pub limit: usize,
}

/// A page of the matters behind a count.
pub struct Counted {
    /// Who reads it.
    pub desk: Desk,
    /// The unit that is counted.
    pub unit: UnitId,
    /// The matters, with the month in which each was counted and how often.
    pub rows: Vec<(Mark, i64, Summary)>,
    /// How many of this page the reader may not see: sealed ones, for the most part.
    pub hidden: usize,
    /// Where the next page begins; none at the end.
    pub next: Option<Mark>,
}

/// A page of the matters that added to a count. What was counted in the last moments may not stand here
/// yet: the list is written where counts are folded.
///
/// # Errors
/// As [`tallies`].
pub fn behind(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    asked: &Behind,
) -> Result<Counted, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let unit = covered(&desk, asked.unit)?;
    let county = desk.who.county;
    let end = Mark { month: asked.months.1, matter: MatterId(i64::MAX) };
    let mut before = asked.after.unwrap_or(end).min(end);
    let (mut rows, mut hidden, mut read, mut more) = (Vec::new(), 0, 0, true);
    while more && rows.len() < asked.limit && read < ENTRIES_MAX {
        let mut entries = Vec::new();
        for measure in asked.measures.iter().take(MEASURES_MAX) {
            let of = (asked.kind.as_str(), measure.as_str());
            entries.extend(page(conn, county, of, (asked.months.0, before), STEP)?);
        }
        more = entries.len() >= STEP as usize;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        entries.truncate(STEP as usize);
        // The last of a full step may have more entries beyond it.
        if let (true, Some(last)) = (more, entries.last().map(|e| e.at)) {
            entries.retain(|entry| entry.at != last);
        }
        read += entries.len();
        for found in entries.chunk_by(|a, b| a.at == b.at) {
            if rows.len() == asked.limit {
                more = true;
                break;
            }
            before = found[0].at;
            let here = found.iter().filter(|e| desk.roster.org.is_within(e.unit, unit));
            let n: i64 = here.map(|e| e.n).sum();
            if n == 0 {
                continue;
            }
            let seen = by_id(conn, county, before.matter)?.is_some_and(|m| desk.sees(&m.matter));
            match row(conn, county, before.matter)?.filter(|_| seen) {
                Some(summary) => rows.push((before, n, summary)),
                None => hidden += 1,
            }
        }
    }
    Ok(Counted { desk, unit, rows, hidden, next: more.then_some(before) })
}
