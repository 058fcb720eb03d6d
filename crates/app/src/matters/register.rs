//! Somebody brings something: one door, one code at once.

use domain::ids::MatterCode;
use domain::kind::{Action, Verb};
use domain::matter::{
    Actor, Command, Intake, Matter, Refusal, Rule, Want, decide, kind_of, wants_number,
};
use domain::org::Post;
use domain::time::Instant;
use serde_json::Value as Json;
use store::Conn;
use store::matters::{Stored, next_number};

use super::act::{Acting, act_at};
use super::receipt::{Answered, Keyed, Receipt, before, keep};
use super::write::Pen;
use crate::{Credential, Desk, Error, Service};

/// Registers a matter and ties it to others that it belongs with.
///
/// # Errors
/// Every rule that the intake breaks; a tie to what is out of sight; failures of the store.
pub fn register(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (intake, ties): (&Intake, &[MatterCode]),
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (who, now) = (desk.who, desk.now);
    if let Some(answered) = before(conn, who.county, who.person, keyed)? {
        return Ok(answered);
    }
    let pen = Pen::new(service, &desk.state, &desk.roster);
    let posts = desk.posts();
    let mut stored = register_at(conn, service, pen, &posts, intake, now)?;
    for tie in ties {
        let acting = tying(&desk, &stored.matter, *tie)?;
        stored = act_at(conn, service, pen, &posts, &stored, &acting, now)?;
    }
    let answered = Answered { status: 201, body: Receipt::of(&stored.matter, now).json() };
    keep(conn, (who.county, who.person), keyed, &answered, now)?;
    Ok(answered)
}

/// The act that ties a matter to another, as its kind declares it.
fn tying(desk: &Desk, matter: &Matter, to: MatterCode) -> Result<Acting, Error> {
    let kind = kind_of(desk.setting(), matter)?;
    let here = |action: &&Action| action.from.iter().any(|from| from.text == matter.state);
    let mut links = kind.actions.values().filter(|action| action.does(Verb::Link));
    let link = links.find(here).ok_or_else(|| Refusal::of(Rule::UnknownField, "ties"))?;
    let data = [("matter".to_owned(), Json::String(to.to_string()))].into_iter().collect();
    Ok(Acting { code: matter.code(), action: link.id.text.clone(), seen: None, data })
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
