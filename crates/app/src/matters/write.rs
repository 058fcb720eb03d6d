//! From a decision to rows: seals what is personal, folds, and appends with everything beside it.

use domain::ids::MatterId;
use domain::matter::{Event, Matter, apply};
use domain::time::Instant;
use store::Conn;
use store::matters::{Entry, Settlement, Stored, append, settle};

use crate::{CountyState, Error, Roster, Service, notices, search};

/// Writes events of one county.
#[derive(Clone, Copy)]
pub(crate) struct Pen<'a> {
    /// The product.
    pub service: &'a Service,
    /// The county.
    pub state: &'a CountyState,
    /// Its units and people.
    pub roster: &'a Roster,
    /// Whether a matter's rows follow each event, or are left to [`Pen::settle`].
    pub settles: bool,
    /// Whether people are told. Of what is brought in from elsewhere nobody is.
    pub tells: bool,
}

impl<'a> Pen<'a> {
    /// A pen whose every event is followed by the matter's rows.
    pub fn new(service: &'a Service, state: &'a CountyState, roster: &'a Roster) -> Self {
        Self { service, state, roster, settles: true, tells: true }
    }

    /// Writes one event on a matter. Answers with the matter after it.
    pub fn write(
        self,
        conn: &mut Conn,
        before: Option<&Stored>,
        mut event: Event,
        recorded_at: Instant,
    ) -> Result<Stored, Error> {
        let id =
            before.map(|s| s.matter.id()).or_else(|| registered(&event)).ok_or(Error::Missing)?;
        seal(self.state, id, &mut event)?;
        let after = apply(before.map(|s| s.matter.clone()), &event).ok_or(Error::Missing)?;
        let (catalogue, version) = (&self.state.catalogue, after.registration.kind_version);
        let kind = catalogue.kind(after.kind(), version).ok_or(Error::Missing)?;
        let county = self.state.county;
        let entry = Entry { county, before, event: &event, after: &after, kind, recorded_at };
        let head = append(conn, &entry)?;
        if self.tells {
            let was = before.map(|s| &s.matter);
            let around = (self.service, self.state, self.roster);
            notices::give(conn, around, (was, &after), &event, recorded_at)?;
        }
        let after = Stored { matter: after, head };
        if self.settles {
            self.settle(conn, before, &after)?;
        }
        Ok(after)
    }

    /// Brings a matter's rows to where its events have led it.
    pub fn settle(
        self,
        conn: &mut Conn,
        before: Option<&Stored>,
        after: &Stored,
    ) -> Result<(), Error> {
        let org = &self.roster.org;
        let was = before.map(|s| &s.matter);
        let tokens = search::entry_if_changed(self.state, org, was, &after.matter)?;
        let county = self.state.county;
        let settlement = Settlement { county, before, after, org, tokens: tokens.as_deref() };
        Ok(settle(conn, &settlement)?)
    }
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
