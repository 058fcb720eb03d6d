//! What must be true after every event, whatever the catalogue says.

use std::collections::{BTreeMap, BTreeSet};

use domain::clock::{ClockRun, Scope};
use domain::ids::PersonId;
use domain::kind::{Phase, Verb};
use domain::matter::{By, Change, Event, INSTALMENT, Matter, Named};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::player::{Player, Told};

macro_rules! holds {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err(format!($($what)+));
        }
    };
}

/// Looks at everything after an event.
pub fn after_event(
    player: &Player<'_>,
    before: Option<&Matter>,
    event: &Event,
    after: &Matter,
) -> Told<()> {
    nothing_deleted(before, event, after)?;
    one_holder(player, before, event, after)?;
    returns(player, before, event, after)?;
    callouts(after)?;
    named(after)?;
    clocks(player, after)?;
    follows_its_states(player, after)?;
    pauses(&player.events, after)?;
    endings(player, event, after)?;
    round_trip(event)?;
    if event.seq.is_multiple_of(8) {
        round_trip(after)?;
    }
    Ok(())
}

fn nothing_deleted(before: Option<&Matter>, event: &Event, after: &Matter) -> Told<()> {
    let version = before.map_or(0, |m| m.version);
    holds!(
        event.seq == version + 1 && after.version == event.seq,
        "version {version} became {}",
        after.version
    );
    let Some(before) = before else { return Ok(()) };
    holds!(before.registration == after.registration, "the registration changed");
    holds!(!before.sealed || after.sealed, "a seal was taken off");
    let told = |named: &Named| event.changes.contains(&Change::Unnamed(named.clone()));
    holds!(before.named.difference(&after.named).all(told), "somebody is named no more, unsaid");
    let persons = event.changes.iter().filter_map(|c| match c {
        Change::Unnamed(Named::Person(person)) => Some(*person),
        _ => None,
    });
    let handles = |p: PersonId| after.handler == Some(p) || after.assistants.contains(&p);
    holds!(persons.clone().all(|p| !handles(p)), "who handles it is named no more");
    let units = event.changes.iter().any(|c| matches!(c, Change::Unnamed(Named::Unit(_))));
    holds!(!units, "a unit is named no more");
    holds!(before.involved().is_subset(&after.involved()), "a unit is involved no more");
    holds!(before.fields.keys().all(|f| after.fields.contains_key(f)), "a field is gone");
    holds!(after.documents.starts_with(&before.documents), "a paper is gone");
    holds!(after.relatives.starts_with(&before.relatives), "a tie is gone");
    holds!(after.returns.starts_with(&before.returns), "a return is gone");
    holds!(
        after.sessions >= before.sessions && after.reopened >= before.reopened,
        "a count went back"
    );
    holds!(before.number.is_none() || before.number == after.number, "the official number changed");
    let left: BTreeSet<u16> = event
        .changes
        .iter()
        .flat_map(|c| match c {
            Change::PartiesLeft(numbers) => numbers.clone(),
            _ => Vec::new(),
        })
        .collect();
    let gone = before.parties.iter().filter(|p| !after.parties.iter().any(|q| q.no == p.no));
    holds!(
        gone.map(|p| p.no).collect::<BTreeSet<_>>() == left,
        "a party is gone that did not leave"
    );
    for (was, is) in before.holdings.iter().zip(&after.holdings) {
        holds!((was.unit, was.from) == (is.unit, is.from), "a holding changed");
    }
    for (was, is) in before.clocks.iter().zip(&after.clocks) {
        holds!(same_run(was, is), "the terms of a running clock changed: {was:?} to {is:?}");
    }
    holds!(
        after.clocks.len() >= before.clocks.len() && after.callouts.len() >= before.callouts.len(),
        "a run is gone"
    );
    Ok(())
}

