//! The types behind `notices/*.toml` and `delivery.toml`.

use crate::catalogue::Term;
use crate::kind::Verb;
use crate::label::Label;
use crate::time::{DAY_MS, Instant, MINUTE_MS};

/// What makes a notice be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An act that does this.
    Act(Verb),
    /// A clock gave its warning.
    Warned,
    /// A clock ran out.
    Lapsed,
}

impl Trigger {
    const TIME: [(&'static str, Self); 2] =
        [("clock-warned", Self::Warned), ("clock-lapsed", Self::Lapsed)];

    /// The trigger of a word: a verb, `clock-warned` or `clock-lapsed`.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let time = Self::TIME.iter().find(|(name, _)| *name == word).map(|(_, t)| *t);
        time.or_else(|| Verb::named(word).map(Self::Act))
    }

    /// Every word.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        let verbs = Verb::ALL.iter().map(|v| v.name());
        verbs.chain(Self::TIME.iter().map(|(name, _)| *name))
    }
}

/// To whom a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The posts of the unit that holds the matter.
    Holder,
    /// Who handles it.
    Handler,
    /// Who assists.
    Assistants,
    /// The posts of the unit that owes what a clock measures.
    Owing,
    /// The posts of every unit whose callout is open.
    Called,
    /// The posts of the units that called them.
    Caller,
    /// The posts of the unit that the holder has it from.
    Sender,
    /// The posts of the units that supervise it.
    Supervisors,
    /// Who registered it.
    Registrar,
    /// Whom the act calls to a meeting.
    Invited,
    /// Whom the act no longer needs at a meeting; they saw the matter until now.
    Dismissed,
    /// Who is named on it: was called to its meetings, came for a department.
    Named,
    /// The parties, by the telephone they gave.
    Parties,
}

impl Audience {
    /// Every audience with its word.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("holder", Self::Holder),
        ("handler", Self::Handler),
        ("assistants", Self::Assistants),
        ("owing", Self::Owing),
        ("called", Self::Called),
        ("caller", Self::Caller),
        ("sender", Self::Sender),
        ("supervisors", Self::Supervisors),
        ("registrar", Self::Registrar),
        ("invited", Self::Invited),
        ("dismissed", Self::Dismissed),
        ("named", Self::Named),
        ("parties", Self::Parties),
    ];

    /// The audience of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, a)| *a)
    }

    /// Whether it is a unit, so that the roles to be told must be named.
    #[must_use]
    pub fn is_unit(self) -> bool {
        matches!(
            self,
            Self::Holder
                | Self::Owing
                | Self::Called
                | Self::Caller
                | Self::Sender
                | Self::Supervisors
        )
    }
}

/// A way out of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail.
    Mail,
    /// A text message.
    Sms,
}

impl Channel {
    /// Every channel with its word.
    pub const NAMES: &'static [(&'static str, Self)] = &[("mail", Self::Mail), ("sms", Self::Sms)];

    /// Its word in the store, in addresses and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, c)| *c == self).map_or("", |(n, _)| n)
    }

    /// The channel of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, c)| *c)
    }
}

/// A notice as it is declared. It goes by each way for which it has words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub id: Term,
    /// What people call it; the subject of its e-mail.
    pub label: Label,
    /// What makes it be given.
    pub on: Vec<Term>,
    /// The kinds it is for; every kind where none is named.
    pub kinds: Vec<Term>,
    /// The actions that give it; every one with the verb where none is named.
    pub actions: Vec<Term>,
    /// The clocks whose warning or end gives it; every clock where none is named.
    pub clocks: Vec<Term>,
    /// To whom it goes.
    pub to: Vec<Term>,
    /// The roles at units that are told; groups of roles stand for theirs.
    pub roles: Vec<Term>,
    /// The roles of parties that are told; every one where none is named.
    pub parties: Vec<Term>,
    /// Whether it goes out in quiet hours too.
    pub urgent: bool,
    /// Its words in the page.
    pub page: Option<(Label, u32)>,
    /// Its words in an e-mail.
    pub mail: Option<(Label, u32)>,
    /// Its words in a text message.
    pub sms: Option<(Label, u32)>,
}

impl Notice {
    /// Whether one of these makes it be given.
    #[must_use]
    pub fn is_on(&self, triggers: &[Trigger]) -> bool {
        self.on.iter().filter_map(|t| Trigger::named(t.as_str())).any(|t| triggers.contains(&t))
    }

