//! The board of a department: everything that it is or was called out to, with its limits, what it did and
//! what it may do now.

use std::collections::BTreeSet;

use domain::clock::{ClockRun, Light};
use domain::ids::UnitId;
use domain::kind::{Phase, Verb};
use domain::matter::{Callout, Change, Lane, Matter, Value, offers};
use domain::time::Instant;
use store::Conn;
use store::matters::{StoredEvent, Summary, by_id, events};
use store::worklist::{Cursor, page};

use crate::{Credential, Desk, Error, Service};

/// How many open callouts of a unit the board shows, and how many matters it looks through for those that
/// ended.
const OPEN: i64 = 50;
const ENDED: i64 = 60;
/// How many events of a matter are read for the ground of a refusal.
const EVENTS: i64 = 500;

/// What a called-out department does.
const STEPS: [Verb; 3] = [Verb::ReportIn, Verb::Contribute, Verb::Return];

/// One callout on the board.
pub struct Called {
    /// The matter.
    pub matter: Summary,
    /// The callout.
    pub callout: Callout,
    /// Its limits: the clock, when it is due, its light.
    pub limits: Vec<ClockRun>,
    /// Why it was called out.
    pub reason: Option<String>,
    /// The legal ground on which it was refused.
    pub ground: Option<String>,
    /// How who brought the matter rated it.
    pub rating: Option<u8>,
    /// The steps that may be taken now: the action and what it is called in the catalogue.
    pub steps: Vec<(String, domain::label::Label)>,
}

impl Called {
    /// The light of the callout: that of the limit that runs.
    #[must_use]
    pub fn light(&self, now: Instant) -> Light {
        let mut running = self.limits.iter().filter(|c| c.is_running()).map(|c| c.light(now));
        running.next_back().unwrap_or(Light::Off)
    }
}

/// The board of the units at which somebody has a post.
pub struct Board {
    /// Who looks.
    pub desk: Desk,
    /// Each unit with what it still owes, those due first on top, and with what has ended, the newest first.
    pub units: Vec<(UnitId, Vec<Called>, Vec<Called>)>,
}

/// Reads the board.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn board(conn: &mut Conn, service: &Service, credential: &Credential) -> Result<Board, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let reach = domain::access::reach(&desk.posts(), &desk.state.catalogue);
    let own: BTreeSet<UnitId> = desk.posts().iter().map(|p| p.unit).collect();
    let mut units = Vec::new();
    for unit in own {
        let mut of_lane = |lane: Lane, limit: i64| -> Result<Vec<Called>, Error> {
            if !reach.contains(&(unit.0, lane)) {
                return Ok(Vec::new());
            }
            let place = (unit.0, lane, Phase::Open.name());
            let mut all = Vec::new();
            for (_, summary) in page(conn, desk.who.county, place, Cursor::START, limit)? {
                all.extend(called(conn, &desk, unit, &summary, lane == Lane::Called)?);
            }
            Ok(all)
        };
        let open = of_lane(Lane::Called, OPEN)?;
        let ended = of_lane(Lane::Known, ENDED)?;
        if !open.is_empty() || !ended.is_empty() {
            units.push((unit, open, ended));
        }
    }
    Ok(Board { desk, units })
}

/// The last callout of a unit on a matter: the open one, or one that has ended.
fn called(
    conn: &mut Conn,
    desk: &Desk,
    unit: UnitId,
    summary: &Summary,
    open: bool,
) -> Result<Option<Called>, Error> {
    let Some(stored) = by_id(conn, desk.who.county, summary.id)? else { return Ok(None) };
    let matter = &stored.matter;
    if !desk.sees(matter) {
        return Ok(None);
    }
    let mut own = matter.callouts.iter().rev().filter(|c| c.unit == unit);
    let Some(callout) = own.find(|c| c.is_open() == open) else { return Ok(None) };
    let (reason, ground) = said(conn, desk, matter, callout)?;
    let limits = matter.clocks.iter().filter(|c| c.callout == Some(callout.no)).cloned();
    let may = offers(desk.setting(), matter, &desk.posts())?;
    let steps = may
        .iter()
        .filter(|o| open && o.blocked.is_none() && o.post.unit == unit)
        .filter(|o| STEPS.iter().any(|verb| o.action.does(*verb)))
        .map(|o| (o.action.id.text.clone(), o.action.label.clone()))
        .collect();
    Ok(Some(Called {
        matter: summary.clone(),
        callout: callout.clone(),
        limits: limits.collect(),
        reason,
        ground,
        rating: matter.rating,
        steps,
    }))
}

/// Why a department was called out, and on which ground it refused: what the two steps said.
fn said(
    conn: &mut Conn,
    desk: &Desk,
    matter: &Matter,
    callout: &Callout,
) -> Result<(Option<String>, Option<String>), Error> {
    let stored = events(conn, desk.who.county, matter.id(), 0, EVENTS)?;
    let (mut reason, mut ground) = (None, None);
    for event in stored.iter().map(StoredEvent::event) {
        let event = event?;
        let text = |name: &str| match event.data.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        for change in &event.changes {
            match change {
                Change::CalledOut { no, .. } if *no == callout.no => reason = text("reason"),
                Change::CalloutRefused { no, .. } if *no == callout.no => ground = text("ground"),
                _ => {}
            }
        }
    }
    Ok((reason, ground))
}
