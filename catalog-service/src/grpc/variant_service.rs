//! `shelf.catalog.v1.VariantService`: each method reads its request, calls the catalog, and writes the answer.

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService, batch,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem::{self, Items},
    reply,
    wire::Encoded,
};
use crate::{
    domain::{NewVariantIn, PageRequest, VariantAction, VariantChange, VariantField, Wish},
    encoding::{self, MaskError},
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
    let page = page.try_map(|page| reply::counted_page(page, tokens, query))?;
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
    let mask = mask_of(&request).map_err(|error| problem::of_mask(&error))?;
    let change = update(request, mask, "variant", &mut reading);
    let wishes = |change: &VariantChange| change.wish("variant").into_iter().collect();
    let change = reading.done_in(&service.0.catalog, change, wishes).await?;
    let changed = service.0.catalog.change_variant(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

fn mask_of(request: &wire::UpdateVariantRequest) -> Result<Vec<VariantField>, MaskError> {
    let nothing = wire::Variant::default();
    let variant = request.variant.as_ref().unwrap_or(&nothing);
    encoding::variant::mask(variant, request.update_mask.as_ref())
}

/// Reads an update; `at` is the path of its variant.
fn update(
    request: wire::UpdateVariantRequest,
    mask: Vec<VariantField>,
    at: &str,
    reading: &mut Reading,
) -> Option<VariantChange> {
    let variant = request.variant.unwrap_or_default();
    let name = reading.variant(&format!("{at}.name"), &variant.name);
    let etag = parse::etag(&variant.etag);
    let fields = encoding::variant::fields(variant, &mask, at, reading.violations());
    let action = VariantAction::Update { fields, mask };
    name.map(|name| VariantChange { name, etag, action })
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

pub(super) async fn batch_update_variants(
    service: &GrpcService,
    who: Identity,
    request: wire::BatchUpdateVariantsRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    batch::check(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let mut masks = batch::masks(request.requests.iter().map(mask_of))?.into_iter();
    let parent = reading.product("parent", &request.parent);
    // AIP-159: `-` stands for any product.
    let parent = parent.filter(|parent| parent.as_str() != "-");
    let changes = batch::read(request.requests, &mut reading, |item, at, reading| {
        let change = update(item, masks.next()?, &format!("{at}.variant"), reading);
        let product = change.as_ref().map(|change| &change.name.product);
        if let (Some(parent), Some(product)) = (&parent, product)
            && parent != product
        {
            let problem = format!(
                "is not a variant of the parent `{}`; for variants of several products, give `products/-`",
                parent.name()
            );
            reading.violations().add(format!("{at}.variant.name"), problem);
        }
        change
    });
    let wishes = |changes: &Vec<VariantChange>| {
        let changes = changes.iter().enumerate();
        let wish = |(index, change): (usize, &VariantChange)| {
            change.wish(&format!("requests[{index}].variant"))
        };
        changes.filter_map(wish).collect()
    };
    let changes = changes.into_iter().collect();
    let changes = reading.done_in(&service.0.catalog, changes, wishes).await?;
    let changed = service.0.catalog.change_variants(write, changes).await;
    let changed = changed.map_err(|error| problem::of_batch(error, Items::Variants))?;
    Ok(reply::documents(changed))
}
