//! Registers through the real router: pages without scripts, tables in and out, the API, on both databases.

use axum::http::StatusCode;
use documents::table::{Column, read, write_xlsx};
use domain::ids::PersonId;
use serde_json::json;
use testkit::{Answer, County, on_both};

use crate::pages::{Browser, hidden};
use crate::papers::upload;

fn officer(county: &County) -> PersonId {
    county.person(county.office(county.township(0), "justice-office"), "justice-officer")
}

/// Where an answer leads.
fn to(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").expect("a place").to_owned()
}

fn committee(browser: &Browser, unit: &str) -> String {
    let page = browser.page("/registers/mediation-body/new");
    let said = [
        ("unit", unit),
        ("f.name", "第1村人民调解委员会"),
        ("f.body-kind", "committee"),
        ("f.term-since", "2026-01-01"),
    ];
    to(&browser.send(&page, "/registers/mediation-body/new", &said))
}

fn workbook(header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let header: Vec<Column> = header.iter().map(|h| Column::text(*h)).collect();
    let mut out = std::io::Cursor::new(Vec::new());
    write_xlsx(&mut out, "名册", &header, rows.iter().map(|r| r.iter().map(String::as_str)))
        .expect("a workbook");
    out.into_inner()
}

on_both! {
    fn a_record_is_entered_seen_changed_and_ended_on_pages(database) {
        let county = County::new(database);
        let browser = Browser::open(&county, officer(&county));
        let index = browser.page("/registers");
        assert!(index.contains("人民调解员") && !index.contains("公益诉讼志愿者"), "what may be read, and no more");
        let body = committee(&browser, &county.village(0, 0).to_string());
        let page = browser.page("/registers/mediator/new");
        assert!(page.contains("第1村人民调解委员会"), "the bodies near are offered");
        let village = county.village(0, 0).to_string();
        let mut said = vec![
            ("unit", village.as_str()), ("f.name", "李秀英"), ("f.sex", "woman"), ("f.born-on", "2012-03-01"),
            ("f.body", "第1村人民调解委员会"), ("f.post", "chair"), ("f.appointed-on", "2026-01-01"),
            ("f.phone", "13800001234"), ("f.trained-on", "2026-02-01"),
        ];
        let refused = browser.send(&page, "/registers/mediator/new", &said);
        let text = refused.text();
        assert!(text.contains("18") && text.contains("李秀英"), "what is wrong, and what was typed: {text}");
        said[3].1 = "1980-03-01";
        let record = to(&browser.send(&page, "/registers/mediator/new", &said));
        let shown = browser.page(&record);
        assert!(shown.contains("138****1234") && !shown.contains("13800001234"), "{shown}");
        assert!(browser.page(&body).contains("李秀英"), "who points to it stands on its page");

        let form = browser.page(&format!("{record}/edit"));
        assert!(!form.contains("13800001234"), "what is masked is in no form");
        let version = hidden(&form, "version");
        assert_eq!(version, "1");
        let changed: Vec<(&str, &str)> = said.iter().filter(|(n, _)| *n != "f.phone")
            .map(|(n, v)| if *n == "f.post" { (*n, "member") } else { (*n, *v) })
            .chain([("f.term-until", "2029-01-01")]).collect();
        to(&browser.send(&form, &format!("{record}/edit"), &changed));
        let shown = browser.page(&record);
        assert!(shown.contains("138****1234"), "left empty it stays: {shown}");
        assert!(shown.contains("<del>") && shown.contains("主任"), "before and after");
        let open = browser.send(&shown, &format!("{record}/disclosures"), &[("purpose", "核对电话")]);
        assert!(open.text().contains("13800001234"));
        to(&browser.send(&shown, &format!("{record}/end"), &[("reason", "离任"), ("version", "2")]));
        assert!(browser.page("/registers/mediator?show=ended").contains("李秀英"));
        assert!(!browser.page("/registers/mediator").contains("李秀英"));
        let list = browser.page("/registers/mediation-body");
        let found = browser.send(&list, "/registers/mediation-body", &[("q", "人民调解"), ("facet.body-kind", "committee")]);
        assert!(found.text().contains("第1村人民调解委员会"));
        county.verify();
    }
}

