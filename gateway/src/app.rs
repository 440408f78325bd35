//! The router and the layers around it, each with its reason.

mod problem;

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use http::{HeaderValue, header, request::Parts};
use tokio::time::Instant;

pub use problem::Problem;

use crate::{
    assets::Assets,
    config::{Origin, Settings},
    pages,
    session::{self, RequestId},
    upstream::{Outgoing, Upstream},
};

/// How long a page may take.
const PAGE: Duration = Duration::from_secs(10);

/// What every handler can reach: axum's state. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    upstream: Upstream,
    assets: Assets,
    settings: Settings,
}

/// The address that a connection came from; the server puts it on every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl Gateway {
    /// A gateway in front of a service.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        Self(Arc::new(Shared { upstream, assets: Assets::default(), settings }))
    }

    /// The way to the service, without anyone's credentials.
    pub fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    /// Where styles, modules and icons are found.
    pub fn assets(&self) -> Arc<Assets> {
        Arc::new(self.0.assets.clone())
    }

    /// Where browsers find this shop.
    pub fn origin(&self) -> &Origin {
        &self.0.settings.origin
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

/// The whole front door as one service.
pub fn router(gateway: Gateway) -> Router {
    pages::router().with_state(gateway)
}

/// What the calls of a page's request carry.
pub(crate) fn page_calls(parts: &Parts, request_id: &RequestId) -> Outgoing {
    let mut outgoing =
        Outgoing::until(Instant::now() + PAGE).with_request_id(request_id.as_header().clone());
    if let Some(Peer(address)) = parts.extensions.get() {
        outgoing = outgoing.with_address(*address);
    }
    let bearer = session::from_headers(&parts.headers).map(|token| format!("Bearer {token}"));
    match bearer.and_then(|bearer| HeaderValue::try_from(bearer).ok()) {
        Some(bearer) => outgoing.with_authorization(bearer),
        None => match parts.headers.get(header::AUTHORIZATION) {
            Some(bearer) => outgoing.with_authorization(bearer.clone()),
            None => outgoing,
        },
    }
}
