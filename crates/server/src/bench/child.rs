//! The server under measurement, as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::client::Client;
use crate::cli::Globals;

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens, `127.0.0.1:port`.
    pub address: String,
    /// How long it took until `/readyz` answered 200.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a server on a free port and waits until it is ready.
    #[allow(clippy::disallowed_methods, reason = "this measures the machine")]
    pub fn start(globals: &Globals, data: &Path) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--data").arg(data).args(["--json", "serve", "--listen", "127.0.0.1:0"]);
        if let Some(url) = &globals.database {
            command.env("SHANZHI_DATABASE", url);
        }
        let child = command.env("RUST_LOG", "warn").stdout(Stdio::piped()).spawn();
        let mut child = child.context("the server does not start")?;
        let mut line = String::new();
        let out = child.stdout.take().context("the server has no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let said: serde_json::Value =
            serde_json::from_str(&line).context("the server said nothing")?;
        let address =
            said["address"].as_str().unwrap_or_default().trim_start_matches("http://").to_owned();
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while !server.ready() {
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the server is not ready after a minute");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    fn ready(&self) -> bool {
        let client = Client::open(&self.address, "");
        client.and_then(|mut c| c.get("/readyz")).is_ok_and(|answer| answer.status == 200)
    }

    /// The memory that the process holds, in MiB; none where the machine does not say.
    pub fn resident_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
