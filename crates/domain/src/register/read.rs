//! Reading one `registers/*.toml` into a [`Register`].

use indexmap::IndexMap;

use super::definition::{
    Bounds, Condition, Cover, Demand, Duty, Grantee, Owner, Reach, Register, RegisterField,
    Validity,
};
use crate::catalogue::{Table, Term};
use crate::clock::Length;
use crate::kind::{FieldType, read_field, unknown_word};

const LENGTH: &str = "a length such as \"30 days\" or \"3 years\"";
/// The sorts of demand, as files name them.
const SORTS: [&str; 10] =
    ["filled", "among", "never", "order", "span", "age", "at-most", "every", "within", "members"];

/// Reads a register from its file.
#[must_use]
pub fn read(t: &Table<'_>) -> Register {
    let rights = |key| t.table(key, grants).unwrap_or_default();
    Register {
        id: t.text("register"),
        label: t.label("label"),
        group: t.label("group"),
        basis: t.texts("basis").into_iter().map(|b| b.text).collect(),
        owner: t.table("owner", owner).unwrap_or_default(),
        title: t.text("title"),
        columns: t.texts("columns"),
        search: t.texts("search"),
        facets: t.texts("facets"),
        unique: unique(t),
        valid: t.table("valid", |t| Validity {
            from: t.text("from"),
            until: t.text("until"),
            term: t.opt_parsed("term", LENGTH),
        }),
        reads: rights("read"),
        writes: rights("write"),
        fields: keyed(t.named("field", field), |f| &f.field.id),
        duties: keyed(t.named("duty", duty).into_iter().flatten().collect(), |d| &d.id),
        covers: keyed(t.named("cover", cover), |c| &c.id),
    }
}

fn keyed<T>(all: Vec<T>, id: impl Fn(&T) -> &Term) -> IndexMap<String, T> {
    all.into_iter().map(|one| (id(&one).text.clone(), one)).collect()
}

fn owner(t: &Table<'_>) -> Owner {
    Owner { label: t.label("label"), at: t.texts("at"), aliases: texts(t, "aliases") }
}

fn texts(t: &Table<'_>, key: &'static str) -> Vec<String> {
    t.texts(key).into_iter().map(|term| term.text).collect()
}

/// `["unit + name", "id-number"]`: each a set of fields.
fn unique(t: &Table<'_>) -> Vec<Vec<Term>> {
    let parts = |term: Term| {
        let line = term.line;
        let one = move |part: &str| Term { text: part.trim().to_owned(), line };
        term.text.split('+').map(one).collect()
    };
    t.texts("unique").into_iter().map(parts).collect()
}

fn grants(t: &Table<'_>) -> IndexMap<Reach, Vec<Grantee>> {
    let mut all = IndexMap::new();
    for (key, roles) in t.lists() {
        match Reach::NAMES.iter().find(|(name, _)| *name == key.text) {
            Some((_, reach)) => {
                all.insert(*reach, roles.into_iter().map(grantee).collect());
            }
            None => unknown_word(t, &key, Reach::NAMES.iter().map(|(n, _)| *n)),
        }
    }
    all
}

/// `department-head@justice-bureau`.
fn grantee(term: Term) -> Grantee {
    let Term { text, line } = term;
    match text.split_once('@') {
        Some((role, at)) => {
            Grantee { role: Term { text: role.to_owned(), line }, at: Some(at.to_owned()) }
        }
        None => Grantee { role: Term { text, line }, at: None },
    }
}

/// Parties belong to a matter, and so does what they said.
fn in_registers(of: FieldType) -> bool {
    use FieldType::{Consents, Instalments, Parties, Rating};
    !matches!(of, Parties | Consents | Rating | Instalments)
}

fn field(id: Term, t: &Table<'_>) -> RegisterField {
    RegisterField {
        of: t.opt_text("of"),
        required: t.flag("required"),
        aliases: texts(t, "aliases"),
        field: read_field(id, t, in_registers),
    }
}

fn condition(t: &Table<'_>, term: &Term) -> Option<Condition> {
    let Some((field, item)) = term.text.split_once('=') else {
        let args = vec![("word", term.text.clone()), ("known", "field=item".to_owned())];
        t.note(term.line, "unknown-word", args);
        return None;
    };
    let field = Term { text: field.trim().to_owned(), line: term.line };
    Some(Condition { field, item: item.trim().to_owned() })
}

fn conditions(t: &Table<'_>, key: &'static str) -> Vec<Condition> {
    t.texts(key).iter().filter_map(|term| condition(t, term)).collect()
}

fn bounds(t: &Table<'_>) -> Bounds {
    Bounds {
        min: t.opt_int("min", 0..1_000_000).unwrap_or(0),
        max: t.opt_int("max", 0..1_000_000).unwrap_or(i64::MAX),
    }
}

fn length(t: &Table<'_>) -> Length {
    let months = crate::clock::Unit::Month;
    t.text_as("length", LENGTH).unwrap_or(Length { count: 1, unit: months })
}

fn duty(id: Term, t: &Table<'_>) -> Option<Duty> {
    let sort = t.text("sort");
    let (label, law) = (t.label("label"), t.opt_text("law").map(|law| law.text));
    let (when, remark) = (conditions(t, "when"), t.flag("remark"));
    let one = || t.text("field");
    let two = || t.text("other");
    let demand = match sort.text.as_str() {
        "filled" => Demand::Filled(one()),
        "among" => Demand::Among(one(), t.texts("items")),
        "never" => Demand::Never(one(), t.texts("items")),
        "order" => Demand::Order(one(), two()),
        "span" => Demand::Span(one(), two(), length(t)),
        "age" => Demand::Age(one(), bounds(t)),
        "at-most" => Demand::AtMost(one(), two()),
        "every" => Demand::Every(one(), length(t)),
        "within" => Demand::Within(one(), two(), length(t)),
        "members" => Demand::Members {
            of: t.text("of"),
            by: t.text("by"),
            count: bounds(t),
            only: conditions(t, "only"),
        },
        _ => {
            if !sort.text.is_empty() {
                unknown_word(t, &sort, SORTS.into_iter());
            }
            // What is wrong is the sort, not what goes with it.
            for key in ["field", "other", "items", "length", "min", "max", "of", "by", "only"] {
                let _ = t.has(key);
            }
            return None;
        }
    };
    Some(Duty { id, label, demand, when, remark, law })
}

fn cover(id: Term, t: &Table<'_>) -> Cover {
    Cover {
        id,
        label: t.label("label"),
        level: t.text("level"),
        min: t.opt_int("min", 1..100_000).unwrap_or(1),
        only: t.opt_text("only").and_then(|term| condition(t, &term)),
        law: t.opt_text("law").map(|law| law.text),
    }
}
