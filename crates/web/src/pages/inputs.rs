//! Forms from the catalogue: each sort of field as an input, and what browsers send as data again.

use app::Desk;
use domain::ids::UnitId;
use domain::kind::FieldType;
use domain::matter::{Matter, OfferInput};
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use super::instalments;
use super::visitor::{Form, Visitor};
use crate::problem::ProblemError;
use crate::view::value_json;

/// Begins the name of every input that is data.
const DATA: &str = "f.";

/// What inputs are rendered in.
pub struct Inputs<'a> {
    /// Who fills them in.
    pub visitor: &'a Visitor,
    /// At which desk.
    pub desk: &'a Desk,
    /// The matter they are about; none at the door.
    pub matter: Option<&'a Matter>,
    /// What was typed before.
    pub form: Option<&'a Form>,
    /// What is wrong with it.
    pub errors: &'a [ProblemError],
}

impl Inputs<'_> {
    fn label(&self, input: &OfferInput<'_>) -> String {
        match input.declared {
            Some(field) => field.label.get(&self.visitor.locale).to_owned(),
            None => self.visitor.say(&format!("input.{}", input.name)),
        }
    }

    /// What is wrong with a field.
    pub fn wrong(&self, name: &str) -> Option<&ProblemError> {
        self.errors.iter().find(|e| is_about(e, name))
    }

    /// What is in an input: what was typed, or what the matter says already.
    fn value(&self, input: &OfferInput<'_>) -> String {
        if let Some(form) = self.form {
            return form.get(&format!("{DATA}{}", input.name)).unwrap_or_default().to_owned();
        }
        let known = self.matter.filter(|_| input.declared.is_some());
        let known = known.and_then(|m| m.fields.get(&input.name)).map(value_json);
        match known {
            Some(Json::String(text)) => text,
            Some(Json::Number(n)) if input.field == FieldType::Money => {
                yuan(n.as_i64().unwrap_or_default())
            }
            Some(Json::Number(n)) => n.to_string(),
            Some(Json::Bool(yes)) => (if yes { "yes" } else { "no" }).to_owned(),
            _ => String::new(),
        }
    }

    /// One input with its label, hint and what is wrong with it.
    pub fn field(&self, input: &OfferInput<'_>) -> Markup {
        let name = format!("{DATA}{}", input.name);
        let body = html! {
            @if let Some(hint) = self.hint(input) { p class="hint" id={ (name) "-hint" } { (hint) } }
            @if let Some(error) = self.wrong(&input.name) {
                p class="wrong" id={ (name) "-wrong" } { (error.message) " " (error.remedy) }
            }
            (self.control(input, &name))
        };
        let class = if self.wrong(&input.name).is_some() { "field bad" } else { "field" };
        let optional = html! {
            @if !input.required { span class="optional" { (self.visitor.say("page.optional")) } }
        };
        if is_group(input.field) {
            return html! { fieldset class=(class) id=(name) { legend { (self.label(input)) (optional) } (body) } };
        }
        html! { div class=(class) { label for=(name) { (self.label(input)) (optional) } (body) } }
    }

    fn hint(&self, input: &OfferInput<'_>) -> Option<String> {
        match input.field {
            FieldType::Money => Some(self.visitor.say("page.hint-money")),
            FieldType::Place => Some(self.visitor.say("page.hint-place")),
            FieldType::Instalments => Some(self.visitor.say("page.hint-instalments")),
            FieldType::Length => Some(self.visitor.say("page.hint-length")),
            _ => None,
        }
    }

    fn control(&self, input: &OfferInput<'_>, name: &str) -> Markup {
        let value = self.value(input);
        let described = self.wrong(&input.name).map(|_| format!("{name}-wrong"));
        let plain = |kind: &str, class: Option<&str>| {
            html! {
                input type=(kind) id=(name) name=(name) value=(value) class=[class] autocomplete="off"
                    aria-describedby=[described.as_deref()] aria-invalid=[described.as_ref().map(|_| "true")];
            }
        };
        match input.field {
            FieldType::LongText => html! {
                textarea id=(name) name=(name) rows="5" aria-describedby=[described.as_deref()] { (value) }
            },
            FieldType::Choice => self.select(name, &value, self.items(input)),
            FieldType::Choices => self.boxes(name, &self.items(input)),
            FieldType::Date => plain("date", Some("short")),
            FieldType::Time => plain("datetime-local", Some("short")),
            FieldType::Money | FieldType::Number => html! {
                input type="text" inputmode="decimal" class="short" id=(name) name=(name) value=(value)
                    autocomplete="off" aria-describedby=[described.as_deref()];
            },
            FieldType::YesNo => self.radios(
                name,
                &value,
                &[
                    ("yes".into(), self.visitor.say("page.yes")),
                    ("no".into(), self.visitor.say("page.no")),
                ],
            ),
            FieldType::Rating => {
                let levels: Vec<_> = (1..=5)
                    .rev()
                    .map(|n: u8| (n.to_string(), self.visitor.say(&format!("page.rating-{n}"))))
                    .collect();
                self.radios(name, &value, &levels)
            }
            FieldType::Unit => self.select(name, &value, self.units()),
            FieldType::Units => self.several(name, &self.units()),
            FieldType::Person => self.select(name, &value, self.staff()),
            FieldType::Persons => self.boxes(name, &self.staff()),
            FieldType::Parties => self.boxes(name, &self.parties()),
            FieldType::Consents => self.consents(name),
            FieldType::Instalments => instalments::rows(self.visitor, self.form, name),
            FieldType::Instalment => {
                let owed = instalments::owed(self.visitor, self.matter);
                let next = owed.first().map(|(no, _)| no.clone()).unwrap_or_default();
                self.select(name, if value.is_empty() { &next } else { &value }, owed)
            }
            FieldType::Phone => plain("tel", Some("short")),
            FieldType::Place => html! {
                input type="text" id=(name) name=(name) value=(value) list="places" autocomplete="off";
            },
            FieldType::Text
            | FieldType::Matter
            | FieldType::Record
            | FieldType::Length
            | FieldType::IdNumber => plain("text", None),
        }
    }

    fn items(&self, input: &OfferInput<'_>) -> Vec<(String, String)> {
        let list = input.declared.and_then(|f| f.list.as_ref());
        let list = list.and_then(|l| self.desk.state.catalogue.lists.get(l.as_str()));
        let items = list.map(|l| l.items.values()).into_iter().flatten();
        items.map(|i| (i.id.text.clone(), i.label.get(&self.visitor.locale).to_owned())).collect()
    }

    /// Units that can take something on, by their place in the tree.
    pub fn units(&self) -> Vec<(String, String)> {
        let today = self.desk.now.day();
        let holds = self.desk.roster.org.units().filter(|u| u.holds && u.stands_on(today));
        let mut units: Vec<_> = holds.map(|u| (u.id, u.name.clone())).collect();
        units.sort_by_key(|(id, _)| *id);
        units.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
    }

    /// Who may handle it: the people at the unit that holds it and at the visitor's own.
    pub fn staff(&self) -> Vec<(String, String)> {
        let (roster, today) = (&self.desk.roster, self.desk.now.day());
        let mut units: Vec<UnitId> = self.matter.map(|m| m.holder).into_iter().collect();
        units.extend(self.desk.posts().iter().map(|p| p.unit));
        units.dedup();
        let mut people = Vec::new();
        for unit in units {
            for person in roster.org.staff(unit) {
                let mut posts = roster.org.posts_at(*person, unit, today);
                let roles = &self.desk.state.catalogue.roles;
                let role = posts.find_map(|p| roles.get(&p.role).filter(|r| r.handles));
                let Some(role) = role else { continue };
                let name = roster.names.get(person).map_or("", String::as_str);
                let label = format!("{name} · {}", role.label.get(&self.visitor.locale));
                if !people.iter().any(|(id, _)| *id == person.to_string()) {
                    people.push((person.to_string(), label));
                }
            }
        }
        people
    }

    fn parties(&self) -> Vec<(String, String)> {
        let parties = self.matter.map_or(&[][..], |m| m.parties.as_slice());
        let word = self.visitor.say("page.party");
        parties.iter().map(|p| (p.no.to_string(), format!("{word} {}", p.no))).collect()
    }

    pub fn select(&self, name: &str, value: &str, items: Vec<(String, String)>) -> Markup {
        html! {
            select id=(name) name=(name) {
                option value="" { (self.visitor.say("page.choose")) }
                @for (id, label) in items { option value=(id) selected[id == value] { (label) } }
            }
        }
    }

    fn several(&self, name: &str, items: &[(String, String)]) -> Markup {
        html! {
            select id={ (name) "-list" } name=(name) multiple size="8" aria-label=(self.visitor.say("page.choose-several")) {
                @for (id, label) in items { option value=(id) selected[self.chose(name, id)] { (label) } }
            }
        }
    }

    fn chose(&self, name: &str, id: &str) -> bool {
        self.form.is_some_and(|f| f.all(name).any(|v| v == id))
    }

    fn boxes(&self, name: &str, items: &[(String, String)]) -> Markup {
        html! {
            div class="choices" {
                @for (id, label) in items {
                    div class="choice" {
                        input type="checkbox" id={ (name) "." (id) } name=(name) value=(id) checked[self.chose(name, id)];
                        label for={ (name) "." (id) } { (label) }
                    }
                }
            }
        }
    }

    fn radios(&self, name: &str, value: &str, items: &[(String, String)]) -> Markup {
        html! {
            div class="choices" {
                @for (id, label) in items {
                    div class="choice" {
                        input type="radio" id={ (name) "." (id) } name=(name) value=(id) checked[id == value];
                        label for={ (name) "." (id) } { (label) }
                    }
                }
            }
        }
    }

    fn consents(&self, name: &str) -> Markup {
        let said = |no: &str| {
            self.form.and_then(|f| f.get(&format!("{name}.{no}"))).unwrap_or_default().to_owned()
        };
        html! {
            @for (no, label) in self.parties() {
                fieldset class="choice" {
                    legend class="visually-hidden" { (label) }
                    span { (label) }
                    (self.radios(&format!("{name}.{no}"), &said(&no), &[
                        ("yes".into(), self.visitor.say("page.agrees")),
                        ("no".into(), self.visitor.say("page.refuses")),
                    ]))
                }
            }
        }
    }
}

