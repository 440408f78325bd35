//! Filters judged by looking at a product: what every store has to agree with, and filters made at random to ask it by.

use std::cmp::Ordering;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Currency, Wire};
use crate::domain::{
    CategoryId, Filter, State,
    filter::{Comparison, Field, TextField, TimeField},
    fold,
};

/// Whether a product matches. There are two categories: `kitchen` stands below `home`.
pub(super) fn matches(filter: &Filter, product: &Wire) -> bool {
    match filter {
        Filter::And(all) => all.iter().all(|one| matches(one, product)),
        Filter::Or(any) => any.iter().any(|one| matches(one, product)),
        Filter::Not(one) => !matches(one, product),
        Filter::Has(field) => is_set(field, product),
        Filter::Text(field, comparison, text) => {
            let texts = texts(*field, product);
            let compare = |own: &String| holds(*comparison, own.cmp(text));
            match comparison {
                Comparison::NotEqual => !texts.is_empty() && texts.iter().all(compare),
                _ => texts.iter().any(compare),
            }
        }
        Filter::Contains(field, words) => {
            texts(*field, product).iter().any(|text| fold(text).contains(&fold(words)))
        }
        Filter::State(state) => {
            let own = match product.state() {
                proto::catalog::product::State::Active => State::Active,
                proto::catalog::product::State::Archived => State::Archived,
                _ => State::Draft,
            };
            own == *state
        }
        Filter::InCategory(category) => product.categories.contains(&category.name()),
        Filter::BelowCategory(category) => product.categories.iter().any(|own| {
            *own == category.name() || (category.as_str() == "home" && own == "categories/kitchen")
        }),
        Filter::Price(currency, comparison, micros) => {
            price(*currency, product).is_some_and(|own| holds(*comparison, own.cmp(micros)))
        }
        Filter::AttributeText(name, comparison, text) => attribute_text(name, product)
            .is_some_and(|own| holds(*comparison, own.as_str().cmp(text))),
        Filter::AttributeNumber(name, comparison, number) => {
            let own = attribute_number(name, product);
            own.is_some_and(|own| holds(*comparison, own.total_cmp(number)))
        }
        Filter::AttributeContains(name, words) => {
            attribute_text(name, product).is_some_and(|own| fold(&own).contains(&fold(words)))
        }
        Filter::Time(field, comparison, given) => {
            let given = given.as_microsecond();
            time(*field, product).is_some_and(|own| holds(*comparison, own.cmp(&given)))
        }
        Filter::Word(word) => [TextField::Title, TextField::Brand, TextField::Sku]
            .into_iter()
            .flat_map(|field| texts(field, product))
            .any(|text| fold(&text).contains(&fold(word))),
    }
}

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

fn is_set(field: &Field, product: &Wire) -> bool {
    match field {
        Field::Text(field) => !texts(*field, product).is_empty(),
        Field::State => true,
        Field::Category => !product.categories.is_empty(),
        Field::Price(currency) => price(*currency, product).is_some(),
        Field::Attribute(name) => product.attributes.contains_key(name),
        Field::Time(field) => time(*field, product).is_some(),
    }
}

