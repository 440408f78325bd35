//! What the roles are called, and how one is chosen.

use proto::access::Role;

use super::{field::Field, product_list::Choice};

/// The roles of users and keys: the value in a form, the word, and what it means.
const ROLES: [(Role, &str, &str, &str); 3] = [
    (Role::Viewer, "viewer", "Viewer", "reads everything"),
    (Role::Editor, "editor", "Editor", "changes the catalog"),
    (Role::Admin, "admin", "Admin", "manages users, keys and the shop too"),
];

/// A role as people call it.
pub(crate) fn word(role: Role) -> &'static str {
    ROLES.iter().find(|known| known.0 == role).map_or("None", |known| known.2)
}

/// A role as a form sends it.
pub(crate) fn key(role: Role) -> &'static str {
    ROLES.iter().find(|known| known.0 == role).map_or("", |known| known.1)
}

/// The role that a form sent; unspecified for anything else, which the service refuses.
pub(crate) fn parse(key: &str) -> Role {
    ROLES.iter().find(|known| known.1 == key).map_or(Role::Unspecified, |known| known.0)
}

/// The field by which a role is chosen.
pub(crate) fn field(chosen: &str) -> Field {
    let choice = |(_, key, word, meaning): &(Role, &str, &str, &str)| Choice {
        value: (*key).to_owned(),
        word: format!("{word}: {meaning}"),
        current: *key == chosen,
    };
    let choices = ROLES.iter().map(choice).collect();
    Field { choices, ..Field::line("role", "Role", chosen, 0) }
}
