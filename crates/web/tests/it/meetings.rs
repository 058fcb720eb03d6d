//! Meetings as people at a browser without scripts have them: called, moved, put on record; the agenda,
//! tasks, rooms and roster, the board of callouts, on both databases.

use domain::ids::{MatterCode, PersonId};
use serde_json::json;
use testkit::{County, at, on_both};

use super::pages::{Browser, place_of};

/// A dispute in mediation at the first village, with the village's mediator and their browser.
pub fn mediated(county: &County) -> (MatterCode, PersonId) {
    let mediator = county.person(county.village(0, 0), "mediator");
    let client = county.client(mediator);
    let made = client.post("/api/v1/matters", &county.dispute()).expect(201).json();
    let code = made["code"].as_str().expect("a code").to_owned();
    let body = json!({ "action": "accept", "data": { "consents": { "1": true, "2": true } } });
    client.post(&format!("/api/v1/matters/{code}/acts"), &body).expect(200);
    (code.parse().expect("a code"), mediator)
}

/// A room of the first township, added through its page.
pub fn room(county: &County, name: &str) -> String {
    let keeper = Browser::open(county, county.person(county.township(0), "dispatcher"));
    let page = keeper.page("/rooms");
    let town = county.township(0).to_string();
    let said = [("name", name), ("holds", "16"), ("unit", town.as_str())];
    assert_eq!(place_of(&keeper.send(&page, "/rooms", &said)), "/rooms");
    assert!(keeper.page("/rooms").contains(name));
    county.database.look(&format!("select id from room where name = '{name}'")).remove(0)
}

/// The value chosen in a select of a page.
fn chosen(page: &str, name: &str) -> String {
    let part =
        page.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_else(|| panic!("no {name}"));
    let part = part.split("</select>").next().unwrap_or_default();
    let option = part.split("<option").find(|o| o.contains(" selected"));
    let value = option.and_then(|o| o.split("value=\"").nth(1)).unwrap_or_default();
    value.split('"').next().unwrap_or_default().to_owned()
}

fn said<'a>(all: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    all.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

