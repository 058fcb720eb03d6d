//! Nobody is mediated without having agreed to it (People's Mediation Law art. 17).

use domain::matter::Rule;
use serde_json::json;

use crate::support::{County, Life, and, catalogue, consents, edit, loaded, shipped, with};

#[test]
fn a_matter_without_parties_has_nobodys_consent() {
    let mut source = shipped();
    let applicant = "label = { zh = \"申请人\", en = \"Applicant\" }\nmin = 1";
    let respondent = "label = { zh = \"被申请人\", en = \"Respondent\" }\nmin = 1";
    edit(&mut source, "kinds/dispute.toml", applicant, applicant.trim_end_matches("\nmin = 1"));
    edit(&mut source, "kinds/dispute.toml", respondent, respondent.trim_end_matches("\nmin = 1"));
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let intake = with(crate::support::dispute(), "/parties", json!([]));
    let mut life = Life::register(&county, "2026-03-02 09:00", head, intake);
    assert_eq!(life.refused(head, "accept", json!({ "consents": {} })), "empty");
    life.take(head, "decline", json!({ "reason": "没有当事人" }));
}

#[test]
fn each_party_is_asked_and_one_no_is_enough() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    assert_eq!(
        life.refused(head, "accept", json!({ "consents": { "1": true } })),
        "consent-missing"
    );
    assert_eq!(life.refused(head, "accept", consents(true, false)), "party-refuses");
    assert_eq!(
        life.refused(head, "accept", json!({ "consents": { "1": true, "3": true } })),
        "unknown-party"
    );
    life.take(head, "accept", consents(true, true));
}

/// The parties' yes to the procedure is no yes to a longer one (Rules on People's Mediation work,
/// art. 33: the extension needs their consent).
#[test]
fn an_extension_asks_every_party_again() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    let extension =
        |consents| json!({ "reason": "等待鉴定", "length": "30 days", "consents": consents });
    assert_eq!(life.refused(head, "extend", extension(json!({ "1": true }))), "consent-missing");
    assert_eq!(
        life.refused(head, "extend", extension(json!({ "1": true, "2": false }))),
        "party-refuses"
    );
    assert_eq!(life.due("settle"), "2026-04-01", "a refused extension changes nothing");
    life.take(head, "extend", extension(json!({ "1": true, "2": true })));
}

#[test]
fn a_registering_action_may_ask_for_what_only_the_step_says() {
    let mut source = shipped();
    edit(
        &mut source,
        "kinds/dispute.toml",
        "\"facts\", \"wish?\"",
        "\"facts\", \"consents\", \"note-text\", \"wish?\"",
    );
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let mut intake = crate::support::dispute();
    intake["fields"]["note-text"] = json!("窗口代书");
    intake["fields"]["consents"] = json!({ "1": true, "2": true });
    let life = Life::register(&county, "2026-03-02 09:00", head, intake.clone());
    assert!(life.matter.parties.iter().all(|p| p.consent == Some(true)));
    assert!(life.matter.field("note-text").is_none(), "what a step says stays with the step");
    assert!(life.events[0].data.contains_key("note-text"));
    intake["fields"]["consents"] = json!({ "1": true, "3": true });
    let refused =
        Life::try_register(&county, "2026-03-02 09:00", head, intake).err().expect("refused");
    assert!(refused.breaks(Rule::UnknownParty));
}

/// What a step asks is no obstacle before it is asked; a danger to somebody is one.
#[test]
fn what_is_offered_is_barred_by_danger_and_not_by_a_consent_that_it_asks_for() {
    let county = County::new(catalogue());
    let head = county.person(county.township(0), "centre-director");
    let life = Life::dispute(&county, "2026-03-02 09:00", head);
    let barred = |life: &Life<'_>| {
        let posts: Vec<_> = county.org.posts(head).iter().collect();
        let offers =
            domain::matter::offers(county.setting(), &life.matter, &posts).expect("offers");
        let accept = offers.iter().find(|o| o.action.id.text == "accept").expect("an offer");
        accept.blocked.as_ref().map(|refusal| refusal.rule)
    };
    assert_eq!(barred(&life), None);
    let intake = and(crate::support::dispute(), "flags", json!(["domestic-violence"]));
    let mut life = Life::register(&county, "2026-03-02 09:00", head, intake);
    assert_eq!(barred(&life), Some(Rule::FlagSet));
    assert_eq!(life.refused(head, "accept", consents(true, true)), "flag-set");
    let safe = json!({ "reported-to-police": true, "note-text": "已报警,女方暂住娘家" });
    life.take(head, "make-safe", safe).take(head, "accept", consents(true, true));
}
