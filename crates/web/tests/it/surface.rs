//! The surface as a whole: what is described is there, nothing opens without signing in, every
//! answer says what it must.

use serde_json::json;
use testkit::{Contract, County, Database, Engine};

fn county() -> County {
    County::new(Database::fresh(Engine::Sqlite).expect("always there"))
}

#[test]
fn nothing_opens_without_signing_in() {
    let county = county();
    let stranger = county.stranger();
    let operations = Contract::get().operations();
    assert!(operations.len() >= 14, "{operations:?}");
    let mut looked = 0;
    let open = |o: &&(String, String)| {
        (o.0 == "POST" && o.1 == "/api/v1/session") || o.1.starts_with("/api/v1/verify/")
    };
    for (method, path) in operations.iter().filter(|o| !open(o)) {
        let path = path.replace("{code}", "269999999999").replace("{kind}", "request");
        let path = path
            .replace("{paper}", "7K3M-9QXT-2FHA")
            .replace("{no}", "1")
            .replace("{notice}", "1-1")
            .replace("{meeting}", "1")
            .replace("{task}", "1")
            .replace("{register}", "mediator")
            .replace("{record}", "1");
        assert!(!path.contains('{'), "{path} needs a value here");
        let media = (method == "POST").then_some("application/json");
        let answer = stranger.send(method, &path, media, b"{}".to_vec());
        assert_eq!(answer.status.as_u16(), 401, "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{method} {path}");
        looked += 1;
    }
    assert_eq!(looked, operations.len() - operations.iter().filter(open).count());
}

#[test]
fn every_answer_says_what_it_must() {
    let county = county();
    let clerk = county.client(county.person(county.township(0), "window-clerk"));
    for path in [
        "/api/v1/matters",
        "/api/v1/nonsense",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
    ] {
        let answer = clerk.get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {name}");
        }
    }
    clerk.get("/healthz").expect(200);
    clerk.get("/readyz").expect(200);
    assert!(clerk.get("/metrics").expect(200).text().contains("shanzhi_requests_total"));
    assert_eq!(clerk.get("/api/openapi.json").expect(200).json()["openapi"], "3.1.0");
}

/// The shapes that the client holds every answer against would be worth nothing if any fitted.
#[test]
fn an_answer_of_another_shape_is_noticed() {
    let county = county();
    let clerk = county.client(county.person(county.township(0), "window-clerk"));
    clerk.post("/api/v1/matters", &county.request()).expect(201);
    let good = clerk.get("/api/v1/matters").expect(200);
    let altered = |change: &dyn Fn(&mut serde_json::Value)| {
        let (mut body, mut bad) = (good.json(), good.clone());
        change(&mut body);
        bad.body = body.to_string().into_bytes();
        let check = || Contract::get().check("GET", "/api/v1/matters", &bad);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err()
    };
    assert!(!altered(&|_| {}));
    assert!(altered(&|b| b["colour"] = "red".into()), "a key more");
    assert!(altered(&|b| b["items"][0]["holder"]["id"] = 5.into()), "another type");
    assert!(
        altered(&|b| b["items"][0]["due_at"] = json!([])),
        "another type where nothing may stand"
    );
    assert!(
        altered(&|b| drop(b["items"][0].as_object_mut().expect("an object").remove("code"))),
        "a key less"
    );
    let mut bad = good.clone();
    bad.status = axum::http::StatusCode::IM_A_TEAPOT;
    let check = || Contract::get().check("GET", "/api/v1/matters", &bad);
    assert!(
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err(),
        "a status that is not described"
    );
}

#[test]
fn kinds_and_units_are_told() {
    let county = county();
    let clerk = county.client(county.person(county.township(0), "window-clerk"));
    let kinds = clerk.get("/api/v1/kinds").expect(200).json();
    let told = kinds.to_string();
    for kind in county.state.catalogue.kinds.keys() {
        assert!(told.contains(kind.as_str()), "{kind}");
        clerk.get(&format!("/api/v1/kinds/{kind}")).expect(200);
    }
    clerk.get("/api/v1/kinds/nonsense").expect(404);
    let all = clerk.get("/api/v1/units").expect(200).json();
    assert_eq!(all["items"].as_array().map(Vec::len), Some(county.roster().org.units().count()));
    let named = clerk.get("/api/v1/units?q=d1z").expect(200).json();
    assert!(named["items"].as_array().is_some(), "{named}");
    let below =
        clerk.get(&format!("/api/v1/units?parent={}", county.township(1))).expect(200).json();
    let ids: Vec<&str> =
        below["items"].as_array().expect("units").iter().filter_map(|u| u["id"].as_str()).collect();
    assert!(ids.contains(&county.village(1, 0).to_string().as_str()), "{ids:?}");
    assert!(!ids.contains(&county.village(0, 0).to_string().as_str()), "{ids:?}");
}
