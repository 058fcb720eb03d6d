//! Papers and files of a matter, and the check of a paper by anybody.

use std::collections::BTreeMap;

use app::Error;
use app::files::Upload;
use app::papers::{self as does, Asked, Issuing, Revoking};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts as RequestParts;
use axum::response::Response;
use domain::ids::{County, MatterCode};
use domain::matter::Part;
use domain::paper::PaperCode;
use serde::{Deserialize, Serialize};
use store::Conn;
use utoipa::{IntoParams, ToSchema};

use super::json_text;
use crate::body::{Body, KEY_HEADER};
use crate::caller::{Anyone, Caller};
use crate::guesses::Peer;
use crate::problem::{Cause, Failure, Problem};
use crate::state::Web;
use crate::upload::Uploaded;

/// A required field that is blank.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapView {
    /// The place, such as `parties[1].phone`.
    pub at: String,
    /// What it is called.
    pub label: String,
}

/// A paper that may be made out now.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenPaper {
    /// Its name in the kind.
    pub document: String,
    /// What it is called.
    pub label: String,
    /// Which of the papers due it is; none for one that may be made out whenever it is wanted.
    pub due: Option<u16>,
    /// Since when it is due, RFC 3339.
    pub since: Option<String>,
    /// Whether whoever asks may make it out.
    pub may: bool,
    /// What the matter leaves blank in it.
    pub gaps: Vec<GapView>,
}

/// A paper that was made out.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedPaper {
    /// Its code.
    pub code: String,
    /// Its name in the kind.
    pub document: String,
    /// What it is called.
    pub label: String,
    /// Its number.
    pub number: String,
    /// SM3 over what it says.
    pub digest: String,
    /// The unit that issued it.
    pub unit: String,
    /// When, RFC 3339.
    pub issued_at: String,
    /// When it was revoked, RFC 3339.
    pub revoked_at: Option<String>,
}

/// The papers of a matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperList {
    /// What may be made out now: what is due first.
    pub open: Vec<OpenPaper>,
    /// What was made out, in order.
    pub issued: Vec<IssuedPaper>,
    /// The items that the dossier lacks; none where the kind has no dossier.
    pub dossier_lacks: Option<Vec<GapView>>,
}

fn code(caller: &Caller, text: &str) -> Result<MatterCode, Failure> {
    text.parse().map_err(|_| caller.failure(Error::Missing))
}

/// Lists a matter's papers: due, with what is still blank in each, and made out.
#[utoipa::path(get, path = "/api/v1/matters/{code}/papers", tag = "papers",
    params(("code" = String, Path, description = "the matter's twelve digits")),
    responses((status = 200, body = PaperList), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn list(Path(text): Path<String>, caller: Caller) -> Result<Json<PaperList>, Failure> {
    let code = code(&caller, &text)?;
    let look = caller.web.look(&caller.credential, code, does::list).await;
    let (look, open) = look.map_err(|e| caller.failure(e))?;
    let locale = caller.locale.as_str();
    let lacks = does::dossier_gaps(&look).map_err(|e| caller.failure(e))?;
    let gap = |at: &str, label: &domain::label::Label| GapView {
        at: at.to_owned(),
        label: label.get(locale).to_owned(),
    };
    let open = open.iter().map(|paper| OpenPaper {
        document: paper.document.clone(),
        label: paper.label.get(locale).to_owned(),
        due: paper.due,
        since: paper.since.map(|at| at.to_string()),
        may: paper.may,
        gaps: paper.gaps.iter().map(|g| gap(&g.at, &g.label)).collect(),
    });
    let sheets = &look.desk.state.catalogue.papers;
    let issued = look.matter.papers.iter().map(|paper| IssuedPaper {
        code: paper.code.to_string(),
        document: paper.document.clone(),
        label: sheets.get(&paper.document).map_or("", |s| s.label.get(locale)).to_owned(),
        number: paper.number.clone(),
        digest: paper.digest.clone(),
        unit: paper.unit.to_string(),
        issued_at: paper.at.to_string(),
        revoked_at: paper.revoked_at.map(|at| at.to_string()),
    });
    let dossier_lacks =
        lacks.map(|lacks| lacks.iter().map(|item| gap(&item.id, &item.label)).collect());
    Ok(Json(PaperList { open: open.collect(), issued: issued.collect(), dossier_lacks }))
}

/// A paper that is to be issued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueBody {
    /// The paper, one of those that may be made out.
    #[schema(max_length = 60)]
    pub document: String,
    /// Which of the papers due it is.
    #[serde(default)]
    pub due: Option<u16>,
    /// The version of the matter that was seen.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 4294967295i64)]
    pub version: Option<u32>,
    /// What the matter does not say, by places such as `parties[1].phone`.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A paper as it was issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct Issued {
    /// Its code.
    pub code: String,
    /// Its name in the kind.
    pub document: String,
    /// Its number.
    pub number: String,
    /// SM3 over what it says.
    pub digest: String,
    /// When, RFC 3339.
    pub issued_at: String,
}

