//! A county small enough to check everybody against everything: three townships of three villages,
//! with every office and every post that the catalogue declares.

use std::collections::BTreeMap;

use domain::catalogue::Catalogue;
use domain::ids::{County as Code, PersonId, PostId, UnitId};
use domain::matter::Setting;
use domain::org::{Division, Org, Post, Unit, divisions, offices};
use domain::time::{Day, Instant};

/// The county's code.
pub const CODE: i64 = 532_925;
const SINCE: Day = Day(20_000);

/// A county for tests.
pub struct County {
    /// What it declares.
    pub catalogue: Catalogue,
    /// Its units and posts.
    pub org: Org,
    /// Everybody, in a fixed order.
    pub persons: Vec<PersonId>,
    units: Vec<Unit>,
    posts: Vec<Post>,
    by_role: BTreeMap<(UnitId, String), Vec<PersonId>>,
}

impl County {
    /// The county under a catalogue.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut found = vec![division("532925", "弥渡县")];
        for township in 1..=3 {
            found.push(division(&format!("5329251{township:02}"), &format!("第{township}镇")));
            for village in 1..=3 {
                found.push(division(
                    &format!("5329251{township:02}20{village}"),
                    &format!("第{village}村"),
                ));
            }
        }
        found.push(division("53292510120101", "一组"));
        found.push(division("532925101201601", "一网格"));
        let mut units =
            divisions((found, Vec::new()), Code(CODE), catalogue, SINCE).expect("sound divisions");
        units.extend(offices(&units, catalogue));
        let mut posts = Vec::new();
        for unit in &units {
            let roles = match &unit.office {
                Some(office) => &catalogue.offices[office].posts,
                None => &catalogue.levels[&unit.level].posts,
            };
            for (i, role) in roles.iter().enumerate() {
                for _ in 0..=(i % 2) {
                    let id = posts.len() as i64 + 1;
                    posts.push(post(id, id, &role.text, unit.id));
                }
            }
        }
        let county = Self::of(catalogue.clone(), units.clone(), posts.clone());
        posts.extend(county.double_posts(posts.len() as i64));
        Self::of(catalogue.clone(), units, posts)
    }

    fn of(catalogue: Catalogue, units: Vec<Unit>, posts: Vec<Post>) -> Self {
        let mut by_role: BTreeMap<(UnitId, String), Vec<PersonId>> = BTreeMap::new();
        for post in &posts {
            by_role.entry((post.unit, post.role.clone())).or_default().push(post.person);
        }
        let mut persons: Vec<PersonId> = posts.iter().map(|p| p.person).collect();
        persons.sort_unstable();
        persons.dedup();
        Self {
            catalogue,
            org: Org::new(units.clone(), posts.clone()),
            persons,
            units,
            posts,
            by_role,
        }
    }

    /// In small places one person holds several posts: a village head is also a mediator of the
    /// town, a town's director also a dispatcher of the county, a police officer a grid lead.
    fn double_posts(&self, from: i64) -> Vec<Post> {
        let second = [
            (self.village(0, 0), "centre-director", self.township(0), "mediator"),
            (self.township(1), "centre-director", self.county(), "dispatcher"),
            (
                self.office(self.township(0), "police-station"),
                "police-officer",
                self.village(0, 1),
                "grid-lead",
            ),
            (
                self.county(),
                "mediator",
                self.office(self.county(), "justice-bureau"),
                "department-officer",
            ),
        ];
        let posts = second.iter().enumerate().map(|(i, (unit, role, other, as_role))| {
            post(from + 1 + i as i64, self.person(*unit, role).0, as_role, *other)
        });
        posts.collect()
    }

    /// The same county under another catalogue.
    pub fn under(&self, catalogue: &Catalogue) -> Self {
        Self::of(catalogue.clone(), self.units.clone(), self.posts.clone())
    }

    /// A unit ceases to exist on a day.
    pub fn end(&mut self, unit: UnitId, day: &str) {
        let day = day.parse().expect("a day");
        self.units.iter_mut().filter(|u| u.id == unit).for_each(|u| u.until = Some(day));
        self.org = Org::new(self.units.clone(), self.posts.clone());
    }

    /// What the engine needs of it.
    pub fn setting(&self) -> Setting<'_> {
        Setting { catalogue: &self.catalogue, org: &self.org }
    }

    /// The county centre.
    pub fn county(&self) -> UnitId {
        UnitId(CODE * 1_000_000_000)
    }

    /// The centre of a township, from 0.
    pub fn township(&self, at: i64) -> UnitId {
        UnitId((CODE * 1_000 + 101 + at) * 1_000_000)
    }

    /// The centre of a village of a township, both from 0.
    pub fn village(&self, township: i64, at: i64) -> UnitId {
        UnitId(self.township(township).0 + (201 + at) * 1000)
    }

    /// An office beside a centre.
    pub fn office(&self, beside: UnitId, office: &str) -> UnitId {
        let number = self.catalogue.offices[office].number;
        UnitId(beside.0 + i64::from(number))
    }

    /// The first person in a role at a unit.
    pub fn person(&self, unit: UnitId, role: &str) -> PersonId {
        self.staff(unit, role)[0]
    }

    /// Everybody in a role at a unit.
    pub fn staff(&self, unit: UnitId, role: &str) -> &[PersonId] {
        self.by_role.get(&(unit, role.to_owned())).unwrap_or_else(|| panic!("no {role} at {unit}"))
    }

    /// The first person in a role at a unit, if the unit has such a post.
    pub fn staffed(&self, unit: UnitId, role: &str) -> Option<PersonId> {
        self.by_role.get(&(unit, role.to_owned())).map(|staff| staff[0])
    }

    /// The posts that a person holds at an instant.
    pub fn posts(&self, person: PersonId, now: Instant) -> Vec<&Post> {
        self.org.posts(person).iter().filter(|p| p.held_on(now.day())).collect()
    }
}

fn division(code: &str, name: &str) -> Division {
    Division { code: code.to_owned(), name: name.to_owned(), row: code.len() }
}

fn post(id: i64, person: i64, role: &str, unit: UnitId) -> Post {
    Post {
        id: PostId(id),
        person: PersonId(person),
        role: role.to_owned(),
        unit,
        since: SINCE,
        until: None,
    }
}
