//! A stage over the whole application: scenarios are played through its service, on a database.

use app::matters::{self, Acting};
use app::{Credential, Error};
use domain::ids::{County as Code, MatterCode, PersonId};
use domain::matter::{Intake, Matter, Refusal, Rule};
use domain::rehearsal::{Company, Scenario, Stage, Trouble, units};
use domain::time::Instant;
use serde_json::{Map, Value as Json};

use crate::county::County;

/// The county that scenarios are played in.
pub const STAGE: Code = Code(110_101);

/// The application as a stage.
pub struct ServiceStage(pub County);

impl ServiceStage {
    /// What split off from a matter.
    fn branches(&self, from: MatterCode) -> Vec<MatterCode> {
        let left = |m: &&Matter| m.relatives.iter().any(|r| r.matter == from && r.how == SPLIT);
        self.0.matters().iter().filter(left).map(Matter::code).collect()
    }

    fn who(&self, at: Instant, person: PersonId) -> Credential {
        self.0.clock.set(at);
        Credential::Local { county: STAGE, person }
    }
}

/// How a matter that split off is tied to the one it left.
const SPLIT: &str = "split-from";

fn trouble(error: Error) -> Trouble {
    match error {
        Error::Refused(refused) => Trouble::Refused(refused),
        other => Trouble::Broken(other.to_string()),
    }
}

fn code_of(body: &str) -> MatterCode {
    let receipt: Json = serde_json::from_str(body).expect("a receipt");
    receipt["code"].as_str().expect("a code").parse().expect("a code")
}

impl Stage for ServiceStage {
    fn enter(&mut self, scenario: &Scenario) -> Result<Company, String> {
        let (cast, mut company) = units(scenario, &self.0.state.catalogue)?;
        self.0.put_units(cast);
        let posts =
            scenario.persons.values().map(|part| (part.role.clone(), company.units[&part.unit]));
        let people = self.0.put_posts(posts.collect());
        company.persons = scenario.persons.keys().cloned().zip(people).collect();
        Ok(company)
    }

    fn register(
        &mut self,
        at: Instant,
        by: PersonId,
        intake: &Intake,
    ) -> Result<MatterCode, Trouble> {
        let (who, service, intake) = (self.who(at, by), self.0.service.clone(), intake.clone());
        let done =
            self.0.write(move |conn| matters::register(conn, &service, &who, (&intake, &[]), None));
        done.map(|answered| code_of(&answered.body)).map_err(trouble)
    }

    fn take(
        &mut self,
        at: Instant,
        by: PersonId,
        matter: MatterCode,
        action: &str,
        data: &Map<String, Json>,
    ) -> Result<Option<MatterCode>, Trouble> {
        let (before, branches) = (self.0.matter(matter), self.branches(matter));
        let (who, service) = (self.who(at, by), self.0.service.clone());
        let seen = Some(before.version);
        let acting = Acting { code: matter, action: action.to_owned(), seen, data: data.clone() };
        let done = self.0.write(move |conn| matters::act(conn, &service, &who, &acting, None));
        done.map_err(|error| match error {
            // To who does not see a matter the application says that there is none; the rules alone
            // say that no post may.
            Error::Missing => Trouble::Refused(Refusal::of(Rule::NoPostMay, "action").into()),
            other => trouble(other),
        })?;
        Ok(self.branches(matter).into_iter().find(|code| !branches.contains(code)))
    }

    fn tick(&mut self, at: Instant, _: MatterCode) -> Result<(), Trouble> {
        self.0.clock.set(at);
        app::jobs::sweep(&self.0.service, &self.0.state).map(drop).map_err(trouble)
    }

    fn look(&mut self, matter: MatterCode) -> Result<Matter, Trouble> {
        Ok(self.0.matter(matter))
    }

    fn sees(&mut self, at: Instant, person: PersonId, matter: MatterCode) -> Result<bool, Trouble> {
        let (who, service) = (self.who(at, person), self.0.service.clone());
        match self.0.read(move |conn| matters::look(conn, &service, &who, matter).map(drop)) {
            Ok(()) => Ok(true),
            Err(Error::Missing) => Ok(false),
            Err(other) => Err(trouble(other)),
        }
    }
}
