//! Clients that bring requests and carry them on until they are told to stop or the server is gone.
//! Each keeps what was acknowledged in a file of its own and makes it durable line by line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::rehearsal::Dice;

use super::client::{Answer, Client};
use super::county::{County, OFFICE, PLACE, People};

/// One request and, if it was acknowledged, what it was answered.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The client's key.
    pub key: String,
    pub token: String,
    pub path: String,
    pub body: String,
    pub acknowledged: Option<Acknowledged>,
    /// How often it was told to come back later.
    pub refused: usize,
}

/// An answer that somebody relies on.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub status: u16,
    pub body: String,
    pub code: String,
    pub version: u64,
    /// How long the record of the program's writes was when the client had the answer.
    pub recorded: u64,
}

/// How the clients behave.
#[derive(Clone)]
pub struct Manner {
    /// Whether a request that was not acknowledged is sent again, with its key, until it is.
    pub stubborn: bool,
    /// The pause between two requests.
    pub pause: Duration,
    /// Where the program's writes are recorded.
    pub record: Option<PathBuf>,
}

/// A running load.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<Sent>>>,
}

impl Load {
    /// Starts some clients. `round` keeps the keys of several loads apart.
    pub fn start(
        county: &County,
        address: &str,
        clients: usize,
        round: u64,
        manner: &Manner,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let one = |no: usize| {
            let log = county.folder().join(format!("acknowledged-{round}-{no}"));
            let mut worker = Worker::new(&log, address, &county.people, (round, no), manner, &stop);
            thread::spawn(move || {
                while !worker.stop.load(Ordering::Relaxed) && worker.life() {}
                worker.sent
            })
        };
        let threads = (0..clients).map(one).collect();
        Self { stop, threads }
    }

    /// Stops the clients and takes what they sent.
    pub fn end(self) -> Vec<Sent> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().flat_map(|t| t.join().expect("a client")).collect()
    }
}

struct Worker {
    log: File,
    clients: BTreeMap<String, Client>,
    address: String,
    people: People,
    name: String,
    dice: Dice,
    manner: Manner,
    stop: Arc<AtomicBool>,
    sent: Vec<Sent>,
}

