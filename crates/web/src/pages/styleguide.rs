//! The pieces that pages are made of, each as it looks and what it is for.

use axum::response::Response;
use domain::clock::Light;
use maud::{Markup, html};

use super::figures::sample_chart;
use super::frame::Frame;
use super::parts::{empty, light};
use super::visitor::Visitor;

/// Shows every piece.
pub async fn show(visitor: Visitor) -> Response {
    let say = |key: &str| visitor.say(key);
    let body = html! {
        (piece(&visitor, "lights", &html! {
            p class="state" { @for one in [Light::Green, Light::Yellow, Light::Red, Light::Off] { (light(&visitor, one)) } }
        }))
        (piece(&visitor, "tags", &html! { p { span class="tag" { (say("page.interpreter")) } " " span class="tag red" { (say("page.sealed")) } } }))
        (piece(&visitor, "notes", &html! {
            @for kind in ["", "good", "care", "bad"] { div class={ "note " (kind) } { p { (say("page.done")) } } }
        }))
        (piece(&visitor, "buttons", &html! {
            div class="buttons" { button class="go" type="button" { (say("page.register")) } button type="button" { (say("page.check")) } button class="quiet" type="button" { (say("page.forget-list")) } }
        }))
        (piece(&visitor, "fields", &fields(&visitor)))
        (piece(&visitor, "tiles", &html! {
            ul class="tiles" {
                li class="tile red" { a href="#tiles" { strong { "3" } (say("page.tile-late")) } }
                li class="tile yellow" { a href="#tiles" { strong { "12" } (say("page.tile-soon")) } }
                li class="tile" { a href="#tiles" { strong { "128" } (say("page.tile-mine")) } }
            }
        }))
        (piece(&visitor, "routes", &html! {
            ol class="route" { li class="been" { (say("page.nav-intake")) } li class="here" { strong { (say("page.acts")) } } li { (say("page.outcome")) } }
        }))
        (piece(&visitor, "charts", &sample_chart(&visitor)))
        (piece(&visitor, "empties", &empty(&visitor, "no-matters")))
    };
    let title = say("page.styleguide");
    Frame::bare(&visitor, &title).show(&html! { div class="guide" { (body) } })
}

fn piece(visitor: &Visitor, name: &str, body: &Markup) -> Markup {
    html! {
        section class="sheet" id=(name) {
            h2 { (visitor.say(&format!("page.piece-{name}"))) }
            p class="small soft" { (visitor.say(&format!("page.piece-{name}-hint"))) }
            (body)
        }
    }
}

fn fields(visitor: &Visitor) -> Markup {
    let say = |key: &str| visitor.say(key);
    html! {
        div class="field" {
            label for="plain" { (say("page.title")) }
            p class="hint" id="plain-hint" { (say("page.hint-place")) }
            input id="plain" name="plain" aria-describedby="plain-hint";
        }
        div class="field bad" {
            label for="wrong" { (say("page.detail-phone")) span class="optional" { (say("page.optional")) } }
            p class="wrong" id="wrong-note" { (say("page.wrong")) }
            input id="wrong" name="wrong" value="1390000" aria-invalid="true" aria-describedby="wrong-note";
        }
        fieldset class="field" {
            legend { (say("page.flags")) }
            div class="choices" {
                @for n in 1..=2 { div class="choice" { input type="checkbox" id={ "box" (n) } name="box"; label for={ "box" (n) } { (say("page.choose")) } } }
            }
        }
    }
}
