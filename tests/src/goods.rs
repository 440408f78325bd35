//! Things to put into a shop.

use std::sync::atomic::{AtomicU32, Ordering};

use proto::{
    catalog::{Category, CreateCategoryRequest, CreateProductRequest, Price, Product, Variant},
    google::r#type::Money,
};

/// An amount in euro and cent.
pub fn euro(units: i64, cents: i32) -> Money {
    Money { currency_code: "EUR".into(), units, nanos: cents * 10_000_000 }
}

/// A variant with an sku and a price.
pub fn variant(sku: &str, price: Money) -> Variant {
    Variant {
        sku: sku.into(),
        prices: vec![Price { amount: Some(price), compare_at_amount: None }],
        ..Variant::default()
    }
}

/// A product with one variant at 14.90 EUR.
pub fn product(title: &str) -> Product {
    Product { title: title.into(), variants: vec![variant("", euro(14, 90))], ..Product::default() }
}

/// The wish to create a product under an id.
pub fn create(id: &str, title: &str) -> CreateProductRequest {
    CreateProductRequest {
        product_id: id.into(),
        product: Some(product(title)),
        ..CreateProductRequest::default()
    }
}

/// The wish to create a category of the top under an id.
pub fn category(id: &str, title: &str) -> CreateCategoryRequest {
    CreateCategoryRequest {
        category_id: id.into(),
        category: Some(Category { title: title.into(), ..Category::default() }),
        ..CreateCategoryRequest::default()
    }
}

/// An id that no other call of this process got.
pub fn fresh(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
