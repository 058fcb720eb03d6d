//! Two servers on one database: what one does, the other knows; work that nobody asks for is done
//! by one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::matters::{Acting, act, look};
use app::setup::serve_county;
use app::{Error, Service};
use domain::time::Instant;
use store::leases::claim;
use testkit::{CODE, County, on_both, shipped};

/// A second server with the same key on the same database.
fn second(county: &County) -> County {
    let db = county.reopened();
    let service = Service::new(
        db,
        Arc::new(county.clock.clone()),
        county.service.master().clone(),
        county.database.premises(),
    );
    let (held, source) = (service.clone(), shipped());
    let serve = move |conn: &mut store::Conn| {
        serve_county(conn, &held, CODE, &source).map(|(state, _)| state)
    };
    let state = service.db().write::<_, Error, _>(serve).wait().expect("served");
    County::serving(service, state, county.clock.clone(), county.database.again(), county)
}

on_both! {
    fn what_one_does_the_other_knows(database) {
        let one = County::new(database);
        let other = second(&one);
        let clerk = one.person(one.township(0), "window-clerk");
        let made = one.client(clerk).post("/api/v1/matters", &one.request()).expect(201).json();
        let code = made["code"].as_str().expect("a code").to_owned();
        let there = other.client(clerk);
        let path = format!("/api/v1/matters/{code}");
        there.get(&path).expect(200);
        let body = serde_json::json!({ "action": "classify", "version": 1, "data": { "request-class": "land" } });
        there.post(&format!("{path}/acts"), &body).expect(200);
        one.client(clerk).post(&format!("{path}/acts"), &body).expect(409);
        // A post that ends on one server ends on the other with the next request.
        let (post, today) = (one.roster().org.posts(clerk)[0].id, one.now().day());
        there.get(&path).expect(200);
        one.write(move |conn| app::accounts::end_post(conn, CODE, post, today).map(drop)).expect("ended");
        there.get(&path).expect(404);
        let (service, who, code) = (other.service.clone(), other.local(clerk), code.parse().expect("a code"));
        let seen = other.read(move |conn| look(conn, &service, &who, code).map(drop));
        assert!(matches!(seen, Err(Error::Missing)), "{seen:?}");
        one.verify();
    }

    fn both_draw_ids_and_numbers_of_their_own(database) {
        let one = County::new(database);
        let other = second(&one);
        std::thread::scope(|scope| {
            for county in [&one, &other, &one, &other] {
                scope.spawn(move || {
                    let client = county.client(county.person(county.township(0), "window-clerk"));
                    for _ in 0..8 {
                        client.post("/api/v1/matters", &county.request()).expect(201);
                        client.post("/api/v1/matters", &county.dispute()).expect(201);
                    }
                });
            }
        });
        let all = one.matters();
        assert_eq!(all.len(), 64);
        let numbers: BTreeSet<&String> = all.iter().filter_map(|m| m.number.as_ref()).collect();
        let numbered = all.iter().filter(|m| m.number.is_some()).count();
        assert_eq!(numbers.len(), numbered, "a number was given twice");
        other.verify();
    }

    /// Of several servers one has the lease; where it is gone, another takes over.
    fn one_of_them_has_the_lease(database) {
        let county = County::new(database);
        let try_for = |owner: &'static str, now: i64| {
            let claim = move |conn: &mut store::Conn| {
                Ok(claim(conn, CODE, "jobs", owner, Instant(now + 30_000), Instant(now))?)
            };
            county.write(claim).expect("asked")
        };
        assert!(try_for("a", 0));
        assert!(!try_for("b", 10_000));
        assert!(try_for("a", 20_000), "who has it renews it");
        assert!(!try_for("b", 50_000), "until the very end");
        assert!(try_for("b", 50_001));
        assert!(!try_for("a", 50_002));
    }

    /// Time acts once, however many sweep.
    fn time_acts_once(database) {
        let one = County::new(database);
        let other = second(&one);
        let clerk = one.person(one.township(0), "window-clerk");
        for _ in 0..12 {
            one.client(clerk).post("/api/v1/matters", &one.request()).expect(201);
        }
        one.clock.pass(3 * domain::time::DAY_MS);
        std::thread::scope(|scope| {
            for county in [&one, &other] {
                scope.spawn(move || app::jobs::sweep(&county.service, &county.state).expect("swept"));
                scope.spawn(move || app::jobs::fold(&county.service, &county.state).expect("folded"));
            }
        });
        one.settle();
        let climbed = one.matters().iter().filter(|m| m.holder == one.centre()).count();
        assert_eq!(climbed, 12, "the limit to dispatch ran out for each of them");
        let verdict = one.verify();
        let events = one.database.look("select body from event");
        let climbs = events.iter().filter(|body| body.contains("\"action\":\"climb\"")).count();
        assert_eq!(climbs, 12, "{verdict:?}");
    }

    /// The clock of a machine that was set back puts no act before the one it follows.
    fn a_clock_set_back_changes_no_order(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let made = county.client(clerk).post("/api/v1/matters", &county.request()).expect(201).json();
        let code = made["code"].as_str().expect("a code").parse().expect("a code");
        let begun = county.now();
        county.clock.pass(-3_600_000);
        let (service, who) = (county.service.clone(), county.local(clerk));
        let data = [("request-class".to_owned(), "land".into())].into_iter().collect();
        let acting = Acting { code, action: "classify".into(), seen: None, data };
        county.write(move |conn| act(conn, &service, &who, &acting, None)).expect("classified");
        assert!(county.matter(code).changed_at >= begun);
        county.verify();
    }

    /// An import folds beside a server that does too: nothing is counted twice, and no older search
    /// entry comes over a newer one.
    fn folding_at_once_counts_once(database) {
        let one = County::new(database);
        let other = second(&one);
        let clerk = one.person(one.township(0), "window-clerk");
        let director = one.client(one.person(one.centre(), "centre-director"));
        for round in 1..=3 {
            for _ in 0..15 {
                one.client(clerk).post("/api/v1/matters", &one.request()).expect(201);
            }
            std::thread::scope(|scope| {
                for county in [&one, &other, &one, &other] {
                    scope.spawn(|| app::jobs::fold(&county.service, &county.state).expect("folded"));
                }
            });
            let tallies = director.get("/api/v1/tallies?from=202603&to=202603").expect(200).json();
            let counts = tallies["items"][0]["counts"].as_array().expect("counts").clone();
            let registered = counts.iter().find(|c| c["measure"] == "registered").expect("a count");
            assert_eq!(registered["n"], 15 * round, "round {round}");
            assert_eq!(one.database.look("select count(*) from search_pending"), ["0"]);
            assert_eq!(one.database.look("select count(*) from tally_delta"), ["0"]);
        }
        one.verify();
    }
}
