//! One category: its words, where it stands, and its end. Each is a form of its own.

use askama::Template;
use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::catalog::{Category, DeleteCategoryRequest, MoveCategoryRequest, UpdateCategoryRequest};
use tonic::Status;

use super::{
    categories::{all, products},
    chrome::Chrome,
    crumbs::{Crumb, crumbs},
    editor::{mask, refusal},
    field::Field,
    fields::Fields,
    flash::{self, Done},
    names::{id_of, is_id, request_id},
    problems::Problems,
    product_list::Choice,
    query::Query,
    tree::{is_within, path_to, walk},
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

#[derive(Template)]
#[template(path = "admin/category.html")]
struct CategoryPage {
    chrome: Chrome,
    may_edit: bool,
    id: String,
    etag: String,
    title: String,
    slug: String,
    products: String,
    crumbs: Vec<Crumb>,
    problems: Problems,
    words: Vec<Field>,
    description: Field,
    parent: Field,
    was: String,
    may_delete: bool,
    save_request_id: String,
    move_request_id: String,
}

#[derive(Template)]
#[template(path = "admin/category-delete.html")]
struct DeletePage {
    chrome: Chrome,
    id: String,
    etag: String,
    title: String,
    request_id: String,
}

/// `GET /admin/categories/{id}`.
pub(crate) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    answer(&visit, &id, StatusCode::OK, None, Problems::none()).await
}

/// `POST /admin/categories/{id}/save`.
pub(crate) async fn save(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let get = |name| fields.get(name).to_owned();
    let category = Category {
        name: category_name(&id)?,
        etag: get("etag"),
        title: get("title"),
        slug: get("slug"),
        description: get("description"),
        ..Category::default()
    };
    let request = UpdateCategoryRequest {
        category: Some(category),
        update_mask: Some(mask(["title", "slug", "description"])),
        request_id: get("request_id"),
        validate_only: false,
    };
    match visit.caller.categories().update_category(request).await {
        Ok(_) => Ok(flash::leave(to_the_page(&id), Done::CategorySaved, &id)),
        Err(status) => refused(&visit, &id, &fields, status).await,
    }
}

