//! An event tells people: rows in the page, messages on their way, all in the event's own transaction.

use domain::ids::PersonId;
use domain::label::FIRST_LOCALE;
use domain::matter::{Event, Matter};
use domain::notice::{Channel, Reached, Told, tell};
use domain::time::Instant;
use store::Conn;
use store::deliveries::{self, Delivery, Standing};
use store::notices::{self, Given, Place};

use super::contacts::{is_mobile, place_of};
use super::words::{Telling, filled};
use crate::{CountyState, Error, Roster, Service};

/// Tells everybody to whom the catalogue says an event is told.
///
/// # Errors
/// Failures of the store; an address that does not open.
pub(crate) fn give(
    conn: &mut Conn,
    (service, state, roster): (&Service, &CountyState, &Roster),
    (before, after): (Option<&Matter>, &Matter),
    event: &Event,
    now: Instant,
) -> Result<(), Error> {
    let told = tell(&state.catalogue, &roster.org, before, after, event, now.day());
    for one in &told {
        let giver = Giver { service, state, roster, after, now, told: one };
        match one.to {
            Reached::Person(person) => giver.person(conn, person)?,
            Reached::Party(no) => giver.party(conn, no)?,
        }
    }
    Ok(())
}

struct Giver<'a> {
    service: &'a Service,
    state: &'a CountyState,
    roster: &'a Roster,
    after: &'a Matter,
    now: Instant,
    told: &'a Told<'a>,
}

impl Giver<'_> {
    fn person(&self, conn: &mut Conn, person: PersonId) -> Result<(), Error> {
        let county = self.state.county;
        if self.told.notice.page.is_some() {
            let id = self.service.db().ids().next(conn, county)?;
            let facts = serde_json::to_string(&self.told.facts)
                .map_err(|e| store::StoreError::Engine(e.to_string()))?;
            let given = Given {
                place: Place { at: self.now, id },
                template: self.told.notice.id.text.clone(),
                facts,
                read_at: None,
            };
            notices::put(conn, county, person, &given)?;
        }
        for (_, channel) in Channel::NAMES {
            if self.goes_by(*channel)
                && let Some(sealed) = notices::contact(conn, county, person, *channel)?
            {
                let address = self.state.vault.open_at(&place_of(person, *channel), &sealed)?;
                self.send(conn, *channel, (Some(person), None), &address)?;
            }
        }
        Ok(())
    }

    /// Writes to a party at the telephone it gave; a line that takes no text message is left alone.
    fn party(&self, conn: &mut Conn, no: u16) -> Result<(), Error> {
        let party = self.after.parties.iter().find(|p| p.no == no);
        let Some(phone) = party.and_then(|p| p.details.get("phone")) else { return Ok(()) };
        if !self.goes_by(Channel::Sms) {
            return Ok(());
        }
        let phone = self.state.vault.reveal(self.after.id(), "phone", phone)?;
        match domain::codes::phone::read(&phone).filter(|p| is_mobile(p)) {
            Some(mobile) => self.send(conn, Channel::Sms, (None, Some(i64::from(no))), &mobile),
            None => Ok(()),
        }
    }

    /// Whether the notice has words for a channel, and the server a way for it.
    fn goes_by(&self, channel: Channel) -> bool {
        self.told.notice.words(channel).is_some() && self.service.ways().has(channel)
    }

    fn send(
        &self,
        conn: &mut Conn,
        channel: Channel,
        (person, party): (Option<PersonId>, Option<i64>),
        address: &str,
    ) -> Result<(), Error> {
        let (county, notice) = (self.state.county, self.told.notice);
        let Some(words) = notice.words(channel) else { return Ok(()) };
        let base = self.service.premises().address.trim_end_matches('/');
        let telling = Telling { state: self.state, roster: self.roster, base };
        let locale = self.state.catalogue.locales.first().map_or(FIRST_LOCALE, String::as_str);
        let id = self.service.db().ids().next(conn, county)?;
        let quiet = self.state.catalogue.delivery.quiet.filter(|_| !self.told.urgent);
        let delivery = Delivery {
            id,
            channel,
            template: notice.id.text.clone(),
            matter: self.after.id(),
            person,
            party,
            address: self.state.vault.seal_at(&format!("delivery/{id}"), address)?,
            subject: notice.label.get(locale).to_owned(),
            body: filled(&telling, words.get(locale), &self.told.facts, locale),
            urgent: self.told.urgent,
            standing: Standing::Waiting,
            tries: 0,
            next_at: quiet.map_or(self.now, |q| q.after(self.now)),
            created_at: self.now,
            ended_at: None,
        };
        Ok(deliveries::put(conn, county, &delivery)?)
    }
}
