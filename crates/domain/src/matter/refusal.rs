//! A refusal names the rule, the article behind it and what to do instead. It is not an error.

use std::fmt;

use crate::label::Locale;
use crate::words::Words;

/// What sort of no a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What was given cannot be right.
    Invalid,
    /// Nobody in this post may do this.
    Forbidden,
    /// Not now: the matter stands elsewhere.
    State,
    /// Somebody else was faster.
    Conflict,
}

macro_rules! rules {
    ($($name:ident = $text:literal $class:ident;)*) => {
        /// Every rule that a command can break. Its words are `refusal.<name>.message` and
        /// `refusal.<name>.remedy` in each language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each is described by its words in catalogue/locales")]
        pub enum Rule { $($name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// The rule's name on the wire and in the words.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$name => $text,)* }
            }

            /// What sort of no it is.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Rule::$name => Class::$class,)* }
            }
        }
    };
}

rules! {
    Required = "required" Invalid;
    UnknownField = "unknown-field" Invalid;
    WrongType = "wrong-type" Invalid;
    Empty = "empty" Invalid;
    TooLong = "too-long" Invalid;
    TooMany = "too-many" Invalid;
    OutOfRange = "out-of-range" Invalid;
    NotInList = "not-in-list" Invalid;
    NoSuchDate = "no-such-date" Invalid;
    InFuture = "in-future" Invalid;
    InPast = "in-past" Invalid;
    TooSoon = "too-soon" Invalid;
    IdentityShape = "identity-shape" Invalid;
    IdentityRegion = "identity-region" Invalid;
    IdentityDate = "identity-date" Invalid;
    IdentityCheck = "identity-check" Invalid;
    CreditCheck = "credit-check" Invalid;
    BadPhone = "bad-phone" Invalid;
    BadMail = "bad-mail" Invalid;
    NoMobile = "no-mobile" Invalid;
    UnknownKind = "unknown-kind" Invalid;
    UnknownPlace = "unknown-place" Invalid;
    UnknownUnit = "unknown-unit" Invalid;
    UnknownPerson = "unknown-person" Invalid;
    UnknownMatter = "unknown-matter" Invalid;
    UnknownParty = "unknown-party" Invalid;
    UnknownRole = "unknown-role" Invalid;
    UnknownDetail = "unknown-detail" Invalid;
    UnknownFlag = "unknown-flag" Invalid;
    PartiesMissing = "parties-missing" Invalid;
    UnknownAction = "unknown-action" Invalid;
    NoPostMay = "no-post-may" Forbidden;
    WrongState = "wrong-state" State;
    StaleVersion = "stale-version" Conflict;
    NothingAbove = "nothing-above" State;
    ReturnedBefore = "returned-before" State;
    RulingPending = "ruling-pending" State;
    Ruled = "ruled" State;
    NoSender = "no-sender" State;
    HeldBefore = "held-before" State;
    NotBelow = "not-below" State;
    AlreadyThere = "already-there" State;
    NotThere = "not-there" Invalid;
    NobodyNamed = "nobody-named" Invalid;
    AlreadyCalled = "already-called" State;
    Barred = "barred" State;
    WrongOffice = "wrong-office" State;
    NotCalled = "not-called" State;
    ReportFirst = "report-first" State;
    ReportedAlready = "reported-already" State;
    ConsentMissing = "consent-missing" State;
    PartyRefuses = "party-refuses" State;
    NotAssigned = "not-assigned" State;
    NotAnswered = "not-answered" State;
    NotAgreed = "not-agreed" State;
    NotWritten = "not-written" State;
    NotPerformed = "not-performed" State;
    AllPerformed = "all-performed" State;
    UnknownInstalment = "unknown-instalment" Invalid;
    AfterTheLast = "after-the-last" Invalid;
    CalloutsOpen = "callouts-open" State;
    DocumentsMissing = "documents-missing" State;
    UnknownPaper = "unknown-paper" Invalid;
    PaperMadeOut = "paper-made-out" State;
    PaperRevoked = "paper-revoked" State;
    UnknownFile = "unknown-file" Invalid;
    InkOnly = "ink-only" State;
    TooManyFiles = "too-many-files" State;
    NoDossier = "no-dossier" State;
    DossierGap = "dossier-gap" State;
    NotDone = "not-done" State;
    DoneAlready = "done-already" State;
    FlagMissing = "flag-missing" State;
    FlagSet = "flag-set" State;
    OtherChoice = "other-choice" State;
    ShareMissing = "share-missing" State;
    ExtendedBefore = "extended-before" State;
    ExtensionTooLong = "extension-too-long" Invalid;
    RanOut = "ran-out" State;
    TooLate = "too-late" State;
    StillRunning = "still-running" State;
    ClockNotRunning = "clock-not-running" State;
    RatedBefore = "rated-before" State;
    SameMatter = "same-matter" Invalid;
    AllParties = "all-parties" Invalid;
    NotQuarters = "not-quarters" Invalid;
    MeetingLength = "meeting-length" Invalid;
    PastMidnight = "past-midnight" Invalid;
    UnknownRoom = "unknown-room" Invalid;
    UnknownSeat = "unknown-seat" Invalid;
    SeatRole = "seat-role" Invalid;
    SeatTwice = "seat-twice" Invalid;
    SeatMissing = "seat-missing" Invalid;
    RoomTaken = "room-taken" State;
    PersonBusy = "person-busy" State;
    ConflictOfInterest = "conflict-of-interest" State;
    MeetingOver = "meeting-over" State;
    MeetingNotYet = "meeting-not-yet" State;
    TaskDone = "task-done" State;
    NothingToRate = "nothing-to-rate" State;
    AlreadyRecused = "already-recused" State;
    UnknownRecord = "unknown-record" Invalid;
    UnknownRegister = "unknown-register" Invalid;
    UnknownOwner = "unknown-owner" Invalid;
    NotOwner = "not-owner" Invalid;
    SeveralOfName = "several-of-name" Invalid;
    NotAllowed = "not-allowed" Invalid;
    WrongOrder = "wrong-order" Invalid;
    SpanTooLong = "span-too-long" Invalid;
    AgeOutside = "age-outside" Invalid;
    MoreThan = "more-than" Invalid;
    ThereAlready = "there-already" State;
    RowTwice = "row-twice" Invalid;
    RecordOver = "record-over" State;
    RecordStands = "record-stands" State;
    NothingNew = "nothing-new" Invalid;
}

