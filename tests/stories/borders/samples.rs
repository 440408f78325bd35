//! A faultless request of every type, made from the descriptors, and the shop that it is faultless in.
//!
//! A field that is told nothing about here fails the test, with what to do.

use std::collections::HashMap;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use proto::{
    access::{ApiKey, CreateApiKeyRequest, Role},
    catalog::{
        Category, CreateCategoryRequest, DeleteProductRequest, Option as Choice, Product, Variant,
    },
};
use tests::{
    goods::{category, create, euro, variant},
    rpc::{Rpc, behaves},
    shop::Shop,
};

use super::{places::KEY, rules};

/// A shop with what the samples refer to.
pub(crate) struct Stock {
    pub(crate) shop: Shop,
    api_key: String,
}

/// Fields that a faultless request does without: they are given in the place of another one, or name what was seen before.
const EMPTY: [&str; 13] = [
    "etag",
    "base_etag",
    "page_token",
    "filter",
    "order_by",
    "request_id",
    "update_mask",
    "ttl",
    "expire_time",
    "show_deleted",
    "show_hidden",
    "with_facets",
    "disabled",
];

/// What stands in a field whose name alone does not tell.
const BY_NAME: [(&str, &[&str]); 27] = [
    ("Product.name", &["products/mug"]),
    ("Variant.name", &["products/mug/variants/white"]),
    ("Category.name", &["categories/kitchen"]),
    ("User.name", &["users/joan"]),
    ("ApiKey.name", &[""]),
    ("Shop.name", &["shop"]),
    ("Category.parent", &["categories/home"]),
    ("MoveCategoryRequest.parent", &["categories/other"]),
    ("DeleteCategoryRequest.name", &["categories/other"]),
    ("DeleteVariantRequest.name", &["products/mug/variants/blue"]),
    ("UndeleteProductRequest.name", &["products/gone"]),
    ("ExpungeProductRequest.name", &["products/gone"]),
    ("NewSku.variant", &["products/gone/variants/only"]),
    ("ResolveSlugRequest.slug", &["mug"]),
    ("Option.values", &["white", "blue", "red"]),
    ("Variant.option_values", &["red"]),
    ("Option.name", &["Colour"]),
    ("Image.uri", &["/pictures/mug.svg"]),
    ("SearchProductsRequest.query", &["mug"]),
    ("SearchProductsRequest.attributes", &["colour=red"]),
    ("SuggestProductsRequest.query", &["mug"]),
    ("Product.publish_time", &["2030-01-01T00:00:00Z"]),
    ("Product.unpublish_time", &["2031-01-01T00:00:00Z"]),
    ("Price.amount", &["20"]),
    ("Price.compare_at_amount", &["25"]),
    ("SearchProductsRequest.lowest_price", &["1"]),
    ("SearchProductsRequest.price_below", &["100"]),
];

/// What a text of a pattern can be.
const BY_PATTERN: [(&str, &str); 18] = [
    ("^products/[a-z0-9-]{1,63}$", "products/mug"),
    ("^products/[a-z0-9-]{1,63}/variants/[a-z0-9-]{1,63}$", "products/mug/variants/white"),
    ("^products/[a-z0-9-]{1,63}/revisions/[0-9]{1,18}$", "products/mug/revisions/1"),
    ("^categories/[a-z0-9-]{1,63}$", "categories/kitchen"),
    ("^users/[a-z0-9-]{1,63}$", "users/joan"),
    ("^sessions/(-|[a-z0-9]{1,63})$", "sessions/-"),
    ("^shop$", "shop"),
    ("^[a-z0-9-]{0,62}[a-z0-9]$", "new-one"),
    ("^[^\\x00-\\x1f\\x7f]*$", "a line of ours"),
    ("^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]*$", "a text\nof ours"),
    ("^[a-z0-9]+(-[a-z0-9]+)*$", "a-new-slug"),
    ("^([0-9]{8}|[0-9]{12,14})$", "4006381333931"),
    ("^[A-Z]{3}$", "EUR"),
    ("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", "en"),
    ("^[^\\s\\p{C}]+( [^\\s\\p{C}]+)*$", "NEW-1"),
    ("^[^\\s\\p{C}@]+@[^\\s\\p{C}@]+$", "new@shelf.example"),
    ("^apiKeys/[a-z0-9-]{1,63}$", ""),
    ("^[!-~]{1,128}$", "request"),
];

