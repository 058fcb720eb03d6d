//! What the law wants of records, article by article.

use domain::ids::{RecordId, UnitId};
use domain::matter::{Refused, Rule, Value};
use domain::org::Org;
use domain::register::{
    Author, Deed, Draft, Known, Record, RecordEvent, Register, apply, complete, due_on, in_force,
    keys, member_remark, remarks,
};
use domain::time::{Day, Instant};
use serde_json::{Map, Value as Json, json};

use crate::support::catalogue;

pub const VILLAGE: UnitId = UnitId(532_925_101_201_000);

pub fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn now() -> Instant {
    day("2026-11-24").start()
}

pub fn register(id: &str) -> &'static Register {
    &catalogue().registers[id]
}

/// What a record would say, or every rule against it.
fn entered(id: &str, fields: &[(&str, Json)]) -> Result<Record, Refused> {
    let (register, org) = (register(id), Org::default());
    let known = Known { catalogue: catalogue(), org: &org, now: now(), has: &|_, _| true };
    let typed: Map<String, Json> =
        fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    let drafted = Draft { unit: None, fields: typed }.read(register, known)?;
    let fields = complete(register, drafted.set, now().day())?;
    let deed = Deed::Entered { register: id.to_owned(), unit: VILLAGE, fields };
    let by = Author { person: None, role: String::new(), unit: None, file: None };
    let event = RecordEvent { seq: 1, at: now(), by, deed };
    Ok(apply(RecordId(1), None, &event).expect("entered"))
}

/// The first rule against it, with its field.
fn refused(id: &str, fields: &[(&str, Json)]) -> Vec<(Rule, String)> {
    let refused = entered(id, fields).expect_err("refused");
    refused.0.into_iter().map(|r| (r.rule, r.field.unwrap_or_default())).collect()
}

fn mediator(with: &[(&str, Json)]) -> Vec<(&'static str, Json)> {
    let mut all = vec![
        ("name", json!("李秀英")),
        ("sex", json!("woman")),
        ("born-on", json!("1980-03-01")),
        ("body", json!("7")),
        ("post", json!("member")),
        ("appointed-on", json!("2025-06-01")),
        ("trained-on", json!("2026-05-01")),
    ];
    for (name, value) in with {
        match all.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value.clone(),
            None => all.push((Box::leak((*name).to_owned().into_boxed_str()), value.clone())),
        }
    }
    all
}

fn of(fields: &[(&'static str, Json)]) -> Record {
    entered("mediator", fields).expect("a sound mediator")
}

#[test]
fn a_mediator_is_an_adult() {
    // People's Mediation Law art. 14.
    let young = mediator(&[("born-on", json!("2008-11-25"))]);
    assert_eq!(refused("mediator", &young), [(Rule::AgeOutside, "fields.born-on".to_owned())]);
    let law = entered("mediator", &young).expect_err("refused").0[0].law.clone();
    assert_eq!(law.as_deref(), Some("人民调解法第14条"));
    let eighteen_today = mediator(&[("born-on", json!("2008-11-24"))]);
    assert!(entered("mediator", &eighteen_today).is_ok());
    let by_number = mediator(&[("id-number", json!("532925201001010019"))]);
    let rules = refused("mediator", &by_number);
    assert!(
        rules.iter().any(|(rule, at)| at == "fields.id-number" && *rule != Rule::Required),
        "{rules:?}"
    );
}

#[test]
fn a_mediator_is_appointed_for_three_years() {
    // Art. 9: the term is filled in where nobody says it, and is never longer.
    let one = of(&mediator(&[]));
    assert_eq!(one.fields["term-until"], Value::Date(day("2028-06-01")));
    let longer = mediator(&[("term-until", json!("2028-06-02"))]);
    assert_eq!(refused("mediator", &longer), [(Rule::SpanTooLong, "fields.term-until".to_owned())]);
    let before = mediator(&[("term-until", json!("2025-05-31"))]);
    assert_eq!(refused("mediator", &before), [(Rule::WrongOrder, "fields.term-until".to_owned())]);
}

#[test]
fn a_mediator_is_trained_every_year() {
    let register = register("mediator");
    let one = of(&mediator(&[]));
    assert!(remarks(register, &one, day("2027-05-01")).is_empty(), "the last day of the year");
    let late = remarks(register, &one, day("2027-05-02"));
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].duty.map(|d| d.id.as_str()), Some("training"));
    assert_eq!(due_on(register, &one), Some(day("2027-05-01")));
    let never = of(&mediator(&[("trained-on", json!(null))]));
    assert_eq!(remarks(register, &never, day("2026-11-25")).len(), 1);
}

