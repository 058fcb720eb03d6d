//! What must hold for a kind before any matter is opened under it. Each finding names the line.

use std::collections::HashSet;

use super::definition::{Action, Clock, Kind, PREVIOUS, Phase, Relation};
use super::field::FieldType;
use super::graph::Graph;
use super::guard::Guard;
use super::verb::Verb;
use crate::catalogue::{Catalogue, Finding, Notes, ROUTES, Term};
use crate::clock::Scope;
use crate::matter::INSTALMENT;
use crate::person::DETAILS;

/// Checks a kind against itself and the shared files.
pub fn check(kind: &Kind, catalogue: &Catalogue, file: &str, findings: &mut Vec<Finding>) {
    let mut check = Check { kind, catalogue, notes: Notes { file, findings } };
    check.fields();
    check.register();
    for action in kind.actions.values() {
        check.action(action);
        check.verbs(action);
        check.reach(action);
        check.ending(action);
    }
    check.states();
    for clock in kind.clocks.values() {
        check.clock(clock);
    }
    check.covered();
    check.documents();
    check.unused();
}

struct Check<'a> {
    kind: &'a Kind,
    catalogue: &'a Catalogue,
    notes: Notes<'a>,
}

impl<'a> Check<'a> {
    fn note(&mut self, line: u32, rule: &'static str, name: &str) {
        self.notes.note(line, rule, vec![("name", name.to_owned())]);
    }

    fn fields(&mut self) {
        let lists = self.catalogue.lists.keys().map(String::as_str);
        self.notes.all_known("list", &self.kind.sources, lists.clone());
        let choices = self.kind.fields.values().filter(|f| f.field == FieldType::Choice);
        let choices = choices.map(|f| f.id.as_str());
        self.notes.all_known("choice field", &self.kind.category, choices.clone());
        self.notes.all_known("choice field", &self.kind.counts, choices);
        let sums = self.kind.fields.values().filter(|f| f.field == FieldType::Money);
        self.notes.all_known("money field", &self.kind.sum, sums.map(|f| f.id.as_str()));
        let fields = self.kind.fields.values().chain(self.kind.steps.values());
        let taken: HashSet<&str> =
            Verb::ALL.iter().flat_map(|v| v.inputs()).map(|i| i.name).collect();
        for field in fields {
            self.notes.all_known("list", &field.list, lists.clone());
            let choice = matches!(field.field, FieldType::Choice | FieldType::Choices);
            if choice != field.list.is_some() {
                self.note(field.id.line, "choice-list", &field.id.text);
            }
            let plain = matches!(
                field.field,
                FieldType::Text | FieldType::LongText | FieldType::Phone | FieldType::IdNumber
            );
            if field.personal && !plain {
                self.note(field.id.line, "personal-type", &field.id.text);
            }
            let own = self.kind.fields.contains_key(&field.id.text);
            if field.barred && !(own && field.field == FieldType::Unit) {
                self.note(field.id.line, "barred-type", &field.id.text);
            }
            let twice = self.kind.fields.contains_key(&field.id.text)
                && self.kind.steps.contains_key(&field.id.text);
            if twice || taken.contains(field.id.as_str()) || field.id.text == INSTALMENT {
                self.note(field.id.line, "name-taken", &field.id.text);
            }
        }
        let kind = self.kind;
        for flag in kind.flags.values() {
            self.notes.all_known("flag", &flag.sets, kind.flags.keys().map(String::as_str));
            self.notes.all_known("item", &flag.of, self.categories());
        }
        for party in self.kind.parties.values() {
            self.notes.all_known("party detail", &party.required, DETAILS.iter().copied());
            if party.count.0 > party.count.1 {
                self.note(party.id.line, "min-over-max", &party.id.text);
            }
        }
    }

    /// The items of the list that the kind is counted by.
    fn categories(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let (kind, catalogue) = (self.kind, self.catalogue);
        let field = kind.category.as_ref().and_then(|c| kind.fields.get(c.as_str()));
        let list = field.and_then(|f| f.list.as_ref());
        let list = list.and_then(|l| catalogue.lists.get(l.as_str()));
        list.into_iter().flat_map(|l| l.items.keys()).map(String::as_str)
    }

    fn register(&mut self) {
        let all: Vec<&Action> =
            self.kind.actions.values().filter(|a| a.does(Verb::Register)).collect();
        if all.len() != 1 {
            let line = all.get(1).map_or(1, |a| a.id.line);
            self.note(line, "one-register", &all.len().to_string());
        }
        for action in all {
            let opens =
                action.to.as_ref().is_some_and(|to| self.kind.phase(to.as_str()) == Phase::Open);
            let plain = action.verbs.iter().all(|v| v.goes_with_register());
            if !action.from.is_empty()
                || !opens
                || !plain
                || !action.by.contains_key(&Relation::Door)
            {
                self.note(action.id.line, "register-shape", &action.id.text);
            }
        }
    }

