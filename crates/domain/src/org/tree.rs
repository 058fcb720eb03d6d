//! Units and posts of one county, held in memory: a county has a few thousand of each.

use std::collections::HashMap;

use crate::ids::{County, PersonId, UnitId};
use crate::time::Day;

use super::Post;

/// A node of the org tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The unit above; none for the county centre.
    pub parent: Option<UnitId>,
    /// Its level, as declared in `levels.toml`.
    pub level: String,
    /// The sort of office, as declared; none for a division itself.
    pub office: Option<String>,
    /// Its full name, such as 弥城镇综治中心.
    pub name: String,
    /// The name of its division, such as 弥城镇.
    pub place: String,
    /// Whether it can hold matters; groups and grids are places only.
    pub holds: bool,
    /// The code system of its division's code: `nbs` national statistics, `mca` civil affairs,
    /// `local` below the village. The bare number means different places in each.
    pub code_system: String,
    /// The first day it exists.
    pub since: Day,
    /// The first day it no longer exists.
    pub until: Option<Day>,
}

impl Unit {
    /// Whether it exists on a day.
    #[must_use]
    pub fn stands_on(&self, day: Day) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether this is a division (its centre), not an office beside one.
    #[must_use]
    pub fn is_place(&self) -> bool {
        self.office.is_none()
    }
}

/// The org tree of a county and its posts.
#[derive(Debug, Clone, Default)]
pub struct Org {
    units: HashMap<UnitId, Unit>,
    posts: HashMap<PersonId, Vec<Post>>,
    staff: HashMap<UnitId, Vec<PersonId>>,
    root: Option<UnitId>,
}

impl Org {
    /// A tree from its units and posts.
    #[must_use]
    pub fn new(units: Vec<Unit>, posts: Vec<Post>) -> Self {
        let mut org = Self {
            root: units.iter().find(|u| u.parent.is_none()).map(|u| u.id),
            ..Self::default()
        };
        org.units = units.into_iter().map(|u| (u.id, u)).collect();
        for post in posts {
            org.staff.entry(post.unit).or_default().push(post.person);
            org.posts.entry(post.person).or_default().push(post);
        }
        org
    }

    /// The county centre; none in an empty tree.
    #[must_use]
    pub fn root(&self) -> Option<UnitId> {
        self.root
    }

    /// The county.
    #[must_use]
    pub fn county(&self) -> Option<County> {
        self.root.map(County::of)
    }

    /// A unit.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// Every unit, in no order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// A unit and every unit above it, from itself up.
    pub fn lineage(&self, id: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        std::iter::successors(self.units.get(&id), |u| self.units.get(&u.parent?))
            .map(|u| u.id)
            .take(16)
    }

    /// Whether a unit is another or lies below it.
    #[must_use]
    pub fn is_within(&self, unit: UnitId, top: UnitId) -> bool {
        self.lineage(unit).any(|u| u == top)
    }

    /// The nearest unit above that holds matters.
    #[must_use]
    pub fn above(&self, unit: UnitId) -> Option<UnitId> {
        self.lineage(unit).skip(1).find(|u| self.units.get(u).is_some_and(|u| u.holds))
    }

    /// The division named by a code as people and files write it: six digits of a county, nine of a
    /// township, twelve of a village, fourteen of a group, or a fifteen-digit unit id.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Unit> {
        let number: i64 = code.bytes().all(|b| b.is_ascii_digit()).then(|| code.parse().ok())??;
        let id = match code.len() {
            6 => number * 1_000_000_000,
            9 => number * 1_000_000,
            12 => number * 1000,
            14 => number / 100 * 1000 + 199 + number % 100,
            15 => number,
            _ => return None,
        };
        self.units.get(&UnitId(id)).filter(|u| u.is_place())
    }

    /// The posts of a person.
    #[must_use]
    pub fn posts(&self, person: PersonId) -> &[Post] {
        self.posts.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The posts that a person holds at a unit on a day.
    pub fn posts_at(
        &self,
        person: PersonId,
        unit: UnitId,
        day: Day,
    ) -> impl Iterator<Item = &Post> {
        self.posts(person).iter().filter(move |p| p.unit == unit && p.held_on(day))
    }

    /// The persons with a post at a unit, at any time.
    #[must_use]
    pub fn staff(&self, unit: UnitId) -> &[PersonId] {
        self.staff.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Every post.
    pub fn all_posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values().flatten()
    }
}