#[test]
fn a_committee_has_three_to_nine_members_one_chair_and_a_woman() {
    // Art. 8.
    let bodies = register("mediation-body");
    let fields = [
        ("name", json!("第1村人民调解委员会")),
        ("body-kind", json!("committee")),
        ("term-since", json!("2025-01-01")),
    ];
    let body = entered("mediation-body", &fields).expect("a sound body");
    let chair = of(&mediator(&[("post", json!("chair"))]));
    let man = of(&mediator(&[("sex", json!("man")), ("post", json!("member"))]));
    let said = |members: &[Record]| -> Vec<(String, i64)> {
        let today = (register("mediator"), now().day());
        let duties = bodies.duties.values();
        let found = duties.filter_map(|d| member_remark(d, &body, members, today));
        found
            .map(|r| (r.duty.expect("a duty").id.text.clone(), r.found.expect("a number")))
            .collect()
    };
    assert_eq!(said(&[chair.clone(), man.clone(), man.clone()]), []);
    assert_eq!(said(&[chair.clone(), man.clone()]), [("members".to_owned(), 2)]);
    let ten: Vec<Record> = std::iter::repeat_n(man.clone(), 9).chain([chair.clone()]).collect();
    assert_eq!(said(&ten), [("members".to_owned(), 10)]);
    let men = [man.clone(), man.clone(), man.clone()];
    assert_eq!(said(&men), [("chair".to_owned(), 0), ("woman".to_owned(), 0)]);
    let mut gone = chair.clone();
    gone.fields.insert("term-until".to_owned(), Value::Date(day("2026-11-23")));
    assert!(!in_force(register("mediator"), &gone, now().day()));
    assert_eq!(said(&[gone, chair, man.clone()]).len(), 1, "who has left is not counted");
    let group =
        entered("mediation-body", &[("name", json!("一组")), ("body-kind", json!("group"))]);
    let group = group.expect("a sound group");
    let wanted = |d| member_remark(d, &group, &[], (register("mediator"), now().day()));
    assert_eq!(bodies.duties.values().filter_map(wanted).count(), 0, "art. 8 is about committees");
}

fn device(with: &[(&'static str, Json)]) -> Vec<(&'static str, Json)> {
    let mut all = vec![
        ("number", json!("SP-001")),
        ("name", json!("村口")),
        ("place-class", json!("village-entry")),
        ("legal-basis", json!("公共安全视频图像信息系统管理条例第7条")),
        ("range", json!("村口道路")),
        ("sign", json!(true)),
        ("used-since", json!("2026-10-01")),
        ("retention-days", json!(30)),
        ("health", json!("good")),
        ("checked-on", json!("2026-11-01")),
    ];
    for (name, value) in with {
        all.retain(|(n, _)| n != name);
        all.push((name, value.clone()));
    }
    all
}

#[test]
fn no_device_stands_in_a_private_room() {
    // Regulation on public video systems, art. 8.
    let forbidden = ["guest-room", "dormitory", "bathroom", "toilet", "changing-room", "home"];
    for place in forbidden {
        let rules = refused("video-device", &device(&[("place-class", json!(place))]));
        assert_eq!(rules, [(Rule::NotAllowed, "fields.place-class".to_owned())], "{place}");
    }
    assert!(entered("video-device", &device(&[])).is_ok());
}

#[test]
fn a_device_is_filed_within_thirty_days_and_keeps_thirty() {
    // Art. 14 and art. 17.
    let register = register("video-device");
    let rules = refused("video-device", &device(&[("retention-days", json!(29))]));
    assert_eq!(rules, [(Rule::OutOfRange, "fields.retention-days".to_owned())]);
    let late = |with: &[(&'static str, Json)], on: &str| {
        let one = entered("video-device", &device(with)).expect("a sound device");
        remarks(register, &one, day(on)).len()
    };
    assert_eq!(late(&[], "2026-10-31"), 0);
    assert_eq!(late(&[], "2026-11-01"), 1);
    assert_eq!(late(&[("filed-on", json!("2026-10-31"))], "2026-11-20"), 0);
    assert_eq!(late(&[("filed-on", json!("2026-11-05"))], "2026-11-20"), 1, "filed too late");
    assert_eq!(late(&[("filed-on", json!("2026-10-20")), ("sign", json!(false))], "2026-11-20"), 1);
}

#[test]
fn what_is_promised_is_within_what_the_law_gives() {
    let item = |promised: i64| {
        [
            ("code", json!("53-1")),
            ("name", json!("食品经营许可")),
            ("item-kind", json!("permit")),
            ("guide", json!("指南")),
            ("materials", json!("申请书")),
            ("legal-days", json!(20)),
            ("promised-days", json!(promised)),
            ("law", json!("食品安全法第35条")),
        ]
    };
    assert!(entered("service-item", &item(20)).is_ok());
    assert_eq!(
        refused("service-item", &item(21)),
        [(Rule::MoreThan, "fields.promised-days".to_owned())]
    );
}

#[test]
fn keys_do_not_mind_width_case_and_spaces() {
    let register = register("video-device");
    let of = |number: &str| {
        let one = entered("video-device", &device(&[("number", json!(number))])).expect("sound");
        keys(register, VILLAGE, &one.fields)
    };
    assert_eq!(of("sp-001"), of("ＳＰ 001"));
    assert_ne!(of("sp-001"), of("sp-002"));
    assert!(keys(register, VILLAGE, &Default::default()).is_empty());
}
