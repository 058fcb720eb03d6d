//! A county small enough to compare everybody with everything: two townships of two villages, with
//! every office and a person at every post that the catalogue declares.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use app::accounts::{hash_password, make_token};
use app::setup::{add_county, serve_county};
use app::{Clock, CountyState, Credential, Error, MasterKey, Roster, Service, Suite};
use domain::catalogue::Source;
use domain::ids::{County as Code, MatterCode, PersonId, PostId, UnitId};
use domain::matter::Matter;
use domain::org::{Post, Unit};
use domain::rehearsal::{Dice, name};
use domain::time::{Day, Instant};
use serde_json::Value as Json;
use store::{Conn, Db};
use web::{Options, Web};

use crate::client::Client;
use crate::clock::ManualClock;
use crate::database::Database;

/// The county's code.
pub const CODE: Code = Code(532_925);
/// The password of every account.
pub const PASSWORD: &str = "Mountain-2026-road";
/// When the clock begins.
const MORNING: &str = "2026-03-02 09:00";

/// A county in service on a database of its own.
pub struct County {
    pub service: Service,
    pub state: Arc<CountyState>,
    pub clock: ManualClock,
    pub web: Web,
    by_role: BTreeMap<(UnitId, String), Vec<PersonId>>,
    /// Goes last: the store must be closed before its database is dropped.
    pub database: Database,
}

/// An instant in China, `2026-03-02 09:00`.
pub fn at(text: &str) -> Instant {
    let text = text.replace(' ', "T");
    format!("{text}:00+08:00").parse().unwrap_or_else(|_| panic!("{text} is no instant"))
}

/// The files of the catalogue that ships.
pub fn shipped() -> Source {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue"))
}

/// The files of a catalogue in a folder.
pub fn files(folder: &Path) -> Source {
    fn walk(at: &Path, base: &Path, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(at).expect("the catalogue").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, into);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "typ") {
                let name = path.strip_prefix(base).expect("inside").to_string_lossy().into_owned();
                into.insert(name, std::fs::read_to_string(&path).expect("readable"));
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, folder, &mut files);
    Source(files)
}

impl County {
    /// A county under the catalogue that ships.
    pub fn new(database: Database) -> Self {
        Self::under(database, &shipped())
    }

    /// A county under other files.
    pub fn under(database: Database, source: &Source) -> Self {
        let mut county = Self::empty(database, source, CODE);
        let (header, rows) = divisions();
        let (report, units) = app::org::read_tree(
            &county.state,
            &header,
            &(2..).zip(rows).collect::<Vec<_>>(),
            Day(0),
        );
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        county.put_units(units);
        county.staff();
        county
    }

    /// A county in service without units or people.
    pub fn empty(database: Database, source: &Source, code: Code) -> Self {
        let clock = ManualClock::new(at(MORNING));
        let db = database.open();
        let service = Service::new(
            db.clone(),
            Arc::new(clock.clone()),
            MasterKey::generate().expect("randomness"),
            database.premises(),
        );
        let (held, source) = (service.clone(), source.clone());
        let serve = move |conn: &mut Conn| {
            add_county(conn, &held, code, "弥渡县", Suite::Sm)?;
            serve_county(conn, &held, code, &source).map(|(state, _)| state)
        };
        let state =
            db.write::<_, Error, _>(serve).wait().unwrap_or_else(|e| panic!("{}", explain(&e)));
        let web = Web::new(service.clone(), Options::default());
        Self { service, state, clock, web, by_role: BTreeMap::new(), database }
    }

    /// A county that was brought into service otherwise, with the people of another.
    pub fn serving(
        service: Service,
        state: Arc<CountyState>,
        clock: ManualClock,
        database: Database,
        like: &Self,
    ) -> Self {
        let web = Web::new(service.clone(), Options::default());
        Self { service, state, clock, web, by_role: like.by_role.clone(), database }
    }

    /// The same database opened once more, as by a second server.
    pub fn reopened(&self) -> Db {
        self.database.open()
    }

