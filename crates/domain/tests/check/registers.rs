//! Mistakes in registers.

use super::edit::Edit::Replace;
use super::edit::{Case, case};

const MEDIATOR: &str = "registers/mediator.toml";
const JUDGE: &str = "registers/grid-judge.toml";

/// Each sort of mistake once.
pub const CASES: &[Case] = &[
    case(
        "register-administrator",
        &[Replace(
            MEDIATOR,
            "[\"chief\", \"officer\", \"window-clerk\"]",
            "[\"audit-administrator\"]",
        )],
        (MEDIATOR, "audit-administrator"),
    ),
    case(
        "unknown-name",
        &[Replace(MEDIATOR, "title    = \"name\"", "title    = \"phone\"")],
        (MEDIATOR, "title    = \"phone\""),
    ),
    case(
        "unknown-name",
        &[Replace(JUDGE, "of = \"grid\"", "of = \"grids\"")],
        (JUDGE, "of = \"grids\""),
    ),
    case(
        "unknown-word",
        &[Replace(MEDIATOR, "sort = \"every\"", "sort = \"yearly\"")],
        (MEDIATOR, "yearly"),
    ),
    case(
        "wrong-type",
        &[Replace(MEDIATOR, "length = \"12 months\"", "length = \"12 workdays\"")],
        (MEDIATOR, "field = \"trained-on\""),
    ),
];
