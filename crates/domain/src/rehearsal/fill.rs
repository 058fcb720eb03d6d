//! Filling in what an action asks for, with something that could be true.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use super::Dice;
use super::people::{id_number, name, phone};
use crate::ids::{MatterCode, MatterId, PersonId, UnitId};
use crate::kind::{Bound, Field, FieldType, Flag, Guard, Kind, Verb};
use crate::matter::{Callout, Intake, Matter, Offer, OfferInput, PartyIntake, Setting, Value};
use crate::time::{DAY_MS, Day, Instant};

/// Where texts come from.
pub trait Phrases {
    /// A text for a field or input of a kind, for a matter of a category.
    fn text(&self, dice: &mut Dice, kind: &str, name: &str, category: Option<&str>) -> String;
}

/// Fills in forms.
pub struct Filler<'a> {
    /// The county.
    pub setting: Setting<'a>,
    /// Texts.
    pub phrases: &'a dyn Phrases,
    /// Units that can hold matters, in a fixed order.
    holders: Vec<UnitId>,
    /// The divisions at and below each unit, in a fixed order.
    places: HashMap<UnitId, Vec<UnitId>>,
}

impl<'a> Filler<'a> {
    /// A filler for a county.
    #[must_use]
    pub fn new(setting: Setting<'a>, phrases: &'a dyn Phrases) -> Self {
        let mut holders: Vec<UnitId> =
            setting.org.units().filter(|u| u.holds).map(|u| u.id).collect();
        let mut places: Vec<UnitId> =
            setting.org.units().filter(|u| u.is_place()).map(|u| u.id).collect();
        holders.sort_unstable();
        places.sort_unstable();
        let mut below: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
        for place in places {
            for unit in setting.org.lineage(place) {
                below.entry(unit).or_default().push(place);
            }
        }
        Self { setting, phrases, holders, places: below }
    }

    /// The divisions at and below a unit.
    fn places(&self, at: UnitId) -> &[UnitId] {
        self.places.get(&at).map_or(&[], Vec::as_slice)
    }

    fn holders(&self, now: Instant, keep: impl Fn(UnitId) -> bool) -> Vec<UnitId> {
        let stands = |u: &UnitId| self.setting.org.unit(*u).is_some_and(|u| u.stands_on(now.day()));
        self.holders.iter().copied().filter(|u| stands(u) && keep(*u)).collect()
    }

    /// An intake of a kind, as brought to a unit.
    pub fn intake(&self, dice: &mut Dice, kind: &Kind, at: UnitId, now: Instant) -> Intake {
        let place = dice.pick(self.places(at)).copied().unwrap_or(UnitId::centre(at.division()));
        let parties = self.parties(dice, kind);
        let mut fields = Map::new();
        let asks = kind.register().map(|a| a.asks.clone()).unwrap_or_default();
        for ask in asks {
            let Some(field) = kind.field(ask.field.as_str()) else { continue };
            if ask.required || dice.happens(50) {
                let category = self.category(kind, &fields);
                let value = match field.field {
                    FieldType::Consents => agreed(parties.len()),
                    _ => part(dice, kind, field, |whole| fields.get(whole).and_then(Json::as_i64))
                        .unwrap_or_else(|| self.field(dice, kind, field, category.as_deref(), now)),
                };
                if !value.is_null() {
                    fields.insert(ask.field.text, value);
                }
            }
        }
        let category = self.category(kind, &fields);
        let sources = kind.sources.as_ref().map(|list| self.item(dice, list.as_str()));
        // What a category sets comes with the category.
        let plain = |f: &&Flag| f.at_intake && !f.seals && f.of.is_empty();
        let flags = kind.flags.values().filter(plain).map(|f| f.id.text.clone());
        let flags = flags.filter(|_| dice.happens(4)).collect();
        Intake {
            kind: kind.id.text.clone(),
            place: place.to_string(),
            source: sources,
            title: self.phrases.text(dice, &kind.id.text, "title", category.as_deref()),
            fields,
            parties,
            flags,
        }
    }

    fn category(&self, kind: &Kind, fields: &Map<String, Json>) -> Option<String> {
        fields.get(kind.category.as_ref()?.as_str())?.as_str().map(str::to_owned)
    }

