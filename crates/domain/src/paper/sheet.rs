//! The sheet beside a template: what the paper is called, on what law it rests, what it says.

use serde_json::Value;

use super::source::{Sources, list};
use crate::catalogue::{Table, Term};
use crate::label::Label;

/// What a template declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The name of the template.
    pub id: String,
    /// The name of the paper.
    pub label: Label,
    /// The articles it rests on, as they are cited.
    pub basis: Vec<String>,
    /// The pattern of its own numbers, such as `({year}){unit}告字第{seq}号`; none where it bears
    /// the number of its matter.
    pub number: Option<String>,
    /// The pattern of the name of the office that it stands under, with `{place}`; none where that
    /// is the unit itself.
    pub office: Option<String>,
    /// Its fields in the order of the page.
    pub fields: Vec<Field>,
}

/// A field of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where it stands in the value: `terms`, `parties[].name` (in each of them), `terms[]`.
    pub path: Term,
    /// What it is called.
    pub label: Label,
    /// Whether the paper may not be issued without it.
    pub must: bool,
    /// From where it is filled, the first that says something; where nothing is named, as
    /// `sources.toml` says of its path.
    pub from: Sources,
}

/// A required field that is not filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The place, such as `parties[1].name`, counted from 0.
    pub at: String,
    /// What it is called.
    pub label: Label,
}

impl Sheet {
    /// Reads the sheet of a template.
    #[must_use]
    pub fn read(id: &str, t: &Table<'_>) -> Self {
        Self {
            id: id.to_owned(),
            label: t.label("label"),
            basis: t.texts("basis").into_iter().map(|b| b.text).collect(),
            number: t.opt_text("number").map(|n| n.text),
            office: t.opt_text("office").map(|o| o.text),
            fields: t.each("fields", field),
        }
    }

    /// The required fields that a value leaves blank.
    #[must_use]
    pub fn missing(&self, value: &Value) -> Vec<Missing> {
        self.blank(value).into_iter().filter(|(_, field)| field.must).map(named).collect()
    }

    /// Every place that a value leaves blank, with its field.
    #[must_use]
    pub fn blank(&self, value: &Value) -> Vec<(String, &Field)> {
        let mut found = Vec::new();
        for field in &self.fields {
            let steps: Vec<&str> = field.path.text.split('.').collect();
            look(value, &steps, "", &mut |at| found.push((at, field)));
        }
        found
    }
}

fn named((at, field): (String, &Field)) -> Missing {
    Missing { at, label: field.label.clone() }
}

fn field(t: &Table<'_>) -> Field {
    let path = t.text("path");
    if !path.text.is_empty() && !is_path(&path.text) {
        let args = vec![("key", "path".to_owned()), ("expected", "parties[].name".to_owned())];
        t.note(path.line, "wrong-type", args);
    }
    Field { path, label: t.label("label"), must: t.flag("must"), from: list(t, t.texts("from")) }
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
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text is the path of a field.
#[must_use]
pub fn is_path(path: &str) -> bool {
    let step = |step: &str| {
        let key = step.strip_suffix("[]").unwrap_or(step);
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    path.len() <= 80 && path.split('.').all(step)
}
