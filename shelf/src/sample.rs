//! The sample shop: embedded files, loaded into a new database by the same use cases as everything else, as Shelf itself.

use catalog_service::{
    access,
    catalog::{self, Catalog},
    domain::{
        Caller, NewCategory, NewProduct, PageRequest, ProductAction, ProductChange, ProductId,
        References, Refusal, View, Violations, Write,
    },
    encoding,
    server::Instance,
    store,
};
use prost::{Message, Name};
use proto::catalog::{CreateCategoryRequest, CreateProductRequest, product::State};

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
    /// It cannot be told whether the shop is anybody's.
    #[error("cannot look for accounts: {0}")]
    Accounts(#[from] access::Error),
    /// A line is not what it should be.
    #[error("line {0} of the sample's {1} is faulty: {2}")]
    Faulty(usize, &'static str, String),
}

/// Loads the sample shop if the database is new, and nothing else is wanted; goes on where a start before was cut off.
///
/// # Errors
/// The store fails, or refuses the sample.
pub async fn load_into_new(instance: &Instance, empty: bool) -> Result<Option<Sample>, Error> {
    // Until there is an account, nobody but Shelf can have written anything: what is missing was never there.
    if empty || !(instance.is_empty().await? || is_nobodys(instance).await?) {
        return Ok(None);
    }
    let all = Steps::read()?;
    let sample = Sample { products: all.products.len(), categories: all.categories.len() };
    let left = all.left(instance.catalog()).await?;
    if left.is_nothing() {
        return Ok(None);
    }
    left.take(instance.catalog()).await?;
    Ok(Some(sample))
}

async fn is_nobodys(instance: &Instance) -> Result<bool, Error> {
    Ok(instance.access().users(PageRequest::new(1, None)).await?.items.is_empty())
}

/// What is written, in this order: each category, all products, all publications.
struct Steps {
    categories: Vec<NewCategory>,
    products: Vec<NewProduct>,
    publish: Vec<ProductChange>,
}

impl Steps {
    fn read() -> Result<Self, Error> {
        let requests: Vec<CreateCategoryRequest> = read(CATEGORIES, "categories")?;
        let mut categories = Vec::with_capacity(requests.len());
        for (number, request) in (1..).zip(requests) {
            let mut violations = Violations::default();
            let CreateCategoryRequest { category_id, category, .. } = request;
            let category = category.unwrap_or_default();
            categories.push(encoding::category::new_category(
                &category_id,
                category,
                &mut violations,
                &mut References::default(),
            ));
            check(number, "categories", violations)?;
        }
        let requests: Vec<CreateProductRequest> = read(PRODUCTS, "products")?;
        let mut products = Vec::with_capacity(requests.len());
        for (number, request) in (1..).zip(requests) {
            let mut violations = Violations::default();
            products.push(encoding::product::new_product(
                request,
                "",
                &mut violations,
                &mut References::default(),
            ));
            check(number, "products", violations)?;
        }
        let publish = publications(&products);
        Ok(Self { categories, products, publish })
    }

    /// Those that were not taken yet. Batches are done whole or not at all, so that their first item speaks for all.
    async fn left(mut self, catalog: &Catalog) -> Result<Self, Error> {
        let mut categories = Vec::new();
        for category in self.categories {
            let there = match &category.id {
                Some(id) => found(catalog.category(id).await)?.is_some(),
                None => false,
            };
            if !there {
                categories.push(category);
            }
        }
        self.categories = categories;
        if let Some(first) = self.publish.first() {
            let shown = catalog.product(&Caller::system(), &first.id, View::Basic).await;
            if let Some(product) = found(shown)? {
                self.products.clear();
                let product = proto::catalog::Product::decode(product.content.into_bytes());
                if product.is_ok_and(|product| product.state() == State::Active) {
                    self.publish.clear();
                }
            }
        }
        Ok(self)
    }

    fn is_nothing(&self) -> bool {
        self.categories.is_empty() && self.products.is_empty() && self.publish.is_empty()
    }

    async fn take(self, catalog: &Catalog) -> Result<(), Error> {
        let by_shelf = || Write::by(Caller::system());
        for category in self.categories {
            catalog.create_category(by_shelf(), category).await?;
        }
        if !self.products.is_empty() {
            catalog.create_products(by_shelf(), self.products).await?;
        }
        if !self.publish.is_empty() {
            catalog.change_products(by_shelf(), self.publish).await?;
        }
        Ok(())
    }
}

fn found<T>(answer: Result<T, catalog::Error>) -> Result<Option<T>, catalog::Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(catalog::Error::Refused(Refusal::NotFound { .. })) => Ok(None),
        Err(error) => Err(error),
    }
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

#[cfg(test)]
mod tests {
    use catalog_service::{Settings, access::Login, server};
    use rstest::rstest;

    use super::*;

    async fn open(folder: &tempfile::TempDir) -> Instance {
        let database = format!("sqlite:{}", folder.path().join("shelf.db").display());
        server::open(Settings::new(database)).await.unwrap()
    }

    /// The sample as far as a start came before it was cut off.
    fn begun(categories: usize, products: bool) -> Steps {
        let mut steps = Steps::read().unwrap();
        steps.categories.truncate(categories);
        steps.publish.clear();
        if !products {
            steps.products.clear();
        }
        steps
    }

    #[rstest]
    #[case(0, false)]
    #[case(3, false)]
    #[case(usize::MAX, false)]
    #[case(usize::MAX, true)]
    #[tokio::test]
    async fn a_start_that_was_cut_off_is_finished_by_the_next(
        #[case] categories: usize,
        #[case] products: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let instance = open(&folder).await;
        begun(categories, products).take(instance.catalog()).await.unwrap();
        let loaded = load_into_new(&instance, false).await.unwrap().unwrap();
        assert!(loaded.products > 50 && loaded.categories > 3, "{loaded:?}");
        let left = Steps::read().unwrap().left(instance.catalog()).await.unwrap();
        assert!(left.is_nothing());
        assert_eq!(load_into_new(&instance, false).await.unwrap(), None);
        instance.close().await;
    }

    #[tokio::test]
    async fn what_an_account_took_away_stays_away() {
        let folder = tempfile::tempdir().unwrap();
        let instance = open(&folder).await;
        begun(3, false).take(instance.catalog()).await.unwrap();
        let token = instance.access().setup_token().await.unwrap().unwrap();
        let login = Login::parse("ada@example.org").unwrap();
        let password = "a long enough password".into();
        let (access, write) = (instance.access(), Write::by(Caller::anyone()));
        access.redeem_setup_token(write, token.expose(), login, "Ada", password).await.unwrap();
        assert_eq!(load_into_new(&instance, false).await.unwrap(), None);
        instance.close().await;
    }
}
