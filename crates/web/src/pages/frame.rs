//! What stands around every page: the county's name, who is signed in, where one can go.

use app::{Desk, UNREAD_MAX};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::access::{has_right, reach};
use domain::catalogue::Right;
use domain::register::{Register, readable};
use domain::words::{Args, Words};
use maud::{DOCTYPE, Markup, html};

use super::veil::veil;
use super::visitor::Visitor;

/// Nothing runs or looks like anything that does not come from this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where one can go: the word of the place, its address, and who is shown it.
const PLACES: [(&str, &str, For); 17] = [
    ("todo", "/", For::Everybody),
    ("intake", "/intake", For::Doors),
    ("queue", "/matters", For::Sight),
    ("supervised", "/matters?lane=supervised", For::Sight),
    ("part", "/matters?lane=part", For::Sight),
    ("brought", "/matters?lane=brought", For::Doors),
    ("agenda", "/agenda", For::Sight),
    ("callouts", "/callouts", For::Sight),
    ("tasks", "/tasks", For::Sight),
    ("search", "/search", For::Sight),
    ("registers", "/registers", For::Registers),
    ("tallies", "/tallies", For::Right(Right::ReadTallies)),
    ("units", "/units", For::Everybody),
    ("catalogue", "/catalogue", For::Everybody),
    ("log", "/log", For::Right(Right::ReadAudit)),
    ("deliveries", "/deliveries", For::Right(Right::ManageSystem)),
    ("state", "/state", For::Right(Right::ManageSystem)),
];

/// Who is shown a place.
#[derive(Clone, Copy)]
enum For {
    Everybody,
    /// Who may take matters in.
    Doors,
    /// Who sees matters.
    Sight,
    /// Who reads some register.
    Registers,
    /// Who has a right.
    Right(Right),
}

impl For {
    fn holds(self, desk: &Desk) -> bool {
        let catalogue = &desk.state.catalogue;
        match self {
            Self::Everybody => true,
            Self::Doors => !desk.doors().is_empty(),
            Self::Sight => !reach(&desk.posts(), catalogue).is_empty(),
            Self::Registers => {
                let (posts, org) = (desk.posts(), &desk.roster.org);
                let reads = |r: &Register| !readable(&posts, r, org).is_empty();
                catalogue.registers.values().any(|r| reads(r))
            }
            Self::Right(right) => has_right(&desk.posts(), right, catalogue),
        }
    }
}

/// A page without its content.
pub struct Frame<'a> {
    visitor: &'a Visitor,
    desk: Option<&'a Desk>,
    title: &'a str,
    place: &'a str,
    dark: bool,
}

impl Visitor {
    /// What the product says, in the visitor's language.
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// The same, filled.
    pub fn say_with(&self, key: &str, args: Args<'_>) -> String {
        let words = self.county.as_ref().map_or_else(|| Words::built_in(), |s| &s.catalogue.words);
        words.say(&self.locale, key, args)
    }
}

/// An address with a query.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    query.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| {
        text.append_pair(name, value);
    });
    let query = text.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A piece of a page.
