//! Departments called out: they come, or refuse once, and they are not returners of the matter.

use domain::matter::{Refusal, offers};
use serde_json::json;

use crate::support::{County, Life, catalogue, consents};

fn mediating(county: &County) -> Life<'_> {
    let director = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(county, "2026-03-02 09:00", director);
    life.take(director, "accept", consents(true, true));
    life
}

fn call(life: &mut Life<'_>, office: &str) -> domain::ids::UnitId {
    let county = life.county;
    let unit = county.office(county.township(0), office);
    let director = county.person(county.township(0), "centre-director");
    life.take(
        director,
        "call-out",
        json!({ "callout-type": "expertise", "units": [unit], "reason": "需要现场勘验" }),
    );
    unit
}

/// Why an action is blocked for a person; panics where it is not offered at all.
fn blocked(life: &Life<'_>, who: domain::ids::PersonId, action: &str) -> Option<&'static str> {
    let posts = life.county.posts(who, life.now);
    let offers = offers(life.county.setting(), &life.matter, &posts).expect("a known kind");
    let offer = offers.into_iter().find(|o| o.action.id.text == action);
    offer
        .unwrap_or_else(|| panic!("{action} is not offered"))
        .blocked
        .map(|r: Refusal| r.rule.name())
}

#[test]
fn a_department_may_refuse_a_callout_though_nobody_sent_the_matter_to_its_holder() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let police = call(&mut life, "police-station");
    let head = county.person(police, "police-station-head");
    assert_eq!(blocked(&life, head, "refuse-callout"), None);
    life.take(head, "refuse-callout", json!({ "ground": "不属公安职责", "proposal": county.office(county.township(0), "justice-office") }));
    assert!(life.matter.open_callout(police).is_none());
    assert!(life.matter.returns.is_empty(), "a refused callout gives nothing back");
    assert_eq!(life.matter.holder, county.township(0));
}

#[test]
fn a_department_refuses_once_and_must_come_when_it_is_called_again() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let police = call(&mut life, "police-station");
    let head = county.person(police, "police-station-head");
    let refusal = json!({ "ground": "不属公安职责", "proposal": county.office(county.township(0), "justice-office") });
    life.take(head, "refuse-callout", refusal.clone());
    call(&mut life, "police-station");
    assert_eq!(blocked(&life, head, "refuse-callout"), Some("returned-before"));
    assert_eq!(life.refused(head, "refuse-callout", refusal), "returned-before");
}

#[test]
fn offers_say_beforehand_what_a_callout_still_lacks() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let police = call(&mut life, "police-station");
    let head = county.person(police, "police-station-head");
    assert_eq!(blocked(&life, head, "contribute"), Some("report-first"));
    life.take(head, "report-in", json!({}));
    assert_eq!(blocked(&life, head, "report-in"), Some("reported-already"));
    assert_eq!(blocked(&life, head, "refuse-callout"), Some("reported-already"));
    assert_eq!(blocked(&life, head, "contribute"), None);
}

#[test]
fn a_department_that_is_given_the_whole_matter_is_no_longer_called_out() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let justice = call(&mut life, "justice-office");
    let director = county.person(county.township(0), "centre-director");
    life.take(director, "assign", json!({ "unit": justice }));
    assert_eq!(life.matter.holder, justice);
    assert!(life.matter.open_callout(justice).is_none());
    assert!(life.running().iter().all(|(clock, _)| clock != "report-in"));
}

#[test]
fn a_callout_may_be_refused_while_a_ruling_is_due_because_it_moves_no_holder() {
    let county = County::new(catalogue());
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    life.take(director, "accept", consents(true, true));
    let police = county.office(county.county(), "public-security-bureau");
    life.take(
        director,
        "call-out",
        json!({ "callout-type": "expertise", "units": [police], "reason": "需要现场勘验" }),
    );
    for township in [county.township(0), county.township(1)] {
        life.take(director, "assign", json!({ "unit": township }));
        let head = county.person(township, "centre-director");
        life.take(head, "return", json!({ "ground": "不属本镇", "proposal": county.township(2) }));
    }
    assert!(life.matter.ruling_due);
    let head = county.person(police, "department-head");
    assert_eq!(blocked(&life, head, "refuse-callout"), None);
    life.take(
        head,
        "refuse-callout",
        json!({ "ground": "不属公安职责", "proposal": county.township(2) }),
    );
}

