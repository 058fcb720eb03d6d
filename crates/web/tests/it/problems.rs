//! Everything that is refused is refused as RFC 9457 has it, in the caller's language, and changes
//! nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value as Json, json};
use testkit::{Answer, Client, County, on_both};

use crate::life::Life;

/// A request that must fail.
struct Bad<'a> {
    what: &'a str,
    client: Client,
    method: &'a str,
    path: String,
    media: Option<&'a str>,
    body: Vec<u8>,
    /// Status and name of the problem.
    wanted: (u16, &'a str),
    /// The rule and the field that must be named.
    rule: Option<(&'a str, Option<&'a str>)>,
}

impl<'a> Bad<'a> {
    fn get(what: &'a str, client: &Client, path: &str, wanted: (u16, &'a str)) -> Self {
        let (client, path) = (client.clone(), path.to_owned());
        Self {
            what,
            client,
            method: "GET",
            path,
            media: None,
            body: Vec::new(),
            wanted,
            rule: None,
        }
    }

    fn post(
        what: &'a str,
        client: &Client,
        path: &str,
        body: &Json,
        wanted: (u16, &'a str),
    ) -> Self {
        let mut bad = Self::get(what, client, path, wanted);
        (bad.method, bad.media, bad.body) =
            ("POST", Some("application/json"), body.to_string().into_bytes());
        bad
    }

    fn rule(mut self, rule: &'a str, field: Option<&'a str>) -> Self {
        self.rule = Some((rule, field));
        self
    }

    fn send(&self, language: &str) -> Answer {
        self.client.with("accept-language", language).send(
            self.method,
            &self.path,
            self.media,
            self.body.clone(),
        )
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Every text that a person reads in a problem.
fn words(problem: &Json) -> Vec<&str> {
    let mut all: Vec<&str> =
        ["title", "detail"].iter().filter_map(|k| problem[k].as_str()).collect();
    for error in problem["errors"].as_array().into_iter().flatten() {
        // What is wrong with the shape of a body is said in the words of its description.
        all.extend(["message", "remedy"].iter().filter_map(|k| error[k].as_str()));
    }
    all
}

fn check(county: &County, bad: &Bad<'_>) {
    let before = county.weight();
    let (zh, en) = (bad.send("zh-CN,zh;q=0.9"), bad.send("en-GB"));
    assert_eq!(county.weight(), before, "{}: something changed", bad.what);
    for (answer, language) in [(&zh, "zh"), (&en, "en")] {
        let problem = answer.json();
        let told = format!("{} in {language}: {problem}", bad.what);
        assert_eq!(answer.status.as_u16(), bad.wanted.0, "{told}");
        assert_eq!(problem["status"], bad.wanted.0, "{told}");
        assert_eq!(problem["type"], format!("urn:shanzhi:problem:{}", bad.wanted.1), "{told}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{told}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{told}");
        assert!(!problem["title"].as_str().unwrap_or_default().is_empty(), "{told}");
        assert!(!problem["detail"].as_str().unwrap_or_default().is_empty(), "{told}");
        assert!(
            words(&problem).iter().all(|w| !w.contains('{') && !w.contains("problem.")),
            "{told}"
        );
        if let Some((rule, field)) = bad.rule {
            let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{told}"));
            let hit = errors
                .iter()
                .any(|e| e["rule"] == rule && (field.is_none() || e["field"].as_str() == field));
            assert!(hit, "{told}");
        }
    }
    assert!(is_chinese(zh.json()["title"].as_str().expect("a title")), "{}", bad.what);
    let english = en.json();
    assert!(words(&english).iter().all(|w| !is_chinese(w)), "{}: {english}", bad.what);
}

fn with(mut body: Json, pointer: &str, value: impl Into<Json>) -> Json {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("there")[key] = value.into();
    body
}

/// The last digit of an identity number, made wrong.
fn wrong_check_digit() -> String {
    let number = domain::rehearsal::id_number(&mut domain::rehearsal::Dice::new(3), 532_925);
    let (head, last) = number.split_at(17);
    format!("{head}{}", if last == "1" { "2" } else { "1" })
}

const MATTERS: &str = "/api/v1/matters";

fn intakes<'a>(county: &County, clerk: &Client) -> Vec<Bad<'a>> {
    let (request, dispute) = (county.request(), county.dispute());
    let post = |what, body: &Json| Bad::post(what, clerk, MATTERS, body, (422, "invalid"));
    vec![
        post("an unknown key", &with(request.clone(), "/colour", "red"))
            .rule("unknown-field", Some("colour")),
        post("an unknown key of a party", &with(request.clone(), "/parties/0/colour", "red"))
            .rule("unknown-field", Some("parties.0.colour")),
        post("a role that is a number", &with(request.clone(), "/parties/0/role", 5))
            .rule("wrong-type", Some("parties.0.role")),
        post("a title that is a number", &with(request.clone(), "/title", 5))
            .rule("wrong-type", Some("title")),
        post("no title", &with(request.clone(), "/title", "")),
        post("a title too long", &with(request.clone(), "/title", "字".repeat(201)))
            .rule("too-long", Some("title")),
        post("an unknown field", &with(request.clone(), "/fields/colour", "red"))
            .rule("unknown-field", Some("fields.colour")),
        post("a text that is a number", &with(request.clone(), "/fields/content", 5))
            .rule("wrong-type", Some("fields.content")),
        post(
            "a choice not in its list",
            &with(request.clone(), "/fields/request-class", "nonsense"),
        )
        .rule("not-in-list", None),
        post("a day that is none", &with(dispute.clone(), "/fields/happened-on", "2026-02-30"))
            .rule("no-such-date", Some("fields.happened-on")),
        post("a day to come", &with(dispute.clone(), "/fields/happened-on", "2026-12-30"))
            .rule("in-future", Some("fields.happened-on")),
        post(
            "an identity number with a wrong check digit",
            &with(request.clone(), "/parties/0/details/id-number", wrong_check_digit()),
        )
        .rule("identity-check", Some("parties.0.details.id-number")),
        post(
            "a telephone number that is none",
            &with(request.clone(), "/parties/0/details/phone", "1700000000"),
        )
        .rule("bad-phone", None),
        post("a division of nowhere", &with(request.clone(), "/place", "532925999"))
            .rule("unknown-place", Some("place")),
        post("a division of another county", &with(request.clone(), "/place", "110101"))
            .rule("unknown-place", Some("place")),
        post("a division that is no number", &with(request.clone(), "/place", "弥城镇"))
            .rule("unknown-place", Some("place")),
        post("an unknown kind", &with(request.clone(), "/kind", "nonsense"))
            .rule("unknown-kind", Some("kind")),
        post("an unknown role of a party", &with(request.clone(), "/parties/0/role", "nonsense"))
            .rule("unknown-role", None),
        post(
            "too many parties",
            &with(request.clone(), "/parties", vec![request["parties"][0].clone(); 6]),
        )
        .rule("too-many", None),
        post("a dispute of one", &with(dispute, "/parties/1/role", "applicant"))
            .rule("parties-missing", None),
        post("a list for an object", &with(request, "/fields", json!([1])))
            .rule("wrong-type", Some("fields")),
        post("a number for a body", &json!(5)).rule("wrong-type", Some("body")),
        post("nothing in the body", &json!({})).rule("required", Some("kind")),
    ]
}

fn shapes<'a>(county: &County, clerk: &Client) -> Vec<Bad<'a>> {
    let request = county.request();
    let raw = |what, media: Option<&'a str>, body: Vec<u8>, wanted| {
        let mut bad = Bad::post(what, clerk, MATTERS, &json!({}), wanted);
        (bad.media, bad.body) = (media, body);
        bad
    };
    let text = request.to_string();
    let big = with(request.clone(), "/fields/content", "字".repeat(400_000)).to_string();
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let keyed = |key: &str| clerk.with("idempotency-key", key);
    vec![
        raw(
            "a form",
            Some("application/x-www-form-urlencoded"),
            b"kind=request".to_vec(),
            (415, "bad-media"),
        ),
        raw("text", Some("text/plain"), text.clone().into_bytes(), (415, "bad-media")),
        raw("no type", None, text.clone().into_bytes(), (415, "bad-media")),
        raw("more than a mebibyte", Some("application/json"), big.into_bytes(), (413, "too-large")),
        raw(
            "half a body",
            Some("application/json"),
            text.as_bytes()[..text.len() / 2].to_vec(),
            (400, "bad-json"),
        ),
        raw(
            "two bodies",
            Some("application/json"),
            format!("{text}{text}").into_bytes(),
            (400, "bad-json"),
        ),
        raw(
            "bytes that are no text",
            Some("application/json"),
            vec![b'{', b'"', 0xff, 0xfe, b'"', b'}'],
            (400, "bad-json"),
        ),
        raw("depth without end", Some("application/json"), deep.into_bytes(), (422, "invalid")),
        raw(
            "a field of depth without end",
            Some("application/json"),
            text.replacen("\"fields\":{", &format!("\"fields\":{{\"x\":{},", "[".repeat(200)), 1)
                .into_bytes(),
            (400, "bad-json"),
        ),
        raw("nothing", Some("application/json"), Vec::new(), (400, "bad-json")),
        Bad::post(
            "a key without end",
            &keyed(&"k".repeat(201)),
            MATTERS,
            &request,
            (400, "bad-query"),
        )
        .rule("wrong-type", Some("idempotency-key")),
        Bad::post("an empty key", &keyed(""), MATTERS, &request, (400, "bad-query")),
    ]
}

fn queries<'a>(clerk: &Client) -> Vec<Bad<'a>> {
    let get = |what, path: &str, field| {
        Bad::get(what, clerk, path, (400, "bad-query")).rule("wrong-type", Some(field))
    };
    let plain = |what, path: &str| Bad::get(what, clerk, path, (400, "bad-query"));
    let search = |what, body: Json, wanted| Bad::post(what, clerk, "/api/v1/search", &body, wanted);
    vec![
        get("a cursor of a list", "/api/v1/matters?after=nonsense", "after"),
        get("a cursor of a list, half of it", "/api/v1/matters?after=5", "after"),
        get(
            "a cursor of a list beyond all numbers",
            "/api/v1/matters?after=9999999999999999999.1",
            "after",
        ),
        get("a cursor of changes", "/api/v1/changes?after=1.2", "after"),
        get("a cursor of changes with more", "/api/v1/changes?after=1.2.3.4", "after"),
        plain("no rows", "/api/v1/matters?limit=0").rule("out-of-range", Some("limit")),
        plain("too many rows", "/api/v1/matters?limit=201").rule("out-of-range", Some("limit")),
        get("an unknown lane", "/api/v1/matters?lane=nonsense", "lane"),
        get("an unknown phase", "/api/v1/matters?phase=nonsense", "phase"),
        get("a unit that is none", "/api/v1/matters?unit=nonsense", "unit"),
        get("a month that is none", "/api/v1/tallies?from=202613&to=202613", "from"),
        get("months backwards", "/api/v1/tallies?from=202603&to=202602", "to"),
        plain("an unknown parameter", "/api/v1/matters?colour=red"),
        plain("a limit that is no number", "/api/v1/matters?limit=ten"),
        search(
            "a cursor of a search",
            json!({ "q": "路灯", "after": "nonsense" }),
            (400, "bad-query"),
        ),
        search("a search for nothing", json!({ "q": "  " }), (422, "invalid")),
        search("a search without end", json!({ "q": "路".repeat(101) }), (422, "invalid")),
        search(
            "a search with an unknown key",
            json!({ "q": "路灯", "colour": 1 }),
            (422, "invalid"),
        ),
    ]
}

fn acts<'a>(county: &County, life: &Life<'_>, clerk: &Client) -> Vec<Bad<'a>> {
    let path = life.path("/acts");
    let client = |unit, role| county.client(county.person(unit, role));
    let (town, other) = (county.township(0), county.township(1));
    let act = |what, who: &Client, body: Json, wanted| Bad::post(what, who, &path, &body, wanted);
    let invisible = client(other, "window-clerk");
    vec![
        act("an action from a wrong state", clerk, json!({ "action": "reopen" }), (409, "state")).rule("wrong-state", None),
        act("a wrong role", &client(town, "mediator"), json!({ "action": "seal" }), (403, "forbidden")).rule("no-post-may", None),
        act("a stale version", clerk, json!({ "action": "classify", "version": 7, "data": { "request-class": "construction" } }), (409, "conflict"))
            .rule("stale-version", None),
        act("an unknown action", clerk, json!({ "action": "nonsense" }), (422, "invalid")).rule("unknown-action", None),
        act("a missing field", clerk, json!({ "action": "classify" }), (422, "invalid")).rule("required", Some("request-class")),
        act("an unknown field", clerk, json!({ "action": "classify", "data": { "request-class": "construction", "colour": 1 } }), (422, "invalid"))
            .rule("unknown-field", Some("colour")),
        act("a version that is a text", clerk, json!({ "action": "classify", "version": "1" }), (422, "invalid")).rule("wrong-type", Some("version")),
        act("a version below all", clerk, json!({ "action": "classify", "version": -1 }), (422, "invalid")),
        act("a matter out of sight", &invisible, json!({ "action": "classify" }), (404, "missing")),
        Bad::get("a look out of sight", &invisible, &life.path(""), (404, "missing")),
        Bad::get("events out of sight", &invisible, &life.path("/events"), (404, "missing")),
        Bad::post("opening out of sight", &invisible, &life.path("/disclosures"), &json!({ "purpose": "核对身份" }), (404, "missing")),
        Bad::post("a purpose that says nothing", clerk, &life.path("/disclosures"), &json!({ "purpose": " 看 " }), (422, "invalid")),
        Bad::post("a purpose without end", clerk, &life.path("/disclosures"), &json!({ "purpose": "看".repeat(201) }), (422, "invalid")),
        Bad::get("a code of nothing", clerk, "/api/v1/matters/269999999999", (404, "missing")),
        Bad::get("a code that is none", clerk, "/api/v1/matters/nonsense", (404, "missing")),
        Bad::get("a list out of reach", clerk, &format!("/api/v1/matters?unit={other}"), (404, "missing")),
        Bad::get("counts without the right", clerk, "/api/v1/tallies", (403, "no-right")),
        Bad::get("the log without the right", clerk, "/api/v1/audit", (403, "no-right")),
        Bad::get("readings without the right", clerk, &life.path("/readings"), (403, "no-right")),
        Bad::get("no such address", clerk, "/api/v1/nonsense", (404, "no-such-page")),
        Bad::get("a method of no use", clerk, "/api/v1/search", (405, "bad-method")),
    ]
}

