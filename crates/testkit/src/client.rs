//! A client that calls the real router in the process. Every answer is held against the description
//! of the API: its status must be declared, and its body must have the declared shape.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value as Json;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::contract::Contract;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The answer where it has this status; panics where it has another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

/// Somebody who calls the API. Clones call the same router.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: Vec<(String, String)>,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()
            .expect("a runtime")
    })
}

impl Client {
    pub fn new(router: Router, token: Option<String>) -> Self {
        let bearer = token.map(|t| ("authorization".to_owned(), format!("Bearer {t}")));
        Self { router, headers: bearer.into_iter().collect() }
    }

    /// The same client with one header more.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(n, _)| n != name);
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, Vec::new())
    }

    pub fn post(&self, path: &str, body: &Json) -> Answer {
        self.send("POST", path, Some("application/json"), body.to_string().into_bytes())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, Vec::new())
    }

    /// Sends any request.
    pub fn send(&self, method: &str, path: &str, media: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let answer = runtime().block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("a body").to_bytes().to_vec();
            Answer { status: parts.status, headers: parts.headers, body }
        });
        Contract::get().check(method, path, &answer);
        answer
    }
}
