//! A mail server and a gateway for text messages on the loopback, with real sockets. They behave as they
//! are told and remember what they were handed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It takes what it is handed.
    Takes,
    /// It answers with this number; SMTP to the recipient, HTTP as status.
    Says(u16),
    /// It takes the connection and says nothing.
    Silent,
    /// It says something that is not its protocol.
    Babbles,
    /// It takes the message and hangs up before it has said so.
    TakesAndHangsUp,
}

/// What a server was handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Whom it is for.
    pub to: String,
    /// Its name: Message-ID or key.
    pub name: String,
    /// Everything: headers and words of an e-mail, head and JSON of a request.
    pub text: String,
}

struct Shared {
    mood: Mood,
    handed: Vec<Handed>,
    met: usize,
}

/// A server that lives as long as the test.
#[derive(Clone)]
pub struct FakeServer {
    shared: Arc<Mutex<Shared>>,
    port: u16,
}

impl FakeServer {
    /// A mail server.
    pub fn mail() -> Self {
        Self::start(mail)
    }

    /// A gateway for text messages.
    pub fn gateway() -> Self {
        Self::start(gateway)
    }

    fn start(serve: fn(&Self, TcpStream) -> std::io::Result<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Mutex::new(Shared { mood: Mood::Takes, handed: Vec::new(), met: 0 }));
        let server = Self { shared, port };
        let own = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let one = own.clone();
                one.with(|s| s.met += 1);
                thread::spawn(move || {
                    // A client that hangs up is its own affair.
                    let _ = serve(&one, stream);
                });
            }
        });
        server
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shared) -> T) -> T {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Behaves otherwise from now on.
    pub fn now(&self, mood: Mood) {
        self.with(|s| s.mood = mood);
    }

    /// What it was handed, in order.
    pub fn handed(&self) -> Vec<Handed> {
        self.with(|s| s.handed.clone())
    }

    /// How many connections it met.
    pub fn met(&self) -> usize {
        self.with(|s| s.met)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// A port of the loopback at which nobody listens.
pub fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn mail(server: &FakeServer, mut stream: TcpStream) -> std::io::Result<()> {
    let mood = server.with(|s| s.mood);
    match mood {
        Mood::Silent => {
            thread::sleep(Duration::from_secs(30));
            return Ok(());
        }
        Mood::Babbles => return stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n"),
        _ => {}
    }
    stream.write_all(b"220 fake\r\n")?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let upper = line.to_uppercase();
        if upper.starts_with("EHLO") || upper.starts_with("HELO") {
            stream.write_all(b"250 fake\r\n")?;
        } else if upper.starts_with("RCPT") {
            to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            match mood {
                // A server repeats the address in what it says.
                Mood::Says(code) => stream.write_all(format!("{code} <{to}> no\r\n").as_bytes())?,
                _ => stream.write_all(b"250 fine\r\n")?,
            }
        } else if upper.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n")?;
            let text = data(&mut lines)?;
            let id = text.lines().find_map(|l| l.strip_prefix("Message-ID: "));
            let name = id.unwrap_or_default().trim().to_owned();
            server.with(|s| s.handed.push(Handed { to: to.clone(), name, text }));
            if mood == Mood::TakesAndHangsUp {
                return Ok(());
            }
            stream.write_all(b"250 taken\r\n")?;
        } else if upper.starts_with("QUIT") {
            return stream.write_all(b"221 bye\r\n");
        } else {
            stream.write_all(b"250 fine\r\n")?;
        }
    }
}

/// The lines up to the point that ends them.
fn data(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}

fn gateway(server: &FakeServer, mut stream: TcpStream) -> std::io::Result<()> {
    let mood = server.with(|s| s.mood);
    match mood {
        Mood::Silent => {
            thread::sleep(Duration::from_secs(30));
            return Ok(());
        }
        Mood::Babbles => return stream.write_all(b"220 mail here\r\n"),
        _ => {}
    }
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        let lower = line.to_lowercase();
        if let Some(n) = lower.strip_prefix("content-length:") {
            length = n.trim().parse().unwrap_or(0);
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let said: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
    let (to, name) = (text("to"), text("id"));
    let status = match mood {
        Mood::Says(status) => status,
        _ => {
            server.with(|s| s.handed.push(Handed { to, name, text: format!("{head}\r\n{body}") }));
            200
        }
    };
    if mood == Mood::TakesAndHangsUp {
        return Ok(());
    }
    let answer = "{\"code\":\"0\"}";
    stream.write_all(
        format!(
            "HTTP/1.1 {status} so\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
            answer.len()
        )
        .as_bytes(),
    )
}
