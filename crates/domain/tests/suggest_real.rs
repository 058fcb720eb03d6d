//! Real messages are classed as well as the measured baselines, or better.
//!
//! The messages may name people, so a failure prints figures and never texts.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::suggest::{Corpus, Sample, Scores, Text, cross_validate, train};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("SHANZHI_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("messages_labelled.csv").is_file() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no real messages in {}; set SHANZHI_TEST_DATA", folder.display());
    None
}

type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("a readable table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn text(row: &Row) -> Text<'_> {
    Text { title: &row["title"], body: &row["text"] }
}

fn print(what: &str, scores: &Scores) {
    println!(
        "{what}: accuracy {:.4}, macro F1 {:.4}, in the first two {:.4}; {:.2} sure, of them right {:.4}",
        scores.accuracy, scores.macro_f1, scores.first_two, scores.sure, scores.sure_accuracy
    );
}

#[test]
fn suggestions_agree_with_people() {
    let Some(folder) = folder() else { return };
    let labelled = rows(&folder.join("messages_labelled.csv"));
    let samples: Vec<Sample<'_>> =
        labelled.iter().map(|row| Sample { text: text(row), class: &row["label"] }).collect();
    // All fifteen classes of the taxonomy are offered, although only seven have samples.
    let taxonomy = rows(&folder.join("taxonomy.csv"));
    let hints: Vec<Sample<'_>> = taxonomy
        .iter()
        .map(|row| {
            let text = Text { title: &row["level2"], body: &row["level3"] };
            Sample { text, class: &row["level1"] }
        })
        .collect();
    let unlabelled =
        ["messages.csv", "messages_with_replies.csv"].map(|file| rows(&folder.join(file)));
    let others: Vec<Text<'_>> = unlabelled.iter().flatten().map(text).collect();

    let alone = Corpus { samples: &samples, ..Corpus::default() };
    let whole = Corpus { samples: &samples, hints: &hints, others: &others };
    let model = train(&whole, 1);
    let bytes = serde_json::to_string(&model).expect("a model").len();
    println!("{} samples; the model is {bytes} bytes long", samples.len());

    let scores = cross_validate(&alone, 5, 1);
    print("samples alone, 5 folds", &scores);
    assert!(scores.accuracy >= 0.85 && scores.macro_f1 >= 0.845, "the samples alone teach less");
    let scores = cross_validate(&whole, 5, 1);
    print("with hints and other texts, 5 folds", &scores);
    assert!(scores.accuracy >= 0.88 && scores.macro_f1 >= 0.88, "all together teach less");
    assert!(scores.first_two >= 0.955 && scores.sure_accuracy >= 0.935, "suggestions mislead");
    for class in scores.classes {
        println!(
            "  {:>3} texts: precision {:.3}, recall {:.3}, F1 {:.3}  {}",
            class.texts, class.precision, class.recall, class.f1, class.class
        );
    }

    let begun = train(&Corpus { samples: &[], ..whole }, 1);
    let agrees =
        |s: &&Sample<'_>| begun.suggest(s.text).first().is_some_and(|f| f.class == s.class);
    let right = samples.iter().filter(agrees).count() as f64 / samples.len() as f64;
    println!("hints and other texts without any sample: accuracy {right:.4}");
    assert!(right >= 0.72, "the classification's own words teach less");
}
