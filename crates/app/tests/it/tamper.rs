//! What somebody alters past the program is found, and named with its matter and event.

use app::matters::{Acting, act, disclose, log_reading, look, register};
use app::verify::{Broken, verify};
use domain::ids::MatterCode;
use domain::matter::Intake;
use serde_json::{Map, json};
use store::chain::{START, hex, link};
use testkit::{County, Database, Walker, on_both};

/// A county with a request of four events, something beside it, readings, and sealed days.
fn lived_in(database: Database) -> (County, MatterCode) {
    let county = County::new(database);
    let mut walker = Walker::new(&county, 5);
    for kind in county.state.catalogue.kinds.keys() {
        walker.live(kind, 6);
    }
    let clerk = county.local(county.person(county.township(0), "window-clerk"));
    let (service, who) = (county.service.clone(), clerk.clone());
    let intake: Intake = serde_json::from_value(county.request()).expect("an intake");
    let made = county
        .write(move |conn| register(conn, &service, &who, (&intake, &[]), None))
        .expect("registered");
    let receipt: serde_json::Value = serde_json::from_str(&made.body).expect("a receipt");
    let code: MatterCode = receipt["code"].as_str().expect("a code").parse().expect("a code");
    for class in county.state.catalogue.lists["request-class"].items.keys().take(3) {
        county.clock.pass(60_000);
        let (service, who) = (county.service.clone(), clerk.clone());
        let data: Map<_, _> = [("request-class".to_owned(), json!(class))].into_iter().collect();
        let acting = Acting { code, action: "classify".into(), seen: None, data };
        county.write(move |conn| act(conn, &service, &who, &acting, None)).expect("classified");
    }
    let (service, who) = (county.service.clone(), clerk.clone());
    let seen = county.read(move |conn| look(conn, &service, &who, code)).expect("seen");
    county.write(move |conn| log_reading(conn, &seen.reader("masked", ""))).expect("logged");
    let (service, who) = (county.service.clone(), clerk);
    county
        .write(move |conn| disclose(conn, &service, &who, code, "当面核对身份").map(drop))
        .expect("disclosed");
    app::jobs::fold(&county.service, &county.state).expect("folded");
    county.clock.pass(2 * domain::time::DAY_MS);
    assert!(app::jobs::close_days(&county.service, &county.state).expect("sealed") > 0);
    county.verify();
    (county, code)
}

fn found(county: &County) -> Vec<Broken> {
    let mut conn = county.db().own_connection().expect("a connection");
    verify(&mut conn, &county.service, &county.state, |_| {}).expect("verified").broken
}

/// Changes exactly so many rows.
fn alter(county: &County, rows: u64, sql: &str) {
    assert_eq!(county.database.tamper(sql), rows, "{sql}");
}

fn broken(what: impl ToString, event: Option<u32>, rule: &'static str) -> Broken {
    Broken { what: what.to_string(), event, rule }
}

fn id(county: &County, code: MatterCode) -> i64 {
    county.matter(code).id().0
}

#[track_caller]
fn names(county: &County, wanted: &Broken) {
    let found = found(county);
    assert!(found.contains(wanted), "{wanted:?} is not among {found:?}");
}

#[track_caller]
fn finds(county: &County, rule: &str) {
    let found = found(county);
    assert!(found.iter().any(|b| b.rule == rule), "{rule} is not among {found:?}");
}

