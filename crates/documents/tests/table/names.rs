//! A file whose bytes disagree with its name.

use documents::table::{Column, ReadFault, write_xlsx};

use super::made::{biff, compound, ods, packed, text_cell, xls};
use super::{fault_of, rows_of};

fn small_xlsx() -> Vec<u8> {
    let mut file = Vec::new();
    write_xlsx(&mut file, "一", &[Column::text("a"), Column::text("b")], [["1", "2"]])
        .expect("written");
    file
}

fn small_xls() -> Vec<u8> {
    xls(&biff(&["a", "b"], &[("一", [text_cell(0, 0, 0), text_cell(0, 1, 1)].concat())]))
}

fn small_ods() -> Vec<u8> {
    ods(
        r#"<table:table table:name="一"><table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row></table:table>"#,
    )
}

#[test]
fn each_kind_is_read_under_its_own_name() {
    assert_eq!(rows_of("甲.xlsx", &small_xlsx()), ["1 a|b", "2 1|2"]);
    assert_eq!(rows_of("甲.XLS", &small_xls()), ["1 a|b"]);
    assert_eq!(rows_of("甲.et", &small_xls()), ["1 a|b"]);
    assert_eq!(rows_of("甲.ods", &small_ods()), ["1 a"]);
    assert_eq!(rows_of("张三.2026.csv", b"a,b\n"), ["1 a|b"]);
}

#[test]
fn a_renamed_file_is_told_what_it_is() {
    let page = b"\xef\xbb\xbf \r\n<HTML><table><tr><td>1</td></tr></table></HTML>".to_vec();
    let files: [(&str, Vec<u8>); 10] = [
        ("csv", b"a,b\n1,2\n".to_vec()),
        ("xlsx", small_xlsx()),
        ("xls", small_xls()),
        ("ods", small_ods()),
        ("html", page),
        ("pdf", b"%PDF-1.7\n".to_vec()),
        ("image", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("docx", packed(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")])),
        ("zip", packed(&[("a.txt", "a")])),
        ("doc", compound("WordDocument", b"x")),
    ];
    for (found, bytes) in &files {
        for said in ["csv", "xlsx", "xls", "ods"].iter().filter(|s| *s != found) {
            let fault = fault_of(&format!("名单.{said}"), bytes);
            assert_eq!(fault, ReadFault::WrongName { said, found }, "{said} {found}");
        }
    }
    let fault = fault_of("a.csv", &files[1].1);
    assert_eq!(fault.rule(), "wrong-name");
    assert_eq!(fault.args(), [("said", "csv".to_owned()), ("found", "xlsx".to_owned())]);
}

#[test]
fn a_name_of_another_kind_is_refused_without_repeating_it() {
    assert_eq!(fault_of("a.docx", b"x"), ReadFault::UnknownKind { ending: "docx".into() });
    for name in ["张三", "a.张三的名单", "", "a.", "a.verylongending"] {
        assert_eq!(
            fault_of(name, b"x"),
            ReadFault::UnknownKind { ending: String::new() },
            "{name}"
        );
    }
}

#[test]
fn a_torn_file_is_damaged_and_not_of_another_kind() {
    for (name, bytes) in [("a.xlsx", small_xlsx()), ("a.ods", small_ods()), ("a.xls", small_xls())]
    {
        let half = &bytes[..bytes.len() / 3];
        assert_eq!(fault_of(name, half).rule(), "damaged", "{name}");
    }
    let torn = &small_xlsx()[..100];
    assert_eq!(fault_of("a.csv", torn), ReadFault::WrongName { said: "csv", found: "xlsx" });
}

#[test]
fn a_password_is_told() {
    let locked = compound("EncryptedPackage", b"x");
    for name in ["a.xlsx", "a.xls", "a.csv"] {
        assert_eq!(fault_of(name, &locked), ReadFault::Protected, "{name}");
    }
}
