//! The store as the rest of the product holds it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use crate::ids::Ids;
use crate::migrate::migrate;
use crate::task::{Pending, Task, task};
use crate::{Conn, StoreError, postgres_threads, sqlite_threads};

/// How many acts may wait for a writer, and reads for a reader, before new ones are turned away.
const QUEUE: usize = 4_096;
/// Readers of the embedded database.
const SQLITE_READERS: usize = 4;
/// Connections to a PostgreSQL server: writers and readers.
const POSTGRES_LINES: (usize, usize) = (8, 8);

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file of the embedded database.
    File(PathBuf),
    /// A PostgreSQL server, `postgres://…`.
    Url(String),
}

/// The store. Clones share one set of threads.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    writes: Option<Sender<Box<dyn Task>>>,
    reads: Option<Sender<Box<dyn Task>>>,
    stop: Arc<AtomicBool>,
    full: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    ids: Ids,
    place: Place,
}

impl Db {
    /// Opens the database, brings its schema up to date and starts its threads.
    ///
    /// # Errors
    /// That it cannot be reached, or that its schema is newer than this program.
    pub fn open(place: &Place) -> Result<Self, StoreError> {
        Self::open_with(place, "full")
    }

    /// Opens the embedded database with another `synchronous` setting than FULL. For the test that
    /// proves that anything less loses acknowledged acts.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open_with(place: &Place, synchronous: &str) -> Result<Self, StoreError> {
        let (writes, write_queue) = bounded(QUEUE);
        let (reads, read_queue) = bounded(QUEUE);
        let (stop, full) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let threads = match place {
            Place::File(path) => {
                migrate(&mut sqlite_threads::open(path, synchronous, 8_192)?)?;
                sqlite_threads::start(
                    path,
                    synchronous,
                    SQLITE_READERS,
                    &write_queue,
                    &read_queue,
                    (&stop, &full),
                )?
            }
            Place::Url(url) => {
                let config = config(url)?;
                migrate(&mut postgres_threads::open(&config)?)?;
                postgres_threads::start(
                    &config,
                    POSTGRES_LINES,
                    &write_queue,
                    &read_queue,
                    (&stop, &full),
                )?
            }
        };
        let shared = Shared {
            writes: Some(writes),
            reads: Some(reads),
            stop,
            full,
            threads,
            ids: Ids::default(),
            place: place.clone(),
        };
        Ok(Self(Arc::new(shared)))
    }

    /// Hands work to a writer. It is one transaction, and it is answered after the commit; work that
    /// answers an error changes nothing. It may run more than once, where it lost against another.
    pub fn write<T, E, F>(&self, work: F) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        send(self.0.writes.as_ref(), work)
    }

    /// Hands work to a reader.
    pub fn read<T, E, F>(&self, work: F) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        send(self.0.reads.as_ref(), work)
    }

    /// The ids of new things.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// How many acts wait for a writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.writes.as_ref().map_or(0, Sender::len)
    }

    /// Whether the last act found no room on the disk.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    /// Opens a connection of its own, for long reads such as a dump or a check of everything.
    ///
    /// # Errors
    /// That the database cannot be reached.
    pub fn own_connection(&self) -> Result<Conn, StoreError> {
        match &self.0.place {
            Place::File(path) => sqlite_threads::open(path, "full", 16_384),
            Place::Url(url) => postgres_threads::open(&config(url)?),
        }
    }
}

fn config(url: &str) -> Result<postgres::Config, StoreError> {
    // The error of a bad URL could quote its password, so it is not passed on.
    let mut config: postgres::Config = url
        .parse()
        .map_err(|_| StoreError::Unavailable("the database URL cannot be read".into()))?;
    config.connect_timeout(std::time::Duration::from_secs(3));
    config.application_name("shanzhi");
    Ok(config)
}

fn send<T, E, F>(queue: Option<&Sender<Box<dyn Task>>>, work: F) -> Pending<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
{
    let (task, pending) = task(work);
    let refused = match queue {
        Some(queue) => queue.try_send(task).err().map(crossbeam_channel::TrySendError::into_inner),
        None => Some(task),
    };
    if let Some(task) = refused {
        task.answer(Some(StoreError::Unavailable("too many acts are waiting".into())));
    }
    pending
}

impl Drop for Shared {
    /// Lets the queued work finish, then stops the threads.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.writes = None;
        self.reads = None;
        // The last clone may be held by work that one of these threads runs: it cannot wait for itself.
        let own = std::thread::current().id();
        for thread in self.threads.drain(..).filter(|t| t.thread().id() != own) {
            let _ = thread.join();
        }
    }
}
