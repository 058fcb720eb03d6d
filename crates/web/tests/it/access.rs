//! Who sees what and may do what: every role at every sort of unit, in every relation to matters of
//! every kind and many states, sealed and not. What the API shows, lists, finds, counts and carries
//! out is compared with what the rules alone say.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{has_right, relations, sees};
use domain::catalogue::{Right, Sight};
use domain::ids::{PersonId, UnitId};
use domain::kind::{Phase, Relation, Verb};
use domain::matter::{Matter, intake_offer, offers};
use domain::org::Post;
use serde_json::json;
use testkit::{Answer, Client, County, Database, Engine};

use crate::scene::{STANCES, Scene, Stance, put};

/// A county with matters to which every post at some units stands in every way.
struct World {
    county: County,
    matters: Vec<Matter>,
    people: Vec<(PersonId, String, UnitId)>,
    met: BTreeMap<(String, String), u64>,
}

impl World {
    /// One matter in `thin` is kept.
    fn new(database: Database, thin: usize) -> Self {
        let county = County::new(database);
        let people: Vec<_> = county
            .everybody()
            .into_iter()
            .filter(|(_, _, unit)| is_stage(&county, *unit))
            .collect();
        let catalogue = county.state.catalogue.clone();
        let mut no = 0;
        let units: BTreeSet<UnitId> = people.iter().map(|(_, _, unit)| *unit).collect();
        for (i, unit) in units.iter().enumerate() {
            let staff: Vec<PersonId> =
                people.iter().filter(|(_, _, u)| u == unit).map(|(p, ..)| *p).collect();
            for stance in STANCES {
                if stance == Stance::Above
                    && *unit != county.centre()
                    && *unit != county.township(0)
                {
                    continue;
                }
                no += 1;
                if no % thin != 0 {
                    continue;
                }
                let (_, kind) =
                    catalogue.kinds.get_index(no % catalogue.kinds.len()).expect("a kind");
                let (state, _) =
                    kind.states.get_index((no / 2 + i) % kind.states.len()).expect("a state");
                let person = staff[no % staff.len()];
                let scene = Scene { kind, state, person, unit: *unit, stance, sealed: no % 4 == 0 };
                put(&county, &scene);
            }
        }
        app::backup::reindex(&county.service, &county.state, |_| {}).expect("found by search");
        county.clock.pass(5_000);
        let matters = county.matters();
        Self { county, matters, people, met: BTreeMap::new() }
    }

    fn visible(&self, posts: &[&Post]) -> BTreeSet<String> {
        let (roster, catalogue) = (self.county.roster(), &self.county.state.catalogue);
        let seen = self.matters.iter().filter(|m| sees(posts, m, &roster.org, catalogue));
        seen.map(|m| m.code().to_string()).collect()
    }
}

/// The units whose people are looked at: one of each sort.
fn is_stage(county: &County, unit: UnitId) -> bool {
    let roster = county.roster();
    let of_first = [county.centre(), county.township(0), county.village(0, 0)];
    let unit = roster.org.unit(unit).expect("a unit");
    of_first.contains(&unit.id)
        || (unit.office.is_some() && unit.parent.is_some_and(|p| of_first.contains(&p)))
}

fn codes(answer: &Answer, at: fn(&serde_json::Value) -> &serde_json::Value) -> Vec<String> {
    let page = answer.json();
    let items = page["items"].as_array().expect("items").iter();
    items.map(|i| at(i)["code"].as_str().expect("a code").to_owned()).collect()
}