    pub fn put_units(&self, units: Vec<Unit>) {
        let (service, code) = (self.service.clone(), self.state.county);
        self.write(move |conn| app::org::put_units(conn, &service, code, &units)).expect("units");
    }

    /// Puts people at posts: each a new person.
    pub fn put_posts(&mut self, posts: Vec<(String, UnitId)>) -> Vec<PersonId> {
        let (service, code) = (self.service.clone(), self.state.county);
        let kept = posts.clone();
        let people: Vec<PersonId> = self
            .write(move |conn| {
                let mut dice = Dice::new(7);
                let put = |(role, unit): &(String, UnitId)| -> Result<PersonId, Error> {
                    let person = PersonId(service.db().ids().next(conn, code)?);
                    store::org::insert_person(
                        conn,
                        code,
                        person,
                        &name(&mut dice),
                        None,
                        service.now(),
                    )?;
                    let id = PostId(service.db().ids().next(conn, code)?);
                    let (role, unit) = (role.clone(), *unit);
                    store::org::insert_post(
                        conn,
                        code,
                        &Post { id, person, role, unit, since: Day(0), until: None },
                    )?;
                    Ok(person)
                };
                let people = posts.iter().map(put).collect::<Result<_, _>>()?;
                store::counties::org_changed(conn, code)?;
                Ok(people)
            })
            .expect("people");
        for ((role, unit), person) in kept.into_iter().zip(&people) {
            self.by_role.entry((unit, role)).or_default().push(*person);
        }
        people
    }

    /// A person at every post that levels and offices give.
    fn staff(&mut self) {
        let catalogue = self.state.catalogue.clone();
        let roster = self.roster();
        let mut posts = Vec::new();
        let mut units: Vec<&Unit> = roster.org.units().collect();
        units.sort_by_key(|u| u.id);
        for unit in units {
            let roles = match &unit.office {
                Some(office) => &catalogue.offices[office].posts,
                None => &catalogue.levels[&unit.level].posts,
            };
            posts.extend(roles.iter().map(|role| (role.text.clone(), unit.id)));
        }
        self.put_posts(posts);
    }

    pub fn db(&self) -> &Db {
        self.service.db()
    }

