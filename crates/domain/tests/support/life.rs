//! A matter led through its life by hand: who does what when, and what is refused.

use domain::ids::{MatterCode, MatterId, PersonId};
use domain::matter::{
    Actor, Branch, Command, Consequence, Event, Intake, Matter, Refused, Want, apply, decide, fold,
};
use domain::time::Instant;
use serde_json::{Map, Value as Json, json};

use super::County;

/// A matter and everything that happened to it.
pub struct Life<'c> {
    /// The county.
    pub county: &'c County,
    /// The matter as it stands.
    pub matter: Matter,
    /// What happened.
    pub events: Vec<Event>,
    /// What the last act meant for other matters.
    pub consequences: Vec<Consequence>,
    /// Now.
    pub now: Instant,
    /// The other matter that exists in this county.
    pub other: Option<MatterCode>,
}

/// An instant in China, `2026-03-02 09:00`.
pub fn at(text: &str) -> Instant {
    let text = text.replace(' ', "T");
    format!("{text}:00+08:00").parse().unwrap_or_else(|_| panic!("{text} is no instant"))
}

impl<'c> Life<'c> {
    /// Somebody brings something, `2026-03-02 09:00`.
    pub fn register(county: &'c County, when: &str, who: PersonId, intake: Json) -> Self {
        Self::try_register(county, when, who, intake).unwrap_or_else(|r| panic!("refused: {r}"))
    }

    /// Somebody brings something, which may be refused.
    pub fn try_register(
        county: &'c County,
        when: &str,
        who: PersonId,
        intake: Json,
    ) -> Result<Self, Refused> {
        let intake: Intake = serde_json::from_value(intake).expect("an intake");
        let now = at(when);
        let posts = county.posts(who, now);
        let want = Want::Register { id: MatterId(1), code: MatterCode::new(26, 7), intake };
        let command = Command {
            actor: Actor::Posts(&posts),
            want,
            seen: None,
            next_number: Some(1),
            other: None,
        };
        let decision = decide(county.setting(), None, &command, now)?;
        let matter = fold(&decision.events).expect("registered");
        Ok(Self {
            county,
            matter,
            events: decision.events,
            consequences: Vec::new(),
            now,
            other: None,
        })
    }

    /// A dispute between two parties, brought to a person's unit.
    pub fn dispute(county: &'c County, when: &str, who: PersonId) -> Self {
        Self::register(county, when, who, dispute())
    }

    /// A request, brought to a person's unit.
    pub fn request(county: &'c County, when: &str, who: PersonId) -> Self {
        Self::register(county, when, who, request())
    }

    /// Time moves on to an instant, without anything happening.
    pub fn until(&mut self, when: &str) -> &mut Self {
        self.now = at(when);
        self
    }

    /// Somebody takes an action, which must be accepted.
    pub fn take(&mut self, who: PersonId, action: &str, data: Json) -> &mut Self {
        if let Err(refused) = self.try_take(who, action, data) {
            panic!("{action} in {} refused: {refused}", self.matter.state);
        }
        self
    }

    /// Somebody takes an action, which may be refused.
    pub fn try_take(&mut self, who: PersonId, action: &str, data: Json) -> Result<(), Refused> {
        let Json::Object(data) = data else { panic!("data is an object") };
        let posts = self.county.posts(who, self.now);
        let want = Want::Take { action: action.to_owned(), data };
        self.decide(Actor::Posts(&posts), want)
    }

