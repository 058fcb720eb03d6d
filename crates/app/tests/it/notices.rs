//! Notices from the act to the server that takes them, over real sockets, on both databases.

use std::time::Duration;

use app::notices::{
    Courier, Filter, Pauses, Settings, Ways, deliver, list, log, read, read_all, retry, set_contact,
};
use app::{Credential, Error};
use domain::catalogue::Right;
use domain::ids::PersonId;
use domain::notice::{Audience, Blank, Channel, blanks};
use domain::time::{HOUR_MS, MINUTE_MS};
use serde_json::{Value as Json, json};
use store::deliveries::Standing;
use store::notices::Place;
use testkit::{County, Database, Engine, FakeServer, Mood, at, dead_port, on_both};

/// What nobody outside the house may read.
const TITLE: &str = "第三人欠薪纠纷";
const ADDRESS: &str = "chief@example.cn";
const MOBILE: &str = "13800000001";
const SECRET: &str = "a-word-of-the-gateway";

/// A county with ways out of the house, and somebody who wants to be told.
struct House {
    county: County,
    mail: FakeServer,
    gateway: FakeServer,
    chief: PersonId,
    pauses: Pauses,
}

fn settings(mail: u16, gateway: u16) -> Settings {
    Settings {
        smtp_url: Some(format!("smtp://127.0.0.1:{mail}")),
        mail_from: Some("综治中心 <notice@example.cn>".into()),
        sms_url: Some(format!("http://127.0.0.1:{gateway}/send")),
        sms_secret: Some(SECRET.into()),
        sms_accepts: Some("/code=0".into()),
        timeout: Some(Duration::from_millis(500)),
        ..Settings::default()
    }
}

impl House {
    fn new(database: Database) -> Self {
        let county = County::new(database);
        let (mail, gateway) = (FakeServer::mail(), FakeServer::gateway());
        let ways = Ways::new(&settings(mail.port(), gateway.port())).expect("they can be used");
        county.service.use_ways(ways);
        let chief = county.person(county.township(0), "centre-director");
        let house = Self { county, mail, gateway, chief, pauses: Pauses::default() };
        house.contact(Channel::Mail, ADDRESS).expect("an address");
        house.contact(Channel::Sms, MOBILE).expect("an address");
        house
    }

    fn contact(&self, channel: Channel, typed: &'static str) -> Result<(), Error> {
        let (service, who) = (self.county.service.clone(), self.county.local(self.chief));
        self.county.write(move |conn| set_contact(conn, &service, &who, channel, typed))
    }

    /// A matter comes in at the county and goes to the township: its chief is told.
    fn dispatch(&self) -> String {
        let at_county = |role: &str| self.county.person(self.county.centre(), role);
        let mut body = self.county.request();
        body["place"] = "532925101".into();
        body["title"] = TITLE.into();
        let client = self.county.client(at_county("window-clerk"));
        let made = client.post("/api/v1/matters", &body).expect(201).json();
        let code = made["code"].as_str().expect("a code").to_owned();
        self.act(&code, at_county("window-clerk"), "classify", &json!({ "request-class": "land" }));
        let data = json!({ "unit": self.county.township(0), "opinion": "请尽快办理。" });
        self.act(&code, at_county("dispatcher"), "dispatch", &data);
        code
    }

    fn act(&self, code: &str, by: PersonId, action: &str, data: &Json) {
        let seen =
            self.county.client(by).get(&format!("/api/v1/matters/{code}")).expect(200).json();
        let body = json!({ "action": action, "version": seen["version"], "data": data });
        let acts = format!("/api/v1/matters/{code}/acts");
        self.county.client(by).post(&acts, &body).expect(200);
    }

    /// One round of the courier; answers how many messages were tried.
    fn round(&mut self) -> usize {
        deliver(&self.county.service, &self.county.state, &mut self.pauses).expect("recorded")
    }

    /// The log as the system administrator reads it: how each stands and why it failed.
    fn log(&self) -> Vec<(Channel, Standing, Vec<Option<String>>)> {
        let log = self.look(self.county.person(self.county.centre(), "system-administrator"));
        let rows = log.expect("a right").rows.into_iter();
        rows.map(|r| (r.channel, r.standing, r.tries.into_iter().map(|t| t.failure).collect()))
            .collect()
    }

