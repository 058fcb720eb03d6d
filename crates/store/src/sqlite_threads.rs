//! SQLite: one writer whose commits serve many waiting acts, some readers, and a thread that moves
//! the write-ahead log into the database file, so that no act waits for that.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::config::DbConfig;

use crate::conn::AfterCommit;
use crate::task::Task;
use crate::{Conn, StoreError};

/// The most acts in one commit.
const MAX_BATCH: usize = 256;
/// How often the log is moved into the file, ms: a page that changes often is then moved once for many
/// changes.
const CHECKPOINT_MS: u64 = if cfg!(test) { 100 } else { 1_000 };
/// How often a long log is moved again at once; each time less is left.
const CHECKPOINTS_MAX: usize = 5;
/// The length of the log, in pages, beyond which it is started afresh even under a load that never rests.
const LOG_PAGES_MAX: i64 = if cfg!(test) { 512 } else { 65_536 };
/// How many pages the writer itself moves then at most; more are left where a long read holds them back.
const REST_PAGES_MAX: i64 = 4_096;
/// How long the writer waits for readers when it starts the log afresh, ms.
const RESTART_MS: u32 = 100;
/// How long a connection waits for a lock, ms.
const BUSY_MS: u32 = 5_000;
/// Page cache of each connection in KiB (SQLite's negative unit).
const WRITER_CACHE_KIB: i64 = 98_304;
const READER_CACHE_KIB: i64 = 24_576;

/// Opens a connection with the settings that durability rests on.
///
/// `synchronous=FULL` syncs the log at every commit: with NORMAL a power cut loses acts that were
/// acknowledged.
pub fn open(path: &Path, synchronous: &str, cache_kib: i64) -> Result<Conn, StoreError> {
    connect(path, synchronous, cache_kib).map(Conn::sqlite)
}

fn connect(
    path: &Path,
    synchronous: &str,
    cache_kib: i64,
) -> Result<rusqlite::Connection, StoreError> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(Duration::from_millis(BUSY_MS.into()))?;
    // Without this the planner looks at bound values such as that of `limit ?`, and then a prepared
    // statement is prepared anew at every use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(&format!(
        "pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = {synchronous}; \
         pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -{cache_kib}; \
         pragma wal_autocheckpoint = 0; pragma secure_delete = off; pragma trusted_schema = off;"
    ))?;
    Ok(connection)
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
    let log_is_long = Arc::new(AtomicBool::new(false));
    let (queue, afresh, full) = (writes.clone(), log_is_long.clone(), full.clone());
    threads.push(named("store-writer", move || write_loop(&mut writer, &queue, &afresh, &full))?);
    for _ in 0..readers.max(1) {
        let mut reader = open(path, synchronous, READER_CACHE_KIB)?;
        reader.batch("pragma query_only = on")?;
        let queue = reads.clone();
        threads.push(named("store-reader", move || read_loop(&mut reader, &queue))?);
    }
    let keeper = connect(path, synchronous, 2_048)?;
    let stop = stop.clone();
    threads.push(named("store-log", move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(CHECKPOINT_MS));
            if !log_is_long.load(Ordering::Acquire) {
                log_is_long.store(checkpoint(&keeper), Ordering::Release);
            }
        }
    })?);
    Ok(threads)
}

/// Moves what it can of the log into the database file. One that meets a reader leaves what is newer
/// than that reader's view; the rest follows next time. Under a load that never rests this never
/// reaches the end of the log, and only its end can be the beginning of a new one. So when the log is
/// long the writer, between two commits, moves the little that came since, and begins a new one:
/// answers whether it is time for that.
fn checkpoint(keeper: &rusqlite::Connection) -> bool {
    for _ in 0..CHECKPOINTS_MAX {
        let pages = keeper.query_row("pragma wal_checkpoint(passive)", [], |row| {
            Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        match pages {
            Ok((all, moved)) if all > LOG_PAGES_MAX => {
                if all - moved <= REST_PAGES_MAX {
                    return true;
                }
            }
            _ => return false,
        }
    }
    false
}

fn named(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

fn write_loop(
    conn: &mut Conn,
    queue: &Receiver<Box<dyn Task>>,
    log_is_long: &AtomicBool,
    full: &AtomicBool,
) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(MAX_BATCH - 1));
        commit(conn, batch, full);
        if log_is_long.load(Ordering::Acquire) {
            start_log_afresh(conn);
            log_is_long.store(false, Ordering::Release);
        }
    }
}

/// A reader may stand in the way: then it is tried again after the next checkpoint.
fn start_log_afresh(conn: &mut Conn) {
    let _ = conn.batch(&format!(
        "pragma busy_timeout = {RESTART_MS}; pragma wal_checkpoint(restart); pragma busy_timeout = {BUSY_MS}"
    ));
}

/// Runs a batch in one transaction. An act that fails takes nothing else with it; if the commit
/// fails, all of them failed. Nearly every act that fails does so before it writes anything, so no act
/// has a savepoint until one failed later: then everything is undone and run again with savepoints.
fn commit(conn: &mut Conn, batch: Vec<Box<dyn Task>>, full: &AtomicBool) {
    if let Some(batch) = run(conn, batch, full, false) {
        run(conn, batch, full, true);
    }
}

