//! The program under test, as a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::county::County;

/// The program that this build made.
pub const SHANZHI: &str = env!("CARGO_BIN_EXE_shanzhi");

/// A running server. It is killed when it goes out of scope.
pub struct Program {
    child: Child,
    /// Where it listens, `127.0.0.1:port`.
    pub address: String,
}

impl Program {
    /// Serves a county on a free port.
    pub fn serve(county: &County) -> Self {
        Self::serve_with(county, &[], &[])
    }

    /// Serves with more arguments and variables.
    pub fn serve_with(county: &County, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = county.command();
        command.envs(variables.iter().copied());
        Self::spawn(command, arguments, &county.log())
    }

    /// Serves by a command that ends where the arguments of the program go on.
    pub fn serve_by(command: Command, county: &County) -> Self {
        Self::spawn(command, &[], &county.log())
    }

    fn spawn(mut command: Command, arguments: &[&str], log: &Path) -> Self {
        command.args(["--json", "serve", "--listen", "127.0.0.1:0"]).args(arguments);
        let log = File::options().append(true).create(true).open(log).expect("a log");
        let mut child =
            command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("an output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let said: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let address = said["address"].as_str().unwrap_or_else(|| panic!("no address: {line}"));
        let address = address.trim_start_matches("http://").to_owned();
        Self { child, address }
    }

    /// Somebody who calls with a token.
    pub fn client(&self, token: &str) -> Client {
        Client::new(&self.address, token)
    }

    /// Ends it as a power cut of the process would: at once, with nothing said.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        signal(self.child.id(), "TERM");
    }

    /// Waits until it has ended by itself; none if it has not within the time.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + within;
        loop {
            match self.child.try_wait().expect("its state") {
                Some(status) => return Some(status),
                None if Instant::now() > until => return None,
                None => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process that this test started.
pub fn signal(id: u32, name: &str) {
    let done = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status();
    assert!(done.expect("kill runs").success(), "the signal {name} reaches {id}");
}
