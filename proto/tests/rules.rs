//! Every kind of rule in the contract is enforced: a bad value answers a violation at the path of its field.

use proto::{
    Validate,
    access::{
        CreateSessionRequest, CreateUserRequest, DeleteSessionRequest, GetSessionRequest,
        ListUsersRequest, RedeemSetupTokenRequest, User,
    },
    catalog::{
        AttributeValue, BatchCreateProductsRequest, BatchGetProductsRequest, Category,
        CompareProductRevisionsRequest, CreateCategoryRequest, CreateProductRequest,
        CreateVariantRequest, DeleteProductRequest, GetProductRequest, GetProductRevisionRequest,
        GetShopRequest, GetVariantRequest, Image, ListProductRevisionsRequest, ListProductsRequest,
        Option as Choice, Price, Product, RollbackProductRequest, Shop, UpdateProductRequest,
        UpdateShopRequest, Variant, attribute_value::Value,
    },
};

/// The paths of all violations of a message, in order.
fn broken(message: &impl Validate) -> Vec<String> {
    message.validate().map_or_else(
        |violations| {
            for violation in &violations {
                let says = ["must", "stands in the list for the second time"];
                let is_plain = says.iter().any(|says| violation.description.starts_with(says));
                assert!(is_plain, "{violation:?}");
            }
            violations.into_iter().map(|violation| violation.field).collect()
        },
        |()| Vec::new(),
    )
}

/// Each line: a message, and the paths that it breaks rules at.
macro_rules! refuses {
    ($($message:expr => [$($path:expr),*];)+) => {
        $(assert_eq!(broken(&$message), [$($path),*] as [&str; _], "{}", stringify!($message));)+
    };
}

fn create(product: Product) -> CreateProductRequest {
    CreateProductRequest { product: Some(product), ..Default::default() }
}

/// So many texts, none of which is another.
fn numbered(count: usize, text: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(text).collect()
}

fn variant(variant: Variant) -> CreateVariantRequest {
    CreateVariantRequest {
        parent: "products/mug".into(),
        variant: Some(variant),
        ..Default::default()
    }
}

fn attribute(name: &str, value: Option<Value>) -> Product {
    Product {
        attributes: [(name.to_owned(), AttributeValue { value })].into(),
        ..Default::default()
    }
}

#[test]
fn a_product_within_its_limits_is_accepted() {
    let product = Product {
        title: "ß".repeat(300),
        slug: "a".repeat(100),
        description: "é".repeat(20_000),
        brand: "b".repeat(200),
        categories: numbered(20, |number| format!("categories/kitchen-{number}")),
        tags: numbered(50, |number| format!("{number:t>100}")),
        options: vec![
            Choice {
                name: "Colour".into(),
                values: numbered(100, |number| format!("white {number}")),
            };
            3
        ],
        images: vec![Image { uri: "/pictures/mug.svg".into(), ..Default::default() }; 20],
        variants: vec![Variant { sku: "A 1".into(), ..Default::default() }; 250],
        ..attribute(&"n".repeat(100), Some(Value::Text("x".repeat(8_000))))
    };
    assert_eq!(broken(&create(product)), [""; 0]);
}

