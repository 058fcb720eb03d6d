//! Each bound, at it and beyond it, and files that mean harm.

use documents::table::{
    MAX_BYTES, MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, ReadFault, ReadOptions, read, stream_csv,
};

use super::made::{packed, xlsx, xlsx_parts};
use super::{fault_of, rows_of};

#[test]
fn the_largest_file_is_read_and_a_larger_one_is_not() {
    let mut bytes = b"a,b\n".to_vec();
    bytes.resize(MAX_BYTES, b'\n');
    assert_eq!(rows_of("a.csv", &bytes), ["1 a|b"]);
    bytes.push(b'\n');
    assert_eq!(fault_of("a.csv", &bytes), ReadFault::TooLarge);
    assert_eq!(ReadFault::TooLarge.args(), [("max-mib", "64".to_owned())]);
}

#[test]
fn a_million_rows_are_read_and_one_more_is_not() {
    let text = format!("a,b\n{}", "1,2\n".repeat(MAX_ROWS));
    let rows = |text: &str| {
        let stream = stream_csv(std::io::Cursor::new(text.to_owned()), &ReadOptions::default());
        stream.expect("rows").fold((0, None), |(n, _), row| (n + 1, row.err()))
    };
    assert_eq!(rows(&text), (MAX_ROWS, None));
    assert_eq!(rows(&(text + "1,2\n")), (MAX_ROWS + 1, Some(ReadFault::TooManyRows)));
}

#[test]
fn columns_and_cells_have_their_bounds() {
    let wide = |n: usize| format!("{}\n", vec!["a"; n].join(","));
    assert_eq!(
        read("a.csv", wide(MAX_COLUMNS).as_bytes()).expect("a table").header.len(),
        MAX_COLUMNS
    );
    assert_eq!(
        fault_of("a.csv", wide(MAX_COLUMNS + 1).as_bytes()),
        ReadFault::TooManyColumns { line: 1 }
    );
    // Separators without anything between them are what Excel leaves of deleted columns.
    assert_eq!(
        rows_of("a.csv", format!("a,b{}\n1,2\n", ",".repeat(5_000)).as_bytes()),
        ["1 a|b", "2 1|2"]
    );
    let far = r#"<row r="2"><c r="SG2"><v>1</v></c></row>"#;
    assert_eq!(fault_of("a.xlsx", &xlsx(far)), ReadFault::TooManyColumns { line: 2 });

    let long = |n: usize| format!("a,b\n1,{}\n", "长".repeat(n));
    assert!(read("a.csv", long(MAX_CELL_CHARS).as_bytes()).is_ok());
    let fault = fault_of("a.csv", long(MAX_CELL_CHARS + 1).as_bytes());
    assert_eq!(fault, ReadFault::CellTooLong { line: 2, column: 1 });
    assert_eq!(
        fault.args(),
        [("line", "2".to_owned()), ("column", "B".to_owned()), ("max", "32767".to_owned())]
    );
    let cell = format!(
        r#"<row r="1"><c r="C1" t="str"><v>{}</v></c></row>"#,
        "长".repeat(MAX_CELL_CHARS + 1)
    );
    assert_eq!(fault_of("a.xlsx", &xlsx(&cell)), ReadFault::CellTooLong { line: 1, column: 2 });
}

