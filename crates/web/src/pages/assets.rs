//! Style and script, each at an address that names its content: a browser keeps it for ever.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sm3::{Digest, Sm3};

/// A file that pages ask for.
pub struct Asset {
    name: &'static str,
    media: &'static str,
    text: &'static str,
    address: OnceLock<String>,
}

/// The look of every page.
pub static STYLE: Asset = Asset {
    name: "console.css",
    media: "text/css; charset=utf-8",
    text: include_str!("../../assets/console.css"),
    address: OnceLock::new(),
};

/// What makes pages handier; every page works without it.
pub static SCRIPT: Asset = Asset {
    name: "console.js",
    media: "text/javascript; charset=utf-8",
    text: include_str!("../../assets/console.js"),
    address: OnceLock::new(),
};

impl Asset {
    /// Its address.
    pub fn address(&self) -> &str {
        self.address.get_or_init(|| {
            let digest = store::chain::hex(&Sm3::digest(self.text)[..8]);
            format!("/assets/{digest}/{}", self.name)
        })
    }
}

/// An asset under its address.
pub async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    let Some(asset) = [&STYLE, &SCRIPT].into_iter().find(|a| a.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    response
}
