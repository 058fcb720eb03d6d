//! Papers from end to end: real templates, real fonts (`tests/setup.sh` installs them).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod dossier;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use documents::paper::{Fonts, PaperFault, Press, digest};
use serde_json::{Value, json};

static SAMPLES: LazyLock<BTreeMap<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("samples.json")).unwrap());
static PRESS: LazyLock<Press> =
    LazyLock::new(|| Press::new(Fonts::find(None).unwrap(), files()).unwrap());

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/documents");
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path())).collect()
}

/// Every text of a value replaced.
fn with(value: &Value, text: &str) -> Value {
    match value {
        Value::String(_) => json!(text),
        Value::Array(all) => all.iter().map(|v| with(v, text)).collect(),
        Value::Object(all) => {
            let one = |(k, v): (&String, &Value)| {
                (k.clone(), if k == "verify" { v.clone() } else { with(v, text) })
            };
            Value::Object(all.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

/// The words of a PDF, where the machine can read them.
fn words(pdf: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let out = std::process::Command::new("pdftotext").arg(file.path()).arg("-").output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).split_whitespace().collect())
}

#[test]
fn every_template_has_a_sample_that_lacks_nothing_and_prints() {
    let names: Vec<&str> = PRESS.templates().map(|(name, _)| name).collect();
    assert_eq!(names, SAMPLES.keys().collect::<Vec<_>>());
    for (name, value) in &*SAMPLES {
        assert_eq!(PRESS.missing(name, value).unwrap(), [], "{name}");
        let printed = PRESS.print(name, value).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(printed.pdf.starts_with(b"%PDF-"), "{name}");
        assert!((1..=2).contains(&printed.pages), "{name}: {} pages", printed.pages);
        assert!(printed.archival, "{name} is not PDF/A");
        assert_eq!(printed.remarks, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_blank_form_prints_and_says_all_that_it_lacks() {
    for (name, sheet) in PRESS.templates() {
        let printed = PRESS.print(name, &json!({})).unwrap_or_else(|f| panic!("{name}: {f}"));
        assert!((1..=2).contains(&printed.pages), "{name}: {} pages", printed.pages);
        assert_eq!(printed.remarks, Vec::<String>::new(), "{name}");
        let must = sheet.fields.iter().filter(|field| field.must).count();
        assert!(must > 0 && PRESS.required(name).unwrap().len() == must, "{name}");
        // The fields of each party are one gap as long as there is no party.
        let missing = PRESS.missing(name, &json!({})).unwrap();
        assert!(!missing.is_empty() && missing.len() <= must, "{name}");
    }
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    let mut value = SAMPLES["mediation-agreement"].clone();
    value["parties"][1]["phone"] = json!(" ");
    value["terms"] = json!([]);
    value.as_object_mut().unwrap().remove("date");
    let missing = PRESS.missing("mediation-agreement", &value).unwrap();
    let said: Vec<(&str, &str)> =
        missing.iter().map(|m| (m.at.as_str(), m.label.get("zh"))).collect();
    assert_eq!(said, [("parties[1].phone", "联系方式"), ("terms", "协议内容"), ("date", "日期")]);
}

#[test]
fn what_people_write_is_never_markup() {
    let nasty = [
        "#import \"/press.json\": *",
        "] #panic(\"x\") [",
        "$ x^2 $ *bold* _it_ `raw` <label> @ref \\ // /* ",
        "#{while true {}}",
        "\u{202e}00051\u{202c}元\u{0}\u{7}\r\n\n\n第二行",
    ];
    for (name, value) in &*SAMPLES {
        let printed = PRESS.print(name, &with(value, &nasty.join("\n")));
        printed.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
    for text in nasty {
        let printed =
            PRESS.print("mediation-agreement", &with(&SAMPLES["mediation-agreement"], text));
        printed.unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
    }
    let value = with(&SAMPLES["mediation-agreement"], "#import $x$ ] *y*");
    let printed = PRESS.print("mediation-agreement", &value).unwrap();
    if let Some(words) = words(&printed.pdf) {
        assert!(words.contains("#import$x$]*y*"), "{words}");
    }
}

#[test]
fn long_names_long_words_and_pictures_in_text_print() {
    let name = "欧阳".repeat(15);
    for text in [name, "w".repeat(200), "👨‍👩‍👧‍👦🙂".repeat(20), "，".repeat(60)]
    {
        for template in ["oral-agreement-record", "mediation-record", "hearing-notice"] {
            let printed = PRESS.print(template, &with(&SAMPLES[template], &text));
            printed.unwrap_or_else(|fault| panic!("{template}: {fault}"));
        }
    }
}

#[test]
fn the_wrong_shape_is_a_fault_or_a_paper_but_never_a_panic() {
    for value in [json!(null), json!([1]), json!("x"), json!({ "parties": "张三", "terms": 3 })] {
        let _ = PRESS.print("mediation-agreement", &value);
        assert!(!PRESS.missing("mediation-agreement", &value).unwrap().is_empty());
    }
    let large = json!({ "facts": "长".repeat(400_000) });
    let fault = PRESS.print("mediation-agreement", &large).unwrap_err();
    assert!(matches!(fault, PaperFault::TooLarge { .. }));
    let mut deep = json!(1);
    for _ in 0..50 {
        deep = json!({ "a": deep });
    }
    assert!(matches!(PRESS.print("reply", &deep), Err(PaperFault::TooLarge { .. })));
    let long = json!({ "verify": { "url": "x".repeat(5_000) } });
    assert_eq!(PRESS.print("reply", &long), Err(PaperFault::LongAddress));
}

#[test]
fn the_same_value_gives_the_same_bytes() {
    let value = &SAMPLES["mediation-agreement"];
    let first = PRESS.print("mediation-agreement", value).unwrap();
    PRESS.print("reply", &SAMPLES["reply"]).unwrap();
    let other = Press::new(Fonts::find(None).unwrap(), files()).unwrap();
    let again = other.print("mediation-agreement", value).unwrap();
    assert_eq!(digest(&first.pdf), digest(&again.pdf));
    assert_eq!(digest(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

#[test]
fn a_paper_is_frozen_without_what_its_digest_is_printed_in() {
    let mut value = SAMPLES["reply"].clone();
    let frozen = PRESS.frozen("reply", &value).unwrap();
    assert_eq!(frozen.digest.len(), 64);
    assert!(!frozen.text.contains("verify"));
    value["verify"] = json!({ "url": "https://elsewhere.example/verify/1" });
    assert_eq!(PRESS.frozen("reply", &value).unwrap(), frozen);
    value["answer"] = json!("另一个答复");
    assert_ne!(PRESS.frozen("reply", &value).unwrap().digest, frozen.digest);
    assert_ne!(PRESS.frozen("receipt", &value).unwrap().digest, frozen.digest);
}

#[test]
fn an_issued_paper_and_a_draft_say_so() {
    let mut value = SAMPLES["mediation-agreement"].clone();
    let issued = PRESS.print("mediation-agreement", &value).unwrap();
    value.as_object_mut().unwrap().remove("verify");
    let draft = PRESS.print("mediation-agreement", &value).unwrap();
    let (Some(issued), Some(draft)) = (words(&issued.pdf), words(&draft.pdf)) else { return };
    assert!(issued.contains("7K3M-9QXT-2FHA") && !issued.contains("草稿"));
    assert!(draft.contains("草稿，尚未出具"));
    assert!(issued.contains("第1页共2页") && issued.contains("第2页共2页"), "{issued}");
}

#[test]
fn a_machine_without_fonts_is_told_what_to_install() {
    let empty = tempfile::tempdir().unwrap();
    let fault = Fonts::from_folders(Some(empty.path()), &[]).unwrap_err();
    assert!(fault.to_string().contains("fonts-noto-cjk"), "{fault}");
}

#[test]
fn a_broken_template_is_told_with_its_line() {
    let mut files = files();
    for (name, text) in &mut files {
        if name == "reply.typ" {
            *text = "#import \"_letter.typ\": *\n\n#let paper(d) = nothing-of-this-name".to_owned();
        }
    }
    let press = Press::new(Fonts::find(None).unwrap(), files).unwrap();
    let fault = press.print("reply", &json!({})).unwrap_err();
    let PaperFault::Template { template, file, line, .. } = fault else { panic!("{fault}") };
    assert_eq!((template.as_str(), file.as_str(), line), ("reply", "reply.typ", 3));
    assert!(matches!(press.print("no-such", &json!({})), Err(PaperFault::NoTemplate { .. })));
    let fonts = || Fonts::find(None).unwrap();
    assert!(Press::new(fonts(), [("reply.typ", "#let paper(d) = []")]).is_err());
    assert!(Press::new(fonts(), [("reply.toml", "label = 3")]).is_err());
}
