//! `shelf.catalog.v1.CategoryService`: each method reads its request, calls the catalog, and writes the answer.

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
    domain::{CategoryAction, CategoryChange, PageRequest},
    encoding,
};

type Answer = Result<Encoded, Status>;

pub(super) async fn get_category(
    service: &GrpcService,
    who: Identity,
    request: wire::GetCategoryRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let id = reading.category("name", &request.name);
    let id = reading.done(id)?;
    let category = service.0.catalog.category(&id).await;
    let category = category.map_err(problem::of_catalog)?;
    reply::read(service, &who, category.map(reply::document))
}

pub(super) async fn list_categories(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListCategoriesRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let counted = request.view() == wire::CategoryView::Counted;
    let page = service.0.catalog.categories(&who.caller, counted, page).await;
    let page = page.map_err(problem::of_catalog)?;
    let page = page.try_map(|page| reply::counted_page(page, tokens, query))?;
    reply::read(service, &who, page)
}

pub(super) async fn create_category(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateCategoryRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let message = request.category.unwrap_or_default();
    let id = &request.category_id;
    let (violations, references) = reading.findings();
    let category = encoding::category::new_category(id, message, violations, references);
    let category = reading.done_in(&service.0.catalog, Some(category), |_| Vec::new()).await?;
    let created = service.0.catalog.create_category(write, category).await;
    created.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn update_category(
    service: &GrpcService,
    who: Identity,
    request: wire::UpdateCategoryRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let category = request.category.unwrap_or_default();
    let id = reading.category("category.name", &category.name);
    let etag = parse::etag(&category.etag);
    let mask = encoding::category::mask(&category, request.update_mask.as_ref());
    let mask = mask.map_err(|error| problem::of_mask(&error))?;
    let (violations, references) = reading.findings();
    let fields = encoding::category::fields(category, &mask, "category", violations, references);
    let action = CategoryAction::Update { fields, mask };
    let change = id.map(|id| CategoryChange { id, etag, action });
    let change = reading.done_in(&service.0.catalog, change, |_| Vec::new()).await?;
    let changed = service.0.catalog.change_category(write, change).await;
    changed.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn move_category(
    service: &GrpcService,
    who: Identity,
    request: wire::MoveCategoryRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let id = reading.category("name", &request.name);
    let parent = match request.parent.as_str() {
        "" => Some(None),
        name => reading.category("parent", name).map(Some),
    };
    let etag = parse::etag(&request.etag);
    let change = id.zip(parent).map(|(id, parent)| {
        let action = CategoryAction::Move { parent };
        CategoryChange { id, etag, action }
    });
    let change = reading.done(change)?;
    let moved = service.0.catalog.change_category(write, change).await;
    moved.map(reply::document).map_err(problem::of_catalog)
}

pub(super) async fn delete_category(
    service: &GrpcService,
    who: Identity,
    request: wire::DeleteCategoryRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let id = reading.category("name", &request.name);
    let (etag, action) = (parse::etag(&request.etag), CategoryAction::Delete);
    let change = reading.done(id.map(|id| CategoryChange { id, etag, action }))?;
    let deleted = service.0.catalog.change_category(write, change).await;
    deleted.map(|_| Encoded::empty()).map_err(problem::of_catalog)
}
