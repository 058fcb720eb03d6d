//! Papers and files of a matter: who may make out which, and what stands against it.

use std::collections::BTreeMap;

use super::command::{Actor, Command, Filing, Setting};
use super::decide::{by, fresh, kind_of};
use super::draft::Draft;
use super::event::{Change, Event};
use super::refusal::{Refusal, Refused, Rule};
use super::state::{File, Matter, Paper, Part};
use super::value::{Value, clean};
use crate::access::{relations, sees, takers};
use crate::kind::{Document, Kind};
use crate::org::{Org, Post};

/// The most files that a matter has.
const MAX_FILES: usize = 500;
/// The longest reason, in characters.
const MAX_REASON: usize = 500;
/// The law behind papers that are signed in ink only.
const INK_LAW: &str = "电子签名法第3条";

/// A paper that may be made out now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paperable<'k> {
    /// As the kind declares it.
    pub document: &'k Document,
    /// Which of the papers due it is; none for one that may be made out whenever it is wanted.
    pub due: Option<u16>,
}

/// Everything that may be made out now: what is due and not made out, in the order in which it
/// became due, then what may be made out at any time.
#[must_use]
pub fn papers<'k>(matter: &Matter, kind: &'k Kind) -> Vec<Paperable<'k>> {
    let mut all = Vec::new();
    for (at, due) in matter.documents.iter().enumerate() {
        let document = kind.documents.get(&due.document);
        if let Some(document) = document.filter(|_| !matter.is_made_out(at)) {
            all.push(Paperable { document, due: u16::try_from(at).ok() });
        }
    }
    let free = kind.documents.values().filter(|d| !d.by.is_empty());
    all.extend(free.map(|document| Paperable { document, due: None }));
    all
}

/// The post at which somebody makes out a paper: one named for it, or one that may take an action
/// that makes it due, whatever state the matter has reached since.
#[must_use]
pub fn maker<'p>(
    posts: &[&'p Post],
    document: &Document,
    matter: &Matter,
    kind: &Kind,
    org: &Org,
) -> Option<&'p Post> {
    let named = |post: &&&Post| {
        let mut relations = relations(post, matter, org).into_iter();
        let holds = |roles: &Vec<crate::catalogue::Term>| roles.iter().any(|r| r.text == post.role);
        relations.any(|relation| document.by.get(&relation).is_some_and(holds))
    };
    let actions = kind.actions.values().filter(|a| a.issue.iter().any(|i| *i == *document.id.text));
    let mut takers = actions.flat_map(|action| takers(posts, action, matter, org));
    posts.iter().find(named).copied().or_else(|| takers.next())
}

/// The post at which somebody adds files: any at which some action could be taken, at the holder,
/// a department called out or the registrar.
#[must_use]
pub fn may_file<'p>(
    posts: &[&'p Post],
    matter: &Matter,
    kind: &Kind,
    org: &Org,
) -> Option<&'p Post> {
    let mut all = kind.actions.values().flat_map(|action| takers(posts, action, matter, org));
    all.next()
}

/// Whether a paper of this matter is signed in ink only.
#[must_use]
pub fn signed_in_ink(document: &Document, matter: &Matter) -> bool {
    let category = matter.category.as_deref();
    document.ink_only.iter().any(|item| Some(item.as_str()) == category)
}

