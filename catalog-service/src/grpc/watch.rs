//! `WatchProducts`: changes of products as they are made.

use bytes::Bytes;
use futures_util::{Stream, stream::try_unfold};
use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService, credentials::Identity, parse::Reading, problem, resume_token::ResumeTokens,
    wire::Encoded,
};
use crate::{catalog::Seen, domain::Audience, encoding};

pub(super) async fn watch_products(
    service: GrpcService,
    who: Identity,
    request: wire::WatchProductsRequest,
) -> Result<impl Stream<Item = Result<Encoded, Status>> + Send + use<>, Status> {
    Reading::of(&request).done(Some(()))?;
    let audience = who.caller.audience();
    let from = service.0.resume_tokens.open(audience, &request.resume_token)?;
    let watching = service.0.catalog.watch(&who.caller, from).await;
    let watching = watching.map_err(problem::of_catalog)?;
    Ok(try_unfold(watching, move |mut watching| {
        let service = service.clone();
        async move {
            let seen = watching.next().await.map_err(problem::of_catalog)?;
            let message = message(&service.0.resume_tokens, audience, seen)?;
            Ok(Some((message, watching)))
        }
    }))
}

/// A `WatchProductsResponse` whose product is encoded already.
#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(string, tag = "1")]
    resume_token: String,
    #[prost(message, optional, tag = "2")]
    change: Option<wire::Change>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    product: Option<Bytes>,
}

fn message(tokens: &ResumeTokens, audience: Audience, seen: Seen) -> Result<Encoded, Status> {
    let token = tokens.seal(audience, seen.position)?;
    let token = token.to_str().map_err(|error| super::status::internal(&error))?;
    let (change, product) = seen.change.unzip();
    Ok(Encoded::message(&Message {
        resume_token: token.to_owned(),
        change: change.map(encoding::change::message),
        product: product.flatten().map(|product| product.into_bytes()),
    }))
}