/// One no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where in the data, such as `parties.0.id-number`.
    pub field: Option<String>,
    /// What the words are filled with. Never personal data.
    pub args: Vec<(&'static str, String)>,
    /// The article behind the rule, if the catalogue or the law names one.
    pub law: Option<String>,
}

impl Refusal {
    /// A broken rule.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self { rule, field: None, args: Vec::new(), law: None }
    }

    /// A broken rule of a field.
    #[must_use]
    pub fn of(rule: Rule, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(rule) }
    }

    /// With a value for the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// With the article behind it.
    #[must_use]
    pub fn under(mut self, law: Option<&str>) -> Self {
        self.law = law.map(str::to_owned);
        self
    }

    /// What is refused, in a language.
    #[must_use]
    pub fn message(&self, words: &Words, locale: &Locale) -> String {
        words.say(locale, &format!("refusal.{}.message", self.rule.name()), &self.args)
    }

    /// What to do instead, in a language.
    #[must_use]
    pub fn remedy(&self, words: &Words, locale: &Locale) -> String {
        words.say(locale, &format!("refusal.{}.remedy", self.rule.name()), &self.args)
    }
}

/// A command that was refused, with every rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Vec<Refusal>);

impl Refused {
    /// The first rule: it decides what sort of answer is given.
    #[must_use]
    pub fn first(&self) -> Option<&Refusal> {
        self.0.first()
    }

    /// Whether one of the rules is this one.
    #[must_use]
    pub fn breaks(&self, rule: Rule) -> bool {
        self.0.iter().any(|r| r.rule == rule)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

impl From<Rule> for Refused {
    fn from(rule: Rule) -> Self {
        Refusal::new(rule).into()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self
            .0
            .iter()
            .map(|r| {
                r.field
                    .as_ref()
                    .map_or(r.rule.name().to_owned(), |at| format!("{} ({at})", r.rule.name()))
            })
            .collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_words_in_every_language() {
        let words = Words::built_in();
        for locale in words.locales() {
            let keys: Vec<&str> = words.keys(locale).collect();
            for rule in Rule::ALL {
                for part in ["message", "remedy"] {
                    let key = format!("refusal.{}.{part}", rule.name());
                    assert!(keys.contains(&key.as_str()), "{locale} lacks {key}");
                }
            }
        }
    }
}
