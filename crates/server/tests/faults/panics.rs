//! The program fails inside: whoever asked is told so, nobody is told what it was working on.

use std::fs;

use super::county::County;
use super::is_debug;
use super::program::Program;

const NAME: &str = "王小明 532925199001010011";

#[test]
fn a_panic_is_an_answer_and_its_text_is_nowhere() {
    if !is_debug() {
        return;
    }
    let county = County::embedded();
    let server = Program::serve_with(&county, &[], &[("SHANZHI_FAULTS", "1")]);
    for address in ["/faults/handler", "/faults/act"] {
        let answer = server.client("").post(address, None, NAME).expect("an answer");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (500, Some("application/problem+json")),
            "{answer:?}"
        );
        assert_eq!(answer.json()["type"], "urn:shanzhi:problem:internal", "{answer:?}");
        assert!(!answer.body.contains("王小明"), "{answer:?}");
    }
    // The act that failed took nothing with it: the writer goes on.
    let mut window = server.client(&county.people.window);
    let born = window.post(
        "/api/v1/matters",
        None,
        &super::load::intake(&mut domain::rehearsal::Dice::new(1)),
    );
    assert_eq!(born.expect("an answer").status, 201);
    let log = fs::read_to_string(county.log()).expect("a log");
    let places: Vec<&str> = log.lines().filter(|l| l.contains("\"a panic\"")).collect();
    assert_eq!(places.len(), 2, "{log}");
    assert!(places.iter().all(|l| l.contains("crates/web/src/api/faults.rs:")), "{log}");
    assert!(!log.contains("王小明") && !log.contains("it held"), "{log}");
}

#[test]
fn no_address_fails_on_purpose_where_nobody_asks_for_it() {
    let county = County::embedded();
    let server = Program::serve(&county);
    assert_eq!(
        server.client("").post("/faults/handler", None, NAME).expect("an answer").status,
        404
    );
}
