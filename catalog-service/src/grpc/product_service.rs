//! `shelf.catalog.v1.ProductService`: each method reads its request, calls the catalog, and writes the answer.

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
    catalog::ProductList,
    domain::{
        NewProduct, PageRequest, ProductAction, ProductChange, ProductExpunge, ProductMask, Slug,
        View, Wish,
    },
    encoding::{self, MaskError},
};

type Answer = Result<Encoded, Status>;

pub(super) async fn get_product(
    service: &GrpcService,
    who: Identity,
    request: wire::GetProductRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let id = reading.product("name", &request.name);
    let id = reading.done(id)?;
    let view = parse::view(request.view, View::Full);
    let product = service.0.catalog.product(&who.caller, &id, view).await;
    let product = product.map_err(problem::of_catalog)?;
    reply::read(service, &who, product.map(reply::document))
}

pub(super) async fn list_products(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListProductsRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let list = ProductList {
        filter: &request.filter,
        order_by: &request.order_by,
        show_deleted: request.show_deleted,
    };
    let view = parse::view(request.view, View::Basic);
    let page = service.0.catalog.list_products(&who.caller, list, view, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::counted_page(page, tokens, query))?;
    reply::read(service, &who, page)
}

pub(super) async fn create_product(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateProductRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let (violations, references) = reading.findings();
    let product = encoding::product::new_product(request, "", violations, references);
    let wishes = |new: &NewProduct| vec![created(new, "product".to_owned())];
    let product = reading.done_in(&service.0.catalog, Some(product), wishes).await?;
    let created = service.0.catalog.create_product(write, product).await;
    created.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn update_product(
    service: &GrpcService,
    who: Identity,
    request: wire::UpdateProductRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let mask = mask_of(&request).map_err(|error| problem::of_mask(&error))?;
    let change = update(request, mask, "product", &mut reading);
    let wishes = |change: &ProductChange| change.wish("product").into_iter().collect();
    let change = reading.done_in(&service.0.catalog, change, wishes).await?;
    let changed = service.0.catalog.change_product(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

fn created(new: &NewProduct, at: String) -> Wish {
    Wish::NewProduct { at, new: new.clone() }
}

fn mask_of(request: &wire::UpdateProductRequest) -> Result<ProductMask, MaskError> {
    let nothing = wire::Product::default();
    let product = request.product.as_ref().unwrap_or(&nothing);
    encoding::product::mask(product, request.update_mask.as_ref())
}

/// Reads an update; `at` is the path of its product.
fn update(
    request: wire::UpdateProductRequest,
    mask: ProductMask,
    at: &str,
    reading: &mut Reading,
) -> Option<ProductChange> {
    let product = request.product.unwrap_or_default();
    let id = reading.product(&format!("{at}.name"), &product.name);
    let etag = parse::etag(&product.etag);
    let (violations, references) = reading.findings();
    let fields = encoding::product::fields(product, &mask, at, violations, references);
    let action = ProductAction::Update { fields: Box::new(fields), mask };
    id.map(|id| ProductChange { id, etag, action })
}

/// The methods that do one thing to a product by its name.
macro_rules! change_by_name {
    ($($function:ident($request:ident) = $action:ident;)+) => {$(
        pub(super) async fn $function(
            service: &GrpcService,
            who: Identity,
            request: wire::$request,
        ) -> Answer {
            let write = parse::write(who, &request, request.validate_only);
            let mut reading = Reading::of(&request);
            let id = reading.product("name", &request.name);
            let (etag, action) = (parse::etag(&request.etag), ProductAction::$action);
            let change = reading.done(id.map(|id| ProductChange { id, etag, action }))?;
            let changed = service.0.catalog.change_product(write, change).await;
            changed.map(reply::document).map_err(problem::of_catalog)
        }
    )+};
}

change_by_name! {
    delete_product(DeleteProductRequest) = Delete;
    publish_product(PublishProductRequest) = Publish;
    unpublish_product(UnpublishProductRequest) = Unpublish;
    archive_product(ArchiveProductRequest) = Archive;
}

pub(super) async fn expunge_product(
    service: &GrpcService,
    who: Identity,
    request: wire::ExpungeProductRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let id = reading.product("name", &request.name);
    let etag = parse::etag(&request.etag);
    let expunge = reading.done(id.map(|id| ProductExpunge { id, etag }))?;
    let expunged = service.0.catalog.expunge_product(write, expunge).await;
    expunged.map(|()| Encoded::empty()).map_err(problem::of_catalog)
}

pub(super) async fn resolve_slug(
    service: &GrpcService,
    who: Identity,
    request: wire::ResolveSlugRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let slug = reading.take("slug", Slug::parse(&request.slug));
    let slug = reading.done(slug)?;
    let found = service.0.catalog.resolve_slug(&who.caller, &slug).await;
    let found = found.map_err(problem::of_catalog)?.map(|(product, slug)| {
        let (product, slug) = (product.name(), slug.as_str().to_owned());
        Encoded::message(&wire::ResolveSlugResponse { product, slug })
    });
    reply::read(service, &who, found)
}

pub(super) async fn batch_get_products(
    service: &GrpcService,
    who: Identity,
    request: wire::BatchGetProductsRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let named = request.names.iter().enumerate();
    let ids = named.map(|(index, name)| reading.product(&format!("names[{index}]"), name));
    let ids = ids.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>();
    let ids = reading.done(ids)?;
    let view = parse::view(request.view, View::Basic);
    let products = service.0.catalog.products(&who.caller, &ids, view).await;
    let products = products.map_err(|error| problem::of_batch(error, Items::Names))?;
    reply::read(service, &who, products.map(reply::documents))
}

pub(super) async fn batch_create_products(
    service: &GrpcService,
    who: Identity,
    request: wire::BatchCreateProductsRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    batch::check(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let products = batch::read(request.requests, &mut reading, |item, at, reading| {
        let (violations, references) = reading.findings();
        encoding::product::new_product(item, at, violations, references)
    });
    let wishes = |products: &Vec<NewProduct>| {
        let products = products.iter().enumerate();
        products.map(|(index, new)| created(new, format!("requests[{index}].product"))).collect()
    };
    let products = reading.done_in(&service.0.catalog, Some(products), wishes).await?;
    let created = service.0.catalog.create_products(write, products).await;
    created.map(reply::documents).map_err(problem::of_catalog)
}

/// The batches that do one thing to products by their names.
macro_rules! batch_change_by_name {
    ($($function:ident($request:ident) = $action:ident;)+) => {$(
        pub(super) async fn $function(
            service: &GrpcService,
            who: Identity,
            request: wire::$request,
        ) -> Answer {
            let write = parse::write(who, &request, request.validate_only);
            batch::check(request.requests.len())?;
            let mut reading = Reading::of(&request);
            let changes = batch::read(request.requests, &mut reading, |item, at, reading| {
                let id = reading.product(&format!("{at}.name"), &item.name);
                let (etag, action) = (parse::etag(&item.etag), ProductAction::$action);
                id.map(|id| ProductChange { id, etag, action })
            });
            let changes = reading.done(changes.into_iter().collect())?;
            let changed = service.0.catalog.change_products(write, changes).await;
            changed.map(reply::documents).map_err(problem::of_catalog)
        }
    )+};
}

batch_change_by_name! {
    batch_delete_products(BatchDeleteProductsRequest) = Delete;
    batch_publish_products(BatchPublishProductsRequest) = Publish;
    batch_unpublish_products(BatchUnpublishProductsRequest) = Unpublish;
}

pub(super) async fn batch_update_products(
    service: &GrpcService,
    who: Identity,
    request: wire::BatchUpdateProductsRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    batch::check(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let mut masks = batch::masks(request.requests.iter().map(mask_of))?.into_iter();
    let changes = batch::read(request.requests, &mut reading, |item, at, reading| {
        update(item, masks.next()?, &format!("{at}.product"), reading)
    });
    let changes = changes.into_iter().collect();
    let wishes = |changes: &Vec<ProductChange>| {
        let changes = changes.iter().enumerate();
        let wish = |(index, change): (usize, &ProductChange)| {
            change.wish(&format!("requests[{index}].product"))
        };
        changes.filter_map(wish).collect()
    };
    let changes = reading.done_in(&service.0.catalog, changes, wishes).await?;
    let changed = service.0.catalog.change_products(write, changes).await;
    let changed = changed.map_err(|error| problem::of_batch(error, Items::Products))?;
    Ok(reply::documents(changed))
}
