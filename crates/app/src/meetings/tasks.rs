//! Tasks: what a meeting decided, with one owner and one day.

use domain::clock::Light;
use domain::ids::{PersonId, UnitId};
use domain::matter::{Matter, Refusal, Rule};
use domain::person::Personal;
use domain::time::{DAY_MS, Day, Instant};
use store::matters::{Summary, row};
use store::tasks::{self as kept, Task};
use store::{Conn, matters};

use super::text_of;
use crate::{Credential, Desk, Error, Service};

/// How long before its end the light of a task turns yellow, ms.
const WARN_MS: i64 = DAY_MS;
/// The most tasks of one meeting.
pub(super) const TASKS_MAX: usize = 20;
/// The most units whose tasks one desk shows.
const DESKS: usize = 8;

/// A task that is given.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What is to be done.
    pub text: String,
    /// The unit that owns it, unless a person does.
    pub unit: Option<UnitId>,
    /// The person who owns it.
    pub person: Option<PersonId>,
    /// The last day for it.
    pub due_on: Day,
}

/// A task with what it says.
#[derive(Debug, Clone)]
pub struct OpenTask {
    /// The task; its texts stay sealed in it.
    pub task: Task,
    /// What is to be done.
    pub text: String,
    /// What was done.
    pub note: Option<String>,
    /// The matter, where the looker sees it.
    pub matter: Option<Summary>,
}

impl OpenTask {
    /// Its light: off once it is done.
    #[must_use]
    pub fn light(&self, now: Instant) -> Light {
        if self.task.done_at.is_some() {
            Light::Off
        } else if now >= self.task.due_at {
            Light::Red
        } else if now >= self.task.warn_at {
            Light::Yellow
        } else {
            Light::Green
        }
    }

    /// Whether it was or is late.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.task.done_at.unwrap_or(now) >= self.task.due_at
    }
}

fn field(no: usize, name: &str) -> String {
    format!("tasks.{no}.{name}")
}

/// Gives a task of a meeting.
pub(super) fn give(
    conn: &mut Conn,
    service: &Service,
    desk: &Desk,
    (matter, meeting): (&Matter, i64),
    (no, new): (usize, &NewTask),
) -> Result<(), Error> {
    if no >= TASKS_MAX {
        return Err(Refusal::of(Rule::TooMany, "tasks").with("max", TASKS_MAX).into());
    }
    let today = desk.now.day();
    if new.due_on < today {
        return Err(Refusal::of(Rule::InPast, &field(no, "due-on")).into());
    }
    let org = &desk.roster.org;
    let owner = match (new.person, new.unit) {
        (Some(person), _) if org.posts(person).iter().any(|p| p.held_on(today)) => person.0,
        (Some(_), _) => return Err(Refusal::of(Rule::UnknownPerson, &field(no, "person")).into()),
        (None, Some(unit)) if org.unit(unit).is_some_and(|u| u.holds && u.stands_on(today)) => {
            unit.0
        }
        (None, Some(_)) => return Err(Refusal::of(Rule::UnknownUnit, &field(no, "unit")).into()),
        (None, None) => return Err(Refusal::of(Rule::Required, &field(no, "unit")).into()),
    };
    let county = desk.who.county;
    let text = Personal::plain(&text_of(&new.text, &field(no, "text"))?);
    let id = service.db().ids().next(conn, county)?;
    let sealed = desk.state.vault.seal(matter.id(), &format!("task/{id}"), &text)?;
    let due_at = new.due_on.plus(1).start();
    let task = Task {
        id,
        matter: matter.id(),
        meeting,
        desk: owner,
        due_at,
        warn_at: due_at.plus_ms(-WARN_MS).max(desk.now),
        body: sealed.token().unwrap_or_default().to_owned(),
        set_by: desk.who.person,
        set_at: desk.now,
        done_at: None,
        done_by: None,
        note: None,
    };
    Ok(kept::insert(conn, county, &task)?)
}

/// A task with its texts open.
pub(super) fn opened(desk: &Desk, task: Task) -> Result<OpenTask, Error> {
    let vault = &desk.state.vault;
    let open =
        |name: String, token: &str| vault.reveal(task.matter, &name, &Personal::sealed(token));
    let text = open(format!("task/{}", task.id), &task.body)?;
    let note = task.note.as_ref().map(|n| open(format!("task/{}/note", task.id), n)).transpose()?;
    Ok(OpenTask { text, note, task, matter: None })
}

/// The desks whose tasks somebody has: the own, and those of the units of the posts held.
fn desks(desk: &Desk) -> Vec<i64> {
    let mut all = vec![desk.who.person.0];
    for post in desk.posts() {
        if !all.contains(&post.unit.0) {
            all.push(post.unit.0);
        }
    }
    all.truncate(DESKS);
    all
}

/// The tasks that wait at somebody's desks, or are done, those due first on top.
///
/// # Errors
/// Failures of the store.
pub fn of_desk(
    conn: &mut Conn,
    desk: &Desk,
    is_open: bool,
    limit: i64,
) -> Result<Vec<OpenTask>, Error> {
    let county = desk.who.county;
    let mut all = Vec::new();
    for owner in desks(desk) {
        for task in kept::of_desk(conn, county, owner, is_open, limit)? {
            let matter = matters::by_id(conn, county, task.matter)?;
            let seen = matter.is_some_and(|s| desk.sees(&s.matter));
            let mut open = opened(desk, task)?;
            if seen {
                open.matter = row(conn, county, open.task.matter)?;
            }
            all.push(open);
        }
    }
    all.sort_by_key(|t| (t.task.due_at, t.task.id));
    Ok(all)
}

/// The tasks at somebody's desks.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn open(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    is_open: bool,
    limit: i64,
) -> Result<(Desk, Vec<OpenTask>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let tasks = of_desk(conn, &desk, is_open, limit)?;
    Ok((desk, tasks))
}

/// A task is done, with what was done. Only its owner says so: the person, or somebody at the unit.
///
/// # Errors
/// [`Error::Missing`] where it is another's; that it is done already; failures of the store.
pub fn complete(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    id: i64,
    note: &str,
) -> Result<OpenTask, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let county = desk.who.county;
    let task = kept::get(conn, county, id)?.ok_or(Error::Missing)?;
    if !desks(&desk).contains(&task.desk) {
        return Err(Error::Missing);
    }
    let text = Personal::plain(&text_of(note, "note")?);
    let name = format!("task/{id}/note");
    let sealed = desk.state.vault.seal(task.matter, &name, &text)?;
    let token = sealed.token().unwrap_or_default();
    if !kept::done(conn, county, id, (desk.now, desk.who.person), token)? {
        return Err(Rule::TaskDone.into());
    }
    opened(&desk, kept::get(conn, county, id)?.ok_or(Error::Missing)?)
}
