//! One running of a clock: its terms, when it started, its pauses, and where that puts its end.

use serde::{Deserialize, Serialize};

use crate::ids::UnitId;
use crate::time::{Day, HOUR_MS, Instant, MINUTE_MS};

use super::{Calendar, Length, Unit};

/// Whose time a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The whole matter, whoever holds it.
    Matter,
    /// One holding of the matter by one unit; a new holder gets a new run.
    Holder,
    /// One department called out.
    Callout,
}

/// What was promised: copied into every run, so that a later catalogue cannot change a running
/// clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long.
    pub within: Length,
    /// What an approved extension added, in the unit of `within`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended: Option<Length>,
    /// How long before its end the light turns yellow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<Length>,
    /// The article the limit rests on.
    pub law: String,
}

/// A stretch in which a clock stands still. Days are counted as in the law: the day on which the
/// pause begins still counts, the day on which it ends does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When it began.
    pub from: Instant,
    /// When it ended; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// Where a clock ends, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The first instant that is too late (24:00 of the last day).
    pub due_at: Instant,
    /// When the light turns yellow.
    pub warn_at: Instant,
    /// The version of the working calendar that was used.
    pub calendar: String,
    /// True where a day of the period lies outside the loaded years: the deadline is an estimate
    /// and is computed again when the year's notice is loaded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

/// What a clock's light shows. It is a comparison of now with two stored instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// In time.
    Green,
    /// Soon due.
    Yellow,
    /// Overdue.
    Red,
    /// Standing still, or nothing running.
    Off,
}

/// One running of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRun {
    /// The clock's id in its kind.
    pub clock: String,
    /// The number of this run in its matter, from 1.
    pub no: u16,
    /// Whose time it measures.
    pub scope: Scope,
    /// The unit whose time it is (holder or department called out).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The callout it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callout: Option<u16>,
    /// True for a right that may be used rather than a duty: when it ends nobody is late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soft: bool,
    /// What was promised.
    pub terms: Terms,
    /// The act that started it.
    pub started_at: Instant,
    /// Every pause, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Where it ends; none while it is paused, unless it had run out before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// When its warning was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_at: Option<Instant>,
    /// When it was found to have run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_at: Option<Instant>,
    /// When it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Instant>,
}

impl ClockRun {
    /// Whether it counts now: neither stopped nor paused.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.stopped_at.is_none() && !self.is_paused()
    }

    /// Whether it has started, has not stopped, and stands still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.stopped_at.is_none() && self.pauses.last().is_some_and(|p| p.until.is_none())
    }

    /// The light at an instant.
    #[must_use]
    pub fn light(&self, now: Instant) -> Light {
        match &self.deadline {
            _ if self.stopped_at.is_some() => Light::Off,
            None => Light::Off,
            // A right that has passed makes nobody late.
            Some(d) if now >= d.due_at && self.soft => Light::Off,
            Some(d) if now >= d.due_at => Light::Red,
            Some(d) if now >= d.warn_at => Light::Yellow,
            Some(_) => Light::Green,
        }
    }

    /// Whether it ended, or stands now, beyond its deadline.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        let end = self.stopped_at.unwrap_or(now);
        !self.soft && self.deadline.as_ref().is_some_and(|d| end >= d.due_at)
    }

    /// The deadline that its terms, start and pauses give on a calendar; none while paused.
    #[must_use]
    pub fn compute(&self, calendar: &Calendar) -> Option<Deadline> {
        if self.is_paused() {
            return None;
        }
        self.terms.deadline(self.started_at, &self.pauses, calendar)
    }
}

impl Terms {
    /// How long in all, with the extension.
    #[must_use]
    pub fn whole(&self) -> Length {
        self.extended.and_then(|e| self.within.and(e)).unwrap_or(self.within)
    }

