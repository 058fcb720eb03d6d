//! Lives under the catalogue that ships and a third kind of matter.

use std::collections::BTreeMap;

use domain::rehearsal::Dice;

use super::player::{Book, Player};
use super::sight::Watch;
use crate::support::{County, loaded, seed, with_third_kind};

/// How many lives of each kind are played without being told otherwise.
const LIVES: u64 = 1_000;

#[test]
fn no_life_breaks_a_promise() {
    let county = County::new(&loaded(&with_third_kind()));
    let watch = Watch::new(&county);
    let usual = LIVES * county.catalogue.kinds.len() as u64;
    let (from, lives) = (seed("SHANZHI_SEED", 20_261_123), seed("SHANZHI_LIVES", usual));
    let mut book = Book::default();
    for n in 0..lives {
        let kind = county.catalogue.kinds.get_index(n as usize % county.catalogue.kinds.len());
        let (kind, seed) = (kind.expect("a kind").1, from.wrapping_add(n));
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
    for what in [
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
    ] {
        let times = book.seen.get(what).copied().unwrap_or_default();
        assert!(times >= 5, "{what} was seen {times} times");
    }
}
