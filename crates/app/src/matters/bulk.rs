//! Many acts in one transaction, each at its own instant: imports of work done elsewhere and the
//! demonstration county. They go through the same engine and leave the same rows as any other act.

use domain::matter::Intake;
use domain::org::Post;
use domain::time::Instant;
use store::Conn;
use store::matters::Stored;

use super::act::{Acting, act_at};
use super::register::register_at;
use super::tick::tick_at;
use crate::{CountyState, Error, Roster, Service};

/// Registers a matter as it was brought at an instant in the past.
///
/// # Errors
/// As [`super::register()`].
pub fn bulk_register(
    conn: &mut Conn,
    service: &Service,
    (state, roster): (&CountyState, &Roster),
    post: &Post,
    intake: &Intake,
    at: Instant,
) -> Result<Stored, Error> {
    register_at(conn, service, state, roster, &[post], intake, at)
}

/// One act of a bulk.
pub enum BulkAct<'a> {
    /// A person at a post acts.
    Take(&'a Post, &'a Acting),
    /// Time passes.
    Tick,
}

/// Acts on a matter as it was done at an instant in the past.
///
/// # Errors
/// As [`super::act()`].
pub fn bulk_act(
    conn: &mut Conn,
    service: &Service,
    (state, roster): (&CountyState, &Roster),
    stored: &Stored,
    act: &BulkAct<'_>,
    at: Instant,
) -> Result<Stored, Error> {
    match act {
        BulkAct::Take(post, acting) => {
            act_at(conn, service, state, roster, &[*post], stored, acting, at)
        }
        BulkAct::Tick => tick_at(conn, state, roster, stored.clone(), at, service.now()),
    }
}
