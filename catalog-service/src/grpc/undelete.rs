//! Restoring products: as they were, or with other skus and another slug where theirs are in use again.

use std::collections::HashSet;

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService, batch,
    credentials::Identity,
    parse::{self, Reading},
    problem, reply,
    wire::Encoded,
};
use crate::domain::{NewSku, ProductAction, ProductChange, ProductId, Sku, Slug};

type Answer = Result<Encoded, Status>;

pub(super) async fn undelete_product(
    service: &GrpcService,
    who: Identity,
    request: wire::UndeleteProductRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let change = undelete(&request, "", &mut reading);
    let change = reading.done(change)?;
    let changed = service.0.catalog.change_product(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn batch_undelete_products(
    service: &GrpcService,
    who: Identity,
    request: wire::BatchUndeleteProductsRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    batch::check(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let changes = batch::read(request.requests, &mut reading, |item, at, reading| {
        undelete(&item, &format!("{at}."), reading)
    });
    let changes = reading.done(changes.into_iter().collect())?;
    let changed = service.0.catalog.change_products(write, changes).await;
    changed.map(reply::documents).map_err(problem::of_catalog)
}

/// Reads what to restore; `at` stands before its fields.
fn undelete(
    request: &wire::UndeleteProductRequest,
    at: &str,
    reading: &mut Reading,
) -> Option<ProductChange> {
    let id = reading.product(&format!("{at}name"), &request.name);
    let etag = parse::etag(&request.etag);
    let skus = new_skus(request, id.as_ref(), at, reading);
    let slug = new_slug(request, at, reading);
    let action = ProductAction::Undelete { skus: skus?, slug };
    id.map(|id| ProductChange { id, etag, action })
}

/// Reads the other slug; one that is none is told as a violation.
fn new_slug(
    request: &wire::UndeleteProductRequest,
    at: &str,
    reading: &mut Reading,
) -> Option<Slug> {
    let given = Some(&request.new_slug).filter(|slug| !slug.is_empty())?;
    reading.take(&format!("{at}new_slug"), Slug::parse(given))
}

/// Reads the other skus; each is of a variant of the product, and no variant has two.
fn new_skus(
    request: &wire::UndeleteProductRequest,
    product: Option<&ProductId>,
    at: &str,
    reading: &mut Reading,
) -> Option<Vec<NewSku>> {
    let (mut skus, mut seen) = (Vec::new(), HashSet::new());
    for (index, one) in request.new_skus.iter().enumerate() {
        let field = format!("{at}new_skus[{index}].variant");
        let name = reading.variant(&field, &one.variant);
        let sku = reading.take(&format!("{at}new_skus[{index}].sku"), Sku::parse(&one.sku));
        let Some(name) = name else { continue };
        if let Some(product) = product.filter(|product| **product != name.product) {
            let fault = format!("is not a variant of `{}`", product.name());
            reading.violations().add(field, fault);
        } else if !seen.insert(name.variant.clone()) {
            reading.violations().add(field, "stands here twice; give each variant one sku");
        } else if let Some(sku) = sku {
            skus.push(NewSku { variant: name.variant, sku });
        }
    }
    // What is left out was told as a violation, and refuses the request.
    (skus.len() == request.new_skus.len()).then_some(skus)
}
