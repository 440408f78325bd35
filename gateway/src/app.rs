//! The front door: every request passes the steps of `App::admit`, in that order, whatever it asks for.
//!
//! Nothing is decided here about products, and no step trusts what a later one would check.

pub(crate) mod coding;
mod deadline;
mod document;
pub(crate) mod guarding;
mod headers;
mod health;
pub(crate) mod host;
mod in_flight;
mod lent;
mod limits;
mod network;
mod pace;
mod problem;
mod refusal;
mod visit;

use std::{
    convert::Infallible,
    future::Future,
    mem,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, extract::DefaultBodyLimit, response::Response};
use futures_util::FutureExt as _;
use http::{Method, Request};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt as _};
use transcoder::Plan;

pub(crate) use document::names;
pub(crate) use in_flight::Place;
pub(crate) use lent::TooSlow;
pub(crate) use network::Network;
pub use problem::Problem;
pub(crate) use refusal::Refusal;
pub use visit::Peer;
pub(crate) use visit::{Kind, Visit, text};

use crate::{
    api, assets,
    assets::Assets,
    config::{Origin, Settings},
    contract::{self, Contract, Front},
    pages, relay,
    session::plain,
    upstream::Upstream,
};

/// How much later than the service's own deadline the gateway gives up on a handler.
const GRACE: Duration = Duration::from_millis(100);

/// What every handler can reach: axum's state. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    upstream: Upstream,
    contract: Arc<Contract>,
    settings: Settings,
    headers: headers::Sets,
    in_flight: in_flight::InFlight,
    streams: in_flight::InFlight,
    pace: pace::Pace,
    draining: CancellationToken,
    /// Whether cookies have twins, for browsers that keep no others here.
    has_plain_cookies: bool,
}

impl Gateway {
    /// A gateway in front of the catalog-service.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        Self::speaking(Arc::clone(contract::plan()), settings, upstream)
    }

    /// A gateway whose JSON under `/v1` is that of another contract.
    pub fn speaking(plan: Arc<Plan>, settings: Settings, upstream: Upstream) -> Self {
        // Read now, not for the first visitor.
        assets::current();
        Self::following(Arc::new(Contract::of_shelf(plan)), settings, upstream)
    }

    /// A gateway whose JSON follows this contract, whatever that becomes.
    pub fn following(contract: Arc<Contract>, settings: Settings, upstream: Upstream) -> Self {
        let headers = headers::Sets::new(&settings);
        let in_flight = in_flight::InFlight::of_requests(&settings.limits);
        let streams = in_flight::InFlight::of_streams(&settings.limits);
        let pace = pace::Pace::new(&settings.limits);
        let has_plain_cookies =
            contract.front() == Front::Shelf && settings.origin.is_plain_and_local();
        Self(Arc::new(Shared {
            upstream,
            contract,
            settings,
            headers,
            in_flight,
            streams,
            pace,
            draining: CancellationToken::new(),
            has_plain_cookies,
        }))
    }

    /// The way to the service, without anyone's credentials.
    pub fn upstream(&self) -> &Upstream {
        &self.0.upstream
    }

    /// The contract that JSON calls follow.
    pub(crate) fn contract(&self) -> &Arc<Contract> {
        &self.0.contract
    }

    /// What the gateway is in front of.
    pub(crate) fn front(&self) -> Front {
        self.0.contract.front()
    }

    /// A place among the streams, held until it is dropped.
    pub(crate) async fn enter_streams(&self, visit: &Visit) -> Result<Option<Place>, Refusal> {
        self.0.streams.enter(visit.kind(), visit.network()).await
    }

    /// Where styles, modules and icons are found; in development the table follows the disk.
    pub fn assets(&self) -> Arc<Assets> {
        assets::current()
    }

    /// Where browsers find this shop.
    pub fn origin(&self) -> &Origin {
        &self.0.settings.origin
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Says by `/readyz` that no more requests should be sent here.
    pub fn drain(&self) {
        self.0.draining.cancel();
    }

    /// Whether [`Gateway::drain`] was called.
    pub fn is_draining(&self) -> bool {
        self.0.draining.is_cancelled()
    }

    /// Cancelled by [`Gateway::drain`].
    pub(crate) fn draining(&self) -> &CancellationToken {
        &self.0.draining
    }
}

/// The whole front door as one tower service: what the server serves and what tests call.
#[derive(Clone, Debug)]
pub struct App {
    gateway: Gateway,
    pages: Router,
}

impl App {
    /// The front door of a gateway.
    pub fn new(gateway: Gateway) -> Self {
        let pages = match gateway.front() {
            Front::Shelf => pages::router(&gateway),
            Front::Service => Router::new(),
        };
        let pages = pages
            .layer(axum::middleware::from_fn(visit::keep_route))
            // A form is small; more is refused before it is read.
            .layer(DefaultBodyLimit::max(gateway.settings().limits.sizes.form))
            .with_state(gateway.clone());
        Self { gateway, pages }
    }

