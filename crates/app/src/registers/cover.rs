//! What there ought to be everywhere, and where it is missing.

use std::collections::BTreeMap;

use domain::ids::UnitId;
use domain::register::{Cover, Territory};
use store::Conn;
use store::records::tallies;

use super::AtRegister;
use crate::{Credential, Error, Service};

/// How far a cover reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The cover's name in the register.
    pub cover: String,
    /// How many places there are where the person reads.
    pub places: usize,
    /// The places that lack it, in order, with what they have.
    pub lacking: Vec<(UnitId, i64)>,
}

impl Covered {
    /// How many places have it.
    #[must_use]
    pub fn done(&self) -> usize {
        self.places - self.lacking.len()
    }
}

/// How far each cover of a register reaches: one indexed read for each.
///
/// # Errors
/// [`Error::Missing`] for a register out of reach; failures of the store.
pub fn coverage(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    register: &str,
) -> Result<(AtRegister, Vec<Covered>), Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    let mut all = Vec::new();
    for cover in at.register.covers.values() {
        let mut counts: BTreeMap<UnitId, i64> = BTreeMap::new();
        let of = (at.register.id.as_str(), &*measure(cover));
        for territory in &at.reads {
            counts.extend(tallies::of(conn, at.desk.who.county, of, *territory)?);
        }
        let today = at.desk.now.day();
        let level = |u: &&domain::org::Unit| {
            u.is_place() && u.level == cover.level.text && u.stands_on(today) && at.may_read(u.id)
        };
        let mut places: Vec<UnitId> =
            at.desk.roster.org.units().filter(level).map(|u| u.id).collect();
        places.sort_unstable();
        let has = |unit: &UnitId| {
            let t = Territory::below(*unit);
            counts.range(t.first..=t.last).map(|(_, n)| n).sum::<i64>()
        };
        let lacking = places.iter().map(|u| (*u, has(u))).filter(|(_, n)| *n < cover.min);
        let lacking = lacking.collect();
        all.push(Covered { cover: cover.id.text.clone(), places: places.len(), lacking });
    }
    Ok((at, all))
}

fn measure(cover: &Cover) -> String {
    cover.only.as_ref().map_or(String::new(), |c| format!("{}:{}", c.field.text, c.item))
}
