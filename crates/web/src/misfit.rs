//! What is wrong with one field of a request, still without a language. Never quotes what was sent.

use axum::http::StatusCode;
use domain::words::Words;

use crate::problem::{Cause, ProblemError};

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The field, as a path into what was sent.
    field: String,
    /// The rule it breaks: the name of its words.
    rule: &'static str,
    /// What the rule says of this field: names of fields, bounds, or the name of a type.
    what: String,
}

impl Misfit {
    /// A field that breaks a rule.
    #[must_use]
    pub fn new(field: &str, rule: &'static str, what: &str) -> Self {
        Self { field: field.to_owned(), rule, what: what.to_owned() }
    }

    /// What serde says of a body that does not fit, at a path.
    #[must_use]
    pub fn of_json(path: &str, error: &serde_json::Error) -> Self {
        let path = if path == "." { "body" } else { path };
        let text = error.to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(head, _)| head);
        let quoted = || text.split('`').nth(1).unwrap_or_default();
        if text.starts_with("unknown field") {
            let known = text.split_once("expected ").map_or("", |(_, known)| known.trim_start_matches("one of "));
            Self::new(path, "unknown-field", &known.replace('`', ""))
        } else if text.starts_with("missing field") {
            Self::new(&within(path, quoted()), "missing-field", "")
        } else if let Some((_, expected)) = text.split_once("expected ") {
            Self::new(path, "wrong-type", type_name(expected))
        } else {
            Self::new(path, "wrong-value", "")
        }
    }

    /// The words of it.
    #[must_use]
    pub fn say(&self, words: &Words, locale: &str) -> ProblemError {
        let what = match self.rule {
            "wrong-type" => words.say(locale, &format!("misfit.type.{}", self.what), &[]),
            _ => self.what.clone(),
        };
        let say = |part: &str| words.say(locale, &format!("misfit.{}.{part}", self.rule), &[("what", what.clone())]);
        ProblemError {
            rule: self.rule.to_owned(),
            field: Some(self.field.clone()),
            message: say("message"),
            remedy: say("remedy"),
            law: None,
        }
    }

    /// A query or header at fault.
    #[must_use]
    pub fn in_query(self) -> Cause {
        Cause::Request("bad-query", StatusCode::BAD_REQUEST, vec![self])
    }

    /// A body at fault.
    #[must_use]
    pub fn in_body(self) -> Cause {
        Cause::Request("invalid", StatusCode::UNPROCESSABLE_ENTITY, vec![self])
    }
}

fn within(path: &str, field: &str) -> String {
    if path == "body" { field.to_owned() } else { format!("{path}.{field}") }
}

/// The name of a type out of serde's words for it.
fn type_name(expected: &str) -> &'static str {
    let integers = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "an integer"];
    match expected {
        e if integers.contains(&e) => "integer",
        e if e.contains("string") => "text",
        e if e.contains("bool") => "truth",
        e if e.starts_with("struct") || e.contains("map") => "object",
        e if e.contains("sequence") || e.contains("tuple") => "list",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::Misfit;
    use crate::body::parse;
    use crate::problem::Cause;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Probe {
        name: String,
        #[serde(default)]
        count: i64,
        #[serde(default)]
        parts: BTreeMap<String, Vec<bool>>,
    }

    fn misfit(text: &str) -> Misfit {
        match parse::<Probe>(text.as_bytes()).expect_err("does not fit") {
            Cause::Request("invalid", _, misfits) => misfits[0].clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_fit_is_named_without_quoting_it() {
        assert_eq!(misfit("{}"), Misfit::new("name", "missing-field", ""));
        assert_eq!(misfit(r#"{"name":"a","nom":1}"#), Misfit::new("nom", "unknown-field", "name, count, parts"));
        assert_eq!(misfit(r#"{"name":7}"#), Misfit::new("name", "wrong-type", "text"));
        assert_eq!(misfit(r#"{"name":"a","count":"secret"}"#), Misfit::new("count", "wrong-type", "integer"));
        assert_eq!(misfit(r#"{"name":"a","count":1.5}"#), Misfit::new("count", "wrong-type", "integer"));
        assert_eq!(misfit(r#"{"name":"a","parts":{"x":[1]}}"#), Misfit::new("parts.x[0]", "wrong-type", "truth"));
        assert_eq!(misfit(r#"[1]"#).rule, "wrong-type");
    }

    #[test]
    fn every_misfit_has_words_in_every_language() {
        let words = domain::words::Words::built_in();
        for rule in ["unknown-field", "missing-field", "wrong-type", "wrong-value", "bad-cursor", "bad-range"] {
            for locale in ["zh", "en"] {
                let said = Misfit::new("field", rule, "text").say(words, locale);
                assert!(!said.message.contains("misfit.") && !said.remedy.contains("misfit."), "{rule} {locale}");
            }
        }
        for name in ["integer", "text", "truth", "object", "list", "other"] {
            let said = Misfit::new("field", "wrong-type", name).say(words, "zh");
            assert!(!said.message.contains("misfit."), "{name}");
        }
    }
}
