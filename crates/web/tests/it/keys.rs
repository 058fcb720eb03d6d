//! A request that is sent again is answered again, not done again.

use serde_json::json;
use testkit::{County, on_both};

use crate::life::Life;

on_both! {
    fn a_repeated_request_gets_its_first_answer(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let client = county.client(clerk).with("idempotency-key", "phone-1-42");
        let first = client.post("/api/v1/matters", &county.request()).expect(201);
        let before = county.weight();
        county.clock.pass(50 * domain::time::DAY_MS);
        let again = client.post("/api/v1/matters", &county.request()).expect(201);
        assert_eq!((again.status, &again.body), (first.status, &first.body), "byte for byte");
        assert_eq!(county.weight(), before);
        let other = client.post("/api/v1/matters", &county.dispute()).expect(422).json();
        assert_eq!(other["type"], "urn:shanzhi:problem:key-reused");
        assert_eq!(county.weight(), before);
    }

    fn an_act_is_done_once(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let life = Life::register(&county, clerk, &county.request());
        let client = county.client(clerk).with("idempotency-key", "phone-1-43");
        let body = json!({ "action": "classify", "version": 1, "data": { "request-class": "construction" } });
        let first = client.post(&life.path("/acts"), &body).expect(200);
        // The version that it names is long gone; the answer is the one of then.
        county.client(clerk).post(&life.path("/acts"), &json!({ "action": "classify", "data": { "request-class": "transport" } })).expect(200);
        let again = client.post(&life.path("/acts"), &body).expect(200);
        assert_eq!(again.body, first.body);
        assert_eq!(county.matters()[0].version, 3);
        // The same key on another matter is another command.
        let other = Life::register(&county, clerk, &county.request());
        client.post(&other.path("/acts"), &body).expect(422);
        assert_eq!(county.matter(other.code.parse().expect("a code")).version, 1);
    }

    fn a_key_is_one_persons(database) {
        let county = County::new(database);
        let at = |role| county.client(county.person(county.township(0), role)).with("idempotency-key", "same");
        let one = at("window-clerk").post("/api/v1/matters", &county.request()).expect(201);
        let other = at("dispatcher").post("/api/v1/matters", &county.request()).expect(201);
        assert_ne!(one.json()["code"], other.json()["code"]);
        assert_eq!(county.matters().len(), 2);
    }

    fn a_refused_request_may_come_again_made_good(database) {
        let county = County::new(database);
        let client = county.client(county.person(county.township(0), "window-clerk")).with("idempotency-key", "phone-1-44");
        let mut bad = county.request();
        bad["title"] = "".into();
        client.post("/api/v1/matters", &bad).expect(422);
        client.post("/api/v1/matters", &county.request()).expect(201);
    }

    /// A key does not open what its owner no longer sees or may no longer do.
    fn a_key_is_no_credential(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let client = county.client(clerk).with("idempotency-key", "phone-1-45");
        client.post("/api/v1/matters", &county.request()).expect(201);
        let stranger = county.stranger().with("idempotency-key", "phone-1-45");
        stranger.post("/api/v1/matters", &county.request()).expect(401);
    }
}
