//! The shop's tree of categories in the admin, each with how many products stand in it, and the form that adds one.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{Category, CategoryView, CreateCategoryRequest, ListCategoriesRequest};

use super::{
    category_edit::parent_field,
    chrome::Chrome,
    editor::refusal,
    field::Field,
    fields::Fields,
    flash::{self, Done},
    format,
    names::{id_of, request_id},
    problems::Problems,
    tree::walk,
    trouble::{Trouble, see_other},
    visit::Visit,
};
use crate::session::Caller;

/// How many categories are asked for at a time.
const PAGE: i32 = 1000;

#[derive(Template)]
#[template(path = "admin/categories.html")]
struct CategoriesPage {
    chrome: Chrome,
    may_edit: bool,
    total: String,
    branches: Vec<Row>,
    problems: Problems,
    fields: Vec<Field>,
    request_id: String,
}

/// A category as the tree shows it.
struct Row {
    id: String,
    title: String,
    products: String,
    opens: bool,
    closes: usize,
}

/// What was typed into the form of a new category.
#[derive(Debug, Default)]
struct Typed {
    title: String,
    parent: String,
}

/// `GET /admin/categories`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    answer(&visit, StatusCode::OK, &Typed::default(), Problems::none()).await
}

/// `POST /admin/categories`.
pub(crate) async fn create(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let typed =
        Typed { title: fields.get("title").to_owned(), parent: fields.get("parent").to_owned() };
    let category = Category {
        title: typed.title.clone(),
        parent: typed.parent.clone(),
        ..Category::default()
    };
    let request = CreateCategoryRequest {
        category_id: String::new(),
        category: Some(category),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.categories().create_category(request).await {
        Ok(created) => {
            let id = id_of(&created.get_ref().name);
            Ok(flash::leave(see_other("/admin/categories"), Done::CategoryCreated, id))
        }
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let problems = Problems::of_status(&status);
            answer(&visit, refusal(status.code()), &typed, problems).await
        }
    }
}

async fn answer(
    visit: &Visit,
    status: StatusCode,
    typed: &Typed,
    problems: Problems,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["category-forms"]);
    let categories = all(&visit.caller).await?;
    let title = Field {
        required: true,
        catalog: true,
        ..Field::line("title", "Name", &typed.title, 200).with_error(&problems)
    };
    let branches = walk(&categories, |_| true).into_iter().map(|branch| Row {
        id: id_of(&branch.category.name).to_owned(),
        title: branch.category.title.clone(),
        products: products(branch.category),
        opens: branch.opens,
        closes: branch.closes,
    });
    let page = CategoriesPage {
        may_edit: chrome.may_edit(),
        total: match categories.len() {
            1 => "1 category".to_owned(),
            many => format!("{many} categories"),
        },
        branches: branches.collect(),
        fields: vec![title, parent_field(&categories, "", &typed.parent, &problems)],
        problems,
        request_id: request_id(),
        chrome,
    };
    visit.page_with(status, &page)
}

/// Every category with its numbers; without them, where the shop is too large to be counted for a page.
pub(crate) async fn all(caller: &Caller) -> Result<Vec<Category>, Trouble> {
    match list(caller, CategoryView::Counted).await {
        Err(trouble) if trouble.reason() == "QUERY_TOO_EXPENSIVE" => {
            list(caller, CategoryView::Basic).await
        }
        listed => listed,
    }
}

/// Every category without its numbers.
pub(crate) async fn uncounted(caller: &Caller) -> Result<Vec<Category>, Trouble> {
    list(caller, CategoryView::Basic).await
}

/// Where the service stops counting.
const MOST: i32 = 10_000;

async fn list(caller: &Caller, view: CategoryView) -> Result<Vec<Category>, Trouble> {
    let mut categories = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListCategoriesRequest { page_size: PAGE, page_token, view: view.into() };
        let page = caller.categories().list_categories(request).await?.into_inner();
        categories.extend(page.categories);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(categories);
        }
    }
}

/// How many products stand in a category, and how many with those below it where that differs.
pub(crate) fn products(category: &Category) -> String {
    let Some(count) = &category.product_count else { return String::new() };
    let (own, all) = (count.own, count.subtree);
    let own_text = format::total(own.min(MOST), own > MOST);
    if own == all {
        return own_text;
    }
    let all_text = match all > MOST {
        true => "more than 10,000".to_owned(),
        false => format::count(all.into()),
    };
    format!("{own_text}, {all_text} with those below")
}
