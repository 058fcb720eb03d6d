//! Reading `notices/*.toml` and `delivery.toml`.

use super::definition::{Delivery, Notice, Quiet, Retry};
use crate::catalogue::Table;
use crate::clock::{Length, Unit};
use crate::label::Label;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// How often anything is tried at most.
const TRIES: std::ops::Range<i64> = 1..51;

/// Reads one file of `notices/`.
pub fn notices(t: &Table<'_>) -> Vec<Notice> {
    t.named("notice", |id, t| {
        let words = |key: &'static str| -> Option<(Label, u32)> {
            t.opt_label(key).map(|label| (label, t.line_of(key)))
        };
        Notice {
            id,
            label: t.label("label"),
            on: t.texts("on"),
            kinds: t.texts("kinds"),
            actions: t.texts("actions"),
            clocks: t.texts("clocks"),
            to: t.texts("to"),
            roles: t.texts("roles"),
            parties: t.texts("parties"),
            urgent: t.flag("urgent"),
            page: words("page"),
            mail: words("mail"),
            sms: words("sms"),
        }
    })
}

/// Reads `delivery.toml`.
pub fn delivery(t: &Table<'_>) -> Delivery {
    Delivery {
        quiet: t.table("quiet", |t| Quiet { from: minute(t, "from"), until: minute(t, "until") }),
        telephone: t.text("telephone").text,
        urgent_flags: t.texts("urgent-flags"),
        retry: t
            .table("retry", |t| Retry {
                first_ms: length(t, "first"),
                longest_ms: length(t, "longest"),
                tries: t.int("tries", TRIES),
                until_ms: length(t, "until"),
            })
            .unwrap_or_default(),
        keep_ms: length(t, "keep"),
    }
}

/// A time of the day, `21:00`, as its minute.
fn minute(t: &Table<'_>, key: &'static str) -> i64 {
    let term = t.text(key);
    let read = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
    };
    read(&term.text).unwrap_or_else(|| {
        let expected = "a time of the day such as \"21:00\"".to_owned();
        t.note(term.line, "wrong-type", vec![("key", key.to_owned()), ("expected", expected)]);
        0
    })
}

/// A length that needs no calendar, in ms.
fn length(t: &Table<'_>, key: &'static str) -> i64 {
    const EXPECTED: &str = "a length in minutes, hours or days, such as \"2 hours\"";
    let Some(length) = t.text_as::<Length>(key, EXPECTED) else { return DAY_MS };
    let unit = match length.unit {
        Unit::Minute => MINUTE_MS,
        Unit::Hour => HOUR_MS,
        Unit::Day => DAY_MS,
        _ => {
            let args = vec![("key", key.to_owned()), ("expected", EXPECTED.to_owned())];
            t.note(t.line_of(key), "wrong-type", args);
            DAY_MS
        }
    };
    i64::from(length.count) * unit
}