    /// The deadline for a start and pauses on a calendar; none if a pause is still open.
    ///
    /// The day of the act is not counted; a period in natural days or months whose last day is a
    /// rest day ends on the next working day (Civil Code arts. 201 to 203).
    #[must_use]
    pub fn deadline(
        &self,
        start: Instant,
        pauses: &[Pause],
        calendar: &Calendar,
    ) -> Option<Deadline> {
        let mut closed = Vec::with_capacity(pauses.len());
        for pause in pauses {
            closed.push((pause.from, pause.until?));
        }
        let whole = self.whole();
        let due_at = match whole.unit {
            Unit::Minute => moved(start, i64::from(whole.count) * MINUTE_MS, &closed),
            Unit::Hour => moved(start, i64::from(whole.count) * HOUR_MS, &closed),
            Unit::OfficeMinute => {
                office_end(start, i64::from(whole.count) * MINUTE_MS, &closed, calendar)
            }
            Unit::Day | Unit::Workday | Unit::Month => {
                last_day(start.day(), whole, &closed, calendar).plus(1).start()
            }
        };
        let warn_at = self.warn_at(due_at, calendar);
        let last = due_at.plus_ms(-1).day();
        let needs_calendar = !matches!(whole.unit, Unit::Minute | Unit::Hour);
        let estimated = needs_calendar && !(calendar.covers(start.day()) && calendar.covers(last));
        Some(Deadline { due_at, warn_at, calendar: calendar.version.clone(), estimated })
    }

    fn warn_at(&self, due_at: Instant, calendar: &Calendar) -> Instant {
        let Some(warn) = self.warn else { return due_at };
        let last = due_at.plus_ms(-1).day();
        // What is counted from a day to come may give its warning before that day.
        match warn.unit {
            Unit::Minute | Unit::OfficeMinute => due_at.plus_ms(-i64::from(warn.count) * MINUTE_MS),
            Unit::Hour => due_at.plus_ms(-i64::from(warn.count) * HOUR_MS),
            Unit::Day => last.plus(1 - warn.count as i32).start(),
            Unit::Workday => calendar.workdays_back(last, warn.count).start(),
            Unit::Month => last.plus(1 - 30 * warn.count as i32).start(),
        }
    }
}

/// A period in hours: every pause that begins before its end moves the end by the pause's length.
fn moved(start: Instant, length_ms: i64, pauses: &[(Instant, Instant)]) -> Instant {
    let mut end = start.plus_ms(length_ms);
    for (from, until) in pauses {
        if *from < end {
            end = end.plus_ms(until.0 - from.0);
        }
    }
    end
}

/// A period in office time: what was used before a pause counts, the rest runs after it.
fn office_end(
    start: Instant,
    length_ms: i64,
    pauses: &[(Instant, Instant)],
    calendar: &Calendar,
) -> Instant {
    let (mut from, mut left) = (start, length_ms);
    for (pause, resume) in pauses {
        let used = calendar.office_ms_between(from, *pause);
        if used >= left {
            break;
        }
        (from, left) = (*resume, left - used);
    }
    calendar.after_office_ms(from, left)
}

/// The last day of a period in days, working days or months. A pause that begins when no day is left
/// but the end has not come leaves the day on which it ends.
fn last_day(start: Day, whole: Length, pauses: &[(Instant, Instant)], calendar: &Calendar) -> Day {
    let counted = match whole.unit {
        Unit::Month => months(start, whole.count, pauses),
        _ => days(start, whole, pauses, calendar),
    };
    let mut last = calendar.workday_from(counted);
    for (from, until) in pauses {
        if from.day() <= last && until.day() > last {
            last = calendar.workday_from(until.day());
        }
    }
    last
}

fn months(start: Day, count: u32, pauses: &[(Instant, Instant)]) -> Day {
    let mut last = start.plus_months(count);
    for (from, until) in pauses {
        if from.day() <= last {
            last = last.plus(until.day().0 - from.day().0);
        }
    }
    last
}

fn days(start: Day, whole: Length, pauses: &[(Instant, Instant)], calendar: &Calendar) -> Day {
    let excluded =
        |day: Day| pauses.iter().any(|(from, until)| from.day() < day && day <= until.day());
    let (mut day, mut left) = (start, whole.count);
    while left > 0 {
        day = day.plus(1);
        if !excluded(day) && (whole.unit == Unit::Day || calendar.is_workday(day)) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests;
