//! The values of workbook cells as text.

use calamine::{CellErrorType, DataType, ExcelDateTime};

/// The digits that Excel keeps of a number.
const KEPT_DIGITS: f64 = 1e15;

/// A value as text, and whether digits of it are already lost.
#[derive(Clone)]
pub(super) struct Text {
    pub text: String,
    pub digits_lost: bool,
    /// The sign of an error that stands in place of a value.
    pub error: Option<&'static str>,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, digits_lost: false, error: None }
    }
}

pub(super) fn of(value: &impl DataType) -> Text {
    if let Some(text) = value.get_string() {
        return text.to_owned().into();
    }
    if let Some(number) = value.get_float() {
        return number_text(number);
    }
    if let Some(number) = value.get_int() {
        return number_text(number as f64);
    }
    if let Some(truth) = value.get_bool() {
        return truth_text(truth).to_owned().into();
    }
    if let Some(stamp) = value.get_datetime() {
        return stamp_text(&stamp).into();
    }
    if let Some(stamp) = value.get_datetime_iso() {
        return iso_stamp(stamp).into();
    }
    if let Some(length) = value.get_duration_iso() {
        return iso_length(length).into();
    }
    if let Some(error) = value.get_error() {
        let sign = error_sign(error);
        return Text { text: sign.to_owned(), digits_lost: false, error: Some(sign) };
    }
    String::new().into()
}

/// A truth value as spreadsheets show it.
pub(super) fn truth_text(truth: bool) -> &'static str {
    if truth { "TRUE" } else { "FALSE" }
}

/// A number as a person sees it: at most 15 digits, as Excel shows, without a trailing `.0`, and
/// never in powers of ten, because many a code is kept as a number.
pub(super) fn number_text(number: f64) -> Text {
    if !number.is_finite() {
        return String::new().into();
    }
    let digits_lost = number.abs() >= KEPT_DIGITS;
    // The excess of 0.1 + 0.2 is in the file, and nobody has ever seen it.
    let shown = if number.fract() == 0.0 {
        number
    } else {
        format!("{number:.14e}").parse().unwrap_or(number)
    };
    // Minus zero is a zero.
    Text { text: format!("{}", shown + 0.0), digits_lost, error: None }
}

/// A date, a time of day or a length of time of Excel.
fn stamp_text(stamp: &ExcelDateTime) -> String {
    let days = stamp.as_f64();
    if stamp.is_duration() {
        let seconds = (days.abs() * 86_400.0).round() as u64;
        let sign = if days < 0.0 { "-" } else { "" };
        return format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = stamp.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if (0.0..1.0).contains(&days) {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if time == "00:00:00" { date } else { format!("{date}T{time}") }
}

/// An ISO date, with its time only where it has one.
pub(super) fn iso_stamp(stamp: &str) -> String {
    let (date, time) = stamp.split_once('T').unwrap_or((stamp, ""));
    let time = time.split('.').next().unwrap_or("");
    if time.is_empty() || time == "00:00:00" || time == "00:00:00Z" {
        return date.to_owned();
    }
    format!("{date}T{time}")
}

/// `PT09H30M00S` as `09:30:00`; anything else as it is.
pub(super) fn iso_length(length: &str) -> String {
    let parts = || {
        let (hours, rest) = length.strip_prefix("PT")?.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?;
        let seconds = seconds.split_once(['.', ',']).map_or(seconds, |(whole, _)| whole);
        let number = |text: &str| text.parse::<u32>().ok();
        Some((number(hours)?, number(minutes)?, number(seconds)?))
    };
    match parts() {
        Some((hours, minutes, seconds)) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        None => length.to_owned(),
    }
}

fn error_sign(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// The sign of an error among those that spreadsheets know, so that nothing else of a file gets
/// into a fault.
pub(super) fn known_sign(shown: &str) -> &'static str {
    const KNOWN: [&str; 14] = [
        "#DIV/0!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#VALUE!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
    ];
    KNOWN.into_iter().find(|k| *k == shown).unwrap_or("#")
}
