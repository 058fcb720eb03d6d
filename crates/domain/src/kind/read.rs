//! Reading one `kinds/*.toml` into a [`Kind`].

use indexmap::IndexMap;

use super::definition::{
    Action, Clock, Document, Flag, Kind, Outcome, PartyRole, Phase, Relation, Secrecy, State,
};
use super::field::{Ask, Field, FieldType};
use super::guard::Guard;
use super::verb::Verb;
use crate::catalogue::{Table, Term, nearest};
use crate::clock::Scope;

/// Where a kind stands that does not say.
const ORDER: i64 = 100;
/// The most characters a text may have where a definition does not say.
const LINE_CHARS: i64 = 200;
const TEXT_CHARS: i64 = 5_000;

/// Reads a kind from its file.
#[must_use]
pub fn read(t: &Table<'_>) -> Kind {
    let keyed = |terms: Vec<Field>| terms.into_iter().map(|f| (f.id.text.clone(), f)).collect();
    Kind {
        id: t.text("kind"),
        version: t.int("version", 1..1_000_000) as u32,
        label: t.label("label"),
        order: t.opt_int("order", 1..1_000).unwrap_or(ORDER) as u32,
        basis: t.texts("basis").into_iter().map(|b| b.text).collect(),
        secrecy: word(
            t,
            "secrecy",
            &[("ordinary", Secrecy::Ordinary), ("sealed", Secrecy::Sealed)],
        )
        .unwrap_or(Secrecy::Ordinary),
        number: t.opt_text("number").map(|n| n.text),
        category: t.opt_text("category"),
        counts: t.texts("counts"),
        sum: t.opt_text("sum"),
        sources: t.opt_text("sources"),
        parties: map(t.named("party", party), |p| &p.id),
        fields: keyed(t.named("field", field)),
        steps: keyed(t.named("step", field)),
        flags: map(t.named("flag", flag), |f| &f.id),
        states: map(t.named("state", state), |s| &s.id),
        outcomes: map(t.named("outcome", outcome), |o| &o.id),
        actions: map(t.named("action", action), |a| &a.id),
        clocks: map(t.named("clock", clock), |c| &c.id),
        documents: map(t.named("document", document), |d| &d.id),
        dossier: t.flag("dossier"),
    }
}

fn map<T>(all: Vec<T>, id: impl Fn(&T) -> &Term) -> IndexMap<String, T> {
    all.into_iter().map(|one| (id(&one).text.clone(), one)).collect()
}

/// One word of a closed list, if the key is there.
fn word<T: Copy>(t: &Table<'_>, key: &'static str, words: &[(&str, T)]) -> Option<T> {
    let term = t.opt_text(key)?;
    let found = words.iter().find(|(w, _)| *w == term.text).map(|(_, v)| *v);
    if found.is_none() {
        unknown_word(t, &term, words.iter().map(|(w, _)| *w));
    }
    found
}

/// Notes a word that is not of a closed list, with the one that was probably meant.
pub fn unknown_word<'w>(t: &Table<'_>, term: &Term, known: impl Iterator<Item = &'w str> + Clone) {
    let all = known.clone().collect::<Vec<_>>().join(", ");
    let known = nearest(&term.text, known).map_or(all, str::to_owned);
    t.note(term.line, "unknown-word", vec![("word", term.text.clone()), ("known", known)]);
}

fn party(id: Term, t: &Table<'_>) -> PartyRole {
    let min = t.opt_int("min", 0..1000).unwrap_or(0) as usize;
    let max = t.opt_int("max", 1..1001).unwrap_or(1000) as usize;
    PartyRole { id, label: t.label("label"), count: (min, max), required: t.texts("required") }
}

fn field(id: Term, t: &Table<'_>) -> Field {
    read_field(id, t, |of| of != FieldType::Record)
}

/// Reads a field, where it is of one of the types that are taken here.
pub fn read_field(id: Term, t: &Table<'_>, takes: fn(FieldType) -> bool) -> Field {
    let label = t.label("label");
    let of = t.text("type");
    let field = of.text.parse().ok().filter(|of| takes(*of)).unwrap_or_else(|| {
        if !of.text.is_empty() {
            let taken = FieldType::NAMES.iter().filter(|(_, of)| takes(*of));
            unknown_word(t, &of, taken.map(|(n, _)| *n));
        }
        FieldType::Text
    });
    let usual = if field == FieldType::LongText { TEXT_CHARS } else { LINE_CHARS };
    Field {
        id,
        label,
        field,
        list: t.opt_text("list"),
        max_chars: t.opt_int("max-chars", 1..20_001).unwrap_or(usual) as usize,
        range: (
            t.opt_int("min", -1_000_000_000_000..1_000_000_000_000).unwrap_or(0),
            t.opt_int("max", -1_000_000_000_000..1_000_000_000_001).unwrap_or(1_000_000_000_000),
        ),
        bound: t.opt_parsed("when", "\"past\" or \"future\""),
        personal: t.flag("personal"),
        barred: t.flag("barred"),
    }
}

fn flag(id: Term, t: &Table<'_>) -> Flag {
    Flag {
        id,
        label: t.label("label"),
        at_intake: t.flag("at-intake"),
        seals: t.flag("seals"),
        sets: t.texts("sets"),
        of: t.texts("of"),
        rated: t.opt_int("rated", 1..6).map(|level| level as u8),
        advice: t.opt_label("advice"),
        law: t.opt_text("law").map(|law| law.text),
    }
}

