//! A person with several posts acts at the one that may.

use domain::matter::{By, offers};
use serde_json::json;

use crate::support::{County, Life, catalogue};

#[test]
fn the_post_that_may_do_it_acts_though_another_is_first() {
    let county = County::new(catalogue());
    // Director of the second township and dispatcher of the county.
    let both = county.person(county.township(1), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", both);
    assert_eq!(life.matter.holder, county.township(1));
    life.take(both, "assign", json!({ "unit": county.township(2) }));
    assert_eq!(life.matter.holder, county.township(2), "the township alone could not");
    let by = &life.events.last().expect("an event").by;
    assert!(matches!(by, By::Post { unit, .. } if *unit == county.county()));
}

#[test]
fn an_offer_names_a_post_that_is_not_blocked() {
    let county = County::new(catalogue());
    let both = county.person(county.township(1), "centre-director");
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    for township in [county.township(0), county.township(1)] {
        life.take(director, "assign", json!({ "unit": township }));
        let head = county.person(township, "centre-director");
        life.take(head, "return", json!({ "ground": "无管辖权", "proposal": county.township(2) }));
    }
    let posts = county.posts(both, life.now);
    let offers = offers(county.setting(), &life.matter, &posts).expect("a known kind");
    let assign = offers.iter().find(|o| o.action.id.text == "assign").expect("offered");
    assert_eq!(assign.post.unit, county.county());
    assert!(assign.blocked.is_none());
}

#[test]
fn a_person_without_a_post_does_nothing() {
    let county = County::new(catalogue());
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    assert_eq!(life.refused(domain::ids::PersonId(99_999), "assign", json!({})), "no-post-may");
}
