//! Who is offered what: every role at every sort of unit, in every relation to a matter in every
//! state, sealed and not, compared with a small reading of the files that shares no code with the
//! engine.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{MatterCode, MatterId, PersonId, UnitId};
use domain::kind::{Kind, Phase};
use domain::matter::{By, Change, Event, Matter, Named, Registration, fold, offers};
use domain::time::Instant;
use support::{County, catalogue, shipped};
use toml::{Table, Value};

/// How the person at the unit stands to the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    Stranger,
    Holder,
    Handler,
    Above,
    Registrar,
    Called,
    Caller,
}

const STANCES: [Stance; 7] = [
    Stance::Stranger,
    Stance::Holder,
    Stance::Handler,
    Stance::Above,
    Stance::Registrar,
    Stance::Called,
    Stance::Caller,
];

/// The files, read by somebody who knows TOML and nothing else.
struct Files {
    kinds: BTreeMap<String, Table>,
    roles: Table,
}

impl Files {
    fn read() -> Self {
        let source = shipped();
        let table = |name: &str| source.0[name].parse::<Table>().expect("TOML");
        let kinds = source.0.keys().filter(|n| n.starts_with("kinds/")).map(|n| {
            let kind = table(n);
            (kind["kind"].as_str().expect("a name").to_owned(), kind)
        });
        Self { kinds: kinds.collect(), roles: table("roles.toml") }
    }

    fn role(&self, role: &str, key: &str) -> Option<&Value> {
        self.roles["role"][role].get(key)
    }

    /// The roles behind a name: those of a group, or the role itself.
    fn members(&self, name: &str) -> Vec<String> {
        match self.roles["group"].get(name) {
            Some(group) => texts(group.get("roles")),
            None => vec![name.to_owned()],
        }
    }

