//! One action on one matter, from what was said to the finished event: the record, the guards, the
//! verbs, the move, and last the clocks.

use std::collections::BTreeMap;

use super::clocks::follow;
use super::decide::Consequence;
use super::draft::Draft;
use super::event::{Change, Event};
use super::guards;
use super::refusal::{Refusal, Refused, Rule};
use super::state::Matter;
use super::value::Value;
use super::verbs::Effect;
use crate::ids::MatterCode;
use crate::kind::{Action, Guard, PREVIOUS, Phase, Verb};

/// Takes an action. What the step says is on record first, so that guards see it.
///
/// # Errors
/// The first rule that stands against it.
pub fn take(
    mut draft: Draft<'_>,
    action: &Action,
    values: BTreeMap<String, Value>,
    next_number: Option<u32>,
    other: Option<MatterCode>,
) -> Result<(Event, Vec<Consequence>), Refused> {
    let holder = draft.matter.holder;
    let mut consequences = Vec::new();
    let unasked = unasked(action, &values, &draft.matter);
    let values = record(&mut draft, values);
    if let Some(refusal) = guards::failing(action, &draft.matter, draft.kind, draft.now).or(unasked)
    {
        return Err(refusal.into());
    }
    let previous = draft.matter.suspension.as_ref().map(|s| s.state.clone());
    for verb in &action.verbs {
        let mut effect = Effect {
            draft: &mut draft,
            action,
            values: &values,
            other,
            consequences: &mut consequences,
        };
        effect.apply(*verb)?;
    }
    mark(&mut draft, action);
    move_on(&mut draft, action, previous)?;
    if action.numbers
        && draft.matter.number.is_none()
        && let Some(seq) = next_number
    {
        number(&mut draft, seq);
    }
    let fresh_hands = draft.matter.holder != holder;
    draft.count();
    follow(&mut draft, Some(action), fresh_hands);
    draft.say(values);
    Ok((draft.finish(), consequences))
}

/// An action that rests on the parties' consent and asks for it asks every party afresh: what a
/// party once agreed to is no consent to more (Rules on People's Mediation work, art. 33).
fn unasked(action: &Action, values: &BTreeMap<String, Value>, matter: &Matter) -> Option<Refusal> {
    let rests = action.when.iter().any(|(guard, _)| *guard == Guard::Consent);
    let asked = values.iter().find_map(|(name, value)| match value {
        Value::Consents(said) => Some((name, said.len())),
        _ => None,
    });
    let (name, said) = asked.filter(|_| rests)?;
    (said < matter.parties.len())
        .then(|| Refusal::of(Rule::ConsentMissing, name).under(action.law.as_deref()))
}

/// Puts what belongs to the matter on the matter; the rest stays with the step.
fn record(draft: &mut Draft<'_>, values: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let kind = draft.kind.clone();
    let (mut said, mut step) = (BTreeMap::new(), BTreeMap::new());
    for (name, value) in values {
        match (&value, kind.fields.contains_key(&name)) {
            (Value::Consents(consents), _) => draft.push(Change::Consented(consents.clone())),
            (_, false) => {
                step.insert(name, value);
            }
            (_, true) => {
                classify(draft, &name, &value);
                said.insert(name, value);
            }
        }
    }
    if !said.is_empty() {
        draft.push(Change::Said(said));
    }
    step
}

/// The field that says what a matter is about is counted by.
pub fn classify(draft: &mut Draft<'_>, name: &str, value: &Value) {
    let by = draft.kind.category.as_ref().is_some_and(|c| c.text == name);
    if let (true, Value::Choice(item)) = (by, value)
        && draft.matter.category.as_ref() != Some(item)
    {
        draft.push(Change::Classified(item.clone()));
        let flags = &draft.kind.flags;
        for flag in flags.values().filter(|f| f.of.iter().any(|of| of.text == *item)) {
            set_flag(draft, &flag.id.text);
        }
    }
}

/// Flags, papers.
fn mark(draft: &mut Draft<'_>, action: &Action) {
    for flag in &action.set {
        set_flag(draft, flag.as_str());
    }
    for flag in
        action.clear.iter().filter(|f| !draft.kind.flags.get(f.as_str()).is_some_and(|d| d.seals))
    {
        if draft.matter.flags.contains(flag.as_str()) {
            draft.push(Change::Unflagged(flag.text.clone()));
        }
    }
    for document in &action.issue {
        draft.push(Change::Issued(document.text.clone()));
    }
}

/// Sets a flag and those that go with it; one that seals also seals. A seal is never taken off by an
/// action.
pub fn set_flag(draft: &mut Draft<'_>, flag: &str) {
    let declared = draft.kind.flags.get(flag);
    let is_new = !draft.matter.flags.contains(flag);
    if is_new {
        draft.push(Change::Flagged(flag.to_owned()));
    }
    if declared.is_some_and(|f| f.seals) && !draft.matter.sealed {
        draft.push(Change::Sealed);
    }
    for with in declared.into_iter().flat_map(|f| &f.sets).filter(|_| is_new) {
        set_flag(draft, with.as_str());
    }
}

/// Where the matter goes. What leaving or entering a phase means follows from the phase, whatever
/// verbs led there: callouts end with the matter, a suspension ends with the move out of it, and
/// what is opened again begins again.
fn move_on(
    draft: &mut Draft<'_>,
    action: &Action,
    previous: Option<String>,
) -> Result<(), Refusal> {
    if let Some(outcome) = &action.outcome {
        draft.push(Change::Ended { outcome: outcome.text.clone() });
    }
    let Some(to) = &action.to else { return Ok(()) };
    let to = match previous {
        Some(state) if to.text == PREVIOUS => state,
        None if to.text == PREVIOUS => return Err(Refusal::new(Rule::ClockNotRunning)),
        _ => to.text.clone(),
    };
    if draft.matter.suspension.is_some() && !action.does(Verb::Suspend) {
        draft.push(Change::Resumed);
    }
    let (was, phase) = (draft.matter.phase, draft.kind.phase(&to));
    if was == Phase::Open && phase != Phase::Open {
        let open: Vec<u16> =
            draft.matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.no).collect();
        open.into_iter().for_each(|no| draft.push(Change::CalloutEnded { no }));
    }
    if was != Phase::Open && phase == Phase::Open && !action.does(Verb::Reopen) {
        draft.push(Change::Reopened);
    }
    if to != draft.matter.state {
        draft.push(Change::Moved { to, phase });
    }
    Ok(())
}

fn number(draft: &mut Draft<'_>, seq: u32) {
    let Some(pattern) = &draft.kind.number else { return };
    let unit = draft.setting.org.unit(draft.matter.holder).map_or("", |u| u.place.as_str());
    let number = crate::paper::number(pattern, unit, draft.now.day().year(), seq);
    draft.push(Change::Numbered(number));
}

/// Whether an action gives a matter its official number, so that the caller must draw the next.
#[must_use]
pub fn wants_number(action: &Action, matter: Option<&Matter>) -> bool {
    action.numbers && matter.is_none_or(|m| m.number.is_none())
}
