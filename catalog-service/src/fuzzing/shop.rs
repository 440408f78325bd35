//! A store with products that differ in every field, for filters to be asked of.

use std::{cell::OnceCell, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use proto::catalog::Product as Wire;
use tokio::runtime::{Builder, Runtime};

use crate::{
    clock::ManualClock,
    config::Limits,
    disk::SystemDisk,
    domain::{
        Actor, AttributeValue, Audience, Caller, CategoryFields, CategoryId, Currency, Etag, Gtin,
        Money, NewCategory, NewProduct, NewVariant, PageRequest, Price, ProductAction,
        ProductChange, ProductFields, ProductId, ProductQuery, Role, Sku, VariantFields, View,
        Write,
    },
    encoding,
    store::{self, Error, Store},
};

/// A store, what is in it, and what runs its methods.
pub(super) struct Shop {
    runtime: Runtime,
    store: Arc<dyn Store>,
    /// Every product in full.
    pub(super) products: Vec<Wire>,
}

/// Does something with this thread's shop.
pub(super) fn with<T>(act: impl FnOnce(&Shop) -> T) -> T {
    thread_local! {
        static SHOP: OnceCell<Shop> = const { OnceCell::new() };
    }
    SHOP.with(|shop| act(shop.get_or_init(Shop::open)))
}

impl Shop {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (store, products) = runtime.block_on(async {
            let begin = "2026-11-23T08:00:00Z".parse().expect("a time");
            let clock = Arc::new(ManualClock::at(begin));
            let (opened, disk) = (Arc::clone(&clock), Arc::new(SystemDisk));
            let store = store::open("sqlite::memory:", opened, disk, &Limits::default()).await;
            let store = store.expect("a store in memory");
            stock(&*store, &clock).await.expect("products that nothing is wrong with");
            let mut products = Vec::new();
            for new in goods() {
                let id = new.id.expect("an id");
                let read = store.product(&id, View::Full, Audience::Staff).await.expect("a read");
                products.push(
                    encoding::message(&read.expect("it is there").content).expect("it reads"),
                );
            }
            (store, products)
        });
        Self { runtime, store, products }
    }

    /// The names of the products of a whole list, read page by page; none, when it takes longer than it may.
    pub(super) fn names(&self, query: &ProductQuery, size: i32) -> Option<Vec<String>> {
        self.runtime.block_on(async {
            let (mut names, mut after) = (Vec::new(), None);
            loop {
                let page = PageRequest::new(size, after);
                let page = match self.store.list_products(query.clone(), page).await {
                    Ok(page) => page.content,
                    Err(Error::TooExpensive) => return None,
                    Err(other) => panic!("a list fails: {other}"),
                };
                let read = page.items.iter().map(|item| encoding::message(item).expect("it reads"));
                names.extend(read.map(|product| product.name));
                match page.next {
                    Some(next) => after = Some(next),
                    None => return Some(names),
                }
            }
        })
    }
}

fn by() -> Write {
    let actor = Actor { name: "users/ada".into(), display_name: "Ada".into() };
    Write::by(Caller { actor, role: Role::Editor })
}

fn category(id: &str) -> CategoryId {
    CategoryId::parse(id).expect("an id")
}

/// Everything that is asked of: the tree that the evaluator knows, and products of every kind and state.
async fn stock(store: &dyn Store, clock: &ManualClock) -> Result<(), Error> {
    for (id, parent) in [("home", None), ("kitchen", Some("home"))] {
        let parent = parent.map(category);
        let fields = CategoryFields { title: id.into(), parent, ..CategoryFields::default() };
        store.create_category(by(), NewCategory { id: Some(category(id)), fields }).await?;
    }
    for new in goods() {
        clock.advance(SignedDuration::from_secs(30));
        store.create_products(by(), vec![new], View::Basic).await?;
    }
    for (id, action) in [
        ("pot", ProductAction::Publish),
        ("cup", ProductAction::Publish),
        ("cup", ProductAction::Archive),
        ("bare", ProductAction::Delete),
    ] {
        clock.advance(SignedDuration::from_secs(1));
        let id = ProductId::parse(id).expect("an id");
        let change = ProductChange { id, etag: Etag::given(""), action };
        store.change_products(by(), vec![change]).await?;
    }
    Ok(())
}

fn goods() -> Vec<NewProduct> {
    let text = |text: &str| AttributeValue::Text(text.into());
    let new = |id: &str, title: &str| NewProduct {
        id: Some(ProductId::parse(id).expect("an id")),
        fields: ProductFields { title: title.into(), ..ProductFields::default() },
        variants: Vec::new(),
    };
    let mut kettle = new("kettle", "\u{c9}lan kettle");
    kettle.fields.brand = "Acme".into();
    kettle.fields.description = "Boils 100 % of the water_in a minute \\o/ \"fast\"".into();
    kettle.fields.tags = vec!["new".into(), "steel".into()];
    kettle.fields.categories = vec![category("kitchen")];
    kettle.fields.attributes =
        [("colour".into(), text("red")), ("weight".into(), AttributeValue::Number(1.5))].into();
    kettle.fields.window.start = time("2026-12-24T00:00:00Z");
    kettle.variants = vec![sold("K-1", &["4006381333931"], &[("EUR", 49, 990_000_000)])];
    let mut pot = new("pot", "Pot 'n' pan");
    pot.fields.brand = "Bolt".into();
    pot.fields.tags = vec!["steel".into()];
    pot.fields.categories = vec![category("home")];
    pot.fields.attributes =
        [("colour".into(), text("dark red")), ("' OR 1=1".into(), text("%"))].into();
    pot.fields.window.end = time("2027-01-01T00:00:00Z");
    pot.variants =
        vec![sold("P_1", &["96385074"], &[("EUR", 15, 0), ("USD", 20, 0)]), sold("P_2", &[], &[])];
    let mut cup = new("cup", "elan CUP");
    cup.fields.attributes = [("weight".into(), AttributeValue::Number(-0.0))].into();
    cup.variants = vec![sold("k-1 x", &[], &[("EUR", 0, 0), ("JPY", 1_480, 0)])];
    vec![kettle, pot, cup, new("bare", "Bare")]
}

fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().expect("a time"))
}

fn sold(sku: &str, gtins: &[&str], prices: &[(&str, i64, i32)]) -> NewVariant {
    let gtins = gtins.iter().map(|gtin| Gtin::parse(gtin).expect("a number")).collect();
    let price = |(code, units, nanos): &(&str, i64, i32)| {
        let currency = Currency::parse(code).expect("a currency");
        Price {
            amount: Money::from_units(currency, *units, *nanos).expect("an amount"),
            compare_at: None,
        }
    };
    let prices = prices.iter().map(price).collect();
    let sku = Some(Sku::parse(sku).expect("a code"));
    NewVariant {
        id: None,
        fields: VariantFields { sku, gtins, prices, ..VariantFields::default() },
    }
}
