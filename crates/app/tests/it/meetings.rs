//! Meetings on both databases: nobody is in two places at once, panels are drawn with reasons, notes are
//! their writer's alone, what was decided becomes tasks.

use std::collections::BTreeSet;
use std::sync::Barrier;

use app::import::SheetRow;
use app::matters::{Acting, Answered, act, look, register};
use app::meetings::{
    Call, Change, NewRoom, NewTask, Of, Place, Record, agenda, call, call_off, callable, change,
    complete, declare, import_duty, note, open, panel, put_room, record, recuse, sitting,
};
use app::notices::list;
use app::{Desk, Error};
use domain::ids::{MatterCode, PersonId};
use domain::matter::{Intake, Named, Rule};
use domain::meeting::{Conflict, Passed, Span};
use domain::time::{DAY_MS, Day, HOUR_MS, Instant};
use serde_json::{Value as Json, json};
use store::notices::Place as Marker;
use testkit::{County, at, on_both};

const THREADS: usize = 8;

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

fn told(answered: &Answered) -> Json {
    serde_json::from_str(&answered.body).expect("an answer")
}

/// The mediator of the village that holds the disputes here.
fn mediator(county: &County) -> PersonId {
    county.person(county.village(0, 0), "mediator")
}

/// A dispute in mediation at the village.
fn mediated(county: &County) -> MatterCode {
    let who = mediator(county);
    let intake: Intake = serde_json::from_value(county.dispute()).expect("an intake");
    let done = run(county, who, move |conn, service, who| {
        register(conn, service, who, (&intake, &[]), None)
    });
    let code: MatterCode =
        told(&done.expect("registered"))["code"].as_str().expect("a code").parse().expect("one");
    let Json::Object(data) = json!({ "consents": { "1": true, "2": true } }) else {
        unreachable!()
    };
    let acting = Acting { code, action: "accept".into(), seen: None, data };
    run(county, who, move |conn, service, who| act(conn, service, who, &acting, None))
        .expect("accepted");
    code
}

fn room(county: &County, name: &str) -> i64 {
    let dispatcher = county.person(county.township(0), "dispatcher");
    let new = NewRoom { id: None, unit: county.township(0), name: name.to_owned(), holds: 20 };
    run(county, dispatcher, move |conn, service, who| put_room(conn, service, who, &new))
        .expect("a room")
}

fn place(room: i64, from: &str, minutes: i64, seats: &[(&str, PersonId)]) -> Place {
    let seats = seats.iter().map(|(s, p)| ((*s).to_owned(), *p)).collect();
    Place { from: at(from), minutes, room: Some(room), venue: None, seats }
}

fn session(code: MatterCode, place: Place) -> Call {
    Call { code, sort: "joint-mediation".into(), place }
}

fn called(county: &County, who: PersonId, wanted: Call) -> Result<i64, Error> {
    let done = run(county, who, move |conn, service, who| call(conn, service, who, &wanted, None));
    done.map(|d| told(&d)["meeting"].as_str().expect("an id").parse().expect("a number"))
}

fn broken<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Rule> {
    match result {
        Err(Error::Refused(refused)) => refused.0.iter().map(|r| r.rule).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

fn sees(county: &County, person: PersonId, code: MatterCode) -> bool {
    run(county, person, move |conn, service, who| look(conn, service, who, code).map(drop)).is_ok()
}

/// What somebody has been told in the page, newest first.
fn heard(county: &County, person: PersonId) -> Vec<String> {
    let page = run(county, person, |conn, service, who| {
        list(conn, service, who, (false, Marker::START, 50), "zh")
    });
    page.expect("a list").1.into_iter().map(|shown| shown.text).collect()
}

/// The same work on every thread at the same moment.
fn together<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let one = |n| {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(n)
            })
        };
        let all: Vec<_> = (0..THREADS).map(one).collect();
        all.into_iter().map(|one| one.join().expect("no panic")).collect()
    })
}