    /// Runs in a transaction.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db().write(work).wait()
    }

    /// Runs on a reader.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db().read(work).wait()
    }

    pub fn roster(&self) -> Arc<Roster> {
        let state = self.state.clone();
        self.read(move |conn| state.roster(conn)).expect("a roster")
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The county centre.
    pub fn centre(&self) -> UnitId {
        UnitId(CODE.0 * 1_000_000_000)
    }

    /// The centre of a township, from 0.
    pub fn township(&self, at: i64) -> UnitId {
        UnitId((CODE.0 * 1_000 + 101 + at) * 1_000_000)
    }

    /// The centre of a village of a township, both from 0.
    pub fn village(&self, township: i64, at: i64) -> UnitId {
        UnitId(self.township(township).0 + (201 + at) * 1000)
    }

    /// An office beside a centre.
    pub fn office(&self, beside: UnitId, office: &str) -> UnitId {
        UnitId(beside.0 + i64::from(self.state.catalogue.offices[office].number))
    }

    /// The first person in a role at a unit.
    pub fn person(&self, unit: UnitId, role: &str) -> PersonId {
        let staff = self.by_role.get(&(unit, role.to_owned()));
        staff.unwrap_or_else(|| panic!("no {role} at {unit}"))[0]
    }

    /// Everybody with the post.
    pub fn everybody(&self) -> Vec<(PersonId, String, UnitId)> {
        let all = self.by_role.iter();
        all.flat_map(|((unit, role), people)| people.iter().map(|p| (*p, role.clone(), *unit)))
            .collect()
    }

    /// A person on the machine itself.
    pub fn local(&self, person: PersonId) -> Credential {
        Credential::Local { county: self.state.county, person }
    }

    /// Gives a person an account; the login is the person's number.
    pub fn account(&self, person: PersonId) -> String {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| hash_password("nobody", PASSWORD).expect("strong enough"));
        let (login, code, now) = (format!("person-{person}"), self.state.county, self.now());
        let named = login.clone();
        let insert = move |conn: &mut Conn| {
            Ok(store::accounts::insert(conn, code, &named, person, hash, now)?)
        };
        match self.write(insert) {
            Ok(()) | Err(Error::Store(store::StoreError::Taken)) => login,
            Err(error) => panic!("{error}"),
        }
    }

    /// A client with a new token of a person.
    pub fn client(&self, person: PersonId) -> Client {
        let (login, service, code) =
            (self.account(person), self.service.clone(), self.state.county);
        let make = move |conn: &mut Conn| make_token(conn, &service, code, &login, "test");
        Client::new(web::router(&self.web), Some(self.write(make).expect("a token")))
    }

    /// A client with nothing to show.
    pub fn stranger(&self) -> Client {
        Client::new(web::router(&self.web), None)
    }

    /// A matter as it stands.
    pub fn matter(&self, code: MatterCode) -> Matter {
        let county = self.state.county;
        let found = self.read(move |conn| Ok(store::matters::by_code(conn, county, code)?));
        found.expect("readable").expect("there").matter
    }

    /// Every matter, by id.
    pub fn matters(&self) -> Vec<Matter> {
        let county = self.state.county;
        let all = self.read(move |conn| {
            let ids = store::matters::ids(conn, county, domain::ids::MatterId(0), 100_000)?;
            let mut all = Vec::new();
            for id in ids {
                all.extend(store::matters::by_id(conn, county, id)?.map(|s| s.matter));
            }
            Ok(all)
        });
        all.expect("readable")
    }

    /// How many events there are, and how many answers are kept: what a refusal must not change.
    pub fn weight(&self) -> Vec<String> {
        ["event", "matter", "idempotency", "worklist", "outbox", "read_log", "paper", "file"]
            .iter()
            .flat_map(|table| self.database.look(&format!("select count(*) from {table}")))
            .collect()
    }

    /// Lets background work run to its end.
    pub fn settle(&self) {
        app::jobs::sweep(&self.service, &self.state).expect("swept");
        app::jobs::fold(&self.service, &self.state).expect("folded");
    }

    /// Checks everything; panics where something is broken.
    pub fn verify(&self) -> app::verify::Verdict {
        let mut conn = self.db().own_connection().expect("a connection");
        let verdict =
            app::verify::verify(&mut conn, &self.service, &self.state, |_| {}).expect("verified");
        assert_eq!(verdict.broken, [], "nothing may be broken");
        verdict
    }
}

fn divisions() -> (Vec<String>, Vec<Vec<String>>) {
    let row = |code: String, name: String| vec![code, name];
    let mut rows = vec![row("532925".into(), "弥渡县".into())];
    for township in 1..=2 {
        rows.push(row(format!("5329251{township:02}"), format!("第{township}镇")));
        for village in 1..=2 {
            rows.push(row(format!("5329251{township:02}20{village}"), format!("第{village}村")));
        }
    }
    (vec!["code".into(), "name".into()], rows)
}

/// An error with everything it has to say.
fn explain(error: &Error) -> String {
    match error {
        Error::Catalogue(findings) => {
            findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// The intake of a request of a resident, as JSON.
impl County {
    pub fn request(&self) -> Json {
        serde_json::json!({
            "kind": "request",
            "place": "532925101201",
            "source": "window",
            "title": "村口路灯不亮",
            "fields": { "content": "村口路灯坏了两周,夜里看不见路。" },
            "parties": [{ "role": "petitioner", "details": { "name": "张丽", "phone": "17000001234" } }],
        })
    }

    /// The intake of a dispute between two parties, as JSON.
    pub fn dispute(&self) -> Json {
        serde_json::json!({
            "kind": "dispute",
            "place": "532925101201",
            "source": "application",
            "title": "宅基地边界纠纷",
            "fields": {
                "dispute-type": "housing-homestead", "facts": "两家对滴水线有争议。", "happened-on": "2026-01-05",
            },
            "parties": [
                { "role": "applicant", "details": { "name": "李建国" } },
                { "role": "respondent", "details": { "name": "王文秀" } },
            ],
        })
    }
}
