//! Failures as problem details (RFC 9457), in the caller's language.

use std::sync::Arc;

use app::{CountyState, Error, PaperFault};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::County;
use domain::matter::{Class, Refusal, Refused};
use domain::words::{Args, Words};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::state::Web;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// What a caller should wait before trying again, in seconds.
const RETRY_AFTER: &str = "2";

/// A failure, as RFC 9457 has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A URN that names the sort of problem.
    #[serde(rename = "type")]
    pub type_: String,
    /// What sort of problem it is.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here.
    pub detail: String,
    /// Every rule that is broken, with the field that breaks it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
}

/// One broken rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemError {
    /// The rule.
    pub rule: String,
    /// The field, as a path into what was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub remedy: String,
    /// The article behind the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
}

/// A failure on its way out, still without a language.
pub struct Failure {
    cause: Cause,
    locale: String,
    state: Option<Arc<CountyState>>,
}

/// What failed.
#[derive(Debug)]
pub enum Cause {
    /// The product says no.
    App(Error),
    /// The request itself is at fault: the name of the problem, its status, and what is broken.
    Request(&'static str, StatusCode, Vec<Refusal>),
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl Failure {
    /// A failure for a caller.
    pub fn new(cause: impl Into<Cause>, locale: &str, web: &Web, county: Option<County>) -> Self {
        let state = county.and_then(|c| web.service.county(c).ok());
        Self { cause: cause.into(), locale: locale.to_owned(), state }
    }

    fn words(&self) -> &Words {
        self.state.as_ref().map_or_else(|| Words::built_in(), |s| &s.catalogue.words)
    }

    /// What it says.
    pub(crate) fn problem(&self) -> Problem {
        match &self.cause {
            Cause::Request(name, status, broken) => {
                let max = crate::limits::BODY_BYTES.to_string();
                self.with(self.named(name, *status, &[("max", max)]), broken)
            }
            Cause::App(Error::Refused(refused)) => self.refused(refused),
            Cause::App(error) => self.app(error),
        }
    }

    fn app(&self, error: &Error) -> Problem {
        let plain = |name: &str, status: StatusCode| self.named(name, status, &[]);
        match error {
            Error::Missing => plain("missing", StatusCode::NOT_FOUND),
            Error::NotSignedIn => plain("not-signed-in", StatusCode::UNAUTHORIZED),
            Error::BadCsrf => plain("bad-csrf", StatusCode::FORBIDDEN),
            Error::BadLogin => plain("bad-login", StatusCode::UNAUTHORIZED),
            Error::Locked { .. } => plain("locked", StatusCode::TOO_MANY_REQUESTS),
            Error::NoRight(_) => plain("no-right", StatusCode::FORBIDDEN),
            Error::KeyReused => plain("key-reused", StatusCode::UNPROCESSABLE_ENTITY),
            Error::WeakPassword(_) => plain("weak-password", StatusCode::UNPROCESSABLE_ENTITY),
            Error::Unusable(what) => self.named(
                "unusable",
                StatusCode::UNPROCESSABLE_ENTITY,
                &[("what", (*what).to_owned())],
            ),
            Error::Paper(PaperFault::NoFont { looked_in }) => self.named(
                "no-font",
                StatusCode::SERVICE_UNAVAILABLE,
                &[("folders", looked_in.clone())],
            ),
            Error::Paper(PaperFault::TooLarge { .. }) => {
                plain("paper-too-large", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Error::Paper(PaperFault::Parts { .. } | PaperFault::Scan { .. }) => {
                plain("bad-scan", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Error::Upload(what) => self.upload(what),
            Error::Table(rule, args) => {
                let mut problem = plain("table", StatusCode::UNPROCESSABLE_ENTITY);
                problem.detail = self.words().say(&self.locale, &format!("table.{rule}"), args);
                problem
            }
            Error::Store(StoreError::Full) => plain("full", StatusCode::SERVICE_UNAVAILABLE),
            Error::Store(StoreError::Changed) => plain("conflict", StatusCode::CONFLICT),
            Error::Store(e) if e.is_passing() => {
                plain("unavailable", StatusCode::SERVICE_UNAVAILABLE)
            }
            Error::Store(_)
            | Error::Vault(_)
            | Error::Catalogue(_)
            | Error::Refused(_)
            | Error::Paper(_) => self.internal(error),
        }
    }

    /// What was uploaded is too large, or not of a sort that is taken.
    fn upload(&self, what: &str) -> Problem {
        let status = match what {
            "too-large" => StatusCode::PAYLOAD_TOO_LARGE,
            "empty" => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        };
        let most = (app::files::MAX_BYTES >> 20).to_string();
        self.named(&format!("upload-{what}"), status, &[("max", most)])
    }

    /// What failed is told to the operator under a number; the caller gets the number only.
    fn internal(&self, error: &Error) -> Problem {
        let id: [u8; 4] = app::random().unwrap_or_default();
        let id = store::chain::hex(&id);
        tracing::error!(%id, %error, "a request failed inside");
        self.named("internal", StatusCode::INTERNAL_SERVER_ERROR, &[("id", id)])
    }

    fn refused(&self, refused: &Refused) -> Problem {
        let class = refused.first().map_or(Class::State, |r| r.rule.class());
        let (name, status) = match class {
            Class::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY),
            Class::Forbidden => ("forbidden", StatusCode::FORBIDDEN),
            Class::State => ("state", StatusCode::CONFLICT),
            Class::Conflict => ("conflict", StatusCode::CONFLICT),
        };
        self.with(self.named(name, status, &[]), &refused.0)
    }

    /// A problem with everything that is broken; the first of it says what is wrong.
    fn with(&self, mut problem: Problem, broken: &[Refusal]) -> Problem {
        let errors = broken.iter().map(|r| ProblemError {
            rule: r.rule.name().to_owned(),
            field: r.field.clone(),
            message: r.message(self.words(), &self.locale),
            remedy: r.remedy(self.words(), &self.locale),
            law: r.law.clone(),
        });
        problem.errors = errors.collect();
        if let Some(first) = problem.errors.first() {
            problem.detail.clone_from(&first.message);
        }
        problem
    }

    fn named(&self, name: &str, status: StatusCode, args: Args<'_>) -> Problem {
        Problem {
            type_: format!("urn:shanzhi:problem:{name}"),
            title: self.words().say(&self.locale, &format!("problem.{name}.title"), args),
            status: status.as_u16(),
            detail: self.words().say(&self.locale, &format!("problem.{name}.detail"), args),
            errors: Vec::new(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("900"));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
