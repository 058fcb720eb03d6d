//! The chain of a matter's events: each is hashed (SM3, GB/T 32905) together with the hash before
//! it, over the very bytes that are stored, so that none can be changed, left out or put in.

use domain::ids::{County, MatterId};
use domain::time::Instant;
use sm3::{Digest, Sm3};

/// A link of a chain.
pub type Hash = [u8; 32];

/// The hash before the first event.
pub const START: Hash = [0; 32];

/// The hash of an event that follows another.
#[must_use]
pub fn link(
    before: &Hash,
    county: County,
    matter: MatterId,
    seq: u32,
    recorded_at: Instant,
    body: &str,
) -> Hash {
    let mut hash = Sm3::new();
    hash.update(before);
    hash.update(county.0.to_be_bytes());
    hash.update(matter.0.to_be_bytes());
    hash.update(seq.to_be_bytes());
    hash.update(recorded_at.0.to_be_bytes());
    hash.update(body);
    hash.finalize().into()
}

/// A hash as text.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn from_blob(bytes: &[u8], table: &'static str) -> Result<Hash, crate::StoreError> {
    bytes.try_into().map_err(|_| crate::StoreError::corrupt(table, "a hash of the wrong length"))
}
