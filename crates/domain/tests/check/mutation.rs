//! Whatever is done to the files, reading them ends in a catalogue or in findings.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use domain::catalogue::{Source, load};
use domain::rehearsal::{BareStage, Dice, play, scenarios};

use crate::support::{catalogue, seed, shipped};

const MOST: u64 = 6_000;
const LONGEST: Duration = Duration::from_secs(18);

/// Words that mean something somewhere, so that mutations reach deeper than the parser.
const TOKENS: &[&str] = &[
    "true",
    "false",
    "0",
    "-1",
    "99999999999999999999",
    "0x7fffffffffffffff",
    "1e400",
    "nan",
    "1979-05-27",
    "\"\"",
    "[]",
    "{}",
    "{ zh = \"\" }",
    "[[action]]",
    "[action]",
    "[action.x]",
    "[clock.x]",
    "\"previous\"",
    "verbs = []",
    "from = []",
    "to = \"\"",
    "during = []",
    "under = \"county\"",
    "within = \"9999.9 workhours\"",
    "warn = \"10 years\"",
    "extend = \"10 years\"",
    "year = 1990",
    "\"24:00-24:00\"",
    "\"2026-02-30\" = \"\"",
    "\\u0000",
    "\"\"\"",
    "=",
    ".",
    "\"",
    "'",
    "number = 199",
    "min = 1000",
    "is:request-type=",
    "done:",
    "number = \"{seq\"",
    "centre = \"{place\"",
];

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test may take is no business of the rules"
)]
fn no_mutation_of_the_files_breaks_the_reader() {
    let shipped = shipped();
    let (from, started) = (seed("SHANZHI_SEED", 20_261_123), Instant::now());
    let mut sound = 0u64;
    let mut done = 0u64;
    for n in 0..MOST {
        if started.elapsed() > LONGEST {
            break;
        }
        let mut dice = Dice::new(from.wrapping_add(n));
        let source = mutated(&shipped, &mut dice);
        let stored = stored(&shipped, &mut dice);
        let read = || {
            rehearse(&shipped, &source);
            load(&source, &stored).is_ok()
        };
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(ok) => sound += u64::from(ok),
            Err(_) => {
                panic!("the reader broke; play it again with SHANZHI_SEED={}", from.wrapping_add(n))
            }
        }
        done += 1;
    }
    println!("{done} mutations, {sound} of them still sound");
    assert!(done > 100, "only {done} mutations in {LONGEST:?}");
}

/// Changed scenarios are read, and played as far as they can be read.
fn rehearse(shipped: &Source, source: &Source) {
    let changed = source.0.iter().filter(|(name, text)| shipped.0.get(*name) != Some(text));
    let changed = Source(changed.map(|(name, text)| (name.clone(), text.clone())).collect());
    for scenario in scenarios(&changed, catalogue()).unwrap_or_default() {
        let _ = play(&scenario, &mut BareStage::new(catalogue()));
    }
}

/// The files with a few places changed in one or two of them.
fn mutated(shipped: &Source, dice: &mut Dice) -> Source {
    let declared = |name: &&String| !name.starts_with("scenarios/");
    let (names, scenarios): (Vec<&String>, Vec<&String>) = shipped.0.keys().partition(declared);
    let names = if dice.happens(10) { scenarios } else { names };
    let mut source = shipped.clone();
    for _ in 0..=dice.below(2) {
        let Some(name) = dice.pick(&names) else { continue };
        let Some(text) = source.0.get_mut(*name) else { continue };
        for _ in 0..=dice.below(3) {
            *text = mutate(text, dice);
        }
        if dice.happens(2) {
            source.0.remove(*name);
        }
    }
    source
}

/// Now and then an earlier version of a kind, as damaged as the rest: it is read unchecked.
fn stored(shipped: &Source, dice: &mut Dice) -> Vec<String> {
    let kinds: Vec<&String> =
        shipped.0.iter().filter(|(n, _)| n.starts_with("kinds/")).map(|(_, t)| t).collect();
    let one = if dice.happens(20) { dice.pick(&kinds).copied() } else { None };
    one.map(|text| mutate(text, dice)).into_iter().collect()
}

fn mutate(text: &str, dice: &mut Dice) -> String {
    match dice.below(9) {
        0 => bytes(text, dice, |bytes, at, _| _ = bytes.remove(at)),
        1 => bytes(text, dice, |bytes, at, dice| bytes[at] = dice.bits() as u8),
        2 => bytes(text, dice, |bytes, at, dice| bytes.insert(at, dice.bits() as u8)),
        3 => lines(text, dice, |lines, at, _| _ = lines.remove(at)),
        4 => lines(text, dice, |lines, at, _| lines.insert(at, lines[at])),
        5 => lines(text, dice, |lines, at, dice| {
            let other = dice.below(lines.len());
            lines.swap(at, other);
        }),
        6 => {
            lines(text, dice, |lines, at, dice| lines.insert(at, TOKENS[dice.below(TOKENS.len())]))
        }
        7 => token(text, dice, |dice, _| TOKENS[dice.below(TOKENS.len())].to_owned()),
        _ => token(text, dice, |dice, tokens| tokens[dice.below(tokens.len())].to_owned()),
    }
}

fn bytes(text: &str, dice: &mut Dice, change: impl Fn(&mut Vec<u8>, usize, &mut Dice)) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if !bytes.is_empty() {
        let at = dice.below(bytes.len());
        change(&mut bytes, at, dice);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn lines<'t>(
    text: &'t str,
    dice: &mut Dice,
    change: impl Fn(&mut Vec<&'t str>, usize, &mut Dice),
) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if !lines.is_empty() {
        let at = dice.below(lines.len());
        change(&mut lines, at, dice);
    }
    lines.join("\n")
}

/// Another word in the place of one: words are what stands between quotes, or between spaces.
fn token(text: &str, dice: &mut Dice, other: impl Fn(&mut Dice, &[&str]) -> String) -> String {
    let parts: Vec<&str> =
        text.split('"').flat_map(|p| p.split(' ')).filter(|t| !t.trim().is_empty()).collect();
    let Some(old) = dice.pick(&parts).copied() else { return text.to_owned() };
    let new = other(dice, &parts);
    let places: Vec<usize> = text.match_indices(old).map(|(at, _)| at).collect();
    let Some(at) = dice.pick(&places).copied() else { return text.to_owned() };
    format!("{}{new}{}", &text[..at], &text[at + old.len()..])
}
