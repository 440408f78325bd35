//! What SQLite's failures mean to a caller of the store.

use rusqlite::{ErrorCode, ffi};

use crate::{encoding::Damaged, store::Error};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            _ if is_full(&error) => Self::Full,
            Some(ErrorCode::OperationInterrupted) => Self::TooExpensive,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Overloaded,
            _ => Self::Failed(Box::new(error)),
        }
    }
}

/// Whether there was no room. The file of the index over the journal grows in another way, which has a code of its own.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    let codes = error.sqlite_error().map(|error| (error.code, error.extended_code));
    matches!(codes, Some((ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE)))
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
