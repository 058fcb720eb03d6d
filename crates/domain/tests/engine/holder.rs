//! Exactly one holder, and no way to push a matter round: one return by a unit in the whole life,
//! a ruling after the second by anybody, and no referral back to where it came from.

use domain::ids::UnitId;
use serde_json::{Value as Json, json};

use crate::support::{County, Life, catalogue, dispute, edit, loaded, shipped};

fn from_county(county: &County) -> Life<'_> {
    let director = county.person(county.county(), "centre-director");
    Life::dispute(county, "2026-03-02 09:00", director)
}

fn assign(life: &mut Life<'_>, to: UnitId) {
    let director = life.county.person(life.county.county(), "centre-director");
    life.take(director, "assign", json!({ "unit": to }));
}

fn ground(proposal: UnitId) -> Json {
    json!({ "ground": "本单位无管辖权", "proposal": proposal })
}

fn refer(to: UnitId) -> Json {
    json!({ "unit": to, "reason": "属于该镇管辖" })
}

/// Two townships gave it back: the county centre must rule.
fn ruling_due(county: &County) -> Life<'_> {
    let mut life = from_county(county);
    for township in [county.township(0), county.township(1)] {
        assign(&mut life, township);
        let head = county.person(township, "centre-director");
        life.take(head, "return", ground(county.township(2)));
    }
    life
}

#[test]
fn a_unit_returns_once_in_the_whole_life_of_a_matter() {
    let county = County::new(catalogue());
    let mut life = from_county(&county);
    let head = county.person(county.township(0), "centre-director");
    assign(&mut life, county.township(0));
    life.take(head, "return", ground(county.township(1)));
    assert_eq!(life.matter.holder, county.county(), "it goes back to whom it came from");
    assign(&mut life, county.township(0));
    assert_eq!(life.refused(head, "return", ground(county.township(1))), "returned-before");
}

#[test]
fn after_two_returns_only_the_county_centre_moves_the_holder() {
    let county = County::new(catalogue());
    let mut life = ruling_due(&county);
    let director = county.person(county.county(), "centre-director");
    assert!(life.matter.ruling_due);
    assert_eq!(life.matter.holder, county.county());
    assert_eq!(life.refused(director, "refer", refer(county.township(2))), "ruling-pending");
    assign(&mut life, county.township(0));
    assert!(!life.matter.ruling_due);
    assert_eq!(life.matter.ruled, Some(county.township(0)));
    let head = county.person(county.township(0), "centre-director");
    assert_eq!(life.refused(head, "return", ground(county.township(1))), "ruled");
}

#[test]
fn the_unit_that_was_ruled_to_hold_it_cannot_pass_it_sideways_instead() {
    let county = County::new(catalogue());
    let mut life = ruling_due(&county);
    assign(&mut life, county.township(0));
    let head = county.person(county.township(0), "centre-director");
    assert_eq!(life.refused(head, "refer", refer(county.township(2))), "ruled");
    life.take(head, "assign", json!({ "unit": county.village(0, 1) }));
    assert_eq!(life.matter.holder, county.village(0, 1), "downward it may go on");
}

#[test]
fn a_ruling_may_be_for_the_county_centre_itself() {
    let county = County::new(catalogue());
    let mut life = ruling_due(&county);
    let director = county.person(county.county(), "centre-director");
    life.take(director, "assign", json!({ "person": county.person(county.county(), "mediator") }));
    assert_eq!(life.matter.ruled, Some(county.county()));
    assert_eq!(life.matter.holdings.iter().filter(|h| h.until.is_none()).count(), 1);
}

#[test]
fn the_county_centre_returns_nothing_because_nobody_stands_above_it() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "escalate", json!({ "summary": "镇里调不了" }));
    let director = county.person(county.county(), "centre-director");
    assert_eq!(life.refused(director, "return", ground(county.township(1))), "no-sender");
    assign(&mut life, county.township(0));
}

#[test]
fn a_referral_is_no_second_way_of_giving_back() {
    let county = County::new(catalogue());
    let mut life = from_county(&county);
    assign(&mut life, county.township(0));
    let first = county.person(county.township(0), "centre-director");
    assert_eq!(life.refused(first, "refer", refer(county.county())), "held-before");
    life.take(first, "refer", refer(county.township(1)));
    let second = county.person(county.township(1), "centre-director");
    assert_eq!(life.refused(second, "refer", refer(county.township(0))), "held-before");
    life.take(second, "return", ground(county.township(2)));
    assert_eq!(life.matter.holder, county.township(0));
}

