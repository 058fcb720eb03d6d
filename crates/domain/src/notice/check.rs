//! A notice names what exists, reaches somebody, and says nothing outside the house that it must not.

use std::collections::BTreeSet;

use super::definition::{Audience, Delivery, Notice, Trigger};
use super::text::{Blank, blanks};
use crate::catalogue::{Catalogue, Notes};
use crate::kind::Kind;
use crate::label::Label;
use crate::person::DETAILS;

/// The longest text message, in characters of its template: three parts of one on the network.
const SMS_CHARS: usize = 150;
/// The longest words of a page or an e-mail, in characters.
const TEXT_CHARS: usize = 2_000;
/// Words by which somebody may try to have told what a notice never tells.
const TELLING: &[&str] =
    &["title", "parties", "party", "applicant", "respondent", "petitioner", "content", "category"];

/// Checks one notice against the catalogue.
pub fn check(notice: &Notice, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let kinds = catalogue.kinds.keys().map(String::as_str);
    notes.all_known("trigger", &notice.on, Trigger::names());
    notes.all_known("kind", &notice.kinds, kinds);
    notes.all_known("audience", &notice.to, Audience::NAMES.iter().map(|(name, _)| *name));
    let meant: Vec<&Kind> = catalogue
        .kinds
        .values()
        .filter(|k| notice.kinds.is_empty() || notice.kinds.iter().any(|n| n.text == k.id.text))
        .map(|k| &**k)
        .collect();
    let names = |of: fn(&Kind) -> Vec<&str>| -> BTreeSet<String> {
        meant.iter().flat_map(|k| of(k)).map(str::to_owned).collect()
    };
    let actions = names(|k| k.actions.keys().map(String::as_str).collect());
    let clocks = names(|k| k.clocks.keys().map(String::as_str).collect());
    let parties = names(|k| k.parties.keys().map(String::as_str).collect());
    notes.all_known("action", &notice.actions, actions.iter().map(String::as_str));
    notes.all_known("clock", &notice.clocks, clocks.iter().map(String::as_str));
    notes.all_known("party role", &notice.parties, parties.iter().map(String::as_str));
    let roles = catalogue.roles.keys().chain(catalogue.groups.keys()).map(String::as_str);
    notes.all_known("role", &notice.roles, roles);
    reaches(notice, notes);
    says(notice, notes);
}

/// It is given for something, to somebody, by some way.
fn reaches(notice: &Notice, notes: &mut Notes<'_>) {
    let mut lacks = |what: &str| {
        let args = vec![("name", notice.id.text.clone()), ("what", what.to_owned())];
        notes.note(notice.id.line, "notice-lacks", args);
    };
    if notice.on.is_empty() {
        lacks("on");
    }
    if notice.to.is_empty() {
        lacks("to");
    }
    if notice.page.is_none() && notice.mail.is_none() && notice.sms.is_none() {
        lacks("page, mail, sms");
    }
    if notice.audiences().any(Audience::is_unit) && notice.roles.is_empty() {
        lacks("roles");
    }
    // A party has no page and gave no e-mail address; what the others are told is not for them.
    let parties = notice.audiences().any(|a| a == Audience::Parties);
    let others = notice.audiences().any(|a| a != Audience::Parties);
    if parties && (others || notice.page.is_some() || notice.mail.is_some() || notice.sms.is_none())
    {
        let args = vec![("name", notice.id.text.clone())];
        notes.note(notice.id.line, "notice-parties", args);
    }
}

/// Its places are of the closed list, and of the part of it that its way allows.
fn says(notice: &Notice, notes: &mut Notes<'_>) {
    type Way<'a> = (&'static str, &'a Option<(Label, u32)>, fn(Blank) -> bool, usize);
    let ways: [Way<'_>; 3] = [
        ("page", &notice.page, |_| true, TEXT_CHARS),
        ("mail", &notice.mail, Blank::is_for_mail, TEXT_CHARS),
        ("sms", &notice.sms, Blank::is_for_sms, SMS_CHARS),
    ];
    for (way, words, may, most) in ways {
        let Some((label, line)) = words else { continue };
        let allowed: Vec<&str> =
            Blank::NAMES.iter().filter(|(_, b)| may(*b)).map(|(name, _)| *name).collect();
        for text in label.0.values() {
            if text.chars().count() > most {
                let args = vec![("key", way.to_owned()), ("max", most.to_string())];
                notes.note(*line, "notice-long", args);
            }
            for word in blanks(text).into_iter().filter(|word| !allowed.contains(word)) {
                let personal = Blank::named(word).is_some()
                    || DETAILS.contains(&word)
                    || TELLING.contains(&word);
                let rule = if personal { "notice-personal" } else { "notice-blank" };
                let args = vec![
                    ("name", word.to_owned()),
                    ("key", way.to_owned()),
                    ("known", allowed.join(", ")),
                ];
                notes.note(*line, rule, args);
            }
        }
    }
}

/// Checks how notices leave the house.
pub fn check_delivery(delivery: &Delivery, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let flags: BTreeSet<&str> =
        catalogue.kinds.values().flat_map(|k| k.flags.keys().map(String::as_str)).collect();
    notes.all_known("flag", &delivery.urgent_flags, flags.iter().copied());
    if delivery.quiet.is_some_and(|q| q.from == q.until) {
        notes.note(1, "quiet-all-day", Vec::new());
    }
    if delivery.retry.first_ms > delivery.retry.longest_ms {
        notes.note(1, "retry-order", Vec::new());
    }
}
