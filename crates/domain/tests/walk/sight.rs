//! Who sees a matter by itself sees it in the lists, and nobody else.

use std::collections::BTreeSet;

use domain::access::{reach, sees};
use domain::ids::PersonId;
use domain::matter::{Lane, Matter, rows};
use domain::org::Post;
use domain::rehearsal::Dice;

use super::player::Told;
use crate::support::County;

/// How often everybody is asked, in a hundred changes of what sight depends on.
const EVERYBODY: usize = 15;

/// Everybody in the county, with the places of the lists that they may read.
pub struct Watch(Vec<(PersonId, Vec<(i64, Lane)>)>);

impl Watch {
    pub fn new(county: &County) -> Self {
        let of = |person: &PersonId| {
            let posts: Vec<&Post> = county.org.posts(*person).iter().collect();
            (*person, reach(&posts, &county.catalogue))
        };
        Self(county.persons.iter().map(of).collect())
    }

    /// Compares both answers for everybody, or for a few, where the event may have changed them.
    pub fn look(
        &self,
        county: &County,
        dice: &mut Dice,
        before: Option<&Matter>,
        after: &Matter,
        looks: &mut u64,
    ) -> Told<()> {
        if before.is_some_and(|before| sight_of(before) == sight_of(after)) {
            return Ok(());
        }
        let places: BTreeSet<(i64, Lane)> =
            rows(after, &county.org).iter().map(|r| (r.desk, r.lane)).collect();
        let all = before.is_none() || dice.happens(EVERYBODY);
        *looks += u64::from(all);
        let (from, most) = if all { (0, self.0.len()) } else { (dice.below(self.0.len()), 12) };
        for (person, reach) in self.0.iter().skip(from).take(most) {
            let posts: Vec<&Post> = county.org.posts(*person).iter().collect();
            let by_lists = reach.iter().any(|place| places.contains(place));
            let by_itself = sees(&posts, after, &county.org, &county.catalogue);
            if by_lists != by_itself {
                let roles: Vec<_> = posts.iter().map(|p| (p.role.as_str(), p.unit)).collect();
                return Err(format!(
                    "{person} {roles:?}: sees it {by_itself}, finds it in lists {by_lists}"
                ));
            }
        }
        Ok(())
    }
}

/// What sight depends on.
fn sight_of(matter: &Matter) -> impl PartialEq + use<'_> {
    let callouts: Vec<_> =
        matter.callouts.iter().map(|c| (c.unit, c.is_open(), c.person)).collect();
    (
        matter.sealed,
        &matter.named,
        matter.holder,
        matter.holdings.len(),
        matter.handler,
        &matter.assistants,
        callouts,
    )
}
