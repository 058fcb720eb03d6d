//! What is learned from real messages that people have classed.

use crate::program::{Desk, data};

#[test]
fn the_first_class_of_a_message_is_suggested() {
    let Some(folder) = data("SHANZHI_TEST_DATA", "../shared/data") else { return };
    let desk = Desk::new();
    desk.json(&["demo"]);
    let file = folder.join("messages_labelled.csv");
    let learned = desk.json(&["train", file.to_str().expect("a path"), "--kind", "request"]);
    let accuracy = learned["accuracy"].as_f64().expect("an accuracy");
    println!(
        "accuracy of the first class, cross-validated on {} texts: {accuracy:.3}",
        learned["texts"]
    );
    assert!(accuracy > 0.85, "{learned}");
    assert_eq!(learned["unknown_labels"], serde_json::json!({}), "{learned}");
    desk.refused(&["train", file.to_str().expect("a path"), "--kind", "no-such-kind"], 1);
}
