//! People's mediation: the limits of the Law (2010), of the Rules on its work (2002), and the rights
//! that it must not cost anybody.

use domain::clock::Light;
use serde_json::{Value as Json, json};

use crate::support::{County, Life, catalogue, consents, dispute, with};

fn head(county: &County) -> domain::ids::PersonId {
    county.person(county.county(), "centre-director")
}

fn mediating<'c>(county: &'c County, when: &str) -> Life<'c> {
    let mut life = Life::dispute(county, when, head(county));
    life.take(head(county), "accept", consents(true, true));
    life
}

fn agreement(due: &str) -> Json {
    json!({ "agreed-terms": "六月底前付清。", "performance-due": due })
}

/// Civil Code arts. 201 and 203: the day of the act does not count. Three working days over the
/// Spring Festival of 2026: 14 and 28 February are worked Saturdays, 15 to 23 is the festival.
#[test]
fn accepting_takes_three_working_days_over_the_spring_festival() {
    let county = County::new(catalogue());
    let due = |when| Life::dispute(&county, when, head(&county)).due("accept");
    assert_eq!(due("2026-02-11 17:59"), "2026-02-14", "Thursday, Friday, the worked Saturday");
    assert_eq!(due("2026-02-13 09:00"), "2026-02-25", "the worked Saturday, then 24 and 25");
    assert_eq!(due("2026-02-14 09:00"), "2026-02-26");
    assert_eq!(due("2026-02-17 09:00"), "2026-02-26", "the first day of the year of the horse");
    assert_eq!(due("2026-02-25 23:59"), "2026-02-28", "a worked Saturday again");
}

/// Rules on People's Mediation work, art. 33; Civil Code art. 203 where the last day is a rest day.
#[test]
fn settling_takes_thirty_days_and_ends_on_a_working_day() {
    let county = County::new(catalogue());
    assert_eq!(mediating(&county, "2026-03-02 09:00").due("settle"), "2026-04-01");
    assert_eq!(
        mediating(&county, "2026-09-01 09:00").due("settle"),
        "2026-10-08",
        "over the National Day"
    );
    assert_eq!(
        mediating(&county, "2026-01-15 09:00").due("settle"),
        "2026-02-14",
        "a worked Saturday"
    );
}

/// Rules, art. 33: extended once, by at most as long again, with the consent of the parties.
#[test]
fn one_extension_with_the_consent_of_both_parties() {
    let county = County::new(catalogue());
    let mut life = mediating(&county, "2026-03-02 09:00");
    let extension = |length: &str, first, second| {
        let mut data = consents(first, second);
        data["reason"] = json!("等待鉴定");
        data["length"] = json!(length);
        data
    };
    life.until("2026-03-30 09:00");
    assert_eq!(
        life.refused(head(&county), "extend", extension("30 days", true, false)),
        "party-refuses"
    );
    life.take(head(&county), "extend", extension("30 days", true, true));
    assert_eq!(life.due("settle"), "2026-05-06", "sixty days from 2 March end on 1 May, a holiday");
    assert_eq!(
        life.refused(head(&county), "extend", extension("1 day", true, true)),
        "extended-before"
    );
}

/// A party says no once: no mediation (Law, art. 17), and every ending without agreement tells of
/// the other routes (art. 26).
#[test]
fn whoever_is_not_mediated_is_told_the_other_routes() {
    let county = County::new(catalogue());
    let kind = &county.catalogue.kinds["dispute"];
    for action in ["refuse", "decline", "terminate", "breach"] {
        let routes: Vec<&str> = kind.actions[action].routes.iter().map(|r| r.as_str()).collect();
        assert!(
            routes.contains(&"court") && routes.contains(&"legal-aid"),
            "{action} names {routes:?}"
        );
    }
}

/// The limits stand still while the matter does, and what was left goes on after it.
#[test]
fn a_suspension_gives_back_the_days_it_took() {
    let county = County::new(catalogue());
    let mut life = mediating(&county, "2026-03-02 09:00");
    life.until("2026-03-10 09:00").take(head(&county), "suspend", json!({ "reason": "一方住院" }));
    assert_eq!(life.due("settle"), "paused");
    assert_eq!(life.due("suspension"), "2026-05-09", "a worked Saturday, the sixtieth day");
    life.until("2026-03-20 17:00").take(head(&county), "resume", json!({}));
    assert_eq!(life.due("settle"), "2026-04-13", "1 April and ten days is a Saturday");
    life.until("2026-03-23 09:00").take(head(&county), "suspend", json!({ "reason": "鉴定" }));
    life.until("2026-03-25 09:00").take(head(&county), "resume", json!({}));
    assert_eq!(life.due("settle"), "2026-04-13", "two days more end on that Monday");
    assert_eq!(life.run("settle").pauses.len(), 2);
}

