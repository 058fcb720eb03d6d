//! Forms with a file: read part by part, and given up as soon as there is too much.

use app::Credential;
use app::files::MAX_BYTES;
use app::matters::Keyed;
use app::who::Csrf;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use sm3::{Digest, Sm3};

use crate::body::misfit;
use crate::caller::is_foreign;
use crate::limits::{BODY_WITHIN, KEY_CHARS};
use crate::problem::Cause;

/// How much a form may hold beside its file, in bytes, and how many parts it has at most.
const BESIDE: usize = 64 << 10;
const PARTS: usize = 30;

/// A form with a file.
#[derive(Debug, Default)]
pub struct Uploaded {
    /// Its fields.
    pub fields: Vec<(String, String)>,
    /// The file: its name and its bytes; none where none was chosen.
    pub file: Option<(String, Vec<u8>)>,
    digest: [u8; 32],
}

fn too_large() -> Cause {
    Cause::App(app::Error::Upload("too-large"))
}

fn bad_form() -> Cause {
    Cause::Request("bad-form", StatusCode::BAD_REQUEST, Vec::new())
}

impl Uploaded {
    /// Reads a form. What says that it is too large is not read at all.
    pub async fn read(mut request: Request) -> Result<Self, Cause> {
        let most = MAX_BYTES + BESIDE;
        let said = request.headers().get(header::CONTENT_LENGTH);
        let said = said.and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
        if said.is_some_and(|bytes| bytes > most as u64) {
            return Err(too_large());
        }
        DefaultBodyLimit::max(most).apply(&mut request);
        let path = request.uri().path().to_owned();
        let form = Multipart::from_request(request, &()).await.map_err(|_| {
            Cause::Request("bad-media", StatusCode::UNSUPPORTED_MEDIA_TYPE, Vec::new())
        })?;
        let read = tokio::time::timeout(BODY_WITHIN, Self::parts(form, &path)).await;
        read.map_err(|_| Cause::Request("slow", StatusCode::REQUEST_TIMEOUT, Vec::new()))?
    }

    async fn parts(mut form: Multipart, path: &str) -> Result<Self, Cause> {
        let mut all = Self::default();
        let (mut beside, mut count, mut hash) = (0, 0, Sm3::new());
        hash.update(path);
        let failed = |e: axum::extract::multipart::MultipartError| {
            if e.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { bad_form() }
        };
        while let Some(mut part) = form.next_field().await.map_err(failed)? {
            count += 1;
            if count > PARTS {
                return Err(bad_form());
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let most = if file.is_some() { MAX_BYTES } else { BESIDE - beside };
            let mut bytes = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(failed)? {
                if bytes.len() + chunk.len() > most {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            if name != "csrf" {
                hash.update((name.len() as u64).to_be_bytes());
                hash.update(&name);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(&bytes);
            }
            match file {
                Some(file) if !bytes.is_empty() || !file.is_empty() => {
                    all.file = Some((file, bytes))
                }
                Some(_) => {}
                None => {
                    beside += bytes.len();
                    let text = String::from_utf8(bytes).map_err(|_| bad_form())?;
                    all.fields.push((name, text));
                }
            }
        }
        all.digest = hash.finalize().into();
        Ok(all)
    }

    /// The first value under a name; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// The key a form of a page was made out under.
    pub fn keyed(&self) -> Option<Keyed> {
        let key = format!("form/{}", self.get("key")?);
        Some(Keyed { key, digest: self.digest })
    }

    /// The key that a client of the API gave.
    pub fn keyed_by(&self, key: Option<&str>) -> Result<Option<Keyed>, Cause> {
        match key {
            Some(key) if key.is_empty() || key.len() > KEY_CHARS => {
                Err(misfit(crate::body::KEY_HEADER, "1..200 characters"))
            }
            key => Ok(key.map(|key| Keyed { key: key.to_owned(), digest: self.digest })),
        }
    }

    /// Lets a session's credential repeat the token that the form holds.
    pub fn repeat(&self, credential: &mut Credential, headers: &axum::http::HeaderMap) {
        if let Credential::Session { csrf: Some(repeated), .. } = credential
            && !is_foreign(headers)
        {
            *repeated = Csrf(self.get("csrf").map(crate::pages::unveil));
        }
    }
}
