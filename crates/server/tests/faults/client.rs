//! A small HTTP client: one connection kept open, made again when it breaks.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }
}

/// Somebody who calls.
pub struct Client {
    address: String,
    token: String,
    within: Duration,
    stream: Option<TcpStream>,
}

impl Client {
    pub fn new(address: &str, token: &str) -> Self {
        let within = Duration::from_secs(40);
        Self { address: address.to_owned(), token: token.to_owned(), within, stream: None }
    }

    /// Gives up on an answer after this long.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        let head = format!("GET {path} HTTP/1.1\r\n");
        self.call(&head, "")
    }

    pub fn post(&mut self, path: &str, key: Option<&str>, body: &str) -> io::Result<Answer> {
        let key = key.map(|k| format!("Idempotency-Key: {k}\r\n")).unwrap_or_default();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\n{key}Content-Type: application/json\r\nContent-Length: {length}\r\n"
        );
        self.call(&head, body)
    }

    fn call(&mut self, head: &str, body: &str) -> io::Result<Answer> {
        let sign = if self.token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {}\r\n", self.token)
        };
        let request = format!("{head}Host: {}\r\n{sign}\r\n{body}", self.address);
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(&self.address, self.within)?,
        };
        stream.write_all(request.as_bytes())?;
        let answer = read_answer(&mut stream)?;
        if !answer.header("connection").is_some_and(|c| c.eq_ignore_ascii_case("close")) {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

/// A connection that does not wait for ever.
pub fn connect(address: &str, within: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(within))?;
    stream.set_write_timeout(Some(within))?;
    Ok(stream)
}

/// Reads one answer whole.
pub fn read_answer(stream: &mut TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16_384];
    loop {
        let n = stream.read(&mut chunk)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let mut answer = Answer { status, head, body: String::new() };
        let length: usize =
            answer.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            answer.body = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
            return Ok(answer);
        }
    }
}
