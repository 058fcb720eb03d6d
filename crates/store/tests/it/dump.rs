//! A dump is the same text whatever engine it comes from, and a damaged one is refused.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use domain::matter::Intake;
use store::disk::Files;
use store::dump::{DumpError, check, dump, restore};
use store::{Conn, Db};
use testkit::{County, Database, Engine, on_both};

/// A county with something in most of its tables.
fn lived_in(database: Database) -> County {
    let county = County::new(database);
    let clerk = county.person(county.township(0), "window-clerk");
    let (who, service) = (county.local(clerk), county.service.clone());
    for body in [county.request(), county.dispute(), county.request()] {
        let (who, service) = (who.clone(), service.clone());
        let intake: Intake = serde_json::from_value(body).expect("an intake");
        let keyed = app::matters::Keyed { key: "a key".into(), digest: [7; 32] };
        let keyed = (intake.kind == "dispute").then_some(keyed);
        county
            .write(move |conn| {
                app::matters::register(conn, &service, &who, (&intake, &[]), keyed.as_ref())
            })
            .expect("registered");
    }
    app::jobs::fold(&county.service, &county.state).expect("folded");
    let body = county.client(clerk).get("/api/v1/matters?lane=held").expect(200).json();
    let code = body["items"][0]["code"].as_str().expect("a code").to_owned();
    county.client(clerk).get(&format!("/api/v1/matters/{code}")).expect(200);
    county.clock.pass(3 * domain::time::DAY_MS);
    app::jobs::close_days(&county.service, &county.state).expect("closed");
    county
}

/// The county has no files: nothing is ever looked for or written there.
fn no_files() -> Files {
    Files::below(Path::new("/nowhere/files"))
}

fn dumped(db: &Db, only: Option<domain::ids::County>) -> Vec<u8> {
    let mut conn = db.own_connection().expect("a connection");
    let mut out = Vec::new();
    dump(&mut conn, &mut out, only, &no_files(), |_| {}).expect("dumped");
    out
}

fn restored(db: &Db, text: &[u8]) -> u64 {
    let mut conn: Conn = db.own_connection().expect("a connection");
    restore(&mut conn, &mut Cursor::new(text), None, &[], &no_files(), |_| {}).expect("restored")
}

fn lines(text: &[u8]) -> BTreeSet<String> {
    String::from_utf8(text.to_vec())
        .expect("UTF-8")
        .lines()
        .filter(|l| !l.starts_with("{\"digest"))
        .map(str::to_owned)
        .collect()
}

/// From each engine to the other and back again.
fn there_and_back(from: Engine, to: Engine) {
    let (Some(from), Some(to), Some(back)) =
        (Database::fresh(from), Database::fresh(to), Database::fresh(from))
    else {
        return;
    };
    let county = lived_in(from);
    let first = dumped(county.db(), None);
    let content = check(&mut Cursor::new(&first)).expect("sound");
    assert!(content.rows > 100, "{}", content.rows);
    let (to, back) = ((to.open(), to), (back.open(), back));
    assert_eq!(restored(&to.0, &first), content.rows);
    let second = dumped(&to.0, None);
    assert_eq!(lines(&second), lines(&first), "the other engine says something else");
    restored(&back.0, &second);
    assert_eq!(lines(&dumped(&back.0, None)), lines(&first), "the way back changed something");
}

#[test]
fn from_sqlite_to_postgres_and_back() {
    there_and_back(Engine::Sqlite, Engine::Postgres);
}

#[test]
fn from_postgres_to_sqlite_and_back() {
    there_and_back(Engine::Postgres, Engine::Sqlite);
}

on_both! {
    fn a_dump_of_one_county_holds_nothing_of_another(database) {
        let county = lived_in(database);
        let whole = dumped(county.db(), None);
        assert_eq!(lines(&dumped(county.db(), Some(county.state.county))), lines(&whole));
        let other = dumped(county.db(), Some(domain::ids::County(110_101)));
        assert_eq!(check(&mut Cursor::new(&other)).expect("sound").rows, 0);
        for table in ["event", "matter", "audit", "read_log", "account", "idempotency", "anchor", "tally"] {
            assert_ne!(county.database.look(&format!("select count(*) from {table}")), ["0"], "{table} is empty: nothing is proved of it");
        }
    }
}

#[test]
fn a_damaged_dump_is_refused() {
    let county = lived_in(Database::fresh(Engine::Sqlite).expect("always there"));
    let whole = dumped(county.db(), None);
    let refused = |text: &[u8]| {
        matches!(check(&mut Cursor::new(text)), Err(DumpError::Damaged(_) | DumpError::Io(_)))
    };
    assert!(!refused(&whole));
    for part in 1..40 {
        let at = whole.len() * part / 40;
        let mut bad = whole.clone();
        bad[at] ^= 1;
        assert!(refused(&bad), "a changed byte at {at} was not noticed");
        assert!(refused(&whole[..at]), "an end at {at} was not noticed");
    }
    let text = String::from_utf8(whole).expect("UTF-8");
    let mut rows: Vec<&str> = text.lines().collect();
    let event = rows.iter().position(|l| l.contains("\"table\":\"event\"")).expect("events") + 1;
    let row = rows.remove(event);
    assert!(refused(rows.join("\n").as_bytes()), "a missing row was not noticed");
    rows.insert(event, row);
    rows.insert(event, row);
    assert!(refused(rows.join("\n").as_bytes()), "a doubled row was not noticed");
}
