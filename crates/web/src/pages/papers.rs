//! Papers on the pages: what is due and what is still blank in it, the form of one, its preview,
//! issuing it, opening it again, the dossier.

use std::collections::BTreeMap;

use app::matters::Look;
use app::papers::{self as does, Asked, Blank, Draft, Issuing, Listed, Revoking};
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::ids::MatterCode;
use domain::kind::Document;
use domain::matter::{Paper, signed_in_ink};
use domain::paper::PaperCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Frame, address};
use super::matter::to_matter;
use super::parts::{code, moment, secrets};
use super::trail::Trail;
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};
use crate::problem::Problem;

/// Before the place of a field in the names of inputs.
const PREFIX: &str = "p.";

/// Which paper.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    document: String,
    due: Option<u16>,
}

/// The papers of a matter, on its page.
pub fn section(visitor: &Visitor, look: &Look, open: &[Listed]) -> Markup {
    let say = |key: &str| visitor.say(key);
    let (due, free): (Vec<&Listed>, Vec<&Listed>) = open.iter().partition(|p| p.due.is_some());
    let free: Vec<&Listed> = free.into_iter().filter(|p| p.may).collect();
    html! {
        section class="sheet" id="papers" {
            h2 { (say("paper.papers")) }
            @if due.is_empty() && look.matter.papers.is_empty() { p class="soft" { (say("paper.none")) } }
            @if !due.is_empty() {
                h3 { (say("paper.due")) }
                ul class="papers" { @for paper in &due { (due_line(visitor, look, paper)) } }
            }
            @if !look.matter.papers.is_empty() {
                h3 { (say("paper.issued")) }
                ul class="papers" {
                    @for paper in look.matter.papers.iter().rev() { (issued_line(visitor, look, paper)) }
                }
            }
            @if !free.is_empty() {
                details {
                    summary { (say("paper.more")) }
                    ul { @for paper in &free { li { (made_at(visitor, look, paper)) } } }
                }
            }
            (dossier_line(visitor, look))
        }
    }
}

/// Where a paper is made out.
pub fn made_at(visitor: &Visitor, look: &Look, paper: &Listed) -> Markup {
    let due = paper.due.map(|d| d.to_string()).unwrap_or_default();
    let path = format!("/matters/{}/papers/new", look.matter.code());
    let to = address(&path, &[("document", &paper.document), ("due", &due)]);
    html! { a href=(to) { (paper.label.get(&visitor.locale)) } }
}

fn due_line(visitor: &Visitor, look: &Look, paper: &Listed) -> Markup {
    let locale = &visitor.locale;
    html! {
        li {
            @if paper.may { (made_at(visitor, look, paper)) }
            @else { (paper.label.get(locale)) " " span class="small soft" { (visitor.say("paper.others")) } }
            @if let Some(since) = paper.since {
                " " span class="small soft number" { (moment(&since.to_string())) }
            }
            @if !paper.gaps.is_empty() {
                div class="small" {
                    (visitor.say("paper.lacks")) "："
                    @for (i, gap) in paper.gaps.iter().enumerate() {
                        @if i > 0 { "、" } (gap.label.get(locale))
                    }
                }
            }
        }
    }
}

fn issued_line(visitor: &Visitor, look: &Look, paper: &Paper) -> Markup {
    let say = |key: &str| visitor.say(key);
    let matter = look.matter.code();
    let label = label_of(visitor, look, &paper.document);
    let own = format!("/matters/{matter}/papers/{}", paper.code);
    html! {
        li {
            a href={ (own) ".pdf" } target="_blank" rel="noopener" { (label) }
            @if paper.revoked_at.is_some() { " " span class="tag red" { (say("paper.revoked")) } }
            div class="small soft" {
                @if !paper.number.is_empty() { (paper.number) " · " }
                span class="number" { (moment(&paper.at.to_string())) } " · "
                span class="number" { (paper.code) }
            }
            @if paper.revoked_at.is_none() {
                div class="small" {
                    a href={ (own) "/sign" } { (say("paper.signed")) }
                    details {
                        summary { (say("paper.revoke")) }
                        form method="post" action={ (own) "/revoke" } {
                            (secrets(&look.desk.csrf, None))
                            div class="field" {
                                label for={ "why-" (paper.code) } { (say("paper.why")) }
                                input id={ "why-" (paper.code) } name="reason" maxlength="500" required autocomplete="off";
                            }
                            button { (say("paper.revoke")) }
                        }
                    }
                }
            }
        }
    }
}

fn label_of(visitor: &Visitor, look: &Look, document: &str) -> String {
    let own = look.kind().ok().and_then(|k| k.documents.get(document)).map(|d| &d.label);
    let sheets = &look.desk.state.catalogue.papers;
    let label = own.or_else(|| sheets.get(document).map(|s| &s.label));
    label.map_or(document, |l| l.get(&visitor.locale)).to_owned()
}

