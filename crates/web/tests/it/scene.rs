//! Matters to which somebody at a unit stands in a certain way, written straight into the store: the
//! engine would take many steps to bring each about.

use std::collections::BTreeMap;

use domain::ids::{MatterCode, MatterId, PersonId, UnitId};
use domain::kind::Kind;
use domain::matter::{By, Change, Event, Registration, apply};
use store::matters::{Entry, Settlement, Stored, append, settle};
use testkit::County;

/// How the person at the unit stands to the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    Holder,
    Handler,
    Above,
    Registrar,
    Called,
    Caller,
    Past,
}

pub const STANCES: [Stance; 7] = [
    Stance::Holder,
    Stance::Handler,
    Stance::Above,
    Stance::Registrar,
    Stance::Called,
    Stance::Caller,
    Stance::Past,
];

/// What is to be brought about.
pub struct Scene<'a> {
    pub kind: &'a Kind,
    pub state: &'a str,
    pub person: PersonId,
    pub unit: UnitId,
    pub stance: Stance,
    pub sealed: bool,
}

/// The changes of the one event that brings it about.
fn changes(
    county: &County,
    scene: &Scene<'_>,
    id: MatterId,
    code: MatterCode,
) -> (UnitId, Vec<Change>) {
    let (far, other) = (county.village(1, 1), county.office(county.township(1), "tribunal"));
    let unit = scene.unit;
    let registrar = if scene.stance == Stance::Registrar { unit } else { far };
    let below = if unit == county.centre() { county.township(1) } else { county.village(0, 1) };
    let held = match scene.stance {
        Stance::Holder | Stance::Handler => vec![registrar, unit],
        Stance::Above => vec![registrar, below],
        Stance::Caller | Stance::Past => vec![registrar, unit, other],
        Stance::Registrar | Stance::Called => vec![registrar, other],
    };
    let registration = Registration {
        id,
        code,
        kind: scene.kind.id.text.clone(),
        kind_version: scene.kind.version,
        place: county.village(0, 0),
        source: None,
        title: format!("山路事项{code}"),
        fields: BTreeMap::new(),
        parties: Vec::new(),
    };
    let handler = (scene.stance == Stance::Handler).then_some(scene.person);
    let mut all = vec![Change::Registered(Box::new(registration))];
    for (i, at) in held.iter().enumerate() {
        let person = handler.filter(|_| i + 1 == held.len());
        all.push(Change::Held { unit: *at, person, assistants: Vec::new() });
        if scene.stance == Stance::Caller && *at == unit {
            all.push(Change::CalledOut {
                no: 1,
                unit: county.office(county.township(1), "police-station"),
                by: unit,
            });
        }
    }
    if scene.stance == Stance::Called {
        all.push(Change::CalledOut { no: 1, unit, by: other });
    }
    let phase = scene.kind.phase(scene.state);
    all.push(Change::Moved { to: scene.state.to_owned(), phase });
    if scene.sealed {
        all.push(Change::Sealed);
    }
    (registrar, all)
}

/// Writes a matter as the scene wants it.
pub fn put(county: &County, scene: &Scene<'_>) -> MatterCode {
    let (service, state, roster) = (county.service.clone(), county.state.clone(), county.roster());
    let number = state.county;
    let next = move |conn: &mut store::Conn| Ok(service.db().ids().next(conn, number)?);
    let id = MatterId(county.write(next).expect("an id"));
    let code = MatterCode::new(2026, id.0 as u64);
    let (registrar, changes) = changes(county, scene, id, code);
    let by =
        By::Post { person: PersonId(77_777), role: "window-clerk".to_owned(), unit: registrar };
    let event = Event {
        seq: 1,
        at: county.now(),
        by,
        action: "register".into(),
        data: BTreeMap::new(),
        changes,
    };
    let after = apply(None, &event).expect("a matter");
    let (kind, now) = (state.catalogue.kinds[scene.kind.id.text.as_str()].clone(), county.now());
    let write = move |conn: &mut store::Conn| {
        let (county, event, after, kind, org) = (number, &event, &after, &kind, &roster.org);
        let entry = Entry { county, before: None, event, after, kind, recorded_at: now };
        let head = append(conn, &entry)?;
        let after = &Stored { matter: after.clone(), head };
        Ok(settle(conn, &Settlement { county, before: None, after, org, tokens: None })?)
    };
    county.write(write).expect("written");
    code
}
