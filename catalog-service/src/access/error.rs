//! Why somebody is not let in, or an account is not made: one kind for each reason of the contract.

use std::time::Duration;

use crate::{
    domain::{Conflict, Violation},
    store,
};

/// What a use case of access answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case of access fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// CREDENTIALS_INVALID
    #[error("the credentials are not valid")]
    CredentialsInvalid,
    /// SESSION_EXPIRED
    #[error("the session has ended; sign in again")]
    SessionExpired,
    /// CREDENTIALS_INVALID: the API key is not live.
    #[error("the API key has expired or was deleted; make a new one")]
    ApiKeyEnded,
    /// FIELD_INVALID: fields that only the account itself could check.
    #[error("{} of the request's fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// RATE_LIMITED: this account has seen too many failures.
    #[error("there were too many failures; try again in {} seconds", .0.as_secs().max(1))]
    SlowDown(Duration),
    /// RATE_LIMITED: too many are signing in.
    #[error("too many are signing in; try again soon")]
    Busy,
    /// RESOURCE_NOT_FOUND
    #[error("`{name}` does not exist")]
    NotFound {
        /// What was asked for.
        name: String,
    },
    /// RESOURCE_NOT_FOUND
    #[error("`{name}` does not exist")]
    SessionNotFound {
        /// What was asked for.
        name: String,
    },
    /// USER_ID_TAKEN
    #[error("`{name}` exists already; choose a different id")]
    UserIdTaken {
        /// The name that was to be created.
        name: String,
    },
    /// LOGIN_TAKEN
    #[error("the login `{login}` is already used by `{by}`")]
    LoginTaken {
        /// The login.
        login: String,
        /// Whose it is.
        by: String,
    },
    /// ETAG_MISMATCH
    #[error("`{}` was changed since you read it; look at it and try again", .0.name)]
    EtagMismatch(Box<Conflict>),
    /// LAST_ADMIN
    #[error("`{name}` is the only admin who can sign in; make another user an admin first")]
    LastAdmin {
        /// The user.
        name: String,
    },
    /// A failure of the store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// INTERNAL: a password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}
