//! Check digits and shapes of the numbers that the field uses.

pub mod credit;
pub mod identity;
pub mod phone;

/// The check digit of ISO 7064 MOD 11,10 over decimal digits: it catches every single wrong digit
/// and nearly every swap of neighbours.
#[must_use]
pub fn mod_11_10(digits: &str) -> i64 {
    let product = digits.bytes().fold(10, |product, b| {
        let sum = (product + i64::from(b.wrapping_sub(b'0'))) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// Makes what people type comparable: full-width digits and letters become narrow ones, spaces,
/// dashes and invisible marks go, letters become capital.
#[must_use]
pub fn tidy_number(text: &str) -> String {
    text.chars()
        .map(narrow)
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, '-' | '—' | '–' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// The narrow form of a full-width character (U+FF01..U+FF5E, U+3000), or the character itself.
#[must_use]
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}