fn credentials<'a>(county: &County, life: &Life<'_>) -> Vec<Bad<'a>> {
    let stranger = county.stranger();
    let token = |secret: &str| stranger.with("authorization", &format!("Bearer {secret}"));
    let clerk = county.person(county.township(0), "window-clerk");
    let signed_in = crate::session::sign_in(county, clerk);
    let act = json!({ "action": "classify", "data": { "request-class": "construction" } });
    let get =
        |what, client: &Client| Bad::get(what, client, "/api/v1/session", (401, "not-signed-in"));
    let csrf = |what, client: &Client| {
        Bad::post(what, client, &life.path("/acts"), &act, (403, "bad-csrf"))
    };
    vec![
        get("nothing shown", &stranger),
        get("a token of nobody", &token("532925.nonsense")),
        get("a token of no county", &token("nonsense")),
        get("a token of another county", &token("110101.nonsense")),
        get("a password for a token", &stranger.with("authorization", "Basic bm9uc2Vuc2U6eA==")),
        get("a cookie of nobody", &stranger.with("cookie", "shanzhi_session=532925.nonsense")),
        csrf("no token of the session", &signed_in.client),
        csrf("another token of the session", &signed_in.client.with("x-csrf-token", "nonsense")),
        csrf(
            "a page of another site",
            &signed_in
                .client
                .with("x-csrf-token", &signed_in.csrf)
                .with("sec-fetch-site", "cross-site"),
        ),
    ]
}

