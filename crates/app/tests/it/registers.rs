//! Registers on both databases: records are kept by those who may, found by those who may, imported whole
//! or not at all, and nothing of their past is lost.

use app::Error;
use app::matters::{Answered, Keyed};
use app::registers::{
    self as does, Asked, Change, ImportReport, Listing, Show, check_rows, coverage, enter, find,
    history, list, look, look_openly, overview, take, take_rows,
};
use documents::table::Table;
use domain::ids::{PersonId, RecordId};
use domain::matter::Rule;
use domain::register::Stage;
use serde_json::{Map, Value as Json, json};
use testkit::{County, on_both};

fn run<T: Send + 'static>(
    county: &County,
    who: PersonId,
    mut work: impl FnMut(&mut store::Conn, &app::Service, &app::Credential) -> Result<T, Error>
    + Send
    + 'static,
) -> Result<T, Error> {
    let (service, who) = (county.service.clone(), county.local(who));
    county.write(move |conn| work(conn, &service, &who))
}

fn rule<T>(done: Result<T, Error>) -> Rule {
    match done {
        Err(Error::Refused(refused)) => refused.first().expect("a rule").rule,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was done"),
    }
}

fn fields(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => panic!("an object"),
    }
}

fn id_of(answered: &Answered) -> RecordId {
    let json: Json = serde_json::from_str(&answered.body).expect("an answer");
    json["id"].as_str().expect("an id").parse().expect("one")
}

fn entered(
    county: &County,
    who: PersonId,
    register: &'static str,
    change: Change,
) -> Result<RecordId, Error> {
    let work = move |conn: &mut store::Conn, service: &app::Service, by: &app::Credential| {
        enter(conn, service, by, register, &change, None)
    };
    run(county, who, work).map(|answered| id_of(&answered))
}

/// The justice officer of the first township.
fn officer(county: &County) -> PersonId {
    county.person(county.office(county.township(0), "justice-office"), "justice-officer")
}

fn committee(county: &County, name: &str) -> Change {
    let unit = Some(county.village(0, 0).to_string());
    let said = json!({ "name": name, "body-kind": "committee", "term-since": "2026-01-01" });
    Change { unit, fields: fields(said), seen: None }
}

fn mediator(county: &County, name: &str, body: RecordId) -> Change {
    let unit = Some(county.village(0, 0).to_string());
    let said = json!({
        "name": name, "sex": "woman", "born-on": "1980-03-01", "body": body, "post": "chair",
        "appointed-on": "2026-01-01", "phone": "13800001234", "trained-on": "2026-02-01",
    });
    Change { unit, fields: fields(said), seen: None }
}

fn listed(county: &County, who: PersonId, register: &str, show: Show) -> Vec<String> {
    let listing = Listing {
        register: register.to_owned(),
        show,
        unit: None,
        after: None,
        after_due: None,
        limit: 50,
    };
    let page = run(county, who, move |conn, service, by| list(conn, service, by, &listing));
    let page = page.expect("a page");
    page.rows.iter().map(|r| r.text("name").to_owned()).collect()
}

fn found(county: &County, who: PersonId, asked: Asked) -> Vec<String> {
    let page = run(county, who, move |conn, service, by| find(conn, service, by, &asked));
    page.expect("a page").rows.iter().map(|r| r.text("name").to_owned()).collect()
}

fn asked(query: &str) -> Asked {
    Asked { register: "mediator".into(), query: query.into(), limit: 20, ..Asked::default() }
}

