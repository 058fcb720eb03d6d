//! Taking a step: the form of an offered action, generated from what it asks for.

use app::matters::{Acting, Look, act};
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::matter::Offer;
use maud::{Markup, html};

use super::frame::Frame;
use super::inputs::{Inputs, data, is_about};
use super::matter::{offered, to_matter};
use super::parts::{code, secrets};
use super::trail::Trail;
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};
use crate::problem::{Problem, ProblemError};

/// The list that the matter was opened from.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct On {
    list: String,
}

/// Shows the form of an action.
pub async fn show(
    visitor: Visitor,
    Path((text, action)): Path<(String, String)>,
    Query(On { list }): Query<On>,
) -> Result<Response, Upset> {
    let (look, ()) = visitor.look(&text, |_, _| Ok(())).await?;
    page(&visitor, &look, &action, &Trail(list), None)
}

/// Takes the action; where that is refused, shows the form again with what was typed.
pub async fn take(
    Path((text, action)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let trail = Trail(form.get("list").unwrap_or_default().to_owned());
    let look = visitor.look(&text, |_, _| Ok(())).await;
    let (look, ()) = look.map_err(|upset| upset.keeping(&form))?;
    let data = {
        let offers = look.offers().map_err(|e| visitor.upset(e))?;
        offered(&offers, &action).map(|offer| data(&offer.inputs, &form)).unwrap_or_default()
    };
    let acting = Acting {
        code: look.matter.code(),
        action: action.clone(),
        seen: form.get("version").and_then(|v| v.parse().ok()),
        data,
    };
    let done = visitor
        .write(move |conn, service, credential| {
            act(conn, service, credential, &acting, keyed.as_ref())
        })
        .await;
    match done {
        Ok(_) => Ok(to_matter(&text, "done", &trail)),
        Err(upset) if upset.is_about_the_form() => {
            page(&visitor, &look, &action, &trail, Some((&form, &upset)))
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

fn page(
    visitor: &Visitor,
    look: &Look,
    action: &str,
    trail: &Trail,
    again: Option<(&Form, &Upset)>,
) -> Result<Response, Upset> {
    let offers = look.offers().map_err(|e| visitor.upset(e))?;
    let Some(offer) = offered(&offers, action) else {
        return Err(visitor.upset(app::Error::Missing));
    };
    let body = html! {
        p class="crumbs" {
            a href=(trail.to(&format!("/matters/{}", look.matter.code()))) { (look.matter.registration.title) }
            span class="soft number" { " " (code(&look.matter.code().to_string())) }
        }
        (form(visitor, look, offer, trail, again))
    };
    let title = offer.action.label.get(&visitor.locale);
    Ok(Frame::of(visitor, &look.desk, title, "queue").show(&body))
}

fn form(
    visitor: &Visitor,
    look: &Look,
    offer: &Offer<'_>,
    trail: &Trail,
    again: Option<(&Form, &Upset)>,
) -> Markup {
    let problem = again.map(|(_, upset)| upset.problem());
    let errors = problem.as_ref().map_or(&[][..], |p| p.errors.as_slice());
    let form = again.map(|(form, _)| form);
    let inputs = Inputs { visitor, desk: &look.desk, matter: Some(&look.matter), form, errors };
    let named = |e: &&ProblemError| offer.inputs.iter().any(|input| is_about(e, &input.name));
    let key = form.and_then(|f| f.get("key"));
    let own = format!("/matters/{}/acts/{}", look.matter.code(), offer.action.id.text);
    html! {
        @if let Some(blocked) = &offer.blocked {
            div class="note care" { p { (blocked.message(&look.desk.state.catalogue.words, &visitor.locale)) } }
        }
        @if let Some(problem) = &problem { (summary(visitor, problem, offer)) }
        form class="sheet" method="post" action=(own) data-draft=(own) {
            // A refused form that is mended says something else: it goes under a new key.
            (secrets(&look.desk.csrf, key.filter(|_| problem.is_none())))
            input type="hidden" name="version" value=(look.matter.version);
            input type="hidden" name="list" value=(trail.0);
            @if let Some(law) = &offer.action.law { p class="soft small" { (law) } }
            @for input in &offer.inputs { (inputs.field(input)) }
            @for error in errors.iter().filter(|e| !named(e)) {
                p class="wrong" { (error.message) " " (error.remedy) }
            }
            div class="buttons" {
                button class="go" { (offer.action.label.get(&visitor.locale)) }
                a href=(trail.to(&format!("/matters/{}", look.matter.code()))) { (visitor.say("page.back")) }
            }
        }
    }
}

/// What is wrong, on top, with links to the fields.
fn summary(visitor: &Visitor, problem: &Problem, offer: &Offer<'_>) -> Markup {
    html! {
        div class="note bad" role="alert" tabindex="-1" data-focus {
            h2 { (visitor.say("page.wrong")) }
            @if problem.errors.is_empty() { p { (problem.detail) } }
            ul {
                @for error in &problem.errors {
                    @let field = offer.inputs.iter().find(|input| is_about(error, &input.name));
                    li {
                        @match field {
                            Some(input) => { a href={ "#f." (input.name) } { (error.message) } }
                            None => { (error.message) " " (error.remedy) }
                        }
                    }
                }
            }
        }
    }
}
