//! What a page knows of the one who asked for it, and the clients through which it asks the service in their name.

use std::{
    convert::Infallible,
    sync::{Arc, LazyLock},
};

use axum::{body::Body, extract::FromRequestParts};
use http::{HeaderValue, Request, request::Parts, uri::PathAndQuery};
use prost::Message;
use proto::{
    access::{
        api_key_service_client::ApiKeyServiceClient, session_service_client::SessionServiceClient,
        user_service_client::UserServiceClient,
    },
    catalog::{
        category_service_client::CategoryServiceClient, change_service_client::ChangeServiceClient,
        product_service_client::ProductServiceClient, shop_service_client::ShopServiceClient,
        variant_service_client::VariantServiceClient,
    },
};
use tonic::{Status, client::Grpc};
use tonic_prost::ProstCodec;

use crate::{
    app::{Gateway, Visit},
    upstream::{Outgoing, Upstream},
};

/// The id of one request: in the log, in the answer's `x-request-id`, on error pages and in the service's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id of this process's request of that number.
    pub(crate) fn next(number: u32) -> Self {
        static PROCESS: LazyLock<u64> = LazyLock::new(|| rand::random::<u64>() >> 16);
        // Twelve digits of the process, eight of the number.
        let mut rest = u128::from(*PROCESS) << 32 | u128::from(number);
        let mut id = [b'0'; 20];
        for digit in id.iter_mut().rev() {
            *digit = b"0123456789abcdef"[(rest & 15) as usize];
            rest >>= 4;
        }
        Self(HeaderValue::from_bytes(&id).unwrap_or(HeaderValue::from_static("-")))
    }

    /// An id that somebody in front gave.
    pub(crate) fn given(id: HeaderValue) -> Self {
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The id as a header's value.
    pub fn as_header(&self) -> &HeaderValue {
        &self.0
    }
}

/// The one who asked for a page: an extractor that cannot fail. Its clients call the service with the caller's credentials,
/// deadline and request id.
///
/// A session cookie is handed on unchecked; the service says `UNAUTHENTICATED` when it has ended.
#[derive(Clone, Debug)]
pub struct Caller {
    upstream: Upstream,
    outgoing: Arc<Outgoing>,
    request_id: RequestId,
    has_session: bool,
    /// The largest message taken from the service.
    largest: usize,
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $client:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> $client<Upstream> {
            $client::new(self.upstream.clone()).max_decoding_message_size(self.largest)
        }
    )+};
}

impl Caller {
    fn new(
        gateway: &Gateway,
        outgoing: Outgoing,
        request_id: RequestId,
        has_session: bool,
    ) -> Self {
        let outgoing = Arc::new(outgoing);
        let upstream = gateway.upstream().sending(Arc::clone(&outgoing));
        let largest = gateway.settings().limits.sizes.message;
        Self { upstream, outgoing, request_id, has_session, largest }
    }

    /// Whether the request carried a session cookie; it may have ended.
    pub fn has_session(&self) -> bool {
        self.has_session
    }

    /// The id of the request.
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// The same request by anyone: for a public page asked for with a session that has ended.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        let outgoing = Arc::new(Outgoing::clone(&self.outgoing).without_authorization());
        let upstream = self.upstream.sending(Arc::clone(&outgoing));
        Self { upstream, outgoing, has_session: false, ..self.clone() }
    }

    /// The same request by the one whose session has this token.
    #[must_use]
    pub fn signed_in(&self, token: &str) -> Self {
        let anyone = self.anonymous();
        let Ok(bearer) = HeaderValue::try_from(format!("Bearer {token}")) else { return anyone };
        let outgoing = Arc::new(Outgoing::clone(&anyone.outgoing).with_authorization(bearer));
        let upstream = anyone.upstream.sending(Arc::clone(&outgoing));
        Self { upstream, outgoing, has_session: true, ..anyone }
    }

    /// The way to the service, stamped with this caller's credentials, for clients made elsewhere.
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Calls a method by its path, and reads the answer as a message with fewer fields than the contract's, under the same tags: for a
    /// page that shows a small part of much.
    ///
    /// # Errors
    /// What the service says, or that the answer is no such message.
    pub(crate) async fn ask<Q, A>(&self, method: &'static str, question: Q) -> Result<A, Status>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let mut calls = Grpc::new(self.upstream.clone()).max_decoding_message_size(self.largest);
        calls.ready().await?;
        let (path, codec) = (PathAndQuery::from_static(method), ProstCodec::<Q, A>::default());
        Ok(calls.unary(tonic::Request::new(question), path, codec).await?.into_inner())
    }

    clients! {
        /// Products.
        products: ProductServiceClient;
        /// Variants of products.
        variants: VariantServiceClient;
        /// Categories.
        categories: CategoryServiceClient;
        /// The feed of changes.
        changes: ChangeServiceClient;
        /// The shop itself.
        shop: ShopServiceClient;
        /// Signing in and out.
        sessions: SessionServiceClient;
        /// Users, and the first account.
        users: UserServiceClient;
        /// API keys.
        api_keys: ApiKeyServiceClient;
    }
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Infallible> {
        let visit = match parts.extensions.get::<Visit>() {
            Some(visit) => visit.clone(),
            // Only a router that is not behind `App` has no visit: its caller is anyone, with no time to ask.
            None => {
                let nothing = Request::new(Body::empty());
                Visit::begin(None, &nothing, gateway.front(), gateway.settings())
            }
        };
        let outgoing = visit.outgoing(&parts.headers);
        Ok(Self::new(gateway, outgoing, visit.id().clone(), visit.has_session()))
    }
}
