//! Papers and files move nothing: who may make out what, and what stands against it.

use domain::ids::PersonId;
use domain::matter::{
    Actor, Command, File, Filing, Matter, Paper, Part, Refused, Rule, Want, apply, decide, maker,
    papers,
};
use domain::paper::{Origin, PaperCode, Sheet, lay_over};
use serde_json::json;

use crate::support::{County, Life, catalogue};

fn file(life: &mut Life<'_>, who: PersonId, filing: Filing) -> Result<(), Refused> {
    let posts = life.county.posts(who, life.now);
    let command = Command {
        actor: Actor::Posts(&posts),
        want: Want::File(filing),
        seen: None,
        next_number: None,
        other: None,
    };
    let decided = decide(life.county.setting(), Some(&life.matter), &command, life.now)?;
    for event in decided.events {
        life.matter = apply(Some(life.matter.clone()), &event).expect("a matter");
        life.events.push(event);
    }
    Ok(())
}

fn paper(life: &Life<'_>, document: &str, due: Option<u16>, code: u64) -> Filing {
    Filing::Issue(Box::new(Paper {
        code: PaperCode::new(code),
        document: document.to_owned(),
        due,
        number: "1".to_owned(),
        digest: "ab".to_owned(),
        unit: life.matter.holder,
        at: life.now,
        revoked_at: None,
    }))
}

fn scan(life: &Life<'_>, part: Part, paper: Option<PaperCode>) -> Filing {
    Filing::Attach(Box::new(File {
        no: life.matter.files.len() as u16 + 1,
        part,
        digest: "ab".to_owned(),
        bytes: 1,
        media: "image/png".to_owned(),
        paper,
        item: None,
        at: life.now,
        withdrawn_at: None,
    }))
}

/// All of a matter that papers may not touch.
fn still(matter: &Matter) -> Matter {
    let mut matter = matter.clone();
    (matter.papers, matter.files) = (Vec::new(), Vec::new());
    (matter.version, matter.done) = (0, Default::default());
    matter
}

fn rule(refused: Result<(), Refused>) -> Rule {
    refused.expect_err("refused").first().expect("a rule").rule
}