/// Only an extension adds to what was promised; nothing else changes it.
fn same_run(was: &ClockRun, is: &ClockRun) -> bool {
    let extended = was.terms.extended.is_none() || was.terms.extended == is.terms.extended;
    let stopped = was.stopped_at.is_none() || was == is;
    let pauses = is.pauses.len() >= was.pauses.len()
        && was.pauses.iter().zip(&is.pauses).all(|(a, b)| a.from == b.from);
    let fixed = |r: &ClockRun| {
        (r.no, r.clock.clone(), r.started_at, r.unit, r.callout, r.soft, r.terms.within)
    };
    extended && stopped && pauses && fixed(was) == fixed(is)
}

fn one_holder(
    player: &Player<'_>,
    before: Option<&Matter>,
    event: &Event,
    after: &Matter,
) -> Told<()> {
    let open: Vec<_> = after.holdings.iter().filter(|h| h.until.is_none()).collect();
    holds!(
        open.len() == 1 && open[0].unit == after.holder,
        "not one open holding: {:?}",
        after.holdings
    );
    let unit = player.county.org.unit(after.holder);
    holds!(unit.is_some_and(|u| u.holds), "{} cannot hold", after.holder);
    holds!(
        after.holdings.windows(2).all(|w| w[0].until == Some(w[1].from)),
        "a gap between holdings"
    );
    let works = |p: &domain::ids::PersonId| {
        player.county.org.posts_at(*p, after.holder, event.at.day()).next().is_some()
    };
    let moved = event.changes.iter().any(|c| matches!(c, Change::Held { .. }));
    holds!(
        !moved || after.handler.iter().chain(&after.assistants).all(works),
        "somebody from elsewhere handles it"
    );
    let moves = player
        .kind
        .actions
        .get(&event.action)
        .is_some_and(|a| a.verbs.iter().any(|v| v.moves_holder()));
    let was = before.map_or(after.holder, |m| m.holder);
    holds!(was == after.holder || moves, "{} moved the holder", event.action);
    Ok(())
}

fn returns(
    player: &Player<'_>,
    before: Option<&Matter>,
    event: &Event,
    after: &Matter,
) -> Told<()> {
    let by: Vec<_> = after.returns.iter().map(|r| r.by).collect();
    holds!(
        by.iter().collect::<BTreeSet<_>>().len() == by.len(),
        "a unit returned it twice: {by:?}"
    );
    let refused: Vec<_> =
        after.callouts.iter().filter(|c| c.refused_at.is_some()).map(|c| c.unit).collect();
    holds!(
        refused.iter().collect::<BTreeSet<_>>().len() == refused.len(),
        "a department refused twice"
    );
    let county = player.county.org.root();
    holds!(
        !after.ruling_due || Some(after.holder) == county,
        "a ruling is due and the county does not hold it"
    );
    let Some(before) = before else { return Ok(()) };
    let returned = after.returns.len() > before.returns.len();
    holds!(
        !returned || after.returns.len() < 2 || after.ruling_due,
        "no ruling after {} returns",
        after.returns.len()
    );
    holds!(
        !returned || before.ruled != Some(before.holder),
        "a unit returned what it was ruled to hold"
    );
    if before.ruling_due && (before.holder != after.holder || !after.ruling_due) {
        let by_county = matches!(event.by, By::Post { unit, .. } if Some(unit) == county);
        let assigns = player.kind.actions.get(&event.action).is_some_and(|a| a.does(Verb::Assign));
        holds!(
            by_county && assigns && after.ruled == Some(after.holder),
            "{} is no ruling",
            event.action
        );
    }
    let action = player.kind.actions.get(&event.action);
    let referred = action.is_some_and(|a| a.does(Verb::Refer)) && before.holder != after.holder;
    holds!(!referred || !before.held_by(after.holder), "a referral went back to an earlier holder");
    Ok(())
}

fn callouts(after: &Matter) -> Told<()> {
    let open: Vec<_> = after.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit).collect();
    holds!(
        open.iter().collect::<BTreeSet<_>>().len() == open.len(),
        "a department is called out twice at once"
    );
    holds!(!open.contains(&after.holder), "the holder is called out");
    holds!(open.is_empty() || after.phase == Phase::Open, "a callout outlives the matter");
    let in_order =
        |c: &domain::matter::Callout| c.contributed_at.is_none() || c.reported_at.is_some();
    holds!(after.callouts.iter().all(in_order), "a department gave its part without coming");
    Ok(())
}