on_both! {
    fn a_record_lives_and_nothing_of_it_is_lost(database) {
        let county = County::new(database);
        let who = officer(&county);
        let one = entered(&county, who, "mediation-body", committee(&county, "第1村调委会")).expect("entered");
        let id = entered(&county, who, "mediator", mediator(&county, "李秀英", one)).expect("entered");
        let which = ("mediator", id);
        let now = run(&county, who, move |conn, service, by| look(conn, service, by, which)).expect("seen");
        assert_eq!(now.masked["phone"], "138****1234");
        assert_eq!(now.pointed[&one], "第1村调委会");
        assert!(now.may_write());

        // Only what is sent is changed; what is sealed stays; the version guards it.
        let change = Change { unit: None, fields: fields(json!({ "post": "member", "note": "换届" })), seen: Some(1) };
        let again = change.clone();
        let done = run(&county, who, move |conn, service, by| does::change(conn, service, by, which, &change));
        assert_eq!(done.expect("changed").status, 200);
        let stale = run(&county, who, move |conn, service, by| does::change(conn, service, by, which, &again));
        assert_eq!(rule(stale), Rule::StaleVersion);
        let same = Change { fields: fields(json!({ "phone": "13800001234" })), ..Change::default() };
        let nothing = run(&county, who, move |conn, service, by| does::change(conn, service, by, which, &same));
        assert_eq!(rule(nothing), Rule::NothingNew);
        let open = run(&county, who, move |conn, service, by| look_openly(conn, service, by, which, "核对电话"));
        assert_eq!(open.expect("opened").1["phone"], "13800001234");
        let silent = run(&county, who, move |conn, service, by| look_openly(conn, service, by, which, " "));
        assert_eq!(rule(silent), Rule::Required);

        // Its end is kept, its place is free, and it comes back only while nobody has taken it.
        let ended = run(&county, who, move |conn, service, by| does::end(conn, service, by, which, (None, "离任"), None));
        ended.expect("ended");
        assert!(listed(&county, who, "mediator", Show::Stage(Stage::Standing)).is_empty());
        assert_eq!(listed(&county, who, "mediator", Show::Stage(Stage::Ended)), ["李秀英"]);
        let other = entered(&county, who, "mediator", mediator(&county, "李秀英", one)).expect("her place is free");
        let taken = run(&county, who, move |conn, service, by| does::resume(conn, service, by, which, "误操作", None));
        assert_eq!(rule(taken), Rule::ThereAlready);
        let gone = ("mediator", other);
        run(&county, who, move |conn, service, by| does::end(conn, service, by, gone, (None, "重复"), None)).expect("ended");
        run(&county, who, move |conn, service, by| does::resume(conn, service, by, which, "误操作", None)).expect("back");

        let (_, past) = run(&county, who, move |conn, service, by| history(conn, service, by, which)).expect("a history");
        let deeds: Vec<&str> = past.iter().map(|p| p.event.deed.name()).collect();
        assert_eq!(deeds, ["entered", "changed", "ended", "resumed"]);
        let change = &past[1];
        let said: Vec<&str> = domain::register::differences(change.before.as_ref(), &change.after).iter().map(|d| d.0).collect();
        assert_eq!(said, ["note", "post"]);
        assert_eq!(change.event.by.person, Some(who));
        assert_eq!(county.verify().records, 3);
    }
}

on_both! {
    fn the_same_record_is_not_entered_twice_and_a_repeated_form_does_one_thing(database) {
        let county = County::new(database);
        let who = officer(&county);
        entered(&county, who, "mediation-body", committee(&county, "第1村调委会")).expect("entered");
        assert_eq!(rule(entered(&county, who, "mediation-body", committee(&county, "第1村 调委会"))), Rule::ThereAlready);
        let (change, keyed) = (committee(&county, "某室"), Keyed { key: "form/1".into(), digest: [1; 32] });
        let send = move || {
            let (change, keyed) = (change.clone(), keyed.clone());
            run(&county, who, move |conn, service, by| enter(conn, service, by, "mediation-body", &change, Some(&keyed)))
        };
        assert_eq!(send().expect("entered"), send().expect("answered again"));
    }
}

on_both! {
    fn only_who_keeps_a_place_writes_there(database) {
        let county = County::new(database);
        let away = county.person(county.office(county.township(1), "justice-office"), "justice-officer");
        let change = committee(&county, "第1村调委会");
        assert_eq!(rule(entered(&county, away, "mediation-body", change.clone())), Rule::NoPostMay);
        let police = county.person(county.office(county.township(0), "police-station"), "police-officer");
        assert_eq!(rule(entered(&county, police, "mediation-body", change)), Rule::NoPostMay);
        let volunteer = Change {
            unit: Some(county.township(0).to_string()),
            fields: fields(json!({ "name": "王某", "areas": ["environment"], "since": "2026-01-01" })),
            seen: None,
        };
        let prosecutor = county.person(county.office(county.township(0), "procuratorate-station"), "prosecutor");
        let id = entered(&county, prosecutor, "public-interest-volunteer", volunteer.clone()).expect("entered");
        let which = ("public-interest-volunteer", id);
        let hidden = run(&county, police, move |conn, service, by| look(conn, service, by, which));
        assert!(matches!(hidden, Err(Error::Missing)), "what you may not see does not exist");
        assert!(matches!(entered(&county, police, "public-interest-volunteer", volunteer), Err(Error::Missing)));
        let registers = |who| {
            let (_, all) = run(&county, who, overview).expect("registers");
            all.iter().any(|o| o.register == "public-interest-volunteer")
        };
        assert!(registers(prosecutor) && !registers(police));
        // A record of another register is not opened through this one.
        let crossed = ("mediator", id);
        let crossed = run(&county, prosecutor, move |conn, service, by| look(conn, service, by, crossed));
        assert!(matches!(crossed, Err(Error::Missing)));
    }
}

