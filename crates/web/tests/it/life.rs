//! The whole life of a request and of a dispute, over HTTP.

use domain::ids::PersonId;
use domain::time::Instant;
use serde_json::{Value as Json, json};
use testkit::{Client, County, at, on_both};

/// A matter that is led through its life over HTTP.
pub struct Life<'c> {
    pub county: &'c County,
    pub code: String,
    pub version: u64,
}

impl<'c> Life<'c> {
    /// Somebody brings something.
    pub fn register(county: &'c County, by: PersonId, body: &Json) -> Self {
        let receipt = county.client(by).post("/api/v1/matters", body).expect(201).json();
        assert_eq!(receipt["version"], 1);
        Self { county, code: receipt["code"].as_str().expect("a code").to_owned(), version: 1 }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/matters/{}{rest}", self.code)
    }

    /// Somebody looks.
    pub fn look(&self, by: PersonId) -> Json {
        self.county.client(by).get(&self.path("")).expect(200).json()
    }

    /// Somebody acts on the version that was seen last.
    #[track_caller]
    pub fn act(&mut self, when: &str, by: PersonId, action: &str, data: Json) -> Json {
        self.county.clock.set(at(when));
        let client = self.county.client(by);
        let offered = self.offers(&client);
        assert!(offered.contains(&action.to_owned()), "{action} is not among {offered:?}");
        let body = json!({ "action": action, "version": self.version, "data": data });
        let receipt = client.post(&self.path("/acts"), &body).expect(200).json();
        assert_eq!(receipt["version"], self.version + 1, "one act is one event");
        self.version += 1;
        receipt
    }

    /// Somebody tries something that is refused by a rule.
    #[track_caller]
    pub fn refused(&self, by: PersonId, action: &str, data: Json, status: u16, rule: &str) {
        let body = json!({ "action": action, "version": self.version, "data": data });
        let before = self.county.weight();
        let problem = self.county.client(by).post(&self.path("/acts"), &body).expect(status).json();
        assert_eq!(problem["errors"][0]["rule"], rule, "{problem}");
        assert_eq!(self.county.weight(), before, "a refusal changes nothing");
    }

    pub fn offers(&self, client: &Client) -> Vec<String> {
        let seen = client.get(&self.path("")).expect(200).json();
        let offers = seen["offers"].as_array().expect("offers").iter();
        offers.map(|o| o["action"].as_str().expect("an action").to_owned()).collect()
    }

    /// Time does what it does until an instant.
    pub fn until(&mut self, when: &str) {
        self.county.clock.set(at(when));
        self.county.settle();
        let director = self.county.person(self.county.centre(), "centre-director");
        self.version = self.look(director)["version"].as_u64().expect("a version");
    }
}

fn due(seen: &Json, clock: &str) -> Instant {
    let clocks = seen["clocks"].as_array().expect("clocks");
    let found =
        clocks.iter().rev().find(|c| c["id"] == clock).unwrap_or_else(|| panic!("no {clock}"));
    found["due_at"].as_str().expect("an end").parse().expect("a time")
}

