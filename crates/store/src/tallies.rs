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
use crate::{Conn, StoreError, V};

/// Some counts of a unit.
macro_rules! reading {
    ($what:literal, $which:literal, $group:literal) => {
        concat!(
            "select ",
            $what,
            " from tally where county = ?1 and unit = ?2 and month >= ?3 and month <= ?4",
            $which,
            $group
        )
    };
}

/// Month by month.
macro_rules! by_month {
    ($which:literal) => {
        reading!("month, kind, measure, n", $which, "")
    };
}

/// The months together.
macro_rules! together {
    ($which:literal) => {
        reading!(
            "cast(0 as bigint), kind, measure, cast(sum(n) as bigint)",
            $which,
            " group by kind, part, measure"
        )
    };
}

statements! {
    ADD = "insert into tally_delta (county, matter, seq, body) values (?1, ?2, ?3, ?4)";
    WAITING = "select count(*) from (select 1 from tally_delta where county = ?1 limit ?2) n";
    PENDING = "select matter, seq, body from tally_delta where county = ?1 order by matter, seq limit ?2";
    FOLDED = "delete from tally_delta where county = ?1 and matter = ?2 and seq = ?3";
    FOLD = "insert into tally (county, unit, kind, part, measure, month, n) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
            on conflict (county, unit, kind, part, measure, month) do update set n = tally.n + ?7";
    TIMES = "select times from folding where county = ?1";
    ONCE_MORE = "insert into folding (county, times) values (?1, 1) \
                 on conflict (county) do update set times = folding.times + 1";
    DELTAS = "select body from tally_delta where county = ?1";
    SUMS = by_month!(" and kind = ?5 and part = ?6");
    PARTS = by_month!(" and kind = ?5");
    SUMS_OF_ALL = by_month!(" and part = ?5");
    PARTS_OF_ALL = by_month!("");
    SUMS_TOGETHER = together!(" and kind = ?5 and part = ?6");
    PARTS_TOGETHER = together!(" and kind = ?5");
    SUMS_OF_ALL_TOGETHER = together!(" and part = ?5");
    PARTS_OF_ALL_TOGETHER = together!("");
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

/// A delta as it stands in its line.
struct Line<'a> {
    unit: UnitId,
    month: i64,
    kind: &'a str,
    measure: &'a str,
    n: i64,
}

fn lines(body: &str) -> impl Iterator<Item = Answer<Line<'_>>> {
    body.lines().map(|line| {
        let mut parts = line.split('\t');
        let mut next =
            || parts.next().ok_or_else(|| StoreError::corrupt("tally_delta", "a short line"));
        let number =
            |text: &str| text.parse::<i64>().map_err(|e| StoreError::corrupt("tally_delta", e));
        Ok(Line {
            unit: UnitId(number(next()?)?),
            month: number(next()?)?,
            kind: next()?,
            measure: next()?,
            n: number(next()?)?,
        })
    })
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
        for line in lines(body) {
            let Line { unit, month, kind, measure, n } = line?;
            let (kind, measure) = (kind.to_owned(), measure.to_owned());
            let delta = Delta { unit, month, kind, measure, n };
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
        conn.execute(&FOLD, params![county, unit, kind, part, measure, month, n])?;
    }
    if !pending.is_empty() {
        conn.execute(&ONCE_MORE, params![county])?;
    }
    Ok(pending.len())
}

/// How often counts were folded. Between two readings of the same number only [`unfolded`] changes.
///
/// # Errors
/// Failures of the store.
pub fn folded(conn: &mut Conn, county: County) -> Answer<i64> {
    Ok(conn.first(&TIMES, params![county], |row| row.int(0))?.unwrap_or(0))
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// From a month to a month; 0 to 0 for stocks.
    pub months: (i64, i64),
    /// Flows are also counted by parts, such as `category:…`: which parts, none or all of them.
    pub parts: Parts,
    /// One kind, or none for all of them.
    pub kind: Option<String>,
    /// Whether the months are added up; a count then says 0 for its month.
    pub together: bool,
}

