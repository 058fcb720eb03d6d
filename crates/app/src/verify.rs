//! Proving that nothing was altered: every matter is folded again from its events, its chain is
//! checked link by link, and everything kept beside it is compared with what it must be.

mod papers;
mod records;

use std::collections::BTreeMap;

use domain::ids::{MatterCode, MatterId};
use domain::matter::{Matter, apply, deltas, rows};
use store::chain::{START, hex, link};
use store::tallies::{Asked, Key, read, roll_up};
use store::{Conn, anchors, matters, worklist};

use crate::{CountyState, Error, Roster, Service};

/// How many matters are looked at in one go.
const STEP: i64 = 500;
/// The most events of one matter.
const MAX_EVENTS: i64 = 1_000_000;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The matter's code, or the day or count that is wrong.
    pub what: String,
    /// The number of the first broken event, where one is.
    pub event: Option<u32>,
    /// What is wrong: the key of its words under `verify`.
    pub rule: &'static str,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Matters looked at.
    pub matters: u64,
    /// Records looked at.
    pub records: u64,
    /// Events folded.
    pub events: u64,
    /// Days whose root was computed again.
    pub days: u64,
    /// Everything that is wrong.
    pub broken: Vec<Broken>,
}

/// Verifies a county. `progress` is told the number of matters done so far.
///
/// # Errors
/// Failures of the store; what is wrong in the data is in the verdict.
pub fn verify(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    progress: impl FnMut(u64),
) -> Result<Verdict, Error> {
    // The product goes on meanwhile: what is compared must be of one moment.
    conn.snapshot(|conn| check(conn, service, state, progress))
}

fn check(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    mut progress: impl FnMut(u64),
) -> Result<Verdict, Error> {
    let roster = state.roster(conn)?;
    let verdict = Verdict::default();
    let mut check = Check {
        service,
        state,
        roster: &roster,
        verdict,
        sums: BTreeMap::new(),
        places: BTreeMap::new(),
    };
    let mut after = MatterId(0);
    loop {
        let ids = matters::ids(conn, state.county, after, STEP)?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in &ids {
            check.matter(conn, *id)?;
        }
        progress(check.verdict.matters);
    }
    check.places(conn)?;
    check.no_other_papers(conn)?;
    check.tallies(conn)?;
    check.records(conn)?;
    check.roots(conn)?;
    Ok(check.verdict)
}

/// What is looked at, and what was found.
struct Check<'a> {
    service: &'a Service,
    state: &'a CountyState,
    roster: &'a Roster,
    verdict: Verdict,
    sums: BTreeMap<Key, i64>,
    /// How many places each matter must have, with its code.
    places: BTreeMap<MatterId, (MatterCode, i64)>,
}

