//! Work orders of another system: each row is registered at its own time and its steps are taken at
//! theirs, so that clocks and tallies come out as they would have.

use std::sync::Arc;

use domain::ids::UnitId;
use domain::matter::{Intake, Matter, PartyIntake, Refused};
use domain::org::Post;
use domain::time::Instant;
use serde_json::{Map, Value as Json};
use sm3::{Digest, Sm3};
use store::replies::{self, Reply};
use store::{Conn, StoreError};

use super::SheetRow;
use super::mapping::{Mapping, Post as PostName, ReadTime};
use crate::matters::{Acting, Life};
use crate::{CountyState, Error, Roster, Service};

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    /// The row.
    pub line: u32,
    /// The matter's code, or why there is none.
    pub result: Result<Imported, Fault>,
}

/// An imported row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The matter's code; in a dry run it is not kept.
    pub code: String,
    /// Its state after the last step.
    pub state: String,
    /// Whether the row was imported before.
    pub before: bool,
    /// The suggested value, where one was suggested.
    pub suggested: Option<String>,
}

/// Why a row was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A column has no value, or no time that can be read.
    Column(&'static str, String),
    /// A rule stands against the registration or a step; with the action.
    Refused(String, Refused),
    /// Steps are not in the order of time.
    Order,
}

/// Suggests a value of a field from a title and a text.
pub type Suggest = Arc<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// Brings in rows.
#[derive(Clone)]
pub struct Importer {
    service: Service,
    state: Arc<CountyState>,
    mapping: Arc<Mapping>,
    /// What the file calls itself: the same row of the same file is imported once.
    name: String,
    dry_run: bool,
    read_time: ReadTime,
    suggest: Option<Suggest>,
}

