//! Writing, and reading back what was written.

use documents::table::{
    Column, CsvWriter, MAX_CELL_CHARS, WriteFault, XlsxWriter, read, write_csv, write_xlsx,
};

use super::shown;

fn header() -> Vec<Column> {
    vec![Column::text("姓名"), Column::text("身份证号"), Column::number("件数")]
}

const FORMULAS: [&str; 10] =
    ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－", "=cmd|' /C calc'!A0", "-"];

fn csv(rows: &[[&str; 3]]) -> String {
    let mut bytes = Vec::new();
    assert_eq!(write_csv(&mut bytes, &header(), rows).expect("written"), rows.len() as u64);
    String::from_utf8(bytes).expect("utf-8")
}

fn xlsx(rows: &[[&str; 3]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_xlsx(&mut bytes, "名单", &header(), rows).expect("written");
    bytes
}

#[test]
fn csv_is_what_excel_opens() {
    let text = csv(&[
        ["张三", "11010119900101123X", "3"],
        ["李,四", "say \"yes\"", ""],
        ["两\n行", " x ", "-2.5"],
    ]);
    assert_eq!(
        text,
        "\u{feff}姓名,身份证号,件数\r\n张三,11010119900101123X,3\r\n\"李,四\",\"say \"\"yes\"\"\",\r\n\"两\n行\", x ,-2.5\r\n"
    );
}

#[test]
fn what_looks_like_a_formula_is_text_in_csv() {
    for cell in FORMULAS {
        let text = csv(&[[cell, "x", cell]]);
        let line = text.split_once("\r\n").expect("a header").1;
        let guarded = line.trim_start_matches('"').strip_prefix('\'');
        assert!(guarded.is_some_and(|l| l.starts_with(cell)), "{cell:?}: {line:?}");
        // Only a plain amount of a numeric column may begin with a minus.
        assert_eq!(line.contains(",-5\r\n"), cell == "-5");
        let table = read("a.csv", text.as_bytes()).expect("a table");
        let read_back = cell.replace('\r', "\n");
        assert_eq!(table.rows[0].cells, [&read_back, "x", &read_back], "{cell:?}");
    }
    let mut bytes = Vec::new();
    write_csv(&mut bytes, &[Column::text("=1")], [["x"]]).expect("written");
    assert!(bytes.ends_with(b"'=1\r\nx\r\n"));
    assert!(csv(&[["a=1", "'b", "b-c"]]).ends_with("a=1,'b,b-c\r\n"));
}

#[test]
fn xlsx_cells_are_text_and_come_back_as_they_were() {
    let rows: Vec<[&str; 3]> = FORMULAS.iter().map(|c| [*c, "110101199001011237", "3"]).collect();
    let table = read("a.xlsx", &xlsx(&rows)).expect("a table");
    assert_eq!(table.header, ["姓名", "身份证号", "件数"]);
    for (row, cell) in table.rows.iter().zip(FORMULAS) {
        assert_eq!(row.cells[0].trim(), cell.trim(), "{cell:?}");
        assert_eq!(row.cells[1], "110101199001011237");
    }
    assert_eq!(table.faults, []);
    let sheet = part(&xlsx(&rows), "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>"), "a formula was written");
    assert_eq!(sheet.matches("t=\"inlineStr\"").count(), 3 + 2 * rows.len());
}

#[test]
fn amounts_are_numbers_only_where_nothing_is_lost() {
    let amounts = ["3", "-3", "0", "0.5", "12345.25", "123456789012345"];
    let others = [
        "007",
        "1e5",
        "+3",
        "",
        "1,000",
        "1234567890123456",
        "１２",
        "NaN",
        "inf",
        ".5",
        "5.",
        "-",
        "3件",
        "٣",
    ];
    let cells = |all: &[&'static str]| {
        let rows: Vec<[&str; 3]> = all.iter().map(|c| ["x", "1", *c]).collect();
        part(&xlsx(&rows), "xl/worksheets/sheet1.xml").matches("<v>").count()
    };
    assert_eq!(cells(&amounts), amounts.len());
    assert_eq!(cells(&others), 0);
    let rows: Vec<[&str; 3]> = amounts.iter().map(|c| ["x", "1", *c]).collect();
    let table = read("a.xlsx", &xlsx(&rows)).expect("a table");
    assert_eq!(table.rows.iter().map(|r| r.cells[2].as_str()).collect::<Vec<_>>(), amounts);
}

