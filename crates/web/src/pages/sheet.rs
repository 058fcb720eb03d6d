//! A list as a workbook: however long it is, a page at a time goes into a file on the disk, and from
//! there to whoever asked.

use std::fs::File;
use std::io::{Read, Seek};

use app::Error;
use app::export::{Column, XlsxWriter};
use app::matters::{MAX_ROWS, list};
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http_body_util::channel::Channel;
use store::StoreError;

use super::figures::XLSX;
use super::trail::Asked;
use super::upset::Upset;
use super::visitor::Visitor;
use crate::view::{Namer, Row};

/// The most rows of a workbook.
const ROWS_MAX: u64 = 250_000;
/// How much is sent at a time, bytes.
const PIECE: usize = 64 * 1024;
/// The columns, by the words of the list.
const COLUMNS: [&str; 10] = [
    "code",
    "title",
    "kind",
    "state",
    "place",
    "holder",
    "handler",
    "registered-at",
    "due",
    "light",
];

/// Sends a list as a workbook. That it was taken is in the log before the first byte.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let full = |_| visitor.upset(Error::Store(StoreError::Full));
    let mut file = tempfile::tempfile().map_err(|e| full(e.to_string()))?;
    let out = file.try_clone().map_err(|e| full(e.to_string()))?;
    let header: Vec<Column> =
        COLUMNS.iter().map(|c| Column::text(visitor.say(&format!("page.col-{c}")))).collect();
    let title = visitor.say("page.matters");
    let mut book = XlsxWriter::new(out, &title, &header).map_err(|e| full(e.to_string()))?;
    let mut listing = asked.listing(MAX_ROWS);
    listing.after = None;
    let mut rows = 0;
    loop {
        let wanted = listing.clone();
        let page = visitor
            .read(move |conn, service, credential| list(conn, service, credential, &wanted))
            .await?;
        let namer = Namer::of(&page.desk, &visitor.locale);
        for (_, summary) in page.rows {
            let row = namer.row(summary);
            book.row(cells(&visitor, &namer, row)).map_err(|e| full(e.to_string()))?;
            rows += 1;
        }
        match page.next {
            Some(next) if rows < ROWS_MAX => listing.after = Some(next),
            _ => break,
        }
    }
    let what = asked.address("");
    let said = format!("{rows} {what}");
    visitor
        .write(move |conn, service, credential| {
            let who = credential.who(conn, service.now())?;
            app::accounts::note(conn, service, who.county, Some(who.person), "export-list", &said)
        })
        .await?;
    let done = tokio::task::spawn_blocking(move || book.finish().map_err(|e| e.to_string()));
    done.await.map_err(|e| full(e.to_string()))?.map_err(full)?;
    file.rewind().map_err(|e| full(e.to_string()))?;
    Ok(send(file))
}

fn cells(visitor: &Visitor, namer: &Namer<'_>, row: Row) -> [String; 10] {
    let kind = namer.catalogue.kinds.get(&row.kind).map(|k| namer.label(&k.label));
    [
        row.code,
        row.title,
        kind.unwrap_or(row.kind),
        row.state.label,
        row.place.label,
        row.holder.label,
        row.handler.map(|h| h.label).unwrap_or_default(),
        super::parts::moment(&row.registered_at),
        row.due_at.map(|due| super::parts::end(&due)).unwrap_or_default(),
        super::parts::light_word(visitor, row.light),
    ]
}

/// A file, a piece at a time.
pub fn send(mut file: File) -> Response {
    let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(2);
    tokio::task::spawn_blocking(move || {
        let handle = tokio::runtime::Handle::current();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return,
                Ok(n) => {
                    let bytes = Bytes::copy_from_slice(&piece[..n]);
                    // Whoever asked may have gone away.
                    if handle.block_on(sender.send_data(bytes)).is_err() {
                        return;
                    }
                }
                Err(error) => return sender.abort(error),
            }
        }
    });
    let mut response = Body::new(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    let name = HeaderValue::from_static("attachment; filename=\"shanzhi.xlsx\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}
