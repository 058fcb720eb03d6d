//! From a deed to rows: seals what is personal, folds, and writes everything that is made from the record.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::RecordId;
use domain::matter::{Refusal, Rule, Value};
use domain::person::Personal;
use domain::register::{
    Author, Deed, Record, RecordEvent, Register, apply, counted, due_on, keys, search_tokens,
    searched,
};
use domain::search::ExactWord;
use domain::time::Instant;
use store::Conn;
use store::records::tallies::Sums;
use store::records::{self, Listed, Stored};

use super::place;
use crate::{CountyState, Error};

/// Writes events of one register.
pub(crate) struct RecordPen<'a> {
    /// The county.
    pub state: &'a CountyState,
    /// The register.
    pub register: &'a Register,
    /// Who writes.
    pub author: &'a Author,
    /// Now.
    pub now: Instant,
}

/// A record before a deed, sealed as it is stored and open as the law is checked against it.
pub(crate) struct Before {
    pub stored: Stored,
    pub open: Record,
}

type Links = BTreeSet<(RecordId, String)>;

impl RecordPen<'_> {
    /// Writes one deed; its values are open. What it adds to counts goes into `sums`, which whoever writes
    /// adds once. Answers with the record as it is stored.
    pub fn write(
        &self,
        conn: &mut Conn,
        id: RecordId,
        before: Option<&Before>,
        deed: Deed,
        sums: &mut Sums,
    ) -> Result<Stored, Error> {
        let seq = before.map_or(1, |b| b.stored.record.version + 1);
        let mut event = RecordEvent { seq, at: self.now, by: self.author.clone(), deed };
        let was = before.map(|b| &b.open);
        let open = apply(id, was.cloned(), &event).ok_or(Error::Missing)?;
        self.keys(conn, id, was, &open)?;
        self.links(conn, id, was, &open)?;
        self.seal(id, &mut event)?;
        let sealed = apply(id, before.map(|b| b.stored.record.clone()), &event);
        let sealed = sealed.ok_or(Error::Missing)?;
        let title = open.text(self.register.title.as_str());
        let listed = Listed { title, due_on: due_on(self.register, &open) };
        let stored = before.map(|b| &b.stored);
        let county = self.state.county;
        let head = records::append(conn, county, stored, &event, &sealed, listed)?;
        let tokens = entry(self.state, self.register, &open);
        records::search::put(conn, county, id, &tokens, before.is_none())?;
        self.count(was, -1, sums);
        self.count(Some(&open), 1, sums);
        Ok(Stored { record: sealed, head })
    }

    fn count(&self, record: Option<&Record>, n: i64, sums: &mut Sums) {
        let Some(record) = record else { return };
        for measure in counted(self.register, record) {
            let key = (self.register.id.text.clone(), measure, record.unit);
            *sums.entry(key).or_default() += n;
        }
    }

    fn seal(&self, id: RecordId, event: &mut RecordEvent) -> Result<(), Error> {
        let mut failed = None;
        event.deed.personal_mut(&mut |field, value| {
            let Some(text) = value.text() else { return };
            match self.state.vault.seal_at(&place(id, field), text) {
                Ok(token) => *value = Personal::sealed(&token),
                Err(error) => failed = Some(error),
            }
        });
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What no other record says; only a record that stands holds its keys.
    fn keys(
        &self,
        conn: &mut Conn,
        id: RecordId,
        before: Option<&Record>,
        after: &Record,
    ) -> Result<(), Error> {
        let county = self.state.county;
        let (old, new) = (self.hashes(before), self.hashes(Some(after)));
        for (hash, _) in old.iter().filter(|(hash, _)| !new.contains_key(*hash)) {
            records::drop_key(conn, county, hash, id)?;
        }
        for (hash, key) in new.iter().filter(|(hash, _)| !old.contains_key(*hash)) {
            if records::key_of(conn, county, hash)?.is_some() {
                return Err(self.there_already(key).into());
            }
            records::take_key(conn, county, hash, id)?;
        }
        Ok(())
    }

    /// The keys of a record by their hashes.
    fn hashes(&self, record: Option<&Record>) -> BTreeMap<[u8; 8], String> {
        let standing = record.filter(|r| r.ended.is_none());
        let all = standing.map(|r| keys(self.register, r.unit, &r.fields)).unwrap_or_default();
        all.into_iter().map(|key| (key_hash(self.state, &key), key)).collect()
    }

    /// Another record says the same; the last field of the set is where it is told.
    fn there_already(&self, key: &str) -> Refusal {
        let set = key.split('/').nth(1).and_then(|no| no.parse::<usize>().ok());
        let set = set.and_then(|no| self.register.unique.get(no));
        let own = set.and_then(|set| set.iter().rev().find(|t| t.text != "unit"));
        match own {
            Some(term) => Refusal::of(Rule::ThereAlready, &format!("fields.{}", term.text)),
            None => Refusal::new(Rule::ThereAlready),
        }
    }

    fn links(
        &self,
        conn: &mut Conn,
        id: RecordId,
        before: Option<&Record>,
        after: &Record,
    ) -> Result<(), Error> {
        let county = self.state.county;
        let register = self.register.id.as_str();
        let (old, new) = (links(before), links(Some(after)));
        for (target, field) in old.difference(&new) {
            records::drop_link(conn, county, *target, (register, field), id)?;
        }
        for (target, field) in new.difference(&old) {
            records::put_link(conn, county, *target, (register, field), id)?;
        }
        Ok(())
    }
}

/// What a record that stands points to.
pub(crate) fn links(record: Option<&Record>) -> Links {
    let fields = record.filter(|r| r.ended.is_none()).into_iter().flat_map(|r| &r.fields);
    let target = |(field, value): (&String, &Value)| match value {
        Value::Record(target) => Some((*target, field.clone())),
        _ => None,
    };
    fields.filter_map(target).collect()
}

/// The keyed hash that a key is kept under.
pub(crate) fn key_hash(state: &CountyState, key: &str) -> [u8; 8] {
    state.vault.index(&format!("record-key:{key}"))
}

/// The token of a personal word.
pub(super) fn sealed_word(state: &CountyState, word: &ExactWord) -> String {
    ExactWord::sealed_token(&state.vault.index(&word.key()))
}

/// The search entry of a record whose personal values are open.
pub(crate) fn entry(state: &CountyState, register: &Register, open: &Record) -> String {
    let label = |field: &str, item: &str| item_label(state, register, field, item);
    let text = |_: &str, p: &Personal| p.text().map(str::to_owned);
    let what = searched(register, open, &label, &text);
    search_tokens(register, open, &what, &|word| sealed_word(state, word))
}

/// What an item of a choice is called in the first language.
pub(super) fn item_label(
    state: &CountyState,
    register: &Register,
    field: &str,
    item: &str,
) -> String {
    let list = register.field(field).and_then(|f| f.field.list.as_ref());
    let item_of = list.and_then(|list| state.catalogue.item(list.as_str(), item));
    item_of.map_or(item, |i| i.label.get(domain::label::FIRST_LOCALE)).to_owned()
}