on_both! {
    fn a_session_is_called_moved_and_put_on_record(database) {
        let county = County::new(database);
        let hall = room(&county, "联调室");
        let (code, mediator) = mediated(&county);
        let browser = Browser::open(&county, mediator);
        let matter = browser.page(&format!("/matters/{code}"));
        let own = format!("/matters/{code}/meetings");
        assert!(matter.contains(&format!("{own}?sort=joint-mediation")), "{matter}");
        assert!(!matter.contains("acts/convene"), "meetings have a form of their own");
        let form = browser.page(&format!("{own}?sort=joint-mediation"));
        assert!(form.contains("2026-03-03") && form.contains("以调解员身份签名") && form.contains("后续诉讼应回避"), "{form}");
        let host = chosen(&form, "seat.host");
        assert_eq!(host, mediator.to_string(), "the village's own mediator is drawn");
        let judge = chosen(&form, "seat.tribunal");
        assert!(form.contains("当日在岗") && form.contains("未抽中的"), "reasons are given");
        let base = vec![("sort", "joint-mediation".to_owned()), ("day", "2026-03-04".to_owned()), ("time", "09:00".to_owned()),
            ("minutes", "90".to_owned()), ("room", hall.clone()), ("seat.host", host.clone()), ("seat.tribunal", judge.clone())];
        // Drawing again books nothing and keeps what was typed.
        let again = [base.clone(), vec![("do", "draw".to_owned())]].concat();
        let again = browser.send(&form, &own, &said(&again)).expect(200).text();
        assert!(again.contains("2026-03-04") && county.database.look("select count(*) from meeting") == ["0"], "{again}");
        // Without the seat that must be filled it is refused beside the seat, and nothing typed is lost.
        let without: Vec<_> = base.iter().filter(|(n, _)| *n != "seat.host").cloned().collect();
        let refused = browser.send(&form, &own, &said(&without)).expect(200).text();
        assert!(refused.contains("席位不能空缺") && refused.contains("2026-03-04"), "{refused}");
        let done = browser.send(&form, &own, &said(&[base.clone(), vec![("do", "call".to_owned())]].concat()));
        let one = place_of(&done);
        // Sent twice, it is one meeting.
        assert_eq!(place_of(&browser.send(&form, &own, &said(&[base.clone(), vec![("do", "call".to_owned())]].concat()))), one);
        assert_eq!(county.database.look("select count(*) from meeting"), ["1"]);
        let page = browser.page(&one);
        assert!(page.contains("2026-03-04 09:00–10:30") && page.contains("联调室"), "{page}");
        assert!(browser.page(&format!("/matters/{code}")).contains("召集会议"), "the timeline tells");
        // The judge sees the dispute now, and the meeting on the own agenda.
        let court = Browser::open(&county, PersonId(judge.parse().expect("an id")));
        assert!(court.page("/agenda?day=2026-03-04").contains("宅基地边界纠纷"));
        assert!(!court.page(&one).contains("背对背谈话"), "notes are for mediators");
        // A second session in the room at that time is refused, and says so on the room.
        let (other, _) = mediated(&county);
        let other_form = browser.page(&format!("/matters/{other}/meetings?sort=joint-mediation"));
        let clash = browser.send(&other_form, &format!("/matters/{other}/meetings"), &said(&base)).expect(200).text();
        assert!(clash.contains("在 09:00 至 10:30 已有会议") && clash.contains("09:00–10:30 已占用"), "{clash}");
        // Moved by an hour, without the judge.
        let change = browser.page(&format!("{one}/change"));
        let mut moved: Vec<_> = base.iter().filter(|(n, _)| *n != "seat.tribunal").cloned().collect();
        moved[2].1 = "10:00".to_owned();
        assert_eq!(place_of(&browser.send(&change, &format!("{one}/change"), &said(&moved))), one);
        assert!(browser.page(&one).contains("10:00–11:30"));
        court.client.get(&one).expect(404);
        // A note of one side, then the record.
        let page = browser.page(&one);
        place_of(&browser.send(&page, &format!("{one}/notes"), &[("note", "一方愿退半米")]));
        assert!(browser.page(&one).contains("一方愿退半米"));
        let chief = Browser::open(&county, county.person(county.centre(), "centre-director"));
        assert!(!chief.page(&one).contains("一方愿退半米"));
        county.clock.set(at("2026-03-04 11:40"));
        // The clock went on for days: people sign in again.
        let browser = Browser::open(&county, mediator);
        let form = browser.page(&format!("{one}/record"));
        let empty = browser.send(&form, &format!("{one}/record"), &[("came", "1")]).expect(200).text();
        assert!(empty.contains("此项必填"), "{empty}");
        let done = browser.send(&form, &format!("{one}/record"), &[("came", "1"), ("f.record", "双方各让半米。"), ("f.session-outcome", "agreed")]);
        assert_eq!(place_of(&done), one);
        let page = browser.page(&one);
        assert!(page.contains("双方各让半米。") && page.contains("形成一致意见") && page.contains("已到会"), "{page}");
        assert_eq!(county.matter(code).sessions, 1);
        browser.client.get(&format!("{one}x")).expect(404);
    }

    fn a_conference_gives_tasks_that_wait_on_the_workbench(database) {
        let county = County::new(database);
        let (code, mediator) = mediated(&county);
        let browser = Browser::open(&county, mediator);
        let own = format!("/matters/{code}/meetings");
        let form = browser.page(&format!("{own}?sort=case-conference"));
        let chair = county.person(county.township(0), "centre-director").to_string();
        let call = [("sort", "case-conference"), ("day", "2026-03-02"), ("time", "10:00"), ("minutes", "60"),
            ("venue", "镇政府三楼"), ("seat.chair", chair.as_str()), ("do", "call")];
        let one = place_of(&browser.send(&form, &own, &call));
        assert!(browser.page(&one).contains("通知时间短于规定"), "an hour is no four office hours");
        county.clock.set(at("2026-03-02 10:20"));
        let browser = Browser::open(&county, mediator);
        let form = browser.page(&format!("{one}/record"));
        let station = county.office(county.township(0), "police-station").to_string();
        let record = [("came", "1"), ("f.analysis", "滴水线不清"), ("f.assessment", "可能激化"), ("f.dispatching", "派出所走访"),
            ("task.0.text", "走访双方"), ("task.0.unit", station.as_str()), ("task.0.due-on", "2026-03-04")];
        let undated: Vec<_> = record.iter().filter(|(n, _)| *n != "task.0.due-on").copied().collect();
        let refused = browser.send(&form, &format!("{one}/record"), &undated).expect(200).text();
        assert!(refused.contains("走访双方") && refused.contains("class=\"wrong\""), "{refused}");
        place_of(&browser.send(&form, &format!("{one}/record"), &record));
        assert!(browser.page(&one).contains("走访双方"));
        let police = Browser::open(&county, county.person(county.office(county.township(0), "police-station"), "police-station-head"));
        let bench = police.page("/");
        assert!(bench.contains("走访双方") && bench.contains("/tasks"), "{bench}");
        assert!(!browser.page("/").contains("走访双方"), "not the task of who gave it");
        let tasks = police.page("/tasks");
        let id = tasks.split("action=\"/tasks/").nth(1).expect("a form").split('/').next().expect("an id").to_owned();
        place_of(&police.send(&tasks, &format!("/tasks/{id}/done"), &[("note", "已走访,双方情绪平稳")]));
        let tasks = police.page("/tasks");
        assert!(tasks.contains("没有待办任务") && tasks.contains("双方情绪平稳"), "{tasks}");
        assert!(browser.page(&one).contains("双方情绪平稳"), "who gave it sees that it is done");
        browser.client.get("/tasks").expect(200);
    }

    fn a_roster_is_pasted_and_each_row_answers(database) {
        let county = County::new(database);
        let keeper = Browser::open(&county, county.person(county.township(0), "dispatcher"));
        let woman = county.person(county.township(0), "women-mediator");
        let name = county.roster().names[&woman].clone();
        let unit = county.roster().org.unit(county.township(0)).expect("a unit").name.clone();
        let rows = format!("人员\t角色\t单位\t从\t到\n{name}\t女子调解队队员\t{unit}\t2026-03-02\t2026-03-08\n无名氏\t女子调解队队员\t{unit}\t2026-03-02\t2026-03-08\n");
        let page = keeper.page("/rooms");
        let told = keeper.send(&page, "/duty/import", &[("rows", &rows)]).expect(200).text();
        assert!(told.contains("导入 1 行,1 行有误") && told.contains("第 3 行"), "{told}");
        assert!(keeper.page("/rooms").contains(&name));
        let odd = keeper.send(&page, "/duty/import", &[("rows", "甲,乙\n1,2\n")]).expect(200).text();
        assert!(odd.contains("甲,乙"), "what was pasted is not lost: {odd}");
        // Who keeps no roster is shown no forms and may send none.
        let mediator = Browser::open(&county, county.person(county.village(0, 0), "mediator"));
        let plain = mediator.page("/rooms");
        assert!(!plain.contains("/duty/import") && !plain.contains("method=\"post\" action=\"/rooms\""), "{plain}");
        let town = county.township(0).to_string();
        mediator.send(&mediator.page("/tasks"), "/rooms", &[("name", "偷建"), ("holds", "5"), ("unit", &town)]).expect(403);
        let id = county.database.look("select id from duty").remove(0);
        place_of(&keeper.send(&keeper.page("/rooms"), &format!("/duty/{id}/end"), &[("unit", &town)]));
        assert_eq!(county.database.look("select count(*) from duty"), ["0"]);
    }

    fn a_department_sees_what_it_is_called_out_to(database) {
        let county = County::new(database);
        let town = county.township(0);
        let (code, mediator) = mediated(&county);
        let chief = county.person(county.village(0, 0), "centre-director");
        let (police, justice) = (county.office(town, "police-station"), county.office(town, "justice-office"));
        let body = json!({ "action": "call-out", "data": { "callout-type": "expertise", "units": [police.to_string(), justice.to_string()], "reason": "双方有过肢体冲突" } });
        county.client(chief).post(&format!("/api/v1/matters/{code}/acts"), &body).expect(200);
        let station = Browser::open(&county, county.person(police, "police-station-head"));
        let board = station.page("/callouts");
        assert!(board.contains("双方有过肢体冲突") && board.contains("尚未报到") && board.contains("acts/report-in"), "{board}");
        let act = format!("/matters/{code}/acts/report-in");
        let form = station.page(&act);
        place_of(&station.send(&form, &act, &[]));
        let board = station.page("/callouts");
        assert!(!board.contains("尚未报到") && board.contains("acts/contribute") && !board.contains("acts/report-in"), "{board}");
        // It gives its part, and whoever called says how that was: the board shows both.
        let act = format!("/matters/{code}/acts/contribute");
        let form = station.page(&act);
        place_of(&station.send(&form, &act, &[("f.contribution", "已分开双方并批评教育")]));
        let caller = Browser::open(&county, chief);
        let act = format!("/matters/{code}/acts/appraise");
        let form = caller.page(&act);
        let callee = police.to_string();
        place_of(&caller.send(&form, &act, &[("f.callee", &callee), ("f.rating", "4")]));
        assert_eq!(county.matter(code).callouts[0].rating, Some(4));
        assert!(station.page("/callouts").contains("吹哨方评价"));
        let office = Browser::open(&county, county.person(justice, "justice-office-head"));
        let act = format!("/matters/{code}/acts/refuse-callout");
        let form = office.page(&act);
        let said = [("f.ground", "人民调解法第5条:由法院指导"), ("f.proposal", &county.office(town, "tribunal").to_string())].map(|(n, v)| (n, v.to_owned()));
        place_of(&office.send(&form, &act, &[(said[0].0, &said[0].1), (said[1].0, &said[1].1)]));
        let board = office.page("/callouts");
        assert!(board.contains("由法院指导") && !board.contains("acts/"), "{board}");
        let other = Browser::open(&county, mediator);
        assert!(other.page("/callouts").contains("没有未办结的吹哨"));
    }

    fn every_page_of_meetings_speaks_both_languages(database) {
        let county = County::new(database);
        room(&county, "联调室");
        let (code, mediator) = mediated(&county);
        let browser = Browser::open(&county, mediator);
        let own = format!("/matters/{code}/meetings");
        let form = browser.page(&format!("{own}?sort=joint-mediation"));
        let host = mediator.to_string();
        let call = [("sort", "joint-mediation"), ("day", "2026-03-02"), ("time", "08:45"), ("minutes", "60"), ("venue", "村委会"),
            ("seat.host", host.as_str()), ("do", "call")];
        let one = place_of(&browser.send(&form, &own, &call));
        let keeper = Browser::open(&county, county.person(county.township(0), "dispatcher"));
        for browser in [&browser, &keeper] {
            let english = Browser { client: browser.client.with("accept-language", "en") };
            for path in ["/agenda", "/agenda?by=room&view=day&day=2026-03-02", "/callouts", "/tasks", "/rooms", "/"] {
                for page in [browser.page(path), english.page(path)] {
                    assert!(!page.contains(">meeting.") && !page.contains("\"meeting."), "{path}: {page}");
                }
                assert!(english.page(path).contains("lang=\"en\""));
            }
        }
        let english = Browser { client: browser.client.with("accept-language", "en") };
        for path in [one.clone(), format!("{one}/change"), format!("{one}/record"), format!("{own}?sort=case-conference"), format!("/matters/{code}")] {
            for page in [browser.page(&path), english.page(&path)] {
                assert!(!page.contains(">meeting.") && !page.contains("\"meeting."), "{path}: {page}");
            }
        }
        // Calling off asks for a reason, and a stranger finds nothing here.
        let page = browser.page(&one);
        place_of(&browser.send(&page, &format!("{one}/end"), &[("reason", "一方住院")]));
        assert!(browser.page(&one).contains("已取消") && browser.page(&one).contains("一方住院"));
        let stranger = Browser::open(&county, county.person(county.village(1, 1), "mediator"));
        stranger.client.get(&one).expect(404);
        for path in ["/agenda", "/callouts", "/tasks", "/rooms"] {
            assert_eq!(county.stranger().get(path).status.as_u16(), 303);
        }
    }
}