on_both! {
    fn every_refusal_is_told_and_changes_nothing(database) {
        let county = County::new(database);
        let person = county.person(county.township(0), "window-clerk");
        let clerk = county.client(person);
        let life = Life::register(&county, person, &county.request());
        let mut all = intakes(&county, &clerk);
        all.extend(shapes(&county, &clerk));
        all.extend(queries(&clerk));
        all.extend(acts(&county, &life, &clerk));
        all.extend(credentials(&county, &life));
        let version = county.matters()[0].version;
        // All of them are looked at, so that one run tells everything.
        let fails = |bad: &&Bad<'_>| catch_unwind(AssertUnwindSafe(|| check(&county, bad))).is_err();
        let failed: Vec<&str> = all.iter().filter(fails).map(|bad| bad.what).collect();
        assert!(failed.is_empty(), "{failed:?}");
        assert_eq!((county.matters().len(), county.matters()[0].version), (1, version));
        county.verify();
    }

    /// Whoever is told that there is nothing cannot know whether there is.
    fn what_is_out_of_sight_answers_as_what_is_not_there(database) {
        let county = County::new(database);
        let life = Life::register(&county, county.person(county.township(0), "window-clerk"), &county.request());
        let other = county.client(county.person(county.township(1), "window-clerk"));
        let nothing = "/api/v1/matters/269999999999";
        for rest in ["", "/events"] {
            let (there, not) = (other.get(&life.path(rest)), other.get(&format!("{nothing}{rest}")));
            assert_eq!((there.status, &there.body), (not.status, &not.body));
        }
        for (rest, body) in [("/acts", json!({ "action": "classify" })), ("/disclosures", json!({ "purpose": "核对身份" }))] {
            let (there, not) = (other.post(&life.path(rest), &body), other.post(&format!("{nothing}{rest}"), &body));
            assert_eq!((there.status, &there.body), (not.status, &not.body));
        }
    }

    /// Every mistake of an intake is told at once, not one after the other.
    fn all_mistakes_are_told_together(database) {
        let county = County::new(database);
        let clerk = county.client(county.person(county.township(0), "window-clerk"));
        let bad = json!({
            "kind": "dispute", "place": "110101", "title": "", "source": "nonsense",
            "fields": { "happened-on": "2026-02-30", "colour": 1 },
            "parties": [{ "role": "applicant", "details": { "name": "李建国", "phone": "1" } }],
        });
        let problem = clerk.post(MATTERS, &bad).expect(422).json();
        let rules: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["rule"].as_str()).collect();
        for rule in ["unknown-place", "no-such-date", "unknown-field", "bad-phone", "parties-missing", "required"] {
            assert!(rules.contains(&rule), "{rule} is not among {rules:?}");
        }
    }

    /// PostgreSQL keeps no zero character in a text, SQLite would: both are asked for the same.
    fn a_zero_character_breaks_nothing(database) {
        let county = County::new(database);
        let person = county.person(county.township(0), "window-clerk");
        let clerk = county.client(person);
        let life = Life::register(&county, person, &county.request());
        let zero = "路\u{0}灯";
        // What a person wrote is kept without what cannot be written.
        for pointer in ["/title", "/fields/content", "/parties/0/details/name"] {
            clerk.post(MATTERS, &with(county.request(), pointer, zero)).expect(201);
        }
        assert_eq!(county.matters()[1].registration.title, "路灯");
        let tabbed = with(county.request(), "/fields/content", "第一列\t第二列");
        let life_of_table = Life::register(&county, person, &tabbed);
        assert_eq!(life_of_table.look(person)["fields"]["content"], "第一列 第二列");
        let before = county.weight();
        for pointer in ["/kind", "/place", "/source", "/parties/0/role", "/fields/request-class"] {
            clerk.post(MATTERS, &with(county.request(), pointer, zero)).expect(422);
        }
        let act = json!({ "action": "classify", "data": { "request-class": zero } });
        clerk.post(&life.path("/acts"), &act).expect(422);
        clerk.post(&life.path("/acts"), &json!({ "action": zero })).expect(422);
        assert_eq!(county.weight(), before);
        let purpose = json!({ "purpose": format!("核对身份{zero}") });
        clerk.post(&life.path("/disclosures"), &purpose).expect(200);
        let found = clerk.post("/api/v1/search", &json!({ "q": zero })).status.as_u16();
        assert!(matches!(found, 200 | 422), "{found}");
        let stranger = county.stranger();
        stranger.post("/api/v1/session", &json!({ "login": zero, "password": zero })).expect(401);
        stranger.with("authorization", "Bearer 532925.%00").get("/api/v1/session").expect(401);
        clerk.get("/api/v1/units?q=%00").expect(200);
        clerk.get("/api/v1/kinds/%00").expect(404);
        county.verify();
    }

    /// Strange but sound text is kept as it is, on both databases.
    fn strange_text_comes_back_as_it_was_sent(database) {
        let county = County::new(database);
        let person = county.person(county.township(0), "window-clerk");
        for text in ["𠮷野家㐂", "a'b\"c\\d%_", "é e\u{301}", "🧑‍🌾🏞️", "'; drop table event; --", "<b>&amp;</b>", "{0} {name} ?1 $1"] {
            let mut body = with(county.request(), "/title", text);
            body["fields"]["content"] = format!("{text}\n第二行").into();
            body["parties"][0]["details"]["name"] = "张'丽\\".into();
            let life = Life::register(&county, person, &body);
            let seen = life.look(person);
            assert_eq!((&seen["title"], &seen["fields"]["content"]), (&body["title"], &body["fields"]["content"]));
            let opened = county.client(person).post(&life.path("/disclosures"), &json!({ "purpose": "核对身份信息" })).expect(200).json();
            assert_eq!(opened["parties"]["1"]["name"], "张'丽\\");
            if text.chars().any(char::is_alphanumeric) {
                let query = json!({ "q": text });
                let found = county.client(person).post("/api/v1/search", &query).expect(200).text();
                assert!(found.contains(&life.code), "{text:?} is not found");
            }
        }
        county.verify();
    }
}
