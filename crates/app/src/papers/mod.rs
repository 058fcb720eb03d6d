//! Papers of a matter: what may be made out, what is still blank in it, how it is frozen and issued,
//! printed and read again, bound into a dossier, and checked by anybody.
//!
//! Issuing is one transaction: the value is frozen, gets its code and number, and stands in the
//! matter's chain. Printing comes after it, outside the writer: what is frozen can be printed at any
//! time, and the first print is kept.

mod dossier;
mod draft;
mod issue;
mod press;
mod print;
mod prove;

pub use dossier::{Bound, Cover, dossier, dossier_gaps};
pub use draft::{Asked, Blank, Draft, Listed, draft, list};
pub use issue::{Issuing, Revoking, issue, revoke};
pub(crate) use issue::{field, file};
pub use press::Printery;
pub use print::{Reading, just_issued, pdf, preview, read_again};
pub(crate) use print::{ReadingState, keep_file, stored};
pub use prove::{Proof, prove};
