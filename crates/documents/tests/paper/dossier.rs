//! Binding a whole file.

use documents::paper::{PaperFault, Part, ScanFormat};
use serde_json::{Value, json};

use super::{PRESS, SAMPLES, words};

fn paper(template: &str) -> Part {
    Part::Paper { template: template.to_owned(), value: SAMPLES[template].clone() }
}

fn scan(item: &str, format: ScanFormat, files: Vec<Vec<u8>>) -> Part {
    Part::Scan { item: item.to_owned(), title: "扫描件 #x]".to_owned(), format, files }
}

/// A PDF of two pages, as a scanner might give it.
fn two_pages() -> Vec<u8> {
    PRESS.print("mediation-agreement", &SAMPLES["mediation-agreement"]).unwrap().pdf
}

fn cover() -> Value {
    json!({
        "unit": "弥渡县弥城镇龙华社区人民调解委员会", "title": "张三与某某建材有限公司损害赔偿纠纷",
        "number": "（2026）弥龙人调字第12号", "mediators": ["王五", "赵六"], "from": "2026-02-20",
        "to": "2026-03-05", "filer": "钱七", "filed": "2026-04-10", "retention": "长期",
    })
}

/// Given out of order on purpose.
fn parts() -> Vec<Part> {
    vec![
        paper("mediation-agreement"),
        paper("application"),
        paper("rights-notice"),
        scan("identity", ScanFormat::Pdf, vec![two_pages()]),
        paper("mediation-record"),
        paper("follow-up-record"),
    ]
}

#[test]
fn a_dossier_has_cover_index_parts_and_back() {
    let bound = PRESS.dossier(&cover(), &parts()).unwrap();
    // Cover, index, 1 application, 2 rights, 2 scans, 2 record, 2 agreement, 1 follow-up, back.
    assert_eq!(bound.pages, 2 + 10 + 1);
    assert_eq!(bound.remarks, Vec::<String>::new());
    let again = PRESS.dossier(&cover(), &parts()).unwrap();
    assert!(bound.pdf == again.pdf, "the same parts give the same bytes");
    let Some(words) = words(&bound.pdf) else { return };
    assert!(words.contains("调解卷宗") && words.contains("卷内目录"), "{words}");
    assert!(words.contains("卷内第1页") && words.contains("卷内第10页"), "{words}");
    assert!(words.contains("本卷共10页"), "{words}");
    assert!(words.contains("8—9"), "where the agreement is: {words}");
}

#[test]
fn the_index_has_thirteen_items() {
    assert_eq!(PRESS.items().len(), 13);
    for item in PRESS.items() {
        for name in &item.papers {
            PRESS.sheet(name.as_str()).unwrap();
        }
    }
}

#[test]
fn gaps_are_named_before_filing() {
    assert_eq!(PRESS.gaps(&parts()), []);
    let mut value = SAMPLES["mediation-record"].clone();
    value["record"] = json!("");
    let some = [
        paper("application"),
        Part::Paper { template: "mediation-record".to_owned(), value },
        paper("rights-notice"),
    ];
    let gaps = PRESS.gaps(&some);
    let said: Vec<_> = gaps.iter().map(|g| (g.item.as_str(), g.part, g.missing.len())).collect();
    assert_eq!(
        said,
        [("identity", None, 0), ("mediation-record", Some(1), 1), ("agreement", None, 0)]
    );
}

#[test]
fn what_cannot_be_bound_is_named() {
    let bind = |parts: &[Part]| PRESS.dossier(&cover(), parts).unwrap_err();
    assert!(matches!(bind(&[]), PaperFault::Parts { .. }));
    assert_eq!(bind(&[paper("application"), paper("receipt")]), PaperFault::NoItem { part: 2 });
    for format in [ScanFormat::Png, ScanFormat::Jpeg, ScanFormat::Pdf] {
        let broken = scan("evidence", format, vec![b"no picture".to_vec()]);
        assert_eq!(bind(&[broken]), PaperFault::Scan { part: 1 });
    }
    // The signature is right and the rest is not: the typesetter finds out, nothing panics.
    let torn = scan("evidence", ScanFormat::Png, vec![b"\x89PNG\r\n\x1a\nrest".to_vec()]);
    assert!(matches!(bind(&[torn]), PaperFault::Template { .. }));
}
