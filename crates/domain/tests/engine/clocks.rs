//! Clocks follow what happened, at once, and being late is never forgotten.

use domain::clock::Light;
use domain::matter::deltas;
use serde_json::json;

use crate::support::{County, Life, and, catalogue, consents, edit, loaded, request, shipped};

#[test]
fn the_first_contact_stops_the_clock_that_waits_for_it() {
    let county = County::new(catalogue());
    let clerk = county.person(county.county(), "window-clerk");
    let intake = and(request(), "flags", json!(["urgent"]));
    let mut life = Life::register(&county, "2026-03-02 09:00", clerk, intake);
    assert_eq!(life.due("urgent"), "2026-03-02 09:30");
    life.take(clerk, "dispatch", json!({ "unit": county.township(0) }));
    let head = county.person(county.township(0), "centre-director");
    life.until("2026-03-02 09:20");
    life.take(head, "contact", json!({ "contacted-at": "2026-03-02T09:15:00+08:00" }));
    assert!(life.run("urgent").stopped_at.is_some(), "the contact itself stops it");
}

#[test]
fn two_clocks_of_one_holder_that_run_out_together_move_the_matter_once() {
    let mut source = shipped();
    let hold = "[clock.suspension]";
    let twin = "[clock.patience]\nlabel  = { zh = \"本级耐心\", en = \"Patience\" }\nrule   = \"mediation-hold\"\n\
                scope  = \"holder\"\nduring = [\"mediating\"]\nlapse  = \"climb\"\n\n[clock.suspension]";
    edit(&mut source, "kinds/dispute.toml", hold, twin);
    let county = County::new(&loaded(&source));
    let head = county.person(county.village(0, 0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    life.tick("2026-03-25 09:00");
    assert_eq!(life.matter.holder, county.township(0), "one level, not two");
    assert_eq!(life.actions().iter().filter(|a| **a == "climb").count(), 1);
}

#[test]
fn a_matter_that_is_late_stays_red_and_late_however_it_is_suspended() {
    let county = County::new(catalogue());
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    life.take(director, "accept", consents(true, true));
    life.tick("2026-04-03 09:00");
    assert_eq!(life.matter.light(life.now), Light::Red);
    life.take(director, "suspend", json!({ "reason": "当事人外出" }));
    assert_eq!(life.matter.light(life.now), Light::Red, "what has run out cannot stand still");
    let before = life.matter.clone();
    life.take(director, "terminate", json!({ "answer": "终止调解", "ending-reason": "联系不上" }));
    let kind = &county.catalogue.kinds["dispute"];
    let end = life.events.last().expect("an event");
    let deltas = deltas(Some(&before), &life.matter, end, kind);
    assert!(deltas.iter().any(|d| d.measure == "closed-late"));
}

#[test]
fn what_has_run_out_cannot_be_extended() {
    let county = County::new(catalogue());
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    life.take(director, "accept", consents(true, true));
    let mut extension = consents(true, true);
    extension["reason"] = json!("等待鉴定");
    extension["length"] = json!("10 days");
    life.until("2026-04-02 00:00");
    assert_eq!(life.refused(director, "extend", extension.clone()), "ran-out");
    life.until("2026-04-01 23:59");
    life.take(director, "extend", extension.clone());
    assert_eq!(life.refused(director, "extend", extension), "extended-before");
}

#[test]
fn an_extension_is_in_the_unit_of_the_limit_and_no_longer_than_the_rule() {
    let county = County::new(catalogue());
    let director = county.person(county.county(), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
    life.take(director, "accept", consents(true, true));
    for length in ["31 days", "5 workdays", "1 month", "1 hour"] {
        let mut extension = consents(true, true);
        extension["reason"] = json!("等待鉴定");
        extension["length"] = json!(length);
        assert_eq!(life.refused(director, "extend", extension), "extension-too-long", "{length}");
    }
}

#[test]
fn a_callout_clock_heeds_its_conditions_like_any_other() {
    let mut source = shipped();
    let file = "kinds/dispute.toml";
    let urgent = "[flag.escalation-risk]\nlabel = { zh = \"有激化苗头\", en = \"May escalate\" }";
    edit(&mut source, file, urgent, &format!("{urgent}\nsets = [\"urgent\"]"));
    for (source, clock) in [(shipped(), "report-in"), (source, "report-in-urgent")] {
        let county = County::new(&loaded(&source));
        let director = county.person(county.township(0), "centre-director");
        let mut life = Life::dispute(&county, "2026-03-02 09:00", director);
        life.take(director, "accept", consents(true, true));
        let alert = json!({ "measures": "先分开双方", "reported-to-police": false });
        life.take(director, "alert", alert);
        let police = county.office(county.township(0), "police-station");
        life.take(
            director,
            "call-out",
            json!({ "callout-type": "expertise", "units": [police], "reason": "勘验" }),
        );
        let running = life.running();
        let own: Vec<&str> = running
            .iter()
            .map(|(c, _)| c.as_str())
            .filter(|c| c.starts_with("report-in"))
            .collect();
        assert_eq!(own, [clock]);
    }
}

/// A right that runs out is refused afterwards, and while it runs nothing closes it.
#[test]
fn a_right_can_be_used_in_its_time_and_the_matter_is_put_away_after_it() {
    let mut source = shipped();
    let once = "when = [\"agreed\", \"not-done:apply-confirmation\"]";
    edit(&mut source, "kinds/dispute.toml", once, "when = [\"in-time:confirm\"]");
    let archive = "by.holder = [\"chief\", \"officer\"]\nwhen = [\"documents\"]";
    let window = archive.replace("documents", "run-out:confirm");
    edit(&mut source, "kinds/dispute.toml", archive, &window);
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let court = json!({ "court": county.township(0) });
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    let terms = json!({ "agreed-terms": "各让半米", "performance-due": "2026-03-10" });
    life.take(head, "agree-orally", terms);
    assert_eq!(life.due("confirm"), "2026-04-01");
    let seen = json!({ "visit-record": "已履行", "performance": "performed" });
    life.take(head, "perform", json!({ "instalment": 1 }));
    life.take(head, "close", seen);
    assert_eq!(life.refused(head, "archive", json!({})), "still-running");
    life.until("2026-04-02 00:00");
    assert_eq!(life.refused(head, "apply-confirmation", court.clone()), "too-late");
    life.until("2026-04-01 23:59").take(head, "apply-confirmation", court.clone());
    assert_eq!(
        life.refused(head, "apply-confirmation", court),
        "clock-not-running",
        "what was used is over"
    );
    life.take(head, "archive", json!({}));
}

#[test]
fn what_is_owed_again_and_again_begins_anew_with_each_time_it_was_given() {
    let mut source = shipped();
    let hold = "rule   = \"mediation-finish\"\nduring = [\"mediating\"]\n";
    let monthly = format!("{hold}start  = [\"investigate\"]\n");
    edit(&mut source, "kinds/dispute.toml", hold, &monthly);
    let county = County::new(&loaded(&source));
    let head = county.person(county.township(0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", consents(true, true));
    assert_eq!(life.due("settle"), "2026-04-01");
    life.until("2026-03-16 09:00").take(head, "investigate", json!({ "investigation": "走访" }));
    assert_eq!(life.due("settle"), "2026-04-15");
    let runs = life.matter.clocks.iter().filter(|c| c.clock == "settle");
    assert_eq!(runs.map(|c| c.stopped_at.is_some()).collect::<Vec<_>>(), [true, false]);
    life.take(head, "terminate", json!({ "answer": "不成", "ending-reason": "各执一词" }));
    assert!(life.run("settle").stopped_at.is_some());
}

/// What must be told three days before is told on the day three days before it, at the latest.
#[test]
fn a_meeting_is_called_as_long_before_it_as_the_law_wants() {
    let told = |notice: &str| {
        let mut source = shipped();
        let label = "label = { zh = \"召集会议\", en = \"Call a meeting\" }\n";
        edit(&mut source, "kinds/dispute.toml", label, &format!("{label}notice = \"{notice}\"\n"));
        let county = County::new(&loaded(&source));
        let head = county.person(county.township(0), "centre-director");
        let mut life = Life::dispute(&county, "2026-04-30 09:00", head);
        life.take(head, "accept", consents(true, true));
        let mut last = None;
        for day in 1..=20 {
            let at = format!("2026-05-{day:02}T08:00:00+08:00");
            match life.try_take(head, "convene", json!({ "meets-at": at })) {
                Ok(()) => return (last, day),
                Err(refused) => last = refused.first().map(|r| r.rule.name()),
            }
        }
        (last, 0)
    };
    assert_eq!(told("3 days"), (Some("too-soon"), 3));
    assert_eq!(told("3 workdays"), (Some("too-soon"), 8), "the sixth to the eighth");
    assert_eq!(told("1 month"), (Some("too-soon"), 0));
    assert_eq!(told("48 hours"), (Some("too-soon"), 3));
}
