//! CSV: encodings, separators, quotation marks, the number beside a row.

use std::io::Cursor;

use documents::table::{ReadFault, ReadOptions, RowFault, column, read, read_with, stream_csv};
use encoding_rs::{GB18030, GBK};

use super::{fault_of, rows_of};

const LIST: &str = "姓名,电话,备注\r\n张三,13800000000,邻里\r\n李四,,\"债务,\r\n合同\"\r\n";

fn list() -> Vec<String> {
    ["1 姓名|电话|备注", "2 张三|13800000000|邻里", "3 李四||债务,\n合同"]
        .map(str::to_owned)
        .to_vec()
}

#[test]
fn utf8_is_read_with_and_without_its_mark() {
    assert_eq!(rows_of("a.csv", LIST.as_bytes()), list());
    assert_eq!(rows_of("a.CSV", format!("\u{feff}{LIST}").as_bytes()), list());
}

#[test]
fn gbk_and_gb18030_are_read_as_what_they_are() {
    assert_eq!(rows_of("a.csv", &GBK.encode(LIST).0), list());
    // A rare name is outside GBK and four bytes long in GB18030.
    let rare = "姓名\n㐂𠮷\n";
    assert_eq!(rows_of("a.csv", &GB18030.encode(rare).0), ["1 姓名", "2 㐂𠮷"]);
    // Bytes made by hand: 姓名 and 张三.
    let bytes = b"\xd0\xd5\xc3\xfb\n\xd5\xc5\xc8\xfd\n";
    assert_eq!(rows_of("a.csv", bytes), ["1 姓名", "2 张三"]);
}

#[test]
fn chinese_far_down_the_file_is_found() {
    let long = format!("name\n{}张三\n", "plain\n".repeat(200_000));
    for bytes in [GBK.encode(&long).0.into_owned(), long.clone().into_bytes()] {
        assert_eq!(read("a.csv", &bytes).expect("a table").rows[200_000].cells, ["张三"]);
    }
}

#[test]
fn a_character_across_two_blocks_is_whole() {
    for shift in 0..4 {
        let text = format!("{}{}\n", "x".repeat(shift), "网格员".repeat(10_000));
        let text = format!("a\n{}", text.chars().take(30_000).collect::<String>());
        for bytes in [text.clone().into_bytes(), GBK.encode(&text).0.into_owned()] {
            let table = read("a.csv", &bytes).expect("a table");
            assert_eq!(table.rows[0].cells[0], text.lines().nth(1).expect("a line"));
        }
    }
}

#[test]
fn what_is_valid_in_both_is_read_as_chinese() {
    // 一 in GBK is a Cyrillic letter in UTF-8.
    assert_eq!(rows_of("a.csv", b"a\n\xd2\xbb\n"), ["1 a", "2 一"]);
    // The dot of a Uyghur name in UTF-8 is 路 in GBK.
    assert_eq!(rows_of("a.csv", "a\n·\n".as_bytes()), ["1 a", "2 ·"]);
    assert_eq!(rows_of("a.csv", "姓名\n阿·买买提\n".as_bytes()), ["1 姓名", "2 阿·买买提"]);
}

#[test]
fn utf16_of_excels_unicode_text_is_read() {
    let text = "\u{feff}姓名\t电话\r\n张三\t1\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(rows_of("a.txt", &little), ["1 姓名|电话", "2 张三|1"]);
    assert_eq!(rows_of("a.txt", &big), ["1 姓名|电话", "2 张三|1"]);
}

#[test]
fn broken_utf8_is_told_and_not_read_as_other_characters() {
    let mut bytes = "姓名,地址\n张三,城关镇\n李四,东街村\n".as_bytes().to_vec();
    let at = bytes.len() - 3;
    bytes.remove(at);
    assert_eq!(fault_of("a.csv", &bytes), ReadFault::BadCharacters { line: 3 });
    assert_eq!(fault_of("a.csv", b"name,b\ncaf\xe9,1\n"), ReadFault::BadCharacters { line: 2 });
    // A UTF-8 character that the end of the file cuts off.
    assert_eq!(
        fault_of("a.csv", "姓名\n张三\n李".as_bytes().split_last().expect("a byte").1),
        { ReadFault::BadCharacters { line: 3 } }
    );
}

#[test]
fn separators_are_found() {
    for separator in [",", ";", "\t"] {
        let text = format!(
            "姓名{separator}备注\n张三{separator}一、二；三\n\"a{separator}b\"{separator}c\n"
        );
        let expected = ["1 姓名|备注", "2 张三|一、二；三", &format!("3 a{separator}b|c")];
        assert_eq!(rows_of("a.csv", text.as_bytes()), expected, "{separator:?}");
    }
    // A tab between the cells, commas within them.
    assert_eq!(
        rows_of("a.tsv", b"a\tb\n1,2,3\t4,5\n6\t7,8,9\n"),
        ["1 a|b", "2 1,2,3|4,5", "3 6|7,8,9"]
    );
    // Excel's hint is not a row.
    assert_eq!(rows_of("a.csv", b"sep=;\r\na;b\r\n1,1;2\r\n"), ["2 a|b", "3 1,1|2"]);
}

#[test]
fn quotation_marks_hold_line_breaks_and_each_other() {
    let text = "a,b\n\"x\r\ny\",\"say \"\"yes\"\"\"\n5\"tube,z\n\"\",\"q\"\n";
    assert_eq!(
        rows_of("a.csv", text.as_bytes()),
        ["1 a|b", "2 x\ny|say \"yes\"", "3 5\"tube|z", "4 |q"]
    );
}

