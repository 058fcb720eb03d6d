//! Throw-away databases: a file in a temporary folder, or a fresh database of the PostgreSQL that
//! the environment names.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use app::Premises;
use store::disk::Files;
use store::{Db, Place};
use tempfile::TempDir;

/// Names the PostgreSQL for tests, `postgres://user@host:port/db`; see `tests/postgres.sh`.
pub const POSTGRES: &str = "SHANZHI_TEST_POSTGRES";

/// Where people would reach the product.
pub const ADDRESS: &str = "https://shanzhi.example.gov.cn";

fn temporary() -> TempDir {
    tempfile::Builder::new().prefix("shanzhi-test").tempdir().expect("a folder")
}

/// An engine to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database that ends with the test.
pub struct Database {
    engine: Engine,
    place: Place,
    folder: Arc<TempDir>,
    /// The server and the name of the database to drop at the end.
    drop: Option<(String, String)>,
}

impl Database {
    /// A fresh, empty database; none where there is no PostgreSQL to test on, which is said aloud.
    pub fn fresh(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => {
                let folder = temporary();
                let place = Place::File(folder.path().join("shanzhi.db"));
                Some(Self { place, engine, folder: Arc::new(folder), drop: None })
            }
            Engine::Postgres => {
                let Ok(server) = std::env::var(POSTGRES) else {
                    say_skipped(&format!("{POSTGRES} is not set: nothing is tested on PostgreSQL"));
                    return None;
                };
                Some(Self::on_server(&server))
            }
        }
    }

    fn on_server(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let no = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("shanzhi_test_{}_{no}", std::process::id());
        let mut client = connect(server);
        // A process with this number may have died here before.
        client
            .batch_execute(&format!("drop database if exists {name} with (force)"))
            .expect("dropped");
        client.batch_execute(&format!("create database {name}")).expect("created");
        let (head, _) = server.rsplit_once('/').expect("a URL with the name of a database");
        let place = Place::Url(format!("{head}/{name}"));
        let drop = Some((server.to_owned(), name));
        Self { place, engine: Engine::Postgres, folder: Arc::new(temporary()), drop }
    }

    /// The same database once more; it ends with the first.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            place: self.place.clone(),
            engine: self.engine,
            folder: self.folder.clone(),
            drop: None,
        }
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Where a product on this database is at home: its files end with the test.
    pub fn premises(&self) -> Premises {
        let files = Files::below(&self.folder.path().join("files"));
        Premises { files, fonts: None, address: ADDRESS.to_owned() }
    }

    /// The folder of the files.
    pub fn files(&self) -> std::path::PathBuf {
        self.folder.path().join("files")
    }

    /// Opens the store, which brings the schema up to date.
    pub fn open(&self) -> Db {
        Db::open(&self.place).expect("the database opens")
    }

    /// Runs SQL past the store, as somebody would who means to deceive it. Answers with the number
    /// of rows it changed.
    pub fn tamper(&self, sql: &str) -> u64 {
        match &self.place {
            Place::File(path) => {
                let conn = rusqlite::Connection::open(path).expect("opens");
                conn.busy_timeout(std::time::Duration::from_secs(5)).expect("set");
                conn.execute(sql, []).expect("runs") as u64
            }
            Place::Url(url) => connect(url).execute(sql, &[]).expect("runs"),
        }
    }

    /// How the embedded engine would find the rows of a statement, step by step.
    pub fn plan(&self, sql: &str) -> Vec<String> {
        let Place::File(path) = &self.place else { panic!("only the embedded engine tells") };
        let conn = rusqlite::Connection::open(path).expect("opens");
        let mut statement = conn.prepare(&format!("explain query plan {sql}")).expect("prepares");
        let mut rows = statement.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().expect("a step") {
            steps.push(row.get(3).expect("its words"));
        }
        steps
    }

    /// The first column of every row of a query, as text.
    pub fn look(&self, sql: &str) -> Vec<String> {
        match &self.place {
            Place::File(path) => {
                let conn = rusqlite::Connection::open(path).expect("opens");
                let mut statement = conn.prepare(sql).expect("prepares");
                let text = |row: &rusqlite::Row<'_>| match row.get_ref(0)? {
                    rusqlite::types::ValueRef::Integer(n) => Ok(n.to_string()),
                    _ => row.get::<_, String>(0),
                };
                let rows = statement.query_map([], text).expect("runs");
                rows.map(|r| r.expect("a row")).collect()
            }
            Place::Url(url) => {
                let rows = connect(url).simple_query(sql).expect("runs");
                let text = |m: &postgres::SimpleQueryMessage| match m {
                    postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                rows.iter().filter_map(text).collect()
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.drop {
            // A test that already failed must not fail again here.
            let client = postgres::Client::connect(server, postgres::NoTls);
            let _ = client.map(|mut c| {
                c.batch_execute(&format!("drop database if exists {name} with (force)"))
            });
        }
    }
}

fn connect(url: &str) -> postgres::Client {
    postgres::Client::connect(url, postgres::NoTls).expect("the PostgreSQL for tests answers")
}

/// Says that something was not tested, past the capture of the test runner.
pub fn say_skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Runs the body of each test on both databases: `on_both! { fn name(database) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($database:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a body may stand on its own")]
            use super::*;

            fn body($database: $crate::Database) $body

            #[test]
            fn sqlite() {
                $crate::Database::fresh($crate::Engine::Sqlite).into_iter().for_each(body);
            }

            #[test]
            fn postgres() {
                $crate::Database::fresh($crate::Engine::Postgres).into_iter().for_each(body);
            }
        }
    )*};
}
