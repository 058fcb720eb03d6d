//! The matters behind a figure: every figure opens its list.

use app::tallies::{Behind, Counted, behind};
use axum::extract::Query;
use axum::response::Response;
use domain::ids::MatterId;
use domain::matter::is_sum;
use maud::{Markup, html};
use serde::Deserialize;
use store::counted::Mark;

use super::read::{month, written};
use crate::pages::frame::{Frame, address};
use crate::pages::parts::{Line, empty, matters};
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;
use crate::view::Namer;

/// How many matters a page has.
const ROWS: usize = 50;

/// Which figure, as an address says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    unit: String,
    kind: String,
    /// The measures, divided by commas.
    measure: String,
    from: String,
    until: String,
    after: String,
}

impl Asked {
    fn next(&self, mark: Mark) -> String {
        let after = format!("{}-{}", mark.month, mark.matter);
        let Self { unit, kind, measure, from, until, .. } = self;
        let query = [
            ("unit", unit),
            ("kind", kind),
            ("measure", measure),
            ("from", from),
            ("until", until),
        ];
        address(
            "/tallies/matters",
            &query
                .into_iter()
                .chain([("after", &after)])
                .map(|(n, v)| (n, v.as_str()))
                .collect::<Vec<_>>(),
        )
    }

    fn after(&self) -> Option<Mark> {
        let (month, matter) = self.after.split_once('-')?;
        Some(Mark { month: month.parse().ok()?, matter: MatterId(matter.parse().ok()?) })
    }
}

/// Whose figures, of which kind and months.
#[derive(Clone, Copy)]
pub struct Opens<'a> {
    /// The unit.
    pub unit: domain::ids::UnitId,
    /// The kind.
    pub kind: &'a str,
    /// From a month to a month.
    pub months: (i64, i64),
}

impl Opens<'_> {
    /// A figure that opens its list; nothing to open behind a nought, or behind what is no count of matters.
    pub fn figure(self, n: i64, measures: &str) -> Markup {
        let plain = n == 0 || measures.split(',').any(is_sum);
        html! { @if plain { (n) } @else { a href=(self.address(measures)) { (n) } } }
    }

    /// Where the list of some measures is.
    pub fn address(self, measures: &str) -> String {
        let (from, until) = (written(self.months.0), written(self.months.1));
        let unit = self.unit.to_string();
        let query = [
            ("unit", unit.as_str()),
            ("kind", self.kind),
            ("measure", measures),
            ("from", &from),
            ("until", &until),
        ];
        address("/tallies/matters", &query)
    }

    /// The same for one month.
    pub fn month(self, month: i64) -> Self {
        Self { months: (month, month), ..self }
    }
}

/// Shows the matters behind a figure.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let (from, until) = (month(&asked.from).unwrap_or(0), month(&asked.until).unwrap_or(999_912));
    let wanted = Behind {
        unit: asked.unit.parse().ok(),
        kind: asked.kind.clone(),
        measures: asked.measure.split(',').map(str::to_owned).collect(),
        months: (from, until),
        after: asked.after(),
        limit: ROWS,
    };
    let found = visitor
        .read(move |conn, service, credential| behind(conn, service, credential, &wanted))
        .await?;
    let body = html! {
        (heading(&visitor, &found, &asked))
        @if found.rows.is_empty() && found.next.is_none() { (empty(&visitor, "no-matters")) }
        @else { (rows(&visitor, &found, &asked)) }
    };
    let title = visitor.say("page.behind");
    Ok(Frame::of(&visitor, &found.desk, &title, "tallies").show(&body))
}

fn heading(visitor: &Visitor, found: &Counted, asked: &Asked) -> Markup {
    let desk = &found.desk;
    let unit = desk.roster.org.unit(found.unit).map_or("", |u| u.name.as_str());
    let kind = desk.state.catalogue.kinds.get(&asked.kind);
    let measures: Vec<String> =
        asked.measure.split(',').map(|m| word(visitor, found, asked, m)).collect();
    html! {
        p class="soft" {
            (unit) @if let Some(kind) = kind { " · " (kind.label.get(&visitor.locale)) }
            " · " (measures.join("、")) " · " (asked.from) @if asked.until != asked.from { " — " (asked.until) }
        }
    }
}

/// What a measure is called; one that counts by a part is called by the part.
fn word(visitor: &Visitor, found: &Counted, asked: &Asked, measure: &str) -> String {
    let kind = found.desk.state.catalogue.kinds.get(&asked.kind);
    match (measure.split_once(':'), kind) {
        (Some((name, part)), Some(kind)) => {
            super::part_label(visitor, &found.desk, kind, name, part)
        }
        (Some((_, part)), None) => part.to_owned(),
        (None, _) if super::FLOWS.contains(&measure) => {
            visitor.say(&format!("page.measure-{measure}"))
        }
        (None, _) => measure.to_owned(),
    }
}

fn rows(visitor: &Visitor, found: &Counted, asked: &Asked) -> Markup {
    let namer = Namer::of(&found.desk, &visitor.locale);
    let line = |(_, _, summary): &(Mark, i64, store::matters::Summary)| {
        let row = namer.row(summary.clone());
        let to = format!("/matters/{}", row.code);
        Line { row, to }
    };
    let lines: Vec<Line> = found.rows.iter().map(line).collect();
    html! {
        div class="sheet" {
            (matters(visitor, &lines, found.desk.now, false))
            @if found.hidden > 0 {
                p class="small soft" { (visitor.say_with("page.behind-hidden", &[("n", found.hidden.to_string())])) }
            }
            @if let Some(next) = found.next {
                p class="pages" { span {} a class="button" rel="next" href=(asked.next(next)) { (visitor.say("page.next")) } }
            }
        }
    }
}
