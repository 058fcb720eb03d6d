//! Real messages of residents, where they are there: searched, and imported with their answers. They
//! may name people, so a failure prints their numbers and never their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use app::import::{Importer, Mapping, SheetRow};
use app::search::{Filter, search};
use app::tallies::tallies;
use domain::matter::Matter;
use domain::search::Tier;
use domain::time::{Day, HOUR_MS, Instant, MINUTE_MS};
use serde_json::Value as Json;
use testkit::{County, Database, Engine, real_data, real_rows};

type Rows = Vec<BTreeMap<String, String>>;

/// Reads a time as the files write it, `2019-04-25 09:32:09`, in China.
fn time(text: &str) -> Option<Instant> {
    let at = documents::time::read_stamp(text)?;
    let day = Day::of(at.year(), at.month(), at.day())?;
    let ms = i64::from(at.hour()) * HOUR_MS
        + i64::from(at.minute()) * MINUTE_MS
        + i64::from(at.second()) * 1000;
    Some(day.start().plus_ms(ms))
}

fn import(county: &County, name: &str, mapping: &str, rows: &Rows) -> BTreeMap<String, String> {
    let mapping: Mapping = toml::from_str(mapping).expect("a mapping");
    let header: Vec<String> = rows[0].keys().cloned().collect();
    mapping.check(&county.state.catalogue, &header).expect("fits");
    let importer = Importer::new(&county.service, &county.state, mapping, name, false, time, None);
    let sheet =
        |(line, cells): (u32, &BTreeMap<String, String>)| SheetRow { line, cells: cells.clone() };
    let mut codes = BTreeMap::new();
    for chunk in (0..).zip(rows).map(sheet).collect::<Vec<_>>().chunks(200) {
        for answer in importer.import(chunk.to_vec()).expect("imported") {
            let done =
                answer.result.unwrap_or_else(|fault| panic!("row {}: {fault:?}", answer.line));
            codes.insert(done.code, rows[answer.line as usize]["id"].clone());
        }
    }
    app::jobs::fold(&county.service, &county.state).expect("folded");
    codes
}

const UNANSWERED: &str = r#"
kind = "request"
by = { role = "window-clerk", unit = "532925000000" }
place = "532925000000"
source = "web"
[columns]
key = "id"
at = "time"
title = "title"
[fields]
content = "text"
"#;

