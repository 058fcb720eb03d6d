//! What happened. Events are the only truth; a matter is their fold.
//!
//! An event says everything that folding needs, so that no later catalogue can change the past.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::promise::Instalment;
use super::state::{Agreement, File, Named, Paper, Registration};
use super::value::Value;
use crate::clock::{ClockRun, Deadline, Length};
use crate::ids::{MatterCode, PersonId, UnitId};
use crate::kind::Phase;
use crate::paper::PaperCode;
use crate::person::{Party, Personal};
use crate::time::{Day, Instant};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A person at a post.
    Post {
        /// Who.
        person: PersonId,
        /// In which role.
        role: String,
        /// At which unit.
        unit: UnitId,
    },
    /// A clock that ran out, or the passing of time.
    Clock,
}

/// One act on a matter and all that it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number in the matter, from 1.
    pub seq: u32,
    /// When, ms since 1970 UTC.
    pub at: Instant,
    /// Who.
    pub by: By,
    /// The action of the kind that was taken; `tick` where time alone acted.
    pub action: String,
    /// What the step said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, Value>,
    /// What changed, in order.
    pub changes: Vec<Change>,
}

/// One change of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Change {
    /// It came into being.
    Registered(Box<Registration>),
    /// It is in another state.
    Moved {
        /// Where to.
        to: String,
        /// How far that is.
        phase: Phase,
    },
    /// It has another holder, or another handler at the same unit.
    Held {
        /// The unit.
        unit: UnitId,
        /// Who handles it, if anybody is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// Who assists.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assistants: Vec<PersonId>,
    },
    /// The holder signed for it.
    Acknowledged,
    /// Fields have new values.
    Said(BTreeMap<String, Value>),
    /// It is of another category.
    Classified(String),
    /// The procedure began.
    Accepted,
    /// Who brought it has an answer.
    Answered,
    /// Parties said yes or no to the procedure.
    Consented(BTreeMap<u16, bool>),
    /// A unit gave it back.
    Returned {
        /// The unit that did.
        by: UnitId,
        /// The unit it proposes.
        proposal: UnitId,
    },
    /// The county centre must rule who holds it.
    RulingDue,
    /// The county centre ruled: this unit may not give it back.
    Ruled {
        /// The unit.
        unit: UnitId,
    },
    /// A department was called out.
    CalledOut {
        /// The callout's number in the matter, from 1.
        no: u16,
        /// The department.
        unit: UnitId,
        /// The unit that called.
        by: UnitId,
    },
    /// A department called out is there.
    ReportedIn {
        /// The callout.
        no: u16,
        /// Who came.
        person: PersonId,
    },
    /// A department gave its part.
    Contributed {
        /// The callout.
        no: u16,
    },
    /// A department refused a callout, which it does once; called again it comes.
    CalloutRefused {
        /// The callout.
        no: u16,
        /// The unit it proposes.
        proposal: UnitId,
    },
    /// Whoever called a department out rated its part, 1 to 5.
    CalloutRated {
        /// The callout.
        no: u16,
        /// How.
        level: u8,
    },
    /// A callout ended with the matter.
    CalloutEnded {
        /// The callout.
        no: u16,
    },
    /// A session was held.
    Met,
    /// The parties agreed.
    Agreed(Agreement),
    /// They promised to perform it in these parts.
    Promised(Vec<Instalment>),
    /// One part is done.
    Performed {
        /// Its number in the agreement.
        no: u16,
        /// The day on which it was done.
        on: Day,
    },
    /// It stands still.
    Suspended,
    /// It goes on.
    Resumed,
    /// It is watched from above.
    Supervised {
        /// The unit that watches.
        by: UnitId,
    },
    /// It is tied to another matter.
    Linked {
        /// The other matter.
        matter: MatterCode,
        /// How: `link`, `merged-into`, `absorbed`, `split-into`, `split-from`.
        how: String,
    },
    /// Some of its parties went to another matter.
    PartiesLeft(Vec<u16>),
    /// It ended.
    Ended {
        /// How.
        outcome: String,
    },
    /// Who brought it rated it, 1 to 5.
    Rated(u8),
    /// It goes on after its end.
    Reopened,
    /// Its dossier is put away.
    Archived,
    /// A flag was set.
    Flagged(String),
    /// A flag was cleared.
    Unflagged(String),
    /// Only who is named sees it from now on.
    Sealed,
    /// Somebody may see it although it is sealed.
    Named(Named),
    /// Somebody who was named is no longer.
    Unnamed(Named),
    /// It has its official number.
    Numbered(String),
    /// A paper is due to be made out.
    Issued(String),
    /// A paper was made out and frozen.
    MadeOut(Box<Paper>),
    /// A paper no longer stands.
    Revoked {
        /// The paper.
        paper: PaperCode,
    },
    /// A file was added.
    Attached(Box<File>),
    /// A file was set aside.
    Withdrawn {
        /// The file.
        no: u16,
    },
    /// A clock started.
    ClockStarted(Box<ClockRun>),
    /// A clock stands still.
    ClockPaused {
        /// The run.
        no: u16,
    },
    /// A clock goes on.
    ClockResumed {
        /// The run.
        no: u16,
        /// Where it ends now.
        deadline: Deadline,
    },
    /// A clock was extended.
    ClockExtended {
        /// The run.
        no: u16,
        /// By how much.
        by: Length,
        /// Where it ends now; none while it is paused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Deadline>,
    },
    /// A clock's estimate was replaced when the year's calendar was loaded.
    ClockRecomputed {
        /// The run.
        no: u16,
        /// Where it ends now.
        deadline: Deadline,
    },
    /// A clock stopped.
    ClockStopped {
        /// The run.
        no: u16,
    },
    /// A clock gave its warning.
    ClockWarned {
        /// The run.
        no: u16,
    },
    /// A clock ran out.
    ClockLapsed {
        /// The run.
        no: u16,
    },
}

impl Event {
    /// Every personal value in this event, with the name it is sealed under.
    pub fn personal_mut(&mut self, each: &mut dyn FnMut(&str, &mut Personal)) {
        personal_values(&mut self.data, each);
        for change in &mut self.changes {
            match change {
                Change::Registered(r) => {
                    personal_values(&mut r.fields, each);
                    personal_parties(&mut r.parties, each);
                }
                Change::Said(fields) => personal_values(fields, each),
                _ => {}
            }
        }
    }
}

fn personal_values(
    values: &mut BTreeMap<String, Value>,
    each: &mut dyn FnMut(&str, &mut Personal),
) {
    for (name, value) in values {
        if let Value::Personal(personal) = value {
            each(name, personal);
        }
    }
}

fn personal_parties(parties: &mut [Party], each: &mut dyn FnMut(&str, &mut Personal)) {
    for party in parties {
        for (name, personal) in &mut party.details {
            each(name, personal);
        }
    }
}
