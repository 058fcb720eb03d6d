//! The demonstration county: made, verified, exported, changed and found out.

use crate::program::Desk;

#[test]
fn the_demonstration_county_is_midu_and_holds_together() {
    let desk = Desk::new();
    let accounts = desk.json(&["demo", "--matters", "300", "--seed", "7"]);
    assert!(accounts.as_array().is_some_and(|a| a.len() >= 20), "{accounts}");
    let verified = desk.json(&["verify"]);
    // Three hundred lives, and what split off some of them.
    let matters = verified["matters"].as_u64().expect("a count");
    assert!((300..330).contains(&matters), "{verified}");
    assert_eq!(verified["broken"].as_array().map(Vec::len), Some(0), "{verified}");

    // Made again, it stays: only the passwords are new.
    let again = desk.json(&["demo"]);
    assert_ne!(accounts[0]["password"], again[0]["password"]);
    assert_eq!(desk.json(&["verify"])["matters"].as_u64(), Some(matters));

    desk.json(&["export", &desk.path("out.csv")]);
    let text = std::fs::read_to_string(desk.path("out.csv")).expect("exported");
    // A heading and a line for each matter that is not sealed: a few are.
    let lines = text.lines().filter(|l| !l.is_empty()).count() as u64;
    assert!((matters - 20..=matters).contains(&lines), "{lines} lines of {matters} matters");
    desk.refused(&["export", &desk.path("out.pdf")], 1);
}

#[test]
fn the_same_seed_plays_the_same_matters() {
    let played = |seed: &str| {
        let desk = Desk::new();
        desk.json(&["demo", "--matters", "40", "--seed", seed]);
        desk.json(&["export", &desk.path("out.csv")]);
        let text = std::fs::read_to_string(desk.path("out.csv")).expect("exported");
        let titles = text.lines().filter_map(|l| l.split(',').nth(2).map(str::to_owned));
        titles.collect::<Vec<_>>()
    };
    assert_eq!(played("3"), played("3"));
    assert_ne!(played("3"), played("4"));
}

#[test]
fn a_catalogue_is_written_checked_and_found_wanting() {
    let desk = Desk::new();
    let folder = desk.path("own");
    assert!(desk.run(&["catalogue", "write", &folder]).status.success());
    assert_eq!(desk.json(&["catalogue", "check", &folder]), serde_json::json!([]));
    let file = format!("{folder}/kinds/request.toml");
    let text = std::fs::read_to_string(&file).expect("a kind");
    std::fs::write(&file, text.replacen("[state.", "[stat.", 1)).expect("written");
    let said = desk.refused(&["catalogue", "check", &folder], 1);
    assert!(said.contains("kinds/request.toml:"), "{said}");
    desk.refused(&["--catalogue", &folder, "demo"], 1);
    desk.refused(&["catalogue", "check", &desk.path("nowhere")], 1);
    desk.refused(&["no-such-command"], 2);
}
