//! Reading the dates and times that Chinese offices write.
//!
//! What can be read in two ways is not read at all: a wrong date on a legal clock does more harm
//! than a question to the person who wrote it. So `11/12/2026` and years of two digits are refused.

use domain::codes::narrow;
use domain::time::Day;
use jiff::Span;
use jiff::civil::{Date, DateTime};

/// The longest text that can be a date and a time.
const LONGEST: usize = 64;
/// How far the civil time of China is ahead of UTC, in minutes.
const CHINA_MINUTES: i64 = 8 * 60;

/// Reads a date, with or without a time, in the styles that offices write; a date alone is its
/// midnight. Read are `2026-11-23`, `2026/11/23`, `2026.11.23`, `2026年11月23日`, `20261123`, each
/// with a time such as `09:30`, `9:30:05`, `上午9点30分`, `9时30分`, `T09:30:00+08:00`; fourteen
/// digits (`20261123093005`); and the serial numbers of spreadsheets (`46349`, `46349.4`).
///
/// A time with a zone becomes the civil time of China. None where the text is no date, the date
/// does not exist, or there is more than one way to read it.
#[must_use]
pub fn read_stamp(text: &str) -> Option<DateTime> {
    if text.len() > LONGEST {
        return None;
    }
    let narrowed: String = text.trim().chars().map(narrow).collect();
    let text = narrowed.trim();
    let stamp = serial(text).or_else(|| written(text))?;
    // The range is the product's own: a year outside it is a slip of the keyboard.
    stamp.date().to_string().parse::<Day>().ok()?;
    Some(stamp)
}

/// A serial number as spreadsheets keep it: days since 1899-12-30, the time as the fraction.
/// Only five digits before the point (1927 to 2173), so that years and codes are not taken for it.
fn serial(text: &str) -> Option<DateTime> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() != 5
        || whole.starts_with('0')
        || part.is_empty()
        || !is_digits(whole)
        || !is_digits(part)
    {
        return None;
    }
    let days: i64 = whole.parse().ok()?;
    let seconds = (format!("0.{part}").parse::<f64>().ok()? * 86_400.0).round();
    let start = DateTime::constant(1899, 12, 30, 0, 0, 0, 0);
    start.checked_add(Span::new().days(days).seconds(seconds as i64)).ok()
}

fn written(text: &str) -> Option<DateTime> {
    let mut left = Left(text);
    let (date, style) = date(&mut left)?;
    if left.0.is_empty() {
        return Some(date.at(0, 0, 0, 0));
    }
    let spaced = left.skip_space();
    let marked = !spaced && left.take(&["T", "t"]).is_some();
    let part = PartOfDay::read(&mut left);
    let clock = match left.digits() {
        Some(run) if style == Style::Run && run.len() == 6 && part.is_none() => run_clock(run)?,
        // Without something between them, where would the day end and the hour begin?
        _ if style != Style::Words && !spaced && !marked && part.is_none() => return None,
        Some(hour) => clock(hour, &mut left)?,
        None => return None,
    };
    let stamp = clock.on(date, part)?;
    let shift = if clock.zoned { zone(&mut left)? } else { 0 };
    left.skip_space();
    if left.0.is_empty() { stamp.checked_add(Span::new().minutes(shift)).ok() } else { None }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `2026-11-23`, `2026/11/23`, `2026.11.23`.
    Marks,
    /// `2026年11月23日`.
    Words,
    /// `20261123`.
    Run,
}

