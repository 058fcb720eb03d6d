//! Suggesting a category while a text is typed in. It gives its reasons; a person decides.

use app::Desk;
use app::suggest::suggest;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Body;
use crate::problem::{Failure, Problem};

/// How many categories are suggested, and how many reasons each gives.
const SUGGESTIONS: usize = 3;
const REASONS: usize = 5;

/// The text of a matter that is being taken in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionBody {
    /// The kind.
    pub kind: String,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// What is told.
    #[serde(default)]
    pub text: String,
}

/// A category that fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    /// The item of the kind's category list.
    pub category: String,
    /// What people call it.
    pub label: String,
    /// How likely, of 1, as it came out on texts that the model had not seen.
    pub score: f32,
    /// The parts of the text that speak for it, the strongest first.
    pub reasons: Vec<String>,
}

/// The likeliest categories; none where the county has taught nothing yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionPage {
    /// The categories, the likeliest first.
    pub items: Vec<SuggestionView>,
}

/// Suggests categories for a text, with reasons. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/suggestions", tag = "catalogue", request_body = SuggestionBody,
    responses((status = 200, body = SuggestionPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn suggestions(body: Body<SuggestionBody>) -> Result<Json<SuggestionPage>, Failure> {
    let Body { caller, value, .. } = body;
    let kind = value.kind.clone();
    let (state, found) = caller
        .read(move |conn, service, credential| {
            let desk = Desk::open(conn, service, credential)?;
            let of = (value.kind.as_str(), value.title.as_str(), value.text.as_str());
            let found = suggest(conn, &desk.state, of)?;
            Ok((desk.state, found))
        })
        .await?;
    let view = |s: domain::suggest::Suggestion| SuggestionView {
        label: app::suggest::label(&state, &kind, &s.class, &caller.locale)
            .unwrap_or(&s.class)
            .to_owned(),
        reasons: s.reasons.into_iter().take(REASONS).map(|r| r.gram).collect(),
        category: s.class,
        score: s.score,
    };
    Ok(Json(SuggestionPage { items: found.into_iter().take(SUGGESTIONS).map(view).collect() }))
}