    fn action(&mut self, action: &Action) {
        let kind = self.kind;
        let states = kind.states.keys().map(String::as_str);
        self.notes.all_known("state", &action.from, states.clone());
        self.notes.all_known("state", action.to.iter().filter(|t| t.text != PREVIOUS), states);
        let fields = kind.fields.keys().chain(kind.steps.keys()).map(String::as_str);
        self.notes.all_known("field", action.asks.iter().map(|a| &a.field), fields);
        self.notes.all_known(
            "flag",
            action.set.iter().chain(&action.clear),
            kind.flags.keys().map(String::as_str),
        );
        self.notes.all_known("document", &action.issue, kind.documents.keys().map(String::as_str));
        self.notes.all_known("outcome", &action.outcome, kind.outcomes.keys().map(String::as_str));
        let days = kind.fields.values().filter(|f| f.field == FieldType::Date);
        self.notes.all_known("date field", &action.due, days.map(|f| f.id.as_str()));
        self.notes.all_known("clock", &action.extends, kind.clocks.keys().map(String::as_str));
        let routes = self
            .catalogue
            .lists
            .get(ROUTES)
            .into_iter()
            .flat_map(|l| l.items.keys())
            .map(String::as_str);
        self.notes.all_known("route", &action.routes, routes);
        for (guard, line) in &action.when {
            self.guard(guard, *line);
        }
        if action.verbs.is_empty() {
            self.note(action.id.line, "no-verb", &action.id.text);
        }
        if action.from.is_empty() && !action.does(Verb::Register) {
            self.note(action.id.line, "no-from", &action.id.text);
        }
        if action.numbers && kind.number.is_none() {
            self.note(action.id.line, "no-number", &action.id.text);
        }
        self.actors(action);
    }

    fn guard(&mut self, guard: &Guard, line: u32) {
        let kind = self.kind;
        let term = |text: &str| Term { text: text.to_owned(), line };
        match guard {
            Guard::Done(a, _) | Guard::NotDone(a, _) => {
                self.notes.all_known("action", [&term(a)], kind.actions.keys().map(String::as_str));
            }
            Guard::Is(field, item) => {
                let choices = kind.fields.values().filter(|f| f.field == FieldType::Choice);
                self.notes.all_known(
                    "choice field",
                    [&term(field)],
                    choices.map(|f| f.id.as_str()),
                );
                let list = kind.fields.get(field).and_then(|f| f.list.as_ref());
                let list = list.and_then(|l| self.catalogue.lists.get(l.as_str()));
                let items = list.into_iter().flat_map(|l| l.items.keys()).map(String::as_str);
                self.notes.all_known("item", [&term(item)], items);
            }
            Guard::Share(share) => {
                let numbers = kind.fields.values().filter(|f| f.field == FieldType::Number);
                let named = [term(&share.part), term(&share.whole)];
                self.notes.all_known("number field", &named, numbers.map(|f| f.id.as_str()));
            }
            Guard::Flag(f) | Guard::NoFlag(f) => {
                self.notes.all_known("flag", [&term(f)], kind.flags.keys().map(String::as_str));
            }
            Guard::InTime(c) | Guard::RunOut(c) => {
                self.notes.all_known("clock", [&term(c)], kind.clocks.keys().map(String::as_str));
            }
            _ => {}
        }
    }

    /// Somebody must be able to take it: every role exists, and some post gives it.
    fn actors(&mut self, action: &Action) {
        let catalogue = self.catalogue;
        let given: HashSet<&str> = catalogue
            .levels
            .values()
            .flat_map(|l| &l.posts)
            .chain(catalogue.offices.values().flat_map(|o| &o.posts))
            .map(Term::as_str)
            .collect();
        let mut anybody = action.by.contains_key(&Relation::Clock);
        for (_, roles) in action.by.iter().filter(|(r, _)| **r != Relation::Clock) {
            self.notes.all_known("role", roles, catalogue.roles.keys().map(String::as_str));
            anybody |= roles.iter().any(|r| given.contains(r.as_str()));
        }
        if !anybody {
            self.note(action.id.line, "nobody-may", &action.id.text);
        }
    }

