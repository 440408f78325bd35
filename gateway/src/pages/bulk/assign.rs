//! The page that puts products into a category: instead of those they stand in, or as one more.

use askama::Template;
use axum::response::Response;

use super::{
    Verb, finish,
    reprice::products,
    rounds::{Change, Item, Outcome},
    selection::{Chosen, Picked},
};
use crate::pages::{
    chrome::Chrome,
    fields::Fields,
    format,
    names::{id_of, is_id, request_id},
    product_list::{Choice, category_choices},
    storefront::surroundings,
    trouble::Trouble,
    visit::Visit,
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
pub(super) async fn act(
    visit: &Visit,
    fields: &Fields,
    chosen: &Chosen,
    found: Vec<Picked>,
) -> Result<Response, Trouble> {
    let category = fields.get("category");
    if !is_id(category) {
        return ask(visit, chosen, found.len()).await;
    }
    let category = format!("categories/{category}");
    let adds = fields.get("way") == "add";
    let (mut items, mut outcome) = (Vec::new(), Outcome::default());
    for product in products(visit, &found).await? {
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
        let seen = found.iter().find(|one| one.id == id).map(|one| one.etag.as_str());
        let etag = seen.filter(|etag| !etag.is_empty()).unwrap_or(&product.etag).to_owned();
        items.push(Item { id: id.to_owned(), etag, change: Change::Categories(categories) });
    }
    finish(visit, fields, chosen, Verb::Assign, items, outcome).await
}

async fn ask(visit: &Visit, chosen: &Chosen, count: usize) -> Result<Response, Trouble> {
    let (_, categories) = surroundings(&visit.caller).await?;
    let page = AssignPage {
        chrome: visit.admin_chrome().await?,
        count: format::total(i32::try_from(count).unwrap_or(i32::MAX), false),
        categories: category_choices(&categories, |_| false),
        hidden: chosen.fields(),
        request_id: request_id(),
        back: chosen.back().to_owned(),
    };
    visit.page(&page)
}