on_both! {
    fn a_text_of_an_event(database) {
        let (county, code) = lived_in(database);
        let id = id(&county, code);
        let body = county.database.look(&format!("select body from event where matter = {id} and seq = 3"));
        assert_eq!(body.len(), 1);
        alter(&county, 1, &format!("update event set body = replace(body, '\"classify\"', '\"clasify\"') where matter = {id} and seq = 3"));
        names(&county, &broken(code, Some(3), "chain-broken"));
        alter(&county, 1, &format!("update event set body = '{{' where matter = {id} and seq = 3"));
        names(&county, &broken(code, Some(3), "event-unreadable"));
    }

    fn the_time_of_an_event(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!("update event set recorded_at = recorded_at - 1 where matter = {} and seq = 2", id(&county, code)));
        names(&county, &broken(code, Some(2), "chain-broken"));
    }

    fn an_event_taken_out(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!("delete from event where matter = {} and seq = 2", id(&county, code)));
        names(&county, &broken(code, Some(2), "chain-broken"));
    }

    fn the_last_event_taken_out(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!("delete from event where matter = {} and seq = 4", id(&county, code)));
        names(&county, &broken(code, Some(3), "head-differs"));
        finds(&county, "root-differs");
    }

    fn two_events_exchanged(database) {
        let (county, code) = lived_in(database);
        let id = id(&county, code);
        for (from, to) in [(2, 99), (3, 2), (99, 3)] {
            alter(&county, 1, &format!("update event set seq = {to} where matter = {id} and seq = {from}"));
        }
        names(&county, &broken(code, Some(2), "chain-broken"));
    }

    fn a_stored_state(database) {
        let (county, code) = lived_in(database);
        let id = id(&county, code);
        alter(&county, 1, &format!("update matter set state = 'handling' where id = {id}"));
        assert_eq!(found(&county), [broken(code, None, "row-differs")]);
        alter(&county, 1, &format!("update matter set state = 'registered', title = '别的标题' where id = {id}"));
        assert_eq!(found(&county), [broken(code, None, "row-differs")], "a title that lists show");
    }

    fn a_time_at_which_nothing_fires(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!("update matter set fire_at = null where id = {}", id(&county, code)));
        assert_eq!(found(&county), [broken(code, None, "row-differs")], "its limits would never run out");
    }

    fn a_stored_matter(database) {
        let (county, code) = lived_in(database);
        let holder = county.township(0);
        alter(&county, 1, &format!(
            "update matter set body = replace(body, '\"holder\":\"{holder}\"', '\"holder\":\"{}\"') where id = {}",
            county.township(1), id(&county, code)
        ));
        names(&county, &broken(code, None, "state-differs"));
    }

    fn a_place_in_a_list(database) {
        let (county, code) = lived_in(database);
        let (id, holder) = (id(&county, code), county.township(0));
        alter(&county, 1, &format!("delete from worklist where matter = {id} and desk = {holder} and lane = 'held' and bucket = 'open'"));
        names(&county, &broken(code, None, "list-lacks"));
    }

    fn a_place_in_a_list_of_others(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!(
            "insert into worklist (county, desk, lane, bucket, sort, matter) values ({}, {}, 'held', 'open', 0, {})",
            testkit::CODE, county.township(1), id(&county, code)
        ));
        finds(&county, "list-extra");
    }

    fn a_tally(database) {
        let (county, _) = lived_in(database);
        let holder = county.township(0);
        alter(&county, 1, &format!("update tally set n = n + 1 where unit = {holder} and month = 0 and kind = 'request' and measure = 'state:registered'"));
        assert_eq!(found(&county), [broken(holder, None, "tally-differs")]);
    }

    fn a_tally_of_nothing(database) {
        let (county, _) = lived_in(database);
        alter(&county, 1, &format!("insert into tally values ({}, {}, 'request', '', 'closed', 202601, 5)", testkit::CODE, county.village(1, 1)));
        assert_eq!(found(&county), [broken(county.village(1, 1), None, "tally-differs")]);
    }

    fn a_reading(database) {
        let (county, code) = lived_in(database);
        let id = id(&county, code);
        alter(&county, 1, &format!("update read_log set purpose = '例行' where matter = {id} and fields = 'personal'"));
        finds(&county, "root-differs");
    }

    fn a_reading_taken_out(database) {
        let (county, code) = lived_in(database);
        alter(&county, 1, &format!("delete from read_log where matter = {} and fields = 'personal'", id(&county, code)));
        finds(&county, "root-differs");
    }

    fn an_administrative_act(database) {
        let (county, _) = lived_in(database);
        alter(&county, 1, "update audit set detail = '7' where action = 'units-imported'");
        finds(&county, "root-differs");
    }

    fn an_administrative_act_taken_out(database) {
        let (county, _) = lived_in(database);
        alter(&county, 1, "delete from audit where action = 'units-imported'");
        finds(&county, "root-differs");
    }

    fn a_whole_matter(database) {
        let (county, code) = lived_in(database);
        let id = id(&county, code);
        for table in ["event", "matter", "worklist", "read_log"] {
            let key = if table == "matter" { "id" } else { "matter" };
            county.database.tamper(&format!("delete from {table} where {key} = {id}"));
        }
        finds(&county, "root-differs");
        finds(&county, "tally-differs");
    }

    /// Whoever can write everything can chain it anew; the root of the day tells.
    fn a_past_that_was_chained_anew(database) {
        let (county, code) = lived_in(database);
        let id = county.matter(code).id();
        let rows = |column: &str| county.database.look(&format!("select {column} from event where matter = {id} order by seq"));
        let (bodies, times) = (rows("body"), rows("recorded_at"));
        let mut head = START;
        for (seq, (body, at)) in (1..).zip(bodies.iter().zip(&times)) {
            let body = if seq == 1 { body.replace("村口路灯不亮", "村口路灯已亮") } else { body.clone() };
            assert!(seq > 1 || body != bodies[0], "nothing was altered");
            let at = domain::time::Instant(at.parse().expect("a number"));
            head = link(&head, testkit::CODE, id, seq, at, &body);
            let blob = blob(&county, &hex(&head));
            let body = body.replace('\'', "''");
            alter(&county, 1, &format!("update event set body = '{body}', hash = {blob} where matter = {id} and seq = {seq}"));
        }
        let blob = blob(&county, &hex(&head));
        alter(&county, 1, &format!(
            "update matter set head = {blob}, title = '村口路灯已亮', body = replace(body, '村口路灯不亮', '村口路灯已亮') where id = {id}"
        ));
        let found = found(&county);
        assert!(!found.is_empty() && found.iter().all(|b| b.rule == "root-differs"), "{found:?}");
    }
}

fn blob(county: &County, hex: &str) -> String {
    match county.database.engine() {
        testkit::Engine::Sqlite => format!("x'{hex}'"),
        testkit::Engine::Postgres => format!("'\\x{hex}'::bytea"),
    }
}
