//! What makes two requests the same under one `request_id`: the method and every field but the id itself.
//!
//! Passwords are left out as well, because the digest is kept for a day and a fast digest of a password must not be.

use prost::{Message, Name};
use proto::{access, catalog};
use sha2::{Digest as _, Sha256};

use crate::domain::RequestId;

/// A request that may be sent again.
pub(super) trait Repeatable: Message + Name + Clone {
    /// The caller's id of the request.
    fn request_id(&self) -> &str;
    /// The request without its id and without secrets.
    fn bare(self) -> Self;

    /// The id with the digest of the rest; none: the caller gave no id.
    fn identified(&self) -> Option<RequestId> {
        let id = self.request_id();
        if id.is_empty() {
            return None;
        }
        let mut digest = Sha256::new();
        // The type says which method it is; each takes its own.
        digest.update(Self::full_name().as_bytes());
        digest.update([0]);
        digest.update(self.clone().bare().encode_to_vec());
        Some(RequestId { id: id.to_owned(), digest: digest.finalize().into() })
    }
}

macro_rules! repeatable {
    ($($package:ident::$message:ident $(without $($secret:ident),+)?;)+) => {$(
        impl Repeatable for $package::$message {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn bare(self) -> Self {
                Self { request_id: String::new(), $($($secret: String::new(),)+)? ..self }
            }
        }
    )+};
}

repeatable! {
    catalog::CreateProductRequest;
    catalog::UpdateProductRequest;
    catalog::DeleteProductRequest;
    catalog::UndeleteProductRequest;
    catalog::PublishProductRequest;
    catalog::UnpublishProductRequest;
    catalog::ArchiveProductRequest;
    catalog::ExpungeProductRequest;
    catalog::RollbackProductRequest;
    catalog::BatchCreateProductsRequest;
    catalog::BatchDeleteProductsRequest;
    catalog::BatchUndeleteProductsRequest;
    catalog::BatchUpdateProductsRequest;
    catalog::BatchPublishProductsRequest;
    catalog::BatchUnpublishProductsRequest;
    catalog::CreateVariantRequest;
    catalog::UpdateVariantRequest;
    catalog::DeleteVariantRequest;
    catalog::BatchUpdateVariantsRequest;
    catalog::CreateCategoryRequest;
    catalog::UpdateCategoryRequest;
    catalog::MoveCategoryRequest;
    catalog::DeleteCategoryRequest;
    catalog::UpdateShopRequest;
    access::CreateUserRequest without password;
    access::UpdateUserRequest;
    access::DeleteUserRequest;
    access::ChangePasswordRequest without current_password, new_password;
    access::CreateApiKeyRequest;
    access::DeleteApiKeyRequest;
    access::DeleteSessionRequest;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delete(name: &str, request_id: &str) -> catalog::DeleteProductRequest {
        let (name, request_id) = (name.to_owned(), request_id.to_owned());
        catalog::DeleteProductRequest { name, request_id, ..Default::default() }
    }

    fn digest(request: &impl Repeatable) -> [u8; 32] {
        request.identified().unwrap().digest
    }

    #[test]
    fn the_same_request_has_the_same_digest_under_any_id() {
        assert_eq!(delete("products/a", "").identified(), None);
        assert_eq!(digest(&delete("products/a", "1")), digest(&delete("products/a", "2")));
        assert_ne!(digest(&delete("products/a", "1")), digest(&delete("products/b", "1")));
    }

    #[test]
    fn the_same_fields_in_another_method_are_another_request() {
        let undelete = catalog::UndeleteProductRequest {
            name: "products/a".to_owned(),
            request_id: "1".to_owned(),
            ..Default::default()
        };
        assert_ne!(digest(&delete("products/a", "1")), digest(&undelete));
    }

    #[test]
    fn a_password_is_not_in_the_digest() {
        let create = |password: &str| access::CreateUserRequest {
            password: password.to_owned(),
            request_id: "1".to_owned(),
            ..Default::default()
        };
        assert_eq!(digest(&create("one")), digest(&create("two")));
    }
}
