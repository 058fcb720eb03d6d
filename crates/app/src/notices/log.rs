//! The log of deliveries, for whoever keeps the system: what went out, what waits, what was given up
//! and why. It names no matter and shows no address.

use domain::catalogue::Right;
use domain::ids::PersonId;
use domain::notice::Channel;
use domain::time::Instant;
use store::Conn;
use store::deliveries::{self, Delivery, Standing, Try};

use crate::accounts::{demand, note};
use crate::{Credential, Desk, Error, Service};

/// The most tries that are shown of one message.
const TRIES: i64 = 50;
/// Counts beyond this are shown as "more than".
const COUNT_MAX: i64 = 999;

/// Which part of the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// How they stand; all where nothing is said.
    pub standing: Option<Standing>,
    /// By which way; all where nothing is said.
    pub channel: Option<Channel>,
    /// Those that came into being before this one.
    pub before: Option<(Instant, i64)>,
}

/// A message in the log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Its number.
    pub id: i64,
    /// By which way.
    pub channel: Channel,
    /// The declared notice.
    pub template: String,
    /// To which member of staff; none for a party.
    pub person: Option<PersonId>,
    /// How it stands.
    pub standing: Standing,
    /// When it came into being.
    pub created_at: Instant,
    /// When it is tried next, while it waits.
    pub next_at: Instant,
    /// When it was sent or given up.
    pub ended_at: Option<Instant>,
    /// Every try, the newest first.
    pub tries: Vec<Try>,
}

/// A page of the log.
pub struct Log {
    /// Who looks.
    pub desk: Desk,
    /// How many messages stand how, at most one more than 999.
    pub counts: Vec<(Standing, i64)>,
    /// The messages, the newest first.
    pub rows: Vec<Logged>,
}

/// The log, for whoever manages the system.
///
/// # Errors
/// [`Error::NoRight`], failures of the store.
pub fn log(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    filter: Filter,
    limit: i64,
) -> Result<Log, Error> {
    demand(conn, service, credential, Right::ManageSystem)?;
    let desk = Desk::open(conn, service, credential)?;
    let county = desk.who.county;
    let mut counts = Vec::new();
    let mut found: Vec<Delivery> = Vec::new();
    let before = filter.before.unwrap_or((Instant(i64::MAX), i64::MAX));
    for (_, standing) in Standing::NAMES {
        let mut all = 0;
        for (_, channel) in Channel::NAMES {
            all += deliveries::count(conn, county, (*standing, *channel), COUNT_MAX + 1)?;
            // Each pair is one indexed read of at most a page; together they hold the page asked for.
            if filter.standing.is_none_or(|s| s == *standing)
                && filter.channel.is_none_or(|c| c == *channel)
            {
                let pair = (*standing, *channel);
                found.extend(deliveries::page(conn, county, pair, before, limit)?);
            }
        }
        counts.push((*standing, all));
    }
    found.sort_by_key(|d| std::cmp::Reverse((d.created_at, d.id)));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    let rows = found.into_iter().map(|d| logged(conn, county, d)).collect::<Result<_, _>>()?;
    Ok(Log { desk, counts, rows })
}

fn logged(conn: &mut Conn, county: domain::ids::County, d: Delivery) -> Result<Logged, Error> {
    Ok(Logged {
        tries: deliveries::tries(conn, county, d.id, TRIES)?,
        id: d.id,
        channel: d.channel,
        template: d.template,
        person: d.person,
        standing: d.standing,
        created_at: d.created_at,
        next_at: d.next_at,
        ended_at: d.ended_at,
    })
}

/// Lets a message that was given up be tried anew.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] where none such was given up.
pub fn retry(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    id: i64,
) -> Result<(), Error> {
    let who = demand(conn, service, credential, Right::ManageSystem)?;
    if !deliveries::again(conn, who.county, id, service.now())? {
        return Err(Error::Missing);
    }
    note(conn, service, who.county, Some(who.person), "delivery-retried", &id.to_string())
}
