//! What must be true of a matter before an action: a closed list, so that a definition can be
//! checked, drawn and translated.

use std::fmt;
use std::str::FromStr;

/// A condition on the matter, written as `name` or `name:argument`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Every party has agreed to the procedure (People's Mediation Law art. 17).
    Consent,
    /// A person handles it.
    Assigned,
    /// Who brought it has an answer.
    Answered,
    /// No callout is open.
    CalloutsSettled,
    /// The parties have agreed.
    Agreed,
    /// The agreement is in writing.
    Written,
    /// Every paper that its outcome requires has been issued.
    Documents,
    /// An action was taken at least once.
    Done(String),
    /// An action was not yet taken.
    NotDone(String),
    /// A flag is set.
    Flag(String),
    /// A flag is not set.
    NoFlag(String),
    /// A choice field has this item, `is:FIELD=ITEM`.
    Is(String, String),
    /// A clock has started and has not run out: what it gives time for can still be done.
    InTime(String),
    /// Nothing is left of a clock: it ran out, was stopped, or never started.
    RunOut(String),
}

impl Guard {
    /// Every form, as a hint in findings.
    pub const FORMS: &'static str = "consent, assigned, answered, callouts-settled, agreed, written, documents, \
                                     done:ACTION, not-done:ACTION, flag:FLAG, no-flag:FLAG, is:FIELD=ITEM, in-time:CLOCK, \
                                     run-out:CLOCK";
}

impl FromStr for Guard {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text.split_once(':') {
            None => match text {
                "consent" => Self::Consent,
                "assigned" => Self::Assigned,
                "answered" => Self::Answered,
                "callouts-settled" => Self::CalloutsSettled,
                "agreed" => Self::Agreed,
                "written" => Self::Written,
                "documents" => Self::Documents,
                _ => return Err(()),
            },
            Some(("done", of)) => Self::Done(of.to_owned()),
            Some(("not-done", of)) => Self::NotDone(of.to_owned()),
            Some(("flag", of)) => Self::Flag(of.to_owned()),
            Some(("no-flag", of)) => Self::NoFlag(of.to_owned()),
            Some(("in-time", of)) => Self::InTime(of.to_owned()),
            Some(("run-out", of)) => Self::RunOut(of.to_owned()),
            Some(("is", of)) => {
                let (field, item) = of.split_once('=').ok_or(())?;
                Self::Is(field.to_owned(), item.to_owned())
            }
            Some(_) => return Err(()),
        })
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consent => f.write_str("consent"),
            Self::Assigned => f.write_str("assigned"),
            Self::Answered => f.write_str("answered"),
            Self::CalloutsSettled => f.write_str("callouts-settled"),
            Self::Agreed => f.write_str("agreed"),
            Self::Written => f.write_str("written"),
            Self::Documents => f.write_str("documents"),
            Self::Done(of) => write!(f, "done:{of}"),
            Self::NotDone(of) => write!(f, "not-done:{of}"),
            Self::Flag(of) => write!(f, "flag:{of}"),
            Self::NoFlag(of) => write!(f, "no-flag:{of}"),
            Self::InTime(of) => write!(f, "in-time:{of}"),
            Self::RunOut(of) => write!(f, "run-out:{of}"),
            Self::Is(field, item) => write!(f, "is:{field}={item}"),
        }
    }
}
