//! Many at once on one matter, on one key, on one number.

use std::collections::BTreeSet;
use std::sync::Barrier;

use app::matters::{Acting, Answered, Keyed, act, register};
use app::{Credential, Error};
use domain::ids::{MatterCode, PersonId};
use domain::matter::{Intake, Rule};
use serde_json::{Value as Json, json};
use testkit::{County, on_both};

/// How many threads try at once, and how often.
const THREADS: usize = 8;
const ROUNDS: usize = 6;

fn intake(body: Json) -> Intake {
    serde_json::from_value(body).expect("an intake")
}

fn register_as(
    county: &County,
    who: &Credential,
    body: Json,
    keyed: Option<Keyed>,
) -> Result<Answered, Error> {
    let (service, who, intake) = (county.service.clone(), who.clone(), intake(body));
    county.write(move |conn| register(conn, &service, &who, (&intake, &[]), keyed.as_ref()))
}

fn act_as(
    county: &County,
    who: PersonId,
    acting: &Acting,
    keyed: Option<Keyed>,
) -> Result<Answered, Error> {
    let (service, who, acting) = (county.service.clone(), county.local(who), acting.clone());
    county.write(move |conn| act(conn, &service, &who, &acting, keyed.as_ref()))
}

fn receipt(answered: &Answered) -> Json {
    serde_json::from_str(&answered.body).expect("a receipt")
}

fn code(answered: &Answered) -> MatterCode {
    receipt(answered)["code"].as_str().expect("a code").parse().expect("a code")
}

/// The same work on every thread at the same moment.
fn together<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let run = |n| {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(n)
            })
        };
        let all: Vec<_> = (0..THREADS).map(run).collect();
        all.into_iter().map(|one| one.join().expect("no panic")).collect()
    })
}

/// Something that the holder may do again and again.
fn classify(county: &County, code: MatterCode, seen: Option<u32>, n: usize) -> Acting {
    let (class, _) =
        county.state.catalogue.lists["request-class"].items.get_index(n).expect("so many classes");
    let Json::Object(data) = json!({ "request-class": class }) else { unreachable!() };
    Acting { code, action: "classify".into(), seen, data }
}

on_both! {
    fn of_eight_who_saw_the_same_version_one_wins(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let dispatcher = county.person(county.township(0), "dispatcher");
        for round in 0..ROUNDS {
            let made = register_as(&county, &county.local(clerk), county.request(), None).expect("registered");
            let code = code(&made);
            let all = together(|n| act_as(&county, dispatcher, &classify(&county, code, Some(1), n), None));
            let (won, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
            let lost: Vec<Error> = lost.into_iter().filter_map(Result::err).collect();
            assert_eq!(won.len(), 1, "round {round}: {lost:?}");
            for error in &lost {
                let stale = matches!(error, Error::Refused(r) if r.first().is_some_and(|r| r.rule == Rule::StaleVersion));
                assert!(stale, "round {round}: {error:?}");
            }
            assert_eq!(county.matter(code).version, 2, "round {round}");
        }
        assert_eq!(county.verify().events, ROUNDS as u64 * 2);
    }

    /// Who names no version did not read one, so nothing that was read is lost: each is carried out in turn.
    fn eight_who_name_no_version_come_one_after_the_other(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let dispatcher = county.person(county.township(0), "dispatcher");
        let made = register_as(&county, &county.local(clerk), county.request(), None).expect("registered");
        let code = code(&made);
        let all = together(|n| act_as(&county, dispatcher, &classify(&county, code, None, n), None));
        let versions: BTreeSet<u64> = all
            .into_iter()
            .map(|answer| receipt(&answer.unwrap_or_else(|e| panic!("{e:?}")))["version"].as_u64().expect("a version"))
            .collect();
        assert_eq!(versions, (2..=9).collect(), "each has a version of its own");
        county.verify();
    }

    fn one_key_at_once_is_one_matter(database) {
        let county = County::new(database);
        let clerk = county.local(county.person(county.township(0), "window-clerk"));
        for round in 0..ROUNDS {
            let keyed = || Some(Keyed { key: format!("key {round}"), digest: [1; 32] });
            let all = together(|_| register_as(&county, &clerk, county.request(), keyed()));
            let answers: Vec<Answered> = all.into_iter().map(|a| a.unwrap_or_else(|e| panic!("{e:?}"))).collect();
            assert!(answers.iter().all(|a| *a == answers[0]), "round {round}: not all got the first answer");
            assert_eq!(county.matters().len(), round + 1);
        }
    }

    fn a_key_gives_its_first_answer_for_ever_and_takes_no_other_command(database) {
        let county = County::new(database);
        let clerk = county.person(county.township(0), "window-clerk");
        let dispatcher = county.person(county.township(0), "dispatcher");
        let key = |digest: u8| Some(Keyed { key: "the key".into(), digest: [digest; 32] });
        let who = county.local(clerk);
        let first = register_as(&county, &who, county.request(), key(1)).expect("registered");
        act_as(&county, dispatcher, &classify(&county, code(&first), Some(1), 0), None).expect("classified");
        county.clock.pass(40 * domain::time::DAY_MS);
        let again = register_as(&county, &who, county.request(), key(1)).expect("answered");
        assert_eq!(again, first, "the answer of then, not of now");
        let other = register_as(&county, &who, county.dispute(), key(2)).err();
        assert!(matches!(other, Some(Error::KeyReused)), "{other:?}");
        let acting = classify(&county, code(&first), None, 1);
        let reused = act_as(&county, clerk, &acting, key(3)).err();
        assert!(matches!(reused, Some(Error::KeyReused)), "{reused:?}");
        let own = county.local(county.person(county.township(1), "window-clerk"));
        let theirs = register_as(&county, &own, county.request(), key(1)).expect("a key is one person's");
        assert_ne!(code(&theirs), code(&first));
        assert_eq!(county.matters().len(), 2);
    }

    /// What was refused is not an answer that is kept: the same key may come again, made good.
    fn a_refused_command_leaves_its_key_free(database) {
        let county = County::new(database);
        let who = county.local(county.person(county.township(0), "window-clerk"));
        let mut bad = county.request();
        bad["place"] = "110101".into();
        let key = |digest: u8| Some(Keyed { key: "the key".into(), digest: [digest; 32] });
        assert!(matches!(register_as(&county, &who, bad, key(1)), Err(Error::Refused(_))));
        assert_eq!(county.matters().len(), 0);
        register_as(&county, &who, county.request(), key(2)).expect("registered");
    }

    fn ids_codes_and_numbers_are_given_once(database) {
        let county = County::new(database);
        let who = county.local(county.person(county.township(0), "window-clerk"));
        together(|_| {
            for _ in 0..6 {
                register_as(&county, &who, county.dispute(), None).unwrap_or_else(|e| panic!("{e:?}"));
            }
        });
        let all = county.matters();
        assert_eq!(all.len(), THREADS * 6);
        assert_eq!(all.iter().map(domain::matter::Matter::code).collect::<BTreeSet<_>>().len(), all.len());
        county.verify();
    }
}
