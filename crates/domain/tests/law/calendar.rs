//! The State Council's notice: what is loaded is law, what is beyond it is an estimate that says so
//! and is mended when the notice comes.

use domain::catalogue::{Catalogue, Source};
use domain::ids::PersonId;
use domain::time::Day;
use serde_json::json;

use crate::support::{County, Life, at, catalogue, consents, edit, loaded, shipped};

/// As if the notice for 2027 had come: its days are made up for this test.
fn with_2027() -> Catalogue {
    let mut source: Source = shipped();
    let notice = "year = 2027\nnotice = \"2027 年安排(测试)\"\n\n[holidays]\n\"2027-01-01\" = \"元旦\"\n\
                  \"2027-01-02\" = \"元旦\"\n\"2027-01-03\" = \"元旦\"\n\n[workdays]\n\"2027-01-09\" = \"调休\"\n";
    source.0.insert("calendars/2027.toml".to_owned(), notice.to_owned());
    edit(&mut source, "calendars/calendar.toml", "version = \"2026.1\"", "version = \"2027.1\"");
    loaded(&source)
}

fn head(county: &County) -> PersonId {
    county.person(county.county(), "centre-director")
}

#[test]
fn a_deadline_beyond_the_notice_is_an_estimate_and_is_mended_without_losing_a_pause() {
    let before = County::new(catalogue());
    let after = before.under(&with_2027());
    let mut life = Life::dispute(&before, "2026-11-26 09:00", head(&before));
    life.take(head(&before), "accept", consents(true, true));
    assert!(
        !life.run("settle").deadline.as_ref().expect("runs").estimated,
        "26 December is in the notice"
    );
    life.until("2026-12-10 09:00").take(head(&before), "suspend", json!({ "reason": "鉴定" }));
    life.until("2026-12-16 09:00").take(head(&before), "resume", json!({}));
    assert_eq!(life.due("settle"), "2027-01-01", "a Friday, as far as the week goes");
    let deadline = life.run("settle").deadline.clone().expect("runs");
    assert_eq!((deadline.estimated, deadline.calendar.as_str()), (true, "2026.1"));
    let pauses = life.run("settle").pauses.clone();

    life.county = &after;
    life.tick("2026-12-20 09:00");
    assert_eq!(life.due("settle"), "2027-01-04", "the New Year holiday, then Monday");
    let deadline = life.run("settle").deadline.clone().expect("runs");
    assert_eq!((deadline.estimated, deadline.calendar.as_str()), (false, "2027.1"));
    assert_eq!(life.run("settle").pauses, pauses);
    let events = life.events.len();
    life.tick("2026-12-20 09:01");
    assert_eq!(life.events.len(), events, "mended once");
}

#[test]
fn what_ran_out_by_the_estimate_alone_has_not_run_out() {
    let before = County::new(catalogue());
    let after = before.under(&with_2027());
    let mut life = Life::dispute(&before, "2026-12-02 09:00", head(&before));
    life.take(head(&before), "accept", consents(true, true));
    assert_eq!(life.due("settle"), "2027-01-01");
    life.tick("2027-01-02 00:00");
    assert!(life.run("settle").lapsed_at.is_some());
    life.county = &after;
    life.tick("2027-01-02 10:00");
    assert!(life.run("settle").lapsed_at.is_none(), "by the notice it ends on the fourth");
    life.tick("2027-01-05 00:00");
    assert!(life.run("settle").lapsed_at.is_some());
}

/// A deadline that was never an estimate rests on the calendar that it names, whatever comes later.
#[test]
fn a_deadline_within_the_notice_is_not_touched_by_a_new_calendar() {
    let before = County::new(catalogue());
    let after = before.under(&with_2027());
    let mut life = Life::dispute(&before, "2026-03-02 09:00", head(&before));
    life.take(head(&before), "accept", consents(true, true));
    let hard: Vec<_> = life.matter.clocks.iter().filter(|c| !c.soft).cloned().collect();
    life.county = &after;
    life.tick("2026-03-03 09:00");
    let kept: Vec<_> = life.matter.clocks.iter().filter(|c| !c.soft).cloned().collect();
    assert_eq!(hard, kept);
}

/// Hours run from the moment and need no notice (Civil Code art. 201).
#[test]
fn thirty_minutes_are_never_an_estimate() {
    let county = County::new(catalogue());
    let window = county.person(county.county(), "window-clerk");
    let urgent = crate::support::and(crate::support::request(), "flags", json!(["urgent"]));
    let life = Life::register(&county, "2027-03-02 09:00", window, urgent);
    assert!(!life.run("urgent").deadline.as_ref().expect("runs").estimated);
    assert!(life.run("dispatch").deadline.as_ref().expect("runs").estimated);
}

/// The notices as they were published: how many days of rest and of work each year has.
#[test]
fn the_shipped_years_are_whole_and_consecutive() {
    let calendar = &catalogue().calendar;
    let years: Vec<i16> = calendar.years().iter().map(|y| y.year).collect();
    assert_eq!(years, (2010..=2026).collect::<Vec<i16>>());
    let worked = |year: i16| {
        let (first, end) =
            (Day::of(year, 1, 1).expect("a day"), Day::of(year + 1, 1, 1).expect("a day"));
        (first.0..end.0).filter(|d| calendar.is_workday(Day(*d))).count()
    };
    // From 2025 on there are thirteen holidays a year: 365 - 104 rest days - 13 in 2025 and 2026.
    assert_eq!((worked(2025), worked(2026)), (248, 248));
    assert!(
        calendar.covers(at("2026-12-31 23:59").day())
            && !calendar.covers(at("2027-01-01 00:00").day())
    );
}
