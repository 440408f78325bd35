//! What may be done with a user, in one value each, so that a store can do it inside one transaction.

use secrecy::SecretString;

use super::{Login, PasswordHash, SessionId, User, UserId};
use crate::domain::{Etag, Role};

/// The new values of a user's fields; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFields {
    /// What they sign in with.
    pub login: Option<Login>,
    /// The name that others see.
    pub display_name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they cannot sign in.
    pub disabled: Option<bool>,
}

impl UserFields {
    /// The user with these values.
    pub(crate) fn put_into(self, user: User) -> User {
        User {
            login: self.login.unwrap_or(user.login),
            display_name: self.display_name.unwrap_or(user.display_name),
            role: self.role.unwrap_or(user.role),
            disabled: self.disabled.unwrap_or(user.disabled),
            ..user
        }
    }
}

/// A change of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserChange {
    /// Which user.
    pub id: UserId,
    /// The version that the caller saw.
    pub etag: Option<Etag>,
    /// The new values.
    pub fields: UserFields,
}

/// A password to change.
#[derive(Debug)]
pub struct PasswordChange {
    /// Whose.
    pub id: UserId,
    /// The version of the user that the caller saw.
    pub etag: Option<Etag>,
    /// By what right.
    pub right: Right,
    /// The new password.
    pub password: SecretString,
}

/// By what right a password is changed.
#[derive(Debug)]
pub enum Right {
    /// It is the caller's own, who knows it and calls with a session that goes on.
    Own {
        /// The password until now.
        current: SecretString,
        /// The session of the call.
        session: SessionId,
    },
    /// The caller manages users.
    Admin,
}

/// A password to keep.
#[derive(Clone, Debug)]
pub struct KeptPassword {
    /// Whose.
    pub id: UserId,
    /// The version of the user that the caller saw.
    pub etag: Option<Etag>,
    /// What is kept of the password.
    pub hash: PasswordHash,
    /// The only session that does not end with the old password.
    pub session: Option<SessionId>,
}
