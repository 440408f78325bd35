//! JSON: the transcoder meets sockets. What it may not do is know a product or build a message.
//!
//! A call is refused before its body is read wherever that is possible, and reaches the service only once the whole request is
//! known to be good.

mod accept;
mod body;
mod describe;
mod failure;
mod form;
mod given;
mod metadata;
mod reply;
mod stream;
mod unpack;
mod upload;

use std::{mem, sync::Arc};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header, request::Parts};
use http_body::Body as _;
use transcoder::{Call, Plan, Routed};

pub(crate) use describe::describe;
use failure::Failure;
pub(crate) use failure::error;
use given::Given;

use crate::{
    app::{self, Gateway, Refusal, Visit},
    contract::Profile,
    upstream::{self, Target},
};

/// Room for what a request holds besides its body.
const ROOM: usize = 64;

/// One request, and the rule that it follows.
struct Asked<'a> {
    gateway: &'a Gateway,
    visit: &'a Visit,
    plan: &'a Arc<Plan>,
    head: &'a Parts,
    call: Call<'a, 'a>,
}

/// Answers one call by the contract that was found when it came. Whatever outlives it keeps that one.
pub(crate) async fn answer(
    gateway: &Gateway,
    visit: &Visit,
    plan: Option<Arc<Plan>>,
    request: &mut Request<Body>,
) -> Response {
    let Some(plan) = plan else { return Refusal::no_contract().render(gateway, visit) };
    if gateway.contract().profile() == Profile::GrpcGateway && form::is_form(request) {
        let form = mem::take(request);
        match Box::pin(form::unfolded(gateway, visit, &plan, form)).await {
            Ok(unfolded) => *request = unfolded,
            Err(refusal) => return refusal.render(gateway, visit),
        }
    }
    let (head, body) = mem::take(request).into_parts();
    let asked = match plan.route(head.method.as_str(), head.uri.path()) {
        Routed::Hit(call) => Asked { gateway, visit, plan: &plan, head: &head, call },
        Routed::WrongMethod { allow } => {
            return wrong_method(&head.method, allow)
                .unwrap_or_else(|refusal| refusal.render(gateway, visit));
        }
        Routed::LeftOut { error } => return Refusal::left_out(error).render(gateway, visit),
        Routed::Miss => return Refusal::not_found().render(gateway, visit),
    };
    let response = match asked.answer(body).await {
        Ok(response) => response,
        Err(Failure::Refused(refusal)) => refusal.render(gateway, visit),
        Err(failure) => failure.render(&plan, gateway.contract(), &head.headers),
    };
    visit.was_for(asked.call.rpc());
    response
}

impl Asked<'_> {
    /// Streams are in boxes, so that a call, which is moved several times on its way, is no larger than it has to be.
    async fn answer(&self, body: Body) -> Result<Response, Failure> {
        let rpc = self.call.rpc();
        if rpc.server_streaming() {
            Box::pin(stream::answer(self, body)).await
        } else if rpc.client_streaming() {
            Box::pin(upload::answer(self, body)).await
        } else {
            app::in_time(self.visit, self.answer_call(body)).await?
        }
    }

    /// Refuse early, read, transcode, call, transcode back.
    async fn answer_call(&self, body: Body) -> Result<Response, Failure> {
        accept::framing(self)?;
        let message = self.message(body).await?;
        let most = self.gateway.settings().limits.sizes.message;
        let (target, outgoing) = (Target::Method(self.call.rpc()), metadata::on(self)?);
        let upstream = self.gateway.upstream();
        let secret = reply::Secret::of(self.call.rpc(), &message);
        let answer = upstream.unary(target, &outgoing, message, most).await?;
        Ok(reply::write(self, secret, answer)?.await)
    }

    /// The frame of the request's one message, known to be good.
    async fn message(&self, body: Body) -> Result<Bytes, Failure> {
        let given = Given::of(self.head)?;
        let parse = self.gateway.contract().parse();
        self.call.admit(given.content_type, !body.is_end_stream(), parse)?;
        let sizes = &self.gateway.settings().limits.sizes;
        let body = body::read(&self.head.headers, body, sizes).await?;
        let mut message = upstream::begin(body.len() + ROOM);
        self.call.request(&given.input(&body), parse, &mut message)?;
        Ok(upstream::end(message))
    }
}

/// OPTIONS is answered wherever another method would be; anything else is 405.
fn wrong_method(method: &Method, allow: &str) -> Result<Response, Refusal> {
    // Methods are tokens, so that they are a header's value.
    let allow = HeaderValue::from_str(allow).unwrap_or(HeaderValue::from_static(""));
    if method != Method::OPTIONS {
        return Err(Refusal::wrong_method(allow));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, allow);
    Ok(response)
}