    /// What each verb needs beside it.
    fn verbs(&mut self, action: &Action) {
        let (line, name) = (action.id.line, action.id.text.clone());
        let to = action.to.as_ref().and_then(|to| self.kind.states.get(to.as_str()));
        let leads = |to_phase: fn(Phase) -> bool| to.is_some_and(|s| to_phase(s.phase));
        let from_open = action.from.iter().all(|f| self.kind.phase(f.as_str()) == Phase::Open);
        let stays_open = to.map_or(from_open, |s| s.phase == Phase::Open);
        let lacking = |verb: Verb| match verb {
            Verb::CallOut | Verb::ReportIn | Verb::Contribute => {
                (!stays_open).then_some("from = open states")
            }
            Verb::Decline => action.routes.is_empty().then_some("routes"),
            Verb::Agree => {
                (!action.form.as_ref().is_some_and(|f| matches!(f.as_str(), "written" | "oral")))
                    .then_some("form = \"written\" or \"oral\"")
            }
            // What is performed was promised: an agreement says by when.
            Verb::Perform => {
                let promises = |a: &Action| a.does(Verb::Agree) && a.due.is_some();
                (!self.kind.actions.values().any(promises)).then_some("due where the parties agree")
            }
            Verb::Extend => action.extends.is_none().then_some("extends"),
            Verb::Suspend if !from_open => Some("from = open states"),
            Verb::Suspend | Verb::Reopen => {
                (!leads(|p| p == Phase::Open)).then_some("to = an open state")
            }
            Verb::Close | Verb::Merge => {
                (!leads(|p| p != Phase::Open)).then_some("to = a closed state")
            }
            Verb::Archive => (!leads(|p| p == Phase::Archived)).then_some("to = an archived state"),
            Verb::Resume => action.to.is_none().then_some("to"),
            _ => None,
        };
        for verb in &action.verbs {
            if let Some(key) = lacking(*verb) {
                let args = vec![
                    ("name", name.clone()),
                    ("verb", verb.name().to_owned()),
                    ("key", key.to_owned()),
                ];
                self.notes.note(line, "verb-needs", args);
            }
        }
        for (one, other) in
            Verb::CLASHES.iter().filter(|(one, other)| action.does(*one) && action.does(*other))
        {
            let args = vec![
                ("name", name.clone()),
                ("verb", one.name().to_owned()),
                ("other", other.name().to_owned()),
            ];
            self.notes.note(line, "verbs-clash", args);
        }
        if action.verbs.iter().filter(|v| v.moves_holder()).count() > 1 {
            self.note(line, "two-moves", &name);
        }
        let previous = action.to.as_ref().is_some_and(|t| t.text == PREVIOUS);
        if previous && !action.does(Verb::Resume) {
            self.note(line, "previous-without-resume", &name);
        }
        if let (true, Some(clock)) = (action.does(Verb::Extend), &action.extends) {
            let rule = self
                .kind
                .clocks
                .get(clock.as_str())
                .and_then(|c| self.catalogue.rules.get(c.rule.as_str()));
            if rule.is_some_and(|r| r.extend.is_none()) {
                self.note(clock.line, "may-not-extend", &clock.text);
            }
        }
    }

    /// Where it goes and how long before it a meeting is called are said of actions that move or call.
    fn reach(&mut self, action: &Action) {
        let offices = self.catalogue.offices.keys().map(String::as_str);
        self.notes.all_known("office", &action.offices, offices);
        let goes = action.does(Verb::Refer) || action.does(Verb::Assign);
        if let Some(office) = action.offices.first().filter(|_| !goes) {
            self.note(office.line, "offices-without-move", &action.id.text);
        }
        if let Some((_, at)) = action.notice.filter(|_| !action.does(Verb::Convene)) {
            self.note(at, "notice-without-meeting", &action.id.text);
        }
    }

    /// Whoever closes a matter says how it ended, and it ends answered.
    fn ending(&mut self, action: &Action) {
        let kind = self.kind;
        let closed = |s: &Term| kind.phase(s.as_str()) != Phase::Open;
        let closes = action.to.as_ref().is_some_and(|t| t.text != PREVIOUS && closed(t));
        let from_open = action.from.iter().any(|f| !closed(f));
        if closes && from_open && action.outcome.is_none() {
            self.note(action.id.line, "no-outcome", &action.id.text);
        }
        let refuses = action
            .outcome
            .as_ref()
            .and_then(|o| kind.outcomes.get(o.as_str()))
            .is_some_and(|o| o.refuses);
        if refuses && action.routes.is_empty() {
            self.note(action.id.line, "no-route", &action.id.text);
        }
        if !closes && let Some(outcome) = &action.outcome {
            self.note(outcome.line, "outcome-without-end", &action.id.text);
        }
        let answered = action.verbs.iter().any(|v| v.answers())
            || action
                .when
                .iter()
                .any(|(g, _)| matches!(g, Guard::Answered | Guard::Agreed | Guard::Written));
        if closes && from_open && !answered {
            self.note(action.id.line, "ends-unanswered", &action.id.text);
        }
    }

