//! A record is the fold of its events.

use std::collections::BTreeMap;

use domain::ids::RecordId;
use domain::matter::Value;
use domain::person::Personal;
use domain::register::{
    Author, Deed, RecordEvent, Stage, Territory, apply, counted, differences, facet_token,
    search_tokens, searched, territory_token,
};
use domain::time::Instant;

use super::duties::{VILLAGE, day, register};

fn event(seq: u32, deed: Deed) -> RecordEvent {
    let by = Author { person: None, role: String::new(), unit: None, file: None };
    RecordEvent { seq, at: Instant(i64::from(seq) * 1000), by, deed }
}

fn entered() -> RecordEvent {
    let fields = BTreeMap::from([
        ("name".to_owned(), Value::Text("王小明".into())),
        ("post".to_owned(), Value::Choice("chair".into())),
        ("phone".to_owned(), Value::Personal(Personal::plain("13800001234"))),
    ]);
    event(1, Deed::Entered { register: "mediator".into(), unit: VILLAGE, fields })
}

#[test]
fn each_event_follows_the_one_before_and_none_is_lost() {
    let id = RecordId(7);
    let one = apply(id, None, &entered()).expect("entered");
    assert!(apply(id, None, &event(1, Deed::Resumed { reason: "x".into() })).is_none());
    assert!(apply(id, Some(one.clone()), &entered()).is_none(), "entered once");
    let set = BTreeMap::from([("post".to_owned(), Value::Choice("member".into()))]);
    let unset = ["phone".to_owned()].into();
    let change = event(2, Deed::Changed { unit: None, set, unset });
    let two = apply(id, Some(one.clone()), &change).expect("changed");
    let said: Vec<&str> = differences(Some(&one), &two).iter().map(|(id, ..)| *id).collect();
    assert_eq!(said, ["phone", "post"]);
    assert!(apply(id, Some(one), &event(3, change.deed)).is_none(), "no number is left out");
    let end = event(3, Deed::Ended { on: day("2026-12-01"), reason: "离任".into() });
    let three = apply(id, Some(two), &end).expect("ended");
    assert_eq!((three.stage(), three.version), (Stage::Ended, 3));
    let back = event(4, Deed::Resumed { reason: "误操作".into() });
    assert_eq!(apply(id, Some(three), &back).expect("resumed").stage(), Stage::Standing);
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    let written = serde_json::to_string(&entered()).expect("JSON");
    let read: RecordEvent = serde_json::from_str(&written).expect("an event");
    assert_eq!(read, entered());
}

#[test]
fn a_record_is_found_by_name_pinyin_and_exact_number_and_only_in_its_places() {
    let register = register("mediator");
    let one = apply(RecordId(7), None, &entered()).expect("entered");
    let open = |_: &str, p: &Personal| p.text().map(str::to_owned);
    let what = searched(register, &one, &|_, item| item.to_owned(), &open);
    assert_eq!(what.title, "王小明");
    let tokens = search_tokens(register, &one, &what, &|word| format!("p{}", word.key().len()));
    let has = |token: &str| tokens.split(' ').any(|t| t == token);
    assert!(has("王小") && has("小明"));
    assert!(has(&facet_token("mediator", "post", "chair")));
    assert!(!has(&facet_token("mediator", "post", "member")));
    let standing = |of| territory_token("mediator", Stage::Standing, of);
    for top in [532_925_000_000_000, 532_925_101_000_000, VILLAGE.0] {
        assert!(has(&standing(Territory::below(domain::ids::UnitId(top)))), "{top}");
    }
    assert!(has(&standing(Territory::only(VILLAGE))));
    assert!(!has(&standing(Territory::below(domain::ids::UnitId(532_925_102_000_000)))));
    assert!(!has(&territory_token("mediator", Stage::Ended, Territory::below(VILLAGE))));
    assert!(!tokens.contains("1380000"), "what is personal is never in the clear");
    assert_eq!(counted(register, &one), ["", "post:chair"]);
}
