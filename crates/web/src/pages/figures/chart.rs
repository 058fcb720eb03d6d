//! Charts drawn on the server. Every chart stands beside the table of its figures.

use maud::{Markup, html};

/// The size of a chart in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for the numbers at the left and the names below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 26.0;
/// The classes of the series; their colours are told apart in print and on dark ground.
const FILLS: [&str; 3] = ["first", "second", "third"];

/// Bars in groups: a name for each group, and for each series its name and a value a group.
pub struct Bars<'a> {
    /// What the chart tells, for those who do not see it.
    pub title: &'a str,
    /// The groups, from left to right.
    pub groups: Vec<String>,
    /// The series.
    pub series: Vec<(String, Vec<i64>)>,
}

/// A round number at or above the largest value.
fn top(values: impl Iterator<Item = i64>) -> i64 {
    let largest = values.max().unwrap_or(0).max(4);
    let step = 10_i64.pow(largest.ilog10());
    let nice = [1, 2, 4, 5, 8, 10].into_iter().map(|n| n * step);
    nice.into_iter().find(|n| *n >= largest).unwrap_or(largest)
}

impl Bars<'_> {
    /// The chart.
    pub fn draw(&self) -> Markup {
        let top = top(self.series.iter().flat_map(|(_, values)| values).copied());
        let room = HEIGHT - BELOW - 8.0;
        let y = |value: i64| 8.0 + room - room * value as f64 / top as f64;
        let group = (WIDTH - LEFT) / self.groups.len().max(1) as f64;
        let bar = (group * 0.7 / self.series.len().max(1) as f64).min(28.0);
        let every = self.groups.len().div_ceil(12).max(1);
        html! {
            figure class="chart" {
                svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(self.title) {
                    @for quarter in 0..=4 {
                        @let value = top * quarter / 4;
                        line x1=(LEFT) x2=(WIDTH) y1=(format!("{:.1}", y(value))) y2=(format!("{:.1}", y(value))) class="rule" {}
                        text x=(LEFT - 6.0) y=(format!("{:.1}", y(value) + 4.0)) text-anchor="end" font-size="12" class="name" { (value) }
                    }
                    @for (at, name) in self.groups.iter().enumerate() {
                        @let middle = LEFT + group * (at as f64 + 0.5);
                        @let first = middle - bar * self.series.len() as f64 / 2.0;
                        @for (no, (_, values)) in self.series.iter().enumerate() {
                            @let value = values.get(at).copied().unwrap_or(0);
                            rect x=(format!("{:.1}", first + bar * no as f64)) y=(format!("{:.1}", y(value)))
                                width=(format!("{:.1}", bar - 1.0)) height=(format!("{:.1}", room + 8.0 - y(value))) class=(FILLS[no % FILLS.len()]) {}
                        }
                        @if at % every == 0 {
                            text x=(format!("{middle:.1}")) y=(HEIGHT - 8.0) text-anchor="middle" font-size="12" class="name" { (name) }
                        }
                    }
                }
                figcaption class="small" {
                    @for (no, (name, _)) in self.series.iter().enumerate() {
                        span class="key" {
                            svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" { rect width="12" height="12" class=(FILLS[no % FILLS.len()]) {} }
                            " " (name)
                        }
                    }
                }
            }
        }
    }
}

/// The share of a whole as a bar in a cell of a table.
pub fn share(n: i64, all: i64) -> Markup {
    let width = if all > 0 { 100.0 * n as f64 / all as f64 } else { 0.0 };
    html! {
        svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width="100" height="10" fill="#e6eff6" {}
            rect width=(format!("{width:.1}")) height="10" fill="#11507f" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::top;

    #[test]
    fn the_top_is_round_and_never_below() {
        for (largest, round) in
            [(0, 4), (4, 4), (7, 8), (11, 20), (37, 40), (81, 100), (5_001, 8_000)]
        {
            assert_eq!(top([largest].into_iter()), round, "{largest}");
        }
    }
}
