//! Users: who may sign in, and as what.

use std::fmt;

use jiff::Timestamp;

use crate::domain::{Etag, Role, Uid};

/// The id of a user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// Takes an id of 1 to 63 of `a-z`, `0-9` and `-`.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        ((1..=63).contains(&text.len()) && text.bytes().all(valid)).then(|| Self(text.to_owned()))
    }

    /// Takes `users/{user}`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::parse(name.strip_prefix("users/")?)
    }

    /// The resource name.
    pub fn name(&self) -> String {
        format!("users/{}", self.0)
    }

    /// The id alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address")]
pub struct LoginError;

/// The e-mail address somebody signs in with, unique without regard to case.
#[derive(Clone, Debug)]
pub struct Login(String);

impl Login {
    /// Takes an e-mail address: something, one `@`, something, without spaces and control characters.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, LoginError> {
        let (local, domain) = text.split_once('@').ok_or(LoginError)?;
        let plain = |part: &str| {
            let odd = |c: char| c.is_whitespace() || c.is_control() || c == '@';
            !part.is_empty() && !part.contains(odd)
        };
        if text.chars().count() > 254 || !plain(local) || !plain(domain) {
            return Err(LoginError);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which it is unique.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Login {}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The last part of the name.
    pub id: UserId,
    /// Never used again.
    pub uid: Uid,
    /// Rises with every write.
    pub version: u64,
    /// What they sign in with.
    pub login: Login,
    /// The name that others see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Cannot sign in.
    pub disabled: bool,
    /// When the user was created.
    pub create_time: Timestamp,
    /// When the user was last changed.
    pub update_time: Timestamp,
}

impl User {
    /// The tag of this version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, self.version)
    }
}

/// A user to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The id the caller chose.
    pub id: Option<UserId>,
    /// What they sign in with.
    pub login: Login,
    /// The name that others see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Cannot sign in yet.
    pub disabled: bool,
}

impl NewUser {
    /// The user as created now; `id` is used if the caller chose none.
    pub(super) fn created(self, id: &str, uid: &str, now: Timestamp) -> User {
        User {
            id: self.id.unwrap_or_else(|| UserId(id.to_owned())),
            uid: Uid::new(uid),
            version: 1,
            login: self.login,
            display_name: self.display_name,
            role: self.role,
            disabled: self.disabled,
            create_time: now,
            update_time: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_an_address_in_any_case() {
        let login = Login::parse("Ada@Shop.example").unwrap();
        assert_eq!(login, Login::parse("ada@shop.EXAMPLE").unwrap());
        assert_eq!((login.as_str(), login.local_part()), ("Ada@Shop.example", "Ada"));
        let long = format!("{}@b", "a".repeat(253));
        for text in ["", "ada", "@b", "a@", "a b@c", "a@b@c", "a@b\n", &long] {
            assert_eq!(Login::parse(text), Err(LoginError), "{text}");
        }
    }

    #[test]
    fn a_user_id_is_plain() {
        assert_eq!(UserId::from_name("users/ada-1").unwrap().as_str(), "ada-1");
        for name in
            ["users/", "ada", "users/Ada", "users/a/b", &format!("users/{}", "a".repeat(64))]
        {
            assert_eq!(UserId::from_name(name), None, "{name}");
        }
    }
}
