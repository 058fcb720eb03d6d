//! The code by which anybody can check a paper.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::BadId;

/// Digits and letters that nobody takes for one another (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many signs a code has, the last of them the check sign.
const LENGTH: usize = 12;

/// The code on a paper: eleven signs drawn at random and a check sign, shown as `7K3M-9QXT-2FHA`.
/// It does not count papers and cannot be guessed: 2^55 are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperCode(pub i64);

impl PaperCode {
    /// The code for 55 random bits; what is above them is left out.
    #[must_use]
    pub fn new(draw: u64) -> Self {
        let body = draw & ((1 << 55) - 1);
        let sign = |at: u32| ((body >> (5 * (10 - at))) & 31) as u8;
        let check = check((0..11).map(sign));
        Self(((body << 5) | u64::from(check)) as i64)
    }

    fn signs(self) -> impl Iterator<Item = u8> {
        (0..LENGTH as u32).map(move |at| ((self.0 as u64 >> (5 * (11 - at))) & 31) as u8)
    }
}

/// The check sign: a sum over GF(32) in which each place has a weight of its own, so that any single
/// slip and any two signs changed about are found.
fn check(signs: impl Iterator<Item = u8>) -> u8 {
    let twice = |sum: u8| ((sum << 1) & 31) ^ if sum & 16 == 0 { 0 } else { 0b0_0101 };
    signs.fold(0, |sum, sign| twice(sum ^ sign))
}

impl fmt::Display for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, sign) in self.signs().enumerate() {
            if at % 4 == 0 && at > 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(SIGNS[usize::from(sign)]))?;
        }
        Ok(())
    }
}

impl FromStr for PaperCode {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId("paper code");
        let mut signs = Vec::with_capacity(LENGTH);
        for c in text.chars().filter(|c| *c != '-' && !c.is_whitespace()) {
            let read = match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let sign = SIGNS.iter().position(|s| char::from(*s) == read);
            signs.push(sign.filter(|_| signs.len() < LENGTH).ok_or_else(bad)? as u8);
        }
        let Some((last, body)) = signs.split_last().filter(|_| signs.len() == LENGTH) else {
            return Err(bad());
        };
        if check(body.iter().copied()) != *last {
            return Err(bad());
        }
        Ok(Self(signs.iter().fold(0, |code, sign| (code << 5) | i64::from(*sign))))
    }
}

impl Serialize for PaperCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaperCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_code_is_read_back_and_every_slip_is_caught(
            draw: u64, at in 0usize..12, other in 0usize..12, add in 1usize..32
        ) {
            let code = PaperCode::new(draw);
            let shown = code.to_string();
            prop_assert_eq!(shown.parse(), Ok(code));
            prop_assert_eq!(shown.to_lowercase().replace('-', " ").parse(), Ok(code));
            let plain: Vec<u8> = shown.bytes().filter(|b| *b != b'-').collect();
            let place = |sign: u8| SIGNS.iter().position(|s| *s == sign).unwrap_or_default();
            let mut slip = plain.clone();
            slip[at] = SIGNS[(place(slip[at]) + add) % 32];
            prop_assert!(String::from_utf8_lossy(&slip).parse::<PaperCode>().is_err());
            let mut turned = plain.clone();
            turned.swap(at, other);
            if turned != plain {
                prop_assert!(String::from_utf8_lossy(&turned).parse::<PaperCode>().is_err());
            }
        }
    }
}
