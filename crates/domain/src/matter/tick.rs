//! The passing of time: warnings, limits that run out, what happens by itself then, and estimates
//! that a newly loaded calendar makes exact.

use std::sync::Arc;

use super::act::take;
use super::command::Setting;
use super::decide::allowed_now;
use super::draft::Draft;
use super::event::{By, Change, Event};
use super::fold::apply;
use super::inputs::clock_step;
use super::state::Matter;
use super::value::Against;
use crate::kind::Kind;
use crate::time::Instant;

/// What time does to a matter now.
pub fn tick(setting: Setting<'_>, kind: &Arc<Kind>, matter: &Matter, now: Instant) -> Vec<Event> {
    let mut draft = Draft::on(setting, kind, matter, By::Clock, "tick", now);
    recompute(&mut draft);
    let lapsed = run_out(&mut draft);
    if draft.is_idle() {
        return Vec::new();
    }
    let event = draft.finish();
    let mut after = apply(Some(matter.clone()), &event);
    let mut events = vec![event];
    for (no, clock) in lapsed {
        let Some(current) = &after else { break };
        // What an earlier clock did by itself may have ended this one, such as the time of a holder
        // that holds it no more.
        if !current.clocks.iter().any(|c| c.no == no && c.stopped_at.is_none()) {
            continue;
        }
        if let Some(event) = by_itself(setting, kind, current, &clock, now) {
            after = apply(after, &event);
            events.push(event);
        }
    }
    events
}

/// Estimates are computed again where the calendar has changed since.
fn recompute(draft: &mut Draft<'_>) {
    let version = &draft.setting.catalogue.calendar.version;
    for run in draft.matter.clocks.clone().iter().filter(|c| c.is_running()) {
        let old = run.deadline.as_ref().filter(|d| d.estimated && d.calendar != *version);
        if let (Some(old), Some(deadline)) = (old, draft.deadline(run))
            && *old != deadline
        {
            draft.push(Change::ClockRecomputed { no: run.no, deadline });
        }
    }
}

/// Warnings and ends. Answers with the clocks that ran out now.
fn run_out(draft: &mut Draft<'_>) -> Vec<(u16, String)> {
    let mut lapsed = Vec::new();
    for run in draft.matter.clocks.clone().iter().filter(|c| c.is_running()) {
        let Some(deadline) = &run.deadline else { continue };
        if run.lapsed_at.is_some() || draft.now < deadline.warn_at {
            continue;
        }
        if draft.now >= deadline.due_at {
            draft.push(Change::ClockLapsed { no: run.no });
            lapsed.push((run.no, run.clock.clone()));
        } else if run.warned_at.is_none() {
            draft.push(Change::ClockWarned { no: run.no });
        }
    }
    lapsed
}

/// The action that a clock takes when it runs out. Where a rule stands against it, such as a
/// county centre with nothing above it, the matter stays and its light stays red.
fn by_itself(
    setting: Setting<'_>,
    kind: &Arc<Kind>,
    matter: &Matter,
    clock: &str,
    now: Instant,
) -> Option<Event> {
    let lapse = kind.clocks.get(clock)?.lapse.as_ref()?;
    let action = kind.actions.get(lapse.as_str())?;
    allowed_now(action, matter).ok()?;
    let against = Against { catalogue: setting.catalogue, org: setting.org, parties: &[], now };
    let values = clock_step(kind, action, against);
    let draft = Draft::on(setting, kind, matter, By::Clock, action.id.as_str(), now);
    take(draft, action, values, None, None).ok().map(|(event, _)| event)
}