on_both! {
    fn of_many_who_book_one_room_at_once_one_gets_it(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let codes: Vec<_> = (0..THREADS).map(|_| mediated(&county)).collect();
        let clerk = county.person(county.village(0, 0), "centre-clerk");
        // Each begins a quarter later than the one before; any two of them overlap. Nobody sits on two.
        let mut county = county;
        let people = county.put_posts(vec![("mediator".to_owned(), county.village(0, 0)); THREADS]);
        let county = county;
        for round in 0..3 {
            let results = together(|n| {
                let from = at(&format!("2026-03-0{} 09:00", 4 + round)).plus_ms(n as i64 * 900_000);
                let from = from.to_string().replace('T', " ")[..16].to_owned();
                called(&county, clerk, session(codes[n], place(hall, &from, 180, &[("host", people[n])])))
            });
            let won = results.iter().filter(|r| r.is_ok()).count();
            assert_eq!(won, 1, "{results:?}");
            for lost in results.into_iter().filter(Result::is_err) {
                assert_eq!(broken(lost), [Rule::RoomTaken]);
            }
        }
        assert_eq!(county.database.look("select count(*) from meeting"), ["3"]);
        assert_eq!(county.database.look("select count(*) from slot where whose = 'room'"), ["36"]);
        county.verify();
    }

    fn of_many_who_want_one_person_at_once_one_gets_them(database) {
        let county = County::new(database);
        let rooms: Vec<i64> = (0..THREADS).map(|n| room(&county, &format!("第{n}调解室"))).collect();
        let codes: Vec<_> = (0..THREADS).map(|_| mediated(&county)).collect();
        let clerk = county.person(county.village(0, 0), "centre-clerk");
        let host = mediator(&county);
        let results = together(|n| {
            called(&county, clerk, session(codes[n], place(rooms[n], "2026-03-04 09:00", 60, &[("host", host)])))
        });
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
        for lost in results.into_iter().filter(Result::is_err) {
            assert_eq!(broken(lost), [Rule::PersonBusy]);
        }
        // Who lost has taken nothing: every other room is still free.
        let taken = county.database.look("select count(*) from slot where whose = 'room'");
        assert_eq!(taken, ["4"]);
        county.verify();
    }

    fn a_meeting_is_called_moved_held_and_shows_in_the_matter(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let code = mediated(&county);
        let (host, town) = (mediator(&county), county.township(0));
        let judge = county.person(county.office(town, "tribunal"), "tribunal-head");
        let police = county.person(county.office(town, "police-station"), "police-station-head");
        assert!(!sees(&county, judge, code) && !sees(&county, police, code));
        let seats = [("host", host), ("tribunal", judge)];
        let id = called(&county, host, session(code, place(hall, "2026-03-04 09:00", 60, &seats))).expect("called");
        assert!(sees(&county, judge, code), "who is to sit may see it");
        let heard_of = heard(&county, judge);
        assert!(heard_of.len() == 1 && heard_of[0].contains("2026-03-04 09:00"), "{heard_of:?}");
        assert!(heard(&county, host).is_empty(), "who called it knows");
        let matter = county.matter(code);
        assert_eq!((matter.version, matter.done["convene"]), (3, 1));
        // Half an hour later, with the police instead of the judge; its own time is no obstacle.
        let seats = [("host", host), ("police", police)];
        let moved = Change { id, seen: 1, place: place(hall, "2026-03-04 09:30", 60, &seats) };
        run(&county, host, move |conn, service, who| change(conn, service, who, &moved, None)).expect("moved");
        assert!(!sees(&county, judge, code), "who is no longer to come does not see it");
        assert!(sees(&county, police, code));
        assert!(heard(&county, police)[0].contains("09:30"));
        let heard_of = heard(&county, judge);
        assert!(heard_of.len() == 2 && heard_of[0].contains("不再参加"), "{heard_of:?}");
        assert!(!heard_of[0].contains("纠纷"), "who left is told no more than the code: {heard_of:?}");
        let stale = Change { id, seen: 1, place: place(hall, "2026-03-04 10:00", 60, &seats) };
        let stale = run(&county, host, move |conn, service, who| change(conn, service, who, &stale, None));
        assert_eq!(broken(stale), [Rule::StaleVersion]);
        let Json::Object(data) = json!({ "record": "双方各让半米。", "session-outcome": "agreed" }) else { unreachable!() };
        let held = Record { id, seen: 2, came: BTreeSet::from([1]), data, tasks: Vec::new() };
        let early = held.clone();
        let early = run(&county, host, move |conn, service, who| record(conn, service, who, &early, None));
        assert_eq!(broken(early), [Rule::MeetingNotYet]);
        county.clock.set(at("2026-03-04 10:30"));
        let nobody = Record { came: BTreeSet::from([9]), ..held.clone() };
        let nobody = run(&county, host, move |conn, service, who| record(conn, service, who, &nobody, None));
        assert_eq!(broken(nobody), [Rule::UnknownSeat]);
        let twice = held.clone();
        run(&county, host, move |conn, service, who| record(conn, service, who, &held, None)).expect("held");
        let twice = run(&county, host, move |conn, service, who| record(conn, service, who, &twice, None));
        assert_eq!(broken(twice), [Rule::MeetingOver]);
        assert_eq!(county.matter(code).sessions, 1);
        let found = run(&county, host, move |conn, service, who| {
            let look = look(conn, service, who, code)?;
            sitting(conn, &look, id)
        }).expect("there");
        assert_eq!(found.event.expect("a record").action, "meet");
        let came: Vec<_> = found.seats.iter().map(|s| (s.seat.as_str(), s.attended, s.is_kept())).collect();
        assert_eq!(came, [("host", Some(true), true), ("tribunal", None, false), ("police", Some(false), true)]);
        county.verify();
    }

    fn everything_that_stands_against_a_meeting_is_said_at_once(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let (first, second) = (mediated(&county), mediated(&county));
        let (host, town) = (mediator(&county), county.township(0));
        let judge = county.person(county.office(town, "tribunal"), "tribunal-head");
        called(&county, host, session(first, place(hall, "2026-03-04 09:00", 60, &[("host", host)]))).expect("called");
        let wrong = place(hall, "2026-03-04 09:30", 60, &[("host", host), ("police", judge), ("throne", judge)]);
        let all = broken(called(&county, host, session(second, wrong)));
        let wanted = [Rule::RoomTaken, Rule::UnknownSeat, Rule::SeatTwice, Rule::PersonBusy, Rule::SeatRole];
        assert!(wanted.iter().all(|rule| all.contains(rule)), "{all:?}");
        let empty = broken(called(&county, host, session(second, place(hall, "2026-03-05 09:00", 60, &[]))));
        assert_eq!(empty, [Rule::SeatMissing]);
        for (from, minutes, rule) in [("2026-03-05 09:05", 60, Rule::NotQuarters), ("2026-03-05 09:00", 0, Rule::MeetingLength),
            ("2026-03-05 22:00", 180, Rule::PastMidnight), ("2026-03-01 09:00", 60, Rule::InPast)] {
            let odd = session(second, place(hall, from, minutes, &[("host", host)]));
            assert_eq!(broken(called(&county, host, odd)), [rule]);
        }
        // Who holds no post that the kind opens the step to calls no meeting; a stranger sees nothing at all.
        let stranger = county.person(county.village(1, 1), "mediator");
        let odd = session(second, place(hall, "2026-03-05 09:00", 60, &[("host", host)]));
        assert!(matches!(called(&county, stranger, odd), Err(Error::Missing)));
        assert_eq!(county.database.look("select count(*) from meeting"), ["1"]);
        // One meeting ends, the next begins: no collision.
        called(&county, host, session(second, place(hall, "2026-03-04 10:00", 60, &[("host", host)]))).expect("called");
    }

    fn a_panel_is_drawn_from_the_roster_and_says_why(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let code = mediated(&county);
        let host = mediator(&county);
        let women = [county.person(county.village(0, 0), "women-mediator"), county.person(county.township(0), "women-mediator")];
        let drawn = |day: &str| {
            let span = Span::new(at(&format!("{day} 09:00")), 60).expect("a time");
            run(&county, host, move |conn, service, who| {
                let desk = Desk::open(conn, service, who)?;
                let matter = store::matters::by_code(conn, desk.who.county, code)?.expect("there").matter;
                let sort = desk.state.catalogue.meetings.sorts["joint-mediation"].clone();
                panel(conn, &desk, (&matter, &sort), span, 0)
            }).expect("drawn").seats
        };
        let seat = |all: &[domain::meeting::Drawn], name: &str| all.iter().find(|s| s.seat == name).expect("declared").clone();
        let before = drawn("2026-03-04");
        assert_eq!(seat(&before, "host").chosen.expect("the village's own").person, host);
        assert_eq!(seat(&before, "women").chosen, None, "nobody is on duty");
        let off: Vec<_> = seat(&before, "women").passed.into_iter().map(|(c, why)| (c.person, why)).collect();
        assert!(off.contains(&(women[1], Passed::OffDuty)), "{off:?}");
        // The roster of the township names one of them for the week.
        let dispatcher = county.person(county.township(0), "dispatcher");
        let name = county.roster().names[&women[1]].clone();
        let town = county.township(0).to_string();
        let line = |line: u32, person: &str, until: &str| SheetRow { line, cells: [("person", person), ("role", "女子调解队队员"),
            ("unit", &town), ("from", "2026-03-03"), ("until", until)].map(|(n, v)| (n.to_owned(), v.to_owned())).into() };
        let rows = [line(2, &name, "2026-03-08"), line(3, "查无此人", "2026-03-08"), line(4, &name, "2026-02-30")];
        let report = run(&county, dispatcher, move |conn, service, who| import_duty(conn, service, who, &rows)).expect("read");
        assert_eq!(report.taken, [2]);
        assert_eq!(report.faults.iter().map(|f| f.row).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(seat(&drawn("2026-03-04"), "women").chosen.expect("on duty").person, women[1]);
        assert_eq!(seat(&drawn("2026-03-09"), "women").chosen, None, "the week is over");
        // A meeting takes her time; a recusal takes her off this matter for good.
        let seats = [("host", host), ("women", women[1])];
        let id = called(&county, host, session(code, place(hall, "2026-03-04 09:30", 60, &seats))).expect("called");
        let why = |day: &str| seat(&drawn(day), "women").passed.into_iter().find(|(c, _)| c.person == women[1]).expect("passed over").1;
        assert_eq!(why("2026-03-04"), Passed::Busy);
        run(&county, women[1], move |conn, service, who| recuse(conn, service, who, (id, 2), ("relative", "申请人是我堂兄"))).expect("stood down");
        assert_eq!(why("2026-03-05"), Passed::Conflict(Conflict::Recorded("relative".into())));
        let again = Change { id, seen: 2, place: place(hall, "2026-03-04 09:30", 60, &seats) };
        let again = run(&county, host, move |conn, service, who| change(conn, service, who, &again, None));
        assert_eq!(broken(again), [Rule::ConflictOfInterest]);
        let reason = county.database.look("select reason from interest");
        assert!(!reason[0].contains("堂兄"), "the reason is sealed");
    }

    fn whoever_has_the_name_of_a_party_may_not_sit(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let host = mediator(&county);
        let mut body = county.dispute();
        body["parties"][1]["details"]["name"] = json!(county.roster().names[&host].clone());
        let clerk = county.person(county.village(0, 0), "centre-clerk");
        let intake: Intake = serde_json::from_value(body).expect("an intake");
        let done = run(&county, clerk, move |conn, service, who| register(conn, service, who, (&intake, &[]), None)).expect("registered");
        let code: MatterCode = told(&done)["code"].as_str().expect("a code").parse().expect("one");
        let Json::Object(data) = json!({ "consents": { "1": true, "2": true } }) else { unreachable!() };
        let acting = Acting { code, action: "accept".into(), seen: None, data };
        run(&county, clerk, move |conn, service, who| act(conn, service, who, &acting, None)).expect("accepted");
        let all = broken(called(&county, clerk, session(code, place(hall, "2026-03-04 09:00", 60, &[("host", host)]))));
        assert_eq!(all, [Rule::ConflictOfInterest]);
        // Somebody else may, and anybody may say of themselves that they may not.
        let other = county.person(county.township(0), "mediator");
        run(&county, clerk, move |conn, service, who| declare(conn, service, who, (code, other), ("interest", "承包地相邻"))).expect("declared");
        let all = broken(called(&county, clerk, session(code, place(hall, "2026-03-04 09:00", 60, &[("host", other)]))));
        assert_eq!(all, [Rule::ConflictOfInterest]);
        let unknown = run(&county, clerk, move |conn, service, who| declare(conn, service, who, (code, other), ("mood", "不想去")));
        assert_eq!(broken(unknown), [Rule::NotInList]);
    }

    fn notes_of_one_side_are_their_writers_alone(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let code = mediated(&county);
        let (host, town) = (mediator(&county), county.township(0));
        let judge = county.person(county.office(town, "tribunal"), "tribunal-head");
        let seats = [("host", host), ("tribunal", judge)];
        let id = called(&county, host, session(code, place(hall, "2026-03-04 09:00", 60, &seats))).expect("called");
        let write = |who: PersonId| run(&county, who, move |conn, service, who| note(conn, service, who, (code, id), "申请人底线是两万元"));
        write(host).expect("kept");
        assert_eq!(broken(write(judge)), [Rule::NoPostMay], "who does not sign as a mediator keeps none");
        let read = |who: PersonId| run(&county, who, move |conn, service, who| {
            let look = look(conn, service, who, code)?;
            Ok(sitting(conn, &look, id)?.notes)
        }).expect("there");
        assert_eq!(read(host)[0].text, "申请人底线是两万元");
        assert!(read(judge).is_empty());
        let chief = county.person(county.centre(), "centre-director");
        assert!(read(chief).is_empty(), "whoever sees the matter sees no note");
        for table in ["caucus", "event", "matter", "search_pending", "tally_delta", "outbox"] {
            let texts = match table {
                "tally_delta" => "body",
                "search_pending" => "tokens",
                "outbox" => "action",
                _ => "body",
            };
            let all = county.database.look(&format!("select {texts} from {table}"));
            assert!(!all.iter().any(|text| text.contains("两万元")), "{table} holds a note");
        }
    }

    fn what_a_conference_decides_becomes_tasks(database) {
        let county = County::new(database);
        let hall = room(&county, "会商室");
        let code = mediated(&county);
        let (host, town) = (mediator(&county), county.township(0));
        let chair = county.person(town, "centre-director");
        let station = county.office(town, "police-station");
        let police = county.person(station, "police-station-head");
        let wanted = Call { code, sort: "case-conference".into(), place: place(hall, "2026-03-02 10:00", 60, &[("chair", chair), ("police", police)]) };
        let id = called(&county, host, wanted).expect("called");
        county.clock.set(at("2026-03-02 11:00"));
        let due: Day = "2026-03-04".parse().expect("a day");
        let Json::Object(data) = json!({ "analysis": "滴水线不清。", "assessment": "有激化可能。", "dispatching": "所里走访。" }) else { unreachable!() };
        let of_unit = NewTask { text: "走访双方并反馈".into(), unit: Some(station), person: None, due_on: due };
        let of_person = NewTask { text: "准备地籍图".into(), unit: None, person: Some(chair), due_on: due };
        let held = Record { id, seen: 1, came: BTreeSet::from([1, 2]), data, tasks: vec![of_unit.clone(), of_person] };
        let past = Record { tasks: vec![NewTask { due_on: Day(due.0 - 30), ..of_unit }], ..held.clone() };
        let past = run(&county, host, move |conn, service, who| record(conn, service, who, &past, None));
        assert_eq!(broken(past), [Rule::InPast]);
        run(&county, host, move |conn, service, who| record(conn, service, who, &held, None)).expect("held");
        assert!(county.database.look("select body from task").iter().all(|b| !b.contains("走访")), "tasks are sealed");
        let tasks = |who: PersonId, is_open: bool| run(&county, who, move |conn, service, who| open(conn, service, who, is_open, 20)).expect("read").1;
        let mine = tasks(police, true);
        assert_eq!(mine.iter().map(|t| t.text.as_str()).collect::<Vec<_>>(), ["走访双方并反馈"]);
        assert!(mine[0].matter.is_some(), "who sat on the conference sees the matter");
        let officer = county.person(station, "police-officer");
        assert_eq!(tasks(officer, true).len(), 1, "the unit's task is everybody's there");
        assert!(tasks(officer, true)[0].matter.is_none(), "and does not open the matter to them");
        assert!(tasks(host, true).is_empty());
        let task = mine[0].task.clone();
        use domain::clock::Light;
        let lights: Vec<Light> = [-3 * DAY_MS, -HOUR_MS, 0].map(|ms| mine[0].light(Instant(task.due_at.0 + ms))).into();
        assert_eq!(lights, [Light::Green, Light::Yellow, Light::Red]);
        let done = |who: PersonId| run(&county, who, move |conn, service, who| complete(conn, service, who, task.id, "已走访,双方冷静"));
        assert!(matches!(done(host), Err(Error::Missing)), "another's task is not there");
        county.clock.set(at("2026-03-06 09:00"));
        let late = done(officer).expect("done");
        assert!(late.is_late(county.now()) && late.light(county.now()) == Light::Off);
        assert_eq!(broken(done(police)), [Rule::TaskDone]);
        assert!(tasks(police, true).is_empty());
        assert_eq!(tasks(police, false)[0].note.as_deref(), Some("已走访,双方冷静"));
        county.verify();
    }

    fn a_meeting_that_is_called_off_gives_everything_back(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let code = mediated(&county);
        let host = mediator(&county);
        let police = county.person(county.office(county.township(0), "police-station"), "police-station-head");
        let seats = [("host", host), ("police", police)];
        let wanted = || session(code, place(hall, "2026-03-04 09:00", 60, &seats));
        let id = called(&county, host, wanted()).expect("called");
        let off = |reason: &'static str| run(&county, host, move |conn, service, who| call_off(conn, service, who, (id, 1), reason));
        assert_eq!(broken(off(" ")), [Rule::Required]);
        off("一方当事人住院").expect("off");
        assert_eq!(broken(off("一方当事人住院")), [Rule::MeetingOver]);
        assert_eq!(county.database.look("select count(*) from slot"), ["0"]);
        assert_eq!(county.matter(code).done["call-off"], 1);
        assert!(heard(&county, police)[0].contains("取消"));
        let second = called(&county, host, wanted()).expect("the room is free again");
        // The dispute ends before the meeting: the meeting can still be called off.
        let Json::Object(data) = json!({ "answer": "已撤回", }) else { unreachable!() };
        let acting = Acting { code, action: "withdraw".into(), seen: None, data };
        run(&county, host, move |conn, service, who| act(conn, service, who, &acting, None)).expect("withdrawn");
        run(&county, host, move |conn, service, who| call_off(conn, service, who, (second, 1), "已撤回")).expect("off");
        assert_eq!(county.database.look("select count(*) from slot"), ["0"]);
    }

    fn an_agenda_tells_others_only_that_time_is_taken(database) {
        let county = County::new(database);
        let hall = room(&county, "调解室");
        let code = mediated(&county);
        let host = mediator(&county);
        called(&county, host, session(code, place(hall, "2026-03-04 09:00", 60, &[("host", host)]))).expect("called");
        let look_at = |who: PersonId, of: Of| run(&county, who, move |conn, service, who| {
            let all = agenda(conn, service, who, ("2026-03-02".parse().expect("a day"), 7), of)?;
            Ok(all.entries.into_iter().map(|e| e.about.map(|(s, _)| s.title)).collect::<Vec<_>>())
        });
        assert_eq!(look_at(host, Of::Person(None)).expect("own"), [Some("宅基地边界纠纷".to_owned())]);
        assert_eq!(look_at(host, Of::Rooms(None)).expect("rooms"), [Some("宅基地边界纠纷".to_owned())]);
        let stranger = county.person(county.township(1), "window-clerk");
        assert_eq!(look_at(stranger, Of::Rooms(None)).expect("rooms"), [None], "taken, and no more");
        assert!(matches!(look_at(stranger, Of::Person(Some(host))), Err(Error::Missing)));
        let other = Of::Rooms(Some(county.township(1)));
        assert!(look_at(stranger, other).expect("rooms").is_empty());
    }

    fn who_may_call_is_who_is_offered_the_step(database) {
        let county = County::new(database);
        let code = mediated(&county);
        let sorts = |who: PersonId| run(&county, who, move |conn, service, who| {
            let look = look(conn, service, who, code)?;
            Ok(callable(&look).iter().map(|s| s.id.text.clone()).collect::<Vec<_>>())
        }).expect("seen");
        assert_eq!(sorts(mediator(&county)), ["joint-mediation", "case-conference"]);
        let chief = county.person(county.centre(), "centre-director");
        assert!(sorts(chief).is_empty());
        let room = |who: PersonId| {
            let new = NewRoom { id: None, unit: county.township(0), name: "偷建的房间".into(), holds: 5 };
            run(&county, who, move |conn, service, who| put_room(conn, service, who, &new))
        };
        assert!(matches!(room(mediator(&county)), Err(Error::NoRight(_))));
        let elsewhere = county.person(county.township(1), "dispatcher");
        assert!(matches!(room(elsewhere), Err(Error::NoRight(_))), "the roster of another township");
        let named = county.matter(code).named;
        assert!(!named.contains(&Named::Person(chief)));
    }
}