/// Runs a batch; gives it back, undone, where acts that are not kept apart would have mixed.
fn run(
    conn: &mut Conn,
    mut batch: Vec<Box<dyn Task>>,
    full: &AtomicBool,
    apart: bool,
) -> Option<Vec<Box<dyn Task>>> {
    if let Err(error) = conn.batch("begin immediate") {
        answer_all(batch, &error);
        return None;
    }
    let alone = batch.len() == 1;
    let mut after_commit = Vec::new();
    let mut anything = false;
    for task in &mut batch {
        let before = conn.changes();
        let keep = (!apart || conn.batch("savepoint act").is_ok()) && task.run(conn);
        let hooks = conn.take_after_commit();
        conn.take_must_retry();
        if !conn.in_transaction() {
            full.store(true, Ordering::Relaxed);
            answer_all(batch, &StoreError::Full);
            return None;
        }
        if apart {
            let end = if keep { "release act" } else { "rollback to act; release act" };
            if let Err(error) = conn.batch(end) {
                let _ = conn.batch("rollback");
                answer_all(batch, &error);
                return None;
            }
        } else if !keep && !alone && conn.changes() != before {
            let _ = conn.batch("rollback");
            return Some(batch);
        }
        anything |= keep;
        if keep {
            after_commit.extend(hooks);
        }
    }
    finish(conn, batch, anything.then_some(after_commit), full);
    None
}

/// Makes a batch durable, and only then answers. Without anything to keep there is nothing to sync.
fn finish(
    conn: &mut Conn,
    batch: Vec<Box<dyn Task>>,
    kept: Option<Vec<AfterCommit>>,
    full: &AtomicBool,
) {
    let Some(after_commit) = kept else {
        let _ = conn.batch("rollback");
        return batch.into_iter().for_each(|t| t.answer(None));
    };
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
        if let Err(error) = conn.mark("begin") {
            task.answer(Some(error));
            continue;
        }
        task.run(conn);
        let _ = conn.mark("commit");
        task.answer(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::db::Place;

    const PAGE: u64 = 4_096;

    #[test]
    fn the_log_stays_bounded_while_nothing_rests() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("county.db");
        let db = Db::open_with(&Place::File(path.clone()), "off").expect("a database");
        let make = |conn: &mut Conn| {
            conn.batch("create table filling (n integer primary key, body blob not null)")
        };
        db.write(make).wait().expect("a table");
        let stop = Arc::new(AtomicBool::new(false));
        let readers = [(); 3].map(|()| {
            let (db, stop) = (db.clone(), stop.clone());
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let look = |conn: &mut Conn| conn.batch("select count(*) from filling");
                    db.read(look).wait().expect("a look");
                }
            })
        });
        let (mut written, mut longest) = (0, 0);
        let log = path.with_extension("db-wal");
        while written < 100 << 20 {
            let fill =
                |conn: &mut Conn| conn.batch("insert into filling (body) values (zeroblob(40000))");
            db.write(fill).wait().expect("room");
            written += 40_000;
            thread::sleep(Duration::from_millis(1));
            longest = longest.max(log.metadata().expect("a log").len());
        }
        stop.store(true, Ordering::Relaxed);
        readers.into_iter().for_each(|r| r.join().expect("a reader"));
        assert!(longest > PAGE * LOG_PAGES_MAX as u64, "{longest} bytes proved nothing");
        assert!(longest < written / 2, "the log grew to {longest} of {written} bytes");
    }

    #[test]
    fn an_act_that_fails_late_takes_nothing_else_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&Place::File(folder.path().join("county.db"))).expect("a database");
        let make = |conn: &mut Conn| conn.batch("create table kept (n integer primary key)");
        db.write(make).wait().expect("a table");
        let hold = |_: &mut Conn| {
            thread::sleep(Duration::from_millis(50));
            Ok::<_, StoreError>(())
        };
        // While the writer is held, the others gather in one batch.
        let held = db.write(hold);
        let acts: Vec<_> = (1..=9)
            .map(|n| {
                db.write(move |conn: &mut Conn| {
                    if n == 8 {
                        return Err(StoreError::Closed);
                    }
                    conn.batch(&format!("insert into kept values ({n})"))?;
                    if n % 3 == 0 { Err(StoreError::Closed) } else { Ok(n) }
                })
            })
            .collect();
        held.wait().expect("held");
        let kept: Vec<i32> = acts.into_iter().filter_map(|a| a.wait().ok()).collect();
        assert_eq!(kept, [1, 2, 4, 5, 7]);
        let path = folder.path().join("county.db");
        let look = connect(&path, "off", 100).expect("the file");
        let stands = look.query_row("select group_concat(n) from kept", [], |row| row.get(0));
        assert_eq!(stands, Ok("1,2,4,5,7".to_owned()));
    }
}
