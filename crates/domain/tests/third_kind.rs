//! A third kind of matter is two files: nothing in Rust knows kinds by their names.

mod support;

use domain::matter::{Value, intake_offer, offers};
use domain::rehearsal::{BareStage, play, scenarios};
use serde_json::json;
use support::{County, Life, loaded, with_third_kind};

#[test]
fn a_kind_from_a_file_lives_from_intake_to_archive() {
    let county = County::new(&loaded(&with_third_kind()));
    let kind = &county.catalogue.kinds["site-check"];
    let worker = county.person(county.village(0, 0), "grid-worker");
    let lead = county.person(county.village(0, 0), "grid-lead");
    let posts = county.posts(worker, support::at("2026-03-02 09:00"));
    assert_eq!(intake_offer(kind, &posts).expect("a door").action.id.text, "report");
    let intake = json!({
        "kind": "site-check", "place": "532925101201", "title": "路面塌陷", "flags": ["grave"],
        "fields": { "hazard": "road", "seen": "路面塌了一块。", "informant": "138 0000 0001" },
    });
    let mut life = Life::register(&county, "2026-03-02 09:00", worker, intake);
    assert_eq!(life.matter.category.as_deref(), Some("road"));
    assert_eq!(life.matter.number.as_deref(), Some("第1村巡字〔2026〕1号"));
    assert!(
        matches!(life.matter.field("informant"), Some(Value::Personal(p)) if p.text() == Some("13800000001"))
    );
    let mut names = Vec::new();
    life.events[0].clone().personal_mut(&mut |name, _| names.push(name.to_owned()));
    assert_eq!(names, ["informant"], "what the file calls personal is sealed");

    let posts = county.posts(lead, life.now);
    let offered = offers(county.setting(), &life.matter, &posts).expect("a known kind");
    let offered: Vec<&str> = offered.iter().map(|o| o.action.id.as_str()).collect();
    assert_eq!(offered, ["hand-over"]);
    life.take(lead, "hand-over", json!({ "person": worker, "promised-on": "2026-03-10" }));
    life.take(
        worker,
        "mend",
        json!({ "answer": "已填平", "mended": "回填碾压。", "checked-by": lead }),
    );
    assert_eq!(life.matter.outcome.as_deref(), Some("mended"));
    life.tick("2026-04-02 00:00");
    assert_eq!(life.matter.state, "filed");
    assert_eq!(life.actions(), ["report", "hand-over", "mend", "tick", "file"]);
}

#[test]
fn its_scenario_is_played_like_any_other() {
    let source = with_third_kind();
    let catalogue = loaded(&source);
    let all = scenarios(&source, &catalogue).expect("sound");
    let own = all.iter().find(|s| s.kind == "site-check").expect("its scenario");
    if let Err(misses) = play(own, &mut BareStage::new(&catalogue)) {
        panic!("{}", misses.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
}

/// The shipped kinds are words of the catalogue, not of the program.
#[test]
fn no_rust_code_knows_a_kind_by_name() {
    let mut files = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let kinds: Vec<String> =
        support::catalogue().kinds.keys().map(|k| format!("\"{k}\"")).collect();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|e| e.path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let mut code = text
            .lines()
            .take_while(|l| !l.contains("#[cfg(test)]"))
            .filter(|l| !l.trim_start().starts_with("//"));
        let named = code.find(|line| kinds.iter().any(|kind| line.contains(kind.as_str())));
        let in_tests = path.ends_with("tests.rs");
        assert!(named.is_none() || in_tests, "{}: {}", path.display(), named.unwrap_or_default());
    }
}
