//! Rehearsals: plausible lives of matters, played through the engine with a seeded dice.
//!
//! The random walks of the tests and the demonstration county both come from here. Nothing in it
//! knows a kind by name: it plays what is offered.

mod dice;
mod fill;
mod people;

pub use dice::Dice;
pub use fill::{Filler, Phrases};
pub use people::{id_number, name, phone};