    fn parties(&self, dice: &mut Dice, kind: &Kind) -> Vec<PartyIntake> {
        let county = self.setting.org.county().map_or(110_101, |c| c.0);
        let mut parties = Vec::new();
        for role in kind.parties.values() {
            let usual = role.count.0.max(1) + usize::from(dice.happens(15));
            for _ in 0..usual.min(role.count.1) {
                let mut details = Map::new();
                details.insert("name".into(), name(dice).into());
                for detail in &role.required {
                    details.insert(detail.text.clone(), detail_of(dice, &detail.text, county));
                }
                if dice.happens(80) {
                    details.insert("phone".into(), phone(dice).into());
                }
                if dice.happens(20) {
                    details.insert("id-number".into(), id_number(dice, county).into());
                }
                parties.push(PartyIntake {
                    role: role.id.text.clone(),
                    details,
                    ..PartyIntake::default()
                });
            }
        }
        parties
    }

    /// What an offered action asks for, filled in; none where it cannot be, such as a link without
    /// another matter.
    pub fn data(
        &self,
        dice: &mut Dice,
        offer: &Offer<'_>,
        matter: &Matter,
        other: Option<MatterCode>,
        now: Instant,
    ) -> Option<Map<String, Json>> {
        let kind = self.setting.catalogue.kind(matter.kind(), matter.registration.kind_version)?;
        let mut form = Form { kind, offer, matter, other, now, data: Map::new() };
        for input in &offer.inputs {
            if !input.required && !is_target(input) && !dice.happens(60) {
                continue;
            }
            let value = match input.declared {
                Some(field) if field.field == FieldType::Consents => self.consents(dice, matter),
                Some(field) => {
                    part(dice, kind, field, |whole| form.number(whole)).unwrap_or_else(|| {
                        self.field(dice, kind, field, matter.category.as_deref(), now)
                    })
                }
                None => self.input(dice, input, &form).unwrap_or(Json::Null),
            };
            if !value.is_null() {
                form.data.insert(input.name.clone(), value);
            } else if input.required {
                return None;
            }
        }
        let named = ["unit", "person"].iter().any(|name| form.data.contains_key(*name));
        (named || !offer.action.does(Verb::Assign)).then_some(form.data)
    }

    fn consents(&self, dice: &mut Dice, matter: &Matter) -> Json {
        let said = matter.parties.iter().map(|p| (p.no.to_string(), Json::Bool(!dice.happens(2))));
        Json::Object(said.collect())
    }

