//! `shelf.catalog.v1.ChangeService`: the feed of changes.

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService, credentials::Identity, page_token::Query, parse::Reading, problem, reply,
    wire::Encoded,
};
use crate::domain::PageRequest;

pub(super) async fn list_changes(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListChangesRequest,
) -> Result<Encoded, Status> {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let page = service.0.catalog.changes(&request.filter, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::counted_page(page, tokens, query))?;
    reply::read(service, &who, page)
}