    /// The actions that the files give to a role in some relations, in a state.
    fn given(&self, kind: &str, state: &str, role: &str, relations: &[&str]) -> BTreeSet<String> {
        let actions = self.kinds[kind]["action"].as_table().expect("actions");
        let gives = |action: &Value| {
            let from = texts(action.get("from")).iter().any(|s| s == state);
            let by = |r: &&str| texts(action.get("by").and_then(|by| by.get(*r)));
            from && relations
                .iter()
                .flat_map(by)
                .any(|name| self.members(&name).iter().any(|m| m == role))
        };
        actions.iter().filter(|(_, action)| gives(action)).map(|(name, _)| name.clone()).collect()
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).cloned().unwrap_or_default();
    items.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Whether a unit lies below another, by the digits of their ids alone.
fn below(unit: UnitId, top: UnitId) -> bool {
    let digits = |u: UnitId| u.to_string();
    let (unit, top) = (digits(unit), digits(top));
    let prefix = match (&top[6..9], &top[9..12], &top[12..]) {
        ("000", "000", "000") => &top[..6],
        (_, "000", "000") => &top[..9],
        (_, _, "000") => &top[..12],
        _ => return false,
    };
    unit != top && unit.starts_with(prefix)
}

/// A matter in a state, to which a person at a unit stands in some way.
struct Scene {
    matter: Matter,
    relations: Vec<&'static str>,
    involved: Vec<UnitId>,
    /// The units and whether the person is named, for sealed matters.
    named: Vec<UnitId>,
    is_named: bool,
}

fn scene(
    county: &County,
    kind: &Kind,
    state: &str,
    (person, unit): (PersonId, UnitId),
    stance: Stance,
    sealed: bool,
) -> Option<Scene> {
    let (far, other) = (county.village(2, 2), county.office(county.township(2), "tribunal"));
    let registrar = if stance == Stance::Registrar { unit } else { far };
    let mut held = vec![registrar];
    match stance {
        Stance::Holder | Stance::Handler => held.push(unit),
        Stance::Above if unit == county.county() => held.push(county.township(1)),
        Stance::Above if unit == county.township(0) => held.push(county.village(0, 1)),
        Stance::Above => return None,
        Stance::Caller => held.extend([unit, other]),
        _ => held.push(other),
    }
    let handler = (stance == Stance::Handler).then_some(person);
    let mut changes = vec![Change::Registered(Box::new(registration(kind)))];
    for (i, at) in held.iter().enumerate() {
        let last = i + 1 == held.len();
        changes.push(Change::Held {
            unit: *at,
            person: handler.filter(|_| last),
            assistants: Vec::new(),
        });
        if stance == Stance::Caller && *at == unit {
            changes.push(Change::CalledOut {
                no: 1,
                unit: county.office(county.township(1), "tribunal"),
                by: unit,
            });
        }
    }
    if stance == Stance::Called {
        changes.push(Change::CalledOut { no: 1, unit, by: other });
    }
    changes.push(Change::Moved { to: state.to_owned(), phase: kind.phase(state) });
    if sealed {
        changes.push(Change::Sealed);
    }
    let by =
        By::Post { person: PersonId(77_777), role: "window-clerk".to_owned(), unit: registrar };
    let event = Event {
        seq: 1,
        at: Instant(0),
        by,
        action: "register".into(),
        data: BTreeMap::new(),
        changes,
    };
    let matter = fold(&[event])?;
    let holder = *held.last()?;
    let mut relations = vec!["door"];
    let mut add = |name, holds: bool| {
        if holds {
            relations.push(name)
        }
    };
    add("holder", holder == unit);
    add("handler", handler.is_some());
    add("above", below(holder, unit));
    add("registrar", registrar == unit);
    add("called", stance == Stance::Called);
    add("caller", stance == Stance::Caller);
    let called = matter.callouts.iter().map(|c| c.unit);
    let involved: Vec<UnitId> = held.iter().copied().chain(called).collect();
    Some(Scene {
        matter,
        relations,
        named: involved.clone(),
        involved,
        is_named: handler.is_some(),
    })
}

fn registration(kind: &Kind) -> Registration {
    Registration {
        id: MatterId(1),
        code: MatterCode::new(26, 1),
        kind: kind.id.text.clone(),
        kind_version: kind.version,
        place: UnitId(532_925_101_201_000),
        source: None,
        title: "事项".to_owned(),
        fields: BTreeMap::new(),
        parties: Vec::new(),
    }
}

/// What the files alone say about sight.
fn sees(files: &Files, role: &str, unit: UnitId, scene: &Scene) -> bool {
    let sight = files.role(role, "sees").and_then(Value::as_str).unwrap_or("nothing");
    if sight == "nothing" {
        return false;
    }
    if scene.matter.sealed {
        let opens = files.role(role, "sealed").and_then(Value::as_bool).unwrap_or(false);
        return scene.is_named || (opens && scene.named.contains(&unit));
    }
    match sight {
        "own" => scene.is_named,
        "unit" => scene.is_named || scene.involved.contains(&unit),
        _ => scene.is_named || scene.involved.iter().any(|u| *u == unit || below(*u, unit)),
    }
}

#[test]
fn offers_are_what_the_files_give_and_nothing_else() {
    let (county, files) = (County::new(catalogue()), Files::read());
    let units = [county.county(), county.township(0), county.village(0, 0)];
    let offices = county.catalogue.offices.values().map(|o| {
        let beside = if o.at.text == "county" { county.county() } else { county.township(0) };
        county.office(beside, &o.id.text)
    });
    let units: Vec<UnitId> = units.into_iter().chain(offices).collect();
    let mut compared = 0;
    for kind in county.catalogue.kinds.values() {
        for state in kind.states.keys() {
            for unit in &units {
                compared += compare(&county, &files, kind, state, *unit);
            }
        }
    }
    println!("{compared} meetings of a post and a matter");
    assert!(compared > 10_000);
}

fn compare(county: &County, files: &Files, kind: &Kind, state: &str, unit: UnitId) -> usize {
    let mut compared = 0;
    for role in county.catalogue.roles.keys() {
        let Some(person) = county.staffed(unit, role) else { continue };
        let posts = county
            .org
            .posts(person)
            .iter()
            .filter(|p| p.unit == unit && p.role == *role)
            .take(1)
            .collect::<Vec<_>>();
        for (stance, sealed) in STANCES.iter().flat_map(|s| [(*s, false), (*s, true)]) {
            let Some(scene) = scene(county, kind, state, (person, unit), stance, sealed) else {
                continue;
            };
            let found = offers(county.setting(), &scene.matter, &posts).expect("a known kind");
            let found: BTreeSet<String> = found.iter().map(|o| o.action.id.text.clone()).collect();
            let seen = sees(files, role, unit, &scene);
            let given = files.given(&kind.id.text, state, role, &scene.relations);
            let wanted = if seen { given } else { BTreeSet::new() };
            let where_ =
                format!("{} {state}, {role} at {unit}, {stance:?}, sealed {sealed}", kind.id.text);
            assert_eq!(found, wanted, "{where_}");
            compared += 1;
        }
    }
    compared
}

/// The administrators of system, security and audit are offered nothing, whatever they stand to.
#[test]
fn administrators_are_offered_nothing() {
    let county = County::new(catalogue());
    let kind = &county.catalogue.kinds[0];
    for role in ["system-administrator", "security-administrator", "audit-administrator"] {
        let person = county.person(county.county(), role);
        let posts = county.posts(person, Instant(1_772_000_000_000));
        for stance in STANCES {
            let at = (person, county.county());
            let Some(mut scene) = scene(&county, kind, "registered", at, stance, false) else {
                continue;
            };
            scene.matter.named.insert(Named::Person(person));
            assert!(
                offers(county.setting(), &scene.matter, &posts).expect("a known kind").is_empty()
            );
        }
        assert!(domain::matter::intake_offer(kind, &posts).is_none());
    }
    assert_eq!(kind.phase("registered"), Phase::Open);
}
