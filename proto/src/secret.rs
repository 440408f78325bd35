//! Debug output for the messages that carry a password or a token: their name and nothing else.

use std::fmt;

use crate::access::{
    ApiKey, ChangePasswordRequest, CreateSessionRequest, CreateUserRequest,
    RedeemSetupTokenRequest, Session,
};

macro_rules! debug_without_fields {
    ($($message:ident),+) => {$(
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($message)).finish_non_exhaustive()
            }
        }
    )+};
}

debug_without_fields!(
    ApiKey,
    ChangePasswordRequest,
    CreateSessionRequest,
    CreateUserRequest,
    RedeemSetupTokenRequest,
    Session
);
