//! Users between the domain and the contract.

use prost::Message as _;
use prost_types::FieldMask;
use proto::access as wire;

use super::{Damaged, MaskError, kept_etag, mask, role, time};
use crate::{
    access::{Login, NewUser, User, UserFields, UserId},
    domain::Violations,
};

const IGNORED: [&str; 4] = ["name", "etag", "create_time", "update_time"];

/// A field that callers may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Login,
    DisplayName,
    Role,
    Disabled,
}

/// Reads a user to create; `id` is the request's `user_id`, which the contract's rules have looked at.
pub fn new_user(id: &str, message: wire::User, violations: &mut Violations) -> Option<NewUser> {
    let disabled = message.disabled;
    let all = [Field::Login, Field::DisplayName, Field::Role];
    let fields = read(message, &all, violations);
    Some(NewUser {
        id: UserId::parse(id),
        login: fields.login?,
        display_name: fields.display_name?,
        role: fields.role?,
        disabled,
    })
}

/// Reads what an update changes: the fields that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of a user.
pub fn changed(
    message: wire::User,
    mask: Option<&FieldMask>,
    violations: &mut Violations,
) -> Result<UserFields, MaskError> {
    let all = [
        ("login", Field::Login, !message.login.is_empty()),
        ("display_name", Field::DisplayName, !message.display_name.is_empty()),
        ("role", Field::Role, message.role() != wire::Role::Unspecified),
        ("disabled", Field::Disabled, message.disabled),
    ];
    let mask = mask::plain(mask, &all, &IGNORED, "user")?;
    Ok(read(message, &mask, violations))
}

fn read(message: wire::User, wanted: &[Field], violations: &mut Violations) -> UserFields {
    let mut fields = UserFields::default();
    if wanted.contains(&Field::Login) {
        fields.login = violations.take("user.login", Login::parse(&message.login));
    }
    if wanted.contains(&Field::DisplayName) && message.display_name.trim().is_empty() {
        violations.add("user.display_name", "must not be empty");
    }
    if wanted.contains(&Field::Role) {
        fields.role = violations.take("user.role", role::from_wire(message.role()));
    }
    fields.display_name = wanted.contains(&Field::DisplayName).then_some(message.display_name);
    fields.disabled = wanted.contains(&Field::Disabled).then_some(message.disabled);
    fields
}

/// The message of a user.
pub fn message(user: &User) -> wire::User {
    wire::User {
        name: user.id.name(),
        etag: user.etag().as_str().to_owned(),
        login: user.login.as_str().to_owned(),
        display_name: user.display_name.clone(),
        role: role::to_wire(user.role).into(),
        disabled: user.disabled,
        create_time: Some(time::to_wire(user.create_time)),
        update_time: Some(time::to_wire(user.update_time)),
    }
}

/// A user as a request that may be repeated is answered.
pub(crate) fn document(user: &User) -> Vec<u8> {
    message(user).encode_to_vec()
}

/// Reads such an answer back.
pub(crate) fn read_document(bytes: &[u8]) -> Result<User, Damaged> {
    from_wire(&wire::User::decode(bytes)?).ok_or(Damaged::Content("user"))
}

fn from_wire(message: &wire::User) -> Option<User> {
    let (uid, version) = kept_etag(&message.etag)?;
    Some(User {
        id: UserId::from_name(&message.name)?,
        uid,
        version,
        login: Login::parse(&message.login).ok()?,
        display_name: message.display_name.clone(),
        role: role::from_wire(message.role()).ok()?,
        disabled: message.disabled,
        create_time: time::kept(message.create_time)?,
        update_time: time::kept(message.update_time)?,
    })
}