    /// A value for an input of a verb; none where there is nothing it could name.
    fn input(&self, dice: &mut Dice, input: &OfferInput<'_>, form: &Form<'_>) -> Option<Json> {
        let Form { kind, offer, matter, now, .. } = *form;
        let org = self.setting.org;
        let fits = |unit| {
            let office = org.unit(unit).and_then(|u| u.office.as_ref());
            let offices = &offer.action.offices;
            offices.is_empty() || office.is_some_and(|o| offices.iter().any(|t| t.text == *o))
        };
        let open =
            |unit| !matter.bars(kind, unit) && (fits(unit) || offer.action.does(Verb::CallOut));
        Some(match input.field {
            FieldType::Unit if offer.action.does(Verb::Assign) => {
                let below = |u| u != matter.holder && open(u) && org.is_within(u, offer.post.unit);
                json!(dice.pick(&self.holders(now, below))?)
            }
            FieldType::Unit if offer.action.does(Verb::Refer) => {
                json!(dice.pick(&self.holders(now, |u| !matter.held_by(u) && open(u)))?)
            }
            FieldType::Unit if offer.action.does(Verb::Appraise) => {
                let due = |c: &&Callout| c.by == offer.post.unit && c.awaits_rating();
                json!(matter.callouts.iter().find(due)?.unit)
            }
            FieldType::Unit => {
                json!(
                    dice.pick(&self.holders(now, |u| u != matter.holder && u != offer.post.unit))?
                )
            }
            FieldType::Units => {
                let free = |u| {
                    u != matter.holder
                        && u != form.target()
                        && open(u)
                        && matter.open_callout(u).is_none()
                };
                json!([dice.pick(&self.holders(now, free))?])
            }
            FieldType::Person => {
                let mut staff = self.handlers(form.target(), now);
                staff.retain(|p| Some(*p) != matter.handler);
                json!(dice.pick(&staff)?)
            }
            FieldType::Persons => {
                let staff = self.handlers(form.target(), now);
                json!([dice.pick(&staff).filter(|_| matter.assistants.is_empty())?])
            }
            FieldType::Matter => json!(form.other.filter(|o| *o != matter.code())?),
            FieldType::Parties => {
                json!([dice.pick(&matter.parties).filter(|_| matter.parties.len() > 1)?.no])
            }
            FieldType::Rating => json!([5, 5, 5, 4, 4, 3, 2, 1][dice.below(8)]),
            FieldType::Length => {
                let clock = kind.clocks.get(offer.action.extends.as_ref()?.as_str())?;
                json!(self.setting.catalogue.rules.get(clock.rule.as_str())?.extend?)
            }
            FieldType::Instalments => self.instalments(dice, offer, &form.data, now)?,
            FieldType::Instalment => json!(matter.next_instalment()?.no),
            FieldType::Date => json!(now.day().plus(-dice.between(0, 3) as i32)),
            FieldType::Time if offer.action.notice.is_some() => {
                let days = offer.action.notice.map_or(0, |(n, _)| n.at_most_days());
                json!(now.plus_ms((i64::from(days) + dice.between(12, 20)) * DAY_MS).to_string())
            }
            FieldType::Time => json!(now.plus_ms(-dice.between(0, 3_600_000)).to_string()),
            _ => json!(self.phrases.text(
                dice,
                &kind.id.text,
                &input.name,
                matter.category.as_deref()
            )),
        })
    }

    /// Two or three parts, the last of them on the day by which all is performed.
    fn instalments(
        &self,
        dice: &mut Dice,
        offer: &Offer<'_>,
        data: &Map<String, Json>,
        now: Instant,
    ) -> Option<Json> {
        let last: Day = data.get(offer.action.due.as_ref()?.as_str())?.as_str()?.parse().ok()?;
        let days = last.0 - now.day().0;
        let parts = 2 + dice.below(2) as i32;
        let each = dice.between(500, 50_000) * 100;
        let part = |n: i32| json!({ "due": now.day().plus(days * n / parts), "amount": each });
        (days > parts).then(|| (1..=parts).map(part).collect())
    }

    fn handlers(&self, unit: UnitId, now: Instant) -> Vec<PersonId> {
        let handles =
            |role: &str| self.setting.catalogue.roles.get(role).is_some_and(|r| r.handles);
        let mut staff: Vec<PersonId> = self.setting.org.staff(unit).to_vec();
        staff.retain(|p| {
            self.setting.org.posts_at(*p, unit, now.day()).any(|post| handles(&post.role))
        });
        staff.sort_unstable();
        staff.dedup();
        staff
    }

    fn anybody(&self, dice: &mut Dice, now: Instant) -> Option<PersonId> {
        let unit = *dice.pick(&self.holders(now, |_| true))?;
        dice.pick(&self.handlers(unit, now)).copied()
    }

    fn item(&self, dice: &mut Dice, list: &str) -> String {
        let list = self.setting.catalogue.lists.get(list);
        let index = dice.below(list.map_or(0, |l| l.items.len()));
        list.and_then(|l| l.items.get_index(index)).map_or(String::new(), |(id, _)| id.clone())
    }

