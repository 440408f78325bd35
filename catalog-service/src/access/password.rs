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
    ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Semaphore, task};

use super::{Error, Result};
use crate::config::Passwords;

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
    argon: Argon,
    /// A hash that no password has, for logins that do not exist. Made at the start: the first of them must not take longer.
    nobody: Result<PasswordHash, String>,
    cores: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Hasher {
    /// As many at a time as there are cores.
    pub(super) fn new(cost: Passwords) -> Self {
        let argon = Argon::new(cost);
        let nobody = argon.hash(&rand::random::<[u8; 32]>());
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            argon,
            nobody,
            cores: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores + cost.queue)),
        }
    }

    /// Hashes a new password.
    pub(super) async fn hash(&self, password: SecretString) -> Result<PasswordHash> {
        let argon = self.argon.clone();
        self.run(move || argon.hash(password.expose_secret().as_bytes())).await
    }

    /// Whether the password is the one that was kept; against no hash it takes as long and is wrong.
    pub(super) async fn verify(
        &self,
        password: SecretString,
        kept: Option<PasswordHash>,
    ) -> Result<bool> {
        let (argon, known) = (self.argon.clone(), kept.is_some());
        let kept = kept.map_or_else(|| self.nobody.clone(), Ok);
        self.run(move || Ok(argon.matches(&password, &kept?)? && known)).await
    }

    /// Whether a hash was made at less than today's cost.
    pub(super) fn is_outdated(&self, kept: &PasswordHash) -> bool {
        self.argon.is_more_than(kept)
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

/// argon2id at a cost.
#[derive(Clone, Debug)]
struct Argon {
    cost: Passwords,
    /// How often it was run.
    #[cfg(test)]
    runs: Arc<std::sync::atomic::AtomicUsize>,
}

impl Argon {
    fn new(cost: Passwords) -> Self {
        Self {
            cost,
            #[cfg(test)]
            runs: Arc::default(),
        }
    }

    fn hash(&self, password: &[u8]) -> Result<PasswordHash, String> {
        let salt: [u8; 16] = rand::random();
        let hash =
            self.run()?.hash_password_with_salt(password, &salt).map_err(|e| e.to_string())?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Whether a password has this hash, at the cost at which it was made.
    fn matches(&self, password: &SecretString, kept: &PasswordHash) -> Result<bool, String> {
        match self.run()?.verify_password(password.expose_secret().as_bytes(), kept.0.as_str()) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }

    fn run(&self) -> Result<Argon2<'static>, String> {
        #[cfg(test)]
        self.runs.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let Passwords { memory_kib, passes, lanes, output, .. } = self.cost;
        let params =
            Params::new(memory_kib, passes, lanes, Some(output)).map_err(|e| e.to_string())?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    fn is_more_than(&self, kept: &PasswordHash) -> bool {
        let Ok(kept) = argon2::PasswordHash::new(&kept.0) else { return false };
        let Ok(params) = Params::try_from(&kept) else { return false };
        kept.algorithm != ARGON2ID_IDENT
            || kept.version != Some(Version::V0x13.into())
            || params.m_cost() < self.cost.memory_kib
            || params.t_cost() < self.cost.passes
            || params.output_len().is_none_or(|output| output < self.cost.output)
    }
}

#[cfg(test)]
impl Hasher {
    /// How many hashes were made, to keep or to compare.
    pub(super) fn made(&self) -> usize {
        self.argon.runs.load(std::sync::atomic::Ordering::SeqCst)
    }
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
        let hasher = Hasher::new(Passwords::default());
        let hash = hasher.hash(secret("cedar kettle")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(hasher.verify(secret("cedar kettle"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(secret("cedar kettles"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(secret("cedar kettle"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_login_that_is_not_known_costs_as_much_from_the_first_time_on() {
        let hasher = Hasher::new(Passwords::default());
        let kept = hasher.hash(secret("cedar kettle")).await.unwrap();
        for kept in [None, Some(kept), None] {
            let before = hasher.made();
            hasher.verify(secret("cedar kettle"), kept).await.unwrap();
            assert_eq!(hasher.made(), before + 1);
        }
        let cost = |hash: &PasswordHash| hash.as_str().rsplitn(3, '$').nth(2).map(str::to_owned);
        let nobody = hasher.nobody.clone().unwrap();
        assert_eq!(cost(&nobody).as_deref(), Some("$argon2id$v=19$m=19456,t=2,p=1"));
    }

    #[tokio::test]
    async fn a_hash_is_outdated_when_any_part_of_its_cost_was_raised() {
        let now = Passwords { memory_kib: 64, ..Passwords::default() };
        let hasher = Hasher::new(now);
        for (cost, outdated) in [
            (now, false),
            (Passwords { memory_kib: 63, ..now }, true),
            (Passwords { passes: 1, ..now }, true),
            (Passwords { output: 31, ..now }, true),
            (Passwords { memory_kib: 65, passes: 3, output: 33, ..now }, false),
        ] {
            let kept = Hasher::new(cost).hash(secret("cedar kettle")).await.unwrap();
            assert_eq!(hasher.is_outdated(&kept), outdated, "{cost:?}");
        }
    }

    #[tokio::test]
    async fn more_than_can_wait_are_sent_away() {
        let hasher = Hasher::new(Passwords::default());
        let all = u32::try_from(hasher.places.available_permits()).unwrap();
        let _taken = hasher.places.try_acquire_many(all).unwrap();
        let refused = hasher.verify(secret("any"), None).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    }
}