/// How a row's transaction ends.
enum End {
    /// Rolled back on purpose.
    Dry(Imported),
    Fault(Fault),
    Failed(Error),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Importer {
    /// An importer of one file.
    #[must_use]
    pub fn new(
        service: &Service,
        state: &Arc<CountyState>,
        mapping: Mapping,
        name: &str,
        dry_run: bool,
        read_time: ReadTime,
        suggest: Option<Suggest>,
    ) -> Self {
        let (service, state) = (service.clone(), state.clone());
        Self {
            service,
            state,
            mapping: Arc::new(mapping),
            name: name.to_owned(),
            dry_run,
            read_time,
            suggest,
        }
    }

    /// Imports rows, each in a transaction of its own; many share a commit. Answers in their order.
    ///
    /// # Errors
    /// Failures of the store. What is wrong with a row is in its answer.
    pub fn import(&self, rows: Vec<SheetRow>) -> Result<Vec<RowAnswer>, Error> {
        let waiting: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let (importer, line) = (self.clone(), row.line);
                let work = move |conn: &mut Conn| -> Result<Imported, End> {
                    let done = importer.row(conn, &row)?;
                    if importer.dry_run { Err(End::Dry(done)) } else { Ok(done) }
                };
                (line, self.service.db().write(work))
            })
            .collect();
        let answer = |(line, pending): (u32, store::Pending<Imported, End>)| match pending.wait() {
            Ok(done) | Err(End::Dry(done)) => Ok(RowAnswer { line, result: Ok(done) }),
            Err(End::Fault(fault)) => Ok(RowAnswer { line, result: Err(fault) }),
            Err(End::Failed(error)) => Err(error),
        };
        waiting.into_iter().map(answer).collect()
    }

    fn row(&self, conn: &mut Conn, row: &SheetRow) -> Result<Imported, End> {
        let (m, now) = (&self.mapping, self.service.now());
        let roster = self.state.roster(conn)?;
        let post = post(&roster, &m.by)?;
        let key = format!("import/{}/{}", self.name, self.cell(row, &m.columns.key)?);
        let digest = digest(row);
        let county = self.state.county;
        if let Some(reply) = replies::get(conn, county, post.person, &key)? {
            let parts: Vec<&str> = reply.answer.split(' ').collect();
            let text = |at: usize| parts.get(at).map_or(String::new(), |p| (*p).to_owned());
            return Ok(Imported { code: text(0), state: text(1), before: true, suggested: None });
        }
        let (intake, suggested) = self.intake(row)?;
        let mut at = self.time(row, &m.columns.at)?;
        let context = (&*self.state, &*roster);
        let refused = |action: &str| {
            let action = action.to_owned();
            move |error: Error| match error {
                Error::Refused(refused) => End::Fault(Fault::Refused(action.clone(), refused)),
                other => End::Failed(other),
            }
        };
        let mut life = Life::register(conn, &self.service, context, post, &intake, at)
            .map_err(refused("register"))?;
        for step in &m.step {
            if step.when.as_ref().is_some_and(|c| row.cell(c).is_none()) {
                continue;
            }
            let then = self.time(row, &step.at)?;
            if then < at {
                return Err(End::Fault(Fault::Order));
            }
            at = then;
            life.pass(conn, at)?;
            let actor = post_of(&roster, &step.by)?;
            let kind = self.state.catalogue.kinds.get(&m.kind).ok_or(Error::Missing)?;
            let data = m.step_data(step, row, kind, &self.state.catalogue);
            let acting = Acting {
                code: life.matter().code(),
                action: step.action.clone(),
                seen: None,
                data,
            };
            life.act(conn, actor, &acting, at).map_err(refused(&step.action))?;
        }
        let Matter { registration, state, .. } = life.settle(conn)?;
        let code = registration.code.to_string();
        let answer = format!("{code} {state}");
        let reply = Reply { digest: digest.to_vec(), status: 201, answer };
        replies::insert(conn, county, post.person, &key, &reply, now)?;
        Ok(Imported { code, state, before: false, suggested })
    }

    fn cell<'r>(&self, row: &'r SheetRow, column: &str) -> Result<&'r str, End> {
        row.cell(column).ok_or_else(|| End::Fault(Fault::Column("no-value", column.to_owned())))
    }

    fn time(&self, row: &SheetRow, column: &str) -> Result<Instant, End> {
        let cell = self.cell(row, column)?;
        (self.read_time)(cell)
            .ok_or_else(|| End::Fault(Fault::Column("bad-time", column.to_owned())))
    }

    fn intake(&self, row: &SheetRow) -> Result<(Intake, Option<String>), End> {
        let (m, catalogue) = (&self.mapping, &self.state.catalogue);
        let kind = catalogue.kinds.get(&m.kind).ok_or(Error::Missing)?;
        let from = |column: &Option<String>, fixed: &Option<String>| {
            let cell = column.as_ref().and_then(|c| Some((c, row.cell(c)?)));
            let said = cell.map(|(c, cell)| {
                m.values.get(c).and_then(|v| v.get(cell)).map_or(cell.to_owned(), Clone::clone)
            });
            said.or_else(|| fixed.clone())
        };
        let place = from(&m.columns.place, &m.place);
        let place =
            place.ok_or_else(|| End::Fault(Fault::Column("no-value", "place".to_owned())))?;
        let title: String = self.cell(row, &m.columns.title)?.chars().take(200).collect();
        let mut fields: Map<String, Json> = m.constants.clone().into_iter().collect();
        for (field, column) in &m.fields {
            if let Some(cell) = row.cell(column) {
                fields.insert(field.clone(), m.value(column, cell, field, kind, catalogue));
            }
        }
        let suggested = self.suggestion(&title, &fields);
        if let (Some(field), Some(value)) = (&m.suggest, &suggested) {
            fields.insert(field.clone(), value.clone().into());
        }
        let intake = Intake {
            kind: m.kind.clone(),
            place,
            source: from(&m.columns.source, &m.source),
            title,
            fields,
            parties: self.parties(row),
            flags: Vec::new(),
        };
        Ok((intake, suggested))
    }

    fn suggestion(&self, title: &str, fields: &Map<String, Json>) -> Option<String> {
        let field = self.mapping.suggest.as_ref().filter(|f| !fields.contains_key(*f))?;
        let _ = field;
        let text: String = fields.values().filter_map(Json::as_str).collect::<Vec<_>>().join("\n");
        self.suggest.as_ref()?(title, &text)
    }

    fn parties(&self, row: &SheetRow) -> Vec<PartyIntake> {
        let party = |(role, columns): (&String, &std::collections::BTreeMap<String, String>)| {
            let cells = columns
                .iter()
                .filter_map(|(detail, c)| Some((detail.clone(), Json::from(row.cell(c)?))));
            let details: Map<String, Json> = cells.collect();
            details.contains_key("name").then(|| PartyIntake {
                role: role.clone(),
                details,
                ..PartyIntake::default()
            })
        };
        self.mapping.party.iter().filter_map(party).collect()
    }
}

fn digest(row: &SheetRow) -> [u8; 32] {
    let mut hash = Sm3::new();
    for (column, cell) in &row.cells {
        hash.update(column);
        hash.update([0]);
        hash.update(cell);
        hash.update([0]);
    }
    hash.finalize().into()
}

fn post<'r>(roster: &'r Roster, name: &PostName) -> Result<&'r Post, End> {
    post_of(roster, name)
}

/// Somebody who holds the role at the unit: the one with the lowest id.
fn post_of<'r>(roster: &'r Roster, name: &PostName) -> Result<&'r Post, End> {
    let org = &roster.org;
    let by_id = name.unit.parse::<UnitId>().ok().and_then(|id| org.unit(id));
    let unit = by_id.or_else(|| org.place(&name.unit)).map(|u| u.id);
    let unit = unit.ok_or(End::Failed(Error::Unusable("unknown-unit")))?;
    let mut staff: Vec<_> = org.staff(unit).to_vec();
    staff.sort_unstable();
    let mut posts = staff
        .into_iter()
        .flat_map(|p| org.posts(p))
        .filter(|p| p.unit == unit && p.role == name.role);
    posts.next().ok_or(End::Failed(Error::Unusable("nobody-in-role")))
}