    fn field(
        &self,
        dice: &mut Dice,
        kind: &Kind,
        field: &Field,
        category: Option<&str>,
        now: Instant,
    ) -> Json {
        let county = self.setting.org.county().map_or(110_101, |c| c.0);
        let days = match field.bound {
            Some(Bound::Past) => -dice.between(0, 60),
            _ => dice.between(1, 40),
        };
        match field.field {
            FieldType::Choice => {
                json!(self.item(dice, field.list.as_ref().map_or("", |l| l.as_str())))
            }
            FieldType::Choices => {
                json!([self.item(dice, field.list.as_ref().map_or("", |l| l.as_str()))])
            }
            FieldType::Date => json!(now.day().plus(days as i32)),
            FieldType::Time => json!(now.plus_ms(days * DAY_MS).to_string()),
            FieldType::Money => {
                json!(dice.between(field.range.0, field.range.1.min(field.range.0 + 5_000_000)))
            }
            FieldType::Number => {
                json!(dice.between(field.range.0, field.range.1.min(field.range.0 + 20)))
            }
            FieldType::YesNo => json!(dice.happens(85)),
            FieldType::Place => {
                json!(self.setting.org.root().and_then(|top| dice.pick(self.places(top))))
            }
            FieldType::Unit => json!(dice.pick(&self.holders(now, |_| true))),
            FieldType::Units => json!([dice.pick(&self.holders(now, |_| true))]),
            FieldType::Person => json!(self.anybody(dice, now)),
            FieldType::Persons => self.anybody(dice, now).map_or(Json::Null, |p| json!([p])),
            FieldType::Length => json!("10 days"),
            FieldType::Rating => json!(dice.between(1, 5)),
            FieldType::Phone => json!(phone(dice)),
            FieldType::IdNumber => json!(id_number(dice, county)),
            FieldType::Text | FieldType::LongText => {
                let text = self.phrases.text(dice, &kind.id.text, field.id.as_str(), category);
                json!(text.chars().take(field.max_chars).collect::<String>())
            }
            _ => Json::Null,
        }
    }

    /// A new matter's code and id, where the order of the day is enough.
    pub fn names(dice: &mut Dice, id: i64, now: Instant) -> (MatterId, MatterCode) {
        (MatterId(id), MatterCode::new(now.day().year(), dice.bits()))
    }
}

/// Every one of so many parties says yes.
fn agreed(parties: usize) -> Json {
    let said = (1..=parties).map(|no| (no.to_string(), Json::Bool(true)));
    if parties == 0 { Json::Null } else { Json::Object(said.collect()) }
}

/// A number that must be a share of another, such as those present of those entitled: never more than
/// the whole, and oftener enough than not.
fn part(
    dice: &mut Dice,
    kind: &Kind,
    field: &Field,
    number: impl Fn(&str) -> Option<i64>,
) -> Option<Json> {
    let mut guards = kind.actions.values().flat_map(|a| &a.when);
    let whole = guards.find_map(|(guard, _)| match guard {
        Guard::Share(share) if share.part == field.id.text => number(&share.whole),
        _ => None,
    })?;
    let least = if dice.happens(70) { whole * 2 / 3 } else { 0 };
    Some(json!(dice.between(least.max(field.range.0), whole.min(field.range.1))))
}

/// A form as far as it is filled in.
struct Form<'a> {
    kind: &'a Kind,
    offer: &'a Offer<'a>,
    matter: &'a Matter,
    other: Option<MatterCode>,
    now: Instant,
    data: Map<String, Json>,
}

impl Form<'_> {
    /// A number that the form says, or else the matter.
    fn number(&self, name: &str) -> Option<i64> {
        let said = self.data.get(name).and_then(Json::as_i64);
        said.or_else(|| match self.matter.field(name) {
            Some(Value::Number(n)) => Some(*n),
            _ => None,
        })
    }

    /// The unit whose people the form can name: the one it names, or the holder.
    fn target(&self) -> UnitId {
        let unit = self.data.get("unit").and_then(Json::as_str).and_then(|u| u.parse().ok());
        unit.unwrap_or(self.matter.holder)
    }
}

/// The unit an assignment goes to is left out only by chance, a person always follows it.
fn is_target(input: &OfferInput<'_>) -> bool {
    input.declared.is_none() && input.name == "person"
}

fn detail_of(dice: &mut Dice, detail: &str, county: i64) -> Json {
    match detail {
        "phone" => phone(dice).into(),
        "id-number" => id_number(dice, county).into(),
        "credit-code" => "91350100M000100Y43".into(),
        "age" => dice.between(18, 80).to_string().into(),
        "sex" => if dice.happens(50) { "1" } else { "2" }.into(),
        "ethnicity" => ["01", "07", "14"][dice.below(3)].into(),
        _ => name(dice).into(),
    }
}
