//! How a matter ends and begins again: what its place means follows from the place, not from the
//! verbs that led there.

use domain::kind::Phase;
use serde_json::json;

use crate::support::{County, Life, catalogue, consents, edit, loaded, shipped};

fn suspended(county: &County) -> Life<'_> {
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    life.take(head, "suspend", json!({ "reason": "一方住院" }));
    life
}

#[test]
fn a_matter_that_ends_while_suspended_is_suspended_no_more() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = suspended(&county);
    life.take(head, "withdraw", json!({ "answer": "已撤回" }));
    assert!(life.matter.suspension.is_none());
    life.take(head, "reopen", json!({ "reason": "又起争议" }));
    assert!(life.matter.suspension.is_none());
    assert_eq!(life.matter.state, "registered");
}

#[test]
fn a_suspension_runs_out_into_the_state_before_it() {
    let county = County::new(catalogue());
    let mut life = suspended(&county);
    life.tick("2026-05-07 09:00");
    assert_eq!(life.matter.state, "mediating");
    assert!(life.matter.suspension.is_none());
    assert_eq!(life.matter.clocks.iter().filter(|c| c.is_paused()).count(), 0);
}

#[test]
fn whatever_leads_out_of_an_end_opens_the_matter_again() {
    let mut source = shipped();
    let reopen = "verbs = [\"reopen\"]\nfrom = [\"closed\"]\nto = \"registered\"";
    edit(&mut source, "kinds/dispute.toml", reopen, &reopen.replace("reopen", "record"));
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "decline", json!({ "reason": "不属调解范围" }));
    assert_eq!(life.matter.phase, Phase::Closed);
    life.take(head, "reopen", json!({}));
    assert_eq!(life.matter.phase, Phase::Open);
    assert!(life.matter.outcome.is_none() && life.matter.closed_at.is_none());
    assert!(life.matter.answered_at.is_none(), "the old answer does not answer it again");
    assert_eq!(life.matter.reopened, 1);
}

#[test]
fn whoever_is_merged_into_each_other_is_answered_by_nobody() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    let other = domain::ids::MatterCode::new(26, 8);
    life.other = Some(other);
    life.relate(head, other, "absorbed");
    assert_eq!(life.refused(head, "merge", json!({ "matter": other })), "same-matter");
    life.take(head, "link", json!({ "matter": other }));
}

#[test]
fn a_seal_is_set_once_and_never_taken_off() {
    let mut source = shipped();
    edit(
        &mut source,
        "kinds/dispute.toml",
        "when = [\"flag:escalation-risk\"]\nclear = [\"escalation-risk\"]",
        "clear = [\"escalation-risk\", \"sealed\"]",
    );
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let intake =
        crate::support::and(crate::support::dispute(), "flags", json!(["sealed", "sealed"]));
    let mut life = Life::register(&county, "2026-03-02 09:00", head, intake);
    life.take(head, "accept", consents(true, true));
    life.take(head, "seal", json!({ "note-text": "再次" }));
    life.take(head, "calm", json!({ "note-text": "平息" }));
    assert!(life.matter.sealed && life.matter.flags.contains("sealed"));
    let seals = life
        .events
        .iter()
        .flat_map(|e| &e.changes)
        .filter(|c| matches!(c, domain::matter::Change::Sealed));
    assert_eq!(seals.count(), 1);
}