on_both! {
    fn of_a_request(database) {
        let county = County::new(database);
        let at_county = |role: &str| county.person(county.centre(), role);
        let (window, dispatcher) = (at_county("window-clerk"), at_county("dispatcher"));
        let town = county.township(0);
        let (head, clerk) = (county.person(town, "centre-director"), county.person(town, "centre-clerk"));
        let station = county.office(town, "police-station");
        let police = county.person(station, "police-station-head");
        let mut body = county.request();
        body["place"] = "532925101".into();
        let mut life = Life::register(&county, window, &body);
        let seen = life.look(window);
        assert_eq!((seen["state"]["id"].as_str(), seen["light"].as_str()), (Some("registered"), Some("green")));
        assert_eq!(seen["number"], Json::Null, "a number comes with the order");
        assert_eq!(due(&seen, "dispatch"), at("2026-03-02 15:00"), "half a working day, the noon rest left out");
        county.client(head).get(&life.path("")).expect(404);

        life.act("2026-03-02 09:20", window, "classify", json!({ "request-class": "construction", "request-type": "help" }));
        life.refused(dispatcher, "dispatch", json!({ "unit": "532925101000099" }), 422, "unknown-unit");
        let ordered = life.act("2026-03-02 10:00", dispatcher, "dispatch", json!({ "unit": town, "opinion": "请查清原因。" }));
        assert_eq!(ordered["holder"].as_str(), Some(town.to_string().as_str()));
        assert!(ordered["number"].as_str().is_some_and(|n| n.contains("诉〔2026〕1号")), "{ordered}");
        life.refused(dispatcher, "sign", json!({}), 403, "no-post-may");
        life.act("2026-03-02 11:00", clerk, "sign", json!({}));
        assert_eq!(due(&life.look(clerk), "handle"), at("2026-03-10 00:00"), "five working days");
        life.act("2026-03-02 11:30", clerk, "contact", json!({ "contacted-at": "2026-03-02T11:20:00+08:00" }));

        county.client(police).get(&life.path("")).expect(404);
        life.act("2026-03-02 14:40", head, "call-out", json!({ "callout-type": "expertise", "units": [station], "reason": "请到现场维持秩序。" }));
        life.act("2026-03-02 15:30", police, "report-in", json!({}));
        life.act("2026-03-03 09:00", police, "contribute", json!({ "contribution": "现场秩序良好。" }));
        life.act("2026-03-03 10:00", head, "suspend", json!({ "reason": "等待水质检测" }));
        let paused = life.look(head);
        assert_eq!(paused["state"]["id"], "suspended");
        let handle = paused["clocks"].as_array().expect("clocks").iter().find(|c| c["id"] == "handle").expect("a clock");
        assert_eq!(handle["due_at"], Json::Null, "a clock that is paused has no end");
        life.act("2026-03-05 10:00", head, "resume", json!({}));
        assert!(due(&life.look(head), "handle") > at("2026-03-10 00:00"), "the pause is added");
        life.act("2026-03-09 11:00", clerk, "answer", json!({ "answer": "管道已冲洗。", "resolved": true }));
        life.act("2026-03-12 09:00", window, "reopen", json!({ "reason": "昨日又出黄水" }));
        life.act("2026-03-17 15:00", head, "answer", json!({ "answer": "更换旧管道。", "resolved": true }));
        life.act("2026-03-20 10:05", window, "rate", json!({ "rating": 4 }));
        life.refused(window, "rate", json!({ "rating": 1 }), 409, "rated-before");
        life.until("2026-04-02 00:00");
        let ended = life.look(window);
        assert_eq!((ended["phase"].as_str(), ended["rating"].as_u64()), (Some("archived"), Some(4)));
        assert_eq!(ended["outcome"]["id"], "answered");

        let director = county.client(at_county("centre-director"));
        let listed = director.get("/api/v1/matters?lane=below&phase=archived").expect(200).json();
        assert_eq!(listed["items"][0]["code"].as_str(), Some(life.code.as_str()));
        let events = county.client(window).get(&life.path("/events?limit=200")).expect(200).json();
        let actions: Vec<&str> = events["items"].as_array().expect("events").iter().filter_map(|e| e["action"]["id"].as_str()).collect();
        assert_eq!(actions.len() as u64, life.version);
        assert_eq!((actions[0], actions[actions.len() - 1]), ("register", "archive"));
        let tallies = director.get("/api/v1/tallies?from=202603&to=202603&parts=all").expect(200).json();
        let count = |measure: &str| {
            let counts = tallies["items"][0]["counts"].as_array().expect("counts").iter();
            counts.filter(|c| c["measure"] == measure).filter_map(|c| c["n"].as_i64()).sum::<i64>()
        };
        let of = ["registered", "answered", "reopened", "rated:4", "called-out", "closed", "closed-late"].map(count);
        assert_eq!(of, [1, 2, 1, 1, 1, 2, 0], "{tallies}");
        county.verify();
    }

    fn of_a_dispute(database) {
        let county = County::new(database);
        let village = county.village(0, 0);
        let grid = county.person(village, "grid-worker");
        let (director, mediator) = (county.person(village, "centre-director"), county.person(village, "mediator"));
        let court = county.office(county.township(0), "tribunal");
        let mut life = Life::register(&county, grid, &county.dispute());
        life.act("2026-03-02 10:00", director, "assign", json!({ "person": mediator }));
        life.refused(mediator, "accept", json!({ "consents": { "1": true } }), 409, "consent-missing");
        life.act("2026-03-03 15:00", mediator, "accept", json!({ "consents": { "1": true, "2": true } }));
        let seen = life.look(mediator);
        assert_eq!(seen["documents"], json!(["receipt", "acceptance-record", "rights-notice"]));
        assert_eq!(due(&seen, "settle"), at("2026-04-03 00:00"), "thirty days, the last one whole");
        life.act("2026-03-06 10:00", mediator, "investigate", json!({ "investigation": "现场丈量。" }));
        life.act("2026-03-10 15:00", mediator, "meet", json!({ "held-at": "2026-03-10T14:00:00+08:00", "record": "双方各让一步。" }));
        life.act("2026-03-12 16:00", mediator, "agree-written", json!({ "agreed-terms": "装接水槽。", "performance-due": "2026-04-30" }));
        life.act("2026-03-20 10:00", mediator, "apply-confirmation", json!({ "court": court }));
        life.refused(mediator, "apply-confirmation", json!({ "court": court }), 409, "done-already");
        life.act("2026-04-07 10:00", director, "record-confirmation", json!({ "confirmation": "confirmed" }));
        life.act("2026-05-06 09:50", mediator, "perform", json!({ "instalment": 1, "performed-on": "2026-04-28" }));
        let closed = life.act("2026-05-06 10:00", mediator, "close", json!({ "visit-record": "已装好。", "performance": "performed" }));
        assert_eq!((closed["phase"].as_str(), closed["light"].as_str()), (Some("closed"), Some("green")));
        life.act("2026-05-06 10:30", director, "rate", json!({ "rating": 5 }));
        let archived = life.act("2026-05-08 09:00", mediator, "archive", json!({}));
        assert_eq!((archived["phase"].as_str(), archived["light"].as_str()), (Some("archived"), Some("off")));
        assert_eq!(life.look(mediator)["offers"].as_array().map(Vec::len), Some(0));
        county.settle();
        assert_eq!(county.verify().events, life.version);
    }

    /// Pages of a list, one after the other, are the list: nothing twice, nothing left out.
    fn pages_are_the_list(database) {
        let county = County::new(database);
        let clerk = county.client(county.person(county.township(0), "window-clerk"));
        let mut codes = Vec::new();
        for n in 0..13 {
            // Some come at the same moment and are due at the same moment.
            county.clock.pass(if n % 3 == 0 { 60_000 } else { 0 });
            let receipt = clerk.post("/api/v1/matters", &county.request()).expect(201).json();
            codes.push(receipt["code"].as_str().expect("a code").to_owned());
        }
        for path in ["/api/v1/matters?lane=held", "/api/v1/matters?lane=held&kind=request", "/api/v1/matters?lane=part"] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let next = after.map(|a: String| format!("&after={a}")).unwrap_or_default();
                let page = clerk.get(&format!("{path}&limit=4{next}")).expect(200).json();
                let items = page["items"].as_array().expect("items");
                assert!(items.len() <= 4);
                found.extend(items.iter().map(|i| i["code"].as_str().expect("a code").to_owned()));
                after = page["next"].as_str().map(str::to_owned);
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found.len(), 13, "{path}");
            found.sort_unstable();
            codes.sort_unstable();
            assert_eq!(found, codes, "{path}");
        }
    }

    /// Whoever follows the county is told each act once, in order.
    fn changes_are_told_once(database) {
        let county = County::new(database);
        let clerk = county.client(county.person(county.township(0), "window-clerk"));
        for _ in 0..5 {
            clerk.post("/api/v1/matters", &county.request()).expect(201);
        }
        let none = clerk.get("/api/v1/changes").expect(200).json();
        assert_eq!(none["items"].as_array().map(Vec::len), Some(0), "what is not yet settled is not told");
        county.clock.pass(3_000);
        let (mut told, mut after) = (Vec::new(), String::new());
        loop {
            let page = clerk.get(&format!("/api/v1/changes?limit=2{after}")).expect(200).json();
            let items = page["items"].as_array().expect("items");
            if items.is_empty() {
                break;
            }
            told.extend(items.iter().map(|i| i["code"].as_str().expect("a code").to_owned()));
            after = format!("&after={}", page["next"].as_str().expect("a place"));
        }
        assert_eq!(told.len(), 5);
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), 5);
    }
}
