//! Passwords: which are refused, and how they are kept (argon2id at OWASP's cost).
//!
//! A hash takes about 30 ms of a core and 19 MiB, so as many are made at a time as there are cores, a few wait, and the
//! rest are sent away. A password is never kept, shown or logged.

use std::{
    collections::HashSet,
    num::NonZero,
    sync::{Arc, LazyLock},
    thread,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Semaphore, task};

use super::{Error, Result};

/// How many hashes wait for a core before more are refused.
const QUEUE: usize = 20;

/// Memory in KiB, passes, lanes and bytes of output.
const COST: (u32, u32, u32, usize) = (19_456, 2, 1, 32);

/// What is kept of a password: a PHC string.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that was kept.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    /// The text, to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// Why a password is not taken. Its length is a rule of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// It is the first thing that is tried.
    #[error(
        "is one of the commonest passwords; choose one that nobody else has, such as four words of your own"
    )]
    Common,
    /// It is the login.
    #[error("must not be the login or a part of it")]
    Login,
}

/// Whether a password may be chosen for a login.
///
/// # Errors
/// Why not.
pub fn check_password(password: &SecretString, login: &str) -> Result<(), PasswordRefusal> {
    let password = password.expose_secret().to_lowercase();
    if COMMONEST.contains(password.as_str()) {
        return Err(PasswordRefusal::Common);
    }
    let login = login.to_lowercase();
    if login == password || login.split('@').any(|part| part == password) {
        return Err(PasswordRefusal::Login);
    }
    Ok(())
}

/// The 3,000 passwords of at least eight characters that people choose most, in lower case.
///
/// Counted in public leaks: the first ones long enough of the list that Royce Williams made from them and Django ships, where
/// they stand by frequency; here by letter.
const COMMONEST_LIST: &str = include_str!("commonest_passwords.txt");

static COMMONEST: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMONEST_LIST.lines().collect());

/// Makes and checks hashes, a few at a time.
#[derive(Debug)]
pub(super) struct Hasher {
    cores: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Hasher {
    /// As many at a time as there are cores.
    pub(super) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            cores: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores + QUEUE)),
        }
    }

    /// Hashes a new password.
    pub(super) async fn hash(&self, password: SecretString) -> Result<PasswordHash> {
        self.run(move || hash(&password)).await
    }

    /// Whether the password is the one that was kept; against no hash it takes as long and is wrong.
    pub(super) async fn verify(
        &self,
        password: SecretString,
        kept: Option<PasswordHash>,
    ) -> Result<bool> {
        self.run(move || match kept {
            Some(kept) => matches(&password, &kept),
            None => NOBODY.as_ref().map_err(Clone::clone).and_then(|nobody| {
                matches(&password, nobody)?;
                Ok(false)
            }),
        })
        .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, String> + Send + 'static,
    {
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(|_| Error::Busy)?;
        let done = task::spawn_blocking(move || {
            // Given back when the work ends, also when nobody waits for it any more.
            let _core = core;
            work()
        });
        done.await.map_err(|error| error.to_string()).flatten().map_err(Error::Hash)
    }
}

/// A hash that no password has, for logins that do not exist.
static NOBODY: LazyLock<Result<PasswordHash, String>> = LazyLock::new(|| {
    let secret: [u8; 32] = rand::random();
    hash_bytes(&secret)
});

fn hash(password: &SecretString) -> Result<PasswordHash, String> {
    hash_bytes(password.expose_secret().as_bytes())
}

fn hash_bytes(password: &[u8]) -> Result<PasswordHash, String> {
    let salt: [u8; 16] = rand::random();
    let hash = argon2id()?.hash_password_with_salt(password, &salt).map_err(|e| e.to_string())?;
    Ok(PasswordHash(hash.to_string()))
}

fn matches(password: &SecretString, kept: &PasswordHash) -> Result<bool, String> {
    match argon2id()?.verify_password(password.expose_secret().as_bytes(), kept.0.as_str()) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error.to_string()),
    }
}

fn argon2id() -> Result<Argon2<'static>, String> {
    let (memory, passes, lanes, output) = COST;
    let params = Params::new(memory, passes, lanes, Some(output)).map_err(|e| e.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn the_commonest_and_the_login_are_refused() {
        for text in ["password", "PassWord1", "12345678", "qwertyuiop", "iloveyou1"] {
            let refused = check_password(&secret(text), "ada@shop.example");
            assert_eq!(refused, Err(PasswordRefusal::Common), "{text}");
        }
        for text in ["ada.lovelace@shop.example", "ADA.LOVELACE", "shop.example"] {
            let refused = check_password(&secret(text), "ada.lovelace@shop.example");
            assert_eq!(refused, Err(PasswordRefusal::Login), "{text}");
        }
        assert_eq!(check_password(&secret("cedar kettle on the hob"), "ada@shop.example"), Ok(()));
    }

    #[test]
    fn the_3_000_commonest_are_refused_however_they_are_capitalized() {
        let listed: Vec<_> = COMMONEST_LIST.lines().collect();
        assert_eq!(listed.len(), 3_000);
        assert!(listed.is_sorted_by(|one, next| one < next), "each once, by letter");
        for password in listed {
            assert!(password.chars().count() >= 8, "`{password}` is too short for any account");
            assert_eq!(password, password.to_lowercase());
            for typed in [password.to_owned(), password.to_uppercase()] {
                let refused = check_password(&secret(&typed), "ada@shop.example");
                assert_eq!(refused, Err(PasswordRefusal::Common), "{typed}");
            }
        }
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_names_its_cost() {
        let hasher = Hasher::new();
        let hash = hasher.hash(secret("cedar kettle")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(hasher.verify(secret("cedar kettle"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("cedar kettles"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(secret("cedar kettle"), None).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_can_wait_are_sent_away() {
        let hasher = Hasher::new();
        let all = u32::try_from(hasher.places.available_permits()).unwrap();
        let _taken = hasher.places.try_acquire_many(all).unwrap();
        let refused = hasher.verify(secret("any"), None).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    }
}