/// Everything that a reader is shown by lists: every lane of the own desk, in every phase.
fn listed(client: &Client, unit: UnitId) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for lane in [
        "held",
        "below",
        "called",
        "called-below",
        "calling",
        "back",
        "supervised",
        "known",
        "known-below",
        "sealed",
        "mine",
        "brought",
        "part",
    ] {
        for phase in ["open", "closed", "archived"] {
            let desk = if ["mine", "brought", "part"].contains(&lane) {
                String::new()
            } else {
                format!("&unit={unit}")
            };
            let answer =
                client.get(&format!("/api/v1/matters?lane={lane}&phase={phase}&limit=200{desk}"));
            if answer.status.as_u16() == 200 {
                assert!(
                    answer.json()["next"].is_null(),
                    "a list is longer than a page: the test must page"
                );
                all.extend(codes(&answer, |i| i));
            } else {
                assert_eq!(answer.status.as_u16(), 404);
            }
        }
    }
    all
}

fn searched(client: &Client) -> BTreeSet<String> {
    let (mut all, mut after) = (BTreeSet::new(), serde_json::Value::Null);
    loop {
        let body = json!({ "q": "山路", "limit": 50, "after": after });
        let answer = client.post("/api/v1/search", &body).expect(200);
        all.extend(codes(&answer, |i| &i["matter"]));
        after = answer.json()["next"].clone();
        if after.is_null() {
            return all;
        }
    }
}

fn followed(client: &Client) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut after = String::new();
    loop {
        let answer = client.get(&format!("/api/v1/changes?limit=200{after}")).expect(200);
        let next = answer.json()["next"].as_str().expect("a place").to_owned();
        let fresh = format!("&after={next}");
        all.extend(codes(&answer, |i| i));
        if fresh == after {
            return all;
        }
        after = fresh;
    }
}

fn everybody_is_compared(mut world: World, wanted: usize) {
    let before: Vec<u32> = world.matters.iter().map(|m| m.version).collect();
    let roster = world.county.roster();
    let people = world.people.clone();
    let (mut looked, mut tried) = (0, 0);
    for (no, (person, role, unit)) in people.iter().enumerate() {
        let client = world.county.client(*person);
        let posts = roster.posts(*person, world.county.now());
        let told = format!("{role} at {unit}");
        let visible = world.visible(&posts);
        assert_eq!(listed(&client, *unit), visible, "{told}: lists");
        assert_eq!(searched(&client), visible, "{told}: search");
        assert_eq!(followed(&client), visible, "{told}: changes");
        counts(&world, &client, &posts, &told);
        desks(&world, &client, &posts, &told, no);
        doors(&world, &client, &posts, &told);
        for (nth, matter) in world.matters.clone().iter().enumerate() {
            let sees = visible.contains(&matter.code().to_string());
            // Of those that are not seen, which are most, some are enough.
            if !sees && (nth + no) % 9 != 0 {
                continue;
            }
            looked += 1;
            tried += look(&mut world, &client, &posts, matter, sees, &told, nth + no);
        }
    }
    let after: Vec<u32> = world.county.matters().iter().map(|m| m.version).collect();
    assert_eq!(after, before, "nothing that was tried may have changed anything");
    println!(
        "{} people, {} matters, {looked} looks, {tried} acts",
        people.len(),
        world.matters.len()
    );
    assert!(looked > wanted && tried > 2 * wanted, "{looked} looks and {tried} acts prove little");
    if wanted > 500 {
        assert_every_relation_was_met(&world);
    }
}

