//! How matters go over the wire.

mod values;

use std::collections::BTreeMap;

use app::matters::{Look, ShownParty};
use app::{Desk, Roster};
use domain::catalogue::Catalogue;
use domain::clock::{ClockRun, Light};
use domain::ids::{PersonId, UnitId};
use domain::kind::{Kind, Secrecy};
use domain::label::Label;
use domain::matter::{By, Event, Matter, Offer, Value};
use domain::time::Instant;
use serde::Serialize;
use serde_json::{Value as Json, json};
use store::matters::Summary;
use utoipa::ToSchema;

pub use values::{InstalmentView, value_json};

/// Something with an id and what people call it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// A matter in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Row {
    /// Its code, twelve digits.
    pub code: String,
    /// What it is about.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: Named,
    /// `open`, `closed` or `archived`.
    pub phase: String,
    /// Who holds it.
    pub holder: Named,
    /// Who handles it.
    pub handler: Option<Named>,
    /// Where it happened.
    pub place: Named,
    /// Its category.
    pub category: Option<String>,
    /// Whether it is sealed.
    pub sealed: bool,
    /// When it came in, RFC 3339.
    pub registered_at: String,
    /// When it is due next, RFC 3339.
    pub due_at: Option<String>,
    /// `green`, `yellow`, `red` or `off`.
    #[schema(value_type = String)]
    pub light: Light,
    /// How many events it has.
    pub version: u32,
}

/// A clock as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClockView {
    /// The clock.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The number of this run.
    pub no: u16,
    /// Whose time it is: `matter`, `holder` or `callout`.
    #[schema(value_type = String)]
    pub scope: domain::clock::Scope,
    /// The unit whose time it is.
    pub unit: Option<Named>,
    /// How long, as the law writes it.
    pub within: String,
    /// What an extension added.
    pub extended: Option<String>,
    /// The article.
    pub law: String,
    /// A right rather than a duty.
    pub soft: bool,
    /// When it started.
    pub started_at: String,
    /// When it ends; none while it is paused.
    pub due_at: Option<String>,
    /// When its light turns yellow.
    pub warn_at: Option<String>,
    /// The calendar version the end rests on.
    pub calendar: Option<String>,
    /// Whether the end is an estimate.
    pub estimated: bool,
    /// Its pauses.
    pub pauses: Vec<Span>,
    /// When it stopped.
    pub stopped_at: Option<String>,
    /// `green`, `yellow`, `red` or `off`.
    #[schema(value_type = String)]
    pub light: Light,
}

/// A stretch of time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Span {
    /// From when.
    pub from: String,
    /// Until when; none while it lasts.
    pub until: Option<String>,
}

/// One unit's time with a matter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldingView {
    /// The unit.
    pub unit: Named,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: Option<String>,
    /// When it was signed for.
    pub acknowledged_at: Option<String>,
}

/// A department called out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalloutView {
    /// Its number.
    pub no: u16,
    /// The department.
    pub unit: Named,
    /// Who called.
    pub by: Named,
    /// When.
    pub called_at: String,
    /// When it reported in.
    pub reported_at: Option<String>,
    /// When it gave its part.
    pub contributed_at: Option<String>,
    /// When it refused.
    pub refused_at: Option<String>,
    /// How the unit that called rated its part, 1 to 5.
    pub rating: Option<u8>,
}

/// A party; what belongs to a person is masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyView {
    /// Its number.
    pub no: u16,
    /// Its role.
    pub role: String,
    /// `person` or `organisation`.
    #[schema(value_type = String)]
    pub sort: domain::person::PartySort,
    /// What is shown of it.
    pub details: BTreeMap<String, String>,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// Whether it agreed.
    pub consent: Option<bool>,
}

/// Something the caller may do now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfferView {
    /// The action.
    pub action: String,
    /// What the button says.
    pub label: String,
    /// The article it rests on.
    pub law: Option<String>,
    /// What it asks for.
    pub inputs: Vec<InputView>,
    /// Why it would be refused as things stand.
    pub blocked: Option<String>,
}

/// Something an action asks for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InputView {
    /// Its key in the data.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// Whether the act is refused without it.
    pub required: bool,
    /// The list a choice is from.
    pub list: Option<String>,
}

