//! Statements are named constants in one registry, so that tests can prepare every one of them on
//! both engines and prove that each leads with the county.

use crate::Dialect;

/// A statement. Parameters are written `?1`, `?2`; PostgreSQL gets them as `$1`, `$2`.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// Its name: module and constant.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The only engine it is for; none where both run it.
    pub only: Option<Dialect>,
}

/// Declares statements and lists them in the module's `ALL`. `NAME (Sqlite) = "…"` is for one
/// engine only.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident $(($only:ident))? = $text:expr;)*) => {
        $($(#[$doc])* const $name: $crate::Sql = $crate::Sql {
            name: concat!(module_path!(), "::", stringify!($name)),
            text: $text,
            #[allow(unused_mut, unused_assignments, reason = "most statements are for both engines")]
            only: { let mut only = None; $(only = Some($crate::Dialect::$only);)? only },
        };)*

        /// Every statement of this module.
        pub(crate) const ALL: &[$crate::Sql] = &[$($name),*];
    };
}
pub(crate) use statements;

/// Every statement that serves a request.
#[must_use]
pub fn statements_that_serve() -> Vec<Sql> {
    [
        crate::accounts::ALL,
        crate::anchors::ALL,
        crate::catalogues::ALL,
        crate::counted::ALL,
        crate::counties::ALL,
        crate::deliveries::ALL,
        crate::ids::ALL,
        crate::keys::ALL,
        crate::leases::ALL,
        crate::logs::ALL,
        crate::matters::ALL,
        crate::meetings::ALL,
        crate::notices::ALL,
        crate::org::ALL,
        crate::outbox::ALL,
        crate::papers::ALL,
        crate::records::ALL,
        crate::records::imports::ALL,
        crate::records::search::ALL,
        crate::records::tallies::ALL,
        crate::replies::ALL,
        crate::rooms::ALL,
        crate::saved::ALL,
        crate::seats::ALL,
        crate::search::ALL,
        crate::tallies::ALL,
        crate::tasks::ALL,
        crate::worklist::ALL,
    ]
    .concat()
}

/// Statements of upkeep that go over all counties: start-up, backup, restore.
#[must_use]
pub fn upkeep_statements() -> Vec<Sql> {
    [
        crate::counties::UPKEEP.to_vec(),
        crate::papers::UPKEEP.to_vec(),
        vec![crate::records::imports::KEPT],
        crate::dump::statements(),
    ]
    .concat()
}
