//! Counts that are kept, not recounted. An act appends what it adds; now and then what was appended
//! is folded into the counts of the unit and of every unit above it, so that no writer waits for
//! another at a hot row. A reader adds what is not yet folded, in the same statement.

use std::collections::BTreeMap;

use domain::ids::{County, MatterId, UnitId};
use domain::matter::Delta;
use domain::org::Org;

use crate::counted;
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    ADD = "insert into tally_delta (county, matter, seq, body) values (?1, ?2, ?3, ?4)";
    WAITING = "select count(*) from (select 1 from tally_delta where county = ?1 limit ?2) n";
    PENDING = "select matter, seq, body from tally_delta where county = ?1 order by matter, seq limit ?2";
    FOLDED = "delete from tally_delta where county = ?1 and matter = ?2 and seq = ?3";
    FOLD = "insert into tally (county, unit, part, month, kind, measure, n) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
            on conflict (county, unit, part, month, kind, measure) do update set n = tally.n + ?7";
    READ = "select month, kind, measure, n, '' from tally \
            where county = ?1 and unit = ?2 and part = ?5 and month >= ?3 and month <= ?4 \
            union all select 0, '', '', 0, body from tally_delta where county = ?1";
    READ_ALL = "select month, kind, measure, n, '' from tally \
                where county = ?1 and unit = ?2 and month >= ?3 and month <= ?4 \
                union all select 0, '', '', 0, body from tally_delta where county = ?1";
}

type Answer<T> = Result<T, StoreError>;

/// A count: unit, month (0 for a stock), kind, measure.
pub type Key = (UnitId, i64, String, String);

/// Appends what an event adds.
///
/// # Errors
/// Failures of the store.
pub fn add(
    conn: &mut Conn,
    county: County,
    matter: MatterId,
    seq: u32,
    deltas: &[Delta],
) -> Answer<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    conn.execute(&ADD, params![county, matter, seq, pack(deltas)]).map(drop)
}

/// One line a delta: unit, month, kind, measure, amount.
fn pack(deltas: &[Delta]) -> String {
    use std::fmt::Write;
    let mut body = String::with_capacity(deltas.len() * 48);
    for d in deltas {
        let _ = writeln!(body, "{}\t{}\t{}\t{}\t{}", d.unit, d.month, d.kind, d.measure, d.n);
    }
    body
}

fn unpack(body: &str) -> Answer<Vec<Delta>> {
    body.lines()
        .map(|line| {
            let mut parts = line.split('\t');
            let mut next =
                || parts.next().ok_or_else(|| StoreError::corrupt("tally_delta", "a short line"));
            let number =
                |text: &str| text.parse::<i64>().map_err(|e| StoreError::corrupt("tally_delta", e));
            Ok(Delta {
                unit: UnitId(number(next()?)?),
                month: number(next()?)?,
                kind: next()?.to_owned(),
                measure: next()?.to_owned(),
                n: number(next()?)?,
            })
        })
        .collect()
}

/// Folds up to `limit` appended rows into the counts. Answers how many were folded.
///
/// # Errors
/// Failures of the store.
pub fn fold(conn: &mut Conn, county: County, org: &Org, limit: i64) -> Answer<usize> {
    let pending = conn.query(&PENDING, params![county, limit], |row| {
        Ok((row.int(0)?, row.int(1)?, row.text(2)?))
    })?;
    let mut own: BTreeMap<Key, i64> = BTreeMap::new();
    for (matter, seq, body) in &pending {
        // Another server may have folded it since it was read: whoever deletes the row counts it.
        if conn.execute(&FOLDED, params![county, *matter, *seq])? == 0 {
            continue;
        }
        for delta in unpack(body)? {
            counted::add(conn, county, *matter, &delta)?;
            let Delta { unit, month, kind, measure, n } = delta;
            *own.entry((unit, month, kind, measure)).or_default() += n;
        }
    }
    let mut sums = BTreeMap::new();
    for ((unit, month, kind, measure), n) in own.into_iter().filter(|(_, n)| *n != 0) {
        roll_up(org, &Delta { unit, month, kind, measure, n }, &mut sums);
    }
    for ((unit, month, kind, measure), n) in sums.into_iter().filter(|(_, n)| *n != 0) {
        let part = part(month, &measure).to_owned();
        conn.execute(&FOLD, params![county, unit, part, month, kind, measure, n])?;
    }
    Ok(pending.len())
}

