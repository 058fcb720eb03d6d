//! Supervision and statistics: how things stand, how they went, by place, category, source and outcome,
//! as charts and tables that print, and as a workbook.

mod behind;
mod chart;
mod read;
mod report;
mod wall;

use app::Desk;
use axum::extract::Query;
use axum::response::Response;
use domain::kind::{Kind, Phase};
use maud::{Markup, html};
use store::tallies::Parts;

use self::behind::Opens;
use self::chart::{Bars, share};
use self::read::{Asked, Figures, Kinds, RATE_MIN, read, sum, written};
use super::frame::{Frame, address};
use super::parts::empty;
use super::upset::Upset;
use super::visitor::Visitor;

pub use behind::show as behind;
pub use report::{XLSX, report, report_workbook, workbook};
pub use wall::wall;

/// Shows the figures.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let figures = read(&visitor, &asked, (Kinds::One, Parts::None)).await?;
    let kind = figures.kind(&asked);
    let body = html! {
        (filter(&visitor, &figures, &asked))
        @match kind {
            None => { (empty(&visitor, "no-counts")) }
            Some(kind) => {
                (summary(&visitor, &figures, kind))
                (standing(&visitor, &figures, kind))
                (months(&visitor, &figures, kind))
                div class="halves" {
                    @for part in ["category", "source", "outcome", "agreed", "rated"] { (parts(&visitor, &figures, kind, part)) }
                }
                (units(&visitor, &figures, kind, &asked))
            }
        }
    };
    let title = visitor.say("page.nav-tallies");
    Ok(Frame::of(&visitor, &figures.desk, &title, "tallies").show(&body))
}

/// A chart as an example.
pub fn sample_chart(visitor: &Visitor) -> Markup {
    let title = visitor.say("page.by-month");
    let word = |measure: &str| visitor.say(&format!("page.measure-{measure}"));
    let chart = Bars {
        title: &title,
        groups: (1..=6).map(|month| format!("26-{month:02}")).collect(),
        series: vec![
            (word("registered"), vec![42, 38, 51, 47, 60, 55]),
            (word("closed"), vec![40, 36, 44, 49, 52, 57]),
            (word("lapsed"), vec![3, 2, 5, 1, 4, 2]),
        ],
    };
    chart.draw()
}

fn filter(visitor: &Visitor, figures: &Figures, asked: &Asked) -> Markup {
    let say = |key: &str| visitor.say(key);
    let desk = &figures.desk;
    let org = &desk.roster.org;
    let mut units: Vec<_> = org
        .units()
        .filter(|u| u.holds && (u.parent == Some(figures.unit) || u.id == figures.unit))
        .collect();
    units.extend(org.lineage(figures.unit).skip(1).filter_map(|u| org.unit(u)).filter(|u| u.holds));
    units.sort_by_key(|u| u.id);
    units.dedup_by_key(|u| u.id);
    let chosen = figures.kind(asked).map_or("", |k| k.id.as_str());
    html! {
        form class="sheet filters" method="get" action="/tallies" data-instant {
            div class="field" {
                label for="unit" { (say("page.unit")) }
                select id="unit" name="unit" {
                    @for unit in units { option value=(unit.id) selected[unit.id == figures.unit] { (unit.name) } }
                }
            }
            div class="field" {
                label for="kind" { (say("page.filter-kind")) }
                select id="kind" name="kind" {
                    @for kind in desk.state.catalogue.kinds.values() {
                        option value=(kind.id.text) selected[kind.id.text == chosen] { (kind.label.get(&visitor.locale)) }
                    }
                }
            }
            @for (name, month) in [("from", figures.months.0), ("until", figures.months.1)] {
                div class="field" {
                    label for=(name) { (say(&format!("page.month-{name}"))) }
                    input type="month" id=(name) name=(name) value=(written(month)) pattern="[0-9]{4}-[0-9]{2}";
                }
            }
            button { (say("page.filter")) }
            a class="button" href=(asked.address("/tallies.xlsx", &figures.unit.to_string())) { (say("page.excel")) }
            a href=(asked.address("/wall", &figures.unit.to_string())) { (say("page.wall")) }
            @for report in desk.state.catalogue.reports.values() {
                a href=(asked.address(&format!("/reports/{}", report.id.text), &figures.unit.to_string())) { (report.label.get(&visitor.locale)) }
            }
        }
    }
}

