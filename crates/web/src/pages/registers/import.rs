//! A table handed in: checked first, with what is wrong by row and cell; its good rows are taken when
//! somebody says so.

use app::Error;
use app::registers::{
    AtRegister, ImportReport, RowFault, check_rows, handed, lay_table, read_table, reread,
    take as take_it,
};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::response::Response;
use domain::register::Register;
use maud::{Markup, html};
use std::sync::Arc;

use crate::pages::frame::Frame;
use crate::pages::parts::secrets;
use crate::pages::upset::Upset;
use crate::pages::visitor::{Posted, Visitor};
use crate::state::Web;
use crate::upload::Uploaded;

/// The most rows of a table that the page takes; longer ones are for the command line.
const ROWS_MAX: usize = 50_000;
/// The most bad rows that are shown.
const SHOWN: usize = 200;

/// What came of a check.
struct Outcome {
    report: ImportReport,
    /// The table, where its good rows can be taken.
    import: Option<i64>,
    taken: bool,
}

/// Shows where a table is handed in.
pub async fn show(visitor: Visitor, Path(register): Path<String>) -> Result<Response, Upset> {
    let at = open(&visitor, register).await?;
    Ok(page(&visitor, &at, None))
}

async fn open(visitor: &Visitor, register: String) -> Result<AtRegister, Upset> {
    let at = visitor
        .read(move |conn, service, credential| {
            AtRegister::open(conn, service, credential, &register)
        })
        .await?;
    if at.writes.is_empty() { Err(visitor.upset(Error::Missing)) } else { Ok(at) }
}

/// Runs what takes long away from the threads that answer.
async fn aside<T: Send + 'static>(
    visitor: &Visitor,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Upset> {
    let done = tokio::task::spawn_blocking(work).await;
    let broken = |_| visitor.upset(Error::Unusable("table"));
    done.map_err(broken)?.map_err(|e| visitor.upset(e))
}

/// Checks a table. Nothing is changed; the file waits until its good rows are taken.
pub async fn check(
    State(web): State<Web>,
    Path(register): Path<String>,
    request: Request,
) -> Result<Response, Upset> {
    let (mut parts, body) = request.into_parts();
    let Ok(mut visitor) = Visitor::from_request_parts(&mut parts, &web).await;
    let headers = parts.headers.clone();
    let form = Uploaded::read(Request::from_parts(parts, body)).await;
    let form = form.map_err(|cause| visitor.upset(cause))?;
    if let Some(credential) = &mut visitor.credential {
        form.repeat(credential, &headers);
    }
    let (name, bytes) = form.file.ok_or_else(|| visitor.upset(Error::Upload("empty")))?;
    // Who may not import here lays nothing on the disk; a form of another site is refused by the write.
    let wanted = register.clone();
    let at = visitor
        .write(move |conn, service, credential| {
            AtRegister::open(conn, service, credential, &wanted)
        })
        .await?;
    if at.writes.is_empty() {
        return Err(visitor.upset(Error::Missing));
    }
    let (service, state) = (web.service.clone(), at.desk.state.clone());
    let (name, bytes) = (Arc::new(name), Arc::new(bytes));
    let (called, whole) = (name.clone(), bytes.clone());
    let table = aside(&visitor, move || {
        let table = read_table(&called, &whole)?;
        if table.rows.len() > ROWS_MAX {
            return Err(Error::Table("too-many-rows", vec![("max", ROWS_MAX.to_string())]));
        }
        Ok(Arc::new(table))
    })
    .await?;
    let wanted = register.clone();
    let (at, report) = visitor
        .read(move |conn, service, credential| {
            check_rows(conn, service, credential, &wanted, &table)
        })
        .await?;
    // A table of which nothing can be taken is not kept.
    let mut import = None;
    if !report.good.is_empty() {
        let laid = aside(&visitor, move || lay_table(&service, &state, &name, &bytes)).await?;
        let remember =
            move |conn: &mut store::Conn, service: &app::Service, by: &app::Credential| {
                handed(conn, service, by, &register, &laid)
            };
        import = Some(visitor.write(remember).await?);
    }
    Ok(page(&visitor, &at, Some(&Outcome { report, import, taken: false })))
}

/// Takes the good rows of a table that was checked.
pub async fn take(
    Path((register, import)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, .. } = posted;
    let id: i64 = import.parse().map_err(|_| visitor.upset(Error::Missing))?;
    let (service, credential) = (visitor.web.service.clone(), visitor.shown()?);
    let (import, table) = aside(&visitor, move || reread(&service, &credential, id)).await?;
    if import.register != register {
        return Err(visitor.upset(Error::Missing));
    }
    let table = Arc::new(table);
    let (at, report) = visitor
        .write(move |conn, service, credential| take_it(conn, service, credential, &import, &table))
        .await?;
    Ok(page(&visitor, &at, Some(&Outcome { report, import: None, taken: true })))
}

