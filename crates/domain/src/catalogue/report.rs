//! Statistical tables as a ministry or a county asks for them: columns that are sums of what is counted.

use indexmap::IndexMap;

use super::check::Notes;
use super::definition::Catalogue;
use super::sheet::{Table, Term};
use crate::kind::Kind;
use crate::label::Label;

/// What every kind is counted by; parts stand after a colon.
const MEASURES: [&str; 21] = [
    "registered",
    "parties",
    "accepted",
    "answered",
    "passed-on",
    "returned",
    "called-out",
    "sessions",
    "agreed:written",
    "agreed:oral",
    "amount",
    "closed",
    "settled",
    "closed-late",
    "lapsed",
    "reopened",
    "rated:1",
    "rated:2",
    "rated:3",
    "rated:4",
    "rated:5",
];

/// A statistical table: a row for each unit, a column for each figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The kind whose matters it counts.
    pub kind: Term,
    /// What asks for it.
    pub law: Option<String>,
    /// Its columns, in order.
    pub columns: IndexMap<String, Column>,
}

/// A column, or one for each item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub id: Term,
    /// What stands above it.
    pub label: Label,
    /// The measures it adds up.
    pub of: Vec<Term>,
    /// What it has a column for each item of: `category`, `source`, `outcome` or a counted field.
    pub each: Option<Term>,
    /// Whether it is a sum of money, in 分.
    pub money: bool,
}

/// A column as it is printed: what stands above it, and the measures it adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure<'a> {
    /// The heading of a group of columns; none for a column of its own.
    pub group: Option<&'a Label>,
    /// The heading.
    pub label: &'a Label,
    /// The measures.
    pub measures: Vec<String>,
    /// Whether it is a sum of money, in 分.
    pub money: bool,
}

impl Report {
    /// Its columns, with one for each item where a column stands for a list.
    #[must_use]
    pub fn figures<'a>(&'a self, catalogue: &'a Catalogue) -> Vec<Figure<'a>> {
        let kind = catalogue.kinds.get(&self.kind.text);
        let mut figures = Vec::new();
        for column in self.columns.values() {
            let Some(each) = &column.each else {
                let measures = column.of.iter().map(|m| m.text.clone()).collect();
                let (label, money) = (&column.label, column.money);
                figures.push(Figure { group: None, label, measures, money });
                continue;
            };
            let items = kind.map(|k| parts(k, catalogue, each.as_str())).unwrap_or_default();
            figures.extend(items.into_iter().map(|(id, label)| Figure {
                group: Some(&column.label),
                label,
                measures: vec![format!("{}:{id}", each.text)],
                money: false,
            }));
        }
        figures
    }
}

/// The items that a name of parts stands for.
fn parts<'a>(kind: &'a Kind, catalogue: &'a Catalogue, name: &str) -> Vec<(&'a str, &'a Label)> {
    if name == "outcome" {
        return kind.outcomes.values().map(|o| (o.id.as_str(), &o.label)).collect();
    }
    let list = match name {
        "source" => kind.sources.as_ref(),
        "category" => {
            kind.category.as_ref().and_then(|c| kind.fields.get(c.as_str())?.list.as_ref())
        }
        field if kind.counts.iter().any(|c| c.text == field) => {
            kind.fields.get(field).and_then(|f| f.list.as_ref())
        }
        _ => None,
    };
    let list = list.and_then(|l| catalogue.lists.get(l.as_str()));
    let items = list.map(|l| l.items.values()).into_iter().flatten();
    items.map(|item| (item.id.as_str(), &item.label)).collect()
}

/// Reads one file of `reports/`.
pub fn reports(t: &Table<'_>) -> Vec<Report> {
    t.named("report", |id, t| Report {
        id,
        label: t.label("label"),
        kind: t.text("kind"),
        law: t.opt_text("law").map(|law| law.text),
        columns: t
            .named("column", |id, t| Column {
                id,
                label: t.label("label"),
                of: t.texts("of"),
                each: t.opt_text("each"),
                money: t.flag("money"),
            })
            .into_iter()
            .map(|column| (column.id.text.clone(), column))
            .collect(),
    })
}

/// A report counts a kind that exists, by measures that are counted.
pub fn check(report: &Report, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let kinds = catalogue.kinds.keys().map(String::as_str);
    notes.all_known("kind", [&report.kind], kinds);
    let Some(kind) = catalogue.kinds.get(&report.kind.text) else { return };
    let counted = kind.counts.iter().map(|c| c.text.as_str());
    let names: Vec<&str> = ["category", "source", "outcome"].into_iter().chain(counted).collect();
    let items = |name: &str| -> Vec<String> {
        parts(kind, catalogue, name).iter().map(|(id, _)| format!("{name}:{id}")).collect()
    };
    let of_parts: Vec<String> = names.iter().flat_map(|name| items(name)).collect();
    let measures = MEASURES.into_iter().chain(of_parts.iter().map(String::as_str));
    for column in report.columns.values() {
        notes.all_known("measure", &column.of, measures.clone());
        notes.all_known("part", &column.each, names.iter().copied());
        if column.of.is_empty() == column.each.is_none() {
            notes.note(column.id.line, "column-shape", vec![("name", column.id.text.clone())]);
        }
    }
}
