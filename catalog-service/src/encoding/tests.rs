//! What is read from messages, all that is found wrong with them, and documents that come back as they were.

use prost_types::{FieldMask, Timestamp};
use proto::{catalog as wire, google::r#type::Money};
use rstest::rstest;

use super::*;
use crate::domain::{
    AttributeValue, CategoryField, NewProduct, ProductField, ProductMask, References, ShopField,
    VariantField, Violations,
};

fn eur(units: i64, nanos: i32) -> Money {
    Money { currency_code: "EUR".into(), units, nanos }
}

fn price(amount: Money, compare_at_amount: Option<Money>) -> wire::Price {
    wire::Price { amount: Some(amount), compare_at_amount }
}

fn text(text: &str) -> wire::AttributeValue {
    wire::AttributeValue { value: Some(wire::attribute_value::Value::Text(text.into())) }
}

fn option(name: &str, values: &[&str]) -> wire::Option {
    wire::Option {
        name: name.into(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    }
}

fn variant(name: &str, sku: &str, colour: &str) -> wire::Variant {
    wire::Variant {
        name: format!("products/kettle/variants/{name}"),
        sku: sku.into(),
        option_values: vec![colour.into()],
        prices: vec![price(eur(49, 990_000_000), None)],
        ..Default::default()
    }
}

fn kettle() -> wire::Product {
    wire::Product {
        title: "Kettle".into(),
        categories: vec!["categories/kitchen".into()],
        tags: vec!["new".into()],
        attributes: [("colour".to_owned(), text("red"))].into(),
        options: vec![option("Colour", &["white", "blue"])],
        images: vec![wire::Image { uri: "/pictures/kettle.svg".into(), ..Default::default() }],
        publish_time: Some(Timestamp { seconds: 10, nanos: 1_999 }),
        variants: vec![variant("white", "K-1", "white"), variant("blue", "K-2", "blue")],
        ..Default::default()
    }
}

fn read(product: wire::Product) -> (NewProduct, Vec<(String, String)>) {
    let mut violations = Violations::default();
    let request = wire::CreateProductRequest {
        product_id: "kettle".into(),
        product: Some(product),
        ..Default::default()
    };
    let new =
        product::new_product(request, "requests[3]", &mut violations, &mut References::default());
    let found = violations.into_vec().into_iter();
    (new, found.map(|one| (one.field, one.description)).collect())
}

#[test]
fn a_product_is_read_whole() {
    let (new, violations) = read(kettle());
    assert_eq!(violations, []);
    assert_eq!(new.id.unwrap().as_str(), "kettle");
    assert_eq!(new.fields.slug, None);
    assert_eq!(new.fields.attributes["colour"], AttributeValue::Text("red".into()));
    assert_eq!(new.fields.window.start.unwrap().as_nanosecond(), 10_000_001_000);
    let ids: Vec<_> = new.variants.iter().map(|one| one.id.as_ref().unwrap().as_str()).collect();
    assert_eq!(ids, ["white", "blue"]);
    assert_eq!(new.variants[0].fields.prices[0].amount.micros(), 49_990_000);
}

type Fault = fn(&mut wire::Product);

/// Where a fault is, what is said about it, and how it comes about.
const FAULTS: [(&str, &str, Fault); 27] = [
    ("title", "not be empty", |p| p.title = "  ".into()),
    ("slug", "single hyphens", |p| p.slug = "A".into()),
    ("categories[1]", "second time", |p| p.categories.push("categories/kitchen".into())),
    ("categories[1]", "categories/{category}", |p| p.categories.push("kitchen".into())),
    ("tags[1]", "second time", |p| p.tags.push("new".into())),
    ("attributes[\"size\"].value", "text or a number", |p| {
        p.attributes.insert("size".into(), wire::AttributeValue { value: None });
    }),
    ("options[1].name", "another option", |p| p.options.push(option("Colour", &["x"]))),
    ("options[0].values[2]", "second time", |p| p.options[0].values.push("white".into())),
    ("images[0].uri", "/pictures/", |p| p.images[0].uri = "http://example.com/a.png".into()),
    ("images[0].uri", "/pictures/", |p| p.images[0].uri = "/pictures/../secret".into()),
    ("images[0].uri", "/pictures/", |p| p.images[0].uri = "https:///a".into()),
    ("unpublish_time", "later", |p| p.unpublish_time = Some(Timestamp { seconds: 5, nanos: 0 })),
    ("publish_time", "between the years", |p| {
        p.publish_time = Some(Timestamp { seconds: i64::MAX, nanos: 0 });
    }),
    ("variants[1].name", "another variant", |p| p.variants[1].name = p.variants[0].name.clone()),
    ("variants[1].name", "products/{product}/variants", |p| p.variants[1].name = "blue".into()),
    ("variants[1].sku", "another variant", |p| p.variants[1].sku = "K-1".into()),
    ("variants[1].option_values", "another variant", |p| {
        p.variants[1].option_values = vec!["white".into()];
    }),
    ("variants[1].option_values", "not a value", |p| {
        p.variants[1].option_values = vec!["green".into()];
    }),
    ("variants[1].option_values", "one value for each", |p| {
        p.variants[1].option_values.clear();
    }),
    ("variants[0].gtins[0]", "check digit", |p| {
        p.variants[0].gtins = vec!["4006381333930".into()];
    }),
    ("variants[0].gtins[1]", "second time", |p| {
        p.variants[0].gtins = vec!["4006381333931".into(), "4006381333931".into()];
    }),
    ("variants[0].prices[0].amount", "2 decimal places", |p| {
        p.variants[0].prices = vec![price(eur(1, 1_000_000), None)];
    }),
    ("variants[0].prices[0].amount", "negative", |p| {
        p.variants[0].prices = vec![price(eur(-1, 0), None)];
    }),
    ("variants[0].prices[0].amount.currency_code", "ISO 4217", |p| {
        p.variants[0].prices[0].amount.as_mut().unwrap().currency_code = "EURO".into();
    }),
    ("variants[0].prices[1].amount", "already", |p| {
        p.variants[0].prices.push(price(eur(2, 0), None));
    }),
    ("variants[0].prices[0].compare_at_amount", "higher", |p| {
        p.variants[0].prices = vec![price(eur(5, 0), Some(eur(5, 0)))];
    }),
    ("variants[0].prices[0].compare_at_amount", "currency of the amount", |p| {
        let before = Money { currency_code: "USD".into(), units: 9, nanos: 0 };
        p.variants[0].prices = vec![price(eur(5, 0), Some(before))];
    }),
];

#[test]
fn a_fault_is_found_where_it_is() {
    for (at, says, fault) in FAULTS {
        let mut product = kettle();
        fault(&mut product);
        let (_, violations) = read(product);
        let field = format!("requests[3].product.{at}");
        let found = violations.iter().any(|(path, text)| *path == field && text.contains(says));
        assert!(found, "{field}: {says} is not among {violations:?}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut product = kettle();
    product.title.clear();
    product.tags.push("new".into());
    product.variants[1].gtins = vec!["1".into(), "2".into()];
    let fields: Vec<_> = read(product).1.into_iter().map(|(field, _)| field).collect();
    let expected = ["title", "tags[1]", "variants[1].gtins[0]", "variants[1].gtins[1]"];
    assert_eq!(fields, expected.map(|field| format!("requests[3].product.{field}")));
}

fn field_mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|&path| path.to_owned()).collect() }
}

#[test]
fn without_a_mask_what_is_set_is_replaced() {
    let message = wire::Product { title: "Pot".into(), brand: "Acme".into(), ..kettle() };
    let mask = product::mask(&wire::Product { tags: vec![], ..message }, None).unwrap();
    let replaced = ProductField::ALL.into_iter().filter(|field| mask.has(*field));
    let names: Vec<_> = replaced.map(ProductField::name).collect();
    let expected =
        ["title", "brand", "categories", "attributes", "options", "images", "publish_time"];
    assert_eq!(names, expected);
}

#[rstest]
#[case(&["*"], Ok(ProductMask::all()))]
#[case(&["title", "unpublish_time"], Ok([ProductField::Title, ProductField::UnpublishTime].into_iter().collect()))]
#[case(&["etag", "variants", "state", "update_actor"], Ok(ProductMask::default()))]
#[case(&["titel"], Err("titel"))]
#[case(&["title", "options.name"], Err("options.name"))]
#[case(&["attributes."], Err("attributes."))]
#[case(&["product.title"], Err("product.title"))]
fn a_mask_is_read(#[case] paths: &[&str], #[case] expected: Result<ProductMask, &str>) {
    let read = product::mask(&wire::Product::default(), Some(&field_mask(paths)));
    assert_eq!(read.map_err(|error| error.path), expected.map_err(str::to_owned));
}

#[test]
fn a_mask_names_attributes_one_by_one() {
    let mask = field_mask(&["attributes.colour", "attributes.`net weight`"]);
    let mask = product::mask(&wire::Product::default(), Some(&mask)).unwrap();
    assert_eq!(mask.attributes().collect::<Vec<_>>(), ["colour", "net weight"]);
    assert!(!mask.has(ProductField::Attributes));
}

#[test]
fn fields_outside_the_mask_are_not_judged() {
    let mut product = kettle();
    product.title.clear();
    product.tags.push("new".into());
    product.slug = "NOT A SLUG".into();
    product.unpublish_time = Some(Timestamp { seconds: 5, nanos: 0 });
    let mut violations = Violations::default();
    let mask = [ProductField::Brand].into_iter().collect();
    product::fields(product, &mask, "product", &mut violations, &mut References::default());
    assert_eq!(violations.into_vec(), []);
}

#[test]
fn masks_of_the_other_resources_are_read() {
    let message = wire::Variant { sku: "K-1".into(), ..Default::default() };
    assert_eq!(variant::mask(&message, None), Ok(vec![VariantField::Sku]));
    let mask = field_mask(&["prices", "etag"]);
    assert_eq!(variant::mask(&message, Some(&mask)), Ok(vec![VariantField::Prices]));
    let mask = field_mask(&["*"]);
    assert_eq!(variant::mask(&message, Some(&mask)), Ok(VariantField::ALL.to_vec()));
    assert!(variant::mask(&message, Some(&field_mask(&["title"]))).is_err());
    let message = wire::Category { parent: "categories/a".into(), ..Default::default() };
    assert_eq!(category::mask(&message, None), Ok(vec![CategoryField::Parent]));
    let message = wire::Shop { default_language: "de".into(), ..Default::default() };
    assert_eq!(shop::mask(&message, None), Ok(vec![ShopField::DefaultLanguage]));
    let rounding = wire::shop::PriceRounding::Ending99.into();
    let message = wire::Shop { price_rounding: rounding, ..Default::default() };
    assert_eq!(shop::mask(&message, None), Ok(vec![ShopField::PriceRounding]));
    assert!(shop::mask(&message, Some(&field_mask(&["currency"]))).is_err());
}

#[test]
fn a_category_and_the_shop_are_judged_too() {
    let mut violations = Violations::default();
    let message =
        wire::Category { slug: "A".into(), parent: "kitchen".into(), ..Default::default() };
    category::new_category("Ä", message, &mut violations, &mut References::default());
    shop::fields(wire::Shop::default(), &ShopField::ALL, "shop", &mut violations);
    let fields: Vec<_> = violations.into_vec().into_iter().map(|one| one.field).collect();
    let expected = [
        "category_id",
        "category.title",
        "category.slug",
        "category.parent",
        "shop.display_name",
        "shop.default_currency",
        "shop.default_language",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn the_description_is_found_in_an_encoded_product() {
    use prost::Message as _;
    let product = wire::Product { description: "Boils water.".into(), ..kettle() };
    assert_eq!(product::description(&product.encode_to_vec()), "Boils water.");
    assert_eq!(product::description(&kettle().encode_to_vec()), "");
    assert_eq!(product::description(&[0xff, 0xff]), "");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_search_for_a_description_panic(bytes: Vec<u8>) {
        product::description(&bytes);
    }
}
