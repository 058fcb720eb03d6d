//! The rooms of the demonstration county and who is on duty.

use std::collections::{BTreeMap, BTreeSet};

use app::{Error, Service};
use domain::catalogue::Catalogue;
use domain::ids::{PersonId, UnitId};
use domain::org::Unit;
use store::Conn;
use store::rooms::{self as kept, Duty, Room};

use super::MIDU;

/// Who holds each post, by unit and role.
pub type Staff = BTreeMap<(UnitId, String), Vec<PersonId>>;

/// Rooms beside the first at the highest centre, so that the county has the 101 mediation rooms of its
/// report: one at each centre below, the rest at the county's.
const MORE_ROOMS: &[(&str, i64)] = &[("听证室", 40), ("第二调解室", 12), ("会商室", 24)];
/// For how many weeks a roster is drawn up.
const WEEKS: i32 = 52;

/// Gives each centre its mediation room.
pub fn rooms(conn: &mut Conn, service: &Service, units: &[Unit]) -> Result<(), Error> {
    let mut put = |unit: UnitId, name: String, holds: i64| {
        let id = service.db().ids().next(conn, MIDU)?;
        Ok::<_, Error>(kept::put_room(conn, MIDU, &Room { id, unit, name, holds, ended_on: None })?)
    };
    for (n, unit) in units.iter().filter(|u| u.holds && u.is_place()).enumerate() {
        put(unit.id, format!("{}调解室", unit.name), 12)?;
        for (name, holds) in MORE_ROOMS.iter().filter(|_| n == 0) {
            put(unit.id, format!("{}{name}", unit.name), *holds)?;
        }
    }
    Ok(())
}

/// Puts everybody on duty whose seat at a meeting asks for it; several at one post take turns by week.
pub fn duty(
    conn: &mut Conn,
    service: &Service,
    catalogue: &Catalogue,
    staff: &Staff,
) -> Result<(), Error> {
    let seats = catalogue.meetings.sorts.values().flat_map(|sort| sort.seats.values());
    let roles: BTreeSet<&str> = seats
        .filter(|seat| !seat.standing)
        .flat_map(|seat| seat.roles.iter().map(|r| r.text.as_str()))
        .collect();
    let today = service.now().day();
    for ((unit, role), people) in staff.iter().filter(|((_, role), _)| roles.contains(&**role)) {
        let weeks = if people.len() == 1 { WEEKS } else { 1 };
        for (n, week) in (0..WEEKS).step_by(weeks.unsigned_abs() as usize).enumerate() {
            let from = today.plus(7 * week);
            let duty = Duty {
                id: service.db().ids().next(conn, MIDU)?,
                person: people[n % people.len()],
                role: role.clone(),
                unit: *unit,
                from,
                until: from.plus(7 * weeks),
            };
            kept::put_duty(conn, MIDU, &duty)?;
        }
    }
    Ok(())
}