fn dossier_line(visitor: &Visitor, look: &Look) -> Markup {
    let say = |key: &str| visitor.say(key);
    let Ok(Some(lacks)) = does::dossier_gaps(look) else { return html! {} };
    html! {
        h3 { (say("paper.dossier")) }
        @if lacks.is_empty() {
            p { a class="button" href={ "/matters/" (look.matter.code()) "/dossier.pdf" } target="_blank" rel="noopener" { (say("paper.bind")) } }
        } @else {
            p class="small" { (say("paper.dossier-lacks")) "："
                @for (i, item) in lacks.iter().enumerate() {
                    @if i > 0 { "、" } (item.label.get(&visitor.locale))
                }
            }
        }
    }
}

/// Shows the form of a paper.
pub async fn show(
    visitor: Visitor,
    Path(text): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Upset> {
    let draft = drafted(&visitor, &text, which, &Form::default()).await?;
    Ok(page(&visitor, &draft, None))
}

async fn drafted(visitor: &Visitor, text: &str, which: Which, form: &Form) -> Result<Draft, Upset> {
    let asked = asked(visitor, text, which, form)?;
    visitor
        .read(move |conn, service, credential| does::draft(conn, service, credential, &asked))
        .await
}

fn matter_code(visitor: &Visitor, text: &str) -> Result<MatterCode, Upset> {
    text.parse().map_err(|_| visitor.upset(app::Error::Missing))
}

fn asked(visitor: &Visitor, text: &str, which: Which, form: &Form) -> Result<Asked, Upset> {
    let typed: BTreeMap<String, String> = form
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone())))
        .filter(|(_, value)| !value.trim().is_empty())
        .collect();
    let code = matter_code(visitor, text)?;
    Ok(Asked { code, document: which.document, due: which.due, typed })
}

fn which(form: &Form) -> Which {
    Which {
        document: form.get("document").unwrap_or_default().to_owned(),
        due: form.get("due").and_then(|due| due.parse().ok()),
    }
}

