//! One commit serves many; each of them stands or falls alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use domain::ids::{County as Code, PersonId};
use domain::time::Instant;
use store::logs::{Deed, deeds, done};
use store::{Conn, Db, StoreError};
use testkit::on_both;

const COUNTY: Code = Code(110_101);

fn note(conn: &mut Conn, nonce: i64) -> Result<(), StoreError> {
    let deed = Deed {
        at: Instant(1_000 + nonce),
        person: None,
        action: format!("act {nonce}"),
        detail: String::new(),
    };
    done(conn, COUNTY, nonce, &deed)
}

fn kept(db: &Db) -> Vec<i64> {
    let read = |conn: &mut Conn| deeds(conn, COUNTY, Instant(i64::MAX), 10_000);
    let mut all: Vec<i64> =
        db.read(read).wait().expect("read").iter().map(|d| d.at.0 - 1_000).collect();
    all.sort_unstable();
    all
}

/// Holds every writer, so that what is handed in meanwhile comes into the same commits.
fn hold(db: &Db) -> impl FnOnce() {
    let mut releases = Vec::new();
    let (began, begun) = channel();
    let writers = if matches!(db.place(), store::Place::Url(_)) { 8 } else { 1 };
    for _ in 0..writers {
        let (release, wait) = channel::<()>();
        let began = began.clone();
        let work = move |_: &mut Conn| {
            began.send(()).expect("told");
            let _ = wait.recv();
            Ok::<_, StoreError>(())
        };
        drop(db.write(work));
        releases.push(release);
    }
    for _ in 0..writers {
        begun.recv().expect("a writer began");
    }
    move || drop(releases)
}

on_both! {
    fn who_fails_takes_no_neighbour_along(database) {
        let db = database.open();
        let release = hold(&db);
        let hooks = Arc::new(AtomicUsize::new(0));
        let waiting: Vec<_> = (0..60_i64)
            .map(|n| {
                let hooks = hooks.clone();
                db.write(move |conn| {
                    let count = hooks.clone();
                    conn.after_commit(move || {
                        count.fetch_add(1, Ordering::SeqCst);
                    });
                    note(conn, n)?;
                    match n % 4 {
                        1 => Err(StoreError::Changed),
                        2 => note(conn, n),
                        3 => panic!("this act is meant to break"),
                        _ => Ok(()),
                    }
                })
            })
            .collect();
        release();
        for (n, pending) in waiting.into_iter().enumerate() {
            let wanted = [Ok(()), Err(StoreError::Changed), Err(StoreError::Taken), Err(StoreError::Panicked)];
            assert_eq!(pending.wait(), wanted[n % 4], "act {n}");
        }
        assert_eq!(kept(&db), (0..60).filter(|n| n % 4 == 0).collect::<Vec<_>>());
        assert_eq!(hooks.load(Ordering::SeqCst), 15, "what follows a commit follows a kept act only");
    }

    /// Ids that were drawn by an act that failed are lost; none is given twice.
    fn ids_drawn_by_a_failed_act_are_not_given_twice(database) {
        let db = database.open();
        let release = hold(&db);
        let waiting: Vec<_> = (0..40_i64)
            .map(|n| {
                let store = db.clone();
                db.write(move |conn| {
                    let id = store.ids().next(conn, COUNTY)?;
                    store::org::insert_person(conn, COUNTY, PersonId(id), "某某", None, Instant(0))?;
                    if n % 3 == 0 { Err(StoreError::Changed) } else { Ok(id) }
                })
            })
            .collect();
        release();
        let mut ids = Vec::new();
        for (n, pending) in waiting.into_iter().enumerate() {
            match pending.wait() {
                Ok(id) => ids.push(id),
                Err(error) => assert_eq!((n % 3, error), (0, StoreError::Changed)),
            }
        }
        let given = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((given, ids.len()), (26, 26));
        // A second process does not begin where the first one still has numbers.
        let other = database.open();
        let store = other.clone();
        let next = other.write(move |conn| store.ids().next(conn, COUNTY)).wait().expect("an id");
        assert!(ids.iter().all(|id| *id < next), "{next} after {ids:?}");
    }

    fn what_was_answered_is_there_for_everybody(database) {
        let db = database.open();
        for n in 0..20 {
            db.write(move |conn| note(conn, n)).wait().expect("kept");
            assert!(kept(&db).contains(&n), "a reader does not see act {n}");
        }
        drop(db);
        assert_eq!(kept(&database.open()).len(), 20, "closing and opening loses nothing");
    }

    fn a_full_queue_turns_away_and_loses_nothing(database) {
        let db = database.open();
        let release = hold(&db);
        let waiting: Vec<_> = (0..5_000_i64).map(|n| db.write(move |conn| note(conn, n))).collect();
        release();
        let answers: Vec<Result<(), StoreError>> = waiting.into_iter().map(store::Pending::wait).collect();
        let turned = answers.iter().filter(|a| matches!(a, Err(StoreError::Unavailable(_)))).count();
        let fine: Vec<i64> = answers.iter().enumerate().filter(|(_, a)| a.is_ok()).map(|(n, _)| n as i64).collect();
        assert_eq!(fine.len() + turned, 5_000);
        assert!(turned >= 900, "only {turned} were turned away");
        assert_eq!(kept(&db), fine);
    }
}
