//! Files on the pages: handing one in, opening it, setting it aside; a paper's signature.

use app::Credential;
use app::matters::Look;
use axum::extract::{FromRequestParts, Path, Request};
use axum::response::Response;
use domain::ids::MatterCode;
use domain::matter::{File, Part};
use domain::paper::PaperCode;
use maud::{Markup, html};

use super::frame::Frame;
use super::matter::to_matter;
use super::papers::declared;
use super::parts::{code, moment, secrets};
use super::trail::Trail;
use super::upset::Upset;
use super::visitor::{Posted, Visitor};
use crate::api::papers::upload_of;
use crate::state::Web;
use crate::upload::Uploaded;

/// What a browser offers to choose.
const ACCEPTED: &str = ".png,.jpg,.jpeg,.pdf,.docx,.xlsx,.mp3,.mp4,.m4a";
const PICTURES: &str = ".png,.jpg,.jpeg";
const SCANS: &str = ".png,.jpg,.jpeg,.pdf";

/// The files of a matter, on its page. What they are called is shown to who opens them.
pub fn section(visitor: &Visitor, look: &Look) -> Markup {
    let say = |key: &str| visitor.say(key);
    let own = format!("/matters/{}/files", look.matter.code());
    let items = &look.desk.state.catalogue.dossier;
    let bound = look.kind().is_ok_and(|kind| kind.dossier);
    html! {
        section class="sheet" id="files" {
            h2 { (say("file.files")) }
            @if look.matter.files.is_empty() { p class="soft" { (say("file.none")) } }
            ul class="papers" { @for file in look.matter.files.iter().rev() { (line(visitor, look, file)) } }
            details {
                summary { (say("file.add")) }
                form method="post" action=(own) enctype="multipart/form-data" {
                    (secrets(&look.desk.csrf, None))
                    input type="hidden" name="part" value="attachment";
                    (choose(visitor, "file", ACCEPTED))
                    @if bound {
                        div class="field" {
                            label for="item" { (say("file.item")) }
                            select id="item" name="item" {
                                option value="" { (say("file.no-item")) }
                                @for item in items.iter().filter(|i| !i.back) {
                                    option value=(item.id) { (item.label.get(&visitor.locale)) }
                                }
                            }
                        }
                    }
                    button { (say("file.send")) }
                }
            }
        }
    }
}

fn choose(visitor: &Visitor, id: &str, accept: &str) -> Markup {
    let most = (app::files::MAX_BYTES >> 20).to_string();
    let sorts = accept.replace('.', "").replace(',', " ").to_uppercase();
    html! {
        div class="field" {
            label for=(id) { (visitor.say("file.choose")) }
            div class="small soft" id={ (id) "-hint" } { (visitor.say_with("file.hint", &[("sorts", sorts), ("max", most)])) }
            input id=(id) name="file" type="file" accept=(accept) required aria-describedby={ (id) "-hint" };
        }
    }
}

fn line(visitor: &Visitor, look: &Look, file: &File) -> Markup {
    let say = |key: &str| visitor.say(key);
    let own = format!("/matters/{}/files/{}", look.matter.code(), file.no);
    let part = match file.part {
        Part::Attachment => "attachment",
        Part::Scan => "scan",
        Part::Signature => "signature",
    };
    let items = &look.desk.state.catalogue.dossier;
    let item = file.item.as_ref().and_then(|id| items.iter().find(|item| item.id == *id));
    html! {
        li {
            a href=(own) { (say(&format!("file.{part}"))) " " (file.no) }
            @if let Some(item) = item { " · " (item.label.get(&visitor.locale)) }
            @if file.withdrawn_at.is_some() { " " span class="tag red" { (say("file.withdrawn")) } }
            div class="small soft" {
                span class="number" { (moment(&file.at.to_string())) } " · " (size(file.bytes)) " · " (file.media)
                @if let Some(paper) = file.paper { " · " span class="number" { (paper) } }
            }
            @if file.withdrawn_at.is_none() {
                details class="small" {
                    summary { (say("file.withdraw")) }
                    form method="post" action={ (own) "/withdraw" } {
                        (secrets(&look.desk.csrf, None))
                        div class="field" {
                            label for={ "gone-" (file.no) } { (say("paper.why")) }
                            input id={ "gone-" (file.no) } name="reason" maxlength="500" required autocomplete="off";
                        }
                        button { (say("file.withdraw")) }
                    }
                }
            }
        }
    }
}

fn size(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{} KB", bytes.div_ceil(1 << 10))
    } else {
        format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
    }
}