/// A matter as the caller sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatterView {
    /// Its code, twelve digits.
    pub code: String,
    /// How many events it has; a command names this version.
    pub version: u32,
    /// What it is about.
    pub title: String,
    /// Its kind.
    pub kind: Named,
    /// The version of the kind it runs under.
    pub kind_version: u32,
    /// Its state.
    pub state: Named,
    /// `open`, `closed` or `archived`.
    pub phase: String,
    /// The one unit that holds it.
    pub holder: Named,
    /// Who handles it.
    pub handler: Option<Named>,
    /// Who assists.
    pub assistants: Vec<Named>,
    /// Where it happened.
    pub place: Named,
    /// From where it came in.
    pub source: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// Its official number.
    pub number: Option<String>,
    /// When it came in.
    pub registered_at: String,
    /// The unit that registered it.
    pub registrar: Named,
    /// When it was accepted.
    pub accepted_at: Option<String>,
    /// When it was answered.
    pub answered_at: Option<String>,
    /// How it ended.
    pub outcome: Option<Named>,
    /// When it ended.
    pub closed_at: Option<String>,
    /// How it was rated, 1 to 5.
    pub rating: Option<u8>,
    /// What it says. Personal fields are masked.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, Json>,
    /// Whom it concerns.
    pub parties: Vec<PartyView>,
    /// Remarks.
    pub flags: Vec<Named>,
    /// Whether it is sealed.
    pub sealed: bool,
    /// Whether the county centre must rule who holds it.
    pub ruling_due: bool,
    /// When it is due next.
    pub due_at: Option<String>,
    /// `green`, `yellow`, `red` or `off`.
    #[schema(value_type = String)]
    pub light: Light,
    /// Every clock that runs or ran.
    pub clocks: Vec<ClockView>,
    /// Who held it, and for how long.
    pub holdings: Vec<HoldingView>,
    /// Departments called out.
    pub callouts: Vec<CalloutView>,
    /// What was agreed to be performed, in order of its days.
    pub instalments: Vec<InstalmentView>,
    /// Papers due or made out.
    pub documents: Vec<String>,
    /// Matters it is tied to, with how: those that the caller sees.
    pub relatives: Vec<Named>,
    /// What the caller may do now.
    pub offers: Vec<OfferView>,
}

/// An event of a matter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its number.
    pub seq: u32,
    /// When.
    pub at: String,
    /// The action that was taken.
    pub action: Named,
    /// Who; none where time acted.
    pub person: Option<Named>,
    /// At which unit.
    pub unit: Option<Named>,
    /// In which role.
    pub role: Option<String>,
    /// What the step said. Personal values are left out.
    #[schema(value_type = Object)]
    pub data: BTreeMap<String, Json>,
    /// The names of what changed.
    pub changes: Vec<String>,
}

/// Turns ids into what people call them, in one language.
pub struct Namer<'a> {
    /// What is declared.
    pub catalogue: &'a Catalogue,
    /// Units and people.
    pub roster: &'a Roster,
    /// The language.
    pub locale: &'a str,
    /// Now.
    pub now: Instant,
}

fn stamp(at: Instant) -> String {
    at.to_string()
}

impl<'a> Namer<'a> {
    /// Names as somebody at a desk reads them.
    #[must_use]
    pub fn of(desk: &'a Desk, locale: &'a str) -> Self {
        Self { catalogue: &desk.state.catalogue, roster: &desk.roster, locale, now: desk.now }
    }

    /// A label in the language.
    #[must_use]
    pub fn label(&self, label: &Label) -> String {
        label.get(self.locale).to_owned()
    }