#[test]
fn a_million_empty_rows_are_dropped() {
    let text = format!(
        "a,b\n1,2\n{}{}3,4\n{}",
        "\r\n".repeat(1_000_000),
        ",,\n".repeat(3),
        " , \n".repeat(1_000_000)
    );
    assert_eq!(rows_of("a.csv", text.as_bytes()), ["1 a|b", "2 1|2", "1000006 3|4"]);

    let mut rows = String::from(r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>"#);
    for row in 2..=1_000_000 {
        rows.push_str(&format!(r#"<row r="{row}" ht="15"><c r="A{row}" s="1"/></row>"#));
    }
    let bytes = packed(&xlsx_parts(&rows, "", ">"));
    assert_eq!(rows_of("a.xlsx", &bytes), ["1 1|2"]);
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![b' '; 200 << 20];
    let mut parts: Vec<(&str, Vec<u8>)> =
        xlsx_parts("", "", ">").into_iter().map(|(n, b)| (n, b.into_bytes())).collect();
    parts.push(("xl/media/a.xml", zeros));
    let bomb = packed(&parts);
    assert!(bomb.len() < 300_000);
    assert_eq!(fault_of("a.xlsx", &bomb), ReadFault::Swells);

    // The same with a lie about its size, in the list of parts and at the part itself.
    let stated = (200_u32 << 20).to_le_bytes();
    let mut liar = bomb;
    let places: Vec<usize> = (0..liar.len() - 4).filter(|at| liar[*at..at + 4] == stated).collect();
    assert!(!places.is_empty());
    for at in places {
        liar[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    assert!(matches!(fault_of("a.xlsx", &liar), ReadFault::Swells | ReadFault::Damaged { .. }));
}

#[test]
fn many_parts_that_are_large_together_are_refused() {
    let noise: Vec<u8> = (0..3_u32 << 20)
        .flat_map(|n| [b' ', (n.wrapping_mul(2_654_435_761) >> 27) as u8 + b'a'])
        .collect();
    let names: Vec<String> = (0..180).map(|n| format!("xl/media/{n}.bin")).collect();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/workbook.xml", options).expect("a part");
    let mut one =
        zip::ZipArchive::new(std::io::Cursor::new(packed(&[("x", &noise)]))).expect("a zip");
    for name in &names {
        zip.raw_copy_file_rename(one.by_index(0).expect("a part"), name.as_str()).expect("a copy");
    }
    let bytes = zip.finish().expect("a zip").into_inner();
    if bytes.len() <= MAX_BYTES {
        assert_eq!(fault_of("a.xlsx", &bytes), ReadFault::Swells);
    } else {
        assert_eq!(fault_of("a.xlsx", &bytes), ReadFault::TooLarge);
    }
}

#[test]
fn what_a_workbook_declares_costs_nothing() {
    // More shared texts than any machine could hold, in a part of a few bytes.
    for count in ["99999999999", "18446744073709551615", "-1", "9e9"] {
        let shared = format!(r#" uniqueCount="{count}"><si><t>甲</t></si>"#);
        let bytes = packed(&xlsx_parts("", "", &shared));
        assert_eq!(fault_of("a.xlsx", &bytes), ReadFault::Damaged { kind: "xlsx" }, "{count}");
    }
    // A sheet that says it is as large as can be, and merged cells over all of it.
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>"#;
    let merged =
        r#"<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:A1"/></mergeCells>"#;
    let _ = read("a.xlsx", &packed(&xlsx_parts(rows, merged, ">")));
    // One long text in very many cells.
    let long = format!(r#" uniqueCount="1"><si><t>{}</t></si>"#, "长".repeat(32_000));
    let rows: String = (1..=10_000)
        .map(|r| format!(r#"<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>"#))
        .collect();
    assert_eq!(fault_of("a.xlsx", &packed(&xlsx_parts(&rows, "", &long))), ReadFault::TooMuchText);
    // Very many merged areas, each over the whole sheet.
    let rows: String = (1..=2_000)
        .map(|r| format!(r#"<row r="{r}"><c r="A{r}"><v>1</v></c><c r="J{r}"><v>1</v></c></row>"#))
        .collect();
    let merged =
        format!("<mergeCells>{}</mergeCells>", r#"<mergeCell ref="A1:J2000"/>"#.repeat(100_000));
    assert_eq!(
        fault_of("a.xlsx", &packed(&xlsx_parts(&rows, &merged, ">"))),
        ReadFault::TooManyCells
    );
}

#[test]
fn a_part_that_is_one_long_piece_is_refused() {
    let noise: String = (0..18_u32 << 20)
        .map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 28) as u8))
        .collect();
    let rows = format!(r#"<row r="1"><c r="A1" t="str"><v>{noise}</v></c></row>"#);
    assert_eq!(fault_of("a.xlsx", &xlsx(&rows)), ReadFault::Swells);
    let rows = format!(r#"<row r="1"><!-- {noise} --></row>"#);
    assert_eq!(fault_of("a.xlsx", &xlsx(&rows)), ReadFault::Swells);
}