fn date(left: &mut Left<'_>) -> Option<(Date, Style)> {
    let whole = left.0;
    let run = left.digits()?;
    if run.len() == 8 || run.len() == 14 {
        left.0 = &whole[8..];
        return Some((day(&run[..4], &run[4..6], &run[6..8])?, Style::Run));
    }
    left.skip_space();
    let first = left.take(&["-", "/", ".", "年"])?;
    left.skip_space();
    let month = left.digits()?;
    left.skip_space();
    left.take(&[if first == "年" { "月" } else { first }])?;
    left.skip_space();
    let date = day(run, month, left.digits()?)?;
    if first != "年" {
        return Some((date, Style::Marks));
    }
    left.skip_space();
    left.take(&["日", "号"])?;
    Some((date, Style::Words))
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The words before an hour that say which half of the day is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartOfDay {
    Small,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl PartOfDay {
    fn read(left: &mut Left<'_>) -> Option<Self> {
        let word =
            left.take(&["凌晨", "清晨", "早晨", "早上", "上午", "中午", "下午", "傍晚", "晚上"])?;
        left.skip_space();
        Some(match word {
            "凌晨" => Self::Small,
            "清晨" | "早晨" | "早上" | "上午" => Self::Morning,
            "中午" => Self::Noon,
            "下午" => Self::Afternoon,
            _ => Self::Evening,
        })
    }

    /// The hour of the day, or none where word and hour contradict each other or do not decide:
    /// twelve in the evening is both ends of a day.
    fn hour(self, hour: i8) -> Option<i8> {
        match (self, hour) {
            (Self::Small, 12) => Some(0),
            (Self::Small, 0..=6) | (Self::Morning, 0..=11) | (Self::Noon, 11..=14) => Some(hour),
            (Self::Noon, 1..=2) | (Self::Afternoon, 1..=11) | (Self::Evening, 5..=11) => {
                Some(hour + 12)
            }
            (Self::Afternoon, 12..=18) | (Self::Evening, 17..=23) => Some(hour),
            _ => None,
        }
    }
}

struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    /// Whether a zone may follow.
    zoned: bool,
}

impl Clock {
    fn on(&self, date: Date, part: Option<PartOfDay>) -> Option<DateTime> {
        let hour = part.map_or(Some(self.hour), |p| p.hour(self.hour))?;
        // Twenty-four o'clock is how a day is said to end: the first moment of the next.
        if (hour, self.minute, self.second) == (24, 0, 0) {
            return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
        }
        let time = jiff::civil::Time::new(hour, self.minute, self.second, 0).ok()?;
        Some(date.to_datetime(time))
    }
}

/// Six digits directly behind eight.
fn run_clock(run: &str) -> Option<Clock> {
    let two = |at: usize| run[at..at + 2].parse().ok();
    Some(Clock { hour: two(0)?, minute: two(2)?, second: two(4)?, zoned: true })
}

fn clock(hour: &str, left: &mut Left<'_>) -> Option<Clock> {
    let mut clock = Clock { hour: two_digits(hour)?, minute: 0, second: 0, zoned: false };
    left.skip_space();
    if left.take(&[":"]).is_some() {
        clock.zoned = true;
        clock.minute = exactly_two(left.digits()?)?;
        if left.take(&[":"]).is_some() {
            clock.second = exactly_two(left.digits()?)?;
            if left.take(&["."]).is_some() {
                left.digits()?;
            }
        }
        return Some(clock);
    }
    left.take(&["点", "时"])?;
    left.skip_space();
    if left.take(&["半"]).is_some() {
        clock.minute = 30;
    } else if left.take(&["整"]).is_none()
        && let Some(minute) = left.digits()
    {
        clock.minute = two_digits(minute)?;
        left.skip_space();
        if left.take(&["分"]).is_some() {
            left.skip_space();
            if let Some(second) = left.digits() {
                clock.second = two_digits(second)?;
                left.skip_space();
                left.take(&["秒"])?;
            }
        }
    }
    Some(clock)
}

/// Minutes to add so that a time with a zone becomes the civil time of China; 0 without a zone.
fn zone(left: &mut Left<'_>) -> Option<i64> {
    if left.take(&["Z", "z"]).is_some() {
        return Some(CHINA_MINUTES);
    }
    let Some(sign) = left.take(&["+", "-"]) else { return Some(0) };
    let run = left.digits()?;
    let (hours, minutes) = match run.len() {
        4 => (two_digits(&run[..2])?, two_digits(&run[2..])?),
        2 if left.take(&[":"]).is_some() => (two_digits(run)?, exactly_two(left.digits()?)?),
        2 => (two_digits(run)?, 0),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let ahead = i64::from(hours) * 60 + i64::from(minutes);
    Some(CHINA_MINUTES - if sign == "-" { -ahead } else { ahead })
}

fn two_digits(run: &str) -> Option<i8> {
    if run.len() <= 2 { run.parse().ok() } else { None }
}

fn exactly_two(run: &str) -> Option<i8> {
    if run.len() == 2 { run.parse().ok() } else { None }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// What is left of a text that is read from the front.
struct Left<'t>(&'t str);

impl<'t> Left<'t> {
    /// The whole run of digits at the front, so that a number is never read in part.
    fn digits(&mut self) -> Option<&'t str> {
        let end = self.0.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(end);
        self.0 = rest;
        if run.is_empty() { None } else { Some(run) }
    }

    /// Takes the first of some words that stands at the front.
    fn take<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        let word = words.iter().find(|w| self.0.starts_with(**w))?;
        self.0 = &self.0[word.len()..];
        Some(word)
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.0.trim_start();
        let moved = rest.len() != self.0.len();
        self.0 = rest;
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::read_stamp;

    fn read(text: &str) -> String {
        read_stamp(text).map_or_else(|| "-".to_owned(), |at| at.to_string())
    }

    #[test]
    fn a_date_in_every_style_is_its_midnight() {
        for text in [
            "2026-11-23",
            "2026/11/23",
            "2026.11.23",
            "2026年11月23日",
            "2026 年 11 月 23 日",
            "2026年11月23号",
            "20261123",
            "２０２６年１１月２３日",
            " 2026-11-23\u{3000}",
            "46349",
        ] {
            assert_eq!(read(text), "2026-11-23T00:00:00", "{text}");
        }
        assert_eq!(read("2026-3-5"), "2026-03-05T00:00:00");
        assert_eq!(read("2026年3月5日"), "2026-03-05T00:00:00");
    }

    #[test]
    fn every_style_takes_every_time() {
        for date in ["2026-11-23", "2026/11/23", "2026.11.23", "2026年11月23日", "20261123"] {
            for (time, expected) in [
                (" 09:30", "09:30:00"),
                (" 9:30", "09:30:00"),
                ("  9:30:05", "09:30:05"),
                (" 09：30", "09:30:00"),
                (" 上午9点30分", "09:30:00"),
                ("上午9点30分", "09:30:00"),
                (" 下午3点", "15:00:00"),
                (" 下午3点半", "15:30:00"),
                (" 9时30分", "09:30:00"),
                (" 9时30分05秒", "09:30:05"),
                (" 9点整", "09:00:00"),
                ("T09:30:00+08:00", "09:30:00"),
                ("T09:30:00.123+0800", "09:30:00"),
                ("T01:30:00Z", "09:30:00"),
                ("T01:30:00-00:00", "09:30:00"),
                (" 中午12点", "12:00:00"),
                (" 凌晨12点10分", "00:10:00"),
                (" 晚上8点", "20:00:00"),
                (" 下午15:20", "15:20:00"),
            ] {
                assert_eq!(
                    read(&format!("{date}{time}")),
                    format!("2026-11-23T{expected}"),
                    "{date}{time}"
                );
            }
        }
        assert_eq!(read("2026年11月23日9时30分"), "2026-11-23T09:30:00");
        assert_eq!(read("20261123093005"), "2026-11-23T09:30:05");
        assert_eq!(read("20261123T093005Z"), "2026-11-23T17:30:05");
        assert_eq!(read("46349.395833333336"), "2026-11-23T09:30:00");
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        assert_eq!(read("2026-12-31 24:00"), "2027-01-01T00:00:00");
        assert_eq!(read("2026年11月23日24时"), "2026-11-24T00:00:00");
        assert_eq!(read("2026-11-23T23:30:00+00:00"), "2026-11-24T07:30:00");
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        for text in [
            "2026-02-30",
            "2026年2月30日",
            "20260230",
            "2026-13-01",
            "2026-00-10",
            "2026-11-23 25:00",
            "2026-11-23 24:01",
            "2026-11-23 09:60",
            "2026-11-23 09:30:60",
            "2026-11-23 上午15点",
            "1492-01-01",
            "9999-12-31",
            "00000",
            "2026-11-23T09:30:00+25:00",
        ] {
            assert_eq!(read(text), "-", "{text}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for text in [
            "11/12/2026",
            "11-12-2026",
            "26-11-23",
            "26年11月23日",
            "2026-11/23",
            "2026.11-23",
            "2026-11-2309:30",
            "2026112309:30",
            "2026-11-23 晚上12点",
            "2026-11-23 下午",
            "2026-11-23 9",
            "2026-11-23 9:3",
            "202611",
            "2026",
            "11月23日",
            "2026年11月",
            "2026年11月23",
            "463490",
            "46349.",
            "-46349",
            "4.6e4",
            "",
            " ",
            "无",
            "2026-11-23 左右",
            "2026-11-23 至 2026-11-30",
        ] {
            assert_eq!(read(text), "-", "{text}");
        }
        assert_eq!(read(&"2026-11-23 ".repeat(10)), "-");
    }
}
