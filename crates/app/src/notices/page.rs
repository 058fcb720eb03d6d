//! The notices of a person: the list, and what has been read.

use domain::ids::MatterCode;
use domain::label::Locale;
use domain::notice::Facts;
use domain::time::Instant;
use store::notices::{self, Given, Place};
use store::{Conn, StoreError};

use super::words::{Telling, filled};
use crate::{Credential, Desk, Error, Service};

/// The most notices of one page.
pub const ROWS_MAX: i64 = 100;

/// A notice as somebody reads it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where it stands.
    pub place: Place,
    /// What it is called, in the language asked for.
    pub label: String,
    /// Its words.
    pub text: String,
    /// The matter.
    pub code: MatterCode,
    /// When it was read.
    pub read_at: Option<Instant>,
}

/// The notices of whoever asks, the newest first, with the desk; of a template that is no longer
/// declared only the matter is told.
///
/// # Errors
/// As [`Desk::open`].
pub fn list(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (unread, after, limit): (bool, Place, i64),
    locale: &Locale,
) -> Result<(Desk, Vec<Shown>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let limit = limit.clamp(1, ROWS_MAX + 1);
    let rows = notices::page(conn, desk.who.county, desk.who.person, unread, after, limit)?;
    let shown = rows.into_iter().map(|given| show(&desk, given, locale));
    let shown = shown.collect::<Result<_, _>>()?;
    Ok((desk, shown))
}

fn show(desk: &Desk, given: Given, locale: &Locale) -> Result<Shown, Error> {
    let facts: Facts =
        serde_json::from_str(&given.facts).map_err(|e| StoreError::corrupt("notice", e))?;
    let declared = desk.state.catalogue.notices.get(&given.template);
    let telling = Telling { state: &desk.state, roster: &desk.roster, base: "" };
    let words = declared.and_then(|n| n.page.as_ref());
    let text = words.map_or("{kind} {code}", |(words, _)| words.get(locale));
    Ok(Shown {
        place: given.place,
        label: declared.map_or(String::new(), |n| n.label.get(locale).to_owned()),
        text: filled(&telling, text, &facts, locale),
        code: facts.code,
        read_at: given.read_at,
    })
}

/// Marks a notice as read.
///
/// # Errors
/// [`Error::Missing`] where whoever asks has no such notice.
pub fn read(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    place: Place,
) -> Result<(), Error> {
    let now = service.now();
    let who = credential.who(conn, now)?;
    if notices::read(conn, who.county, who.person, place, now)? {
        Ok(())
    } else {
        Err(Error::Missing)
    }
}

/// Marks every notice up to one as read: what came while somebody was reading stays unread.
///
/// # Errors
/// As [`Credential::who`].
pub fn read_all(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    up_to: Place,
) -> Result<usize, Error> {
    let now = service.now();
    let who = credential.who(conn, now)?;
    Ok(notices::read_all(conn, who.county, who.person, up_to, now)?)
}
