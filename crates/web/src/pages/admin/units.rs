//! Units, their posts and who holds them.

use app::Desk;
use app::staff::{self, Newcomer, first_password};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::has_right;
use domain::catalogue::{Right, Term};
use domain::ids::{PersonId, PostId, UnitId};
use domain::org::{Post, Unit};
use maud::{Markup, html};
use serde::Deserialize;

use crate::pages::frame::{Frame, address};
use crate::pages::parts::secrets;
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};

/// Which unit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    unit: String,
}

/// Shows a unit: what stands above and below it, its posts, who holds them.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let unit = asked.unit.parse().ok();
    Ok(page(&visitor, &desk, unit, None))
}

fn page(
    visitor: &Visitor,
    desk: &Desk,
    unit: Option<UnitId>,
    told: Option<(&str, &str)>,
) -> Response {
    let org = &desk.roster.org;
    let unit = unit.and_then(|u| org.unit(u)).or_else(|| org.unit(org.root()?));
    let manages = has_right(&desk.posts(), Right::ManageAccounts, &desk.state.catalogue);
    let body = html! {
        @if let Some((login, password)) = told {
            div class="note good" role="status" {
                p { (visitor.say("page.first-password")) }
                p class="number" { strong { (login) " " (password) } }
            }
        }
        @if let Some(unit) = unit {
            (around(visitor, desk, unit))
            (posts(visitor, desk, unit, manages))
            @if manages { (newcomer(visitor, desk, unit)) }
        }
    };
    let title = visitor.say("page.nav-units");
    Frame::of(visitor, desk, &title, "units").show(&body)
}

fn to(unit: UnitId) -> String {
    address("/units", &[("unit", &unit.to_string())])
}

fn around(visitor: &Visitor, desk: &Desk, unit: &Unit) -> Markup {
    let org = &desk.roster.org;
    let today = desk.now.day();
    let mut above: Vec<&Unit> = org.lineage(unit.id).skip(1).filter_map(|u| org.unit(u)).collect();
    above.reverse();
    let mut below: Vec<&Unit> =
        org.units().filter(|u| u.parent == Some(unit.id) && u.stands_on(today)).collect();
    below.sort_by_key(|u| u.id);
    html! {
        section class="sheet" {
            p class="crumbs" { @for u in above { a href=(to(u.id)) { (u.name) } " › " } }
            h2 { (unit.name) }
            dl class="facts" {
                dt { (visitor.say("page.col-code")) } dd class="number" { (unit.id) }
                dt { (visitor.say("page.col-place")) } dd { (unit.place) }
            }
            @if !below.is_empty() {
                details open[below.len() <= 40] {
                    summary { (visitor.say_with("page.units-below", &[("n", below.len().to_string())])) }
                    ul class="several" { @for u in below { li { a href=(to(u.id)) { (u.name) } } } }
                }
            }
        }
    }
}

/// The roles that a unit has posts for.
fn offered<'d>(desk: &'d Desk, unit: &Unit) -> &'d [Term] {
    let catalogue = &desk.state.catalogue;
    match &unit.office {
        Some(office) => catalogue.offices.get(office).map_or(&[], |o| &o.posts),
        None => catalogue.levels.get(&unit.level).map_or(&[], |l| &l.posts),
    }
}

fn role_label<'d>(desk: &'d Desk, role: &'d str, locale: &str) -> &'d str {
    desk.state.catalogue.roles.get(role).map_or(role, |r| r.label.get(locale))
}