fn page(visitor: &Visitor, at: &AtRegister, outcome: Option<&Outcome>) -> Response {
    let register = &at.register;
    let own = format!("/registers/{}", register.id.text);
    let body = html! {
        p class="crumbs" { a href=(own) { (register.label.get(&visitor.locale)) } }
        @if let Some(outcome) = outcome { (told(visitor, at, outcome)) }
        section class="sheet" {
            h2 { (visitor.say("register.hand-in")) }
            p class="soft small" { (visitor.say("register.hand-in-hint")) " " a href={ (own) "/blank" } { (visitor.say("register.blank")) } }
            form method="post" action={ (own) "/import" } enctype="multipart/form-data" {
                (secrets(&at.desk.csrf, None))
                div class="field" {
                    label for="file" { (visitor.say("register.file")) }
                    input id="file" name="file" type="file" accept=".xlsx,.xls,.ods,.csv" required;
                }
                button class="go" { (visitor.say("register.check")) }
            }
        }
    };
    let title = visitor.say("register.import");
    Frame::of(visitor, &at.desk, &title, "registers").show(&body)
}

fn told(visitor: &Visitor, at: &AtRegister, outcome: &Outcome) -> Markup {
    let report = &outcome.report;
    let class = match (report.bad.is_empty() && report.header.is_empty(), outcome.taken) {
        (true, _) => "note good",
        (false, true) => "note care",
        (false, false) => "note bad",
    };
    let counts = [
        ("rows", report.rows.to_string()),
        ("good", report.good.len().to_string()),
        ("already", report.already.len().to_string()),
        ("bad", report.bad.len().to_string()),
    ];
    let key = if outcome.taken { "register.taken" } else { "register.checked" };
    html! {
        div class=(class) role="status" tabindex="-1" data-focus {
            @if report.header.is_empty() { p { (visitor.say_with(key, &counts)) } }
            ul { @for fault in &report.header { li { (message(visitor, at, fault)) } } }
            @if !report.unread.is_empty() {
                p class="small" { (visitor.say_with("register.unread", &[("columns", report.unread.join("、"))])) }
            }
            @if let Some(id) = outcome.import {
                form method="post" action={ "/registers/" (at.register.id.text) "/imports/" (id) } {
                    (secrets(&at.desk.csrf, None))
                    button class="go" { (visitor.say_with("register.take", &[("n", report.good.len().to_string())])) }
                }
            }
        }
        @if !report.bad.is_empty() { (bad_rows(visitor, at, report)) }
    }
}

fn bad_rows(visitor: &Visitor, at: &AtRegister, report: &ImportReport) -> Markup {
    html! {
        section class="sheet" {
            h2 { (visitor.say("register.bad-rows")) }
            div class="scroll" tabindex="0" role="group" aria-label=(visitor.say("register.bad-rows")) {
                table class="figures" {
                    thead { tr { th { (visitor.say("register.row")) } th { (visitor.say("register.cell")) } th { (visitor.say("register.wrong")) } } }
                    tbody {
                        @for row in report.bad.iter().take(SHOWN) {
                            @for (at_row, fault) in row.faults.iter().enumerate() {
                                tr {
                                    td class="number" { @if at_row == 0 { (row.line) } }
                                    td {
                                        @if let Some(column) = &fault.column { span class="number" { (column) (row.line) } }
                                        @if let Some(heading) = &fault.heading { " " (heading) }
                                    }
                                    td { (message(visitor, at, fault)) @if let Some(law) = &fault.law { " " span class="small soft" { (law) } } }
                                }
                            }
                        }
                    }
                }
            }
            @if report.bad.len() > SHOWN { p class="soft" { (visitor.say_with("register.more-bad", &[("n", (report.bad.len() - SHOWN).to_string())])) } }
        }
    }
}

fn message(visitor: &Visitor, at: &AtRegister, fault: &RowFault) -> String {
    let words = &at.desk.state.catalogue.words;
    fault.message(words, &visitor.locale, &|name| field_name(&at.register, name, &visitor.locale))
}

fn field_name(register: &Register, name: &str, locale: &str) -> String {
    match register.field(name) {
        Some(field) => field.field.label.get(locale).to_owned(),
        None => register.owner.label.get(locale).to_owned(),
    }
}