fn state(id: Term, t: &Table<'_>) -> State {
    let phases = [("open", Phase::Open), ("closed", Phase::Closed), ("archived", Phase::Archived)];
    State { id, label: t.label("label"), phase: word(t, "phase", &phases).unwrap_or(Phase::Open) }
}

fn outcome(id: Term, t: &Table<'_>) -> Outcome {
    let retain = t.opt_text("retain").filter(|r| r.text != "permanent");
    let length = retain.as_ref().and_then(|r| years(&r.text));
    if let (Some(retain), None) = (&retain, length) {
        let args = vec![
            ("key", "retain".to_owned()),
            ("expected", "\"permanent\" or \"30 years\"".to_owned()),
        ];
        t.note(retain.line, "wrong-type", args);
    }
    Outcome {
        id,
        label: t.label("label"),
        retain: length,
        settled: t.flag("settled"),
        refuses: t.flag("refuses"),
    }
}

/// Retention may be longer than any limit: up to a hundred years.
fn years(text: &str) -> Option<crate::clock::Length> {
    let count: u32 =
        text.strip_suffix(" years").or_else(|| text.strip_suffix(" year"))?.parse().ok()?;
    (1..=100)
        .contains(&count)
        .then_some(crate::clock::Length { count: count * 12, unit: crate::clock::Unit::Month })
}

fn action(id: Term, t: &Table<'_>) -> Action {
    Action {
        id,
        label: t.label("label"),
        verbs: verbs(t),
        from: t.texts("from"),
        to: t.opt_text("to"),
        by: t.table("by", relations).unwrap_or_default(),
        asks: t.texts("asks").into_iter().map(ask).collect(),
        when: guards(t),
        set: t.texts("set"),
        clear: t.texts("clear"),
        issue: t.texts("issue"),
        numbers: t.flag("numbers"),
        outcome: t.opt_text("outcome"),
        routes: t.texts("routes"),
        extends: t.opt_text("extends"),
        form: t.opt_text("form"),
        due: t.opt_text("due"),
        offices: t.texts("offices"),
        notice: t
            .opt_parsed("notice", "a length such as \"3 days\"")
            .map(|l| (l, t.line_of("notice"))),
        law: t.opt_text("law").map(|l| l.text),
    }
}

/// The verbs in the order of the vocabulary, whatever the file's, so that coming goes before giving
/// one's part; what opens a matter again goes before everything that it would undo.
fn verbs(t: &Table<'_>) -> Vec<Verb> {
    let mut verbs = Vec::new();
    for term in t.texts("verbs") {
        match Verb::named(&term.text) {
            Some(verb) => verbs.push(verb),
            None => unknown_word(t, &term, Verb::ALL.iter().map(|v| v.name())),
        }
    }
    verbs.sort_by_key(|verb| (*verb != Verb::Reopen, *verb));
    verbs
}

fn relations(t: &Table<'_>) -> IndexMap<Relation, Vec<Term>> {
    let mut by = IndexMap::new();
    for (key, roles) in t.lists() {
        match Relation::NAMES.iter().find(|(name, _)| *name == key.text) {
            Some((_, relation)) => {
                by.insert(*relation, roles);
            }
            None => unknown_word(t, &key, Relation::NAMES.iter().map(|(n, _)| *n)),
        }
    }
    by
}

fn ask(term: Term) -> Ask {
    match term.text.strip_suffix('?') {
        Some(name) => {
            Ask { field: Term { text: name.to_owned(), line: term.line }, required: false }
        }
        None => Ask { field: term, required: true },
    }
}

fn guards(t: &Table<'_>) -> Vec<(Guard, u32)> {
    let mut guards = Vec::new();
    for term in t.texts("when") {
        match term.text.parse() {
            Ok(guard) => guards.push((guard, term.line)),
            Err(()) => {
                let args = vec![("word", term.text), ("known", Guard::FORMS.to_owned())];
                t.note(term.line, "unknown-word", args);
            }
        }
    }
    guards
}

fn clock(id: Term, t: &Table<'_>) -> Clock {
    let scopes =
        [("matter", Scope::Matter), ("holder", Scope::Holder), ("callout", Scope::Callout)];
    let line = t.line_of("within");
    Clock {
        id,
        label: t.label("label"),
        rule: t.text("rule"),
        within: t.opt_parsed("within", "a length such as \"5 workdays\"").map(|l| (l, line)),
        count: t.opt_text("count"),
        scope: word(t, "scope", &scopes).unwrap_or(Scope::Matter),
        during: t.texts("during"),
        pause: t.texts("pause"),
        start: t.texts("start"),
        stop: t.texts("stop"),
        when: guards(t),
        from: t.opt_text("from"),
        until: t.opt_text("until"),
        soft: t.flag("soft"),
        lapse: t.opt_text("lapse"),
    }
}

fn document(id: Term, t: &Table<'_>) -> Document {
    Document {
        id,
        label: t.label("label"),
        required: t.flag("required"),
        required_for: t.texts("required-for"),
        by: t.table("by", relations).unwrap_or_default(),
        ink_only: t.texts("ink-only"),
    }
}