#[test]
fn the_number_of_a_row_is_the_one_beside_it_in_excel() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("{end}a,b{end}{end}1,\"x{end}{end}y\"{end},{end}2,z{end}{end}{end}3,w");
        assert_eq!(
            rows_of("a.csv", text.as_bytes()),
            ["2 a|b", "4 1|x\n\ny", "6 2|z", "9 3|w"],
            "{end:?}"
        );
    }
}

#[test]
fn an_open_quotation_mark_is_told_with_its_row() {
    let text = "a,b\n1,2\n3,\"4\n5,6\n7,8\n";
    assert_eq!(fault_of("a.csv", text.as_bytes()), ReadFault::OpenQuote { line: 3 });
    // One mark in the last cell of the file.
    assert_eq!(fault_of("a.csv", b"a\n\""), ReadFault::OpenQuote { line: 2 });
    let long = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(3_000_000));
    assert_eq!(fault_of("a.csv", long.as_bytes()), ReadFault::RowTooLong { line: 2 });
}

#[test]
fn bytes_that_no_text_has_are_told() {
    assert_eq!(fault_of("a.csv", b"a,b\n1,\x002\n"), ReadFault::NotText { line: 2 });
    assert_eq!(fault_of("a.csv", b"\0\0\0\0"), ReadFault::NotText { line: 1 });
    assert_eq!(fault_of("a.csv", b""), ReadFault::Empty);
    assert_eq!(fault_of("a.csv", b"\xef\xbb\xbf"), ReadFault::Empty);
    assert_eq!(fault_of("a.csv", b"\n ,\n,,\n"), ReadFault::Empty);
}

#[test]
fn a_row_wider_than_the_header_is_remarked_and_left_out() {
    let table = read("a.csv", b"a,b\n1,2,3\n4,5,,\n6\n").expect("a table");
    assert_eq!(super::shown(&table), ["1 a|b", "3 4|5", "4 6|"]);
    assert_eq!(table.faults, [RowFault::TooWide { line: 2, columns: 2 }]);
    assert_eq!(table.faults[0].rule(), "too-wide");
    assert_eq!(table.faults[0].args(), [("line", "2".to_owned()), ("columns", "2".to_owned())]);
}

#[test]
fn names_of_columns_may_be_missing_or_double() {
    let table =
        read("a.csv", "姓名,, 联系\u{3000}电话* ,姓名\n1,2,3,4\n".as_bytes()).expect("a table");
    assert_eq!(table.header, ["姓名", "", "联系\u{3000}电话*", "姓名"]);
    assert_eq!(column(&table.header, "联系电话"), Ok(2));
    let fault = column(&table.header, "姓名").expect_err("twice");
    assert_eq!(fault, ReadFault::ColumnTwice { name: "姓名".into(), first: 0, second: 3 });
    assert_eq!(fault.rule(), "column-twice");
    assert_eq!(fault.args()[2], ("second", "D".to_owned()));
    assert_eq!(column(&table.header, "地址").expect_err("none").rule(), "no-column");
}

#[test]
fn titles_above_the_header_are_passed_over() {
    let text = "某县矛盾纠纷排查台账,,,\n填报单位：城关镇\n\n序号,姓名,类型\n1,张三,邻里\n";
    assert_eq!(rows_of("a.csv", text.as_bytes()), ["4 序号|姓名|类型", "5 1|张三|邻里"]);
    // A list of one column begins at the top.
    assert_eq!(rows_of("a.csv", "姓名\n张三\n李四\n".as_bytes()), ["1 姓名", "2 张三", "3 李四"]);
    assert_eq!(rows_of("a.csv", b"a,b\n"), ["1 a|b"]);
    let at = |line| ReadOptions { header_line: Some(line), ..ReadOptions::default() };
    let table = read_with("a.csv", text.as_bytes(), &at(5)).expect("a table");
    assert_eq!(table.header, ["1", "张三", "邻里"]);
    assert_eq!(read_with("a.csv", text.as_bytes(), &at(3)), Err(ReadFault::NoHeader { line: 3 }));
    assert_eq!(read_with("a.csv", text.as_bytes(), &at(9)), Err(ReadFault::NoHeader { line: 9 }));
}

#[test]
fn a_stream_gives_the_same_rows_and_goes_on_after_a_bad_one() {
    let text = "a,b\n1,2\n3,4,5\n6,7\n";
    let mut rows = stream_csv(Cursor::new(text), &ReadOptions::default()).expect("rows");
    assert_eq!(rows.header(), ["a", "b"]);
    assert_eq!(rows.header_line(), 1);
    assert_eq!(rows.next().expect("a row").expect("read").cells, ["1", "2"]);
    assert!(matches!(rows.next(), Some(Err(ReadFault::Row(RowFault::TooWide { line: 3, .. })))));
    assert_eq!(rows.next().expect("a row").expect("read").line, 4);
    assert!(rows.next().is_none() && rows.next().is_none());
}

#[test]
fn a_stream_ends_with_the_first_fault_of_the_file() {
    let text = "a,b\n1,2\n3,\0\n6,7\n";
    let mut rows = stream_csv(Cursor::new(text), &ReadOptions::default()).expect("rows");
    assert!(rows.next().is_some_and(|r| r.is_ok()));
    assert_eq!(rows.next(), Some(Err(ReadFault::NotText { line: 3 })));
    assert_eq!(rows.next(), None);
}
