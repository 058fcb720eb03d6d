//! The bell, the list and the log of deliveries, as pages and over the API.

use std::time::Duration;

use app::notices::{Pauses, Settings, Ways, deliver};
use domain::ids::PersonId;
use serde_json::json;
use testkit::{County, FakeServer, Mood, on_both};

use crate::pages::Browser;

/// A request goes from the county to a township, whose director is told.
fn dispatch(county: &County) -> (PersonId, String) {
    let at_county = |role: &str| county.client(county.person(county.centre(), role));
    let mut body = county.request();
    body["place"] = "532925101".into();
    let made = at_county("window-clerk").post("/api/v1/matters", &body).expect(201).json();
    let code = made["code"].as_str().expect("a code").to_owned();
    let acts = format!("/api/v1/matters/{code}/acts");
    let class = json!({ "action": "classify", "version": 1, "data": { "request-class": "land" } });
    at_county("window-clerk").post(&acts, &class).expect(200);
    let data = json!({ "unit": county.township(0), "opinion": "请办理。" });
    let body = json!({ "action": "dispatch", "version": 2, "data": data });
    at_county("dispatcher").post(&acts, &body).expect(200);
    (county.person(county.township(0), "centre-director"), code)
}

fn bell(page: &str) -> String {
    let at = page.split("class=\"bell\"").nth(1).expect("a bell");
    at.split("</a>").next().unwrap_or_default().to_owned()
}