    fn look(&self, person: PersonId) -> Result<app::notices::Log, Error> {
        let (service, who) = (self.county.service.clone(), self.county.local(person));
        self.county.read(move |conn| log(conn, &service, &who, Filter::default(), 50))
    }

    fn of(&self, channel: Channel) -> (Standing, Vec<Option<String>>) {
        let found = self.log().into_iter().find(|(c, ..)| *c == channel).expect("in the log");
        (found.1, found.2)
    }
}

fn failures(tries: &[Option<String>]) -> Vec<&str> {
    tries.iter().map(|t| t.as_deref().unwrap_or("none")).collect()
}

fn shown(county: &County, who: &Credential, unread: bool) -> Vec<app::notices::Shown> {
    let (service, who) = (county.service.clone(), who.clone());
    let list = move |conn: &mut store::Conn| {
        list(conn, &service, &who, (unread, Place::START, 50), "zh").map(|(_, shown)| shown)
    };
    county.read(list).expect("a list")
}

on_both! {
    fn who_is_told_reads_it_in_the_page_and_who_acted_does_not(database) {
        let house = House::new(database);
        let code = house.dispatch();
        let county = &house.county;
        let who = county.local(house.chief);
        let told = shown(county, &who, true);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].text.contains(&code) && told[0].text.contains("第1镇"), "{}", told[0].text);
        assert!(!told[0].text.contains('{'), "{}", told[0].text);
        let dispatcher = county.person(county.centre(), "dispatcher");
        assert!(shown(county, &county.local(dispatcher), false).is_empty());
        let other = county.person(county.township(1), "centre-director");
        assert!(shown(county, &county.local(other), false).is_empty());

        let (service, place) = (county.service.clone(), told[0].place);
        let (stranger, own) = (county.local(other), who.clone());
        let mark = move |who: Credential| {
            let service = service.clone();
            move |conn: &mut store::Conn| read(conn, &service, &who, place)
        };
        assert!(matches!(county.write(mark(stranger)), Err(Error::Missing)), "another's notice");
        county.write(mark(own)).expect("read");
        assert!(shown(county, &who, true).is_empty());
        assert_eq!(shown(county, &who, false).len(), 1);

        house.dispatch();
        county.clock.pass(1);
        let later = shown(county, &who, true)[0].place;
        house.dispatch();
        let service = county.service.clone();
        let all = county.write(move |conn| read_all(conn, &service, &who, later));
        assert_eq!(all.expect("read"), 1, "what came later stays unread");
    }

    fn messages_go_out_once_and_say_nothing_about_anybody(database) {
        let mut house = House::new(database);
        let code = house.dispatch();
        assert_eq!(house.round(), 2);
        assert_eq!(house.round(), 0, "what was sent is not sent again");
        let (mail, sms) = (house.mail.handed(), house.gateway.handed());
        assert_eq!((mail.len(), sms.len()), (1, 1));
        assert_eq!((mail[0].to.as_str(), sms[0].to.as_str()), (ADDRESS, MOBILE));
        assert!(sms[0].text.contains(&code), "{}", sms[0].text);
        assert!(sms[0].text.contains(&format!("authorization: Bearer {SECRET}")));
        assert!(sms[0].text.contains(&format!("idempotency-key: {}", sms[0].name)));
        for text in [&mail[0].text, &sms[0].text] {
            for secret in [TITLE, "张丽", "17000001234", "路灯"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        for (_, standing, tries) in house.log() {
            assert_eq!((standing, failures(&tries)), (Standing::Sent, vec!["none"]));
        }
        // Neither address stands in the open anywhere, and none is kept once it has served.
        let look = |sql: &str| house.county.database.look(sql);
        assert_eq!(look("select count(*) from delivery where address <> ''"), ["0"]);
        for contact in look("select address from contact") {
            assert!(contact.starts_with("sm.1."), "{contact}");
        }
    }

    fn a_party_is_told_by_telephone_and_not_about_a_sealed_matter(database) {
        let mut house = House::new(database);
        let clerk = house.county.person(house.county.township(0), "centre-clerk");
        let code = house.dispatch();
        house.act(&code, clerk, "sign", &json!({}));
        house.act(&code, clerk, "contact", &json!({ "contacted-at": "2026-03-02T08:55:00+08:00" }));
        let answer = json!({ "answer": "已修好。", "resolved": true });
        house.act(&code, clerk, "answer", &answer);
        while house.round() > 0 {}
        let to_party = |house: &House| {
            house.gateway.handed().iter().filter(|h| h.to == "17000001234").count()
        };
        assert_eq!(to_party(&house), 1, "{:?}", house.gateway.handed());
        let sealed = house.dispatch();
        house.act(&sealed, house.chief, "sign", &json!({}));
        house.act(&sealed, house.chief, "contact", &json!({ "contacted-at": "2026-03-02T08:55:00+08:00" }));
        house.act(&sealed, house.chief, "seal", &json!({ "opinion": "涉及隐私" }));
        house.act(&sealed, house.chief, "answer", &answer);
        while house.round() > 0 {}
        assert_eq!(to_party(&house), 1, "about a sealed matter nobody is written to");
    }

    fn a_dead_server_is_tried_again_and_delivery_resumes_by_itself(database) {
        let mut house = House::new(database);
        let dead = settings(dead_port(), house.gateway.port());
        house.county.service.use_ways(Ways::new(&dead).expect("usable"));
        house.dispatch();
        house.county.clock.pass(1);
        house.dispatch();
        assert_eq!(house.round(), 3, "both text messages, and one e-mail as a probe");
        let waiting: Vec<_> = house.log().into_iter().filter(|(c, ..)| *c == Channel::Mail).collect();
        assert!(waiting.iter().all(|(_, s, _)| *s == Standing::Waiting), "{waiting:?}");
        let tries: Vec<usize> = waiting.iter().map(|(.., t)| t.len()).collect();
        assert_eq!(tries.iter().sum::<usize>(), 1, "a server that is down is not asked for each message");
        let failed = waiting.iter().find(|(.., t)| !t.is_empty()).expect("one was tried");
        assert_eq!(failures(&failed.2), ["unreachable"]);
        assert_eq!(house.round(), 0, "it rests");

        let alive = settings(house.mail.port(), house.gateway.port());
        house.county.service.use_ways(Ways::new(&alive).expect("usable"));
        house.county.clock.pass(2 * MINUTE_MS);
        while house.round() > 0 {}
        assert_eq!(house.mail.handed().len(), 2);
        let rows = house.log();
        assert!(rows.iter().all(|(_, s, _)| *s == Standing::Sent), "{rows:?}");
    }

    fn what_is_refused_for_good_is_given_up_and_tried_anew_when_asked(database) {
        let mut house = House::new(database);
        house.mail.now(Mood::Says(550));
        house.gateway.now(Mood::Says(400));
        house.dispatch();
        assert_eq!(house.round(), 2);
        let (standing, tries) = house.of(Channel::Mail);
        assert_eq!((standing, failures(&tries)), (Standing::Failed, vec!["refused:550"]));
        let (standing, tries) = house.of(Channel::Sms);
        assert_eq!((standing, failures(&tries)), (Standing::Failed, vec!["refused:400"]));

        assert!(matches!(house.look(house.chief), Err(Error::NoRight(Right::ManageSystem))));
        house.mail.now(Mood::Takes);
        let administrator = house.county.person(house.county.centre(), "system-administrator");
        let log = house.look(administrator).expect("a right");
        let id = log.rows.iter().find(|r| r.channel == Channel::Mail).expect("there").id;
        let again = |house: &House, person| {
            let (service, who) = (house.county.service.clone(), house.county.local(person));
            house.county.write(move |conn| retry(conn, &service, &who, id))
        };
        assert!(matches!(again(&house, house.chief), Err(Error::NoRight(_))));
        again(&house, administrator).expect("given up before");
        assert!(matches!(again(&house, administrator), Err(Error::Missing)), "it waits already");
        assert_eq!(house.round(), 1);
        let (standing, tries) = house.of(Channel::Mail);
        assert_eq!((standing, failures(&tries)), (Standing::Sent, vec!["none", "refused:550"]));
    }

    fn what_fails_for_now_is_tried_until_the_end(database) {
        let mut house = House::new(database);
        house.mail.now(Mood::Says(451));
        house.gateway.now(Mood::Says(503));
        house.dispatch();
        let tries_max = house.county.state.catalogue.delivery.retry.tries;
        let mut rounds = 0;
        while house.of(Channel::Mail).0 == Standing::Waiting && rounds < 200 {
            house.round();
            house.county.clock.pass(2 * HOUR_MS + HOUR_MS / 2);
            rounds += 1;
        }
        let (standing, tries) = house.of(Channel::Mail);
        assert_eq!(standing, Standing::Failed);
        assert_eq!(tries.len() as i64, tries_max, "every failure is shown");
        assert!(tries.iter().all(|t| t.as_deref() == Some("busy:451")), "{tries:?}");
        assert_eq!(house.of(Channel::Sms).0, Standing::Failed);
        assert!(house.mail.handed().is_empty() && house.gateway.handed().is_empty());
    }

    fn servers_that_say_nothing_or_nonsense_are_waited_for(database) {
        let mut house = House::new(database);
        house.mail.now(Mood::Silent);
        house.gateway.now(Mood::Silent);
        house.dispatch();
        assert_eq!(house.round(), 2);
        assert_eq!(failures(&house.of(Channel::Mail).1), ["timeout"]);
        assert_eq!(failures(&house.of(Channel::Sms).1), ["timeout"]);
        house.mail.now(Mood::Babbles);
        house.gateway.now(Mood::Babbles);
        house.county.clock.pass(5 * MINUTE_MS);
        assert_eq!(house.round(), 2);
        house.mail.now(Mood::Takes);
        house.gateway.now(Mood::Takes);
        house.county.clock.pass(20 * MINUTE_MS);
        assert_eq!(house.round(), 2);
        for channel in [Channel::Mail, Channel::Sms] {
            let (standing, tries) = house.of(channel);
            assert_eq!((standing, tries.len()), (Standing::Sent, 3), "{tries:?}");
        }
    }

    fn nothing_goes_out_at_night_unless_it_is_urgent(database) {
        let mut house = House::new(database);
        house.county.clock.set(at("2026-03-02 22:30"));
        house.dispatch();
        assert_eq!(house.round(), 0);
        house.county.clock.set(at("2026-03-03 07:59"));
        assert_eq!(house.round(), 0);
        assert_eq!((house.mail.met(), house.gateway.met()), (0, 0), "no server was even asked");
        house.county.clock.set(at("2026-03-03 08:00"));
        assert_eq!(house.round(), 2);

        // A callout is urgent by its declaration.
        let station = house.county.office(house.county.township(0), "police-station");
        let police = house.county.person(station, "police-station-head");
        let (service, who) = (house.county.service.clone(), house.county.local(police));
        let set = move |conn: &mut store::Conn| {
            set_contact(conn, &service, &who, Channel::Sms, "13900000002")
        };
        house.county.write(set).expect("an address");
        let code = house.dispatch();
        while house.round() > 0 {}
        house.county.clock.set(at("2026-03-03 22:00"));
        house.act(&code, house.chief, "sign", &json!({}));
        house.act(&code, house.chief, "contact", &json!({ "contacted-at": "2026-03-03T21:50:00+08:00" }));
        let data = json!({ "callout-type": "emergency", "units": [station], "reason": "请到现场。" });
        house.act(&code, house.chief, "call-out", &data);
        while house.round() > 0 {}
        assert!(house.gateway.handed().iter().any(|h| h.to == "13900000002"));
    }

    fn what_was_sent_and_not_recorded_is_sent_again_under_the_same_name(database) {
        let mut house = House::new(database);
        // The server takes the message, and we never hear of it: as if the program had been killed there.
        house.mail.now(Mood::TakesAndHangsUp);
        house.dispatch();
        house.round();
        house.mail.now(Mood::Takes);
        house.county.clock.pass(5 * MINUTE_MS);
        house.round();
        let handed = house.mail.handed();
        assert_eq!(handed.len(), 2, "at least once");
        assert!(!handed[0].name.is_empty());
        assert_eq!(handed[0].name, handed[1].name, "under one Message-ID");
        assert_eq!(handed[0].text, handed[1].text, "the same to the last byte");
        assert_eq!(house.of(Channel::Mail).0, Standing::Sent);
    }

    fn a_claim_of_a_server_that_died_ends(database) {
        let mut house = House::new(database);
        house.dispatch();
        let county = house.county.state.county;
        let now = house.county.now();
        let until = now.plus_ms(10 * MINUTE_MS);
        // Another server claims everything and dies before it has sent anything.
        let claim = move |conn: &mut store::Conn| {
            let due = store::deliveries::due(conn, county, now, 10)?;
            for delivery in &due {
                assert!(store::deliveries::claim(conn, county, delivery, until)?);
                assert!(!store::deliveries::claim(conn, county, delivery, until)?, "claimed twice");
            }
            Ok(due.len())
        };
        assert_eq!(house.county.write(claim).expect("claimed"), 2);
        assert_eq!(house.round(), 0, "what another has claimed is not sent");
        house.county.clock.set(until);
        assert_eq!(house.round(), 2);
        assert_eq!((house.mail.handed().len(), house.gateway.handed().len()), (1, 1));
    }

    fn several_couriers_send_each_message_once(database) {
        let house = House::new(database);
        for _ in 0..10 {
            house.dispatch();
        }
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let mut pauses = Pauses::default();
                    let (service, state) = (&house.county.service, &house.county.state);
                    while deliver(service, state, &mut pauses).expect("recorded") > 0 {}
                });
            }
        });
        let names: std::collections::BTreeSet<String> =
            house.mail.handed().into_iter().map(|h| h.name).collect();
        assert_eq!((names.len(), house.mail.handed().len()), (10, 10));
    }

    fn what_is_brought_in_from_elsewhere_tells_nobody(database) {
        let house = House::new(database);
        let before = house.county.database.look("select count(*) from notice");
        let (service, state) = (house.county.service.clone(), house.county.state.clone());
        let roster = house.county.roster();
        let mut body = house.county.request();
        body["place"] = "532925101".into();
        let intake: domain::matter::Intake = serde_json::from_value(body).expect("an intake");
        let (window, dispatcher) = (
            house.county.person(house.county.centre(), "window-clerk"),
            house.county.person(house.county.centre(), "dispatcher"),
        );
        let (town, now) = (house.county.township(0), house.county.now());
        let play = move |conn: &mut store::Conn| {
            let post = |person: PersonId| roster.posts(person, now)[0];
            let county = (&*state, &*roster);
            let mut life = app::matters::Life::register(conn, &service, county, post(window), &intake, now)?;
            for (by, action, data) in [
                (window, "classify", json!({ "request-class": "land" })),
                (dispatcher, "dispatch", json!({ "unit": town, "opinion": "请办理。" })),
            ] {
                let data = data.as_object().cloned().unwrap_or_default();
                let code = life.matter().code();
                let acting = app::matters::Acting { code, action: action.into(), seen: None, data };
                life.act(conn, post(by), &acting, now)?;
            }
            life.settle(conn).map(drop)
        };
        house.county.write(play).expect("played");
        assert_eq!(house.county.database.look("select count(*) from notice"), before);
        assert_eq!(house.county.database.look("select count(*) from delivery"), ["0"]);
    }
}

/// The thread itself: it sends what comes while it runs, and ends when it is told to.
#[test]
fn the_courier_sends_by_itself() {
    let house = House::new(Database::fresh(Engine::Sqlite).expect("always there"));
    let courier = Courier::start(&house.county.service).expect("a thread");
    house.dispatch();
    while house.mail.handed().is_empty() || house.gateway.handed().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(courier);
}

/// Whatever a county writes, no text message may hold more than the closed list.
#[test]
fn no_shipped_text_message_tells_about_anybody() {
    let house = House::new(Database::fresh(Engine::Sqlite).expect("always there"));
    let notices = &house.county.state.catalogue.notices;
    assert!(notices.values().any(|n| n.audiences().any(|a| a == Audience::Parties)));
    for notice in notices.values() {
        let Some(words) = notice.words(Channel::Sms) else { continue };
        for text in words.0.values() {
            for word in blanks(text) {
                let blank = Blank::named(word).unwrap_or_else(|| panic!("{word}"));
                assert!(blank.is_for_sms(), "{}: {word}", notice.id.text);
            }
        }
    }
}
