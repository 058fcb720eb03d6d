//! What leaves a matter keeps its protection, and stays where the matter is.

use domain::ids::{MatterCode, MatterId};
use domain::matter::{Branch, Consequence, Matter, Registration};
use serde_json::json;

use crate::support::{County, Life, and, catalogue, dispute};

fn split(county: &County, flags: &[&str]) -> (Matter, Matter) {
    let both = county.person(county.township(1), "centre-director");
    let mut intake = and(dispute(), "flags", json!(flags));
    let third = json!({ "role": "applicant", "details": { "name": "赵福" } });
    intake["parties"].as_array_mut().expect("parties").push(third);
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::register(county, "2026-03-02 09:00", director, intake);
    life.take(director, "assign", json!({ "unit": county.township(1) }));
    life.take(both, "split", json!({ "title": "赵福另案", "parties": [3] }));
    let Some(Consequence::SplitOff(off)) = life.consequences.first().cloned() else {
        panic!("nothing split off")
    };
    let registration = Registration {
        id: MatterId(2),
        code: MatterCode::new(26, 8),
        title: off.title,
        parties: off.parties,
        fields: life.matter.fields.clone(),
        ..life.matter.registration.clone()
    };
    let branch = Branch { registration, flags: off.flags, unit: off.unit };
    let born = life.branch(both, branch);
    (life.matter.clone(), born)
}

#[test]
fn what_splits_off_a_sealed_matter_is_sealed() {
    let county = County::new(catalogue());
    let (_, born) = split(&county, &["sealed", "urgent"]);
    assert!(born.sealed);
    assert!(born.flags.contains("sealed") && born.flags.contains("urgent"));
}

#[test]
fn it_is_held_where_the_matter_was_split_and_its_parties_are_asked_afresh() {
    let county = County::new(catalogue());
    let (rest, born) = split(&county, &[]);
    assert_eq!(born.holder, county.township(1), "not at another post of the same person");
    assert_eq!(born.parties.iter().map(|p| (p.no, p.consent)).collect::<Vec<_>>(), [(1, None)]);
    assert_eq!(rest.parties.iter().map(|p| p.no).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn nothing_splits_off_where_only_one_party_is_left() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "split", json!({ "title": "另案", "parties": [1] }));
    let posts = county.posts(head, life.now);
    let offers =
        domain::matter::offers(county.setting(), &life.matter, &posts).expect("a known kind");
    let offer = offers.iter().find(|o| o.action.id.text == "split").expect("offered");
    assert_eq!(offer.blocked.as_ref().map(|r| r.rule.name()), Some("all-parties"));
}
