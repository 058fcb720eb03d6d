//! The API under `/api/v1`: every address in one place, with its description.

mod audit;
mod catalogue;
mod faults;
mod health;
mod lists;
mod matters;
mod meetings;
mod notices;
pub(crate) mod papers;
mod records;
mod registers;
mod search;
pub(crate) mod session;
mod suggestions;
mod tallies;
mod tasks;
mod units;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::Anyone;
use crate::problem::{Cause, PROBLEM_JSON};
use crate::state::Web;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "善治 Shanzhi",
        description = "The API of a county's grassroots governance centre. Times are RFC 3339 with zone, money \
                       is in 分 as an integer, codes and ids are strings, failures are problem details (RFC 9457)."
    ),
    security(("token" = []), ("session" = []))
)]
struct Description;

fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::sign_in, session::who_am_i, session::sign_out))
        .routes(routes!(catalogue::kinds))
        .routes(routes!(catalogue::kind))
        .routes(routes!(units::units))
        .routes(routes!(lists::list, matters::register))
        .routes(routes!(matters::look))
        .routes(routes!(matters::events))
        .routes(routes!(matters::act))
        .routes(routes!(matters::disclose))
        .routes(routes!(matters::changes))
        .routes(routes!(meetings::agenda))
        .routes(routes!(meetings::of_matter, meetings::call))
        .routes(routes!(meetings::one))
        .routes(routes!(meetings::change))
        .routes(routes!(meetings::call_off))
        .routes(routes!(meetings::record))
        .routes(routes!(tasks::tasks))
        .routes(routes!(tasks::completion))
        .routes(routes!(papers::list, papers::issue))
        .routes(routes!(papers::pdf))
        .routes(routes!(papers::revoke))
        .routes(routes!(papers::dossier))
        .routes(routes!(papers::attach))
        .routes(routes!(papers::file))
        .routes(routes!(papers::withdraw))
        .routes(routes!(papers::prove))
        .routes(routes!(search::search))
        .routes(routes!(suggestions::suggestions))
        .routes(routes!(tallies::tallies))
        .routes(routes!(registers::registers))
        .routes(routes!(registers::register))
        .routes(routes!(records::records, records::enter))
        .routes(routes!(records::search))
        .routes(routes!(records::record, records::change))
        .routes(routes!(records::end))
        .routes(routes!(records::disclose))
        .routes(routes!(notices::notices))
        .routes(routes!(notices::read))
        .routes(routes!(audit::readers))
        .routes(routes!(audit::acts))
}

/// The OpenAPI 3.1 description of every address.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut api = routes().into_openapi();
    let components = api.components.get_or_insert_with(Default::default);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(crate::caller::COOKIES.0));
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    say_problem_json(&mut api);
    api
}

/// Failures come as problem details, whatever the macros write.
fn say_problem_json(api: &mut utoipa::openapi::OpenApi) {
    for item in api.paths.paths.values_mut() {
        let PathItem { get, post, put, patch, delete, .. } = item;
        let operations = [get, post, put, patch, delete].into_iter().flatten();
        let failures = operations.flat_map(|o| o.responses.responses.iter_mut());
        for (_, response) in failures.filter(|(status, _)| !status.starts_with('2')) {
            if let RefOr::T(response) = response
                && let Some(content) = response.content.shift_remove("application/json")
            {
                response.content.insert(PROBLEM_JSON.to_owned(), content);
            }
        }
    }
}

/// Every address with what stands around it.
pub fn router(web: &Web) -> Router {
    let (mut api, _) = routes().split_for_parts();
    if web.options.faults {
        api = api.merge(faults::routes());
    }
    let pages = crate::pages::routes();
    api.merge(pages.route_layer(from_fn_with_state(web.clone(), crate::pages::or_lost)))
        .route("/api/openapi.json", axum::routing::get(description))
        .route("/healthz", axum::routing::get(health::lives))
        .route("/readyz", axum::routing::get(health::serves))
        .route("/metrics", axum::routing::get(health::figures))
        .fallback(crate::pages::lost)
        .method_not_allowed_fallback(bad_method)
        .layer(from_fn_with_state(web.clone(), crate::guard::guard))
        .layer(from_fn(crate::measure::measure))
        .layer(map_response(sober))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(web.clone())
}

async fn description(State(web): State<Web>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], web.openapi.to_string()).into_response()
}

async fn bad_method(caller: Anyone) -> Response {
    caller
        .failure(Cause::Request("bad-method", StatusCode::METHOD_NOT_ALLOWED, Vec::new()))
        .into_response()
}

/// What every answer says: it is what it says it is, belongs in no frame and in no shared cache.
async fn sober(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut say = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::CACHE_CONTROL, "no-store");
    response
}

/// A JSON answer that was rendered before.
pub(crate) fn json_text(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
