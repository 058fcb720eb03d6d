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
    (stop, full): (&Arc<AtomicBool>, &Arc<AtomicBool>),
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let mut threads = Vec::new();
    for (count, queue, write) in [(writers, writes, true), (readers, reads, false)] {
        for _ in 0..count.max(1) {
            let line = Line { config: config.clone(), conn: None, rest: None, full: full.clone() };
            let (queue, stop) = (queue.clone(), stop.clone());
            let name = if write { "store-writer" } else { "store-reader" };
            let run = move || serve(line, &queue, &stop, write);
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
    /// Whether the last act found no room on the disk.
    full: Arc<AtomicBool>,
}

impl Line {
    #[allow(clippy::disallowed_methods, reason = "a connection rests by the machine's clock")]
    fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if self.conn.as_ref().is_some_and(Conn::is_broken) {
            self.conn = None;
        }
        if self.conn.is_none() {
            if let Some((until, error)) =
                self.rest.as_ref().filter(|(until, _)| Instant::now() < *until)
            {
                let _ = until;
                return Err(error.clone());
            }
            match open(&self.config) {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => {
                    let error = StoreError::Unavailable(error.to_string());
                    self.rest =
                        Some((Instant::now() + Duration::from_millis(REST_MS), error.clone()));
                    return Err(error);
                }
            }
        }
        self.conn.as_mut().ok_or(StoreError::Closed)
    }
}

fn serve(mut line: Line, queue: &Receiver<Box<dyn Task>>, stop: &AtomicBool, write: bool) {
    loop {
        match queue.recv_timeout(Duration::from_secs(1)) {
            Ok(task) => one(&mut line, task, write),
            Err(RecvTimeoutError::Timeout) if !stop.load(Ordering::Relaxed) => {}
            Err(_) => return,
        }
    }
}

fn one(line: &mut Line, mut task: Box<dyn Task>, write: bool) {
    // A connection that broke while nobody used it says so at its next use: then another is made.
    let failed = attempt(line, task.as_mut(), write).unwrap_or_else(|_| {
        line.conn = None;
        attempt(line, task.as_mut(), write).unwrap_or_else(Some)
    });
    if line.conn.as_ref().is_some_and(Conn::is_broken) {
        line.conn = None;
    }
    task.answer(failed);
}

/// Runs a task once; answers with its failure, if it failed. An error is a connection that broke
/// before anything could have been kept, so that the task may run again.
fn attempt(
    line: &mut Line,
    task: &mut dyn Task,
    write: bool,
) -> Result<Option<StoreError>, StoreError> {
    let full = line.full.clone();
    match line.conn() {
        Ok(conn) if write => transaction(conn, task, &full),
        Ok(conn) => snapshot(conn, task),
        Err(error) => Ok(Some(error)),
    }
}

/// One act in one transaction, tried again where it lost against another.
fn transaction(
    conn: &mut Conn,
    task: &mut dyn Task,
    full: &AtomicBool,
) -> Result<Option<StoreError>, StoreError> {
    for attempt in 1..=TRIES {
        conn.batch("begin")?;
        let kept = task.run(conn);
        let hooks = conn.take_after_commit();
        let lost = conn.take_must_retry();
        if conn.is_broken() {
            return Err(broke());
        }
        let ended = conn.batch(if kept { "commit" } else { "rollback" });
        if conn.take_no_room() {
            full.store(true, Ordering::Relaxed);
        }
        match ended {
            Ok(()) if kept => {
                full.store(false, Ordering::Relaxed);
                hooks.into_iter().for_each(|work| work());
                return Ok(None);
            }
            Err(StoreError::Retry) => {}
            // Nobody knows whether a commit that was not answered was done: whoever repeats the
            // command under its key finds out.
            Err(error) => return Ok(Some(error)),
            Ok(()) if lost => {}
            Ok(()) => return Ok(None),
        }
        thread::sleep(Duration::from_millis(attempt as u64 * 3));
    }
    Ok(Some(StoreError::Retry))
}

/// A read. Each statement sees one state; a read that needs several to agree asks in one statement.
fn snapshot(conn: &mut Conn, task: &mut dyn Task) -> Result<Option<StoreError>, StoreError> {
    task.run(conn);
    conn.take_after_commit();
    conn.take_must_retry();
    if conn.is_broken() { Err(broke()) } else { Ok(None) }
}

fn broke() -> StoreError {
    StoreError::Unavailable("the connection broke".into())
}
