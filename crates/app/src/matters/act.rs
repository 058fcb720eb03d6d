//! Somebody acts on a matter.

use domain::access::sees;
use domain::ids::MatterCode;
use domain::kind::Verb;
use domain::matter::{
    Actor, Branch, Command, Consequence, Registration, Rule, SplitOff, Want, decide, kind_of,
    wants_number,
};
use domain::org::Post;
use domain::time::Instant;
use serde_json::{Map, Value as Json};
use store::Conn;
use store::matters::{Stored, by_code, next_number};

use super::look::look;
use super::receipt::{Answered, Keyed, Receipt, before, keep};
use super::write::{Pen, unseal};
use crate::{CountyState, Credential, Desk, Error, Roster, Service};

/// What somebody wants to do with a matter.
#[derive(Debug, Clone)]
pub struct Acting {
    /// The matter.
    pub code: MatterCode,
    /// The action.
    pub action: String,
    /// The version that was seen.
    pub seen: Option<u32>,
    /// What the step says.
    pub data: Map<String, Json>,
}

/// Takes an action.
///
/// # Errors
/// [`Error::Missing`] where the person does not see the matter; every rule that stands against it;
/// failures of the store.
pub fn act(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    acting: &Acting,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (who, clock) = (desk.who, desk.now);
    if let Some(answered) = before(conn, who.county, who.person, keyed)? {
        return Ok(answered);
    }
    let stored = by_code(conn, who.county, acting.code)?.ok_or(Error::Missing)?;
    let pen = Pen::new(service, &desk.state, &desk.roster);
    let stored = act_at(conn, service, pen, &desk.posts(), &stored, acting, clock)?;
    let answered = Answered { status: 200, body: Receipt::of(&stored.matter, clock).json() };
    keep(conn, (who.county, who.person), keyed, &answered, clock)?;
    Ok(answered)
}

/// Takes whichever action carries a verb: what matters of several kinds have done to them at once.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a refusal where no such action is offered;
/// otherwise as [`act`].
pub fn act_as(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (code, verb): (MatterCode, Verb),
    data: &Map<String, Json>,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let look = look(conn, service, credential, code)?;
    let who = look.desk.who;
    if let Some(answered) = before(conn, who.county, who.person, keyed)? {
        return Ok(answered);
    }
    let offers = look.offers()?;
    let offer = offers.iter().find(|offer| offer.action.does(verb));
    let action = offer.ok_or(Rule::NoPostMay)?.action.id.text.clone();
    let acting = Acting { code, action, seen: None, data: data.clone() };
    act(conn, service, credential, &acting, keyed)
}

/// Takes an action for a person with these posts at an instant.
pub(crate) fn act_at(
    conn: &mut Conn,
    service: &Service,
    pen: Pen<'_>,
    posts: &[&Post],
    stored: &Stored,
    acting: &Acting,
    clock: Instant,
) -> Result<Stored, Error> {
    let Pen { state, roster, .. } = pen;
    let setting = roster.setting(state);
    let matter = &stored.matter;
    if !sees(posts, matter, setting.org, setting.catalogue) {
        return Err(Error::Missing);
    }
    // A clock that was set back must not put an act before the one it follows.
    let now = clock.max(matter.changed_at);
    let other = other(conn, state, roster, posts, acting)?;
    let action = kind_of(setting, matter)?.actions.get(&acting.action);
    let number = match action {
        Some(action) if wants_number(action, Some(matter)) => {
            let year = now.day().year();
            Some(next_number(conn, state.county, matter.kind(), matter.holder, year)?)
        }
        _ => None,
    };
    let command = Command {
        actor: Actor::Posts(posts),
        want: Want::Take { action: acting.action.clone(), data: acting.data.clone() },
        seen: acting.seen,
        next_number: number,
        other: other.as_ref().map(|s| s.matter.code()),
    };
    let decision = decide(setting, Some(matter), &command, now)?;
    let event = decision.events.into_iter().next().ok_or(Error::Missing)?;
    let after = pen.write(conn, Some(stored), event, service.now())?;
    let others = Pen { settles: true, ..pen };
    for consequence in decision.consequences {
        follow(conn, service, others, posts, (stored, other.as_ref()), consequence, now)?;
    }
    Ok(after)
}

/// The other matter that the data names, if the person sees it.
fn other(
    conn: &mut Conn,
    state: &CountyState,
    roster: &Roster,
    posts: &[&Post],
    acting: &Acting,
) -> Result<Option<Stored>, Error> {
    let code =
        acting.data.get("matter").and_then(Json::as_str).and_then(|c| c.parse::<MatterCode>().ok());
    let Some(code) = code else { return Ok(None) };
    let found = by_code(conn, state.county, code)?;
    Ok(found.filter(|s| sees(posts, &s.matter, &roster.org, &state.catalogue)))
}

/// Carries out what an act means for another matter, in the same transaction.
fn follow(
    conn: &mut Conn,
    service: &Service,
    pen: Pen<'_>,
    posts: &[&Post],
    (from, other): (&Stored, Option<&Stored>),
    consequence: Consequence,
    now: Instant,
) -> Result<(), Error> {
    let command = |want: Want| Command {
        actor: Actor::Posts(posts),
        want,
        seen: None,
        next_number: None,
        other: None,
    };
    let Pen { state, roster, .. } = pen;
    let setting = roster.setting(state);
    match consequence {
        Consequence::Relate { how, .. } => {
            let other = other.ok_or(Error::Missing)?;
            let want = Want::Relate { matter: from.matter.code(), how };
            let at = now.max(other.matter.changed_at);
            let decision = decide(setting, Some(&other.matter), &command(want), at)?;
            for event in decision.events {
                pen.write(conn, Some(other), event, service.now())?;
            }
        }
        Consequence::SplitOff(SplitOff { title, mut parties, flags, unit }) => {
            unseal(state, &from.matter, &mut parties)?;
            let (id, code) = service.names(conn, state.county, now)?;
            let fields = plain_fields(state, from)?;
            let registration = Registration {
                id,
                code,
                title,
                parties,
                fields,
                ..from.matter.registration.clone()
            };
            let branch = Box::new(Branch { registration, flags, unit });
            let decision = decide(setting, None, &command(Want::SplitOff(branch)), now)?;
            let event = decision.events.into_iter().next().ok_or(Error::Missing)?;
            let born = pen.write(conn, None, event, service.now())?;
            let tie = Want::Relate { matter: from.matter.code(), how: "split-from" };
            let decision = decide(setting, Some(&born.matter), &command(tie), now)?;
            for event in decision.events {
                pen.write(conn, Some(&born), event, service.now())?;
            }
        }
    }
    Ok(())
}

/// The fields of a matter with personal ones plain, for a matter that takes them over.
fn plain_fields(
    state: &CountyState,
    from: &Stored,
) -> Result<std::collections::BTreeMap<String, domain::matter::Value>, Error> {
    let mut fields = from.matter.fields.clone();
    for (name, value) in &mut fields {
        if let domain::matter::Value::Personal(personal) = value {
            let text = state.vault.reveal(from.matter.id(), name, personal)?;
            *personal = domain::person::Personal::plain(&text);
        }
    }
    Ok(fields)
}
