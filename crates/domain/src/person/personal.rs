//! A personal value: plain on its way in, sealed ever after.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The first character of a sealed value; a plain one never begins with it.
const SEAL: char = '§';

/// A text that belongs to a person. What is stored is the sealed form; it is opened only where it
/// is shown, and showing it is logged. Neither form prints itself into a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// A plain value, as somebody gave it.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self(text.trim_start_matches(SEAL).to_owned())
    }

    /// A sealed value from its token.
    #[must_use]
    pub fn sealed(token: &str) -> Self {
        Self(format!("{SEAL}{token}"))
    }

    /// The plain text, where this is not sealed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if self.0.starts_with(SEAL) { None } else { Some(&self.0) }
    }

    /// The token, where this is sealed.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.0.strip_prefix(SEAL)
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.text().is_some() { "Personal(plain)" } else { "Personal(sealed)" })
    }
}

#[cfg(test)]
mod tests {
    use super::Personal;

    #[test]
    fn a_plain_value_can_never_pass_for_a_sealed_one() {
        let sly = Personal::plain("§sm.1.abc");
        assert_eq!((sly.text(), sly.token()), (Some("sm.1.abc"), None));
        let sealed = Personal::sealed("sm.1.abc");
        assert_eq!((sealed.text(), sealed.token()), (None, Some("sm.1.abc")));
        assert!(!format!("{:?}", Personal::plain("张三")).contains('张'));
    }
}