/// Looks at a matter and tries what is offered and some of what is not. Answers how many acts.
fn look(
    world: &mut World,
    client: &Client,
    posts: &[&Post],
    matter: &Matter,
    sees: bool,
    told: &str,
    salt: usize,
) -> usize {
    let path = format!("/api/v1/matters/{}", matter.code());
    let told = format!("{told}, {} {} {}", matter.kind(), matter.state, matter.code());
    let answer = client.get(&path);
    assert_eq!(answer.status.as_u16(), if sees { 200 } else { 404 }, "{told}: look");
    let roster = world.county.roster();
    let setting = roster.setting(&world.county.state);
    let offered: BTreeMap<String, bool> = offers(setting, matter, posts)
        .expect("a known kind")
        .iter()
        .map(|o| (o.action.id.text.clone(), o.blocked.is_some()))
        .collect();
    if sees {
        let page = answer.json();
        let shown: BTreeMap<String, bool> = page["offers"]
            .as_array()
            .expect("offers")
            .iter()
            .map(|o| (o["action"].as_str().expect("an action").to_owned(), !o["blocked"].is_null()))
            .collect();
        assert_eq!(shown, offered, "{told}: offers");
        for post in posts {
            for relation in relations(post, matter, &roster.org) {
                *world.met.entry((post.role.clone(), format!("{relation:?}"))).or_default() += 1;
            }
        }
    } else {
        assert!(offered.is_empty(), "{told}: offered what is not seen");
    }
    let kind = world.county.state.catalogue.kinds[matter.kind()].clone();
    let mut tried = 0;
    for (at, (name, action)) in kind.actions.iter().enumerate() {
        let is_offered = offered.contains_key(name);
        // To register is no act on a matter that is there.
        if (!is_offered && !(at + salt).is_multiple_of(8)) || action.does(Verb::Register) {
            continue;
        }
        tried += 1;
        // What no step asks for is refused whatever else is right, so that nothing changes.
        let body =
            json!({ "action": name, "version": matter.version, "data": { "no-such-thing": 1 } });
        let answer = client.post(&format!("{path}/acts"), &body);
        let status = answer.status.as_u16();
        let rule = answer.json()["errors"][0]["rule"].as_str().unwrap_or_default().to_owned();
        let may = !matches!(rule.as_str(), "no-post-may" | "wrong-state");
        match (sees, is_offered) {
            (false, _) => assert_eq!(status, 404, "{told}: {name}"),
            (true, true) => assert!(
                may && matches!(status, 409 | 422),
                "{told}: {name} was offered: {status} {rule}"
            ),
            (true, false) => {
                assert!(
                    !may && matches!(status, 403 | 409),
                    "{told}: {name} was not offered: {status} {rule}"
                );
                let is_from = action.from.iter().any(|s| s.text == matter.state);
                assert!(
                    rule == "no-post-may" || !is_from,
                    "{told}: {name} is of this state: {rule}"
                );
            }
        }
    }
    tried
}

/// Counts are told to who has the right, of units in reach, and are what stands there.
fn counts(world: &World, client: &Client, posts: &[&Post], told: &str) {
    let (roster, catalogue) = (world.county.roster(), &world.county.state.catalogue);
    let able: Vec<&&Post> =
        posts.iter().filter(|p| has_right(&[**p], Right::ReadTallies, catalogue)).collect();
    let wanted = if able.is_empty() { 403 } else { 200 };
    assert_eq!(client.get("/api/v1/tallies").status.as_u16(), wanted, "{told}: counts");
    for unit in roster.org.units().filter(|u| u.holds).map(|u| u.id) {
        let covered = able.iter().any(|p| roster.org.is_within(unit, p.unit));
        let answer = client.get(&format!("/api/v1/tallies?unit={unit}&from=0&to=0"));
        let wanted = if able.is_empty() {
            403
        } else if covered {
            200
        } else {
            404
        };
        assert_eq!(answer.status.as_u16(), wanted, "{told}: counts of {unit}");
        if wanted == 200 {
            let page = answer.json();
            let sum: i64 = page["items"][0]["counts"]
                .as_array()
                .expect("counts")
                .iter()
                .filter_map(|c| c["n"].as_i64())
                .sum();
            let counted = |m: &&Matter| !m.sealed && roster.org.is_within(m.holder, unit);
            let there = world.matters.iter().filter(counted).count();
            assert_eq!(sum, there as i64, "{told}: counts of {unit}");
        }
    }
}