impl Stock {
    /// Opens a shop and fills it.
    pub(crate) async fn open() -> Self {
        let shop = Shop::open().await;
        let (editor, admin) = (&shop.people.editor, &shop.people.admin);
        for (id, parent) in [("home", ""), ("kitchen", "categories/home"), ("other", "")] {
            let child = Category { parent: parent.into(), ..category(id, id).category.unwrap() };
            let wish = CreateCategoryRequest { category: Some(child), ..category(id, "") };
            editor.categories().create_category(wish).await.unwrap();
        }
        let of_colour = |colour: &str| Variant {
            name: format!("products/mug/variants/{colour}"),
            option_values: vec![colour.into()],
            ..variant(&format!("MUG-{colour}"), euro(15, 0))
        };
        let values = ["white", "blue", "red"].map(str::to_owned).to_vec();
        let mut wish = create("mug", "Mug");
        wish.product = Some(Product {
            title: "Mug".into(),
            options: vec![Choice { name: "Colour".into(), values }],
            variants: vec![of_colour("white"), of_colour("blue")],
            ..Product::default()
        });
        editor.products().create_product(wish).await.unwrap();
        let mut gone = create("gone", "Gone");
        gone.product.as_mut().unwrap().variants[0].name = "products/gone/variants/only".into();
        editor.products().create_product(gone).await.unwrap();
        let delete = DeleteProductRequest { name: "products/gone".into(), ..Default::default() };
        editor.products().delete_product(delete).await.unwrap();
        admin.invite("joan", "Joan", Role::Viewer).await.unwrap();
        let key =
            ApiKey { display_name: "Till".into(), role: Role::Viewer.into(), ..ApiKey::default() };
        let make = CreateApiKeyRequest { api_key: Some(key), ..CreateApiKeyRequest::default() };
        let api_key = admin.api_keys().create_api_key(make).await.unwrap().into_inner().name;
        Self { shop, api_key }
    }

    /// A faultless request; one that writes only tries.
    pub(crate) fn request(&self, rpc: &Rpc) -> DynamicMessage {
        let mut request = self.message(&rpc.method.input());
        if let Some(field) = rpc.method.input().get_field_by_name("validate_only") {
            request.set_field(&field, Value::Bool(true));
        }
        request
    }

    fn message(&self, descriptor: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let other = field
                .containing_oneof()
                .is_some_and(|oneof| oneof.fields().next().is_none_or(|first| first != field));
            if other || EMPTY.contains(&field.name()) || behaves(&field, "OUTPUT_ONLY") {
                continue;
            }
            let value = self.value(&field);
            if !value.is_default_for_field(&field) {
                message.set_field(&field, value);
            }
        }
        message
    }

    fn value(&self, field: &FieldDescriptor) -> Value {
        let named =
            BY_NAME.iter().find(|(name, _)| field.full_name().ends_with(&format!(".{name}")));
        if field.is_map() {
            let kind = field.kind();
            let value = kind.as_message().unwrap().map_entry_value_field();
            let pair = (MapKey::String(KEY.into()), self.one(&value, None));
            return Value::Map(HashMap::from([pair]));
        }
        if !field.is_list() {
            return self.one(field, named.map(|(_, texts)| texts[0]));
        }
        let texts = named.map(|(_, texts)| texts.iter().map(|text| Some(*text)).collect());
        let texts: Vec<_> = texts.unwrap_or_else(|| vec![None]);
        Value::List(texts.into_iter().map(|text| self.one(field, text)).collect())
    }

    fn one(&self, field: &FieldDescriptor, text: Option<&str>) -> Value {
        match (field.kind(), text) {
            (Kind::String, Some(text)) => Value::String(text.to_owned()),
            (Kind::String, None) => Value::String(self.text(field)),
            (Kind::Bool, _) => Value::Bool(false),
            (Kind::Int32, _) => Value::I32(10),
            (Kind::Double, _) => Value::F64(1.5),
            (Kind::Enum(kind), _) => {
                let allowed = rules::of(field).into_iter().find(|(name, _)| name == "enum.in");
                let first = allowed.map(|(_, all)| all.as_list().unwrap()[1].as_i32().unwrap());
                let second = || kind.values().nth(1).expect("a value beside the zero").number();
                Value::EnumNumber(first.unwrap_or_else(second))
            }
            (Kind::Message(inner), Some(text)) => Value::Message(known(&inner, text)),
            (Kind::Message(inner), None) if inner.package_name().starts_with("shelf.") => {
                Value::Message(self.message(&inner))
            }
            (kind, _) => {
                panic!("give `{}`, which is {kind:?}, a sample in BY_NAME", field.full_name())
            }
        }
    }

    fn text(&self, field: &FieldDescriptor) -> String {
        let rules = rules::of(field);
        let pattern = rules.iter().find(|(name, _)| name.ends_with("string.pattern"));
        let Some((_, pattern)) = pattern else { return "a text of ours".into() };
        let pattern = pattern.as_str().unwrap();
        let sample = BY_PATTERN.iter().find(|(known, _)| *known == pattern);
        let (_, sample) = sample.unwrap_or_else(|| {
            panic!("give the pattern `{pattern}` of `{}` a sample in BY_PATTERN", field.full_name())
        });
        if sample.is_empty() { self.api_key.clone() } else { (*sample).to_owned() }
    }
}

/// A message of a well-known type.
fn known(descriptor: &MessageDescriptor, text: &str) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => {
            let year: i64 = text[..4].parse().unwrap();
            // Good enough for a time in that year.
            let seconds = (year - 1970) * 31_557_600;
            message.set_field_by_name("seconds", Value::I64(seconds));
        }
        "google.type.Money" => {
            message.set_field_by_name("currency_code", Value::String("EUR".into()));
            message.set_field_by_name("units", Value::I64(text.parse().unwrap()));
        }
        other => panic!("no sample of `{other}` is made from `{text}`"),
    }
    message
}
