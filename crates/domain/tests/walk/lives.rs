//! Lives under the catalogue that ships and a third kind of matter.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::kind::Kind;
use domain::rehearsal::Dice;

use super::player::{Book, Player};
use super::sight::Watch;
use crate::support::{County, loaded, seed, with_third_kind};

/// How many lives of each kind are played without being told otherwise.
const LIVES: u64 = 500;
/// How many of a kind are played at most to see each of its actions often enough.
const MOST: u64 = 10_000;
/// How often is often enough.
const TIMES: u64 = 10;

#[test]
fn no_life_breaks_a_promise() {
    let county = County::new(&loaded(&with_third_kind()));
    let watch = Watch::new(&county);
    let kinds: Vec<&Arc<Kind>> = county.catalogue.kinds.values().collect();
    let each = kinds.len() as u64;
    let usual = LIVES * each;
    let (from, lives) = (seed("SHANZHI_SEED", 20_261_123), seed("SHANZHI_LIVES", usual));
    let mut book = Book::default();
    // The seed says the kind as well, so that it is enough to play a life again.
    for n in 0..lives.max(if lives >= usual { MOST * each } else { 0 }) {
        let seed = from.wrapping_add(n);
        let kind = kinds[(seed % each) as usize];
        if n >= lives && rare(kind, &book).is_none() && unseen(&book).is_none() {
            continue;
        }
        let mut player = Player::new(&county, &watch, kind, Dice::new(seed), &mut book);
        if let Err(what) = player.live() {
            panic!("{what}\n{}\nplay it again with SHANZHI_SEED={seed}", player.told());
        }
    }
    println!("{book}");
    assert_stocks(&book);
    if lives >= usual {
        assert_everything_happened(&county, &book);
    }
}

/// What was added up event by event is what a recount finds.
fn assert_stocks(book: &Book) {
    let mut recount: BTreeMap<_, i64> = BTreeMap::new();
    for (unit, kind, state) in &book.ended {
        *recount.entry((*unit, kind.clone(), format!("state:{state}"))).or_default() += 1;
    }
    let kept: BTreeMap<_, _> =
        book.stocks.iter().filter(|(_, n)| **n != 0).map(|(k, n)| (k.clone(), *n)).collect();
    assert_eq!(kept, recount, "the tallies of stocks differ from a recount");
}

/// An action of a kind that has not happened often enough, and how often it has.
fn rare<'k>(kind: &'k Kind, book: &Book) -> Option<(&'k str, u64)> {
    let times = |action: &String| {
        book.taken.get(&(kind.id.text.clone(), action.clone())).copied().unwrap_or_default()
    };
    let all = kind.actions.keys().map(|action| (action.as_str(), times(action)));
    all.into_iter().find(|(_, times)| *times < TIMES)
}

/// Something worth seeing that was not seen often enough, and how often it was.
fn unseen(book: &Book) -> Option<(&'static str, u64)> {
    let times = |what: &'static str| (what, book.seen.get(what).copied().unwrap_or_default());
    let all = [
        "ruling",
        "second return refused",
        "sealed",
        "estimate",
        "split",
        "late",
        "paused",
        "extended",
        "told",
        "party told",
    ];
    all.into_iter().map(times).find(|(_, times)| *times < TIMES)
}

/// A walk that never came somewhere proves nothing about it.
fn assert_everything_happened(county: &County, book: &Book) {
    for kind in county.catalogue.kinds.values() {
        for action in kind.actions.keys() {
            let times = book
                .taken
                .get(&(kind.id.text.clone(), action.clone()))
                .copied()
                .unwrap_or_default();
            assert!(times >= 5, "{} {action} happened {times} times", kind.id.text);
        }
    }
    if let Some((what, times)) = unseen(book) {
        panic!("{what} was seen {times} times");
    }
}