/// Sealing a matter must never hide it from those who work on it.
fn named(after: &Matter) -> Told<()> {
    let held = after.holdings.iter().map(|h| h.unit).chain(after.callouts.iter().map(|c| c.unit));
    let persons = after
        .handler
        .iter()
        .chain(&after.assistants)
        .chain(after.callouts.iter().filter_map(|c| c.person.as_ref()));
    let mut wanted: BTreeSet<Named> = held.map(Named::Unit).collect();
    wanted.extend(persons.map(|p| Named::Person(*p)));
    holds!(wanted.is_subset(&after.named), "somebody who works on it is not named");
    Ok(())
}

/// A clock bound to states runs in them, stands still in its pauses, and is over everywhere else.
fn follows_its_states(player: &Player<'_>, after: &Matter) -> Told<()> {
    for clock in player.kind.clocks.values().filter(|c| !c.during.is_empty() && c.when.is_empty()) {
        if clock.scope == Scope::Callout {
            continue;
        }
        let live = after.clocks.iter().find(|r| r.clock == clock.id.text && r.stopped_at.is_none());
        let stands_in =
            |states: &[domain::catalogue::Term]| states.iter().any(|s| s.text == after.state);
        // What was promised is measured while it is owed.
        let owed = clock.from.as_ref().is_none_or(|f| f.text != INSTALMENT)
            || after.instalments.iter().any(|one| one.performed_on.is_none());
        let right = match live {
            Some(run) if stands_in(&clock.during) => owed && run.is_running(),
            Some(run) => stands_in(&clock.pause) && run.is_paused(),
            None => !owed || !stands_in(&clock.during),
        };
        holds!(right, "{} does not follow {}: {live:?}", clock.id.text, after.state);
    }
    Ok(())
}

/// After time has acted nothing is due that is not on record.
pub fn after_tick(now: Instant, after: &Matter) -> Told<()> {
    for run in after.clocks.iter().filter(|c| c.is_running()) {
        let Some(deadline) = &run.deadline else { continue };
        holds!(run.lapsed_at.is_some() || now < deadline.due_at, "{} ran out unseen", run.clock);
        holds!(run.warned_at.is_some() || now < deadline.warn_at, "{} gave no warning", run.clock);
    }
    holds!(after.next_tick().is_none_or(|at| at > now), "time has more to do at once");
    Ok(())
}

fn clocks(player: &Player<'_>, after: &Matter) -> Told<()> {
    let duty = after.running().any(|c| c.callout.is_none() && c.deadline.is_some());
    holds!(after.phase != Phase::Open || duty, "open in {} without a running clock", after.state);
    let mut live: BTreeMap<(&str, Option<u16>), u32> = BTreeMap::new();
    for (at, run) in after.clocks.iter().enumerate() {
        holds!(usize::from(run.no) == at + 1, "run {} stands at {at}", run.no);
        let clock = player
            .kind
            .clocks
            .get(&run.clock)
            .ok_or_else(|| format!("a clock {} is unknown", run.clock))?;
        let rule = &player.county.catalogue.rules[clock.rule.as_str()];
        let within = clock.within.map_or(rule.within, |(own, _)| own);
        let longest = rule.extend.and_then(|e| within.and(e)).unwrap_or(within);
        holds!(
            run.terms.whole().within(longest),
            "{} runs {} of {longest}",
            run.clock,
            run.terms.whole()
        );
        let locked = !rule.locked || run.terms.within.within(rule.within);
        holds!(locked, "{} is longer than its legal lock", run.clock);
        if run.stopped_at.is_none() {
            *live.entry((&run.clock, run.callout)).or_default() += 1;
            let unit = run.scope != Scope::Holder || run.unit == Some(after.holder);
            holds!(unit, "{} measures the time of a unit that holds it no more", run.clock);
            let callout = run
                .callout
                .is_none_or(|no| after.callouts.iter().any(|c| c.no == no && c.is_open()));
            holds!(callout, "{} measures a callout that ended", run.clock);
        }
        holds!(
            run.is_running()
                == (run.stopped_at.is_none() && run.pauses.iter().all(|p| p.until.is_some())),
            "{run:?}"
        );
        let computed = run.compute(&player.county.catalogue.calendar);
        holds!(
            !run.is_running() || run.deadline == computed,
            "{} does not end where its inputs put it",
            run.clock
        );
    }
    holds!(live.values().all(|n| *n == 1), "a clock runs twice: {live:?}");
    Ok(())
}