    /// The first rule that refuses an action; panics where it is accepted.
    pub fn refused(&mut self, who: PersonId, action: &str, data: Json) -> &'static str {
        match self.try_take(who, action, data) {
            Ok(()) => panic!("{action} was accepted"),
            Err(refused) => refused.first().expect("a rule").rule.name(),
        }
    }

    /// Time does what it does at an instant.
    pub fn tick(&mut self, when: &str) -> &mut Self {
        self.now = at(when);
        self.decide(Actor::Clock, Want::Tick).unwrap_or_else(|r| panic!("tick refused: {r}"));
        self
    }

    /// Another matter was tied to this one.
    pub fn relate(&mut self, who: PersonId, matter: MatterCode, how: &'static str) -> &mut Self {
        let posts = self.county.posts(who, self.now);
        self.decide(Actor::Posts(&posts), Want::Relate { matter, how }).expect("related");
        self
    }

    /// The matter that left this one.
    pub fn branch(&self, who: PersonId, branch: Branch) -> Matter {
        let posts = self.county.posts(who, self.now);
        let want = Want::SplitOff(Box::new(branch));
        let command = Command {
            actor: Actor::Posts(&posts),
            want,
            seen: None,
            next_number: Some(1),
            other: None,
        };
        let decision = decide(self.county.setting(), None, &command, self.now).expect("born");
        fold(&decision.events).expect("registered")
    }

    fn decide(&mut self, actor: Actor<'_>, want: Want) -> Result<(), Refused> {
        let command = Command { actor, want, seen: None, next_number: Some(1), other: self.other };
        let decision = decide(self.county.setting(), Some(&self.matter), &command, self.now)?;
        for event in &decision.events {
            self.matter = apply(Some(self.matter.clone()), event).expect("a matter");
        }
        self.events.extend(decision.events);
        self.consequences = decision.consequences;
        Ok(())
    }

    /// The names of the clocks that run now, with the last day of each.
    pub fn running(&self) -> Vec<(String, String)> {
        let runs = self.matter.clocks.iter().filter(|c| c.is_running());
        runs.map(|c| (c.clock.clone(), last_day(c))).collect()
    }

    /// The last day of the newest run of a clock, or the minute for one that ends within a day.
    pub fn due(&self, clock: &str) -> String {
        let run = self.matter.clocks.iter().rev().find(|c| c.clock == clock);
        last_day(run.unwrap_or_else(|| panic!("no clock {clock}")))
    }

    /// The newest run of a clock.
    pub fn run(&self, clock: &str) -> &domain::clock::ClockRun {
        self.matter
            .clocks
            .iter()
            .rev()
            .find(|c| c.clock == clock)
            .unwrap_or_else(|| panic!("no clock {clock}"))
    }

    /// The actions that were taken, in order.
    pub fn actions(&self) -> Vec<&str> {
        self.events.iter().map(|e| e.action.as_str()).collect()
    }
}

fn last_day(run: &domain::clock::ClockRun) -> String {
    match &run.deadline {
        None => "paused".to_owned(),
        Some(d) if d.due_at == d.due_at.day().start() => d.due_at.plus_ms(-1).day().to_string(),
        Some(d) => d.due_at.to_string()[..16].replace('T', " "),
    }
}

/// The intake of a dispute between two parties.
pub fn dispute() -> Json {
    json!({
        "kind": "dispute",
        "place": "532925101201",
        "source": "application",
        "title": "宅基地边界纠纷",
        "fields": { "dispute-type": "housing-homestead", "facts": "两家对滴水线有争议。", "happened-on": "2026-01-05" },
        "parties": [
            { "role": "applicant", "details": { "name": "李建国" } },
            { "role": "respondent", "details": { "name": "王文秀" } },
        ],
    })
}

/// The intake of a request.
pub fn request() -> Json {
    json!({
        "kind": "request",
        "place": "532925101201",
        "source": "window",
        "title": "路灯不亮",
        "fields": { "content": "村口路灯坏了两周。" },
        "parties": [{ "role": "petitioner", "details": { "name": "张丽" } }],
    })
}

/// An intake with other values in some of its places, by the path of the place.
pub fn with(mut intake: Json, path: &str, value: Json) -> Json {
    *intake.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
    intake
}

/// An intake with one key more.
pub fn and(mut intake: Json, key: &str, value: Json) -> Json {
    let map: &mut Map<String, Json> = intake.as_object_mut().expect("an object");
    map.insert(key.to_owned(), value);
    intake
}

/// What every party of a two-party matter says.
pub fn consents(first: bool, second: bool) -> Json {
    json!({ "consents": { "1": first, "2": second } })
}
