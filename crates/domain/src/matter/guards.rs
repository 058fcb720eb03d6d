//! Whether a guard holds of a matter, and what is refused if it does not.

use super::refusal::{Refusal, Rule};
use super::state::Matter;
use super::value::Value;
use crate::kind::{Action, Field, FieldType, Guard, Kind, Share};
use crate::time::Instant;

/// Whether every one of these guards holds of a matter, apart from any action.
pub fn hold(guards: &[(Guard, u32)], matter: &Matter, now: Instant) -> bool {
    guards.iter().all(|(guard, _)| broken(guard, matter, now).is_none())
}

/// The refusal of the first guard that does not hold.
pub fn failing(action: &Action, matter: &Matter, kind: &Kind, now: Instant) -> Option<Refusal> {
    let failing = action.when.iter().find_map(|(guard, _)| fails(guard, action, matter, kind, now));
    failing.map(|r| r.under(action.law.as_deref()))
}

/// The refusal of the first guard that does not hold and that the step cannot bring about by what it
/// asks: whether the parties agree is not known before they are asked. It is no earlier than when the
/// matter last changed.
pub fn standing(action: &Action, matter: &Matter, kind: &Kind) -> Option<Refusal> {
    let asks = |field: &Field| field.field == FieldType::Consents;
    let asked = action.asks.iter().any(|ask| kind.field(ask.field.as_str()).is_some_and(asks));
    let left = action.when.iter().filter(|(guard, _)| !(asked && *guard == Guard::Consent));
    let now = matter.changed_at;
    let failing = left.map(|(guard, _)| guard).find_map(|g| fails(g, action, matter, kind, now));
    failing.map(|r| r.under(action.law.as_deref()))
}

fn fails(
    guard: &Guard,
    action: &Action,
    matter: &Matter,
    kind: &Kind,
    now: Instant,
) -> Option<Refusal> {
    match guard {
        Guard::Documents => documents(action, matter, kind),
        guard => broken(guard, matter, now),
    }
}

fn broken(guard: &Guard, matter: &Matter, now: Instant) -> Option<Refusal> {
    let rule = match guard {
        Guard::Consent if matter.parties.iter().any(|p| p.consent == Some(false)) => {
            Rule::PartyRefuses
        }
        // Where there is no party nobody has agreed to anything.
        Guard::Consent if matter.parties.iter().all(|p| p.consent.is_none()) => {
            Rule::ConsentMissing
        }
        Guard::Consent if matter.parties.iter().any(|p| p.consent.is_none()) => {
            Rule::ConsentMissing
        }
        Guard::Assigned if matter.handler.is_none() => Rule::NotAssigned,
        Guard::Answered if matter.answered_at.is_none() => Rule::NotAnswered,
        Guard::CalloutsSettled if matter.callouts.iter().any(|c| c.is_open()) => Rule::CalloutsOpen,
        Guard::Agreed if matter.agreement.is_none() => Rule::NotAgreed,
        Guard::Written if !matter.agreement.as_ref().is_some_and(|a| a.written) => Rule::NotWritten,
        Guard::Performed if !matter.is_performed() => Rule::NotPerformed,
        Guard::Unperformed if matter.next_instalment().is_none() => Rule::AllPerformed,
        Guard::Done(of, times) if matter.times(of) < *times => {
            return Some(Refusal::new(Rule::NotDone).with("action", of));
        }
        Guard::NotDone(of, times) if matter.times(of) >= *times => {
            return Some(Refusal::new(Rule::DoneAlready).with("action", of));
        }
        Guard::Is(field, item) if !matches!(matter.field(field), Some(Value::Choice(c)) if c == item) =>
        {
            return Some(Refusal::new(Rule::OtherChoice).with("field", field).with("item", item));
        }
        Guard::Share(share) if !reached(share, matter) => {
            let of = format!("{}/{}", share.of.0, share.of.1);
            let refusal = Refusal::new(Rule::ShareMissing).with("field", &share.part);
            return Some(refusal.with("whole", &share.whole).with("share", of));
        }
        Guard::Flag(flag) if !matter.flags.contains(flag) => {
            return Some(Refusal::new(Rule::FlagMissing).with("flag", flag));
        }
        Guard::NoFlag(flag) if matter.flags.contains(flag) => {
            return Some(Refusal::new(Rule::FlagSet).with("flag", flag));
        }
        Guard::InTime(clock) => return time_left(clock, matter, now).err(),
        Guard::RunOut(clock) => {
            // What time has not yet put on record is still running: a window ends by a tick.
            let runs = matter
                .clocks
                .iter()
                .any(|c| c.clock == *clock && c.stopped_at.is_none() && c.lapsed_at.is_none());
            return runs.then(|| Refusal::new(Rule::StillRunning).with("clock", clock));
        }
        _ => return None,
    };
    Some(Refusal::new(rule))
}

fn reached(share: &Share, matter: &Matter) -> bool {
    match (matter.field(&share.part), matter.field(&share.whole)) {
        (Some(Value::Number(part)), Some(Value::Number(whole))) => share.holds(*part, *whole),
        _ => false,
    }
}

/// Whether what a clock gives time for can still be done.
fn time_left(clock: &str, matter: &Matter, now: Instant) -> Result<(), Refusal> {
    let run = matter.clocks.iter().rev().find(|c| c.clock == clock && c.stopped_at.is_none());
    let run = run.ok_or_else(|| Refusal::new(Rule::ClockNotRunning))?;
    let over = run.lapsed_at.is_some() || run.deadline.as_ref().is_some_and(|d| now >= d.due_at);
    if over { Err(Refusal::new(Rule::TooLate).with("clock", clock)) } else { Ok(()) }
}

/// The papers that the outcome requires and that are not yet due or made out.
fn documents(action: &Action, matter: &Matter, kind: &Kind) -> Option<Refusal> {
    let outcome = action.outcome.as_ref().map(|o| o.as_str()).or(matter.outcome.as_deref());
    let needed = kind
        .documents
        .values()
        .filter(|d| d.required || d.required_for.iter().any(|o| Some(o.as_str()) == outcome));
    let missing: Vec<&str> = needed
        .map(|d| d.id.as_str())
        .filter(|d| !matter.documents.iter().any(|m| m.document == *d))
        .filter(|d| !action.issue.iter().any(|i| i.text == **d))
        .collect();
    (!missing.is_empty())
        .then(|| Refusal::new(Rule::DocumentsMissing).with("documents", missing.join(", ")))
}
