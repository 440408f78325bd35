//! The position of a read in the feed of changes: that of the very state it answers from.

use super::*;
use crate::domain::{
    CategoryAction, CategoryChange, CategoryField, CategoryFields, CategoryId, FeedPosition,
    NewCategory, PriceRounding, ProductField, ShopChange, ShopField, ShopFields, Sku, Snapshot,
    VariantAction, VariantChange, VariantField, VariantId, VariantName, WhichRevision,
};

pub(crate) async fn every_change_moves_the_position_by_one(bench: &Bench) {
    let at = async || bench.store.shop().await.unwrap().position.number();
    assert_eq!(at().await, 0, "nothing has changed yet");
    stock(bench).await;
    assert_eq!(at().await, 2);
    let batch = ["pot", "pan", "lid"].map(new).to_vec();
    bench.store.create_products(by("ada"), batch, View::Basic).await.unwrap();
    assert_eq!(at().await, 5, "each item of a batch is a change");
    bench.change("pot", "", ProductAction::Publish).await.unwrap();
    bench.change("pot", "", ProductAction::Publish).await.unwrap();
    assert_eq!(at().await, 6, "what changes nothing is none");
    let dry = Write { validate_only: true, ..by("ada") };
    bench.change_as(dry, "pot", "", ProductAction::Delete).await.unwrap();
    refusal(bench.change("pot", "stale", ProductAction::Delete).await);
    assert_eq!(at().await, 6, "what is only tried or refused is none");
    for _ in 0..2 {
        let write = requested("ada", "one", 1);
        bench.change_as(write, "pot", "", ProductAction::Delete).await.unwrap();
    }
    assert_eq!(at().await, 7, "what is repeated is one");
    for seen in look(bench.store.as_ref()).await {
        assert_eq!(seen.position.number(), 7, "{}", seen.by);
    }
}