/// Issues a paper: it is frozen, numbered and printed.
#[utoipa::path(post, path = "/api/v1/matters/{code}/papers", tag = "papers", request_body = IssueBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 201, body = Issued), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn issue(Path(text): Path<String>, body: Body<IssueBody>) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let code = code(&caller, &text)?;
    let asked = Asked { code, document: value.document, due: value.due, typed: value.fields };
    let issuing = Issuing { asked, seen: value.version };
    let answered = caller
        .write(move |conn, service, credential| {
            does::issue(conn, service, credential, &issuing, keyed.as_ref())
        })
        .await?;
    caller.web.print_ahead(&caller.credential, code, &answered.body).await;
    Ok(json_text(answered.status, answered.body))
}

/// A file's name with its ending, as an address has it.
fn paper_code(caller: &Caller, file: &str) -> Result<PaperCode, Failure> {
    let name = file.strip_suffix(".pdf").unwrap_or(file);
    name.parse().map_err(|_| caller.failure(Error::Missing))
}

/// Reads a paper again, as PDF. The reading is in the log before the answer is given.
#[utoipa::path(get, path = "/api/v1/matters/{code}/papers/{paper}", tag = "papers",
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("paper" = String, Path, description = "the paper's code, with or without .pdf")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn pdf(
    Path((text, paper)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let (code, paper) = (code(&caller, &text)?, paper_code(&caller, &paper)?);
    let shown = caller.web.paper(&caller.credential, code, paper).await;
    shown.map_err(|e| caller.failure(e))
}

/// Why something no longer stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Revokes a paper. It can still be read; whoever checks it is told.
#[utoipa::path(post, path = "/api/v1/matters/{code}/papers/{paper}/revocation", tag = "papers", request_body = Reason,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("paper" = String, Path, description = "the paper's code")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn revoke(
    Path((text, paper)): Path<(String, String)>,
    body: Body<Reason>,
) -> Result<StatusCode, Failure> {
    let Body { caller, value, .. } = body;
    let (code, paper) = (code(&caller, &text)?, paper_code(&caller, &paper)?);
    let revoking = Revoking { code, paper, reason: value.reason };
    caller
        .write(move |conn, service, credential| does::revoke(conn, service, credential, &revoking))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Binds a matter's dossier as one PDF; refused with every item that it lacks.
#[utoipa::path(get, path = "/api/v1/matters/{code}/dossier.pdf", tag = "papers",
    params(("code" = String, Path, description = "the matter's twelve digits")),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn dossier(Path(text): Path<String>, caller: Caller) -> Result<Response, Failure> {
    let code = code(&caller, &text)?;
    let shown = caller.web.dossier(&caller.credential, code).await;
    shown.map_err(|e| caller.failure(e))
}

/// A form with a file.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes a form that is read part by part")]
pub struct FileForm {
    /// The file: at most 20 MiB of PNG, JPEG, PDF, DOCX, XLSX, MP3 or MP4.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What it is: `attachment`, `scan` of a signed paper, or `signature`.
    part: Option<String>,
    /// The code of the paper it belongs to.
    paper: Option<String>,
    /// The item of the dossier it belongs to.
    item: Option<String>,
}

/// A file as it was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct Added {
    /// Its number in the matter.
    pub no: u16,
    /// SM3 over its bytes.
    pub digest: String,
    /// What it is.
    pub media: String,
    /// How many bytes.
    pub bytes: u64,
}

/// What a form says of its file.
pub(crate) fn upload_of(form: &mut Uploaded) -> Result<(Upload, Vec<u8>), Cause> {
    let bad = |field: &str, expected: &str| crate::body::misfit(field, expected);
    let part = match form.get("part") {
        None | Some("attachment") => Part::Attachment,
        Some("scan") => Part::Scan,
        Some("signature") => Part::Signature,
        Some(_) => return Err(bad("part", "attachment, scan, signature")),
    };
    let paper = form.get("paper").map(str::parse).transpose();
    let paper: Option<PaperCode> = paper.map_err(|_| bad("paper", "a paper's code"))?;
    let item = form.get("item").map(str::to_owned);
    let (name, bytes) = form.file.take().ok_or(Cause::App(Error::Upload("empty")))?;
    Ok((Upload { name, part, paper, item }, bytes))
}

/// Adds a file to a matter. What it is, is read from its own bytes.
#[utoipa::path(post, path = "/api/v1/matters/{code}/files", tag = "papers",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 201, body = Added), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 408, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn attach(
    Path(text): Path<String>,
    caller: Caller,
    request: Request,
) -> Result<Response, Failure> {
    let key = request.headers().get(KEY_HEADER).cloned();
    let key = key.as_ref().map(|v| v.to_str().unwrap_or_default());
    let mut form = Uploaded::read(request).await.map_err(|c| caller.failure(c))?;
    let code = code(&caller, &text)?;
    let keyed = form.keyed_by(key).map_err(|c| caller.failure(c))?;
    let (upload, bytes) = upload_of(&mut form).map_err(|c| caller.failure(c))?;
    let answered = caller.web.attach(&caller.credential, code, upload, bytes, keyed).await;
    let answered = answered.map_err(|e| caller.failure(e))?;
    Ok(json_text(answered.status, answered.body))
}