/// Everything that is found, page by page: tier and number of each message.
fn found(county: &County, codes: &BTreeMap<String, String>, phrase: &str) -> Vec<(Tier, String)> {
    let who = county.local(county.person(county.centre(), "centre-director"));
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (service, who, phrase) = (county.service.clone(), who.clone(), phrase.to_owned());
        let page = county
            .read(move |conn| {
                search(conn, &service, &who, (&phrase, &Filter::default()), after, 20)
            })
            .expect("searched");
        assert!(page.rows.len() <= 20, "a page holds what was asked for");
        all.extend(
            page.rows.into_iter().map(|(tier, row)| (tier, codes[&row.code.to_string()].clone())),
        );
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

type Answers = BTreeMap<String, BTreeSet<(Tier, String)>>;

fn searched(folder: &Path, database: Database) -> Answers {
    let county = County::new(database);
    let rows = real_rows(&folder.join("messages.csv"));
    let codes = import(&county, "messages", UNANSWERED, &rows);
    assert_eq!((rows.len(), codes.len()), (2_163, 2_163));
    let mut answers = Answers::new();
    for query in real_rows(&folder.join("search_queries.csv")) {
        let phrase = &query["query"];
        let found = found(&county, &codes, phrase);
        let holding = |column: &str| -> BTreeSet<String> {
            rows.iter()
                .filter(|r| r[column].contains(phrase.as_str()))
                .map(|r| r["id"].clone())
                .collect()
        };
        let (titles, texts) = (holding("title"), holding("text"));
        let ids: Vec<&String> = found.iter().map(|(_, id)| id).collect();
        let distinct: BTreeSet<String> = ids.iter().map(|id| (*id).clone()).collect();
        assert_eq!(distinct.len(), ids.len(), "{phrase}: something is found twice");
        assert_eq!(distinct, &titles | &texts, "{phrase}: recall and precision");
        assert_eq!(found.len().to_string(), query["messages_containing"], "{phrase}");
        assert_eq!(titles.len().to_string(), query["titles_containing"], "{phrase}");
        let first: BTreeSet<String> =
            ids.iter().take(titles.len()).map(|id| (*id).clone()).collect();
        assert_eq!(first, titles, "{phrase}: those with it in the title come first");
        answers.insert(phrase.clone(), found.into_iter().collect());
    }
    assert_eq!(answers.len(), 20);
    answers
}

#[test]
fn every_phrase_is_found_in_every_message_that_holds_it() {
    let Some(folder) = real_data() else { return };
    let one = searched(&folder, Database::fresh(Engine::Sqlite).expect("always there"));
    let Some(other) = Database::fresh(Engine::Postgres) else { return };
    assert_eq!(searched(&folder, other), one, "both databases give the same answers");
}

const ANSWERED: &str = include_str!("../../../../docs/examples/work-orders.toml");

/// Working days as another list has them: weekdays without holidays, and the make-up days.
struct Workdays {
    holidays: BTreeSet<String>,
    made_up: BTreeSet<String>,
}

impl Workdays {
    fn read(folder: &Path) -> Self {
        let text =
            std::fs::read_to_string(folder.join("cn_holidays_2004_2026.json")).expect("the list");
        let years: BTreeMap<String, Json> = serde_json::from_str(&text).expect("JSON");
        let days = |key: &str| -> BTreeSet<String> {
            years.values().flat_map(|y| y[key].as_object().expect("days").keys().cloned()).collect()
        };
        Self { holidays: days("holidays"), made_up: days("workdays") }
    }

    fn is_workday(&self, day: Day) -> bool {
        let name = day.to_string();
        // 1970-01-01 was a Thursday.
        let weekend = matches!((i64::from(day.0) + 3).rem_euclid(7), 5 | 6);
        self.made_up.contains(&name) || (!weekend && !self.holidays.contains(&name))
    }

    /// The end of the n-th working day after the day of an instant (Civil Code arts. 201-203).
    fn after(&self, from: Instant, n: u32) -> Instant {
        let (mut day, mut left) = (from.day(), n);
        while left > 0 {
            day = day.plus(1);
            left -= u32::from(self.is_workday(day));
        }
        day.plus(1).start()
    }
}

#[derive(Default)]
struct Expected(BTreeMap<(i64, String), i64>);

impl Expected {
    fn add(&mut self, at: Instant, measure: &str) {
        *self.0.entry((at.day().month(), measure.to_owned())).or_default() += 1;
    }
}

fn clocks_and_tallies(engine: Engine) {
    let Some(folder) = real_data() else { return };
    let Some(database) = Database::fresh(engine) else { return };
    let county = County::new(database);
    let rows = real_rows(&folder.join("messages_with_replies.csv"));
    let codes = import(&county, "replies", ANSWERED, &rows);
    assert_eq!((rows.len(), codes.len()), (1_408, 1_408));
    let workdays = Workdays::read(&folder);
    let by_id: BTreeMap<&str, &BTreeMap<String, String>> =
        rows.iter().map(|r| (r["id"].as_str(), r)).collect();
    let mut expected = Expected::default();
    let mut late = 0;
    for matter in county.matters() {
        let id = &codes[&matter.code().to_string()];
        let row = by_id[id.as_str()];
        let (asked, replied) =
            (time(&row["asked"]).expect("a time"), time(&row["replied"]).expect("a time"));
        late += usize::from(one(&workdays, id, &matter, asked, replied, &mut expected));
    }
    assert!(late > 100 && late < 1_308, "{late} late: this proves little");
    let (service, who) =
        (county.service.clone(), county.local(county.person(county.centre(), "centre-director")));
    let read = county.read(move |conn| {
        tallies(
            conn,
            &service,
            &who,
            None,
            &store::tallies::Asked {
                months: (190_001, 210_012),
                parts: store::tallies::Parts::All,
                kind: None,
                together: false,
            },
            false,
        )
    });
    let counts = &read.expect("a director reads them").1[0].counts;
    let counts: BTreeMap<_, _> =
        counts.iter().map(|c| ((c.month, c.measure.clone()), c.n)).collect();
    assert_eq!(counts, expected.0);
    county.verify();
    again(&county, &rows);
}

/// One matter as it must have come out of its two times. Answers whether it was late.
fn one(
    workdays: &Workdays,
    id: &str,
    matter: &Matter,
    asked: Instant,
    replied: Instant,
    expected: &mut Expected,
) -> bool {
    assert_eq!((matter.registered_at, matter.closed_at), (asked, Some(replied)), "{id}");
    assert_eq!(matter.answered_at, Some(replied), "{id}");
    assert_eq!(matter.state, "answered", "{id}");
    let due = |clock: &str| {
        let run = matter.clocks.iter().find(|c| c.clock == clock);
        run.and_then(|c| c.deadline.as_ref())
            .map(|d| d.due_at)
            .unwrap_or_else(|| panic!("{id}: no {clock}"))
    };
    let (sign, handle) = (workdays.after(asked, 1), workdays.after(asked, 5));
    assert_eq!((due("sign"), due("handle")), (sign, handle), "{id}: asked {asked}");
    let late = replied >= handle;
    let handled = matter.clocks.iter().find(|c| c.clock == "handle").expect("a clock");
    assert_eq!(handled.is_late(replied), late, "{id}");
    for measure in ["registered", "source:web", "passed-on"] {
        expected.add(asked, measure);
    }
    for measure in ["answered", "closed", "outcome:answered", "settled"] {
        expected.add(replied, measure);
    }
    if replied >= sign {
        expected.add(sign, "lapsed");
    }
    if late {
        expected.add(handle, "lapsed");
        expected.add(replied, "closed-late");
    }
    late
}

/// The same file once more imports nothing and answers the same codes.
fn again(county: &County, rows: &Rows) {
    let before = county.weight();
    let few: Rows = rows.iter().take(50).cloned().collect();
    let codes = import(county, "replies", ANSWERED, &few);
    assert_eq!(codes.len(), 50);
    assert_eq!(county.weight(), before);
}

#[test]
fn answered_messages_are_imported_at_their_own_times_on_sqlite() {
    clocks_and_tallies(Engine::Sqlite);
}

#[test]
fn answered_messages_are_imported_at_their_own_times_on_postgres() {
    clocks_and_tallies(Engine::Postgres);
}
