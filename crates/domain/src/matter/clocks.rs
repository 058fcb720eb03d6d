//! Clocks follow the matter: whatever an act did to its state, holder and callouts, the clocks
//! start, pause, go on and stop as the kind declares.

use super::draft::Draft;
use super::event::Change;
use super::guards;
use super::promise::INSTALMENT;
use super::value::Value;
use crate::catalogue::Term;
use crate::clock::{ClockRun, Length, Scope, Terms};
use crate::ids::UnitId;
use crate::kind::{Action, Clock, Phase};
use crate::time::Instant;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Should {
    Run,
    Pause,
    Stop,
}

/// Brings every clock in line with the draft. `fresh_hands` says that the act gave the matter to
/// another holder.
pub fn follow(draft: &mut Draft<'_>, action: Option<&Action>, fresh_hands: bool) {
    let kind = draft.kind.clone();
    for clock in kind.clocks.values() {
        match clock.scope {
            Scope::Callout => callouts(draft, clock),
            _ if clock.during.is_empty() => by_action(draft, clock, action),
            scope => {
                let again = begins(clock, action);
                by_state(draft, clock, again || (fresh_hands && scope == Scope::Holder));
            }
        }
    }
}

fn by_state(draft: &mut Draft<'_>, clock: &Clock, afresh: bool) {
    let state = draft.matter.state.clone();
    let origin = origin(draft, clock);
    let should = if !guards::hold(&clock.when, &draft.matter, draft.now)
        || (owed(clock) && origin.is_none())
    {
        Should::Stop
    } else if clock.during.iter().any(|s| s.text == state) {
        Should::Run
    } else if clock.pause.iter().any(|s| s.text == state) {
        Should::Pause
    } else {
        Should::Stop
    };
    let run = |draft: &Draft<'_>| draft.matter.clocks.iter().find(|c| is_live(c, clock)).cloned();
    // Counted from a day that has changed, or in other hands, it begins again.
    let moved = |run: &ClockRun| origin.is_some_and(|at| at != run.started_at);
    if let Some(live) = run(draft).filter(|live| afresh || moved(live)) {
        draft.push(Change::ClockStopped { no: live.no });
    }
    let Some(run) = run(draft) else {
        if should == Should::Run {
            start(draft, clock, None);
        }
        return;
    };
    match (should, run.is_paused()) {
        (Should::Stop, _) => draft.push(Change::ClockStopped { no: run.no }),
        (Should::Pause, false) => draft.push(Change::ClockPaused { no: run.no }),
        (Should::Run, true) => resume(draft, run),
        _ => {}
    }
}

fn names(list: &[Term], action: Option<&Action>) -> bool {
    action.is_some_and(|a| list.iter().any(|t| t.text == a.id.text))
}

/// Whether an act begins a clock: for one bound to states, begins it anew, as a report that is owed
/// every month does with the next month.
fn begins(clock: &Clock, action: Option<&Action>) -> bool {
    names(&clock.start, action)
}

fn by_action(draft: &mut Draft<'_>, clock: &Clock, action: Option<&Action>) {
    let stops = names(&clock.stop, action) || draft.matter.phase == Phase::Archived;
    let starts = begins(clock, action);
    if (stops || starts)
        && let Some(no) = live(draft, clock)
    {
        draft.push(Change::ClockStopped { no });
    }
    if starts && !stops && guards::hold(&clock.when, &draft.matter, draft.now) {
        start(draft, clock, None);
    }
}

fn callouts(draft: &mut Draft<'_>, clock: &Clock) {
    let until_report = clock.until.as_ref().is_some_and(|u| u.text == "report-in");
    let applies = guards::hold(&clock.when, &draft.matter, draft.now);
    for callout in draft.matter.callouts.clone() {
        let should = applies && callout.is_open() && callout.reported_at.is_none() == until_report;
        let mut runs = draft
            .matter
            .clocks
            .iter()
            .filter(|c| c.clock == clock.id.text && c.callout == Some(callout.no));
        match (should, runs.next_back().map(|r| (r.no, r.stopped_at.is_some()))) {
            (true, None) => start(draft, clock, Some((callout.no, callout.unit))),
            (false, Some((no, false))) => draft.push(Change::ClockStopped { no }),
            _ => {}
        }
    }
}

fn live(draft: &Draft<'_>, clock: &Clock) -> Option<u16> {
    draft.matter.clocks.iter().find(|c| is_live(c, clock)).map(|c| c.no)
}

fn is_live(run: &ClockRun, clock: &Clock) -> bool {
    run.clock == clock.id.text && run.stopped_at.is_none()
}

/// Whether a clock measures what was promised.
fn owed(clock: &Clock) -> bool {
    clock.from.as_ref().is_some_and(|f| f.text == INSTALMENT)
}

/// What a clock is counted from: a field, or the next instalment. The day of an instalment is its last:
/// the count begins the day before, so that one day ends with it (Civil Code arts. 201, 203).
fn origin(draft: &Draft<'_>, clock: &Clock) -> Option<Instant> {
    if owed(clock) {
        return draft.matter.next_instalment().map(|one| one.due.plus(-1).start());
    }
    match draft.matter.field(clock.from.as_ref()?.as_str())? {
        Value::Date(day) => Some(day.start()),
        Value::Time(at) => Some(*at),
        _ => None,
    }
}

fn resume(draft: &mut Draft<'_>, mut run: ClockRun) {
    let no = run.no;
    if let Some(pause) = run.pauses.last_mut() {
        pause.until = Some(draft.now);
    }
    if let Some(deadline) = draft.deadline(&run) {
        draft.push(Change::ClockResumed { no, deadline });
    }
}

/// What was promised of this matter, where a field says it: at least one, and no more than the limit.
fn promised(draft: &Draft<'_>, clock: &Clock, limit: Length) -> Length {
    let field = clock.count.as_ref().and_then(|f| draft.matter.field(f.as_str()));
    let Some(Value::Number(count)) = field else { return limit };
    let count = u32::try_from(*count).unwrap_or(limit.count).clamp(1, limit.count);
    Length { count, ..limit }
}

fn start(draft: &mut Draft<'_>, clock: &Clock, callout: Option<(u16, UnitId)>) {
    let Some(rule) = draft.setting.catalogue.rules.get(clock.rule.as_str()) else { return };
    let unit = callout.map(|(_, unit)| unit);
    let from = origin(draft, clock);
    let mut run = ClockRun {
        clock: clock.id.text.clone(),
        no: draft.matter.clocks.len() as u16 + 1,
        scope: clock.scope,
        unit: unit.or((clock.scope == Scope::Holder).then_some(draft.matter.holder)),
        callout: callout.map(|(no, _)| no),
        soft: clock.soft,
        terms: Terms {
            within: promised(draft, clock, clock.within.map_or(rule.within, |(own, _)| own)),
            extended: None,
            warn: rule.warn,
            law: rule.law.clone(),
        },
        started_at: from.unwrap_or(draft.now),
        pauses: Vec::new(),
        deadline: None,
        warned_at: None,
        lapsed_at: None,
        stopped_at: None,
    };
    run.deadline = draft.deadline(&run);
    draft.push(Change::ClockStarted(Box::new(run)));
}
