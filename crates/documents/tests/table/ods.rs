//! ODS: values, repeated cells and rows, merged cells, hidden sheets.

use documents::table::{ReadFault, RowFault, read, read_with};

use super::made::{ods, ods_parts, packed};
use super::{fault_of, rows_of, sheet, shown};

fn text(value: &str) -> String {
    format!(
        r#"<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>"#
    )
}

fn row(cells: &[String]) -> String {
    format!("<table:table-row>{}</table:table-row>", cells.concat())
}

fn table(name: &str, style: &str, rows: &[String]) -> String {
    let rows = rows.concat();
    format!(
        r#"<table:table table:name="{name}" table:style-name="{style}"><table:table-column/>{rows}</table:table>"#
    )
}

#[test]
fn values_are_read_as_a_person_sees_them() {
    let cell = |attributes: &str| {
        format!("<table:table-cell {attributes}><text:p>shown</text:p></table:table-cell>")
    };
    let values = [
        cell(r#"office:value-type="float" office:value="42.0""#),
        cell(r#"office:value-type="percentage" office:value="0.25""#),
        cell(r#"office:value-type="date" office:date-value="2026-11-23""#),
        cell(r#"office:value-type="date" office:date-value="2026-11-23T09:30:00.000000000""#),
        cell(r#"office:value-type="time" office:time-value="PT09H30M00S""#),
        cell(r#"office:value-type="boolean" office:boolean-value="true""#),
        cell(r#"office:value-type="string" office:string-value="值""#),
        cell(
            r#"table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error""#,
        ),
    ];
    let long = r#"<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>一&amp;二<text:s text:c="3"/>三<text:tab/>&#x56DB;</text:p><text:p><text:span>五</text:span></text:p></table:table-cell>"#;
    let rows = [
        row(&["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"].map(text)),
        row(&values),
        row(&[long.to_owned()]),
    ];
    let found = read("a.ods", &ods(&table("一", "ta1", &rows))).expect("a table");
    let expected =
        ["42", "0.25", "2026-11-23", "2026-11-23T09:30:00", "09:30:00", "TRUE", "值", "shown"];
    assert_eq!(found.rows[0].cells, expected);
    assert_eq!(found.rows[1].cells[0], "一&二   三\t四\n五");
    assert_eq!(found.faults, [RowFault::ErrorCell { line: 2, column: Some(7), sign: "#" }]);
}

#[test]
fn repeated_cells_and_rows_are_unfolded_where_they_hold_anything() {
    let rows = [
        r#"<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>"#.to_owned(),
        row(&[text("甲"), text("乙"), text("丙")]),
        r#"<table:table-row table:number-rows-repeated="2"><table:table-cell/><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/></table:table-row>"#.to_owned(),
        r#"<table:table-row table:number-rows-repeated="1048571"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#.to_owned(),
    ];
    assert_eq!(
        rows_of("a.ods", &ods(&table("一", "ta1", &rows))),
        ["3 甲|乙|丙", "4 |7|7", "5 |7|7"]
    );
}

#[test]
fn a_merged_cell_fills_its_area() {
    let merged = |value: &str, wide: u8, high: u8| {
        format!(
            r#"<table:table-cell office:value-type="string" table:number-columns-spanned="{wide}" table:number-rows-spanned="{high}"><text:p>{value}</text:p></table:table-cell>"#
        )
    };
    let covered =
        |n: u8| format!(r#"<table:covered-table-cell table:number-columns-repeated="{n}"/>"#);
    let rows = [
        row(&[merged("台账", 3, 1), covered(2)]),
        format!(
            "<table:table-header-rows>{}</table:table-header-rows>",
            row(&["乡镇", "村", "姓名"].map(text))
        ),
        row(&[merged("城关镇", 1, 2), text("东街"), text("张三")]),
        row(&[covered(1), text("西街"), text("李四")]),
    ];
    let expected = ["2 乡镇|村|姓名", "3 城关镇|东街|张三", "4 城关镇|西街|李四"];
    assert_eq!(rows_of("a.ods", &ods(&table("一", "ta1", &rows))), expected);
}

#[test]
fn the_first_shown_sheet_with_content_is_read_or_the_named_one() {
    let sheets = [
        table("选项", "ta2", &[row(&[text("隐")])]),
        table("空", "ta1", &[row(&["<table:table-cell/>".to_owned()])]),
        table("名单", "ta1", &[row(&[text("姓名"), text("电话")])]),
    ]
    .concat();
    assert_eq!(rows_of("a.ods", &ods(&sheets)), ["1 姓名|电话"]);
    assert_eq!(
        shown(&read_with("a.ods", &ods(&sheets), &sheet("选项")).expect("a table")),
        ["1 隐"]
    );
    assert_eq!(read_with("a.ods", &ods(&sheets), &sheet("空")), Err(ReadFault::Empty));
    assert_eq!(read_with("a.ods", &ods(&sheets), &sheet("无")), Err(ReadFault::NoSheet));
}

#[test]
fn a_file_that_breaks_off_inside_is_damaged() {
    let mut parts = ods_parts(&table("一", "ta1", &[row(&[text("姓名")])]));
    let whole = parts[2].1.clone();
    for end in (200..whole.len()).step_by(7) {
        if whole.is_char_boundary(end) {
            parts[2].1 = whole[..end].to_owned();
            let found = read("a.ods", &packed(&parts));
            assert!(found.is_err() || end > whole.find("</table:table>").expect("an end"), "{end}");
        }
    }
}

#[test]
fn a_password_and_cells_that_multiply_are_told() {
    let mut parts = ods_parts("");
    parts[1].1 = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>".to_owned();
    assert_eq!(fault_of("a.ods", &packed(&parts)), ReadFault::Protected);
    let many = |rows: u32, columns: u32| {
        let cell = format!(
            r#"<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>"#
        );
        let row = format!(
            r#"<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>"#
        );
        ods(&table("一", "ta1", &[row]))
    };
    let blank = r#"<table:table-row table:number-rows-repeated="4000000000"><table:table-cell table:number-columns-repeated="4000000000" office:value-type="string"><text:p> </text:p></table:table-cell></table:table-row>"#;
    assert_eq!(fault_of("a.ods", &ods(&table("一", "ta1", &[blank.to_owned()]))), ReadFault::Empty);
    assert_eq!(fault_of("a.ods", &many(1, 16_384)), ReadFault::TooManyColumns { line: 1 });
    assert_eq!(fault_of("a.ods", &many(4_000_000_000, 1)), ReadFault::TooManyRows);
    assert_eq!(fault_of("a.ods", &many(900_000, 400)), ReadFault::TooManyCells);
}