    /// To whom it goes.
    pub fn audiences(&self) -> impl Iterator<Item = Audience> + '_ {
        self.to.iter().filter_map(|t| Audience::named(t.as_str()))
    }

    /// Its words for a channel.
    #[must_use]
    pub fn words(&self, channel: Channel) -> Option<&Label> {
        match channel {
            Channel::Mail => self.mail.as_ref(),
            Channel::Sms => self.sms.as_ref(),
        }
        .map(|(label, _)| label)
    }
}

/// How notices leave the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The hours in which nothing goes out unless it is urgent.
    pub quiet: Option<Quiet>,
    /// The telephone at which people ask.
    pub telephone: String,
    /// Flags of a matter that make every notice about it urgent.
    pub urgent_flags: Vec<Term>,
    /// How often and how long it is tried again.
    pub retry: Retry,
    /// How long notices and the log of deliveries are kept, ms.
    pub keep_ms: i64,
}

/// Hours of the day in which nothing goes out, in China; they may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// The first quiet minute of the day.
    pub from: i64,
    /// The first minute that is not quiet any more.
    pub until: i64,
}

impl Quiet {
    /// When something may go out that is ready at an instant.
    #[must_use]
    pub fn after(self, at: Instant) -> Instant {
        let minute = at.minute_of_day();
        let end = at.day().start().plus_ms(self.until * MINUTE_MS);
        let quiet = if self.from < self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        };
        match quiet {
            false => at,
            true if minute < self.until => end,
            true => end.plus_ms(DAY_MS),
        }
    }
}

/// How a delivery that failed is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The wait after the first failure, ms; it doubles with each.
    pub first_ms: i64,
    /// The longest wait, ms.
    pub longest_ms: i64,
    /// How often it is tried at most.
    pub tries: i64,
    /// How old a message may be when it goes out, ms.
    pub until_ms: i64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { first_ms: MINUTE_MS, longest_ms: DAY_MS, tries: 1, until_ms: DAY_MS }
    }
}

impl Retry {
    /// How long to wait after so many tries, ms. `dice` spreads the messages of one hour over a fifth
    /// of the wait, so that a server which comes back is not met by all of them at once.
    #[must_use]
    pub fn wait_ms(self, tries: i64, dice: u64) -> i64 {
        let doubled = self.first_ms.saturating_mul(1 << (tries - 1).clamp(0, 40));
        let wait = doubled.min(self.longest_ms).max(1);
        let spread = (wait / 5).max(1);
        wait + (dice % spread.unsigned_abs()).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let quiet = Quiet { from: 21 * 60, until: 8 * 60 };
        for (ready, goes) in [
            ("2026-03-02T20:59:59+08:00", "2026-03-02T20:59:59+08:00"),
            ("2026-03-02T21:00:00+08:00", "2026-03-03T08:00:00+08:00"),
            ("2026-03-03T00:00:00+08:00", "2026-03-03T08:00:00+08:00"),
            ("2026-03-03T07:59:59+08:00", "2026-03-03T08:00:00+08:00"),
            ("2026-03-03T08:00:00+08:00", "2026-03-03T08:00:00+08:00"),
        ] {
            assert_eq!(quiet.after(at(ready)), at(goes), "{ready}");
        }
        let noon = Quiet { from: 12 * 60, until: 14 * 60 };
        assert_eq!(noon.after(at("2026-03-02T13:00:00+08:00")), at("2026-03-02T14:00:00+08:00"));
        assert_eq!(noon.after(at("2026-03-02T15:00:00+08:00")), at("2026-03-02T15:00:00+08:00"));
    }

    proptest! {
        #[test]
        fn nothing_waits_longer_than_a_day_or_goes_out_in_the_quiet(
            from in 0i64..1440, until in 0i64..1440, ready in 0i64..4_000_000_000_000,
        ) {
            prop_assume!(from != until);
            let quiet = Quiet { from, until };
            let goes = quiet.after(Instant(ready));
            prop_assert!((0..=DAY_MS).contains(&(goes.0 - ready)));
            prop_assert_eq!(quiet.after(goes), goes, "what may go out is held back again");
        }

        #[test]
        fn a_wait_grows_to_its_longest_and_no_further(tries in 1i64..200, dice in any::<u64>()) {
            let retry = Retry { first_ms: 60_000, longest_ms: 7_200_000, tries: 9, until_ms: DAY_MS };
            let wait = retry.wait_ms(tries, dice);
            prop_assert!((60_000..=7_200_000 + 7_200_000 / 5).contains(&wait));
            prop_assert!(retry.wait_ms(tries + 1, 0) >= retry.wait_ms(tries, 0));
        }
    }
}