/// Which parts of the flows are read beside their sums.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
        Self { months: (0, i64::MAX), parts: Parts::All, kind: None, together: false }
    }

    /// Whether a count of a month is asked for.
    #[must_use]
    pub fn takes(&self, count: &Count) -> bool {
        let Count { month, kind, measure, .. } = count;
        let month = *month;
        if month < self.months.0 || month > self.months.1 {
            return false;
        }
        if self.kind.as_ref().is_some_and(|only| only != kind) {
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
/// It follows the kind in the key, so that sums stand together and parts are not read where nobody asked
/// for them.
fn part(month: i64, measure: &str) -> &str {
    measure.split_once(':').filter(|_| month != 0).map_or("", |(name, _)| name)
}

/// The counts of a unit and everything below it, in order, without zeros. Counts are folded meanwhile:
/// it must all be read [as at one moment](Conn::as_at_one_moment).
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
    let waiting = unfolded(conn, county, asked.kind.as_deref())?;
    let mut counts = of_unit(conn, county, unit, asked)?;
    let here = waiting.iter().filter(|(of, count)| asked.takes(count) && org.is_within(*of, unit));
    add_waiting(&mut counts, here.map(|(_, count)| count), asked);
    Ok(counts)
}

/// Adds what is not yet folded to what is.
pub fn add_waiting<'c>(
    counts: &mut Vec<Count>,
    waiting: impl Iterator<Item = &'c Count>,
    asked: &Asked,
) {
    let before = counts.len();
    let month = |count: &Count| if asked.together { 0 } else { count.month };
    counts.extend(waiting.map(|count| Count { month: month(count), ..count.clone() }));
    if counts.len() > before {
        sum_up(counts);
    }
}

/// What is not yet folded, of one kind or of all, by the unit at which it was counted.
///
/// # Errors
/// Failures of the store.
pub fn unfolded(
    conn: &mut Conn,
    county: County,
    only: Option<&str>,
) -> Answer<Vec<(UnitId, Count)>> {
    let mut all = Vec::new();
    conn.each(&DELTAS, params![county], |row| {
        for line in lines(row.str(0)?) {
            let Line { unit, month, kind, measure, n } = line?;
            if only.is_none_or(|only| only == kind) {
                let (kind, measure) = (kind.to_owned(), measure.to_owned());
                all.push((unit, Count { month, kind, measure, n }));
            }
        }
        Ok(())
    })?;
    Ok(all)
}

/// The folded counts of a unit and everything below it, in order, without zeros.
///
/// # Errors
/// Failures of the store.
pub fn of_unit(conn: &mut Conn, county: County, unit: UnitId, asked: &Asked) -> Answer<Vec<Count>> {
    let part = match &asked.parts {
        Parts::All => None,
        Parts::None => Some(""),
        Parts::Of(name) => Some(name.as_str()),
    };
    let sql = match (asked.kind.is_some(), part.is_some(), asked.together) {
        (true, true, false) => &SUMS,
        (true, false, false) => &PARTS,
        (false, true, false) => &SUMS_OF_ALL,
        (false, false, false) => &PARTS_OF_ALL,
        (true, true, true) => &SUMS_TOGETHER,
        (true, false, true) => &PARTS_TOGETHER,
        (false, true, true) => &SUMS_OF_ALL_TOGETHER,
        (false, false, true) => &PARTS_OF_ALL_TOGETHER,
    };
    let (from, to) = asked.months;
    let mut params = vec![V::from(county), V::from(unit), from.into(), to.into()];
    params.extend(asked.kind.as_deref().map(V::from));
    params.extend(part.map(V::from));
    let mut counts = conn.query(sql, &params, |row| {
        let (kind, measure) = (row.text(1)?, row.text(2)?);
        Ok(Count { month: row.int(0)?, kind, measure, n: row.int(3)? })
    })?;
    sum_up(&mut counts);
    Ok(counts)
}

/// Puts counts in order, each once, without zeros.
fn sum_up(counts: &mut Vec<Count>) {
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
}
