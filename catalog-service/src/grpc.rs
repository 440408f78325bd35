//! The service itself: every call, over a socket or within the process, passes the same steps in the same order.
//!
//! What is promised of a call is kept here: that it has one message, ends in time, is turned away when there is too much
//! to do or its caller calls too often, and is made by somebody who may. A method is `parse → call → reply` and holds no rule of the catalog.

mod api_key_service;
mod batch;
mod beside;
mod category_service;
mod change_service;
mod credentials;
mod deadline;
mod dispatch;
mod ending;
mod frames;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod pace;
mod page_token;
mod parse;
mod problem;
mod product_history;
mod product_service;
mod reason;
mod refusal;
mod reply;
mod request_digest;
mod request_id;
mod resume_token;
mod roles;
mod seal;
mod search_service;
mod session_service;
mod shed;
mod shop_service;
mod source;
mod status;
mod steady;
mod trace;
mod undelete;
mod user_service;
mod variant_service;
mod watch;
mod wire;

use std::{
    convert::Infallible,
    fmt, mem,
    net::IpAddr,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt as _;
use http::{HeaderMap, Request, Response, header};
use http_body::Body as _;
use serving::{Answer, Call as Asked};
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body};
use tower::Service;
use tracing::Instrument as _;

use self::{
    beside::Beside,
    credentials::Identity,
    deadline::Until,
    ending::Ending,
    pace::Pace,
    page_token::PageTokens,
    resume_token::ResumeTokens,
    roles::Method,
    seal::Seals,
    shed::{Places, Shed},
    source::{Account, Source},
    trace::Call,
    wire::Encoded,
};
pub(crate) use self::{
    ending::Closing, request_id::X_REQUEST_ID, resume_token::SHELF_RESUME_TOKEN, source::Peer,
};
use crate::{
    access::Access,
    catalog::Catalog,
    clock::Clock,
    config::{Limits, Settings},
};

/// The service itself, as a tower service. Cheap to clone; clones are one and the same.
///
/// A gateway in the same process calls it directly: `proto::catalog::product_service_client::ProductServiceClient::new(service)`.
#[derive(Clone)]
pub struct GrpcService(Arc<Inner>);

struct Inner {
    catalog: Catalog,
    access: Access,
    clock: Arc<dyn Clock>,
    page_tokens: PageTokens,
    resume_tokens: ResumeTokens,
    shed: Shed,
    /// The places of streams, each for as long as it goes on.
    streams: Shed,
    pace: Pace,
    trusted_proxies: Vec<IpAddr>,
    limits: Limits,
    beside: Beside,
    /// Streams end, so that they do not hold up the end of everything.
    stopping: CancellationToken,
    /// Calls are turned away, because what they need is about to be closed.
    closed: AtomicBool,
}

impl GrpcService {
    /// The service over a catalog and its accounts.
    pub(crate) fn new(
        catalog: Catalog,
        access: Access,
        clock: Arc<dyn Clock>,
        settings: &Settings,
    ) -> Self {
        let limits = settings.limits.clone();
        let seals = Arc::new(Seals::new(catalog.token_keys(), Arc::clone(&clock)));
        Self(Arc::new(Inner {
            page_tokens: PageTokens::new(Arc::clone(&seals)),
            resume_tokens: ResumeTokens::new(seals),
            shed: Shed::new(limits.calls, limits.calls_per_caller, limits.deadlines.place),
            streams: Shed::of_each(limits.watch.per_caller, limits.deadlines.place),
            pace: Pace::new(&limits),
            trusted_proxies: settings.trusted_proxies.clone(),
            beside: Beside::new(settings.reflection),
            catalog,
            access,
            clock,
            limits,
            stopping: CancellationToken::new(),
            closed: AtomicBool::new(false),
        }))
    }

    /// Tells health checks to send calls here.
    pub(crate) async fn start(&self) {
        self.0.beside.set_serving(true).await;
    }

    /// Tells health checks to send calls elsewhere, and ends the streams. Other calls are still answered.
    pub(crate) async fn stop(&self) {
        self.0.beside.set_serving(false).await;
        self.0.stopping.cancel();
    }

