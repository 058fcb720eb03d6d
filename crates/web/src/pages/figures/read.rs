//! The figures of a unit: what is asked, and what is counted.

use std::collections::BTreeMap;

use app::Desk;
use app::tallies::{Shared, Sums, sums};
use domain::ids::UnitId;
use domain::kind::Kind;
use serde::Deserialize;
use store::tallies::{Count, Parts};

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
    /// The flows by month.
    flows: Shared,
    /// The flows and their parts over all the months.
    parts: Shared,
    /// How things stand now.
    stocks: Shared,
    /// The sums of the unit and of each below it.
    pub units: Shared,
}

/// Of which kinds figures are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// The one that is asked for, or else the first.
    One,
    /// All of them.
    All,
}

/// Reads what is asked for; of the units the sums, or their parts as well.
pub async fn read(
    visitor: &Visitor,
    asked: &Asked,
    (kinds, of_units): (Kinds, Parts),
) -> Result<Figures, Upset> {
    let unit: Option<UnitId> = asked.unit.parse().ok();
    let (from, until) = (month(&asked.from), month(&asked.until));
    let named = asked.kind.clone();
    visitor
        .read(move |conn, service, credential| {
            let today = service.now().day();
            let until = until.unwrap_or(today.month());
            let months = (from.unwrap_or(today.plus(-DAYS).month()).min(until), until);
            let kind = |desk: &Desk| match kinds {
                Kinds::One => chosen(desk, &named).map(|kind| kind.id.text.clone()),
                Kinds::All => None,
            };
            let wanted = (months, of_units.clone());
            let Sums { desk, flows, parts, stocks, units } =
                sums(conn, service, credential, unit, wanted, kind)?;
            let unit = units.first().map_or(UnitId(0), |u| u.unit);
            Ok(Figures { desk, unit, months, flows, parts, stocks, units })
        })
        .await
}

/// The kind of a name, or else the first.
fn chosen<'d>(desk: &'d Desk, named: &str) -> Option<&'d Kind> {
    let kinds = &desk.state.catalogue.kinds;
    kinds.get(named).or_else(|| kinds.values().next()).map(|kind| &**kind)
}

impl Figures {
    /// The kind that is asked for, or else the first.
    pub fn kind(&self, asked: &Asked) -> Option<&Kind> {
        chosen(&self.desk, &asked.kind)
    }

    /// What the figures of a kind open.
    pub fn opens<'k>(&self, kind: &'k Kind) -> Opens<'k> {
        Opens { unit: self.unit, kind: kind.id.as_str(), months: self.months }
    }

    /// How things stand now.
    pub fn stocks(&self) -> &[Count] {
        counts(&self.stocks)
    }

    /// Whether anything of a kind came in or stands open.
    pub fn has(&self, kind: &Kind) -> bool {
        counts(&self.flows).iter().chain(self.stocks()).any(|count| count.kind == kind.id.text)
    }

    /// The sum of a measure over the months.
    pub fn sum(&self, kind: &str, measure: &str) -> i64 {
        sum(counts(&self.parts), kind, measure)
    }

    /// A measure month by month.
    pub fn by_month(&self, kind: &str, measure: &str) -> BTreeMap<i64, i64> {
        let mut all: BTreeMap<i64, i64> = months_of(self.months).map(|m| (m, 0)).collect();
        for count in counts(&self.flows).iter().filter(|c| c.kind == kind && c.measure == measure) {
            *all.entry(count.month).or_default() += count.n;
        }
        all
    }

    /// The parts of a measure, the largest first: `category` gives each `category:…`.
    pub fn parts(&self, kind: &str, name: &str) -> Vec<(String, i64)> {
        let mut parts: BTreeMap<&str, i64> = BTreeMap::new();
        let own = counts(&self.parts).iter().filter(|c| c.kind == kind);
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

/// The counts of the one unit that was read.
fn counts(shared: &Shared) -> &[Count] {
    shared.first().map_or(&[], |unit| &unit.counts)
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