/// Every write is of one step, so that a state is known by its number, and each read is held against it while the writes go on.
pub(crate) async fn a_read_holds_what_came_before_its_position_and_nothing_later(bench: &Bench) {
    const STEPS: i64 = 400;
    stock(bench).await;
    let store = Arc::clone(&bench.store);
    let start = store.shop().await.unwrap().position.number();
    let writer = tokio::spawn(async move {
        for step in 1..=STEPS {
            write(store.as_ref(), step).await;
        }
    });
    let mut states = std::collections::BTreeSet::new();
    loop {
        let last = writer.is_finished();
        for seen in look(bench.store.as_ref()).await {
            let steps = seen.position.number() - start;
            for (part, shown) in seen.shown {
                assert_eq!(shown, part.after(steps), "{part:?} by {} after {steps}", seen.by);
            }
            states.insert(steps);
        }
        if last {
            break;
        }
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert_eq!(states.last(), Some(&STEPS));
    assert!(states.len() > 2, "nothing was read while it was written: {states:?}");
}

/// What is written in turn.
#[derive(Clone, Copy, Debug)]
enum Part {
    Product,
    Category,
    Shop,
    Variant,
    /// Written with the product and with the variant.
    History,
}

impl Part {
    /// How often it was written after so many steps.
    fn after(self, steps: i64) -> i64 {
        match self {
            Self::Product => (steps + 3) / 4,
            Self::Category => (steps + 2) / 4,
            Self::Shop => (steps + 1) / 4,
            Self::Variant => steps / 4,
            Self::History => Self::Product.after(steps) + Self::Variant.after(steps),
        }
    }
}

/// What a read showed: of each part, how often it was written.
struct Seen {
    by: &'static str,
    position: FeedPosition,
    shown: Vec<(Part, i64)>,
}

fn kettle() -> ProductId {
    product_id("kettle")
}

fn white() -> VariantName {
    VariantName { product: kettle(), variant: VariantId::parse("white").unwrap() }
}

fn kitchen() -> CategoryId {
    CategoryId::parse("kitchen").unwrap()
}

/// Two changes.
async fn stock(bench: &Bench) {
    let fields = CategoryFields { title: "Kitchen".into(), ..CategoryFields::default() };
    let category = NewCategory { id: Some(kitchen()), fields };
    bench.store.create_category(by("ada"), category).await.unwrap();
    let variant = NewVariant { id: Some(white().variant), ..NewVariant::default() };
    bench.create(NewProduct { variants: vec![variant], ..new("kettle") }).await.unwrap();
}

/// Writes the part whose turn it is; its text ends in how often it was written.
async fn write(store: &dyn Store, step: i64) {
    let text = format!("Nr-{}", (step + 3) / 4);
    match step % 4 {
        1 => {
            let fields = Box::new(ProductFields { title: text, ..ProductFields::default() });
            let mask = [ProductField::Title].into_iter().collect();
            let action = ProductAction::Update { fields, mask };
            let change = ProductChange { id: kettle(), etag: None, action };
            store.change_products(by("ada"), vec![change]).await.map(drop)
        }
        2 => {
            let fields = CategoryFields { title: text, ..CategoryFields::default() };
            let action = CategoryAction::Update { fields, mask: vec![CategoryField::Title] };
            let change = CategoryChange { id: kitchen(), etag: None, action };
            store.change_category(by("ada"), change).await.map(drop)
        }
        3 => {
            let fields = ShopFields {
                display_name: text,
                default_currency: Currency::EUR,
                default_language: String::new(),
                price_rounding: PriceRounding::default(),
            };
            let change = ShopChange { etag: None, fields, mask: vec![ShopField::DisplayName] };
            store.change_shop(by("ada"), change).await.map(drop)
        }
        _ => {
            let fields = VariantFields { sku: Sku::parse(&text).ok(), ..VariantFields::default() };
            let action = VariantAction::Update { fields, mask: vec![VariantField::Sku] };
            let change = VariantChange { name: white(), etag: None, action };
            store.change_variants(by("ada"), vec![change]).await.map(drop)
        }
    }
    .unwrap();
}

/// How often a part was written, by its text.
fn times(text: &str) -> i64 {
    text.strip_prefix("Nr-").map_or(0, |number| number.parse().unwrap())
}

/// How many revisions there were before this one.
fn behind_the_first(revision: &Document<Revision>) -> i64 {
    let name = encoding::message(revision).unwrap().name;
    name.rsplit('/').next().unwrap().parse::<i64>().unwrap() - 1
}

/// Reads by every method that reads.
async fn look(store: &dyn Store) -> Vec<Seen> {
    let page = || PageRequest::new(0, None);
    let staff_only = Audience::Staff;
    let long = ProductQuery { show_deleted: true, ..staff("", "title") };
    let (product, variant) = (kettle(), white());
    let id = std::slice::from_ref(&product);
    let one = store.product(&product, View::Full, staff_only).await.unwrap().unwrap();
    let several = store.products(id, View::Full, staff_only).await.unwrap();
    let list = store.list_products(staff("", ""), page()).await.unwrap();
    let long = store.list_products(long, page()).await.unwrap();
    let history = store.revisions(history_of(product.as_str()), page()).await.unwrap().unwrap();
    let newest = WhichRevision::Before(u64::from(u32::MAX));
    let newest = store.revision(&product, &newest).await.unwrap().unwrap();
    let variants = store.variants(&product, staff_only, page()).await.unwrap().unwrap();
    let variant = store.variant(&variant, staff_only).await.unwrap().unwrap();
    let category = store.category(&kitchen()).await.unwrap().unwrap();
    let categories = store.categories(None, page()).await.unwrap();
    let shop = store.shop().await.unwrap();
    vec![
        seen("product", one, |product| of_product(&product)),
        seen("products", several, |found| of_product(found[0].as_ref().unwrap())),
        seen("list", list, |page| of_list(&page.items)),
        seen("long list", long, |page| of_list(&page.items)),
        seen("revision", newest, |newest| vec![(Part::History, behind_the_first(&newest))]),
        seen("revisions", history, |page| vec![(Part::History, behind_the_first(&page.items[0]))]),
        seen("variant", variant, |variant| {
            vec![(Part::Variant, times(&encoding::message(&variant).unwrap().sku))]
        }),
        seen("variants", variants, |page| {
            vec![(Part::Variant, times(&encoding::message(&page.items[0]).unwrap().sku))]
        }),
        seen("category", category, |category| {
            vec![(Part::Category, times(&encoding::message(&category).unwrap().title))]
        }),
        seen("categories", categories, |page| {
            vec![(Part::Category, times(&encoding::message(&page.items[0]).unwrap().title))]
        }),
        seen("shop", shop, |shop| {
            vec![(Part::Shop, times(&encoding::message(&shop).unwrap().display_name))]
        }),
    ]
}

fn seen<T>(by: &'static str, read: Snapshot<T>, show: impl FnOnce(T) -> Vec<(Part, i64)>) -> Seen {
    Seen { by, position: read.position, shown: show(read.content) }
}

fn of_product(product: &Document<Product>) -> Vec<(Part, i64)> {
    let product = wire(product);
    vec![(Part::Product, times(&product.title)), (Part::Variant, times(&product.variants[0].sku))]
}

/// A list is in the basic view.
fn of_list(items: &[Document<Product>]) -> Vec<(Part, i64)> {
    let kettle = items.iter().map(wire).find(|product| product.name == "products/kettle").unwrap();
    vec![(Part::Product, times(&kettle.title))]
}