#[test]
fn a_paper_is_made_out_once_and_moves_nothing() {
    let county = County::new(catalogue());
    let head = county.person(county.village(0, 0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    let kind = county.catalogue.kinds["dispute"].clone();
    let due =
        |life: &Life<'_>| papers(&life.matter, &kind).iter().filter(|p| p.due.is_some()).count();
    assert_eq!(due(&life), 1, "the receipt");
    let before = still(&life.matter);
    let issue = paper(&life, "receipt", Some(0), 1);
    file(&mut life, head, issue).expect("made out");
    assert_eq!((still(&life.matter), due(&life)), (before, 0));
    let again = paper(&life, "receipt", Some(0), 2);
    assert_eq!(rule(file(&mut life, head, again)), Rule::PaperMadeOut);
    let other = paper(&life, "receipt", Some(1), 2);
    assert_eq!(rule(file(&mut life, head, other)), Rule::UnknownPaper, "it is not due twice");
    let never = paper(&life, "mediation-agreement", None, 2);
    assert_eq!(rule(file(&mut life, head, never)), Rule::UnknownPaper, "nothing was agreed");
    let revoke =
        |reason: &str| Filing::Revoke { paper: PaperCode::new(1), reason: reason.to_owned() };
    assert_eq!(rule(file(&mut life, head, revoke(" "))), Rule::Required);
    file(&mut life, head, revoke("笔误")).expect("revoked");
    assert_eq!(rule(file(&mut life, head, revoke("笔误"))), Rule::PaperRevoked);
    assert_eq!(due(&life), 1, "it is due again");
    let again = paper(&life, "receipt", Some(0), 3);
    file(&mut life, head, again).expect("made out anew");
}

#[test]
fn only_who_may_take_the_act_makes_out_its_paper() {
    let county = County::new(catalogue());
    let head = county.person(county.village(0, 0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    life.take(head, "accept", json!({ "consents": { "1": true, "2": true } }));
    let kind = county.catalogue.kinds["dispute"].clone();
    let far = county.person(county.village(1, 0), "centre-director");
    let above = county.person(county.township(0), "centre-director");
    let record = &kind.documents["acceptance-record"];
    let makes = |who: PersonId| {
        let posts = county.posts(who, life.now);
        maker(&posts, record, &life.matter, &kind, county.setting().org).is_some()
    };
    assert_eq!([head, above, far].map(makes), [true, false, false]);
    let issue = paper(&life, "acceptance-record", Some(1), 1);
    assert_eq!(rule(file(&mut life, far, issue.clone())), Rule::NoPostMay);
    assert_eq!(rule(file(&mut life, above, issue)), Rule::NoPostMay);
    let add = scan(&life, Part::Attachment, None);
    assert_eq!(rule(file(&mut life, far, add)), Rule::NoPostMay);
}

#[test]
fn ink_is_ink_and_a_file_is_set_aside_once() {
    let county = County::new(catalogue());
    let head = county.person(county.village(0, 0), "centre-director");
    let mut life = Life::dispute(&county, "2026-03-02 09:00", head);
    let issue = paper(&life, "application", None, 1);
    file(&mut life, head, issue).expect("made out");
    let code = Some(PaperCode::new(1));
    life.matter.category = Some("marriage-family".to_owned());
    let sign = scan(&life, Part::Signature, code);
    assert_eq!(rule(file(&mut life, head, sign.clone())), Rule::InkOnly);
    let signed = scan(&life, Part::Scan, code);
    file(&mut life, head, signed).expect("a scan of ink");
    life.matter.category = Some("neighbours".to_owned());
    file(&mut life, head, sign).expect("a signature on a screen");
    let unknown = scan(&life, Part::Scan, Some(PaperCode::new(2)));
    assert_eq!(rule(file(&mut life, head, unknown)), Rule::UnknownPaper);
    let aside = || Filing::Withdraw { no: 1, reason: "传错了".to_owned() };
    file(&mut life, head, aside()).expect("set aside");
    assert_eq!(rule(file(&mut life, head, aside())), Rule::UnknownFile);
    assert!(life.matter.files[0].withdrawn_at.is_some(), "it is kept");
}

#[test]
fn what_is_typed_fills_blanks_and_overwrites_no_person() {
    let sheets = &catalogue().papers;
    let shared = &catalogue().paper_sources;
    let sheet: &Sheet = &sheets["mediation-agreement"];
    let mut value = json!({ "number": "1号", "parties": [{ "name": "张三", "phone": "" }, { "name": "李四" }], "facts": "旧" });
    let typed = [
        ("number", "2号"),
        ("facts", "新"),
        ("terms", "一\n\n 二 "),
        ("parties[0].name", "别人"),
        ("parties[0].phone", "17000000001"),
        ("parties[1].phone", "17000000002"),
        ("parties[2].phone", "17000000003"),
        ("parties[x].phone", "17000000004"),
        ("terms[7]", "七"),
        ("verify.code", "假"),
        ("facts.deep", "深"),
        ("..", "点"),
    ];
    let typed = typed.map(|(at, text)| (at.to_owned(), text.to_owned())).into();
    lay_over(sheet, shared, &mut value, &typed);
    assert_eq!(
        value,
        json!({
            "number": "1号", "facts": "新", "terms": ["一", "二"],
            "parties": [{ "name": "张三", "phone": "17000000001" }, { "name": "李四", "phone": "17000000002" }],
        })
    );
}

#[test]
fn every_source_is_read_as_it_is_written() {
    for form in Origin::forms().split(", ") {
        assert!(form.parse::<Origin>().is_ok(), "{form}");
    }
    for bad in ["", "unity", "field:", "nonsense:x", "unit:x"] {
        assert!(bad.parse::<Origin>().is_err(), "{bad}");
    }
}
