//! The door: signing in and out, choosing a language.

use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::County;
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::Frame;
use super::upset::Upset;
use super::veil::veil;
use super::visitor::{Form, LANGUAGE_COOKIE, Posted, Visitor};
use crate::api::session::{check, cookie};

/// How long the chosen language is remembered, in seconds.
const LANGUAGE_SECONDS: u32 = 365 * 24 * 3_600;
/// The name under which a form that waits for its sender travels through the door.
const KEPT: &str = "kept";

/// Where to go after the door.
#[derive(Debug, Default, Deserialize)]
pub struct Then {
    /// An address of this server.
    #[serde(default)]
    then: String,
}

/// An address of this server, and of no other.
pub fn own(address: &str) -> &str {
    let own = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    if own && !address.starts_with("/sign-") { address } else { "/" }
}

/// Shows the door.
pub async fn show(visitor: Visitor, Query(Then { then }): Query<Then>) -> Response {
    door(&visitor, None, None, &then)
}

/// The door; with what went wrong, and with a form that waits until its sender is signed in again.
pub fn door(visitor: &Visitor, wrong: Option<&Upset>, kept: Option<&Form>, then: &str) -> Response {
    let say = |key: &str| visitor.say(key);
    let typed = |form: &Form| {
        let mut text = form_urlencoded::Serializer::new(String::new());
        form.0.iter().filter(|(n, _)| n != "csrf").for_each(|(n, v)| {
            text.append_pair(n, v);
        });
        text.finish()
    };
    let counties = visitor.web.service.counties();
    let body = html! {
        div class="sheet" {
            @if let Some(wrong) = wrong { (note_bad(&wrong.problem().detail)) }
            @if kept.is_some() { div class="note care" role="status" { p { (say("page.kept")) } } }
            form method="post" action="/sign-in" {
                input type="hidden" name="then" value=(own(then));
                @if let Some(form) = kept { input type="hidden" name=(KEPT) value=(typed(form)); }
                @if counties.len() > 1 {
                    div class="field" {
                        label for="county" { (say("page.county")) }
                        input id="county" name="county" inputmode="numeric" maxlength="6" autocomplete="off";
                    }
                }
                div class="field" {
                    label for="login" { (say("page.login")) }
                    input id="login" name="login" autocomplete="username" required autofocus;
                }
                div class="field" {
                    label for="password" { (say("page.password")) }
                    input id="password" name="password" type="password" autocomplete="current-password" required;
                }
                div class="buttons" { button class="go" { (say("page.sign-in")) } }
            }
        }
    };
    let title = visitor.say("page.sign-in");
    let mut response = Frame::bare(visitor, &title).show(&html! { div class="door" { (body) } });
    if wrong.is_some() || kept.is_some() {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    response
}

fn note_bad(text: &str) -> Markup {
    html! { div class="note bad" role="alert" { p { (text) } } }
}

/// Signs in. A form that waited is shown once more, ready to be sent.
pub async fn sign_in(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let then = own(form.get("then").unwrap_or("/")).to_owned();
    let kept = form.get(KEPT).map(|text| Form::read(text.as_bytes()));
    let county = match form.get("county") {
        Some(code) => code.parse::<County>().ok(),
        None => visitor.web.sole_county(),
    };
    let county = county.filter(|c| visitor.web.service.county(*c).is_ok());
    let field = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let opened = match county {
        Some(county) => {
            // A password may begin or end with a space.
            let password = form.0.iter().find(|(n, _)| n == "password").map(|(_, v)| v.clone());
            check(&visitor.web, county, field("login"), password.unwrap_or_default()).await
        }
        None => Err(app::Error::BadLogin),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(door(&visitor, Some(&visitor.upset(error)), kept.as_ref(), &then)),
    };
    let mut response = match &kept {
        None => Redirect::to(&then).into_response(),
        Some(kept) => again(&visitor, kept, &opened.csrf, &then),
    };
    let cookie = cookie(&visitor.web, &opened.secret, app::who::SESSION_MS / 1000);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What was typed before the session ended, to be sent again by a person, not by itself.
fn again(visitor: &Visitor, kept: &Form, csrf: &str, to: &str) -> Response {
    let say = |key: &str| visitor.say(key);
    let body = html! {
        div class="sheet" {
            p { (say("page.kept-again")) }
            form method="post" action=(to) {
                input type="hidden" name="csrf" value=(veil(csrf));
                @for (name, value) in &kept.0 { input type="hidden" name=(name) value=(value); }
                div class="buttons" { button class="go" { (say("page.send")) } }
            }
        }
    };
    Frame::bare(visitor, &say("page.welcome-back")).show(&body)
}

/// Signs out.
pub async fn sign_out(posted: Posted) -> Result<Response, Upset> {
    let visitor = posted.visitor;
    visitor.write(app::accounts::sign_out).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie(&visitor.web, "", 0));
    Ok(response)
}

/// Chooses a language.
pub async fn language(posted: Posted) -> Response {
    let chosen = posted.form.get("language").unwrap_or("zh");
    let known = domain::words::Words::built_in().locales().any(|l| l == chosen);
    let mut response = Redirect::to(own(posted.form.get("then").unwrap_or("/"))).into_response();
    if known {
        let text =
            format!("{LANGUAGE_COOKIE}={chosen}; Path=/; SameSite=Lax; Max-Age={LANGUAGE_SECONDS}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own("/matters?lane=held"), "/matters?lane=held");
        for foreign in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "/sign-in?then=/"]
        {
            assert_eq!(own(foreign), "/");
        }
    }
}
