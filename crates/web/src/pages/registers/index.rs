//! The registers, by the heading that they stand under.

use app::registers::{Overview, overview};
use axum::response::Response;
use domain::label::Label;
use maud::html;

use crate::pages::frame::Frame;
use crate::pages::parts::empty_of;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Shows the registers that the visitor reads.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let (desk, all) = visitor.read(overview).await?;
    let registers = &desk.state.catalogue.registers;
    let mut groups: Vec<(&Label, Vec<&Overview>)> = Vec::new();
    for one in &all {
        let Some(register) = registers.get(&one.register) else { continue };
        match groups.iter_mut().find(|(label, _)| **label == register.group) {
            Some((_, of)) => of.push(one),
            None => groups.push((&register.group, vec![one])),
        }
    }
    let body = html! {
        @if groups.is_empty() { (empty_of(&visitor, "register.none")) }
        @for (label, of) in &groups {
            section class="sheet" {
                h2 { (label.get(&visitor.locale)) }
                ul class="seats" {
                    @for one in of {
                        @if let Some(register) = registers.get(&one.register) {
                            li {
                                a href={ "/registers/" (one.register) } { (register.label.get(&visitor.locale)) } " "
                                span class="tag number" { (one.standing) }
                                @if !register.basis.is_empty() { div class="small soft" { (register.basis.join(" · ")) } }
                            }
                        }
                    }
                }
            }
        }
    };
    let title = visitor.say("register.registers");
    Ok(Frame::of(&visitor, &desk, &title, "registers").show(&body))
}
