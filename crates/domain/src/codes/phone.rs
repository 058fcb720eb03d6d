//! Telephone numbers as people write them.

use super::tidy_number;

/// The digits of a mobile (11 digits from 13 to 19), a fixed line with its area code, or a short
/// service number; `+86` and `0086` are dropped.
#[must_use]
pub fn read(text: &str) -> Option<String> {
    let number = tidy_number(text).replace(['(', ')'], "");
    let number =
        number.strip_prefix("+86").or_else(|| number.strip_prefix("0086")).unwrap_or(&number);
    let bytes = number.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let ok = match bytes.len() {
        11 if bytes[0] == b'1' => matches!(bytes[1], b'3'..=b'9'),
        10..=12 => bytes[0] == b'0',
        7 | 8 => bytes[0] != b'0',
        3..=6 => bytes[0] != b'0',
        _ => false,
    };
    ok.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn common_ways_of_writing_are_understood() {
        assert_eq!(read("+86 138-0000-0001").as_deref(), Some("13800000001"));
        assert_eq!(read("１３８００００００01").as_deref(), Some("13800000001"));
        assert_eq!(read("0872-8160000").as_deref(), Some("08728160000"));
        assert_eq!(read("12348").as_deref(), Some("12348"));
        for text in ["", "1380000000", "12800000001", "13800000001x", "电话没有"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