/// The texts of a field that are not empty.
fn texts(field: TextField, product: &Wire) -> Vec<String> {
    let variants = product.variants.iter();
    let texts: Vec<String> = match field {
        TextField::Title => vec![product.title.clone()],
        TextField::Slug => vec![product.slug.clone()],
        TextField::Brand => vec![product.brand.clone()],
        TextField::Description => vec![product.description.clone()],
        TextField::Tag => product.tags.clone(),
        TextField::Sku => variants.map(|variant| variant.sku.clone()).collect(),
        TextField::Gtin => variants.flat_map(|variant| variant.gtins.clone()).collect(),
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

fn price(currency: Option<Currency>, product: &Wire) -> Option<i64> {
    let code = currency.unwrap_or(Currency::EUR).code();
    let prices = product.variants.iter().flat_map(|variant| &variant.prices);
    let amounts = prices.filter_map(|price| price.amount.as_ref());
    let own = amounts.filter(|amount| amount.currency_code == code);
    own.map(|amount| amount.units * 1_000_000 + i64::from(amount.nanos / 1_000)).min()
}

fn attribute_text(name: &str, product: &Wire) -> Option<String> {
    match product.attributes.get(name)?.value.clone()? {
        proto::catalog::attribute_value::Value::Text(text) => Some(text),
        proto::catalog::attribute_value::Value::Number(_) => None,
    }
}

fn attribute_number(name: &str, product: &Wire) -> Option<f64> {
    match product.attributes.get(name)?.value.clone()? {
        proto::catalog::attribute_value::Value::Number(number) => Some(number),
        proto::catalog::attribute_value::Value::Text(_) => None,
    }
}

fn time(field: TimeField, product: &Wire) -> Option<i64> {
    let time = match field {
        TimeField::Create => product.create_time,
        TimeField::Update => product.update_time,
        TimeField::Delete => product.delete_time,
        TimeField::Publish => product.publish_time,
        TimeField::Unpublish => product.unpublish_time,
    }?;
    Some(time.seconds * 1_000_000 + i64::from(time.nanos) / 1_000)
}

/// Filters over the values that the products have, and over hostile ones.
pub(super) fn filters() -> impl Strategy<Value = Filter> {
    term().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|one| Filter::Not(Box::new(one))),
        ]
    })
}

fn term() -> impl Strategy<Value = Filter> {
    let comparison = || {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
    };
    let field = || {
        use TextField::{Brand, Description, Gtin, Sku, Slug, Tag, Title};
        select(vec![Title, Slug, Brand, Description, Tag, Sku, Gtin])
    };
    let text = || {
        let texts = ["Acme", "bolt", "kettle", "pot", "Pot", "steel", "new", "K-1", "P_1", "red"];
        let hostile = ["%", "_", "'", "\" OR 1", "\\", "?", "\u{e9}lan", "4006381333931", "water"];
        select(texts.into_iter().chain(hostile).map(str::to_owned).collect::<Vec<_>>())
    };
    let name = || select(vec!["colour".to_owned(), "weight".into(), "' OR 1=1".into()]);
    let category =
        || select(["home", "kitchen", "nowhere"].map(|id| CategoryId::parse(id).unwrap()).to_vec());
    let currency = || select(vec![None, Some(Currency::EUR), Currency::parse("USD").ok()]);
    let time_field = || {
        use TimeField::{Create, Delete, Publish, Unpublish, Update};
        select(vec![Create, Update, Delete, Publish, Unpublish])
    };
    let times = ["2026-11-23T08:00:00Z", "2026-11-23T08:00:30Z", "2026-12-24T00:00:00Z"];
    let time = || select(times.map(|time| time.parse().unwrap()).to_vec());
    let amount = || select(vec![0, 15_000_000, 20_000_000, 49_000_000]);
    prop_oneof![
        (field(), comparison(), text()).prop_map(|(f, c, t)| Filter::Text(f, c, t)),
        (field(), text()).prop_map(|(f, t)| Filter::Contains(f, t)),
        field().prop_map(|f| Filter::Has(Field::Text(f))),
        select(vec![State::Draft, State::Active]).prop_map(Filter::State),
        category().prop_map(Filter::InCategory),
        category().prop_map(Filter::BelowCategory),
        Just(Filter::Has(Field::Category)),
        (currency(), comparison(), amount()).prop_map(|(k, c, m)| Filter::Price(k, c, m)),
        currency().prop_map(|k| Filter::Has(Field::Price(k))),
        (name(), comparison(), text()).prop_map(|(n, c, t)| Filter::AttributeText(n, c, t)),
        (name(), comparison(), select(vec![0.0, 1.5, 2.0]))
            .prop_map(|(n, c, number)| Filter::AttributeNumber(n, c, number)),
        (name(), text()).prop_map(|(n, t)| Filter::AttributeContains(n, t)),
        name().prop_map(|n| Filter::Has(Field::Attribute(n))),
        (time_field(), comparison(), time()).prop_map(|(f, c, t)| Filter::Time(f, c, t)),
        time_field().prop_map(|f| Filter::Has(Field::Time(f))),
        text().prop_map(Filter::Word),
    ]
}
