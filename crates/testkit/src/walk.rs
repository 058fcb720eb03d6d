//! A random walk of the whole application: people around matters do what is offered to them, others
//! try what is not, time passes. The same seed walks the same way on every database.

use app::Error;
use app::matters::{Acting, act, look, register};
use domain::access::sees;
use domain::ids::{MatterCode, PersonId, UnitId};
use domain::kind::{Phase, Verb};
use domain::matter::{Matter, Offer, Refused, Rule, intake_offer};
use domain::rehearsal::{Dice, Filler, Phrases};
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use serde_json::{Map, Value as Json};

use crate::county::County;

/// Texts that say nothing but a word that every one of them holds.
struct Plain;

impl Phrases for Plain {
    fn text(&self, dice: &mut Dice, _: &str, name: &str, _: Option<&str>) -> String {
        format!("山路{name}{}", dice.below(1000))
    }
}

/// Somebody who walks.
pub struct Walker<'c> {
    county: &'c County,
    dice: Dice,
    people: Vec<PersonId>,
    /// What was tried and what came of it, in order.
    pub told: Vec<String>,
    /// The matters so far.
    pub codes: Vec<MatterCode>,
}

impl<'c> Walker<'c> {
    pub fn new(county: &'c County, seed: u64) -> Self {
        let mut people: Vec<PersonId> = county.everybody().into_iter().map(|(p, ..)| p).collect();
        people.sort_unstable();
        Self { county, dice: Dice::new(seed), people, told: Vec::new(), codes: Vec::new() }
    }

    /// A matter of a kind is brought by somebody who has a door for it, and lives some steps.
    pub fn live(&mut self, kind: &str, steps: usize) {
        let Some(code) = self.register(kind) else { return };
        self.codes.push(code);
        for _ in 0..steps {
            self.pass_time();
            if self.dice.happens(30) {
                app::jobs::sweep(&self.county.service, &self.county.state).expect("swept");
            }
            if self.dice.happens(15) {
                self.hostile(code);
            }
            self.step(code);
            if self.county.matter(code).phase == Phase::Archived {
                break;
            }
        }
    }

    fn pass_time(&mut self) {
        let ms = match self.dice.below(10) {
            0..=4 => self.dice.between(1, 90) * MINUTE_MS,
            5..=7 => self.dice.between(1, 20) * HOUR_MS,
            _ => self.dice.between(1, 4) * DAY_MS,
        };
        self.county.clock.pass(ms);
    }

    fn register(&mut self, kind: &str) -> Option<MatterCode> {
        let (roster, now) = (self.county.roster(), self.county.now());
        let declared = &self.county.state.catalogue.kinds[kind];
        let opens = |p: &PersonId| intake_offer(declared, &roster.posts(*p, now)).is_some();
        let doors: Vec<PersonId> = self.people.iter().copied().filter(opens).collect();
        let person = *self.dice.pick(&doors)?;
        let at = intake_offer(declared, &roster.posts(person, now))?.post.unit;
        let filler = Filler::new(roster.setting(&self.county.state), &Plain);
        let mut intake = filler.intake(&mut self.dice, declared, at, now);
        let seals = declared.flags.values().find(|f| f.seals && f.at_intake);
        if let Some(flag) = seals.filter(|_| self.dice.happens(15)) {
            intake.flags.push(flag.id.text.clone());
        }
        let (service, who) = (self.county.service.clone(), self.county.local(person));
        let done =
            self.county.write(move |conn| register(conn, &service, &who, (&intake, &[]), None));
        let answered = done.unwrap_or_else(|e| panic!("a filled intake was refused: {e}"));
        let receipt: Json = serde_json::from_str(&answered.body).expect("a receipt");
        self.told.push(format!("register {kind} {}", receipt["state"]));
        receipt["code"].as_str()?.parse().ok()
    }

