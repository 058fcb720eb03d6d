//! Sends what waits. A message is claimed before it is sent, by moving its next try ahead and counting
//! the try; then what came of it is recorded. Whoever dies in between leaves a message that is sent
//! again when the claim is over: at least once, under the same name.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::notice::{Channel, Delivery as Declared};
use domain::time::{Instant, MINUTE_MS};
use store::deliveries::{self, Delivery};
use store::{Conn, StoreError};

use super::ways::{Failure, Outgoing, Ways};
use crate::vault::random;
use crate::{CountyState, Error, Service};

/// How many messages are claimed at once.
const BATCH: i64 = 8;
/// How long a claim lasts, ms: longer than a batch against a server that answers nothing.
const CLAIM_MS: i64 = 10 * MINUTE_MS;
/// How long a message waits for a server that has a way for it, ms.
const NO_WAY_MS: i64 = 10 * MINUTE_MS;
/// The longest rest that a server which is down is given, ms.
const REST_MAX_MS: i64 = 10 * MINUTE_MS;
/// How often it is looked for messages, ms.
const ROUND_MS: u64 = 500;

/// The servers that are down: until when they are left alone, and how often in a row they failed.
#[derive(Debug, Default)]
pub struct Pauses(HashMap<Channel, (Instant, i64)>);

impl Pauses {
    fn until(&self, channel: Channel, now: Instant) -> Option<Instant> {
        self.0.get(&channel).map(|(until, _)| *until).filter(|until| *until > now)
    }
}

