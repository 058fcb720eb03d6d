//! The program is asked to stop: what is under way ends well, nothing new begins, and it is quick.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::alone;
use super::client::{connect, read_answer};
use super::county::County;
use super::load::{Load, Manner, acknowledged, finish, intake, nothing_is_lost};
use super::program::Program;

/// A request of which the last byte is still to come.
fn half(address: &str, token: &str, body: &str) -> TcpStream {
    let mut stream = connect(address, Duration::from_secs(10)).expect("a connection");
    let head = format!(
        "POST /api/v1/matters HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the head is taken");
    stream.write_all(&body.as_bytes()[..body.len() - 1]).expect("most of the body is taken");
    stream
}

#[test]
fn sigterm_lets_requests_under_way_end() {
    let _alone = alone();
    let county = County::embedded();
    let mut server = Program::serve(&county);
    let mut dice = Dice::new(1);
    let body = intake(&mut dice);
    let mut open: Vec<TcpStream> =
        (0..5).map(|_| half(&server.address, &county.people.window, &body)).collect();
    // Connections on which nothing is under way hold nobody up.
    let mut idle = server.client(&county.people.director);
    assert_eq!(idle.get("/api/v1/matters").expect("an answer").status, 200);
    thread::sleep(Duration::from_millis(200));
    server.terminate();
    let told = Instant::now();
    while TcpStream::connect(&server.address).is_ok() {
        assert!(told.elapsed() < Duration::from_secs(2), "new connections are refused");
        thread::sleep(Duration::from_millis(5));
    }
    let refused = TcpStream::connect(&server.address).expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    for stream in &mut open {
        stream.write_all(&body.as_bytes()[body.len() - 1..]).expect("the rest is taken");
        let answer = read_answer(stream).expect("a request under way is answered");
        assert_eq!(
            (answer.status, answer.header("connection")),
            (201, Some("close")),
            "{answer:?}"
        );
    }
    let ended = server.ended(Duration::from_secs(30)).expect("it ends");
    println!("drain: ended {:?} after SIGTERM", told.elapsed());
    assert!(ended.success(), "{ended}");
    assert_eq!(county.verify().matters, 5);
}

#[test]
fn sigterm_under_load_loses_nothing() {
    let _alone = alone();
    let county = County::embedded();
    let mut brought = 0;
    for round in 0..3 {
        let mut server = Program::serve(&county);
        let manner = Manner { stubborn: false, pause: Duration::ZERO, record: None };
        let load = Load::start(&county, &server.address, 6, round, &manner);
        thread::sleep(Duration::from_millis(500));
        server.terminate();
        let ended = server.ended(Duration::from_secs(30)).expect("it ends");
        assert!(ended.success(), "{ended}");
        let mut sent = load.end();
        assert!(acknowledged(&sent) > 5, "the clients were at work");
        let server = Program::serve(&county);
        nothing_is_lost(&county, &server.address, &sent);
        brought += finish(&server.address, &mut sent);
    }
    assert_eq!(county.verify().matters, brought);
    // What stops in peace leaves one file: the log has been moved into it.
    let mut server = Program::serve(&county);
    server.terminate();
    assert!(server.ended(Duration::from_secs(30)).is_some_and(|s| s.success()));
    assert!(!county.data().join("shanzhi.db-wal").exists(), "the log is moved into the database");
}

#[test]
fn a_client_that_never_ends_does_not_hold_a_stop_for_ever() {
    let county = County::embedded();
    let mut server = Program::serve(&county);
    let _open = half(&server.address, &county.people.window, "{ }");
    thread::sleep(Duration::from_millis(100));
    server.terminate();
    let ended =
        server.ended(Duration::from_secs(13)).expect("it ends after the time that it gives");
    assert!(ended.success(), "{ended}");
}
