//! What time does to matters: a sweep finds those on which it has something to do.

use domain::ids::MatterId;
use domain::matter::{Actor, Command, Want, decide};
use domain::time::Instant;
use store::Conn;
use store::matters::{Stored, by_id, due, estimated};

use super::write::Pen;
use crate::{CountyState, Error, Service};

/// Lets time act on up to `limit` matters that are due. Answers how many it acted on.
///
/// # Errors
/// Failures of the store.
pub fn tick(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    now: Instant,
    limit: i64,
) -> Result<usize, Error> {
    let roster = state.roster(conn)?;
    let ids = due(conn, state.county, now, limit)?;
    for id in &ids {
        tick_one(conn, Pen::new(service, state, &roster), *id, now)?;
    }
    Ok(ids.len())
}

/// Computes again the deadlines that were estimates, after a calendar was loaded. Answers the last
/// matter it looked at, or none when all are done.
///
/// # Errors
/// Failures of the store.
pub fn recompute(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    after: MatterId,
    now: Instant,
    limit: i64,
) -> Result<Option<MatterId>, Error> {
    let roster = state.roster(conn)?;
    let ids = estimated(conn, state.county, after, limit)?;
    for id in &ids {
        tick_one(conn, Pen::new(service, state, &roster), *id, now)?;
    }
    Ok(ids.last().copied())
}

fn tick_one(conn: &mut Conn, pen: Pen<'_>, id: MatterId, now: Instant) -> Result<(), Error> {
    let Some(stored) = by_id(conn, pen.state.county, id)? else { return Ok(()) };
    tick_at(conn, pen, &stored, now, now).map(drop)
}

/// Lets time act on a matter as it stands; answers how it stands then, or none where nothing happened.
pub(super) fn tick_at(
    conn: &mut Conn,
    pen: Pen<'_>,
    before: &Stored,
    clock: Instant,
    recorded_at: Instant,
) -> Result<Option<Stored>, Error> {
    let now = clock.max(before.matter.changed_at);
    let command = Command {
        actor: Actor::Clock,
        want: Want::Tick,
        seen: None,
        next_number: None,
        other: None,
    };
    let decision = decide(pen.roster.setting(pen.state), Some(&before.matter), &command, now)?;
    let mut after = None;
    for event in decision.events {
        after = Some(pen.write(conn, after.as_ref().or(Some(before)), event, recorded_at)?);
    }
    Ok(after)
}
