//! Rehearsals: plausible lives of matters, played through the engine, by a seeded dice or from a
//! scenario.
//!
//! The random walks of the tests and the demonstration county both come from here. Nothing in it
//! knows a kind by name: it plays what is offered, or what a file says.

mod bare;
mod dice;
mod fill;
mod people;
mod play;
mod scenario;

pub use bare::{BareStage, units};
pub use dice::Dice;
pub use fill::{Filler, Phrases};
pub use people::{id_number, name, phone};
pub use play::{Company, Miss, Stage, Trouble, play};
pub use scenario::{
    Act, Expect, MATTER, PersonPart, REFERENCE, Scenario, Step, UnitPart, UnitSort, scenarios,
};
