//! Roles between the domain and the contract.

use proto::access as wire;

use crate::domain::Role;

/// Writes a role.
pub(super) fn to_wire(role: Role) -> wire::Role {
    match role {
        Role::Anyone => wire::Role::Anyone,
        Role::Viewer => wire::Role::Viewer,
        Role::Editor => wire::Role::Editor,
        Role::Admin => wire::Role::Admin,
    }
}

/// Reads the role of a user or of an API key.
///
/// # Errors
/// One that neither can have.
pub(super) fn from_wire(role: wire::Role) -> Result<Role, &'static str> {
    match role {
        wire::Role::Viewer => Ok(Role::Viewer),
        wire::Role::Editor => Ok(Role::Editor),
        wire::Role::Admin => Ok(Role::Admin),
        wire::Role::Unspecified | wire::Role::Anyone => {
            Err("must be one of `ROLE_VIEWER`, `ROLE_EDITOR`, `ROLE_ADMIN`")
        }
    }
}
