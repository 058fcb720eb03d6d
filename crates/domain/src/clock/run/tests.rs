//! Worked examples with their articles, and properties over every start and pause. The calendar
//! holds the State Council's days around the examples; the shipped one is checked in `catalogue`.

use proptest::prelude::*;

use super::*;
use crate::clock::Year;

fn calendar() -> Calendar {
    let day = |t: &str| t.parse::<Day>().expect("a day");
    let span = |from: &str, to: &str| {
        (day(from).0..=day(to).0).map(|d| (Day(d), String::new())).collect::<Vec<_>>()
    };
    let mut holidays = span("2026-02-15", "2026-02-23");
    holidays.extend(span("2026-05-01", "2026-05-05"));
    holidays.extend(span("2026-10-01", "2026-10-07"));
    let worked = ["2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
    let workdays = worked.iter().map(|d| (day(d), String::new())).collect();
    let year = Year { year: 2026, notice: String::new(), holidays, workdays };
    Calendar::new("2026.t".into(), vec![(510, 720), (870, 1080)], vec![year])
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn terms(within: &str) -> Terms {
    Terms {
        within: within.parse().expect("a length"),
        extended: None,
        warn: None,
        law: String::new(),
    }
}

/// The last day of a period that starts at ten in the morning.
fn last(within: &str, start: &str) -> String {
    let start = at(&format!("{start}T10:00:00+08:00"));
    let deadline = terms(within).deadline(start, &[], &calendar()).expect("not paused");
    assert_eq!(deadline.due_at, deadline.due_at.day().start(), "ends at 24:00");
    deadline.due_at.plus_ms(-1).day().to_string()
}

fn pause(from: &str, until: &str) -> Pause {
    Pause {
        from: at(&format!("{from}T09:00:00+08:00")),
        until: Some(at(&format!("{until}T17:00:00+08:00"))),
    }
}

#[test]
fn the_day_of_the_act_is_not_counted() {
    // Civil Code art. 201: counting begins on the next day.
    assert_eq!(last("1 day", "2026-03-02"), "2026-03-03");
    assert_eq!(last("30 days", "2026-03-02"), "2026-04-01");
}

#[test]
fn a_last_day_on_a_rest_day_moves_to_the_next_working_day() {
    // Civil Code art. 203; 2026-10-01 to 10-07 are holidays and Saturday 10-10 is worked.
    assert_eq!(last("30 days", "2026-09-01"), "2026-10-08");
    assert_eq!(last("5 days", "2026-10-05"), "2026-10-10", "a made-up Saturday is a working day");
    assert_eq!(last("5 days", "2026-03-02"), "2026-03-09", "Saturday moves to Monday");
}

#[test]
fn working_days_skip_rest_days_and_count_made_up_ones() {
    assert_eq!(
        last("3 workdays", "2026-02-13"),
        "2026-02-25",
        "14 is worked, 15 to 23 is the festival"
    );
    assert_eq!(last("20 workdays", "2026-02-10"), "2026-03-16");
}

#[test]
fn a_month_ends_on_the_same_date() {
    // Civil Code art. 202.
    assert_eq!(last("1 month", "2026-01-31"), "2026-02-28", "a made-up Saturday");
    assert_eq!(last("2 months", "2026-03-10"), "2026-05-11", "10 May is a Sunday");
}

#[test]
fn hours_run_from_the_moment() {
    // Anti-Domestic Violence Law art. 28: 72 hours, 24 when urgent, over any holiday.
    let start = at("2026-02-15T23:30:00+08:00");
    let due = |t| terms(t).deadline(start, &[], &calendar()).expect("not paused").due_at;
    assert_eq!(due("72 hours"), at("2026-02-18T23:30:00+08:00"));
    assert_eq!(due("30 minutes"), at("2026-02-16T00:00:00+08:00"));
    assert_eq!(due("3.5 workhours"), at("2026-02-24T12:00:00+08:00"), "the first working morning");
}

#[test]
fn a_pause_gives_back_the_days_it_took() {
    let start = at("2026-03-02T10:00:00+08:00");
    let pauses = [pause("2026-03-10", "2026-03-20")];
    let due = |t: &str, p: &[Pause]| {
        terms(t)
            .deadline(start, p, &calendar())
            .expect("not paused")
            .due_at
            .plus_ms(-1)
            .day()
            .to_string()
    };
    assert_eq!(due("30 days", &pauses), "2026-04-13", "1 April and ten days, a Saturday moved on");
    assert_eq!(
        due("20 workdays", &pauses),
        "2026-04-09",
        "30 March and eight working days given back"
    );
    assert_eq!(due("1 month", &pauses), "2026-04-13");
    assert_eq!(
        due("5 days", &[pause("2026-03-20", "2026-03-25")]),
        "2026-03-09",
        "too late to help"
    );
    let open = [Pause { from: start.plus_ms(1), until: None }];
    assert_eq!(
        terms("5 days").deadline(start, &open, &calendar()),
        None,
        "no end while it stands still"
    );
}

/// Whoever was in time when it was suspended is not late the moment it goes on.
#[test]
fn a_pause_that_begins_on_the_last_day_leaves_the_day_on_which_it_ends() {
    let due = |t: &str, start: &str, p: Pause| {
        let start = at(&format!("{start}T10:00:00+08:00"));
        terms(t)
            .deadline(start, &[p], &calendar())
            .expect("not paused")
            .due_at
            .plus_ms(-1)
            .day()
            .to_string()
    };
    assert_eq!(due("30 days", "2026-03-02", pause("2026-04-01", "2026-04-08")), "2026-04-08");
    assert_eq!(
        due("5 workdays", "2026-03-02", pause("2026-03-09", "2026-03-14")),
        "2026-03-16",
        "14 is a Saturday"
    );
    assert_eq!(due("1 month", "2026-03-02", pause("2026-04-02", "2026-04-10")), "2026-04-10");
    let over_the_weekend = pause("2026-03-08", "2026-03-11");
    assert_eq!(
        due("5 days", "2026-03-02", over_the_weekend),
        "2026-03-11",
        "Saturday 7 had moved to Monday 9"
    );
}

#[test]
fn what_has_run_out_is_not_taken_back_by_a_pause() {
    let start = at("2026-03-02T10:00:00+08:00");
    let after = |t: &str, from: &str| {
        let pauses = [Pause { from: at(from), until: Some(at(from).plus_ms(HOUR_MS)) }];
        terms(t).deadline(start, &pauses, &calendar()).expect("not paused").due_at
    };
    assert_eq!(after("2 hours", "2026-03-02T12:00:00+08:00"), at("2026-03-02T12:00:00+08:00"));
    assert_eq!(after("2 hours", "2026-03-02T11:59:59+08:00"), at("2026-03-02T13:00:00+08:00"));
    assert_eq!(after("1 day", "2026-03-04T00:00:00+08:00"), at("2026-03-04T00:00:00+08:00"));
    assert_eq!(after("2 workhours", "2026-03-02T12:00:00+08:00"), at("2026-03-02T12:00:00+08:00"));
    assert_eq!(
        after("2 workhours", "2026-03-02T11:30:00+08:00"),
        at("2026-03-02T15:00:00+08:00"),
        "after the lunch hour"
    );
}

#[test]
fn office_time_is_counted_to_the_second() {
    let start = at("2026-03-02T10:00:59+08:00");
    let due = terms("3.5 workhours").deadline(start, &[], &calendar()).expect("not paused").due_at;
    assert_eq!(due, at("2026-03-02T16:00:59+08:00"));
}

#[test]
fn an_extension_is_added_to_the_count_not_to_the_moved_day() {
    // Petition Regulations art. 34: 60 days, at most 30 more.
    let mut t = terms("60 days");
    t.extended = "30 days".parse().ok();
    let due =
        t.deadline(at("2026-03-02T10:00:00+08:00"), &[], &calendar()).expect("not paused").due_at;
    assert_eq!(due.plus_ms(-1).day().to_string(), "2026-06-01", "31 May is a Sunday");
}

#[test]
fn beyond_the_loaded_years_a_deadline_says_that_it_is_an_estimate() {
    let deadline = |t: &str| {
        terms(t).deadline(at("2026-12-20T10:00:00+08:00"), &[], &calendar()).expect("not paused")
    };
    assert!(deadline("15 days").estimated);
    assert!(!deadline("5 days").estimated);
    assert!(!deadline("360 hours").estimated, "hours need no calendar");
}

#[test]
fn the_light_turns_on_the_first_day_of_the_warning() {
    let mut run = ClockRun {
        clock: "handle".into(),
        no: 1,
        scope: Scope::Matter,
        unit: None,
        callout: None,
        soft: false,
        terms: Terms { warn: "3 days".parse().ok(), ..terms("10 days") },
        started_at: at("2026-03-02T10:00:00+08:00"),
        pauses: vec![],
        deadline: None,
        warned_at: None,
        lapsed_at: None,
        stopped_at: None,
    };
    run.deadline = run.compute(&calendar());
    assert_eq!(run.light(at("2026-03-09T23:59:59+08:00")), Light::Green);
    assert_eq!(run.light(at("2026-03-10T00:00:00+08:00")), Light::Yellow, "10, 11 and 12 are left");
    assert_eq!(run.light(at("2026-03-12T23:59:59+08:00")), Light::Yellow);
    assert_eq!(run.light(at("2026-03-13T00:00:00+08:00")), Light::Red);
    run.stopped_at = Some(at("2026-03-12T23:00:00+08:00"));
    assert!(!run.is_late(at("2026-04-01T00:00:00+08:00")), "it stopped in time");
}

fn any_terms() -> impl Strategy<Value = Terms> {
    (1u32..90, 0usize..5).prop_map(|(n, u)| {
        terms(&format!("{n} {}", ["days", "workdays", "hours", "months", "workhours"][u]))
    })
}

/// An instant to the millisecond, and some pauses after it in order.
fn start_and_pauses() -> impl Strategy<Value = (Instant, Vec<Pause>)> {
    let gaps = proptest::collection::vec((0i64..2_000_000_000, 1i64..2_000_000_000), 1..4);
    (1_767_200_000_000i64..1_790_000_000_000, gaps).prop_map(|(start, gaps)| {
        let mut at = Instant(start);
        let mut pauses = Vec::new();
        for (before, length) in gaps {
            let from = at.plus_ms(before);
            at = from.plus_ms(length);
            pauses.push(Pause { from, until: Some(at) });
        }
        (Instant(start), pauses)
    })
}

proptest! {
    #[test]
    fn a_deadline_never_ends_on_a_rest_day_nor_before_it_could(
        t in any_terms(), start in 1_767_200_000_000i64..1_798_000_000_000
    ) {
        let c = calendar();
        let due = t.deadline(Instant(start), &[], &c).expect("not paused").due_at;
        match t.within.unit {
            Unit::Hour => prop_assert_eq!(due.0, start + i64::from(t.within.count) * HOUR_MS),
            Unit::OfficeMinute => {
                prop_assert!(due.0 >= start + i64::from(t.within.count) * MINUTE_MS);
            }
            _ => {
                let last = due.plus_ms(-1).day();
                prop_assert!(c.is_workday(last));
                let fewest = t.within.count as i32 * if t.within.unit == Unit::Month { 28 } else { 1 };
                prop_assert!(last.0 - Instant(start).day().0 >= fewest);
            }
        }
    }

    #[test]
    fn a_pause_never_makes_a_deadline_earlier_and_a_start_later_never_does(
        t in any_terms(), start in 1_767_200_000_000i64..1_790_000_000_000,
        from in 0i64..5_000_000_000, length in 0i64..3_000_000_000, later in 0i64..5_000_000_000
    ) {
        let c = calendar();
        let pauses = [Pause { from: Instant(start + from), until: Some(Instant(start + from + length)) }];
        let due = |s, p: &[Pause]| t.deadline(Instant(s), p, &c).expect("not paused").due_at;
        prop_assert!(due(start, &pauses) >= due(start, &[]));
        prop_assert!(due(start + later, &[]) >= due(start, &[]));
    }

    #[test]
    fn whoever_was_in_time_at_a_pause_is_in_time_when_it_ends(
        t in any_terms(), (start, pauses) in start_and_pauses()
    ) {
        let c = calendar();
        for n in 1..=pauses.len() {
            let before = t.deadline(start, &pauses[..n - 1], &c).expect("not paused").due_at;
            let after = t.deadline(start, &pauses[..n], &c).expect("not paused").due_at;
            let pause = pauses[n - 1];
            if pause.from < before {
                prop_assert!(after > pause.until.expect("ended"), "late at once: {after} after {pause:?}");
            } else {
                prop_assert_eq!(after, before, "a pause too late gave something back");
            }
        }
    }

    #[test]
    fn working_days_agree_with_counting_them_one_by_one(n in 1u32..60, start in 20_454i32..20_700) {
        let c = calendar();
        let due = terms(&format!("{n} workdays")).deadline(Day(start).start(), &[], &c).expect("not paused").due_at;
        let last = due.plus_ms(-1).day();
        let counted = (start + 1..=last.0).filter(|d| c.is_workday(Day(*d))).count();
        prop_assert_eq!(counted, n as usize);
    }
}
