//! A paper before it is issued: filled from its matter, with what is still blank.

use std::collections::BTreeMap;

use domain::ids::{MatterCode, PersonId};
use domain::kind::Document;
use domain::label::Label;
use domain::matter::{Change, Event, Refusal, Rule, maker, papers};
use domain::org::Post;
use domain::paper::{Ground, Missing, Sheet, fill, lay_over};
use domain::person::Personal;
use serde_json::Value as Json;
use store::{Conn, matters};

use crate::matters::{Look, look};
use crate::{Credential, Error, Service};

/// The most events that a paper is filled from.
const MAX_EVENTS: i64 = 100_000;
/// The most texts that are typed into one paper.
const MAX_TYPED: usize = 2_000;

/// Which paper is wanted, and what was typed into it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The matter.
    pub code: MatterCode,
    /// The paper's name in the kind.
    pub document: String,
    /// Which of the papers due it is.
    pub due: Option<u16>,
    /// What was typed, by places such as `parties[1].phone`.
    pub typed: BTreeMap<String, String>,
}

/// A place of a paper that nothing fills, or that may be said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// The place.
    pub at: String,
    /// What it is called.
    pub label: Label,
    /// Whether the paper may not be issued without it.
    pub must: bool,
    /// Whether it takes several lines, one for each entry.
    pub list: bool,
    /// What the matter says there; empty where it says nothing.
    pub said: String,
}

/// A paper in the making.
pub struct Draft {
    /// Who looks at which matter.
    pub look: Look,
    /// The paper's name in the kind.
    pub document: String,
    /// Which of the papers due it is.
    pub due: Option<u16>,
    /// What it says so far. It holds what belongs to persons, in the clear.
    pub value: Json,
    /// What may be typed, in the order of the page.
    pub blanks: Vec<Blank>,
    /// What must still be filled in.
    pub gaps: Vec<Missing>,
}

impl Draft {
    /// The refusal of a paper with gaps; none where it is whole.
    #[must_use]
    pub fn refusal(&self) -> Option<Error> {
        let blank =
            |gap: &Missing| Refusal::of(Rule::Required, &gap.at).with("label", gap.label.get("zh"));
        let gaps: Vec<Refusal> = self.gaps.iter().map(blank).collect();
        (!gaps.is_empty()).then_some(Error::Refused(domain::matter::Refused(gaps)))
    }
}

/// Makes a draft for whoever may make out the paper.
///
/// # Errors
/// [`Error::Missing`] where the matter is not seen, or has no such paper to be made out; a refusal
/// where the person may not make it out; failures of the store.
pub fn draft(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    asked: &Asked,
) -> Result<Draft, Error> {
    let look = look(conn, service, credential, asked.code)?;
    drafted(conn, look, asked, None)
}

/// A draft of a matter that is looked at, with the number it shall have.
pub(super) fn drafted(
    conn: &mut Conn,
    look: Look,
    asked: &Asked,
    number: Option<&str>,
) -> Result<Draft, Error> {
    if asked.typed.len() > MAX_TYPED {
        return Err(Refusal::of(Rule::TooMany, "fields").with("max", MAX_TYPED).into());
    }
    let events = events(conn, &look)?;
    let (value, blanks, gaps) = said(&look, &events, asked, number)?;
    Ok(Draft { look, document: asked.document.clone(), due: asked.due, value, blanks, gaps })
}

/// What a paper says, what may be typed into it, and what is missing.
fn said(
    look: &Look,
    events: &[Event],
    asked: &Asked,
    number: Option<&str>,
) -> Result<(Json, Vec<Blank>, Vec<Missing>), Error> {
    let (document, sheet) = wanted(look, asked)?;
    let posts = look.desk.posts();
    let reveal = |field: &str, value: &Personal| {
        look.desk.state.vault.reveal(look.matter.id(), field, value).unwrap_or_default()
    };
    let name = |person: PersonId| look.desk.roster.names.get(&person).cloned().unwrap_or_default();
    let ground = Ground {
        setting: look.desk.setting(),
        kind: look.kind()?,
        matter: &look.matter,
        events,
        act: asked.due.and_then(|due| act_of(events, due)),
        post: post(look, &posts, document)?,
        now: look.desk.now,
        number: number.or(look.matter.number.as_deref()),
        name: &name,
        reveal: &reveal,
    };
    let mut value = fill(sheet, &ground);
    let shared = &look.desk.state.catalogue.paper_sources;
    let blanks = blanks(sheet, &value, shared);
    lay_over(sheet, shared, &mut value, &asked.typed);
    let mut gaps = sheet.missing(&value);
    // The number is given when the paper is issued.
    gaps.retain(|gap| number.is_some() || gap.at != "number" || sheet.number.is_none());
    Ok((value, blanks, gaps))
}

