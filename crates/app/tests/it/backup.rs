//! A backup brings a county back whole: on the other engine, under another master key, beside other
//! counties.

use std::collections::BTreeSet;
use std::io::Cursor;

use app::backup::{BackupError, Restore, backup, check, reindex, restore};
use app::matters::disclose;
use app::setup::serve_county;
use app::{Error, MasterKey, Service};
use domain::ids::{County as Code, MatterCode};
use std::sync::Arc;
use testkit::{CODE, County, Database, Engine, Walker, on_both, shipped};

fn lived_in(database: Database) -> County {
    let county = County::new(database);
    let mut walker = Walker::new(&county, 9);
    for kind in county.state.catalogue.kinds.keys() {
        walker.live(kind, 10);
    }
    let clerk = county.person(county.township(0), "window-clerk");
    let made = county.client(clerk).post("/api/v1/matters", &county.request()).expect(201).json();
    let papers = format!("/api/v1/matters/{}/papers", made["code"].as_str().expect("a code"));
    let receipt = serde_json::json!({ "document": "receipt", "due": 0 });
    county.client(clerk).post(&papers, &receipt).expect(201);
    county.clock.pass(2 * domain::time::DAY_MS);
    app::jobs::close_days(&county.service, &county.state).expect("sealed");
    county
}

fn taken(county: &County) -> Vec<u8> {
    let mut out = Vec::new();
    backup(&county.service, &mut out, None, |_| {}).expect("backed up");
    out
}

/// Restores into an empty database under a key of its own and serves the county from there.
fn brought_back(text: &[u8], from: &County, database: Database) -> County {
    let key = MasterKey::generate().expect("randomness");
    let service =
        Service::new(database.open(), Arc::new(from.clock.clone()), key, database.premises());
    let options = Restore { key: Some(from.service.master()), only: None };
    let (content, keys) = check(&service, &mut Cursor::new(text), &options).expect("sound");
    assert_eq!(content.counties.len(), 1);
    let rows = restore(&service, &mut Cursor::new(text), &keys, None, |_| {}).expect("restored");
    assert_eq!(rows, content.rows);
    let (held, source) = (service.clone(), shipped());
    let serve = move |conn: &mut store::Conn| {
        serve_county(conn, &held, CODE, &source).map(|(state, _)| state)
    };
    let state = service.db().write::<_, Error, _>(serve).wait().expect("served");
    reindex(&service, &state, |_| {}).expect("found by search");
    County::serving(service, state, from.clock.clone(), database, from)
}

fn opened(county: &County, code: MatterCode) -> Vec<String> {
    let director = county.local(county.person(county.township(0), "window-clerk"));
    let service = county.service.clone();
    let opened =
        county.write(move |conn| disclose(conn, &service, &director, code, "核对恢复的数据"));
    opened
        .expect("opened")
        .parties
        .into_values()
        .flat_map(std::collections::BTreeMap::into_values)
        .collect()
}

fn found(county: &County) -> BTreeSet<String> {
    let clerk = county.client(county.person(county.township(0), "window-clerk"));
    let body = serde_json::json!({ "q": "路灯" });
    let hits = clerk.post("/api/v1/search", &body).expect(200).json();
    hits["items"]
        .as_array()
        .expect("hits")
        .iter()
        .map(|h| h["matter"]["code"].to_string())
        .collect()
}

/// The receipt that was handed out, as PDF.
fn print(county: &County) -> Vec<u8> {
    let matter = county.matters().into_iter().find(|m| !m.papers.is_empty()).expect("a paper");
    let clerk = county.client(county.person(county.township(0), "window-clerk"));
    let (matter, paper) = (matter.code(), matter.papers[0].code);
    clerk.get(&format!("/api/v1/matters/{matter}/papers/{paper}.pdf")).expect(200).body
}

fn moves(from: Engine, to: Engine) {
    let (Some(from), Some(to)) = (Database::fresh(from), Database::fresh(to)) else { return };
    let county = lived_in(from);
    let code = county.matters().last().expect("a matter").code();
    let there = brought_back(&taken(&county), &county, to);
    assert_eq!(there.matters(), county.matters());
    assert_eq!(there.verify(), county.verify(), "the roots of the days hold there too");
    assert_eq!(
        opened(&there, code),
        opened(&county, code),
        "what is personal opens under the new key"
    );
    assert!(opened(&there, code).contains(&"张丽".to_owned()));
    assert_eq!(found(&there), found(&county));
    assert!(!found(&there).is_empty());
    assert_eq!(print(&there), print(&county), "the very print that was handed out");
    // Life goes on: new matters get ids and numbers that nobody has.
    let clerk = there.client(there.person(there.township(0), "window-clerk"));
    clerk.post("/api/v1/matters", &there.request()).expect(201);
    let ids: BTreeSet<_> = there.matters().iter().map(domain::matter::Matter::id).collect();
    assert_eq!(ids.len(), county.matters().len() + 1);
    there.verify();
}

#[test]
fn from_sqlite_to_postgres() {
    moves(Engine::Sqlite, Engine::Postgres);
}

#[test]
fn from_postgres_to_sqlite() {
    moves(Engine::Postgres, Engine::Sqlite);
}

#[test]
fn from_sqlite_to_sqlite() {
    moves(Engine::Sqlite, Engine::Sqlite);
}

on_both! {
    fn nothing_is_overwritten_and_no_other_key_opens(database) {
        let county = lived_in(database);
        let text = taken(&county);
        let own = Restore { key: None, only: None };
        let refused = check(&county.service, &mut Cursor::new(&text), &own).err();
        assert!(matches!(refused, Some(BackupError::NotEmpty)), "{refused:?}");
        let only = Restore { key: None, only: Some(CODE) };
        let refused = check(&county.service, &mut Cursor::new(&text), &only).err();
        assert!(matches!(refused, Some(BackupError::CountyThere(c)) if c == CODE), "{refused:?}");
        let empty = Database::fresh(Engine::Sqlite).expect("always there");
        let key = MasterKey::generate().expect("randomness");
        let other = Service::new(empty.open(), Arc::new(county.clock.clone()), key, empty.premises());
        let refused = check(&other, &mut Cursor::new(&text), &own).err();
        assert!(matches!(refused, Some(BackupError::OtherKey)), "{refused:?}");
        county.verify();
    }

    /// One county comes into a database that holds another; the other is not touched.
    fn beside_another_county(database) {
        let source = Database::fresh(Engine::Sqlite).expect("always there");
        let county = lived_in(source);
        let text = taken(&county);
        let neighbour = County::empty(database, &shipped(), Code(110_101));
        let options = Restore { key: Some(county.service.master()), only: Some(CODE) };
        let (_, keys) = check(&neighbour.service, &mut Cursor::new(&text), &options).expect("sound");
        restore(&neighbour.service, &mut Cursor::new(&text), &keys, Some(CODE), |_| {}).expect("restored");
        let (held, files) = (neighbour.service.clone(), shipped());
        let serve = move |conn: &mut store::Conn| serve_county(conn, &held, CODE, &files).map(|(state, _)| state);
        let state = neighbour.service.db().write::<_, Error, _>(serve).wait().expect("served");
        let mut conn = neighbour.db().own_connection().expect("a connection");
        let verdict = app::verify::verify(&mut conn, &neighbour.service, &state, |_| {}).expect("verified");
        assert_eq!((verdict.broken, verdict.matters as usize), (vec![], county.matters().len()));
        assert_eq!(neighbour.verify().matters, 0);
        assert_eq!(neighbour.matters().len(), 0, "the neighbour has none of them");
    }
}
