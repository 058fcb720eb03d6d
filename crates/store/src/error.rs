//! What can go wrong below the statements.

/// A failure of the store. None of them carries data of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A key that must be unique is there already.
    #[error("already there")]
    Taken,
    /// Somebody else changed the row since it was read.
    #[error("changed meanwhile")]
    Changed,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The database does not answer now.
    #[error("the database is not reachable: {0}")]
    Unavailable(String),
    /// The database answers, but is held up by something else for too long.
    #[error("the database is busy")]
    Busy,
    /// Two transactions stood in each other's way; trying again is right.
    #[error("must be tried again")]
    Retry,
    /// A row does not decode: the data was changed from outside, or the program is older.
    #[error("{table} holds a row that does not decode: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What did not decode.
        why: String,
    },
    /// The database was made by a newer program, or a migration was edited.
    #[error("schema: {0}")]
    Schema(String),
    /// A closure panicked; its transaction was rolled back.
    #[error("an act failed inside and was undone")]
    Panicked,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// Anything else that the engine says.
    #[error("{0}")]
    Engine(String),
}

impl StoreError {
    /// Whether the same request can succeed later without being changed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full | Self::Unavailable(_) | Self::Busy | Self::Retry | Self::Closed)
    }

    /// A row that does not decode.
    #[must_use]
    pub fn corrupt(table: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, why: why.to_string() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::ConstraintViolation) => Self::Taken,
            Some(Code::DiskFull) => Self::Full,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Retry,
            Some(
                Code::SystemIoFailure | Code::CannotOpen | Code::ReadOnly | Code::PermissionDenied,
            ) => Self::Unavailable(error.to_string()),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
                Self::corrupt("the database file", error)
            }
            _ => Self::Engine(error.to_string()),
        }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        use postgres::error::SqlState as S;
        let Some(db) = error.as_db_error() else {
            return Self::Unavailable(error.to_string());
        };
        let code = db.code();
        if *code == S::UNIQUE_VIOLATION {
            Self::Taken
        } else if *code == S::DISK_FULL || *code == S::OUT_OF_MEMORY {
            Self::Full
        } else if *code == S::T_R_SERIALIZATION_FAILURE || *code == S::T_R_DEADLOCK_DETECTED {
            Self::Retry
        } else if *code == S::LOCK_NOT_AVAILABLE || *code == S::QUERY_CANCELED {
            Self::Busy
        } else if code.code().starts_with("08")
            || code.code().starts_with("57P")
            || code.code().starts_with("53")
        {
            Self::Unavailable(db.message().to_owned())
        } else {
            // The message names the statement's objects; its detail could quote a row and is left out.
            Self::Engine(format!("{}: {}", code.code(), db.message()))
        }
    }
}
