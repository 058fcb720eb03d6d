//! Pages as browsers without scripts use them: forms in, whole pages out, on both databases.

use axum::http::StatusCode;
use domain::ids::PersonId;
use domain::time::HOUR_MS;
use serde_json::json;
use testkit::{Answer, Client, County, PASSWORD, on_both};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// Somebody at a browser.
pub struct Browser {
    pub client: Client,
}

impl Browser {
    pub fn open(county: &County, person: PersonId) -> Self {
        Self::enter(county, &county.account(person), PASSWORD)
    }

    pub fn enter(county: &County, login: &str, password: &str) -> Self {
        let stranger = county.stranger();
        let answer = post(&stranger, "/sign-in", &[("login", login), ("password", password)]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        let cookie = cookie.split(';').next().expect("a value");
        Self { client: stranger.with("cookie", cookie) }
    }

    pub fn page(&self, path: &str) -> String {
        let answer = self.client.get(path).expect(200);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = answer.text();
        for raw in [">page.", "\"page.", ">input.", " style=", "onclick=", "<script>"] {
            assert!(!text.contains(raw), "{path} shows {raw}");
        }
        text
    }

    /// Sends the form of a page with its hidden values and these.
    pub fn send(&self, page: &str, path: &str, said: &[(&str, &str)]) -> Answer {
        let hidden = [
            ("csrf", hidden(page, "csrf")),
            ("key", hidden(page, "key")),
            ("version", hidden(page, "version")),
        ];
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).collect();
        all.extend(said);
        post(&self.client, path, &all)
    }
}

fn post(client: &Client, path: &str, said: &[(&str, &str)]) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    said.iter().for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    client.send("POST", path, FORM, form.finish().into_bytes())
}

/// The value of a hidden input in the last form that has it.
pub fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.rsplit_once(&mark).map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().to_owned()
}

pub const INTAKE: [(&str, &str); 8] = [
    ("kind", "request"),
    ("source", "window"),
    ("title", "文笔路路灯不亮"),
    ("f.content", "路灯坏了十多天,老人孩子出行不便。"),
    ("f.request-class", "construction"),
    ("p0.role", "petitioner"),
    ("p0.name", "单国强"),
    ("p0.phone", "17000001234"),
];

pub fn take_in(browser: &Browser, place: &str) -> (Answer, String) {
    let page = browser.page("/intake?kind=request");
    let said: Vec<(&str, &str)> = INTAKE.into_iter().chain([("place", place)]).collect();
    (browser.send(&page, "/intake", &said), page)
}

pub fn place_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").expect("a place").to_owned()
}

