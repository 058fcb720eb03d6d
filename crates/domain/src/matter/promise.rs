//! What the parties promised to do, part by part: an agreement that is performed in instalments.

use serde::{Deserialize, Serialize};

use super::state::Matter;
use crate::time::Day;

/// The most instalments of one agreement: ten years, month by month.
pub const INSTALMENTS_MAX: usize = 120;
/// The longest words about one of them, in characters.
pub const INSTALMENT_CHARS: usize = 200;
/// What a clock may be counted from beside fields: the day on which the next instalment is due.
pub const INSTALMENT: &str = "instalment";

/// One part of what was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instalment {
    /// Its number in the agreement, from 1, by the day on which it is due.
    pub no: u16,
    /// The last day for it.
    pub due: Day,
    /// How much, in 分.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The day on which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performed_on: Option<Day>,
}

impl Instalment {
    /// Whether it is still owed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.performed_on.is_none()
    }

    /// Whether it is owed and its day has passed.
    #[must_use]
    pub fn is_late(&self, today: Day) -> bool {
        self.is_open() && self.due < today
    }

    /// One that is due on a day.
    #[must_use]
    pub fn due(due: Day) -> Self {
        Self { no: 1, due, amount: None, what: None, performed_on: None }
    }

    /// Brings instalments into the order of their days and numbers them.
    #[must_use]
    pub fn in_order(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_by_key(|one| one.due);
        for (no, one) in (1..).zip(&mut all) {
            one.no = no;
        }
        all
    }
}

impl Matter {
    /// The next instalment that is owed.
    #[must_use]
    pub fn next_instalment(&self) -> Option<&Instalment> {
        self.instalments.iter().find(|one| one.is_open())
    }

    /// Whether something was promised and all of it is done.
    #[must_use]
    pub fn is_performed(&self) -> bool {
        !self.instalments.is_empty() && self.next_instalment().is_none()
    }
}