/// Decides what is done with papers and files.
pub(super) fn decide(
    setting: Setting<'_>,
    matter: &Matter,
    filing: &Filing,
    command: &Command<'_>,
    now: crate::time::Instant,
) -> Result<Event, Refused> {
    fresh(matter, command.seen)?;
    let kind = kind_of(setting, matter)?;
    let Actor::Posts(posts) = command.actor else { return Err(Rule::NoPostMay.into()) };
    if !sees(posts, matter, setting.org, setting.catalogue) {
        return Err(Rule::NoPostMay.into());
    }
    let desk = Desk { kind, matter, org: setting.org, posts };
    let (post, action, change, reason) = match filing {
        Filing::Issue(paper) => (desk.issue(paper)?, "issue", Change::MadeOut(paper.clone()), None),
        Filing::Revoke { paper, reason } => {
            let post = desk.revoke(*paper)?;
            (post, "revoke", Change::Revoked { paper: *paper }, Some(reason))
        }
        Filing::Attach(file) => {
            let post = desk.attach(file)?;
            // Files are counted by the matter, whatever the caller thought.
            let no = u16::try_from(matter.files.len() + 1).unwrap_or(u16::MAX);
            (post, "attach", Change::Attached(Box::new(File { no, ..(**file).clone() })), None)
        }
        Filing::Withdraw { no, reason } => {
            (desk.withdraw(*no)?, "withdraw-file", Change::Withdrawn { no: *no }, Some(reason))
        }
    };
    let mut draft = Draft::on(setting, kind, matter, by(post), action, now);
    draft.push(change);
    if let Some(reason) = reason {
        let reason = clean(reason, true);
        if reason.is_empty() {
            return Err(Refusal::of(Rule::Required, "reason").into());
        }
        if reason.chars().count() > MAX_REASON {
            return Err(Refusal::of(Rule::TooLong, "reason").with("max", MAX_REASON).into());
        }
        draft.say(BTreeMap::from([("reason".to_owned(), Value::Text(reason))]));
    }
    Ok(draft.finish())
}

struct Desk<'a> {
    kind: &'a Kind,
    matter: &'a Matter,
    org: &'a Org,
    posts: &'a [&'a Post],
}

type Outcome<'a> = Result<&'a Post, Refused>;

impl<'a> Desk<'a> {
    fn document(&self, name: &str) -> Result<&'a Document, Refused> {
        let found = self.kind.documents.get(name);
        found.ok_or_else(|| Refusal::of(Rule::UnknownPaper, "document").into())
    }

    fn may(&self, document: &Document) -> Outcome<'a> {
        let post = maker(self.posts, document, self.matter, self.kind, self.org);
        post.ok_or_else(|| Refusal::new(Rule::NoPostMay).with("action", &document.id.text).into())
    }

    fn issue(&self, paper: &Paper) -> Outcome<'a> {
        let document = self.document(&paper.document)?;
        let post = self.may(document)?;
        let due = paper.due.map(usize::from);
        if due.is_some_and(|due| self.matter.is_made_out(due)) {
            return Err(Rule::PaperMadeOut.into());
        }
        let open = papers(self.matter, self.kind);
        let fits = open.iter().any(|p| p.document.id == document.id && p.due == paper.due);
        if !fits {
            return Err(Refusal::of(Rule::UnknownPaper, "document").into());
        }
        Ok(post)
    }

    fn revoke(&self, code: crate::paper::PaperCode) -> Outcome<'a> {
        let paper = self.matter.paper(code);
        let paper = paper.ok_or_else(|| Refusal::of(Rule::UnknownPaper, "paper"))?;
        if paper.revoked_at.is_some() {
            return Err(Rule::PaperRevoked.into());
        }
        self.may(self.document(&paper.document)?)
    }

    fn attach(&self, file: &File) -> Outcome<'a> {
        let post = may_file(self.posts, self.matter, self.kind, self.org);
        let post = post
            .ok_or_else(|| Refused::from(Refusal::new(Rule::NoPostMay).with("action", "attach")))?;
        if self.matter.files.len() >= MAX_FILES {
            return Err(Refusal::new(Rule::TooManyFiles).with("max", MAX_FILES).into());
        }
        let Some(code) = file.paper else { return Ok(post) };
        let paper = self.matter.paper(code).filter(|p| p.revoked_at.is_none());
        let paper = paper.ok_or_else(|| Refusal::of(Rule::UnknownPaper, "paper"))?;
        let ink = signed_in_ink(self.document(&paper.document)?, self.matter);
        if file.part == Part::Signature && ink {
            return Err(Refusal::new(Rule::InkOnly).under(Some(INK_LAW)).into());
        }
        Ok(post)
    }

    fn withdraw(&self, no: u16) -> Outcome<'a> {
        let file = self.matter.files.iter().find(|f| f.no == no && f.withdrawn_at.is_none());
        file.ok_or_else(|| Refusal::of(Rule::UnknownFile, "file"))?;
        let post = may_file(self.posts, self.matter, self.kind, self.org);
        post.ok_or_else(|| Refusal::new(Rule::NoPostMay).with("action", "attach").into())
    }
}