#[test]
fn the_fields_of_a_product_have_limits() {
    refuses! {
        CreateProductRequest::default() => ["product"];
        create(Product { title: "x".repeat(301), ..Default::default() }) => ["product.title"];
        create(Product { slug: "Not-a-slug".into(), ..Default::default() }) => ["product.slug"];
        create(Product { slug: "a--b".into(), ..Default::default() }) => ["product.slug"];
        create(Product { slug: "a".repeat(101), ..Default::default() }) => ["product.slug"];
        create(Product { etag: "e".repeat(257), ..Default::default() }) => ["product.etag"];
        create(Product { description: "é".repeat(20_001), ..Default::default() })
            => ["product.description"];
        create(Product { brand: "b".repeat(201), ..Default::default() }) => ["product.brand"];
        create(Product { categories: vec!["kitchen".into()], ..Default::default() })
            => ["product.categories[0]"];
        create(Product { categories: numbered(21, |number| format!("categories/a{number}")), ..Default::default() })
            => ["product.categories"];
        create(Product { tags: vec!["ok".into(), String::new()], ..Default::default() })
            => ["product.tags[1]"];
        create(Product { tags: numbered(51, |number| format!("t{number}")), ..Default::default() }) => ["product.tags"];
        create(Product { tags: vec!["t".into(), "u".into(), "t".into()], ..Default::default() })
            => ["product.tags[2]"];
        create(Product { options: vec![Choice::default()], ..Default::default() })
            => ["product.options[0].name", "product.options[0].values"];
        create(Product { options: vec![Choice { name: "n".into(), values: vec![String::new()] }], ..Default::default() })
            => ["product.options[0].values[0]"];
        create(Product { options: vec![Choice { name: "n".into(), values: vec!["v".into()] }; 4], ..Default::default() })
            => ["product.options"];
        create(Product { images: vec![Image::default()], ..Default::default() })
            => ["product.images[0].uri"];
        create(Product { images: vec![Image { uri: "/a".into(), alternative_text: "x".repeat(501) }], ..Default::default() })
            => ["product.images[0].alternative_text"];
        create(Product { variants: vec![Variant::default(); 251], ..Default::default() })
            => ["product.variants"];
        create(attribute("colour", None)) => ["product.attributes[\"colour\"].value"];
        create(attribute("colour", Some(Value::Text(String::new()))))
            => ["product.attributes[\"colour\"].text"];
        create(attribute("colour", Some(Value::Text("x".repeat(8_001)))))
            => ["product.attributes[\"colour\"].text"];
        create(attribute("width", Some(Value::Number(f64::INFINITY))))
            => ["product.attributes[\"width\"].number"];
        create(attribute("", Some(Value::Number(1.0)))) => ["product.attributes[\"\"]"];
    }
}

#[test]
fn the_fields_of_a_variant_have_limits() {
    refuses! {
        variant(Variant { sku: "two  spaces".into(), ..Default::default() }) => ["variant.sku"];
        variant(Variant { sku: "s".repeat(65), ..Default::default() }) => ["variant.sku"];
        variant(Variant { gtins: vec!["1234".into()], ..Default::default() })
            => ["variant.gtins[0]"];
        variant(Variant { gtins: numbered(251, |number| format!("{number:013}")), ..Default::default() })
            => ["variant.gtins"];
        variant(Variant { gtins: vec!["4006381333931".into(); 2], ..Default::default() })
            => ["variant.gtins[1]"];
        variant(Variant { option_values: vec![String::new()], ..Default::default() })
            => ["variant.option_values[0]"];
        variant(Variant { option_values: vec!["x".into(); 4], ..Default::default() })
            => ["variant.option_values"];
        variant(Variant { prices: vec![Price::default()], ..Default::default() })
            => ["variant.prices[0].amount"];
        CreateVariantRequest { parent: "products/mug".into(), ..Default::default() }
            => ["variant"];
        CreateVariantRequest { variant: Some(Variant::default()), ..Default::default() }
            => ["parent"];
        GetVariantRequest { name: "products/mug/variants/".into() } => ["name"];
    }
}

#[test]
fn names_ids_and_request_ids_have_a_form() {
    refuses! {
        GetProductRequest { name: "products/".into(), ..Default::default() } => ["name"];
        GetProductRequest { name: "products/Mug".into(), ..Default::default() } => ["name"];
        GetProductRequest { name: "products/mug/x".into(), ..Default::default() } => ["name"];
        GetProductRequest { name: format!("products/{}", "m".repeat(64)), ..Default::default() }
            => ["name"];
        GetProductRequest { name: "products/mug".into(), view: 3 } => ["view"];
        GetShopRequest { name: "shops".into() } => ["name"];
        GetSessionRequest { name: "sessions/A".into() } => ["name"];
        DeleteProductRequest { name: "products/mug".into(), etag: "e".repeat(257), ..Default::default() }
            => ["etag"];
        DeleteProductRequest { name: "products/mug".into(), request_id: "a b".into(), ..Default::default() }
            => ["request_id"];
        DeleteProductRequest { name: "products/mug".into(), request_id: "r".repeat(129), ..Default::default() }
            => ["request_id"];
        CreateProductRequest { product_id: "A b".into(), ..create(Product::default()) }
            => ["product_id"];
        UpdateProductRequest::default() => ["product"];
        BatchGetProductsRequest::default() => ["names"];
        BatchGetProductsRequest { names: vec!["products/a".into(), "b".into()], ..Default::default() }
            => ["names[1]"];
        BatchCreateProductsRequest::default() => ["requests"];
        BatchCreateProductsRequest { requests: vec![CreateProductRequest::default()], ..Default::default() }
            => ["requests[0].product"];
    }
}

