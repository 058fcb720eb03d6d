//! The value of a paper: bounded, and freed of what would lie to the eye.

use serde_json::Value;

use super::PaperFault;

/// The most bytes of a value, as JSON: a long record of a long mediation is a tenth of it.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep a value may be nested.
const MAX_DEPTH: usize = 12;

/// A copy without control characters and without the marks that turn the direction of text: with
/// those a paper could show another sum than it holds.
pub(super) fn clean(value: &Value) -> Result<Value, PaperFault> {
    if !matches!(value, Value::Object(_)) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let mut left = MAX_BYTES;
    walk(value, 0, &mut left)
}

fn walk(value: &Value, depth: usize, left: &mut usize) -> Result<Value, PaperFault> {
    let full = || PaperFault::TooLarge { most: MAX_BYTES };
    let mut pay = |bytes: usize| {
        *left = left.checked_sub(bytes).ok_or_else(full)?;
        Ok(())
    };
    if depth > MAX_DEPTH {
        return Err(full());
    }
    Ok(match value {
        Value::String(text) => {
            pay(text.len() + 2)?;
            Value::String(text.chars().filter(|c| seen(*c)).collect())
        }
        Value::Array(all) => {
            pay(all.len() + 2)?;
            Value::Array(all.iter().map(|v| walk(v, depth + 1, left)).collect::<Result<_, _>>()?)
        }
        Value::Object(all) => {
            pay(all.keys().map(|k| k.len() + 4).sum())?;
            let each = all.iter().filter(|(key, _)| !key.starts_with('_'));
            let each = each.map(|(key, v)| Ok((key.clone(), walk(v, depth + 1, left)?)));
            Value::Object(each.collect::<Result<_, _>>()?)
        }
        other => {
            pay(8)?;
            other.clone()
        }
    })
}

fn seen(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !turns && c != '\u{feff}' && (c == '\n' || !c.is_control())
}

/// Compact JSON. Keys are in the order of the map, which is sorted.
pub(super) fn bytes(value: &Value) -> Result<Vec<u8>, PaperFault> {
    serde_json::to_vec(value).map_err(|_| PaperFault::TooLarge { most: MAX_BYTES })
}