    /// A unit.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Named {
        let label = self.roster.org.unit(id).map_or(String::new(), |u| u.name.clone());
        Named { id: id.to_string(), label }
    }

    /// A division, with those above it within the county: there are many first groups.
    #[must_use]
    pub fn place(&self, id: UnitId) -> Named {
        let org = &self.roster.org;
        let above = org.lineage(id).filter(|u| *u == id || Some(*u) != org.root());
        let mut names: Vec<&str> =
            above.filter_map(|u| org.unit(u)).map(|u| u.place.as_str()).collect();
        names.reverse();
        Named { id: id.to_string(), label: names.join(" ") }
    }

    /// A member of staff.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Named {
        Named { id: id.to_string(), label: self.roster.names.get(&id).cloned().unwrap_or_default() }
    }

    /// A role.
    #[must_use]
    pub fn role(&self, id: &str) -> String {
        self.catalogue.roles.get(id).map_or(String::new(), |role| self.label(&role.label))
    }

    fn state(&self, kind: Option<&Kind>, id: &str) -> Named {
        let label =
            kind.and_then(|k| k.states.get(id)).map_or(id.to_owned(), |s| self.label(&s.label));
        Named { id: id.to_owned(), label }
    }

    /// A row of a list.
    #[must_use]
    pub fn row(&self, row: Summary) -> Row {
        let kind = self.catalogue.kinds.get(&row.kind).map(std::sync::Arc::as_ref);
        let light = match (row.due_at, row.warn_at) {
            (Some(due), _) if self.now >= due => Light::Red,
            (_, Some(warn)) if self.now >= warn => Light::Yellow,
            (Some(_), _) => Light::Green,
            _ => Light::Off,
        };
        Row {
            code: row.code.to_string(),
            state: self.state(kind, &row.state),
            title: row.title,
            kind: row.kind,
            phase: row.phase,
            holder: self.unit(row.holder),
            handler: row.handler.map(|h| self.person(h)),
            place: self.place(row.place),
            category: row.category,
            sealed: row.sealed,
            registered_at: stamp(row.registered_at),
            due_at: row.due_at.map(stamp),
            light,
            version: row.version,
        }
    }

    fn clock(&self, kind: &Kind, run: &ClockRun) -> ClockView {
        let deadline = run.deadline.as_ref();
        ClockView {
            id: run.clock.clone(),
            label: kind.clocks.get(&run.clock).map_or(run.clock.clone(), |c| self.label(&c.label)),
            no: run.no,
            scope: run.scope,
            unit: run.unit.map(|u| self.unit(u)),
            within: run.terms.within.to_string(),
            extended: run.terms.extended.map(|e| e.to_string()),
            law: run.terms.law.clone(),
            soft: run.soft,
            started_at: stamp(run.started_at),
            due_at: deadline.map(|d| stamp(d.due_at)),
            warn_at: deadline.map(|d| stamp(d.warn_at)),
            calendar: deadline.map(|d| d.calendar.clone()),
            estimated: deadline.is_some_and(|d| d.estimated),
            pauses: run
                .pauses
                .iter()
                .map(|p| Span { from: stamp(p.from), until: p.until.map(stamp) })
                .collect(),
            stopped_at: run.stopped_at.map(stamp),
            light: run.light(self.now),
        }
    }

    fn offer(&self, offer: &Offer<'_>) -> OfferView {
        let words = &self.catalogue.words;
        let inputs = offer.inputs.iter().map(|input| InputView {
            name: input.name.clone(),
            label: match input.declared {
                Some(field) => self.label(&field.label),
                None => words.say(self.locale, &format!("input.{}", input.name), &[]),
            },
            type_: input.field.name().to_owned(),
            required: input.required,
            list: input.declared.and_then(|f| f.list.as_ref()).map(|l| l.text.clone()),
        });
        OfferView {
            action: offer.action.id.text.clone(),
            label: self.label(&offer.action.label),
            law: offer.action.law.clone(),
            inputs: inputs.collect(),
            blocked: offer.blocked.as_ref().map(|b| b.message(words, self.locale)),
        }
    }

    /// A matter.
    #[must_use]
    pub fn matter(&self, look: &Look, kind: &Kind, offers: &[Offer<'_>]) -> MatterView {
        let m = &look.matter;
        let deadline = m.next_deadline();
        let outcome = |id: &String| Named {
            id: id.clone(),
            label: kind.outcomes.get(id).map_or(id.clone(), |o| self.label(&o.label)),
        };
        let flag = |id: &String| Named {
            id: id.clone(),
            label: kind.flags.get(id).map_or(id.clone(), |f| self.label(&f.label)),
        };
        MatterView {
            code: m.code().to_string(),
            version: m.version,
            title: m.registration.title.clone(),
            kind: Named { id: kind.id.text.clone(), label: self.label(&kind.label) },
            kind_version: kind.version,
            state: self.state(Some(kind), &m.state),
            phase: m.phase.name().to_owned(),
            holder: self.unit(m.holder),
            handler: m.handler.map(|h| self.person(h)),
            assistants: m.assistants.iter().map(|a| self.person(*a)).collect(),
            place: self.place(m.registration.place),
            source: m.registration.source.clone(),
            category: m.category.clone(),
            number: m.number.clone(),
            registered_at: stamp(m.registered_at),
            registrar: self.unit(m.registrar),
            accepted_at: m.accepted_at.map(stamp),
            answered_at: m.answered_at.map(stamp),
            outcome: m.outcome.as_ref().map(outcome),
            closed_at: m.closed_at.map(stamp),
            rating: m.rating,
            fields: self.fields(m, &look.masked),
            parties: look.parties.iter().map(party).collect(),
            flags: m.flags.iter().map(flag).collect(),
            sealed: m.sealed || kind.secrecy == Secrecy::Sealed,
            ruling_due: m.ruling_due,
            due_at: deadline.map(|(due, _)| stamp(due)),
            light: m.light(self.now),
            clocks: m.clocks.iter().map(|c| self.clock(kind, c)).collect(),
            holdings: self.holdings(m),
            callouts: self.callouts(m),
            instalments: m.instalments.iter().map(InstalmentView::of).collect(),
            documents: m.documents.iter().map(|d| d.document.clone()).collect(),
            relatives: look
                .relatives
                .iter()
                .map(|r| Named { id: r.matter.to_string(), label: r.how.clone() })
                .collect(),
            offers: offers.iter().map(|o| self.offer(o)).collect(),
        }
    }

    fn fields(&self, m: &Matter, masked: &BTreeMap<String, String>) -> BTreeMap<String, Json> {
        let show = |(name, value): (&String, &Value)| {
            let shown = masked.get(name).map_or_else(|| value_json(value), |text| json!(text));
            (name.clone(), shown)
        };
        m.fields.iter().map(show).collect()
    }

    fn holdings(&self, m: &Matter) -> Vec<HoldingView> {
        let view = |h: &domain::matter::Holding| HoldingView {
            unit: self.unit(h.unit),
            from: stamp(h.from),
            until: h.until.map(stamp),
            acknowledged_at: h.acknowledged_at.map(stamp),
        };
        m.holdings.iter().map(view).collect()
    }

    fn callouts(&self, m: &Matter) -> Vec<CalloutView> {
        let view = |c: &domain::matter::Callout| CalloutView {
            no: c.no,
            unit: self.unit(c.unit),
            by: self.unit(c.by),
            called_at: stamp(c.called_at),
            reported_at: c.reported_at.map(stamp),
            contributed_at: c.contributed_at.map(stamp),
            refused_at: c.refused_at.map(stamp),
            rating: c.rating,
        };
        m.callouts.iter().map(view).collect()
    }

    /// An event.
    #[must_use]
    pub fn event(&self, event: &Event, kind: &Kind) -> EventView {
        let label =
            kind.actions.get(&event.action).map_or(event.action.clone(), |a| self.label(&a.label));
        let (person, unit, role) = match &event.by {
            By::Post { person, role, unit } => {
                (Some(self.person(*person)), Some(self.unit(*unit)), Some(role.clone()))
            }
            By::Clock => (None, None, None),
        };
        let open = event.data.iter().filter(|(_, value)| !matches!(value, Value::Personal(_)));
        EventView {
            seq: event.seq,
            at: stamp(event.at),
            action: Named { id: event.action.clone(), label },
            person,
            unit,
            role,
            data: open.map(|(name, value)| (name.clone(), value_json(value))).collect(),
            changes: event.changes.iter().map(change_name).collect(),
        }
    }
}

fn party(party: &ShownParty) -> PartyView {
    PartyView {
        no: party.no,
        role: party.role.clone(),
        sort: party.sort,
        details: party.details.clone(),
        interpreter: party.interpreter,
        consent: party.consent,
    }
}

/// The name of a change is the tag it is stored under.
fn change_name(change: &domain::matter::Change) -> String {
    match serde_json::to_value(change) {
        Ok(Json::String(name)) => name,
        Ok(Json::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