#[test]
fn lists_have_limits() {
    refuses! {
        ListProductsRequest { page_size: -1, ..Default::default() } => ["page_size"];
        ListProductsRequest { page_token: "t".repeat(513), ..Default::default() } => ["page_token"];
        ListProductsRequest { filter: "é".repeat(1_025), ..Default::default() } => ["filter"];
        ListProductsRequest { order_by: "o".repeat(201), ..Default::default() } => ["order_by"];
        ListProductsRequest { view: -1, ..Default::default() } => ["view"];
        ListProductRevisionsRequest { parent: "products/a".into(), page_size: -1, ..Default::default() }
            => ["page_size"];
        ListUsersRequest { page_size: -1, ..Default::default() } => ["page_size"];
    }
}

#[test]
fn categories_the_shop_and_users_have_limits() {
    let category =
        |category| CreateCategoryRequest { category: Some(category), ..Default::default() };
    let shop = |shop| UpdateShopRequest { shop: Some(shop), ..Default::default() };
    let user = |user| CreateUserRequest {
        user: Some(user),
        password: "correct horse".into(),
        ..Default::default()
    };
    refuses! {
        category(Category { title: "t".repeat(201), ..Default::default() }) => ["category.title"];
        category(Category { slug: "-a".into(), ..Default::default() }) => ["category.slug"];
        category(Category { parent: "kitchen".into(), ..Default::default() }) => ["category.parent"];
        shop(Shop { display_name: "n".repeat(101), ..Default::default() }) => ["shop.display_name"];
        shop(Shop { default_currency: "eur".into(), ..Default::default() })
            => ["shop.default_currency"];
        shop(Shop { default_language: "e".into(), ..Default::default() })
            => ["shop.default_language"];
        GetProductRevisionRequest { name: "products/mug/revisions/".into() } => ["name"];
        GetProductRevisionRequest { name: "products/mug/revisions/1".into() } => [];
        RollbackProductRequest { name: "products/mug/revisions/-1".into(), ..Default::default() }
            => ["name"];
        CompareProductRevisionsRequest { name: "products/mug/revisions/2".into(), base_revision: "1".into(), ..Default::default() }
            => ["base_revision"];
        user(User { login: "no address".into(), ..Default::default() }) => ["user.login"];
        user(User { role: 1, ..Default::default() }) => ["user.role"];
        user(User { role: 5, ..Default::default() }) => ["user.role"];
        user(User { display_name: "n".repeat(101), ..Default::default() }) => ["user.display_name"];
        CreateSessionRequest::default() => ["login", "password"];
        DeleteSessionRequest { name: "sessions/-".into(), request_id: "no blanks".into(), ..Default::default() }
            => ["request_id"];
        RedeemSetupTokenRequest { token: "t".into(), login: "a@b".into(), password: "short".into(), ..Default::default() }
            => ["password"];
    }
}

#[test]
fn all_violations_are_answered_at_once() {
    let request = CreateProductRequest {
        product_id: "NOT AN ID".into(),
        request_id: "not visible\u{7}".into(),
        product: Some(Product {
            title: "x".repeat(301),
            slug: "NO".into(),
            variants: vec![Variant { gtins: vec!["12".into()], ..Default::default() }],
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        broken(&request),
        [
            "product_id",
            "product.title",
            "product.slug",
            "product.variants[0].gtins[0]",
            "request_id"
        ]
    );
}
