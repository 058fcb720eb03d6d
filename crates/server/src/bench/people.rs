//! People who call: in each township a window clerk, a dispatcher and the head of an office.

use app::Error;
use app::accounts::make_token;
use domain::ids::{PersonId, UnitId};
use domain::org::Org;
use store::tallies::Parts;
use store::{Conn, StoreError, accounts};

use crate::demo::MIDU;
use crate::home::Home;

/// The people of one township, by their tokens.
#[derive(Debug, Clone)]
pub struct Team {
    /// Registers and rates.
    pub window: String,
    /// Dispatches and reads.
    pub dispatcher: String,
    /// Answers.
    pub head: String,
    /// The office that answers.
    pub office: String,
    /// The township's division code.
    pub place: String,
}

/// A team for every township of the demonstration county, and the county's dispatcher.
pub fn teams(home: &Home) -> anyhow::Result<(Vec<Team>, String)> {
    let state = home.service.county(MIDU)?;
    let service = home.service.clone();
    let make = move |conn: &mut Conn| {
        let roster = state.roster(conn)?;
        let org = &roster.org;
        let root = org.root().ok_or(Error::Missing)?;
        let mut centres: Vec<UnitId> =
            org.units().filter(|u| u.is_place() && u.parent == Some(root)).map(|u| u.id).collect();
        centres.sort_unstable();
        let token = |conn: &mut Conn, unit: UnitId, roles: &[&str]| {
            let person = person(org, unit, roles).ok_or(Error::Missing)?;
            let login = format!("bench-{person}");
            // No password fits this digest: these accounts are for tokens only.
            match accounts::get(conn, MIDU, &login)? {
                Some(_) => {}
                None => match accounts::login_of(conn, MIDU, person)? {
                    Some((own, _)) => return make_token(conn, &service, MIDU, &own, "bench"),
                    None => accounts::insert(
                        conn,
                        MIDU,
                        &login,
                        person,
                        app::accounts::NOBODY,
                        service.now(),
                    )?,
                },
            }
            make_token(conn, &service, MIDU, &login, "bench")
        };
        let mut teams = Vec::new();
        for centre in centres {
            let office = UnitId(centre.0 + 1);
            teams.push(Team {
                window: token(conn, centre, &["window-clerk"])?,
                dispatcher: token(conn, centre, &["dispatcher"])?,
                head: token(conn, office, &["police-station-head"])?,
                office: office.to_string(),
                place: centre.division().to_string(),
            });
        }
        let county = token(conn, root, &["dispatcher"])?;
        Ok::<_, Error>((teams, county))
    };
    Ok(home.service.db().write(make).wait()?)
}

fn person(org: &Org, unit: UnitId, roles: &[&str]) -> Option<PersonId> {
    let mut staff = org.staff(unit).to_vec();
    staff.sort_unstable();
    staff.into_iter().find(|p| {
        org.posts(*p).iter().any(|post| post.unit == unit && roles.contains(&post.role.as_str()))
    })
}

/// How many matters the demonstration county has.
pub fn matters(home: &Home) -> anyhow::Result<i64> {
    let state = home.service.county(MIDU)?;
    let count = move |conn: &mut Conn| {
        let roster = state.roster(conn)?;
        let root = roster.org.root().ok_or(StoreError::Closed)?;
        let asked = store::tallies::Asked {
            months: (1, i64::MAX),
            parts: Parts::None,
            kind: None,
            together: false,
        };
        let counts = store::tallies::read(conn, MIDU, root, &asked, &roster.org)?;
        Ok::<_, Error>(counts.iter().filter(|c| c.measure == "registered").map(|c| c.n).sum())
    };
    Ok(home.service.db().read(count).wait()?)
}
