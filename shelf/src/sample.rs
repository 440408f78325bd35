//! The sample shop: embedded files, loaded into a new database by the same use cases as everything else, as Shelf itself.

use catalog_service::{
    catalog,
    domain::{Caller, NewProduct, ProductAction, ProductChange, ProductId, Violations, Write},
    encoding,
    server::Instance,
    store,
};
use prost::{Message, Name};
use proto::catalog::{CreateCategoryRequest, CreateProductRequest};

use crate::load::json;

const CATEGORIES: &str = include_str!("../sample/categories.jsonl");
const PRODUCTS: &str = include_str!("../sample/products.jsonl");
const DRAFTS: &str = include_str!("../sample/drafts.txt");

/// How much was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How many products.
    pub products: usize,
    /// How many categories.
    pub categories: usize,
}

/// Why the sample shop could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error("cannot look into the database: {0}")]
    Store(#[from] store::Error),
    /// A rule refuses part of it: the sample and the rules do not fit together.
    #[error("cannot load the sample shop: {0}")]
    Refused(#[from] catalog::Error),
    /// A line is not what it should be.
    #[error("line {0} of the sample's {1} is faulty: {2}")]
    Faulty(usize, &'static str, String),
}

/// Loads the sample shop if the database is new, and nothing else is wanted.
///
/// # Errors
/// The store fails, or refuses the sample.
pub async fn load_into_new(instance: &Instance, empty: bool) -> Result<Option<Sample>, Error> {
    if empty || !instance.is_empty().await? {
        return Ok(None);
    }
    let catalog = instance.catalog();
    let by_shelf = || Write::by(Caller::system());

    let categories: Vec<CreateCategoryRequest> = read(CATEGORIES, "categories")?;
    let products: Vec<CreateProductRequest> = read(PRODUCTS, "products")?;
    let sample = Sample { products: products.len(), categories: categories.len() };

    for (number, request) in (1..).zip(categories) {
        let mut violations = Violations::default();
        let CreateCategoryRequest { category_id, category, .. } = request;
        let category = category.unwrap_or_default();
        let category = encoding::category::new_category(&category_id, category, &mut violations);
        check(number, "categories", violations)?;
        catalog.create_category(by_shelf(), category).await?;
    }

    let mut new = Vec::with_capacity(products.len());
    for (number, request) in (1..).zip(products) {
        let mut violations = Violations::default();
        new.push(encoding::product::new_product(request, "", &mut violations));
        check(number, "products", violations)?;
    }
    let publish = publications(&new);
    catalog.create_products(by_shelf(), new).await?;
    catalog.change_products(by_shelf(), publish).await?;
    Ok(Some(sample))
}

/// Everything is published but the drafts.
fn publications(products: &[NewProduct]) -> Vec<ProductChange> {
    let is_draft = |id: &ProductId| DRAFTS.lines().any(|draft| draft.trim() == id.as_str());
    let ids = products.iter().filter_map(|product| product.id.clone()).filter(|id| !is_draft(id));
    ids.map(|id| ProductChange { id, etag: None, action: ProductAction::Publish }).collect()
}

fn read<M: Message + Name + Default>(text: &str, what: &'static str) -> Result<Vec<M>, Error> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            json::message(line.as_bytes())
                .map_err(|all| Error::Faulty(number, what, all.join("; ")))
        })
        .collect()
}

fn check(number: usize, what: &'static str, violations: Violations) -> Result<(), Error> {
    violations.finish().map_err(|all| Error::Faulty(number, what, format!("{all:?}")))
}
