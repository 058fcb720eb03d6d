//! People as a matter knows them: its parties, and what of them may be shown.

mod mask;
mod party;
mod personal;

pub use mask::mask;
pub use party::{DETAILS, Party, PartySort};
pub use personal::Personal;
