//! Suggesting a category from a text. It explains itself, and a person decides.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::catalogue::{Item, List};
use domain::label::FIRST_LOCALE;
use domain::suggest::{Corpus, Model, Sample, Scores, Suggestion, Text, cross_validate, train};
use store::{Conn, StoreError, catalogues};

use crate::{CountyState, Error};

/// The seed of training: the same examples give the same model.
const SEED: u64 = 20_260_101;
/// The fewest examples that anything is learned from.
const EXAMPLES_MIN: usize = 20;

/// A text that a person has classed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The item of the kind's category list.
    pub class: String,
}

/// What was learned.
pub struct Learned {
    /// The model as it is kept.
    pub body: String,
    /// How well it does on texts it has not seen.
    pub scores: Scores,
}

fn categories<'a>(state: &'a CountyState, kind: &str) -> Option<&'a List> {
    let kind = state.catalogue.kinds.get(kind)?;
    let list = kind.fields.get(kind.category.as_ref()?.as_str())?.list.as_ref()?;
    state.catalogue.lists.get(list.as_str())
}

/// The item of a kind's category list that a label means: by id, label or alias.
#[must_use]
pub fn category(state: &CountyState, kind: &str, label: &str) -> Option<String> {
    let named = |i: &&Item| {
        i.id.text == label
            || i.label.0.values().any(|l| l == label)
            || i.aliases.iter().any(|a| a == label)
    };
    categories(state, kind)?.items.values().find(named).map(|i| i.id.text.clone())
}

/// What people call an item of a kind's category list.
#[must_use]
pub fn label<'a>(
    state: &'a CountyState,
    kind: &str,
    category: &str,
    locale: &str,
) -> Option<&'a str> {
    Some(categories(state, kind)?.items.get(category)?.label.get(locale))
}

/// Learns from examples. The labels of the category list are hints, so that a class without
/// examples is not unknown.
#[must_use]
pub fn learn(
    state: &CountyState,
    kind: &str,
    examples: &[Example],
    folds: usize,
) -> Option<Learned> {
    if examples.len() < EXAMPLES_MIN {
        return None;
    }
    let items = &categories(state, kind)?.items;
    let known = |id: &str| examples.iter().any(|e| e.class == id);
    let hints: Vec<Sample<'_>> = items.values().filter(|i| known(&i.id.text)).map(hint).collect();
    let samples: Vec<Sample<'_>> = examples
        .iter()
        .map(|e| Sample { text: Text { title: &e.title, body: &e.text }, class: &e.class })
        .collect();
    let corpus = Corpus { samples: &samples, hints: &hints, others: &[] };
    let scores = cross_validate(&corpus, folds, SEED);
    let body = serde_json::to_string(&train(&corpus, SEED)).ok()?;
    Some(Learned { body, scores })
}

/// What was learned about the texts of a kind.
///
/// # Errors
/// Failures of the store; a model that does not read.
pub fn model_of(conn: &mut Conn, state: &CountyState, kind: &str) -> Result<Option<Model>, Error> {
    let Some(body) = catalogues::classifier(conn, state.county, kind)? else { return Ok(None) };
    let model = serde_json::from_str(&body).map_err(|e| StoreError::corrupt("classifier", e))?;
    Ok(Some(model))
}

/// Suggests categories for a text of a kind, the likeliest first. A county that has taught nothing
/// yet is helped by the names of its categories.
///
/// # Errors
/// Failures of the store; a model that does not read.
pub fn suggest(
    conn: &mut Conn,
    state: &CountyState,
    (kind, title, text): (&str, &str, &str),
) -> Result<Vec<Suggestion>, Error> {
    let text = Text { title, body: text };
    if let Some(model) = model_of(conn, state, kind)? {
        return Ok(model.suggest(text));
    }
    let Some(list) = categories(state, kind) else { return Ok(Vec::new()) };
    let model = state.untaught.get_or_learn(kind, || {
        let words: Vec<String> = list.items.values().map(|item| item.hints.join(" ")).collect();
        let items = list.items.values().zip(&words);
        let hints: Vec<Sample<'_>> = items
            .map(|(item, body)| Sample { text: Text { body, ..hint(item).text }, ..hint(item) })
            .collect();
        train(&Corpus { samples: &[], hints: &hints, others: &[] }, SEED)
    });
    Ok(model.suggest(text))
}

/// The name of a category, as an example of what belongs to it.
fn hint(item: &Item) -> Sample<'_> {
    Sample { text: Text { title: item.label.get(FIRST_LOCALE), body: "" }, class: item.id.as_str() }
}

/// What is known of the categories of kinds whose texts nobody has classed, by kind.
#[derive(Default)]
pub struct Untaught(RwLock<HashMap<String, Arc<Model>>>);

impl Untaught {
    fn get_or_learn(&self, kind: &str, learn: impl FnOnce() -> Model) -> Arc<Model> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(kind).cloned();
        known.unwrap_or_else(|| {
            let model = Arc::new(learn());
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            all.insert(kind.to_owned(), model.clone());
            model
        })
    }
}
