//! PostgreSQL: some writers and some readers, each with a connection of its own that is made again
//! when it breaks.
//!
//! Differs from SQLite because the server already lets one sync of its log serve every transaction
//! that commits meanwhile; one act is one transaction here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::{Config, NoTls};

use crate::task::Task;
use crate::{Conn, StoreError};

/// How often an act that lost against another transaction is tried again.
const TRIES: usize = 8;
/// How long a broken connection rests before it is tried again, ms.
const REST_MS: u64 = 500;

/// Opens a connection with the settings of the store.
pub fn open(config: &Config) -> Result<Conn, StoreError> {
    let mut client = config.connect(NoTls)?;
    client.batch_execute(
        "set time zone 'UTC'; set synchronous_commit = on; set statement_timeout = '60s'; \
         set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'; set jit = off",
    )?;
    Ok(Conn::postgres(client))
}

/// Starts the threads.
pub fn start(
    config: &Config,
    (writers, readers): (usize, usize),
    writes: &Receiver<Box<dyn Task>>,
    reads: &Receiver<Box<dyn Task>>,
    stop: &Arc<AtomicBool>,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let mut threads = Vec::new();
    for (count, queue, write) in [(writers, writes, true), (readers, reads, false)] {
        for _ in 0..count.max(1) {
            let (config, queue, stop) = (config.clone(), queue.clone(), stop.clone());
            let name = if write { "store-writer" } else { "store-reader" };
            let run = move || serve(&config, &queue, &stop, write);
            let thread = thread::Builder::new().name(name.into()).spawn(run);
            threads.push(thread.map_err(|e| StoreError::Unavailable(e.to_string()))?);
        }
    }
    Ok(threads)
}

struct Line {
    config: Config,
    conn: Option<Conn>,
    /// When a broken connection may be tried again, and what it said.
    rest: Option<(Instant, StoreError)>,
}

impl Line {
    #[allow(clippy::disallowed_methods, reason = "a connection rests for real time")]
    fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if self.conn.as_ref().is_some_and(Conn::is_broken) {
            self.conn = None;
        }
        if self.conn.is_none() {
            if let Some((until, error)) = self.rest.as_ref().filter(|(until, _)| Instant::now() < *until) {
                let _ = until;
                return Err(error.clone());
            }
            match open(&self.config) {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => {
                    let error = StoreError::Unavailable(error.to_string());
                    self.rest = Some((Instant::now() + Duration::from_millis(REST_MS), error.clone()));
                    return Err(error);
                }
            }
        }
        self.conn.as_mut().ok_or(StoreError::Closed)
    }
}

fn serve(config: &Config, queue: &Receiver<Box<dyn Task>>, stop: &AtomicBool, write: bool) {
    let mut line = Line { config: config.clone(), conn: None, rest: None };
    loop {
        match queue.recv_timeout(Duration::from_secs(1)) {
            Ok(task) => one(&mut line, task, write),
            Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
            Err(_) => return,
        }
    }
}

fn one(line: &mut Line, mut task: Box<dyn Task>, write: bool) {
    let failed = match line.conn() {
        Ok(conn) if write => transaction(conn, task.as_mut()),
        Ok(conn) => snapshot(conn, task.as_mut()),
        Err(error) => Some(error),
    };
    if matches!(failed, Some(StoreError::Unavailable(_))) {
        line.conn = None;
    }
    task.answer(failed);
}

/// One act in one transaction, tried again where it lost against another.
fn transaction(conn: &mut Conn, task: &mut dyn Task) -> Option<StoreError> {
    for attempt in 1..=TRIES {
        if let Err(error) = conn.batch("begin") {
            return Some(error);
        }
        let kept = task.run(conn);
        let hooks = conn.take_after_commit();
        let lost = conn.take_must_retry();
        if conn.is_broken() {
            return Some(StoreError::Unavailable("the connection broke".into()));
        }
        let ended = conn.batch(if kept { "commit" } else { "rollback" });
        match ended {
            Ok(()) if kept => {
                hooks.into_iter().for_each(|work| work());
                return None;
            }
            Err(StoreError::Retry) => {}
            Err(error) => return Some(error),
            Ok(()) if lost => {}
            Ok(()) => return None,
        }
        thread::sleep(Duration::from_millis(attempt as u64 * 3));
    }
    Some(StoreError::Retry)
}

/// A read. Each statement sees one state; a read that needs several to agree asks in one statement.
fn snapshot(conn: &mut Conn, task: &mut dyn Task) -> Option<StoreError> {
    task.run(conn);
    conn.take_after_commit();
    conn.take_must_retry();
    conn.is_broken().then(|| StoreError::Unavailable("the connection broke".into()))
}