    fn states(&mut self) {
        let kind = self.kind;
        let Some(opens) = kind.register().and_then(|r| r.to.as_ref()) else { return };
        let graph = Graph::of(kind);
        let reached = graph.reach(opens.as_str());
        for state in kind.states.values() {
            if !reached.contains(state.id.as_str()) {
                self.note(state.id.line, "unreachable", &state.id.text);
            } else if state.phase != Phase::Archived
                && !graph.reach(state.id.as_str()).iter().any(|s| kind.phase(s) == Phase::Archived)
            {
                self.note(state.id.line, "dead-end", &state.id.text);
            }
        }
    }

    fn clock(&mut self, clock: &Clock) {
        let kind = self.kind;
        let (line, name) = (clock.id.line, clock.id.text.clone());
        self.notes.all_known(
            "rule",
            [&clock.rule],
            self.catalogue.rules.keys().map(String::as_str),
        );
        let states = kind.states.keys().map(String::as_str);
        self.notes.all_known("state", clock.during.iter().chain(&clock.pause), states);
        let actions = kind.actions.keys().map(String::as_str);
        self.notes.all_known(
            "action",
            clock.start.iter().chain(&clock.stop).chain(&clock.lapse),
            actions,
        );
        for (guard, at) in &clock.when {
            self.guard(guard, *at);
        }
        let dates =
            kind.fields.values().filter(|f| matches!(f.field, FieldType::Date | FieldType::Time));
        let dates = dates.map(|f| f.id.as_str()).chain([INSTALMENT]);
        self.notes.all_known("date field", &clock.from, dates);
        let numbers = kind.fields.values().filter(|f| f.field == FieldType::Number);
        self.notes.all_known("number field", &clock.count, numbers.map(|f| f.id.as_str()));
        self.own_length(clock);
        match clock.scope {
            Scope::Callout => self.callout_clock(clock),
            _ if clock.during.is_empty() && clock.start.is_empty() => {
                self.note(line, "clock-start", &name)
            }
            _ if !self.can_stop(clock) => self.note(line, "never-stops", &name),
            _ => {}
        }
        if let Some(lapse) = &clock.lapse {
            self.lapse(clock, lapse);
        }
    }

    /// A kind's own length is no longer than a locked one, and can be extended as the rule's can.
    fn own_length(&mut self, clock: &Clock) {
        let (Some((own, at)), Some(rule)) =
            (clock.within, self.catalogue.rules.get(clock.rule.as_str()))
        else {
            return;
        };
        if rule.locked && !own.within(rule.within) {
            let args = vec![
                ("name", clock.id.text.clone()),
                ("law", rule.law.clone()),
                ("within", rule.within.to_string()),
            ];
            self.notes.note(at, "longer-than-law", args);
        }
        let extends = self
            .kind
            .actions
            .values()
            .any(|a| a.extends.as_ref().is_some_and(|e| e.text == clock.id.text));
        if extends && rule.extend.is_some_and(|e| own.and(e).is_none()) {
            self.note(at, "extension-unit", &clock.id.text);
        }
    }

    fn callout_clock(&mut self, clock: &Clock) {
        let calls = self.kind.actions.values().any(|a| a.does(Verb::CallOut));
        let until = clock.until.as_ref().map(Term::as_str);
        let (stop, line) = match until {
            Some("report-in") => (Verb::ReportIn, clock.id.line),
            Some("contribute") => (Verb::Contribute, clock.id.line),
            _ => return self.note(clock.id.line, "callout-until", &clock.id.text),
        };
        if !calls || !self.kind.actions.values().any(|a| a.does(stop)) {
            self.note(line, "never-stops", &clock.id.text);
        }
    }

    /// A clock bound to states stops if some state outside can be reached from each of them; one
    /// bound to actions stops if some action stops it.
    fn can_stop(&self, clock: &Clock) -> bool {
        if clock.during.is_empty() {
            return !clock.stop.is_empty();
        }
        let graph = Graph::of(self.kind);
        let inside = |s: &str| clock.during.iter().chain(&clock.pause).any(|d| d == s);
        clock.during.iter().all(|d| graph.reach(d.as_str()).iter().any(|s| !inside(s)))
    }

