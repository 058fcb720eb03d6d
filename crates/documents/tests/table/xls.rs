//! XLS: a workbook made record by record, in the container of Excel 97.

use documents::table::{ReadFault, RowFault, read, read_with};

use super::made::{biff, biff_with, number_cell, record, shared, text_cell, words, xls};
use super::{fault_of, rows_of, sheet, shown};

fn page(records: &[Vec<u8>]) -> Vec<u8> {
    let texts = ["姓名", "日期", "张三", "李四", "城关镇"];
    xls(&biff(&texts, &[("名单", records.concat())]))
}

fn header() -> Vec<u8> {
    [text_cell(0, 0, 0), text_cell(0, 1, 1)].concat()
}

#[test]
fn texts_numbers_dates_truths_and_errors_are_read() {
    let short =
        |value: i32| [words(&[3, 2, 0]), ((value << 2) | 2).to_le_bytes().to_vec()].concat();
    let several = [
        words(&[4, 0]),
        words(&[0]),
        vec![0x02, 0, 0, 0],
        words(&[0]),
        (29_i32 << 2 | 3).to_le_bytes().to_vec(),
        words(&[1]),
    ];
    let formula = |row: u16, value: [u8; 8]| {
        record(6, &[words(&[row, 2, 0]), value.to_vec(), words(&[0, 0, 0, 1]), vec![0x1d]].concat())
    };
    let bytes = page(&[
        header(),
        text_cell(1, 0, 2),
        number_cell(1, 1, 1, 46349.0),
        number_cell(1, 2, 3, 46349.0 + 9.5 / 24.0),
        text_cell(2, 0, 3),
        number_cell(2, 1, 2, 9.5 / 24.0),
        record(0x205, &[words(&[2, 2, 0]), vec![1, 0]].concat()),
        record(0x205, &[words(&[3, 1, 0]), vec![0x17, 1]].concat()),
        record(0x27e, &short(-7)),
        record(0xbd, &several.concat()),
        formula(4, 2.5_f64.to_le_bytes()),
        formula(5, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(0x207, &shared("甲乙")),
    ]);
    let table = read("a.xls", &bytes).expect("a table");
    let expected = [
        "1 姓名|日期|",
        "2 张三|2026-11-23|2026-11-23T09:30:00",
        "3 李四|09:30:00|TRUE",
        "4 |#REF!|-7",
        "5 0|0.29|2.5",
        "6 ||甲乙",
    ];
    assert_eq!(shown(&table), expected);
    assert_eq!(table.faults, [RowFault::ErrorCell { line: 4, column: Some(1), sign: "#REF!" }]);
}

#[test]
fn merged_cells_fill_their_area() {
    let merged = record(0xe5, &words(&[1, 1, 2, 0, 0]));
    let bytes =
        page(&[header(), text_cell(1, 0, 4), text_cell(1, 1, 2), text_cell(2, 1, 3), merged]);
    assert_eq!(rows_of("a.xls", &bytes), ["1 姓名|日期", "2 城关镇|张三", "3 城关镇|李四"]);
}

#[test]
fn a_large_workbook_has_chains_of_sectors_and_continued_texts() {
    // The shared texts run over the end of their record, one of them in its middle.
    let long = "综治中心".repeat(2_000);
    let whole = [vec![0; 8], shared("姓名"), shared(&long), shared("末")].concat();
    let (first, rest) = whole.split_at(8_000);
    let texts = [record(0xfc, first), record(0x3c, &[&[1], rest].concat())].concat();
    let mut cells = [text_cell(0, 0, 0), text_cell(0, 1, 2)].concat();
    for row in 1..3_000 {
        cells.extend(
            [
                number_cell(row, 0, 0, f64::from(row)),
                text_cell(row, 1, if row == 7 { 1 } else { 2 }),
            ]
            .concat(),
        );
    }
    let bytes = xls(&biff_with(&texts, &[("名单", cells)]));
    let table = read("a.xls", &bytes).expect("a table");
    assert_eq!(table.rows.len(), 2_999);
    assert_eq!(table.rows[6].cells, ["7", &long]);
    assert_eq!(table.rows[2_998].cells, ["2999", "末"]);
}

#[test]
fn the_named_sheet_is_read() {
    let sheets = [("空", vec![]), ("一", header()), ("二", text_cell(4, 1, 0))];
    let bytes = xls(&biff(&["姓名", "日期"], &sheets));
    assert_eq!(rows_of("a.xls", &bytes), ["1 姓名|日期"]);
    assert_eq!(shown(&read_with("a.xls", &bytes, &sheet("二")).expect("a table")), ["5 |姓名"]);
    assert_eq!(read_with("a.xls", &bytes, &sheet("三")), Err(ReadFault::NoSheet));
}

#[test]
fn a_chain_that_leads_back_to_itself_ends() {
    let good = xls(&biff(&["姓名"; 900], &[("一", text_cell(0, 0, 0))]));
    // The table of chains is the first sector; every entry in turn leads to every early sector.
    for entry in 0..24 {
        for target in 0..8_u32 {
            let mut bytes = good.clone();
            bytes[512 + entry * 4..516 + entry * 4].copy_from_slice(&target.to_le_bytes());
            let _ = read("a.xls", &bytes);
        }
    }
}

#[test]
fn what_a_workbook_declares_costs_nothing() {
    // A sheet that says it has four billion rows.
    let huge = record(
        0x200,
        &[0_u32.to_le_bytes(), u32::MAX.to_le_bytes()]
            .concat()
            .into_iter()
            .chain(words(&[0, 255, 0]))
            .collect::<Vec<_>>(),
    );
    assert_eq!(rows_of("a.xls", &page(&[huge, header()])), ["1 姓名|日期"]);
    // A cell at either end of the sheet.
    let far = page(&[header(), number_cell(65_535, 65_535, 0, 1.0)]);
    assert_eq!(fault_of("a.xls", &far), ReadFault::TooManyCells);
    // The same, the first of them without a place of its own.
    let far = page(&[record(0x207, &shared("甲")), number_cell(65_535, 65_535, 0, 1.0)]);
    assert_eq!(fault_of("a.xls", &far), ReadFault::TooManyCells);
    // A label of 64 KiB in a few bytes.
    let label = record(0x204, &[words(&[1, 0, 0, 0xffff]), vec![0, b'a']].concat());
    assert_eq!(fault_of("a.xls", &page(&[header(), label])), ReadFault::Damaged { kind: "xls" });
    // One long text in very many cells.
    let long = "长".repeat(30_000);
    let cells: Vec<u8> = (0..20_000).flat_map(|row| text_cell(row, 0, 0)).collect();
    let whole = [vec![0; 8], shared(&long)].concat();
    // Eleven bytes of counts and lengths, then characters of two bytes.
    let mut texts = record(0xfc, &whole[..8_011]);
    for part in whole[8_011..].chunks(8_000) {
        texts.extend(record(0x3c, &[&[1], part].concat()));
    }
    assert_eq!(
        fault_of("a.xls", &xls(&biff_with(&texts, &[("一", cells)]))),
        ReadFault::TooMuchText
    );
    // A workbook behind a password.
    let protected = xls(&biff_with(&record(0x2f, &words(&[1, 1])), &[("一", vec![])]));
    assert_eq!(fault_of("a.xls", &protected), ReadFault::Protected);
}