/// Whether a field is what an error is about.
pub fn is_about(error: &ProblemError, name: &str) -> bool {
    error.field.as_deref().is_some_and(|field| {
        let own = field.strip_prefix("fields.").or(field.strip_prefix("data."));
        own.unwrap_or(field) == name
    })
}

fn is_group(field: FieldType) -> bool {
    use FieldType::{Choices, Consents, Instalments, Parties, Persons, Rating, Units, YesNo};
    matches!(field, Choices | Consents | Instalments | Parties | Persons | Rating | Units | YesNo)
}

/// An amount in 分 as people write it in 元.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// An amount in 元 as 分; what is none stays as it was typed, for the engine to refuse.
pub fn fen(text: &str) -> Json {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let whole: String = whole.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    if whole.is_empty() || rest.len() > 2 || !digits(&whole) || !digits(rest) {
        return json!(text);
    }
    format!("{whole}{rest:0<2}").parse::<i64>().map_or(json!(text), |n| json!(n))
}

/// What a form says as the data of a step.
pub fn data(inputs: &[OfferInput<'_>], form: &Form) -> Map<String, Json> {
    let mut data = Map::new();
    for input in inputs {
        let name = format!("{DATA}{}", input.name);
        if let Some(value) = value(input.field, &name, form) {
            data.insert(input.name.clone(), value);
        }
    }
    data
}

fn value(field: FieldType, name: &str, form: &Form) -> Option<Json> {
    let number = |text: &str| text.parse::<i64>().map_or(json!(text), |n| json!(n));
    match field {
        FieldType::Choices | FieldType::Units | FieldType::Persons => {
            let all: Vec<&str> = form.all(name).collect();
            (!all.is_empty()).then(|| json!(all))
        }
        FieldType::Parties => {
            let all: Vec<Json> = form.all(name).map(number).collect();
            (!all.is_empty()).then(|| json!(all))
        }
        FieldType::Consents => {
            let prefix = format!("{name}.");
            let said: Map<String, Json> = form
                .0
                .iter()
                .filter_map(|(n, v)| Some((n.strip_prefix(&prefix)?.to_owned(), json!(v == "yes"))))
                .collect();
            (!said.is_empty()).then_some(Json::Object(said))
        }
        FieldType::Money => form.get(name).map(fen),
        FieldType::Instalments => instalments::typed(name, form),
        FieldType::Number | FieldType::Rating | FieldType::Instalment => form.get(name).map(number),
        FieldType::YesNo => form.get(name).map(|v| json!(v == "yes")),
        FieldType::Time => form.get(name).map(|v| {
            let local = v.len() == 16;
            json!(if local { format!("{v}:00+08:00") } else { v.to_owned() })
        }),
        _ => form.get(name).map(|v| json!(v)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_yuan() {
        assert_eq!(fen("12,000"), json!(1_200_000));
        assert_eq!(fen("0.5"), json!(50));
        assert_eq!(fen("3.005"), json!("3.005"));
        assert_eq!(fen("一百"), json!("一百"));
        assert_eq!(yuan(1_200_050), "12000.50");
    }
}