/// Law, art. 33; Civil Procedure Law, art. 205: thirty days from the day the agreement takes effect
/// to apply together. It is a right: nobody is late when it ends.
#[test]
fn the_window_for_judicial_confirmation_is_a_right_not_a_duty() {
    let county = County::new(catalogue());
    let mut life = mediating(&county, "2026-08-25 09:00");
    life.until("2026-09-01 10:00").take(head(&county), "agree-written", agreement("2026-12-01"));
    let run = life.run("confirm");
    assert!(run.soft && run.light(run.started_at) == Light::Green);
    let due = run.deadline.as_ref().expect("a deadline").due_at;
    assert_eq!(run.light(due), Light::Off, "nobody is late with a right");
    assert_eq!(life.due("confirm"), "2026-10-08", "1 October is a holiday");
    life.tick("2026-10-09 09:00");
    assert!(life.run("confirm").lapsed_at.is_some());
    assert!(!life.run("confirm").is_late(life.now));
    assert_eq!(
        life.matter.light(life.now),
        Light::Green,
        "the holder's light does not turn for a right"
    );
}

/// Law, art. 31: the committee watches over the performance; the visit is counted from the day on
/// which performance is due, not from the agreement.
#[test]
fn the_follow_up_is_counted_from_the_day_performance_is_due() {
    let county = County::new(catalogue());
    let mut life = mediating(&county, "2026-03-02 09:00");
    life.until("2026-03-09 10:00").take(head(&county), "agree-written", agreement("2026-06-30"));
    assert_eq!(life.due("revisit"), "2026-07-30");
    assert_eq!(life.matter.light(life.now), Light::Green);
    life.until("2026-06-30 17:00").take(head(&county), "perform", json!({ "instalment": 1 }));
    life.tick("2026-07-24 00:00");
    assert_eq!(life.matter.light(life.now), Light::Yellow, "the last seven days: 24 to 30 July");
}

/// Law, art. 31, and Civil Code arts. 201 and 203: what is performed in parts has a limit for the next of
/// them, on its own last day or the next working day; what is done is done, and nobody can say so of a
/// day to come.
#[test]
fn what_is_performed_in_parts_is_watched_part_by_part() {
    let county = County::new(catalogue());
    let mut life = mediating(&county, "2026-03-02 09:00");
    let mut agreed = agreement("2026-07-31");
    agreed["instalments"] = json!([
        { "due": "2026-06-30", "amount": 300_000 }, { "due": "2026-04-04", "amount": 100_000, "what": "首期" },
    ]);
    life.until("2026-03-09 10:00").take(head(&county), "agree-written", agreed);
    assert_eq!(life.due("perform"), "2026-04-07", "4 to 6 April is Qingming");
    life.tick("2026-04-04 00:00");
    assert_eq!(life.matter.light(life.now), Light::Yellow, "four days before");
    life.tick("2026-04-08 00:00");
    assert_eq!(life.matter.light(life.now), Light::Red);
    life.until("2026-04-09 09:00").take(
        head(&county),
        "perform",
        json!({ "instalment": 1, "performed-on": "2026-04-07" }),
    );
    assert_eq!(
        (life.due("perform").as_str(), life.matter.light(life.now)),
        ("2026-06-30", Light::Green)
    );
    assert!(!life.matter.is_performed());
    life.take(head(&county), "perform", json!({ "instalment": 2 }));
    assert!(life.matter.is_performed() && life.run("perform").stopped_at.is_some());
}

/// Civil Code art. 188: three years from the day the right and the debtor are known; shown from the
/// first day, so that mediating never costs anybody the suit. Art. 202: a month without that date
/// ends on its last day.
#[test]
fn the_limitation_of_action_runs_from_the_day_it_happened() {
    let county = County::new(catalogue());
    let due = |happened: &str| {
        let intake = with(dispute(), "/fields/happened-on", json!(happened));
        let life = Life::register(&county, "2026-03-02 09:00", head(&county), intake);
        assert!(life.run("limitation").soft);
        life.due("limitation")
    };
    assert_eq!(due("2023-06-15"), "2026-06-15");
    assert_eq!(due("2023-10-03"), "2026-10-08", "within the National Day");
    assert_eq!(due("2024-02-29"), "2027-03-01", "28 February 2027 is a Sunday");
    assert_eq!(due("2020-01-01"), "2023-01-03", "long past: 1 and 2 January 2023 were holidays");
}

/// An agreement interrupts it (Civil Code art. 195); a matter that ends without one goes on showing
/// it until the dossier is put away.
#[test]
fn the_limitation_is_shown_until_there_is_an_agreement() {
    let county = County::new(catalogue());
    let mut agreed = mediating(&county, "2026-03-02 09:00");
    agreed.take(head(&county), "agree-orally", agreement("2026-03-20"));
    assert!(agreed.run("limitation").stopped_at.is_some());
    let mut ended = mediating(&county, "2026-03-02 09:00");
    ended.take(
        head(&county),
        "terminate",
        json!({ "answer": "可以起诉", "ending-reason": "分歧大" }),
    );
    assert!(ended.run("limitation").is_running());
}