/// The list of any unit is told to who sees that whole unit, and holds what is held there.
fn desks(world: &World, client: &Client, posts: &[&Post], told: &str, salt: usize) {
    let (roster, catalogue) = (world.county.roster(), &world.county.state.catalogue);
    let units = roster.org.units().filter(|u| u.holds).map(|u| u.id);
    for (nth, unit) in units.enumerate().filter(|(nth, _)| (nth + salt).is_multiple_of(3)) {
        let reaches = posts.iter().any(|p| match catalogue.roles[&p.role].sees {
            Sight::Nothing | Sight::Own => false,
            Sight::Unit => p.unit == unit,
            Sight::Below => roster.org.is_within(unit, p.unit),
        });
        for phase in [Phase::Open, Phase::Closed, Phase::Archived] {
            let path =
                format!("/api/v1/matters?lane=held&unit={unit}&phase={}&limit=200", phase.name());
            let answer = client.get(&path);
            assert_eq!(
                answer.status.as_u16(),
                if reaches { 200 } else { 404 },
                "{told}: the list of {unit} ({nth})"
            );
            if !reaches {
                continue;
            }
            let there =
                world.matters.iter().filter(|m| m.holder == unit && !m.sealed && m.phase == phase);
            let there: BTreeSet<String> = there.map(|m| m.code().to_string()).collect();
            let shown: BTreeSet<String> = codes(&answer, |i| i).into_iter().collect();
            assert_eq!(shown, there, "{told}: the list of {unit}");
        }
    }
}

/// Who has a door for a kind may bring such a matter; nobody else may. The readings and the log of
/// accounts are for who has the right.
fn doors(world: &World, client: &Client, posts: &[&Post], told: &str) {
    let catalogue = &world.county.state.catalogue;
    for kind in catalogue.kinds.values() {
        let opens = intake_offer(kind, posts).is_some();
        let body = json!({ "kind": kind.id.text, "place": "532925101", "title": "山路", "fields": { "no-such-thing": 1 } });
        let answer = client.post("/api/v1/matters", &body);
        assert_eq!(
            answer.status.as_u16(),
            if opens { 422 } else { 403 },
            "{told}: brings {}",
            kind.id.text
        );
    }
    let audits = has_right(posts, Right::ReadAudit, catalogue);
    let wanted = if audits { 200 } else { 403 };
    assert_eq!(client.get("/api/v1/audit").status.as_u16(), wanted, "{told}");
    let readings = format!("/api/v1/matters/{}/readings", world.matters[0].code());
    assert_eq!(client.get(&readings).status.as_u16(), wanted, "{told}");
}

/// A comparison that never met a relation proves nothing about it.
fn assert_every_relation_was_met(world: &World) {
    let catalogue = &world.county.state.catalogue;
    let met = |role: &str, relation: &Relation| {
        world.met.get(&(role.to_owned(), format!("{relation:?}"))).copied().unwrap_or_default()
    };
    for relation in [
        Relation::Holder,
        Relation::Handler,
        Relation::Above,
        Relation::Registrar,
        Relation::Called,
        Relation::Caller,
    ] {
        let roles = catalogue.roles.keys().filter(|role| met(role, &relation) > 0).count();
        assert!(roles >= 2, "{relation:?} was met by {roles} roles");
    }
    for (name, role) in catalogue.roles.iter().filter(|(_, r)| r.sees != Sight::Nothing) {
        let has_post = world.people.iter().any(|(_, r, _)| r == name);
        assert!(has_post, "nobody is {name}");
        let any = world.met.keys().any(|(r, relation)| r == name && relation != "Door");
        assert!(any || role.sees == Sight::Own, "{name} stood in no relation to any matter");
    }
}

#[test]
fn everybody_against_everything_on_sqlite() {
    let database = Database::fresh(Engine::Sqlite).expect("always there");
    everybody_is_compared(World::new(database, 1), 1_000);
}

#[test]
fn everybody_against_some_on_postgres() {
    let Some(database) = Database::fresh(Engine::Postgres) else { return };
    everybody_is_compared(World::new(database, 6), 200);
}
