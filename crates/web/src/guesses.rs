//! Patience with whoever asks for papers that do not exist: codes cannot be tried out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use domain::time::Instant;

use crate::limits::GUESSES;

/// The most addresses that are remembered.
const ADDRESSES: usize = 20_000;

/// Where a request came from, as the server's loop saw it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// How often each address asked for what does not exist.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<String, (u32, i64)>>);

impl Guesses {
    /// Until when an address gets no answer; none where it gets one.
    pub fn locked(&self, address: &str, now: Instant) -> Option<Instant> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, since) = all.get(address).copied()?;
        let until = since + GUESSES.1;
        (count >= GUESSES.0 && now.0 < until).then_some(Instant(until))
    }

    /// Counts a failure of an address.
    pub fn failed(&self, address: &str, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES {
            all.retain(|_, (_, since)| now.0 < *since + GUESSES.1);
        }
        if all.len() >= ADDRESSES {
            return;
        }
        let entry = all.entry(address.to_owned()).or_insert((0, now.0));
        if now.0 >= entry.1 + GUESSES.1 {
            *entry = (0, now.0);
        }
        entry.0 += 1;
        if entry.0 == GUESSES.0 {
            entry.1 = now.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_are_enough_and_patience_comes_back() {
        let guesses = Guesses::default();
        let at = |minute: i64| Instant(minute * 60_000);
        for _ in 0..GUESSES.0 - 1 {
            guesses.failed("a", at(0));
        }
        assert_eq!(guesses.locked("a", at(0)), None);
        guesses.failed("a", at(5));
        assert_eq!(guesses.locked("a", at(5)), Some(at(20)));
        assert_eq!((guesses.locked("b", at(5)), guesses.locked("a", at(20))), (None, None));
        guesses.failed("a", at(21));
        assert_eq!(guesses.locked("a", at(21)), None);
    }
}
