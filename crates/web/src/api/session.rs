//! Signing in and out.

use app::accounts::{self, Challenge};
use app::{Credential, Desk, Error};
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::County;
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::ToSchema;

use crate::body::{bytes, parse};
use crate::caller::{Anyone, COOKIES, Caller};
use crate::problem::{Failure, Problem};
use crate::state::Web;
use crate::view::{Named, Namer};

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The county's six digits; not needed where one county is served.
    #[serde(default)]
    #[schema(pattern = "^[1-9][0-9]{5}$")]
    pub county: Option<String>,
    /// The login.
    #[schema(max_length = 100)]
    pub login: String,
    /// The password.
    #[schema(max_length = 1000)]
    pub password: String,
}

/// An open session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The person.
    pub person: Named,
    /// The token that changing requests repeat in `X-CSRF-Token`; given once, at signing in.
    pub csrf: Option<String>,
    /// The posts held today.
    pub posts: Vec<PostView>,
}

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostView {
    /// The role.
    pub role: Named,
    /// Where.
    pub unit: Named,
}

/// Signs in: opens a session in a cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 201, body = SessionView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn sign_in(caller: Anyone, request: Request) -> Result<Response, Failure> {
    let web = caller.web.clone();
    let (parts, body) = request.into_parts();
    let body = bytes(&parts.headers, body).await.map_err(|c| caller.failure(c))?;
    let asked: SignIn = parse(&body).map_err(|c| caller.failure(c))?;
    let county = match &asked.county {
        Some(code) => code.parse::<County>().ok(),
        None => web.sole_county(),
    };
    let county = county.filter(|c| web.service.county(*c).is_ok());
    let county = county.ok_or_else(|| caller.failure(Error::BadLogin))?;
    let opened =
        check(&web, county, asked.login, asked.password).await.map_err(|e| caller.failure(e))?;
    let credential =
        Credential::Session { county, digest: app::who::digest(&opened.secret), csrf: None };
    let me = Caller { web: web.clone(), locale: caller.locale.clone(), credential };
    let view = view(&me, Some(opened.csrf)).await?;
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response
        .headers_mut()
        .append(header::SET_COOKIE, cookie(&web, &opened.secret, app::who::SESSION_MS / 1000));
    Ok(response)
}

/// Reads the account, checks the password away from the database's threads, opens the session.
pub(crate) async fn check(
    web: &Web,
    county: County,
    login: String,
    password: String,
) -> Result<accounts::Opened, Error> {
    let (service, name) = (web.service.clone(), login.clone());
    let begin = move |conn: &mut Conn| accounts::challenge(conn, &service, county, &name);
    let Challenge { person, hash } = web.service.db().read(begin).await?;
    let permit = web.passwords.clone().acquire_owned().await.map_err(|_| Error::BadLogin)?;
    let fits = tokio::task::spawn_blocking(move || {
        let fits = accounts::fits(&password, &hash);
        drop(permit);
        fits
    });
    let fits = fits.await.unwrap_or(false) && person.is_some();
    let service = web.service.clone();
    let end = move |conn: &mut Conn| accounts::conclude(conn, &service, county, &login, fits);
    web.service.db().write(end).await?
}

pub(crate) fn cookie(web: &Web, secret: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = if web.options.tls { (COOKIES.1, "; Secure") } else { (COOKIES.0, "") };
    let text =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Who is signed in, at which posts.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn who_am_i(caller: Caller) -> Result<Json<SessionView>, Failure> {
    view(&caller, None).await.map(Json)
}

async fn view(caller: &Caller, csrf: Option<String>) -> Result<SessionView, Failure> {
    let desk = caller.read(Desk::open).await?;
    let namer = Namer::of(&desk, &caller.locale);
    let posts = desk.posts();
    let posts = posts.iter().map(|p| PostView {
        role: Named { id: p.role.clone(), label: namer.role(&p.role) },
        unit: namer.unit(p.unit),
    });
    Ok(SessionView { person: namer.person(desk.who.person), csrf, posts: posts.collect() })
}

/// Signs out: the session ends at once.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn sign_out(caller: Caller) -> Result<Response, Failure> {
    caller.write(accounts::sign_out).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie(&caller.web, "", 0));
    Ok(response)
}
