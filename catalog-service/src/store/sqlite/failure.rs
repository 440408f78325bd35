//! What SQLite's failures mean to a caller of the store.

use rusqlite::ErrorCode;

use crate::{encoding::Damaged, store::Error};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::OperationInterrupted) => Self::TooExpensive,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Overloaded,
            _ => Self::Failed(Box::new(error)),
        }
    }
}

impl From<Damaged> for Error {
    fn from(error: Damaged) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// What is kept contradicts itself.
pub(super) fn damaged(what: &'static str) -> Error {
    Error::Failed(format!("the database is damaged: {what}").into())
}
