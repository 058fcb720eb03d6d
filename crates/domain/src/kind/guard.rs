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
    /// Everything that was promised is done.
    Performed,
    /// Something that was promised is not done.
    Unperformed,
    /// Every paper that its outcome requires has been issued.
    Documents,
    /// An action was taken at least so often, `done:ACTION` for once or `done:ACTION*N`.
    Done(String, u16),
    /// An action was taken less often, `not-done:ACTION` for never or `not-done:ACTION*N`.
    NotDone(String, u16),
    /// A flag is set.
    Flag(String),
    /// A flag is not set.
    NoFlag(String),
    /// A choice field has this item, `is:FIELD=ITEM`.
    Is(String, String),
    /// One number field is a share of another, `share:PART/WHOLE>=2/3` or `share:PART/WHOLE>1/2`: a quorum
    /// or a majority.
    Share(Box<Share>),
    /// A clock has started and has not run out: what it gives time for can still be done.
    InTime(String),
    /// Nothing is left of a clock: it ran out, was stopped, or never started.
    RunOut(String),
}

/// A share that one number must be of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The field with the part, such as the votes in favour.
    pub part: String,
    /// The field with the whole, such as those present.
    pub whole: String,
    /// Whether the share itself is enough (`>=`) or not (`>`).
    pub reached: bool,
    /// The share, above and below the line.
    pub of: (u16, u16),
}

impl Share {
    /// Whether a part is this share of a whole; nothing is a share of nothing.
    #[must_use]
    pub fn holds(&self, part: i64, whole: i64) -> bool {
        let (above, below) = (i128::from(self.of.0), i128::from(self.of.1));
        let (is, wanted) = (i128::from(part) * below, i128::from(whole) * above);
        whole > 0 && part <= whole && if self.reached { is >= wanted } else { is > wanted }
    }
}

impl FromStr for Share {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (fields, share) = text.split_once('>').ok_or(())?;
        let (part, whole) = fields.split_once('/').ok_or(())?;
        let reached = share.starts_with('=');
        let (above, below) = share.trim_start_matches('=').split_once('/').ok_or(())?;
        let of: (u16, u16) = (above.parse().map_err(|_| ())?, below.parse().map_err(|_| ())?);
        let sound = 0 < of.0 && of.0 <= of.1 && (reached || of.0 < of.1);
        let share = Self { part: part.to_owned(), whole: whole.to_owned(), reached, of };
        if sound { Ok(share) } else { Err(()) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, whole, reached, of: (above, below) } = self;
        write!(f, "{part}/{whole}>{}{above}/{below}", if *reached { "=" } else { "" })
    }
}

/// An action and how often, `ACTION` or `ACTION*N`.
fn times(text: &str) -> Result<(String, u16), ()> {
    let (action, times) = text.split_once('*').unwrap_or((text, "1"));
    let times: u16 = times.parse().map_err(|_| ())?;
    if times == 0 { Err(()) } else { Ok((action.to_owned(), times)) }
}

/// What [`times`] reads.
fn write_times(f: &mut fmt::Formatter<'_>, name: &str, action: &str, times: u16) -> fmt::Result {
    write!(f, "{name}:{action}")?;
    if times > 1 { write!(f, "*{times}") } else { Ok(()) }
}

impl Guard {
    /// Every form, as a hint in findings.
    pub const FORMS: &'static str = "consent, assigned, answered, callouts-settled, agreed, written, performed, \
                                     unperformed, documents, \
                                     done:ACTION, not-done:ACTION, done:ACTION*TIMES, not-done:ACTION*TIMES, flag:FLAG, \
                                     no-flag:FLAG, is:FIELD=ITEM, in-time:CLOCK, run-out:CLOCK, share:PART/WHOLE>=N/M, \
                                     share:PART/WHOLE>N/M";
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
                "performed" => Self::Performed,
                "unperformed" => Self::Unperformed,
                "documents" => Self::Documents,
                _ => return Err(()),
            },
            Some(("done", of)) => times(of).map(|(action, n)| Self::Done(action, n))?,
            Some(("not-done", of)) => times(of).map(|(action, n)| Self::NotDone(action, n))?,
            Some(("flag", of)) => Self::Flag(of.to_owned()),
            Some(("no-flag", of)) => Self::NoFlag(of.to_owned()),
            Some(("in-time", of)) => Self::InTime(of.to_owned()),
            Some(("run-out", of)) => Self::RunOut(of.to_owned()),
            Some(("is", of)) => {
                let (field, item) = of.split_once('=').ok_or(())?;
                Self::Is(field.to_owned(), item.to_owned())
            }
            Some(("share", of)) => Self::Share(Box::new(of.parse()?)),
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
            Self::Performed => f.write_str("performed"),
            Self::Unperformed => f.write_str("unperformed"),
            Self::Documents => f.write_str("documents"),
            Self::Done(of, times) => write_times(f, "done", of, *times),
            Self::NotDone(of, times) => write_times(f, "not-done", of, *times),
            Self::Flag(of) => write!(f, "flag:{of}"),
            Self::NoFlag(of) => write!(f, "no-flag:{of}"),
            Self::InTime(of) => write!(f, "in-time:{of}"),
            Self::RunOut(of) => write!(f, "run-out:{of}"),
            Self::Is(field, item) => write!(f, "is:{field}={item}"),
            Self::Share(share) => write!(f, "share:{share}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_written_as_it_is_read() {
        for text in [
            "agreed",
            "done:visit",
            "done:visit*4",
            "not-done:visit*4",
            "flag:urgent",
            "is:forum=assembly",
            "share:present/entitled>=2/3",
            "share:in-favour/present>1/2",
        ] {
            assert_eq!(text.parse::<Guard>().map(|g| g.to_string()).as_deref(), Ok(text));
        }
        for text in [
            "done:visit*0",
            "done:visit*many",
            "share:present>1/2",
            "share:a/b>=3/2",
            "share:a/b>0/2",
            "share:a/b>1/1",
            "share:a/b=1/2",
        ] {
            assert_eq!(text.parse::<Guard>(), Err(()), "{text}");
        }
    }

    #[test]
    fn half_is_no_majority_and_two_thirds_are_a_quorum() {
        let share = |text: &str| text.parse::<Share>().expect("a share");
        let (majority, quorum) = (share("a/b>1/2"), share("a/b>=2/3"));
        assert!(!majority.holds(10, 20) && majority.holds(11, 20));
        assert!(quorum.holds(20, 30) && !quorum.holds(19, 30));
        assert!(!quorum.holds(0, 0) && !quorum.holds(31, 30), "nor more than all");
    }
}
