//! How long a period is, as the law writes it: `30 days`, `5 workdays`, `2 months`, `24 hours`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Calendar;
use crate::time::{HOUR_MS, Instant, MINUTE_MS};

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Minutes, from the moment itself.
    Minute,
    /// Hours, from the moment itself (Civil Code art. 201).
    Hour,
    /// Minutes of office time; written in files as `workhours`, with one decimal if need be.
    OfficeMinute,
    /// Natural days.
    Day,
    /// Working days of the loaded calendar.
    Workday,
    /// Months; a year is twelve.
    Month,
}

/// A count of one unit. At most ten years; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A text that is not a length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a length: write a number and one of minutes, hours, workhours, days, workdays, months, years"
)]
pub struct BadLength;

/// The longest length accepted, in days: ten years. A longer one is a slip.
const MAX_DAYS: u32 = 3660;

impl Length {
    /// A length, if it is neither zero nor beyond ten years.
    #[must_use]
    pub fn new(count: u32, unit: Unit) -> Option<Self> {
        let length = Self { count, unit };
        (count > 0 && length.at_most_days() <= MAX_DAYS).then_some(length)
    }

    /// The most natural days this can be, for comparing lengths of different units.
    #[must_use]
    pub fn at_most_days(self) -> u32 {
        match self.unit {
            Unit::Minute => self.count.div_ceil(1440),
            Unit::Hour => self.count.div_ceil(24),
            Unit::OfficeMinute => self.count.div_ceil(300).saturating_mul(2),
            Unit::Day => self.count,
            Unit::Workday => self.count.saturating_mul(2),
            Unit::Month => self.count.saturating_mul(31),
        }
    }

    /// Whether something at an instant is known this long before it: whole days before its day, as
    /// the law counts what must be told some days before (Civil Code art. 201).
    #[must_use]
    pub fn is_kept(self, now: Instant, at: Instant, calendar: &Calendar) -> bool {
        let count = i64::from(self.count);
        match self.unit {
            Unit::Minute => now.plus_ms(count * MINUTE_MS) <= at,
            Unit::Hour => now.plus_ms(count * HOUR_MS) <= at,
            Unit::OfficeMinute => calendar.after_office_ms(now, count * MINUTE_MS) <= at,
            Unit::Day => now.day().plus(self.count as i32) <= at.day(),
            Unit::Month => now.day().plus_months(self.count) <= at.day(),
            Unit::Workday => {
                let (mut day, mut left) = (now.day(), self.count);
                while left > 0 && day < at.day() {
                    day = day.plus(1);
                    left -= u32::from(calendar.is_workday(day));
                }
                left == 0
            }
        }
    }

    /// Whether this length is no longer than another, as far as it can be said without a calendar:
    /// by count in the same unit, else by the most days it can be against the fewest of the other.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        if self.unit == other.unit {
            return self.count <= other.count;
        }
        let fewest = match other.unit {
            Unit::Minute => other.count / 1440,
            Unit::Hour => other.count / 24,
            Unit::OfficeMinute => other.count / 480,
            Unit::Day | Unit::Workday => other.count,
            Unit::Month => other.count.saturating_mul(28),
        };
        self.at_most_days() <= fewest
    }

    /// This length and another of the same unit, together.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        if self.unit == other.unit {
            Self::new(self.count.saturating_add(other.count), self.unit)
        } else {
            None
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.unit {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::OfficeMinute => {
                let (whole, tenth) = (self.count / 60, self.count % 60 / 6);
                return if tenth == 0 {
                    write!(f, "{whole} workhours")
                } else {
                    write!(f, "{whole}.{tenth} workhours")
                };
            }
            Unit::Day => "day",
            Unit::Workday => "workday",
            Unit::Month => "month",
        };
        write!(f, "{} {name}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl FromStr for Length {
    type Err = BadLength;

    fn from_str(text: &str) -> Result<Self, BadLength> {
        let (count, unit) = text.split_once(' ').ok_or(BadLength)?;
        let whole = || count.parse::<u32>().map_err(|_| BadLength);
        let (count, unit) = match unit {
            "minute" | "minutes" => (whole()?, Unit::Minute),
            "hour" | "hours" => (whole()?, Unit::Hour),
            "workhour" | "workhours" => (tenths(count).ok_or(BadLength)? * 6, Unit::OfficeMinute),
            "day" | "days" => (whole()?, Unit::Day),
            "workday" | "workdays" => (whole()?, Unit::Workday),
            "month" | "months" => (whole()?, Unit::Month),
            "year" | "years" => (whole()?.saturating_mul(12), Unit::Month),
            _ => return Err(BadLength),
        };
        Self::new(count, unit).ok_or(BadLength)
    }
}

/// Reads `3` or `3.5` as tenths, at most 9999.9.
fn tenths(text: &str) -> Option<u32> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let whole = whole.parse::<u32>().ok().filter(|n| *n < 10_000)?;
    (tenth.len() == 1).then(|| tenth.parse::<u32>().ok().map(|t| whole * 10 + t)).flatten()
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_written_as_the_law_writes_them() {
        for text in [
            "1 day",
            "30 days",
            "5 workdays",
            "24 months",
            "24 hours",
            "30 minutes",
            "3.5 workhours",
        ] {
            assert_eq!(text.parse::<Length>().map(|l| l.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("2 years".parse::<Length>().map(|l| l.to_string()).as_deref(), Ok("24 months"));
        for text in
            ["", "5", "days", "0 days", "-1 days", "5 weeks", "1.25 workhours", "99999 days"]
        {
            assert_eq!(text.parse::<Length>(), Err(BadLength), "{text}");
        }
    }

    #[test]
    fn a_length_of_another_unit_is_within_only_when_it_must_be() {
        let length = |t: &str| t.parse::<Length>().expect("a length");
        assert!(length("20 days").within(length("1 month")));
        assert!(!length("30 days").within(length("1 month")), "February has 28");
        assert!(length("5 workdays").within(length("10 days")));
        assert!(!length("6 workdays").within(length("10 days")));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,20}") {
            let _ = text.parse::<Length>();
        }
    }
}
