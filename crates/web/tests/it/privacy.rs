//! What belongs to persons: masked until a purpose is given, sealed where it is kept, and every
//! reading of it in the log.

use serde_json::{Value as Json, json};
use testkit::{County, on_both};

use crate::life::Life;

const NAME: &str = "欧阳建国";
const PHONE: &str = "17000006789";

/// A request of a person with everything that can be told of one.
fn personal(county: &County) -> (Json, String) {
    let number = domain::rehearsal::id_number(&mut domain::rehearsal::Dice::new(11), 532_925);
    let mut body = county.request();
    body["parties"][0]["details"] =
        json!({ "name": NAME, "phone": PHONE, "id-number": number, "address": "三组六号" });
    (body, number)
}

on_both! {
    fn masked_until_a_purpose_is_given(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let (body, number) = personal(&county);
        let life = Life::register(&county, clerk, &body);
        let client = county.client(clerk);
        let secrets = [NAME, PHONE, number.as_str(), "三组六号"];
        for path in [life.path(""), life.path("/events"), "/api/v1/matters".into(), "/api/v1/changes".into()] {
            let text = client.get(&path).expect(200).text();
            assert!(secrets.iter().all(|s| !text.contains(s)), "{path}: {text}");
        }
        let shown = life.look(clerk)["parties"][0]["details"].clone();
        assert_eq!(shown["name"].as_str().map(|n| n.chars().count() > 1 && n.contains('*')), Some(true), "{shown}");
        assert!(shown["phone"].as_str().is_some_and(|p| p.ends_with("6789")), "{shown}");
        let found = client.post("/api/v1/search", &json!({ "q": PHONE })).expect(200).text();
        assert!(found.contains(&life.code) && secrets.iter().all(|s| !found.contains(s)));

        let opened = client.post(&life.path("/disclosures"), &json!({ "purpose": "上门核对身份" })).expect(200).json();
        assert_eq!(opened["parties"]["1"], json!({ "name": NAME, "phone": PHONE, "id-number": number, "address": "三组六号" }));
    }

    fn every_reading_is_in_the_log(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let life = Life::register(&county, clerk, &personal(&county).0);
        let auditor = county.client(county.person(county.centre(), "audit-administrator"));
        let read = || auditor.get(&life.path("/readings")).expect(200).json()["items"].as_array().expect("items").clone();
        assert_eq!(read().len(), 0);
        let client = county.client(clerk);
        let mut steps: Vec<(&str, &str, String)> = Vec::new();
        for (path, fields) in [("", "masked"), ("/events", "masked")] {
            county.clock.pass(1_000);
            client.get(&life.path(path)).expect(200);
            steps.push((fields, "", county.now().to_string()));
        }
        county.clock.pass(1_000);
        client.post(&life.path("/disclosures"), &json!({ "purpose": "上门核对身份" })).expect(200);
        steps.push(("personal", "上门核对身份", county.now().to_string()));
        let found = read();
        assert_eq!(found.len(), 3);
        for (entry, (fields, purpose, at)) in found.iter().rev().zip(&steps) {
            let told = (entry["fields"].as_str(), entry["purpose"].as_str(), entry["at"].as_str());
            assert_eq!(told, (Some(*fields), Some(*purpose), Some(at.as_str())));
            assert_eq!(entry["person"].as_str(), Some(clerk.to_string().as_str()));
            assert_eq!(entry["role"], "window-clerk");
            assert_eq!(entry["unit"].as_str(), Some(county.township(0).to_string().as_str()));
        }
        // Who sees nothing leaves nothing in the log, and the auditor does not see the matter.
        county.client(county.person(county.township(1), "window-clerk")).get(&life.path("")).expect(404);
        auditor.get(&life.path("")).expect(404);
        client.post(&life.path("/disclosures"), &json!({ "purpose": "看" })).expect(422);
        assert_eq!(read().len(), 3);
    }

    fn nothing_personal_is_kept_in_the_open(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let (body, number) = personal(&county);
        let client = county.client(clerk).with("idempotency-key", "k1");
        let made = client.post("/api/v1/matters", &body).expect(201).json();
        let code = made["code"].as_str().expect("a code").to_owned();
        let act = json!({ "action": "classify", "data": { "request-class": "construction" } });
        county.client(clerk).post(&format!("/api/v1/matters/{code}/acts"), &act).expect(200);
        county.client(clerk).post(&format!("/api/v1/matters/{code}/disclosures"), &json!({ "purpose": "核对身份" })).expect(200);
        let tables = [
            ("event", "body"), ("matter", "body"), ("matter", "title"), ("search_pending", "tokens"),
            ("idempotency", "answer"), ("audit", "detail"), ("read_log", "fields"), ("read_log", "purpose"),
        ];
        let secrets = [NAME, PHONE, number.as_str(), "三组六号"];
        let mut looked = 0;
        for (table, column) in tables {
            for kept in county.database.look(&format!("select {column} from {table}")) {
                looked += 1;
                let told = secrets.iter().find(|s| kept.contains(*s));
                assert_eq!(told, None, "{table}.{column}");
            }
        }
        assert!(looked > 8);
        county.settle();
        let kept = county.database.look("select body from event");
        assert!(kept.iter().any(|body| body.contains("sm.1.")), "sealed values are there");
    }

    fn the_log_of_accounts_is_the_auditors(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let session = crate::session::sign_in(&county, clerk);
        session.page().delete("/api/v1/session").expect(204);
        let auditor = county.client(county.person(county.centre(), "audit-administrator"));
        let acts = auditor.get("/api/v1/audit?limit=200").expect(200).json();
        let names: Vec<&str> = acts["items"].as_array().expect("acts").iter().filter_map(|a| a["action"].as_str()).collect();
        for name in ["signed-in", "signed-out", "token-made", "units-imported"] {
            assert!(names.contains(&name), "{name} is not among {names:?}");
        }
        for role in ["system-administrator", "security-administrator", "centre-director", "dispatcher"] {
            county.client(county.person(county.centre(), role)).get("/api/v1/audit").expect(403);
        }
    }

    /// A matter that is tied to one out of sight does not tell of it: neither its code nor that there is one.
    fn what_is_out_of_sight_is_no_relative(database) {
        let county = County::new(database);
        let director = county.person(county.centre(), "centre-director");
        let clerk = county.person(county.centre(), "window-clerk");
        let mut sealed = county.request();
        sealed["flags"] = json!(["sealed"]);
        let hidden = Life::register(&county, director, &sealed);
        let life = Life::register(&county, director, &county.request());
        let tie = json!({ "action": "link", "data": { "matter": hidden.code } });
        county.client(director).post(&life.path("/acts"), &tie).expect(200);
        county.client(clerk).get(&hidden.path("")).expect(404);
        for path in [life.path(""), life.path("/events")] {
            let seen = county.client(clerk).get(&path).expect(200).text();
            assert!(!seen.contains(&hidden.code), "{path}: {seen}");
            let seen = county.client(director).get(&path).expect(200).text();
            assert!(seen.contains(&hidden.code), "{path}: who sees both is told");
        }
        assert_eq!(life.look(clerk)["relatives"], json!([]));
        assert_eq!(life.look(director)["relatives"][0]["id"].as_str(), Some(hidden.code.as_str()));
        // Nobody ties a matter to one that cannot be seen, and is not told that it is there.
        let open = Life::register(&county, clerk, &county.request());
        let answer = |code: &str| {
            let tie = json!({ "action": "link", "data": { "matter": code } });
            county.client(clerk).post(&open.path("/acts"), &tie).expect(422).text()
        };
        assert_eq!(answer(&hidden.code), answer("269999999999"));
    }
}
