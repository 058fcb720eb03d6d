//! A register fits its own fields, the county's lists, levels and roles, and the other registers.

use super::definition::{Condition, Demand, Duty, Grantee, Register, RegisterField};
use crate::catalogue::{Catalogue, Notes, Term};
use crate::clock::{Length, Unit};
use crate::kind::FieldType::{
    Choice, Choices, Date, IdNumber, LongText, Money, Number, Phone, Record, Text, YesNo,
};

/// What stands for the owner in a set of unique fields.
pub const UNIT: &str = "unit";

impl Register {
    /// Puts roles in the place of groups.
    pub fn expand(&mut self, groups: &indexmap::IndexMap<String, Vec<Term>>) {
        for grantees in self.reads.values_mut().chain(self.writes.values_mut()) {
            let mut all: Vec<Grantee> = Vec::new();
            for Grantee { role, at } in grantees.drain(..) {
                let alone = [role.clone()];
                for named in groups.get(&role.text).map_or(&alone[..], Vec::as_slice) {
                    let named = Term { text: named.text.clone(), line: role.line };
                    let one = Grantee { role: named, at: at.clone() };
                    if !all.iter().any(|g| g.role.text == one.role.text && g.at == one.at) {
                        all.push(one);
                    }
                }
            }
            *grantees = all;
        }
    }
}

/// Notes every mistake of a register; the others must be in the catalogue already.
pub fn check(register: &Register, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let mut check = Check { register, catalogue, notes };
    check.fields();
    check.shape();
    check.rights();
    for duty in register.duties.values() {
        check.duty(duty);
    }
    for cover in register.covers.values() {
        let levels = catalogue.levels.keys().map(String::as_str);
        check.notes.all_known("level", [&cover.level], levels);
        let facets = register.facets.iter().map(Term::as_str);
        check.notes.all_known("facet", cover.only.as_ref().map(|c| &c.field), facets);
        check.conditions(register, cover.only.iter());
    }
}

struct Check<'a, 'n> {
    register: &'a Register,
    catalogue: &'a Catalogue,
    notes: &'a mut Notes<'n>,
}

/// The names of the fields that pass.
fn those(
    register: &Register,
    pass: impl Fn(&RegisterField) -> bool + Clone,
) -> impl Iterator<Item = &str> + Clone {
    register.fields.values().filter(move |f| pass(f)).map(|f| f.field.id.as_str())
}

