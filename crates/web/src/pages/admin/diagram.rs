//! A procedure drawn as states and the ways between them.

use std::collections::{BTreeMap, VecDeque};

use domain::kind::Kind;
use maud::{Markup, html};

/// The size of a state and the room between states, in the drawing's own units.
const BOX: (f64, f64) = (120.0, 40.0);
const STEP: (f64, f64) = (210.0, 92.0);
const EDGE: f64 = 24.0;

/// A way from one state to another, with the numbers of the actions that lead along it.
struct Way {
    from: usize,
    to: usize,
    numbers: Vec<usize>,
}

/// Where each state stands: its column is how many steps it is from the door.
fn columns(kind: &Kind) -> Vec<usize> {
    let names: Vec<&str> = kind.states.keys().map(String::as_str).collect();
    let at = |name: &str| names.iter().position(|n| *n == name);
    let mut columns = vec![usize::MAX; names.len()];
    let mut queue = VecDeque::new();
    let first = kind.register().and_then(|a| at(a.to.as_ref()?.as_str()));
    if let Some(first) = first {
        columns[first] = 0;
        queue.push_back(first);
    }
    while let Some(here) = queue.pop_front() {
        let from_here = |a: &&domain::kind::Action| a.from.iter().any(|f| f.text == names[here]);
        for action in kind.actions.values().filter(from_here) {
            let Some(to) = action.to.as_ref().and_then(|t| at(t.as_str())) else { continue };
            if columns[to] == usize::MAX {
                columns[to] = columns[here] + 1;
                queue.push_back(to);
            }
        }
    }
    let far = columns.iter().filter(|c| **c != usize::MAX).max().map_or(0, |c| c + 1);
    columns.into_iter().map(|c| if c == usize::MAX { far } else { c }).collect()
}

fn ways(kind: &Kind) -> Vec<Way> {
    let at = |name: &str| kind.states.get_index_of(name);
    let mut ways: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (no, action) in kind.actions.values().enumerate() {
        let Some(to) = action.to.as_ref().and_then(|t| at(t.as_str())) else { continue };
        for from in action.from.iter().filter_map(|f| at(f.as_str())).filter(|from| *from != to) {
            ways.entry((from, to)).or_default().push(no + 1);
        }
    }
    ways.into_iter().map(|((from, to), numbers)| Way { from, to, numbers }).collect()
}

/// Draws a kind; the numbers are those of the table of actions beside it.
pub fn draw(kind: &Kind, locale: &str, title: &str) -> Markup {
    let columns = columns(kind);
    let mut rows = vec![0; columns.iter().max().map_or(1, |c| c + 1)];
    let mut places = Vec::new();
    for column in &columns {
        places.push((EDGE + *column as f64 * STEP.0, EDGE + f64::from(rows[*column]) * STEP.1));
        rows[*column] += 1;
    }
    let width = EDGE * 2.0 + (rows.len() as f64 - 1.0) * STEP.0 + BOX.0;
    let deep = f64::from(rows.iter().copied().max().unwrap_or(1));
    let height = EDGE + deep * STEP.1 + 12.0;
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(title) {
            svg class="diagram" viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(title) {
                defs { marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" { path d="M0 0 8 4 0 8z" fill="#51606f" {} } }
                @for way in ways(kind) { (line(&places, &columns, &way, height)) }
                @for ((state, (x, y)), column) in kind.states.values().zip(&places).zip(&columns) {
                    rect x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="6" fill=(if *column == 0 { "#e6eff6" } else { "#ffffff" }) stroke="#11507f" stroke-width="1.5" {}
                    text x=(x + BOX.0 / 2.0) y=(y + BOX.1 / 2.0 + 5.0) text-anchor="middle" font-size="14" fill="#1c2530" { (state.label.get(locale)) }
                }
            }
        }
    }
}

fn line(places: &[(f64, f64)], columns: &[usize], way: &Way, height: f64) -> Markup {
    let (from, to) = (places[way.from], places[way.to]);
    let forward = columns[way.to] > columns[way.from];
    let near = columns[way.to].abs_diff(columns[way.from]) == 1;
    let (path, label) = if near {
        // Ways onward leave at the right and above the middle, ways back at the left and below it.
        let side = |at: (f64, f64), right: bool| at.0 + if right { BOX.0 } else { 0.0 };
        let high = BOX.1 * if forward { 0.35 } else { 0.7 };
        let (x1, y1) = (side(from, forward), from.1 + high);
        let (x2, y2) = (side(to, !forward), to.1 + high);
        let bend = (x1 + x2) / 2.0;
        let at = if forward { 0.5 } else { 0.3 };
        let label = (x1 + (x2 - x1) * at, y1 + (y2 - y1) * at * at * (3.0 - 2.0 * at) - 4.0);
        (format!("M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"), label)
    } else if columns[way.to] == columns[way.from] {
        let down = to.1 > from.1;
        let x = from.0 + BOX.0 * if down { 0.4 } else { 0.6 };
        let (y1, y2) = if down { (from.1 + BOX.1, to.1) } else { (from.1, to.1 + BOX.1) };
        (format!("M{x} {y1} L{x} {y2}"), (x, y1 + (y2 - y1) * 0.4))
    } else {
        // Far ways run below everything.
        let depth = height - 10.0;
        let (x1, x2) = (from.0 + BOX.0 * 0.7, to.0 + BOX.0 * 0.3);
        let (y1, y2) = (from.1 + BOX.1, to.1 + BOX.1);
        (
            format!("M{x1} {y1} C{x1} {depth} {x2} {depth} {x2} {y2}"),
            ((x1 + x2) / 2.0, depth - 16.0),
        )
    };
    let numbers: Vec<String> = way.numbers.iter().map(usize::to_string).collect();
    html! {
        path d=(path) fill="none" stroke="#51606f" stroke-width="1.3" marker-end="url(#tip)" {}
        text x=(format!("{:.0}", label.0)) y=(format!("{:.0}", label.1)) text-anchor="middle" font-size="11" fill="#11507f" paint-order="stroke" stroke="#ffffff" stroke-width="3" { (numbers.join(" ")) }
    }
}
