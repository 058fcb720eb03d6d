//! Every scenario that ships comes out of the whole application as it comes out of the rules alone.

use domain::rehearsal::{BareStage, Stage, play, scenarios};
use testkit::{County, Database, Engine, STAGE, ServiceStage, shipped};

fn on(engine: Engine) {
    let source = shipped();
    let catalogue = domain::catalogue::load(&source, &[]).expect("sound");
    let all = scenarios(&source, &catalogue).expect("sound");
    assert!(all.len() > 10);
    let mut misses = Vec::new();
    for scenario in &all {
        let Some(database) = Database::fresh(engine) else { return };
        let mut stage = ServiceStage(County::empty(database, &source, STAGE));
        if let Err(found) = play(scenario, &mut stage) {
            misses.extend(found.iter().map(ToString::to_string));
        }
        app::jobs::fold(&stage.0.service, &stage.0.state).expect("folded");
        let verdict = stage.0.verify();
        assert!(
            verdict.matters > 0 && verdict.events >= verdict.matters,
            "{}: {verdict:?}",
            scenario.file
        );
    }
    assert!(misses.is_empty(), "\n{}", misses.join("\n"));
}

#[test]
fn on_sqlite() {
    on(Engine::Sqlite);
}

#[test]
fn on_postgres() {
    on(Engine::Postgres);
}

/// A stage that looked at nothing would be content with everything.
#[test]
fn a_scenario_that_says_otherwise_is_noticed() {
    let mut source = shipped();
    let file = "scenarios/dispute-written-agreement.toml";
    let text = source.0.get_mut(file).expect("the scenario");
    *text = text.replacen("expect.handler = \"mediator\"", "expect.handler = \"director\"", 1);
    let catalogue = domain::catalogue::load(&source, &[]).expect("sound");
    let all = scenarios(&source, &catalogue).expect("sound");
    let scenario = all.iter().find(|s| s.file == file).expect("the scenario");
    let database = Database::fresh(Engine::Sqlite).expect("always there");
    let mut stage = ServiceStage(County::empty(database, &source, STAGE));
    let misses = play(scenario, &mut stage as &mut dyn Stage).expect_err("must miss");
    let bare = play(scenario, &mut BareStage::new(&catalogue)).expect_err("must miss");
    assert!(misses[0].what.contains("handler"), "{misses:?}");
    assert_eq!(misses, bare, "the application and the rules tell the same");
}