on_both! {
    fn a_request_is_brought_read_and_acted_on(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let (answer, _) = take_in(&window, &county.township(0).to_string());
        let place = place_of(&answer);
        let page = window.page(&place);
        assert!(page.contains("登记成功") && page.contains("单**"), "{page}");
        assert!(!page.contains("单国强") && !page.contains("17000001234"), "masked");
        let path = place.split('?').next().expect("a path");
        let opened = window.send(&page, &format!("{path}/disclosures"), &[("purpose", "回电话核实地点")]);
        assert!(opened.expect(200).text().contains("17000001234"));
        let dispatcher = Browser::open(&county, county.person(county.township(0), "dispatcher"));
        assert!(dispatcher.page("/").contains("文笔路路灯不亮"));
        let matter = dispatcher.page(path);
        let act = matter.split("href=\"").find(|l| l.contains("/acts/dispatch")).expect("an offer");
        let act = act.split('"').next().expect("an address");
        let form = dispatcher.page(act);
        let office = county.office(county.township(0), "police-station").to_string();
        let done = dispatcher.send(&form, act, &[("f.unit", &office)]);
        assert!(place_of(&done).ends_with("?done=1"));
        // Sent again, it is the same act.
        let again = dispatcher.send(&form, act, &[("f.unit", &office)]);
        assert!(place_of(&again).ends_with("?done=1"));
        let matter = &county.matters()[0];
        assert_eq!((matter.version, matter.holder.to_string()), (2, office));
    }

    fn a_form_that_is_sent_twice_registers_once(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let (first, page) = take_in(&window, &county.township(0).to_string());
        let place = county.township(0).to_string();
        let said: Vec<(&str, &str)> = INTAKE.into_iter().chain([("place", place.as_str())]).collect();
        let second = window.send(&page, "/intake", &said);
        assert_eq!(place_of(&first), place_of(&second));
        assert_eq!(county.matters().len(), 1);
    }

    fn what_is_wrong_is_shown_beside_what_was_typed(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let page = window.page("/intake?kind=request");
        let said = [("kind", "request"), ("title", ""), ("place", "nowhere"), ("f.content", "打字很辛苦"),
            ("p0.role", "petitioner"), ("p0.name", "单国强"), ("p0.id-number", "532925199001010011")];
        let answer = window.send(&page, "/intake", &said);
        let text = answer.text();
        assert!(text.contains("打字很辛苦") && text.contains("532925199001010011"), "{text}");
        assert!(text.matches("class=\"wrong\"").count() >= 2, "{text}");
        assert!(county.matters().is_empty());
    }

    fn nothing_typed_is_lost_when_the_session_ends(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let window = Browser::open(&county, clerk);
        let page = window.page("/intake?kind=request");
        county.clock.pass(13 * HOUR_MS);
        let place = county.township(0).to_string();
        let said: Vec<(&str, &str)> = INTAKE.into_iter().chain([("place", place.as_str())]).collect();
        let door = window.send(&page, "/intake", &said).expect(401).text();
        let kept = hidden(&door, "kept").replace("&amp;", "&");
        assert!(kept.contains("p0.name"), "{door}");
        let login = county.account(clerk);
        let back = post(&county.stranger(), "/sign-in",
            &[("login", &login), ("password", PASSWORD), ("then", "/intake"), ("kept", &kept)]);
        let cookie = back.header("set-cookie").expect("a cookie").to_owned();
        let text = back.expect(200).text();
        let client = county.stranger().with("cookie", cookie.split(';').next().expect("a value"));
        let again = Browser { client };
        let said: Vec<(&str, &str)> = INTAKE.into_iter().chain([("place", place.as_str())]).collect();
        place_of(&again.send(&text, "/intake", &said));
        assert_eq!(county.matters().len(), 1);
    }

    fn strangers_come_to_the_door_and_forms_of_others_are_refused(database) {
        let county = County::new(database);
        for path in ["/", "/matters", "/intake", "/search", "/tallies"] {
            let answer = county.stranger().get(path);
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert!(answer.header("location").is_some_and(|l| l.starts_with("/sign-in?then=")), "{path}");
        }
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let forged: Vec<(&str, &str)> = INTAKE.into_iter().chain([("csrf", "forged")]).collect();
        post(&window.client, "/intake", &forged).expect(403);
        let page = window.page("/intake?kind=request");
        let own = hidden(&page, "csrf");
        let cross = window.client.with("sec-fetch-site", "cross-site");
        let said: Vec<(&str, &str)> = INTAKE.into_iter().chain([("csrf", own.as_str())]).collect();
        post(&cross, "/intake", &said).expect(403);
        window.client.get("/matters/264657364935").expect(404);
        assert!(county.matters().is_empty());
    }

    fn an_agreement_is_performed_part_by_part_through_its_forms(database) {
        let county = County::new(database);
        let mediator = county.person(county.village(0, 0), "mediator");
        let client = county.client(mediator);
        let receipt = client.post("/api/v1/matters", &county.dispute()).expect(201).json();
        let path = format!("/matters/{}", receipt["code"].as_str().expect("a code"));
        let api = format!("/api/v1{path}/acts");
        client.post(&api, &json!({ "action": "accept", "data": { "consents": { "1": true, "2": true } } })).expect(200);
        let browser = Browser::open(&county, mediator);
        let agree = format!("{path}/acts/agree-written");
        let said = [
            ("f.agreed-terms", "分三期付清。"), ("f.performance-due", "2026-06-30"), ("f.instalments.1.due", "2026-04-30"),
            ("f.instalments.1.amount", "1,500"), ("f.instalments.1.what", "工钱"), ("f.instalments.every", "1"),
        ];
        let four: Vec<_> = said.into_iter().chain([("f.instalments.times", "4")]).collect();
        let late = browser.send(&browser.page(&agree), &agree, &four).text();
        assert!(late.contains("2026-06-30") && late.contains("value=\"1,500\""), "what is wrong stands beside what was typed");
        let three: Vec<_> = said.into_iter().chain([("f.instalments.times", "3")]).collect();
        browser.send(&browser.page(&agree), &agree, &three).expect(303);
        let perform = format!("{path}/acts/perform");
        let form = browser.page(&perform);
        assert!(form.contains("第1期 · 2026-04-30 · 1500.00 元 · 工钱"), "{form}");
        browser.send(&form, &perform, &[("f.instalment", "1"), ("f.performed-on", "2026-03-02")]).expect(303);
        let page = browser.page(&path);
        assert!(page.contains("已履行 1500.00 元,共 4500.00 元") && page.contains("第3期"), "{page}");
        let view = client.get(&format!("/api/v1{path}")).expect(200).json();
        let parts: Vec<_> = view["instalments"].as_array().expect("parts").iter().map(|p| (p["due"].as_str(), p["performed_on"].as_str())).collect();
        assert_eq!(parts, [(Some("2026-04-30"), Some("2026-03-02")), (Some("2026-05-30"), None), (Some("2026-06-30"), None)]);
    }

    fn a_group_of_five_hundred_is_taken_in_shown_and_asked(database) {
        let county = County::new(database);
        let mediator = county.person(county.village(0, 0), "mediator");
        let client = county.client(mediator);
        let mut intake = county.dispute();
        let villager = |n: usize| json!({ "role": "applicant", "details": { "name": format!("村民{n:03}"), "phone": format!("170{n:08}") } });
        intake["parties"] = (1..500).map(villager).chain([json!({ "role": "respondent", "details": { "name": "某公司" } })]).collect();
        let receipt = client.post("/api/v1/matters", &intake).expect(201).json();
        let path = format!("/matters/{}", receipt["code"].as_str().expect("a code"));
        let browser = Browser::open(&county, mediator);
        let page = browser.page(&path);
        assert!(page.contains("共 500 人") && page.len() < 600_000, "{} bytes", page.len());
        let form = browser.page(&format!("{path}/acts/accept"));
        let names: Vec<String> = (1..=500).map(|no| format!("f.consents.{no}")).collect();
        assert!(names.iter().all(|name| form.contains(&format!("name=\"{name}\""))));
        let said: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "yes")).collect();
        browser.send(&form, &format!("{path}/acts/accept"), &said).expect(303);
        assert_eq!(county.matters()[0].state, "mediating");
        intake["parties"].as_array_mut().expect("parties").push(villager(500));
        let refused = client.post("/api/v1/matters", &intake).expect(422).json();
        assert_eq!(refused["errors"][0]["rule"], "too-many");
    }

    fn an_address_that_leads_nowhere_is_told_in_the_readers_own_way(database) {
        let county = County::new(database);
        let stranger = county.stranger();
        let reader = stranger.clone().with("accept", "text/html,*/*;q=0.8");
        for lost in ["/nowhere", "/matters/269999999999/meetings/nonsense"] {
            let page = reader.get(lost).expect(404);
            assert!(page.header("content-type").expect("a type").starts_with("text/html"), "{lost}");
            assert!(page.text().contains("没有这个地址"), "{lost}: {}", page.text());
        }
        let problem = stranger.get("/nowhere").expect(404).json();
        assert_eq!(problem["type"], "urn:shanzhi:problem:no-such-page");
    }

    fn every_page_speaks_both_languages(database) {
        let county = County::new(database);
        let window = Browser::open(&county, county.person(county.township(0), "window-clerk"));
        let director = Browser::open(&county, county.person(county.centre(), "centre-director"));
        take_in(&window, &county.township(0).to_string());
        let matter = format!("/matters/{}", county.matters()[0].code());
        for browser in [&window, &director] {
            let english = Browser { client: browser.client.with("accept-language", "en") };
            for path in ["/", "/matters?lane=held", "/matters?lane=known&phase=closed", "/intake", "/search", matter.as_str()] {
                assert!(browser.page(path).contains("lang=\"zh-CN\""));
                assert!(english.page(path).contains("lang=\"en\""));
            }
        }
        assert!(director.page("/tallies?kind=request").contains("待派单"));
        let found = director.send(&director.page("/search"), "/search", &[("q", "sgq")]);
        assert!(found.expect(200).text().contains(&matter));
    }
}
