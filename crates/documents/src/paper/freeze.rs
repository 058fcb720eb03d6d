//! Freezing a paper when it is issued.
//!
//! What is kept is the value, as text. Its digest is short enough to stand on the paper itself and
//! can be computed again from what was kept, at any time: it covers the name of the template, not
//! its text, because templates improve while a paper that was handed out stays what it says. That
//! the very print is the same is proved by [`digest`] of the PDF's bytes, to be kept beside it.

use serde_json::Value;
use sm3::{Digest, Sm3};

use super::{PaperFault, Press, value};

/// A paper as it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The value as text with sorted keys, without `verify`; this is to be stored.
    pub text: String,
    /// SM3 over the name of the template and the text, each behind its length as eight bytes, in
    /// hexadecimal.
    pub digest: String,
}

impl Press {
    /// The text to keep and its digest. `verify` is left out of both: it is what the digest is
    /// printed in, and an address may change when an office moves to another host.
    ///
    /// # Errors
    /// No such template, or a value too large.
    pub fn frozen(&self, template: &str, value: &Value) -> Result<Frozen, PaperFault> {
        self.sheet(template)?;
        frozen(template, value)
    }
}

/// As [`Press::frozen`], without a press: whether there is such a template is the caller's affair.
///
/// # Errors
/// A value too large.
pub fn frozen(template: &str, value: &Value) -> Result<Frozen, PaperFault> {
    let mut value = value::clean(value)?;
    if let Value::Object(all) = &mut value {
        all.remove("verify");
    }
    value.sort_all_objects();
    let text = value.to_string();
    let digest = digest_of(template, &text);
    Ok(Frozen { text, digest })
}

/// The digest of a frozen text, computed again.
#[must_use]
pub fn digest_of(template: &str, text: &str) -> String {
    let mut hash = Sm3::new();
    for part in [template, text] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// SM3 in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