/// Every pause that was made is in its run, and nothing else is.
fn pauses(events: &[Event], after: &Matter) -> Told<()> {
    let mut made: BTreeMap<u16, Vec<(i64, Option<i64>)>> = BTreeMap::new();
    for event in events {
        for change in &event.changes {
            match change {
                Change::ClockPaused { no } => made.entry(*no).or_default().push((event.at.0, None)),
                Change::ClockResumed { no, .. } => {
                    let last = made
                        .get_mut(no)
                        .and_then(|p| p.last_mut())
                        .ok_or("resumed without a pause")?;
                    last.1 = Some(event.at.0);
                }
                _ => {}
            }
        }
    }
    for run in &after.clocks {
        let kept: Vec<_> = run.pauses.iter().map(|p| (p.from.0, p.until.map(|u| u.0))).collect();
        holds!(
            made.get(&run.no).map_or(kept.is_empty(), |m| *m == kept),
            "{} lost a pause: {kept:?}",
            run.clock
        );
    }
    Ok(())
}

fn endings(player: &Player<'_>, event: &Event, after: &Matter) -> Told<()> {
    let ended = after.phase != Phase::Open;
    holds!(!ended || after.answered_at.is_some(), "ended unanswered by {}", event.action);
    holds!(
        ended == after.outcome.is_some(),
        "phase {:?} with outcome {:?}",
        after.phase,
        after.outcome
    );
    holds!(
        ended == after.closed_at.is_some(),
        "phase {:?} closed at {:?}",
        after.phase,
        after.closed_at
    );
    holds!(
        after.outcome.as_ref().is_none_or(|o| player.kind.outcomes.contains_key(o)),
        "an unknown outcome"
    );
    holds!(
        after.phase == player.kind.phase(&after.state),
        "{} in phase {:?}",
        after.state,
        after.phase
    );
    let into = |a: &&domain::kind::Action| {
        a.does(Verb::Suspend) && a.to.as_ref().is_some_and(|t| t.text == after.state)
    };
    let suspends = player.kind.actions.values().any(|a| into(&a));
    holds!(after.suspension.is_none() || suspends, "a suspension goes on in {}", after.state);
    let anew = |c: &Change| matches!(c, Change::Answered | Change::Agreed(_) | Change::Rated(_));
    if event.changes.contains(&Change::Reopened) && !event.changes.iter().any(anew) {
        let fresh =
            after.answered_at.is_none() && after.agreement.is_none() && after.rating.is_none();
        holds!(
            fresh && after.phase == Phase::Open,
            "the old answer still answers what was reopened"
        );
    }
    for change in &event.changes {
        let Change::Ended { outcome } = change else { continue };
        let refuses = player.kind.outcomes.get(outcome).is_some_and(|o| o.refuses);
        let routes = player.kind.actions.get(&event.action).is_some_and(|a| !a.routes.is_empty());
        holds!(!refuses || routes, "{} refuses and names no route", event.action);
    }
    Ok(())
}

/// What is written down is read back as it was.
pub fn round_trip<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> Told<()> {
    let text = serde_json::to_string(value).map_err(|e| format!("cannot be written: {e}"))?;
    let back: T =
        serde_json::from_str(&text).map_err(|e| format!("cannot be read back: {e} in {text}"))?;
    holds!(back == *value, "is read back as something else: {text}");
    Ok(())
}
