//! The citizen identity number of GB 11643-1999: eighteen characters, six of the region, eight of
//! the birth date, three of the sequence (odd for men), one check character.

use crate::time::Day;

use super::tidy_number;

/// Why a text is not an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not seventeen digits and a digit or X.
    Shape,
    /// The first two digits name no province (GB/T 2260).
    Region,
    /// The birth date does not exist or lies in the future.
    Date,
    /// The check character does not fit: at least one character is wrong.
    Check,
}

/// An identity number that has passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Eighteen characters, capital X.
    pub number: String,
    /// The day of birth.
    pub born_on: Day,
    /// GB/T 2261.1: 1 for a man, 2 for a woman.
    pub sex: u8,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The first two digits of GB/T 2260; 81 to 83 are the residence permits for Hong Kong, Macao and
/// Taiwan residents and 9x the foreigner's permanent residence card, which share the form.
const REGIONS: [&str; 38] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82", "83", "91", "92", "93",
];

/// The check character for the first seventeen digits.
#[must_use]
pub fn check_character(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d.wrapping_sub(b'0')) * w).sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// Reads an identity number as people type it.
///
/// # Errors
/// The first [`Fault`] found; the text itself is never part of it.
pub fn read(text: &str, today: Day) -> Result<Identity, Fault> {
    let number = tidy_number(text);
    let bytes = number.as_bytes();
    let shaped = bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X');
    if !shaped {
        return Err(Fault::Shape);
    }
    if !REGIONS.contains(&&number[..2]) {
        return Err(Fault::Region);
    }
    let part = |from: usize, to: usize| number[from..to].parse::<i16>().unwrap_or_default();
    let born_on =
        Day::of(part(6, 10), part(10, 12) as i8, part(12, 14) as i8).ok_or(Fault::Date)?;
    if part(6, 10) < 1850 || born_on > today {
        return Err(Fault::Date);
    }
    if check_character(&bytes[..17]) != bytes[17] {
        return Err(Fault::Check);
    }
    let sex = if bytes[16] % 2 == 1 { 1 } else { 2 };
    Ok(Identity { number, born_on, sex })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: Day = Day(20_780);

    #[test]
    fn the_vectors_of_the_standard_pass() {
        let woman = read("11010519491231002X", TODAY).expect("valid");
        assert_eq!((woman.born_on.to_string().as_str(), woman.sex), ("1949-12-31", 2));
        assert_eq!(read("440524188001010014", TODAY).expect("valid").sex, 1);
        assert_eq!(read(" 110105 19491231 002x ", TODAY), Ok(woman.clone()));
        assert_eq!(read("１１０１０５19491231002Ｘ", TODAY), Ok(woman));
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(read("110105194912310021", TODAY), Err(Fault::Check));
        assert_eq!(read("110105194902300029", TODAY), Err(Fault::Date));
        assert_eq!(read("110105209912310020", TODAY), Err(Fault::Date));
        assert_eq!(read("000105194912310021", TODAY), Err(Fault::Region));
        assert_eq!(read("1101051949123100", TODAY), Err(Fault::Shape));
        assert_eq!(read("", TODAY), Err(Fault::Shape));
        assert_eq!(read("一二三四五六", TODAY), Err(Fault::Shape));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}") {
            let _ = read(&text, TODAY);
        }
    }
}