/// A paper on the list of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name in the kind.
    pub document: String,
    /// What it is called.
    pub label: Label,
    /// Which of the papers due it is; none for one that may be made out whenever it is wanted.
    pub due: Option<u16>,
    /// Since when it is due.
    pub since: Option<domain::time::Instant>,
    /// Whether whoever looks may make it out.
    pub may: bool,
    /// What the matter leaves blank in it; empty where whoever looks may not make it out.
    pub gaps: Vec<Missing>,
}

/// What may be made out of a matter now, each with what is still blank.
///
/// # Errors
/// Failures of the store; a kind that is gone.
pub fn list(conn: &mut Conn, look: &Look) -> Result<Vec<Listed>, Error> {
    let open = papers(&look.matter, look.kind()?);
    let events =
        if open.iter().any(|p| p.due.is_some()) { events(conn, look)? } else { Vec::new() };
    let mut all = Vec::new();
    for paper in open {
        let asked = Asked {
            code: look.matter.code(),
            document: paper.document.id.text.clone(),
            due: paper.due,
            typed: BTreeMap::new(),
        };
        let may = post(look, &look.desk.posts(), paper.document).is_ok();
        let gaps = match paper.due.filter(|_| may) {
            Some(_) => said(look, &events, &asked, None)?.2,
            None => Vec::new(),
        };
        let since = paper.due.and_then(|due| look.matter.documents.get(usize::from(due)));
        all.push(Listed {
            document: asked.document,
            label: paper.document.label.clone(),
            due: paper.due,
            since: since.map(|d| d.at),
            may,
            gaps,
        });
    }
    Ok(all)
}

/// The paper as the kind and the sheet declare it, where it may be made out now.
pub(super) fn wanted<'a>(
    look: &'a Look,
    asked: &Asked,
) -> Result<(&'a Document, &'a Sheet), Error> {
    let open = papers(&look.matter, look.kind()?);
    let found = open.iter().find(|p| p.document.id.text == asked.document && p.due == asked.due);
    let document = found.map(|p| p.document).ok_or(Error::Missing)?;
    let sheet = look.desk.state.catalogue.papers.get(&asked.document).ok_or(Error::Missing)?;
    Ok((document, sheet))
}

/// The post at which somebody makes it out.
pub(super) fn post<'p>(
    look: &Look,
    posts: &[&'p Post],
    document: &Document,
) -> Result<&'p Post, Error> {
    let org = &look.desk.roster.org;
    let found = maker(posts, document, &look.matter, look.kind()?, org);
    let refusal = || Refusal::new(Rule::NoPostMay).with("action", &document.id.text);
    found.ok_or_else(|| refusal().into())
}

fn events(conn: &mut Conn, look: &Look) -> Result<Vec<Event>, Error> {
    let stored = matters::events(conn, look.desk.who.county, look.matter.id(), 0, MAX_EVENTS)?;
    let events: Result<Vec<Event>, _> = stored.iter().map(matters::StoredEvent::event).collect();
    Ok(events?)
}

/// The act that made one of the papers due.
fn act_of(events: &[Event], due: u16) -> Option<&Event> {
    let issued =
        |event: &&Event| event.changes.iter().filter(|c| matches!(c, Change::Issued(_))).count();
    let mut before = usize::from(due);
    events.iter().find(|event| match before.checked_sub(issued(event)) {
        Some(left) => {
            before = left;
            false
        }
        None => true,
    })
}

/// What may be typed: whatever is blank, and what the matter says without vouching for it. Lists of
/// several details that nothing fills are left to be written by hand.
fn blanks(
    sheet: &Sheet,
    value: &Json,
    shared: &BTreeMap<String, domain::paper::Sources>,
) -> Vec<Blank> {
    let mut all = Vec::new();
    let blank = sheet.blank(value);
    for field in &sheet.fields {
        let path = field.path.as_str();
        let empty: Vec<&String> =
            blank.iter().filter(|(_, f)| f.path == field.path).map(|(at, _)| at).collect();
        let own = Some(&field.from).filter(|from| !from.is_empty()).or_else(|| shared.get(path));
        let vouched = own.is_some_and(|from| from.iter().any(|(f, _)| f.is_fixed()));
        let known = own.is_some_and(|from| from.iter().any(|(f, _)| f.is_personal()));
        let entry = |at: String, said: String| Blank {
            at,
            label: field.label.clone(),
            must: field.must,
            list: path.ends_with("[]"),
            said,
        };
        if path.contains("[].") || known || vouched {
            let open = empty.into_iter().filter(|at| !path.contains("[].") || at.contains("]."));
            let open = open.filter(|at| !(vouched && at.as_str() == "number"));
            all.extend(open.map(|at| entry(at.clone(), String::new())));
        } else {
            let bare = path.trim_end_matches("[]");
            let said = bare.split('.').try_fold(value, |inner, key| inner.get(key));
            all.push(entry(bare.to_owned(), said.map(text).unwrap_or_default()));
        }
    }
    all
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().map(text).collect::<Vec<_>>().join("\n"),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
