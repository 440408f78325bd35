//! `shelf.catalog.v1.ProductService`: each method reads its request, calls the catalog, and writes the answer.

use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem::{self, Items},
    reply,
    wire::Encoded,
};
use crate::{
    catalog::ProductList,
    domain::{NewProduct, PageRequest, ProductAction, ProductChange, View, Wish},
    encoding,
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
    let page = page.try_map(|page| reply::page(page, tokens, query))?;
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
    let product = request.product.unwrap_or_default();
    let id = reading.product("product.name", &product.name);
    let etag = parse::etag(&product.etag);
    let mask = encoding::product::mask(&product, request.update_mask.as_ref());
    let mask = mask.map_err(|error| problem::of_mask(&error))?;
    let (violations, references) = reading.findings();
    let fields = encoding::product::fields(product, &mask, "product", violations, references);
    let action = ProductAction::Update { fields: Box::new(fields), mask };
    let change = id.map(|id| ProductChange { id, etag, action });
    let wishes = |change: &ProductChange| change.wish("product").into_iter().collect();
    let change = reading.done_in(&service.0.catalog, change, wishes).await?;
    let changed = service.0.catalog.change_product(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

fn created(new: &NewProduct, at: String) -> Wish {
    Wish::NewProduct { at, new: new.clone() }
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
    undelete_product(UndeleteProductRequest) = Undelete;
    publish_product(PublishProductRequest) = Publish;
    unpublish_product(UnpublishProductRequest) = Unpublish;
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
    parse::check_batch(request.requests.len())?;
    let mut reading = Reading::of(&request);
    let mut products = Vec::with_capacity(request.requests.len());
    for (index, item) in request.requests.into_iter().enumerate() {
        let at = format!("requests[{index}]");
        parse::nothing_of_the_batch(&mut reading, &at, &item.request_id, item.validate_only);
        let (violations, references) = reading.findings();
        products.push(encoding::product::new_product(item, &at, violations, references));
    }
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
            parse::check_batch(request.requests.len())?;
            let mut reading = Reading::of(&request);
            let mut changes = Vec::with_capacity(request.requests.len());
            for (index, item) in request.requests.iter().enumerate() {
                let at = format!("requests[{index}]");
                parse::nothing_of_the_batch(&mut reading, &at, &item.request_id, item.validate_only);
                let id = reading.product(&format!("{at}.name"), &item.name);
                let (etag, action) = (parse::etag(&item.etag), ProductAction::$action);
                changes.push(id.map(|id| ProductChange { id, etag, action }));
            }
            let changes = reading.done(changes.into_iter().collect())?;
            let changed = service.0.catalog.change_products(write, changes).await;
            changed.map(reply::documents).map_err(problem::of_catalog)
        }
    )+};
}

batch_change_by_name! {
    batch_delete_products(BatchDeleteProductsRequest) = Delete;
    batch_undelete_products(BatchUndeleteProductsRequest) = Undelete;
}

pub(super) async fn list_product_revisions(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListProductRevisionsRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let product = reading.product("parent", &request.parent);
    let product = reading.done(product)?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let page = service.0.catalog.product_revisions(&product, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::page(page, tokens, query))?;
    reply::read(service, &who, page)
}
