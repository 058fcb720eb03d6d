//! Backup and restore: every row of every table as text, the same for both engines.

use crate::Sql;

/// Statements of the dump.
pub(crate) const ALL: &[Sql] = &[];
