//! A demonstration county to break: its folder, its database, its people.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::postgres::Cluster;
use super::program::SHANZHI;

/// The village that matters are brought from, and the office that answers them.
pub const PLACE: &str = "532925101101";
pub const OFFICE: &str = "532925101000001";

/// A county in a folder of its own, on either engine.
pub struct County {
    folder: TempDir,
    data: PathBuf,
    url: Option<String>,
    pub people: People,
}

/// Tokens of those who act.
#[derive(Debug, Clone, Default)]
pub struct People {
    pub window: String,
    pub dispatcher: String,
    pub police: String,
    pub director: String,
}

/// What a verification says.
#[derive(Debug)]
pub struct Verdict {
    pub matters: u64,
    pub events: u64,
}

impl County {
    /// On the embedded database.
    pub fn embedded() -> Self {
        Self::made(None, None)
    }

    /// On a PostgreSQL server of the test's own.
    pub fn on_postgres(cluster: &Cluster) -> Self {
        Self::made(None, Some(cluster.url()))
    }

    /// On the embedded database in a folder that the test gives.
    pub fn in_folder(data: &Path) -> Self {
        Self::made(Some(data.to_owned()), None)
    }

    fn made(data: Option<PathBuf>, url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = data.unwrap_or_else(|| folder.path().join("data"));
        let mut county = Self { folder, data, url, people: People::default() };
        county.json(&["demo"]);
        let token = |login: &str| {
            let said = county.json(&["account", "token", login]);
            said["token"].as_str().expect("a token").to_owned()
        };
        county.people = People {
            window: token("town-window"),
            dispatcher: token("town-dispatcher"),
            police: token("town-police"),
            director: token("county-director"),
        };
        county
    }

    /// The same county and people with its data in another place, such as a disk after a power cut.
    pub fn moved_to(&self, data: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, data: data.to_owned(), url: None, people: self.people.clone() }
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A folder for what the test itself keeps.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the server writes its log.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// A command of the program on this county.
    pub fn command(&self) -> Command {
        let mut command = Command::new(SHANZHI);
        for name in [
            "SHANZHI_DATABASE",
            "SHANZHI_CATALOGUE",
            "SHANZHI_LISTEN",
            "SHANZHI_BEHIND_TLS",
            "LD_PRELOAD",
        ] {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "warn").env("RUST_BACKTRACE", "0");
        command.arg("--data").arg(&self.data);
        if let Some(url) = &self.url {
            command.env("SHANZHI_DATABASE", url);
        }
        command
    }

    /// Runs a command that must succeed, and reads what it says.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let out = self.command().arg("--json").args(arguments).output().expect("it runs");
        let (said, log) =
            (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "{arguments:?} ends with {}: {said} {log}", out.status);
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"))
    }

    /// Everything is as it must be.
    pub fn verify(&self) -> Verdict {
        let said = self.json(&["verify"]);
        assert_eq!(said["broken"], Value::Array(Vec::new()));
        let number = |name: &str| said[name].as_u64().expect("a number");
        Verdict { matters: number("matters"), events: number("events") }
    }
}
