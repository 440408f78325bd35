//! Every read of the catalog answers from where a stream of changes goes on, and nothing else does.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;
use crate::clock::ManualClock;

const CREATE_CATEGORY: &str = "/shelf.catalog.v1.CategoryService/CreateCategory";

/// A shop whose hour never ends, with a category and with a product that anyone may see.
async fn stocked() -> Shop {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_001_800).unwrap()));
    let opened = server::open_with_clock(Settings::new("sqlite::memory:"), clock).await;
    let shop = Shop { instance: opened.unwrap(), tokens: Default::default() };
    let category = catalog::CreateCategoryRequest {
        category_id: "kitchen".into(),
        category: Some(catalog::Category { title: "Kitchen".into(), ..Default::default() }),
        ..Default::default()
    };
    shop.call(Role::Editor, CREATE_CATEGORY, &category).await.unwrap();
    let mut wish = new_product("kettle", "Kettle");
    let product = wish.product.as_mut().unwrap();
    product.variants = vec![catalog::Variant { sku: "1".into(), ..Default::default() }];
    shop.call(Role::Editor, CREATE_PRODUCT, &wish).await.unwrap();
    let publish =
        catalog::PublishProductRequest { name: "products/kettle".into(), ..Default::default() };
    let path = "/shelf.catalog.v1.ProductService/PublishProduct";
    shop.call(Role::Editor, path, &publish).await.unwrap();
    shop
}

/// The token of an answer, and whether it is one: a refusal's status stands in its headers.
async fn asked(
    shop: &Shop,
    role: Role,
    path: &str,
    message: &impl Message,
) -> (Option<String>, bool) {
    let body = Body::new(Full::from(frame(&message.encode_to_vec())));
    let response = shop.send(request(path, shop.token(role).await, body)).await;
    let token = response.headers().get("shelf-resume-token");
    let token = token.map(|token| token.to_str().unwrap().to_owned());
    (token, answer(response).await.is_ok())
}

/// The name of the one variant.
async fn variant(shop: &Shop) -> String {
    let get = catalog::GetProductRequest { name: "products/kettle".into(), ..Default::default() };
    let product = shop.call(Role::Editor, GET_PRODUCT, &get).await.unwrap();
    catalog::Product::decode(product).unwrap().variants[0].name.clone()
}

/// Asks everything that reads the catalog, by its path, and answers the tokens.
async fn read_all(shop: &Shop, role: Role) -> Vec<(String, Option<String>)> {
    let kettle = || "products/kettle".to_owned();
    let mut tokens = Vec::new();
    macro_rules! read {
        ($($service:ident / $method:ident: $request:expr;)+) => {$(
            let path =
                format!("/shelf.catalog.v1.{}/{}", stringify!($service), stringify!($method));
            let (token, answered) = asked(shop, role, &path, &$request).await;
            assert!(answered, "{path}");
            tokens.push((path, token));
        )+};
    }
    read! {
        ProductService / GetProduct:
            catalog::GetProductRequest { name: kettle(), ..Default::default() };
        ProductService / ListProducts: catalog::ListProductsRequest::default();
        ProductService / BatchGetProducts:
            catalog::BatchGetProductsRequest { names: vec![kettle()], ..Default::default() };
        VariantService / GetVariant: catalog::GetVariantRequest { name: variant(shop).await };
        VariantService / ListVariants:
            catalog::ListVariantsRequest { parent: kettle(), ..Default::default() };
        CategoryService / GetCategory:
            catalog::GetCategoryRequest { name: "categories/kitchen".into() };
        CategoryService / ListCategories: catalog::ListCategoriesRequest::default();
        ShopService / GetShop: shop_request();
    }
    if role != Role::Anyone {
        read! {
            ChangeService / ListChanges: catalog::ListChangesRequest::default();
            ProductService / ListProductRevisions:
                catalog::ListProductRevisionsRequest { parent: kettle(), ..Default::default() };
            ProductService / GetProductRevision:
                catalog::GetProductRevisionRequest { name: format!("{}/revisions/1", kettle()) };
            ProductService / CompareProductRevisions: catalog::CompareProductRevisionsRequest {
                name: format!("{}/revisions/2", kettle()),
                ..Default::default()
            };
        }
    }
    tokens
}

/// The one token of all the answers.
async fn token_of_all(shop: &Shop, role: Role) -> String {
    let answers = read_all(shop, role).await;
    let (_, first) = &answers[0];
    for (path, token) in &answers {
        assert_eq!(token, first, "{path} as {role:?}");
    }
    first.clone().expect("a token")
}

#[tokio::test]
async fn every_read_of_the_catalog_is_among_those_that_are_tested() {
    let shop = stocked().await;
    let tested: BTreeSet<String> =
        read_all(&shop, Role::Editor).await.into_iter().map(|(path, _)| path).collect();
    let mut reads = BTreeSet::new();
    for service in proto::descriptor_pool().services() {
        for method in service.methods() {
            let reads_it = ["Get", "List", "BatchGet", "Compare"]
                .iter()
                .any(|of| method.name().starts_with(of));
            if service.package_name() == "shelf.catalog.v1" && reads_it {
                reads.insert(format!("/{}/{}", service.full_name(), method.name()));
            }
        }
    }
    assert_eq!(tested, reads);
}

#[tokio::test]
async fn equal_states_have_equal_tokens_and_a_change_another() {
    let shop = stocked().await;
    let before = token_of_all(&shop, Role::Editor).await;
    assert_eq!(token_of_all(&shop, Role::Editor).await, before);
    shop.call(Role::Editor, CREATE_PRODUCT, &new_product("pot", "Pot")).await.unwrap();
    assert_ne!(token_of_all(&shop, Role::Editor).await, before);
}

#[tokio::test]
async fn a_token_is_of_the_kind_of_its_caller() {
    let shop = stocked().await;
    let editor = token_of_all(&shop, Role::Editor).await;
    assert_eq!(token_of_all(&shop, Role::Viewer).await, editor);
    assert_ne!(token_of_all(&shop, Role::Anyone).await, editor);
}

#[tokio::test]
async fn neither_writes_nor_refusals_nor_what_is_not_in_the_feed_have_one() {
    let shop = stocked().await;
    let none = (None, true);
    let wish = new_product("pot", "Pot");
    assert_eq!(asked(&shop, Role::Editor, CREATE_PRODUCT, &wish).await, none);
    let own = wire::GetSessionRequest { name: "sessions/-".into() };
    let session = "/shelf.access.v1.SessionService/GetSession";
    assert_eq!(asked(&shop, Role::Editor, session, &own).await, none);
    for name in ["products/nothing", "products/-/variants/x"] {
        let missing = catalog::GetProductRequest { name: name.into(), ..Default::default() };
        assert_eq!(asked(&shop, Role::Editor, GET_PRODUCT, &missing).await, (None, false));
    }
}
