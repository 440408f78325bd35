//! The search as the catalog uses it: a shop on a store of its own, with products that are found or not.

mod deadline;
mod facets;
mod finding;
mod following;
mod hostile;
mod meanwhile;
mod paging;
mod recovering;
mod scanning;
mod visibility;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{Search, follower::Pace};
use crate::{
    catalog::{Catalog, FoundPage},
    clock::{Clock, ManualClock},
    config::Limits,
    disk::SystemDisk,
    domain::{
        AttributeValue, Caller, CategoryAction, CategoryChange, CategoryField, CategoryFields,
        CategoryId, Choice, Currency, Money, NewCategory, NewProduct, NewVariant, PageRequest,
        Price, ProductAction, ProductChange, ProductFields, ProductId, ProductSearch, Reach, Sku,
        VariantFields, View, Write,
    },
    encoding, store,
};

/// A catalog with its search, on a clock that stands still.
struct Shop {
    store: Arc<dyn store::Store>,
    catalog: Catalog,
    search: Search,
    clock: Arc<ManualClock>,
}

impl Shop {
    async fn new() -> Self {
        Self::at("sqlite::memory:").await
    }

    async fn in_folder(folder: &Path) -> Self {
        Self::at(&format!("sqlite:{}", folder.join("shelf.db").display())).await
    }

    async fn at(url: &str) -> Self {
        Self::making(Pace::default(), url).await
    }

    /// The same, whose index is made anew at a pace.
    async fn making(pace: Pace, url: &str) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
        let (disk, limits) = (Arc::new(SystemDisk), Limits::default());
        let store = store::open(url, Arc::clone(&clock) as _, disk, &limits).await.unwrap();
        let search = Search::start_at(pace, Arc::clone(&store)).with_endless_patience();
        let catalog = Catalog::new(Arc::clone(&store), search.clone(), Arc::clone(&clock) as _);
        Self { store, catalog, search, clock }
    }

    async fn close(self) {
        self.search.close().await;
        self.store.close().await;
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A product that is public.
    async fn sells(&self, product: NewProduct) {
        let id = product.id.clone().unwrap();
        self.keeps(product).await;
        self.acts(id.as_str(), ProductAction::Publish).await;
    }

    /// A draft.
    async fn keeps(&self, product: NewProduct) {
        self.catalog.create_product(editor(), product).await.unwrap();
    }

    async fn acts(&self, id: &str, action: ProductAction) {
        let change = ProductChange { id: product_id(id), etag: None, action };
        self.catalog.change_product(editor(), change).await.unwrap();
    }

    async fn has_category(&self, id: &str, title: &str, parent: Option<&str>) {
        let parent = parent.map(category_id);
        let fields =
            CategoryFields { title: title.to_owned(), parent, ..CategoryFields::default() };
        let category = NewCategory { id: Some(category_id(id)), fields };
        self.catalog.create_category(editor(), category).await.unwrap();
    }

    async fn moves_category(&self, id: &str, title: &str, parent: Option<&str>) {
        let parent = parent.map(category_id);
        let fields =
            CategoryFields { title: title.to_owned(), parent, ..CategoryFields::default() };
        let mask = vec![CategoryField::Title, CategoryField::Parent];
        let action = CategoryAction::Update { fields, mask };
        let change = CategoryChange { id: category_id(id), etag: None, action };
        self.catalog.change_category(editor(), change).await.unwrap();
    }

    /// The ids of what everybody finds.
    async fn finds(&self, query: &str) -> Vec<String> {
        ids(&self.page(search(query), None).await)
    }

    async fn page(&self, search: ProductSearch, page: Option<PageRequest>) -> FoundPage {
        let caller = match search.reach {
            Reach::Public => Caller::anyone(),
            Reach::Live | Reach::All => Caller::system(),
        };
        let page = page.unwrap_or(PageRequest { size: 50, after: None });
        self.catalog.search_products(&caller, search, "", View::Basic, page).await.unwrap().content
    }
}

fn editor() -> Write {
    Write::by(Caller::system())
}

fn product_id(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

fn category_id(id: &str) -> CategoryId {
    CategoryId::parse(id).unwrap()
}

fn search(query: &str) -> ProductSearch {
    let choice = Choice::default();
    ProductSearch { query: query.to_owned(), reach: Reach::Public, choice, facets: false }
}

fn ids(page: &FoundPage) -> Vec<String> {
    let id = |found: &crate::catalog::Found| {
        let message = encoding::message(&found.product).unwrap();
        message.name.strip_prefix("products/").unwrap().to_owned()
    };
    page.products.iter().map(id).collect()
}

/// A product with this title and nothing else.
fn titled(id: &str, title: &str) -> NewProduct {
    let fields = ProductFields { title: title.to_owned(), ..ProductFields::default() };
    NewProduct { id: Some(product_id(id)), fields, variants: Vec::new() }
}

/// What else a product may say.
trait Says {
    fn brand(self, brand: &str) -> Self;
    fn described(self, description: &str) -> Self;
    fn with(self, name: &str, value: &str) -> Self;
    fn in_category(self, id: &str) -> Self;
    fn sold(self, sku: &str, euros: i64) -> Self;
}

impl Says for NewProduct {
    fn brand(mut self, brand: &str) -> Self {
        brand.clone_into(&mut self.fields.brand);
        self
    }

    fn described(mut self, description: &str) -> Self {
        description.clone_into(&mut self.fields.description);
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        let attributes: &mut BTreeMap<_, _> = &mut self.fields.attributes;
        attributes.insert(name.to_owned(), AttributeValue::Text(value.to_owned()));
        self
    }

    fn in_category(mut self, id: &str) -> Self {
        self.fields.categories.push(category_id(id));
        self
    }

    fn sold(mut self, sku: &str, euros: i64) -> Self {
        let amount = Money::from_units(Currency::EUR, euros, 0).unwrap();
        let sku = Sku::parse(sku).ok();
        let prices = vec![Price { amount, compare_at: None }];
        let fields = VariantFields { sku, prices, ..VariantFields::default() };
        self.variants.push(NewVariant { id: None, fields });
        self
    }
}
