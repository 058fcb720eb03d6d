//! Clients that never finish what they began: a thousand of them hold nothing that others need.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::alone;
use super::client::{Client, connect};
use super::county::County;
use super::load::intake;
use super::program::{Program, SHANZHI};

/// Good clients at work, and how long each of their requests took.
struct Good {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<Duration>>>,
}

impl Good {
    /// Two clients that read lists and two that bring requests, without a pause worth naming.
    fn start(county: &County, address: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let one = |no: u64| {
            let (people, stop) = (county.people.clone(), stop.clone());
            let mut client = Client::new(
                address,
                if no.is_multiple_of(2) { &people.director } else { &people.window },
            );
            let mut dice = Dice::new(no);
            thread::spawn(move || {
                let mut times = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let answer = match no % 2 {
                        0 => client.get("/api/v1/matters?lane=below"),
                        _ => client.post("/api/v1/matters", None, &intake(&mut dice)),
                    };
                    let answer = answer.expect("a good request is answered");
                    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
                    times.push(began.elapsed());
                    thread::sleep(Duration::from_millis(20));
                }
                times
            })
        };
        let threads = (0..4).map(one).collect();
        Self { stop, threads }
    }

    /// Stops them; answers how many requests there were and how long the longest took.
    fn end(self) -> (usize, Duration) {
        self.stop.store(true, Ordering::Relaxed);
        let times: Vec<Duration> =
            self.threads.into_iter().flat_map(|t| t.join().expect("a good client")).collect();
        (times.len(), times.into_iter().max().unwrap_or_default())
    }
}

/// Opens connections, each of which begins in the same way.
fn open(address: &str, count: usize, begin: &str) -> Vec<TcpStream> {
    let one = |_| {
        let mut stream = connect(address, Duration::from_secs(5)).expect("a connection");
        stream.write_all(begin.as_bytes()).expect("the first bytes are taken");
        stream.set_nonblocking(true).expect("it does not wait");
        stream
    };
    (0..count).map(one).collect()
}

/// Goes on with each of them byte by byte until the server has closed it; answers how long the last
/// one lasted and what the first one was told.
fn drip(
    mut streams: Vec<TcpStream>,
    byte: &[u8],
    every: Duration,
    within: Duration,
) -> (Duration, String) {
    let began = Instant::now();
    let mut told = String::new();
    while !streams.is_empty() {
        assert!(
            began.elapsed() < within,
            "{} slow connections are still open after {within:?}",
            streams.len()
        );
        streams.retain_mut(|stream| {
            let _ = stream.write_all(byte);
            let mut chunk = [0; 4_096];
            match stream.read(&mut chunk) {
                Ok(0) => false,
                Ok(n) => {
                    if told.is_empty() {
                        told = String::from_utf8_lossy(&chunk[..n]).into_owned();
                    }
                    true
                }
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            }
        });
        thread::sleep(every);
    }
    (began.elapsed(), told)
}

#[test]
fn a_thousand_slow_clients_hold_nothing() {
    let _alone = alone();
    let county = County::embedded();
    let server = Program::serve(&county);
    let good = Good::start(&county, &server.address);
    let token = county.people.window.clone();
    let heads = open(&server.address, 1_000, "GET /api/v1/matters HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let second = Duration::from_secs(1);
    let heads = thread::spawn(move || drip(heads, b"a", second, Duration::from_secs(15)));
    let body = format!(
        "POST /api/v1/matters HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"
    );
    let bodies = open(&server.address, 200, &body);
    let bodies = thread::spawn(move || drip(bodies, b" ", second, Duration::from_secs(35)));
    // Answers that nobody reads, more of them than the machine's buffers hold.
    let asked = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(400);
    let mut readers: Vec<TcpStream> =
        (0..50).map(|_| connect(&server.address, second).expect("a connection")).collect();
    for reader in &mut readers {
        let _ = reader.write_all(asked.as_bytes());
    }
    let (heads, _) = heads.join().expect("slow heads are closed");
    let (bodies, told) = bodies.join().expect("slow bodies are closed");
    let began = Instant::now();
    while open_connections(server.id()) > 20 {
        let open = open_connections(server.id());
        assert!(
            began.elapsed() < Duration::from_secs(35),
            "{open} connections are held by answers that nobody reads"
        );
        thread::sleep(Duration::from_millis(200));
    }
    drop(readers);
    let (requests, longest) = good.end();
    println!(
        "slow: 1000 heads gone after {heads:?}, 200 bodies after {bodies:?}; {requests} good requests, longest {longest:?}"
    );
    assert!(
        told.starts_with("HTTP/1.1 408 ") && told.contains("urn:shanzhi:problem:slow"),
        "{told}"
    );
    assert!(longest < 2 * second, "a good request took {longest:?}");
}

/// How many sockets a process holds.
fn open_connections(id: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).expect("its files").flatten();
    let links = files.filter_map(|f| std::fs::read_link(f.path()).ok());
    links.filter(|l| l.to_string_lossy().starts_with("socket:")).count()
}

#[test]
fn more_connections_than_files_wait_and_nothing_breaks() {
    let _alone = alone();
    let county = County::embedded();
    // The program may open 128 files and no more.
    let own = county.command();
    let arguments: Vec<String> = own.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 128; exec \"$0\" \"$@\"", SHANZHI]).args(arguments);
    command.env("RUST_LOG", "error");
    let server = Program::serve_by(command, &county);
    let mut director = server.client(&county.people.director);
    assert_eq!(director.get("/api/v1/matters").expect("an answer").status, 200);
    let good = Good::start(&county, &server.address);
    thread::sleep(Duration::from_millis(200));
    let held = open(&server.address, 200, "GET /healthz HTTP/1.1\r\n");
    thread::sleep(Duration::from_secs(1));
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.id())).expect("its files").count();
    let (requests, longest) = good.end();
    println!("files: {files} open of 128, {requests} good requests, longest {longest:?}");
    assert!(files >= 120, "the limit was reached: {files}");
    assert!(
        requests > 20 && longest < Duration::from_secs(2),
        "whoever is in is served: {requests}, {longest:?}"
    );
    drop(held);
    let began = Instant::now();
    while !server
        .client("")
        .within(Duration::from_secs(1))
        .get("/healthz")
        .is_ok_and(|a| a.status == 200)
    {
        assert!(began.elapsed() < Duration::from_secs(5), "whoever comes later is served again");
    }
    assert_eq!(director.get("/api/v1/matters").expect("an answer").status, 200);
    county.verify();
}
