//! The figures of a unit: what is asked, and what is counted.

use std::collections::BTreeMap;

use app::Desk;
use app::tallies::{UnitCounts, tallies};
use domain::ids::UnitId;
use domain::kind::Kind;
use serde::Deserialize;
use store::tallies::{Asked as Wanted, Count, Parts};

use super::behind::Opens;
use crate::pages::frame::address;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// How many days back the months begin where nothing is said.
const DAYS: i32 = 365;
/// A rate of fewer matters than this says nothing, and nobody is compared by it.
pub const RATE_MIN: i64 = 30;

/// Which figures. What does not fit is taken as not said.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub unit: String,
    pub kind: String,
    pub from: String,
    pub until: String,
}

impl Asked {
    /// An address with what is asked.
    pub fn address(&self, path: &str, unit: &str) -> String {
        let Self { kind, from, until, .. } = self;
        address(path, &[("unit", unit), ("kind", kind), ("from", from), ("until", until)])
    }
}

/// A month such as 202611 from `2026-11`.
pub fn month(text: &str) -> Option<i64> {
    let (year, month) = text.split_once('-')?;
    let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
    ((1900..=2100).contains(&year) && (1..=12).contains(&month)).then_some(year * 100 + month)
}

/// A month as people write it, `2026-11`.
pub fn written(month: i64) -> String {
    format!("{}-{:02}", month / 100, month % 100)
}

/// The figures of one kind at one unit and below.
pub struct Figures {
    pub desk: Desk,
    pub unit: UnitId,
    pub months: (i64, i64),
    /// The flows of every kind with their parts, by month.
    pub flows: Vec<Count>,
    /// How things stand now.
    pub stocks: Vec<Count>,
    /// The sums of the unit and of each below it.
    pub units: Vec<UnitCounts>,
}

/// Reads what is asked for; of the units the sums, or their parts as well.
pub async fn read(visitor: &Visitor, asked: &Asked, of_units: Parts) -> Result<Figures, Upset> {
    let unit: Option<UnitId> = asked.unit.parse().ok();
    let (from, until) = (month(&asked.from), month(&asked.until));
    visitor
        .read(move |conn, service, credential| {
            let today = service.now().day();
            let until = until.unwrap_or(today.month());
            let months = (from.unwrap_or(today.plus(-DAYS).month()).min(until), until);
            let of = |months, parts| Wanted { months, parts };
            let mut counts = |asked: &Wanted, children| {
                tallies(conn, service, credential, unit, asked, children)
            };
            let (_, flows) = counts(&of(months, Parts::All), false)?;
            let (_, stocks) = counts(&of((0, 0), Parts::None), false)?;
            let (desk, units) = counts(&of(months, of_units.clone()), true)?;
            let unit = units.first().map_or(UnitId(0), |u| u.unit);
            let own = |all: Vec<UnitCounts>| all.into_iter().flat_map(|u| u.counts).collect();
            Ok(Figures { desk, unit, months, flows: own(flows), stocks: own(stocks), units })
        })
        .await
}

impl Figures {
    /// The kind that is asked for, or else the first.
    pub fn kind(&self, asked: &Asked) -> Option<&Kind> {
        let kinds = &self.desk.state.catalogue.kinds;
        kinds.get(&asked.kind).or_else(|| kinds.values().next()).map(|kind| &**kind)
    }

    /// What the figures of a kind open.
    pub fn opens<'k>(&self, kind: &'k Kind) -> Opens<'k> {
        Opens { unit: self.unit, kind: kind.id.as_str(), months: self.months }
    }

    /// The sum of a measure over the months.
    pub fn sum(&self, kind: &str, measure: &str) -> i64 {
        sum(&self.flows, kind, measure)
    }

    /// A measure month by month.
    pub fn by_month(&self, kind: &str, measure: &str) -> BTreeMap<i64, i64> {
        let mut all: BTreeMap<i64, i64> = months_of(self.months).map(|m| (m, 0)).collect();
        for count in self.flows.iter().filter(|c| c.kind == kind && c.measure == measure) {
            *all.entry(count.month).or_default() += count.n;
        }
        all
    }

    /// The parts of a measure, the largest first: `category` gives each `category:…`.
    pub fn parts(&self, kind: &str, name: &str) -> Vec<(String, i64)> {
        let mut parts: BTreeMap<&str, i64> = BTreeMap::new();
        let own = self.flows.iter().filter(|c| c.kind == kind);
        for count in own {
            if let Some(part) = count.measure.strip_prefix(name).and_then(|p| p.strip_prefix(':')) {
                *parts.entry(part).or_default() += count.n;
            }
        }
        let mut all: Vec<_> = parts.into_iter().map(|(p, n)| (p.to_owned(), n)).collect();
        all.retain(|(_, n)| *n != 0);
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        all
    }
}

/// The sum of a measure in some counts.
pub fn sum(counts: &[Count], kind: &str, measure: &str) -> i64 {
    counts.iter().filter(|c| c.kind == kind && c.measure == measure).map(|c| c.n).sum()
}

/// Every month from one to another.
fn months_of((from, until): (i64, i64)) -> impl Iterator<Item = i64> {
    let next = |month: &i64| Some(if month % 100 == 12 { month + 89 } else { month + 1 });
    std::iter::successors(Some(from), next).take_while(move |m| *m <= until).take(120)
}

#[cfg(test)]
mod tests {
    use super::{month, months_of, written};

    #[test]
    fn months_follow_one_another_over_the_year() {
        let all: Vec<i64> = months_of((202_511, 202_602)).collect();
        assert_eq!(all, [202_511, 202_512, 202_601, 202_602]);
        assert_eq!(
            (month("2026-02"), month("2026-13"), month("soon")),
            (Some(202_602), None, None)
        );
        assert_eq!(written(202_602), "2026-02");
    }
}
