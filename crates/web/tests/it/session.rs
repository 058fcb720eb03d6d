//! Signing in and out.

use domain::ids::PersonId;
use domain::time::{HOUR_MS, MINUTE_MS};
use serde_json::{Value as Json, json};
use testkit::{Client, County, PASSWORD, on_both};

/// An open session.
pub struct SignedIn {
    /// A client with the cookie, without the token that changing requests repeat.
    pub client: Client,
    pub csrf: String,
    pub cookie: String,
}

impl SignedIn {
    /// A client as the product's own page is one.
    pub fn page(&self) -> Client {
        self.client.with("x-csrf-token", &self.csrf)
    }
}

pub fn sign_in(county: &County, person: PersonId) -> SignedIn {
    let login = county.account(person);
    let stranger = county.stranger();
    let answer = stranger
        .post("/api/v1/session", &json!({ "login": login, "password": PASSWORD }))
        .expect(201);
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    let secret = cookie.split(';').next().expect("a value").to_owned();
    let csrf = answer.json()["csrf"].as_str().expect("a token").to_owned();
    SignedIn { client: stranger.with("cookie", &secret), csrf, cookie }
}

fn try_in(county: &County, login: &str, password: &str) -> Json {
    let answer =
        county.stranger().post("/api/v1/session", &json!({ "login": login, "password": password }));
    let mut told = answer.json();
    told["code"] = answer.status.as_u16().into();
    told
}

