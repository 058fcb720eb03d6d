//! XLSX: values, dates, merged cells, formulas, sheets.

use documents::table::{ReadFault, ReadOptions, RowFault, read, read_with};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::made::{packed, xlsx, xlsx_parts};
use super::{fault_of, rows_of, sheet, shown};

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().expect("a workbook")
}

fn page(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    book(|b| fill(b.add_worksheet()))
}

#[test]
fn values_are_read_as_a_person_sees_them() {
    let bytes = page(|p| {
        p.write_row(0, 0, ["文字", "数", "小数", "负数", "真假", "长数"]).expect("header");
        p.write_string(1, 0, "  两端 空格\n第二行").expect("text");
        p.write_number(1, 1, 42.0).expect("number");
        p.write_number(1, 2, 0.1 + 0.2).expect("number");
        p.write_number(1, 3, -1_234_567.5).expect("number");
        p.write_boolean(1, 4, true).expect("truth");
        p.write_number(1, 5, 123_456_789_012_345.0).expect("number");
        p.write_string(2, 0, "_x0041_ <&>\"' \u{1}").expect("text");
        p.write_string(2, 1, "007").expect("text");
        p.write_number(2, 2, 1e-7).expect("number");
        p.write_boolean(2, 4, false).expect("truth");
    });
    let table = read("a.xlsx", &bytes).expect("a table");
    assert_eq!(
        table.rows[0].cells,
        ["  两端 空格\n第二行", "42", "0.3", "-1234567.5", "TRUE", "123456789012345"]
    );
    assert_eq!(table.rows[1].cells, ["_x0041_ <&>\"' \u{1}", "007", "0.0000001", "", "FALSE", ""]);
    assert_eq!(table.faults, []);
}

#[test]
fn dates_and_times_in_five_styles_are_iso() {
    let styles = [
        "yyyy-mm-dd",
        "yyyy/m/d",
        "yyyy\"年\"m\"月\"d\"日\"",
        "yyyy.mm.dd hh:mm",
        "[$-804]m\"月\"d\"日\";@",
    ];
    let bytes = page(|p| {
        let stamp = ExcelDateTime::from_ymd(2026, 11, 23)
            .expect("a day")
            .and_hms(9, 30, 0)
            .expect("a time");
        let day = ExcelDateTime::from_ymd(2026, 11, 23).expect("a day");
        let time = ExcelDateTime::from_hms(15, 5, 7).expect("a time");
        p.write_row(0, 0, ["日", "日时", "时", "时长"]).expect("header");
        for (row, style) in (1..).zip(styles) {
            let format = Format::new().set_num_format(style);
            p.write_datetime_with_format(row, 0, &day, &format).expect("a day");
            p.write_datetime_with_format(row, 1, &stamp, &format).expect("a stamp");
            p.write_datetime_with_format(row, 2, &time, &Format::new().set_num_format("h:mm:ss"))
                .expect("a time");
            p.write_number_with_format(row, 3, 1.5, &Format::new().set_num_format("[h]:mm:ss"))
                .expect("a length");
        }
    });
    let table = read("a.xlsx", &bytes).expect("a table");
    for row in &table.rows {
        assert_eq!(row.cells, ["2026-11-23", "2026-11-23T09:30:00", "15:05:07", "36:00:00"]);
    }
    assert_eq!(table.rows.len(), 5);
}

#[test]
fn every_minute_of_a_day_comes_back_as_it_was() {
    let format = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let bytes = page(|p| {
        p.write_row(0, 0, ["at", "x"]).expect("header");
        for minute in 1..1440_u32 {
            let serial = 46349.0 + f64::from(minute) / 1440.0;
            p.write_number_with_format(minute, 0, serial, &format).expect("a stamp");
        }
    });
    let table = read("a.xlsx", &bytes).expect("a table");
    for (minute, row) in (1..).zip(&table.rows) {
        assert_eq!(row.cells[0], format!("2026-11-23T{:02}:{:02}:00", minute / 60, minute % 60));
    }
}

#[test]
fn a_merged_cell_fills_its_area() {
    let bytes = page(|p| {
        let plain = Format::new();
        p.merge_range(0, 0, 0, 3, "某县矛盾纠纷排查台账", &plain).expect("a title");
        p.write_row(1, 0, ["乡镇", "村", "姓名", "备注"]).expect("header");
        p.merge_range(2, 0, 4, 0, "城关镇", &plain).expect("an area");
        p.merge_range(2, 1, 3, 1, "东街村", &plain).expect("an area");
        p.write_column(2, 2, ["张三", "李四", "王五"]).expect("names");
        p.write_string(4, 1, "西街村").expect("a village");
        p.merge_range(5, 0, 9, 1, "北关镇", &plain).expect("an area");
        p.merge_range(5, 2, 5, 3, "赵六", &plain).expect("an area");
    });
    let expected = [
        "2 乡镇|村|姓名|备注",
        "3 城关镇|东街村|张三|",
        "4 城关镇|东街村|李四|",
        "5 城关镇|西街村|王五|",
        "6 北关镇|北关镇|赵六|赵六",
    ];
    assert_eq!(rows_of("a.xlsx", &bytes), expected);
}

