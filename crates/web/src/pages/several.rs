//! What is done to several matters at once, one by one, each with its own answer; and lists kept under a
//! name.

use app::Error;
use app::matters::{Keyed, act_as};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::MatterCode;
use domain::kind::Verb;
use maud::html;
use serde_json::{Map, Value as Json};
use store::saved::{self, SavedList};

use super::frame::Frame;
use super::parts::code;
use super::queue::TOGETHER;
use super::sign::own;
use super::trail::Asked;
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};

/// The most matters of one page.
const MOST: usize = 200;
/// The most lists of one person, and the most characters of a name.
const LISTS_MAX: usize = 30;
const NAME_CHARS: usize = 30;

/// How it went with one matter.
struct Done {
    code: MatterCode,
    refused: Option<String>,
}

/// Does one thing to every matter that was taken, and tells how it went with each.
pub async fn act(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let verb = form.get("verb").and_then(|name| TOGETHER.into_iter().find(|v| v.name() == name));
    let verb = verb.ok_or_else(|| visitor.upset(Error::Missing))?;
    let data = said(verb, &form);
    let codes: Vec<MatterCode> =
        form.all("code").filter_map(|code| code.parse().ok()).take(MOST).collect();
    let mut done = Vec::with_capacity(codes.len());
    for code in codes {
        let refused = one(&visitor, code, verb, &data, keyed.as_ref()).await?;
        done.push(Done { code, refused });
    }
    let desk = visitor.desk().await?;
    let back = own(form.get("list").unwrap_or("/matters")).to_owned();
    let right = done.iter().filter(|d| d.refused.is_none()).count();
    let body = html! {
        div class=(if right == done.len() { "note good" } else { "note care" }) role="status" {
            p { (visitor.say_with("page.several-done", &[("n", right.to_string()), ("all", done.len().to_string())])) }
        }
        @if done.iter().any(|d| d.refused.is_some()) {
            section class="sheet" {
                h2 { (visitor.say("page.several-refused")) }
                ul {
                    @for d in &done {
                        @if let Some(why) = &d.refused {
                            li { a class="number" href={ "/matters/" (d.code) } { (code(&d.code.to_string())) } " " (why) }
                        }
                    }
                }
            }
        }
        p class="buttons" { a class="button go" href=(back) { (visitor.say("page.to-list")) } }
    };
    let title = visitor.say("page.together");
    Ok(Frame::of(&visitor, &desk, &title, "queue").show(&body))
}

/// What the form says for a verb.
fn said(verb: Verb, form: &Form) -> Map<String, Json> {
    let asked = verb.inputs().iter().map(|input| input.name);
    let told = asked.filter_map(|name| Some((name.to_owned(), Json::from(form.get(name)?))));
    told.collect()
}

/// Does it to one matter; what stands against it is told, what fails for all ends it for all.
async fn one(
    visitor: &Visitor,
    code: MatterCode,
    verb: Verb,
    data: &Map<String, Json>,
    keyed: Option<&Keyed>,
) -> Result<Option<String>, Upset> {
    let keyed = keyed.map(|k| Keyed { key: format!("{}/{code}", k.key), digest: k.digest });
    let data = data.clone();
    let done = visitor
        .write(move |conn, service, credential| {
            act_as(conn, service, credential, (code, verb), &data, keyed.as_ref())
        })
        .await;
    match done {
        Ok(_) => Ok(None),
        Err(upset) => {
            let problem = upset.problem();
            match problem.status {
                403 | 404 | 409 | 422 => {
                    let first = problem.errors.first();
                    Ok(Some(first.map_or(problem.detail.clone(), |e| e.message.clone())))
                }
                _ => Err(upset),
            }
        }
    }
}

/// Keeps a list under a name.
pub async fn keep(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let asked = Asked::read(form.get("question").unwrap_or_default());
    let to = asked.address("");
    let name: String = form.get("name").unwrap_or_default().chars().take(NAME_CHARS).collect();
    let question = to.split_once('?').map_or(String::new(), |(_, query)| query.to_owned());
    if !name.is_empty() {
        visitor
            .write(move |conn, service, credential| {
                let who = credential.who(conn, service.now())?;
                let known = saved::of(conn, who.county, who.person)?;
                if known.len() < LISTS_MAX && known.iter().all(|k| k.question != question) {
                    let id = service.db().ids().next(conn, who.county)?;
                    let list = SavedList { id, name: name.clone(), question: question.clone() };
                    saved::keep(conn, who.county, who.person, &list)?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(Redirect::to(&to).into_response())
}

/// Forgets a list.
pub async fn forget(Path(id): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    let visitor = posted.visitor;
    visitor
        .write(move |conn, service, credential| {
            let who = credential.who(conn, service.now())?;
            Ok(saved::forget(conn, who.county, who.person, id)?)
        })
        .await?;
    Ok(Redirect::to("/matters").into_response())
}
