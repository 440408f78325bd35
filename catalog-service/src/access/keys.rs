//! What admins do with API keys.

use super::{
    Access, ApiKey, ApiKeyId, Error, KeptApiKey, NewApiKey, Result, Token, TokenKind, UserId,
};
use crate::{
    domain::{Etag, Page, PageRequest, Uid, Violation, Write},
    ids,
};

/// What making a key gives: the key, and its secret that is told this once; none when the request was answered before.
#[derive(Debug)]
pub struct MadeApiKey {
    /// The key.
    pub key: ApiKey,
    /// The secret.
    pub secret: Option<Token>,
}

impl Access {
    /// One API key.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn api_key(&self, id: &ApiKeyId) -> Result<ApiKey> {
        let found = self.0.store.api_key(id).await?;
        found.ok_or_else(|| Error::NotFound { name: id.name() })
    }

    /// The API keys, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn api_keys(&self, page: PageRequest) -> Result<Page<ApiKey>> {
        Ok(self.0.store.api_keys(page).await?)
    }

    /// Makes an API key that ends with `user`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that is past or too far away; [`Error::NotFound`] for a user who is gone.
    pub async fn create_api_key(
        &self,
        write: Write,
        user: UserId,
        new: NewApiKey,
    ) -> Result<MadeApiKey> {
        let now = self.0.clock.now();
        let expire_time = new.expiry.time(now).ok_or_else(|| {
            let description = "must be in the future, and at most 366 days away".to_owned();
            Error::Invalid(vec![Violation { field: new.expiry.field().to_owned(), description }])
        })?;
        let secret = Token::new(TokenKind::ApiKey);
        let key = ApiKey {
            id: ApiKeyId::new(ids::new_id(now)),
            uid: Uid::new(ids::new_id(now)),
            display_name: new.display_name,
            role: new.role,
            user,
            create_time: now,
            expire_time,
            last_used: None,
        };
        let (id, only_tried) = (key.id.clone(), write.validate_only);
        let kept = KeptApiKey { key, digest: secret.digest() };
        let key = self.0.store.create_api_key(write, kept).await?;
        // A key of an earlier request has another secret, and one that was only tried opens nothing.
        let secret = (key.id == id && !only_tried).then_some(secret);
        Ok(MadeApiKey { key, secret })
    }

    /// Deletes an API key for good.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::EtagMismatch`].
    pub async fn delete_api_key(
        &self,
        write: Write,
        id: ApiKeyId,
        etag: Option<Etag>,
    ) -> Result<ApiKey> {
        let deleted = self.0.store.delete_api_key(write, id, etag).await?;
        self.0.holders.forget_all();
        Ok(deleted)
    }
}
