//! Random walks through the application: nothing is left broken, counts are what a recount finds,
//! and both databases tell the same story.

use std::collections::{BTreeMap, BTreeSet};

use app::matters::{Listing, list};
use app::search::{Filter, search};
use app::tallies::{Behind, behind, tallies};
use domain::access::sees;
use domain::ids::{MatterCode, PersonId, UnitId};
use domain::kind::Phase;
use domain::matter::{Lane, Matter, is_sum};
use testkit::{County, Database, Engine, Walker, on_both};

/// How many matters live, and how many steps each.
const LIVES: usize = 24;
const STEPS: usize = 25;

fn seed() -> u64 {
    std::env::var("SHANZHI_SEED")
        .map_or(20_261_123, |text| text.parse().expect("a seed is a whole number"))
}

fn walked(database: Database) -> (County, Vec<String>) {
    let county = County::new(database);
    let mut walker = Walker::new(&county, seed());
    let kinds: Vec<String> = county.state.catalogue.kinds.keys().cloned().collect();
    for life in 0..LIVES {
        walker.live(&kinds[life % kinds.len()], STEPS);
        // Now and then counts and search entries are folded, as the runner does.
        if life % 5 == 0 {
            app::jobs::fold(&county.service, &county.state).expect("folded");
        }
    }
    let told = std::mem::take(&mut walker.told);
    (county, told)
}

on_both! {
    fn nothing_is_left_broken(database) {
        let (county, told) = walked(database);
        let done = told.iter().filter(|t| t.contains(" by ") && !t.contains("refused") && !t.contains("hostile")).count();
        assert!(done > 100, "only {done} acts were done: this proves little");
        let verdict = county.verify();
        assert!(verdict.matters as usize >= LIVES && verdict.events > 200, "{verdict:?}");
        // The same once time has done everything it can, and days are sealed.
        county.clock.pass(400 * domain::time::DAY_MS);
        county.settle();
        app::jobs::close_days(&county.service, &county.state).expect("sealed");
        assert!(county.verify().days > 0);
        app::backup::reindex(&county.service, &county.state, |_| {}).expect("reindexed");
    }

    /// Behind every count stand as many matters as it says, at every unit, whether or not one may see them.
    fn every_figure_opens_its_list(database) {
        let (county, _) = walked(database);
        county.settle();
        let director = county.local(county.person(county.centre(), "centre-director"));
        let service = county.service.clone();
        let looked = county.read(move |conn| {
            let everything = store::tallies::Asked::everything();
            let (_, units) = tallies(conn, &service, &director, None, &everything, true)?;
            let mut looked = 0;
            for unit in units.iter() {
                for count in unit.counts.iter().filter(|c| c.month != 0 && !is_sum(&c.measure)) {
                    let (mut after, mut listed, mut hidden) = (None, 0, 0);
                    loop {
                        let (kind, measures) = (count.kind.clone(), vec![count.measure.clone()]);
                        let months = (count.month, count.month);
                        let asked = Behind { unit: Some(unit.unit), kind, measures, months, after, limit: 3 };
                        let page = behind(conn, &service, &director, &asked)?;
                        assert!(page.rows.windows(2).all(|two| two[0].0 > two[1].0), "in order");
                        listed += page.rows.iter().map(|(_, n, _)| n).sum::<i64>();
                        hidden += page.hidden;
                        after = page.next;
                        if after.is_none() {
                            break;
                        }
                    }
                    let whole = listed == count.n || (hidden > 0 && listed < count.n);
                    assert!(whole, "{count:?} at {}: {listed} listed, {hidden} hidden", unit.unit);
                    looked += 1;
                }
            }
            Ok::<_, app::Error>(looked)
        });
        assert!(looked.expect("read") > 50, "few figures prove little");
    }

    /// The check sees one moment, whatever goes on meanwhile.
    fn a_county_at_work_is_found_whole(database) {
        let county = County::new(database);
        let clerk = county.local(county.person(county.township(0), "window-clerk"));
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let work = || {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    let (service, who) = (county.service.clone(), clerk.clone());
                    let intake = serde_json::from_value(county.request()).expect("an intake");
                    let brought = county.write(move |conn| app::matters::register(conn, &service, &who, (&intake, &[]), None));
                    let receipt = brought.expect("registered").body;
                    let receipt: serde_json::Value = serde_json::from_str(&receipt).expect("a receipt");
                    let code = receipt["code"].as_str().expect("a code").parse().expect("a code");
                    for class in county.state.catalogue.lists["request-class"].items.keys().take(4) {
                        let (service, who) = (county.service.clone(), clerk.clone());
                        let data = [("request-class".to_owned(), class.clone().into())].into_iter().collect();
                        let acting = app::matters::Acting { code, action: "classify".into(), seen: None, data };
                        let acted = county.write(move |conn| app::matters::act(conn, &service, &who, &acting, None));
                        acted.expect("classified");
                    }
                }
            };
            let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
            // Also where the check fails: the workers must come to an end.
            let _stop = Stop(&done);
            let (mut looked, mut rounds) = (0, 0);
            while rounds < 5 || looked < 500 {
                looked += county.verify().events;
                app::jobs::fold(&county.service, &county.state).expect("folded");
                rounds += 1;
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            workers.into_iter().for_each(|w| w.join().expect("no panic"));
        });
        county.verify();
    }

    /// Whether search entries wait or are in the index, everybody finds what they see, in one order.
    fn everybody_finds_what_they_see_folded_or_not(database) {
        let county = County::new(database);
        let mut walker = Walker::new(&county, seed() + 1);
        let kinds: Vec<String> = county.state.catalogue.kinds.keys().cloned().collect();
        for life in 0..12 {
            walker.live(&kinds[life % kinds.len()], STEPS);
            // The first half is in the index; some of it changes again and waits beside it.
            if life == 5 {
                app::jobs::fold(&county.service, &county.state).expect("folded");
            }
        }
        assert_ne!(county.database.look("select count(*) from search_pending"), ["0"]);
        let waiting = everybody_finds(&county);
        app::jobs::fold(&county.service, &county.state).expect("folded");
        assert_eq!(county.database.look("select count(*) from search_pending"), ["0"]);
        assert_eq!(everybody_finds(&county), waiting);
        app::backup::reindex(&county.service, &county.state, |_| {}).expect("reindexed");
        assert_eq!(everybody_finds(&county), waiting);
        assert!(waiting.values().any(|found| found.len() > 5), "nobody found much");
    }

    fn counts_are_what_a_recount_finds(database) {
        let (county, _) = walked(database);
        for folded in [false, true] {
            if folded {
                app::jobs::fold(&county.service, &county.state).expect("folded");
            }
            let roster = county.roster();
            for unit in roster.org.units().filter(|u| u.holds).map(|u| u.id) {
                assert_eq!(counted(&county, unit), recounted(&county, unit), "{unit}, folded: {folded}");
            }
        }
        let all = counted(&county, county.centre());
        let open = county.matters().iter().filter(|m| !m.sealed).count();
        assert_eq!(all.values().sum::<i64>(), open as i64);
    }
}

