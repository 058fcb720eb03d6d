//! The county itself: divisions, offices, people at every post.

use anyhow::bail;
use app::setup::add_county;
use app::{Error, Suite};
use domain::catalogue::Catalogue;
use domain::ids::{PersonId, PostId, UnitId};
use domain::org::{Line, Post, Unit};
use domain::rehearsal::{Dice, name};
use domain::time::Day;
use store::{Conn, counties, org};

use super::MIDU;
use super::house::{self, Staff};
use crate::home::Home;

/// Divisions of Midu to the group and grid, by their national codes.
const DIVISIONS: &str = include_str!("../../../../demo/midu.csv");

/// How many people's mediators the county has (source: the county's report of 2024).
const MEDIATORS: usize = 1_977;

/// Creates the county with its units and people.
pub fn create(home: &Home) -> anyhow::Result<()> {
    let service = home.service.clone();
    let add = move |conn: &mut Conn| add_county(conn, &service, MIDU, "弥渡县", Suite::Sm);
    home.service.db().write(add).wait()?;
    let state = home.serve(MIDU)?;
    let mut lines =
        DIVISIONS.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap_or_default();
    let rows: Vec<Line> = (2..).zip(lines).collect();
    let since = Day::of(2000, 1, 1).unwrap_or(Day(0));
    let (report, units) = app::org::read_tree(&state, &header, &rows, since);
    if !report.faults.is_empty() {
        bail!("the divisions of the demonstration county have {} fault(s)", report.faults.len());
    }
    let (service, catalogue) = (home.service.clone(), state.catalogue.clone());
    let fill = move |conn: &mut Conn| {
        app::org::put_units(conn, &service, MIDU, &units)?;
        let mut dice = Dice::new(MIDU.0 as u64);
        let mut staff = Staff::new();
        for (role, unit) in posts(&units, &catalogue) {
            let person = person(conn, &service, &mut dice, &role, unit, since)?;
            staff.entry((unit, role)).or_default().push(person);
        }
        house::rooms(conn, &service, &units)?;
        house::duty(conn, &service, &catalogue, &staff)?;
        counties::org_changed(conn, MIDU)?;
        Ok::<_, Error>(())
    };
    Ok(home.service.db().write(fill).wait()?)
}

fn person(
    conn: &mut Conn,
    service: &app::Service,
    dice: &mut Dice,
    role: &str,
    unit: UnitId,
    since: Day,
) -> Result<PersonId, Error> {
    let ids = service.db().ids();
    let person = PersonId(ids.next(conn, MIDU)?);
    org::insert_person(conn, MIDU, person, &name(dice), None, service.now())?;
    let id = PostId(ids.next(conn, MIDU)?);
    let post = Post { id, person, role: role.to_owned(), unit, since, until: None };
    org::insert_post(conn, MIDU, &post)?;
    Ok(person)
}

/// One person for every role that a centre or office gives, and mediators in the villages until the
/// county has as many as its report says.
fn posts(units: &[Unit], catalogue: &Catalogue) -> Vec<(String, UnitId)> {
    let mut all = Vec::new();
    for unit in units.iter().filter(|u| u.holds) {
        let roles = match &unit.office {
            Some(office) => catalogue.offices.get(office).map(|o| &o.posts),
            None => catalogue.levels.get(&unit.level).map(|l| &l.posts),
        };
        all.extend(roles.into_iter().flatten().map(|role| (role.text.clone(), unit.id)));
    }
    let mediates = |role: &str| role.ends_with("mediator");
    let have = all.iter().filter(|(role, _)| mediates(role)).count();
    let lowest =
        units.iter().filter(|u| u.holds && u.is_place()).map(|u| u.level.clone()).next_back();
    let villages: Vec<UnitId> = units
        .iter()
        .filter(|u| u.is_place() && u.holds && Some(&u.level) == lowest.as_ref())
        .map(|u| u.id)
        .collect();
    let role = all.iter().map(|(role, _)| role).find(|role| mediates(role)).cloned();
    if let (Some(role), false) = (role, villages.is_empty()) {
        let more = (0..MEDIATORS.saturating_sub(have))
            .map(|i| (role.clone(), villages[i % villages.len()]));
        all.extend(more.collect::<Vec<_>>());
    }
    all
}