on_both! {
    fn lists_search_facets_and_coverage_agree(database) {
        let county = County::new(database);
        let who = officer(&county);
        let one = entered(&county, who, "mediation-body", committee(&county, "第1村调委会")).expect("entered");
        for name in ["赵一", "钱二", "孙三"] {
            let mut change = mediator(&county, name, one);
            change.fields.insert("post".into(), json!(if name == "赵一" { "chair" } else { "member" }));
            entered(&county, who, "mediator", change).expect("entered");
        }
        assert_eq!(listed(&county, who, "mediator", Show::Stage(Stage::Standing)).len(), 3);
        assert_eq!(found(&county, who, asked("赵一")), ["赵一"]);
        assert_eq!(found(&county, who, asked("zhaoyi")), ["赵一"], "by pinyin");
        assert_eq!(found(&county, who, asked("13800001234")).len(), 3, "by an exact number, though it is sealed");
        assert!(found(&county, who, asked("1380000")).is_empty(), "by no part of it");
        let mut members = asked("");
        members.facets = vec![("post".into(), "member".into())];
        assert_eq!(found(&county, who, members.clone()), ["孙三", "钱二"], "the newest first");
        members.unit = Some(county.township(1));
        assert!(found(&county, who, members).is_empty());
        let due = Show::DueBefore(domain::time::Day(30_000));
        assert_eq!(listed(&county, who, "mediator", due).len(), 3, "each is to be trained again");
        let (_, covered) = run(&county, who, |conn, service, by| coverage(conn, service, by, "mediator")).expect("covers");
        assert_eq!((covered[0].done(), covered[0].places - covered[0].lacking.len()), (1, 1));
        let which = ("mediation-body", one);
        let seen = run(&county, who, move |conn, service, by| look(conn, service, by, which)).expect("seen");
        assert_eq!(seen.members[0].1.len(), 3);
        let said: Vec<&str> = seen.remarks().iter().filter_map(|r| r.duty).map(|d| d.id.as_str()).collect();
        assert_eq!(said, ["reported"], "three members, one chair, women: nothing else is lacking");
    }
}

/// A table of mediators as an office writes it.
fn table(rows: &[[&str; 8]]) -> Table {
    let header = "村(社区),姓名,性别,出生日期,调解组织,职务,聘任时间,手机号";
    let lines = rows.iter().map(|row| row.join(","));
    let text: Vec<String> = [header.to_owned()].into_iter().chain(lines).collect();
    does::read_table("名册.csv", text.join("\n").as_bytes()).expect("a table")
}

/// The column and the rule of a fault.
type Fault<'r> = (Option<&'r str>, &'r str);

fn fault(fault: &does::RowFault) -> Fault<'_> {
    (fault.column.as_deref(), fault.rule)
}

fn lines(report: &ImportReport) -> Vec<(u32, Vec<Fault<'_>>)> {
    report.bad.iter().map(|r| (r.line, r.faults.iter().map(fault).collect())).collect()
}

on_both! {
    fn a_table_is_checked_first_and_its_good_rows_are_taken_when_somebody_says_so(database) {
        let county = County::new(database);
        let who = officer(&county);
        entered(&county, who, "mediation-body", committee(&county, "第1村调委会")).expect("entered");
        let village = county.village(0, 0).division().to_string();
        let away = county.village(1, 0).division().to_string();
        let (v, a): (&str, &str) = (&village, &away);
        let rows = [
            [v, "赵一", "女", "1980-01-02", "第1村调委会", "主任", "2026年1月1日", "13800000001"],
            [v, "钱二", "男", "1980/1/2", "第1村调委会", "委员", "2026.01.01", ""],
            [v, "孙三", "男", "19800102", "第1村调委会", "委员", "46023", ""],
            [v, "赵一", "女", "1980-01-02", "第1村调委会", "主任", "2026-01-01", ""],
            [v, "李四", "男", "2015-01-02", "没有这个", "委员", "11/12/2026", "1380"],
            [a, "周五", "女", "1980-01-02", "第1村调委会", "委员", "2026-01-01", ""],
        ];
        let table = table(&rows);
        let seen = table.clone();
        let (_, report) = run(&county, who, move |conn, service, by| check_rows(conn, service, by, "mediator", &seen)).expect("checked");
        assert_eq!((report.rows, report.good.len()), (6, 3), "{:?}", lines(&report));
        assert_eq!(lines(&report), [
            (5, vec![(None, "row-twice")]),
            (6, vec![(Some("E"), "unknown-record"), (Some("G"), "no-such-date"), (Some("D"), "age-outside")]),
            (7, vec![(None, "no-post-may")]),
        ]);
        assert!(listed(&county, who, "mediator", Show::Stage(Stage::Standing)).is_empty(), "a check changes nothing");

        let state = county.state.clone();
        let bytes = "x".repeat(10).into_bytes();
        let laid = does::lay_table(&county.service, &state, "名册.csv", &bytes).expect("laid");
        let id = run(&county, who, move |conn, service, by| does::handed(conn, service, by, "mediator", &laid)).expect("handed in");
        let import = run(&county, who, move |conn, _, by| {
            Ok(store::records::imports::get(conn, by.county(), id)?.expect("remembered"))
        }).expect("read");
        let (rows, wanted) = (table.clone(), import.clone());
        let (_, taken) = run(&county, who, move |conn, service, by| take(conn, service, by, &wanted, &rows)).expect("taken");
        assert_eq!(taken.good.len(), 3);
        assert_eq!(listed(&county, who, "mediator", Show::Stage(Stage::Standing)).len(), 3);
        let rows = table.clone();
        let twice = run(&county, who, move |conn, service, by| take(conn, service, by, &import, &rows));
        assert!(twice.is_err(), "taken once");
        let (_, report) = run(&county, who, move |conn, service, by| check_rows(conn, service, by, "mediator", &table)).expect("checked");
        assert_eq!((report.good.len(), report.already.len()), (0, 4), "the same file again adds nothing");
        county.verify();
    }
}

