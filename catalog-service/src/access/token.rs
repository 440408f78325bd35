//! Opaque tokens: 256 random bits behind a prefix that says what they are, kept only as SHA-256.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::same;

/// Bytes of randomness.
const SECRET: usize = 32;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A session.
    Session,
    /// What an API key may do.
    ApiKey,
    /// The first account.
    Setup,
}

impl TokenKind {
    const ALL: [Self; 3] = [Self::Session, Self::ApiKey, Self::Setup];

    /// By which people and secret scanners know it.
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "shelf_s_",
            Self::ApiKey => "shelf_key_",
            Self::Setup => "shelf_setup_",
        }
    }
}

/// A token at the moment of its making; afterwards nobody has it but its owner.
#[derive(Debug)]
pub struct Token(SecretString);

impl Token {
    /// A new token.
    pub fn new(kind: TokenKind) -> Self {
        let secret: [u8; SECRET] = rand::random();
        let text = format!("{}{}", kind.prefix(), BASE64_URL_SAFE_NO_PAD.encode(secret));
        Self(SecretString::from(text))
    }

    /// The text, for its owner.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.expose())
    }

    /// The digest of a text that has the form of a token of this kind.
    pub fn parse(kind: TokenKind, text: &str) -> Option<TokenDigest> {
        let secret = text.strip_prefix(kind.prefix())?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(secret).ok()?;
        (bytes.len() == SECRET).then(|| TokenDigest::of(text))
    }

    /// The kind and the digest of a text that has the form of a token.
    pub fn read(text: &str) -> Option<(TokenKind, TokenDigest)> {
        let kinds = TokenKind::ALL.into_iter();
        kinds.filter_map(|kind| Some((kind, Self::parse(kind, text)?))).next()
    }
}

/// The SHA-256 of a token.
#[derive(Clone, Eq)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// A digest that was kept.
    pub fn kept(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to keep.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Hash for TokenDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_only_as_its_kind() {
        let token = Token::new(TokenKind::Session);
        assert_eq!(token.expose().len(), "shelf_s_".len() + 43);
        assert_eq!(Token::parse(TokenKind::Session, token.expose()), Some(token.digest()));
        assert_eq!(Token::parse(TokenKind::Setup, token.expose()), None);
        for kind in TokenKind::ALL {
            let token = Token::new(kind);
            assert_eq!(Token::read(token.expose()), Some((kind, token.digest())));
        }
        assert_ne!(Token::new(TokenKind::Session).digest(), token.digest());
    }

    #[test]
    fn what_is_no_token_has_no_digest() {
        for text in [
            "",
            "shelf_s_",
            "shelf_s_AAAA",
            "shelf_s_!",
            "bearer",
            &format!("shelf_s_{}", "A".repeat(44)),
        ] {
            assert_eq!(Token::parse(TokenKind::Session, text), None, "{text}");
            assert_eq!(Token::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_never_shows_itself() {
        let token = Token::new(TokenKind::Setup);
        let shown = format!("{token:?} {:?}", token.digest());
        assert!(!shown.contains(&token.expose()[12..]), "{shown}");
    }
}
