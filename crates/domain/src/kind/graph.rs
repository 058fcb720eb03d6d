//! The states of a kind as a graph: what leads where.

use std::collections::{HashMap, HashSet, VecDeque};

use super::definition::{Kind, PREVIOUS};
use super::verb::Verb;

/// From each state, the states that one action leads to.
pub struct Graph<'k>(HashMap<&'k str, HashSet<&'k str>>);

impl<'k> Graph<'k> {
    /// The graph of a kind. An action that ends a suspension leads back to every state that a
    /// suspension may have begun in.
    pub fn of(kind: &'k Kind) -> Self {
        let mut next: HashMap<&str, HashSet<&str>> = HashMap::new();
        let suspended_from: HashSet<&str> = kind
            .actions
            .values()
            .filter(|a| a.does(Verb::Suspend))
            .flat_map(|a| a.from.iter().map(|f| f.as_str()))
            .collect();
        for action in kind.actions.values() {
            let Some(to) = &action.to else { continue };
            for from in &action.from {
                let targets = next.entry(from.as_str()).or_default();
                if to.text == PREVIOUS {
                    targets.extend(&suspended_from);
                } else {
                    targets.insert(to.as_str());
                }
            }
        }
        Self(next)
    }

    /// Every state that can be reached from one, with itself.
    pub fn reach(&self, from: &'k str) -> HashSet<&'k str> {
        let mut seen = HashSet::from([from]);
        let mut queue = VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            for next in self.0.get(state).into_iter().flatten() {
                if seen.insert(next) {
                    queue.push_back(next);
                }
            }
        }
        seen
    }
}