impl<'a> Check<'a, '_> {
    fn fields(&mut self) {
        let lists = self.catalogue.lists.keys().map(String::as_str);
        let registers = self.catalogue.registers.keys().map(String::as_str);
        for RegisterField { field, of, .. } in self.register.fields.values() {
            let name = || vec![("name", field.id.text.clone())];
            self.notes.all_known("list", &field.list, lists.clone());
            if matches!(field.field, Choice | Choices) != field.list.is_some() {
                self.notes.note(field.id.line, "choice-list", name());
            }
            let plain = matches!(field.field, Text | LongText | Phone | IdNumber);
            if field.personal && !plain {
                self.notes.note(field.id.line, "personal-type", name());
            }
            self.notes.all_known("register", of, registers.clone());
            if (field.field == Record) != of.is_some() {
                let args = vec![("key", format!("field.{}.of", field.id.text))];
                self.notes.note(field.id.line, "missing-key", args);
            }
            if field.range.0 > field.range.1 {
                self.notes.note(field.id.line, "min-over-max", name());
            }
            if field.id.text == UNIT {
                self.notes.note(field.id.line, "name-taken", name());
            }
        }
    }

    /// What lists, searches and counts read is open.
    fn shape(&mut self) {
        let r = self.register;
        let open = |f: &RegisterField| !f.field.personal;
        let title = |f: &RegisterField| f.required && open(f) && f.field.field == Text;
        self.notes.all_known("required open text field", [&r.title], those(r, title));
        self.notes.all_known("open field", &r.columns, those(r, open));
        self.notes.all_known("open field", &r.search, those(r, open));
        let choice = |f: &RegisterField| f.field.field == Choice;
        self.notes.all_known("choice field", &r.facets, those(r, choice));
        let any = those(r, |_| true).chain([UNIT]);
        self.notes.all_known("field", r.unique.iter().flatten(), any);
        if let Some(valid) = &r.valid {
            let dates = those(r, |f| f.field.field == Date);
            self.notes.all_known("date field", [&valid.from, &valid.until], dates);
            self.length(&valid.from, valid.term);
        }
        let catalogue = self.catalogue;
        let at = catalogue.levels.keys().chain(catalogue.offices.keys()).map(String::as_str);
        self.notes.all_known("level or office", &r.owner.at, at);
        if r.owner.at.is_empty() {
            self.notes.note(r.id.line, "missing-key", vec![("key", "owner.at".to_owned())]);
        }
    }

    /// Somebody reads and somebody keeps it, and no administrator does.
    fn rights(&mut self) {
        let (r, catalogue) = (self.register, self.catalogue);
        for (key, rights) in [("read", &r.reads), ("write", &r.writes)] {
            if rights.values().all(Vec::is_empty) {
                self.notes.note(r.id.line, "missing-key", vec![("key", key.to_owned())]);
            }
            for Grantee { role, at } in rights.values().flatten() {
                self.notes.all_known("role", [role], catalogue.roles.keys().map(String::as_str));
                if catalogue.roles.get(&role.text).is_some_and(|role| role.exclusive) {
                    let args = vec![("name", role.text.clone())];
                    self.notes.note(role.line, "register-administrator", args);
                }
                let at = at.as_ref().map(|text| Term { text: text.clone(), line: role.line });
                let known = catalogue.levels.keys().chain(catalogue.offices.keys());
                self.notes.all_known("level or office", &at, known.map(String::as_str));
            }
        }
    }

    fn conditions<'c>(&mut self, of: &Register, all: impl Iterator<Item = &'c Condition>) {
        for Condition { field, item } in all {
            let known = those(of, |f| matches!(f.field.field, Choice | YesNo));
            self.notes.all_known("choice or yes-no field", [field], known);
            let Some(declared) = of.field(field.as_str()) else { continue };
            let item = Term { text: item.clone(), line: field.line };
            self.items(declared, [&item]);
        }
    }

    fn items<'t>(&mut self, field: &RegisterField, items: impl IntoIterator<Item = &'t Term>) {
        if field.field.field == YesNo {
            self.notes.all_known("item", items, ["yes", "no"].into_iter());
            return;
        }
        let list = field.field.list.as_ref().and_then(|l| self.catalogue.lists.get(l.as_str()));
        if let Some(list) = list {
            self.notes.all_known("item", items, list.items.keys().map(String::as_str));
        }
    }

    fn duty(&mut self, duty: &'a Duty) {
        let r = self.register;
        self.conditions(r, duty.when.iter());
        let typed =
            |of: &'static [crate::kind::FieldType]| those(r, move |f| of.contains(&f.field.field));
        match &duty.demand {
            Demand::Filled(field) => self.notes.all_known("field", [field], those(r, |_| true)),
            Demand::Among(field, items) | Demand::Never(field, items) => {
                self.notes.all_known("choice or yes-no field", [field], typed(&[Choice, YesNo]));
                if let Some(declared) = r.field(field.as_str()) {
                    self.items(declared, items);
                }
            }
            Demand::Order(a, b) => self.notes.all_known("date field", [a, b], typed(&[Date])),
            Demand::Span(a, b, within) | Demand::Within(a, b, within) => {
                self.notes.all_known("date field", [a, b], typed(&[Date]));
                self.length(a, Some(*within));
            }
            Demand::Every(field, within) => {
                self.notes.all_known("date field", [field], typed(&[Date]));
                self.length(field, Some(*within));
            }
            Demand::Age(field, years) => {
                let known = typed(&[Date, IdNumber]);
                self.notes.all_known("date or id-number field", [field], known);
                self.bounds(duty, *years);
            }
            Demand::AtMost(a, b) => {
                self.notes.all_known("number field", [a, b], typed(&[Number, Money]));
            }
            Demand::Members { of, by, count, only } => {
                self.bounds(duty, *count);
                let registers = self.catalogue.registers.keys().map(String::as_str);
                self.notes.all_known("register", [of], registers);
                let Some(other) = self.catalogue.registers.get(&of.text).cloned() else { return };
                let own = self.register.id.text.clone();
                let here = those(&other, move |f| f.of.as_ref().is_some_and(|of| of.text == own));
                self.notes.all_known("field that refers to this register", [by], here);
                self.conditions(&other, only.iter());
            }
        }
    }

    fn bounds(&mut self, duty: &Duty, bounds: super::Bounds) {
        if bounds.min > bounds.max {
            self.notes.note(duty.id.line, "min-over-max", vec![("name", duty.id.text.clone())]);
        }
    }

    /// Days of a record are counted in days and months alone.
    fn length(&mut self, at: &Term, length: Option<Length>) {
        if length.is_some_and(|l| !matches!(l.unit, Unit::Day | Unit::Month)) {
            let expected = "days, months or years".to_owned();
            let args = vec![("key", at.text.clone()), ("expected", expected)];
            self.notes.note(at.line, "wrong-type", args);
        }
    }
}
