//! Tables as a ministry asks for them, on paper and as a workbook.

use app::export::{Column, write_xlsx};
use app::tallies::UnitCounts;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::catalogue::{Figure, Report};
use domain::kind::Kind;
use maud::{Markup, html};
use store::tallies::Parts;

use super::FLOWS;
use super::behind::Opens;
use super::read::{Asked, Figures, Kinds, read, sum, written};
use crate::pages::frame::Frame;
use crate::pages::inputs::yuan;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// What a workbook is sent as.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Shows a declared table.
pub async fn report(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let figures = read(&visitor, &of_report(&visitor, &asked, &id), PARTS).await?;
    let catalogue = figures.desk.state.catalogue.clone();
    let report = catalogue.reports.get(&id).ok_or_else(|| visitor.upset(app::Error::Missing))?;
    let title = report.label.get(&visitor.locale);
    let body = html! {
        p class="soft" {
            (unit_name(&figures, &figures.units[0])) " · " (written(figures.months.0)) " — " (written(figures.months.1))
            @if let Some(law) = &report.law { " · " (law) }
        }
        div class="sheet" {
            (table(&visitor, &figures, report))
            p class="buttons" { a class="button" href=(asked.address(&format!("/reports/{id}/xlsx"), &asked.unit)) { (visitor.say("page.excel")) } }
        }
    };
    Ok(Frame::of(&visitor, &figures.desk, title, "tallies").show(&body))
}

/// What a declared table reads.
const PARTS: (Kinds, Parts) = (Kinds::One, Parts::All);

/// The same, of the kind of a declared table.
fn of_report(visitor: &Visitor, asked: &Asked, id: &str) -> Asked {
    let report = visitor.county.as_ref().and_then(|c| c.catalogue.reports.get(id));
    let kind = report.map_or(String::new(), |r| r.kind.text.clone());
    Asked { kind, ..asked.clone() }
}

fn unit_name<'f>(figures: &'f Figures, counts: &UnitCounts) -> &'f str {
    figures.desk.roster.org.unit(counts.unit).map_or("", |unit| unit.name.as_str())
}

/// A figure of a unit as it is written; money in ten thousand 元.
fn cell(figure: &Figure<'_>, counts: &UnitCounts, kind: &str) -> String {
    let n: i64 = figure.measures.iter().map(|m| sum(&counts.counts, kind, m)).sum();
    if figure.money { yuan(n / 10_000) } else { n.to_string() }
}

/// The same, with what it opens.
fn opened(figures: &Figures, figure: &Figure<'_>, counts: &UnitCounts, kind: &str) -> Markup {
    let written = cell(figure, counts, kind);
    let measures: Vec<&str> = figure.measures.iter().map(|m| &**m).collect();
    let opens = Opens { unit: counts.unit, kind, months: figures.months };
    html! {
        @if figure.money { (written) }
        @else { (opens.figure(written.parse().unwrap_or_default(), &measures.join(","))) }
    }
}

fn table(visitor: &Visitor, figures: &Figures, report: &Report) -> Markup {
    let columns = report.figures(&figures.desk.state.catalogue);
    let locale = &visitor.locale;
    let mut groups: Vec<(Option<&str>, usize)> = Vec::new();
    for column in &columns {
        let group = column.group.map(|g| g.get(locale));
        match groups.last_mut() {
            Some((last, n)) if *last == group && group.is_some() => *n += 1,
            _ => groups.push((group, 1)),
        }
    }
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(report.label.get(locale)) {
            table class="figures ruled" {
                thead {
                    tr {
                        td {}
                        @for (group, n) in &groups {
                            @match group {
                                Some(group) => { th scope="colgroup" colspan=(n) { (group) } }
                                None => { td {} }
                            }
                        }
                    }
                    tr {
                        th scope="col" { (visitor.say("page.unit")) }
                        @for column in &columns { th scope="col" { (column.label.get(locale)) } }
                    }
                }
                tbody {
                    @for unit in figures.units.iter() {
                        tr {
                            th scope="row" { (unit_name(figures, unit)) }
                            @for column in &columns { td class="n" { (opened(figures, column, unit, report.kind.as_str())) } }
                        }
                    }
                }
            }
        }
    }
}

/// A declared table as a workbook.
pub async fn report_workbook(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let figures = read(&visitor, &of_report(&visitor, &asked, &id), PARTS).await?;
    let catalogue = figures.desk.state.catalogue.clone();
    let report = catalogue.reports.get(&id).ok_or_else(|| visitor.upset(app::Error::Missing))?;
    let columns = report.figures(&catalogue);
    let locale = &visitor.locale;
    let heading = |c: &Figure<'_>| match c.group {
        Some(group) => format!("{}:{}", group.get(locale), c.label.get(locale)),
        None => c.label.get(locale).to_owned(),
    };
    let mut header = vec![Column::text(visitor.say("page.unit"))];
    header.extend(columns.iter().map(|c| Column::number(heading(c))));
    let rows = figures.units.iter().map(|unit| {
        let mut row = vec![unit_name(&figures, unit).to_owned()];
        row.extend(columns.iter().map(|c| cell(c, unit, report.kind.as_str())));
        row
    });
    book(&visitor, report.label.get(locale), &header, rows)
}

/// The figures of the page as a workbook: a row for each month, then one for each unit.
pub async fn workbook(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let figures = read(&visitor, &asked, (Kinds::One, Parts::None)).await?;
    let kind = figures.kind(&asked).ok_or_else(|| visitor.upset(app::Error::Missing))?;
    let word = |measure: &&str| Column::number(visitor.say(&format!("page.measure-{measure}")));
    let mut header = vec![Column::text(visitor.say("page.month-or-unit"))];
    header.extend(FLOWS.iter().map(word));
    let rows = by_month(&figures, kind).chain(by_unit(&figures, kind));
    book(&visitor, &visitor.say("page.nav-tallies"), &header, rows)
}

fn by_month<'f>(figures: &'f Figures, kind: &'f Kind) -> impl Iterator<Item = Vec<String>> + 'f {
    let all: Vec<_> = FLOWS.iter().map(|m| figures.by_month(kind.id.as_str(), m)).collect();
    let months: Vec<i64> = all[0].keys().copied().collect();
    months.into_iter().map(move |month| {
        let values = all.iter().map(|of| of.get(&month).copied().unwrap_or(0).to_string());
        std::iter::once(written(month)).chain(values).collect()
    })
}

fn by_unit<'f>(figures: &'f Figures, kind: &'f Kind) -> impl Iterator<Item = Vec<String>> + 'f {
    figures.units.iter().map(move |unit| {
        let value = |measure: &&str| sum(&unit.counts, kind.id.as_str(), measure).to_string();
        let name = unit_name(figures, unit).to_owned();
        std::iter::once(name).chain(FLOWS.iter().map(value)).collect()
    })
}

/// A small table as a workbook.
fn book(
    visitor: &Visitor,
    title: &str,
    header: &[Column],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Response, Upset> {
    let mut file = Vec::new();
    let written = write_xlsx(std::io::Cursor::new(&mut file), title, header, rows);
    written.map_err(|fault| {
        tracing::error!(%fault, "a workbook was not written");
        visitor.upset(app::Error::Missing)
    })?;
    Ok(attachment(file, XLSX, "shanzhi.xlsx"))
}

/// A file to be kept, not shown.
pub fn attachment(file: Vec<u8>, media: &'static str, name: &'static str) -> Response {
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let name = format!("attachment; filename=\"{name}\"");
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}