impl Worker {
    fn new(
        log: &Path,
        address: &str,
        people: &People,
        (round, no): (u64, usize),
        manner: &Manner,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            log: File::create(log).expect("a log"),
            clients: BTreeMap::new(),
            address: address.to_owned(),
            people: people.clone(),
            name: format!("{round}-{no}"),
            dice: Dice::new(round.wrapping_mul(1_000).wrapping_add(no as u64)),
            manner: manner.clone(),
            stop: stop.clone(),
            sent: Vec::new(),
        }
    }

    /// One whole life of a request; answers whether the server is still there.
    fn life(&mut self) -> bool {
        let People { window, dispatcher, police, .. } = self.people.clone();
        let intake = intake(&mut self.dice);
        let Some(code) = self.send(&window, "/api/v1/matters", &intake) else { return false };
        let acts = format!("/api/v1/matters/{code}/acts");
        let steps = [
            (dispatcher, format!("{{\"action\":\"dispatch\",\"version\":1,\"data\":{{\"unit\":\"{OFFICE}\"}}}}")),
            (police, "{\"action\":\"answer\",\"version\":2,\"data\":{\"answer\":\"路灯已经修复。\",\"resolved\":true}}".to_owned()),
            (window, "{\"action\":\"rate\",\"version\":3,\"data\":{\"rating\":5}}".to_owned()),
        ];
        steps.into_iter().all(|(token, body)| self.send(&token, &acts, &body).is_some())
    }

    /// Sends one request; answers with the code once it is acknowledged.
    fn send(&mut self, token: &str, path: &str, body: &str) -> Option<String> {
        let key = format!("{}-{}", self.name, self.sent.len());
        let at = self.sent.len();
        let (token, path, body) = (token.to_owned(), path.to_owned(), body.to_owned());
        self.sent.push(Sent { key, token, path, body, acknowledged: None, refused: 0 });
        loop {
            thread::sleep(self.manner.pause);
            let sent = self.sent[at].clone();
            let address = &self.address;
            let client = self
                .clients
                .entry(sent.token.clone())
                .or_insert_with(|| Client::new(address, &sent.token));
            match client.post(&sent.path, Some(&sent.key), &sent.body) {
                Ok(answer) if matches!(answer.status, 200 | 201) => {
                    let acknowledged = Acknowledged::of(&answer, self.manner.record.as_deref());
                    let code = acknowledged.code.clone();
                    writeln!(
                        self.log,
                        "{} {} {} {}",
                        sent.key, sent.path, answer.status, answer.body
                    )
                    .expect("a line");
                    self.log.sync_data().expect("the line is durable");
                    self.sent[at].acknowledged = Some(acknowledged);
                    return Some(code);
                }
                Ok(answer) if answer.status == 503 => {
                    assert!(
                        answer.header("retry-after").is_some(),
                        "a 503 says when to come back: {answer:?}"
                    );
                    self.sent[at].refused += 1;
                }
                Ok(answer) => panic!("{} is answered {answer:?}", sent.body),
                Err(_) if !self.manner.stubborn => return None,
                Err(_) => {}
            }
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Acknowledged {
    fn of(answer: &Answer, record: Option<&Path>) -> Self {
        let recorded = record.and_then(|path| path.metadata().ok()).map_or(0, |state| state.len());
        let json = answer.json();
        let code = json["code"].as_str().expect("a code").to_owned();
        let version = json["version"].as_u64().expect("a version");
        Self { status: answer.status, body: answer.body.clone(), code, version, recorded }
    }
}

/// A request that a resident brings.
pub fn intake(dice: &mut Dice) -> String {
    let (n, name, phone) =
        (dice.below(90_000), domain::rehearsal::name(dice), domain::rehearsal::phone(dice));
    format!(
        "{{\"kind\":\"request\",\"place\":\"{PLACE}\",\"source\":\"window\",\"title\":\"人民路{n}号路灯不亮\",\
         \"fields\":{{\"content\":\"人民路{n}号门前的路灯已经坏了十多天,请派人维修。\",\"request-class\":\"construction\"}},\
         \"parties\":[{{\"role\":\"petitioner\",\"details\":{{\"name\":\"{name}\",\"phone\":\"{phone}\"}}}}]}}"
    )
}

/// How many of some requests were acknowledged.
pub fn acknowledged(sent: &[Sent]) -> usize {
    sent.iter().filter(|s| s.acknowledged.is_some()).count()
}

/// Proves that nothing that was acknowledged is lost: each matter is at its version or beyond, and
/// each request, sent again, gets its first answer byte for byte.
pub fn nothing_is_lost(county: &County, address: &str, sent: &[Sent]) {
    let lost = |part: &[&Sent]| {
        let mut director = Client::new(address, &county.people.director);
        let mut again: BTreeMap<String, Client> = BTreeMap::new();
        for sent in part {
            let Some(first) = &sent.acknowledged else { continue };
            let path = format!("/api/v1/matters/{}", first.code);
            let look = director.get(&path).expect("an answer");
            assert_eq!(look.status, 200, "{} was acknowledged: {look:?}", first.code);
            let version = look.json()["version"].as_u64().unwrap_or(0);
            assert!(
                version >= first.version,
                "{} was at {} and is at {version}",
                first.code,
                first.version
            );
            let client = again
                .entry(sent.token.clone())
                .or_insert_with(|| Client::new(address, &sent.token));
            let answer = client.post(&sent.path, Some(&sent.key), &sent.body).expect("an answer");
            assert_eq!(
                (answer.status, &answer.body),
                (first.status, &first.body),
                "the first answer of {}",
                sent.key
            );
        }
    };
    let sent: Vec<&Sent> = sent.iter().collect();
    thread::scope(|scope| {
        for part in sent.chunks(sent.len().div_ceil(6).max(1)) {
            scope.spawn(move || lost(part));
        }
    });
}

/// Sends again whatever was not acknowledged: it is done now, or it was done and gets its answer.
/// Afterwards each key has done exactly one thing, and as many matters are there as were brought.
pub fn finish(address: &str, sent: &mut [Sent]) -> u64 {
    for open in sent.iter_mut().filter(|s| s.acknowledged.is_none()) {
        let answer =
            Client::new(address, &open.token).post(&open.path, Some(&open.key), &open.body);
        let answer = answer.expect("an answer");
        assert!(matches!(answer.status, 200 | 201), "{} sent again: {answer:?}", open.body);
        open.acknowledged = Some(Acknowledged::of(&answer, None));
    }
    sent.iter().filter(|s| s.path == "/api/v1/matters").count() as u64
}