pub fn html_of(body: &Markup) -> Response {
    let mut response = body.0.clone().into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

impl<'a> Frame<'a> {
    /// A page of somebody at work; `place` is the word of the place it belongs to.
    pub fn of(visitor: &'a Visitor, desk: &'a Desk, title: &'a str, place: &'a str) -> Self {
        Self { visitor, desk: Some(desk), title, place, dark: false }
    }

    /// A page for anybody.
    pub fn bare(visitor: &'a Visitor, title: &'a str) -> Self {
        Self { visitor, desk: None, title, place: "", dark: false }
    }

    /// A page for a screen on a wall: dark, without the way to other places.
    pub fn wall(visitor: &'a Visitor, title: &'a str) -> Self {
        Self { dark: true, ..Self::bare(visitor, title) }
    }

    /// The whole page.
    pub fn show(&self, body: &Markup) -> Response {
        let say = |key: &str| self.visitor.say(key);
        let page = html! {
            (DOCTYPE)
            html lang=(if self.visitor.locale == "zh" { "zh-CN" } else { &self.visitor.locale }) class=[self.dark.then_some("dark")] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light";
                    title { (self.title) " · " (say("page.name")) }
                    link rel="stylesheet" href=(super::assets::STYLE.address());
                    link rel="icon" href="data:,";
                    script src=(super::assets::SCRIPT.address()) defer {}
                }
                body {
                    a class="skip" href="#main" { (say("page.skip")) }
                    (self.top())
                    div class=[self.desk.map(|_| "frame")] {
                        @if self.desk.is_some() { (self.nav()) }
                        main id="main" tabindex="-1" {
                            div class="head" { h1 { (self.title) } }
                            (body)
                        }
                    }
                    (self.shortcuts())
                }
            }
        };
        let mut response = html_of(&page);
        let policy = HeaderValue::from_static(POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    }

    fn top(&self) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        let other = if self.visitor.locale == "zh" { "en" } else { "zh" };
        html! {
            header class="top" {
                a class="name" href="/" {
                    (say("page.name"))
                    @if let Some(desk) = self.desk { small { (county_name(desk)) } }
                }
                @if let Some(desk) = self.desk.filter(|desk| For::Sight.holds(desk)) {
                    form class="find" role="search" method="post" action="/search" {
                        input type="hidden" name="csrf" value=(veil(&desk.csrf));
                        label class="visually-hidden" for="find" { (say("page.search-hint")) }
                        input id="find" name="q" type="search" maxlength="100" autocomplete="off"
                            placeholder=(say("page.search-hint"));
                        button { (say("page.search-go")) }
                    }
                }
                div class="who" {
                    @if let Some(desk) = self.desk {
                        (self.bell(desk))
                        span { (desk.roster.names.get(&desk.who.person).map_or("", String::as_str)) }
                    }
                    form method="post" action="/language" {
                        input type="hidden" name="language" value=(other);
                        input type="hidden" name="then" value=(if self.visitor.reads { &self.visitor.here } else { "/" });
                        button lang=(other) { (say("page.other-language")) }
                    }
                    @if let Some(desk) = self.desk {
                        form method="post" action="/sign-out" {
                            input type="hidden" name="csrf" value=(veil(&desk.csrf));
                            button { (say("page.sign-out")) }
                        }
                    }
                }
            }
        }
    }

    /// The way to the notices, with how many are not read.
    fn bell(&self, desk: &Desk) -> Markup {
        let many = desk.unread > UNREAD_MAX;
        let n = if many { format!("{UNREAD_MAX}+") } else { desk.unread.to_string() };
        let here = (self.place == "notices").then_some("page");
        html! {
            a class="bell" href="/notices" aria-current=[here] aria-label=(self.visitor.say_with("page.bell", &[("n", n.clone())])) {
                svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
                    path d="M12 3a6 6 0 0 0-6 6v4.5L4 17h16l-2-3.5V9a6 6 0 0 0-6-6zm-2 15.500a2 2 0 0 0 4 0z" fill="currentColor" {}
                }
                @if desk.unread > 0 { strong class="number" aria-hidden="true" { (n) } }
            }
        }
    }

    fn nav(&self) -> Markup {
        html! {
            nav class="nav" aria-label=(self.visitor.say("page.nav")) {
                ul {
                    @for (word, address, _) in PLACES.iter().filter(|(_, _, who)| self.desk.is_some_and(|desk| who.holds(desk))) {
                        li {
                            a href=(address) aria-current=[(*word == self.place).then_some("page")] {
                                (self.visitor.say(&format!("page.nav-{word}")))
                            }
                        }
                    }
                }
            }
        }
    }

    fn shortcuts(&self) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        html! {
            @if self.desk.is_some() {
                dialog id="shortcuts" aria-labelledby="shortcuts-title" {
                    h2 id="shortcuts-title" { (say("page.shortcuts")) }
                    dl class="facts" {
                        @for (key, word) in [("/", "search"), ("n", "intake"), ("j k", "move"), ("o", "open"),
                            ("g d", "todo"), ("g q", "queue"), ("?", "help")] {
                            dt { @for part in key.split(' ') { kbd { (part) } " " } }
                            dd { (say(&format!("page.key-{word}"))) }
                        }
                    }
                    form method="dialog" class="buttons" { button { (say("page.close")) } }
                }
            }
        }
    }
}

fn county_name(desk: &Desk) -> &str {
    let org = &desk.roster.org;
    org.root().and_then(|root| org.unit(root)).map_or("", |unit| &unit.name)
}