#[test]
fn another_handler_at_the_same_unit_is_no_new_holding() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", crate::support::consents(true, true));
    let started = life.run("hold").no;
    life.until("2026-03-05 09:00");
    life.take(head, "assign", json!({ "person": county.person(county.township(0), "mediator") }));
    assert_eq!(life.matter.holdings.len(), 1);
    assert_eq!(life.run("hold").no, started, "the unit's time goes on");
}

#[test]
fn nothing_is_given_to_a_unit_that_no_longer_exists() {
    let mut county = County::new(catalogue());
    let gone = county.village(0, 2);
    county.end(gone, "2026-02-01");
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    assert_eq!(life.refused(head, "assign", json!({ "unit": gone })), "unknown-unit");
}

/// Whatever a kind allows: only the holder and those above it give a matter to somebody.
#[test]
fn no_unit_beside_the_holder_pulls_a_matter_to_itself() {
    let mut source = crate::support::shipped();
    let by = "by.holder = [\"chief\"]\nby.above = [\"chief\"]\nlaw = \"人民调解法第19条\"";
    crate::support::edit(
        &mut source,
        "kinds/dispute.toml",
        by,
        &by.replace("by.above", "by.registrar"),
    );
    let county = County::new(&crate::support::loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "escalate", json!({ "summary": "镇里调不了" }));
    assert_eq!(life.refused(head, "assign", json!({ "unit": county.village(0, 0) })), "not-below");
}

/// Petition Regulations, art. 30: a complaint does not reach whom it is about, by no way.
#[test]
fn whom_a_complaint_is_about_never_gets_it() {
    let mut source = shipped();
    let wish = "[field.wish]\n";
    let about = "[field.about-unit]\nlabel = { zh = \"被反映单位\", en = \"About whom\" }\ntype = \"unit\"\n\
                 barred = true\n\n[field.wish]\n";
    edit(&mut source, "kinds/dispute.toml", wish, about);
    edit(&mut source, "kinds/dispute.toml", "\"persons-involved?\"]", "\"about-unit?\"]");
    edit(
        &mut source,
        "kinds/dispute.toml",
        "asks = [\"reported-to-police\", \"note-text\"]",
        "asks = [\"persons-involved?\", \"reported-to-police\", \"note-text\"]",
    );
    let county = County::new(&loaded(&source));
    let (about, beside) = (county.township(0), county.township(1));
    let village = county.person(county.village(0, 0), "centre-director");
    let mut intake = dispute();
    intake["fields"]["about-unit"] = json!(about);
    let mut life = Life::register(&county, "2026-03-02 09:00", village, intake.clone());
    let up = json!({ "summary": "反映乡镇" });
    assert_eq!(
        life.refused(village, "escalate", up),
        "barred",
        "the centre above is what it is about"
    );
    assert_eq!(life.refused(village, "refer", refer(about)), "barred");
    life.take(village, "refer", refer(beside));

    let director = county.person(county.county(), "centre-director");
    let mut life = Life::register(&county, "2026-03-02 09:00", director, intake);
    assert_eq!(life.refused(director, "assign", json!({ "unit": about })), "barred");
    let parties = json!({ "consents": { "1": true, "2": true } });
    life.take(director, "accept", parties);
    let call =
        |unit: UnitId| json!({ "callout-type": "expertise", "units": [unit], "reason": "请协助" });
    assert_eq!(life.refused(director, "call-out", call(about)), "barred");
    life.take(director, "call-out", call(beside));
}

#[test]
fn what_only_some_offices_decide_on_goes_to_no_other_unit() {
    let mut source = shipped();
    let label = "label = { zh = \"转办\", en = \"Refer\" }\n";
    edit(&mut source, "kinds/dispute.toml", label, &format!("{label}offices = [\"tribunal\"]\n"));
    let county = County::new(&loaded(&source));
    let mut life = from_county(&county);
    let director = county.person(county.county(), "centre-director");
    assert_eq!(life.refused(director, "refer", refer(county.township(0))), "wrong-office");
    let tribunal = county.org.units().find(|u| u.office.as_deref() == Some("tribunal"));
    let tribunal = tribunal.expect("a tribunal").id;
    life.take(director, "refer", refer(tribunal));
    assert_eq!(life.matter.holder, tribunal);
}
