//! The sheet beside a template: what the paper is called, on what law it rests, and what it says.

use std::collections::BTreeMap;

use domain::label::Label;
use serde::Deserialize;
use serde_json::Value;

use super::PaperFault;

/// What a template declares.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The name of the paper.
    pub label: Label,
    /// The articles it rests on, as they are cited.
    pub basis: Vec<String>,
    /// Its fields in the order of the page.
    pub fields: Vec<Field>,
}

/// A field of a paper.
#[derive(Debug, Clone)]
pub struct Field {
    /// Where it stands in the value: `terms`, `parties[].name` (in each of them), `terms[]`.
    pub path: String,
    /// What it is called.
    pub label: Label,
    /// Whether the paper may not be issued without it.
    pub must: bool,
}

/// A required field that is not filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The place, such as `parties[1].name`, counted from 0.
    pub at: String,
    /// What it is called.
    pub label: Label,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    label: BTreeMap<String, String>,
    #[serde(default)]
    basis: Vec<String>,
    fields: Vec<FieldText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldText {
    path: String,
    zh: String,
    en: String,
    #[serde(default)]
    must: bool,
}

impl Sheet {
    pub(super) fn read(file: &str, text: &str) -> Result<Self, PaperFault> {
        let read: Text =
            toml::from_str(text).map_err(|fault| PaperFault::sheet(file, &fault.to_string()))?;
        for field in &read.fields {
            if !is_path(&field.path) {
                let message = format!("\"{}\" is not a path", field.path);
                return Err(PaperFault::sheet(file, &message));
            }
        }
        let field = |f: FieldText| Field {
            path: f.path,
            label: Label([("zh".to_owned(), f.zh), ("en".to_owned(), f.en)].into()),
            must: f.must,
        };
        Ok(Self {
            label: Label(read.label),
            basis: read.basis,
            fields: read.fields.into_iter().map(field).collect(),
        })
    }

    pub(super) fn missing(&self, value: &Value) -> Vec<Missing> {
        let mut found = Vec::new();
        for field in self.fields.iter().filter(|field| field.must) {
            let steps: Vec<&str> = field.path.split('.').collect();
            look(value, &steps, "", &mut |at| {
                found.push(Missing { at, label: field.label.clone() });
            });
        }
        found
    }
}

/// Walks a path through a value and tells each place where it ends in nothing.
fn look(value: &Value, steps: &[&str], at: &str, tell: &mut dyn FnMut(String)) {
    let Some((step, rest)) = steps.split_first() else {
        if is_blank(value) {
            tell(at.to_owned());
        }
        return;
    };
    let (key, each) = step.strip_suffix("[]").map_or((*step, false), |key| (key, true));
    let dot = if at.is_empty() { "" } else { "." };
    let here = format!("{at}{dot}{key}");
    let inner = value.get(key).unwrap_or(&Value::Null);
    if !each {
        return look(inner, rest, &here, tell);
    }
    match inner.as_array().filter(|all| !all.is_empty()) {
        None => tell(here),
        Some(all) => {
            for (i, inner) in all.iter().enumerate() {
                look(inner, rest, &format!("{here}[{i}]"), tell);
            }
        }
    }
}

/// No and 0 are answers; an empty text is not.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Names of files are small letters, digits and dashes; shared parts begin with an underscore.
pub(super) fn is_name(name: &str) -> bool {
    let plain = name.strip_prefix('_').unwrap_or(name);
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !plain.is_empty() && plain.len() <= 60 && plain.bytes().all(good)
}

fn is_path(path: &str) -> bool {
    let step = |step: &str| {
        let key = step.strip_suffix("[]").unwrap_or(step);
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    path.len() <= 80 && path.split('.').all(step)
}

/// Text for a fault: one line of it, and not much.
pub(super) fn shorten(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
