//! Somebody brings something: one door, one code at once.

use domain::matter::{Actor, Command, Intake, Want, decide, wants_number};
use domain::org::Post;
use domain::time::Instant;
use store::Conn;
use store::matters::{Stored, next_number};

use super::receipt::{Answered, Keyed, Receipt, before, keep};
use super::write::Pen;
use crate::{Credential, Desk, Error, Service};

/// Registers a matter.
///
/// # Errors
/// Every rule that the intake breaks; failures of the store.
pub fn register(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    intake: &Intake,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (who, now) = (desk.who, desk.now);
    if let Some(answered) = before(conn, who.county, who.person, keyed)? {
        return Ok(answered);
    }
    let pen = Pen::new(&desk.state, &desk.roster);
    let stored = register_at(conn, service, pen, &desk.posts(), intake, now)?;
    let answered = Answered { status: 201, body: Receipt::of(&stored.matter, now).json() };
    keep(conn, (who.county, who.person), keyed, &answered, now)?;
    Ok(answered)
}

/// Registers a matter for a person with these posts at an instant.
pub(super) fn register_at(
    conn: &mut Conn,
    service: &Service,
    pen: Pen<'_>,
    posts: &[&Post],
    intake: &Intake,
    now: Instant,
) -> Result<Stored, Error> {
    let Pen { state, roster, .. } = pen;
    let (id, code) = service.names(conn, state.county, now)?;
    let mut command = Command {
        actor: Actor::Posts(posts),
        want: Want::Register { id, code, intake: intake.clone() },
        seen: None,
        next_number: None,
        other: None,
    };
    if let Some(kind) = state.catalogue.kinds.get(&intake.kind)
        && kind.register().is_some_and(|a| wants_number(a, None))
        && let Some(post) = posts.first()
    {
        command.next_number =
            Some(next_number(conn, state.county, &intake.kind, post.unit, now.day().year())?);
    }
    let decision = decide(roster.setting(state), None, &command, now)?;
    let event = decision.events.into_iter().next().ok_or(Error::Missing)?;
    pen.write(conn, None, event, service.now())
}
