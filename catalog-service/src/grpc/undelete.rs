//! Restoring products: as they were, or with other skus where theirs are in use again.

use std::collections::HashSet;

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    parse::{self, Reading},
    problem, reply,
    wire::Encoded,
};
use crate::domain::{NewSku, ProductAction, ProductChange, ProductId, Sku};

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
    parse::check_batch(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let mut changes = Vec::with_capacity(request.requests.len());
    for (index, item) in request.requests.iter().enumerate() {
        let at = format!("requests[{index}]");
        parse::nothing_of_the_batch(&mut reading, &at, &item.request_id, item.validate_only);
        changes.push(undelete(item, &format!("{at}."), &mut reading));
    }
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
    let action = ProductAction::Undelete { skus: skus? };
    id.map(|id| ProductChange { id, etag, action })
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
