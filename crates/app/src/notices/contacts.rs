//! The addresses that members of staff give for notices. They are sealed, shown masked even to their
//! owner, and forgotten when taken back.

use domain::ids::PersonId;
use domain::matter::{Refusal, Rule};
use domain::notice::Channel;
use domain::person::mask;
use store::{Conn, notices};

use crate::{Credential, Desk, Error, Service};

/// The longest address, in characters (RFC 5321).
const CHARS_MAX: usize = 254;

/// An address of a person as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// For what.
    pub channel: Channel,
    /// Masked; none where the person gave none.
    pub masked: Option<String>,
    /// Whether the server has a way for it.
    pub open: bool,
}

/// Where in the vault an address is sealed.
pub(super) fn place_of(person: PersonId, channel: Channel) -> String {
    format!("contact/{person}/{}", channel.name())
}

/// Whether a telephone number takes text messages.
pub(super) fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1')
}

/// The addresses of whoever asks.
///
/// # Errors
/// As [`Desk::open`]; an address that does not open.
pub fn contacts(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
) -> Result<(Desk, Vec<Contact>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let ways = service.ways();
    let mut all = Vec::new();
    for (_, channel) in Channel::NAMES {
        let sealed = notices::contact(conn, desk.who.county, desk.who.person, *channel)?;
        let place = place_of(desk.who.person, *channel);
        let plain = sealed.map(|s| desk.state.vault.open_at(&place, &s)).transpose()?;
        let masked = plain.map(|text| masked(*channel, &text));
        all.push(Contact { channel: *channel, masked, open: ways.has(*channel) });
    }
    Ok((desk, all))
}

fn masked(channel: Channel, text: &str) -> String {
    match (channel, text.split_once('@')) {
        (Channel::Mail, Some((name, host))) => format!("{}@{host}", mask("name", name)),
        _ => mask("phone", text),
    }
}

/// Keeps an address for a channel; an empty one takes it back.
///
/// # Errors
/// A refusal where it is no address; failures of the store.
pub fn set_contact(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    channel: Channel,
    typed: &str,
) -> Result<(), Error> {
    let who = credential.who(conn, service.now())?;
    let state = service.county(who.county)?;
    let typed = typed.trim();
    let address = if typed.is_empty() { None } else { Some(tidy(channel, typed)?) };
    let place = place_of(who.person, channel);
    let sealed = address.map(|a| state.vault.seal_at(&place, &a)).transpose()?;
    Ok(notices::put_contact(conn, who.county, who.person, channel, sealed.as_deref())?)
}

fn tidy(channel: Channel, typed: &str) -> Result<String, Error> {
    let bad = |rule: Rule| Error::from(Refusal::of(rule, channel.name()));
    match channel {
        Channel::Sms => domain::codes::phone::read(typed)
            .filter(|number| is_mobile(number))
            .ok_or_else(|| bad(Rule::NoMobile)),
        Channel::Mail => {
            let fits = typed.is_ascii() && typed.len() <= CHARS_MAX;
            let parsed = typed.parse::<lettre::Address>().ok().filter(|_| fits);
            parsed.map(|a| a.to_string()).ok_or_else(|| bad(Rule::BadMail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_messages_is_an_address() {
        let fine = |channel, typed| tidy(channel, typed).ok();
        assert_eq!(fine(Channel::Sms, "+86 138-0000-0001").as_deref(), Some("13800000001"));
        for typed in ["12345", "0872-8160000", "wang@example.cn"] {
            assert_eq!(fine(Channel::Sms, typed), None, "{typed}");
        }
        assert_eq!(fine(Channel::Mail, "wang@example.cn").as_deref(), Some("wang@example.cn"));
        for typed in ["wang", "wang@", "a@b\r\nBcc: c@d.cn", "王@example.cn", "a b@c.cn"] {
            assert_eq!(fine(Channel::Mail, typed), None, "{typed}");
        }
        assert_eq!(masked(Channel::Mail, "wangfang@example.cn"), "w*******@example.cn");
    }
}
