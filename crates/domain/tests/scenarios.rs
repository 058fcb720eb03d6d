//! Every scenario that ships comes out as it says, on the bare stage.

mod support;

use domain::catalogue::Finding;
use domain::matter::fold;
use domain::rehearsal::{BareStage, Scenario, Stage, play, scenarios};
use support::{catalogue, edit, shipped};

fn all() -> Vec<Scenario> {
    scenarios(&shipped(), catalogue()).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[test]
fn every_scenario_comes_out_as_it_says() {
    let mut misses = Vec::new();
    for scenario in all() {
        let mut stage = BareStage::new(catalogue());
        if let Err(found) = play(&scenario, &mut stage) {
            misses.extend(found.iter().map(ToString::to_string));
        }
        for events in stage.events().map(<[_]>::to_vec).collect::<Vec<_>>() {
            let matter = fold(&events).expect("a matter");
            assert_eq!(stage.look(matter.code()).expect("on stage"), matter, "{}", scenario.file);
        }
    }
    assert!(misses.is_empty(), "\n{}", misses.join("\n"));
}

#[test]
fn every_kind_has_scenarios_that_end_in_each_of_its_outcomes() {
    for kind in catalogue().kinds.values() {
        let own: Vec<Scenario> = all().into_iter().filter(|s| s.kind == kind.id.text).collect();
        let ends = |outcome: &str| {
            own.iter().flat_map(|s| &s.steps).any(|s| s.expect.outcome.as_deref() == Some(outcome))
        };
        let missing: Vec<&String> = kind.outcomes.keys().filter(|o| !ends(o)).collect();
        assert!(missing.is_empty(), "no scenario of {} ends in {missing:?}", kind.id.text);
    }
}

const WRITTEN: &str = "scenarios/dispute-written-agreement.toml";

fn findings(edits: &[(&str, &str)]) -> Vec<Finding> {
    let mut source = shipped();
    for (old, new) in edits {
        edit(&mut source, WRITTEN, old, new);
    }
    scenarios(&source, catalogue()).err().unwrap_or_default()
}

#[test]
fn mistakes_in_a_scenario_are_found_with_their_lines() {
    let cases = [
        ("unknown-key", "expect.handler = \"mediator\"", "expect.handlers = \"mediator\""),
        ("unknown-name", "data = { person = \"@mediator\" }", "data = { person = \"@mediators\" }"),
        ("unknown-name", "refused = \"rated-before\"", "refused = \"rated-befor\""),
        ("unknown-name", "action = \"investigate\"", "action = \"investigat\""),
        (
            "unknown-name",
            "action = \"agree-written\"",
            "matter = \"other\"\naction = \"agree-written\"",
        ),
        ("unknown-name", "outcome = \"agreed\"", "outcome = \"agred\""),
        ("unknown-name", "{ archive = \"2026-06-05\" }", "{ archives = \"2026-06-05\" }"),
        ("unknown-word", "light   = \"green\"", "light   = \"blue\""),
        ("wrong-type", "at = \"2026-03-12 16:00\"", "at = \"2026-03-01 16:00\""),
        ("wrong-type", "at = \"2026-03-20 10:00\"", "at = \"2026-03-20\""),
        ("wrong-type", "{ archive = \"2026-06-05\" }", "{ archive = \"soon\" }"),
        (
            "wrong-type",
            "level = \"village\"\nunder = \"township\"",
            "level = \"village\"\nunder = \"county\"",
        ),
        ("missing-key", "by = \"grid-worker\"\n", ""),
    ];
    for (rule, old, new) in cases {
        let found = findings(&[(old, new)]);
        let mut source = shipped();
        edit(&mut source, WRITTEN, old, new);
        let lines: Vec<&str> = source.0[WRITTEN].lines().collect();
        let first = found.first().unwrap_or_else(|| panic!("{new:?} was not found"));
        assert_eq!(
            (found.len(), first.rule, first.file.as_str()),
            (1, rule, WRITTEN),
            "{new:?}: {found:?}"
        );
        let line = lines[first.line as usize - 1];
        let near =
            new.lines().any(|l| l.contains(line) || line.contains(l)) || rule == "missing-key";
        assert!(near, "{new:?} was found on the line {line:?}");
    }
}

/// A player that looked at nothing would be content with everything.
#[test]
fn what_comes_out_otherwise_is_told_with_its_line() {
    let cases = [
        ("expect.handler = \"mediator\"", "expect.handler = \"director\"", "handler"),
        ("outcome = \"agreed\"", "outcome = \"not-agreed\"", "outcome"),
        ("light  = \"off\"", "light  = \"red\"", "light"),
        ("revisit = \"2026-06-01\", confirm", "revisit = \"2026-05-30\", confirm", "clocks"),
        ("expect.papers = [\"mediation-record\"]", "expect.papers = []", "papers"),
        (
            "expect.handler = \"mediator\"",
            "expect.hidden-from = [\"mediator\"]",
            "should not see it",
        ),
        ("refused = \"done-already\"", "refused = \"not-done\"", "should be refused by not-done"),
        ("refused = \"rated-before\"\n", "", "refused: rated-before"),
        (
            "data = { person = \"@mediator\" }",
            "data = { person = \"@mediator\" }\nrefused = \"ruled\"",
            "should be refused",
        ),
    ];
    for (old, new, what) in cases {
        let mut source = shipped();
        edit(&mut source, WRITTEN, old, new);
        let all = scenarios(&source, catalogue()).expect("sound");
        let scenario = all.iter().find(|s| s.file == WRITTEN).expect("the scenario");
        let misses = play(scenario, &mut BareStage::new(catalogue())).expect_err(new);
        let told = misses.iter().any(|m| m.what.contains(what) && m.file == WRITTEN && m.line > 1);
        assert!(told, "{new:?}: {misses:?}");
    }
}
