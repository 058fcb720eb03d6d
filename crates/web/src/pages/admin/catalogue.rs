//! The catalogue as it is in force: each procedure drawn, with its articles.

use app::Desk;
use axum::extract::Path;
use axum::response::Response;
use domain::catalogue::Term;
use domain::kind::{Action, Clock, Kind, PREVIOUS, Relation};
use maud::{Markup, html};

use super::diagram;
use crate::pages::frame::Frame;
use crate::pages::parts::length;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Lists what is declared.
pub async fn all(visitor: Visitor) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let say = |key: &str| visitor.say(key);
    let catalogue = &desk.state.catalogue;
    let locale = &visitor.locale;
    let body = html! {
        section class="sheet" {
            dl class="facts" {
                dt { (say("page.catalogue-name")) } dd { (catalogue.label.get(locale)) " " (catalogue.version) }
                dt { (say("page.calendar")) } dd { a href="/calendars" { (catalogue.calendar.version) } }
                dt { (say("page.digest")) } dd class="number wrap" { (catalogue.digest) }
            }
        }
        section class="sheet" {
            h2 { (say("page.kinds")) }
            ul class="route" {
                @for kind in catalogue.kinds.values() {
                    li class="been" {
                        a href={ "/catalogue/" (kind.id.text) } { (kind.label.get(locale)) }
                        div class="small soft" { (kind.basis.join("、")) }
                    }
                }
            }
        }
        section class="sheet" {
            h2 { (say("page.lists")) }
            @for list in catalogue.lists.values() {
                details {
                    summary { (list.label.get(locale)) " (" (list.items.len()) ")" }
                    p { @for item in list.items.values() { span class="tag" { (item.label.get(locale)) } " " } }
                }
            }
        }
    };
    let title = say("page.nav-catalogue");
    Ok(Frame::of(&visitor, &desk, &title, "catalogue").show(&body))
}

/// Shows a procedure.
pub async fn one(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let kinds = &desk.state.catalogue.kinds;
    let kind = kinds.get(&id).ok_or_else(|| visitor.upset(app::Error::Missing))?;
    let locale = &visitor.locale;
    let body = html! {
        section class="sheet" {
            p class="soft" { (kind.basis.join("、")) " · " (visitor.say_with("page.version-n", &[("n", kind.version.to_string())])) }
            (diagram::draw(kind, locale, &visitor.say("page.route")))
        }
        (actions(&visitor, &desk, kind))
        (clocks(&visitor, &desk, kind))
    };
    let title = kind.label.get(locale);
    Ok(Frame::of(&visitor, &desk, title, "catalogue").show(&body))
}

fn actions(visitor: &Visitor, desk: &Desk, kind: &Kind) -> Markup {
    let say = |key: &str| visitor.say(key);
    html! {
        section class="sheet" {
            h2 { (say("page.actions")) }
            div class="scroll" tabindex="0" role="group" aria-label=(say("page.actions")) {
                table class="figures" {
                    thead { tr {
                        th class="n" { (say("page.nth")) }
                        @for column in ["action", "from", "to", "who-may", "asks", "papers", "law"] { th { (say(&format!("page.of-{column}"))) } }
                    } }
                    tbody { @for (no, action) in kind.actions.values().enumerate() { (row(visitor, desk, kind, no + 1, action)) } }
                }
            }
        }
    }
}

fn row(visitor: &Visitor, desk: &Desk, kind: &Kind, no: usize, action: &Action) -> Markup {
    let locale = &visitor.locale;
    let state = |t: &Term| {
        kind.states.get(t.as_str()).map_or(t.as_str(), |s| s.label.get(locale)).to_owned()
    };
    let role = |t: &Term| {
        let role = desk.state.catalogue.roles.get(t.as_str());
        role.map_or(t.as_str(), |r| r.label.get(locale)).to_owned()
    };
    let all = |texts: Vec<String>| texts.join("、");
    let field = |name: &str| kind.field(name).map_or(name, |f| f.label.get(locale)).to_owned();
    let paper = |t: &Term| {
        kind.documents.get(t.as_str()).map_or(t.as_str(), |d| d.label.get(locale)).to_owned()
    };
    let who = |(relation, roles): (&Relation, &Vec<Term>)| {
        let relation = visitor.say(&format!("page.relation-{}", relation.name()));
        let all = all(roles.iter().map(role).collect());
        html! {
            @match roles.len() {
                0 => { div { (relation) } }
                1..=3 => { div { (relation) ": " (all) } }
                n => { details { summary { (relation) ": " (visitor.say_with("page.n-roles", &[("n", n.to_string())])) } (all) } }
            }
        }
    };
    html! {
        tr {
            td class="n" { (no) }
            th scope="row" { (action.label.get(locale)) }
            td { (all(action.from.iter().map(state).collect())) }
            td { (action.to.as_ref().map(|to| if to.text == PREVIOUS { visitor.say("page.state-before") } else { state(to) }).unwrap_or_default()) }
            td { @for by in action.by.iter() { (who(by)) } }
            td { (all(action.asks.iter().map(|ask| field(ask.field.as_str())).collect())) }
            td { (all(action.issue.iter().map(paper).collect())) }
            td { (action.law.as_deref().unwrap_or_default()) }
        }
    }
}

fn clocks(visitor: &Visitor, desk: &Desk, kind: &Kind) -> Markup {
    let say = |key: &str| visitor.say(key);
    let locale = &visitor.locale;
    let rule = |clock: &Clock| desk.state.catalogue.rules.get(clock.rule.as_str());
    let within = |clock: &Clock| {
        let own = clock.within.map(|(length, _)| length);
        own.or(rule(clock).map(|r| r.within))
            .map(|l| length(visitor, &l.to_string()))
            .unwrap_or_default()
    };
    html! {
        section class="sheet" {
            h2 { (say("page.clocks")) }
            div class="scroll" tabindex="0" role="group" aria-label=(say("page.clocks")) {
            table class="figures" {
                tbody {
                    @for clock in kind.clocks.values() {
                        tr {
                            th scope="row" { (clock.label.get(locale)) }
                            td class="number" { (within(clock)) }
                            td { (rule(clock).map_or("", |r| r.law.as_str())) }
                            td { @if let Some(lapse) = clock.lapse.as_ref().and_then(|l| kind.actions.get(l.as_str())) { (say("page.then")) " " (lapse.label.get(locale)) } }
                        }
                    }
                }
            }
            }
        }
    }
}
