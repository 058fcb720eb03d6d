//! Names for things: the county, its units, its people and their matters.
//!
//! Every id is a number inside and a string of digits on the wire, because a phone's or a
//! browser's number type cannot hold fifteen digits safely.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codes::mod_11_10;

/// A text that is not the id that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct BadId(pub &'static str);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                match text.parse::<i64>() {
                    Ok(n) if n > 0 && text.len() <= 18 && !text.starts_with(['+', '0']) => Ok(Self(n)),
                    _ => Err(BadId($what)),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A county by its six-digit code (GB/T 2260), such as 532925. It leads every key in the store.
    County = "county code";
    /// A unit of the county's org tree: twelve digits of the division it belongs to and three of
    /// its own (`000` the division's governance centre, `001`-`199` its offices, `200`-`599` the
    /// groups and `600`-`999` the grids of a village).
    UnitId = "unit id";
    /// A person who holds posts.
    PersonId = "person id";
    /// One holding of a role at a unit by a person, from a day until a day.
    PostId = "post id";
    /// A matter inside its county. Outside the store a matter is known by its [`MatterCode`].
    MatterId = "matter id";
    /// A record of a register, drawn from the same numbers as matters: no number is both.
    RecordId = "record id";
}

impl County {
    /// The county that a unit belongs to.
    #[must_use]
    pub fn of(unit: UnitId) -> Self {
        Self(unit.0 / 1_000_000_000)
    }
}

impl UnitId {
    /// The governance centre of a division given by its twelve-digit code.
    #[must_use]
    pub fn centre(division: i64) -> Self {
        Self(division * 1000)
    }

    /// The twelve-digit code of the division that this unit belongs to.
    #[must_use]
    pub fn division(self) -> i64 {
        self.0 / 1000
    }

    /// The unit's own three digits inside its division.
    #[must_use]
    pub fn suffix(self) -> i64 {
        self.0 % 1000
    }
}

/// The code a resident is given at once for what they brought: twelve digits that can be read out
/// over a telephone, two for the year, nine drawn at random and a check digit (ISO 7064,
/// MOD 11,10), shown as `2648-1920-6307`. It does not count matters and cannot be guessed onward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatterCode(pub i64);

impl MatterCode {
    /// The code for a year and nine random digits (`draw` is reduced modulo 10^9).
    #[must_use]
    pub fn new(year: i16, draw: u64) -> Self {
        let body = i64::from(year.rem_euclid(100)) * 1_000_000_000 + (draw % 1_000_000_000) as i64;
        Self(body * 10 + mod_11_10(&format!("{body:011}")))
    }

    /// The code in groups of four digits, as it is printed and read out.
    #[must_use]
    pub fn grouped(self) -> String {
        let digits = self.to_string();
        format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..])
    }
}

impl fmt::Display for MatterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl FromStr for MatterCode {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits: String = text.chars().filter(|c| *c != '-' && *c != ' ').collect();
        let ok = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit());
        if !ok || mod_11_10(&digits[..11]) != i64::from(digits.as_bytes()[11] - b'0') {
            return Err(BadId("matter code"));
        }
        digits.parse().map(Self).map_err(|_| BadId("matter code"))
    }
}

impl Serialize for MatterCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MatterCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_unit_knows_its_division_and_county() {
        let station = UnitId(532_925_101_000_001);
        assert_eq!(station.division(), 532_925_101_000);
        assert_eq!(station.suffix(), 1);
        assert_eq!(County::of(station), County(532_925));
        assert_eq!(UnitId::centre(532_925_101_201), UnitId(532_925_101_201_000));
    }

    proptest! {
        #[test]
        fn every_code_is_read_back_and_every_single_slip_is_caught(
            year in 2024i16..2100, draw: u64, at in 0usize..12, add in 1u8..10
        ) {
            let code = MatterCode::new(year, draw);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.grouped().parse(), Ok(code));
            let mut slip = code.to_string().into_bytes();
            slip[at] = b'0' + (slip[at] - b'0' + add) % 10;
            let slip = String::from_utf8(slip).unwrap_or_default();
            prop_assert_eq!(slip.parse::<MatterCode>(), Err(BadId("matter code")));
        }
    }
}