impl Check<'_> {
    fn broken(&mut self, what: impl ToString, event: Option<u32>, rule: &'static str) {
        self.verdict.broken.push(Broken { what: what.to_string(), event, rule });
    }

    fn matter(&mut self, conn: &mut Conn, id: MatterId) -> Result<(), Error> {
        self.verdict.matters += 1;
        let county = self.state.county;
        let summary = matters::row(conn, county, id)?.ok_or(Error::Missing)?;
        // What is broken otherwise is not told a second time as standing in too many lists.
        self.places.insert(id, (summary.code, i64::MAX));
        let Ok(Some(stored)) = matters::by_id(conn, county, id) else {
            self.broken(summary.code, None, "matter-unreadable");
            return Ok(());
        };
        let events = matters::events(conn, county, id, 0, MAX_EVENTS)?;
        let mut folded: Option<Matter> = None;
        let mut head = START;
        for (expected, row) in (1..).zip(&events) {
            self.verdict.events += 1;
            let Ok(event) = row.event() else {
                self.broken(summary.code, Some(row.seq), "event-unreadable");
                return Ok(());
            };
            head = link(&head, county, id, row.seq, row.recorded_at, &row.body);
            if row.seq != expected || event.seq != expected || head != row.hash {
                self.broken(summary.code, Some(expected), "chain-broken");
                return Ok(());
            }
            let before = folded.clone();
            folded = apply(folded, &event);
            if let Some(after) = &folded {
                self.count(before.as_ref(), after, &event);
            }
        }
        if head != stored.head {
            self.broken(summary.code, Some(events.len() as u32), "head-differs");
        }
        match folded {
            Some(folded) if folded == stored.matter => {
                self.beside(conn, &folded, &summary)?;
                self.papers(conn, &folded)?;
            }
            _ => self.broken(summary.code, None, "state-differs"),
        }
        Ok(())
    }

    fn count(&mut self, before: Option<&Matter>, after: &Matter, event: &domain::matter::Event) {
        let kind = self.state.catalogue.kind(after.kind(), after.registration.kind_version);
        for delta in kind.map(|k| deltas(before, after, event, k)).unwrap_or_default() {
            roll_up(&self.roster.org, &delta, &mut self.sums);
        }
    }

    /// The columns that lists read, and the places in lists.
    fn beside(&mut self, conn: &mut Conn, m: &Matter, row: &matters::Summary) -> Result<(), Error> {
        let deadline = m.next_deadline();
        let r = &m.registration;
        let timing = matters::timing(conn, self.state.county, m.id())?;
        let same = row.code == r.code
            && row.kind == r.kind
            && row.title == r.title
            && row.place == r.place
            && row.registered_at == m.registered_at
            && row.state == m.state
            && row.phase == m.phase.name()
            && row.holder == m.holder
            && row.handler == m.handler
            && row.category == m.category
            && row.sealed == m.sealed
            && row.version == m.version
            && row.due_at == deadline.map(|d| d.0)
            && row.warn_at == deadline.map(|d| d.1)
            && row.closed_at == m.closed_at
            && timing == Some((m.next_tick(), matters::is_estimated(m), i64::from(r.kind_version)));
        if !same {
            self.broken(row.code, None, "row-differs");
        }
        let places = rows(m, &self.roster.org);
        self.places.insert(m.id(), (row.code, places.len() as i64));
        for place in places {
            if !worklist::stands(conn, self.state.county, m.id(), &place)? {
                self.broken(row.code, None, "list-lacks");
                break;
            }
        }
        Ok(())
    }

    /// A place more than a matter must have shows it to somebody who must not see it there.
    fn places(&mut self, conn: &mut Conn) -> Result<(), Error> {
        for (matter, count) in worklist::counts(conn, self.state.county)? {
            match self.places.get(&matter) {
                Some((_, must)) if count <= *must => {}
                Some((code, _)) => self.broken(*code, None, "list-extra"),
                None => self.broken(matter, None, "list-extra"),
            }
        }
        Ok(())
    }

    fn tallies(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let county = self.state.county;
        let mut expected: BTreeMap<_, BTreeMap<(i64, String, String), i64>> = BTreeMap::new();
        for ((unit, month, kind, measure), n) in std::mem::take(&mut self.sums) {
            if n != 0 {
                expected.entry(unit).or_default().insert((month, kind, measure), n);
            }
        }
        for unit in self.roster.org.units().filter(|u| u.holds) {
            let counts = read(conn, county, unit.id, &Asked::everything(), &self.roster.org)?;
            let counts: BTreeMap<_, _> =
                counts.into_iter().map(|c| ((c.month, c.kind, c.measure), c.n)).collect();
            if counts != expected.remove(&unit.id).unwrap_or_default() {
                self.broken(unit.id, None, "tally-differs");
            }
        }
        Ok(())
    }

    fn roots(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let mut before = None;
        for anchor in anchors::list(conn, self.state.county)? {
            self.verdict.days += 1;
            let again = anchors::compute(conn, self.state.county, anchor.day, before.as_ref())?;
            if again != anchor {
                self.broken(
                    format!("{} {}", anchor.day, hex(&anchor.root[..8])),
                    None,
                    "root-differs",
                );
            }
            before = Some(anchor);
        }
        Ok(())
    }
}
