//! `shelf.catalog.v1.ShopService`: each method reads its request, calls the catalog, and writes the answer.

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    parse::{self, Reading},
    problem, reply,
    wire::Encoded,
};
use crate::{domain::ShopChange, encoding};

type Answer = Result<Encoded, Status>;

/// The shop's name.
const SHOP: &str = "shop";

pub(super) async fn get_shop(
    service: &GrpcService,
    who: Identity,
    request: wire::GetShopRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let shop = service.0.catalog.shop().await.map_err(problem::of_catalog)?;
    reply::read(service, &who, shop.map(reply::document))
}

pub(super) async fn update_shop(
    service: &GrpcService,
    who: Identity,
    request: wire::UpdateShopRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let shop = request.shop.unwrap_or_default();
    if shop.name != SHOP {
        reading.violations().add("shop.name", "must be `shop`; there is only one");
    }
    let etag = parse::etag(&shop.etag);
    let mask = encoding::shop::mask(&shop, request.update_mask.as_ref());
    let mask = mask.map_err(|error| problem::of_mask(&error))?;
    let fields = encoding::shop::fields(shop, &mask, "shop", reading.violations());
    let change = reading.done(Some(ShopChange { etag, fields, mask }))?;
    let changed = service.0.catalog.change_shop(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}