on_both! {
    fn a_session_acts_with_its_token_and_ends(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let signed_in = sign_in(&county, clerk);
        for said in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(signed_in.cookie.contains(said), "{}", signed_in.cookie);
        }
        let me = signed_in.client.get("/api/v1/session").expect(200).json();
        assert_eq!(me["person"]["id"].as_str(), Some(clerk.to_string().as_str()));
        assert_eq!(me["posts"][0]["role"]["id"], "window-clerk");
        assert_eq!(me["csrf"], Json::Null, "the token is given once");
        signed_in.client.post("/api/v1/matters", &county.request()).expect(403);
        signed_in.page().post("/api/v1/matters", &county.request()).expect(201);
        signed_in.client.delete("/api/v1/session").expect(403);
        let ended = signed_in.page().delete("/api/v1/session").expect(204);
        assert!(ended.header("set-cookie").is_some_and(|c| c.contains("Max-Age=0")));
        signed_in.client.get("/api/v1/session").expect(401);
        signed_in.page().post("/api/v1/matters", &county.request()).expect(401);
        assert_eq!(county.matters().len(), 1);
    }

    fn a_session_ends_by_itself(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let idle = sign_in(&county, clerk);
        county.clock.pass(30 * MINUTE_MS);
        idle.client.get("/api/v1/session").expect(200);
        county.clock.pass(30 * MINUTE_MS + 1);
        idle.client.get("/api/v1/session").expect(401);
        let busy = sign_in(&county, clerk);
        let code = busy.page().post("/api/v1/matters", &county.request()).expect(201).json();
        let path = format!("/api/v1/matters/{}", code["code"].as_str().expect("a code"));
        for _ in 0..12 * 3 - 1 {
            county.clock.pass(20 * MINUTE_MS);
            busy.client.get(&path).expect(200);
        }
        county.clock.pass(20 * MINUTE_MS);
        busy.client.get(&path).expect(401);
    }

    /// Someone who works is not sent away: whatever is asked counts as use.
    fn every_sort_of_request_keeps_a_session_open(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let session = sign_in(&county, clerk);
        let page = session.page();
        let code = page.post("/api/v1/matters", &county.request()).expect(201).json();
        let path = format!("/api/v1/matters/{}", code["code"].as_str().expect("a code"));
        let act = json!({ "action": "classify", "data": { "request-class": "construction" } });
        let uses: [&dyn Fn() -> u16; 5] = [
            &|| page.get("/api/v1/matters?lane=held").status.as_u16(),
            &|| page.post("/api/v1/search", &json!({ "q": "路灯" })).status.as_u16(),
            &|| page.get(&format!("{path}/events")).status.as_u16(),
            &|| page.get("/api/v1/changes").status.as_u16(),
            &|| page.post(&format!("{path}/acts"), &act).status.as_u16(),
        ];
        for (no, usage) in uses.iter().enumerate() {
            county.clock.pass(20 * MINUTE_MS);
            assert_eq!(usage(), 200, "use {no}");
            county.clock.pass(20 * MINUTE_MS);
            assert_eq!(usage(), 200, "use {no} did not keep the session open");
        }
    }

    fn five_failures_lock_for_a_quarter_of_an_hour(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let login = county.account(clerk);
        let unknown = try_in(&county, "nobody", PASSWORD);
        for _ in 0..4 {
            let failed = try_in(&county, &login, "wrong password");
            assert_eq!(failed, unknown, "an unknown login is told what a wrong password is");
            assert_eq!(failed["code"], 401);
        }
        assert_eq!(try_in(&county, &login, "wrong password")["code"], 429);
        assert_eq!(try_in(&county, &login, PASSWORD)["code"], 429, "the right password does not open a lock");
        county.clock.pass(15 * MINUTE_MS - 1);
        assert_eq!(try_in(&county, &login, PASSWORD)["code"], 429);
        county.clock.pass(1);
        assert_eq!(try_in(&county, &login, PASSWORD)["code"], 201);
        assert_eq!(try_in(&county, &login, "wrong password")["code"], 401, "a success begins the count anew");
    }

    fn who_loses_a_post_or_an_account_loses_the_rest(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let (session, token) = (sign_in(&county, clerk), county.client(clerk));
        let code = token.post("/api/v1/matters", &county.request()).expect(201).json();
        let path = format!("/api/v1/matters/{}", code["code"].as_str().expect("a code"));
        token.get(&path).expect(200);
        let (posts, today, number) = (county.roster().org.posts(clerk).to_vec(), county.now().day(), county.state.county);
        county.write(move |conn| app::accounts::end_post(conn, number, posts[0].id, today).map(drop)).expect("ended");
        token.get(&path).expect(404);
        session.client.get(&path).expect(404);
        token.post("/api/v1/matters", &county.request()).expect(403);
        let (login, now) = (county.account(clerk), county.now());
        county.write(move |conn| Ok(store::accounts::end(conn, number, &login, now)?)).expect("ended");
        token.get("/api/v1/session").expect(401);
        session.client.get("/api/v1/session").expect(401);
        assert_eq!(try_in(&county, &county.account(clerk), PASSWORD)["code"], 401);
    }

    fn a_token_lasts_a_year(database) {
        let county = County::new(database);
        let token = county.client(county.person(county.township(0), "window-clerk"));
        county.clock.pass(365 * 24 * HOUR_MS - 1);
        token.get("/api/v1/session").expect(200);
        county.clock.pass(1);
        token.get("/api/v1/session").expect(401);
    }

    /// Neither the database nor the log holds what opens anything.
    fn no_secret_is_kept(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let signed_in = sign_in(&county, clerk);
        let secret = signed_in.cookie.split(['=', ';']).nth(1).expect("a secret").to_owned();
        for (table, columns) in [("account", "password"), ("audit", "detail"), ("audit", "action")] {
            for kept in county.database.look(&format!("select {columns} from {table}")) {
                assert!(!kept.contains(PASSWORD) && !kept.contains(&secret), "{table}.{columns}");
            }
        }
    }

    /// Over TLS the cookie is sent over TLS only, and by this host only.
    fn over_tls_the_cookie_says_so(database) {
        let county = County::new(database);
        let login = county.account(county.person(county.township(0), "window-clerk"));
        let web = web::Web::new(county.service.clone(), web::Options { tls: true, ..Default::default() });
        let client = Client::new(web::router(&web), None);
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = client.post("/api/v1/session", &body).expect(201);
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        assert!(cookie.starts_with("__Host-shanzhi_session=532925.") && cookie.contains("; Secure"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let secret = cookie.split(';').next().expect("a value");
        client.with("cookie", &format!("other=1; {secret}; more=2")).get("/api/v1/session").expect(200);
    }
}