/// Takes a file in.
pub async fn take(
    axum::extract::State(web): axum::extract::State<Web>,
    Path(text): Path<String>,
    request: Request,
) -> Result<Response, Upset> {
    let (mut parts, body) = request.into_parts();
    let Ok(mut visitor) = Visitor::from_request_parts(&mut parts, &web).await;
    let headers = parts.headers.clone();
    let form = Uploaded::read(Request::from_parts(parts, body)).await;
    let mut form = form.map_err(|cause| visitor.upset(cause))?;
    if let Some(credential) = &mut visitor.credential {
        form.repeat(credential, &headers);
    }
    let code = matter_code(&visitor, &text)?;
    let keyed = form.keyed();
    let signer = form.get("signer").map(str::to_owned);
    let (mut upload, bytes) = upload_of(&mut form).map_err(|cause| visitor.upset(cause))?;
    if let Some(signer) = signer {
        let ending = upload.name.rsplit_once('.').map_or("png", |(_, ending)| ending);
        upload.name = format!("{}.{ending}", signer.replace(['/', '\\', '.'], " "));
    }
    let credential: Credential = visitor.shown()?;
    let done = visitor.web.attach(&credential, code, upload, bytes, keyed).await;
    done.map_err(|e| visitor.upset(e))?;
    Ok(to_matter(&text, "done", &Trail::default()))
}

fn matter_code(visitor: &Visitor, text: &str) -> Result<MatterCode, Upset> {
    text.parse().map_err(|_| visitor.upset(app::Error::Missing))
}

fn number(visitor: &Visitor, text: &str) -> Result<u16, Upset> {
    text.parse().map_err(|_| visitor.upset(app::Error::Missing))
}

/// Opens a file; the reading is logged.
pub async fn open(
    visitor: Visitor,
    Path((text, no)): Path<(String, String)>,
) -> Result<Response, Upset> {
    let (code, no) = (matter_code(&visitor, &text)?, number(&visitor, &no)?);
    let credential = visitor.shown()?;
    visitor.web.file(&credential, code, no).await.map_err(|e| visitor.upset(e))
}

/// Sets a file aside.
pub async fn withdraw(
    Path((text, no)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let (code, no) = (matter_code(&visitor, &text)?, number(&visitor, &no)?);
    let reason = form.get("reason").unwrap_or_default().to_owned();
    let done = visitor
        .write(move |conn, service, credential| {
            app::files::withdraw(conn, service, credential, (code, no), &reason)
        })
        .await;
    done.map_err(|upset| upset.keeping(&form))?;
    Ok(to_matter(&text, "done", &Trail::default()))
}

/// Shows where a paper is signed on a screen, or its signed scan handed in.
pub async fn sign(
    visitor: Visitor,
    Path((text, paper)): Path<(String, String)>,
) -> Result<Response, Upset> {
    let (look, ()) = visitor.look(&text, |_, _| Ok(())).await?;
    let missing = || visitor.upset(app::Error::Missing);
    let wanted: PaperCode = paper.parse().map_err(|_| missing())?;
    let paper = look.matter.paper(wanted).ok_or_else(missing)?;
    let (document, ink) = declared(&look, paper).ok_or_else(missing)?;
    let say = |key: &str| visitor.say(key);
    let own = format!("/matters/{}/files", look.matter.code());
    let hidden = |part: &str| {
        html! {
            (secrets(&look.desk.csrf, None))
            input type="hidden" name="part" value=(part);
            input type="hidden" name="paper" value=(paper.code);
        }
    };
    let body = html! {
        p class="crumbs" {
            a href={ "/matters/" (look.matter.code()) } { (look.matter.registration.title) }
            span class="soft number" { " " (code(&look.matter.code().to_string())) }
        }
        p { (document.label.get(&visitor.locale)) " " span class="number soft" { (paper.number) } }
        @if ink {
            div class="note care" { p { (say("refusal.ink-only.message")) " " (say("refusal.ink-only.remedy")) } p class="small" { (say("paper.ink-law")) } }
        } @else {
            section class="sheet" {
                h2 { (say("paper.sign-screen")) }
                form method="post" action=(own) enctype="multipart/form-data" data-sign {
                    (hidden("signature"))
                    div class="field" {
                        label for="signer" { (say("paper.signer")) }
                        input id="signer" name="signer" maxlength="60" required autocomplete="off";
                    }
                    canvas class="pad" width="900" height="300" role="img" aria-label=(say("paper.pad")) hidden {}
                    (choose(&visitor, "signature", PICTURES))
                    div class="buttons" {
                        button class="go" { (say("paper.sign")) }
                        button type="button" data-clear hidden { (say("paper.again")) }
                    }
                }
            }
        }
        section class="sheet" {
            h2 { (say("paper.sign-scan")) }
            form method="post" action=(own) enctype="multipart/form-data" {
                (hidden("scan"))
                (choose(&visitor, "scan", SCANS))
                button { (say("file.send")) }
            }
        }
    };
    let title = say("paper.signed");
    Ok(Frame::of(&visitor, &look.desk, &title, "queue").show(&body))
}
