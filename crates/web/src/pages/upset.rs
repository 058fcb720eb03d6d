//! Failures as pages. Whoever is not signed in comes to the door and back; what was typed stays.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::frame::{Frame, address};
use super::visitor::{Form, Visitor};
use crate::problem::{Cause, Failure};

/// What went wrong for a visitor.
pub struct Upset {
    visitor: Box<Visitor>,
    failure: Box<Failure>,
    not_signed_in: bool,
    kept: Option<Form>,
}

impl Upset {
    /// A failure for a visitor.
    pub fn new(visitor: &Visitor, cause: Cause) -> Self {
        let not_signed_in = matches!(cause, Cause::App(app::Error::NotSignedIn));
        let county = visitor.county.as_ref().map(|state| state.county);
        let failure = Failure::new(cause, &visitor.locale, &visitor.web, county);
        Self {
            visitor: Box::new(visitor.clone()),
            failure: Box::new(failure),
            not_signed_in,
            kept: None,
        }
    }

    /// The same, with what was typed.
    #[must_use]
    pub fn keeping(mut self, form: &Form) -> Self {
        self.kept = Some(form.clone());
        self
    }

    /// What it says, for a form that shows it beside its fields.
    pub fn problem(&self) -> crate::problem::Problem {
        self.failure.problem()
    }

    /// Whether a form can be shown again with what is wrong in it.
    pub fn is_about_the_form(&self) -> bool {
        matches!(self.problem().status, 409 | 422)
    }
}

impl IntoResponse for Upset {
    fn into_response(self) -> Response {
        let visitor = &*self.visitor;
        if self.not_signed_in {
            if visitor.reads {
                let then = address("/sign-in", &[("then", &visitor.here)]);
                return Redirect::to(&then).into_response();
            }
            return super::sign::door(visitor, None, self.kept.as_ref(), &visitor.here);
        }
        let problem = self.failure.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = html! {
            div class="sheet" {
                p { (problem.detail) }
                @for error in &problem.errors {
                    p { (error.message) " " (error.remedy) }
                }
                p class="buttons" { a class="button" href="/" { (visitor.say("page.to-workbench")) } }
            }
        };
        let mut response = Frame::bare(visitor, &problem.title).show(&body);
        *response.status_mut() = status;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
