//! When a meeting is: a half-open stretch of one day, in whole quarters of an hour. Quarters let the
//! store keep a room and a person free of collisions by a key, whoever books at the same moment.

use crate::time::{Instant, MINUTE_MS};

/// The step in which meetings begin and end, minutes.
pub const QUARTER_MINUTES: i64 = 15;
/// The longest meeting, minutes.
pub const LONGEST_MINUTES: i64 = 720;
const QUARTER_MS: i64 = QUARTER_MINUTES * MINUTE_MS;

/// A time that no meeting can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// It does not begin on a quarter of an hour, or lasts no whole number of them.
    #[error("not in whole quarters of an hour")]
    NotQuarters,
    /// It lasts no time, or more than the longest meeting.
    #[error("too short or too long")]
    Length,
    /// It goes on past midnight.
    #[error("past midnight")]
    PastMidnight,
}

/// From an instant until another that no longer belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// When it begins.
    pub from: Instant,
    /// When it is over.
    pub until: Instant,
}

impl Span {
    /// The time of a meeting.
    ///
    /// # Errors
    /// Where it is not in whole quarters, not of a sound length, or goes on past midnight.
    pub fn new(from: Instant, minutes: i64) -> Result<Self, BadSpan> {
        if from.0.rem_euclid(QUARTER_MS) != 0 || minutes.rem_euclid(QUARTER_MINUTES) != 0 {
            return Err(BadSpan::NotQuarters);
        }
        if !(QUARTER_MINUTES..=LONGEST_MINUTES).contains(&minutes) {
            return Err(BadSpan::Length);
        }
        let until = from.plus_ms(minutes * MINUTE_MS);
        if until.plus_ms(-1).day() != from.day() {
            return Err(BadSpan::PastMidnight);
        }
        Ok(Self { from, until })
    }

    /// How long it lasts, minutes.
    #[must_use]
    pub fn minutes(self) -> i64 {
        (self.until.0 - self.from.0) / MINUTE_MS
    }

    /// Whether some moment belongs to both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The beginnings of its quarters, in order.
    pub fn quarters(self) -> impl Iterator<Item = Instant> {
        (self.from.0..self.until.0).step_by(QUARTER_MS as usize).map(Instant)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn span(quarter: i64, quarters: i64) -> Span {
        let morning: Instant = "2026-03-02T00:00:00+08:00".parse().expect("an instant");
        let from = morning.plus_ms(quarter * QUARTER_MS);
        Span::new(from, quarters * QUARTER_MINUTES).expect("a time")
    }

    #[test]
    fn odd_times_are_refused() {
        let nine: Instant = "2026-03-02T09:00:00+08:00".parse().expect("an instant");
        assert_eq!(Span::new(nine.plus_ms(60_000), 60), Err(BadSpan::NotQuarters));
        assert_eq!(Span::new(nine, 50), Err(BadSpan::NotQuarters));
        assert_eq!(Span::new(nine, 0), Err(BadSpan::Length));
        assert_eq!(Span::new(nine, -15), Err(BadSpan::Length));
        assert_eq!(Span::new(nine, LONGEST_MINUTES + 15), Err(BadSpan::Length));
        let late: Instant = "2026-03-02T23:00:00+08:00".parse().expect("an instant");
        assert_eq!(Span::new(late, 75), Err(BadSpan::PastMidnight));
        assert_eq!(Span::new(late, 60).map(Span::minutes), Ok(60), "midnight itself is its end");
    }

    #[test]
    fn one_may_begin_when_another_ends() {
        assert!(!span(36, 4).overlaps(span(40, 4)));
        assert!(span(36, 5).overlaps(span(40, 4)));
    }

    proptest! {
        #[test]
        fn two_overlap_exactly_where_they_share_a_quarter(
            a in 0i64..48, la in 1i64..40, b in 0i64..48, lb in 1i64..40
        ) {
            let (a, b) = (span(a, la), span(b, lb));
            let shared = a.quarters().collect::<BTreeSet<_>>();
            let shared = b.quarters().any(|q| shared.contains(&q));
            prop_assert_eq!(a.overlaps(b), shared);
            prop_assert_eq!(a.overlaps(b), b.overlaps(a));
            prop_assert!(a.overlaps(a));
            prop_assert_eq!(a.quarters().count() as i64, la);
        }
    }
}