/// How many deltas wait to be folded, counted up to a limit.
///
/// # Errors
/// Failures of the store.
pub fn waiting(conn: &mut Conn, county: County, limit: i64) -> Answer<i64> {
    Ok(conn.first(&WAITING, params![county, limit], |row| row.int(0))?.unwrap_or(0))
}

/// Adds a delta to its unit and every unit above.
pub fn roll_up(org: &Org, delta: &Delta, sums: &mut BTreeMap<Key, i64>) {
    for unit in org.lineage(delta.unit) {
        *sums.entry((unit, delta.month, delta.kind.clone(), delta.measure.clone())).or_default() +=
            delta.n;
    }
}

/// One count of a unit and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The month such as 202611; 0 for a stock.
    pub month: i64,
    /// The kind.
    pub kind: String,
    /// What is counted.
    pub measure: String,
    /// How many.
    pub n: i64,
}

/// Which counts of a unit are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// From a month to a month; 0 to 0 for stocks.
    pub months: (i64, i64),
    /// Flows are also counted by parts, such as `category:…`: which parts, none or all of them.
    pub parts: Parts,
}

/// Which parts of the flows are read beside their sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// The sums alone.
    None,
    /// Those of one name, such as `category`, without the sums.
    Of(String),
    /// Everything.
    All,
}

impl Asked {
    /// Every count of every month.
    #[must_use]
    pub fn everything() -> Self {
        Self { months: (0, i64::MAX), parts: Parts::All }
    }

    fn takes(&self, month: i64, measure: &str) -> bool {
        if month < self.months.0 || month > self.months.1 {
            return false;
        }
        match &self.parts {
            Parts::All => true,
            Parts::None => part(month, measure).is_empty(),
            Parts::Of(name) => part(month, measure) == name,
        }
    }
}

/// What a flow is counted by apart from its sum: the name before the colon. Stocks are always by state.
/// It leads the key, so that sums stand together and parts are not read where nobody asked for them.
fn part(month: i64, measure: &str) -> &str {
    measure.split_once(':').filter(|_| month != 0).map_or("", |(name, _)| name)
}

/// The counts of a unit and everything below it, in order, without zeros.
///
/// # Errors
/// Failures of the store.
pub fn read(
    conn: &mut Conn,
    county: County,
    unit: UnitId,
    asked: &Asked,
    org: &Org,
) -> Answer<Vec<Count>> {
    let mut counts: Vec<Count> = Vec::new();
    let mut take = |row: &Row<'_>| {
        let body = row.str(4)?;
        if body.is_empty() {
            let (month, measure) = (row.int(0)?, row.str(2)?);
            if asked.takes(month, measure) {
                let (kind, measure) = (row.text(1)?, measure.to_owned());
                counts.push(Count { month, kind, measure, n: row.int(3)? });
            }
            return Ok(());
        }
        for Delta { unit: of, month, kind, measure, n } in unpack(body)? {
            if asked.takes(month, &measure) && org.is_within(of, unit) {
                counts.push(Count { month, kind, measure, n });
            }
        }
        Ok(())
    };
    let (from, to) = asked.months;
    match &asked.parts {
        Parts::All => conn.each(&READ_ALL, params![county, unit, from, to], &mut take)?,
        Parts::None => conn.each(&READ, params![county, unit, from, to, ""], &mut take)?,
        Parts::Of(name) => conn.each(&READ, params![county, unit, from, to, name], &mut take)?,
    }
    counts.sort();
    counts.dedup_by(|next, kept| {
        let same =
            (next.month, &next.kind, &next.measure) == (kept.month, &kept.kind, &kept.measure);
        if same {
            kept.n += next.n;
        }
        same
    });
    counts.retain(|c| c.n != 0);
    Ok(counts)
}
