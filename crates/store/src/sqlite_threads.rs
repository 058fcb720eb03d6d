//! SQLite: one writer whose commits serve many waiting acts, some readers, and a thread that moves
//! the write-ahead log into the database file, so that no act waits for that.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::task::Task;
use crate::{Conn, StoreError};

/// The most acts in one commit.
const MAX_BATCH: usize = 256;
/// How often the log is moved into the file, ms.
const CHECKPOINT_MS: u64 = 200;
/// The size of the log, in bytes, beyond which the writer itself moves it and starts it afresh.
const LOG_BYTES_MAX: u64 = 256 << 20;
/// How many commits pass between two looks at that size.
const LOOK_COMMITS: u32 = 64;
/// Page cache of each connection in KiB (SQLite's negative unit).
const WRITER_CACHE_KIB: i64 = 65_536;
const READER_CACHE_KIB: i64 = 12_288;

/// Opens a connection with the settings that durability rests on.
///
/// `synchronous=FULL` syncs the log at every commit: with NORMAL a power cut loses acts that were
/// acknowledged.
pub fn open(path: &Path, synchronous: &str, cache_kib: i64) -> Result<Conn, StoreError> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(&format!(
        "pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = {synchronous}; \
         pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -{cache_kib}; \
         pragma wal_autocheckpoint = 0; pragma secure_delete = off; pragma trusted_schema = off;"
    ))?;
    Ok(Conn::sqlite(connection))
}

/// Starts the threads.
pub fn start(
    path: &Path,
    synchronous: &str,
    readers: usize,
    writes: &Receiver<Box<dyn Task>>,
    reads: &Receiver<Box<dyn Task>>,
    (stop, full): (&Arc<AtomicBool>, &Arc<AtomicBool>),
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let mut threads = Vec::new();
    let mut writer = open(path, synchronous, WRITER_CACHE_KIB)?;
    let (queue, log, full) = (writes.clone(), wal_path(path), full.clone());
    threads.push(named("store-writer", move || write_loop(&mut writer, &queue, &log, &full))?);
    for _ in 0..readers.max(1) {
        let mut reader = open(path, synchronous, READER_CACHE_KIB)?;
        reader.batch("pragma query_only = on")?;
        let queue = reads.clone();
        threads.push(named("store-reader", move || read_loop(&mut reader, &queue))?);
    }
    let mut keeper = open(path, synchronous, 2_048)?;
    let (stop, log) = (stop.clone(), wal_path(path));
    threads.push(named("store-log", move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(CHECKPOINT_MS));
            // A checkpoint that meets a reader moves what it can; the rest follows next time. Under a
            // load that never rests this never reaches the end of the log, and only its end can be the
            // beginning of a new one: beyond some length the writer does it, and is not stood in the way of.
            if !is_long(&log) {
                let _ = keeper.batch("pragma wal_checkpoint(passive)");
            }
        }
    })?);
    Ok(threads)
}

fn named(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

fn wal_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn is_long(log: &Path) -> bool {
    log.metadata().is_ok_and(|m| m.len() > LOG_BYTES_MAX)
}

fn write_loop(conn: &mut Conn, queue: &Receiver<Box<dyn Task>>, log: &Path, full: &AtomicBool) {
    let mut commits: u32 = 0;
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(MAX_BATCH - 1));
        commit(conn, batch, full);
        commits = commits.wrapping_add(1);
        if commits.is_multiple_of(LOOK_COMMITS) && is_long(log) {
            let _ = conn.batch("pragma wal_checkpoint(truncate)");
        }
    }
}

/// Runs a batch in one transaction. Each act has its own savepoint, so that one that fails takes
/// nothing else with it; if the commit fails, all of them failed.
fn commit(conn: &mut Conn, mut batch: Vec<Box<dyn Task>>, full: &AtomicBool) {
    if let Err(error) = conn.batch("begin immediate") {
        return answer_all(batch, &error);
    }
    let alone = batch.len() == 1;
    let mut after_commit = Vec::new();
    let mut anything = false;
    for task in &mut batch {
        let begun = alone || conn.batch("savepoint act").is_ok();
        let kept = begun && task.run(conn);
        let hooks = conn.take_after_commit();
        conn.take_must_retry();
        if !conn.in_transaction() {
            full.store(true, Ordering::Relaxed);
            return answer_all(batch, &StoreError::Full);
        }
        anything |= kept;
        let ended = match (kept, alone) {
            (true, true) => Ok(()),
            (true, false) => conn.batch("release act"),
            (false, true) => Ok(()),
            (false, false) => conn.batch("rollback to act; release act"),
        };
        if let Err(error) = ended {
            let _ = conn.batch("rollback");
            return answer_all(batch, &error);
        }
        if kept {
            after_commit.extend(hooks);
        }
    }
    if !anything {
        let _ = conn.batch("rollback");
        return batch.into_iter().for_each(|t| t.answer(None));
    }
    if let Err(error) = conn.batch("commit") {
        full.store(error == StoreError::Full, Ordering::Relaxed);
        if conn.in_transaction() {
            let _ = conn.batch("rollback");
        }
        return answer_all(batch, &error);
    }
    full.store(false, Ordering::Relaxed);
    after_commit.into_iter().for_each(|work| work());
    batch.into_iter().for_each(|t| t.answer(None));
}

fn answer_all(batch: Vec<Box<dyn Task>>, error: &StoreError) {
    batch.into_iter().for_each(|t| t.answer(Some(error.clone())));
}

/// A read is one transaction, so that all its statements see one state.
fn read_loop(conn: &mut Conn, queue: &Receiver<Box<dyn Task>>) {
    loop {
        let mut task = match queue.recv_timeout(Duration::from_secs(60)) {
            Ok(task) => task,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if let Err(error) = conn.batch("begin") {
            task.answer(Some(error));
            continue;
        }
        task.run(conn);
        let _ = conn.batch("commit");
        task.answer(None);
    }
}
