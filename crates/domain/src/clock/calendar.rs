//! Working days: the State Council's yearly notice on public holidays, as data with a version.

use crate::time::{Day, Instant, MINUTE_MS};

/// One year of the State Council's notice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// The calendar year.
    pub year: i16,
    /// The notice of the State Council that sets it.
    pub notice: String,
    /// Public holidays that fall on any day of the week, with their names.
    pub holidays: Vec<(Day, String)>,
    /// Saturdays and Sundays that are worked to make up for a holiday (调休).
    pub workdays: Vec<(Day, String)>,
}

/// Which days and hours are worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The version every deadline names, such as `2026.1`.
    pub version: String,
    /// Office hours as minutes of the day, in order, for limits given in working hours.
    pub office_hours: Vec<(i64, i64)>,
    first: Day,
    /// One flag a day from `first` on, over every loaded year.
    worked: Vec<bool>,
    years: Vec<Year>,
}

impl Calendar {
    /// A calendar from its years, which must be consecutive to count as loaded: years behind a gap
    /// are left out, so that a deadline never rests on a hole without saying so.
    #[must_use]
    pub fn new(version: String, office_hours: Vec<(i64, i64)>, mut years: Vec<Year>) -> Self {
        years.sort_by_key(|y| y.year);
        let keep =
            (1..years.len()).rev().find(|i| years[*i].year != years[i - 1].year + 1).unwrap_or(0);
        years.drain(..keep);
        let first = years.first().and_then(|y| Day::of(y.year, 1, 1)).unwrap_or(Day(0));
        let end = years.last().and_then(|y| Day::of(y.year + 1, 1, 1)).unwrap_or(first);
        let mut worked: Vec<bool> = (first.0..end.0).map(|d| !Day(d).is_weekend()).collect();
        let mut mark = |days: &[(Day, String)], to: bool| {
            for (day, _) in days {
                if let Some(flag) = worked.get_mut((day.0 - first.0).max(0) as usize) {
                    *flag = to;
                }
            }
        };
        for year in &years {
            mark(&year.holidays, false);
            mark(&year.workdays, true);
        }
        Self { version, office_hours, first, worked, years }
    }

    /// Whether the notice for this day's year is loaded.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        day >= self.first && ((day.0 - self.first.0) as usize) < self.worked.len()
    }

    /// Whether a day is worked. Outside the loaded years it is a guess from the week alone; the
    /// caller must say so ([`crate::clock::Deadline::estimated`]).
    #[must_use]
    pub fn is_workday(&self, day: Day) -> bool {
        if self.covers(day) {
            self.worked[(day.0 - self.first.0) as usize]
        } else {
            !day.is_weekend()
        }
    }

    /// This day if it is worked, else the next that is (Civil Code art. 203).
    #[must_use]
    pub fn workday_from(&self, mut day: Day) -> Day {
        while !self.is_workday(day) {
            day = day.plus(1);
        }
        day
    }

    /// The n-th working day counted backward from a day, which counts itself if it is worked.
    #[must_use]
    pub fn workdays_back(&self, mut day: Day, n: u32) -> Day {
        let mut left = n;
        loop {
            if self.is_workday(day) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return day;
                }
            }
            day = day.plus(-1);
        }
    }

    /// The moment at which some milliseconds of office time have passed since an instant.
    #[must_use]
    pub fn after_office_ms(&self, from: Instant, ms: i64) -> Instant {
        if self.office_hours.is_empty() {
            return from.plus_ms(ms);
        }
        let (mut day, mut left) = (from.day(), ms);
        loop {
            for (open, close) in self.office_on(day) {
                let begin = open.max(from);
                if begin >= close {
                    continue;
                }
                if left <= close.0 - begin.0 {
                    return begin.plus_ms(left);
                }
                left -= close.0 - begin.0;
            }
            day = day.plus(1);
        }
    }

    /// Milliseconds of office time between two instants.
    #[must_use]
    pub fn office_ms_between(&self, from: Instant, until: Instant) -> i64 {
        if self.office_hours.is_empty() {
            return (until.0 - from.0).max(0);
        }
        let days = (from.day().0..=until.day().0).map(Day);
        let spans = days.flat_map(|day| self.office_on(day));
        spans.map(|(open, close)| (close.min(until).0 - open.max(from).0).max(0)).sum()
    }

    /// The office hours of a day; none on a rest day.
    fn office_on(&self, day: Day) -> impl Iterator<Item = (Instant, Instant)> + '_ {
        let hours = if self.is_workday(day) { self.office_hours.as_slice() } else { &[] };
        let at = move |minute: i64| day.start().plus_ms(minute * MINUTE_MS);
        hours.iter().map(move |(open, close)| (at(*open), at(*close)))
    }

    /// The loaded years in order.
    #[must_use]
    pub fn years(&self) -> &[Year] {
        &self.years
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn calendar() -> Calendar {
        let year = |year, holidays: &[&str], workdays: &[&str]| Year {
            notice: String::new(),
            year,
            holidays: holidays.iter().map(|d| (day(d), String::new())).collect(),
            workdays: workdays.iter().map(|d| (day(d), String::new())).collect(),
        };
        let hours = vec![(510, 720), (870, 1080)];
        let years = vec![
            year(2026, &["2026-01-01", "2026-01-02"], &["2026-01-04"]),
            year(2025, &["2025-01-01"], &[]),
            year(2020, &[], &[]),
        ];
        Calendar::new("t".into(), hours, years)
    }

    #[test]
    fn holidays_rest_and_made_up_sundays_are_worked() {
        let c = calendar();
        assert!(!c.is_workday(day("2026-01-02")), "a Friday of the holiday");
        assert!(c.is_workday(day("2026-01-04")), "a Sunday made up for it");
        assert!(!c.is_workday(day("2026-01-10")), "an ordinary Saturday");
        assert_eq!(c.workday_from(day("2026-01-01")), day("2026-01-04"));
        assert_eq!(c.workdays_back(day("2026-01-05"), 3), day("2025-12-31"));
    }

    #[test]
    fn a_year_behind_a_gap_or_ahead_of_the_notice_is_not_covered() {
        let c = calendar();
        assert!(c.covers(day("2025-06-01")) && c.covers(day("2026-12-31")));
        assert!(!c.covers(day("2020-06-01")) && !c.covers(day("2027-01-01")));
        assert!(!c.is_workday(day("2027-01-02")), "a Saturday, by the week alone");
    }

    #[test]
    fn office_minutes_skip_lunch_nights_and_rest_days() {
        let c = calendar();
        let at = |t: &str| t.parse::<Instant>().expect("an instant");
        let after = |from: &str, m| c.after_office_ms(at(from), m * MINUTE_MS).to_string();
        assert_eq!(after("2026-01-05T10:00:00+08:00", 210), "2026-01-05T16:00:00+08:00");
        assert_eq!(after("2026-01-05T12:30:00+08:00", 60), "2026-01-05T15:30:00+08:00");
        assert_eq!(after("2025-12-31T17:30:00+08:00", 60), "2026-01-04T09:00:00+08:00");
    }
}
