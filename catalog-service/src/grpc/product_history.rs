//! The methods of `shelf.catalog.v1.ProductService` about what products were before.

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem, reply,
    wire::Encoded,
};
use crate::{
    catalog::{Base, Comparison},
    domain::{PageRequest, RevisionName, Rollback, View},
    encoding,
};

type Answer = Result<Encoded, Status>;

/// The parent of the revisions of all products (AIP-159).
const ALL_PRODUCTS: &str = "products/-";

pub(super) async fn get_product_revision(
    service: &GrpcService,
    who: Identity,
    request: wire::GetProductRevisionRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let name = reading.revision("name", &request.name);
    let name = reading.done(name)?;
    let revision = service.0.catalog.product_revision(&name).await;
    let revision = revision.map_err(problem::of_catalog)?.map(reply::document);
    reply::read(service, &who, revision)
}

pub(super) async fn list_product_revisions(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListProductRevisionsRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let product = match request.parent.as_str() {
        ALL_PRODUCTS => Some(None),
        parent => reading.product("parent", parent).map(Some),
    };
    let product = reading.done(product)?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let view = parse::view(request.view, View::Full);
    let page = service.0.catalog.product_revisions(product, &request.filter, view, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::page(page, tokens, query))?;
    reply::read(service, &who, page)
}

pub(super) async fn compare_product_revisions(
    service: &GrpcService,
    who: Identity,
    request: wire::CompareProductRevisionsRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let name = reading.revision("name", &request.name);
    let base = base(&request, name.as_ref(), &mut reading);
    let (name, base) = reading.done(name.zip(base))?;
    let compared = service.0.catalog.compare_revisions(&name, base).await;
    let compared = compared.map_err(problem::of_catalog)?;
    let answer = |compared: Comparison| {
        Encoded::message(&wire::CompareProductRevisionsResponse {
            base_revision: compared.base.map(|base| base.to_string()).unwrap_or_default(),
            name: name.to_string(),
            differences: encoding::revision::differences(compared.differences),
        })
    };
    reply::read(service, &who, compared.map(answer))
}

fn base(
    request: &wire::CompareProductRevisionsRequest,
    name: Option<&RevisionName>,
    reading: &mut Reading,
) -> Option<Base> {
    if let Some(etag) = parse::etag(&request.base_etag) {
        if !request.base_revision.is_empty() {
            reading.violations().add("base_etag", "must be empty when base_revision is given");
        }
        return Some(Base::Etag(etag));
    }
    if request.base_revision.is_empty() {
        return Some(Base::Before);
    }
    let base = reading.revision("base_revision", &request.base_revision)?;
    if name.is_some_and(|name| name.product != base.product) {
        reading.violations().add("base_revision", "must be a revision of the same product");
    }
    Some(Base::Number(base.number))
}

pub(super) async fn rollback_product(
    service: &GrpcService,
    who: Identity,
    request: wire::RollbackProductRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let to = reading.revision("name", &request.name);
    let etag = parse::etag(&request.etag);
    let rollback = reading.done(to.map(|to| Rollback { to, etag }))?;
    let product = service.0.catalog.roll_back(write, rollback).await;
    product.map(reply::document).map_err(problem::of_catalog)
}
