//! Meetings and tasks over the API, on both databases. Each answer is held against the description.

use serde_json::{Value as Json, json};
use testkit::{Answer, Client, County, at, on_both};

use super::meetings::{mediated, room};

fn place(from: &str, room: &str, seats: Json) -> Json {
    json!({ "from": format!("{from}:00+08:00"), "minutes": 60, "room": room, "seats": seats })
}

fn rules(answer: &Answer) -> Vec<String> {
    let problem = answer.json();
    let errors = problem["errors"].as_array().expect("errors").iter();
    errors.map(|e| e["rule"].as_str().expect("a rule").to_owned()).collect()
}

fn keyed(client: &Client, key: &str) -> Client {
    client.with("idempotency-key", key)
}

on_both! {
    fn a_conference_is_called_changed_recorded_and_its_tasks_done(database) {
        let county = County::new(database);
        let hall = room(&county, "会商室");
        let (code, mediator) = mediated(&county);
        let client = county.client(mediator);
        let town = county.township(0);
        let chair = county.person(town, "centre-director");
        let station = county.office(town, "police-station");
        let police = county.person(station, "police-station-head");
        let own = format!("/api/v1/matters/{code}/meetings");
        let seats = json!({ "chair": chair.to_string(), "police": police.to_string() });
        let body = json!({ "sort": "case-conference", "place": place("2026-03-02T14:00", &hall, seats.clone()) });
        let first = keyed(&client, "one").post(&own, &body).expect(201);
        assert_eq!(keyed(&client, "one").post(&own, &body).expect(201).body, first.body, "asked again, answered again");
        let id = first.json()["meeting"].as_str().expect("an id").to_owned();
        let one = format!("{own}/{id}");
        let view = client.get(&one).expect(200).json();
        assert_eq!((view["stage"].as_str(), view["version"].as_u64()), (Some("planned"), Some(1)));
        assert_eq!(view["seats"].as_array().map(Vec::len), Some(2));
        // Everything that stands against a second one is said at once.
        let clash = client.post(&own, &body);
        assert_eq!(clash.status.as_u16(), 409);
        assert_eq!(rules(&clash), ["room-taken", "person-busy", "person-busy"]);
        for (field, value) in [("from", json!("今天")), ("room", json!("第一间")), ("seats", json!({ "chair": "主任" })), ("minutes", json!(7))] {
            let mut odd = body.clone();
            odd["place"][field] = value;
            client.post(&own, &odd).expect(422);
        }
        // Somebody from elsewhere learns that time is taken, and no more.
        let elsewhere = county.client(county.person(county.township(1), "window-clerk"));
        let agenda = elsewhere.get("/api/v1/meetings?of=rooms&from=2026-03-02&days=1").expect(200).json();
        elsewhere.get("/api/v1/meetings?unit=").expect(400);
        elsewhere.get("/api/v1/meetings?of=rooms&person=x").expect(400);
        let item = &agenda["items"][0];
        assert_eq!(item["from"], "2026-03-02T14:00:00+08:00");
        assert!(item["code"].is_null() && item["title"].is_null() && item["sort"].is_null() && item["seats"] == json!([]), "{item}");
        elsewhere.get(&own).expect(404);
        elsewhere.get(&one).expect(404);
        elsewhere.get(&format!("/api/v1/meetings?person={mediator}")).expect(404);
        for odd in ["of=nobody", "from=2026-02-30", "of=rooms&unit=x", "person=x"] {
            client.get(&format!("/api/v1/meetings?{odd}")).expect(400);
        }
        client.get("/api/v1/meetings?days=90").expect(422);
        // Another matter's meeting is not there under this matter.
        let (other, _) = mediated(&county);
        client.get(&format!("/api/v1/matters/{other}/meetings/{id}")).expect(404);
        let wrong = json!({ "version": 1, "reason": "改天" });
        client.post(&format!("/api/v1/matters/{other}/meetings/{id}/cancellation"), &wrong).expect(404);
        // Moved by an hour.
        let change = json!({ "version": 1, "place": place("2026-03-02T15:00", &hall, seats) });
        client.post(&format!("{one}/changes"), &change).expect(200);
        client.post(&format!("{one}/changes"), &change).expect(409);
        let agenda = county.client(police).get("/api/v1/meetings?from=2026-03-02").expect(200).json();
        assert_eq!(agenda["items"][0]["code"].as_str(), Some(code.to_string().as_str()));
        county.clock.set(at("2026-03-02 16:10"));
        let record = json!({ "version": 2, "came": [1], "data": { "analysis": "次序没有约定", "assessment": "可能再起冲突", "dispatching": "走访" },
            "tasks": [{ "text": "走访双方", "unit": station.to_string(), "due_on": "2026-03-04" }] });
        let mut odd = record.clone();
        odd["tasks"][0]["due_on"] = json!("2026-02-30");
        client.post(&format!("{one}/record"), &odd).expect(422);
        client.post(&format!("{one}/record"), &record).expect(200);
        let view = client.get(&one).expect(200).json();
        assert_eq!(view["stage"], "held");
        assert_eq!(view["tasks"][0]["text"], "走访双方");
        let officer = county.client(county.person(station, "police-officer"));
        let tasks = officer.get("/api/v1/tasks").expect(200).json();
        assert_eq!(tasks["items"][0]["light"], "green");
        assert!(tasks["items"][0]["code"].is_null(), "a task of the unit does not open the matter to everybody there");
        let task = format!("/api/v1/tasks/{}/completion", tasks["items"][0]["id"].as_str().expect("an id"));
        client.post(&task, &json!({ "note": "不是我的" })).expect(404);
        officer.post(&task, &json!({ "note": "" })).expect(422);
        let done = officer.post(&task, &json!({ "note": "已走访" })).expect(200).json();
        assert_eq!((done["light"].as_str(), done["late"].as_bool()), (Some("off"), Some(false)));
        officer.post(&task, &json!({ "note": "已走访" })).expect(409);
        assert_eq!(officer.get("/api/v1/tasks").expect(200).json()["items"], json!([]));
        assert_eq!(officer.get("/api/v1/tasks?done=true").expect(200).json()["items"][0]["note"], "已走访");
        county.verify();
    }

    fn a_meeting_is_called_off_over_the_api(database) {
        let county = County::new(database);
        let hall = room(&county, "联调室");
        let (code, mediator) = mediated(&county);
        let client = county.client(mediator);
        let own = format!("/api/v1/matters/{code}/meetings");
        let seats = json!({ "host": mediator.to_string() });
        let body = json!({ "sort": "joint-mediation", "place": place("2026-03-04T09:00", &hall, seats) });
        let made = client.post(&own, &body).expect(201).json();
        let one = format!("{own}/{}", made["meeting"].as_str().expect("an id"));
        client.post(&format!("{one}/cancellation"), &json!({ "version": 1, "reason": " " })).expect(422);
        client.post(&format!("{one}/cancellation"), &json!({ "version": 1, "reason": "一方住院" })).expect(204);
        client.post(&format!("{one}/cancellation"), &json!({ "version": 2, "reason": "一方住院" })).expect(409);
        let all = client.get(&own).expect(200).json();
        assert_eq!(all["items"][0]["stage"], "cancelled");
        client.post(&own, &body).expect(201);
        let sort = json!({ "sort": "hearing", "place": place("2026-03-05T09:00", &hall, json!({})) });
        assert_eq!(rules(&client.post(&own, &sort).expect(422)), ["not-in-list"], "no sort that serves this kind");
    }
}
