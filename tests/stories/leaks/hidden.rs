//! Products that everybody may see, and products that nobody may see who is not signed in: one for every way to be hidden.

use prost_types::{FieldMask, Timestamp};
use proto::catalog::{
    ArchiveProductRequest, AttributeValue, Category, CreateCategoryRequest, CreateProductRequest,
    DeleteProductRequest, ExpungeProductRequest, Product, PublishProductRequest,
    UnpublishProductRequest, UpdateProductRequest, attribute_value::Value,
};
use tests::{
    goods::{create, euro, variant},
    people::Person,
};

/// The ids of the products that are there and hidden.
pub(super) const NAMES: [&str; 7] =
    ["draft", "deleted", "archived", "early", "ended", "withdrawn", "renamed"];

/// The public products.
const PUBLIC: [(&str, &str, i64); 6] = [
    ("white", "Emalia", 5),
    ("blue", "Emalia", 15),
    ("red", "Emalia", 25),
    ("plain", "Clay", 30),
    ("tall", "Clay", 45),
    ("small", "Clay", 9),
];

/// The year 2001, and one that no test will see.
const LONG_AGO: Timestamp = Timestamp { seconds: 1_000_000_000, nanos: 0 };
const FAR_AWAY: Timestamp = Timestamp { seconds: 250_000_000_000, nanos: 0 };

fn wish(id: &str, brand: &str, price: i64, category: &str) -> CreateProductRequest {
    let mut wish = create(id, &format!("Enamel mug {id}"));
    let product = wish.product.as_mut().unwrap();
    product.brand = brand.into();
    product.slug = id.into();
    product.description = format!("Holds {price} of {id}.");
    product.categories = vec![format!("categories/{category}")];
    product.tags = vec![brand.to_lowercase()];
    let colour = AttributeValue { value: Some(Value::Text(id.into())) };
    product.attributes = [("colour".to_owned(), colour)].into();
    product.variants = vec![variant(&format!("EM-35/{id}"), euro(price, 0))];
    product.variants[0].name = format!("products/{id}/variants/only");
    wish
}

/// A shop with what is public.
pub(super) async fn public(editor: &Person) {
    for id in ["cups", "empty"] {
        let category =
            Category { title: format!("All {id}"), slug: id.into(), ..Category::default() };
        let wish = CreateCategoryRequest {
            category_id: id.into(),
            category: Some(category),
            ..Default::default()
        };
        editor.categories().create_category(wish).await.unwrap();
    }
    for (id, brand, price) in PUBLIC {
        editor.products().create_product(wish(id, brand, price, "cups")).await.unwrap();
        publish(editor, id).await;
    }
}

async fn publish(editor: &Person, id: &str) {
    let publish = PublishProductRequest { name: format!("products/{id}"), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
}

/// Changes fields of a product.
async fn update(editor: &Person, id: &str, product: Product, field: &str) {
    let product = Product { name: format!("products/{id}"), ..product };
    let update = UpdateProductRequest {
        product: Some(product),
        update_mask: Some(FieldMask { paths: vec![field.into()] }),
        ..Default::default()
    };
    editor.products().update_product(update).await.unwrap();
}

/// Adds what is hidden: the cheapest and the dearest, of a brand and in a category of their own, and of the public ones too.
pub(super) async fn hide(editor: &Person, admin: &Person) {
    for (number, id) in NAMES.into_iter().enumerate() {
        let category = if number % 2 == 0 { "empty" } else { "cups" };
        let price = if number % 3 == 0 { 1 } else { 900 };
        let wish = wish(id, if number % 2 == 0 { "Hidden" } else { "Emalia" }, price, category);
        editor.products().create_product(wish).await.unwrap();
        // Whatever is public for a moment is hidden again before anybody asks.
        let early = Product { publish_time: Some(FAR_AWAY), ..Product::default() };
        let ended = Product { publish_time: Some(LONG_AGO), ..Product::default() };
        match id {
            "early" => update(editor, id, early, "publish_time").await,
            "ended" => {
                update(editor, id, ended, "publish_time").await;
                let end = Timestamp { seconds: LONG_AGO.seconds + 1, nanos: 0 };
                let ended = Product { unpublish_time: Some(end), ..Product::default() };
                update(editor, id, ended, "unpublish_time").await;
            }
            _ => {}
        }
        if id != "draft" {
            publish(editor, id).await;
        }
        let name = format!("products/{id}");
        match id {
            "deleted" => {
                let delete = DeleteProductRequest { name, ..Default::default() };
                editor.products().delete_product(delete).await.unwrap();
            }
            "archived" => {
                let archive = ArchiveProductRequest { name, ..Default::default() };
                editor.products().archive_product(archive).await.unwrap();
            }
            "withdrawn" | "renamed" => {
                let unpublish = UnpublishProductRequest { name, ..Default::default() };
                editor.products().unpublish_product(unpublish).await.unwrap();
            }
            _ => {}
        }
    }
    update(editor, "renamed", Product { slug: "another".into(), ..Product::default() }, "slug")
        .await;
    // One that was never public goes for good, and leaves no address behind.
    editor.products().create_product(wish("passing", "Hidden", 3, "cups")).await.unwrap();
    let name = "products/passing".to_owned();
    let delete = DeleteProductRequest { name: name.clone(), ..Default::default() };
    editor.products().delete_product(delete).await.unwrap();
    let expunge = ExpungeProductRequest { name, ..Default::default() };
    admin.products().expunge_product(expunge).await.unwrap();
}
