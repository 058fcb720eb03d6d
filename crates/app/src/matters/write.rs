//! From a decision to rows: seals what is personal, folds, and appends with everything beside it.

use domain::ids::MatterId;
use domain::matter::{Event, Matter, apply};
use domain::time::Instant;
use store::Conn;
use store::matters::{Entry, Stored, append};

use crate::search;
use crate::{CountyState, Error, Roster};

/// Writes one event on a matter. Answers with the matter after it.
pub(super) fn write(
    conn: &mut Conn,
    state: &CountyState,
    roster: &Roster,
    before: Option<&Stored>,
    mut event: Event,
    recorded_at: Instant,
) -> Result<Stored, Error> {
    let id = before.map(|s| s.matter.id()).or_else(|| registered(&event)).ok_or(Error::Missing)?;
    seal(state, id, &mut event)?;
    let after = apply(before.map(|s| s.matter.clone()), &event).ok_or(Error::Missing)?;
    let kind = state
        .catalogue
        .kind(after.kind(), after.registration.kind_version)
        .ok_or(Error::Missing)?;
    let tokens = search::entry_if_changed(state, &roster.org, before.map(|s| &s.matter), &after)?;
    let entry = Entry {
        county: state.county,
        before,
        event: &event,
        after: &after,
        kind,
        org: &roster.org,
        recorded_at,
        tokens: tokens.as_deref(),
    };
    let head = append(conn, &entry)?;
    Ok(Stored { matter: after, head })
}

fn registered(event: &Event) -> Option<MatterId> {
    event.changes.iter().find_map(|change| match change {
        domain::matter::Change::Registered(r) => Some(r.id),
        _ => None,
    })
}

fn seal(state: &CountyState, id: MatterId, event: &mut Event) -> Result<(), Error> {
    let mut failed = None;
    event.personal_mut(&mut |field, value| match state.vault.seal(id, field, value) {
        Ok(sealed) => *value = sealed,
        Err(error) => failed = Some(error),
    });
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// The values of a party, plain again, for a matter of its own.
pub(super) fn unseal(
    state: &CountyState,
    from: &Matter,
    parties: &mut [domain::person::Party],
) -> Result<(), Error> {
    for party in parties {
        for (field, value) in &mut party.details {
            let text = state.vault.reveal(from.id(), field, value)?;
            *value = domain::person::Personal::plain(&text);
        }
    }
    Ok(())
}