    /// What a clock does by itself must be possible from every state it runs in, and ask for
    /// nothing that only a person could know.
    fn lapse(&mut self, clock: &Clock, lapse: &Term) {
        let Some(action) = self.kind.actions.get(lapse.as_str()) else { return };
        let from: HashSet<&str> = action.from.iter().map(Term::as_str).collect();
        let possible = clock.during.iter().all(|d| from.contains(d.as_str()));
        let texts = |f: FieldType| matches!(f, FieldType::LongText | FieldType::Text);
        let inputs =
            action.verbs.iter().flat_map(|v| v.inputs()).all(|i| !i.required || texts(i.field));
        let asks = action.asks.iter().filter(|a| a.required);
        let asks = asks.filter_map(|a| self.kind.field(a.field.as_str())).all(|f| texts(f.field));
        if !possible || !inputs || !asks || !action.by.contains_key(&Relation::Clock) {
            self.note(lapse.line, "lapse-shape", &clock.id.text);
        }
    }

    /// An open matter always has a running clock.
    fn covered(&mut self) {
        let kind = self.kind;
        let hard = kind
            .clocks
            .values()
            .filter(|c| !c.soft && c.scope != Scope::Callout && c.when.is_empty())
            .filter(|c| c.from.as_ref().is_none_or(|f| f.text != INSTALMENT));
        let covered: HashSet<&str> = hard.flat_map(|c| c.during.iter().map(Term::as_str)).collect();
        for state in kind.states.values().filter(|s| s.phase == Phase::Open) {
            if !covered.contains(state.id.as_str()) {
                self.note(state.id.line, "state-without-clock", &state.id.text);
            }
        }
    }

    /// Every paper has its sheet, who may make it out is declared, and what must be signed in ink is
    /// among the categories.
    fn documents(&mut self) {
        let (kind, catalogue) = (self.kind, self.catalogue);
        let sheets = catalogue.papers.keys().map(String::as_str);
        self.notes.all_known("sheet", kind.documents.values().map(|d| &d.id), sheets);
        let roles = catalogue.roles.keys().map(String::as_str);
        let list = kind.category.as_ref().and_then(|c| kind.fields.get(c.as_str())?.list.as_ref());
        let list = list.and_then(|l| catalogue.lists.get(l.as_str()));
        for document in kind.documents.values() {
            self.notes.all_known("role", document.by.values().flatten(), roles.clone());
            let items = list.into_iter().flat_map(|l| l.items.keys()).map(String::as_str);
            self.notes.all_known("item", &document.ink_only, items);
        }
    }

    fn unused(&mut self) {
        let kind = self.kind;
        let actions = || kind.actions.values();
        let outcomes: HashSet<&str> =
            actions().filter_map(|a| a.outcome.as_ref()).map(Term::as_str).collect();
        let asked: HashSet<&str> =
            actions().flat_map(|a| a.asks.iter().map(|k| k.field.as_str())).collect();
        let issued: HashSet<&str> =
            actions().flat_map(|a| a.issue.iter().map(Term::as_str)).collect();
        let with = kind.flags.values().flat_map(|f| &f.sets);
        let set: HashSet<&str> =
            actions().flat_map(|a| &a.set).chain(with).map(Term::as_str).collect();
        let unused = |used: &HashSet<&str>, id: &Term| !used.contains(id.as_str());
        let mut notes: Vec<&Term> =
            kind.outcomes.values().map(|o| &o.id).filter(|i| unused(&outcomes, i)).collect();
        notes.extend(
            kind.fields
                .values()
                .chain(kind.steps.values())
                .map(|f| &f.id)
                .filter(|i| unused(&asked, i)),
        );
        let due = kind.documents.values().filter(|d| d.by.is_empty());
        notes.extend(due.map(|d| &d.id).filter(|i| unused(&issued, i)));
        notes.extend(
            kind.flags
                .values()
                .filter(|f| !f.at_intake && f.of.is_empty() && f.rated.is_none())
                .map(|f| &f.id)
                .filter(|i| unused(&set, i)),
        );
        for id in notes {
            self.note(id.line, "unused", &id.text);
        }
        let outcome_names = kind.outcomes.keys().map(String::as_str);
        self.notes.all_known(
            "outcome",
            kind.documents.values().flat_map(|d| &d.required_for),
            outcome_names,
        );
        let by_clock = actions().filter(|a| a.by.contains_key(&Relation::Clock));
        for action in by_clock {
            if !kind
                .clocks
                .values()
                .any(|c| c.lapse.as_ref().is_some_and(|l| l.text == action.id.text))
            {
                self.note(action.id.line, "clock-never-takes", &action.id.text);
            }
        }
    }
}
