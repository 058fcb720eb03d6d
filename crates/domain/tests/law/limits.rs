//! What no shipped kind may do to people, whatever a row of the product asks for.

use domain::kind::{FieldType, Kind, Secrecy, Verb};

use crate::support::{catalogue, shipped};

fn kind(name: &str) -> &'static Kind {
    &catalogue().kinds[name]
}

/// Petitions, suits and reports are rights: they are neither a merit nor a fault.
#[test]
fn no_award_counts_petitions_or_suits() {
    let award = kind("award");
    let lists: Vec<&str> = award
        .fields
        .values()
        .chain(award.steps.values())
        .filter_map(|f| f.list.as_ref().map(|l| l.as_str()))
        .collect();
    assert!(lists.contains(&"award-merit") && lists.contains(&"award-revocation"));
    for list in lists {
        for item in catalogue().lists[list].items.values() {
            let label = &item.label.0["zh"];
            let rights = ["信访", "上访", "诉讼", "起诉", "举报", "投诉", "复议", "仲裁"];
            assert!(!rights.iter().any(|word| label.contains(word)), "{list}: {label}");
        }
    }
}

#[test]
fn violence_and_harm_to_minors_are_sealed_from_the_first_minute() {
    for name in ["domestic-violence", "minor-report", "family-guidance"] {
        assert_eq!(kind(name).secrecy, Secrecy::Sealed, "{name}");
    }
    let mediates = |verb: &Verb| *verb == Verb::Agree;
    let violence = kind("domestic-violence");
    assert!(!violence.actions.values().any(|a| a.verbs.iter().any(mediates)), "no mediation");
}

#[test]
fn the_ledger_of_public_concerns_has_nobody_in_it() {
    let concern = kind("public-concern");
    assert!(concern.parties.is_empty());
    let persons = [FieldType::Person, FieldType::Persons, FieldType::Phone, FieldType::IdNumber];
    let fields = concern.fields.values().chain(concern.steps.values());
    assert!(!fields.into_iter().any(|f| f.personal || persons.contains(&f.field)));
    let gone = concern.actions.values().filter(|a| a.label.0["zh"].contains("删"));
    assert_eq!(gone.count(), 0, "its only instrument is an answer");
}

/// No labels, scores or lists of persons, and no recognition of faces, under any name.
#[test]
fn no_kind_labels_scores_or_recognises_people() {
    let words =
        ["重点人员", "重点人群", "重点上访", "黑名单", "积分", "信用分", "风险等级", "人脸比对"];
    for (file, text) in shipped().0.iter().filter(|(file, _)| file.starts_with("kinds/")) {
        let own: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with('#')).collect();
        for word in words {
            assert!(!own.iter().any(|line| line.contains(word)), "{file} says {word}");
        }
    }
}