/// The sums that are asked for first. A rate never stands alone: how many it is of, and how many did
/// not answer, stand beside it.
fn summary(visitor: &Visitor, figures: &Figures, kind: &Kind) -> Markup {
    let id = kind.id.as_str();
    let of = |measure: &str| figures.sum(id, measure);
    let rated: i64 = figures.parts(id, "rated").iter().map(|(_, n)| n).sum();
    let content: i64 = (3..=5).map(|level| of(&format!("rated:{level}"))).sum();
    let opens = figures.opens(kind);
    html! {
        ul class="tiles" {
            @for measure in ["registered", "closed", "settled", "closed-late", "lapsed"] {
                li class=(if measure.contains("late") || measure == "lapsed" { "tile red" } else { "tile" }) {
                    div class="figure" { strong { (opens.figure(of(measure), measure)) } (visitor.say(&format!("page.measure-{measure}"))) }
                }
            }
            (rate(visitor, opens, "settled-rate", (of("settled"), "settled"), (of("closed"), "closed"), None))
            (rate(visitor, opens, "content-rate", (content, CONTENT), (rated, RATED), Some(of("closed") - rated)))
        }
    }
}

/// The ratings of who was content, and all of them.
const CONTENT: &str = "rated:3,rated:4,rated:5";
const RATED: &str = "rated:1,rated:2,rated:3,rated:4,rated:5";

fn rate(
    visitor: &Visitor,
    opens: Opens<'_>,
    word: &str,
    (n, counted): (i64, &str),
    (of, all): (i64, &str),
    silent: Option<i64>,
) -> Markup {
    html! {
        li class="tile" {
            div class="figure" {
                @if of >= RATE_MIN { strong { (format!("{:.1}%", 100.0 * n as f64 / of as f64)) } }
                @else { strong { "—" } }
                (visitor.say(&format!("page.{word}")))
                div class="small soft" {
                    (opens.figure(n, counted)) "/" (opens.figure(of, all))
                    @if of < RATE_MIN { " · " (visitor.say("page.too-few")) }
                    @if let Some(silent) = silent { " · " (visitor.say_with("page.silent", &[("n", silent.max(0).to_string())])) }
                }
            }
        }
    }
}

/// How many stand where now; each figure opens its list.
fn standing(visitor: &Visitor, figures: &Figures, kind: &Kind) -> Markup {
    let unit = figures.unit.to_string();
    let of = |state: &str| sum(figures.stocks(), kind.id.as_str(), &format!("state:{state}"));
    let open = |phase: Phase, state: &str| {
        let query = [
            ("lane", "below"),
            ("unit", &unit),
            ("phase", phase.name()),
            ("kind", kind.id.as_str()),
            ("state", state),
        ];
        address("/matters", &query)
    };
    html! {
        section class="sheet" {
            h2 { (visitor.say("page.standing")) }
            ul class="tiles" {
                @for state in kind.states.values() {
                    li class="tile" { a href=(open(state.phase, state.id.as_str())) { strong { (of(state.id.as_str())) } (state.label.get(&visitor.locale)) } }
                }
            }
        }
    }
}

/// The order of a matter's life, in which flows are shown.
const FLOWS: [&str; 10] = [
    "registered",
    "passed-on",
    "returned",
    "called-out",
    "answered",
    "closed",
    "settled",
    "closed-late",
    "lapsed",
    "reopened",
];

