//! The shipped calendar against lists of working days from somewhere else.
//!
//! The lists are not part of this repository: scripts make them from independent packages, as JSON
//! `[["2024-01-01", false], …]`; `SHANZHI_WORKDAYS` names them, with `:` between.

use std::path::Path;

mod support;

use domain::time::Day;

#[test]
fn every_day_of_three_years_agrees_with_independent_lists() {
    let Some(paths) = std::env::var_os("SHANZHI_WORKDAYS") else {
        println!("SHANZHI_WORKDAYS names no list of working days: nothing was compared");
        return;
    };
    for path in std::env::split_paths(&paths) {
        compare(&path);
    }
}

fn compare(path: &Path) {
    let text = std::fs::read_to_string(path).expect("the list can be read");
    let list: Vec<(Day, bool)> =
        serde_json::from_str(&text).expect("a list of days and whether they are worked");
    let day = |year| Day::of(year, 1, 1).expect("a day");
    let wanted: Vec<Day> = (day(2024).0..day(2027).0).map(Day).collect();
    let listed: Vec<Day> =
        list.iter().map(|(day, _)| *day).filter(|d| wanted.contains(d)).collect();
    assert_eq!(listed, wanted, "the list holds each day of 2024 to 2026 once, in order");
    let calendar = &support::catalogue().calendar;
    let differ: Vec<String> = list
        .iter()
        .filter(|(day, worked)| wanted.contains(day) && calendar.is_workday(*day) != *worked)
        .map(|(day, worked)| format!("{day} is worked: {worked} in the list"))
        .collect();
    assert!(differ.is_empty(), "{}:\n{}", path.display(), differ.join("\n"));
}
