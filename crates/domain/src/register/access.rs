//! Who reads and who keeps which records. A right reaches over a territory, which is one range of unit
//! ids, so that a list of a territory is one range of an index.

use indexmap::IndexMap;

use super::definition::{Grantee, Reach, Register};
use crate::ids::UnitId;
use crate::org::{Org, Post};

/// Units that a right reaches: from the first to the last id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Territory {
    /// The first unit.
    pub first: UnitId,
    /// The last unit.
    pub last: UnitId,
}

impl Territory {
    /// One unit alone.
    #[must_use]
    pub fn only(unit: UnitId) -> Self {
        Self { first: unit, last: unit }
    }

    /// A unit and everything below it. The digits of a division's centre say how far: whoever is in it
    /// begins with the same.
    #[must_use]
    pub fn below(unit: UnitId) -> Self {
        let below = match (unit.0 / 1_000_000 % 1000, unit.0 / 1000 % 1000, unit.0 % 1000) {
            (0, 0, 0) => 1_000_000_000,
            (_, 0, 0) => 1_000_000,
            (_, _, 0) => 1_000,
            _ => 1,
        };
        Self { first: unit, last: UnitId(unit.0 + below - 1) }
    }

    /// Whether a unit lies in it.
    #[must_use]
    pub fn holds(&self, unit: UnitId) -> bool {
        (self.first..=self.last).contains(&unit)
    }

    /// What this and another have in common: one of them, or nothing.
    #[must_use]
    pub fn within(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }
}

/// The units whose records a person with these posts reads; whoever keeps a record reads it.
#[must_use]
pub fn readable(posts: &[&Post], register: &Register, org: &Org) -> Vec<Territory> {
    let mut all = reached(posts, &register.reads, org);
    all.extend(reached(posts, &register.writes, org));
    apart(all)
}

/// The units whose records a person with these posts keeps.
#[must_use]
pub fn writable(posts: &[&Post], register: &Register, org: &Org) -> Vec<Territory> {
    apart(reached(posts, &register.writes, org))
}

fn reached(posts: &[&Post], rights: &IndexMap<Reach, Vec<Grantee>>, org: &Org) -> Vec<Territory> {
    let mut all = Vec::new();
    for post in posts {
        let Some(unit) = org.unit(post.unit) else { continue };
        let stands_at = unit.office.as_ref().unwrap_or(&unit.level);
        let given = |g: &Grantee| {
            g.role.text == post.role && g.at.as_ref().is_none_or(|at| at == stands_at)
        };
        for (reach, grantees) in rights {
            if !grantees.iter().any(given) {
                continue;
            }
            all.push(match reach {
                Reach::Unit => Territory::only(unit.id),
                // Groups and grids are divisions of their own inside their village.
                Reach::Place if unit.is_place() => Territory::below(unit.id),
                Reach::Place => Territory::below(UnitId::centre(unit.id.division())),
                Reach::County => match org.root() {
                    Some(root) => Territory::below(root),
                    None => continue,
                },
            });
        }
    }
    all
}

/// Territories in order, none inside another: two of them never overlap in part.
fn apart(mut all: Vec<Territory>) -> Vec<Territory> {
    all.sort_by_key(|t| (t.first, std::cmp::Reverse(t.last)));
    let mut kept: Vec<Territory> = Vec::new();
    for one in all {
        if kept.last().is_none_or(|last| one.last > last.last) {
            kept.push(one);
        }
    }
    kept
}