#[test]
fn the_header_is_bold_and_stays_and_columns_fit_chinese() {
    let long = "某县某镇某村第三网格";
    let bytes = xlsx(&[[long, "1", "3"]]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains(
            r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#
        )
    );
    assert!(part(&bytes, "xl/styles.xml").contains("<b/>"));
    let widths: Vec<f64> = sheet
        .split("width=\"")
        .skip(1)
        .map(|s| s.split('"').next().expect("a width").parse().expect("a number"))
        .collect();
    assert!(widths[0] >= 22.0 && widths[0] < 26.0, "{widths:?}");
    assert!(widths[1] >= 10.0 && widths[2] >= 8.0, "{widths:?}");
    assert!(sheet.contains("numberStoredAsText"));
}

#[test]
fn a_sheet_gets_a_name_that_excel_allows() {
    let long = "矛盾纠纷排查化解工作台账".repeat(4);
    for (name, expected) in [
        ("信访/接访[2026]", "信访 接访 2026"),
        ("'名单'", "名单"),
        ("", "Sheet1"),
        ("***", "Sheet1"),
        (long.as_str(), &long.chars().take(31).collect::<String>()),
    ] {
        let mut bytes = Vec::new();
        write_xlsx(&mut bytes, name, &[Column::text("a")], [["1"]]).expect(name);
        assert!(
            part(&bytes, "xl/workbook.xml").contains(&format!("name=\"{expected}\"")),
            "{name}"
        );
    }
}

#[test]
fn rows_that_do_not_fit_are_told() {
    let fault =
        write_csv(Vec::new(), &header(), [vec!["1", "2", "3"], vec!["1"]]).expect_err("a fault");
    assert!(matches!(fault, WriteFault::Width { line: 3, columns: 3, found: 1 }));
    assert_eq!(fault.rule(), "row-width");
    let mut sheet = XlsxWriter::new(Vec::new(), "一", &header()).expect("begun");
    assert!(matches!(sheet.row(["1"]), Err(WriteFault::Width { line: 2, .. })));
    let long = "长".repeat(MAX_CELL_CHARS + 1);
    let fault = sheet.row(["1", &long, "3"]).expect_err("a fault");
    assert!(matches!(fault, WriteFault::CellTooLong { line: 2, column: 1 }));
    assert_eq!(fault.args()[1], ("column", "B".to_owned()));
    // The rows that did fit are a table all the same.
    sheet.row(["张三", "1", "3"]).expect("a row");
    assert_eq!(sheet.finish().expect("an end"), 1);
    let wide = vec![Column::text("a"); 16_385];
    assert!(matches!(XlsxWriter::new(Vec::new(), "一", &wide), Err(WriteFault::SheetFull)));
}

/// A disk that is full after some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_and_not_half_a_file() {
    let rows: Vec<[&str; 3]> = vec![["张三", "1", "2"]; 5_000];
    for room in [0, 3, 10, 1_000, 8_000] {
        let csv = write_csv(Full(room), &header(), &rows).expect_err("a fault");
        assert_eq!(csv.rule(), "not-writable", "{room}");
        let xlsx = write_xlsx(Full(room), "一", &header(), &rows).expect_err("a fault");
        assert_eq!(xlsx.rule(), "not-writable", "{room}");
    }
    let mut writer = CsvWriter::new(Full(1_000_000), &header()).expect("begun");
    writer.row(["1", "2", "3"]).expect("a row");
    assert_eq!(writer.finish().expect("an end"), 1);
}

#[test]
fn an_empty_table_is_a_header() {
    assert_eq!(csv(&[]), "\u{feff}姓名,身份证号,件数\r\n");
    assert_eq!(shown(&read("a.xlsx", &xlsx(&[])).expect("a table")), ["1 姓名|身份证号|件数"]);
}

fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("a zip");
    std::io::read_to_string(archive.by_name(name).expect("a part")).expect("text")
}