on_both! {
    fn a_table_is_checked_and_then_taken_on_the_page(database) {
        let county = County::new(database);
        let browser = Browser::open(&county, officer(&county));
        committee(&browser, &county.village(0, 0).to_string());
        let header = ["村(社区)", "姓名*", "性别", "出生年月日", "调委会", "职务", "聘任时间", "手机号码", "备用"];
        let village = county.village(0, 0).division().to_string();
        let row = |name: &str, born: &str, phone: &str| -> Vec<String> {
            [village.as_str(), name, "女", born, "第1村人民调解委员会", "委员", "2026年1月1日", phone, ""].map(str::to_owned).to_vec()
        };
        let rows = [row("赵一", "1980.1.2", "13800000001"), row("钱二", "昨天", "x"), row("孙三", "1979-05-06", "")];
        let bytes = workbook(&header, &rows);
        let page = browser.page("/registers/mediator/import");
        let csrf = hidden(&page, "csrf");
        let path = "/registers/mediator/import";
        let answer = upload(&browser.client, path, "roster.xlsx", &bytes, &[("csrf", &csrf)]);
        let told = answer.expect(200).text();
        assert!(told.contains("D3") && told.contains("H3"), "every bad cell is named: {told}");
        assert!(told.contains("备用"), "columns that are not read are told");
        assert!(!browser.page("/registers/mediator").contains("赵一"), "a check changes nothing");
        let take = told.split("action=\"/registers/mediator/imports/").nth(1).expect("a button");
        let import = format!("/registers/mediator/imports/{}", take.split('"').next().expect("an id"));
        let stranger = Browser::open(&county, county.person(county.township(0), "centre-clerk"));
        assert_eq!(stranger.send(&stranger.page("/registers"), &import, &[("csrf", &hidden(&stranger.page("/registers/mediator"), "csrf"))]).status, StatusCode::NOT_FOUND);
        let taken = browser.send(&page, &import, &[]);
        assert!(taken.expect(200).text().contains('2'));
        let list = browser.page("/registers/mediator");
        assert!(list.contains("赵一") && list.contains("孙三") && !list.contains("钱二"));
        let file = browser.client.get("/registers/mediator/export").expect(200);
        let table = read("out.xlsx", &file.body).expect("a workbook");
        assert_eq!(table.rows.len(), 2);
        assert!(table.rows.iter().all(|r| !r.cells.concat().contains("13800000001")), "masked in files, too");
        let blank = browser.client.get("/registers/mediator/blank").expect(200);
        assert!(!blank.body.is_empty());
        for (name, bytes, wanted) in [("a.docx", b"x".to_vec(), 422), ("a.xlsx", b"not one".to_vec(), 422), ("a.csv", Vec::new(), 422)] {
            let answer = upload(&browser.client, path, name, &bytes, &[("csrf", &csrf)]);
            assert_eq!(answer.status.as_u16(), wanted, "{name}: {}", answer.text());
        }
        let forged = upload(&browser.client, path, "roster.xlsx", &bytes, &[("csrf", "x")]);
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        county.verify();
    }
}

on_both! {
    fn the_api_keeps_a_register(database) {
        let county = County::new(database);
        let client = county.client(officer(&county));
        let all = client.get("/api/v1/registers").expect(200).json();
        assert!(all["items"].as_array().is_some_and(|a| a.len() > 15), "{all}");
        let said = json!({ "unit": county.village(0, 1), "fields": { "name": "某调委会", "body-kind": "committee" } });
        let made = client.post("/api/v1/registers/mediation-body/records", &said).expect(201).json();
        client.post("/api/v1/registers/mediation-body/records", &said).expect(409);
        let path = format!("/api/v1/registers/mediation-body/records/{}", made["id"].as_str().expect("an id"));
        client.post(&path, &json!({ "fields": { "address": "文笔路1号" }, "version": 1 })).expect(200);
        client.post(&path, &json!({ "fields": { "address": "别处" }, "version": 1 })).expect(409);
        client.post(&path, &json!({ "fields": { "nonsense": 1 } })).expect(422);
        let whole = client.get(&path).expect(200).json();
        assert_eq!(whole["record"]["fields"]["address"], "文笔路1号");
        assert_eq!(whole["history"].as_array().map(Vec::len), Some(2));
        assert!(whole["remarks"].to_string().contains("人民调解法第8条"), "{whole}");
        let list = client.get("/api/v1/registers/mediation-body/records").expect(200).json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
        let found = client.post("/api/v1/registers/mediation-body/search", &json!({ "q": "文笔路" })).expect(200).json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
        let view = client.get("/api/v1/registers/mediation-body").expect(200).json();
        assert_eq!(view["coverage"][0]["done"], 1, "{view}");
        client.post(&format!("{path}/end"), &json!({ "reason": "撤销" })).expect(200);
        client.post(&format!("{path}/end"), &json!({ "reason": "恢复", "resume": true })).expect(200);
        let away = county.client(county.person(county.office(county.township(1), "police-station"), "police-officer"));
        away.get(&path).expect(200);
        away.post(&path, &json!({ "fields": { "address": "x" } })).expect(403);
        away.get("/api/v1/registers/public-interest-volunteer").expect(404);
        away.get("/api/v1/registers/nonsense").expect(404);
        away.get("/api/v1/registers/mediation-body/records/999999").expect(404);
    }
}

#[test]
fn pages_of_a_list_go_on_where_the_last_one_ended() {
    let database = testkit::Database::fresh(testkit::Engine::Sqlite).expect("always there");
    let county = County::new(database);
    let client = county.client(officer(&county));
    for n in 0..25 {
        let unit = county.village(0, n % 2);
        let said = json!({ "unit": unit, "fields": { "name": format!("小组.{n:02}"), "body-kind": "group" } });
        client.post("/api/v1/registers/mediation-body/records", &said).expect(201);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let query: String = form_urlencoded::byte_serialize(after.as_bytes()).collect();
        let more = if after.is_empty() { String::new() } else { format!("&after={query}") };
        let page = client.get(&format!("/api/v1/registers/mediation-body/records?limit=4{more}"));
        let page = page.expect(200).json();
        let items = page["items"].as_array().expect("records").clone();
        seen.extend(items.iter().map(|i| i["title"].as_str().expect("a title").to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 25);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25, "each once");
}
