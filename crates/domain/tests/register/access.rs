//! A territory is the subtree, and rights reach over it.

use std::sync::OnceLock;

use domain::ids::UnitId;
use domain::register::{Territory, readable, writable};
use domain::time::Day;
use proptest::prelude::*;

use crate::support::{County, catalogue};

fn county() -> &'static County {
    static COUNTY: OnceLock<County> = OnceLock::new();
    COUNTY.get_or_init(|| County::new(catalogue()))
}

#[test]
fn a_territory_is_what_lies_below_a_unit() {
    let county = county();
    for top in county.org.units() {
        let territory = Territory::below(top.id);
        for unit in county.org.units() {
            let inside = county.org.is_within(unit.id, top.id);
            assert_eq!(territory.holds(unit.id), inside, "{} in {}", unit.name, top.name);
        }
    }
}

#[test]
fn a_justice_office_keeps_its_township_and_reads_the_county() {
    let c = county();
    let register = &c.catalogue.registers["mediator"];
    let office = c.office(c.township(0), "justice-office");
    let person = c.person(office, "justice-officer");
    let posts: Vec<_> = c.org.posts(person).iter().collect();
    assert_eq!(writable(&posts, register, &c.org), [Territory::below(c.township(0))]);
    assert_eq!(readable(&posts, register, &c.org), [Territory::below(c.county())]);
}

#[test]
fn a_bureau_keeps_what_is_its_own_business_only() {
    let c = county();
    let head = |office: &str| {
        let person = c.person(c.office(c.county(), office), "department-head");
        c.org.posts(person).iter().collect::<Vec<_>>()
    };
    let mediators = &c.catalogue.registers["mediator"];
    assert!(!writable(&head("justice-bureau"), mediators, &c.org).is_empty());
    assert!(writable(&head("water-bureau"), mediators, &c.org).is_empty());
    let volunteers = &c.catalogue.registers["public-interest-volunteer"];
    assert!(readable(&head("water-bureau"), volunteers, &c.org).is_empty());
    assert!(!readable(&head("procuratorate"), volunteers, &c.org).is_empty());
}

#[test]
fn no_administrator_reads_any_register() {
    let c = county();
    for role in c.catalogue.roles.values().filter(|r| r.exclusive) {
        let Some(person) = c.staffed(c.county(), role.id.as_str()) else { continue };
        let posts: Vec<_> = c.org.posts(person).iter().collect();
        for register in c.catalogue.registers.values() {
            assert!(readable(&posts, register, &c.org).is_empty(), "{}", register.id.text);
        }
    }
}

#[test]
fn every_register_is_kept_by_somebody() {
    let c = county();
    for register in c.catalogue.registers.values() {
        for unit in register.owners(&c.org, &[Territory::below(c.county())], Day(21_000)) {
            let keeps = |person| {
                let posts: Vec<_> = c.org.posts(person).iter().collect();
                writable(&posts, register, &c.org).iter().any(|t| t.holds(unit.id))
            };
            let kept = c.persons.iter().any(|person| keeps(*person));
            assert!(kept, "nobody keeps {} of {}", register.id.text, unit.name);
        }
    }
}

proptest! {
    #[test]
    fn territories_of_rights_never_overlap(picks in proptest::collection::vec(0usize..400, 1..6)) {
        let c = county();
        let posts: Vec<_> = picks
            .iter()
            .flat_map(|at| c.org.posts(c.persons[at % c.persons.len()]).iter())
            .collect();
        for register in c.catalogue.registers.values() {
            let all = readable(&posts, register, &c.org);
            for pair in all.windows(2) {
                prop_assert!(pair[0].last < pair[1].first);
            }
            for written in writable(&posts, register, &c.org) {
                prop_assert!(all.iter().any(|t| t.within(written) == Some(written)));
            }
        }
    }
}

#[test]
fn what_two_territories_share_is_one_of_them() {
    let c = county();
    let (county, township) = (Territory::below(c.county()), Territory::below(c.township(1)));
    assert_eq!(county.within(township), Some(township));
    assert_eq!(township.within(county), Some(township));
    assert_eq!(township.within(Territory::below(c.township(0))), None);
    assert_eq!(
        Territory::only(UnitId(7)).within(Territory::only(UnitId(7))),
        Some(Territory::only(UnitId(7)))
    );
}
