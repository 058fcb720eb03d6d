//! What a matter itself promises: days counted by a field, an answer owed to a bad rating, so many
//! visits, a quorum.

use domain::catalogue::Source;
use serde_json::{Value as Json, json};

use crate::support::{County, Life, and, edit, loaded, request, shipped};

const REQUEST: &str = "kinds/request.toml";

/// Requests that promise days, count those present, and owe an answer to a bad rating.
fn county() -> County {
    let mut source: Source = shipped();
    let number = |id: &str| {
        format!("[field.{id}]\nlabel = {{ zh = \"{id}\", en = \"{id}\" }}\ntype = \"number\"\n\n")
    };
    let fields = ["days", "present", "entitled"].map(number).concat();
    edit(&mut source, REQUEST, "[field.spot]", &format!("{fields}[field.spot]"));
    edit(
        &mut source,
        REQUEST,
        "asks = [\"content\", \"request-class?\", \"request-type?\", \"spot?\"]",
        "asks = [\"content\", \"request-class?\", \"request-type?\", \"spot?\", \"days?\", \"present?\", \"entitled?\"]",
    );
    edit(
        &mut source,
        REQUEST,
        "rule   = \"request-handle\"",
        "rule   = \"request-handle\"\ncount  = \"days\"",
    );
    let flag = "[flag.bad]\nlabel = { zh = \"差评\", en = \"Bad rating\" }\nrated = 2\n\n[flag.supervised]";
    edit(&mut source, REQUEST, "[flag.supervised]", flag);
    edit(
        &mut source,
        REQUEST,
        "asks = [\"resolved?\"]\nwhen = [\"callouts-settled\"]",
        "asks = [\"resolved?\"]\nwhen = [\"done:note-progress*2\", \"share:present/entitled>=2/3\"]",
    );
    County::new(&loaded(&source))
}

fn handled(county: &County, fields: Json) -> Life<'_> {
    let clerk = county.person(county.county(), "window-clerk");
    let head = county.person(county.county(), "centre-director");
    let mut all = request()["fields"].clone();
    for (name, value) in fields.as_object().expect("fields") {
        all[name] = value.clone();
    }
    let mut life = Life::register(county, "2026-03-02 09:00", clerk, and(request(), "fields", all));
    life.take(clerk, "dispatch", json!({ "person": head }));
    life
}

#[test]
fn promised_days_are_the_limit_and_never_more_than_the_rules() {
    let county = county();
    for (fields, due) in [
        (json!({ "days": 3 }), "2026-03-05"),
        (json!({ "days": 30 }), "2026-03-09"),
        (json!({ "days": 0 }), "2026-03-03"),
        (json!({}), "2026-03-09"),
    ] {
        assert_eq!(handled(&county, fields.clone()).due("handle"), due, "{fields}");
    }
}

#[test]
fn an_answer_needs_its_two_notes_and_its_quorum() {
    let county = county();
    let head = county.person(county.county(), "centre-director");
    let answer = || json!({ "answer": "已办" });
    let mut life = handled(&county, json!({ "present": 19, "entitled": 30 }));
    life.take(head, "sign", json!({}));
    life.take(head, "note-progress", json!({ "progress": "一" }));
    assert_eq!(life.refused(head, "answer", answer()), "not-done", "once is not twice");
    life.take(head, "note-progress", json!({ "progress": "二" }));
    assert_eq!(life.refused(head, "answer", answer()), "share-missing", "19 of 30");

    let mut life = handled(&county, json!({ "present": 20, "entitled": 30 }));
    life.take(head, "sign", json!({}));
    for note in ["一", "二"] {
        life.take(head, "note-progress", json!({ "progress": note }));
    }
    life.take(head, "answer", answer());
    let clerk = county.person(county.county(), "window-clerk");
    life.take(clerk, "rate", json!({ "rating": 2 }));
    assert!(life.matter.flags.contains("bad"), "a bad rating is remarked on");
}
