//! Two programs on one database: on the embedded one the second refuses, on PostgreSQL both serve.

use std::thread;
use std::time::{Duration, Instant};

use domain::rehearsal::Dice;
use postgres::Client as Sql;

use super::alone;
use super::client::Answer;
use super::county::{County, OFFICE};
use super::load::{Load, Manner, acknowledged, finish, intake, nothing_is_lost};
use super::postgres::Cluster;
use super::program::Program;

#[test]
fn a_second_program_refuses_a_folder_that_is_served() {
    let county = County::embedded();
    let server = Program::serve(&county);
    let second =
        county.command().args(["serve", "--listen", "127.0.0.1:0"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("another shanzhi serves") && said.contains("data"), "{said}");
    // Everything else goes on beside the one that serves, and a killed one holds nothing.
    county.verify();
    assert_eq!(
        server.client(&county.people.director).get("/api/v1/matters").expect("an answer").status,
        200
    );
    server.kill();
    let server = Program::serve(&county);
    assert_eq!(server.client("").get("/readyz").expect("an answer").status, 200);
}

/// Two programs on one PostgreSQL.
struct Pair {
    cluster: Cluster,
    county: County,
    servers: [Program; 2],
}

impl Pair {
    fn start() -> Option<Self> {
        let cluster = Cluster::start()?;
        let county = County::on_postgres(&cluster);
        let servers = [Program::serve(&county), Program::serve(&county)];
        Some(Self { cluster, county, servers })
    }

    /// Sends the same request to both at once.
    fn both(&self, token: &str, path: &str, key: Option<&str>, body: &str) -> Vec<Answer> {
        let ask = |server: &Program| server.client(token).post(path, key, body).expect("an answer");
        thread::scope(|scope| {
            let asked: Vec<_> =
                self.servers.iter().map(|server| scope.spawn(move || ask(server))).collect();
            asked.into_iter().map(|a| a.join().expect("an answer")).collect()
        })
    }
}

#[test]
fn of_two_acts_on_one_matter_one_wins() {
    let _alone = alone();
    let Some(pair) = Pair::start() else { return };
    let people = &pair.county.people;
    let mut dice = Dice::new(1);
    let act =
        format!("{{\"action\":\"dispatch\",\"version\":1,\"data\":{{\"unit\":\"{OFFICE}\"}}}}");
    for round in 0..20 {
        // One request under one key at both: it is brought once and both are told the same.
        let key = format!("twice-{round}");
        let born = pair.both(&people.window, "/api/v1/matters", Some(&key), &intake(&mut dice));
        assert_eq!(
            (born[0].status, born[1].status, &born[0].body),
            (201, 201, &born[1].body),
            "{born:?}"
        );
        let code = born[0].json()["code"].as_str().expect("a code").to_owned();
        let acts =
            pair.both(&people.dispatcher, &format!("/api/v1/matters/{code}/acts"), None, &act);
        let mut statuses = [acts[0].status, acts[1].status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{acts:?}");
        for server in &pair.servers {
            let look = server
                .client(&people.director)
                .get(&format!("/api/v1/matters/{code}"))
                .expect("an answer");
            assert_eq!((look.status, look.json()["version"].as_u64()), (200, Some(2)), "{look:?}");
        }
    }
    let verdict = pair.county.verify();
    assert_eq!((verdict.matters, verdict.events), (20, 40));
}

#[test]
fn two_programs_share_the_work_and_count_it_once() {
    let _alone = alone();
    let Some(pair) = Pair::start() else { return };
    let manner = Manner { stubborn: true, pause: Duration::from_millis(2), record: None };
    let loads: Vec<Load> = pair
        .servers
        .iter()
        .zip(0..)
        .map(|(server, no)| Load::start(&pair.county, &server.address, 3, no, &manner))
        .collect();
    thread::sleep(Duration::from_secs(4));
    let mut all: Vec<_> = loads.into_iter().flat_map(Load::end).collect();
    // What one has acknowledged the other knows.
    for server in &pair.servers {
        nothing_is_lost(&pair.county, &server.address, &all);
    }
    let kept = acknowledged(&all);
    let brought = finish(&pair.servers[0].address, &mut all);
    let mut sql = pair.cluster.connect();
    until(|| waiting(&mut sql) == 0, "what was counted is folded");
    let verdict = pair.county.verify();
    println!("pair: {kept} acknowledged by two programs, {} matters", verdict.matters);
    assert_eq!(verdict.matters, brought);
}

#[test]
fn background_work_is_done_by_whoever_holds_the_lease() {
    let _alone = alone();
    let Some(pair) = Pair::start() else { return };
    let mut sql = pair.cluster.connect();
    until(|| owner(&mut sql).is_some(), "somebody holds the lease");
    // A third program that neither of them knows holds it: neither does anything.
    sql.execute("update lease set owner = 'a third', until = $1", &[&i64::MAX])
        .expect("it is updated");
    thread::sleep(Duration::from_millis(1_500));
    let mut dice = Dice::new(2);
    for server in &pair.servers {
        let answer = server.client(&pair.county.people.window).post(
            "/api/v1/matters",
            None,
            &intake(&mut dice),
        );
        assert_eq!(answer.expect("an answer").status, 201);
    }
    thread::sleep(Duration::from_millis(1_500));
    assert!(waiting(&mut sql) > 0, "nobody folds without the lease");
    assert_eq!(owner(&mut sql).as_deref(), Some("a third"));
    // The third one is gone and its lease has run out: one of them takes it and goes on.
    sql.execute("update lease set until = 0", &[]).expect("it is updated");
    until(|| waiting(&mut sql) == 0, "one of them took over");
    let holder = owner(&mut sql).expect("a holder");
    thread::sleep(Duration::from_millis(2_500));
    assert_eq!(owner(&mut sql), Some(holder.clone()), "the lease stays where it is");
    // Whoever stops gives it back, so that the other need not wait for its end.
    let [mut first, second] = pair.servers;
    first.terminate();
    assert!(first.ended(Duration::from_secs(30)).is_some_and(|status| status.success()));
    if owner(&mut sql).as_ref() != Some(&holder) {
        until(|| owner(&mut sql).is_some(), "the other one took over");
    }
    let answer =
        second.client(&pair.county.people.window).post("/api/v1/matters", None, &intake(&mut dice));
    assert_eq!(answer.expect("an answer").status, 201);
    until(|| waiting(&mut sql) == 0, "the other one goes on");
    pair.county.verify();
}

/// Waits until something is so.
fn until(mut so: impl FnMut() -> bool, what: &str) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(15), "{what}, within 15 seconds");
        thread::sleep(Duration::from_millis(50));
    }
}

fn owner(sql: &mut Sql) -> Option<String> {
    let rows = sql.query("select owner from lease where name = 'jobs'", &[]).expect("the leases");
    rows.first().map(|row| row.get(0))
}

/// How many rows wait to be counted or indexed.
fn waiting(sql: &mut Sql) -> i64 {
    let text = "select (select count(*) from tally_delta) + (select count(*) from search_pending)";
    sql.query_one(text, &[]).expect("the rows that wait").get(0)
}
