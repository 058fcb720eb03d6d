//! Whose time it was: each unit that held a matter, and each department that was called out, has
//! its own clock and its own stretch on record.

use domain::clock::{Light, Scope};
use domain::ids::UnitId;
use serde_json::json;

use crate::support::{County, Life, at, catalogue, consents};

fn at_village(county: &County) -> Life<'_> {
    let head = county.person(county.village(0, 0), "centre-director");
    let mut life = Life::dispute(county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    life
}

/// Local rule: small things do not leave the village, and what it cannot settle in fifteen days goes
/// up by itself. The whole limit does not begin anew.
#[test]
fn a_matter_climbs_level_by_level_and_stays_red_at_the_county() {
    let county = County::new(catalogue());
    let mut life = at_village(&county);
    assert_eq!((life.due("hold"), life.due("settle")), ("2026-03-17".into(), "2026-04-01".into()));
    life.tick("2026-03-18 00:00");
    assert_eq!(life.matter.holder, county.township(0));
    assert_eq!((life.due("hold"), life.due("settle")), ("2026-04-02".into(), "2026-04-01".into()));
    life.tick("2026-04-03 00:00");
    assert_eq!(life.matter.holder, county.county());
    assert_eq!(life.matter.light(life.now), Light::Red, "the thirty days are over");
    life.tick("2026-04-30 00:00");
    assert_eq!(life.matter.holder, county.county(), "nothing stands above the county");
    assert_eq!(life.matter.light(life.now), Light::Red);
    assert_eq!(life.actions(), ["register", "accept", "tick", "climb", "tick", "climb", "tick"]);
}

#[test]
fn each_holder_answers_for_its_own_stretch() {
    let county = County::new(catalogue());
    let mut life = at_village(&county);
    life.tick("2026-03-18 00:00");
    let town = county.person(county.township(0), "centre-director");
    life.until("2026-03-20 10:00").take(town, "escalate", json!({ "summary": "镇里调不了" }));
    let held: Vec<(UnitId, String, Option<String>)> = life
        .matter
        .holdings
        .iter()
        .map(|h| (h.unit, h.from.to_string(), h.until.map(|u| u.to_string())))
        .collect();
    let text = |t: &str| at(t).to_string();
    assert_eq!(
        held,
        [
            (county.village(0, 0), text("2026-03-02 09:00"), Some(text("2026-03-18 00:00"))),
            (county.township(0), text("2026-03-18 00:00"), Some(text("2026-03-20 10:00"))),
            (county.county(), text("2026-03-20 10:00"), None),
        ]
    );
    let runs = life.matter.clocks.iter().filter(|c| c.scope == Scope::Holder);
    let runs: Vec<(Option<UnitId>, bool, bool)> =
        runs.map(|c| (c.unit, c.lapsed_at.is_some(), c.stopped_at.is_some())).collect();
    assert_eq!(
        runs,
        [
            (Some(county.village(0, 0)), true, true),
            (Some(county.township(0)), false, true),
            (Some(county.county()), false, false),
        ],
        "the village used up its time, the township did not"
    );
}

/// Each department called out has its own clock: one working day to report in, five to give its
/// part, whatever the others do.
#[test]
fn every_department_called_out_has_its_own_clocks() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-04-03 09:00", head);
    life.take(head, "accept", consents(true, true));
    let police = county.office(county.township(0), "police-station");
    let justice = county.office(county.township(0), "justice-office");
    life.take(
        head,
        "call-out",
        json!({ "callout-type": "expertise", "units": [police, justice], "reason": "联合调处" }),
    );
    let due = |life: &Life<'_>, unit: UnitId| -> Vec<(String, String)> {
        let live = life
            .matter
            .clocks
            .iter()
            .filter(|c| c.unit == Some(unit) && c.callout.is_some() && c.stopped_at.is_none());
        live.map(|c| {
            (
                c.clock.clone(),
                c.deadline.as_ref().expect("runs").due_at.plus_ms(-1).day().to_string(),
            )
        })
        .collect()
    };
    assert_eq!(
        due(&life, police),
        [("report-in".into(), "2026-04-07".into())],
        "over the Qingming holiday"
    );
    life.until("2026-04-03 11:00");
    life.take(county.person(police, "police-station-head"), "report-in", json!({}));
    assert_eq!(due(&life, police), [("contribute".into(), "2026-04-13".into())]);
    assert_eq!(
        due(&life, justice),
        [("report-in".into(), "2026-04-07".into())],
        "the other still owes its coming"
    );
    life.tick("2026-04-08 00:00");
    let late = |unit| {
        life.matter
            .clocks
            .iter()
            .any(|c| c.unit == Some(unit) && c.callout.is_some() && c.is_late(life.now))
    };
    assert!(late(justice) && !late(police));
    assert_eq!(
        life.matter.light(life.now),
        Light::Green,
        "a department's lateness is not the holder's"
    );
}
