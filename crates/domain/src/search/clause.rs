//! A condition on a matter's tokens.

use super::ExactWord;

/// A condition on the set of tokens of a matter, for the store to put into its own language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The matter has this token.
    Token(String),
    /// The matter has this exact word; becomes a token by [`Clause::sealed`].
    Word(ExactWord),
    /// All of these hold; never empty.
    And(Vec<Clause>),
    /// At least one of these holds; never empty.
    Or(Vec<Clause>),
}

impl Clause {
    /// All of several; the one itself where there is only one.
    pub(super) fn all(of: Vec<Self>) -> Self {
        Self::one(of).unwrap_or_else(Self::And)
    }

    /// Any of several; the one itself where there is only one.
    pub(super) fn any(of: Vec<Self>) -> Self {
        Self::one(of).unwrap_or_else(Self::Or)
    }

    fn one(mut of: Vec<Self>) -> Result<Self, Vec<Self>> {
        match (of.len(), of.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                of.extend(last);
                Err(of)
            }
        }
    }

    /// The same condition with every exact word turned into its token. `seal` gives the token of a
    /// personal word; see [`ExactWord::token`].
    #[must_use]
    pub fn sealed(self, seal: &dyn Fn(&ExactWord) -> String) -> Self {
        let each = |of: Vec<Self>| of.into_iter().map(|clause| clause.sealed(seal)).collect();
        match self {
            Self::Word(word) => Self::Token(word.token(seal)),
            Self::And(of) => Self::And(each(of)),
            Self::Or(of) => Self::Or(each(of)),
            other => other,
        }
    }

    /// Whether a matter with these tokens, divided by single spaces, meets the condition; an exact
    /// word that is not sealed is never met.
    #[must_use]
    pub fn holds(&self, tokens: &str) -> bool {
        match self {
            Self::Token(token) => stands_in(tokens, token),
            Self::Word(_) => false,
            Self::And(of) => of.iter().all(|clause| clause.holds(tokens)),
            Self::Or(of) => of.iter().any(|clause| clause.holds(tokens)),
        }
    }
}

fn stands_in(tokens: &str, token: &str) -> bool {
    let bytes = tokens.as_bytes();
    tokens.match_indices(token).any(|(at, _)| {
        (at == 0 || bytes[at - 1] == b' ') && bytes.get(at + token.len()).is_none_or(|b| *b == b' ')
    })
}
