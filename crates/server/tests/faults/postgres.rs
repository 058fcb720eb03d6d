//! PostgreSQL for the tests: a fresh database on the server they are given, or a server of their own
//! where the server itself is to fail.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// A database that is dropped with this value.
pub struct Database {
    admin: String,
    name: String,
    pub url: String,
}

impl Database {
    /// A fresh database on the server of `SHANZHI_TEST_POSTGRES`.
    pub fn fresh() -> Self {
        let admin = std::env::var("SHANZHI_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!("SHANZHI_TEST_POSTGRES names no PostgreSQL server: run `make test`, which makes a throw-away one")
        });
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("faults_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&admin, &format!("create database {name}"));
        let url = with_database(&admin, &name);
        Self { admin, name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&self.admin, &format!("drop database if exists {} with (force)", self.name));
    }
}

/// Runs one statement as the administrator.
pub fn run(url: &str, statement: &str) {
    let mut client = Client::connect(url, NoTls).expect("the PostgreSQL server of the tests answers");
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e}"));
}

/// The URL of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let host = base.find("://").map_or(0, |at| at + 3);
    let end = base[host..].find('/').map_or(base.len(), |at| host + at);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}

/// A server of the test's own, on the loopback interface, gone with this value.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes one and starts it.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let cluster = Self { folder, programs, port };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status();
            assert!(owned.expect("chown runs").success(), "the account postgres is there");
        }
        let data = cluster.data();
        let data = data.to_string_lossy();
        cluster.run("initdb", &["-D", &data, "-U", "shanzhi", "-A", "trust", "-E", "UTF8", "--no-instructions"]);
        cluster.up();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The URL of its first database.
    pub fn url(&self) -> String {
        format!("postgres://shanzhi@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it and waits until it answers.
    pub fn up(&self) {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let options = format!("-p {} -k '' -c listen_addresses=127.0.0.1", self.port);
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"]);
    }

    /// Stops it as a crash would.
    pub fn crash(&self) {
        self.stop("immediate");
    }

    fn stop(&self, mode: &str) {
        let data = self.data();
        self.run("pg_ctl", &["-D", &data.to_string_lossy(), "-m", mode, "-w", "stop"]);
    }

    /// Runs one of its programs, as the account that it may run under.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // The server keeps what it inherits open, so it must not inherit the pipes of the test.
        command.args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("it runs");
        assert!(status.success(), "{} {arguments:?}: {status}", program.display());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.stop("immediate");
        }
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|l| l.starts_with("Uid:") && l.split_whitespace().nth(1) == Some("0"))
}

/// Where Debian puts the programs of the newest version.
fn programs() -> PathBuf {
    let versions = fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|v| v.path().join("bin")).filter(|p| p.join("initdb").exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| panic!("PostgreSQL is not installed: run `make test`, which installs it"))
}
