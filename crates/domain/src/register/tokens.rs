//! What a record is found, listed and counted by.

use std::collections::BTreeSet;

use sm3::{Digest, Sm3};

use super::access::Territory;
use super::definition::Register;
use super::draft::{is_text, plain_text};
use super::record::{Record, Stage};
use crate::ids::UnitId;
use crate::kind::FieldType;
use crate::matter::Value;
use crate::person::Personal;
use crate::search::{ExactWord, SCOPE_MARK, text_tokens};

/// A token that no text has, for what an index must know beside the words.
fn mark(text: &str) -> String {
    let digest = Sm3::digest(text.as_bytes());
    let hex: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
    format!("{SCOPE_MARK}{hex}")
}

/// The token of the records of a register that stand or were ended in a territory.
#[must_use]
pub fn territory_token(register: &str, stage: Stage, of: Territory) -> String {
    mark(&format!("{register}/{}/{}-{}", stage.name(), of.first, of.last))
}

/// The token of a facet's item.
#[must_use]
pub fn facet_token(register: &str, field: &str, item: &str) -> String {
    mark(&format!("{register}/{field}={item}"))
}

/// The territories that a unit's records lie in.
fn territories(unit: UnitId) -> impl Iterator<Item = Territory> {
    let tops = [1_000_000_000, 1_000_000, 1000].map(|n| UnitId(unit.0 / n * n));
    let mut all: Vec<Territory> = tops.map(Territory::below).into();
    all.push(Territory::only(unit));
    all.push(Territory::below(unit));
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

/// What a record is searched by: its title, its other texts, and the words found only as a whole.
pub struct Searched<'r> {
    /// The title.
    pub title: &'r str,
    /// The other texts.
    pub body: String,
    /// Exact words.
    pub words: BTreeSet<ExactWord>,
}

/// What a record is searched by. Personal values are opened by `open`; `label` names the item of a
/// choice.
#[must_use]
pub fn searched<'r>(
    register: &Register,
    record: &'r Record,
    label: &dyn Fn(&str, &str) -> String,
    open: &dyn Fn(&str, &Personal) -> Option<String>,
) -> Searched<'r> {
    let title = record.text(register.title.as_str());
    let (mut body, mut words) = (String::new(), ExactWord::of_name(title));
    for (id, value) in &record.fields {
        let Some(declared) = register.field(id) else { continue };
        let in_text = register.search.iter().any(|s| s.text == *id);
        match value {
            Value::Personal(personal) => {
                let detail = match declared.field.field {
                    FieldType::Phone => "phone",
                    FieldType::IdNumber => "id-number",
                    _ => "name",
                };
                let found = open(id, personal).map(|text| ExactWord::of_detail(detail, &text));
                words.extend(found.into_iter().flatten());
            }
            Value::Choice(item) if in_text => push(&mut body, &label(id, item)),
            Value::Choices(items) if in_text => {
                items.iter().for_each(|item| push(&mut body, &label(id, item)));
            }
            other if in_text && is_text(declared.field.field) => {
                push(&mut body, &plain_text(other));
            }
            _ => {}
        }
    }
    Searched { title, body, words }
}

/// The search entry of a record: tokens divided by single spaces, none of them twice. `seal` gives the
/// token of a personal word.
#[must_use]
pub fn search_tokens(
    register: &Register,
    record: &Record,
    searched: &Searched<'_>,
    seal: &dyn Fn(&ExactWord) -> String,
) -> String {
    let mut words: Vec<String> = searched.words.iter().map(|word| word.token(seal)).collect();
    for facet in &register.facets {
        if let Some(Value::Choice(item)) = record.fields.get(&facet.text) {
            words.push(facet_token(&register.id.text, &facet.text, item));
        }
    }
    let stage = record.stage();
    words.extend(territories(record.unit).map(|t| territory_token(&register.id.text, stage, t)));
    words.sort_unstable();
    words.dedup();
    let mut tokens = text_tokens(searched.title, &searched.body);
    for word in words {
        push(&mut tokens, &word);
    }
    tokens
}

fn push(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// What a record that stands is counted under: the empty measure for all, and `field:item` for a facet.
#[must_use]
pub fn counted(register: &Register, record: &Record) -> Vec<String> {
    if record.ended.is_some() {
        return Vec::new();
    }
    let mut all = vec![String::new()];
    for facet in &register.facets {
        if let Some(Value::Choice(item)) = record.fields.get(&facet.text) {
            all.push(format!("{}:{item}", facet.text));
        }
    }
    all
}
