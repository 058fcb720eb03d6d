//! A county may change its files; what it promised to a running matter it keeps.

use domain::catalogue::{Catalogue, Source};
use domain::ids::PersonId;
use serde_json::json;

use crate::support::{County, Life, catalogue, consents, edit, loaded, loaded_with, shipped};

fn head(county: &County) -> PersonId {
    county.person(county.county(), "centre-director")
}

/// The next version of the dispute: ten days to settle, and nothing stands still any more.
fn stricter() -> Catalogue {
    let old: Source = shipped();
    let mut source = old.clone();
    edit(&mut source, "kinds/dispute.toml", "version  = 1", "version  = 2");
    let settle =
        "rule   = \"mediation-finish\"\nduring = [\"mediating\"]\npause  = [\"suspended\"]\n";
    let shorter = "rule   = \"mediation-finish\"\nwithin = \"10 days\"\nduring = [\"mediating\"]\n";
    edit(&mut source, "kinds/dispute.toml", settle, shorter);
    loaded_with(&source, &[old.0["kinds/dispute.toml"].clone()])
}

#[test]
fn a_stricter_kind_leaves_running_clocks_alone() {
    let before = County::new(catalogue());
    let after = before.under(&stricter());
    let mut life = Life::dispute(&before, "2026-03-02 09:00", head(&before));
    life.take(head(&before), "accept", consents(true, true));
    let running = life.matter.clocks.clone();
    life.county = &after;
    life.tick("2026-03-03 09:00");
    assert_eq!(life.matter.clocks, running);
    life.take(head(&after), "suspend", json!({ "reason": "一方住院" }));
    assert_eq!(life.due("settle"), "paused", "the pause it began under is kept");
    life.until("2026-03-13 09:00").take(head(&after), "resume", json!({}));
    assert_eq!(life.due("settle"), "2026-04-13", "1 April and ten days");

    let mut new = Life::dispute(&after, "2026-03-02 09:00", head(&after));
    new.take(head(&after), "accept", consents(true, true));
    assert_eq!(new.matter.registration.kind_version, 2);
    assert_eq!(new.due("settle"), "2026-03-12");
}

#[test]
fn a_shorter_rule_holds_for_what_starts_after_it() {
    let before = County::new(catalogue());
    let mut source = shipped();
    let hold = "[rule.mediation-hold]\nwithin = \"15 days\"";
    edit(&mut source, "clocks.toml", hold, "[rule.mediation-hold]\nwithin = \"7 days\"");
    let after = before.under(&loaded(&source));
    let village = before.person(before.village(0, 0), "centre-director");
    let mut life = Life::dispute(&before, "2026-03-02 09:00", village);
    life.take(village, "accept", consents(true, true));
    life.county = &after;
    life.tick("2026-03-10 09:00");
    assert_eq!(
        (life.matter.holder, life.due("hold")),
        (before.village(0, 0), "2026-03-17".to_owned())
    );
    life.take(village, "escalate", json!({ "summary": "调不了" }));
    assert_eq!(life.due("hold"), "2026-03-17", "the township's seven days from the tenth");
    assert_eq!(life.run("hold").terms.within.to_string(), "7 days");
}

#[test]
fn a_kind_that_is_gone_refuses_and_breaks_nothing() {
    let before = County::new(catalogue());
    let mut source = shipped();
    source.0.remove("kinds/dispute.toml");
    source.0.remove("meetings.toml");
    // What names the kind goes with it.
    let names_kinds = ["scenarios/", "reports/", "notices/"];
    source.0.retain(|name, _| !names_kinds.iter().any(|folder| name.starts_with(folder)));
    let after = before.under(&loaded(&source));
    let mut life = Life::dispute(&before, "2026-03-02 09:00", head(&before));
    life.county = &after;
    assert_eq!(life.refused(head(&after), "accept", consents(true, true)), "unknown-kind");
}
