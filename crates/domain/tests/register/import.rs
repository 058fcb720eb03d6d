//! Tables are read row by row: what can be a record is one, and every bad cell has its name.

use std::sync::OnceLock;

use domain::ids::{PersonId, RecordId};
use domain::matter::{Rule, Value};
use domain::register::{Column, Known, Lookups, Places, Row, RowFaults, Sheet, SheetFault};
use domain::time::{Day, Instant};

use super::duties::{day, register};
use crate::support::{County, catalogue};

fn county() -> &'static County {
    static COUNTY: OnceLock<County> = OnceLock::new();
    COUNTY.get_or_init(|| County::new(catalogue()))
}

fn now() -> Instant {
    day("2026-11-24").start()
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|t| (*t).to_owned()).collect()
}

/// Reads a row under a header.
fn row(id: &str, header: &[&str], cells: &[&str]) -> Result<Row, RowFaults> {
    let county = county();
    let sheet = Sheet::of(register(id), &texts(header)).expect("a header");
    let places = Places::of(&county.org, now().day());
    let known = Known { catalogue: catalogue(), org: &county.org, now: now(), has: &|_, _| true };
    let lookups = Lookups {
        known,
        places: &places,
        day: &|text| text.replace('/', "-").parse::<Day>().ok(),
        person: &|name| if name == "张三" { vec![PersonId(1), PersonId(2)] } else { vec![] },
        record: &|_, title, _| match title {
            "第1村调委会" => vec![RecordId(9)],
            "两个" => vec![RecordId(1), RecordId(2)],
            _ => vec![],
        },
    };
    sheet.row(&texts(cells), lookups)
}

const HEADER: [&str; 9] = [
    "乡镇",
    "村(社区)",
    "姓 名*",
    "性别",
    "出生日期",
    "所属调委会",
    "职务",
    "聘任时间",
    "手机号码",
];
const GOOD: [&str; 9] = [
    "第1镇",
    "第2村",
    "李秀英",
    "女",
    "1980/03/01",
    "第1村调委会",
    "成员",
    "2025/06/01",
    "138 0000 1234",
];

fn with(at: usize, cell: &'static str) -> [&'static str; 9] {
    let mut cells = GOOD;
    cells[at] = cell;
    cells
}

/// The faults of a row: column and rule.
fn faults(cells: &[&str]) -> Vec<(Option<usize>, Rule)> {
    let faults = row("mediator", &HEADER, cells).expect_err("faults");
    faults.into_iter().map(|f| (f.column, f.refusal.rule)).collect()
}

#[test]
fn a_good_row_is_a_record() {
    let one = row("mediator", &HEADER, &GOOD).expect("a record");
    assert_eq!(one.unit, county().village(0, 1));
    assert_eq!(one.fields["sex"], Value::Choice("woman".into()));
    assert_eq!(one.fields["post"], Value::Choice("member".into()), "by its alias");
    assert_eq!(one.fields["body"], Value::Record(RecordId(9)));
    assert_eq!(one.fields["term-until"], Value::Date(day("2028-06-01")));
    assert!(matches!(&one.fields["phone"], Value::Personal(p) if p.text() == Some("13800001234")));
    assert_eq!(one.keys.len(), 1, "without an identity number there is one unique set");
}

#[test]
fn every_bad_cell_is_named() {
    assert_eq!(faults(&with(1, "第9村")), [(Some(0), Rule::UnknownOwner)]);
    assert_eq!(faults(&with(2, "")), [(Some(2), Rule::Required)]);
    assert_eq!(faults(&with(3, "女性")), [(Some(3), Rule::NotInList)]);
    assert_eq!(faults(&with(4, "1980-02-30")), [(Some(4), Rule::NoSuchDate)]);
    assert_eq!(faults(&with(4, "2015-01-01")), [(Some(4), Rule::AgeOutside)]);
    assert_eq!(faults(&with(5, "没有")), [(Some(5), Rule::UnknownRecord)]);
    assert_eq!(faults(&with(5, "两个")), [(Some(5), Rule::SeveralOfName)]);
    assert!(row("mediator", &HEADER, &with(8, "8160000")).is_ok(), "a fixed line of seven digits");
    let mut many = with(3, "女性");
    many[4] = "昨天";
    many[8] = "电话没有";
    assert_eq!(
        faults(&many),
        [(Some(3), Rule::NotInList), (Some(4), Rule::NoSuchDate), (Some(8), Rule::BadPhone)]
    );
}

#[test]
fn a_village_of_a_name_that_others_have_needs_its_township() {
    assert_eq!(faults(&with(0, "")), [(Some(0), Rule::SeveralOfName)]);
    assert_eq!(
        row("mediator", &HEADER, &with(0, "532925101")).expect("by code").unit,
        county().village(0, 1)
    );
    let one = ["村", "名称", "类别"];
    let body = |place: &str| row("mediation-body", &one, &[place, "某调委会", "调委会"]);
    assert_eq!(body("第3镇第1村").expect("in one cell").unit, county().village(2, 0));
    assert_eq!(body("第1村一组").expect("a group").unit.suffix(), 200);
    assert_eq!(body("532925102202").expect("a code").unit, county().village(1, 1));
}

#[test]
fn an_office_that_keeps_none_is_told_so() {
    let header = ["单位", "名称", "类别"];
    let faults =
        row("mediation-body", &header, &["第1镇派出所", "某室", "调解室"]).expect_err("no");
    assert_eq!(faults[0].refusal.rule, Rule::NotOwner);
}

#[test]
fn a_table_without_what_every_record_needs_is_not_read() {
    let of = |header: &[&str]| Sheet::of(register("mediation-body"), &texts(header));
    assert_eq!(
        of(&["名称"]).expect_err("faults"),
        [SheetFault::NoColumn("unit".into()), SheetFault::NoColumn("body-kind".into())]
    );
    assert_eq!(
        of(&["村", "名称", "组织名称", "类别"]).expect_err("faults"),
        [SheetFault::ColumnTwice("name".into(), 1, 2)]
    );
    let sheet = of(&["序号", "村", "名称", "类别"]).expect("a table");
    assert_eq!(sheet.unread().collect::<Vec<_>>(), [0]);
    assert_eq!(sheet.columns[2], Column::Field("name".into()));
}

#[test]
fn numbers_amounts_and_answers_are_read_as_people_write_them() {
    let header = [
        "单位",
        "编码",
        "名称",
        "类型",
        "办事指南",
        "材料",
        "法定时限",
        "承诺时限(工作日)",
        "收费",
        "跨省通办",
        "设定依据",
    ];
    let item = |legal: &str, fee: &str, yes: &str| {
        let cells =
            ["第1镇", "A1", "某事项", "行政许可", "指南", "申请书", legal, "5", fee, yes, "某法"];
        row("service-item", &header, &cells)
    };
    let one = item("20.0", "1.25万", "√").expect("an item");
    assert_eq!(one.fields["legal-days"], Value::Number(20));
    assert_eq!(one.fields["fee"], Value::Money(1_250_000));
    assert_eq!(one.fields["across-provinces"], Value::YesNo(true));
    let one = item("２０", "10.5元", "否").expect("an item");
    assert_eq!(
        (&one.fields["fee"], &one.fields["across-provinces"]),
        (&Value::Money(1_050), &Value::YesNo(false))
    );
    for (fee, yes) in [("十元", "是"), ("1.234", "是"), ("1", "也许")] {
        let faults = item("20", fee, yes).expect_err("a fault");
        assert_eq!(faults.iter().map(|f| f.refusal.rule).collect::<Vec<_>>(), [Rule::WrongType]);
    }
}
