//! A PostgreSQL server of the test's own, on the loopback interface, that the test may stop and kill.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::program::signal;

/// A server with its data, gone with this value.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes one and starts it. None, said loudly, where PostgreSQL is not installed; where
    /// `SHANZHI_TEST_POSTGRES` is set somebody wants these tests, and then that is a failure.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("SHANZHI_TEST_POSTGRES").is_none(),
                "PostgreSQL is not installed on this machine"
            );
            println!("NOT TESTED: PostgreSQL is not installed on this machine");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a free port")
            .port();
        let cluster = Self { folder, programs, port };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status();
            assert!(owned.expect("chown runs").success(), "the account postgres is there");
        }
        let data = cluster.data();
        let data = data.to_string_lossy();
        let made = cluster.run(
            "initdb",
            &["-D", &data, "-U", "shanzhi", "-A", "trust", "-E", "UTF8", "--no-instructions"],
        );
        assert!(made, "a cluster is made");
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The URL of its first database.
    pub fn url(&self) -> String {
        format!("postgres://shanzhi@127.0.0.1:{}/postgres", self.port)
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> Client {
        Client::connect(&self.url(), NoTls).expect("the PostgreSQL server of the test answers")
    }

    /// Starts it and waits until it answers. After a kill its last children may still be ending, so
    /// this is tried for a while.
    pub fn up(&self) {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        let options = format!("-p {} -k '' -c listen_addresses=127.0.0.1", self.port);
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        let until = Instant::now() + Duration::from_secs(30);
        while !self.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-o", &options, "start"]) {
            assert!(
                Instant::now() < until,
                "PostgreSQL starts: {}",
                fs::read_to_string(&*log).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Stops it, `fast` as an administrator would or `immediate` as a crash would.
    pub fn stop(&self, mode: &str) {
        let data = self.data();
        assert!(
            self.run("pg_ctl", &["-D", &data.to_string_lossy(), "-m", mode, "-w", "stop"]),
            "PostgreSQL stops"
        );
    }

    /// Kills its first process with SIGKILL; the others notice and end.
    pub fn kill(&self) {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        signal(text.lines().next().and_then(|l| l.parse().ok()).expect("its number"), "KILL");
    }

    /// Runs one of its programs, as the account that it may run under; answers whether it succeeded.
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // The server keeps what it inherits open, so it must not inherit the pipes of the test.
        command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().expect("it runs").success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            let data = self.data();
            self.run("pg_ctl", &["-D", &data.to_string_lossy(), "-m", "immediate", "-w", "stop"]);
        }
    }
}

/// Whether the tests run as root.
pub fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|l| l.starts_with("Uid:") && l.split_whitespace().nth(1) == Some("0"))
}

/// Where Debian puts the programs of the newest version, or where the path finds them.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|v| v.path().join("bin")).filter(|p| p.join("initdb").exists()).collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.pop().or_else(|| std::env::split_paths(&path).find(|p| p.join("initdb").exists()))
}
