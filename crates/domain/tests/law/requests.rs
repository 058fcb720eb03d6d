//! Residents' requests: half a working day to dispatch, one to sign for, five to answer (local rules
//! on handling at once; GB/T 33358), two for a question, thirty minutes where it is urgent.

use domain::clock::Light;
use domain::ids::PersonId;
use serde_json::json;

use crate::support::{County, Life, and, catalogue, request};

fn window(county: &County) -> PersonId {
    county.person(county.county(), "window-clerk")
}

fn dispatched<'c>(county: &'c County, when: &str) -> Life<'c> {
    let mut life = Life::request(county, when, window(county));
    life.take(window(county), "dispatch", json!({ "unit": county.township(0) }));
    life
}

/// Three and a half hours of office time: 08:30 to 12:00 and 14:30 to 18:00 on working days.
#[test]
fn dispatching_takes_half_a_working_day_of_office_time() {
    let county = County::new(catalogue());
    let due = |when| Life::request(&county, when, window(&county)).due("dispatch");
    assert_eq!(due("2026-03-02 08:30"), "2026-03-02 12:00");
    assert_eq!(due("2026-03-02 10:00"), "2026-03-02 16:00", "two hours, lunch, one and a half");
    assert_eq!(due("2026-03-02 12:40"), "2026-03-02 18:00", "in the lunch hour");
    assert_eq!(due("2026-03-06 17:00"), "2026-03-09 11:00", "Friday evening to Monday");
    assert_eq!(due("2026-03-07 11:00"), "2026-03-09 12:00", "a Saturday counts for nothing");
    assert_eq!(due("2026-02-13 17:00"), "2026-02-14 11:00", "that Saturday is worked");
    assert_eq!(due("2026-02-14 17:00"), "2026-02-24 11:00", "then comes the Spring Festival");
    assert_eq!(due("2026-03-02 03:00"), "2026-03-02 12:00", "at night");
}

#[test]
fn whoever_does_not_sign_within_a_working_day_is_deemed_to_have_signed() {
    let county = County::new(catalogue());
    let mut life = dispatched(&county, "2026-03-06 10:00");
    assert_eq!(life.due("sign"), "2026-03-09", "Friday to Monday");
    life.tick("2026-03-09 23:59");
    assert_eq!(life.matter.state, "dispatched");
    life.tick("2026-03-10 00:00");
    assert_eq!(life.matter.state, "handling");
    assert_eq!(life.actions().last(), Some(&"deem-signed"));
    assert!(life.matter.holdings.last().is_some_and(|h| h.acknowledged_at.is_some()));
    assert_eq!(
        life.due("handle"),
        "2026-03-13",
        "five working days from the dispatch, not from the signature"
    );
}

#[test]
fn what_nobody_dispatches_climbs_and_stays_red_at_the_county() {
    let county = County::new(catalogue());
    let clerk = county.person(county.township(0), "window-clerk");
    let mut life = Life::request(&county, "2026-03-02 09:00", clerk);
    assert_eq!(life.due("dispatch"), "2026-03-02 15:00");
    life.tick("2026-03-02 15:00");
    assert_eq!(life.matter.holder, county.county(), "nobody dispatched it");
    assert_eq!(life.matter.light(life.now), Light::Green, "the county has its own half day");
    assert_eq!(life.due("dispatch"), "2026-03-03 09:00");
    life.tick("2026-03-03 09:00");
    assert_eq!(life.matter.holder, county.county(), "nothing stands above");
    assert_eq!(life.matter.light(life.now), Light::Red);
    life.tick("2026-03-20 09:00");
    assert_eq!(life.matter.light(life.now), Light::Red, "and it stays red until somebody acts");
}

#[test]
fn a_question_has_two_working_days_and_an_urgent_call_thirty_minutes() {
    let county = County::new(catalogue());
    let mut asked = request();
    asked["fields"]["request-type"] = json!("consult");
    let mut life = Life::register(&county, "2026-04-30 09:00", window(&county), asked);
    life.take(window(&county), "dispatch", json!({ "unit": county.township(0) }));
    assert_eq!(life.due("consult"), "2026-05-07", "over Labour Day: 6 and 7 May");
    assert_eq!(life.due("handle"), "2026-05-11", "9 May is a worked Saturday");
    let urgent = and(request(), "flags", json!(["urgent"]));
    let life = Life::register(&county, "2026-05-02 23:45", window(&county), urgent);
    assert_eq!(life.due("urgent"), "2026-05-03 00:15", "by night, on a holiday");
}

/// Petition Regulations art. 36 and local rule: what is not answered in time is pressed by itself.
#[test]
fn what_is_not_answered_in_time_is_supervised() {
    let county = County::new(catalogue());
    let mut life = dispatched(&county, "2026-03-02 10:00");
    life.take(county.person(county.township(0), "centre-clerk"), "sign", json!({}));
    life.tick("2026-03-10 00:00");
    assert!(life.matter.flags.contains("supervised"));
    assert_eq!(life.matter.holder, county.township(0), "pressed, not taken away");
    let deltas = domain::matter::deltas(
        None,
        &life.matter,
        &life.events[3],
        &county.catalogue.kinds["request"],
    );
    assert!(deltas.iter().any(|d| d.measure == "lapsed"), "counted as late once: {deltas:?}");
}

/// GB/T 39734: one rating for one matter; whoever does not rate in fifteen days has not rated, and
/// the dossier is put away.
#[test]
fn an_answer_waits_fifteen_days_for_its_rating() {
    let county = County::new(catalogue());
    let mut life = dispatched(&county, "2026-03-02 10:00");
    let head = county.person(county.township(0), "centre-director");
    life.until("2026-03-03 10:00").take(
        head,
        "answer",
        json!({ "answer": "已修好", "resolved": true }),
    );
    assert_eq!(life.due("rate"), "2026-03-18");
    life.tick("2026-03-19 00:00");
    assert_eq!(life.matter.state, "archived");
    assert!(life.matter.rating.is_none());
}

#[test]
fn the_extension_of_a_request_is_approved_from_above() {
    let county = County::new(catalogue());
    let mut life = dispatched(&county, "2026-03-02 10:00");
    let extension = json!({ "reason": "需现场勘测", "length": "5 workdays" });
    let own = county.person(county.township(0), "centre-director");
    assert_eq!(life.refused(own, "extend", extension.clone()), "no-post-may");
    life.take(county.person(county.county(), "centre-director"), "extend", extension);
    assert_eq!(life.due("handle"), "2026-03-16", "ten working days");
}