/// The thread that sends.
pub struct Courier {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Courier {
    /// Starts it.
    ///
    /// # Errors
    /// Where the machine gives no thread.
    pub fn start(service: &Service) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let (halt, service) = (stop.clone(), service.clone());
        let run = move || {
            let mut pauses = Pauses::default();
            while !halt.load(Ordering::Relaxed) {
                let mut sent = 0;
                if service.ways().any() {
                    for state in service.counties() {
                        match deliver_until(&service, &state, &mut pauses, &halt) {
                            Ok(n) => sent += n,
                            Err(error) => {
                                tracing::warn!(county = %state.county, %error, "deliveries will be tried again");
                            }
                        }
                    }
                }
                if sent == 0 {
                    thread::sleep(Duration::from_millis(ROUND_MS));
                }
            }
        };
        let thread = thread::Builder::new().name("courier".into()).spawn(run);
        let thread = thread.map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Sends a batch of what is due in a county; answers how many messages were tried.
///
/// # Errors
/// Failures of the store. That a message does not go out is no error: it is recorded.
pub fn deliver(
    service: &Service,
    state: &Arc<CountyState>,
    pauses: &mut Pauses,
) -> Result<usize, Error> {
    deliver_until(service, state, pauses, &AtomicBool::new(false))
}

fn deliver_until(
    service: &Service,
    state: &Arc<CountyState>,
    pauses: &mut Pauses,
    halt: &AtomicBool,
) -> Result<usize, Error> {
    let ways = service.ways();
    let claimed = claim(service, state, &ways, pauses)?;
    let mut tried = 0;
    for delivery in &claimed {
        let resting = pauses.until(delivery.channel, service.now());
        if resting.is_some() || halt.load(Ordering::Relaxed) {
            release(service, state, delivery, resting)?;
            continue;
        }
        let failure = send(state, &ways, delivery).err();
        record(service, state, pauses, delivery, failure)?;
        tried += 1;
    }
    Ok(tried)
}

/// Claims what is due, puts off what may not go out now and ends what is too old.
fn claim(
    service: &Service,
    state: &Arc<CountyState>,
    ways: &Arc<Ways>,
    pauses: &Pauses,
) -> Result<Vec<Delivery>, Error> {
    let (county, now) = (state.county, service.now());
    let due = move |conn: &mut Conn| deliveries::due(conn, county, now, BATCH);
    let due = service.db().read(due).wait()?;
    if due.is_empty() {
        return Ok(due);
    }
    let (held, ways) = (state.clone(), ways.clone());
    let resting: HashMap<Channel, Instant> = Channel::NAMES
        .iter()
        .filter_map(|(_, channel)| Some((*channel, pauses.until(*channel, now)?)))
        .collect();
    let claim = move |conn: &mut Conn| {
        let mut claimed = Vec::new();
        for delivery in &due {
            let way = (ways.has(delivery.channel), resting.get(&delivery.channel).copied());
            match verdict(&held.catalogue.delivery, delivery, way, now) {
                Verdict::Wait(until) => deliveries::put_off(conn, county, delivery, until)?,
                Verdict::End(class) => {
                    deliveries::tried(conn, county, delivery.id, Some(class), None, now)?;
                }
                Verdict::Go => {
                    let until = now.plus_ms(CLAIM_MS);
                    if deliveries::claim(conn, county, delivery, until)? {
                        let tries = delivery.tries + 1;
                        claimed.push(Delivery { tries, next_at: until, ..delivery.clone() });
                    }
                }
            }
        }
        Ok::<_, StoreError>(claimed)
    };
    Ok(service.db().write(claim).wait()?)
}

/// What becomes of a message whose time has come.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Go,
    Wait(Instant),
    End(&'static str),
}

fn verdict(
    declared: &Declared,
    delivery: &Delivery,
    (open, resting): (bool, Option<Instant>),
    now: Instant,
) -> Verdict {
    if now.0 - delivery.created_at.0 > declared.retry.until_ms {
        return Verdict::End("expired");
    }
    // Every try is counted before it is made: one that was never recorded ended with the program.
    if delivery.tries >= declared.retry.tries {
        return Verdict::End("interrupted");
    }
    let quiet = declared.quiet.filter(|_| !delivery.urgent).map(|q| q.after(now));
    match (quiet.filter(|until| *until > now), resting, open) {
        (Some(until), _, _) | (None, Some(until), _) => Verdict::Wait(until),
        (None, None, false) => Verdict::Wait(now.plus_ms(NO_WAY_MS)),
        (None, None, true) => Verdict::Go,
    }
}

fn send(state: &CountyState, ways: &Ways, delivery: &Delivery) -> Result<(), Failure> {
    let place = format!("delivery/{}", delivery.id);
    let address = state
        .vault
        .open_at(&place, &delivery.address)
        .map(zeroize::Zeroizing::new)
        .map_err(|_| Failure::never("unreadable", None))?;
    let name = format!("{}.{}", state.county, delivery.id);
    let outgoing = Outgoing {
        name: &name,
        to: &address,
        subject: &delivery.subject,
        body: &delivery.body,
        written_ms: delivery.created_at.0,
    };
    ways.send(delivery.channel, outgoing)
}

/// Gives a claimed message back untried.
fn release(
    service: &Service,
    state: &CountyState,
    delivery: &Delivery,
    until: Option<Instant>,
) -> Result<(), Error> {
    let (county, delivery) = (state.county, delivery.clone());
    let until = until.unwrap_or(service.now());
    let back = move |conn: &mut Conn| deliveries::release(conn, county, &delivery, until);
    Ok(service.db().write(back).wait()?)
}

fn record(
    service: &Service,
    state: &Arc<CountyState>,
    pauses: &mut Pauses,
    delivery: &Delivery,
    failure: Option<Failure>,
) -> Result<(), Error> {
    let (county, now, id) = (state.county, service.now(), delivery.id);
    let declared = &state.catalogue.delivery;
    match failure {
        Some(failure) if failure.down => {
            let fails = pauses.0.get(&delivery.channel).map_or(0, |(_, fails)| *fails) + 1;
            let rest = declared.retry.wait_ms(fails, dice()).min(REST_MAX_MS);
            pauses.0.insert(delivery.channel, (now.plus_ms(rest), fails));
        }
        _ => {
            pauses.0.remove(&delivery.channel);
        }
    }
    let then = failure
        .filter(|f| f.again && delivery.tries < declared.retry.tries)
        .map(|_| now.plus_ms(declared.retry.wait_ms(delivery.tries, dice())))
        .map(|at| declared.quiet.filter(|_| !delivery.urgent).map_or(at, |q| q.after(at)));
    let said = failure.map(|f| f.text());
    if let Some(said) = &said {
        let (channel, given_up) = (delivery.channel.name(), then.is_none());
        tracing::warn!(%county, delivery = id, channel, failure = %said, given_up, "a notice did not go out");
    }
    let tried =
        move |conn: &mut Conn| deliveries::tried(conn, county, id, said.as_deref(), then, now);
    Ok(service.db().write(tried).wait()?)
}

fn dice() -> u64 {
    random().map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::MatterId;
    use domain::notice::{Quiet, Retry};
    use store::deliveries::Standing;

    fn declared() -> Declared {
        let retry = Retry { first_ms: 60_000, longest_ms: 600_000, tries: 3, until_ms: 86_400_000 };
        Declared { quiet: Some(Quiet { from: 1260, until: 480 }), retry, ..Declared::default() }
    }

    fn delivery(created_at: Instant, tries: i64, urgent: bool) -> Delivery {
        Delivery {
            id: 1,
            channel: Channel::Sms,
            template: "assigned".into(),
            matter: MatterId(1),
            person: None,
            party: None,
            address: String::new(),
            subject: String::new(),
            body: String::new(),
            urgent,
            standing: Standing::Waiting,
            tries,
            next_at: created_at,
            created_at,
            ended_at: None,
        }
    }

    #[test]
    fn what_is_due_goes_waits_or_ends() {
        let noon: Instant = "2026-03-02T12:00:00+08:00".parse().expect("an instant");
        let night: Instant = "2026-03-02T23:00:00+08:00".parse().expect("an instant");
        let morning: Instant = "2026-03-03T08:00:00+08:00".parse().expect("an instant");
        let of = |d: &Delivery, way, now| verdict(&declared(), d, way, now);
        let fresh = delivery(noon, 0, false);
        assert_eq!(of(&fresh, (true, None), noon), Verdict::Go);
        assert_eq!(of(&fresh, (true, None), night), Verdict::Wait(morning));
        assert_eq!(of(&delivery(noon, 0, true), (true, None), night), Verdict::Go);
        let later = noon.plus_ms(5_000);
        assert_eq!(of(&fresh, (true, Some(later)), noon), Verdict::Wait(later));
        assert_eq!(of(&fresh, (false, None), noon), Verdict::Wait(noon.plus_ms(NO_WAY_MS)));
        assert_eq!(of(&delivery(noon, 3, false), (true, None), noon), Verdict::End("interrupted"));
        let old = noon.plus_ms(86_400_001);
        assert_eq!(of(&fresh, (true, None), old), Verdict::End("expired"));
    }
}
