//! Who sees which matters. `sees` answers for one matter; `reach` gives the same answer as places
//! in the worklist, so that a list is one indexed read. A test proves that the two agree.

use crate::catalogue::{Catalogue, Right, Sight};
use crate::matter::{By, Lane, Matter, Named};
use crate::org::{Org, Post};

/// Whether a person with these posts sees a matter.
#[must_use]
pub fn sees(posts: &[&Post], matter: &Matter, org: &Org, catalogue: &Catalogue) -> bool {
    posts.iter().any(|post| {
        let Some(role) = catalogue.roles.get(&post.role) else { return false };
        if role.sees == Sight::Nothing {
            return false;
        }
        let person = Named::Person(post.person);
        if matter.sealed {
            let opened = role.sealed && matter.named.contains(&Named::Unit(post.unit));
            return opened || matter.named.contains(&person);
        }
        let own = matter.named.contains(&person)
            || matter.registered_by_person() == Some(post.person)
            || matter.callouts.iter().any(|c| c.person == Some(post.person));
        own || match role.sees {
            Sight::Below => matter.involved().iter().any(|u| org.is_within(*u, post.unit)),
            Sight::Unit => matter.involved().contains(&post.unit),
            Sight::Own | Sight::Nothing => false,
        }
    })
}

/// The places of the worklist that a person with these posts may read: desks with their lanes.
#[must_use]
pub fn reach(posts: &[&Post], catalogue: &Catalogue) -> Vec<(i64, Lane)> {
    let mut places = Vec::new();
    for post in posts {
        let Some(role) = catalogue.roles.get(&post.role) else { continue };
        let lanes: &[Lane] = match role.sees {
            Sight::Nothing => continue,
            Sight::Own => &[],
            Sight::Unit => &[
                Lane::Held,
                Lane::Called,
                Lane::Calling,
                Lane::Back,
                Lane::Supervised,
                Lane::Known,
            ],
            Sight::Below => &[
                Lane::Held,
                Lane::Called,
                Lane::Calling,
                Lane::Back,
                Lane::Supervised,
                Lane::Known,
                Lane::Below,
                Lane::CalledBelow,
                Lane::KnownBelow,
            ],
        };
        places.extend(lanes.iter().map(|lane| (post.unit.0, *lane)));
        if role.sealed {
            places.push((post.unit.0, Lane::Sealed));
        }
        let own = [Lane::Mine, Lane::Brought, Lane::Part];
        places.extend(own.map(|lane| (post.person.0, lane)));
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// Whether one of these posts gives a right.
#[must_use]
pub fn has_right(posts: &[&Post], right: Right, catalogue: &Catalogue) -> bool {
    posts.iter().any(|p| catalogue.roles.get(&p.role).is_some_and(|r| r.rights.contains(&right)))
}

impl Matter {
    /// The person who registered it, if a person did.
    #[must_use]
    pub fn registered_by_person(&self) -> Option<crate::ids::PersonId> {
        match &self.registered_by {
            By::Post { person, .. } => Some(*person),
            By::Clock => None,
        }
    }
}
