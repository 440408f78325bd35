//! The page that puts products into a category: instead of those they stand in, or as one more.

use askama::Template;
use axum::response::Response;

use super::{
    rounds::{Change, Item, Outcome},
    step::Step,
};
use crate::pages::{
    chrome::Chrome,
    names::{id_of, is_id, request_id},
    product_list::{Choice, category_choices},
    storefront::surroundings,
    trouble::Trouble,
};

#[derive(Template)]
#[template(path = "admin/assign.html")]
struct AssignPage {
    chrome: Chrome,
    count: String,
    categories: Vec<Choice>,
    hidden: Vec<(String, String)>,
    request_id: String,
    back: String,
}

/// Asks which category, or does it when the form names one.
pub(super) async fn act(step: Step<'_>) -> Result<Response, Trouble> {
    let category = step.fields.get("category");
    if !is_id(category) {
        return ask(&step).await;
    }
    let category = format!("categories/{category}");
    let adds = step.fields.get("way") == "add";
    let (mut items, mut outcome) = (Vec::new(), Outcome::default());
    for product in step.products(&mut outcome).await? {
        let id = id_of(&product.name);
        let mut categories = if adds { product.categories.clone() } else { Vec::new() };
        if !categories.contains(&category) {
            categories.push(category.clone());
        }
        if categories == product.categories {
            outcome.keep(id);
            continue;
        }
        // The list is replaced whole, so it has to be the one that was seen.
        let seen = step.portion.found.iter().find(|one| one.id == id).map(|one| one.etag.as_str());
        let etag = seen.filter(|etag| !etag.is_empty()).unwrap_or(&product.etag).to_owned();
        items.push(Item { id: id.to_owned(), etag, change: Change::Categories(categories) });
    }
    step.make(items, outcome).await
}

async fn ask(step: &Step<'_>) -> Result<Response, Trouble> {
    let (_, categories) = surroundings(&step.visit.caller).await?;
    let page = AssignPage {
        chrome: step.visit.admin_chrome().await?,
        count: step.count(),
        categories: category_choices(&categories, |_| false),
        hidden: step.chosen.fields(),
        request_id: request_id(),
        back: step.chosen.back().to_owned(),
    };
    step.visit.page(&page)
}
