//! What suggests itself while a matter is taken in: a category, matters that may be the same. A person
//! decides; nothing is filled in unasked.

use app::Desk;
use app::search::{Alike, Likeness, alike};
use app::suggest::{label, suggest};
use domain::kind::FieldType;
use domain::suggest::Suggestion;
use maud::{Markup, html};

use super::{AGENT, Brought, DATA, brought};
use crate::pages::parts::{code, light};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Visitor};
use crate::view::Namer;

/// How many categories are shown, and how many reasons each gives.
const CATEGORIES: usize = 3;
const REASONS: usize = 4;
/// A category less likely than this is not worth a line.
const SCORE_MIN: f32 = 0.15;

/// What suggests itself for what is typed so far.
#[derive(Default)]
pub struct Hints {
    kind: String,
    categories: Vec<Suggestion>,
    alike: Vec<Alike>,
    ties: Vec<String>,
}

/// Reads what suggests itself.
pub async fn read(visitor: &Visitor, form: &Form) -> Result<(Desk, Hints), Upset> {
    let form = form.clone();
    visitor
        .read(move |conn, service, credential| {
            let desk = Desk::open(conn, service, credential)?;
            let Brought { kind, intake, .. } = brought(&desk, &form);
            let declared = desk.state.catalogue.kinds.get(&kind);
            let chosen = declared.and_then(|k| k.category.as_ref());
            let chosen = chosen.and_then(|c| form.get(&format!("{DATA}{}", c.text)));
            let long = |name: &str| {
                let field = declared.and_then(|k| k.field(name));
                field.is_some_and(|f| f.field == FieldType::LongText)
            };
            let texts: Vec<&str> = intake
                .fields
                .iter()
                .filter(|(name, _)| long(name))
                .filter_map(|(_, value)| value.as_str())
                .collect();
            let text = texts.join("\n");
            let mut categories = Vec::new();
            if chosen.is_none() && !(intake.title.is_empty() && text.is_empty()) {
                categories = suggest(conn, &desk.state, (&kind, &intake.title, &text))?;
                categories.retain(|s| s.score >= SCORE_MIN && !s.reasons.is_empty());
                categories.truncate(CATEGORIES);
            }
            let mut like = Likeness {
                place: intake.place.parse().ok(),
                title: intake.title.clone(),
                ..Likeness::default()
            };
            for party in &intake.parties {
                let own = |name: &str| AGENT.iter().all(|(agent, _)| *agent != name);
                for (name, value) in party.details.iter().filter(|(name, _)| own(name)) {
                    like.party(name, value.as_str().unwrap_or_default());
                }
            }
            let alike = alike(conn, &desk, &like)?;
            let ties = form.all("tie").map(str::to_owned).collect();
            Ok((desk, Hints { kind, categories, alike, ties }))
        })
        .await
}

impl Hints {
    /// What suggests itself, as a piece of the page.
    pub fn show(&self, visitor: &Visitor, desk: &Desk) -> Markup {
        html! {
            @if !self.categories.is_empty() { (self.categories(visitor, desk)) }
            @if !self.alike.is_empty() { (self.alike(visitor, desk)) }
        }
    }

    fn categories(&self, visitor: &Visitor, desk: &Desk) -> Markup {
        let kind = desk.state.catalogue.kinds.get(&self.kind);
        let field = kind.and_then(|k| k.category.as_ref());
        let name = field.map(|f| format!("{DATA}{}", f.text)).unwrap_or_default();
        html! {
            section class="note hints" {
                h2 { (visitor.say("page.suggested")) }
                ul {
                    @for s in &self.categories {
                        li {
                            button name="category" value=(s.class) formnovalidate data-take=(name) {
                                (label(&desk.state, &self.kind, &s.class, &visitor.locale).unwrap_or(&s.class))
                            }
                            span class="small soft" {
                                " " (visitor.say("page.because")) " "
                                (s.reasons.iter().take(REASONS).map(|r| r.gram.as_str()).collect::<Vec<_>>().join("、"))
                            }
                        }
                    }
                }
            }
        }
    }

    fn alike(&self, visitor: &Visitor, desk: &Desk) -> Markup {
        let namer = Namer::of(desk, &visitor.locale);
        html! {
            section class="note care hints" {
                h2 { (visitor.say("page.alike")) }
                p class="small" { (visitor.say("page.alike-hint")) }
                ul {
                    @for one in &self.alike {
                        @let row = namer.row(one.summary.clone());
                        li {
                            a href={ "/matters/" (row.code) } target="_blank" { (row.title) }
                            div class="state small" {
                                (light(visitor, row.light)) span { (row.state.label) } span { (row.holder.label) }
                                span class="soft number" { (code(&row.code)) }
                                @for share in &one.shares { span class="tag" { (visitor.say(&format!("page.share-{}", share.name()))) } }
                            }
                            div class="choice" {
                                input type="checkbox" id={ "tie-" (row.code) } name="tie" value=(row.code)
                                    checked[self.ties.contains(&row.code)];
                                label for={ "tie-" (row.code) } { (visitor.say("page.tie")) }
                            }
                        }
                    }
                }
            }
        }
    }
}
