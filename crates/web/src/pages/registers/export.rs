//! A register as a workbook, and the empty table that an office fills in.

use app::Error;
use app::export::XlsxWriter;
use app::registers::{AtRegister, Exported, export, export_header};
use axum::extract::Path;
use axum::response::Response;
use std::fs::File;
use std::io::Seek;
use store::StoreError;
use store::records::Cursor;

use crate::pages::sheet::send;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Sends every record that stands and that the visitor reads. That it was taken is in the log before the
/// first byte.
pub async fn whole(visitor: Visitor, Path(register): Path<String>) -> Result<Response, Upset> {
    made(&visitor, register, true).await
}

/// Sends the header alone.
pub async fn blank(visitor: Visitor, Path(register): Path<String>) -> Result<Response, Upset> {
    made(&visitor, register, false).await
}

async fn made(visitor: &Visitor, register: String, filled: bool) -> Result<Response, Upset> {
    let full = |_| visitor.upset(Error::Store(StoreError::Full));
    let mut file: File = tempfile::tempfile().map_err(|e| full(e.to_string()))?;
    let out = file.try_clone().map_err(|e| full(e.to_string()))?;
    let (remark, code) = (visitor.say("register.remarks"), visitor.say("register.unit-code"));
    let name = register.clone();
    let at = visitor
        .read(move |conn, service, credential| AtRegister::open(conn, service, credential, &name))
        .await?;
    let title = at.register.label.get(&visitor.locale).to_owned();
    let mut header = export_header(&at.register, &visitor.locale, &remark, &code);
    if !filled {
        header.remove(0);
        header.pop();
    }
    let mut book = XlsxWriter::new(out, &title, &header).map_err(|e| full(e.to_string()))?;
    if filled {
        fill(visitor, &register, &mut book).await?;
    }
    let done = tokio::task::spawn_blocking(move || book.finish().map_err(|e| e.to_string()));
    done.await.map_err(|e| full(e.to_string()))?.map_err(full)?;
    file.rewind().map_err(|e| full(e.to_string()))?;
    Ok(send(file))
}

/// Puts every record into a book, a piece at a time.
async fn fill(visitor: &Visitor, register: &str, book: &mut XlsxWriter<File>) -> Result<(), Upset> {
    let full = |_| visitor.upset(Error::Store(StoreError::Full));
    let (mut rows, mut begin): (usize, Option<(usize, Cursor)>) = (0, None);
    loop {
        let (name, from, locale) = (register.to_owned(), begin.take(), visitor.locale.clone());
        let Exported { rows: piece, next } = visitor
            .read(move |conn, service, credential| {
                let at = AtRegister::open(conn, service, credential, &name)?;
                export(conn, &at, &locale, from.clone())
            })
            .await?;
        rows += piece.len();
        for row in piece {
            book.row(row).map_err(|e| full(e.to_string()))?;
        }
        match next {
            Some(next) => begin = Some(next),
            None => break,
        }
    }
    let said = format!("{register} {rows}");
    visitor
        .write(move |conn, service, credential| {
            let who = credential.who(conn, service.now())?;
            let person = Some(who.person);
            app::accounts::note(conn, service, who.county, person, "register-exported", &said)
        })
        .await
}
