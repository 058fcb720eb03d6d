//! Files on their way out, and the slow work that makes them: away from the threads of the server
//! and of the database, a few at a time.

use app::matters::Keyed;
use app::papers::{self, Draft, Reading};
use app::{Credential, Error, Service, files};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::MatterCode;
use domain::paper::PaperCode;
use store::{Conn, StoreError};

use crate::state::Web;

/// Nothing that was handed in runs, wherever it is shown.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

impl Web {
    /// Does slow work; as much of it at once as the machine can bear.
    pub(crate) async fn slowly<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Service) -> Result<T, Error> + Send + 'static,
    {
        let closed = |_| Error::Store(StoreError::Closed);
        let permit = self.presses.clone().acquire_owned().await.map_err(closed)?;
        let service = self.service.clone();
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&service);
            drop(permit);
            done
        });
        done.await.unwrap_or(Err(Error::Store(StoreError::Panicked)))
    }

    /// A paper as it was issued; the reading is in the log first.
    pub(crate) async fn paper(
        &self,
        credential: &Credential,
        code: MatterCode,
        paper: PaperCode,
    ) -> Result<Response, Error> {
        let read = move |conn: &mut Conn, service: &Service, credential: &Credential| {
            papers::read_again(conn, service, credential, (code, paper))
        };
        let reading = self.write(credential, read).await?;
        let name = format!("{}-{paper}.pdf", reading.title.get("zh"));
        let pdf = self.slowly(move |service| papers::pdf(service, &reading)).await?;
        Ok(shown("application/pdf", &name, true, pdf))
    }

    /// Prints what was just issued, so that it lies ready. What fails is made good by whoever opens
    /// the paper: it is issued all the same.
    pub(crate) async fn print_ahead(&self, credential: &Credential, code: MatterCode, body: &str) {
        let issued: Option<serde_json::Value> = serde_json::from_str(body).ok();
        let paper = issued.and_then(|i| i["code"].as_str()?.parse::<PaperCode>().ok());
        let Some(paper) = paper else { return };
        let find = move |conn: &mut Conn, service: &Service, credential: &Credential| {
            papers::just_issued(conn, service, credential, (code, paper))
        };
        let reading: Result<Reading, Error> = self.read(credential, find).await;
        let printed = match reading {
            Ok(reading) => self.slowly(move |service| papers::pdf(service, &reading)).await,
            Err(error) => Err(error),
        };
        if let Err(error) = printed {
            tracing::warn!(%paper, %error, "a paper was issued and not yet printed");
        }
    }

    /// A preview of a draft.
    pub(crate) async fn preview(&self, draft: Draft) -> Result<Response, Error> {
        let reader = draft.look.reader("draft", &draft.document);
        let log = move |conn: &mut Conn| app::matters::log_reading(conn, &reader);
        self.service.db().write(log).await?;
        let pdf = self.slowly(move |service| papers::preview(service, &draft)).await?;
        Ok(shown("application/pdf", "draft.pdf", true, pdf))
    }

    /// A matter's dossier; the reading is in the log first.
    pub(crate) async fn dossier(
        &self,
        credential: &Credential,
        code: MatterCode,
    ) -> Result<Response, Error> {
        let gather = move |conn: &mut Conn, service: &Service, credential: &Credential| {
            papers::dossier(conn, service, credential, code)
        };
        let bound = self.write(credential, gather).await?;
        let printed = self.slowly(move |service| bound.print(service)).await?;
        Ok(shown("application/pdf", &format!("卷宗-{code}.pdf"), true, printed.pdf))
    }

    /// Adds a file to a matter.
    pub(crate) async fn attach(
        &self,
        credential: &Credential,
        code: MatterCode,
        upload: files::Upload,
        bytes: Vec<u8>,
        keyed: Option<Keyed>,
    ) -> Result<app::matters::Answered, Error> {
        // Nobody fills the disk who may not add anything to this matter.
        let part = upload.part;
        let paper = upload.paper;
        let may = move |conn: &mut Conn, service: &Service, credential: &Credential| {
            files::may_attach(conn, service, credential, code, (part, paper))
        };
        let state = self.read(credential, may).await?;
        let lay = move |service: &Service| files::lay(service, &state, upload, &bytes);
        let laid = self.slowly(lay).await?;
        self.write(credential, move |conn, service, credential| {
            files::attach(conn, service, credential, code, &laid, keyed.as_ref())
        })
        .await
    }

    /// A file of a matter; the reading is in the log first.
    pub(crate) async fn file(
        &self,
        credential: &Credential,
        code: MatterCode,
        no: u16,
    ) -> Result<Response, Error> {
        let open = move |conn: &mut Conn, service: &Service, credential: &Credential| {
            files::open(conn, service, credential, (code, no))
        };
        let opening = self.write(credential, open).await?;
        let (name, media) = (opening.name.clone(), opening.media.clone());
        let bytes = self.slowly(move |service| opening.bytes(service)).await?;
        Ok(shown(&media, &name, false, bytes))
    }
}

/// A file as an answer: under its name, as what it is, and nothing in it runs.
fn shown(media: &str, name: &str, inline: bool, bytes: Vec<u8>) -> Response {
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    let mut say = |of: header::HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(of, value);
        }
    };
    say(header::CONTENT_TYPE, media);
    say(header::CONTENT_DISPOSITION, &disposition(name, inline));
    say(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// RFC 6266: the name for browsers of today, and a plain one for all others.
fn disposition(name: &str, inline: bool) -> String {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(5).collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        match good(byte) {
            true => coded.push(char::from(byte)),
            false => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    let how = if inline { "inline" } else { "attachment" };
    format!("{how}; filename=\"file.{ending}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_says_nothing_but_itself() {
        assert_eq!(
            disposition("身份证 \"1\".png", false),
            "attachment; filename=\"file.png\"; filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81%20%221%22.png"
        );
        assert!(disposition("a\r\nSet-Cookie: x.pdf", true).is_ascii());
        assert!(!disposition("a\r\nSet-Cookie: x.pdf", true).contains(['\r', '\n']));
    }
}