#[test]
fn a_formula_is_its_last_value() {
    let bytes = page(|p| {
        p.write_row(0, 0, ["a", "b", "c"]).expect("header");
        p.write_formula(1, 0, Formula::new("=40+2").set_result("42")).expect("a formula");
        p.write_formula(1, 1, Formula::new("=\"张\"&\"三\"").set_result("张三"))
            .expect("a formula");
        p.write_formula(1, 2, Formula::new("=1=1").set_result("TRUE")).expect("a formula");
    });
    assert_eq!(rows_of("a.xlsx", &bytes), ["1 a|b|c", "2 42|张三|TRUE"]);
}

#[test]
fn error_cells_are_remarked_with_their_place() {
    let rows = r#"<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
        <row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>A9</f><v>#REF!</v></c></row>
        <row r="3"><c r="A3"><v>2</v></c><c r="B3" t="e"><v>#SPILL!</v></c></row>
        <row r="4"><c r="A4"><v>3</v></c><c r="B4" t="e"><v>张三</v></c></row>"#;
    let table = read("a.xlsx", &xlsx(rows)).expect("a table");
    assert_eq!(shown(&table), ["1 a|b", "2 1|#REF!", "3 2|", "4 3|"]);
    assert_eq!(
        table.faults,
        [
            RowFault::ErrorCell { line: 2, column: Some(1), sign: "#REF!" },
            RowFault::ErrorCell { line: 3, column: None, sign: "#SPILL!" },
            RowFault::ErrorCell { line: 4, column: None, sign: "#" },
        ]
    );
    assert_eq!(table.faults[0].args()[1], ("column", "B".to_owned()));
}

#[test]
fn an_identity_number_kept_as_a_number_is_remarked() {
    let bytes = page(|p| {
        p.write_row(0, 0, ["姓名", "身份证号"]).expect("header");
        p.write_string(1, 0, "张三").expect("a name");
        p.write_number(1, 1, 110_101_199_001_011_237.0).expect("a number");
    });
    let table = read("a.xlsx", &bytes).expect("a table");
    assert_eq!(table.faults, [RowFault::DigitsLost { line: 2, column: 1 }]);
    assert_eq!(table.faults[0].rule(), "digits-lost");
}

#[test]
fn the_first_shown_sheet_with_content_is_read_or_the_named_one() {
    let bytes = book(|b| {
        b.add_worksheet()
            .set_name("选项")
            .expect("a name")
            .set_hidden(true)
            .write(0, 0, "隐")
            .expect("a cell");
        b.add_worksheet().set_name("空").expect("a name").set_active(true);
        b.add_worksheet()
            .set_name("名单")
            .expect("a name")
            .write_row(0, 0, ["姓名", "电话"])
            .expect("a row");
        b.add_worksheet()
            .set_name("其他")
            .expect("a name")
            .write_row(2, 1, ["甲", "乙"])
            .expect("a row");
    });
    assert_eq!(rows_of("a.xlsx", &bytes), ["1 姓名|电话"]);
    assert_eq!(shown(&read_with("a.xlsx", &bytes, &sheet("其他")).expect("a table")), ["3 |甲|乙"]);
    assert_eq!(shown(&read_with("a.xlsx", &bytes, &sheet("选项")).expect("a table")), ["1 隐"]);
    assert_eq!(read_with("a.xlsx", &bytes, &sheet("空")), Err(ReadFault::Empty));
    assert_eq!(read_with("a.xlsx", &bytes, &sheet("无")), Err(ReadFault::NoSheet));
    assert_eq!(fault_of("a.xlsx", &page(|_| {})), ReadFault::Empty);
}

#[test]
fn a_wanted_header_row_names_the_columns() {
    let bytes = page(|p| {
        let plain = Format::new();
        p.merge_range(0, 0, 0, 1, "当事人", &plain).expect("an area");
        p.merge_range(0, 2, 1, 2, "类型", &plain).expect("an area");
        p.write_row(1, 0, ["姓名", "电话"]).expect("header");
        p.write_row(2, 0, ["张三", "1", "邻里"]).expect("a row");
    });
    let options = ReadOptions { header_line: Some(2), ..ReadOptions::default() };
    let table = read_with("a.xlsx", &bytes, &options).expect("a table");
    assert_eq!(shown(&table), ["2 姓名|电话|类型", "3 张三|1|邻里"]);
}

#[test]
fn rows_in_any_order_and_without_places_are_read() {
    let rows = r#"<row r="3"><c r="B3" t="str"><v>d</v></c></row><row r="1"><c r="A1" t="str"><v>a</v></c>
        <c r="B1" t="str"><v>b</v></c></row><row r="3"><c r="A3" t="str"><v>c</v></c></row>"#;
    assert_eq!(rows_of("a.xlsx", &xlsx(rows)), ["1 a|b", "3 c|d"]);
    let bare =
        "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c t='s'><v>0</v></c></row>";
    assert_eq!(rows_of("a.xlsx", &xlsx(bare)), ["1 1|2", "3 |甲"]);
}

#[test]
fn texts_within_a_cell_are_joined_without_their_phonetics() {
    let shared = r#" uniqueCount="1"><si><r><t>张</t></r><r><t xml:space="preserve"> 三</t></r><rPh><t>zhang</t></rPh></si>"#;
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;
    assert_eq!(rows_of("a.xlsx", &packed(&xlsx_parts(rows, "", shared))), ["1 张 三"]);
}
