//! Text messages through a gateway that takes an HTTP POST with JSON.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::{Value as Json, json};
use ureq::Agent;
use zeroize::Zeroizing;

use super::ways::{BadWay, Failure, Outgoing, Settings, is_loopback};

/// The most bytes of a gateway's answer that are read.
const ANSWER_BYTES: u64 = 64 << 10;

/// A gateway.
pub(super) struct Gateway {
    agent: Agent,
    url: String,
    secret: Option<Zeroizing<String>>,
    body: Json,
    accepts: Option<(String, String)>,
}

impl Gateway {
    /// A gateway by its address.
    pub fn new(url: &str, settings: &Settings, timeout: Duration) -> Result<Self, BadWay> {
        let reads = url.parse::<ureq::http::Uri>().is_ok();
        let safe = url.starts_with("https://") || (url.starts_with("http://") && is_loopback(url));
        if !reads || !safe {
            return Err(BadWay {
                name: "sms-url",
                why: "it must be https://…, or on the loopback",
            });
        }
        let agent = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let accepts = match &settings.sms_accepts {
            Some(text) => Some(accepts(text)?),
            None => None,
        };
        let secret = settings.sms_secret.clone().map(Zeroizing::new);
        Ok(Self { agent, url: url.to_owned(), secret, body: body(settings)?, accepts })
    }

    /// Hands a message over.
    pub fn send(&self, outgoing: Outgoing<'_>) -> Result<(), Failure> {
        let secret = self.secret.as_ref().map_or("", |s| s.as_str());
        let values = [
            ("to", outgoing.to.to_owned()),
            ("text", outgoing.body.to_owned()),
            ("id", outgoing.name.to_owned()),
            ("secret", secret.to_owned()),
        ];
        let body = fill(&self.body, &values).to_string();
        let mut request = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("idempotency-key", outgoing.name);
        if !secret.is_empty() {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        let mut answer = request.send(body.as_bytes()).map_err(|e| failure(&e))?;
        let status = answer.status().as_u16();
        match status {
            200..=299 => {}
            408 | 425 | 429 | 500..=599 => return Err(Failure::later("busy", Some(status))),
            401 | 403 => {
                return Err(Failure { down: true, ..Failure::later("refused", Some(status)) });
            }
            _ => return Err(Failure::never("refused", Some(status))),
        }
        let Some((pointer, wanted)) = &self.accepts else { return Ok(()) };
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
        let said: Option<Json> = text.ok().and_then(|t| serde_json::from_str(&t).ok());
        let is = said.as_ref().and_then(|s| s.pointer(pointer)).map(|is| match is {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        });
        match is {
            Some(is) if is == *wanted => Ok(()),
            Some(_) => Err(Failure::never("refused", None)),
            None => Err(Failure::later("unclear", None)),
        }
    }
}

/// The JSON that the gateway wants.
fn body(settings: &Settings) -> Result<Json, BadWay> {
    let bad = |why| BadWay { name: "sms-body", why };
    let Some(text) = &settings.sms_body else {
        return Ok(json!({ "id": "{id}", "to": "{to}", "text": "{text}" }));
    };
    let body: Json = serde_json::from_str(text).map_err(|_| bad("it is not JSON"))?;
    let said = body.to_string();
    if !said.contains("{to}") || !said.contains("{text}") {
        return Err(bad("it must hold {to} and {text}"));
    }
    Ok(body)
}

/// `/code=0`: where in the answer, and what stands there.
fn accepts(text: &str) -> Result<(String, String), BadWay> {
    let found = text.split_once('=').filter(|(pointer, _)| pointer.starts_with('/'));
    let (pointer, wanted) =
        found.ok_or(BadWay { name: "sms-accepts", why: "it must be such as /code=0" })?;
    Ok((pointer.to_owned(), wanted.to_owned()))
}

/// Fills the texts of a JSON. Values go in as values: none of them can change its shape.
fn fill(body: &Json, values: &[(&'static str, String)]) -> Json {
    match body {
        Json::String(text) => Json::String(domain::words::fill(text, values)),
        Json::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Json::Object(fields) => {
            let filled = fields.iter().map(|(name, value)| (name.clone(), fill(value, values)));
            Json::Object(filled.collect())
        }
        other => other.clone(),
    }
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::down("timeout"),
        ureq::Error::Io(e) if matches!(e.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            Failure::down("timeout")
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Failure::down("insecure"),
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => Failure::down("unclear"),
        _ => Failure::down("unreachable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_changes_the_shape_of_what_is_sent() {
        let shape = json!({ "m": ["{to}"], "n": 3, "t": "【{id}】{text}" });
        let sly = "\"} , {\"to\": \"{to}".to_owned();
        let values = [("to", "13800000001".to_owned()), ("text", sly.clone()), ("id", "7".into())];
        let filled = fill(&shape, &values);
        assert_eq!(filled, json!({ "m": ["13800000001"], "n": 3, "t": format!("【7】{sly}") }));
    }
}