fn months(visitor: &Visitor, figures: &Figures, kind: &Kind) -> Markup {
    let id = kind.id.as_str();
    let word = |measure: &str| visitor.say(&format!("page.measure-{measure}"));
    let all: Vec<_> = FLOWS.iter().map(|m| (*m, figures.by_month(id, m))).collect();
    let months: Vec<i64> = all[0].1.keys().copied().collect();
    let title = visitor.say("page.by-month");
    let opens = figures.opens(kind);
    let series = ["registered", "closed", "lapsed"];
    let values = |measure: &str| figures.by_month(id, measure).into_values().collect::<Vec<_>>();
    let chart = Bars {
        title: &title,
        groups: months.iter().map(|m| written(*m)[2..].to_owned()).collect(),
        series: series.into_iter().map(|m| (word(m), values(m))).collect(),
    };
    html! {
        section class="sheet" {
            h2 { (title) }
            (chart.draw())
            div class="scroll" tabindex="0" role="group" aria-label=(title) {
                table class="figures" {
                    thead { tr {
                        th scope="col" { (visitor.say("page.month")) }
                        @for (measure, _) in &all { th scope="col" class="n" { (word(measure)) } }
                    } }
                    tbody {
                        @for month in months.iter().rev() {
                            tr {
                                th scope="row" class="number" { (written(*month)) }
                                @for (measure, values) in &all {
                                    td class="n" { (opens.month(*month).figure(values.get(month).copied().unwrap_or_default(), measure)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a part of a measure is called.
pub fn part_label(visitor: &Visitor, desk: &Desk, kind: &Kind, name: &str, part: &str) -> String {
    let catalogue = &desk.state.catalogue;
    let locale = &visitor.locale;
    let item = |list: Option<&str>| Some(catalogue.item(list?, part)?.label.get(locale).to_owned());
    let found = match name {
        "category" => {
            let field = kind.category.as_ref().and_then(|c| kind.field(c.as_str()));
            item(field.and_then(|f| f.list.as_ref()).map(|l| l.as_str()))
        }
        "source" => item(kind.sources.as_ref().map(|l| l.as_str())),
        "outcome" => kind.outcomes.get(part).map(|o| o.label.get(locale).to_owned()),
        "rated" => Some(visitor.say(&format!("page.rating-{part}"))),
        _ => Some(visitor.say(&format!("page.{name}-{part}"))),
    };
    found.unwrap_or_else(|| part.to_owned())
}

fn parts(visitor: &Visitor, figures: &Figures, kind: &Kind, name: &str) -> Markup {
    let parts = figures.parts(kind.id.as_str(), name);
    let all: i64 = parts.iter().map(|(_, n)| n).sum();
    let title = visitor.say(&format!("page.by-{name}"));
    let opens = figures.opens(kind);
    html! {
        @if !parts.is_empty() {
            section class="sheet" {
                h2 { (title) }
                table class="figures" {
                    tbody {
                        @for (part, n) in &parts {
                            tr {
                                th scope="row" { (part_label(visitor, &figures.desk, kind, name, part)) }
                                td { (share(*n, all)) }
                                td class="n" { (opens.figure(*n, &format!("{name}:{part}"))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The measures by which units are supervised.
const SUPERVISED: [&str; 6] =
    ["registered", "closed", "settled", "closed-late", "lapsed", "returned"];

/// Who is late, unit by unit. The order is that of the org tree, not of merit.
fn units(visitor: &Visitor, figures: &Figures, kind: &Kind, asked: &Asked) -> Markup {
    let id = kind.id.as_str();
    let org = &figures.desk.roster.org;
    let opens = |unit| Opens { unit, ..figures.opens(kind) };
    let name = |unit| org.unit(unit).map_or("", |u| u.name.as_str());
    html! {
        @if figures.units.len() > 1 {
            section class="sheet" {
                h2 { (visitor.say("page.by-unit")) }
                div class="scroll" tabindex="0" role="group" aria-label=(visitor.say("page.by-unit")) {
                    table class="figures" {
                        thead { tr {
                            th scope="col" { (visitor.say("page.unit")) }
                            @for measure in SUPERVISED { th scope="col" class="n" { (visitor.say(&format!("page.measure-{measure}"))) } }
                            th scope="col" class="n" { (visitor.say("page.settled-rate")) }
                            th scope="col" { (visitor.say("page.late-now")) }
                        } }
                        tbody {
                            @for unit in &figures.units[1..] {
                                @let closed = sum(&unit.counts, id, "closed");
                                tr {
                                    th scope="row" { a href=(asked.address("/tallies", &unit.unit.to_string())) { (name(unit.unit)) } }
                                    @for measure in SUPERVISED { td class="n" { (opens(unit.unit).figure(sum(&unit.counts, id, measure), measure)) } }
                                    td class="n" {
                                        @if closed >= RATE_MIN { (format!("{:.1}%", 100.0 * sum(&unit.counts, id, "settled") as f64 / closed as f64)) }
                                        @else { span class="soft" { "—" } }
                                    }
                                    td { a href=(address("/matters", &[("lane", "below"), ("unit", &unit.unit.to_string()), ("kind", id)])) { (visitor.say("page.open-list")) } }
                                }
                            }
                        }
                    }
                }
                p class="small soft" { (visitor.say("page.no-ranking")) }
            }
        }
    }
}
