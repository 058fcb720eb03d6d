//! The demonstration county: Midu, with its real divisions and generated people.

use domain::ids::County;

pub mod accounts;
pub mod county;
mod house;
pub mod lives;
mod texts;

/// Midu county, Dali prefecture, Yunnan.
pub const MIDU: County = County(532_925);