/// Opens a file. The reading is in the log before the answer is given.
#[utoipa::path(get, path = "/api/v1/matters/{code}/files/{no}", tag = "papers",
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("no" = String, Path, description = "the file's number in the matter")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn file(
    Path((text, no)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Failure> {
    let (code, no) = (code(&caller, &text)?, number(&caller, &no)?);
    caller.web.file(&caller.credential, code, no).await.map_err(|e| caller.failure(e))
}

fn number(caller: &Caller, text: &str) -> Result<u16, Failure> {
    text.parse().map_err(|_| caller.failure(Error::Missing))
}

/// Sets a file aside, with a reason. It is kept.
#[utoipa::path(post, path = "/api/v1/matters/{code}/files/{no}/withdrawal", tag = "papers", request_body = Reason,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("no" = String, Path, description = "the file's number in the matter")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn withdraw(
    Path((text, no)): Path<(String, String)>,
    body: Body<Reason>,
) -> Result<StatusCode, Failure> {
    let Body { caller, value, .. } = body;
    let (code, no) = (code(&caller, &text)?, number(&caller, &no)?);
    caller
        .write(move |conn, service, credential| {
            app::files::withdraw(conn, service, credential, (code, no), &value.reason)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which digest stands on the paper.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DigestQuery {
    /// The digest, or its first 16 signs.
    #[param(max_length = 100)]
    pub digest: Option<String>,
}

/// What anybody may know of a paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its number.
    pub number: String,
    /// The unit that issued it.
    pub unit: String,
    /// On which day.
    pub issued_on: String,
    /// On which day it was revoked.
    pub revoked_on: Option<String>,
    /// SM3 over what it says.
    pub digest: String,
    /// Whether the digest that was given fits; none where none was given.
    pub fits: Option<bool>,
}

/// Checks whether a paper exists. Anybody may; after ten codes that do not exist there is no answer
/// for a quarter of an hour.
#[utoipa::path(get, path = "/api/v1/verify/{county}/{paper}", tag = "papers", security(()),
    params(("county" = String, Path, description = "the county's six digits"),
        ("paper" = String, Path, description = "the code on the paper"), DigestQuery),
    responses((status = 200, body = ProofView), (status = 404, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub async fn prove(
    Path((county, paper)): Path<(String, String)>,
    query: Result<Query<DigestQuery>, QueryRejection>,
    anyone: Anyone,
    from: From,
) -> Result<Json<ProofView>, Failure> {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let county = county.parse::<County>().ok();
    let proof = proof(&anyone.web, &from.0, county, &paper, query.digest).await;
    let proof = proof.map_err(|e| anyone.failure(e))?;
    Ok(Json(ProofView {
        code: proof.code.to_string(),
        title: proof.title.get(&anyone.locale).to_owned(),
        number: proof.number,
        unit: proof.unit,
        issued_on: proof.issued_at.day().to_string(),
        revoked_on: proof.revoked_at.map(|at| at.day().to_string()),
        digest: proof.digest,
        fits: proof.fits,
    }))
}

/// The address that a request came from: what the proxy in front says, where there is one.
pub struct From(pub String);

impl FromRequestParts<Web> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut RequestParts,
        web: &Web,
    ) -> Result<Self, std::convert::Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.to_string());
        let said = parts.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
        // The last address is the one that the proxy itself saw; what stands before it anybody may
        // have written.
        let said = said.and_then(|v| v.rsplit(',').next()).map(|v| v.trim().to_owned());
        let address = if web.options.tls { said.or(peer) } else { peer };
        Ok(Self(address.unwrap_or_default()))
    }
}

/// Checks a paper for somebody at an address.
pub(crate) async fn proof(
    web: &Web,
    from: &str,
    county: Option<County>,
    paper: &str,
    digest: Option<String>,
) -> Result<does::Proof, Error> {
    let now = web.service.now();
    if let Some(until) = web.guesses.locked(from, now) {
        return Err(Error::Locked { until });
    }
    let county = county.or_else(|| web.sole_county());
    // What cannot be a code was mistyped, not guessed.
    let (Some(county), Ok(code)) = (county, paper.parse::<PaperCode>()) else {
        return Err(Error::Missing);
    };
    let service = web.service.clone();
    let find = move |conn: &mut Conn| does::prove(conn, &service, county, code, digest.as_deref());
    let found: Result<does::Proof, Error> = web.service.db().read(find).await;
    if matches!(found, Err(Error::Missing)) {
        web.guesses.failed(from, now);
    }
    found
}