/// Previews a paper, or issues it; where that is refused, shows the form again with what was typed.
pub async fn take(Path(text): Path<String>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    if form.get("do") == Some("preview") {
        let draft = drafted(&visitor, &text, which(&form), &form).await;
        let draft = draft.map_err(|upset| upset.keeping(&form))?;
        return visitor.web.preview(draft).await.map_err(|e| visitor.upset(e));
    }
    let asked = asked(&visitor, &text, which(&form), &form)?;
    let code = asked.code;
    let issuing = Issuing { asked, seen: form.get("version").and_then(|v| v.parse().ok()) };
    let done = visitor
        .write(move |conn, service, credential| {
            does::issue(conn, service, credential, &issuing, keyed.as_ref())
        })
        .await;
    match done {
        Ok(answered) => {
            if let Some(credential) = &visitor.credential {
                visitor.web.print_ahead(credential, code, &answered.body).await;
            }
            Ok(to_matter(&text, "done", &Trail::default()))
        }
        Err(upset) if upset.is_about_the_form() => {
            let draft = drafted(&visitor, &text, which(&form), &form).await;
            let draft = draft.map_err(|upset| upset.keeping(&form))?;
            Ok(page(&visitor, &draft, Some((&form, &upset.problem()))))
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

fn page(visitor: &Visitor, draft: &Draft, again: Option<(&Form, &Problem)>) -> Response {
    let look = &draft.look;
    let body = html! {
        p class="crumbs" {
            a href={ "/matters/" (look.matter.code()) } { (look.matter.registration.title) }
            span class="soft number" { " " (code(&look.matter.code().to_string())) }
        }
        @if let Some((_, problem)) = again {
            @if draft.gaps.is_empty() {
                div class="note bad" role="alert" tabindex="-1" data-focus { p { (problem.detail) } }
            }
        }
        (gaps(visitor, draft, again.is_some()))
        (form(visitor, draft, again.map(|(form, _)| form)))
    };
    let title = label_of(visitor, look, &draft.document);
    Frame::of(visitor, &look.desk, &title, "queue").show(&body)
}

fn gaps(visitor: &Visitor, draft: &Draft, refused: bool) -> Markup {
    let typed = |at: &str| draft.blanks.iter().any(|blank| blank.at == at);
    let class = if refused { "note bad" } else { "note care" };
    html! {
        @if !draft.gaps.is_empty() {
            div class=(class) role=[refused.then_some("alert")] tabindex="-1" data-focus[refused] {
                p { strong { (visitor.say("paper.gaps")) } }
                ul {
                    @for gap in &draft.gaps {
                        li {
                            @if typed(&gap.at) { a href={ "#" (PREFIX) (gap.at) } { (gap.label.get(&visitor.locale)) (which_one(&gap.at)) } }
                            @else { (gap.label.get(&visitor.locale)) (which_one(&gap.at)) }
                        }
                    }
                }
            }
        }
    }
}

/// Of which of several: ` 2` for `parties[1].phone`.
fn which_one(at: &str) -> String {
    let count = at.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let count = count.and_then(|(count, _)| count.parse::<usize>().ok());
    count.map_or_else(String::new, |count| format!(" {}", count + 1))
}

fn form(visitor: &Visitor, draft: &Draft, typed: Option<&Form>) -> Markup {
    let say = |key: &str| visitor.say(key);
    let (look, own) = (&draft.look, format!("/matters/{}/papers", draft.look.matter.code()));
    let (must, may): (Vec<&Blank>, Vec<&Blank>) = draft.blanks.iter().partition(|b| b.must);
    html! {
        form class="sheet" method="post" action=(own) data-draft={ (own) "/" (draft.document) } {
            (secrets(&look.desk.csrf, None))
            input type="hidden" name="version" value=(look.matter.version);
            input type="hidden" name="document" value=(draft.document);
            @if let Some(due) = draft.due { input type="hidden" name="due" value=(due); }
            p class="soft small" { (say("paper.hint")) }
            @for blank in &must { (input(visitor, draft, blank, typed)) }
            @if !may.is_empty() {
                details open[typed.is_some()] {
                    summary { (say("paper.optional")) }
                    @for blank in &may { (input(visitor, draft, blank, typed)) }
                }
            }
            div class="buttons" {
                button name="do" value="preview" formtarget="_blank" { (say("paper.preview")) }
                button class="go" name="do" value="issue" { (say("paper.issue")) }
                a href={ "/matters/" (look.matter.code()) } { (say("page.back")) }
            }
        }
    }
}

fn input(visitor: &Visitor, draft: &Draft, blank: &Blank, typed: Option<&Form>) -> Markup {
    let name = format!("{PREFIX}{}", blank.at);
    let value = typed.and_then(|form| form.get(&name)).unwrap_or(&blank.said).to_owned();
    let lacks = draft.gaps.iter().any(|gap| gap.at == blank.at);
    let hint = format!("{name}-hint");
    html! {
        div class="field" {
            label for=(name) {
                (blank.label.get(&visitor.locale)) (which_one(&blank.at))
                @if blank.must { " " span class="soft small" { (visitor.say("paper.must")) } }
            }
            @if blank.list { div class="small soft" id=(hint) { (visitor.say("paper.lines")) } }
            textarea id=(name) name=(name) rows=(if blank.list { "3" } else { "1" }) maxlength="20000"
                aria-describedby=[blank.list.then_some(&hint)] aria-invalid=[(lacks && typed.is_some()).then_some("true")] { (value) }
        }
    }
}

/// Opens a paper, as PDF; the reading is logged.
pub async fn pdf(
    visitor: Visitor,
    Path((text, file)): Path<(String, String)>,
) -> Result<Response, Upset> {
    let code = matter_code(&visitor, &text)?;
    let paper = paper_code(&visitor, file.strip_suffix(".pdf").unwrap_or(&file))?;
    let credential = visitor.shown()?;
    visitor.web.paper(&credential, code, paper).await.map_err(|e| visitor.upset(e))
}

fn paper_code(visitor: &Visitor, text: &str) -> Result<PaperCode, Upset> {
    text.parse().map_err(|_| visitor.upset(app::Error::Missing))
}

/// Opens the dossier, as PDF; the reading is logged.
pub async fn dossier(visitor: Visitor, Path(text): Path<String>) -> Result<Response, Upset> {
    let code = matter_code(&visitor, &text)?;
    let credential = visitor.shown()?;
    visitor.web.dossier(&credential, code).await.map_err(|e| visitor.upset(e))
}

/// Revokes a paper.
pub async fn revoke(
    Path((text, paper)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let (code, paper) = (matter_code(&visitor, &text)?, paper_code(&visitor, &paper)?);
    let reason = form.get("reason").unwrap_or_default().to_owned();
    let revoking = Revoking { code, paper, reason };
    let done = visitor
        .write(move |conn, service, credential| does::revoke(conn, service, credential, &revoking))
        .await;
    done.map_err(|upset| upset.keeping(&form))?;
    Ok(to_matter(&text, "done", &Trail::default()))
}

/// How a paper of a look is declared.
pub fn declared<'l>(look: &'l Look, paper: &Paper) -> Option<(&'l Document, bool)> {
    let document = look.kind().ok()?.documents.get(&paper.document)?;
    Some((document, signed_in_ink(document, &look.matter)))
}
