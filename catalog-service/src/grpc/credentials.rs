//! Who calls, and whether they may: one check for every method, before the request is read and before anything is looked up.

use http::{HeaderMap, HeaderValue, header};
use tonic::Status;

use super::{problem, reason::Reason, refusal::Refusal, roles::Method};
use crate::{
    access::{Access, Holder, SessionId, UserId},
    domain::{Caller, Role},
    network::Network,
};

/// Who calls, as the methods see it.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Who it is and what they may do.
    pub(crate) caller: Caller,
    /// The user who is signed in, or who made the API key of the call.
    pub(crate) user: Option<UserId>,
    /// The user and the session of the call, if it was made with one.
    pub(crate) session: Option<(UserId, SessionId)>,
    /// Where the call came from; none for what this process asks by itself.
    pub(crate) network: Option<Network>,
}

impl Identity {
    fn of(holder: &Holder, network: Option<Network>) -> Self {
        let user = holder.user().clone();
        let session = holder.session().map(|session| (user.clone(), session.clone()));
        Self { caller: holder.caller(), user: Some(user), session, network }
    }

    fn anyone(network: Option<Network>) -> Self {
        Self { caller: Caller::anyone(), user: None, session: None, network }
    }
}

/// Establishes who calls.
///
/// # Errors
/// UNAUTHENTICATED for credentials that are none.
pub(super) async fn identify(
    access: &Access,
    method: &Method,
    headers: &HeaderMap,
    network: Option<Network>,
) -> Result<Identity, Status> {
    let token = if method.ignores_credentials { None } else { bearer(headers)? };
    let Some(token) = token else { return Ok(Identity::anyone(network)) };
    let holder = Box::pin(access.holder(token)).await.map_err(problem::of_access)?;
    Ok(Identity::of(&holder, network))
}

/// Refuses those whose role is too low.
///
/// # Errors
/// PERMISSION_DENIED; UNAUTHENTICATED where a caller without credentials needs some.
pub(super) fn permit(identity: Identity, method: &Method) -> Result<Identity, Status> {
    match method.role {
        Some(role) if identity.caller.role >= role => Ok(identity),
        required => Err(role_missing(identity.caller.role, required)),
    }
}

/// The token of `authorization: Bearer …`; nothing else is looked at, least of all cookies.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Status> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), second) = (values.next(), values.next()) else { return Ok(None) };
    let token = if second.is_none() { token(value) } else { None };
    token.map(Some).ok_or_else(|| {
        Refusal::new(
            Reason::CredentialsInvalid,
            "the `authorization` header has to be `Bearer` and a token, once",
        )
        .status()
    })
}

fn token(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && is_token(token)).then_some(token)
}

/// RFC 6750's `b64token`.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(letter)
}

/// The refusal of a caller whose role is too low.
pub(super) fn role_missing(has: Role, required: Option<Role>) -> Status {
    match (has, required) {
        (_, None) => Refusal::new(Reason::RoleMissing, "nobody may call this method"),
        (Role::Anyone, Some(_)) => {
            Refusal::new(Reason::CredentialsInvalid, "this needs an account; sign in")
        }
        (_, Some(role)) => {
            let role = name(role);
            Refusal::new(Reason::RoleMissing, format!("this needs the role `{role}`; ask an admin"))
                .with("required_role", role)
        }
    }
    .status()
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Anyone => "ROLE_ANYONE",
        Role::Viewer => "ROLE_VIEWER",
        Role::Editor => "ROLE_EDITOR",
        Role::Admin => "ROLE_ADMIN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let pair = |value: &&str| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        values.iter().map(pair).collect()
    }

    #[test]
    fn a_bearer_token_stands_alone() {
        assert_eq!(bearer(&headers(&[])).unwrap(), None);
        assert_eq!(bearer(&headers(&["Bearer abc"])).unwrap(), Some("abc"));
        assert_eq!(bearer(&headers(&["bearer abc"])).unwrap(), Some("abc"));
        for values in [
            &["abc"][..],
            &["Basic abc"],
            &["Bearer "],
            &["Bearer"],
            &["Bearer a", "Bearer a"],
            &["Bearer a b"],
            &["Bearer  a"],
            &["Bearer =="],
        ] {
            assert!(bearer(&headers(values)).is_err(), "{values:?}");
        }
    }

    #[test]
    fn a_method_without_a_role_is_refused_to_admins_too() {
        let refusal = role_missing(Role::Admin, None);
        assert_eq!(refusal.code(), tonic::Code::PermissionDenied);
    }
}