/// What everybody finds by a word that every matter holds, in order; compared with what they see.
fn everybody_finds(county: &County) -> BTreeMap<PersonId, Vec<MatterCode>> {
    let (roster, all, now) = (county.roster(), county.matters(), county.now());
    let mut found = BTreeMap::new();
    for (person, role, unit) in county.everybody() {
        let (mut own, mut after) = (Vec::new(), None);
        loop {
            let (service, who) = (county.service.clone(), county.local(person));
            let page = county
                .read(move |conn| {
                    search(conn, &service, &who, ("山路", &Filter::default()), after, 3)
                })
                .expect("searched");
            own.extend(page.rows.iter().map(|(_, row)| row.code));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let posts = roster.posts(person, now);
        let seen = all.iter().filter(|m| sees(&posts, m, &roster.org, &county.state.catalogue));
        let seen: BTreeSet<MatterCode> = seen.map(Matter::code).collect();
        assert_eq!(own.iter().copied().collect::<BTreeSet<_>>(), seen, "{role} at {unit}");
        assert_eq!(own.len(), seen.len(), "{role} at {unit}: something twice");
        found.insert(person, own);
    }
    found
}

/// Ends the work of others when it goes.
struct Stop<'a>(&'a std::sync::atomic::AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

type Stocks = BTreeMap<(String, String), i64>;

/// How many matters stand in each state at a unit and below, as the counts say.
fn counted(county: &County, unit: UnitId) -> Stocks {
    let (service, who) =
        (county.service.clone(), county.local(county.person(county.centre(), "centre-director")));
    let read = county.read(move |conn| {
        tallies(
            conn,
            &service,
            &who,
            Some(unit),
            &store::tallies::Asked {
                months: (0, 0),
                parts: store::tallies::Parts::None,
                kind: None,
                together: false,
            },
            false,
        )
    });
    let (_, units) = read.expect("a director reads them");
    assert_eq!(units.len(), 1);
    units[0]
        .counts
        .iter()
        .map(|c| ((c.kind.clone(), c.measure.replace("state:", "")), c.n))
        .collect()
}

/// The same, by going through the lists page by page; what is sealed stands in neither.
fn recounted(county: &County, unit: UnitId) -> Stocks {
    let mut found = Stocks::new();
    let director = county.local(county.person(county.centre(), "centre-director"));
    for lane in [Lane::Held, Lane::Below] {
        for phase in [Phase::Open, Phase::Closed, Phase::Archived] {
            let mut after = None;
            loop {
                let listing = Listing {
                    lane,
                    unit: Some(unit),
                    phase,
                    kind: None,
                    state: None,
                    after,
                    limit: 7,
                };
                let (service, who) = (county.service.clone(), director.clone());
                let page =
                    county.read(move |conn| list(conn, &service, &who, &listing)).expect("a page");
                assert!(page.rows.len() <= 7);
                for row in page.rows {
                    *found.entry((row.1.kind, row.1.state)).or_default() += 1;
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    found
}

#[test]
fn both_databases_tell_the_same_story() {
    let (Some(one), Some(other)) =
        (Database::fresh(Engine::Sqlite), Database::fresh(Engine::Postgres))
    else {
        return;
    };
    let (one, other) = (walked(one), walked(other));
    let at = one.1.iter().zip(&other.1).position(|(a, b)| a != b);
    assert_eq!(at, None, "{:?} and {:?}", at.map(|i| &one.1[i]), at.map(|i| &other.1[i]));
    assert_eq!(one.1.len(), other.1.len());
    let stand = |county: &County| {
        let all = county.matters().into_iter();
        all.map(|m| (m.id(), m.state.clone(), m.holder, m.version, m.next_tick(), m.flags))
            .collect::<Vec<_>>()
    };
    assert_eq!(stand(&one.0), stand(&other.0));
}
