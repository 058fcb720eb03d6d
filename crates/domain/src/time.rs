//! Instants and days in the one time zone of the law.
//!
//! China keeps UTC+8 all year, so a day is arithmetic and needs no time-zone database.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds in a natural day.
pub const DAY_MS: i64 = 86_400_000;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;
/// How far Asia/Shanghai is ahead of UTC, in ms.
const ZONE_MS: i64 = 8 * HOUR_MS;

/// The earliest and latest days that the product accepts; a date outside is a slip of the keyboard.
const FIRST_DAY: Day = Day(-36_525);
const LAST_DAY: Day = Day(73_049);

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

/// A civil day in China: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A text that is not a day or a moment that exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such day or time")]
pub struct BadTime;

impl Instant {
    /// The civil day in China at this moment.
    #[must_use]
    pub fn day(self) -> Day {
        Day((self.0 + ZONE_MS).div_euclid(DAY_MS) as i32)
    }

    /// Minutes since the day's midnight in China.
    #[must_use]
    pub fn minute_of_day(self) -> i64 {
        (self.0 + ZONE_MS).rem_euclid(DAY_MS) / MINUTE_MS
    }

    /// This moment moved by some milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }
}

impl Day {
    /// The day of a civil date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let epoch = Date::constant(1970, 1, 1);
        Self(date.since(epoch).map_or(0, |span| span.get_days()))
    }

    /// The civil date of this day.
    #[must_use]
    pub fn date(self) -> Date {
        let clamped = self.0.clamp(FIRST_DAY.0, LAST_DAY.0 + 366_000);
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(clamped))
    }

    /// A day by year, month and day of the month; none where no such day exists.
    #[must_use]
    pub fn of(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// The first moment of this day in China (00:00, which is also 24:00 of the day before).
    #[must_use]
    pub fn start(self) -> Instant {
        Instant(i64::from(self.0) * DAY_MS - ZONE_MS)
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.date().year()
    }

    /// The calendar month as a number such as 202611.
    #[must_use]
    pub fn month(self) -> i64 {
        let date = self.date();
        i64::from(date.year()) * 100 + i64::from(date.month())
    }

    /// Whether this is a Saturday or Sunday (whatever the State Council made of it).
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!((self.0 + 3).rem_euclid(7), 5 | 6)
    }

    /// This day moved by some natural days.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The same date some months on, or that month's last day where it has no such date
    /// (Civil Code art. 202).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let span = jiff::Span::new().months(i64::from(months.min(1200)));
        Self::from_date(self.date().saturating_add(span))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl FromStr for Day {
    type Err = BadTime;

    /// Reads `2026-02-28`; a date that does not exist, such as `2026-02-30`, is refused.
    fn from_str(text: &str) -> Result<Self, BadTime> {
        if text.len() != 10 {
            return Err(BadTime);
        }
        let day = Date::from_str(text).map(Self::from_date).map_err(|_| BadTime)?;
        if (FIRST_DAY..=LAST_DAY).contains(&day) { Ok(day) } else { Err(BadTime) }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.0 + ZONE_MS;
        let ms = local.rem_euclid(DAY_MS);
        write!(
            f,
            "{}T{:02}:{:02}:{:02}",
            self.day(),
            ms / HOUR_MS,
            ms / MINUTE_MS % 60,
            ms / 1000 % 60
        )?;
        if ms % 1000 != 0 {
            write!(f, ".{:03}", ms % 1000)?;
        }
        f.write_str("+08:00")
    }
}

impl FromStr for Instant {
    type Err = BadTime;

    /// Reads RFC 3339 with a zone, such as `2026-11-23T09:30:00+08:00`.
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let stamp: jiff::Timestamp = text.parse().map_err(|_| BadTime)?;
        let at = Self(stamp.as_millisecond());
        if (FIRST_DAY..=LAST_DAY).contains(&at.day()) { Ok(at) } else { Err(BadTime) }
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text!(Day);

impl Serialize for Instant {
    /// In the store an instant is its number of ms; what goes on the wire is built as text.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        i64::deserialize(d).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let at: Instant = "2026-11-22T16:00:00Z".parse().expect("an instant");
        assert_eq!(at.day().to_string(), "2026-11-23");
        assert_eq!(at.day().start(), at);
        assert_eq!(at.plus_ms(-1).day().to_string(), "2026-11-22");
        assert_eq!(at.to_string(), "2026-11-23T00:00:00+08:00");
        assert_eq!(at.to_string().parse(), Ok(at));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "2026-1-1",
            "1800-01-01",
            "",
            "2026-02-28T00:00",
        ] {
            assert_eq!(text.parse::<Day>(), Err(BadTime), "{text}");
        }
        assert!("2024-02-29".parse::<Day>().is_ok());
    }

    #[test]
    fn a_month_ends_on_the_same_date_or_on_its_last_day() {
        let day = |t: &str| t.parse::<Day>().expect("a day");
        assert_eq!(day("2026-01-31").plus_months(1), day("2026-02-28"));
        assert_eq!(day("2023-12-15").plus_months(24), day("2025-12-15"));
    }
}
