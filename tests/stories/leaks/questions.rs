//! What to ask an RPC: each field of its request with every value that could bring something hidden to light, by itself and beside a
//! few others.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, Value};
use tests::rpc::Rpc;

use super::hidden::NAMES;

/// Names and slugs beside those of the hidden products.
const OTHERS: [&str; 5] = ["white", "tall", "another", "passing", "nothing"];

const QUERIES: [&str; 14] = [
    "mug",
    "enamel",
    "draft",
    "dralf",
    "hidden",
    "emalia",
    "deleted mug",
    "EM-35/draft",
    "EM-35",
    "900",
    "enamel archived",
    "ea",
    "withdrawm",
    "\"mug early\"",
];

const FILTERS: [&str; 16] = [
    "",
    "state = DRAFT",
    "state != ACTIVE",
    "delete_time:*",
    "-delete_time:*",
    "delete_actor:*",
    "delete_actor:users OR brand = Hidden",
    "brand = Hidden",
    "price < 2",
    "price >= 900",
    "sku:draft",
    "tag = hidden",
    "attributes.colour:*",
    "category:empty",
    "publish_time:*",
    "title:mug AND NOT brand = Clay",
];

const ORDERS: [&str; 6] =
    ["", "price", "price desc", "title", "delete_time desc", "update_time desc"];

/// How many values of a field are asked beside those of another one.
const PAIRED: usize = 3;

/// Every question to an RPC, with what it is.
pub(super) fn of(rpc: &Rpc) -> Vec<(String, DynamicMessage)> {
    let base = base(rpc);
    let fields: Vec<_> = rpc.method.input().fields().map(|field| (values(&field), field)).collect();
    let mut questions = vec![base.clone()];
    for (index, (values, field)) in fields.iter().enumerate() {
        for (number, value) in values.iter().enumerate() {
            let mut alone = base.clone();
            alone.set_field(field, value.clone());
            let others = if number < PAIRED { &fields[index + 1..] } else { &[] };
            for (others, other) in others {
                for value in others.iter().take(PAIRED) {
                    let mut pair = alone.clone();
                    pair.set_field(other, value.clone());
                    questions.push(pair);
                }
            }
            questions.push(alone);
        }
    }
    let name = |request: &DynamicMessage| format!("{} {request}", rpc.name());
    questions.into_iter().map(|request| (name(&request), request)).collect()
}

/// The request with what every question needs.
fn base(rpc: &Rpc) -> DynamicMessage {
    let mut request = rpc.request();
    for field in rpc.method.input().fields() {
        if ["name", "names", "parent", "slug", "query"].contains(&field.name()) {
            request.set_field(&field, values(&field).swap_remove(0));
        }
    }
    request
}

/// What to put into a field.
fn values(field: &FieldDescriptor) -> Vec<Value> {
    let texts =
        |texts: &[&str]| texts.iter().map(|text| Value::String((*text).to_owned())).collect();
    let ids = || NAMES.into_iter().chain(OTHERS);
    let named = |collection: &str, below: &str| -> Vec<Value> {
        ids().map(|id| Value::String(format!("{collection}/{id}{below}"))).collect()
    };
    let lists = |values: Vec<Value>| values.into_iter().map(|one| Value::List(vec![one])).collect();
    let of_type = field.parent_message().name().to_owned();
    match (field.name(), of_type.as_str()) {
        ("name", "GetShopRequest") => texts(&["shop"]),
        ("name", "GetCategoryRequest") => {
            texts(&["categories/cups", "categories/empty", "categories/nothing"])
        }
        ("name", "GetVariantRequest") => named("products", "/variants/only"),
        ("name" | "parent", _) => named("products", ""),
        ("names", _) => {
            let pairs = named("products", "").into_iter();
            pairs
                .map(|name| Value::List(vec![Value::String("products/white".into()), name]))
                .collect()
        }
        ("slug", _) => texts(&ids().collect::<Vec<_>>()),
        ("query", _) => texts(&QUERIES),
        ("filter", _) => texts(&FILTERS),
        ("order_by", _) => texts(&ORDERS),
        ("page_size", _) => [1, 3, 100].map(Value::I32).to_vec(),
        ("page_token", _) => texts(&["AQAAAAAA"]),
        ("categories", _) => lists(texts(&["categories/cups", "categories/empty"])),
        ("brands", _) => lists(texts(&["Hidden", "Emalia"])),
        ("attributes", _) => lists(texts(&["colour=draft", "colour=white"])),
        ("states", _) => lists([1, 3].map(Value::EnumNumber).to_vec()),
        ("lowest_price" | "price_below", _) => [2, 800].map(|units| euro(field, units)).to_vec(),
        (_, _) => match field.kind() {
            Kind::Bool => vec![Value::Bool(true)],
            Kind::Enum(known) => {
                known.values().map(|value| Value::EnumNumber(value.number())).collect()
            }
            kind => {
                panic!("what could `{}`, which is {kind:?}, bring to light?", field.full_name())
            }
        },
    }
}

fn euro(field: &FieldDescriptor, units: i64) -> Value {
    let Kind::Message(money) = field.kind() else { panic!("an amount of money") };
    let mut amount = DynamicMessage::new(money);
    amount.set_field_by_name("currency_code", Value::String("EUR".into()));
    amount.set_field_by_name("units", Value::I64(units));
    Value::Message(amount)
}
