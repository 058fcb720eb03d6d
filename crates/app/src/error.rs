//! The ways in which a command can fail.

use documents::paper::PaperFault;
use domain::catalogue::{Finding, Right};
use domain::matter::{Refusal, Refused, Rule};
use domain::time::Instant;
use store::StoreError;

use crate::vault::VaultError;

/// A command that was not carried out. Nothing has changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A rule stands against it.
    #[error("refused: {0}")]
    Refused(Refused),
    /// It does not exist, or whoever asks may not know that it does.
    #[error("not found")]
    Missing,
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    NotSignedIn,
    /// A changing request did not repeat the session's token.
    #[error("the request did not come from our own page")]
    BadCsrf,
    /// Login or password is wrong; which of them is not said.
    #[error("login or password is wrong")]
    BadLogin,
    /// Too many failures.
    #[error("locked")]
    Locked {
        /// Until when.
        until: Instant,
    },
    /// A right is missing.
    #[error("a right is missing")]
    NoRight(Right),
    /// The same key came with another command.
    #[error("this key was used for another command")]
    KeyReused,
    /// A password does not meet the rules; the name of the rule.
    #[error("password: {0}")]
    WeakPassword(&'static str),
    /// The county's files have mistakes.
    #[error("the catalogue has {} finding(s)", .0.len())]
    Catalogue(Vec<Finding>),
    /// Something was given that cannot be used; the words are under `problem`.
    #[error("{0}")]
    Unusable(&'static str),
    /// No paper can be printed, or this one cannot.
    #[error(transparent)]
    Paper(#[from] PaperFault),
    /// What was uploaded is too large, or is not what may be uploaded; the words are under
    /// `problem`.
    #[error("upload: {0}")]
    Upload(&'static str),
    /// A table cannot be read; the words are under `table`, with what fills them.
    #[error("table: {0}")]
    Table(&'static str, Vec<(&'static str, String)>),
    /// A key is missing or does not fit.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Rule> for Error {
    fn from(rule: Rule) -> Self {
        Self::Refused(rule.into())
    }
}
