//! A clock that stands still until it is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::Clock;
use domain::time::Instant;

/// A clock that stands still until it is set. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Lets some milliseconds pass.
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}
