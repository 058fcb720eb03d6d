//! The unified social credit code of GB 32100-2015 for organisations.

use super::tidy_number;

/// The alphabet of the standard: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// `3^i mod 31`.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The code in capital letters if its shape and check character are right.
#[must_use]
pub fn read(text: &str) -> Option<String> {
    let code = tidy_number(text);
    let values: Option<Vec<u32>> =
        code.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).map(|at| at as u32)).collect();
    let values = values.filter(|v| v.len() == 18)?;
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum();
    (values[17] == (31 - sum % 31) % 31).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn known_codes_pass_and_slips_do_not() {
        for code in ["91350100M000100Y43", "91110000802100433B", "91440300708461136T"] {
            assert_eq!(read(code).as_deref(), Some(code));
        }
        assert_eq!(read("91350100m000100y43").as_deref(), Some("91350100M000100Y43"));
        for code in ["91350100M000100Y44", "91350100I000100Y43", "", "9135"] {
            assert_eq!(read(code), None, "{code}");
        }
    }
}
