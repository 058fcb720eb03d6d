//! The demonstration accounts: one for each sort of person who uses the product.

use app::Error;
use app::accounts::hash_password;
use domain::ids::{PersonId, UnitId};
use serde::Serialize;
use store::{Conn, accounts};

use super::MIDU;
use crate::commands::account::new_password;
use crate::home::Home;

/// A demonstration account.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAccount {
    /// The login.
    pub login: String,
    /// Its password: new at every run, kept nowhere.
    pub password: String,
    /// The role.
    pub role: String,
    /// The unit.
    pub unit: String,
    /// The unit's id.
    pub unit_id: String,
}

/// The township and village of the accounts below the county: 弥城镇 and 文笔社区.
const COUNTY: i64 = 532_925_000_000_000;
const TOWNSHIP: i64 = 532_925_101_000_000;
const VILLAGE: i64 = 532_925_101_101_000;

/// Login, role and unit of each.
const ACCOUNTS: &[(&str, &str, i64)] = &[
    ("county-director", "centre-director", COUNTY),
    ("county-dispatcher", "dispatcher", COUNTY),
    ("county-window", "window-clerk", COUNTY),
    ("county-labour", "department-head", COUNTY + 7),
    ("county-petitions", "department-head", COUNTY + 6),
    ("county-housing", "department-officer", COUNTY + 11),
    ("county-judge", "judge", COUNTY + 4),
    ("system", "system-administrator", COUNTY),
    ("security", "security-administrator", COUNTY),
    ("audit", "audit-administrator", COUNTY),
    ("town-director", "centre-director", TOWNSHIP),
    ("town-dispatcher", "dispatcher", TOWNSHIP),
    ("town-window", "window-clerk", TOWNSHIP),
    ("town-mediator", "mediator", TOWNSHIP),
    ("town-police", "police-station-head", TOWNSHIP + 1),
    ("town-justice", "justice-office-head", TOWNSHIP + 2),
    ("town-tribunal", "tribunal-head", TOWNSHIP + 3),
    ("town-procuratorate", "procuratorate-station-head", TOWNSHIP + 4),
    ("village-director", "centre-director", VILLAGE),
    ("village-mediator", "mediator", VILLAGE),
    ("village-women", "women-mediator", VILLAGE),
    ("village-grid", "grid-worker", VILLAGE),
];

/// Gives every demonstration account a new password, making those that are not there yet.
pub fn renew(home: &Home) -> anyhow::Result<Vec<DemoAccount>> {
    let password = new_password("demonstration")?;
    let hash = hash_password("demonstration", &password)?;
    let state = home.service.county(MIDU)?;
    let service = home.service.clone();
    let write = move |conn: &mut Conn| {
        let roster = state.roster(conn)?;
        let now = service.now();
        let mut made = Vec::new();
        for (login, role, unit) in ACCOUNTS {
            let unit = UnitId(*unit);
            let Some(person) = holder(&roster.org, role, unit) else { continue };
            if !accounts::set_password(conn, MIDU, login, &hash, now)? {
                accounts::insert(conn, MIDU, login, person, &hash, now)?;
            }
            made.push(DemoAccount {
                login: (*login).to_owned(),
                password: password.clone(),
                role: (*role).to_owned(),
                unit: roster.org.unit(unit).map_or(String::new(), |u| u.name.clone()),
                unit_id: unit.to_string(),
            });
        }
        Ok::<_, Error>(made)
    };
    Ok(home.service.db().write(write).wait()?)
}

fn holder(org: &domain::org::Org, role: &str, unit: UnitId) -> Option<PersonId> {
    let mut staff = org.staff(unit).to_vec();
    staff.sort_unstable();
    staff
        .into_iter()
        .find(|p| org.posts(*p).iter().any(|post| post.unit == unit && post.role == role))
}
