//! A post: one role at one unit, held by one person from a day until a day.

use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, PostId, UnitId};
use crate::time::Day;

/// One holding of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Who holds it.
    pub person: PersonId,
    /// The role it gives, as declared in `roles.toml`.
    pub role: String,
    /// Where.
    pub unit: UnitId,
    /// The first day.
    pub since: Day,
    /// The first day on which it is no longer held; none while it has no end.
    pub until: Option<Day>,
}

impl Post {
    /// Whether it is held on a day.
    #[must_use]
    pub fn held_on(&self, day: Day) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }
}