fn posts(visitor: &Visitor, desk: &Desk, unit: &Unit, manages: bool) -> Markup {
    let (roster, today) = (&desk.roster, desk.now.day());
    let mut held: Vec<&Post> =
        roster.org.all_posts().filter(|p| p.unit == unit.id && p.held_on(today)).collect();
    held.sort_by_key(|p| (p.role.clone(), p.person));
    let say = |key: &str| visitor.say(key);
    html! {
        section class="sheet" {
            h2 { (say("page.posts")) }
            @if held.is_empty() { p class="soft" { (say("page.nobody-here")) } }
            @else {
                div class="scroll" tabindex="0" role="group" aria-label=(say("page.posts")) {
                table class="figures" {
                    thead { tr { th { (say("page.person")) } th { (say("page.role-of")) } th { (say("page.since-day")) } @if manages { th { span class="visually-hidden" { (say("page.do")) } } } } }
                    tbody {
                        @for post in held {
                            @let name = roster.names.get(&post.person).map_or("", String::as_str);
                            tr {
                                th scope="row" { (name) }
                                td { (role_label(desk, &post.role, &visitor.locale)) }
                                td class="number" { (post.since) }
                                @if manages {
                                    td {
                                        form method="post" action={ "/posts/" (post.id) "/end" } {
                                            (secrets(&desk.csrf, None))
                                            input type="hidden" name="unit" value=(unit.id);
                                            button class="quiet" { (visitor.say_with("page.end-post", &[("name", name.to_owned())])) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                }
            }
        }
    }
}

fn newcomer(visitor: &Visitor, desk: &Desk, unit: &Unit) -> Markup {
    let say = |key: &str| visitor.say(key);
    let roles = offered(desk, unit);
    html! {
        @if !roles.is_empty() {
            section class="sheet" {
                h2 { (say("page.take-on")) }
                form method="post" action="/staff" {
                    (secrets(&desk.csrf, None))
                    input type="hidden" name="unit" value=(unit.id);
                    div class="pair" {
                        div class="field" { label for="name" { (say("page.person")) } input id="name" name="name" maxlength="50" required autocomplete="off"; }
                        div class="field" { label for="new-login" { (say("page.login")) } input id="new-login" name="login" maxlength="60" required autocomplete="off"; }
                        div class="field" {
                            label for="role" { (say("page.role-of")) }
                            select id="role" name="role" { @for role in roles { option value=(role.text) { (role_label(desk, &role.text, &visitor.locale)) } } }
                        }
                    }
                    div class="buttons" { button class="go" { (say("page.take-on")) } }
                }
                details {
                    summary { (say("page.give-post")) }
                    form method="post" action="/posts" {
                        (secrets(&desk.csrf, None))
                        input type="hidden" name="unit" value=(unit.id);
                        div class="pair" {
                            div class="field" { label for="who" { (say("page.person-id")) } input id="who" name="person" inputmode="numeric" required autocomplete="off"; }
                            div class="field" {
                                label for="other-role" { (say("page.role-of")) }
                                select id="other-role" name="role" { @for role in roles { option value=(role.text) { (role_label(desk, &role.text, &visitor.locale)) } } }
                            }
                        }
                        button { (say("page.give-post")) }
                    }
                }
            }
        }
    }
}

fn unit_of(form: &Form) -> Option<UnitId> {
    form.get("unit").and_then(|u| u.parse().ok())
}

/// Takes somebody on; the first password is told once.
pub async fn take_on(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let login = text("login");
    let name = login.clone();
    // A digest takes a while on purpose: it is made away from the threads that serve.
    let made = tokio::task::spawn_blocking(move || first_password(&name)).await;
    let (password, hash) =
        made.unwrap_or(Err(app::Error::Missing)).map_err(|error| visitor.upset(error))?;
    let Some(unit) = unit_of(&form) else { return Err(visitor.upset(app::Error::Missing)) };
    let new = Newcomer { name: text("name"), login: login.clone(), role: text("role"), unit, hash };
    visitor
        .write(move |conn, service, credential| staff::take_on(conn, service, credential, &new))
        .await
        .map_err(|upset| upset.keeping(&form))?;
    let desk = visitor.desk().await?;
    Ok(page(&visitor, &desk, Some(unit), Some((&login, &password))))
}

/// Gives somebody another post.
pub async fn give(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let person: Option<i64> = form.get("person").and_then(|p| p.parse().ok());
    let (Some(person), Some(unit)) = (person, unit_of(&form)) else {
        return Err(visitor.upset(app::Error::Missing));
    };
    let role = form.get("role").unwrap_or_default().to_owned();
    visitor
        .write(move |conn, service, credential| {
            staff::give(conn, service, credential, (PersonId(person), &role, unit))
        })
        .await?;
    Ok(Redirect::to(&to(unit)).into_response())
}

/// Ends a post today.
pub async fn end(Path(post): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    visitor
        .write(move |conn, service, credential| staff::end(conn, service, credential, PostId(post)))
        .await?;
    let unit = unit_of(&form).map_or("/units".to_owned(), to);
    Ok(Redirect::to(&unit).into_response())
}