    /// Turns every further call away.
    pub(crate) async fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        self.stop().await;
    }

    /// Answers a call over a socket, or as if it had come over one.
    ///
    /// What is awaited on the way of a call is kept small: the request stays here and is lent to the steps, and what most calls do
    /// not need is awaited in a box of its own. All of it is moved to the heap at once, and is as large as the largest step.
    fn answer(self, mut request: Request<Body>) -> impl Future<Output = Response<Body>> + Send {
        let method = roles::named(request.uri().path());
        let call = Call::begun(method, request.headers(), || self.0.clock.now());
        let span = call.span();
        async move {
            let answered =
                unless_it_panics(self.refused_or_called(call.method, &mut request)).await;
            let mut response = completed(answered.unwrap_or_else(Status::into_http));
            call.ended(response.extensions().get());
            call.mark(response.headers_mut());
            response
        }
        .instrument(span)
    }

    /// Answers a unary call of the contract that is made within this process. It passes the same steps; nothing of it is framed.
    ///
    /// # Errors
    /// The status that the caller would have got over a socket.
    pub fn answer_whole(
        self,
        mut asked: Asked,
    ) -> impl Future<Output = Result<Answer, Status>> + Send {
        let method = roles::named(&asked.path);
        let call = Call::begun(method, &asked.headers, || self.0.clock.now());
        let span = call.span();
        async move {
            let answered =
                unless_it_panics(self.refused_or_answered(call.method, &mut asked)).await;
            let answered = answered.map_err(|it| status::completed(&it).unwrap_or(it));
            call.ended(answered.as_ref().err());
            answered
        }
        .instrument(span)
    }

    /// The steps, in their order.
    async fn refused_or_called(
        &self,
        method: Option<&'static Method>,
        request: &mut Request<Body>,
    ) -> Result<Response<Body>, Status> {
        let method = method.ok_or_else(|| status::method_unknown(request.uri().path()))?;
        if method.streams {
            return Box::pin(self.refused_or_streamed(method, request)).await;
        }
        let time = self.0.limits.deadlines.of_call(request.headers())?;
        in_time(time, self.called(method, request)).await
    }

    async fn called(
        &self,
        method: &'static Method,
        request: &mut Request<Body>,
    ) -> Result<Response<Body>, Status> {
        let source = self.source(request);
        let _places;
        // Who calls is gone from here before the answer is awaited, or it would be held twice.
        let response = {
            let (identity, places) = self.admitted(method, source, request.headers()).await?;
            _places = places;
            dispatch::call(self, method, identity, request)
        }
        .await;
        Ok(response)
    }

    /// The steps of a call whose answer may go on for longer than it takes to begin.
    async fn refused_or_streamed(
        &self,
        method: &'static Method,
        request: &mut Request<Body>,
    ) -> Result<Response<Body>, Status> {
        let ending = Ending::of(self, method, request.headers(), request.extensions())?;
        let begin = self.0.limits.deadlines.of_call(request.headers())?;
        let (response, places) = in_time(begin, self.streamed(method, request)).await?;
        // A refusal is all head, and nothing has to end.
        if response.body().is_end_stream() {
            return Ok(response);
        }
        let end = ending.come(self.clone());
        Ok(response.map(|body| Body::new(Until::new(body, end, places))))
    }

    /// The answer, and what it holds while it goes on.
    async fn streamed(
        &self,
        method: &'static Method,
        request: &mut Request<Body>,
    ) -> Result<(Response<Body>, Option<Places>), Status> {
        let source = self.source(request);
        let (identity, _places) = self.admitted(method, source, request.headers()).await?;
        let streams = self.among_streams(method, source, &identity).await?;
        Ok((dispatch::call(self, method, identity, request).await, streams))
    }

    /// The steps of a unary call of this process, in the same order.
    async fn refused_or_answered(
        &self,
        method: Option<&'static Method>,
        asked: &mut Asked,
    ) -> Result<Answer, Status> {
        let method = method.ok_or_else(|| status::method_unknown(&asked.path))?;
        let time = self.0.limits.deadlines.of_call(&asked.headers)?;
        in_time(time, self.answered(method, asked)).await
    }

    async fn answered(&self, method: &'static Method, asked: &mut Asked) -> Result<Answer, Status> {
        let source = Source::of(None, &asked.headers, &self.0.trusted_proxies);
        let (identity, _places) = self.admitted(method, source, &asked.headers).await?;
        let (message, limit) = (mem::take(&mut asked.message), self.0.limits.message_bytes);
        if message.len() > limit {
            return Err(status::message_too_large(message.len(), limit));
        }
        let answer = dispatch::answering(self, method, identity, message)?.await?;
        answer.within(limit).map(Encoded::into_answer)
    }

    /// Where a call over a socket comes from.
    fn source(&self, request: &Request<Body>) -> Source {
        let (peer, headers) = (request.extensions().get(), request.headers());
        Source::of(peer, headers, &self.0.trusted_proxies)
    }

    /// The place of a stream among those of its caller.
    async fn among_streams(
        &self,
        method: &'static Method,
        source: Source,
        identity: &Identity,
    ) -> Result<Option<Places>, Status> {
        let Inner { streams, trusted_proxies, limits, .. } = self.0.as_ref();
        if method.always_answered {
            return Ok(None);
        }
        let account = source.account(Some(identity), trusted_proxies);
        let places = streams.both(streams.place().await?, account).await;
        places.map(Some).map_err(|_full| status::too_many_streams(limits.watch.per_caller))
    }

    /// Who calls, and the places of the call among those in flight.
    async fn admitted(
        &self,
        method: &'static Method,
        source: Source,
        headers: &HeaderMap,
    ) -> Result<(Identity, Option<Places>), Status> {
        if self.0.closed.load(Ordering::Relaxed) && !method.always_answered {
            return Err(status::shutting_down());
        }
        let Inner { access, shed, .. } = self.0.as_ref();
        if method.always_answered {
            let identity = credentials::identify(access, method, headers, source.network).await?;
            return Ok((identity, None));
        }
        let place = shed.place().await?;
        let identified = credentials::identify(access, method, headers, source.network).await;
        let (identity, account) = self.permitted(method, source, headers, identified)?;
        Ok((identity, Some(shed.both(place, account).await?)))
    }

    /// Counts a call and asks whether it may be made; answers who calls and on whose account.
    fn permitted(
        &self,
        method: &'static Method,
        source: Source,
        headers: &HeaderMap,
        identified: Result<Identity, Status>,
    ) -> Result<(Identity, Option<Account>), Status> {
        let account = source.account(identified.as_ref().ok(), &self.0.trusted_proxies);
        // The gateway in this process has counted what it asks for anyone, a page with all its calls as one.
        let counted_before = source.within && !headers.contains_key(header::AUTHORIZATION);
        // A call that is refused counts as well, or trying tokens would be free.
        if let Some(account) = account.as_ref().filter(|_| !counted_before) {
            self.0.pace.count(account, method, self.0.clock.now())?;
        }
        Ok((credentials::permit(identified?, method)?, account))
    }
}

/// A panic ends its own call and no other.
fn unless_it_panics<T>(
    calling: impl Future<Output = Result<T, Status>>,
) -> impl Future<Output = Result<T, Status>> {
    let called = AssertUnwindSafe(calling).catch_unwind();
    called.map(|called| called.unwrap_or_else(|_panic| Err(status::internal(&"a method panicked"))))
}

/// What has not come in time is refused.
fn in_time<T>(
    time: Duration,
    calling: impl Future<Output = Result<T, Status>>,
) -> impl Future<Output = Result<T, Status>> {
    let called = tokio::time::timeout(time, calling);
    called.map(|called| called.unwrap_or_else(|_| Err(status::deadline_exceeded())))
}

/// Gives a refusal that tonic made by itself its reason.
fn completed(response: Response<Body>) -> Response<Body> {
    match response.extensions().get::<Status>().and_then(status::completed) {
        Some(completed) => completed.into_http(),
        None => response,
    }
}

impl Service<Request<Body>> for GrpcService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().answer(request).map(Ok))
    }
}

impl fmt::Debug for GrpcService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrpcService").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
