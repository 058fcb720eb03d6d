//! Who may not sit on a matter. Names are compared as keyed hashes: nothing here knows a name.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::PersonId;

/// The keyed hash of a name. Equal names have equal hashes.
pub type Hash = [u8; 8];

/// Why a person may not sit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// A party has the person's name.
    Party,
    /// Somebody who speaks for a party has it.
    Representative,
    /// It was put on record, on a ground that the county declares.
    Recorded(String),
}

/// What stands between people and a matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interests {
    /// The names of the parties.
    pub parties: BTreeSet<Hash>,
    /// The names of those who speak for them.
    pub representatives: BTreeSet<Hash>,
    /// What was put on record: the ground by person.
    pub recorded: BTreeMap<PersonId, String>,
}

impl Interests {
    /// Why a person of this name may not sit; none where nothing is known against it. What is on
    /// record says most and comes first.
    #[must_use]
    pub fn against(&self, person: PersonId, name: Hash) -> Option<Conflict> {
        if let Some(ground) = self.recorded.get(&person) {
            Some(Conflict::Recorded(ground.clone()))
        } else if self.parties.contains(&name) {
            Some(Conflict::Party)
        } else if self.representatives.contains(&name) {
            Some(Conflict::Representative)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_those_who_speak_for_them_and_those_on_record_may_not_sit() {
        let (zhang, li, wang) = ([1; 8], [2; 8], [3; 8]);
        let interests = Interests {
            parties: [zhang].into(),
            representatives: [li].into(),
            recorded: [(PersonId(9), "relative".to_owned())].into(),
        };
        assert_eq!(interests.against(PersonId(1), zhang), Some(Conflict::Party));
        assert_eq!(interests.against(PersonId(1), li), Some(Conflict::Representative));
        assert_eq!(interests.against(PersonId(1), wang), None);
        let recorded = Some(Conflict::Recorded("relative".to_owned()));
        assert_eq!(interests.against(PersonId(9), wang), recorded);
        assert_eq!(interests.against(PersonId(9), zhang), recorded);
    }
}