    /// Answers one request, which came over the connection of this peer, if it came over any.
    ///
    /// The request stays here and is lent to the steps, and each part that answers is awaited in a box: a future is as large as all
    /// that it may have to hold, is moved several times on its way, and what is beyond 1 KiB takes long to be allocated.
    pub fn answer(
        self,
        peer: Option<Peer>,
        mut request: Request<Body>,
    ) -> impl Future<Output = Response> + Send {
        let settings = self.gateway.settings();
        if self.gateway.0.has_plain_cookies {
            plain::hear_twins(request.headers_mut());
        }
        let mut visit = Visit::begin(peer, &request, self.gateway.front(), settings);
        // A slow sender is cut off, and what of a body nobody reads comes back.
        let (mut request, rest) = lent::lend(request, visit.kind(), &settings.limits);
        async move {
            // A panic ends its own request and no other.
            let admitted = AssertUnwindSafe(self.admit(&mut visit, &mut request)).catch_unwind();
            let mut response = match admitted.await {
                Ok(Ok(response)) => response,
                Ok(Err(refusal)) => refusal.render(&self.gateway, &visit),
                Err(panic) => {
                    visit.log_panic(panic.as_ref());
                    Refusal::broken().render(&self.gateway, &visit)
                }
            };
            // An early answer waits for the rest of its request, or HTTP/1 loses it. What nobody took of it comes back here.
            drop(request);
            rest.finish(&mut response).await;
            // Every answer says how it may be used, those of refusals too.
            self.gateway.0.headers.put_on(&visit, response.headers_mut());
            if self.gateway.0.has_plain_cookies {
                plain::add_twins(response.headers_mut());
            }
            // One line per request, with its id.
            visit.end(&mut response);
            response
        }
    }

    /// The steps that every request passes, each for its reason.
    async fn admit(
        &self,
        visit: &mut Visit,
        request: &mut Request<Body>,
    ) -> Result<Response, Refusal> {
        // A target or a header block beyond the limits is nobody's honest request.
        let limits = &self.gateway.settings().limits;
        limits::check(request, &limits.sizes)?;
        // A foreign name that resolves to us (DNS rebinding) must not reach anything.
        host::check(request, visit, &self.gateway.0.settings)?;
        // Another site must not act with our visitor's cookie.
        guarding::check(request, self.gateway.front())?;
        // Too much at once is refused at once instead of slowing everyone.
        let _place = self.gateway.0.in_flight.enter(visit.kind(), visit.network()).await?;
        // A contract that changes from here on is the next request's.
        let plan = self.gateway.contract().plan();
        // Nobody may ask so often that others have to wait; told before a body is read.
        self.gateway.0.pace.count(plan.as_deref(), visit, request)?;
        // Every call downstream knows when its answer has to be there.
        visit.answer_by(deadline::of(request, visit.kind(), &limits.deadlines)?);
        self.route(visit, plan, request).await
    }

    /// Hands an admitted request to the part that answers it.
    async fn route(
        &self,
        visit: &Visit,
        plan: Option<Arc<Plan>>,
        request: &mut Request<Body>,
    ) -> Result<Response, Refusal> {
        let gateway = &self.gateway;
        match visit.kind() {
            // It may turn out to be a stream, which takes its time.
            Kind::Api => Ok(Box::pin(api::answer(gateway, visit, plan, request)).await),
            Kind::Page => boxed_in_time(visit, self.page(visit, mem::take(request))).await,
            Kind::Relay => {
                boxed_in_time(visit, relay::answer(gateway, visit, mem::take(request))).await
            }
            Kind::Health => boxed_in_time(visit, health::answer(gateway, mem::take(request))).await,
            Kind::Asset | Kind::Picture => Ok(assets::answer(gateway, visit, request)),
            Kind::Description => Ok(api::describe(gateway, visit, request)),
        }
    }

    /// A page: routed by axum, then made a document with its ETag, coding and, where it refuses, a page that says so.
    async fn page(&self, visit: &Visit, mut request: Request<Body>) -> Response {
        let wanted = document::Wanted::of(&request);
        request.extensions_mut().insert(visit.clone());
        // A HEAD is a GET whose body is dropped at the end, so that its headers are the same.
        if request.method() == Method::HEAD {
            *request.method_mut() = Method::GET;
        }
        let Ok(response) = self.pages.clone().oneshot(request).await;
        let response = match Refusal::of_router(&response, &self.gateway.settings().limits) {
            Some(refusal) => refusal.render(&self.gateway, visit),
            None => response,
        };
        document::finish(&wanted, response).await
    }
}

/// The answer, unless it takes too long. The service keeps the deadline; this is for whatever else may.
///
/// Not `async`: that would hold the answer twice, as what was given and as what is awaited.
pub(crate) fn in_time<T, F: Future<Output = T>>(
    visit: &Visit,
    answer: F,
) -> impl Future<Output = Result<T, Refusal>> + use<T, F> {
    tokio::time::timeout_at(visit.deadline() + GRACE, answer)
        .map(|answer| answer.map_err(|_| Refusal::late()))
}

/// The same in a box.
fn boxed_in_time<'f, T: 'f>(
    visit: &Visit,
    answer: impl Future<Output = T> + Send + 'f,
) -> Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send + 'f>> {
    Box::pin(in_time(visit, answer))
}

impl Service<Request<Body>> for App {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let peer = request.extensions().get().cloned();
        Box::pin(self.clone().answer(peer, request).map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What glibc, like other allocators, keeps at hand for the next to come (its tcache). Beyond, allocating and freeing take several
    /// times as long.
    const AT_HAND: usize = 1032;

    fn size_of_answer<A, B, F>(_: impl FnOnce(App, A, B) -> F) -> usize {
        size_of::<F>()
    }

    fn size_of_call<'r, F>(
        _: impl FnOnce(&'r Gateway, &'r Visit, Option<Arc<Plan>>, &'r mut Request<Body>) -> F,
    ) -> usize {
        size_of::<F>()
    }

    #[test]
    fn requests_and_calls_are_allocated_quickly() {
        let sizes = [size_of_answer(App::answer), size_of_call(api::answer)];
        assert!(sizes.iter().all(|size| *size <= AT_HAND), "{sizes:?}");
    }
}
