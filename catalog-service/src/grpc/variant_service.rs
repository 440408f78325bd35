//! `shelf.catalog.v1.VariantService`: each method reads its request, calls the catalog, and writes the answer.

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
    domain::{NewVariantIn, PageRequest, VariantAction, VariantChange, Wish},
    encoding,
};

type Answer = Result<Encoded, Status>;

pub(super) async fn get_variant(
    service: &GrpcService,
    who: Identity,
    request: wire::GetVariantRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let name = reading.variant("name", &request.name);
    let name = reading.done(name)?;
    let variant = service.0.catalog.variant(&who.caller, &name).await;
    let variant = variant.map_err(problem::of_catalog)?;
    reply::read(service, &who, variant.map(reply::document))
}

pub(super) async fn list_variants(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListVariantsRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let product = reading.product("parent", &request.parent);
    let product = reading.done(product)?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let page = service.0.catalog.variants(&who.caller, &product, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::page(page, tokens, query))?;
    reply::read(service, &who, page)
}

pub(super) async fn create_variant(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateVariantRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let product = reading.product("parent", &request.parent);
    let variant = encoding::variant::new_variant(
        &request.variant_id,
        request.variant.unwrap_or_default(),
        "variant",
        reading.violations(),
    );
    let variant = product.map(|product| NewVariantIn { product, variant });
    let wishes =
        |new: &NewVariantIn| vec![Wish::NewVariant { at: "variant".to_owned(), new: new.clone() }];
    let variant = reading.done_in(&service.0.catalog, variant, wishes).await?;
    let created = service.0.catalog.create_variant(write, variant).await;
    created.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn update_variant(
    service: &GrpcService,
    who: Identity,
    request: wire::UpdateVariantRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let variant = request.variant.unwrap_or_default();
    let name = reading.variant("variant.name", &variant.name);
    let etag = parse::etag(&variant.etag);
    let mask = encoding::variant::mask(&variant, request.update_mask.as_ref());
    let mask = mask.map_err(|error| problem::of_mask(&error))?;
    let fields = encoding::variant::fields(variant, &mask, "variant", reading.violations());
    let action = VariantAction::Update { fields, mask };
    let change = name.map(|name| VariantChange { name, etag, action });
    let wishes = |change: &VariantChange| change.wish("variant").into_iter().collect();
    let change = reading.done_in(&service.0.catalog, change, wishes).await?;
    let changed = service.0.catalog.change_variant(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn delete_variant(
    service: &GrpcService,
    who: Identity,
    request: wire::DeleteVariantRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let name = reading.variant("name", &request.name);
    let (etag, action) = (parse::etag(&request.etag), VariantAction::Delete);
    let change = reading.done(name.map(|name| VariantChange { name, etag, action }))?;
    let deleted = service.0.catalog.change_variant(write, change).await;
    deleted.map(|_| Encoded::empty()).map_err(problem::of_catalog)
}