    fn around(&mut self, matter: &Matter) -> Option<PersonId> {
        if self.dice.happens(8) {
            return self.dice.pick(&self.people).copied();
        }
        let roster = self.county.roster();
        let called = matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit);
        let mut units: Vec<UnitId> = roster.org.lineage(matter.holder).chain(called).collect();
        units.extend([matter.holder, matter.holder, matter.registrar]);
        let unit = *self.dice.pick(&units)?;
        let mut staff = roster.org.staff(unit).to_vec();
        staff.sort_unstable();
        self.dice.pick(&staff).copied()
    }

    /// Somebody does something that is offered. Where nothing stood against it, it must be accepted.
    fn step(&mut self, code: MatterCode) {
        let matter = self.county.matter(code);
        let Some(person) = self.around(&matter) else { return };
        let (service, who) = (self.county.service.clone(), self.county.local(person));
        let seen = match self.county.read(move |conn| look(conn, &service, &who, code)) {
            Ok(seen) => seen,
            Err(Error::Missing) => return self.told.push("missing".into()),
            Err(error) => panic!("{error}"),
        };
        let offers = seen.offers().expect("a known kind");
        let weights: Vec<u32> = offers.iter().map(weight).collect();
        let Some(offer) = offers.get(self.dice.weighed(&weights)) else { return };
        let others: Vec<MatterCode> = self.codes.iter().copied().filter(|c| *c != code).collect();
        let other = self.dice.pick(&others).copied();
        let filler = Filler::new(seen.desk.setting(), &Plain);
        let data = filler.data(&mut self.dice, offer, &matter, other, self.county.now());
        let Some(data) = data else { return };
        let action = offer.action.id.text.clone();
        match self.act(person, code, &action, Some(matter.version), data.clone()) {
            Ok(()) => self.told.push(format!("{action} by {person}")),
            Err(Error::Refused(refused)) => {
                self.told.push(format!("{action} by {person} refused"));
                self.may_refuse(&matter, offer, &data, &refused);
            }
            Err(error) => panic!("{action}: {error}"),
        }
    }

    /// What was offered without a remark is refused only where a party said no, a limit ran out
    /// since time last looked, or the other matter cannot be seen.
    fn may_refuse(
        &self,
        matter: &Matter,
        offer: &Offer<'_>,
        data: &Map<String, Json>,
        refused: &Refused,
    ) {
        let rule = refused.first().map(|r| r.rule);
        let said_no = data.get("consents").and_then(Json::as_object);
        let said_no = said_no.is_some_and(|c| c.values().any(|v| v == false));
        let overdue = matter.next_tick().is_some_and(|at| at <= self.county.now());
        let excused = offer.blocked.is_some()
            || (said_no && rule == Some(Rule::PartyRefuses))
            || (overdue && matches!(rule, Some(Rule::RanOut | Rule::TooLate)))
            || data.contains_key("matter");
        assert!(
            excused,
            "{} was offered with {data:?} and refused: {refused}",
            offer.action.id.text
        );
    }

    /// Somebody tries anything; only what is offered can succeed.
    fn hostile(&mut self, code: MatterCode) {
        let matter = self.county.matter(code);
        let kind = self.county.state.catalogue.kinds[matter.kind()].clone();
        let person = *self.dice.pick(&self.people).expect("somebody");
        let (action, _) =
            kind.actions.get_index(self.dice.below(kind.actions.len())).expect("an action");
        let (roster, now) = (self.county.roster(), self.county.now());
        let posts = roster.posts(person, now);
        let setting = roster.setting(&self.county.state);
        let visible = sees(&posts, &matter, &roster.org, &self.county.state.catalogue);
        let offered = domain::matter::offers(setting, &matter, &posts).expect("a known kind");
        let offered = offered.iter().any(|o| o.action.id.text == *action);
        let done = self.act(person, code, action, None, Map::new());
        let what = match &done {
            Ok(()) => "done".to_owned(),
            Err(Error::Refused(refused)) => {
                refused.first().map_or("", |r| r.rule.name()).to_owned()
            }
            Err(Error::Missing) => "missing".to_owned(),
            Err(error) => panic!("{action}: {error}"),
        };
        assert!(done.is_err() || offered, "{action} was not offered to {person} and yet done");
        assert_eq!(what == "missing", !visible, "{action} by {person}: {what}");
        self.told.push(format!("hostile {action} by {person}: {what}"));
    }

    fn act(
        &self,
        person: PersonId,
        code: MatterCode,
        action: &str,
        seen: Option<u32>,
        data: Map<String, Json>,
    ) -> Result<(), Error> {
        let (service, who) = (self.county.service.clone(), self.county.local(person));
        let acting = Acting { code, action: action.to_owned(), seen, data };
        self.county.write(move |conn| act(conn, &service, &who, &acting, None)).map(drop)
    }
}

/// Endings are many; lives are to be long, and what moves the holder is to be seen often.
fn weight(offer: &Offer<'_>) -> u32 {
    let verb = |v: Verb| offer.action.does(v);
    match () {
        () if verb(Verb::Close) || verb(Verb::Archive) => 2,
        () if verb(Verb::CallOut)
            || verb(Verb::Assign)
            || verb(Verb::Split)
            || verb(Verb::Escalate) =>
        {
            12
        }
        () if verb(Verb::Return)
            || verb(Verb::Suspend)
            || verb(Verb::Extend)
            || verb(Verb::Accept) =>
        {
            12
        }
        () => 6,
    }
}
