//! Whatever a county declares, as long as its check finds nothing: the engine's promises are not
//! promises of the shipped kinds.

use std::time::{Duration, Instant};

use domain::catalogue::{Source, load};
use domain::rehearsal::Dice;

use super::player::{Book, Player};
use super::sight::Watch;
use crate::support::{County, catalogue, seed, shipped};

/// How long altered catalogues are tried without being told otherwise.
const SECONDS: u64 = 20;
/// Lives under each catalogue that is still sound.
const LIVES: u64 = 4;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test may take is no business of the rules"
)]
fn no_life_under_another_sound_catalogue_breaks_a_promise() {
    let (shipped, plain) = (shipped(), County::new(catalogue()));
    let watch = Watch::new(&plain);
    let (from, seconds, started) =
        (seed("SHANZHI_SEED", 7), seed("SHANZHI_SECONDS", SECONDS), Instant::now());
    let (mut sound, mut book) = (0, Book::default());
    let kinds: Vec<String> = plain.catalogue.kinds.keys().cloned().collect();
    for n in (0..).take_while(|_| started.elapsed() < Duration::from_secs(seconds)) {
        let seed = from.wrapping_add(n);
        let mut dice = Dice::new(seed);
        let name = dice.pick(&kinds).expect("a kind").as_str();
        let source = altered(&shipped, name, &mut dice);
        let Ok(catalogue) = load(&source, &[]) else { continue };
        sound += 1;
        let county = plain.under(&catalogue);
        let Some(kind) = county.catalogue.kinds.get(name) else { continue };
        for _ in 0..LIVES {
            let dice = Dice::new(dice.bits());
            let mut player = Player::new(&county, &watch, kind, dice, &mut book);
            if let Err(what) = player.live() {
                panic!(
                    "{what}\n{}\n{}\nSHANZHI_SEED={seed}",
                    player.told(),
                    difference(&shipped, &source)
                );
            }
        }
    }
    println!("{sound} other sound catalogues: {book}");
}

/// Some lines of a kind and the limits changed: gone, doubled, moved into another table, or with a
/// word of another line of the same key.
fn altered(shipped: &Source, kind: &str, dice: &mut Dice) -> Source {
    let kind = format!("kinds/{kind}.toml");
    let files = [kind.as_str(), kind.as_str(), "clocks.toml"];
    let mut source = shipped.clone();
    for _ in 0..=dice.below(3) {
        let text = source.0.get_mut(files[dice.below(3)]).expect("a file");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let keyed: Vec<usize> = (0..lines.len())
            .filter(|i| lines[*i].contains(" = ") && !lines[*i].contains("label"))
            .collect();
        let Some(at) = dice.pick(&keyed).copied() else { continue };
        let key = lines[at].split(" = ").next().unwrap_or_default().trim().to_owned();
        let same: Vec<usize> =
            keyed.iter().copied().filter(|i| lines[*i].trim_start().starts_with(&key)).collect();
        let other = dice.pick(&same).copied().unwrap_or(at);
        match dice.below(4) {
            0 => _ = lines.remove(at),
            1 => lines[at] = lines[other].clone(),
            2 => lines[at] = fewer(&lines[at], dice),
            _ => lines[at] = joined(&lines[at], &lines[other]),
        }
        *text = lines.join("\n");
    }
    source
}

/// A list without one of its words.
fn fewer(line: &str, dice: &mut Dice) -> String {
    let Some((head, tail)) = line.split_once('[') else { return line.to_owned() };
    let mut words: Vec<&str> = tail.trim_end_matches(']').split(", ").collect();
    words.remove(dice.below(words.len()));
    format!("{head}[{}]", words.join(", "))
}

/// A list with the words of another.
fn joined(line: &str, other: &str) -> String {
    let words = |l: &str| {
        l.split_once('[').map(|(_, t)| t.trim_end_matches(']').to_owned()).filter(|t| !t.is_empty())
    };
    let (Some(own), Some(more), Some((head, _))) =
        (words(line), words(other), line.split_once('['))
    else {
        return line.to_owned();
    };
    let mut all: Vec<&str> = own.split(", ").collect();
    all.extend(more.split(", ").filter(|w| !own.contains(w)));
    format!("{head}[{}]", all.join(", "))
}

fn difference(shipped: &Source, source: &Source) -> String {
    let mut lines = Vec::new();
    for (name, text) in &source.0 {
        let old: Vec<&str> = shipped.0[name].lines().collect();
        lines.extend(text.lines().filter(|l| !old.contains(l)).map(|l| format!("{name}: + {l}")));
        let new: Vec<&str> = text.lines().collect();
        lines.extend(old.iter().filter(|l| !new.contains(l)).map(|l| format!("{name}: - {l}")));
    }
    lines.join("\n")
}
