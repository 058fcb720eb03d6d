//! Units by the names that people write in tables: a code, a full name, a place, several of them from
//! the top down.

use std::collections::HashMap;

use crate::ids::UnitId;
use crate::org::Org;
use crate::time::Day;

/// The most units of one name that are remembered: a name that so many share names none.
const SHARED_MAX: usize = 64;

/// Every name of every unit that stands on a day.
pub struct Places<'o> {
    org: &'o Org,
    day: Day,
    names: HashMap<String, Vec<UnitId>>,
}

/// Why a text names no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// No unit is called so.
    Unknown,
    /// Several are.
    Several,
}

impl<'o> Places<'o> {
    /// The names of a county's units.
    #[must_use]
    pub fn of(org: &'o Org, day: Day) -> Self {
        let mut names: HashMap<String, Vec<UnitId>> = HashMap::new();
        let mut add = |name: String, id: UnitId| {
            let ids = names.entry(name).or_default();
            if ids.len() < SHARED_MAX && !ids.contains(&id) {
                ids.push(id);
            }
        };
        for unit in org.units().filter(|u| u.stands_on(day)) {
            add(bare(&unit.name), unit.id);
            if unit.is_place() {
                add(bare(&unit.place), unit.id);
                add(short(&unit.place), unit.id);
            }
        }
        Self { org, day, names }
    }

    /// The unit that these texts name together, each below the one before; empty ones say nothing.
    /// Where several have the name, the one that `wanted` takes.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub fn find<'t>(
        &self,
        texts: impl IntoIterator<Item = &'t str>,
        wanted: impl Fn(UnitId) -> bool,
    ) -> Result<UnitId, NoPlace> {
        let mut found: Vec<UnitId> = Vec::new();
        let mut said = false;
        for text in texts.into_iter().map(str::trim).filter(|t| !t.is_empty()) {
            let named = self.named(text);
            let inside =
                |id: &UnitId| !said || found.iter().any(|top| self.org.is_within(*id, *top));
            let next: Vec<UnitId> = named.into_iter().filter(inside).collect();
            (found, said) = (next, true);
        }
        if found.len() > 1 && found.iter().any(|id| wanted(*id)) {
            found.retain(|id| wanted(*id));
        }
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(NoPlace::Unknown),
            _ => Err(NoPlace::Several),
        }
    }

    /// Every unit that a text may mean: by its code, by a name, or by a name after that of a unit above.
    fn named(&self, text: &str) -> Vec<UnitId> {
        let by_code = text.parse().ok().and_then(|id| self.org.unit(id));
        if let Some(unit) = by_code.or_else(|| self.org.place(text)) {
            return if unit.stands_on(self.day) { vec![unit.id] } else { Vec::new() };
        }
        let whole = bare(text);
        if let Some(ids) = self.names.get(&whole) {
            return ids.clone();
        }
        // 弥城镇文笔社区: the longest name above first.
        for (at, _) in whole.char_indices().skip(1).collect::<Vec<_>>().into_iter().rev() {
            let Some(tops) = self.names.get(&whole[..at]) else { continue };
            let below = self.named(&whole[at..]).into_iter();
            let inside = |id: &UnitId| tops.iter().any(|top| self.org.is_within(*id, *top));
            let found: Vec<UnitId> = below.filter(inside).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

fn bare(name: &str) -> String {
    crate::codes::tidy_number(name)
}

/// 文笔 for 文笔社区居委会, as people write it.
fn short(place: &str) -> String {
    let place = bare(place);
    let tails = ["村民委员会", "居民委员会", "社区居委会", "村委会", "居委会"];
    let tail = tails.iter().find(|tail| place.ends_with(**tail) && place.len() > tail.len());
    tail.map_or(place.clone(), |tail| place[..place.len() - tail.len()].to_owned())
}
