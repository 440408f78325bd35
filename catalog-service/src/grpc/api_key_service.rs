//! `shelf.access.v1.ApiKeyService`: each method reads its request, calls access, and writes the answer.

use proto::access as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem, reply, status,
    wire::Encoded,
};
use crate::{access::ApiKeyId, domain::PageRequest, encoding};

type Answer = Result<Encoded, Status>;

/// What is wrong with a name that the contract's rules have refused already.
const NOT_A_NAME: &str = "must be `apiKeys/{api_key}`";

pub(super) async fn get_api_key(
    service: &GrpcService,
    _who: Identity,
    request: wire::GetApiKeyRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let id = reading.take("name", ApiKeyId::from_name(&request.name).ok_or(NOT_A_NAME));
    let id = reading.done(id)?;
    let key = service.0.access.api_key(&id).await;
    key.map(|key| reply::api_key(&key, None)).map_err(problem::of_access)
}

pub(super) async fn list_api_keys(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListApiKeysRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let page = service.0.access.api_keys(page).await.map_err(problem::of_access)?;
    Ok(Encoded::message(&wire::ListApiKeysResponse {
        api_keys: page.items.iter().map(encoding::api_key::message).collect(),
        next_page_token: reply::token(page.next.as_ref(), tokens, query)?,
    }))
}

pub(super) async fn create_api_key(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateApiKeyRequest,
) -> Answer {
    let user = who.user.clone();
    let user = user.ok_or_else(|| status::internal(&"an admin who is no user"))?;
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let key = request.api_key.unwrap_or_default();
    let key = encoding::api_key::new_key(key, reading.violations());
    let key = reading.done(key)?;
    let made = service.0.access.create_api_key(write, user, key).await;
    made.map(|made| reply::api_key(&made.key, made.secret.as_ref())).map_err(problem::of_access)
}

pub(super) async fn delete_api_key(
    service: &GrpcService,
    who: Identity,
    request: wire::DeleteApiKeyRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let id = reading.take("name", ApiKeyId::from_name(&request.name).ok_or(NOT_A_NAME));
    let id = reading.done(id)?;
    let deleted = service.0.access.delete_api_key(write, id, parse::etag(&request.etag)).await;
    deleted.map(|_| Encoded::empty()).map_err(problem::of_access)
}
