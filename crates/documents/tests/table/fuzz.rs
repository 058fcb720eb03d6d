//! Damaged files by the thousand: nothing may panic outside what `read` holds, hang or grow.

use std::sync::{Mutex, Once};

use documents::table::{Column, read, write_csv, write_xlsx};
use encoding_rs::GBK;

use super::made::{
    biff, number_cell, ods_parts, packed, record, shared, text_cell, words, xls, xlsx_parts,
};

/// A small generator whose seed is in the test, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }

    /// One to eight changes: other bits, other bytes, a piece gone, doubled or moved, large numbers.
    fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(8) {
            if bytes.is_empty() {
                break;
            }
            let at = self.below(bytes.len());
            let piece = at..(at + 1 + self.below(40)).min(bytes.len());
            match self.below(8) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.roll() as u8,
                2 => drop(bytes.drain(piece)),
                3 => {
                    let copy = bytes[piece].to_vec();
                    let to = self.below(bytes.len());
                    drop(bytes.splice(to..to, copy));
                }
                4 => bytes.truncate(at),
                5 => bytes[piece].fill(0xff),
                6 => bytes[piece].iter_mut().filter(|b| b.is_ascii_digit()).for_each(|b| *b = b'9'),
                _ => {
                    let marks = b"\"<>&;,\t\n\r\0=#/'";
                    bytes[at] = marks[self.below(marks.len())];
                }
            }
        }
        bytes
    }
}

/// How often something is damaged: `FUZZ_TIMES` multiplies it, for a night's run.
fn rounds(n: usize) -> usize {
    n * std::env::var("FUZZ_TIMES").ok().and_then(|t| t.parse().ok()).unwrap_or(1)
}

/// Where our own code panicked.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The hook is one for the whole process, and tests run beside each other.
static HOOK: Once = Once::new();

/// Runs something and fails if our own code panicked, even where `read` held it.
fn ours_never_panics(run: impl FnOnce()) {
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            if place.contains("documents/src") {
                PANICS.lock().expect("a list").push(place);
            } else if place.contains("documents/tests") {
                before(info);
            }
        }));
    });
    run();
    let panics = PANICS.lock().expect("a list").clone();
    assert_eq!(panics, Vec::<String>::new());
}

fn table() -> Vec<[&'static str; 3]> {
    vec![["张三", "13800000000", "3"], ["李四", "\"引,号\"\n", "-4.5"], ["", "=1+1", ""]]
}

fn header() -> [Column; 3] {
    [Column::text("姓名"), Column::text("电话"), Column::number("件数")]
}

fn sheet_xml() -> (String, &'static str) {
    let rows: String = (1..9)
        .map(|r| format!(r#"<row r="{r}" ht="15"><c r="A{r}" t="s"><v>0</v></c><c r="B{r}" s="1"><v>46349.5</v></c><c r="C{r}" t="e"><f>A1</f><v>#REF!</v></c><c r="D{r}" t="b"><v>1</v></c><c r="E{r}" t="inlineStr"><is><t>行{r}</t></is></c></row>"#))
        .collect();
    (rows, r#"<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="D3:E9"/></mergeCells>"#)
}

#[test]
fn damaged_files_are_tables_or_faults() {
    ours_never_panics(|| {
        let mut csv = Vec::new();
        write_csv(&mut csv, &header(), table()).expect("written");
        let gbk = GBK.encode("姓名;电话\r\n张三;\"1\r\n2\"\r\n").0.into_owned();
        let mut xlsx = Vec::new();
        write_xlsx(&mut xlsx, "一", &header(), table()).expect("written");
        let ods = packed(&ods_parts("<table:table table:name=\"一\"/>"));
        let mut dice = Dice(0x5eed_0001);
        for _ in 0..rounds(2_000) {
            for (name, bytes) in
                [("a.csv", &csv), ("a.csv", &gbk), ("a.xlsx", &xlsx), ("a.ods", &ods)]
            {
                let _ = read(name, &dice.damage(bytes));
            }
        }
    });
}

#[test]
fn damage_inside_a_packed_file_is_held_too() {
    // Damage to the packed bytes only ever meets the checksum, so this damages what is inside.
    ours_never_panics(|| {
        let (rows, after) = sheet_xml();
        let xlsx = xlsx_parts(
            &rows,
            after,
            r#" count="8" uniqueCount="2"><si><t>甲</t></si><si><r><t>乙</t></r></si>"#,
        );
        let cells = r#"<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>甲<text:s text:c="3"/></text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="float" office:value="1.5" table:number-columns-repeated="3"/><table:table-cell office:value-type="date" office:date-value="2026-11-23T09:30:00"/><table:table-cell office:value-type="time" office:time-value="PT09H30M00S"/></table:table-row>"#;
        let ods = ods_parts(&format!("<table:table table:name=\"一\">{cells}</table:table>"));
        let mut dice = Dice(0x5eed_0002);
        for _ in 0..rounds(1_500) {
            for (name, parts) in [("a.xlsx", &xlsx), ("a.ods", &ods)] {
                let mut parts: Vec<(&str, Vec<u8>)> =
                    parts.iter().map(|(n, b)| (*n, b.clone().into_bytes())).collect();
                for _ in 0..=dice.below(2) {
                    let at = dice.below(parts.len());
                    parts[at].1 = dice.damage(&parts[at].1);
                }
                let _ = read(name, &packed(&parts));
            }
        }
    });
}

#[test]
fn damaged_old_workbooks_are_held_too() {
    ours_never_panics(|| {
        let formula =
            record(6, &[words(&[3, 1, 0, 0, 0, 0, 0xffff, 0, 0, 0, 3]), vec![0x1e, 1, 0]].concat());
        let cells = [
            text_cell(0, 0, 0),
            text_cell(0, 1, 1),
            number_cell(1, 0, 1, 46349.5),
            record(0x200, &words(&[0, 0, 9, 0, 0, 2, 0])),
            record(0xe5, &words(&[1, 1, 2, 0, 1])),
            record(0xbd, &[words(&[2, 0, 0]), vec![2, 0, 0, 0], words(&[0])].concat()),
            formula,
            record(0x207, &shared("结果")),
        ];
        let stream = biff(&["姓名", "电话"], &[("一", cells.concat()), ("二", text_cell(4, 4, 1))]);
        let large = biff(&["姓名"; 900], &[("一", cells.concat())]);
        let (small, large) = (xls(&stream), xls(&large));
        let mut dice = Dice(0x5eed_0003);
        for _ in 0..rounds(4_000) {
            let _ = read("a.xls", &dice.damage(&small));
            let _ = read("a.xls", &dice.damage(&large));
            let _ = read("a.xls", &xls(&dice.damage(&stream)));
        }
    });
}

#[test]
fn every_short_file_is_held() {
    ours_never_panics(|| {
        let mut dice = Dice(0x5eed_0004);
        for start in [
            &b""[..],
            b"PK\x03\x04",
            b"PK\x05\x06",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
        ] {
            for length in 0..600 {
                let mut bytes = start.to_vec();
                bytes.extend((0..length).map(|_| dice.roll() as u8));
                for name in ["a.csv", "a.xlsx", "a.xls", "a.ods"] {
                    let _ = read(name, &bytes);
                }
            }
        }
    });
}