on_both! {
    fn the_operator_imports_for_the_whole_county_or_tries_it(database) {
        let county = County::new(database);
        let state = county.state.clone();
        let mut text = "乡镇,村,名称,类别\n".to_owned();
        for (t, v) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (town, village) = (county.township(t).division() / 1000, county.village(t, v).division());
            text.push_str(&format!("{town},{village},调委会{t}{v},调委会\n"));
        }
        let table = does::read_table("a.csv", text.as_bytes()).expect("a table");
        let import = move |dry: bool| {
            let (service, state, table) = (county.service.clone(), state.clone(), table.clone());
            county.write(move |conn| take_rows(conn, &service, &state, "mediation-body", ("a.csv", &table), dry)).expect("a report")
        };
        assert_eq!(import(true).good.len(), 4);
        assert_eq!(import(false).good.len(), 4);
        assert_eq!(import(false).already.len(), 4);
    }
}

on_both! {
    fn what_was_altered_is_found(database) {
        let county = County::new(database);
        let who = officer(&county);
        let one = entered(&county, who, "mediation-body", committee(&county, "第1村调委会")).expect("entered");
        entered(&county, who, "mediator", mediator(&county, "李秀英", one)).expect("entered");
        county.verify();
        for (sql, rule) in [
            ("update record set title = 'x' where register = 'mediator'", "row-differs"),
            ("update record_tally set n = 7 where measure = ''", "record-tally-differs"),
            ("delete from record_link", "list-lacks"),
            ("update record_event set body = replace(body, 'committee', 'room')", "chain-broken"),
        ] {
            assert!(county.database.tamper(sql) > 0, "{sql}");
            let mut conn = county.db().own_connection().expect("a connection");
            let verdict = app::verify::verify(&mut conn, &county.service, &county.state, |_| {});
            let broken = verdict.expect("verified").broken;
            assert!(broken.iter().any(|b| b.rule == rule), "{sql}: {broken:?}");
        }
    }
}

/// A table in GB18030 with a day in each of five styles and empty rows at its end, as hexadecimal.
const GBK: &str = "\
    b4e52cc3fbb3c62cc0e0b1f02cc8cec6dac6f00a3533323932353130313230312cbcd7b5f7ceafbbe12cb5f7ceafbbe12c32\
    303236c4ea31d4c231c8d50a3533323932353130313230322cd2d2b5f7ceafbbe12cb5f7ceafbbe12c323032362f312f310a\
    3533323932353130323230312cb1fbb5f7ceafbbe12cb5f7ceafbbe12c323032362e312e310a353332393235313032323032\
    2cb6a1b5f7ceafbbe12cb5f7ceafbbe12c32303236303130310a3533323932353130312cceecd6d0d0c42cc1aabacfb5f7b4\
    a6d6d0d0c42c34363032330a0a0a\
";

on_both! {
    fn a_table_of_another_office_is_read_as_it_is(database) {
        let county = County::new(database);
        let digit = |at: usize| u8::from_str_radix(&GBK[at..at + 2], 16).expect("a byte");
        let bytes: Vec<u8> = (0..GBK.len()).step_by(2).map(digit).collect();
        let table = does::read_table("旧表.csv", &bytes).expect("a table");
        let (service, state) = (county.service.clone(), county.state.clone());
        let report = county.write(move |conn| {
            take_rows(conn, &service, &state, "mediation-body", ("旧表.csv", &table), false)
        }).expect("a report");
        assert_eq!((report.rows, report.good.len()), (5, 5), "{:?}", lines(&report));
        let days: Vec<_> = report.good.iter().map(|g| g.row.fields["term-since"].clone()).collect();
        assert!(days.windows(2).all(|d| d[0] == d[1]), "{days:?}");
        county.verify();
    }
}