#[test]
fn callouts_end_when_the_matter_ends_whatever_verbs_end_it() {
    let mut source = crate::support::shipped();
    let (old, new) = (
        "verbs = [\"reply\", \"close\"]\nfrom = [\"mediating\", \"suspended\"]\nto = \"closed\"\nby.holder = [\"chief\", \"officer\"]\nasks = [\"ending-reason\"]",
        "verbs = [\"reply\"]\nfrom = [\"mediating\", \"suspended\"]\nto = \"closed\"\nby.holder = [\"chief\", \"officer\"]\nasks = [\"ending-reason\"]",
    );
    crate::support::edit(&mut source, "kinds/dispute.toml", old, new);
    let county = County::new(&crate::support::loaded(&source));
    let mut life = mediating(&county);
    call(&mut life, "police-station");
    let director = county.person(county.township(0), "centre-director");
    life.take(director, "terminate", json!({ "answer": "终止", "ending-reason": "双方分歧大" }));
    assert!(life.matter.callouts.iter().all(|c| !c.is_open()));
    assert!(life.running().iter().all(|(clock, _)| clock != "report-in"));
}

/// The part of a department is rated once, after it was given, by the unit that called it.
#[test]
fn a_part_is_rated_once_by_who_called() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let director = county.person(county.township(0), "centre-director");
    let police = call(&mut life, "police-station");
    let justice = call(&mut life, "justice-office");
    let head = county.person(police, "police-station-head");
    assert_eq!(blocked(&life, director, "appraise"), Some("nothing-to-rate"));
    let said = |unit: domain::ids::UnitId| json!({ "callee": unit, "rating": 4 });
    assert_eq!(life.refused(director, "appraise", said(police)), "nothing-to-rate");
    life.take(head, "report-in", json!({}));
    assert_eq!(life.refused(director, "appraise", said(police)), "nothing-to-rate");
    life.take(head, "contribute", json!({ "contribution": "已勘验" }));
    assert_eq!(blocked(&life, director, "appraise"), None);
    assert_eq!(life.refused(director, "appraise", said(justice)), "nothing-to-rate");
    assert_eq!(life.refused(head, "appraise", said(police)), "no-post-may");
    life.take(director, "appraise", said(police));
    assert_eq!(life.matter.callouts[0].rating, Some(4));
    assert_eq!(life.matter.rating, None, "who brought the matter has not rated it");
    assert_eq!(life.refused(director, "appraise", said(police)), "nothing-to-rate");
    assert_eq!(blocked(&life, director, "appraise"), Some("nothing-to-rate"));
}

/// Whoever is called to a meeting sees the matter; who is no longer to come does not, unless by another way.
#[test]
fn who_is_called_to_a_meeting_sees_the_matter_until_they_are_not() {
    let county = County::new(catalogue());
    let mut life = mediating(&county);
    let director = county.person(county.township(0), "centre-director");
    let court = county.office(county.township(0), "tribunal");
    let judge = county.person(court, "tribunal-head");
    let sees = |life: &Life<'_>, who| {
        let setting = county.setting();
        domain::access::sees(
            &county.posts(who, life.now),
            &life.matter,
            setting.org,
            setting.catalogue,
        )
    };
    assert!(!sees(&life, judge));
    let call = json!({ "meets-at": "2026-03-04T09:00:00+08:00", "attendees": [judge, director] });
    life.take(director, "convene", call);
    assert!(sees(&life, judge));
    let gone = json!({ "meets-at": "2026-03-04T09:00:00+08:00", "dismissed": [judge, director] });
    life.take(director, "convene", gone);
    assert!(!sees(&life, judge));
    assert!(sees(&life, director), "the unit holds it");
    assert!(!life.matter.named.contains(&domain::matter::Named::Person(judge)));
}
