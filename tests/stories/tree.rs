//! Categories, variants and the shop: their own lives and their own reasons.

use prost_types::FieldMask;
use proto::catalog::{
    Category, CreateCategoryRequest, CreateVariantRequest, DeleteCategoryRequest,
    DeleteVariantRequest, GetShopRequest, GetVariantRequest, ListCategoriesRequest,
    ListVariantsRequest, Option as Choice, Shop as ShopSettings, UpdateCategoryRequest,
    UpdateShopRequest, UpdateVariantRequest, Variant,
};
use tests::{
    errors::refused,
    goods::{create, euro, variant},
    shop::Shop,
};
use tonic::Code;

fn category(id: &str, parent: &str) -> CreateCategoryRequest {
    let category =
        Category { title: format!("The {id}"), parent: parent.into(), ..Default::default() };
    CreateCategoryRequest { category_id: id.into(), category: Some(category), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_make_a_tree_without_circles() {
    let shop = Shop::open().await;
    let mut categories = shop.people.editor.categories();
    let kitchen = categories.create_category(category("kitchen", "")).await.unwrap().into_inner();
    assert_eq!(
        (kitchen.name.as_str(), kitchen.slug.as_str()),
        ("categories/kitchen", "the-kitchen")
    );
    categories.create_category(category("mugs", "categories/kitchen")).await.unwrap();
    let orphan = categories.create_category(category("x", "categories/nothing")).await;
    assert_eq!(refused(orphan), (Code::InvalidArgument, "FIELD_INVALID".into()));
    let taken = categories.create_category(category("mugs", "")).await;
    assert_eq!(refused(taken).0, Code::AlreadyExists);

    let below_itself = UpdateCategoryRequest {
        category: Some(Category { parent: "categories/mugs".into(), ..kitchen.clone() }),
        update_mask: Some(FieldMask { paths: vec!["parent".into()] }),
        ..Default::default()
    };
    let circle = refused(categories.update_category(below_itself).await);
    assert_eq!(circle, (Code::InvalidArgument, "CATEGORY_CYCLE".into()));
    let delete = DeleteCategoryRequest { name: kitchen.name, ..Default::default() };
    let full = refused(categories.delete_category(delete).await);
    assert_eq!(full, (Code::FailedPrecondition, "HAS_CHILDREN".into()));
    let delete = DeleteCategoryRequest { name: "categories/mugs".into(), ..Default::default() };
    categories.delete_category(delete).await.unwrap();
    let left =
        shop.people.anyone.categories().list_categories(ListCategoriesRequest::default()).await;
    assert_eq!(left.unwrap().into_inner().categories.len(), 1);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_has_an_etag_of_its_own_and_the_last_one_stays() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut wish = create("mug", "Mug");
    let product = wish.product.as_mut().unwrap();
    product.options =
        vec![Choice { name: "Colour".into(), values: vec!["white".into(), "blue".into()] }];
    product.variants[0].option_values = vec!["white".into()];
    let product = editor.products().create_product(wish).await.unwrap().into_inner();
    let mut variants = editor.variants();
    let wish = CreateVariantRequest {
        parent: product.name.clone(),
        variant_id: "blue".into(),
        variant: Some(Variant {
            option_values: vec!["blue".into()],
            ..variant("1005", euro(16, 0))
        }),
        ..Default::default()
    };
    let blue = variants.create_variant(wish).await.unwrap().into_inner();
    assert_eq!(blue.name, "products/mug/variants/blue");
    let priced = UpdateVariantRequest {
        variant: Some(Variant { prices: variant("", euro(15, 0)).prices, ..blue.clone() }),
        update_mask: Some(FieldMask { paths: vec!["prices".into()] }),
        ..Default::default()
    };
    let priced_again = variants.update_variant(priced.clone()).await.unwrap().into_inner();
    assert_ne!(priced_again.etag, blue.etag);
    assert_eq!(refused(variants.update_variant(priced).await).1, "ETAG_MISMATCH");
    let get =
        proto::catalog::GetProductRequest { name: product.name.clone(), ..Default::default() };
    let now = editor.products().get_product(get).await.unwrap().into_inner();
    assert_eq!(now.etag, product.etag, "a price is no change of the product itself");

    let all = ListVariantsRequest { parent: product.name.clone(), ..Default::default() };
    assert_eq!(variants.list_variants(all).await.unwrap().into_inner().variants.len(), 2);
    let delete = DeleteVariantRequest { name: blue.name.clone(), ..Default::default() };
    variants.delete_variant(delete).await.unwrap();
    let gone = variants.get_variant(GetVariantRequest { name: blue.name }).await;
    assert_eq!(refused(gone).0, Code::NotFound);
    let last =
        DeleteVariantRequest { name: product.variants[0].name.clone(), ..Default::default() };
    assert_eq!(
        refused(variants.delete_variant(last).await),
        (Code::FailedPrecondition, "LAST_VARIANT".into())
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_has_a_name_and_a_currency_that_exists() {
    let shop = Shop::open().await;
    let get = GetShopRequest { name: "shop".into() };
    let now = shop.people.anyone.shop().get_shop(get).await.unwrap().into_inner();
    assert_eq!(now.default_currency, "EUR");
    let with = |currency: &str, name: &str| UpdateShopRequest {
        shop: Some(ShopSettings {
            default_currency: currency.into(),
            display_name: name.into(),
            ..now.clone()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["display_name".into(), "default_currency".into()],
        }),
        ..Default::default()
    };
    let mut admin = shop.people.admin.shop();
    assert_eq!(refused(admin.update_shop(with("XQX", "Nook")).await).1, "FIELD_INVALID");
    let renamed = admin.update_shop(with("EUR", "Nook")).await.unwrap().into_inner();
    assert_eq!(renamed.display_name, "Nook");
    assert_eq!(refused(admin.update_shop(with("EUR", "Crook")).await).1, "ETAG_MISMATCH");
    shop.close().await;
}
