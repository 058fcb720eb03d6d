//! The process is killed at a random moment, again and again, while clients write.

use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;

use super::county::County;
use super::load::{Load, Manner, acknowledged, finish, nothing_is_lost};
use super::postgres::Cluster;
use super::program::Program;
use super::{alone, seed};

const ROUNDS: u64 = 20;
const CLIENTS: usize = 8;

fn killed_again_and_again(name: &str, county: &County) {
    let (seed, began) = (seed(name), Instant::now());
    let mut dice = Dice::new(seed);
    let (mut kept, mut brought, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..ROUNDS {
        let server = Program::serve(county);
        let manner = Manner { stubborn: false, pause: Duration::ZERO, record: None };
        let load = Load::start(county, &server.address, CLIENTS, round, &manner);
        thread::sleep(Duration::from_millis(dice.between(50, 600) as u64));
        server.kill();
        let mut sent = load.end();
        kept += acknowledged(&sent);
        let restart = Instant::now();
        let server = Program::serve(county);
        slowest = slowest.max(restart.elapsed());
        nothing_is_lost(county, &server.address, &sent);
        brought += finish(&server.address, &mut sent);
        server.kill();
    }
    let verdict = county.verify();
    assert_eq!(verdict.matters, brought, "every request that was brought is there once");
    println!(
        "{name}: {ROUNDS} kills, {kept} acknowledged, 0 lost, {} matters, {} events, slowest restart {slowest:?}, {:?}",
        verdict.matters,
        verdict.events,
        began.elapsed()
    );
    // A slow machine acknowledges little in a moment: a few in each round are enough to lose.
    assert!(kept as u64 > 2 * ROUNDS, "the clients were at work: {kept}");
}

#[test]
fn kill_9_loses_nothing_on_the_embedded_database() {
    let _alone = alone();
    killed_again_and_again("kill -9, embedded", &County::embedded());
}

#[test]
fn kill_9_loses_nothing_on_postgresql() {
    let _alone = alone();
    let Some(cluster) = Cluster::start() else { return };
    killed_again_and_again("kill -9, PostgreSQL", &County::on_postgres(&cluster));
}