on_both! {
    fn the_bell_counts_and_what_is_read_is_read(database) {
        let county = County::new(database);
        let (chief, first) = dispatch(&county);
        county.clock.pass(1_000);
        let (_, second) = dispatch(&county);
        let browser = Browser::open(&county, chief);
        assert!(bell(&browser.page("/")).contains(">2<"), "{}", bell(&browser.page("/")));
        let page = browser.page("/notices");
        assert!(page.contains(&first) && page.contains(&second), "{page}");
        assert!(page.find(&second) < page.find(&first), "the newest first");
        let place = page.rsplit("name=\"place\" value=\"").next().and_then(|r| r.split('"').next()).expect("a place");
        let done = browser.send(&page, "/notices/read", &[("place", place)]);
        assert_eq!(done.header("location"), Some("/notices"));
        let page = browser.page("/notices");
        assert!(!page.contains(&first) && page.contains(&second), "{page}");
        assert!(browser.page("/notices?show=all").contains(&first));
        let up_to = page.rsplit("name=\"up-to\" value=\"").next().and_then(|r| r.split('"').next()).expect("a place");
        browser.send(&page, "/notices/read", &[("up-to", up_to)]);
        assert!(!bell(&browser.page("/")).contains("<strong"), "nothing to count");
        assert!(browser.page("/notices").contains("没有未读通知"));
        let other = Browser::open(&county, county.person(county.township(1), "centre-director"));
        let form = other.page("/notices/addresses");
        assert_eq!(other.send(&form, "/notices/read", &[("place", place)]).status.as_u16(), 404);
        let english = Browser { client: browser.client.with("accept-language", "en") };
        let page = english.page("/notices?show=all");
        assert!(page.contains("has come from") && page.contains("lang=\"en\""), "{page}");
    }

    fn the_api_lists_and_marks(database) {
        let county = County::new(database);
        let (chief, code) = dispatch(&county);
        county.clock.pass(1_000);
        dispatch(&county);
        let client = county.client(chief);
        let page = client.get("/api/v1/notices?unread=true&limit=1").expect(200).json();
        assert_eq!(page["items"].as_array().expect("items").len(), 1);
        let next = page["next"].as_str().expect("more");
        let page = client.get(&format!("/api/v1/notices?unread=true&limit=1&after={next}")).expect(200).json();
        let item = &page["items"][0];
        assert_eq!((item["matter"].as_str(), page["next"].is_null()), (Some(code.as_str()), true));
        let path = format!("/api/v1/notices/{}/read", item["id"].as_str().expect("an id"));
        county.client(county.person(county.centre(), "dispatcher")).post(&path, &json!({})).expect(404);
        client.post(&path, &json!({})).expect(204);
        client.post(&path, &json!({})).expect(204);
        let all = client.get("/api/v1/notices").expect(200).json();
        let read = all["items"].as_array().expect("items").iter().filter(|i| !i["read_at"].is_null()).count();
        assert_eq!(read, 1);
        client.get("/api/v1/notices?after=nonsense").expect(400);
        client.get("/api/v1/notices?limit=0").expect(400);
        client.post("/api/v1/notices/nonsense/read", &json!({})).expect(404);
    }

    fn addresses_are_kept_masked_and_every_failure_is_in_the_log(database) {
        let county = County::new(database);
        let (mail, gateway) = (FakeServer::mail(), FakeServer::gateway());
        mail.now(Mood::Says(550));
        let settings = Settings {
            smtp_url: Some(format!("smtp://127.0.0.1:{}", mail.port())),
            mail_from: Some("notice@example.cn".into()),
            sms_url: Some(format!("http://127.0.0.1:{}/", gateway.port())),
            timeout: Some(Duration::from_secs(5)),
            ..Settings::default()
        };
        county.service.use_ways(Ways::new(&settings).expect("usable"));
        let chief = county.person(county.township(0), "centre-director");
        let browser = Browser::open(&county, chief);
        let page = browser.page("/notices/addresses");
        for (channel, wrong) in [("mail", "nobody"), ("sms", "12345")] {
            let said = [("channel", channel), ("address", wrong)];
            let answer = browser.send(&page, "/notices/addresses", &said).expect(422).text();
            assert!(answer.contains("class=\"wrong\""), "{answer}");
        }
        for (channel, typed) in [("mail", "chief@example.cn"), ("sms", "13800000001")] {
            let said = [("channel", channel), ("address", typed)];
            assert_eq!(browser.send(&page, "/notices/addresses", &said).status.as_u16(), 303);
        }
        let page = browser.page("/notices/addresses");
        assert!(page.contains("c****@example.cn") && page.contains("138****0001"), "{page}");
        assert!(!page.contains("13800000001") && !page.contains("chief@"), "{page}");
        let forget = [("channel", "sms"), ("forget", "1")];
        browser.send(&page, "/notices/addresses", &forget);

        let (_, code) = dispatch(&county);
        let mut pauses = Pauses::default();
        assert_eq!(deliver(&county.service, &county.state, &mut pauses).expect("recorded"), 1);
        assert!(gateway.handed().is_empty(), "the address was forgotten");
        browser.client.get("/deliveries").expect(403);
        let admin = Browser::open(&county, county.person(county.centre(), "system-administrator"));
        let log = admin.page("/deliveries");
        assert!(log.contains("服务器拒收 (550)"), "{log}");
        assert!(!log.contains("chief@example.cn") && !log.contains(&code), "{log}");
        assert!(admin.page("/deliveries?standing=sent").contains("没有发送记录"));
        assert!(admin.page("/deliveries?channel=sms").contains("没有发送记录"));
        let again = log.split("action=\"/deliveries/").nth(2).or(log.split("action=\"/deliveries/").nth(1));
        let id = again.and_then(|r| r.split('/').next()).expect("an id");
        let path = format!("/deliveries/{id}/again");
        assert_eq!(browser.send(&page, &path, &[]).status.as_u16(), 403);
        mail.now(Mood::Takes);
        assert_eq!(admin.send(&log, &path, &[]).status.as_u16(), 303);
        assert_eq!(deliver(&county.service, &county.state, &mut pauses).expect("recorded"), 1);
        let log = admin.page("/deliveries");
        assert!(log.contains("已送交") && log.contains("服务器拒收 (550)"), "every try stays: {log}");
        let english = Browser { client: admin.client.with("accept-language", "en") };
        assert!(english.page("/deliveries").contains("The server refused it (550)"));
    }
}
