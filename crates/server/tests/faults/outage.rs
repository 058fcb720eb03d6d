//! The database server goes away and comes back, politely or not; the program stays up.

use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::client::Client;
use super::county::County;
use super::load::{Load, Manner, Sent, acknowledged, finish, intake, nothing_is_lost};
use super::postgres::Cluster;
use super::program::Program;
use super::{alone, seed};

/// Clients that do not give up, and pause long enough to leave some of the machine to the others.
const PATIENT: Manner = Manner { stubborn: true, pause: Duration::from_millis(5), record: None };

/// What an act and a list are told while the database is away.
fn told_to_come_back(address: &str, county: &County) {
    let mut window = Client::new(address, &county.people.window).within(Duration::from_secs(10));
    let mut dice = Dice::new(1);
    let began = Instant::now();
    let act =
        window.post("/api/v1/matters", None, &intake(&mut dice)).expect("an answer to an act");
    let list = window.get("/api/v1/matters").expect("an answer to a list");
    for answer in [&act, &list] {
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("2")), "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
        assert_eq!(answer.json()["type"], "urn:shanzhi:problem:unavailable", "{answer:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "they were told after {:?}", began.elapsed());
    let mut anyone = Client::new(address, "");
    assert_eq!(anyone.get("/healthz").expect("an answer").status, 200);
    let ready = anyone.get("/readyz").expect("an answer");
    assert_eq!((ready.status, ready.header("retry-after")), (503, Some("2")), "{ready:?}");
}

/// Waits until the program says by itself that it serves again.
fn ready_again(address: &str) -> Duration {
    let began = Instant::now();
    while !Client::new(address, "").get("/readyz").is_ok_and(|a| a.status == 200) {
        assert!(began.elapsed() < Duration::from_secs(10), "it serves again by itself");
        thread::sleep(Duration::from_millis(50));
    }
    began.elapsed()
}

/// Nothing lost, nothing twice, nothing broken.
fn all_is_there(county: &County, server: &Program, sent: &mut [Sent], name: &str) {
    nothing_is_lost(county, &server.address, sent);
    let kept = acknowledged(sent);
    let brought = finish(&server.address, sent);
    let refused: usize = sent.iter().map(|s| s.refused).sum();
    let verdict = county.verify();
    assert_eq!(verdict.matters, brought, "every request that was brought is there once");
    println!(
        "{name}: {kept} acknowledged, 0 lost, {refused} told to come back, {} matters",
        verdict.matters
    );
    assert!(kept > 20, "the clients were at work: {kept}");
}

#[test]
fn postgresql_stops_and_starts() {
    let _alone = alone();
    let Some(cluster) = Cluster::start() else { return };
    let county = County::on_postgres(&cluster);
    let mut server = Program::serve(&county);
    let load = Load::start(&county, &server.address, 4, 1, &PATIENT);
    thread::sleep(Duration::from_secs(1));
    cluster.stop("fast");
    told_to_come_back(&server.address, &county);
    thread::sleep(Duration::from_secs(1));
    told_to_come_back(&server.address, &county);
    cluster.up();
    let after = ready_again(&server.address);
    thread::sleep(Duration::from_secs(1));
    let mut sent = load.end();
    println!("outage: serves again {after:?} after PostgreSQL does");
    all_is_there(&county, &server, &mut sent, "outage");
    // Without its database it can still be stopped in peace.
    cluster.stop("fast");
    server.terminate();
    let ended = server.ended(Duration::from_secs(8)).expect("it ends within seconds");
    assert!(ended.success(), "{ended}");
}

#[test]
fn postgresql_is_killed_again_and_again() {
    let _alone = alone();
    let Some(cluster) = Cluster::start() else { return };
    let county = County::on_postgres(&cluster);
    let server = Program::serve(&county);
    let mut dice = Dice::new(seed("PostgreSQL killed"));
    let load = Load::start(&county, &server.address, 6, 1, &PATIENT);
    for round in 0..6 {
        thread::sleep(Duration::from_millis(dice.between(100, 800) as u64));
        if round % 2 == 0 {
            cluster.kill()
        } else {
            cluster.stop("immediate")
        }
        cluster.up();
        ready_again(&server.address);
    }
    thread::sleep(Duration::from_millis(500));
    let mut sent = load.end();
    all_is_there(&county, &server, &mut sent, "PostgreSQL killed");
}

#[test]
fn a_table_that_somebody_locks_is_waited_for_and_then_told() {
    let Some(cluster) = Cluster::start() else { return };
    let county = County::on_postgres(&cluster);
    let server = Program::serve(&county);
    let mut sql = cluster.connect();
    sql.batch_execute("begin; lock table matter in access exclusive mode").expect("it is locked");
    let (window, mut dice) = (&county.people.window, Dice::new(1));
    let told =
        server.client(window).post("/api/v1/matters", None, &intake(&mut dice)).expect("an answer");
    assert_eq!((told.status, told.header("retry-after")), (503, Some("2")), "{told:?}");
    assert_eq!(told.json()["type"], "urn:shanzhi:problem:unavailable", "{told:?}");
    sql.batch_execute("rollback").expect("it is free");
    let born =
        server.client(window).post("/api/v1/matters", None, &intake(&mut dice)).expect("an answer");
    assert_eq!(born.status, 201, "{born:?}");
}
