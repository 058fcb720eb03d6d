//! The check of a paper, for anybody: by the code that stands on it, or by opening its QR code.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::County;
use maud::{Markup, html};
use serde::Deserialize;

use app::papers::Proof;

use super::frame::{Frame, address};
use super::upset::Upset;
use super::visitor::Visitor;
use crate::api::papers::{From, proof};

/// What is checked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    county: String,
    code: String,
    digest: String,
}

/// Asks for a code; one that was typed is looked up under its own address.
pub async fn ask(visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    if asked.code.trim().is_empty() {
        return page(&visitor, &asked, &html! {}, StatusCode::OK);
    }
    let county = asked.county.trim().parse::<County>().ok();
    let county = county.or_else(|| visitor.web.sole_county());
    let county = county.map_or_else(|| "0".to_owned(), |county| county.to_string());
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let code: String = asked.code.chars().filter(plain).take(20).collect();
    let to = address(&format!("/verify/{county}/{code}"), &[("digest", asked.digest.trim())]);
    Redirect::to(&to).into_response()
}

/// Shows what a paper is; or that there is none.
pub async fn show(
    visitor: Visitor,
    from: From,
    Path((county, code)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let of = county.parse::<County>().ok();
    let digest = Some(asked.digest.clone()).filter(|d| !d.trim().is_empty());
    let asked = Asked { county, code, ..asked };
    match proof(&visitor.web, &from.0, of, &asked.code, digest).await {
        Ok(proof) => {
            Ok(page(&visitor, &Asked::default(), &shown(&visitor, &proof), StatusCode::OK))
        }
        Err(app::Error::Missing) => {
            let none = html! {
                div class="note bad" role="alert" { p { strong { (visitor.say("verify-page.none")) } } p { (visitor.say("verify-page.none-hint")) } }
            };
            Ok(page(&visitor, &asked, &none, StatusCode::NOT_FOUND))
        }
        Err(error) => Err(visitor.upset(error)),
    }
}

fn shown(visitor: &Visitor, proof: &Proof) -> Markup {
    let say = |key: &str| visitor.say(key);
    let day = |at: domain::time::Instant| at.day().to_string();
    html! {
        @match (proof.revoked_at, proof.fits) {
            (Some(at), _) => { div class="note bad" role="status" { p { strong { (say("verify-page.revoked")) " " (day(at)) } } } }
            (None, Some(false)) => { div class="note bad" role="status" { p { strong { (say("verify-page.differs")) } } } }
            (None, _) => { div class="note good" role="status" { p { strong { (say("verify-page.stands")) } } } }
        }
        div class="sheet" {
            dl class="facts" {
                dt { (say("verify-page.title")) } dd { (proof.title.get(&visitor.locale)) }
                @if !proof.number.is_empty() { dt { (say("verify-page.number")) } dd { (proof.number) } }
                dt { (say("verify-page.unit")) } dd { (proof.unit) }
                dt { (say("verify-page.date")) } dd class="number" { (day(proof.issued_at)) }
                dt { (say("verify-page.code")) } dd class="number" { (proof.code) }
                dt { (say("verify-page.digest")) } dd class="digest" { (proof.digest) }
            }
            p class="soft small" { (say("verify-page.compare")) }
        }
    }
}

fn page(visitor: &Visitor, asked: &Asked, result: &Markup, status: StatusCode) -> Response {
    let say = |key: &str| visitor.say(key);
    let several = visitor.web.service.counties().len() > 1;
    let body = html! {
        (result)
        form class="sheet" method="get" action="/verify" {
            p { (say("verify-page.hint")) }
            @if several {
                div class="field" {
                    label for="county" { (say("page.county")) }
                    input id="county" name="county" inputmode="numeric" maxlength="6" autocomplete="off" value=(asked.county);
                }
            }
            div class="field" {
                label for="code" { (say("verify-page.code")) }
                input id="code" name="code" maxlength="20" autocomplete="off" required value=(asked.code);
            }
            div class="field" {
                label for="digest" { (say("verify-page.digest-given")) }
                input id="digest" name="digest" maxlength="100" autocomplete="off" value=(asked.digest);
            }
            div class="buttons" { button class="go" { (say("verify-page.check")) } }
        }
    };
    let title = say("verify-page.heading");
    let mut response = Frame::bare(visitor, &title).show(&html! { div class="door" { (body) } });
    *response.status_mut() = status;
    response
}