/// `POST /admin/categories/{id}/move`. Undo names the parent in its address.
pub(crate) async fn put(
    visit: Visit,
    Path(id): Path<String>,
    query: Query,
    fields: Fields,
) -> Result<Response, Trouble> {
    let parent = fields.find("parent").unwrap_or_else(|| query.get("parent"));
    let from = match fields.find("was") {
        Some(was) => was.to_owned(),
        None => find(&all(&visit.caller).await?, &id)?.parent.clone(),
    };
    let request = MoveCategoryRequest {
        name: category_name(&id)?,
        parent: parent.to_owned(),
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.categories().move_category(request).await {
        Ok(_) => Ok(flash::leave_moved(see_other("/admin/categories"), &id, id_of(&from))),
        Err(status) => refused(&visit, &id, &fields, status).await,
    }
}

/// `GET /admin/categories/{id}/delete`: the question, because nothing brings a category back.
pub(crate) async fn confirm(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let categories = all(&visit.caller).await?;
    let category = find(&categories, &id)?;
    if !chrome.may_edit() || !is_empty(&categories, category) {
        return Ok(to_the_page(&id));
    }
    let (etag, title) = (category.etag.clone(), category.title.clone());
    visit.page(&DeletePage { chrome, id, etag, title, request_id: request_id() })
}

/// `POST /admin/categories/{id}/delete`.
pub(crate) async fn delete(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let request = DeleteCategoryRequest {
        name: category_name(&id)?,
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.categories().delete_category(request).await {
        Ok(_) => Ok(flash::leave(see_other("/admin/categories"), Done::CategoryDeleted, &id)),
        Err(status) => refused(&visit, &id, &fields, status).await,
    }
}

/// The page again, with what was typed and why it was not done. After a conflict it holds the new etag, and shows what is there now.
async fn refused(
    visit: &Visit,
    id: &str,
    fields: &Fields,
    status: Status,
) -> Result<Response, Trouble> {
    let trouble = Trouble::from(status);
    let reason = trouble.reason();
    let status = trouble.in_place()?;
    let problems = match reason.as_str() {
        "SLUG_TAKEN" => Problems::at("slug", words::of(&reason, &[])),
        "CATEGORY_CYCLE" => Problems::at("parent", words::of(&reason, &[])),
        "ETAG_MISMATCH" => Problems::one(theirs(visit, id).await?),
        "HAS_CHILDREN" => Problems::one(words::of(&reason, &[])),
        _ => Problems::of_status(&status),
    };
    answer(visit, id, refusal(status.code()), Some(fields), problems).await
}

/// What somebody else made of a category, beside which the form keeps what was typed.
async fn theirs(visit: &Visit, id: &str) -> Result<String, Trouble> {
    let categories = all(&visit.caller).await?;
    let now = find(&categories, id)?;
    let place = path_to(&categories, &now.parent);
    let place: Vec<_> = place.iter().map(|above| above.title.as_str()).collect();
    let place = if place.is_empty() { "the top".to_owned() } else { place.join(" > ") };
    let values = [("title", now.title.as_str()), ("slug", &now.slug), ("place", &place)];
    let now = words::of("category-now", &values);
    Ok(format!("{} {now}", words::of("ETAG_MISMATCH", &[])))
}

async fn answer(
    visit: &Visit,
    id: &str,
    status: StatusCode,
    typed: Option<&Fields>,
    problems: Problems,
) -> Result<Response, Trouble> {
    let chrome =
        visit.admin_chrome().await?.starting(&visit.gateway, &["editor", "category-forms"]);
    let categories = all(&visit.caller).await?;
    let category = find(&categories, id)?;
    let value = |name: &str, kept: &str| {
        typed.and_then(|fields| fields.find(name)).unwrap_or(kept).to_owned()
    };
    let line = |name, label, kept: &str, longest| {
        Field::line(name, label, &value(name, kept), longest).with_error(&problems)
    };
    let description = line("description", "Description", &category.description, 20_000);
    let mut above = crumbs(&categories, &category.name);
    above.pop();
    let page = CategoryPage {
        may_edit: chrome.may_edit(),
        id: id.to_owned(),
        etag: category.etag.clone(),
        title: category.title.clone(),
        slug: category.slug.clone(),
        products: products(category),
        crumbs: above,
        words: vec![
            Field { required: true, catalog: true, ..line("title", "Name", &category.title, 200) },
            Field {
                hint: "Made from the name when empty. Links to an old address will not be found.",
                ..line("slug", "Address in the shop", &category.slug, 100)
            },
        ],
        description: Field { lines: 4, optional: true, catalog: true, ..description },
        parent: parent_field(
            &categories,
            &category.name,
            &value("parent", &category.parent),
            &problems,
        ),
        was: category.parent.clone(),
        may_delete: is_empty(&categories, category),
        problems,
        save_request_id: request_id(),
        move_request_id: request_id(),
        chrome,
    };
    visit.page_with(status, &page)
}

/// Where a category may stand: at the top, or below any that is not itself or below it.
pub(crate) fn parent_field(
    categories: &[Category],
    own: &str,
    chosen: &str,
    problems: &Problems,
) -> Field {
    let top =
        Choice { value: String::new(), word: "At the top".to_owned(), current: chosen.is_empty() };
    let others = walk(categories, |_| true).into_iter();
    let others = others.filter(|one| own.is_empty() || !is_within(categories, one.category, own));
    let below = others.map(|branch| Choice {
        value: branch.category.name.clone(),
        word: format!("{}{}", "– ".repeat(branch.depth), branch.category.title),
        current: branch.category.name == chosen,
    });
    Field {
        choices: std::iter::once(top).chain(below).collect(),
        ..Field::line("parent", "Stands below", chosen, 0).with_error(problems)
    }
}

/// Whether nothing stands in it, as far as this page knows.
fn is_empty(categories: &[Category], category: &Category) -> bool {
    category.product_count.is_none_or(|count| count.own == 0)
        && !categories.iter().any(|one| one.parent == category.name)
}

fn find<'a>(categories: &'a [Category], id: &str) -> Result<&'a Category, Trouble> {
    categories.iter().find(|one| id_of(&one.name) == id).ok_or(Trouble::NotFound)
}

fn category_name(id: &str) -> Result<String, Trouble> {
    if is_id(id) { Ok(format!("categories/{id}")) } else { Err(Trouble::NotFound) }
}

fn to_the_page(id: &str) -> Response {
    see_other(&format!("/admin/categories/{id}"))
}
