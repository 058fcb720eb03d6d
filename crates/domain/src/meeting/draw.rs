//! Drawing a panel from the duty roster. The same facts always give the same panel, and everybody who
//! was passed over has a reason that can be read out.

use std::collections::BTreeSet;

use super::Conflict;
use crate::ids::{PersonId, UnitId};
use crate::org::Org;

/// Somebody who could take a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// At which unit.
    pub unit: UnitId,
    /// Whether the roster names the person that day, or the seat's post is always on duty.
    pub on_duty: bool,
    /// Why the person may not sit.
    pub conflict: Option<Conflict>,
    /// Whether another meeting needs the person at that time.
    pub busy: bool,
    /// How far the unit is from where the matter happened.
    pub distance: u32,
    /// On how many panels the person has sat.
    pub sittings: u32,
}

/// Why somebody was passed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Passed {
    /// The person has another seat of the same meeting.
    Seated,
    /// The person may not sit.
    Conflict(Conflict),
    /// Nobody put the person on duty that day.
    OffDuty,
    /// Another meeting needs the person at that time.
    Busy,
    /// A nearer unit has somebody.
    Farther,
    /// Somebody as near has sat less often.
    SatMore,
    /// Nothing but the order of numbers decided.
    Later,
}

/// A seat and how it was filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The seat, as declared.
    pub seat: String,
    /// Who has it; none where nobody can.
    pub chosen: Option<Candidate>,
    /// Everybody else, with the reason.
    pub passed: Vec<(Candidate, Passed)>,
}

/// Fills seats in order, each from its own candidates: on duty, free of conflict and of other meetings,
/// at the nearest unit, with the fewest sittings, by number last. Nobody gets two seats.
#[must_use]
pub fn draw(seats: Vec<(String, Vec<Candidate>)>) -> Vec<Drawn> {
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for (seat, candidates) in seats {
        let mut candidates = one_post_each(candidates);
        candidates.sort_by_key(|c| (c.distance, c.sittings, c.person));
        let free = |c: &Candidate| bar(c, &taken).is_none();
        let chosen = candidates.iter().position(free).map(|at| candidates.remove(at));
        let why = |c: Candidate| {
            let why = bar(&c, &taken).unwrap_or_else(|| behind(&c, chosen.as_ref()));
            (c, why)
        };
        let passed = candidates.into_iter().map(why).collect();
        taken.extend(chosen.iter().map(|c| c.person));
        all.push(Drawn { seat, chosen, passed });
    }
    all
}

/// Of several posts of one person the one that serves best.
fn one_post_each(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| {
        let best = |c: &Candidate| (c.person, !c.on_duty, c.distance, c.unit, c.busy, c.sittings);
        let rest = |c: &Candidate| (c.role.clone(), c.conflict.clone());
        best(a).cmp(&best(b)).then_with(|| rest(a).cmp(&rest(b)))
    });
    candidates.dedup_by_key(|c| c.person);
    candidates
}

/// What keeps somebody from a seat whoever else there is.
fn bar(c: &Candidate, taken: &BTreeSet<PersonId>) -> Option<Passed> {
    if taken.contains(&c.person) {
        Some(Passed::Seated)
    } else if let Some(conflict) = &c.conflict {
        Some(Passed::Conflict(conflict.clone()))
    } else if !c.on_duty {
        Some(Passed::OffDuty)
    } else if c.busy {
        Some(Passed::Busy)
    } else {
        None
    }
}

/// Why somebody whom nothing bars comes after the one who was chosen.
fn behind(c: &Candidate, chosen: Option<&Candidate>) -> Passed {
    match chosen {
        Some(first) if first.distance < c.distance => Passed::Farther,
        Some(first) if first.sittings < c.sittings => Passed::SatMore,
        _ => Passed::Later,
    }
}

/// How far a unit is from a place: the steps up from both to where they meet.
#[must_use]
pub fn distance(org: &Org, place: UnitId, unit: UnitId) -> u32 {
    let up: Vec<UnitId> = org.lineage(place).collect();
    let meets = org
        .lineage(unit)
        .enumerate()
        .find_map(|(steps, at)| up.iter().position(|u| *u == at).map(|down| steps + down));
    meets.and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate() -> impl Strategy<Value = Candidate> {
        (1i64..12, any::<bool>(), 0u8..6, any::<bool>(), 0u32..4, 0u32..4).prop_map(
            |(person, on_duty, conflict, busy, distance, sittings)| Candidate {
                person: PersonId(person),
                role: "mediator".to_owned(),
                unit: UnitId(i64::from(distance) + 1),
                on_duty,
                conflict: (conflict == 0).then_some(Conflict::Party),
                busy,
                distance,
                sittings,
            },
        )
    }

    fn seats() -> impl Strategy<Value = Vec<(String, Vec<Candidate>)>> {
        let names = ["host", "guide", "assist"];
        proptest::collection::vec(proptest::collection::vec(candidate(), 0..9), 3)
            .prop_map(move |all| names.iter().map(|n| (*n).to_owned()).zip(all).collect())
    }

    proptest! {
        #[test]
        fn a_panel_is_sound_and_everybody_else_has_a_reason(seats in seats()) {
            let drawn = draw(seats.clone());
            let mut taken = BTreeSet::new();
            for ((name, candidates), seat) in seats.iter().zip(&drawn) {
                prop_assert_eq!(name, &seat.seat);
                if let Some(c) = &seat.chosen {
                    prop_assert!(c.on_duty && !c.busy && c.conflict.is_none());
                    prop_assert!(candidates.contains(c));
                }
                let everybody: BTreeSet<PersonId> = candidates.iter().map(|c| c.person).collect();
                prop_assert_eq!(everybody.len(), seat.passed.len() + usize::from(seat.chosen.is_some()));
                for (c, why) in &seat.passed {
                    let free = bar(c, &taken).is_none();
                    prop_assert_eq!(free, matches!(why, Passed::Farther | Passed::SatMore | Passed::Later));
                    if free {
                        let first = seat.chosen.as_ref().expect("somebody free would have been chosen");
                        let rank = |c: &Candidate| (c.distance, c.sittings, c.person);
                        prop_assert!(rank(first) < rank(c));
                    }
                }
                if let Some(c) = &seat.chosen {
                    prop_assert!(taken.insert(c.person), "nobody gets two seats");
                }
            }
        }

        #[test]
        fn the_order_in_which_people_are_named_changes_nothing(
            seats in seats(), turn in 0usize..9
        ) {
            let turned = seats.iter().cloned().map(|(name, mut all)| {
                if !all.is_empty() {
                    let by = turn % all.len();
                    all.rotate_left(by);
                    all.reverse();
                }
                (name, all)
            });
            let people = |drawn: Vec<Drawn>| {
                drawn.into_iter().map(|d| d.chosen.map(|c| c.person)).collect::<Vec<_>>()
            };
            prop_assert_eq!(people(draw(turned.collect())), people(draw(seats)));
        }
    }
}
