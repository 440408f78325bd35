//! The floor of an HTTP request: the gateway's own accept loop, HTTP settings and limits, and nothing behind them.
//!
//! It answers the very requests that the gateway is asked, with bodies of the same sizes and without looking at more than
//! the method and the path.

use std::net::SocketAddr;

use anyhow::Result;
use axum::{body::Body, response::Response};
use bytes::Bytes;
use gateway::{config::Limits, server};
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio_util::sync::CancellationToken;

use super::Sizes;

/// The constant answers.
#[derive(Clone, Debug)]
struct Answers {
    product: Bytes,
    page: Bytes,
    created: Bytes,
}

/// Serves until the process is ended.
pub(super) async fn serve(listen: SocketAddr, sizes: Sizes) -> Result<()> {
    let bound = server::bind(listen).await?;
    let answers = Answers::of(sizes);
    let answer = move |_peer, request| answered(answers.clone(), request);
    bound.serve_with(answer, &Limits::default(), CancellationToken::new()).await;
    Ok(())
}

impl Answers {
    fn of(sizes: Sizes) -> Self {
        let [product, page, created] =
            [sizes.product, sizes.page, sizes.created].map(|size| Bytes::from(vec![b' '; size]));
        Self { product, page, created }
    }
}

async fn answered(answers: Answers, request: Request<Body>) -> Response {
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return with_status(StatusCode::NOT_MODIFIED, Bytes::new());
    }
    if request.method() == Method::POST {
        // A body that breaks off ends the connection, which is the caller's to see.
        let _body = request.into_body().collect().await;
        return with_status(StatusCode::OK, answers.created);
    }
    match request.uri().path() {
        "/v1/products" => with_status(StatusCode::OK, answers.page),
        _ => with_status(StatusCode::OK, answers.product),
    }
}

fn with_status(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ETAG, HeaderValue::from_static("\"constant\""));
    response
}
