//! Real messages are found: each phrase in every message that holds it, and in no other.
//!
//! The messages may name people, so a failure prints their ids and never their texts.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::search::{Clause, Plan, Tier, text_tokens};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SHANZHI_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("messages.csv").is_file() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no real messages in {}; set SHANZHI_TEST_DATA", folder.display());
    None
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a readable table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// A naive inverted index: the numbers of the messages by token.
struct Index(BTreeMap<String, BTreeSet<usize>>);

impl Index {
    fn select(&self, clause: &Clause) -> BTreeSet<usize> {
        match clause {
            Clause::Token(token) => self.0.get(token).cloned().unwrap_or_default(),
            Clause::Word(_) => BTreeSet::new(),
            Clause::And(of) => {
                let sets = of.iter().map(|clause| self.select(clause));
                sets.reduce(|a, b| &a & &b).unwrap_or_default()
            }
            Clause::Or(of) => of.iter().flat_map(|clause| self.select(clause)).collect(),
        }
    }
}

#[test]
fn every_phrase_is_found_in_every_message_that_holds_it() {
    let Some(folder) = folder() else { return };
    let messages = rows(&folder.join("messages.csv"));
    let mut index = Index(BTreeMap::new());
    let mut entries = 0;
    for (at, message) in messages.iter().enumerate() {
        let tokens = text_tokens(&message["title"], &message["text"]);
        for token in tokens.split(' ') {
            entries += 1;
            index.0.entry(token.to_owned()).or_default().insert(at);
        }
    }
    let characters: usize =
        messages.iter().map(|m| m["title"].chars().count() + m["text"].chars().count()).sum();
    println!(
        "{} messages, {:.0} characters and {:.0} tokens each, {} distinct tokens",
        messages.len(),
        characters as f64 / messages.len() as f64,
        entries as f64 / messages.len() as f64,
        index.0.len()
    );
    let (mut proposed, mut answered) = (0, 0);
    for query in rows(&folder.join("search_queries.csv")) {
        let phrase = &query["query"];
        let plan = Plan::read(phrase).expect("a query");
        let candidates = index.select(&plan.clause(Tier::Body).expect("a clause"));
        let mut found: Vec<(Tier, usize)> = candidates
            .iter()
            .filter_map(|at| {
                let message = &messages[*at];
                Some((plan.matches(&message["title"], &message["text"], |_| false)?, *at))
            })
            .collect();
        found.sort();
        let ids = |of: &[(Tier, usize)]| {
            of.iter().map(|(_, at)| messages[*at]["id"].clone()).collect::<Vec<_>>()
        };
        let titles: usize = query["titles_containing"].parse().expect("a count");
        let all: usize = query["messages_containing"].parse().expect("a count");
        assert_eq!(found.len(), all, "{phrase}: {:?}", ids(&found));
        let (first, rest) = found.split_at(titles);
        assert!(
            first.iter().all(|(tier, at)| *tier == Tier::Title
                && messages[*at]["title"].contains(phrase.as_str()))
        );
        assert!(rest.iter().all(|(tier, _)| *tier == Tier::Body), "{phrase}: {:?}", ids(rest));
        for (at, message) in messages.iter().enumerate() {
            let holds = message["title"].contains(phrase.as_str())
                || message["text"].contains(phrase.as_str());
            assert!(
                !holds || found.iter().any(|(_, f)| *f == at),
                "{phrase}: {} is lost",
                message["id"]
            );
        }
        let title = index.select(&plan.clause(Tier::Title).expect("a clause"));
        assert!(
            first.iter().all(|(_, at)| title.contains(at)),
            "{phrase}: the title tier loses an answer"
        );
        proposed += candidates.len();
        answered += found.len();
    }
    println!("20 phrases: {answered} answers, recall 1.0; {proposed} candidates were read");
}
